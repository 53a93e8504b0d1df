"""Texts that a regular expression matches, for examples: not the shortest, but such as look like something.

[a-fA-F0-9]{8}-[a-f0-9]{4}     12345678-9abc
/.+                            /x
(vd|hd)[a-z]                   vda
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from itertools import cycle
from typing import Any

# The standard library's own parser of patterns; there is no public one.
_PARSER: Any = __import__("re._parser", fromlist=["parse"])

_CHARACTERS = string.digits[1:] + "0" + string.ascii_lowercase + string.ascii_uppercase + string.punctuation + " "
_MOST = 256
"""So many characters are enough; a pattern may ask for thousands."""

_COUNTS = (1, 0, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 16, 20, 24, 31, 32, 36, 40, 50, 63, 64, 100, 128, 200, 255)
"""How often what may be repeated is repeated, so that texts are of all lengths that other parameters may ask for."""

_BRANCHES = 8
"""So many alternatives of each choice have their turn, and so many characters the first place in a class."""

_APART = len(_CHARACTERS) // _BRANCHES


def matching_text(pattern: str) -> str | None:
    """A text that `pattern`, in Python's dialect, matches in full; None where none is found soon."""
    return next(matching_texts(pattern), None)


def matching_texts(pattern: str) -> Iterator[str]:
    """Different texts that `pattern` matches in full, the plainest first."""
    try:
        tree = _PARSER.parse(pattern)
    except (re.error, RecursionError):
        return
    found: set[str] = set()
    for count in _COUNTS:
        for branch in range(_BRANCHES):
            text = "".join(_Sampler(count, branch).texts(tree))
            if text not in found and re.fullmatch(pattern, text):
                found.add(text)
                yield text


class _Sampler:
    """``count`` is how often to take what may be left out or repeated, ``branch`` which alternative of each choice."""

    def __init__(self, count: int, branch: int) -> None:
        self._count = count
        self._branch = branch
        first = branch * _APART
        self._digits = cycle(_CHARACTERS[first:] + _CHARACTERS[:first])
        self._length = 0

    def texts(self, tree: Any) -> Iterator[str]:
        for operation, argument in tree:
            yield from self._of(str(operation), argument)

    def _of(self, operation: str, argument: Any) -> Iterator[str]:
        match operation:
            case "LITERAL":
                yield chr(argument)
            case "NOT_LITERAL":
                yield self._character(lambda character: ord(character) != argument)
            case "ANY":
                yield "x"
            case "IN":
                yield self._character(lambda character: _is_in(character, argument))
            case "SUBPATTERN":
                yield from self.texts(argument[-1])
            case "BRANCH":
                yield from self.texts(argument[1][self._branch % len(argument[1])])
            case "MAX_REPEAT" | "MIN_REPEAT":
                yield from self._repeated(*argument)
            case _:
                return

    def _repeated(self, least: int, most: int, tree: Any) -> Iterator[str]:
        for _ in range(max(least, min(self._count, int(most)))):
            if self._length > _MOST:
                return
            yield from self.texts(tree)

    def _character(self, is_right: Any) -> str:
        """The next character in a fixed order that is right, so that repetitions look like something."""
        self._length += 1
        for _ in range(len(_CHARACTERS)):
            character = next(self._digits)
            if is_right(character):
                return character
        return "é"


def _is_in(character: str, members: Any) -> bool:
    negative = bool(members) and str(members[0][0]) == "NEGATE"
    found = any(_is_member(character, str(kind), argument) for kind, argument in members)
    return found is not negative


def _is_member(character: str, kind: str, argument: Any) -> bool:
    match kind:
        case "LITERAL":
            return bool(ord(character) == argument)
        case "RANGE":
            return bool(argument[0] <= ord(character) <= argument[1])
        case "CATEGORY":
            return bool(
                re.match({"CATEGORY_DIGIT": r"\d", "CATEGORY_WORD": r"\w"}.get(str(argument), r"\s"), character)
            )
        case _:
            return False
