"""The texts that a pattern allows as the whole of an attribute, or of an element without children."""

from __future__ import annotations

from ...runtime.validation.grammar import Derivatives
from ...runtime.validation.patterns import Choice, Data, Leaf, List, Pattern, Value
from .datatype_languages import texts_of_data, texts_of_value
from .text_automata import EVERYTHING, Language
from .text_set import ALL_TEXTS, BLANK_TEXTS, NO_TEXTS, Opaque, TextSet
from .token_lists import TokenList


class Texts:
    """The sets of texts of patterns, each made once."""

    def __init__(self, derivatives: Derivatives) -> None:
        self._derivatives = derivatives
        self._made: dict[Pattern, TextSet] = {}

    def of(self, pattern: Pattern) -> TextSet:
        """Of a pattern without attributes."""
        found = self._made.get(pattern)
        if found is None:
            found = self._made[pattern] = self._make(pattern)
        return found

    def _make(self, pattern: Pattern) -> TextSet:
        if self._derivatives.mixed(pattern).nullable:
            return ALL_TEXTS
        if isinstance(pattern, Choice):
            found = NO_TEXTS
            for member in pattern.members:
                found |= self.of(member)
            return found
        if isinstance(pattern, Leaf):
            return self._of_leaf(pattern)
        return BLANK_TEXTS if pattern.nullable else NO_TEXTS

    def _of_leaf(self, leaf: Leaf) -> TextSet:
        match leaf:
            case Data():
                return texts_of_data(leaf.datatype, NO_TEXTS if leaf.except_ is None else self.of(leaf.except_))
            case Value():
                return texts_of_value(leaf.datatype, leaf.text, leaf.value)
            case List():
                return self._of_list(leaf)
            case _:
                raise AssertionError(f"{type(leaf).__name__} is not a pattern for text")

    def _of_list(self, pattern: List) -> TextSet:
        words = [self.of(leaf) for leaf in _leaves(pattern.pattern)]
        if any(word.opaques for word in words):
            return TextSet(opaques=frozenset({self._opaque_list(pattern)}))
        return TextSet(languages=frozenset({TokenList(pattern.pattern, self._derivatives.patterns, self._language)}))

    def _language(self, leaf: Leaf) -> Language:
        return self.of(leaf).language

    def _opaque_list(self, pattern: List) -> Opaque:
        def allows(text: str) -> bool:
            return self._derivatives.accepts(pattern, text)

        return Opaque(("list", pattern.number), frozenset(), allows, EVERYTHING)


def _leaves(pattern: Pattern) -> list[Leaf]:
    if isinstance(pattern, Leaf):
        return [pattern]
    return [leaf for part in pattern.parts() for leaf in _leaves(part)]
