"""How the fields of a class are called in XML: for everything that is not on the fast path.

The read and write functions of a class have the same knowledge as straight code. This table serves whoever comes to a
class without knowing it: messages, what parsing does with the unusual, and programs that walk over any object.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from ..xml.name_classes import ANY_NAME, Names
from .contents import Contents


class ChildOrder(Enum):
    """What the order of a class's child fields is worth."""

    ANY = "any"
    """Children may stand in whatever order."""
    ONE = "one"
    """It is one that the schema allows, whichever children there are."""
    SEVERAL = "several"
    """Some objects need another one."""


class Field:
    """``name`` is the Python attribute, ``xml`` the name in the document, ``{uri}local`` in a namespace. ``converter``
    turns texts into values; None where the text is the value, or where the value is an object."""

    __slots__ = ("converter", "name", "required", "xml")

    def __init__(self, name: str, xml: str = "", converter: Any = None, *, required: bool = False) -> None:
        self.name = name
        self.xml = xml or name
        self.converter = converter
        self.required = required

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


class Flag(Field):
    """A child element that is there or not."""

    __slots__ = ()


class Open(Field):
    """Elements that the schema leaves open: ``names`` are those that it allows."""

    __slots__ = ("names",)

    def __init__(self, name: str, names: Names = ANY_NAME) -> None:
        super().__init__(name)
        self.names = names


class OpenAttributes(Field):
    """Attributes that the schema leaves open: ``names`` are those that it allows."""

    __slots__ = ("names",)

    def __init__(self, name: str, names: Names = ANY_NAME) -> None:
        super().__init__(name)
        self.names = names


class Content(Field):
    """A list of everything inside, or of all children that have no field of their own."""

    __slots__ = ("contents",)

    def __init__(self, name: str, contents: Contents) -> None:
        super().__init__(name)
        self.contents = contents
