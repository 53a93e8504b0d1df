"""The cheapest way through a content to a pattern inside it, and through a schema to an element."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from math import inf

from ..relaxng.pattern import Attribute, Choice, Element, Group, Interleave, List, OneOrMore, Pattern
from ..relaxng.simplified_form import SimplifiedForm
from .costs import NODE, Cost, Costs


class Route:
    """The way through the content of one element to ``steps``. Each step is a pattern inside the one before, such as an
    attribute and a value of it, or a child element. ``cost`` is the cost of the required content around; it is infinite
    if there is no way."""

    def __init__(self, content: Pattern, steps: Sequence[Pattern], costs: Costs) -> None:
        self._steps = steps
        self._costs = costs
        self._members: dict[tuple[int, int], int] = {}
        self._known: dict[tuple[int, int, bool], Cost] = {}
        self.cost = self._of(content, 0, False)

    def member(self, pattern: Pattern, step: int) -> int:
        """The index of the member of a choice, group or interleave that leads to the step."""
        return self._members[id(pattern), step]

    def next_step(self, pattern: Pattern, step: int) -> int:
        """The step after `pattern`, or the number of steps if it is the last."""
        return step + 1 if step < len(self._steps) and pattern is self._steps[step] else step

    def is_at_end(self, step: int) -> bool:
        return step >= len(self._steps)

    def _of(self, pattern: Pattern, step: int, in_list: bool) -> Cost:
        key = (id(pattern), step, in_list)
        cost = self._known.get(key)
        if cost is None:
            cost = self._known[key] = self._compute(pattern, step, in_list)
        return cost

    def _compute(self, pattern: Pattern, step: int, in_list: bool) -> Cost:
        step = self.next_step(pattern, step)
        if self.is_at_end(step):
            return 0 if isinstance(pattern, Element) else self._costs.of(pattern, in_list)
        match pattern:
            case Attribute():
                return NODE + self._of(pattern.pattern, step, False)
            case List():
                return self._of(pattern.pattern, step, True)
            case OneOrMore():
                return self._of(pattern.pattern, step, in_list)
            case Choice():
                return self._best(pattern, [self._of(member, step, in_list) for member in pattern.patterns], step)
            case Group() | Interleave():
                return self._best(pattern, list(self._of_members(pattern, step, in_list)), step)
            case _:
                return inf

    def _of_members(self, pattern: Group | Interleave, step: int, in_list: bool) -> Iterator[Cost]:
        for member, others in _beside(pattern, self._costs, in_list):
            yield others + self._of(member, step, in_list)

    def _best(self, pattern: Pattern, costs: list[Cost], step: int) -> Cost:
        best = min(range(len(costs)), key=costs.__getitem__)
        self._members[id(pattern), step] = best
        return costs[best]


class Paths:
    """The paths from the start to each element with the least required content around it."""

    def __init__(self, form: SimplifiedForm, costs: Costs) -> None:
        self._form = form
        self._costs = costs
        self._before: dict[int, Element | None] = {}
        self._search()

    def to(self, element: Element) -> tuple[Element, ...]:
        """The elements from the outermost to this one; empty if no document contains it."""
        if id(element) not in self._before:
            return ()
        path: list[Element] = []
        step: Element | None = element
        while step is not None:
            path.append(step)
            step = self._before[id(step)]
        return tuple(reversed(path))

    def _search(self) -> None:
        best: dict[int, Cost] = {}
        heap: list[tuple[Cost, int, Element, Element | None]] = []
        order = 0

        def found(pattern: Pattern, cost: Cost, outer: Element | None) -> None:
            nonlocal order
            for element, around in surroundings(pattern, self._costs):
                if cost + around < best.get(id(element), inf):
                    best[id(element)] = cost + around
                    order += 1
                    heappush(heap, (cost + around, order, element, outer))

        found(self._form.start, 0, None)
        while heap:
            cost, _, element, outer = heappop(heap)
            if id(element) not in self._before:
                self._before[id(element)] = outer
                found(self._form.content(element), cost + NODE, element)


def surroundings(content: Pattern, costs: Costs) -> Iterator[tuple[Element, Cost]]:
    """The elements that a content can have, each with the cost of the cheapest content required beside it."""
    best: dict[int, Cost] = {id(content): 0}
    waiting: deque[Pattern] = deque([content])
    elements: dict[int, Element] = {}

    def reach(pattern: Pattern, cost: Cost) -> None:
        if cost < best.get(id(pattern), inf):
            best[id(pattern)] = cost
            waiting.append(pattern)

    while waiting:
        pattern = waiting.popleft()
        cost = best[id(pattern)]
        match pattern:
            case Element():
                elements.setdefault(id(pattern), pattern)
            case Choice():
                for member in pattern.patterns:
                    reach(member, cost)
            case OneOrMore():
                reach(pattern.pattern, cost)
            case Group() | Interleave():
                for member, others in _beside(pattern, costs):
                    reach(member, cost + others)
    for element in elements.values():
        yield element, best[id(element)]


def _beside(pattern: Group | Interleave, costs: Costs, in_list: bool = False) -> Iterator[tuple[Pattern, Cost]]:
    """Each member with the cost of the others."""
    plain = [costs.of(member, in_list) for member in pattern.patterns]
    total, endless = sum(cost for cost in plain if cost < inf), plain.count(inf)
    for member, cost in zip(pattern.patterns, plain, strict=True):
        others = total - cost if cost < inf else total
        yield member, others if endless == (cost == inf) else inf
