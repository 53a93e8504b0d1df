"""Keys of classes, members of unions and fields, before they have names: an author's note is about one of these."""

from __future__ import annotations

from dataclasses import dataclass

from ..relaxng.name_class import QName
from ..relaxng.schema import SchemaDefine
from .bindings_file import Note


@dataclass(frozen=True, slots=True)
class ClassKey:
    """The identity of a class: the element's name and the element patterns that it merges."""

    name: QName
    elements: frozenset[int]


@dataclass(frozen=True, slots=True)
class SharedClass:
    """The class of several elements that hold one define whole, or that a names file keeps together, with or without a
    ``define``: ``keys`` are their separate identities. With ``is_named`` the class is named after the first element;
    otherwise it is named after the define, or by its author's ``note``."""

    keys: tuple[ClassKey, ...]
    define: SchemaDefine | None
    note: Note | None
    is_named: bool

    @property
    def key(self) -> ClassKey:
        return ClassKey(self.keys[0].name, frozenset().union(*(one.elements for one in self.keys)))


@dataclass(frozen=True, slots=True)
class Body:
    """The owner of fields: a class, or the member of a union that ``tokens`` lead to. For a union as a whole, and for
    elements that become no class, ``tokens`` are empty too."""

    key: ClassKey
    tokens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """The field of ``owner`` for an attribute or a child of this name; for its text, where there is no name."""

    owner: Body
    name: QName | None
    is_attribute: bool = False


Place = Body | FieldPlace
