"""Sets of texts, and how they overlap.

A set is a union: of literal words, of automata, and of datatypes that no automaton here describes, which only test one
text at a time (`Opaque`). `partition` says which combinations of several sets have a text in common that no other has:
of some it knows a text, the others it could not exclude.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, combinations
from typing import Any, Protocol

from ...runtime.datatypes import BOUNDS, DIGITS
from .pattern_automaton import Expression
from .text_automata import EVERYTHING, Collapsed, Language, TooManyStates, Union, Words, reached, shortest

SOME_TEXT = "x"
"""Where any text will do."""

MOST_OPAQUES = 6
"""One comparison can distinguish so many datatypes that only answer yes or no."""


class ListedWords(Protocol):
    """The words of a list, some of which are only tested one at a time."""

    def are_within(self, other: Any) -> bool:
        """Whether it is certain that every text of the list is one of the other list."""
        ...


@dataclass(frozen=True)
class Opaque:
    """Texts of a datatype, for which there is no automaton. All of them belong to ``shape``, a text set's language.

    A set with the same ``kind`` and weaker ``restrictions`` holds all texts of this one; ``implies`` returns whether
    those of this set imply another. ``samples`` may be such texts. A value has the kind of its type in ``of_type``, and
    is represented by its first sample. ``words`` are those of a list, which knows what lists it is within.
    """

    kind: Hashable
    restrictions: frozenset[Hashable]
    allows: Callable[[str], bool] = field(compare=False, repr=False)
    shape: Language = field(default=EVERYTHING, repr=False)
    samples: tuple[str, ...] = field(default=(), compare=False, repr=False)
    implies: Callable[[Hashable], bool] = field(default=lambda _: False, compare=False, repr=False)
    of_type: Hashable = field(default=None, compare=False, repr=False)
    words: ListedWords | None = field(default=None, compare=False, repr=False)

    def is_within(self, other: Opaque) -> bool:
        if self.words is not None and other.words is not None:
            return self.words.are_within(other.words)
        if self.of_type is not None and self.of_type == other.kind:
            return other.is_of_values and other.allows(self.samples[0])
        if self.kind != other.kind:
            return False
        return all(one in self.restrictions or self.implies(one) for one in other.restrictions)

    @property
    def is_of_values(self) -> bool:
        """Whether the restrictions are about values alone, so that all texts of a value are allowed or none is."""
        return all(isinstance(one, tuple) and one[0] in BOUNDS | DIGITS for one in self.restrictions)


@dataclass(frozen=True)
class TextSet:
    """``tokens`` are words compared with white space collapsed, ``strings`` without that."""

    tokens: frozenset[str] = frozenset()
    strings: frozenset[str] = frozenset()
    languages: frozenset[Language] = frozenset()
    opaques: frozenset[Opaque] = frozenset()

    @cached_property
    def language(self) -> Language:
        """All but the opaque ones."""
        members: list[Language] = [Collapsed(Words(self.tokens))] if self.tokens else []
        if self.strings:
            members.append(Words(self.strings))
        members.extend(self.languages)
        return members[0] if len(members) == 1 else Union(members)

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(sorted(self.tokens | self.strings))

    @property
    def samples(self) -> Iterator[str]:
        """Some texts that may belong to the set, those first that say something to people."""
        yield from self.words
        if self.is_everything:
            yield SOME_TEXT
        found = {sample for opaque in self.opaques for sample in opaque.samples}
        yield from sorted(found, key=lambda text: (not text, text))

    def __contains__(self, text: str) -> bool:
        return text in self.language or any(opaque.allows(text) for opaque in self.opaques)

    def __or__(self, other: TextSet) -> TextSet:
        if self.is_everything or other.is_everything:
            return ALL_TEXTS
        return TextSet(
            self.tokens | other.tokens,
            self.strings | other.strings,
            self.languages | other.languages,
            self.opaques | other.opaques,
        )

    @property
    def is_everything(self) -> bool:
        return EVERYTHING in self.languages

    @property
    def is_finite(self) -> bool:
        return not self.languages and not self.opaques


NO_TEXTS = TextSet()
ALL_TEXTS = TextSet(languages=frozenset({EVERYTHING}))
BLANK_TEXTS = TextSet(languages=frozenset({Expression("[ \\t\\r\\n]*")}))
"""What an element without content may hold (specification 9.3, weak matching)."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Texts that belong to these sets and to no others; without ``texts`` it is not known whether there are any."""

    members: frozenset[int]
    texts: tuple[str, ...]


def partition(sets: Sequence[TextSet], wanted: int) -> tuple[Overlap, ...]:
    """All overlaps that at least one of the first `wanted` sets takes part in.

    Raises:
        TooManyStates: it would take too long.
    """
    distinct = tuple(dict.fromkeys(sets))
    places = [distinct.index(one) for one in sets]
    first = len(set(places[:wanted]))
    found = _overlaps(distinct, first)
    return tuple(
        Overlap(frozenset(index for index, place in enumerate(places) if place in members), tuple(texts))
        for members, texts in found.items()
    )


def _overlaps(sets: Sequence[TextSet], wanted: int) -> dict[frozenset[int], list[str]]:
    """The same for sets that differ."""
    found: dict[frozenset[int], list[str]] = {}
    if len(sets) == 1:
        text = some_text(sets[0])
        texts = [] if text is None else [text]
        return {frozenset({0}): texts} if texts or sets[0].opaques else {}

    def add(text: str, *, is_first: bool = False) -> None:
        members = frozenset(index for index, one in enumerate(sets) if text in one)
        if members and min(members) < wanted and not (is_first and members in found):
            found.setdefault(members, []).append(text)

    for text in dict.fromkeys(chain.from_iterable(one.samples for one in sets)):
        add(text)
    if all(one.is_finite for one in sets[:wanted]) and _are_comparable(sets, wanted):
        return found
    opaques = tuple(dict.fromkeys(chain.from_iterable(one.opaques for one in sets)))
    if len(opaques) > MOST_OPAQUES:
        raise TooManyStates
    languages = [*(one.language for one in sets), *(opaque.shape for opaque in opaques)]
    by_language = reached(languages, wanted if not opaques else len(languages))
    for text in by_language.values():
        add(text, is_first=True)
    for reached_by in by_language:
        for members in _possible(reached_by, sets, opaques):
            if members and min(members) < wanted:
                found.setdefault(members, [])
    return found


def _are_comparable(sets: Sequence[TextSet], wanted: int) -> bool:
    """Whether words represent all texts of finite sets: white space counts in all of them, or in none and nowhere."""
    if any(one.strings for one in sets[:wanted]):
        return not any(one.tokens for one in sets[:wanted])
    return all(one.is_finite and not one.strings for one in sets)


def _possible(
    reached_by: frozenset[int], sets: Sequence[TextSet], opaques: tuple[Opaque, ...]
) -> Iterator[frozenset[int]]:
    """The sets that a text may belong to, by the languages that it belongs to."""
    shaped = [opaque for index, opaque in enumerate(opaques, len(sets)) if index in reached_by]
    for size in range(len(shaped) + 1):
        for chosen in combinations(shaped, size):
            if any(one.is_within(other) and other not in chosen for one in chosen for other in shaped):
                continue
            yield frozenset(
                index for index, one in enumerate(sets) if index in reached_by or not one.opaques.isdisjoint(chosen)
            )


def some_text(texts: TextSet) -> str | None:
    """A text of the set; None where there is none, or none is found.

    Raises:
        TooManyStates: it would take too long.
    """
    candidates = (*sorted(texts.words, key=len), *texts.samples)
    found = next((text for text in candidates if text in texts), None)
    return shortest(texts.language) if found is None else found
