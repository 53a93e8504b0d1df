"""Parts of sentences that many messages have."""

from __future__ import annotations

from collections.abc import Iterable


def counted(number: int, singular: str, plural: str = "") -> str:
    """«1 file», «2 files», «2 classes»."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def quoted(words: Iterable[str]) -> str:
    """«'a', 'b'»."""
    return ", ".join(map(repr, words))
