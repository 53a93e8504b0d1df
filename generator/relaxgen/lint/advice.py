"""What a rule finds in a schema."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from ..diagnostics.locations import SourceLocation
from .lint_rules import LINT_RULES, LintRule


class Edit(Enum):
    """What a fix does with the element at a place."""

    REMOVE = auto()
    UNWRAP = auto()
    """The element is replaced by what is inside."""
    INTERLEAVE = auto()
    """What is inside may come in any order. Documents stay valid, and more become valid."""


@dataclass(frozen=True, slots=True)
class Fix:
    edit: Edit
    location: SourceLocation

    @property
    def is_wider(self) -> bool:
        """Whether documents become valid that were not."""
        return self.edit is Edit.INTERLEAVE


@dataclass(frozen=True, slots=True)
class DifferingList:
    """A list of values in a schema that is the one of an enum table but for some words; ``path`` is for people. Whoever
    knows tables finds these."""

    path: str
    location: SourceLocation
    table: str
    table_location: SourceLocation
    only_in_schema: tuple[str, ...]
    only_in_table: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """``related`` is a second place with what is there."""

    rule: LintRule
    location: SourceLocation
    message: str
    related: tuple[SourceLocation, str] | None = None
    fix: Fix | None = None

    def __str__(self) -> str:
        mark = f"{self.rule.severity}: " if self.rule.severity != "note" else ""
        lines = [f"{self.location}: {mark}{self.rule.id} {self.message}"]
        if self.related is not None:
            lines.append(f"    {self.related[0]}: {self.related[1]}")
        return "\n".join(lines)


def advise(
    rule: str,
    location: SourceLocation,
    message: str,
    related: tuple[SourceLocation, str] | None = None,
    fix: Fix | None = None,
) -> Advice:
    return Advice(LINT_RULES[rule], location, message, related, fix)
