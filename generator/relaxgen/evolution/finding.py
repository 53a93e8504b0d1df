"""Findings of a comparison: each is one change, with what it breaks, and its places on both sides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256

from ..diagnostics.locations import SourceLocation
from ..diagnostics.phrases import listed
from .rules import Category, Rule

OWNER = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands in texts of findings for the elements that they are about."""

SHOWN_OWNERS = 3


@dataclass(frozen=True, slots=True)
class Impact:
    """``witness`` is a document that shows it, judged by the validator before; without one the break is only possible.
    For Python code there is none, and none is needed: ``certain``."""

    category: Category
    witness: str = ""
    certain: bool = True
    white_space: bool = False
    """Whether only texts with more white space than they need break."""


@dataclass(frozen=True, slots=True)
class Finding:
    """``text`` is `message` with `OWNER` for ``owners``, the elements that share what changed. ``paths`` lead to what
    changed in documents, or name the class and the field. ``schemas`` are the root schemas in which the change is
    seen, ``values`` the values that it is about. ``anchor`` is the place of what changed, where only the other place
    may vary. Without ``impacts`` the finding is a note."""

    rule: Rule
    text: str
    paths: tuple[str, ...]
    old: SourceLocation | None = None
    new: SourceLocation | None = None
    impacts: tuple[Impact, ...] = ()
    schemas: tuple[str, ...] = ()
    anchor: SourceLocation | None = None
    owners: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    detail: str = ""

    @property
    def message(self) -> str:
        """What happened, in one sentence, with the detail in parentheses."""
        detail = f" ({self.detail})" if self.detail else ""
        return self.text.replace(OWNER, listed(self.owners, SHOWN_OWNERS)) + detail

    @property
    def fingerprint(self) -> str:
        """Names the finding in lists of accepted ones: the same as long as the rule, what changed and where in the
        documents stay the same; files and lines do not count."""
        parts = self.rule.id, self.text, *sorted(self.owners), *sorted(self.paths)
        return sha256("\0".join(parts).encode()).hexdigest()[:16]

    def impact_on(self, category: Category) -> Impact | None:
        return next((one for one in self.impacts if one.category is category), None)

    def is_certain(self, category: Category) -> bool:
        found = self.impact_on(category)
        return found is not None and found.certain

    @property
    def place(self) -> SourceLocation | None:
        """Where a reader looks first: at the new side, unless there is nothing."""
        return self.new or self.old


def merged(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, with all the schemas and elements that have it: a define that many use changed once."""
    found: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        place = finding.anchor or finding.new or finding.old
        # The same place counts once, however the file came to be read.
        key = finding.rule.id, finding.text, *(() if place is None else place.position)
        found[key] = _joined(found[key], finding) if key in found else finding
    return tuple(found.values())


def without_repeated_news(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings without those new members of enumerations (API119) that a new value of the schema (RNG041) already
    reports; the member is a path of the finding about the value."""
    findings = tuple(findings)
    members: dict[str, list[str]] = {}
    for finding in findings:
        if finding.rule.id == "API119":
            members.setdefault(finding.values[0], []).extend(finding.paths)
    told = {value for finding in findings if finding.rule.id == "RNG041" for value in finding.values}
    for finding in findings:
        if finding.rule.id == "RNG041":
            names = [name for value in finding.values for name in members.get(value, ())]
            yield replace(finding, paths=tuple(dict.fromkeys((*finding.paths, *names))))
        elif finding.rule.id != "API119" or finding.values[0] not in told:
            yield finding


def _joined(first: Finding, second: Finding) -> Finding:
    impacts = {one.category: one for one in first.impacts}
    for one in second.impacts:
        if one.category not in impacts or (one.certain and not impacts[one.category].certain):
            impacts[one.category] = one
    ordered = tuple(impacts[category] for category in Category if category in impacts)
    schemas = tuple(dict.fromkeys((*first.schemas, *second.schemas)))
    paths = tuple(dict.fromkeys((*first.paths, *second.paths)))
    owners = tuple(dict.fromkeys((*first.owners, *second.owners)))
    return replace(first, impacts=ordered, schemas=schemas, paths=paths, owners=owners)
