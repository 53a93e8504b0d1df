"""The fields of a class: each is declared once, in the class body, and knows how it is called in XML.

The read and write functions of a class have the same knowledge as straight code. The table serves whatever comes to a
class without knowing it: the constructor, messages, what parsing does with the unusual, and functions over any object.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any

from ..xml.name_classes import ANY_NAME, Names
from .contents import Contents

if TYPE_CHECKING:
    from ..converters import Converter


class ChildOrder(Enum):
    """How much the order of a class's children matters."""

    ANY = "any"
    """Every order is allowed."""
    ONE = "one"
    """The schema's order is allowed, whichever children there are."""
    SEVERAL = "several"
    """Some objects need another order."""


MISSING: Any = object()
"""Says that a field has no default; in an object, that parsing has not found a required value yet. No finished object
holds it."""


class Field:
    """``name`` is the Python attribute, ``xml`` the name in the document, ``{uri}local`` in a namespace. ``converter``
    turns texts into values; None where the text is the value, or where the value is an object. ``default`` and
    ``factory`` are what a constructor takes for an absent keyword: without both the keyword is needed. ``required``
    says that a document must have it."""

    __slots__ = ("converter", "default", "factory", "name", "required", "xml")
    many = False
    """Whether the value is a list of what the document has several of."""

    def __init__(
        self,
        converter: Any = None,
        xml: str = "",
        *,
        default: Any = MISSING,
        default_factory: Callable[[], Any] | None = None,
        required: bool | None = None,
    ) -> None:
        self.name = ""
        self.xml = xml
        self.converter = converter
        self.default = default
        self.factory = default_factory
        self.required = default is MISSING and default_factory is None if required is None else required

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, {self.xml!r})"


class Attribute(Field):
    __slots__ = ()


class Text(Field):
    """The text of the element itself."""

    __slots__ = ()


class Child(Field):
    """A child element: an object, or a text with a converter."""

    __slots__ = ()


class Children(Child):
    """A list of child elements of one name."""

    __slots__ = ()
    many = True


class Flag(Field):
    """A child element that is there or not."""

    __slots__ = ()


class Open(Field):
    """Elements that the schema leaves open: ``names`` are those that it allows."""

    __slots__ = ("names",)
    many = True

    def __init__(self, names: Names = ANY_NAME, *, default_factory: Callable[[], Any]) -> None:
        super().__init__(default_factory=default_factory)
        self.names = names


class OpenAttributes(Field):
    """Attributes that the schema leaves open: ``names`` are those that it allows."""

    __slots__ = ("names",)

    def __init__(self, names: Names = ANY_NAME, *, default_factory: Callable[[], Any]) -> None:
        super().__init__(default_factory=default_factory)
        self.names = names


class Content(Field):
    """A list of everything inside, or of all children that have no field of their own."""

    __slots__ = ("contents",)
    many = True

    def __init__(self, contents: Contents, *, default_factory: Callable[[], Any]) -> None:
        super().__init__(default_factory=default_factory)
        self.contents = contents


if TYPE_CHECKING:
    # What a type checker sees in a class body: the value of a field is of the annotated type.

    def attribute(
        converter: Converter[Any] | None = None, xml: str = "", *, default: Any = ..., required: bool = ...
    ) -> Any: ...

    def text(converter: Converter[Any] | None = None, *, default: Any = ..., required: bool = ...) -> Any: ...

    def child(
        converter: Converter[Any] | None = None, xml: str = "", *, default: Any = ..., required: bool = ...
    ) -> Any: ...

    def children(
        converter: Converter[Any] | None = None, xml: str = "", *, default_factory: Callable[[], Any] = ...
    ) -> Any: ...

    def flag(xml: str = "", *, default: bool, required: bool = ...) -> Any: ...

    def open_elements(names: Names = ..., *, default_factory: Callable[[], Any]) -> Any: ...

    def open_attributes(names: Names = ..., *, default_factory: Callable[[], Any]) -> Any: ...

    def content(contents: Contents, *, default_factory: Callable[[], Any]) -> Any: ...

else:
    attribute, text, child, children = Attribute, Text, Child, Children
    open_elements, open_attributes, content = Open, OpenAttributes, Content

    def flag(xml="", *, default, required=None):
        return Flag(None, xml, default=default, required=bool(required))
