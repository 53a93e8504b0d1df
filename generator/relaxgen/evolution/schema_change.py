"""A change between two schemas, as the structural comparison sees it: what it is, and where; not what it breaks."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..diagnostics.locations import SourceLocation
from ..relaxng.pattern import Element, Pattern
from .rules import DOCUMENTS, RULES, Category


@dataclass(frozen=True, slots=True)
class Change:
    """``message`` has `OWNER` where ``owner`` is meant: many elements may share what changed. ``element`` are the names
    from the root to the element that changed, ``subject`` is what changed in it
    (``@snapshot``, ``transient``, empty for its text or the whole), ``values`` are the values or names that the change
    is about. Names are expanded: ``{uri}local``. ``differing`` are texts that only the old, and only the new datatype
    allows, where there are. ``categories`` are what the change can break, where that is less than what its rule can;
    in those of ``white_space`` only texts with more white space than they need break. ``detail`` adds to the message.
    ``consequences`` are subjects that changed with this one, and only because of it. ``order`` are the pairs of
    children of which the first must come before the second, on the side that says so.

    ``old_pattern`` and ``new_pattern`` are what changed, ``old_owners`` and ``new_owners`` the element patterns that
    it may belong to."""

    rule: str
    element: tuple[str, ...]
    message: str
    owner: str = ""
    subject: str = ""
    values: tuple[str, ...] = ()
    differing: tuple[str | None, str | None] = (None, None)
    categories: tuple[Category, ...] = DOCUMENTS
    old: SourceLocation | None = None
    new: SourceLocation | None = None
    old_pattern: Pattern | None = field(default=None, compare=False, repr=False)
    new_pattern: Pattern | None = field(default=None, compare=False, repr=False)
    old_owners: tuple[Element, ...] = field(default=(), compare=False, repr=False)
    new_owners: tuple[Element, ...] = field(default=(), compare=False, repr=False)
    detail: str = ""
    white_space: tuple[Category, ...] = ()
    consequences: tuple[str, ...] = ()
    order: tuple[tuple[str, str], ...] = ()

    def can_break(self, category: Category) -> bool:
        return category in self.categories and category in RULES[self.rule].categories

    @property
    def anchor(self) -> SourceLocation | None:
        """The place of what the change is about: two changes never have the same one. The other place is context."""
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
