"""Describes a package to the native engine, and calls the engine if it is installed.

The distribution ``relaxgen-engine`` reads and writes regular documents several times faster than Python, with the same
objects and texts. It gets the description of a class from here with the first element of the class; the description
comes from the fields. The read and write functions handle everything that is not regular. ``RELAXGEN_ENGINE=off``
leaves everything to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from importlib import import_module
from typing import Any

from .converters import OtherSpelling
from .datatypes import BOUNDS, INTEGER_RANGES, Datatype, Facet
from .element import (
    EXTENDED,
    MISSING,
    Attribute,
    Child,
    ChildOrder,
    Choice,
    Content,
    Contents,
    Element,
    Field,
    Flag,
    Open,
    OpenAttributes,
    Preserved,
    Text,
    home_of,
    members_of,
    spelling,
)
from .markup import AnyElement

_OBJECT, _TEXT, _FLAG, _CHOICE, _OPEN, _CONTENT = range(6)
_ORDERS = {ChildOrder.ANY: 0, ChildOrder.ONE: 1, ChildOrder.SEVERAL: 2}


class Native:
    """A package's engine. ``roots`` and ``roots_of`` say what the root of a document may be. ``writes`` is false where
    values may need declarations, of which the engine knows nothing."""

    def __init__(self, make: Any, package: str) -> None:
        schema = import_module(f"{package}._schema")
        self.writes = not hasattr(schema, "QNAMES")
        self.engine: Any = make(
            describe,
            resolve,
            resolve_content,
            allows,
            recipe,
            OtherSpelling,
            spelling,
            Preserved,
            AnyElement,
            MISSING,
            dict(schema.PREFIXES),
            EXTENDED,
        )
        self.roots = _PackageRoots(self.engine, package)
        self.roots_of = _Roots(self.engine)


class _Roots(dict[Any, Mapping[str, int]]):
    """For a document whose root is of one class or union, which is given as itself or by its module and name: the name
    of the element, and the number that the engine has for it."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine

    def __missing__(self, kind: Any) -> Mapping[str, int]:
        kinds: tuple[type[Any], ...] = (kind,) if isinstance(kind, type) else members_of(*kind)
        self[kind] = found = {kinds[0]._tag: self._engine.target(kinds)}
        return found


class _PackageRoots(dict[str, int]):
    """For a document with any root. Classes are imported when the first document needs them."""

    def __init__(self, engine: Any, package: str) -> None:
        self._engine = engine
        self._package = package

    def __missing__(self, tag: str) -> int:
        module, name = import_module(f"{self._package}._schema").ROOTS[tag]
        self[tag] = number = self._engine.target(members_of(f"{self._package}.{module}", name))
        return int(number)


# What the engine calls


def describe(kind: type[Element]) -> tuple[object, ...] | None:
    """How elements of a class are read and written; None where the engine cannot do it.

    The parts are the tag, the order of children, the initial value of each slot (for a new list or dictionary its
    type), attributes, open attributes, text, everything else inside, and implied values.
    """
    fields: tuple[Field, ...] = kind._fields
    rest = [field for field in fields if isinstance(field, (Open, Content)) and not isinstance(field, Choice)]
    if not kind.__dict__.get("_tag") or len(rest) > 1 or not _divides(fields, rest):
        return None
    implied = kind._implied
    absent = {name: value for name, value, _, _ in implied}
    texts = [(field.name, field.converter, field.default is None) for field in fields if isinstance(field, Text)]
    open_attributes = [(field.name, field.names) for field in fields if isinstance(field, OpenAttributes)]
    return (
        kind._tag,
        _ORDERS[kind._order],
        (("_preserved", None), *((field.name, absent.get(field.name, _initial(field))) for field in fields)),
        tuple(_attributes(fields, absent)),
        next(iter(open_attributes), None),
        next(iter(texts), None),
        tuple(_inside(kind, fields, absent)),
        implied,
    )


def resolve(kind: type[Element], name: str) -> tuple[type[Any], ...]:
    """The class of a child, or those of its union."""
    return members_of(home_of(kind, name).__module__, _value_name(kind, name))


def resolve_content(contents: Contents, tag: str) -> tuple[type[Any], ...] | bool:
    """The classes of an element in a content list; whether it is open content where there are none."""
    home = contents.home_of(tag)
    if home is not None:
        return members_of(*home)
    return contents.open is not None and tag in contents.open


def allows(contents: Contents, kind: type[Any]) -> bool:
    """Whether a content list allows an object of the class."""
    return kind in contents.kinds or issubclass(kind, tuple(contents.kinds))


def recipe(converter: Any) -> tuple[str, object, tuple[Form, ...]] | None:
    """What a converter does with most texts and values that it has not met: a kind of value with a detail, and the
    forms of its texts; None if only the converter knows."""
    only = converter.beside_words()
    if only is not converter:
        return None if only is None else recipe(only)
    if hasattr(converter, "item"):
        item = recipe(converter.item)
        if item is None or item[0] == "list":
            return None
        return "list", (item, converter.minimum, -1 if converter.maximum is None else converter.maximum), ()
    kind = converter.recipe() if "recipe" in vars(type(converter)) else None
    checks = [check for check in converter.checks if not check.excluding]
    forms = [form for form in (form_of(check.datatype) for check in checks) if form is not None]
    if kind is None or (converter.checks and not forms):
        return None
    return (*kind, tuple(forms))


# What the engine gets


def _divides(fields: tuple[Field, ...], rest: list[Open | Content]) -> bool:
    """Whether text, fields and the rest do not mix in a way that only read functions know."""
    has_text = any(isinstance(field, Text) for field in fields)
    is_mixed = any(isinstance(field, Content) and field.contents.text for field in rest)
    return not is_mixed or not (has_text or any(isinstance(field, (Child, Flag, Choice)) for field in fields))


def _initial(field: Field) -> object:
    if field.many:
        return list
    if isinstance(field, OpenAttributes):
        return dict
    if isinstance(field, Flag):
        return False
    if isinstance(field, Text) and field.default == "":
        return ""
    return MISSING if field.required else None


def _attributes(fields: tuple[Field, ...], absent: Mapping[str, object]) -> Iterator[tuple[object, ...]]:
    for field in fields:
        if isinstance(field, Attribute):
            yield field.xml, field.name, field.converter, _is_required(field, absent)


def _inside(
    kind: type[Element], fields: tuple[Field, ...], absent: Mapping[str, object]
) -> Iterator[tuple[object, ...]]:
    for field in fields:
        if isinstance(field, Flag):
            yield field.xml, field.name, _FLAG, False, field.required, None
        elif isinstance(field, Child):
            is_text = field.converter is not None or _value_name(kind, field.name) == "str"
            what = _TEXT if is_text else _OBJECT
            yield field.xml, field.name, what, field.many, _is_required(field, absent), field.converter
        elif isinstance(field, Open):
            yield "*", field.name, _OPEN, True, field.required, field.names
        elif isinstance(field, Choice):
            yield field.place, field.name, _CHOICE, False, field.required, (field.contents, field.tags)
        elif isinstance(field, Content):
            contents = field.contents
            yield "*", field.name, _CONTENT, True, field.required, (contents, contents.text, contents.open)


def _is_required(field: Field, absent: Mapping[str, object]) -> bool:
    """Also true for a field that is never None, because its value is always implied."""
    return field.required or absent.get(field.name) is MISSING


def _value_name(kind: type[Element], name: str) -> str:
    """Of the class of a value: ``Disk`` for a field that is annotated as ``list[Disk]`` or ``Disk | None``."""
    annotation = str(home_of(kind, name).__annotations__[name]).removesuffix(" | None")
    return annotation.removeprefix("list[").removesuffix("]")


# Which texts datatypes allow, as the native engine is told: a shape, and facets.
#
# Only what the engine knows as well as Python does is told. Its rules are in ``forms.c``; they must be those of the
# datatypes here. Where it is unsure about a text, it asks.

Form = tuple[str, str, int, tuple[tuple[str, Any], ...]]
"""A shape, a detail of it, what is done with white space (`KEPT`, `REPLACED` or `COLLAPSED`), and the name and
limit of each facet. A limit is a count, the digits of a number, or an `expression.Machine`."""

KEPT, REPLACED, COLLAPSED = range(3)

_SHAPES: Mapping[str, tuple[str, str, int]] = {
    "string": ("text", "", KEPT),
    "normalizedString": ("text", "", REPLACED),
    "token": ("text", "", COLLAPSED),
    "boolean": ("truth", "", COLLAPSED),
    **dict.fromkeys(INTEGER_RANGES, ("integer", "", COLLAPSED)),
    "decimal": ("decimal", "", COLLAPSED),
    **dict.fromkeys(("float", "double"), ("float", "", COLLAPSED)),
    "Name": ("name", "", COLLAPSED),
    **dict.fromkeys(("NCName", "ID", "IDREF"), ("plain", "", COLLAPSED)),
    "NMTOKEN": ("name token", "", COLLAPSED),
    "language": ("language", "", COLLAPSED),
    "anyURI": ("uri", "", COLLAPSED),
    # Of what points in time consist: a year, a month, a day, a time of day, and what stands between them.
    "dateTime": ("time", "Y-M-DTh", COLLAPSED),
    "date": ("time", "Y-M-D", COLLAPSED),
    "time": ("time", "h", COLLAPSED),
    "gYearMonth": ("time", "Y-M", COLLAPSED),
    "gYear": ("time", "Y", COLLAPSED),
    "gMonthDay": ("time", "--M-D", COLLAPSED),
    "gDay": ("time", "---D", COLLAPSED),
    "gMonth": ("time", "--M", COLLAPSED),
}
_NO_SHAPE = "", "", COLLAPSED


def form_of(datatype: Datatype) -> Form | None:
    """None where the engine cannot tell what the datatype allows."""
    if datatype.item_type is not None:
        return list_form(form_of(datatype.item_type), 1, None, datatype.restrictions)
    limits = zip(("minInclusive", "maxInclusive"), INTEGER_RANGES.get(datatype.type, ()), strict=False)
    own = [(name, str(limit)) for name, limit in limits if limit is not None]
    return _form(*_SHAPES.get(datatype.type, _NO_SHAPE), own, datatype.restrictions)


def list_form(item: Form | None, least: int, most: int | None, restrictions: Sequence[Facet] = ()) -> Form | None:
    """The form of lists of so many items."""
    own = [("item", item), ("minLength", least), ("maxLength", most)]
    return _form("list" if item else "", "", COLLAPSED, own if most is not None else own[:2], restrictions)


def word_form(datatype: Datatype, text: str) -> Form | None:
    """The form of the texts that mean the same as `text`."""
    shape, _, blanks = _SHAPES.get(datatype.type, _NO_SHAPE)
    return ("word", datatype.normalise(text), blanks, ()) if shape == "text" else None


def _form(
    shape: str, detail: str, blanks: int, own: Sequence[tuple[str, Any]], restrictions: Sequence[Facet]
) -> Form | None:
    """``own`` are the facets of the type itself. None without a shape, and where the engine does not know a facet."""
    known = [found for found in (_facet(shape, facet) for facet in restrictions) if found is not None]
    return (shape, detail, blanks, (*own, *known)) if shape and len(known) == len(restrictions) else None


def _facet(shape: str, facet: Facet) -> tuple[str, Any] | None:
    if facet.name == "pattern":
        # By its name: a package without patterns does not carry the module.
        return facet.name, import_module(".expression", __package__).Machine(facet.limit)
    if facet.name in BOUNDS:
        return (facet.name, format(Decimal(facet.limit), "f")) if shape in ("integer", "decimal") else None
    return facet.name, min(facet.limit, _LARGEST_COUNT)


_LARGEST_COUNT = 2**31 - 1
"""No text is longer that the engine takes."""
