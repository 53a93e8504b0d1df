"""What commands have to say about packages, as text for people, as JSON, and as findings.

Every function returns text; `cli` decides where it goes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ..diagnostics.errors import Diagnostic
from ..diagnostics.locations import SourceLocation
from ..diagnostics.phrases import counted
from ..output import Difference, DifferenceKind, WriteSummary
from .results import Result, place_values


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


@dataclass(frozen=True, slots=True)
class GeneratedReport:
    """One package that was written."""

    output: Path
    classes: int
    enums: int
    summary: WriteSummary
    unsettled: tuple[str, ...] = ()
    """The names that the preset does not settle."""


@dataclass(frozen=True, slots=True)
class CheckedReport:
    """One package that was compared with what is on disk."""

    output: Path
    files: int
    differences: tuple[Difference, ...]

    @property
    def kinds(self) -> list[DifferenceKind]:
        return [difference.kind for difference in self.differences]


# For people


def generated_as_text(report: GeneratedReport) -> str:
    summary = report.summary
    parts = [counted(report.classes, "class", "classes"), counted(report.enums, "enum")]
    if not report.classes:  # every schema gives one
        parts = ["the run time of packages"]
    parts.append(f"{counted(len(summary.written), 'file')} written")
    parts.append(f"{len(summary.unchanged)} unchanged")
    if summary.removed:
        parts.append(f"{len(summary.removed)} removed")
    lines = [f"{report.output}: {', '.join(parts)}"]
    if report.unsettled:
        lines.append(f"names not settled by the preset: {len(report.unsettled)} ({', '.join(report.unsettled)})")
    return "\n".join(lines)


def checked_as_text(report: CheckedReport) -> str:
    """The diffs, then a line for each file that is missing or left over, then the verdict."""
    if not report.differences:
        return f"{report.output}: up to date ({counted(report.files, 'file')})"
    lines = [difference.diff.rstrip("\n") for difference in report.differences if difference.diff]
    if _all_missing(report):
        return f"{report.output}: has not been generated yet"
    for difference in report.differences:
        if difference.kind is not DifferenceKind.CHANGED:
            lines.append(f"{report.output / difference.path}: {MEANING[difference.kind]}")
    tally = ", ".join(f"{report.kinds.count(kind)} {kind.value}" for kind in DifferenceKind if kind in report.kinds)
    files = len({difference.path for difference in report.differences})
    lines.append(f"{report.output}: {counted(files, 'file')} out of date ({tally})")
    return "\n".join(lines)


MEANING = {
    DifferenceKind.MISSING: "is missing",
    DifferenceKind.CHANGED: "is not what would be generated now",
    DifferenceKind.ORPHANED: "is no longer generated",
    DifferenceKind.UNTRACKED: "is neither committed nor staged",
}


def _all_missing(report: CheckedReport) -> bool:
    missing = [difference for difference in report.differences if difference.kind is DifferenceKind.MISSING]
    return len(missing) == report.files == len(report.differences)


# For programs


def as_json(
    diagnostics: Iterable[Diagnostic],
    *,
    generated: Sequence[GeneratedReport] = (),
    checked: Sequence[CheckedReport] = (),
    more: Mapping[str, object] | None = None,
) -> str:
    """Returns one object. ``packages`` has what was made or compared, ``diagnostics`` the errors in the input; other
    results of a command are beside them."""
    packages = [_generated_values(report) for report in generated] + [_checked_values(report) for report in checked]
    values = {"packages": packages, "diagnostics": [diagnostic_values(diagnostic) for diagnostic in diagnostics]}
    return json.dumps({**values, **(more or {})}, ensure_ascii=False, indent=2)


def _generated_values(report: GeneratedReport) -> dict[str, object]:
    return {
        "output": report.output.as_posix(),
        "classes": report.classes,
        "enums": report.enums,
        "written": list(report.summary.written),
        "unchanged": list(report.summary.unchanged),
        "removed": list(report.summary.removed),
        "unsettled_names": list(report.unsettled),
    }


def _checked_values(report: CheckedReport) -> dict[str, object]:
    differences = [
        {"path": found.path, "kind": found.kind.value, "line": found.line, "diff": found.diff}
        for found in report.differences
    ]
    return {"output": report.output.as_posix(), "files": report.files, "differences": differences}


def diagnostic_values(diagnostic: Diagnostic) -> dict[str, object]:
    return {
        "severity": diagnostic.severity.value,
        **place_values(diagnostic.location),
        "message": diagnostic.message,
        "section": diagnostic.section,
        "included_from": [place_values(place) for place in diagnostic.location.inclusions],
        "related": [{**place_values(place), "message": text} for place, text in diagnostic.related],
    }


# As findings


def results_of_checked(report: CheckedReport) -> list[Result]:
    """A finding for each difference."""
    return [
        Result(
            f"{found.kind.value}-file",
            f"{found.path} {_meaning(found)}",
            SourceLocation((report.output / found.path).as_posix(), found.line),
        )
        for found in report.differences
    ]


def _meaning(difference: Difference) -> str:
    lines = difference.diff.splitlines()
    more = [f"… and {len(lines) - DIFF_LINES} more lines"] if len(lines) > DIFF_LINES else []
    return "\n".join([MEANING[difference.kind], *lines[:DIFF_LINES], *more])


DIFF_LINES = 200
"""So many lines of a file's diff are in a finding; what is longer, no page shows."""
