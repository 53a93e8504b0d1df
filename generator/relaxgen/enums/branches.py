"""Counting through ``#if``: which item comes before which, when one build is assumed.

Everything in every branch is kept, since documents may come from any build. Numbers are those of the build in which
each conditional's first branch is compiled; the items of another branch count from where the conditional begins:

    "a",            0
    #if WITH_B
    "b",            1
    #else
    "c", "d",       1, 2
    #endif
    "e"             2
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .tokens import Branch


@dataclass(slots=True)
class _Open:
    """A conditional around the present item."""

    conditional: int
    number: int
    before: int | None
    """The last item before the conditional."""
    last_of_first: int | None
    """The last item of the first branch, or ``before`` where that is empty."""


def predecessors(branches: Iterable[Branch]) -> list[int | None]:
    """For each item, given the branch that contains it, the position of the one that it is counted from."""
    found: list[int | None] = []
    around: list[_Open] = []
    last: int | None = None
    for position, branch in enumerate(branches):
        last = _leave(around, branch, last)
        last = _enter(around, branch, last)
        found.append(last)
        last = position
        _note_last_of_first(around, position)
    return found


def _leave(around: list[_Open], branch: Branch, last: int | None) -> int | None:
    """Closes the conditionals that `branch` is not in."""
    while len(around) > len(branch) or (around and around[-1].conditional != branch[len(around) - 1][0]):
        last = around.pop().last_of_first
    for depth, (opened, (_, number)) in enumerate(zip(around, branch, strict=False)):
        if opened.number != number:
            del around[depth + 1 :]
            opened.number = number
            return opened.before
    return last


def _enter(around: list[_Open], branch: Branch, last: int | None) -> int | None:
    for conditional, number in branch[len(around) :]:
        around.append(_Open(conditional, number, last, last))
    return last


def _note_last_of_first(around: list[_Open], position: int) -> None:
    """An item counts for the conditionals around it, from the innermost as far out as first branches reach."""
    for opened in reversed(around):
        if opened.number != 0:
            return
        opened.last_of_first = position


def exclude_each_other(one: Branch, other: Branch) -> bool:
    """Whether no build compiles both: they are in different branches of one conditional."""
    for (conditional, number), (other_conditional, other_number) in zip(one, other, strict=False):
        if conditional != other_conditional:
            return False
        if number != other_number:
            return True
    return False
