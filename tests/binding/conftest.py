"""Names decide on modules here."""

from tests.large_vocabularies import by_names

__all__ = ["by_names"]
