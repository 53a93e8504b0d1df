"""Faults as text for people, JSON and SARIF for programs, and annotations for GitHub's workflows."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from textwrap import indent
from typing import Any
from urllib.parse import quote

from ..diagnostics.locations import SourceLocation
from ..diagnostics.phrases import counted
from ..report.formats import annotation
from ..runtime.faults import Fault
from ..version import VERSION
from .parallel_validation import DocumentReport

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def report_as_text(report: DocumentReport, max_faults: int | None) -> Iterator[str]:
    """The faults of one document, and how many were left out."""
    shown = report.faults[:max_faults]
    yield from map(str, shown)
    left_out = len(report.faults) - len(shown)
    if left_out:
        yield f"{report.name}: {counted(left_out, 'more fault')}"


@dataclass(slots=True)
class Tally:
    """The numbers for the line about all documents; the documents themselves are not kept."""

    documents: int = 0
    invalid: int = 0
    faults: int = 0

    def counting(self, reports: Iterable[DocumentReport]) -> Iterator[DocumentReport]:
        for report in reports:
            self.documents += 1
            self.invalid += bool(report.faults)
            self.faults += len(report.faults)
            yield report

    def __str__(self) -> str:
        documents = counted(self.documents, "document")
        return (
            f"{counted(self.faults, 'fault')} in {self.invalid} of {documents}"
            if self.invalid
            else f"{documents} valid"
        )


def reports_as_json(reports: Iterable[DocumentReport], max_faults: int | None) -> Iterator[str]:
    """The lines of an array of faults; those of a document come with its report."""
    before = "["
    for fault in _faults(reports, max_faults):
        yield before
        *lines, last = indent(json.dumps(fault.as_dict(), ensure_ascii=False, indent=2), "  ").splitlines()
        yield from lines
        before = f"{last},"
    yield "[]" if before == "[" else before.removesuffix(",")
    if before != "[":
        yield "]"


def reports_as_github(reports: Iterable[DocumentReport], max_faults: int | None) -> Iterator[str]:
    for fault in _faults(reports, max_faults):
        yield annotation("error", fault.file, fault.line, fault.column, _message(fault))


def reports_as_sarif(reports: Iterable[DocumentReport], max_faults: int | None) -> str:
    """Static Analysis Results Interchange Format 2.1.0 (OASIS)."""
    faults = list(_faults(reports, max_faults))
    rules = [{"id": code} for code in sorted({fault.code for fault in faults})]
    driver = {"name": "relaxgen", "version": VERSION, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(fault) for fault in faults],
    }
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _faults(reports: Iterable[DocumentReport], max_faults: int | None) -> Iterator[Fault]:
    return chain.from_iterable(report.faults[:max_faults] for report in reports)


def _message(fault: Fault) -> str:
    """The message and the advice, without the excerpt, which whoever reads annotations has before him."""
    path = f"{fault.path}: " if fault.path else ""
    advice = f"; expected: {', '.join(fault.expected[:12])}" if fault.expected else ""
    hint = f" (did you mean {fault.suggestion!r}?)" if fault.suggestion else ""
    return f"{path}{fault.message}{advice}{hint}"


def _result(fault: Fault) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": fault.code,
        "level": "error",
        "message": {"text": _message(fault)},
        "locations": [_location(fault)],
    }
    if fault.schema_location:
        result["relatedLocations"] = [_schema_location(fault.schema_location)]
    return result


def _location(fault: Fault) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": physical_location(fault.file, fault.line, fault.column, fault.width)
    }
    if fault.path:
        location["logicalLocations"] = [{"fullyQualifiedName": fault.path, "kind": "element"}]
    return location


def physical_location(file: str, line: int, column: int, width: int = 0) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(file)}}
    if line:
        region = {"startLine": line}
        if column:
            region["startColumn"] = column
            if width:
                region["endColumn"] = column + width
        physical["region"] = region
    return physical


def _schema_location(text: str) -> dict[str, Any]:
    place = _parsed(text)
    physical = physical_location(place.path, place.line, place.column)
    return {"physicalLocation": physical, "message": {"text": "the rule of the schema"}}


def _parsed(text: str) -> SourceLocation:
    """``file:line:column`` again in parts."""
    file, line, column = text.rsplit(":", 2)
    return SourceLocation(file, int(line), int(column))


def _uri(file: str) -> str:
    """A relative reference, or the URI of an absolute path."""
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))
