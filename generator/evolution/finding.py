"""What a comparison found: one change each, what it breaks, and where it stands on both sides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..source import SourceLocation
from .rules import Category, Rule


@dataclass(frozen=True, slots=True)
class Break:
    """``witness`` is a document that shows it, judged by the validator before; without one the break is only possible.
    For Python code there is none, and none is needed: ``certain``."""

    category: Category
    witness: str = ""
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """``paths`` lead to what changed in documents, or name the class and the field. ``schemas`` are the root schemas
    that the change is seen from. ``anchor`` is the place of what changed, where only the other place may vary. Without
    ``breaks`` the finding is a note."""

    rule: Rule
    message: str
    paths: tuple[str, ...]
    old: SourceLocation | None = None
    new: SourceLocation | None = None
    breaks: tuple[Break, ...] = ()
    schemas: tuple[str, ...] = ()
    anchor: SourceLocation | None = None

    def breaks_in(self, category: Category) -> Break | None:
        return next((one for one in self.breaks if one.category is category), None)

    def is_certain(self, category: Category) -> bool:
        found = self.breaks_in(category)
        return found is not None and found.certain

    @property
    def place(self) -> SourceLocation | None:
        """Where a reader looks first: at the new side, unless there is nothing."""
        return self.new or self.old


def merged(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, with all the schemas that have it: a define that many schemas include changed once."""
    found: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        key = finding.rule.id, finding.message, *_point(finding.anchor or finding.new or finding.old)
        found[key] = _joined(found[key], finding) if key in found else finding
    return tuple(found.values())


def _point(place: SourceLocation | None) -> tuple[object, ...]:
    """A place, however the file came to be read."""
    return () if place is None else (place.path, place.line, place.column)


def _joined(first: Finding, second: Finding) -> Finding:
    breaks = {one.category: one for one in first.breaks}
    for one in second.breaks:
        if one.category not in breaks or (one.certain and not breaks[one.category].certain):
            breaks[one.category] = one
    ordered = tuple(breaks[category] for category in Category if category in breaks)
    schemas = tuple(dict.fromkeys((*first.schemas, *second.schemas)))
    paths = tuple(dict.fromkeys((*first.paths, *second.paths)))
    return replace(first, breaks=ordered, schemas=schemas, paths=paths)
