"""What an object remembers of its document beyond its fields, so that formatting loses nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from ..xml.any_element import AnyElement


class Spelling(NamedTuple):
    """A value that the document spells in another way than we would: that of an attribute, a child, or the element's
    own text, which has no name. ``usual`` is our XML for it, ``written`` the document's. ``place`` is that of a child
    among those of its name."""

    kind: Literal["attribute", "child", "text"]
    name: str
    usual: str
    written: str
    place: int = 0


class Extended(NamedTuple):
    """A child of which the schema knows the text only, or that it is there, and of which the document has more.
    ``usual`` is our XML for the text."""

    name: str
    usual: str
    element: AnyElement


class Unknown(NamedTuple):
    """Something that the schema does not know. ``kind`` is ``attribute``, ``element``, ``token``, ``value`` for a
    text that has the right type and is not allowed, or ``missing`` for a required attribute; ``name`` is the name of
    the attribute or element that it is or stands in."""

    kind: str
    name: str
    value: str | AnyElement


class Preserved:
    """``blank`` is white space in an element without children. ``order`` are the names of the children in the
    document's order, where it is not the schema's or the schema has several. ``namespaces`` are the declarations on the
    element. Unknown elements have their index among the children. ``unknown_prefixes`` are those of unknown attributes,
    by namespace. ``prefixes`` has the element's own, by its namespace, and ``attribute_prefixes`` those of attributes,
    by their names, where a namespace has several prefixes.
    ``spelled_out`` are the names of fields whose value the document gives, though it is implied. ``unknown_whole``
    tells that a document was kept of which the schema knows all parts, but does not allow the whole.

    Most objects have nothing of the kind, and of the others most have one thing: so an object holds what was set, and
    the rest is the class's.
    """

    blank: str = ""
    order: tuple[str, ...] | None = None
    spellings: Sequence[Spelling] = ()
    namespaces: Mapping[str | None, str] = {}
    prefixes: Mapping[str, str | None] = {}
    attribute_prefixes: Mapping[str, str] = {}
    unknown_attributes: Mapping[str, str] = {}
    unknown_elements: Sequence[tuple[int, AnyElement]] = ()
    unknown_in_content: Sequence[AnyElement] = ()
    unknown_prefixes: Mapping[str, str] = {}
    unknown_texts: Sequence[tuple[str, str, str]] = ()
    extended: Sequence[Extended] = ()
    spelled_out: Sequence[str] = ()
    unknown_whole: bool = False

    def append(self, name: str, item: object) -> None:
        """Adds to one of the sequences."""
        self.__dict__.setdefault(name, []).append(item)

    def keep_attribute(self, name: str, text: str, prefix: str | None) -> None:
        self.__dict__.setdefault("unknown_attributes", {})[name] = text
        if prefix is not None:
            self.__dict__.setdefault("unknown_prefixes", {})[name[1:].rpartition("}")[0]] = prefix

    def unknown(self) -> tuple[Unknown, ...]:
        elements = [element for _, element in self.unknown_elements]
        elements += self.unknown_in_content
        elements += [child for one in self.extended for child in one.element.elements()]
        attributes = [*self.unknown_attributes.items()]
        attributes += [item for one in self.extended for item in one.element.attributes.items()]
        return (
            *(Unknown("attribute", name, text) for name, text in attributes),
            *(Unknown(*text) for text in self.unknown_texts),
            *(Unknown("element", element.name, element) for element in elements),
        )


class Preserving:
    """The base of what remembers; apart from the other bases, since to type checkers annotations there are fields."""

    __slots__ = ("__weakref__", "_preserved")

    _preserved: Preserved | None
