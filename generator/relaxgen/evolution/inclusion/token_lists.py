"""The texts of ``list`` patterns (specification 9.3.8): words between white space, each as a pattern wants it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ...runtime.patterns import Leaf, Pattern, Patterns
from ...sampling.coverage import first_words
from .text_automata import WHITE_SPACE, WHITE_SPACE_CUTS, Language, State


class TokenList(Language):
    """A state is, between words, the set of patterns that the other words may match; inside a word, the set of what
    the word may be: its language, the state in that, and the pattern for the words after it."""

    def __init__(
        self, pattern: Pattern, patterns: Patterns, language_of: Callable[[Leaf], Language], of_what: str = "texts"
    ) -> None:
        self.key = ("list", of_what, pattern.number)
        self.start = frozenset({pattern})
        self._patterns = patterns
        self._language_of = language_of

    def step(self, state: State, code: int) -> State:
        if code in WHITE_SPACE:
            return self._between(state)
        inside = self._begun(state)
        stepped = ((language, language.step(inner, code), rest) for language, inner, rest in inside)
        return frozenset(item for item in stepped if item[1] is not None) or None

    def _between(self, state: State) -> State:
        """The state behind the word that ends here."""
        rests = (
            item if isinstance(item, Pattern) else item[2]
            for item in state
            if isinstance(item, Pattern) or item[0].accepts(item[1])
        )
        return frozenset(rests) or None

    def _begun(self, state: State) -> Iterator[tuple[Language, State, Pattern]]:
        for item in state:
            if isinstance(item, Pattern):
                for leaf, rest in first_words(self._patterns, item):
                    language = self._language_of(leaf)
                    yield language, language.start, rest
            else:
                yield item

    def accepts(self, state: State) -> bool:
        rests = self._between(state)
        return rests is not None and any(rest.nullable for rest in rests)

    def cuts(self, state: State) -> Iterable[int]:
        yield from WHITE_SPACE_CUTS
        for language, inner, _ in self._begun(state):
            yield from language.cuts(inner)
