"""A comparison as text for people, Markdown for reviews, JSON for programs, and annotations for GitHub's workflows.

Every function returns text; `cli` decides where it goes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import indent

from ..diagnostics.errors import Diagnostic
from ..diagnostics.locations import SourceLocation
from ..report.formats import annotation, counted, diagnostic_values, place_values
from .answers import Answer, CategoryVerdict, failures, verdict_of
from .finding import Finding, Impact, some_of
from .inclusion import Undecided
from .package_comparison import Comparison, SchemaVerdict
from .rules import CATEGORY_MEANINGS, RULES, Category, Rule

SHOWN_SCHEMAS = 3
SHOWN_PATHS = 2
SHOWN_UNDECIDED = 5


@dataclass(frozen=True, slots=True)
class Policy:
    """What fails, and of which breaks the witnesses are shown to people: of those that fail, or of all."""

    fail_on: frozenset[Category]
    strict: bool = False
    all_witnesses: bool = False

    def shows(self, found: Impact) -> bool:
        return bool(found.witness) and (self.all_witnesses or found.category in self.fail_on)

    def failures(self, comparison: Comparison) -> tuple[Category, ...]:
        return failures(comparison, self.fail_on, strict=self.strict)


SUBJECTS: Mapping[Category, str] = {
    Category.BACKWARD: "documents, old to new",
    Category.FORWARD: "documents, new to old",
    Category.SOURCE: "Python code",
}
KEPT: Mapping[Category, str] = {
    Category.BACKWARD: "every document that was valid is valid still (proven)",
    Category.FORWARD: "every document that is valid now was valid before (proven)",
    Category.SOURCE: "what was written against the old package fits the new one",
}
WITNESS_TITLES: Mapping[Category, str] = {
    Category.BACKWARD: "valid before, not valid now:",
    Category.FORWARD: "valid now, not valid before:",
}


# For people


def as_text(comparison: Comparison, policy: Policy) -> Iterator[str]:
    """The findings, and then the verdicts."""
    many = len(comparison.schemas) > 1
    for finding in comparison.findings:
        yield "\n".join(_finding_lines(finding, policy, many))
    if comparison.findings:
        yield ""
    yield from _schema_lines(comparison.schemas)
    for category in Category:
        yield f"{SUBJECTS[category]}: {_verdict_text(verdict_of(comparison, category))}"
        yield from _undecided_lines(comparison, category)


def _finding_lines(finding: Finding, policy: Policy, many: bool) -> Iterator[str]:
    place = f"{finding.place}: " if finding.place is not None else ""
    guess = " (a guess)" if finding.rule.guess else ""
    yield f"{place}{finding.rule.id} {finding.message}{guess}"
    yield f"    {_effects(finding)}{_details(finding, many)}"
    for found in finding.impacts:
        if policy.shows(found):
            yield f"    {WITNESS_TITLES[found.category]}"
            yield indent(found.witness.rstrip("\n"), "      | ", lambda _: True)


def _effects(finding: Finding) -> str:
    certain = [one.category.value for one in finding.impacts if one.certain]
    possible = [one.category.value for one in finding.impacts if not one.certain]
    parts = [f"breaks {' and '.join(certain)}"] if certain else []
    parts += [f"may break {' and '.join(possible)}, not shown"] if possible else []
    return "; ".join(parts) or "breaks nothing"


def _details(finding: Finding, many: bool) -> str:
    parts = [some_of(finding.paths, SHOWN_PATHS)] if finding.paths else []
    if finding.old is not None and finding.old != finding.place:
        parts.append(f"before: {finding.old}")
    if many and finding.schemas:
        parts.append(f"in {some_of(finding.schemas, SHOWN_SCHEMAS)}")
    return "".join(f" · {part}" for part in parts)


def _schema_lines(schemas: Sequence[SchemaVerdict]) -> Iterator[str]:
    unchanged = sum(one.unchanged for one in schemas)
    if len(schemas) > 1 or unchanged:
        yield f"{counted(len(schemas), 'schema')} compared, {unchanged} without a change"


def _verdict_text(verdict: CategoryVerdict) -> str:
    possible = f"; {counted(verdict.possible, 'more finding')} may" if verdict.possible else ""
    match verdict.answer:
        case Answer.BROKEN:
            breaks = "breaks" if verdict.broken == 1 else "break"
            them = "it" if verdict.category is Category.SOURCE else "them"
            return f"{counted(verdict.broken, 'finding')} {breaks} {them}{possible}"
        case Answer.KEPT:
            return KEPT[verdict.category]
        case Answer.NOT_PROVEN:
            searched = f" in {counted(verdict.documents, 'document')}" if verdict.documents else ""
            return f"no break found{searched}, but that there is none is not proven{possible}"


def _undecided_lines(comparison: Comparison, category: Category) -> Iterator[str]:
    undecided = comparison.undecided(category)
    for schema, one in undecided[:SHOWN_UNDECIDED]:
        yield f"    not decided: {schema.name}{_place_of_undecided(one)}: {one.reason}"
    if len(undecided) > SHOWN_UNDECIDED:
        yield f"    and {len(undecided) - SHOWN_UNDECIDED} more"


def _place_of_undecided(one: Undecided) -> str:
    return f" {one.xpath}" if one.path else ""


# For reviews


def as_markdown(comparison: Comparison, policy: Policy) -> Iterator[str]:
    failing = policy.failures(comparison)
    yield "## Schema changes\n"
    yield "| | |\n|---|---|"
    for category in Category:
        mark = "**fails**: " if category in failing else ""
        yield f"| {SUBJECTS[category]} | {mark}{_verdict_text(verdict_of(comparison, category))} |"
    for category in Category:
        findings = comparison.broken(category, possibly=True)
        if findings:
            yield f"\n### Breaks {category.value}\n"
            yield from (_markdown_item(finding, category) for finding in findings)
    notes = [finding for finding in comparison.findings if not finding.impacts]
    if notes:
        yield "\n### Breaks nothing\n"
        yield from (_markdown_item(finding, None) for finding in notes)


def _markdown_item(finding: Finding, category: Category | None) -> str:
    place = f" ({finding.place})" if finding.place is not None else ""
    guess = " — a guess" if finding.rule.guess else ""
    found = finding.impact_on(category) if category is not None else None
    unsure = " — not shown" if found is not None and not found.certain else ""
    line = f"- `{finding.rule.id}` {_escaped(finding.message)}{guess}{unsure}{_escaped(place)}"
    if found is None or not found.witness:
        return line
    title = WITNESS_TITLES[found.category].rstrip(":")
    fence = "`" * max(3, _longest_run(found.witness, "`") + 1)
    block = f"<details><summary>{title}</summary>\n\n{fence}xml\n{found.witness.rstrip()}\n{fence}\n\n</details>"
    return f"{line}\n{indent(block, '  ')}"


def _escaped(text: str) -> str:
    for character in "\\`*_<>[]|#":
        text = text.replace(character, f"\\{character}")
    return text.replace("\n", " ")


def _longest_run(text: str, character: str) -> int:
    longest = run = 0
    for one in text:
        run = run + 1 if one == character else 0
        longest = max(longest, run)
    return longest


# For programs


def as_json(comparison: Comparison | None, policy: Policy, diagnostics: Iterable[Diagnostic] = ()) -> str:
    """One object, described in docs/evolution.md. Without a comparison there are diagnostics only."""
    values: dict[str, object] = {"diagnostics": [diagnostic_values(diagnostic) for diagnostic in diagnostics]}
    if comparison is not None:
        values = {
            "verdicts": {category.value: _verdict_values(comparison, category) for category in Category},
            "failed": [category.value for category in policy.failures(comparison)],
            "schemas": [_schema_values(schema) for schema in comparison.schemas],
            "findings": [_finding_values(finding) for finding in comparison.findings],
            "documents": _documents_values(comparison),
            **values,
        }
    return json.dumps(values, ensure_ascii=False, indent=2)


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


def _finding_values(finding: Finding) -> dict[str, object]:
    impacts = [
        {"category": one.category.value, "certain": one.certain, "witness": one.witness or None}
        for one in finding.impacts
    ]
    return {
        "rule": finding.rule.id,
        "name": finding.rule.name,
        "message": finding.message,
        "guess": finding.rule.guess,
        "paths": list(finding.paths),
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


# For GitHub's workflows


def as_github(comparison: Comparison, policy: Policy) -> Iterator[str]:
    """What fails is an error, what else breaks something a warning, the rest a notice."""
    failing = set(policy.failures(comparison))
    for finding in comparison.findings:
        place = finding.place or SourceLocation("")
        kind = _kind(finding, failing)
        witnesses = [f"{WITNESS_TITLES[one.category]}\n{one.witness}" for one in finding.impacts if policy.shows(one)]
        text = "\n".join([f"{finding.rule.id} {finding.message}", _effects(finding), *witnesses])
        yield annotation(kind, place.path, place.line, place.column, text)


def _kind(finding: Finding, failing: set[Category]) -> str:
    if any(one.certain and one.category in failing for one in finding.impacts):
        return "error"
    return "warning" if any(one.category in failing for one in finding.impacts) else "notice"


# About rules


def rules_as_text() -> Iterator[str]:
    """One line a rule: what it can break, and what it means."""
    width = max(len(rule.name) for rule in RULES.values())
    letters = {Category.BACKWARD: "B", Category.FORWARD: "F", Category.SOURCE: "S"}
    for rule in RULES.values():
        marks = "".join(letters[one] if one in rule.categories else "-" for one in Category)
        yield f"{rule.id}  {marks}  {rule.name:<{width}}  {rule.meaning}"


def explained(rule: Rule) -> Iterator[str]:
    """Everything that there is to know about a rule."""
    yield f"{rule.id} {rule.name}"
    yield f"  {rule.meaning}"
    if rule.guess:
        yield "  A guess: the schema does not say that it is the same thing under another name."
    yield f"  before   {rule.before or '(nothing)'}"
    yield f"  after    {rule.after or '(nothing)'}"
    for category in rule.categories:
        yield f"  can break {category.value}: {CATEGORY_MEANINGS[category]}"
    if not rule.categories:
        yield "  breaks nothing; it is told because it may matter"
    yield f"  backwards it is {_mirrors(rule)}"


def _mirrors(rule: Rule) -> str:
    if rule.mirrors == (rule.id,):
        return "the same rule"
    names = [f"{one} {RULES[one].name}" for one in rule.mirrors]
    return " or ".join(names) + (f"; {rule.unmirrored}" if names and rule.unmirrored else rule.unmirrored)
