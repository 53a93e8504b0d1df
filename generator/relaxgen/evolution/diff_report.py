"""A judged comparison as text for people and Markdown for reviews; and the texts about rules.

Every function returns text; `cli` decides where it goes. `diff_formats` has the formats for programs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from textwrap import fill, indent

from ..diagnostics.phrases import counted, listed
from .finding import Finding
from .package_comparison import Comparison
from .policy import Answer, Judgement, Policy, Severity, verdict_of
from .rules import CATEGORY_MEANINGS, RULES, Category, Rule

SHOWN_SCHEMAS = 3
SHOWN_PATHS = 2
SHOWN_UNDECIDED = 5

SUBJECTS: Mapping[Category, str] = {
    Category.BACKWARD: "documents, old to new",
    Category.FORWARD: "documents, new to old",
    Category.SOURCE: "Python code",
}
KEPT: Mapping[Category, str] = {
    Category.BACKWARD: "every document that was valid is still valid (proven)",
    Category.FORWARD: "every document that is valid now was valid before (proven)",
    Category.SOURCE: "code written against the old package fits the new one",
}
WITNESS_TITLES: Mapping[Category, str] = {
    Category.BACKWARD: "valid before, not valid now:",
    Category.FORWARD: "valid now, not valid before:",
}
TITLES: Mapping[Severity, tuple[str, str]] = {
    Severity.ERROR: ("error", "errors"),
    Severity.WARNING: ("warning", "warnings"),
    Severity.NOTE: ("note", "notes"),
}


def summary(judgement: Judgement) -> str:
    """One line: whether the gate fails, how many findings there are of each weight, and the version's step.

    «fails (backward): 1 error, 2 warnings, 30 notes, 3 accepted»
    """
    counts = [
        counted(len(judgement.of(severity)), *names) for severity, names in TITLES.items() if judgement.of(severity)
    ]
    counts += [f"{len(judgement.accepted)} accepted"] if judgement.accepted else []
    reasons = [*judgement.failing_categories, *(["version"] if judgement.version_is_too_low else [])]
    verdict = "fails" if judgement.failed else "passes"
    why = f" ({', '.join(reasons)})" if reasons else ""
    return f"{verdict}{why}: {', '.join(counts) or 'nothing found'}"


# For people


def as_text(judgement: Judgement) -> Iterator[str]:
    """The summary, the findings by weight, and the answer for each category. Notes have one line each; of many, those
    that say the same of several things are one paragraph."""
    comparison, policy = judgement.comparison, judgement.policy
    many = len(comparison.schemas) > 1
    yield summary(judgement)
    for severity, (_, title) in TITLES.items():
        findings = judgement.of(severity)
        if findings:
            yield f"\n{title}"
        if severity is Severity.NOTE and not policy.all_witnesses:
            yield from _notes(findings)
        else:
            yield from ("\n".join(_finding_lines(finding, policy, many)) for finding in findings)
    if judgement.accepted:
        yield "\naccepted"
        yield from (f"{_headline(one.finding)}\n    {one.accepted}" for one in judgement.accepted)
    yield ""
    unchanged = sum(one.unchanged for one in comparison.schemas)
    if many or unchanged:
        yield f"{counted(len(comparison.schemas), 'schema')} compared, {unchanged} without a change"
    for category in Category:
        yield f"{SUBJECTS[category]}: {_verdict_text(judgement, category)}"
        yield from _undecided_lines(comparison, category)
    if policy.version is not None:
        yield f"version: {policy.version.describe(judgement.broken_categories)}"


MOST_NOTES = 20
"""More notes than these are put together."""

LEAST_TOGETHER = 4

TOGETHER: Mapping[str, tuple[str, str, str]] = {
    "RNG021": ("elements are allowed now", r"(<.*?>) is allowed in (.*) now", r"\1 in \2"),
    "RNG031": ("attributes are allowed now", r"attribute (\S+) is allowed in (.*) now", r"\1 in \2"),
    "RNG034": ("attributes can be left out now", r"attribute (\S+) of (.*) can be left out now", r"\1 of \2"),
    "RNG041": (
        "lists have new values",
        r"(?:attribute )?(\S+|the text) of (.*) can be (.*) now(.*)",
        r"\1 of \2: \3\4",
    ),
    "RNG011": ("elements can be the root now", r"(<.*?>) can be the root of a document now", r"\1"),
    "API120": ("classes are new in unions", r"(\S+) belongs to (\S+) now", r"\1 in \2"),
}
"""What several notes of a rule have in common, and what of its message is left for each."""

WIDTH = 120


def _notes(findings: Sequence[Finding]) -> Iterator[str]:
    by_rule: dict[str, list[tuple[Finding, str]]] = {}
    for finding in findings:
        _, pattern, rest = TOGETHER.get(finding.rule.id, ("", "", ""))
        if pattern and re.fullmatch(pattern, finding.message):
            item = re.sub(pattern, rest, finding.message)
            by_rule.setdefault(finding.rule.id, []).append((finding, item))
    are_many = len(findings) > MOST_NOTES
    together = {rule: items for rule, items in by_rule.items() if are_many and len(items) >= LEAST_TOGETHER}
    for rule, items in together.items():
        text = f"{rule} {len(items)} {TOGETHER[rule][0]}: {'; '.join(item for _, item in items)}"
        yield fill(text, WIDTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
    done = {id(finding) for items in together.values() for finding, _ in items}
    yield from (_headline(finding) for finding in findings if id(finding) not in done)
    if together:
        yield "(--witnesses prints each note with its place)"


def _headline(finding: Finding) -> str:
    place = f"{finding.place}: " if finding.place is not None else ""
    guess = " (a guess)" if finding.rule.guess else ""
    return f"{place}{finding.rule.id} {finding.message}{guess}"


def _finding_lines(finding: Finding, policy: Policy, many: bool) -> Iterator[str]:
    yield _headline(finding)
    yield f"    {effects(finding)}{_details(finding, many)}"
    for impact in finding.impacts:
        if policy.shows(impact):
            yield f"    {WITNESS_TITLES[impact.category]}"
            yield indent(impact.witness.rstrip("\n"), "      | ", lambda _: True)


def effects(finding: Finding) -> str:
    """What a finding breaks: «breaks backward; may break forward, not shown»."""
    certain = [one.category.value for one in finding.impacts if one.certain]
    possible = [one.category.value for one in finding.impacts if not one.certain]
    parts = [f"breaks {' and '.join(certain)}"] if certain else []
    parts += [f"may break {' and '.join(possible)}, not shown"] if possible else []
    return "; ".join(parts) or "breaks nothing"


def _details(finding: Finding, many: bool) -> str:
    parts = [listed(finding.paths, SHOWN_PATHS)] if finding.paths else []
    if finding.old is not None and finding.old != finding.place:
        parts.append(f"before: {finding.old}")
    if many and finding.schemas:
        parts.append(f"in {listed(finding.schemas, SHOWN_SCHEMAS)}")
    return "".join(f" · {part}" for part in parts)


def _verdict_text(judgement: Judgement, category: Category) -> str:
    verdict = verdict_of(judgement.comparison, category)
    possible = f"; {counted(verdict.possible, 'more finding')} may" if verdict.possible else ""
    match verdict.answer:
        case Answer.BROKEN:
            breaks = "breaks" if verdict.broken == 1 else "break"
            them = "it" if category is Category.SOURCE else "them"
            passes = "" if category in judgement.failing_categories else " (does not fail)"
            return f"{counted(verdict.broken, 'finding')} {breaks} {them}{passes}{possible}"
        case Answer.KEPT:
            return KEPT[category]
        case Answer.NOT_PROVEN:
            searched = f" in {counted(verdict.documents, 'document')}" if verdict.documents else ""
            return f"no break found{searched}, but that there is none is not proven{possible}"


def _undecided_lines(comparison: Comparison, category: Category) -> Iterator[str]:
    undecided = comparison.undecided(category)
    for schema, one in undecided[:SHOWN_UNDECIDED]:
        place = f" {one.xpath}" if one.path else ""
        yield f"    not decided: {schema.name}{place}: {one.reason}"
    if len(undecided) > SHOWN_UNDECIDED:
        yield f"    and {len(undecided) - SHOWN_UNDECIDED} more"


# For reviews


def as_markdown(judgement: Judgement) -> Iterator[str]:
    """A comment for a review: the answers first, errors and warnings with folded witnesses, notes folded as a whole."""
    policy = judgement.policy
    yield f"## Schema changes: {summary(judgement)}\n"
    yield "| | |\n|---|---|"
    for category in Category:
        mark = "**fails**: " if category in judgement.failing_categories else ""
        yield f"| {SUBJECTS[category]} | {mark}{_verdict_text(judgement, category)} |"
    if policy.version is not None:
        mark = "**fails**: " if judgement.version_is_too_low else ""
        yield f"| version | {mark}{policy.version.describe(judgement.broken_categories)} |"
    for severity, (_, title) in TITLES.items():
        findings = judgement.of(severity)
        if not findings:
            continue
        if severity is Severity.NOTE:
            yield f"\n<details><summary>{counted(len(findings), 'note')}</summary>\n"
            yield from (_markdown_item(finding, policy.all_witnesses, policy) for finding in findings)
            yield "\n</details>"
        else:
            yield f"\n### {title.capitalize()}\n"
            yield from (_markdown_item(finding, True, policy) for finding in findings)
    if judgement.accepted:
        yield "\n### Accepted\n"
        for one in judgement.accepted:
            yield f"{_markdown_item(one.finding, False, policy)} — {_escaped(one.accepted or '')}"


def _markdown_item(finding: Finding, with_witnesses: bool, policy: Policy) -> str:
    place = f" ({finding.place})" if finding.place is not None else ""
    guess = " — a guess" if finding.rule.guess else ""
    effect = f" — {effects(finding)}" if finding.impacts else ""
    line = f"- `{finding.rule.id}` {_escaped(finding.message)}{guess}{effect}{_escaped(place)}"
    witnesses = [one for one in finding.impacts if policy.shows(one)] if with_witnesses else []
    return "\n".join([line, *(_folded(WITNESS_TITLES[one.category], one.witness) for one in witnesses)])


def _folded(title: str, witness: str) -> str:
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", witness))])
    summary_ = title.rstrip(":")
    block = f"<details><summary>{summary_}</summary>\n\n{fence}xml\n{witness.rstrip()}\n{fence}\n\n</details>"
    return indent(block, "  ")


def _escaped(text: str) -> str:
    for character in "\\`*_<>[]|#":
        text = text.replace(character, f"\\{character}")
    return text.replace("\n", " ")


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
        yield "  breaks nothing; reported because it may matter"
    yield f"  backwards it is {_mirrors(rule)}"


def _mirrors(rule: Rule) -> str:
    if rule.mirrors == (rule.id,):
        return "the same rule"
    names = [f"{one} {RULES[one].name}" for one in rule.mirrors]
    return " or ".join(names) + (f"; {rule.unmirrored}" if names and rule.unmirrored else rule.unmirrored)
