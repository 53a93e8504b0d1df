"""Parts of sentences that many messages have."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import islice

MOST_NAMED = 20


def counted(number: int, singular: str, plural: str = "") -> str:
    """«1 file», «2 files», «2 classes»."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def listed(words: Collection[str], most: int = MOST_NAMED) -> str:
    """«a, b», or the first words of a longer list: «a, b and 3 more»."""
    rest = len(words) - most
    return ", ".join(islice(words, most)) + (f" and {rest} more" if rest > 0 else "")


def unreadable(error: OSError) -> str:
    """Why a file cannot be read."""
    return f"cannot be read: {error.strerror or error}"


def quoted(words: Iterable[str]) -> str:
    """«'a', 'b'»."""
    return ", ".join(map(repr, words))
