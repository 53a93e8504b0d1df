"""The smallest contents of patterns, for the parts of a witness around the place that matters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf

from ...relaxng.name_class import QName
from ...runtime.patterns import Attribute, Choice, Element, Leaf, NotAllowed, OneOrMore, Pattern, elements_in
from ...sampling.least_costs import least_costs
from ...sampling.sample_element import Content, SampleElement
from .pattern_texts import Texts
from .text_automata import TooManyStates
from .text_set import some_text
from .vocabulary import Vocabulary

NO_CONTENT = Content()


class Smallest:
    """``cost`` counts elements and attributes; it is infinite for patterns that nothing matches."""

    def __init__(self, elements: Iterable[Element], texts: Texts, vocabulary: Vocabulary) -> None:
        self._texts = texts
        self._vocabulary = vocabulary
        self._some_texts: dict[Pattern, str | None] = {}
        self._elements: Mapping[Element, float] = {}
        self._costs: dict[Pattern, float] = {}
        self._elements = least_costs(tuple(elements), lambda element: elements_in(element.content), self._first_cost)
        self._costs = {}

    def _first_cost(self, element: Element, known: Mapping[Element, float]) -> float:
        """The cost while those of other elements may still fall, so that no cost of a pattern is kept."""
        self._elements, self._costs = known, {}
        return 1 + self.cost(element.content)

    def cost(self, pattern: Pattern) -> float:
        if isinstance(pattern, Element):
            return self._elements.get(pattern, inf)
        found = self._costs.get(pattern)
        if found is None:
            found = self._costs[pattern] = self._cost(pattern)
        return found

    def _cost(self, pattern: Pattern) -> float:
        match pattern:
            case NotAllowed():
                return inf
            case Attribute():
                return inf if self._text(pattern.pattern) is None else 1
            case Leaf():
                return inf if self._text(pattern) is None else 0
            case Choice():
                return min(map(self.cost, pattern.members))
            case _:
                return sum(map(self.cost, pattern.flat_parts()))

    def is_impossible(self, pattern: Pattern) -> bool:
        return self.cost(pattern) == inf

    def content(self, pattern: Pattern) -> Content:
        """Of a pattern that is not impossible."""
        match pattern:
            case Element():
                return Content(children=(self.element(pattern),))
            case Attribute():
                return Content(attributes=((self._some_name(pattern), self._text(pattern.pattern) or ""),))
            case Leaf():
                text = self._text(pattern)
                return Content(children=(text,)) if text else NO_CONTENT
            case Choice():
                return self.content(min(pattern.members, key=self.cost))
            case OneOrMore():
                return self.content(pattern.pattern)
            case _:
                return sum(map(self.content, pattern.flat_parts()), NO_CONTENT)

    def element(self, element: Element, name: QName | None = None) -> SampleElement:
        return self.content(element.content).of(name or self._some_name(element))

    def _some_name(self, pattern: Attribute | Element) -> QName:
        return self._vocabulary.name(self._vocabulary.symbols(pattern.name_class)[-1])

    def _text(self, pattern: Pattern) -> str | None:
        """A text that a pattern allows; empty where none could be found, None where there is none."""
        if pattern not in self._some_texts:
            texts = self._texts.of(pattern)
            try:
                found = some_text(texts)
                self._some_texts[pattern] = "" if found is None and texts.opaques else found
            except TooManyStates:
                self._some_texts[pattern] = ""
        return self._some_texts[pattern]
