"""The annotations that a schema's author writes for us, saying what RELAX NG itself cannot: foreign attributes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from ..diagnostics.locations import SourceLocation
from ..relaxng.name_class import QName
from ..relaxng.pattern import Annotations
from ..relaxng.schema import Schema
from .bindings_file import Note

NAMESPACE = "urn:relaxgen:binding:1"

ENUM = QName(NAMESPACE, "enum")
"""The enum table that a choice of values belongs to."""
AS = QName(NAMESPACE, "as")
"""The conversion that values are read by, see `conversion`."""
NAME = QName(NAMESPACE, "name")
SINCE = QName(NAMESPACE, "since")
VARIANTS = QName(NAMESPACE, "variants")
"""``merge`` or ``split``: overrides what the variants rule finds."""
CONTENT = QName(NAMESPACE, "content")
"""``ordered``: one list for all children."""
IMPLIED = QName(NAMESPACE, "implied")
"""The value of an absent attribute or child; see `implied`."""
WHEN = QName(NAMESPACE, "when")
"""The condition under which it does; see `conditions`."""
DEFAULT_VALUE = QName("http://relaxng.org/ns/compatibility/annotations/1.0", "defaultValue")
"""The meaning of an absent attribute (DTD compatibility specification, section 3); for documentation only."""
DOCUMENTATION = QName(DEFAULT_VALUE.namespace, "documentation")
"""Stands in schemas as an element; the text in its place is for a bindings file, which has one name for both."""
ENUM_NAME = QName(NAMESPACE, "enum-name")
"""The name of a choice's enumeration, if the table gives none or another name is wanted."""
FIELD = QName(NAMESPACE, "field")
"""The name of the field for a child, where `NAME` is for its class."""

WRITTEN = QName(NAMESPACE, "written")
"""``first``: before the attributes that the schema names first."""


def prefix_in(schemas: Iterable[Schema]) -> str:
    """The prefix that authors use for our namespace, for messages."""
    return next((one.prefixes[NAMESPACE] for one in schemas if one.prefixes.get(NAMESPACE)), "b")


def annotation_of(key: str) -> QName:
    """Returns the annotation for a key of a bindings file."""
    match key:
        case "default":
            return DEFAULT_VALUE
        case "documentation":
            return DOCUMENTATION
        case _:
            return QName(NAMESPACE, key)


class Annotated(Protocol):
    """A pattern or a define."""

    @property
    def annotations(self) -> Annotations: ...
    @property
    def location(self) -> SourceLocation: ...


def note_of(annotated: Annotated, name: QName) -> Note | None:
    """The author's note on a pattern or a define, if there is one."""
    annotations = annotated.annotations
    value = annotations.documentation if name == DOCUMENTATION else annotations.attributes.get(name, "")
    return Note(value, annotations.places.get(name, annotated.location)) if value else None
