"""Tables of releases, as ``relaxgen since --output-format json`` writes them, for packages to carry.

The table that a package has is a tree in lines; `relaxgen.runtime.releases` describes and reads it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from ..diagnostics.errors import ConfigurationError, Diagnostic
from ..diagnostics.locations import SourceLocation

SAFE = "@=/:.,;+-_()[]{}<>|!$&'~#?^`"
"""Characters that are not quoted: not the space, the percent sign and the star, and none that a string quotes."""

VersionKey = tuple[tuple[int, ...], bool, tuple[str | int, ...]]

Ranges = tuple[tuple[str, str | None], ...]
"""The first and the last release of each run; None for the newest."""


def version_key(name: str) -> VersionKey:
    """Orders versions by their numbers; a pre-release comes before its release.

    >>> sorted(["11.3.0", "9.10.0", "9.9.0", "9.10.0-rc1", "v10"], key=version_key)
    ['9.9.0', '9.10.0-rc1', '9.10.0', 'v10', '11.3.0']
    """
    match = re.search(r"\d+(?:\.\d+)*", name)
    if match is None:
        return (), True, (name,)
    numbers = tuple(int(part) for part in match[0].split("."))
    while numbers and not numbers[-1]:
        numbers = numbers[:-1]
    rest = name[match.end() :].lstrip("-.+_")
    is_final = not re.match(r"(?:a|b|c|rc|alpha|beta|pre|dev)\d*", rest)
    parts = (int(part) if part.isdigit() else part for part in re.findall(r"\d+|\D+", rest))
    return numbers, is_final, tuple(f"{part:09}" if isinstance(part, int) else part for part in parts)


@dataclass(frozen=True, slots=True)
class ReleaseTable:
    """``paths`` has the releases that know each path, ``open`` those for other names and texts, ``again`` the paths
    with the content of elements inside themselves."""

    releases: tuple[str, ...]
    short: bool
    paths: Mapping[str, Ranges]
    open: Mapping[str, Ranges]
    again: Mapping[str, str]

    @property
    def roots(self) -> frozenset[str]:
        return frozenset(path.strip("/") for path in self.paths if not set("/=") & set(path[1:]))


def read_release_tables(files: Iterable[Path]) -> tuple[ReleaseTable, ...]:
    """
    Raises:
        ConfigurationError: a file is no table, or two are about documents with the same root.
    """
    found: dict[str, Path] = {}
    tables = []
    for file in files:
        table = _read(file)
        for root in sorted(table.roots):
            if root in found:
                message = f"is about documents with the root <{root}>, and so is {found[root]}"
                raise ConfigurationError(Diagnostic(SourceLocation(str(file)), message))
            found[root] = file
        tables.append(table)
    return tuple(tables)


def _read(file: Path) -> ReleaseTable:
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        place = (error.lineno, error.colno) if isinstance(error, json.JSONDecodeError) else (0, 0)
        raise ConfigurationError(Diagnostic(SourceLocation(str(file), *place), f"cannot be read: {error}")) from None
    try:
        table = ReleaseTable(
            releases=tuple(map(_text, values["releases"])),
            short=bool(values["short"]),
            paths={path: _ranges(runs) for path, runs in values["paths"].items()},
            open={path: _ranges(runs) for path, runs in values["open"].items()},
            again={path: _text(target) for path, target in values["again"].items()},
        )
        _check(table)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        message = f"is not a table that `relaxgen since --output-format json` has written: {_reason(error)}"
        raise ConfigurationError(Diagnostic(SourceLocation(str(file)), message)) from None
    return table


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{json.dumps(value)} is not a name of a release or path")
    return value


def _ranges(runs: Sequence[Sequence[str | None]]) -> Ranges:
    return tuple((_text(first), last) for first, last in runs)


def _check(table: ReleaseTable) -> None:
    known = {*table.releases, None}
    for path, runs in (*table.paths.items(), *table.open.items()):
        unknown = [one for run in runs for one in run if one not in known]
        if unknown:
            raise ValueError(f"{path} has {unknown[0]!r}, which is not one of its releases")
    if not table.releases or not table.paths:
        raise ValueError("it has no releases or no paths")


def _reason(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


# The table that a package carries


class _Node(dict[str, "_Node"]):
    """What is inside, by steps. ``words`` are those of the line, None for what has no releases of its own."""

    words: tuple[str, ...] | None = None


def table_lines(table: ReleaseTable) -> Iterator[str]:
    top = _Node()
    for paths in (table.paths, table.open):
        for path, runs in paths.items():
            is_open = paths is table.open
            node = _node(top, path, is_open=is_open)
            again = [f"~{_quoted(table.again[path])}"] if path in table.again else []
            node.words = (*map(_run, runs), *again)
    head = ["short"] if table.short else []
    yield " ".join([*head, *map(_release, table.releases)])
    for step, node in sorted(top.items()):
        yield from _lines(step, node, (_release(table.releases[0]),), "")


def _node(top: _Node, path: str, *, is_open: bool) -> _Node:
    place, equals, value = path.partition("=")
    *above, last = [*map(_quoted, place.strip("/").split("/")), *([f"={_quoted(value)}"] if equals else [])]
    if is_open:
        last = last.replace("%2A", "*")
    for step in above:
        top = top.setdefault(step, _Node())
    return top.setdefault(last, _Node())


def _lines(step: str, node: _Node, around: tuple[str, ...], margin: str) -> Iterator[str]:
    """The line of a node and those inside, which have no word for what is the same as around them."""
    own = around if node.words is None else node.words
    words = ["?"] if node.words is None else [] if own == around else own
    inside = sorted(node.items())
    same = [name for name, one in inside if not one and one.words == own and not name.endswith("*")]
    yield margin + " ".join([step, *words, *([":", *same] if same else [])])
    for name, one in inside:
        if name not in same:
            yield from _lines(name, one, own, f"{margin} ")


def _run(run: tuple[str, str | None]) -> str:
    first, last = run
    return _release(first) if last is None else f"{_release(first)}..{_release(last)}"


def _release(name: str) -> str:
    return _quoted(name).replace("..", "%2E%2E")


def _quoted(text: str) -> str:
    return quote(text, safe=SAFE)
