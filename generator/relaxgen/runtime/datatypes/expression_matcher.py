"""Matchers for patterns of schemas, whose time grows with the length of the text times the size of the pattern.

Python's `re` tries alternatives one after the other, which takes exponential time for ``(a|aa)+b`` and quadratic time
for ``a*a*b``. `matcher` decides from the pattern: `re` where each character decides how to go on, so that nothing can
be tried twice, and an automaton for everything else.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from .character_ranges import Ranges, normal
from .expression import (
    Characters,
    Choice,
    Empty,
    Expression,
    Repetition,
    Sequence,
    items_of,
    parse,
)
from .expression_automaton import Automaton


def matcher(source: str) -> Callable[[str], object]:
    """A function that returns something true for the texts that `source` matches as a whole; see `expression.parse`.

    Raises:
        ExpressionError: `source` is not a regular expression of a schema.
    """
    tree = parse(source)
    return re.compile(source).fullmatch if is_predictable(tree) else Automaton(tree).matches


# Which patterns Python's `re` matches without trying much twice


_MOST_CHOICES = 10_000
"""The analysis looks at so many pairs of neighbouring characters. A larger pattern goes to the automaton."""

_UNROLLED = 64
"""``[0-9a-f]{2}`` is looked at as two characters in a row, up to so many: an exact count leaves nothing to try."""


def is_predictable(tree: Expression) -> bool:
    """Whether `re` needs time that grows with the length of the text times the number of characters in the pattern.

    Inside of repetitions, the next character must decide what to do; outside of them, the choices that it leaves open
    must be fewer, multiplied along any way through the pattern, than the pattern has characters. (Repeated bodies are
    compared as Glushkov's automaton has them: by what may follow each character. A way that exists twice, as in
    ``(a*)*``, counts twice, since `re` tries it twice.)
    """
    try:
        return _Analysis(tree).is_predictable()
    except _TooLarge:
        return False


class _TooLarge(Exception):
    """The analysis would take too long, or meets what is known to be bad."""


class _Part:
    """What the analysis knows of a part of a pattern: the numbers of its characters that may be the first and the last
    ones, and whether it may be empty."""

    __slots__ = ("first", "is_nullable", "last")

    def __init__(self, first: list[int], last: list[int], is_nullable: bool) -> None:
        self.first = first
        self.last = last
        self.is_nullable = is_nullable


class _Analysis:
    def __init__(self, tree: Expression) -> None:
        self._ranges: list[Ranges] = []
        self._follow: list[list[int]] = []
        self._is_repeated: list[bool] = []
        self._choices = 0
        self._whole = self._part(tree, is_repeated=False)

    def is_predictable(self) -> bool:
        ways = [0] * len(self._ranges)
        # What follows a character outside of repetitions has a higher number, so that these ways are counted backwards.
        for number in reversed(range(len(self._ranges))):
            open_choices = _most_overlapping([self._ranges[other] for other in self._follow[number]])
            if open_choices > 1 and self._is_repeated[number]:
                return False
            later = (ways[other] for other in self._follow[number] if other > number)
            ways[number] = max(1, open_choices) * max(later, default=1)
        start = _most_overlapping([self._ranges[number] for number in self._whole.first])
        most = max((ways[number] for number in self._whole.first), default=1)
        return start * most <= max(1, len(self._ranges))

    def _part(self, tree: Expression, is_repeated: bool) -> _Part:
        match tree:
            case Characters():
                return self._characters(tree, is_repeated)
            case Sequence():
                return self._sequence(tree, is_repeated)
            case Choice():
                parts = [self._part(branch, is_repeated) for branch in tree.branches]
                if sum(part.is_nullable for part in parts) > 1:
                    raise _TooLarge  # `re` tries the empty text for each of them
                return _Part(
                    [number for part in parts for number in part.first],
                    [number for part in parts for number in part.last],
                    any(part.is_nullable for part in parts),
                )
            case Repetition():
                return self._repetition(tree, is_repeated)
            case Empty():
                return _Part([], [], True)

    def _characters(self, tree: Characters, is_repeated: bool) -> _Part:
        number = len(self._ranges)
        if number > _MOST_CHOICES:
            raise _TooLarge
        self._ranges.append(_at_most(tree))
        self._follow.append([])
        self._is_repeated.append(is_repeated)
        return _Part([number], [number], False)

    def _sequence(self, tree: Sequence, is_repeated: bool) -> _Part:
        first, *others = items_of(tree)
        result = self._part(first, is_repeated)
        for item in others:
            result = self._joined(result, self._part(item, is_repeated))
        return result

    def _joined(self, left: _Part, right: _Part) -> _Part:
        self._connect(left.last, right.first)
        return _Part(
            left.first + right.first if left.is_nullable else left.first,
            left.last + right.last if right.is_nullable else right.last,
            left.is_nullable and right.is_nullable,
        )

    def _repetition(self, tree: Repetition, is_repeated: bool) -> _Part:
        if tree.most == 0:
            return _Part([], [], True)
        if tree.least == tree.most and tree.least * _size(tree.body) <= _UNROLLED:
            result = self._part(tree.body, is_repeated)
            for _ in range(tree.least - 1):
                result = self._joined(result, self._part(tree.body, is_repeated))
            return result
        is_loop = tree.most != 1
        body = self._part(tree.body, is_repeated or is_loop)
        if body.is_nullable:
            raise _TooLarge  # each round may be empty
        if is_loop:
            self._connect(body.last, body.first)
        return _Part(body.first, body.last, tree.least == 0)

    def _connect(self, left: list[int], right: list[int]) -> None:
        self._choices += len(left) * len(right)
        if self._choices > _MOST_CHOICES:
            raise _TooLarge
        for number in left:
            self._follow[number].extend(right)


def _size(tree: Expression) -> int:
    """How many characters an expression has, as it is written."""
    match tree:
        case Sequence():
            return sum(map(_size, items_of(tree)))
        case Choice():
            return sum(map(_size, tree.branches))
        case Repetition():
            return _size(tree.body)
        case _:
            return 1


_FEWEST_DIGITS: Ranges = ((0x30, 0x39),)
_MOST_DIGITS: Ranges = ((0x30, 0x39), (0x660, 0x1FFFF))
"""Unicode's decimal digits are between these two, in all of its versions."""


def _at_most(characters: Characters) -> Ranges:
    """A set that holds at least the characters: which digits there are depends on Python's version of Unicode."""
    if not characters.digits:
        return characters.ranges(())
    return normal([*characters.ranges(_FEWEST_DIGITS), *characters.ranges(_MOST_DIGITS)])


def _most_overlapping(sets: list[Ranges]) -> int:
    """How many of the sets have one character in common, at most."""
    if len(sets) < 2:
        return len(sets)
    changes = sorted(change for ranges in sets for low, high in ranges for change in ((low, 1), (high + 1, -1)))
    most = depth = 0
    for _, change in changes:
        depth += change
        most = max(most, depth)
    return most
