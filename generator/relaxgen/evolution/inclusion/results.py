"""What a comparison of two schemas' documents says: a verdict, and the documents that prove a break."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from ...diagnostics.locations import SourceLocation
from ...relaxng.name_class import QName


class Verdict(Enum):
    INCLUDED = "included"
    """Proven: every document of the narrow schema is valid under the wide one."""
    NOT_INCLUDED = "not included"
    """Shown: each counterexample is a document of the narrow schema that the wide one refuses."""
    UNDECIDED = "undecided"
    """No break was found, but something could not be proven, see `Inclusion.undecided`."""


class Kind(StrEnum):
    """What the narrow schema allows and the wide one does not."""

    ROOT_NOT_ALLOWED = "root not allowed"
    ATTRIBUTE_NOT_ALLOWED = "attribute not allowed"
    ATTRIBUTE_MISSING = "attribute missing"
    """The wide schema requires the attribute; `Counterexample.expected` lists the attributes of which any is enough,
    where there are several."""
    VALUE_NOT_ALLOWED = "value not allowed"
    """A literal value of the narrow schema."""
    DATATYPE_NARROWER = "datatype narrower"
    """A text that the narrow schema's datatype allows."""
    TEXT_NOT_ALLOWED = "text not allowed"
    """Text beside child elements, or in an element that has no content any more."""
    TEXT_REQUIRED = "text required"
    """An element without content is not allowed."""
    CHILD_NOT_ALLOWED = "child not allowed"
    CHILD_MISSING = "child missing"
    """The wide schema requires a child; `Counterexample.expected` lists the names that could follow, and the attributes
    of which any would do in place of it (``@name``)."""
    CHILD_REPEATED = "child repeated"
    ORDER = "order"
    """The wide schema allows the child, but not at this place among its siblings."""
    COMBINATION = "combination"
    """Each part is allowed, but not together."""


@dataclass(frozen=True, slots=True)
class Counterexample:
    """One break, found in one kind of element. ``path`` are the elements from the root to it.

    ``name`` is the attribute or child that the break is about, ``value`` the text. ``given`` are those attributes of
    the element without which there is no break: ``iommu`` is refused beside ``name='kvm'``. ``narrow`` and ``wide`` are
    the places of what is concerned in the two schemas; where the wide one has nothing of the kind, the place of the
    element that lacks it. ``witness`` is a small document, valid under the narrow schema and not under the wide one:
    the validator has said so.
    """

    kind: Kind
    path: tuple[QName, ...]
    name: QName | None
    value: str | None
    expected: tuple[str, ...]
    given: tuple[tuple[QName, str], ...]
    narrow: SourceLocation
    wide: SourceLocation
    witness: str

    @property
    def xpath(self) -> str:
        """``/domain/devices/disk/@snapshot``; prefixes are left out."""
        return element_path(self.path) + (f"/@{self.name.local}" if self.name and self.is_about_attribute else "")

    @property
    def is_about_attribute(self) -> bool:
        """Whether ``name`` is an attribute's: that of a text is, unless the text is the element's content."""
        attribute_kinds = (Kind.ATTRIBUTE_NOT_ALLOWED, Kind.ATTRIBUTE_MISSING)
        text_kinds = (Kind.VALUE_NOT_ALLOWED, Kind.DATATYPE_NARROWER)
        return self.kind in attribute_kinds or (self.kind in text_kinds and self.name is not None)


@dataclass(frozen=True, slots=True)
class Undecided:
    """What could not be decided. ``reason`` is a sentence's end: «too many states», «dates are not compared»."""

    reason: str
    path: tuple[QName, ...]
    name: QName | None
    narrow: SourceLocation
    wide: SourceLocation

    @property
    def xpath(self) -> str:
        return element_path(self.path) + (f"/@{self.name.local}" if self.name else "")


@dataclass(frozen=True, slots=True)
class Inclusion:
    """``undecided`` can occur beside counterexamples: there can be more refusals."""

    counterexamples: tuple[Counterexample, ...] = ()
    undecided: tuple[Undecided, ...] = ()

    @property
    def verdict(self) -> Verdict:
        if self.counterexamples:
            return Verdict.NOT_INCLUDED
        return Verdict.UNDECIDED if self.undecided else Verdict.INCLUDED


def element_path(names: tuple[QName, ...]) -> str:
    return "".join(f"/{name.local}" for name in names) or "/"
