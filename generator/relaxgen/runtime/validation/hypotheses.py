"""Readings: what the rest of an element must match, and what must be wrong with the document for it.

The costs say how likely each mistake is. What one cost is compared with stands beside it; the tests of whole documents
hold them to account.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from .document import Node
from .patterns import Element, Pattern

COPIED = 8
"""A child that repeats the one before it to the letter."""
MISSPELT = 9
WRONG = 10
"""A value that nothing here allows, a name that nothing here knows, text where none may be, something missing."""
ABSENT = 11
"""An attribute that might be absent, but what follows asks for it."""
UNFIT = 12
"""A name that is known here, but not beside the rest."""
UNFIT_TOO = 2
"""One more name that does not go with the rest: two such attributes are more likely wrong than the value that decides,
three are not."""
INSTEAD = 13
"""One attribute in place of another."""
TOO_MANY = 14
"""A child that is in order by itself, and one of its name may stand here, but not this one."""
RECONSIDERED = 15
"""A value that is allowed, but not with the rest; a child that would do, and yet is taken for a wrong one."""
OF_WRONG_KIND = 14
"""A child that is in order by itself, in place of another of its name."""
LEFT_OUT = 40
"""A child left out although one of its name may stand here."""
DEAREST_CHILD = 30
"""What a child adds to the cost of its parent at most: many mistakes in it do not make it a stranger."""

MARGIN = 25
WIDTH = 24
"""Readings dearer than the best by more than `MARGIN` are given up, and those beyond the `WIDTH` best."""

_LATE = 1 << 60


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake. ``pattern`` is what the rest had to match where it was met, ``element`` the element pattern that
    ``node`` is read by. ``attribute`` is an index, ``after`` the number of children before a text. ``wanted`` are the
    patterns that would have been right, ``meant`` the name that is likely meant."""

    code: str
    node: Node
    pattern: Pattern
    element: Element | None
    attribute: int = -1
    after: int = -1
    wanted: tuple[Pattern, ...] = ()
    meant: str = ""


class Reading:
    """``findings`` is a linked list, the last first; ``first`` is where in the document the first one is."""

    __slots__ = ("cost", "findings", "first")

    def __init__(self, cost: int = 0, findings: object = None, first: int = _LATE) -> None:
        self.cost = cost
        self.findings = findings
        self.first = first

    def with_(self, cost: int, *findings: Finding) -> Reading:
        chain, first = self.findings, self.first
        for finding in findings:
            chain = (finding, chain)
            first = min(first, finding.node.ordinal)
        return Reading(self.cost + cost, chain, first)

    @property
    def rank(self) -> tuple[int, int]:
        """The cheaper the better; of two equal ones that which trusts more of the beginning."""
        return self.cost, -self.first

    def joined(self, other: Reading) -> Reading:
        """This reading; where another is as good and differs only in what would have been right, with both of that."""
        mine, others = self.list(), other.list()
        if len(mine) != len(others):
            return self
        both = [_joined(first, second) for first, second in zip(mine, others, strict=True)]
        findings = [finding for finding in both if finding is not None]
        return Reading().with_(self.cost, *findings) if len(findings) == len(mine) else self

    def list(self) -> list[Finding]:
        found: list[Finding] = []
        chain = self.findings
        while isinstance(chain, tuple):
            finding, chain = chain
            found.append(finding)
        found.reverse()
        return found


def _joined(first: Finding, second: Finding) -> Finding | None:
    """One finding that wants what either of two wants; None where they differ in more."""
    if first == second:
        return first
    if replace(first, wanted=(), pattern=second.pattern) != replace(second, wanted=()):
        return None
    return replace(first, wanted=tuple(dict.fromkeys((*first.wanted, *second.wanted))))


class Readings:
    __slots__ = ("_not_allowed", "by_pattern")

    def __init__(self, not_allowed: Pattern) -> None:
        self.by_pattern: dict[Pattern, Reading] = {}
        self._not_allowed = not_allowed

    def add(self, pattern: Pattern, reading: Reading) -> None:
        if pattern is self._not_allowed:
            return
        other = self.by_pattern.get(pattern)
        if other is None or reading.rank < other.rank:
            self.by_pattern[pattern] = reading
        elif reading.rank == other.rank and reading is not other:
            self.by_pattern[pattern] = other.joined(reading)

    def __iter__(self) -> Iterator[tuple[Pattern, Reading]]:
        return iter(self.by_pattern.items())

    def prune(self) -> None:
        readings = self.by_pattern
        if len(readings) < 2:
            return
        limit = min(reading.cost for reading in readings.values()) + MARGIN
        kept = sorted(readings.items(), key=lambda item: item[1].rank)[:WIDTH]
        self.by_pattern = {pattern: reading for pattern, reading in kept if reading.cost <= limit}
