"""The class model: the classes and fields of a vocabulary, independent of a programming language.

A class describes one kind of element. Its fields are attributes, text, and children. A child with only text is a field
with a value; an optional empty child is a flag. A union describes an element whose kind an attribute decides. Names are
final (`DiskDriver`, `write_policy`); a back end only escapes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from ..diagnostics.locations import UNKNOWN_LOCATION, SourceLocation
from ..relaxng.name_class import NameClass, QName
from .cardinality import Cardinality
from .naming import name_key
from .values import ValueType


class FieldKind(Enum):
    ATTRIBUTE = "attribute"
    TEXT = "text"
    CHILD = "child"
    """A child element with a class of its own."""
    VALUE = "value"
    """A child element with nothing but text."""
    FLAG = "flag"
    """A child element that is there or not."""
    OPEN_ATTRIBUTES = "open attributes"
    OPEN_ELEMENTS = "open elements"
    CONTENT = "content"
    """Everything inside, in the document's order."""
    CHOICE = "choice"
    """One of several child elements, each with a class."""


class ChildOrder(Enum):
    ANY = "any"
    """Children may come in any order."""
    ONE = "one"
    """The order of the fields is one that the schema allows, whichever of them are there."""
    SEVERAL = "several"
    """Alternatives need different orders, or one name is in two places: no order of fields fits all documents."""


@dataclass(frozen=True, slots=True)
class ClassReference:
    """A class or a union, by name."""

    name: str


@dataclass(frozen=True, slots=True)
class Item:
    """One kind of child that a content list or a choice may hold."""

    xml_name: QName
    type: ClassReference


@dataclass(frozen=True, slots=True)
class Present:
    """The document has the field called ``field``."""

    field: str


@dataclass(frozen=True, slots=True)
class Same:
    """The field called ``field`` has the value that a document spells ``text``."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Not:
    condition: Condition


@dataclass(frozen=True, slots=True)
class All:
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class OneOf:
    conditions: tuple[Condition, ...]


Condition = Present | Same | Not | All | OneOf
"""The condition of an implied value, about the fields of one class."""


@dataclass(frozen=True, slots=True)
class ImpliedValue:
    """The value of an absent field, as a document would spell it. ``when`` is the condition as its author wrote it;
    without a condition, the value is always implied."""

    text: str
    condition: Condition | None = None
    when: str = ""


@dataclass(frozen=True, slots=True)
class FieldModel:
    """``name`` is in snake case. ``xml_name`` is None for text and open content. ``position`` is the place of a child
    in the schema's order among the children of its class. ``items`` and what they are called
    together, ``content_name``, are set for `FieldKind.CONTENT` and `FieldKind.CHOICE` only; ``text``
    tells whether a content list holds text too, ``open`` whether it holds elements that no class describes.
    ``name_classes`` say which names open content may have. ``default`` is the documented meaning of an absent
    attribute; ``implied`` is the value that is read."""

    name: str
    kind: FieldKind
    cardinality: Cardinality
    type: ValueType | ClassReference | None = None
    xml_name: QName | None = None
    position: int = -1
    documentation: str = ""
    since: str = ""
    define: str = ""
    items: tuple[Item, ...] = ()
    content_name: str = ""
    text: bool = False
    open: bool = False
    name_classes: tuple[NameClass, ...] = ()
    default: str = ""
    implied: ImpliedValue | None = None
    location: SourceLocation = field(default=UNKNOWN_LOCATION, compare=False)

    @property
    def references(self) -> tuple[tuple[QName, ClassReference], ...]:
        """The elements in the field that have classes: one for a child, several for a content list or a
        choice."""
        if isinstance(self.type, ClassReference):
            assert self.xml_name is not None, "a child has a name"
            return ((self.xml_name, self.type),)
        return tuple((item.xml_name, item.type) for item in self.items)


@dataclass(frozen=True, slots=True)
class ClassModel:
    """``fields`` are all, those that the class inherits from the base called ``base`` among them. ``other_names`` are
    those of other elements that have the class, where a field says which it is. ``paths`` are element
    paths from the roots, the shortest first, cut off after a few. ``discriminator`` is the attribute that decides the
    kind, with its values here, for a member of a union. ``patterns`` are the places of the element patterns merged,
    ``schema`` is the path of the first schema that reaches them, ``family`` the name of the module."""

    name: str
    xml_name: QName
    fields: tuple[FieldModel, ...]
    family: str = ""
    documentation: str = ""
    since: str = ""
    define: str = ""
    paths: tuple[str, ...] = ()
    union: str = ""
    base: str = ""
    discriminator: tuple[QName, tuple[str, ...]] | None = None
    child_order: ChildOrder = ChildOrder.ANY
    other_names: tuple[QName, ...] = ()
    patterns: tuple[SourceLocation, ...] = field(default=(), compare=False)
    schema: str = ""
    location: SourceLocation = field(default=UNKNOWN_LOCATION, compare=False)


@dataclass(frozen=True, slots=True)
class BaseModel:
    """Attributes that several classes have in common: those of the define called ``define``, and before them in the
    chain, those of the base called ``base``. ``fields`` are all of them."""

    name: str
    fields: tuple[FieldModel, ...]
    base: str = ""
    define: str = ""
    documentation: str = ""
    location: SourceLocation = field(default=UNKNOWN_LOCATION, compare=False)


@dataclass(frozen=True, slots=True)
class Variant:
    """``tokens`` lead to the class called ``name``."""

    name: str
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnionModel:
    name: str
    xml_name: QName
    discriminator: QName
    variants: tuple[Variant, ...]
    family: str = ""
    documentation: str = ""
    paths: tuple[str, ...] = ()
    patterns: tuple[SourceLocation, ...] = field(default=(), compare=False)
    schema: str = ""
    location: SourceLocation = field(default=UNKNOWN_LOCATION, compare=False)


SENTINELS = frozenset({"", "default", "none"})
"""The tokens that libvirt's tables have for «not given», each as the first entry."""


@dataclass(frozen=True, slots=True)
class EnumMember:
    """``index`` is the member's place in its table, or in the schema's choice where there is no table. ``allowed`` is
    false for a token that the schema allows nowhere. ``name`` is the one that a names file has for it, in the target
    language; without one it is derived from the token."""

    token: str
    index: int
    allowed: bool = True
    constant: str = ""
    documentation: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class EnumModel:
    """White space is significant in the tokens of ``exact``, in those of ``spaced`` counted as spaces. ``table`` is the
    enum table's name, where there is one. ``choices`` are the places of the choices in the schema."""

    name: str
    members: tuple[EnumMember, ...]
    table: str = ""
    define: str = ""
    exact: tuple[str, ...] = ()
    spaced: tuple[str, ...] = ()
    documentation: str = ""
    choices: tuple[SourceLocation, ...] = field(default=(), compare=False)
    location: SourceLocation = field(default=UNKNOWN_LOCATION, compare=False)

    @property
    def sentinel(self) -> EnumMember | None:
        """The member that means «not given»: a table's first entry, if it is one of the usual words and the schema does
        not allow it. A word that only another release allows is not a sentinel."""
        first = self.members[0]
        return first if self.table and not first.allowed and first.token in SENTINELS else None


@dataclass(frozen=True, slots=True)
class Root:
    """An element that a document may have at its top, and the schema that says so."""

    xml_name: QName
    type: ClassReference
    schema: str


@dataclass(frozen=True, slots=True)
class Model:
    """``prefixes`` maps namespaces to the prefixes that the schemas use for them. ``derived_names`` are those of
    classes, unions and enumerations that no author has chosen. Of ``bases``, each comes after the one that it is
    derived from. ``aliases`` are old names of classes, unions and enumerations, with the present ones."""

    classes: tuple[ClassModel, ...]
    unions: tuple[UnionModel, ...]
    enums: tuple[EnumModel, ...]
    roots: tuple[Root, ...]
    prefixes: Mapping[str, str] = field(default_factory=dict)
    derived_names: tuple[str, ...] = ()
    bases: tuple[BaseModel, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)

    @property
    def elements(self) -> tuple[ClassModel | UnionModel, ...]:
        """All that describes elements: classes, then unions."""
        return (*self.classes, *self.unions)

    @property
    def name_keys(self) -> set[str]:
        """The keys of the names of all classes, unions and enumerations, see `naming.name_key`."""
        return {name_key(one.name) for kind in (self.classes, self.unions, self.enums) for one in kind}

    def base_named(self, name: str) -> BaseModel | None:
        return next((one for one in self.bases if one.name == name), None)

    def union_named(self, name: str) -> UnionModel | None:
        return next((one for one in self.unions if one.name == name), None)
