"""Whether two patterns for texts differ in white space around or between words only."""

from __future__ import annotations

from ...relaxng.simplified_form import SimplifiedForm
from ...runtime.patterns import Element
from .combined_grammar import CombinedGrammar
from .pattern_automaton import Expression
from .pattern_texts import Texts
from .text_automata import Intersection, TooManyStates, reached

_COLLAPSED = Expression("(?:[^ \\t\\r\\n]+(?: [^ \\t\\r\\n]+)*)?")


def allows_when_collapsed(narrow: SimplifiedForm, wide: SimplifiedForm) -> bool:
    """Whether the root element of `wide` allows all texts of `narrow`'s in which white space is collapsed; False where
    that cannot be decided. Both elements hold nothing but text."""
    grammar = CombinedGrammar(narrow, wide)
    assert isinstance(grammar.narrow, Element)
    assert isinstance(grammar.wide, Element)
    texts = Texts(grammar.derivatives)
    few, many = texts.of(grammar.narrow.content), texts.of(grammar.wide.content)
    if few.opaques or many.opaques:
        return False
    try:
        found = reached((Intersection((few.language, _COLLAPSED)), many.language), 1)
    except TooManyStates:
        return False
    return frozenset({0}) not in found
