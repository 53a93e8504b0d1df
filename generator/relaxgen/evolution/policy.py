"""The answer of a comparison for each category, and what fails a gate: categories, severities of rules, and findings
that were accepted.

    error      fails the gate
    warning    could fail it: a break that was not shown, or one by white space alone
    note       everything else
    off        the rule is not reported

The severity of a finding follows from what it breaks, unless the user gives its rule another one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase

from .finding import Finding, Impact
from .package_comparison import Comparison
from .rules import Category
from .version_step import VersionStep


class Answer(StrEnum):
    BROKEN = "broken"
    """Something breaks; for documents there is one that shows it."""
    KEPT = "kept"
    """Nothing breaks; for documents that is proven."""
    NOT_PROVEN = "not proven"
    """No break was found, and that there is none was not proven."""


@dataclass(frozen=True, slots=True)
class CategoryVerdict:
    """``broken`` findings are shown, ``possible`` ones are not. ``documents`` is the number of documents of the user's
    that could have shown a break."""

    category: Category
    answer: Answer
    broken: int
    possible: int
    documents: int


def verdict_of(comparison: Comparison, category: Category) -> CategoryVerdict:
    broken = len(comparison.broken(category))
    possible = len(comparison.broken(category, possibly=True)) - broken
    checked = comparison.documents
    documents = 0 if checked is None or category is Category.SOURCE else checked.valid(category)
    is_kept = category is Category.SOURCE or comparison.is_proven(category)
    answer = Answer.BROKEN if broken else Answer.KEPT if is_kept else Answer.NOT_PROVEN
    return CategoryVerdict(category, answer, broken, possible, documents)


# The gate


FAIL_BY_DEFAULT = frozenset((Category.BACKWARD, Category.SOURCE))
"""Not forward: every addition breaks it, and a gate that stops additions would soon be taken out."""


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Ignored:
    """Findings of one rule are accepted: all of them, or those with a path that ``path`` matches, a path or a pattern
    with ``*``. ``/domain/devices`` matches what is inside, too."""

    rule: str
    path: str = ""
    reason: str = ""

    def matches(self, finding: Finding) -> bool:
        if finding.rule.id != self.rule:
            return False
        return not self.path or any(self._matches_path(path) for path in finding.paths)

    def _matches_path(self, path: str) -> bool:
        return fnmatchcase(path, self.path) or fnmatchcase(path, f"{self.path.rstrip('/')}/*")


@dataclass(frozen=True, slots=True)
class Policy:
    """``fail_on`` are the categories that should not break. With ``strict``, what is not proven fails as well.
    ``severities`` are the user's, by rule. ``ignored`` findings, and those whose fingerprints ``baseline`` maps to a
    reason, are accepted and do not fail. ``version`` is the step between two releases that the change must fit."""

    fail_on: frozenset[Category]
    strict: bool = False
    all_witnesses: bool = False
    severities: Mapping[str, Severity] = field(default_factory=dict)
    ignored: tuple[Ignored, ...] = ()
    baseline: Mapping[str, str] = field(default_factory=dict)
    version: VersionStep | None = None

    def severity(self, finding: Finding) -> Severity:
        given = self.severities.get(finding.rule.id)
        if given is not None:
            return given
        failing = [impact for impact in finding.impacts if impact.category in self.fail_on]
        if any(impact.certain and not impact.white_space for impact in failing):
            return Severity.ERROR
        return Severity.WARNING if failing else Severity.NOTE

    def acceptance(self, finding: Finding) -> str | None:
        """Why a finding is accepted; None where it is not."""
        for one in self.ignored:
            if one.matches(finding):
                return one.reason or f"ignored by {one.rule}{':' if one.path else ''}{one.path}"
        return self.baseline.get(finding.fingerprint)

    def shows(self, impact: Impact) -> bool:
        """Whether people see the witness: of what fails, or of all."""
        return bool(impact.witness) and (self.all_witnesses or impact.category in self.fail_on)


@dataclass(frozen=True, slots=True)
class JudgedFinding:
    """``accepted`` is the reason, None where the finding is not accepted."""

    finding: Finding
    severity: Severity
    accepted: str | None

    @property
    def fails(self) -> bool:
        return self.severity is Severity.ERROR and self.accepted is None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A comparison under a policy. ``findings`` come by weight: errors, warnings, notes, and last the accepted ones."""

    comparison: Comparison
    policy: Policy
    findings: tuple[JudgedFinding, ...]
    unproven: frozenset[Category]

    @property
    def failed(self) -> bool:
        return bool(self.failing_categories) or any(one.fails for one in self.findings) or self.version_is_too_low

    @property
    def failing_categories(self) -> tuple[Category, ...]:
        """The categories to fail on that a finding breaks, and with ``strict`` those that are not proven."""
        broken = {
            impact.category for one in self.findings if one.fails for impact in one.finding.impacts if impact.certain
        }
        failing = (broken & self.policy.fail_on) | self.unproven
        return tuple(category for category in Category if category in failing)

    @property
    def version_is_too_low(self) -> bool:
        version = self.policy.version
        return version is not None and version.is_too_low(self.broken_categories)

    @property
    def broken_categories(self) -> frozenset[Category]:
        """What breaks, accepted or not: an accepted break needs its version number all the same."""
        return frozenset(category for category in Category if self.comparison.broken(category))

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        return tuple(one.finding for one in self.findings if one.severity is severity and one.accepted is None)

    @property
    def accepted(self) -> tuple[JudgedFinding, ...]:
        return tuple(one for one in self.findings if one.accepted is not None)


def judge(comparison: Comparison, policy: Policy) -> Judgement:
    """Findings of rules that are off are left out."""
    judged = (JudgedFinding(one, policy.severity(one), policy.acceptance(one)) for one in comparison.findings)
    kept = [one for one in judged if one.severity is not Severity.OFF]
    order = list(Severity)
    kept.sort(key=lambda one: (one.accepted is not None, order.index(one.severity)))
    must_be_proven = policy.fail_on if policy.strict else ()
    unproven = frozenset(one for one in must_be_proven if verdict_of(comparison, one).answer is Answer.NOT_PROVEN)
    return Judgement(comparison, policy, tuple(kept), unproven)
