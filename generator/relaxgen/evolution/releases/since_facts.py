"""Facts about releases, such as ``b:since="6.3.0"``, checked with the table of what each release accepts.

Facts come from the annotations of a schema and from bindings files. A fact is right where its version is the first
release that accepts the path, or lies between that release and the one before it. An address that fits several paths
is about the first of them that was accepted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ...binding.annotations import SINCE
from ...binding.bindings_file import Entry, Subject, read_bindings
from ...diagnostics.errors import ConfigurationError, Diagnostics
from ...diagnostics.locations import SourceLocation
from ...python.release_table import version_key
from ...relaxng.correctness import read_schema
from .accepted_names import AcceptedNames, accepted_names, owners
from .since_table import SinceTable, location_of


@dataclass(frozen=True, slots=True)
class Fact:
    """``paths`` are those that an address may mean. A ``partial`` fact is about one of several kinds of what has the
    path; the table knows only all of them together, so it may be later than the path."""

    address: str
    version: str
    paths: tuple[str, ...]
    location: SourceLocation
    partial: bool = False


class Answer(StrEnum):
    EXACT = "exact"
    WITHIN_GAP = "within a gap"
    """The version lies between two releases of the table, and the later one is the first that accepts the path."""
    WRONG = "wrong"
    UNKNOWN = "not in the schema"


@dataclass(frozen=True, slots=True)
class CheckedFact:
    """``first`` is the first release that accepts the path, empty where none does."""

    fact: Fact
    answer: Answer
    first: str

    @property
    def message(self) -> str:
        subject = f"since {self.fact.version} is wrong for {self.fact.address}"
        return f"{subject}: the schemas accept it from {self.first} on"


@dataclass(frozen=True, slots=True)
class FactReport:
    """``missing`` are paths of the newest schema without a fact, with their first releases: those that came later than
    the oldest release, and later than what is around them."""

    checked: tuple[CheckedFact, ...]
    missing: tuple[tuple[str, str, SourceLocation], ...]

    @property
    def wrong(self) -> tuple[CheckedFact, ...]:
        return tuple(one for one in self.checked if one.answer is Answer.WRONG)

    def count(self, answer: Answer) -> int:
        return sum(one.answer is answer for one in self.checked)


def check_facts(table: SinceTable, schemas: Sequence[Path], bindings: Sequence[Path]) -> FactReport:
    """
    Raises:
        GeneratorError: a schema or a bindings file is wrong.
    """
    facts = [fact for schema in schemas for fact in _facts_of_schema(schema)]
    diagnostics = Diagnostics()
    entries = read_bindings(tuple(bindings), diagnostics)
    diagnostics.raise_errors(ConfigurationError)
    facts += _facts_of_bindings(entries, table)
    return FactReport(tuple(_checked(table, fact) for fact in facts), tuple(_missing(table, facts)))


def _facts_of_schema(schema: Path) -> Iterator[Fact]:
    """The annotations ``b:since`` of elements, attributes and values; one fact for all paths of a pattern."""
    form = read_schema(schema, Diagnostics()).form
    names = accepted_names(form) or accepted_names(form, short=True)
    assert isinstance(names, AcceptedNames), "short paths are never too many"
    found: dict[SourceLocation, tuple[str, list[str]]] = {}
    partial: set[SourceLocation] = set()
    for path, patterns in names.patterns.items():
        for pattern in patterns:
            version = pattern.annotations.attributes.get(SINCE, "")
            if version:
                found.setdefault(pattern.location, (version, []))[1].append(path)
                partial |= {pattern.location} if len(patterns) > 1 else set()
    for location, (version, paths) in found.items():
        yield Fact(paths[0], version, tuple(paths), location, location in partial)


def _facts_of_bindings(entries: Iterable[Entry], table: SinceTable) -> Iterator[Fact]:
    for entry in entries:
        note = entry.notes.get("since")
        if note is None or entry.subject is Subject.DEFINE:
            continue
        address = re.sub(r"\[[^]]*\]", "", entry.address)
        paths = tuple(_paths_of(address, table))
        yield Fact(entry.address, note.value, paths, note.location, address != entry.address)


def _paths_of(address: str, table: SinceTable) -> Iterator[str]:
    if address.startswith("/"):
        yield from [address] if address in table.accepting else []
        return
    for path in table.accepting:
        if path == f"/{address}" or path.endswith(f"/{address}"):
            yield path


def _checked(table: SinceTable, fact: Fact) -> CheckedFact:
    firsts = [first for path in fact.paths if (first := table.since(path)) is not None]
    if not firsts:
        return CheckedFact(fact, Answer.UNKNOWN, "")
    first = min(firsts, key=version_key)
    if version_key(first) == version_key(fact.version):
        return CheckedFact(fact, Answer.EXACT, first)
    if fact.partial and version_key(first) < version_key(fact.version):
        return CheckedFact(fact, Answer.UNKNOWN, first)
    expected = next((one for one in table.releases if version_key(one) >= version_key(fact.version)), None)
    return CheckedFact(fact, Answer.WITHIN_GAP if expected == first else Answer.WRONG, first)


def _missing(table: SinceTable, facts: Iterable[Fact]) -> Iterator[tuple[str, str, SourceLocation]]:
    known = {path for fact in facts for path in fact.paths}
    for path in table.newest.patterns:
        first = table.since(path)
        if first in (None, table.releases[0]) or path in known:
            continue
        around = next((one for one in owners(path) if one in table.accepting), None)
        if around is None or table.since(around) != first:
            yield path, str(first), location_of(table, path)


def proposals(report: FactReport) -> Iterator[str]:
    """Lines of a bindings file for the facts that are missing; values have no address there."""
    tables: dict[str, list[str]] = {"element": [], "attribute": []}
    for path, first, _ in report.missing:
        if "=" not in path:
            tables["attribute" if "/@" in path else "element"].append(f"{json.dumps(path)}.since = {json.dumps(first)}")
    for name, lines in tables.items():
        if lines:
            yield f"[{name}]"
            yield from lines
            yield ""
