"""Which enum table and which choice of a schema are the same list.

Tokens decide, as sets, since a schema's author orders values as he likes. Where several lists have the same tokens
(``on``, ``off``), the words of the table's name and of the choice's place decide, or nothing does: an answer is never
a guess. Pure functions over plain data; what knows schemas is elsewhere.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

from ..diagnostics.locations import UNKNOWN_LOCATION, SourceLocation
from .table import EnumTable

TELLING_TOKENS = 3
"""A match of this many tokens is convincing. Two, such as ``none`` and ``host``, are too often equal by chance; then
words of the table's name must also be in the choice's place."""

NEAR = 0.5
"""The share of common tokens from which two lists count as drifted apart, and not as different."""
NEAR_WITH_NAME = 0.25
"""The same where all words of the table's name are in the choice's place."""

LONGEST_JOIN = 4
"""So many words of one side may be one word of the other: ``IoEventFd`` and ``ioeventfd``."""

BOOLEANS = frozenset({frozenset({"yes", "no"}), frozenset({"on", "off"}), frozenset({"true", "false"})})
"""Choices that are no lists to anybody but the grammar."""

WORDS_WITHOUT_WEIGHT = frozenset({"vir", "domain", "type", "mode", "model", "name", "kind"})
"""Words of tables' names that say nothing about a list's place."""

_BOUNDARY = re.compile(r"[\W_]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Fit(Enum):
    """How a table's tokens compare with a choice's, the best first."""

    EXACT = "exact"
    SENTINEL = "sentinel"
    """Equal but for the table's first entry, which no document contains."""
    NEAR = "near"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class NamedChoice:
    """Some values that a schema lets an author choose from.

    ``path`` is for people (``disk/@snapshot``); ``names`` are all names that say what the choice is about: the
    attribute, the elements around it, the define. ``is_open``: other text is allowed too. ``is_part``: the values are
    those for one value of another attribute, part of a choice that is compared as well.
    """

    path: str
    tokens: tuple[str, ...]
    names: tuple[str, ...] = ()
    is_open: bool = False
    location: SourceLocation = field(default=UNKNOWN_LOCATION, compare=False)
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class TableMatch:
    """A table and the choice that it fits best.

    ``others`` are further choices with the same tokens, ``rivals`` further tables that fit ``choice`` just as well.
    ``only_in_table`` has the tokens that the choice lacks, but for the sentinel, ``only_in_schema`` those that the
    table lacks. If nothing fits, there is no ``choice``; ``others`` then are
    choices whose tokens fit, but it is not clear which one is meant, or other tables fit them better.
    """

    table: EnumTable
    fit: Fit
    choice: NamedChoice | None = None
    others: tuple[NamedChoice, ...] = ()
    rivals: tuple[EnumTable, ...] = ()
    only_in_schema: tuple[str, ...] = ()
    only_in_table: tuple[str, ...] = ()
    sentinel: str | None = None
    """The table's first token, where it is not in the choice."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """All tables with their partners, and the choices that are no table's partner and have no table's tokens: one for
    each path, without single values and booleans, which need no table."""

    matches: tuple[TableMatch, ...]
    choices_without_table: tuple[NamedChoice, ...]


def words_of(name: str) -> tuple[str, ...]:
    """
    virDomainDiskSnapshot   vir domain disk snapshot
    copy_on_read            copy on read
    USBPort                 usb port
    """
    return tuple(word.lower() for word in _BOUNDARY.split(name) if word)


def fit_of(table: EnumTable, tokens: frozenset[str]) -> Fit | None:
    """How `table` fits a choice of just these tokens; None where it does not. Empty entries keep places in C, and
    count only where the choice has the empty token."""
    if not tokens or not table.tokens:
        return None
    first = table.tokens[0]
    entries = frozenset(table.tokens) if "" in tokens else _telling(table.tokens)
    if entries == tokens:
        return Fit.EXACT if first in tokens else Fit.SENTINEL
    return Fit.SENTINEL if first not in tokens and entries - {first} == tokens else None


class TableMatcher:
    """Finds tables by the tokens of a choice; made once for many choices."""

    def __init__(self, tables: Iterable[EnumTable]) -> None:
        self._tables = tuple(tables)
        self._words = {table.name: _table_words(table) for table in self._tables}
        self._by_tokens: defaultdict[frozenset[str], list[EnumTable]] = defaultdict(list)
        for table in self._tables:
            telling = _telling(table.tokens)
            for tokens in {telling, telling - {*table.tokens[:1]}}:
                self._by_tokens[tokens].append(table)

    def candidates(self, tokens: Iterable[str]) -> tuple[tuple[EnumTable, Fit], ...]:
        """All tables with these tokens, with or without a sentinel, in the order given."""
        allowed = frozenset(tokens)
        fitting = ((table, fit_of(table, allowed)) for table in self._by_tokens.get(_telling(allowed), ()))
        return tuple((table, fit) for table, fit in fitting if fit is not None)

    def best(self, tokens: Sequence[str], words: Iterable[str]) -> TableMatch | None:
        """The one table for a choice: the only one with its tokens, or the one whose name fits the place best.

        `words` are lower-case words of the names around the choice. Where no table has just these tokens, one of the
        right name that lacks a few of them will do. None where no table fits, where two fit equally, and where few
        tokens could be equal by chance and no word of the name supports them.
        """
        place = joined_words(tuple(words))
        favourites, score = self.favourites(tokens, place)
        if not favourites:
            return self._outgrown(tokens, place)
        if len(favourites) != 1 or not is_convincing(tokens, score, len(self.candidates(tokens))):
            return None
        table, fit = favourites[0]
        return TableMatch(table, fit, sentinel=table.tokens[0] if fit is Fit.SENTINEL else None)

    def _outgrown(self, tokens: Sequence[str], place: frozenset[str]) -> TableMatch | None:
        """The one table that a choice has outgrown: all its tokens are there, and the place has all words of its
        name. A newer schema has words that an older table lacks, and the table still has the constants of the others.
        """
        allowed = frozenset(tokens)
        found: list[TableMatch] = []
        for table in self._tables:
            known = _telling(table.tokens)
            sentinel = next((token for token in table.tokens[:1] if token not in allowed), None)
            common = known - {sentinel}
            is_most = len(common) > 1 and len(common) >= NEAR * len(allowed)
            if common < allowed and is_most and self.is_named_as(table, place):
                unknown = tuple(dict.fromkeys(token for token in tokens if token not in known))
                found.append(TableMatch(table, Fit.NEAR, only_in_schema=unknown, sentinel=sentinel))
        best = max((self.score(one.table, place) for one in found), default=0)
        nearest = [one for one in found if self.score(one.table, place) == best]
        return nearest[0] if len(nearest) == 1 else None

    def favourites(self, tokens: Iterable[str], place: frozenset[str]) -> tuple[tuple[tuple[EnumTable, Fit], ...], int]:
        """The tables that fit the tokens and whose names fit the place best, and how well."""
        candidates = self.candidates(tokens)
        scores = [self.score(table, place) for table, _ in candidates]
        best = max(scores, default=0)
        return tuple(one for one, score in zip(candidates, scores, strict=True) if score == best), best

    def score(self, table: EnumTable, place: frozenset[str]) -> int:
        """How well the words of the table's name fit a place (`joined_words`): a word found counts two, a word not
        found takes one away."""
        words = self._words[table.name]
        found = len(words & _found(words_of(table.name), place))
        return 2 * found - (len(words) - found)

    def is_named_as(self, table: EnumTable, place: frozenset[str]) -> bool:
        return self._words[table.name] <= _found(words_of(table.name), place)


def is_convincing(tokens: Iterable[str], score: int, tables: int) -> bool:
    """Whether tokens and name together say that a table and a choice belong together, given so many tables with these
    tokens. Two tokens of one table only need a third of the name's words, one token or several tables need more."""
    distinct = len(set(tokens))
    return score > 0 or (tables == 1 and (distinct >= TELLING_TOKENS or (distinct > 1 and score == 0)))


def compare(tables: Sequence[EnumTable], choices: Sequence[NamedChoice]) -> Comparison:
    """For each table its best partner: by tokens if it can be, by the share of common tokens else, by name among
    equals."""
    comparer = _Comparer(tables, choices)
    matches = tuple(comparer.match(table) for table in tables)
    taken = {match.choice.path for match in matches if match.choice}
    left: dict[str, NamedChoice] = {}
    for choice in comparer.without_table:
        if choice.path not in taken:
            left.setdefault(choice.path, choice)
    return Comparison(matches, tuple(left.values()))


class _Comparer:
    def __init__(self, tables: Sequence[EnumTable], choices: Sequence[NamedChoice]) -> None:
        self._matcher = TableMatcher(tables)
        self._choices = choices
        self._places = {id(choice): _place(choice) for choice in choices}
        self._by_tokens: defaultdict[frozenset[str], list[NamedChoice]] = defaultdict(list)
        self._by_token: defaultdict[str, list[NamedChoice]] = defaultdict(list)
        for choice in choices:
            self._by_tokens[frozenset(choice.tokens)].append(choice)
            for token in set(choice.tokens):
                self._by_token[token].append(choice)

    @property
    def without_table(self) -> Iterator[NamedChoice]:
        for choice in self._choices:
            needs_table = len(choice.tokens) > 1 and frozenset(choice.tokens) not in BOOLEANS
            if needs_table and not choice.is_part and not self._matcher.candidates(choice.tokens):
                yield choice

    def match(self, table: EnumTable) -> TableMatch:
        fitting = [choice for tokens, _ in _token_sets(table) for choice in self._by_tokens.get(tokens, ())]
        equal = self._equal(table, fitting)
        if equal is not None:
            return equal
        near = self._near(table, must_be_named=bool(fitting))
        return near or TableMatch(table, Fit.NONE, others=tuple(fitting))

    def _equal(self, table: EnumTable, fitting: Sequence[NamedChoice]) -> TableMatch | None:
        """The choice with the table's tokens where no other table fits better, and with the best name among these."""
        ranked = []
        for choice in fitting:
            favourites, score = self._matcher.favourites(choice.tokens, self._places[id(choice)])
            rivals = tuple(rival for rival, _ in favourites if rival is not table)
            if len(rivals) < len(favourites) and self._is_convincing(choice, score, len(fitting)):
                ranked.append((bool(rivals), -score, choice, rivals))
        if not ranked:
            return None
        _, _, choice, rivals = min(ranked, key=lambda one: one[:2])
        fit = fit_of(table, frozenset(choice.tokens))
        assert fit is not None  # `_token_sets` has only choices that fit
        others = tuple(one for one in fitting if one is not choice and set(one.tokens) == set(choice.tokens))
        sentinel = table.tokens[0] if fit is Fit.SENTINEL else None
        return TableMatch(table, fit, choice, others, rivals, sentinel=sentinel)

    def _is_convincing(self, choice: NamedChoice, score: int, alike: int) -> bool:
        """For a report that a person reads, many places of one telling list do not matter, and neither do few tokens
        that are in one place and one table only."""
        tables = len(self._matcher.candidates(choice.tokens))
        if len(set(choice.tokens)) >= TELLING_TOKENS:
            return True
        return score > 0 or (alike == tables == 1 and len(set(choice.tokens)) > 1)

    def _near(self, table: EnumTable, must_be_named: bool) -> TableMatch | None:
        """The choice with most tokens in common. Where choices with all of them belong to other tables, the name must
        speak for it too."""
        overlapping = {id(one): one for token in set(table.tokens) for one in self._by_token.get(token, ())}
        ranked = [(share, score, one) for one in overlapping.values() for share, score in self._nearness(table, one)]
        if must_be_named:
            ranked = [one for one in ranked if one[1] > 0]
        if not ranked:
            return None
        choice = max(ranked, key=lambda one: one[:2])[2]
        unknown = tuple(token for token in dict.fromkeys(choice.tokens) if token not in table.tokens)
        sentinel = table.tokens[0] if table.tokens[0] not in choice.tokens else None
        known = {*choice.tokens, sentinel, ""}
        lacking = tuple(token for token in dict.fromkeys(table.tokens) if token not in known)
        return TableMatch(table, Fit.NEAR, choice, (), (), unknown, lacking, sentinel)

    def _nearness(self, table: EnumTable, choice: NamedChoice) -> Iterator[tuple[float, int]]:
        """The share of common tokens and the fit of the name, where both are enough."""
        place = self._places[id(choice)]
        common, share = _common(table, choice)
        is_named = self._matcher.is_named_as(table, place)
        is_near = share >= NEAR_WITH_NAME if is_named else share >= NEAR and common > 1
        if is_near and not self._matcher.candidates(choice.tokens):
            yield share, self._matcher.score(table, place)


def _token_sets(table: EnumTable) -> Iterator[tuple[frozenset[str], Fit]]:
    """The choices that would fit, the best first."""
    entries, first = frozenset(table.tokens), frozenset(table.tokens[:1])
    candidates = [entries, entries - {""}, entries - first, entries - first - {""}]
    for fit in (Fit.EXACT, Fit.SENTINEL):
        for tokens in dict.fromkeys(candidates):
            if fit_of(table, tokens) is fit:
                yield tokens, fit


def _common(table: EnumTable, choice: NamedChoice) -> tuple[int, float]:
    """The common tokens, and their share of all, the table's sentinel left out."""
    tokens = frozenset(choice.tokens)
    entries = _telling(table.tokens)
    if table.tokens[0] not in tokens:
        entries -= {table.tokens[0]}
    return len(entries & tokens), len(entries & tokens) / len(entries | tokens)


def joined_words(words: Sequence[str]) -> frozenset[str]:
    """All words, and all runs of a few joined, to compare ``copy_on_read`` with ``copyonread``."""
    ends = range(1, LONGEST_JOIN + 1)
    return frozenset("".join(words[start : start + end]) for start in range(len(words)) for end in ends)


def _place(choice: NamedChoice) -> frozenset[str]:
    return frozenset().union(*(joined_words(words_of(name)) for name in choice.names))


def _telling(tokens: Iterable[str]) -> frozenset[str]:
    return frozenset(token for token in tokens if token)


def _table_words(table: EnumTable) -> frozenset[str]:
    words = frozenset(words_of(table.name))
    return words - WORDS_WITHOUT_WEIGHT or words


def _found(words: Sequence[str], place: frozenset[str]) -> frozenset[str]:
    """The words that are in the place, alone or joined with their neighbours."""
    found: set[str] = set()
    position = 0
    while position < len(words):
        length = _longest_run(words, position, place)
        found.update(words[position : position + length])
        position += length or 1
    return frozenset(found)


def _longest_run(words: Sequence[str], start: int, place: frozenset[str]) -> int:
    for length in range(min(LONGEST_JOIN, len(words) - start), 0, -1):
        if "".join(words[start : start + length]) in place:
            return length
    return 0
