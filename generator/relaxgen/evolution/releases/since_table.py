"""For each element, attribute and value of a schema the releases that accept it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from ...diagnostics.errors import Diagnostic, Diagnostics, SchemaError, Severity
from ...diagnostics.locations import SourceLocation
from ...memory import without_garbage_collection
from ...relaxng.correctness import read_schema
from ...relaxng.name_class import QName
from ...runtime.releases import Ranges, runs_of
from .accepted_names import AcceptedNames, accepted_names, owner_of
from .collection import Release

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class SinceTable:
    """``releases`` are in order; ``accepting`` has, for each path, a bit for each release that accepts it, and ``open``
    the same for what is open: other elements ``/a/*``, attributes ``/a/@*``, and texts beside listed values ``/a=*``.
    ``again`` has for an element inside itself the path that says what it may hold. ``newest`` has the paths and
    patterns of the newest release. ``diagnostics`` are warnings about releases that were left out, since their schema
    is not correct. With ``short``, paths are those of parent and child."""

    releases: tuple[str, ...]
    accepting: Mapping[str, int]
    newest: AcceptedNames
    diagnostics: tuple[Diagnostic, ...] = ()
    open: Mapping[str, int] = field(default_factory=dict)
    again: Mapping[str, str] = field(default_factory=dict)
    short: bool = False

    def since(self, path: str) -> str | None:
        """The first release that accepts a path; None where none does."""
        ranges = self.ranges(path)
        return ranges[0][0] if ranges else None

    def until(self, path: str) -> str | None:
        """The last release that accepted a path; None where the newest still does, or none ever did."""
        ranges = self.ranges(path)
        return ranges[-1][1] if ranges and ranges[-1][1] != self.releases[-1] else None

    def ranges(self, path: str) -> Ranges:
        """The first and the last release of each run of releases that accept a path."""
        return runs_of(self.releases, self.accepting.get(path, 0))

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
    short = False
    read = list(_read(releases, diagnostics, progress, short=short))
    if any(names is None for _, names in read):
        short = True
        read = list(_read(releases, [], progress, short=short))
    found = {name: names for name, names in reversed(read) if names is not None}
    if not found:
        raise SchemaError(*(replace(one, severity=Severity.ERROR) for one in diagnostics))
    names = tuple(found.values())
    accepting = _accepting(names)
    return SinceTable(
        releases=tuple(found),
        accepting=accepting,
        newest=names[-1],
        diagnostics=tuple(diagnostics),
        open=_open(names, accepting),
        again=dict(_turns(names, accepting)),
        short=short,
    )


def _read(
    releases: Sequence[Release], diagnostics: list[Diagnostic], progress: Progress | None, *, short: bool
) -> Iterator[tuple[str, AcceptedNames | None]]:
    """The names of each release, the newest first; it alone keeps its patterns, which hold the whole grammar."""
    newest = True
    for done, release in enumerate(reversed(releases)):
        if progress is not None:
            progress("read", done, len(releases))
        try:
            names = _names_of(release, short=short)
        except SchemaError as error:
            diagnostics.append(release.left_out(error))
            continue
        if names is not None and not newest:
            names = replace(names, patterns=dict.fromkeys(names.patterns, ()))
        yield release.name, names
        if names is None:
            return
        newest = False


@without_garbage_collection()
def _names_of(release: Release, *, short: bool) -> AcceptedNames | None:
    return accepted_names(read_schema(release.schema, Diagnostics()).form, short=short)


def _accepting(read: Sequence[AcceptedNames]) -> dict[str, int]:
    bits: dict[str, int] = {}
    behind: dict[str, set[QName]] = {}
    for index, names in enumerate(read):
        for path in names.patterns:
            bits[path] = bits.get(path, 0) | 1 << index
        for path, found in names.names.items():
            behind.setdefault(path, set()).update(found)
    for path, known in bits.items():
        missing = (index for index in range(len(read)) if not known >> index & 1)
        bits[path] = known | sum(1 << index for index in missing if read[index].accepts(path, behind))
    return bits


def _open(read: Sequence[AcceptedNames], accepting: Iterable[str]) -> dict[str, int]:
    listed = {owner for owner, equals, _ in (path.partition("=") for path in accepting) if equals}
    places = {place for names in read for place in names.open_places()}
    return {
        place: sum(1 << index for index, names in enumerate(read) if names.is_open(place))
        for place in sorted(places)
        if not place.endswith("=*") or place[:-2] in listed
    }


def _turns(read: Sequence[AcceptedNames], accepting: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Where all releases that have an element inside itself say the same of it."""
    for path, target in sorted({turn for names in read for turn in names.again.items()}):
        known = [names for index, names in enumerate(read) if accepting[path] >> index & 1]
        if all(names.without_turns(path) == names.without_turns(target) for names in known):
            yield path, target


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
        *others, (first, _) = table.ranges(path)
        gaps = f" (also {', '.join(_range(table, one) for one in others)})" if others else ""
        yield f"| `{path.replace('|', chr(92) + '|')}` | {first}{gaps} | {table.until(path) or ''} |"


def table_as_json(table: SinceTable, patterns: Sequence[str]) -> str:
    """``releases``, and for each path the ranges of releases that accept it; the end of an open range is null."""
    paths = list(table.matching(patterns))
    inside = set(paths)
    values = {
        "releases": table.releases,
        "short": table.short,
        "paths": {path: _open_ranges(table, table.accepting[path]) for path in paths},
        "open": {path: _open_ranges(table, bits) for path, bits in table.open.items() if owner_of(path) in inside},
        "again": {path: target for path, target in table.again.items() if path in inside},
    }
    return _lines(values)


def _open_ranges(table: SinceTable, bits: int) -> list[tuple[str, str | None]]:
    return [(first, None if last == table.releases[-1] else last) for first, last in runs_of(table.releases, bits)]


def _lines(values: Mapping[str, object]) -> str:
    """JSON with a line for each path, which a file under version control should have."""
    parts = []
    for key, value in values.items():
        if isinstance(value, dict) and value:
            lines = ",\n".join(f"  {_json(name)}: {_json(one)}" for name, one in value.items())
            parts.append(f" {_json(key)}: {{\n{lines}\n }}")
        else:
            parts.append(f" {_json(key)}: {_json(value)}")
    return "{\n" + ",\n".join(parts) + "\n}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def location_of(table: SinceTable, path: str) -> SourceLocation:
    """The place of a path in the newest schema; unknown where it does not have the path."""
    patterns = table.newest.patterns.get(path, ())
    return patterns[0].location if patterns else SourceLocation("")
