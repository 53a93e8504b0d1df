"""Patterns of datatypes as automata that can be compared: regular expressions as `runtime.expression` has
them, with all that may be left of an expression as the states of its language."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import chain

from ...relaxng.character_set import property_ranges
from ...runtime.expression import Choice, Continuations, Position, Ranges, Repetition, Sequence, items_of, parse
from ...runtime.expression import Expression as Tree
from .text_automata import Language, State, TooManyStates

MAXIMUM_SIZE = 20_000
"""An expression has at most this many characters when its counts are written out."""


class Expression(Language):
    """The texts that a regular expression matches.

    Raises:
        TooManyStates: the expression is larger than `MAXIMUM_SIZE`.
    """

    def __init__(self, source: str) -> None:
        self.key = ("expression", source)
        tree = parse(source)
        if _size(tree) > MAXIMUM_SIZE:
            raise TooManyStates
        self._continuations = Continuations(tree)
        self._tables: dict[Position, tuple[list[int], list[State]]] = {}
        self.start = self._continuations.start

    def step(self, state: State, code: int) -> State:
        cuts, targets = self._table(state)
        return targets[bisect_right(cuts, code)]

    def cuts(self, state: State) -> Iterable[int]:
        return self._table(state)[0]

    def accepts(self, state: State) -> bool:
        return self._continuations.opened(state)[1]

    def _table(self, state: State) -> tuple[list[int], list[State]]:
        """The cuts, and the states before the first, between them, and after the last."""
        found = self._tables.get(state)
        if found is None:
            digits = property_ranges("Nd") or ()
            targets: dict[Ranges, set[object]] = {}
            for characters, rests in self._continuations.opened(state)[0].items():
                targets.setdefault(characters.ranges(digits), set()).update(rests)
            found = self._tables[state] = _tabulated(targets)
        return found


def _tabulated(targets: dict[Ranges, set[object]]) -> tuple[list[int], list[State]]:
    """Many steps share few classes of characters, so each combination of classes is computed once."""
    cuts = sorted({cut for ranges in targets for low, high in ranges for cut in (low, high + 1)})
    places = {cut: index for index, cut in enumerate(cuts, 1)}
    classes: list[list[Ranges]] = [[] for _ in range(len(cuts) + 1)]
    for ranges in targets:
        for low, high in ranges:
            for index in range(places[low], places[high + 1]):
                classes[index].append(ranges)
    states: dict[tuple[int, ...], State] = {}
    numbers = {ranges: number for number, ranges in enumerate(targets)}
    reached: list[State] = []
    for several in classes:
        key = tuple([numbers[ranges] for ranges in several])
        if key not in states:
            states[key] = frozenset(chain.from_iterable(targets[ranges] for ranges in several)) or None
        reached.append(states[key])
    return cuts, reached


def _size(tree: Tree) -> int:
    match tree:
        case Sequence():
            return sum(map(_size, items_of(tree)))
        case Choice():
            return sum(map(_size, tree.branches))
        case Repetition():
            return _size(tree.body) * max(1, tree.least, tree.most or 0)
        case _:
            return 1
