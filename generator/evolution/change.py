"""A change between two schemas, as the structural comparison sees it: what it is, and where; not what it breaks."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..relaxng.pattern import Pattern
from ..source import SourceLocation


@dataclass(frozen=True, slots=True)
class Change:
    """``element`` are the names from the root to the element that changed, ``subject`` is what changed in it
    (``@snapshot``, ``transient``, empty for its text or the whole), ``values`` are the values or names that the change
    is about. Names are expanded: ``{uri}local``.

    ``old_pattern`` stands in every old document that the change makes invalid, ``new_pattern`` in every new one that
    was not valid before, where there is such a pattern."""

    rule: str
    element: tuple[str, ...]
    message: str
    subject: str = ""
    values: tuple[str, ...] = ()
    old: SourceLocation | None = None
    new: SourceLocation | None = None
    old_pattern: Pattern | None = field(default=None, compare=False, repr=False)
    new_pattern: Pattern | None = field(default=None, compare=False, repr=False)

    @property
    def anchor(self) -> SourceLocation | None:
        """The place of what the change is about, which tells it from other changes; the other place is a context."""
        return self.new if self.new_pattern is not None else self.old

    @property
    def path(self) -> str:
        """``/domain/devices/disk/@snapshot``, without namespaces: for people."""
        return "".join(f"/{local_name(step)}" for step in (*self.element, self.subject) if step)


def local_name(step: str) -> str:
    """
    >>> local_name("{urn:x}disk"), local_name("@{urn:x}unit"), local_name("@*")
    ('disk', '@unit', '@*')
    """
    mark = "@" if step.startswith("@") else ""
    return mark + step.removeprefix("@").rpartition("}")[2]
