"""The cost of the smallest text, content and element of each pattern: elements and attributes count before characters.

A schema's elements may contain each other, so the costs are the least fixpoint. The cost of an element is infinite
until the cost of its content is known, and an element that becomes cheaper makes the elements around it cheaper. An
element that requires itself keeps an infinite cost, and so does a pattern whose samples would be too large.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf

from ..relaxng.pattern import (
    Attribute,
    Choice,
    Data,
    Element,
    Empty,
    Group,
    Interleave,
    List,
    OneOrMore,
    Pattern,
    Text,
    Value,
)
from ..relaxng.simplified_form import SimplifiedForm, elements_in
from .datatype_texts import Texts
from .least_costs import least_costs
from .matching_texts import LONGEST
from .sample_names import sample_name

Cost = float
"""A whole number, or `math.inf` if no sample exists."""

NODE: Cost = 1 << 20
"""The cost of an element or an attribute: more than any text."""

assert NODE > LONGEST

LARGEST: Cost = 100_000 * NODE
"""No sample is larger."""


class Costs:
    """Remembers the costs of patterns by identity, so the patterns must outlive this object."""

    def __init__(self, form: SimplifiedForm, texts: Texts) -> None:
        self._form = form
        self._texts = texts
        self._leaves: dict[tuple[int, bool], Cost] = {}
        self._finished: dict[tuple[int, bool], Cost] = {}
        self._elements: Mapping[int, Cost] = self._settled()

    def of(self, pattern: Pattern, in_list: bool = False) -> Cost:
        return self._of(pattern, in_list, self._finished)

    def _settled(self) -> Mapping[int, Cost]:
        elements = {id(element): element for element in self._form.elements()}

        def needs(identity: int) -> Iterable[int]:
            return map(id, elements_in(self._form.content(elements[identity])))

        def cost(identity: int, known: Mapping[int, Cost]) -> Cost:
            self._elements = known
            return self._of_element(elements[identity])

        return least_costs(tuple(elements), needs, cost)

    def _of_element(self, element: Element) -> Cost:
        if sample_name(element.name) is None:
            return inf
        return _bounded(NODE + self._of(self._form.content(element), False, {}))

    def _of(self, pattern: Pattern, in_list: bool, known: dict[tuple[int, bool], Cost]) -> Cost:
        """``known`` is valid while the costs of elements do not change."""
        key = (id(pattern), in_list)
        cost = known.get(key)
        if cost is None:
            cost = known[key] = _bounded(self._compute(pattern, in_list, known))
        return cost

    def _compute(self, pattern: Pattern, in_list: bool, known: dict[tuple[int, bool], Cost]) -> Cost:
        match pattern:
            case Empty() | Text():
                return 0
            case Data() | Value():
                return self._of_leaf(pattern, in_list)
            case Element():
                return self._elements.get(id(pattern), inf)
            case Attribute():
                inner = self._of(pattern.pattern, False, known)
                return inf if sample_name(pattern.name) is None else NODE + inner
            case List():
                return self._of(pattern.pattern, True, known)
            case OneOrMore():
                return self._of(pattern.pattern, in_list, known)
            case Choice():
                return min(self._of(member, in_list, known) for member in pattern.patterns)
            case Group() | Interleave():
                return sum(self._of(member, in_list, known) for member in pattern.patterns)
            case _:
                return inf

    def _of_leaf(self, leaf: Data | Value, in_list: bool) -> Cost:
        key = (id(leaf), in_list)
        cost = self._leaves.get(key)
        if cost is None:
            text = self._texts.smallest(leaf, in_list)
            cost = self._leaves[key] = inf if text is None else len(text) + in_list
        return cost


def _bounded(cost: Cost) -> Cost:
    return cost if cost <= LARGEST else inf
