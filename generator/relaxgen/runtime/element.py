"""The classes of a package: their fields, and what every object can do.

A field is declared once, in the class body, with its name in XML. The read and write functions of a class do not use
the declarations: they are generated from the same schema. The table of fields is for code that works with any class:
the constructor, messages, the handling of unusual documents, and functions such as ``walk`` and ``to_dict``.
"""

from __future__ import annotations

import re
import sys
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from enum import Enum, StrEnum
from functools import cache, lru_cache
from importlib import import_module
from operator import itemgetter
from sys import intern
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, TypeVar, dataclass_transform, get_args

from .converters import hint_at
from .markup import ANY_NAME, AnyElement, Names, Nesting, attribute_text, escape_text

if TYPE_CHECKING:
    from dataclasses import Field as DataclassField
    from inspect import Signature

    from .converters import Converter


# Content: a list of texts and of children of many kinds, in the document's order. A choice: one child of several kinds.

MOST_NAMED = 12
"""A message names at most this many of the classes that are allowed in one place."""


class Contents:
    """What one kind of content list or choice can contain.

    ``names`` are the names of classes and unions. ``items`` maps each of them to the name of its element and to its
    module. ``open`` are the allowed names of elements without a class. A module is imported when its first element is
    read, because the modules refer to each other in circles. ``readers`` and ``writers`` are the functions that were
    needed so far.
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
        what = "is neither text nor one of" if self.text else "is not one of"
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

AnyToken = TypeVar("AnyToken", bound="Token")


class Token(StrEnum):
    """A member's value is its token in documents; as a string, a member equals its token."""

    _value_: str
    _constants: str
    _constant: str | None
    _place: int | None

    def __init_subclass__(cls, *, constants: str = "") -> None:
        """``constants`` and the name of a member make the name of its C constant, unless the member has its own."""
        cls._constants = constants

    def __new__(cls, token: str, constant: str | None = None, index: int | None = None) -> Token:
        member = str.__new__(cls, token)
        member._value_ = token
        member._constant = constant
        member._place = index
        return member

    @property
    def constant(self) -> str:
        """The name of the member's C constant, for tables of C programs; empty if it has none."""
        if self._constant is not None:
            return self._constant
        return f"{self._constants}{self._name_}" if self._constants else ""

    @property
    def index(self) -> int:  # type: ignore[override]
        """The member's position in its enum table; for tables of C programs, the value of the C constant.

        Raises:
            ValueError: the schema does not know the member (see `is_known`).
        """
        return type(self)._member_names_.index(self._name_) if self._place is None else self._place

    @property
    def is_known(self) -> bool:
        """False for a token that the schema does not know, which parsing with ``unknown="keep"`` has kept."""
        return self._name_ in type(self)._member_map_

    def __repr__(self) -> str:
        """Returns the expression for the member, so that the ``repr`` of objects is valid code."""
        name = type(self).__name__
        return f"{name}.{self._name_}" if self.is_known else f"<{name} {self._value_!r}, not known>"

    def __reduce_ex__(self, protocol: object) -> tuple[object, ...]:
        if self.is_known:
            return type(self), (self._value_,)
        return unknown_token, (type(self), self._value_)


def unknown_token(enumeration: type[AnyToken], token: str) -> AnyToken:
    """Returns a member for a token that the schema does not allow. It has the enumeration's type, but is not one of its
    members. If the enum table has the same token for another release, the two are equal strings, but not identical."""
    member = str.__new__(enumeration, token)
    member._name_ = f"<unknown {token!r}>"
    member._value_ = token
    member._constant = ""
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
"""In a field: it has no default. In an object: parsing has not found the required value yet. No finished object
contains it."""


class Field:
    """``name`` is the Python attribute, ``xml`` the name in the document, ``{uri}local`` in a namespace. ``converter``
    turns texts into values; it is None if the text is the value, or if the value is an object. The constructor uses
    ``default`` or ``factory`` if the keyword is absent; a field without both needs its keyword. ``required`` means that
    a document must contain it."""

    __slots__ = ("converter", "default", "factory", "name", "required", "xml")
    many = False
    """Whether the value is a list, because the document can contain several."""

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
        """The names of the child elements that only this field contains. A content list has none."""
        return ()


Condition = tuple[Any, ...]
"""A condition over the fields of one object. These test one field: ``("same", field, value)``,
``("other", field, value)`` (it has another value, and not None), ``("given", field)`` (it is not None) and
``("true", field)``. These combine conditions: ``("not", condition)``, ``("all", ...)`` and ``("any", ...)``."""

Implied = tuple[tuple[str, object, object, Condition | None], ...]
"""The implied values of a class, in the order in which they are filled in. Each has the name of its field, the value
that the field has if the document does not contain it, the implied value, and its condition (None: always)."""


class Attribute(Field):
    __slots__ = ()


class Text(Field):
    """The text of the element itself."""

    __slots__ = ()


class Child(Field):
    """A child element. Its value is an object, or a text with a converter."""

    __slots__ = ()

    @property
    def tags(self) -> tuple[str, ...]:
        return (self.xml,)


class Children(Child):
    """A list of child elements of one name."""

    __slots__ = ()
    many = True


class Flag(Field):
    """An empty child element. Its value is True if the document contains it."""

    __slots__ = ()

    @property
    def tags(self) -> tuple[str, ...]:
        return (self.xml,)


class Wildcard(Field):
    """``names`` are the names that the schema allows."""

    __slots__ = ("names",)

    def __init__(self, names: Names = ANY_NAME, *, default_factory: Callable[[], Any]) -> None:
        super().__init__(default_factory=default_factory)
        self.names = names


class Open(Wildcard):
    """Elements without a class."""

    __slots__ = ()
    many = True


class OpenAttributes(Wildcard):
    """Attributes without a field of their own."""

    __slots__ = ()


class Content(Field):
    """A list of everything in the element, or of all children that have no field of their own."""

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
        """The name that represents the child in the order of children."""
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


# The base of all generated classes: what every object can do, whatever its fields are.
#
# A class body lists the fields; everything else comes from that list when the class is made (slots, the table of
# fields) or when it is first needed: the constructor, made with the first object, and the description that
# `dataclasses` knows, since describing some hundred classes at import would cost more than parsing a document.

# What an object remembers of its document beyond its fields, so that formatting loses nothing.


class Spelling(NamedTuple):
    """A value whose spelling in the document is not the usual one. It is the value of an attribute, of a child, or of
    the element's own text, which has no name. ``usual`` is the XML that we write, ``written`` is that of the document.
    ``place`` is the position of a child among the children of its name."""

    kind: Literal["attribute", "child", "text"]
    name: str
    usual: str
    written: str
    place: int = 0


def spelling(
    kind: Literal["attribute", "child", "text"], name: str, usual: str, written: str, place: int = 0
) -> Spelling:
    """The spelling for texts that are not escaped yet."""
    escaped = attribute_text if kind == "attribute" else escape_text
    return Spelling(kind, name, escaped(usual), escaped(written), place)


class Extended(NamedTuple):
    """A child that the schema allows only to contain text, or nothing, but that has more in the document. ``usual`` is
    the XML that we write for the text."""

    name: str
    usual: str
    element: AnyElement


class Unknown(NamedTuple):
    """Content that the schema does not know.

    ``kind`` is ``attribute``, ``element``, ``token``, ``value`` (a text of the right type that is not allowed) or
    ``missing`` (a required attribute). ``name`` is the name of the attribute or element, or of the one that contains
    the token or value."""

    kind: str
    name: str
    value: str | AnyElement


class Preserved:
    """What an object remembers of its document.

    - ``tag``: the local name of a root whose class has several names.
    - ``blank``: white space in an element without children.
    - ``order``: the names of the children in the document's order, if that is not the schema's, or if the schema has
      several.
    - ``namespaces``: the namespace declarations of the element.
    - ``prefixes`` and ``attribute_prefixes``: if a namespace has several prefixes, that of the element, by its
      namespace, and those of attributes, by their names.
    - ``unknown_elements``: each with its index among the children.
    - ``unknown_prefixes``: the prefixes of unknown attributes, by namespace.
    - ``spelled_out``: the names of fields whose implied value the document contains.
    - ``unknown_whole``: the schema knows all parts of the document, but does not allow their combination.

    Most objects remember nothing, and most others one thing. So an object stores only what was set; the defaults are
    in the class.
    """

    tag: str = ""
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


class Preserving(Nesting):
    """The base of objects that remember. It is a class of its own because type checkers take annotations in `Element`
    for fields."""

    __slots__ = ("__weakref__", "_preserved")

    _preserved: Preserved | None


T = TypeVar("T", bound="Element")

new = object.__new__
"""Makes an object without its constructor: parsing sets every field itself."""


class Binding(NamedTuple):
    """How elements of one class or union are read and written. ``entry`` is the name in the grammar."""

    read: Callable[..., Any]
    write: Callable[..., str]
    package: str
    prefixes: Any
    entry: str


EXTENDED: set[str] = set()
"""Names of classes that programs derived from generated ones. Only their objects can refer to the document that
contains them."""


@dataclass_transform(
    kw_only_default=True,
    field_specifiers=(attribute, text, child, children, flag, open_elements, open_attributes, content, choice),
)
class ElementType(type):
    """Makes a class from the fields in its body. Its table lists its own attributes, then the inherited fields, then
    its other fields.

    ``tag`` is the name of the element in documents. ``also`` are the names of other elements that share the class.
    ``children`` says how much the order of the children matters (see `ChildOrder`). ``entry`` is the name in the
    grammar, if it is not that of the class. ``kind`` is for a class in a union: the attribute that decides, and its
    values for which this class is chosen.
    """

    def __new__(
        mcs,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        *,
        tag: str = "",
        also: tuple[str, ...] = (),
        children: str = "",
        entry: str = "",
        kind: tuple[str | None, ...] = (),
    ) -> ElementType:
        own = []
        for key, value in namespace.items():
            if isinstance(value, Field):
                value.name = key
                value.xml = value.xml or key
                own.append(value)
        for field in own:
            del namespace[field.name]
        namespace.setdefault("__slots__", tuple([field.name for field in own]))
        inherited: tuple[Field, ...] = getattr(bases[0], "_fields", ()) if bases else ()
        if own:
            attributes = [field for field in own if isinstance(field, Attribute)]
            others = own[len(attributes) :]
            namespace["_fields"] = (*attributes, *inherited, *others) if inherited else tuple(own)
        if tag:
            namespace["_tag"] = tag
            namespace["_tags"] = (tag, *also)
            namespace["_entry"] = entry or name
            namespace["_binding"] = None
        if children:
            namespace["_order"] = ChildOrder(children)
        if kind:
            namespace["_kinds"] = kind[0], kind[1:]
        namespace.setdefault("__init__", _first_init)
        if any(getattr(base, "_tag", "") for base in bases):
            EXTENDED.add(name)
        return super().__new__(mcs, name, bases, namespace)

    if not TYPE_CHECKING:
        # To type checkers a class is called as its fields say.

        @property
        def __signature__(cls) -> Signature:
            """The signature for the fields, and for the other parameters of a subclass."""
            from inspect import Parameter, signature

            constructor = signature(cls.__init__)
            own = cls.__init__ is not _first_init and not hasattr(cls.__init__, "made_of_fields")
            beside = list(constructor.parameters.values())[1:] if own else []
            if own and not (beside and beside[-1].kind is Parameter.VAR_KEYWORD):
                return constructor.replace(parameters=beside)
            parameters = {one.name: one for one in beside[:-1]}
            for field in cls._fields:
                default = () if field.factory is not None else field.default
                parameters[field.name] = Parameter(
                    field.name,
                    Parameter.KEYWORD_ONLY,
                    default=Parameter.empty if default is MISSING else default,
                    annotation=annotation_of(cls, field),
                )
            return constructor.replace(parameters=list(parameters.values()))


def _first_init(self: Element, /, *positional: object, **keywords: Any) -> None:
    """Makes the constructor of a class when its first object is made."""
    owner: Any = next(one for one in type(self).__mro__ if one.__dict__.get("__init__") is _first_init)
    owner.__init__ = constructor = _constructor(owner)
    constructor(self, *positional, **keywords)


def _constructor(owner: type[Element]) -> Callable[..., None]:
    """Returns a function that takes the fields as keywords and stores them. `_mistake` explains wrong arguments."""
    parameters, lines, defaults, wrong = [], [], {}, ["_positional", "_unexpected"]
    for field in owner._fields:
        name, default = field.name, f"_default_{field.name}"
        parameters.append(f"{name}={default}")
        defaults[default] = () if field.factory is not None else field.default
        if defaults[default] is MISSING:
            wrong.append(f"{name} is _missing")
        is_collection = field.many or isinstance(field, OpenAttributes)
        if field.many:
            wrong.append(f"({name} is not {default} and _isinstance({name}, _str))")
        kind = "_dict" if isinstance(field, OpenAttributes) else "_list"
        lines.append(f"    _self.{name} = {f'{kind}({name} or ())' if is_collection else name}")
    head = ", ".join(["_self", "/", "*_positional", *parameters, "_preserved=None", "**_unexpected"])
    source = [
        f"def __init__({head}):",
        f"    if {' or '.join(wrong)}:",
        "        raise _mistake(_self, _positional, _unexpected, locals())",
        "    _self._preserved = _preserved",
        *lines,
    ]
    builtins = {"_list": list, "_dict": dict, "_str": str, "_isinstance": isinstance}
    scope = {**defaults, **builtins, "_mistake": _mistake, "_missing": MISSING}
    exec("\n".join(source), scope)
    made: Any = scope["__init__"]
    made.__qualname__ = f"{owner.__qualname__}.__init__"
    made.__module__ = owner.__module__
    made.made_of_fields = True
    constructor: Callable[..., None] = made
    return constructor


def _mistake(
    made: Element, positional: Collection[object], keywords: Collection[str], given: Mapping[str, object]
) -> TypeError:
    """Returns the error for wrong arguments of a constructor. It names the class that was called."""
    owner = type(made)
    if positional:
        return TypeError(f"{owner.__name__}() takes no positional arguments")
    names = [field.name for field in owner._fields]
    if keywords:
        words = " and ".join(f"{word!r}{hint_at(word, names)}" for word in keywords)
        what = "an unexpected keyword argument" if len(keywords) == 1 else "unexpected keyword arguments"
        return TypeError(f"{owner.__name__}() got {what} {words}")
    absent = [repr(name) for name in names if given.get(name) is MISSING]
    if not absent:
        name = next(field.name for field in owner._fields if field.many and isinstance(given[field.name], str))
        return TypeError(f"{owner.__name__}() takes a list as {name}, not a text: {name}=[{given[name]!r}]")
    words = " and ".join([", ".join(absent[:-1]), absent[-1]] if len(absent) > 1 else absent)
    plural = "" if len(absent) == 1 else "s"
    return TypeError(
        f"{owner.__name__}.__init__() missing {len(absent)} required keyword-only argument{plural}: {words}"
    )


class _DataclassFields:
    """``__dataclass_fields__``, built from the fields when it is first needed."""

    def __init__(self) -> None:
        self._built: dict[type, dict[str, Any]] = {}

    def __get__(self, instance: object, owner: type) -> dict[str, Any]:
        if owner not in self._built:
            self._built[owner] = _dataclass_fields(owner)
        return self._built[owner]


class _DataclassParams:
    """The parameters of a dataclass for `pprint` and others: `dataclasses` made none of its methods."""

    init = eq = True
    repr = order = unsafe_hash = frozen = match_args = weakref_slot = False
    kw_only = slots = True


def _dataclass_fields(owner: type[Element]) -> dict[str, Any]:
    import dataclasses

    if owner is Element:
        # `make_dataclass` names its own class; only the fields of the class itself count.
        return {}
    specifications: list[Any] = []
    for field in owner._fields:
        if field.factory is not None:
            made = dataclasses.field(default_factory=field.factory, kw_only=True)
        elif field.default is MISSING:
            made = dataclasses.field(kw_only=True)
        else:
            made = dataclasses.field(default=field.default, kw_only=True)
        specifications.append((field.name, annotation_of(owner, field), made))
    # This is not a field, but copies are made with it.
    specifications.append(("_preserved", dataclasses.InitVar[object], dataclasses.field(default=None, kw_only=True)))
    model = dataclasses.make_dataclass(owner.__name__, specifications)
    fields: dict[str, Any] = vars(model)["__dataclass_fields__"]
    return fields


class Element(Preserving, metaclass=ElementType):
    """An element of a document, with its attributes and children as fields.

    Two objects are equal if they have the same class and equal fields. An object also remembers how its document was
    written: the order of children, unusual spellings, namespace declarations, and content that the schema does not
    know. Formatting, copying and pickling use this; comparisons ignore it.
    """

    __slots__ = ()
    __match_args__ = ()

    _fields: ClassVar[tuple[Field, ...]] = ()
    _order: ClassVar[ChildOrder] = ChildOrder.ONE
    _implied: ClassVar[Implied] = ()
    _tag: ClassVar[str] = ""
    """The name of the element in documents, ``{uri}local`` in a namespace; empty for a base."""
    _tags: ClassVar[tuple[str, ...]] = ()
    """All names that elements of the class have."""
    _entry: ClassVar[str] = ""
    """The name in the grammar."""
    _kinds: ClassVar[tuple[str, tuple[str | None, ...]] | None] = None
    """Of a class in a union: the attribute that decides, and its values that decide for this class."""
    _binding: ClassVar[Binding | None] = None
    """What reads and writes elements, once it is loaded."""
    if TYPE_CHECKING:
        __dataclass_fields__: ClassVar[dict[str, DataclassField[Any]]]
    else:
        __dataclass_fields__ = _DataclassFields()
        __dataclass_params__ = _DataclassParams()

    def _held(self) -> Iterable[object]:
        return [getattr(self, name) for name in _holding(type(self))]

    def _compared(self, other: object) -> Iterable[tuple[object, object]] | None:
        if type(self) is not type(other):
            return None
        return [(getattr(self, field.name), getattr(other, field.name)) for field in type(self)._fields]

    def _shown(self) -> Iterable[tuple[str, object]]:
        return ((f"{name}=", value) for name, value in self.__rich_repr__())

    def __rich_repr__(self) -> Iterator[tuple[str, object]]:
        return ((field.name, value) for field, value in self._set_fields())

    def _set_fields(self) -> Iterator[tuple[Field, object]]:
        """Yields the fields that are set. An attribute that is False is set, and so is a text that is an empty list; an
        empty child element that is absent is not."""
        for field in type(self)._fields:
            value = getattr(self, field.name)
            is_set = bool(value) if field.many or isinstance(field, (Flag, OpenAttributes)) else value is not None
            if is_set:
                yield field, value

    def __replace__(self: T, /, **changes: Any) -> T:
        """For `copy.replace`: returns a copy with some fields changed. The copy remembers what the object remembers."""
        values = {field.name: getattr(self, field.name) for field in type(self)._fields}
        copy = type(self)(**{**values, **changes})
        copy._preserved = self._preserved
        return copy

    @property
    def unknown(self) -> tuple[Unknown, ...]:
        """The content of this element that the schema does not know; empty unless it was parsed with
        ``unknown="keep"``."""
        return self._preserved.unknown() if self._preserved is not None else ()


@cache
def _holding(owner: type[Element]) -> tuple[str, ...]:
    """The fields that may hold elements."""
    return tuple(field.name for field in owner._fields if isinstance(field, (Child, Open, Content)))


def home_of(owner: type[Element], name: str) -> type[Any]:
    """The class that declares a field: `owner`, or the one that it has the field from."""
    return next(one for one in owner.__mro__ if name in one.__dict__)


def annotation_of(owner: type[Element], field: Field) -> str:
    """Returns the annotation of a field."""
    return str(home_of(owner, field.name).__annotations__[field.name])


@cache
def classes_of(owner: type[Element], field: Field) -> tuple[type[Element], ...]:
    """The classes of the objects that a field contains, itself or in a list; none for texts and numbers."""
    if isinstance(field, Content):
        return tuple(field.contents.kinds)
    if not isinstance(field, Child) or field.converter is not None:
        return ()
    home = home_of(owner, field.name).__module__
    module, package = sys.modules[home], import_module(home.rpartition(".")[0])
    words = re.findall(r"\w+", annotation_of(owner, field))
    named = [getattr(module, word, None) or getattr(package, word, None) for word in words]
    kinds = [kind for one in named for kind in (one, *get_args(one))]
    return tuple([kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Element)])


# From classes to the functions that read and write their elements, which are loaded when they are first needed.
#
# The functions for the classes of ``package.disk`` are in ``package._disk``. A read function returns objects of its
# class or union; the name of the write function differs only in the verb. ``package._schema`` contains what all modules
# share.

_loaded: dict[str, Mapping[str, Binding]] = {}
"""By the names of modules with classes."""


def binding_of(kind: type[Any]) -> Binding:
    """Raises:
    TypeError: `kind` is not a class of an element.
    """
    found: Binding | None = getattr(kind, "_binding", None)
    if found is not None:
        return found
    owner = generated_class(kind)
    return bindings_in(owner.__module__)[owner.__name__]


@cache
def package_of(kind: type[Any]) -> str:
    """The name of the package that a class is from. Raises as `binding_of`."""
    return generated_class(kind).__module__.rpartition(".")[0]


def generated_class(kind: type[Any]) -> type[Any]:
    """Returns the class, or the generated class from which a program has derived it."""
    for one in kind.__mro__:
        if one.__dict__.get("_tag"):
            return one
    raise TypeError(f"{kind.__qualname__} is not a class of an element")


def bindings_in(module: str) -> Mapping[str, Binding]:
    """For the names of the classes and unions of a module."""
    if module not in _loaded:
        package, _, name = module.rpartition(".")
        vocabulary = import_module(f"{package}._schema")
        classes = import_module(module)
        found: dict[str, Binding] = {}
        for owner, read, write in _functions_in(import_module(f"{package}._{name}")):
            found[owner] = Binding(read, write, package, vocabulary.PREFIXES, members_of(module, owner)[0]._entry)
            kind: Any = getattr(classes, owner)
            is_union = not isinstance(kind, type)
            if not is_union:
                kind._binding = found[owner]
        _loaded[module] = found
    return _loaded[module]


def _functions_in(module: ModuleType) -> Iterator[tuple[str, Callable[..., Any], Callable[..., str]]]:
    """The name of each class or union, and its two functions; those of a base treat attributes only."""
    functions = vars(module)
    for name, read in functions.items():
        if name.startswith("read_") and read.__module__ == module.__name__:
            owner: str = read.__annotations__["return"]
            if owner != "bool":
                yield owner, read, functions[f"write_{name.removeprefix('read_')}"]


def content_reader(contents: Contents, tag: object) -> Callable[..., Any] | None:
    """Returns the function that reads an element in a content list or a choice; None if it is not allowed there."""
    home = contents.home_of(tag)
    if home is None:
        return None
    found = contents.readers[str(tag)] = bindings_in(home[0])[home[1]].read
    return found


def content_writer(contents: Contents, item: Any) -> Callable[..., str]:
    """Raises:
    ValueError: `item` is not allowed in the list.
    """
    refusal = contents.refusal(item)
    if refusal:
        raise ValueError(refusal)
    found = contents.writers[type(item)] = binding_of(type(item)).write
    return found


# The order of an element's children: that of the schema, and that of a document, which is remembered and put back.
#
# An order lists the children by their names in the document. ``*`` is for an element without a class, ``*f`` for the
# child in the field ``f`` of a choice. Most documents have their children in the schema's order, and the others in one
# of a few orders, so the result for an order is kept.
#
# Names alone do not always decide whether an order is allowed. If they do not, the validator checks it: see
# `validator`.

ANY_ELEMENT = "*"

Parts = list[tuple[str, str]]
"""Children as they are written: name and text."""

name_of: Callable[[tuple[str, str]], str] = itemgetter(0)
"""Of a part. Functions of C do this faster than a loop."""

REMEMBERED_ORDERS = 1024
LONGEST_REMEMBERED = 64
"""Longer orders seldom occur twice."""


@cache
def _ranks(owner: type[Element]) -> Mapping[str, int]:
    children = [field for field in owner._fields if isinstance(field, (Child, Flag, Open, Content))]
    return {_place(field): rank for rank, field in enumerate(children)}


def _place(field: Field) -> str:
    if isinstance(field, Choice):
        return field.place
    return ANY_ELEMENT if isinstance(field, (Open, Content)) else field.xml


def order_to_keep(owner: type[Element], order: list[str]) -> tuple[str, ...] | None:
    """Returns the names of the children if their order is not the schema's, or if the schema has several; else None.
    Empty names, of children without a place in the order, are left out."""
    keep = _order_to_keep if len(order) <= LONGEST_REMEMBERED else _order_to_keep.__wrapped__
    return keep(owner, "\n".join(order))


@lru_cache(maxsize=REMEMBERED_ORDERS)
def _order_to_keep(owner: type[Element], joined: str) -> tuple[str, ...] | None:
    """One text is faster to compare than a list of names."""
    names = tuple([intern(name) for name in joined.split("\n") if name])
    is_kept = len(names) > 1 and (owner._order is ChildOrder.SEVERAL or not is_usual(owner, names))
    return names if is_kept else None


def is_usual(owner: type[Element], order: tuple[str, ...]) -> bool:
    """Whether this order of children of an `owner` object is the schema's."""
    rank_of = _ranks(owner)
    found = [rank_of[name] for name in order]
    return found == sorted(found)


def restored(parts: Parts, order: tuple[str, ...], owner: type[Element]) -> Parts | None:
    """Puts children in the schema's order into the remembered order; returns None if it is one of other children."""
    sort = _sorted if len(order) <= LONGEST_REMEMBERED else _sorted.__wrapped__
    names, places = sort(owner, order)
    return [*map(parts.__getitem__, places)] if [*map(name_of, parts)] == names else None


def rearranged(parts: Parts, order: tuple[str, ...], owner: type[Element]) -> Parts:
    """Puts children in the schema's order into the remembered order, after children were removed or added.

    A removed child is skipped. An added child is put behind the last child of its name; if there is none, before the
    first child that comes later in the schema.
    """
    rank_of = _ranks(owner)
    waiting: dict[str, deque[str]] = {}
    for name, part in parts:
        waiting.setdefault(name, deque()).append(part)
    result: Parts = []
    for name in order:
        queue = waiting.get(name)
        if queue:
            result.append((name, queue.popleft()))
    for name, queue in waiting.items():
        if queue:
            place = _place_for(result, name, rank_of)
            result[place:place] = [(name, part) for part in queue]
    return result


@lru_cache(maxsize=REMEMBERED_ORDERS)
def _sorted(owner: type[Element], order: tuple[str, ...]) -> tuple[list[str], list[int]]:
    """Returns the names in the schema's order, and the place of each child of the document among them."""
    rank_of = _ranks(owner)
    children = sorted(range(len(order)), key=lambda child: rank_of[order[child]])
    places = sorted(range(len(order)), key=children.__getitem__)
    return [order[child] for child in children], places


def _place_for(parts: Parts, name: str, rank_of: Mapping[str, int]) -> int:
    for index in range(len(parts) - 1, -1, -1):
        if parts[index][0] == name:
            return index + 1
    return next((index for index, (other, _) in enumerate(parts) if rank_of[other] > rank_of[name]), len(parts))
