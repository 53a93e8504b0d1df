"""Faults as text for people, as JSON, and as findings in the forms that every command has.

What is printed comes with each document, so that nothing is kept of those that were reported.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from textwrap import indent

from ..diagnostics.errors import meant
from ..diagnostics.locations import SourceLocation
from ..diagnostics.phrases import counted, listed
from ..report.results import Result
from ..runtime.faults import Fault
from .parallel_validation import DocumentReport


def report_as_text(report: DocumentReport, max_faults: int | None) -> Iterator[str]:
    """The faults of one document, and how many were left out."""
    shown = report.faults[:max_faults]
    yield from map(str, shown)
    left_out = len(report.faults) - len(shown) + report.is_cut
    if left_out:
        yield f"{report.name}: {_at_least(left_out, 'more fault', report.is_cut)}"


@dataclass(slots=True)
class Tally:
    """The numbers for the line about all documents; the documents themselves are not kept."""

    documents: int = 0
    invalid: int = 0
    faults: int = 0
    is_cut: bool = False

    def counting(self, reports: Iterable[DocumentReport]) -> Iterator[DocumentReport]:
        for report in reports:
            self.documents += 1
            self.invalid += bool(report.faults)
            self.faults += len(report.faults)
            self.is_cut |= report.is_cut
            yield report

    def __str__(self) -> str:
        documents = counted(self.documents, "document")
        return (
            f"{_at_least(self.faults, 'fault', self.is_cut)} in {self.invalid} of {documents}"
            if self.invalid
            else f"{documents} valid"
        )


def _at_least(count: int, noun: str, is_cut: bool) -> str:
    return f"at least {counted(count, noun)}" if is_cut else counted(count, noun)


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


def results_of(reports: Iterable[DocumentReport], max_faults: int | None) -> Iterator[Result]:
    """The faults as findings, for annotations and SARIF."""
    for fault in _faults(reports, max_faults):
        yield result_of_fault(fault)


def result_of_fault(fault: Fault) -> Result:
    place = SourceLocation(fault.file, fault.line, fault.column)
    rule = [(_parsed(fault.schema_location), "the rule of the schema")] if fault.schema_location else []
    paths = (fault.path,) if fault.path else ()
    return Result(fault.code, _message(fault), place, paths=paths, related=tuple(rule), width=fault.width)


def _faults(reports: Iterable[DocumentReport], max_faults: int | None) -> Iterator[Fault]:
    return chain.from_iterable(report.faults[:max_faults] for report in reports)


def _message(fault: Fault) -> str:
    """Returns the message and the advice, without the excerpt: annotations are shown beside the source."""
    path = f"{fault.path}: " if fault.path else ""
    advice = f"; expected: {listed(fault.expected)}" if fault.expected else ""
    return f"{path}{fault.message}{advice}{meant(fault.suggestion)}"


def _parsed(text: str) -> SourceLocation:
    """``file:line:column`` again in parts."""
    file, line, column = text.rsplit(":", 2)
    return SourceLocation(file, int(line), int(column))
