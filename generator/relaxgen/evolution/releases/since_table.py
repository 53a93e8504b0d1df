"""For each element, attribute and value of a schema the releases that accept it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path

from ...diagnostics.errors import Diagnostic, Diagnostics, SchemaError, Severity
from ...diagnostics.locations import SourceLocation
from ...memory import without_garbage_collection
from ...relaxng.reader import read_grammar
from ...relaxng.simplification import simplify
from ...relaxng.simplified_form import SimplifiedForm
from ..value_changes import AllowedTexts
from .accepted_names import AcceptedNames, accepted_names
from .collection import Release

Progress = Callable[[str, int, int], None]

Ranges = tuple[tuple[str, str], ...]
"""The first and the last release of each run of releases that accept a path."""


@dataclass(frozen=True, slots=True)
class SinceTable:
    """``releases`` are in order; ``accepting`` has, for each path, a bit for each release that accepts it. ``newest``
    has the paths and patterns of the newest release. ``diagnostics`` are warnings about releases that were left out,
    since their schema is not correct."""

    releases: tuple[str, ...]
    accepting: Mapping[str, int]
    newest: AcceptedNames
    diagnostics: tuple[Diagnostic, ...] = ()

    def since(self, path: str) -> str | None:
        """The first release that accepts a path; None where none does."""
        ranges = self.ranges(path)
        return ranges[0][0] if ranges else None

    def until(self, path: str) -> str | None:
        """The last release that accepted a path; None where the newest still does, or none ever did."""
        ranges = self.ranges(path)
        return ranges[-1][1] if ranges and ranges[-1][1] != self.releases[-1] else None

    def ranges(self, path: str) -> Ranges:
        bits = self.accepting.get(path, 0)
        runs: list[tuple[str, str]] = []
        for index, name in enumerate(self.releases):
            if bits >> index & 1:
                is_continued = bool(index and bits >> (index - 1) & 1)
                runs[-1:] = [(runs[-1][0], name)] if is_continued else [*runs[-1:], (name, name)]
        return tuple(runs)

    def matching(self, patterns: Sequence[str]) -> Iterator[str]:
        """The paths that one of `patterns` matches, or that are inside; all where there is no pattern."""
        for path in sorted(self.accepting):
            if not patterns or any(_matches(path, pattern) for pattern in patterns):
                yield path


def _matches(path: str, pattern: str) -> bool:
    inside = (f"{pattern}{separator}*" for separator in "/=")
    return fnmatchcase(path, pattern) or any(fnmatchcase(path, one) for one in inside)


def since_table(releases: Sequence[Release], progress: Progress | None = None) -> SinceTable:
    """
    Raises:
        SchemaError: the schema of no release is correct.
    """
    diagnostics: list[Diagnostic] = []
    read = list(_read(releases, diagnostics, progress, short=False))
    if any(names is None for _, names in read):
        read = list(_read(releases, [], progress, short=True))
    found = [(name, names) for name, names in read if names is not None]
    if not found:
        raise SchemaError(*(_as_error(one) for one in diagnostics))
    return SinceTable(
        tuple(name for name, _ in found), _accepting([names for _, names in found]), found[-1][1], tuple(diagnostics)
    )


def _read(
    releases: Sequence[Release], diagnostics: list[Diagnostic], progress: Progress | None, *, short: bool
) -> Iterator[tuple[str, AcceptedNames | None]]:
    """The names of each release. Releases with the same files are read once; only the newest keeps its patterns."""
    known: dict[bytes, AcceptedNames | None] = {}
    for index, release in enumerate(releases):
        if progress is not None:
            progress("read", index, len(releases))
        try:
            digest = _read_once(release, known, short=short, keep_patterns=index == len(releases) - 1)
        except SchemaError as error:
            first = error.diagnostics[0]
            message = f"release {release.name} is left out, since its schema is not correct: {first.message}"
            diagnostics.append(Diagnostic(first.location, message, Severity.WARNING))
            continue
        yield release.name, known[digest]
        if known[digest] is None:
            return


@without_garbage_collection()
def _read_once(
    release: Release, known: dict[bytes, AcceptedNames | None], *, short: bool, keep_patterns: bool
) -> bytes:
    """The key under which `known` has the names of a release."""
    schema = simplify(read_grammar(release.schema, Diagnostics()), Diagnostics())
    digest = _digest(schema.files)
    if digest not in known or keep_patterns:
        names = accepted_names(SimplifiedForm(schema), short=short)
        known[digest] = names if keep_patterns or names is None else _without_patterns(names)
    return digest


def _digest(files: Iterable[str]) -> bytes:
    total = sha256()
    for file in files:
        total.update(Path(file).read_bytes())
    return total.digest()


def _without_patterns(names: AcceptedNames) -> AcceptedNames:
    """Patterns hold the whole grammar, which would be in memory for every release."""
    texts = {path: AllowedTexts({}, tuple(texts.datatypes), (), texts.any) for path, texts in names.open_texts.items()}
    return AcceptedNames(dict.fromkeys(names.patterns, ()), texts)


def _accepting(read: Sequence[AcceptedNames]) -> dict[str, int]:
    bits: dict[str, int] = {}
    for index, names in enumerate(read):
        for path in names.patterns:
            bits[path] = bits.get(path, 0) | 1 << index
    for path, known in bits.items():
        if "=" in path:
            missing = (index for index in range(len(read)) if not known >> index & 1)
            bits[path] = known | sum(1 << index for index in missing if read[index].accepts(path))
    return bits


def _as_error(diagnostic: Diagnostic) -> Diagnostic:
    return Diagnostic(diagnostic.location, diagnostic.message)


# Formats


def table_as_text(table: SinceTable, patterns: Sequence[str]) -> Iterator[str]:
    """A line for each path: since when, and until when where that is over; gaps as ranges."""
    paths = list(table.matching(patterns))
    width = max(map(len, table.releases), default=0)
    for path in paths:
        yield f"{table.since(path) or '':<{width}}  {path}{_tail(table, path)}"


def _tail(table: SinceTable, path: str) -> str:
    ranges = table.ranges(path)
    if len(ranges) > 1:
        return f"   ({', '.join(_range(table, one) for one in ranges)})"
    until = table.until(path)
    return f"   (until {until})" if until else ""


def _range(table: SinceTable, ends: tuple[str, str]) -> str:
    first, last = ends
    if last == table.releases[-1]:
        return f"{first} on"
    return first if first == last else f"{first} to {last}"


def table_as_markdown(table: SinceTable, patterns: Sequence[str]) -> Iterator[str]:
    yield "| path | since | until |\n|---|---|---|"
    for path in table.matching(patterns):
        ranges = ", ".join(_range(table, one) for one in table.ranges(path)[:-1])
        gaps = f" (also {ranges})" if ranges else ""
        first = table.ranges(path)[-1][0]
        yield f"| `{path.replace('|', chr(92) + '|')}` | {first}{gaps} | {table.until(path) or ''} |"


def table_as_json(table: SinceTable, patterns: Sequence[str]) -> str:
    """``releases``, and for each path the ranges of releases that accept it; the end of an open range is null."""
    newest = table.releases[-1]
    paths = {
        path: [[first, None if last == newest else last] for first, last in table.ranges(path)]
        for path in table.matching(patterns)
    }
    return json.dumps({"releases": table.releases, "paths": paths}, ensure_ascii=False, indent=1)


def location_of(table: SinceTable, path: str) -> SourceLocation:
    """The place of a path in the newest schema; unknown where it does not have the path."""
    patterns = table.newest.patterns.get(path, ())
    return patterns[0].location if patterns else SourceLocation("")
