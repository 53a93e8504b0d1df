"""What was found, in the forms that every command has for programs: JSON, annotations for GitHub, and SARIF.

A command makes its findings `Result`s. The names of rules and levels are those of SARIF, the Static Analysis Results
Interchange Format 2.1.0 (OASIS).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..diagnostics.errors import Diagnostic, Severity
from ..diagnostics.locations import SourceLocation
from ..version import VERSION

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


class Level(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Result:
    """One finding. ``rule`` is a stable word for its kind, ``paths`` are the ways to it in documents, ``width`` is the
    number of characters that it is about. ``more`` are further properties of SARIF."""

    rule: str
    message: str
    place: SourceLocation | None = None
    level: Level = Level.ERROR
    paths: tuple[str, ...] = ()
    related: tuple[tuple[SourceLocation, str], ...] = ()
    width: int = 0
    more: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RuleText:
    """What SARIF says of a rule."""

    name: str
    meaning: str


def results_of_diagnostics(diagnostics: Iterable[Diagnostic]) -> list[Result]:
    """What is wrong with the input of a command."""
    return [
        Result(
            "input",
            one.message,
            one.location,
            Level.WARNING if one.severity is Severity.WARNING else Level.ERROR,
            related=one.related,
        )
        for one in diagnostics
    ]


# JSON


def results_as_json(results: Iterable[Result]) -> str:
    return json.dumps([result_values(one) for one in results], ensure_ascii=False, indent=2)


def result_values(result: Result) -> dict[str, object]:
    return {
        "rule": result.rule,
        "level": result.level.value,
        **place_values(result.place or SourceLocation("")),
        "paths": list(result.paths),
        "message": result.message,
        "related": [{**place_values(place), "message": text} for place, text in result.related],
    }


def place_values(place: SourceLocation) -> dict[str, object]:
    return {"file": place.path, "line": place.line, "column": place.column}


# GitHub's workflows: https://docs.github.com/actions/reference/workflow-commands-for-github-actions

_KINDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def results_as_github(results: Iterable[Result]) -> Iterator[str]:
    for one in results:
        place = one.place or SourceLocation("")
        text = "\n".join([one.message, *(f"{where}: {what}" for where, what in one.related)])
        yield annotation(_KINDS[one.level], place.path, place.line, place.column, text)


def annotation(kind: str, file: str, line: int, column: int, message: str) -> str:
    properties = {"file": file, "line": line, "col": column, "title": "relaxgen"}
    shown = ",".join(f"{name}={_escaped_property(str(value))}" for name, value in properties.items() if value)
    return f"::{kind} {shown}::{_escaped(message)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


# SARIF


def results_as_sarif(results: Iterable[Result], rules: Mapping[str, RuleText] | None = None) -> str:
    """A log of one run. `rules` has the texts of rules that have some."""
    found = list(results)
    known = rules or {}
    names = sorted({one.rule for one in found})
    driver = {"name": "relaxgen", "version": VERSION, "rules": [_rule_values(name, known.get(name)) for name in names]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_sarif_result(one) for one in found],
    }
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _rule_values(name: str, text: RuleText | None) -> dict[str, object]:
    return {"id": name} if text is None else {"id": name, "name": text.name, "shortDescription": {"text": text.meaning}}


def _sarif_result(result: Result) -> dict[str, object]:
    values: dict[str, object] = {
        "ruleId": result.rule,
        "level": result.level.value,
        "message": {"text": result.message},
        "locations": [_location(result.place, result.width, result.paths)] if result.place is not None else [],
        **result.more,
    }
    if result.related:
        values["relatedLocations"] = [{**_location(place), "message": {"text": text}} for place, text in result.related]
    return values


def _location(place: SourceLocation, width: int = 0, paths: tuple[str, ...] = ()) -> dict[str, object]:
    location: dict[str, object] = {"physicalLocation": _physical_location(place, width)}
    names = [{"fullyQualifiedName": path, "kind": "element"} for path in paths]
    return {**location, "logicalLocations": names} if names else location


def _physical_location(place: SourceLocation, width: int) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(place.path)}}
    if place.line:
        region = {"startLine": place.line}
        if place.column:
            region["startColumn"] = place.column
            if width:
                region["endColumn"] = place.column + width
        physical["region"] = region
    return physical


def _uri(file: str) -> str:
    """A relative reference, or the URI of an absolute path."""
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))
