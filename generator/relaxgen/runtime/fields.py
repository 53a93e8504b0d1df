"""The fields of a class: each is declared once, in the class body, and knows how it is called in XML.

The read and write functions of a class have the same knowledge as straight code. The table serves whatever comes to a
class without knowing it: the constructor, messages, what parsing does with the unusual, and functions over any object.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping
from enum import Enum, StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from .markup import ANY_NAME, AnyElement, Names

if TYPE_CHECKING:
    from .converters import Converter


# Content: children of many kinds, and text, in one list in the document's order; or one child of several kinds.

MOST_NAMED = 12
"""A message names at most this many of the classes that may stand in one place."""


class Contents:
    """What one kind of content list or choice may hold.

    ``names`` are those of classes and unions. ``items`` has for each the name of the element and the module of the
    class or union; ``open`` are the names of elements that no class describes. A module is imported when the first of
    its elements is met: the modules of documents refer to each other in circles. ``readers`` and ``writers`` are the
    functions that were needed so far.
    """

    __slots__ = ("_kinds", "_package", "_table", "open", "readers", "text", "writers")

    def __init__(
        self,
        module: str,
        items: Mapping[str, tuple[str, str]],
        names: str,
        *,
        text: bool = False,
        open: Names | None = None,
    ) -> None:
        self._package = module.rpartition(".")[0]
        self._table = {items[name][0]: (items[name][1], name) for name in names.split()}
        self.text = text
        self.open = open
        self.readers: dict[str, Callable[..., Any]] = {}
        self.writers: dict[type, Callable[..., str]] = {}
        self._kinds: dict[type[Any], None] = {}

    def __contains__(self, tag: object) -> bool:
        """Whether a class describes the element."""
        return tag in self._table

    @property
    def tags(self) -> tuple[str, ...]:
        """The elements that classes describe."""
        return tuple(self._table)

    def home_of(self, tag: object) -> tuple[str, str] | None:
        """The module and the name of the class or union for an element; None where there is none."""
        if not isinstance(tag, str) or tag not in self._table:
            return None
        module, name = self._table[tag]
        return f"{self._package}.{module}", name

    def refusal(self, item: Any) -> str:
        """Why `item` is not allowed here; empty where it is."""
        if isinstance(item, str):
            return "" if self.text else "is text, but only elements are allowed here"
        kinds = self.kinds
        if isinstance(item, AnyElement) or type(item) in kinds or isinstance(item, tuple(kinds)):
            return ""
        known = [kind.__name__ for kind in kinds]
        what = "is neither text nor one of" if self.text else "is none of"
        return f"{what} {', '.join(known[:MOST_NAMED])}{' …' if len(known) > MOST_NAMED else ''}"

    @property
    def kinds(self) -> Collection[type[Any]]:
        """The classes of all objects that are allowed here. There may be thousands."""
        if not self._kinds:
            self._kinds = dict.fromkeys(kind for kinds in self.classes().values() for kind in kinds)
        return self._kinds.keys()

    def classes(self) -> dict[str, tuple[type[Any], ...]]:
        """The classes of the objects by the names of their elements."""
        return {tag: members_of(f"{self._package}.{module}", name) for tag, (module, name) in self._table.items()}


def members_of(module: str, name: str) -> tuple[type[Any], ...]:
    """The classes of a union, or the class itself."""
    named = getattr(sys.modules.get(module) or import_module(module), name)
    return get_args(named) or (named,)


# The base of generated enumerations.

T = TypeVar("T", bound="Token")


class Token(StrEnum):
    """A member's value is the token that stands in documents; as a string, a member equals its token."""

    _value_: str
    constant: str
    """The name of the C constant behind the member, for tables of C programs; empty where there is none."""

    _place: int | None

    def __new__(cls, token: str, constant: str = "", index: int | None = None) -> Token:
        member = str.__new__(cls, token)
        member._value_ = token
        member.constant = constant
        member._place = index
        return member

    @property
    def index(self) -> int:  # type: ignore[override]
        """The member's place in its table: the value of the C constant, for tables of C programs.

        Raises:
            ValueError: the member is none of its table, see `is_known`.
        """
        return type(self)._member_names_.index(self._name_) if self._place is None else self._place

    @property
    def is_known(self) -> bool:
        """False for a token of a newer schema that parsing with ``unknown="keep"`` carried through."""
        return self._name_ in type(self)._member_map_

    def __repr__(self) -> str:
        """What a program writes for the member, so that the ``repr`` of objects can be read as code."""
        name = type(self).__name__
        return f"{name}.{self._name_}" if self.is_known else f"<{name} {self._value_!r}, not known>"

    def __reduce_ex__(self, protocol: object) -> tuple[object, ...]:
        if self.is_known:
            return type(self), (self._value_,)
        return unknown_token, (type(self), self._value_)


def unknown_token(enumeration: type[T], token: str) -> T:
    """A member for a token that the schema does not allow: of the enumeration's type, but not one of its members. If a
    table has the same token for another release, the two are equal as strings, and never identical."""
    member = str.__new__(enumeration, token)
    member._name_ = f"<unknown {token!r}>"
    member._value_ = token
    member.constant = ""
    member._place = None
    return member


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

    @property
    def tags(self) -> tuple[str, ...]:
        """The child elements that the field alone is for: none of a list of content."""
        return ()


Implied = tuple[tuple[str, object, object, Callable[[Any], object] | None], ...]
"""Fields of a class with implied values, in the order of filling them in: the name, what parsing has left where the
document gives nothing, the value, and when it is implied (None: always)."""


class Attribute(Field):
    __slots__ = ()


class Text(Field):
    """The text of the element itself."""

    __slots__ = ()


class Child(Field):
    """A child element: an object, or a text with a converter."""

    __slots__ = ()

    @property
    def tags(self) -> tuple[str, ...]:
        return (self.xml,)


class Children(Child):
    """A list of child elements of one name."""

    __slots__ = ()
    many = True


class Flag(Field):
    """A child element that is there or not."""

    __slots__ = ()

    @property
    def tags(self) -> tuple[str, ...]:
        return (self.xml,)


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


class Choice(Content):
    """One child element of several kinds."""

    __slots__ = ()
    many = False

    def __init__(self, contents: Contents, *, default: Any = MISSING) -> None:
        Field.__init__(self, default=default)
        self.contents = contents

    @property
    def tags(self) -> tuple[str, ...]:
        return self.contents.tags

    @property
    def place(self) -> str:
        """What stands for the child in the order of children."""
        return f"*{self.name}"


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

    def choice(contents: Contents, *, default: Any = ...) -> Any: ...

else:
    attribute, text, child, children = Attribute, Text, Child, Children
    open_elements, open_attributes, content, choice = Open, OpenAttributes, Content, Choice

    def flag(xml="", *, default, required=None):
        return Flag(None, xml, default=default, required=bool(required))
