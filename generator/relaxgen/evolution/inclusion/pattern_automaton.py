"""Patterns of datatypes as automata.

What comes in is a regular expression of Python's as `relaxng.regular_expression` writes it and as the datatypes use it:
alternatives, groups, classes, counts; nothing that remembers or looks around.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Any

from ...relaxng.character_set import Ranges, complement, normal, property_ranges
from .text_automata import Language, State, TooManyStates

# The standard library's own parser of patterns; there is no public one.
_PARSER: Any = __import__("re._parser", fromlist=["parse"])

MAXIMUM_SIZE = 20_000
"""So many states may an expression have; counts multiply them."""


class Expression(Language):
    """A state is the set of the expression's states that a text may have led to.

    Raises:
        TooManyStates: there are more than `MAXIMUM_SIZE`.
    """

    def __init__(self, source: str) -> None:
        self.key = ("expression", source)
        self._steps: list[list[tuple[Ranges, int]]] = []
        self._free: list[list[int]] = []
        self._following: dict[State, tuple[list[int], list[State]]] = {}
        end = self._new()
        self._end = end
        self.start = self._closed({self._sequence(_PARSER.parse(source), end)})

    # Making: each method gives the state from which what it makes leads to `end`

    def _new(self) -> int:
        if len(self._steps) >= MAXIMUM_SIZE:
            raise TooManyStates
        self._steps.append([])
        self._free.append([])
        return len(self._steps) - 1

    def _sequence(self, items: Iterable[Any], end: int) -> int:
        for operation, argument in reversed(list(items)):
            end = self._item(str(operation), argument, end)
        return end

    def _item(self, operation: str, argument: Any, end: int) -> int:
        match operation:
            case "LITERAL":
                return self._characters(((argument, argument),), end)
            case "NOT_LITERAL":
                return self._characters(complement(((argument, argument),)), end)
            case "IN":
                return self._characters(_class_ranges(argument), end)
            case "SUBPATTERN":
                return self._sequence(argument[-1], end)
            case "BRANCH":
                return self._choice([self._sequence(branch, end) for branch in argument[1]])
            case "MAX_REPEAT":
                least, most, items = argument
                return self._repeated(least, most, items, end)
            case _:
                raise AssertionError(f"{operation} is not of XML Schema's patterns")

    def _characters(self, ranges: Ranges, end: int) -> int:
        start = self._new()
        self._steps[start].append((ranges, end))
        return start

    def _choice(self, starts: list[int]) -> int:
        start = self._new()
        self._free[start].extend(starts)
        return start

    def _repeated(self, least: int, most: int, items: Any, end: int) -> int:
        if most == _PARSER.MAXREPEAT:
            loop = self._new()
            self._free[loop].extend((self._sequence(items, loop), end))
            start = loop
        else:
            start = end
            for _ in range(most - least):
                start = self._choice([self._sequence(items, start), end])
        for _ in range(least):
            start = self._sequence(items, start)
        return start

    # Running

    def _closed(self, states: set[int]) -> frozenset[int] | None:
        """With all that can be reached without a character."""
        waiting = list(states)
        while waiting:
            for target in self._free[waiting.pop()]:
                if target not in states:
                    states.add(target)
                    waiting.append(target)
        return frozenset(states) or None

    def step(self, state: State, code: int) -> State:
        cuts, targets = self._table(state)
        return targets[bisect_right(cuts, code)]

    def cuts(self, state: State) -> Iterable[int]:
        return self._table(state)[0]

    def accepts(self, state: State) -> bool:
        return self._end in state

    def _table(self, state: State) -> tuple[list[int], list[State]]:
        """The cuts, and the states before the first, between them, and after the last."""
        found = self._following.get(state)
        if found is None:
            targets: dict[Ranges, set[int]] = {}
            for inner in state:
                for ranges, target in self._steps[inner]:
                    targets.setdefault(ranges, set()).add(target)
            found = self._following[state] = self._tabulated(targets)
        return found

    def _tabulated(self, targets: dict[Ranges, set[int]]) -> tuple[list[int], list[State]]:
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
                states[key] = self._closed(set[int]().union(*(targets[ranges] for ranges in several)))
            reached.append(states[key])
        return cuts, reached


def _class_ranges(members: Iterable[Any]) -> Ranges:
    is_negative, pairs = False, list[tuple[int, int]]()
    for operation, argument in members:
        match str(operation):
            case "NEGATE":
                is_negative = True
            case "LITERAL":
                pairs.append((argument, argument))
            case "RANGE":
                pairs.append(argument)
            case "CATEGORY":
                digits = property_ranges("Nd") or ()
                pairs.extend(complement(digits) if str(argument).endswith("NOT_DIGIT") else digits)
            case operation:
                raise AssertionError(f"{operation} is not of XML Schema's classes")
    ranges = normal(pairs)
    return complement(ranges) if is_negative else ranges
