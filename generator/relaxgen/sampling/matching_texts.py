"""Texts that a regular expression matches, for examples: readable ones rather than the shortest.

[a-fA-F0-9]{8}-[a-f0-9]{4}     12345678-9abc
/.+                            /x
(vd|hd)[a-z]                   vda
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from itertools import cycle

from ..runtime.expression import (
    Characters,
    Choice,
    Empty,
    Expression,
    Repetition,
    Sequence,
    is_nullable,
    items_of,
    matcher,
    parse,
)

LONGEST = 60_000
"""No longer texts are made."""

_CHARACTERS = string.digits[1:] + "0" + string.ascii_lowercase + string.ascii_uppercase + string.punctuation + " "
_ENOUGH = 256
"""Longer texts repeat no more than they must."""

_COUNTS = (1, 0, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 16, 20, 24, 31, 32, 36, 40, 50, 63, 64, 100, 128, 200, 255)
"""How often a repetition is repeated, so that texts have all lengths that other parameters can require."""

_BRANCHES = 8
"""The number of alternatives of each choice that are tried, and of characters that come first in a class."""

_APART = len(_CHARACTERS) // _BRANCHES

_EFFORT = 1_000_000
"""The most characters that are made for one expression, with texts that come twice."""


def matching_texts(pattern: str) -> Iterator[str]:
    """Different texts that `pattern` matches in full, the plainest first; none that is longer than `LONGEST`.

    Raises:
        ExpressionError: `pattern` is not of the dialect of `runtime.expression`.
    """
    tree = parse(pattern)
    if _least_length(tree) > LONGEST:
        return
    matches = matcher(pattern)
    found: set[str] = set()
    made = 0
    for count in _COUNTS:
        for branch in range(_BRANCHES):
            text = _Sampler(count, branch).text(tree)
            if text not in found and len(text) <= LONGEST and matches(text):
                found.add(text)
                yield text
            made += len(text)
            if made > _EFFORT:
                return


def _least_length(tree: Expression) -> int:
    match tree:
        case Sequence():
            return sum(map(_least_length, items_of(tree)))
        case Choice():
            return min(map(_least_length, tree.branches))
        case Repetition():
            return tree.least * _least_length(tree.body)
        case Characters():
            return 1
        case Empty():
            return 0


class _Sampler:
    """``count`` is how often to take what may be left out or repeated, ``branch`` which alternative of each choice."""

    def __init__(self, count: int, branch: int) -> None:
        self._count = count
        self._branch = branch
        first = branch * _APART
        self._digits = cycle(_CHARACTERS[first:] + _CHARACTERS[:first])
        self._found: list[str] = []

    def text(self, tree: Expression) -> str:
        self._add(tree)
        return "".join(self._found)

    def _add(self, tree: Expression) -> None:
        match tree:
            case Characters():
                self._found.append(tree.only or self._character(tree))
            case Sequence():
                for item in items_of(tree):
                    self._add(item)
            case Choice():
                self._add(tree.branches[self._branch % len(tree.branches)])
            case Repetition():
                self._repeat(tree)
            case Empty():
                pass

    def _repeat(self, tree: Repetition) -> None:
        wanted = self._count if tree.most is None else min(self._count, tree.most)
        least = 0 if is_nullable(tree.body) else tree.least  # rounds that may be empty need not be there
        for round_ in range(max(least, wanted)):
            if len(self._found) > (_ENOUGH if round_ >= least else LONGEST):
                return
            self._add(tree.body)

    def _character(self, characters: Characters) -> str:
        """The next character in a fixed order that is right, so that repetitions look like something."""
        for _ in range(len(_CHARACTERS)):
            character = next(self._digits)
            if character in characters:
                return character
        return _outside_of_ascii(characters)


def _outside_of_ascii(characters: Characters) -> str:
    """A character of a set that has none of `_CHARACTERS`; where there is no character, one that does not match."""
    candidates = (chr(low) for low, _ in characters.ranges(((0x660, 0x669),)) if not 0xD800 <= low <= 0xDFFF)
    return next((character for character in candidates if character in characters and character > " "), "é")
