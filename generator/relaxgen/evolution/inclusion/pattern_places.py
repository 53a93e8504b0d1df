"""Where in the two schemas a break is: the nearest pattern that an author can be pointed to."""

from __future__ import annotations

from collections.abc import Iterator

from ...diagnostics.locations import SourceLocation
from ...relaxng.name_class import contains
from ...relaxng.pattern import Attribute, Element, Pattern, Value
from ...relaxng.simplified_form import walk
from ...runtime import patterns as combined
from .combined_grammar import CombinedGrammar
from .results import Kind
from .trace import Refusal

_ABOUT_CHILDREN = (Kind.CHILD_NOT_ALLOWED, Kind.CHILD_MISSING, Kind.CHILD_REPEATED, Kind.ORDER, Kind.COMBINATION)
_ABOUT_VALUES = (Kind.VALUE_NOT_ALLOWED, Kind.DATATYPE_NARROWER)

NARROW, WIDE = 0, 1


class Places:
    def __init__(self, grammar: CombinedGrammar) -> None:
        self._grammar = grammar

    def of_element(self, side: int, *elements: combined.Element | None) -> SourceLocation:
        for element in elements:
            original = None if element is None else self._grammar.originals[side].get(element)
            if original is not None:
                return original.location
        return self._grammar.forms[side].start.location

    def of(self, side: int, elements: tuple[combined.Element | None, ...], found: Refusal) -> SourceLocation:
        """The place of what a refusal is about: in the first of the elements that has it, else an element's."""
        for element in elements or (None,):
            for pattern in self._content(side, element):
                if _is_meant(pattern, found):
                    return _value_in(pattern, found) or pattern.location
        return self.of_element(side, *elements)

    def _content(self, side: int, element: combined.Element | None) -> Iterator[Pattern]:
        form = self._grammar.forms[side]
        if element is None:
            return walk(form.start)
        original = self._grammar.originals[side].get(element)
        return walk(form.content(original)) if original is not None else iter(())


def _is_meant(pattern: Pattern, found: Refusal) -> bool:
    if found.name is None:
        return isinstance(pattern, Value) and pattern.text == found.value
    kind = Element if found.kind in _ABOUT_CHILDREN else Attribute
    return isinstance(pattern, kind) and contains(pattern.name, found.name)


def _value_in(pattern: Pattern, found: Refusal) -> SourceLocation | None:
    """The place of a literal value of an attribute."""
    if found.kind not in _ABOUT_VALUES or not isinstance(pattern, Attribute):
        return None
    values = (one for one in walk(pattern.pattern) if isinstance(one, Value) and one.text == found.value)
    return next((one.location for one in values), None)
