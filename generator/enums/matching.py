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

from ..source import UNKNOWN_LOCATION, SourceLocation
from .table import EnumTable

TELLING_TOKENS = 3
"""So many tokens tell a list from others. Two, such as ``none`` and ``host``, are equal by chance too often, so then a
word of the table's name must stand in the choice's place as well."""

NEAR = 0.5
"""The share of common tokens from which two lists count as drifted apart, and not as different."""
NEAR_WITH_NAME = 0.25
"""The same where all words of the table's name stand in the choice's place."""

LONGEST_JOIN = 4
"""So many words of one side may be one word of the other: ``IoEventFd`` and ``ioeventfd``."""

VOCABULARY_WORDS = frozenset({"vir", "domain", "type"})
"""Words of tables' names that say nothing about a list's place."""

_BOUNDARY = re.compile(r"[\W_]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Fit(Enum):
    """How a table's tokens compare with a choice's, the best first."""

    EXACT = "exact"
    SENTINEL = "sentinel"
    """Equal but for the table's first entry, which never stands in a document."""
    NEAR = "near"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class NamedChoice:
    """Some values that a schema lets an author choose from.

    ``path`` is for people (``disk/@snapshot``); ``names`` are all names that say what the choice is about: the
    attribute, the elements around it, the define. ``is_open`` tells that other text is allowed too.
    """

    path: str
    tokens: tuple[str, ...]
    names: tuple[str, ...] = ()
    is_open: bool = False
    location: SourceLocation = field(default=UNKNOWN_LOCATION, compare=False)


@dataclass(frozen=True, slots=True)
class TableMatch:
    """A table and the choice that it fits best; ``others`` are choices elsewhere that it fits as well by tokens.

    ``only_in_table`` has the tokens that the choice lacks (the sentinel too), ``only_in_schema`` those that the table
    lacks. No choice, and neither of these, where nothing fits.
    """

    table: EnumTable
    fit: Fit
    choice: NamedChoice | None = None
    others: tuple[NamedChoice, ...] = ()
    only_in_schema: tuple[str, ...] = ()
    only_in_table: tuple[str, ...] = ()

    @property
    def sentinel(self) -> str | None:
        return self.table.tokens[0] if self.fit is Fit.SENTINEL else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """All tables with their partners, and the choices that are no table's partner and have no table's tokens."""

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
    count only as the first entry or where the choice has the empty token."""
    if not tokens:
        return None
    entries = _telling(table.tokens) | ({""} & tokens)
    if entries == tokens and (table.tokens[0] or "" in tokens):
        return Fit.EXACT
    first = table.tokens[0] if table.tokens else None
    if first is not None and first not in tokens and entries - {first} == tokens:
        return Fit.SENTINEL
    return None


class TableMatcher:
    """Finds tables by the tokens of a choice; made once for many choices."""

    def __init__(self, tables: Iterable[EnumTable]) -> None:
        self._tables = tuple(tables)
        self._words = {table.name: _table_words(table) for table in self._tables}
        self._by_tokens: defaultdict[frozenset[str], list[EnumTable]] = defaultdict(list)
        for table in self._tables:
            for tokens in {_telling(table.tokens), _telling(table.tokens[1:])}:
                self._by_tokens[tokens].append(table)

    def candidates(self, tokens: Iterable[str]) -> tuple[tuple[EnumTable, Fit], ...]:
        """All tables with these tokens, with or without a sentinel, in the order given."""
        wanted = frozenset(tokens)
        fitting = ((table, fit_of(table, wanted)) for table in self._by_tokens.get(_telling(wanted), ()))
        return tuple((table, fit) for table, fit in fitting if fit is not None)

    def best(self, tokens: Sequence[str], words: Iterable[str]) -> TableMatch | None:
        """The one table for a choice: the only one with its tokens, or the one whose name fits the place best.

        `words` are lower-case words of the names around the choice. None where no table fits, where two fit equally,
        and where few tokens could be equal by chance and no word of the name supports them.
        """
        place = joined_words(tuple(words))
        scored = [(self.score(table, place), table, fit) for table, fit in self.candidates(tokens)]
        if not scored:
            return None
        scored.sort(key=lambda one: one[0], reverse=True)
        score, table, fit = scored[0]
        if len(scored) > 1 and (score <= 0 or scored[1][0] == score):
            return None
        if len(set(tokens)) < TELLING_TOKENS and score <= 0:
            return None
        return TableMatch(table, fit, only_in_table=(table.tokens[0],) if fit is Fit.SENTINEL else ())

    def score(self, table: EnumTable, place: frozenset[str]) -> int:
        """How well the words of the table's name fit a place (`joined_words`): a word found counts two, a word not
        found takes one away."""
        words = self._words[table.name]
        found = _found(words, place)
        return 2 * found - (len(words) - found)

    def is_named_as(self, table: EnumTable, place: frozenset[str]) -> bool:
        words = self._words[table.name]
        return bool(words) and _found(words, place) == len(words)


def best_table(tokens: Sequence[str], words: Iterable[str], tables: Iterable[EnumTable]) -> TableMatch | None:
    """`TableMatcher.best` for a single choice."""
    return TableMatcher(tables).best(tokens, words)


def compare(tables: Sequence[EnumTable], choices: Sequence[NamedChoice]) -> Comparison:
    """For each table its best partner: by tokens if it can be, by the share of common tokens else, by name among
    equals."""
    matcher = TableMatcher(tables)
    places = {id(choice): _place(choice) for choice in choices}
    by_tokens: defaultdict[frozenset[str], list[NamedChoice]] = defaultdict(list)
    by_token: defaultdict[str, list[NamedChoice]] = defaultdict(list)
    for choice in choices:
        by_tokens[frozenset(choice.tokens)].append(choice)
        for token in set(choice.tokens):
            by_token[token].append(choice)
    matches = tuple(
        _exact_match(table, by_tokens, matcher, places) or _near_match(table, by_token, matcher, places)
        for table in tables
    )
    return Comparison(matches, _without_table(choices, matches, matcher))


def _exact_match(
    table: EnumTable,
    by_tokens: dict[frozenset[str], list[NamedChoice]],
    matcher: TableMatcher,
    places: dict[int, frozenset[str]],
) -> TableMatch | None:
    for tokens, fit in _token_sets(table):
        fitting = sorted(
            by_tokens.get(tokens, ()), key=lambda choice: matcher.score(table, places[id(choice)]), reverse=True
        )
        if fitting:
            lacking = () if fit is Fit.EXACT else (table.tokens[0],)
            return TableMatch(table, fit, fitting[0], tuple(fitting[1:]), only_in_table=lacking)
    return None


def _token_sets(table: EnumTable) -> Iterator[tuple[frozenset[str], Fit]]:
    """The choices that would fit, the best first."""
    candidates = [frozenset(table.tokens), _telling(table.tokens), _telling(table.tokens[1:])]
    for wanted in (Fit.EXACT, Fit.SENTINEL):
        for tokens in dict.fromkeys(candidates):
            if fit_of(table, tokens) is wanted:
                yield tokens, wanted


def _near_match(
    table: EnumTable,
    by_token: dict[str, list[NamedChoice]],
    matcher: TableMatcher,
    places: dict[int, frozenset[str]],
) -> TableMatch:
    overlapping = {id(choice): choice for token in set(table.tokens) for choice in by_token.get(token, ())}
    best: tuple[float, int, NamedChoice] | None = None
    for choice in overlapping.values():
        place = places[id(choice)]
        share, score = _share(table, choice), matcher.score(table, place)
        least = NEAR_WITH_NAME if matcher.is_named_as(table, place) else NEAR
        if share >= least and (best is None or (share, score) > best[:2]):
            best = share, score, choice
    if best is None:
        return TableMatch(table, Fit.NONE)
    choice = best[2]
    lacking = tuple(token for token in dict.fromkeys(table.tokens) if token and token not in choice.tokens)
    unknown = tuple(token for token in dict.fromkeys(choice.tokens) if token not in table.tokens)
    return TableMatch(table, Fit.NEAR, choice, (), unknown, lacking)


def _share(table: EnumTable, choice: NamedChoice) -> float:
    """Common tokens among all, the table's sentinel left out."""
    tokens = frozenset(choice.tokens)
    entries = _telling(table.tokens)
    if table.tokens[0] not in tokens:
        entries -= {table.tokens[0]}
    return len(entries & tokens) / len(entries | tokens)


def _without_table(
    choices: Sequence[NamedChoice], matches: Sequence[TableMatch], matcher: TableMatcher
) -> tuple[NamedChoice, ...]:
    taken = {id(match.choice) for match in matches}
    return tuple(choice for choice in choices if id(choice) not in taken and not matcher.candidates(choice.tokens))


def joined_words(words: Sequence[str]) -> frozenset[str]:
    """All words, and all runs of a few joined, to compare ``copy_on_read`` with ``copyonread``."""
    ends = range(1, LONGEST_JOIN + 1)
    return frozenset("".join(words[start : start + end]) for start in range(len(words)) for end in ends)


def _place(choice: NamedChoice) -> frozenset[str]:
    return frozenset().union(*(joined_words(words_of(name)) for name in choice.names))


def _telling(tokens: Iterable[str]) -> frozenset[str]:
    return frozenset(token for token in tokens if token)


def _table_words(table: EnumTable) -> tuple[str, ...]:
    words = words_of(table.name)
    return tuple(word for word in words if word not in VOCABULARY_WORDS) or words


def _found(words: Sequence[str], place: frozenset[str]) -> int:
    """How many of `words` stand in the place, alone or joined with their neighbours."""
    count = position = 0
    while position < len(words):
        length = _longest_run(words, position, place)
        count += length
        position += length or 1
    return count


def _longest_run(words: Sequence[str], start: int, place: frozenset[str]) -> int:
    for length in range(min(LONGEST_JOIN, len(words) - start), 0, -1):
        if "".join(words[start : start + length]) in place:
            return length
    return 0
