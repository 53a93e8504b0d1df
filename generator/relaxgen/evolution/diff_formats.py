"""A judged comparison for programs: JSON, annotations for GitHub, SARIF, JUnit, and GitLab's code quality.

Every function takes the judgements of all steps, which are several where several releases are compared.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from ..diagnostics.errors import Diagnostic
from ..diagnostics.locations import SourceLocation
from ..report.formats import diagnostic_values
from ..report.results import Level, Result, RuleText, annotation, place_values, results_as_sarif
from .diff_report import WITNESS_TITLES, effects, summary
from .package_comparison import Comparison, SchemaVerdict
from .policy import JudgedFinding, Judgement, Severity, verdict_of
from .rules import RULES, Category


@dataclass(frozen=True, slots=True)
class JudgedStep:
    """The judgement of a comparison. ``title`` names the two sides where there are several steps."""

    judgement: Judgement
    title: str = ""


Steps = Sequence[JudgedStep]


# JSON


def as_json(steps: Steps, diagnostics: Iterable[Diagnostic] = ()) -> str:
    """One object, described in docs/evolution.md; several steps are in its ``steps``. Without steps there are
    diagnostics only."""
    values: dict[str, object] = {"diagnostics": [diagnostic_values(diagnostic) for diagnostic in diagnostics]}
    if len(steps) == 1:
        values = {**_judgement_values(steps[0].judgement), **values}
    elif steps:
        values = {"steps": [{"title": one.title, **_judgement_values(one.judgement)} for one in steps], **values}
    return json.dumps(values, ensure_ascii=False, indent=2)


def _judgement_values(judgement: Judgement) -> dict[str, object]:
    comparison, version = judgement.comparison, judgement.policy.version
    broken = judgement.broken_categories
    step = version and {
        "needed": version.needed(broken).name.lower(),
        "lowest": version.lowest(broken),
        "too_low": judgement.version_is_too_low,
    }
    return {
        "summary": summary(judgement),
        "fails": judgement.failed,
        "verdicts": {category.value: _verdict_values(comparison, category) for category in Category},
        "failed": [category.value for category in judgement.failing_categories],
        "version": step,
        "schemas": [_schema_values(schema) for schema in comparison.schemas],
        "findings": [_finding_values(one) for one in judgement.findings],
        "documents": _documents_values(comparison),
    }


def _verdict_values(comparison: Comparison, category: Category) -> dict[str, object]:
    verdict = verdict_of(comparison, category)
    return {"answer": verdict.answer.value, "broken": verdict.broken, "possible": verdict.possible}


def _schema_values(schema: SchemaVerdict) -> dict[str, object]:
    undecided = [
        {"category": category.value, "path": one.xpath if one.path else "", "reason": one.reason}
        for category, one in schema.undecided
    ]
    return {
        "name": schema.name,
        "old": schema.old,
        "new": schema.new,
        "unchanged": schema.unchanged,
        "backward": schema.backward.value,
        "forward": schema.forward.value,
        "undecided": undecided,
    }


def _finding_values(judged: JudgedFinding) -> dict[str, object]:
    finding = judged.finding
    impacts = [
        {
            "category": one.category.value,
            "certain": one.certain,
            "white_space": one.white_space,
            "witness": one.witness or None,
        }
        for one in finding.impacts
    ]
    return {
        "rule": finding.rule.id,
        "name": finding.rule.name,
        "severity": judged.severity.value,
        "accepted": judged.accepted,
        "fingerprint": finding.fingerprint,
        "message": finding.message,
        "guess": finding.rule.guess,
        "paths": list(finding.paths),
        "values": list(finding.values),
        "old": _place(finding.old),
        "new": _place(finding.new),
        "breaks": impacts,
        "schemas": list(finding.schemas),
    }


def _place(location: SourceLocation | None) -> dict[str, object] | None:
    return None if location is None else place_values(location)


def _documents_values(comparison: Comparison) -> dict[str, object] | None:
    checked = comparison.documents
    if checked is None:
        return None
    return {"number": checked.number, "valid_old": checked.old, "valid_new": checked.new}


# GitHub's workflows


def as_github(steps: Steps) -> Iterator[str]:
    """An annotation for each finding that is not accepted."""
    kinds = {Severity.ERROR: "error", Severity.WARNING: "warning"}
    for one in _open_findings(steps):
        finding, place = one.finding, one.finding.place or SourceLocation("")
        shown = filter(steps[0].judgement.policy.shows, finding.impacts)
        witnesses = (f"{WITNESS_TITLES[impact.category]}\n{impact.witness}" for impact in shown)
        text = "\n".join([f"{finding.rule.id} {finding.message}", effects(finding), *witnesses])
        yield annotation(kinds.get(one.severity, "notice"), place.path, place.line, place.column, text)


def _open_findings(steps: Steps) -> Iterator[JudgedFinding]:
    return (one for step in steps for one in step.judgement.findings if one.accepted is None)


# SARIF


def as_sarif(steps: Steps) -> str:
    """Accepted findings are suppressed results."""
    judged = [one for step in steps for one in step.judgement.findings]
    texts = {name: RuleText(rule.name, rule.meaning) for name, rule in RULES.items()}
    return results_as_sarif((_result(one) for one in judged), texts)


def _result(judged: JudgedFinding) -> Result:
    finding = judged.finding
    more: dict[str, object] = {"partialFingerprints": {"relaxgenFinding/v1": finding.fingerprint}}
    if judged.accepted is not None:
        more["suppressions"] = [{"kind": "external", "justification": judged.accepted}]
    related = [(finding.old, "before")] if finding.old is not None and finding.new is not None else []
    message = f"{finding.message}; {effects(finding)}"
    level = Level(judged.severity.value)
    return Result(finding.rule.id, message, finding.place, level, finding.paths, tuple(related), more=more)


# JUnit


def as_junit(steps: Steps) -> str:
    """A test suite for each step, a test case for each finding: errors fail, accepted findings are skipped."""
    suites = ElementTree.Element("testsuites", name="relaxgen diff")
    for step in steps:
        findings = step.judgement.findings
        suite = ElementTree.SubElement(suites, "testsuite", name=step.title or "schemas")
        failures = [one for one in findings if one.fails]
        suite.set("tests", str(len(findings) or 1))
        suite.set("failures", str(len(failures)))
        suite.set("skipped", str(sum(one.accepted is not None for one in findings)))
        for one in findings:
            _test_case(suite, one)
        if not findings:
            ElementTree.SubElement(suite, "testcase", classname="relaxgen.diff", name=summary(step.judgement))
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True)


def _test_case(suite: ElementTree.Element, judged: JudgedFinding) -> None:
    finding = judged.finding
    name = f"{finding.rule.id} {_printable(finding.message)}"
    case = ElementTree.SubElement(suite, "testcase", classname=f"relaxgen.diff.{finding.rule.name}", name=name)
    if finding.place is not None:
        case.set("file", finding.place.path)
        case.set("line", str(finding.place.line))
    if judged.accepted is not None:
        ElementTree.SubElement(case, "skipped", message=_printable(judged.accepted))
    elif judged.fails:
        witnesses = "\n".join(one.witness for one in finding.impacts if one.witness)
        failure = ElementTree.SubElement(case, "failure", message=effects(finding), type=finding.rule.name)
        failure.text = _printable(f"{finding.place or ''}\n{finding.message}\n{witnesses}")


def _printable(text: str) -> str:
    """Without the characters that XML cannot carry."""
    return "".join(
        character if character.isprintable() or character in "\n\t" else "\N{REPLACEMENT CHARACTER}"
        for character in text
    )


# GitLab


GITLAB_SEVERITIES: Mapping[Severity, str] = {
    Severity.ERROR: "critical",
    Severity.WARNING: "minor",
    Severity.NOTE: "info",
}


def as_gitlab(steps: Steps) -> str:
    """A code quality report: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format"""
    entries = [
        {
            "description": f"{one.finding.rule.id} {one.finding.message}",
            "check_name": one.finding.rule.name,
            "fingerprint": one.finding.fingerprint,
            "severity": GITLAB_SEVERITIES[one.severity],
            "location": {"path": place.path, "lines": {"begin": max(1, place.line)}},
        }
        for one in _open_findings(steps)
        for place in [one.finding.place or SourceLocation("")]
    ]
    return json.dumps(entries, ensure_ascii=False, indent=2)
