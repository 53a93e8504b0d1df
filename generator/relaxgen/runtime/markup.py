"""What all modules know of XML and of where documents come from: depth, names, characters, open content, sources."""

from __future__ import annotations

import copy
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import copy_context
from functools import cache
from importlib import import_module
from threading import Thread
from typing import Any, SupportsIndex, TypeVar

# Objects inside of objects, without recursion: what can be parsed can be compared, shown, copied and pickled.
#
# Documents are up to 256 elements deep, and a program may be deep in calls of its own. Python stops at 1,000 calls, and
# its `copy` and `pickle` need up to nine for each level. So these functions keep stacks of their own. A class that
# overrides one of the methods is asked for its own result.


DEEPEST = 256
"""Levels of elements that a document can have."""

DEEPEST_USUAL = 24
"""Levels that `pickle` can go down by itself, so that objects which share a part do so afterwards."""


T = TypeVar("T")


def with_room(work: Callable[..., T], *arguments: Any) -> T:
    """The result of `work`, which may be done twice: where the calls of the program leave too few of those that Python
    allows, it is done on the stack of a thread of its own.

    Raises:
        RecursionError: that is too small, too.
    """
    try:
        return work(*arguments)
    except RecursionError:
        outcome: list[T | BaseException] = []

        def run() -> None:
            try:
                outcome.append(work(*arguments))
            except BaseException as error:  # raised in the thread that waits
                outcome.append(error)

        thread = Thread(target=copy_context().run, args=(run,))
        thread.start()
        thread.join()
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    return outcome[0]


class Nesting:
    """The base of objects that hold others of the kind, alone or in lists."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]  # objects are mutable

    def _held(self) -> Iterable[object]:
        """The values that may be such objects, or lists of them."""
        raise NotImplementedError

    def _compared(self, other: object) -> Iterable[tuple[object, object]] | None:
        """The pairs that have to be equal; None where `other` is of another kind."""
        raise NotImplementedError

    def _shown(self) -> Iterable[tuple[str, object]]:
        """What `repr` shows: the text before each value, and the value."""
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        if self._compared(other) is None:
            return NotImplemented
        return _are_equal(self, other)

    def __repr__(self) -> str:
        return "".join(_texts(self))

    def __copy__(self) -> Any:
        return _filled(object.__new__(type(self)), _state(self))

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        parts = [one for one in nested(self) if id(one) not in memo]
        for one in parts:
            memo[id(one)] = object.__new__(type(one))
        for one in parts:  # what they hold is in `memo`
            _filled(memo[id(one)], {name: copy.deepcopy(value, memo) for name, value in _state(one).items()})
        return memo[id(self)]

    def __reduce_ex__(self, protocol: SupportsIndex) -> str | tuple[Any, ...]:
        """Protocols 0 and 1 know nothing of slots; what protocol 2 does they can carry. Of what is deep, a table."""
        if not _is_deep(self):
            return super().__reduce_ex__(max(2, protocol.__index__()))
        parts = nested(self)
        places = {id(one): Place(place) for place, one in enumerate(parts)}
        table = [(type(one), _replaced(_state(one), lambda held: places.get(id(held), held))) for one in parts]
        return from_table, (table,)


_equality: Any = Nesting.__eq__
# pytest lists the fields that differ where `__eq__` was made as `dataclasses` makes it.
_equality.__code__ = _equality.__code__.replace(co_filename="<string>")


class Place(int):
    """Stands for an object of a table."""

    __slots__ = ()


def from_table(table: list[tuple[type, dict[str, Any]]]) -> Any:
    """The first object of a table."""
    made: list[Any] = [object.__new__(kind) for kind, _ in table]
    for one, (_, state) in zip(made, table, strict=True):
        _filled(one, _replaced(state, lambda held: made[held] if type(held) is Place else held))
    return made[0]


def _replaced(state: dict[str, Any], change: Callable[[Any], Any]) -> dict[str, Any]:
    """What an object has, with every value and every item of a list changed."""
    return {
        name: [change(item) for item in value] if type(value) is list else change(value)
        for name, value in state.items()
    }


def nested(root: Nesting) -> list[Nesting]:
    """The object and all that are in it, each once, before what it holds."""
    found: dict[int, Nesting] = {}
    waiting = [root]
    while waiting:
        one = waiting.pop()
        if id(one) not in found:
            found[id(one)] = one
            waiting += reversed(inner(one))
    return list(found.values())


def inside_out(root: Nesting) -> list[Nesting]:
    """The object and all that are in it, each once, behind what it holds.

    Raises:
        ValueError: an object contains itself.
    """
    found: dict[int, Nesting] = {}
    for one, is_end in walked(root, lambda one: [] if id(one) in found else inner(one)):
        if is_end:
            found.setdefault(id(one), one)
    return list(found.values())


def walked(root: T, parts: Callable[[T], Sequence[T]]) -> Iterator[tuple[T, bool]]:
    """Each object that `parts` leads to, twice: before what it holds, and, with True, behind that.

    Raises:
        ValueError: an object contains itself.
    """
    inside: set[int] = set()
    waiting = [(root, False)]
    while waiting:
        one, is_end = waiting.pop()
        if is_end:
            inside.discard(id(one))
        elif id(one) in inside:
            raise ValueError(f"the {type(one).__name__} contains itself")
        else:
            inside.add(id(one))
            waiting.append((one, True))
        yield one, is_end
        if not is_end:
            waiting += [(part, False) for part in reversed(parts(one))]


def texts_in(root: Any, parts: Callable[[Any], Sequence[Any]]) -> str:
    """All texts that `parts` leads to, joined. Raises as `walked`."""
    visited = walked(root, lambda one: [] if isinstance(one, str) else parts(one))
    return "".join(one for one, is_end in visited if isinstance(one, str) and not is_end)


def inner(one: Nesting) -> list[Nesting]:
    values = (item for value in one._held() for item in (value if type(value) is list else (value,)))
    return [value for value in values if isinstance(value, Nesting)]


def _is_deep(root: Nesting) -> bool:
    level = [root]
    for _ in range(DEEPEST_USUAL):
        level = [part for one in level for part in inner(one)]
        if not level:
            return False
    return True


@cache
def _slots_of(kind: type) -> tuple[str, ...]:
    slots = (name for one in kind.__mro__ for name in one.__dict__.get("__slots__", ()))
    return tuple(name for name in slots if name != "__weakref__")


def _state(one: Any) -> dict[str, Any]:
    """All that the object has: slots, and what a class of a user's adds."""
    kind: type = type(one)
    state = {name: getattr(one, name) for name in _slots_of(kind) if hasattr(one, name)}
    return state | getattr(one, "__dict__", {})


def _filled(one: Any, state: dict[str, Any]) -> Any:
    for name, value in state.items():
        setattr(one, name, value)
    return one


def _are_equal(left: object, right: object) -> bool:
    """Two objects that hold themselves are equal if nothing else differs."""
    waiting, seen = [(left, right)], set[tuple[int, int]]()
    while waiting:
        one, other = waiting.pop()
        if isinstance(one, Nesting) and type(one).__eq__ is Nesting.__eq__:
            if (id(one), id(other)) in seen:
                continue
            seen.add((id(one), id(other)))
            pairs = one._compared(other)
            if pairs is None:
                return False
            waiting += pairs
        elif type(one) is list and type(other) is list:
            if len(one) != len(other):
                return False
            waiting += [pair for pair in zip(one, other, strict=True) if pair[0] is not pair[1]]
        elif one != other:
            return False
    return True


def _texts(root: Nesting) -> Iterator[str]:
    stack, around = [_pieces(root)], [id(root)]
    while stack:
        piece = next(stack[-1], None)
        if piece is None:
            stack.pop()
            around.pop()
        elif isinstance(piece, str):
            yield piece
        elif id(piece[0]) in around:
            yield "..."
        elif type(piece[0]) is list or (isinstance(piece[0], Nesting) and type(piece[0]).__repr__ is Nesting.__repr__):
            stack.append(_pieces(piece[0]))
            around.append(id(piece[0]))
        else:
            yield repr(piece[0])


def _pieces(value: Any) -> Iterator[str | tuple[object]]:
    """Texts, and values that others replace."""
    if isinstance(value, Nesting):
        yield f"{type(value).__name__}("
        items = value._shown()
    else:
        yield "["
        items = (("", one) for one in value)
    for index, (label, one) in enumerate(items):
        yield f"{', ' if index else ''}{label}"
        yield (one,)
    yield ")" if isinstance(value, Nesting) else "]"


# The names of datatype libraries. Apart from `datatypes`, so that a name costs no import of the types.

BUILT_IN = ""
XML_SCHEMA = "http://www.w3.org/2001/XMLSchema-datatypes"

QUALIFIED_NAMES = ("QName", "NOTATION")
"""XML Schema's types of names that can have a prefix."""
DTD_COMPATIBILITY = "http://relaxng.org/ns/compatibility/datatypes/1.0"


# The native engine, where it is installed: the distribution ``relaxgen-engine``. Nothing needs it.

TABLE_VERSION = 11
"""Of what Python code and the engine say to each other; an engine of another version is not used."""


@cache
def engine() -> Any:
    """The engine's module; None where it is not installed, of another version, or turned off by
    ``RELAXGEN_ENGINE=off``."""
    if os.environ.get("RELAXGEN_ENGINE", "").lower() == "off":
        return None
    try:
        module = import_module("relaxgen_engine")
    except ImportError:
        return None
    return module if module.TABLE_VERSION == TABLE_VERSION else None


# Names of XML: ``{uri}local`` in a namespace, ``local`` in none.

XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"
DECLARATIONS_NAMESPACE = "http://www.w3.org/2000/xmlns/"

SEPARATOR = "\x1f"
"""Between namespace and local name in the names that expat reports: a character that XML does not allow, not even as a
reference, so that no URI holds it."""

BLANKS = " \t\r\n"
"""White space of XML."""

TEXT_NAME = "<text>"
"""What messages call a document without a name."""


def split_name(name: str) -> tuple[str, str]:
    """The namespace and the local name."""
    if name[:1] == "{":
        namespace, _, local = name[1:].rpartition("}")
        return namespace, local
    return "", name


def local_name(name: str) -> str:
    return name.rpartition("}")[2]


def declaration_name(prefix: str | None) -> str:
    """The name of the attribute that declares a prefix, or the default namespace."""
    return f"xmlns:{prefix}" if prefix else "xmlns"


# Characters that XML has a meaning for, those that it cannot carry, and names.

_special_in_attribute = re.compile("[&<>'\x00-\x1f]").search
_special_in_text = re.compile("[&<>\x00-\x08\x0b-\x1f]").search
_ATTRIBUTE_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&apos;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)
_TEXT_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_NAME_START = (
    "A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME = f"[{_NAME_START}][-.0-9\xb7\u0300-\u036f\u203f\u2040{_NAME_START}]*"
"""As in the fifth edition of XML, without the colon."""


def attribute_text(text: str) -> str:
    """The text between the quotes of an attribute.

    Raises:
        ValueError: a character that XML cannot carry.
    """
    if text.isalnum() or (text.isascii() and _special_in_attribute(text) is None):
        return text
    _refuse_forbidden(text)
    return text.translate(_ATTRIBUTE_ESCAPES)


def escape_text(text: str) -> str:
    """Text between tags; raises what `attribute_text` does."""
    if text.isalnum() or (text.isascii() and _special_in_text(text) is None):
        return text
    _refuse_forbidden(text)
    return text.translate(_TEXT_ESCAPES)


@cache
def forbidden_characters() -> re.Pattern[str]:
    """One that XML does not allow. Compiled when it is needed: this takes as long as importing several modules."""
    return re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def _refuse_forbidden(text: str) -> None:
    found = forbidden_characters().search(text)
    if found is not None:
        raise ValueError(f"character U+{ord(found.group()):04X} at {found.start()} is not allowed in XML")


def checked_name(name: str) -> str:
    """A name without prefix, as a tag or an attribute may have it.

    Raises:
        ValueError: it is none; written, it would be something else.
    """
    if (name.isascii() and name.isidentifier()) or re.fullmatch(_NAME, name):
        return name
    raise ValueError(f"{name!r} is not a name of XML")


# Which names open content may have: name classes (specification section 3) as generated packages write them.


class Names:
    """``"*"`` is any name, ``"{uri}*"`` any of a namespace, ``"{}*"`` any in none; others are single names. Names
    in ``but`` are left out. ``names | others`` has the names of both."""

    __slots__ = ("_alternatives",)

    def __init__(self, *names: str, but: Names | None = None) -> None:
        self._alternatives: tuple[tuple[frozenset[str], Names | None], ...] = ((frozenset(names), but),)

    def __or__(self, others: Names) -> Names:
        union = Names()
        union._alternatives = self._alternatives + others._alternatives
        return union

    def __contains__(self, name: str) -> bool:
        like = {"*", name, f"{name[: name.rfind('}') + 1] or '{}'}*"}
        return any(not names.isdisjoint(like) and (but is None or name not in but) for names, but in self._alternatives)


ANY_NAME = Names("*")
NO_NAME = Names()


# lxml, and the one way in which its parsers are set up: nothing outside of a document is loaded.
#
# lxml ships no annotations. Stubs exist as a separate distribution, which a user of a generated package may have
# installed or not; imported by name, the same line is an error for a type checker in one of the two cases. Imported
# this way it is `Any` in both.

etree: Any = import_module("lxml.etree")

OPTIONS = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
    # libxml2 would call a document malformed that has an xml:id twice; that is for the schema to judge.
    "collect_ids": False,
}


def make_parser(**options: Any) -> Any:
    """A parser for a whole document."""
    return bounded(etree.XMLParser(**{**OPTIONS, **options}))


def bounded(parser: Any) -> Any:
    """The parser, for which everything outside of the document is empty: libxml2 reads the external subset of a parser
    that collects no IDs, whatever `load_dtd` says."""
    parser.resolvers.add(_Nothing())
    return parser


def _resolve_to_nothing(resolver: Any, _url: str | None, _public_id: str | None, context: Any) -> Any:
    return resolver.resolve_string("", context)


# Made by a call, since a class statement cannot have a base that type checkers know nothing of.
_Nothing: Any = type("_Nothing", (etree.Resolver,), {"resolve": _resolve_to_nothing})


# XML that no class describes, kept whole.


class AnyElement(Nesting):
    """An element of any name, with its whole content.

    ``name`` and the names of ``attributes`` are ``{uri}local``, or ``local`` without a namespace. ``content`` has
    elements and texts in their order. ``prefixes`` are the namespace declarations on this element.
    """

    __slots__ = ("_written", "attributes", "content", "name", "prefixes")
    __match_args__ = ("name", "attributes", "content")

    name: str
    attributes: dict[str, str]
    content: list[AnyElement | str]
    prefixes: dict[str | None, str]
    _written: Mapping[str, str | None]
    """Prefixes where a namespace has several: those of attributes by their names, the element's own by an empty name.
    Most elements have nothing of the kind, and not even an empty one."""

    def __init__(
        self,
        name: str,
        attributes: Mapping[str, str] | None = None,
        content: Iterable[AnyElement | str] = (),
        prefixes: Mapping[str | None, str] | None = None,
    ) -> None:
        self.name = name
        self.attributes = dict(attributes or {})
        self.content = list(content)
        self.prefixes = dict(prefixes or {})

    def _held(self) -> Iterable[object]:
        return self.content

    def _compared(self, other: object) -> Iterable[tuple[object, object]] | None:
        """Prefixes do not count: names are compared by namespace."""
        if not isinstance(other, AnyElement):
            return None
        return (self.name, other.name), (self.attributes, other.attributes), (self.content, other.content)

    def _shown(self) -> Iterator[tuple[str, object]]:
        yield "", self.name
        if self.attributes:
            yield "attributes=", self.attributes
        if self.content:
            yield "content=", self.content

    @property
    def text(self) -> str:
        """All text inside, at any depth.

        Raises:
            ValueError: an element contains itself.
        """
        return texts_in(self, lambda one: one.content)

    def elements(self, name: str | None = None) -> list[AnyElement]:
        """Returns the child elements, or only those with one name."""
        return [part for part in self.content if not isinstance(part, str) and name in (None, part.name)]


def declared_on(node: Any) -> dict[str | None, str]:
    """Returns the namespace declarations on an lxml element itself."""
    above = node.getparent()
    inherited: dict[str | None, str] = above.nsmap if above is not None else {}
    return {prefix: uri for prefix, uri in node.nsmap.items() if inherited.get(prefix) != uri}


_MANY_ATTRIBUTES = 100
_SHORTEST_ATTRIBUTE = 5
"""So many bytes an attribute has at least, with the blank before it."""


def attributes_of(node: Any) -> Iterable[tuple[str, str]]:
    """Returns the attributes. lxml's ``items`` searches each value from the first attribute on, so many are read by
    XPath."""
    if len(node.attrib) < _MANY_ATTRIBUTES:
        items: list[tuple[str, str]] = node.items()
        return items
    return zip(node.keys(), map(str, node.xpath("@*", smart_strings=False)), strict=True)


def may_have_many_attributes(document: bytes) -> bool:
    """Whether some element may have more attributes than `items` of lxml is good for: the document has ASCII's bytes,
    and no tag holds ``<``."""
    length, start, end = _MANY_ATTRIBUTES * _SHORTEST_ATTRIBUTE, 0, len(document)
    while start + length <= end:
        found = document.rfind(b"<", start, start + length)
        if found < 0:
            return True
        start = found + 1
    return False


def any_element(node: Any) -> AnyElement:
    """An lxml element with all its content, comments and processing instructions left out."""
    element = AnyElement(node.tag, dict(attributes_of(node)), (), declared_on(node))
    append_text(element.content, node.text)
    for child in node:
        if isinstance(child.tag, str):
            element.content.append(any_element(child))
        append_text(element.content, child.tail)
    return element


def append_text(content: list[Any], text: str | None) -> None:
    """Appends a text, if there is any, to content; two texts in turn become one."""
    if text and content and isinstance(content[-1], str):
        content[-1] += text
    elif text:
        content.append(text)
