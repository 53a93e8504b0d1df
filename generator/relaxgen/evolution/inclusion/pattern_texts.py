"""The texts that a pattern allows as the whole of an attribute, or of an element without children."""

from __future__ import annotations

from functools import reduce
from itertools import product
from operator import or_

from ...runtime.patterns import Choice, Data, Derivatives, Leaf, List, Pattern, Value
from .datatype_languages import texts_of_data, texts_of_value
from .text_automata import Language, Union, Words, reached
from .text_set import ALL_TEXTS, BLANK_TEXTS, NO_TEXTS, Opaque, TextSet, partition
from .token_lists import TokenList

MOST_WORDS = 6
"""At most this many sample words of a list are tried in pairs."""

FIRST_LETTER = 0xE000
"""Characters for private use represent words that are not spelled out."""


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
            return reduce(or_, map(self.of, pattern.members), NO_TEXTS)
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

    def _shape(self, leaf: Leaf) -> Language:
        texts = self.of(leaf)
        return Union([texts.language, *(opaque.shape for opaque in texts.opaques)]) if texts.opaques else texts.language

    def _opaque_list(self, pattern: List) -> Opaque:
        def allows(text: str) -> bool:
            return self._derivatives.accepts(pattern, text)

        shape = TokenList(pattern.pattern, self._derivatives.patterns, self._shape)
        words = tuple(dict.fromkeys(word for leaf in _leaves(pattern.pattern) for word in self.of(leaf).samples))
        samples = (*words, *(" ".join(pair) for pair in product(words[:MOST_WORDS], repeat=2)))
        own = _ListedWords(pattern, self)
        return Opaque(("list", pattern.number), frozenset(), allows, shape, samples, words=own)

    def are_within(self, pattern: List, other: List) -> bool:
        """Whether each text of a list is certainly one of another: each leaf of the first one becomes a letter, and
        each of the other one those letters whose texts it has."""
        leaves = dict.fromkeys(_leaves(pattern.pattern))
        letters = {leaf: chr(FIRST_LETTER + index) for index, leaf in enumerate(leaves)}
        wider = {
            leaf: {letter for one, letter in letters.items() if self._is_within(one, leaf)}
            for leaf in _leaves(other.pattern)
        }
        patterns = self._derivatives.patterns
        narrow = TokenList(pattern.pattern, patterns, lambda leaf: Words({letters[leaf]}), "letters")
        wide = TokenList(other.pattern, patterns, lambda leaf: Words(wider[leaf]), "letters")
        return frozenset({0}) not in reached([narrow, wide], 1)

    def _is_within(self, leaf: Leaf, other: Leaf) -> bool:
        return all(overlap.members != {0} for overlap in partition([self.of(leaf), self.of(other)], 1))


class _ListedWords:
    def __init__(self, pattern: List, texts: Texts) -> None:
        self.pattern = pattern
        self.texts = texts

    def are_within(self, other: _ListedWords) -> bool:
        return self.texts is other.texts and self.texts.are_within(self.pattern, other.pattern)


def _leaves(pattern: Pattern) -> list[Leaf]:
    if isinstance(pattern, Leaf):
        return [pattern]
    return [leaf for part in pattern.parts() for leaf in _leaves(part)]
