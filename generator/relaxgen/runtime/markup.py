"""Names, characters and open content of XML, and how lxml's parsers are set up."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from .nesting import Nesting, walked

# Names of XML: ``{uri}local`` in a namespace, ``local`` in none.

XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"
DECLARATIONS_NAMESPACE = "http://www.w3.org/2000/xmlns/"

SEPARATOR = "\x1f"
"""Between namespace and local name in the names that expat reports: a character that XML does not allow, not even as a
reference, so that no URI holds it."""

BLANKS = " \t\r\n"
"""White space of XML."""


def split_name(name: str) -> tuple[str, str]:
    """The namespace and the local name."""
    if name[:1] == "{":
        namespace, _, local = name[1:].rpartition("}")
        return namespace, local
    return "", name


def local_name(name: str) -> str:
    return name.rpartition("}")[2]


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
        raise ValueError(f"character U+{ord(found.group()):04X} at {found.start()} cannot stand in XML")


def checked_name(name: str) -> str:
    """A name without prefix, as a tag or an attribute may have it.

    Raises:
        ValueError: it is none; written, it would be something else.
    """
    if (name.isascii() and name.isidentifier()) or re.fullmatch(_NAME, name):
        return name
    raise ValueError(f"{name!r} is no name of XML")


# Which names open content may have: name classes (specification section 3) as generated packages write them.


class Names:
    """``"*"`` is any name, ``"{uri}*"`` any of a namespace, ``"{}*"`` any in none; others stand for themselves. What
    ``but`` has is left out. ``names | others`` has what either of them has."""

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

etree: Any = importlib.import_module("lxml.etree")

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
    """An element with everything in it.

    ``name`` and the names of ``attributes`` are ``{uri}local``, or ``local`` in no namespace. ``content`` holds
    elements and texts in their order. ``prefixes`` are the namespace declarations that stand on this element.
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

        def inner(part: AnyElement | str) -> list[AnyElement | str]:
            return [] if isinstance(part, str) else part.content

        parts: Iterator[tuple[AnyElement | str, bool]] = walked(self, inner)
        return "".join(part for part, is_end in parts if isinstance(part, str) and not is_end)

    def elements(self, name: str | None = None) -> list[AnyElement]:
        """The child elements, or those of one name."""
        return [part for part in self.content if not isinstance(part, str) and name in (None, part.name)]


def declared_on(node: Any) -> dict[str | None, str]:
    """The namespace declarations that stand on an lxml element itself."""
    above = node.getparent()
    inherited: dict[str | None, str] = above.nsmap if above is not None else {}
    return {prefix: uri for prefix, uri in node.nsmap.items() if inherited.get(prefix) != uri}


_MANY_ATTRIBUTES = 100
_SHORTEST_ATTRIBUTE = 5
"""So many bytes an attribute has at least, with the blank before it."""


def attributes_of(node: Any) -> Iterable[tuple[str, str]]:
    """The attributes. lxml's ``items`` looks up each value from the first attribute on, so of many XPath is asked."""
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
    _append_text(element.content, node.text)
    for child in node:
        if isinstance(child.tag, str):
            element.content.append(any_element(child))
        _append_text(element.content, child.tail)
    return element


def _append_text(content: list[AnyElement | str], text: str | None) -> None:
    if not text:
        return
    if content and isinstance(content[-1], str):
        content[-1] += text
    else:
        content.append(text)
