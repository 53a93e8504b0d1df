"""Schema files as small trees that know their places: what the reader works on.

Bytes of XML come in, an `XmlDocument` goes out, or `UnreadableDocument` with the place. Namespaces are resolved,
processing instructions are gone. What the elements mean is for `grammar_reader` to say. The compact syntax gives the
same tree (`compact.parser`), in which an element of RELAX NG's XML syntax represents each construct.

A tree that is written again, by `convert` and `format`, is read with its `Layout`: comments, blank lines, prefixes.

Nothing outside the bytes is ever loaded. A DOCTYPE may declare internal entities, whose expansion is bounded; any other
declaration is refused. The parser keeps its own stack: depth costs memory, never recursion.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from inspect import cleandoc
from types import MappingProxyType
from typing import NoReturn
from xml.parsers import expat

from ..runtime.events import Unreadable, in_utf8, known_encoding
from ..runtime.faults import Place, Positions
from ..runtime.markup import XML_NAMESPACE
from .name_class import QName

BLANKS = " \t\r\n"
"""White space of XML; `str.strip` without argument takes more."""

MAXIMUM_BYTES = 32 * 1024 * 1024

MAXIMUM_ENTITY = 64 * 1024
"""Characters that an entity may expand to."""

MAXIMUM_EXPANDED_ELEMENTS = 500_000
"""Elements of a file that declares entities."""

_ENTITY_DEPTH = 20
_ENTITY_REFERENCE = re.compile(r"&([^#;&][^;&]*);")

# A character that XML does not allow, not even as a reference, so that it occurs in no name and no namespace.
_SEPARATOR = "\x1f"
_EBCDIC = "<?xml".encode("cp037")
_BYTE_ORDER_MARKS = (BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE)


class UnreadableDocument(Exception):
    """The bytes are no XML, or XML that we refuse. ``line`` is 0 where there is no place."""

    def __init__(self, line: int, column: int, message: str) -> None:
        super().__init__(line, column, message)
        self.line = line
        self.column = column
        self.message = message


@dataclass(slots=True, eq=False)
class XmlElement:
    """``attributes`` are those in no namespace, ``foreign`` those in one; ``written`` has all in the order written.
    ``text`` is the element's own character data in one string. ``namespaces`` are the prefixes in scope."""

    namespace: str
    local: str
    line: int
    column: int
    ordinal: int
    namespaces: Mapping[str | None, str]
    attributes: dict[str, str] = field(default_factory=dict)
    foreign: dict[QName, str] = field(default_factory=dict)
    written: list[str | QName] = field(default_factory=list)
    children: list[XmlElement] = field(default_factory=list)
    text: str = ""
    layout: Layout | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """``index`` is the number of children of the element around that come before it. A processing instruction or a
    DOCTYPE is kept like a comment, in ``markup``."""

    lines: tuple[str, ...]
    line: int
    end_line: int
    index: int = 0
    markup: str = ""


@dataclass(slots=True, eq=False)
class Layout:
    """The parts of an element's text that do not change its meaning.

    ``line`` is the one that the element begins on, annotations before it included. ``chunks`` are the texts between
    the children: one before each, and one after the last. ``declared`` are the prefixes that the element itself
    declares, ``pieces`` the literals that its text was joined from.
    """

    line: int
    end_line: int
    prefix: str = ""
    attribute_prefixes: dict[QName, str] = field(default_factory=dict)
    declared: dict[str, str] = field(default_factory=dict)
    comments: list[Comment] = field(default_factory=list)
    chunks: list[str] = field(default_factory=list)
    pieces: tuple[str, ...] = ()

    def comments_at(self, index: int) -> list[Comment]:
        """The comments directly before a child, or behind the last one."""
        return [comment for comment in self.comments if comment.index == index]


def elements_from(root: XmlElement) -> Iterator[XmlElement]:
    """The element and all inside it, in order."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        yield element
        waiting.extend(reversed(element.children))


def layout_of(element: XmlElement) -> Layout:
    assert element.layout is not None  # what is written has been read with it, from the start of each element
    return element.layout


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declaration of the compact syntax: ``namespace``, ``default namespace`` or ``datatypes``. A ``uri`` of None
    is ``inherit``."""

    keyword: str
    prefix: str
    uri: str | None
    line: int
    end_line: int


class XmlDocument:
    """One file: its root element, the number of its elements, and the places of their parts. ``prefixes`` maps
    namespaces to the first prefix declared for each. ``before`` and ``after`` are the comments around the root,
    and among the former, in the compact syntax, the declarations; both are there only with the layout."""

    is_compact = False
    errors: Sequence[tuple[Place, str]] = ()
    """Mistakes in the text of a document that could still be read."""

    def __init__(self, data: bytes, root: XmlElement, count: int, prefixes: Mapping[str, str]) -> None:
        self._data = data
        self.root = root
        self.count = count
        self.prefixes = prefixes
        self.before: list[Comment | Declaration] = []
        self.after: list[Comment] = []

    @property
    def has_declarations(self) -> bool:
        return any(isinstance(one, Declaration) for one in self.before)

    @cached_property
    def _positions(self) -> Positions:
        return Positions(self._data)

    def attribute_place(self, element: XmlElement, name: str | QName) -> Place:
        if name not in element.written:
            return self._positions.element(element.ordinal)
        return self._positions.attribute(element.ordinal, element.written.index(name))

    def text_place(self, element: XmlElement) -> Place:
        return self._positions.text(element.ordinal)

    def annotation_places(self, element: XmlElement) -> Mapping[QName, Place]:
        """The places of foreign attributes that are not at the element itself."""
        return {}


def parse_document(data: bytes, *, keep_layout: bool = False) -> XmlDocument:
    """Raises:
    UnreadableDocument: for bytes that are not well-formed XML, declare something in a DOCTYPE, or are too many.
    """
    if len(data) > MAXIMUM_BYTES:
        raise UnreadableDocument(0, 0, f"the file is larger than {MAXIMUM_BYTES // 1024 // 1024} MiB")
    if not data.strip():
        raise UnreadableDocument(1, 1, "the file is empty")
    return _LayoutParser(data).parse() if keep_layout else _Parser(data).parse()


def starts_as_xml(data: bytes) -> bool:
    """Whether the first character, in any encoding that can be told from it, is ``<``: no schema in the compact syntax
    begins with one."""
    for mark in _BYTE_ORDER_MARKS:
        data = data.removeprefix(mark)
    return data.lstrip(b"\0 \t\r\n")[:1] == b"<" or data.startswith(_EBCDIC)


def _for_expat(data: bytes) -> tuple[bytes, str | None]:
    """Returns the encoding for expat, and the data; data in an encoding that expat does not know is decoded.

    Raises:
        UnreadableDocument: the encoding is unknown, or the file is not in it.
    """
    try:
        for_expat, encoding = known_encoding(data)
        return (data if encoding is None else in_utf8(data)), for_expat
    except Unreadable as unreadable:
        raise UnreadableDocument(unreadable.line, unreadable.column, unreadable.message) from None


class _Parser:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._open: list[XmlElement] = []
        self._chunks: list[list[str]] = []
        self._namespaces: list[Mapping[str | None, str]] = [MappingProxyType({"xml": XML_NAMESPACE})]
        self._declared: dict[str | None, str] = {}
        self._prefixes: dict[str, str] = {}
        self._root: XmlElement | None = None
        self._count = 0
        self._entities: dict[str, str] = {}
        self._expanded = 0
        self._given, self._encoding = _for_expat(data)
        # expat counts the mark as a column.
        self._mark = 1 if self._given.startswith(_BYTE_ORDER_MARKS) else 0
        self._parser = self._create()

    def _create(self) -> expat.XMLParserType:
        parser = expat.ParserCreate(self._encoding, _SEPARATOR)
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.StartNamespaceDeclHandler = self._declare
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.SkippedEntityHandler = self._skipped
        parser.EntityDeclHandler = self._entity
        parser.EndDoctypeDeclHandler = self._check_entities
        parser.ElementDeclHandler = self._declaration
        parser.AttlistDeclHandler = self._declaration
        parser.NotationDeclHandler = self._declaration
        return parser

    def parse(self) -> XmlDocument:
        try:
            self._parser.Parse(self._given, True)
        except expat.ExpatError as error:
            message = expat.ErrorString(error.code) or "not well-formed"
            raise UnreadableDocument(*self._place(error.lineno, error.offset), self._explained(message)) from None
        assert self._root is not None  # expat refuses a document without an element
        return XmlDocument(self._data, self._root, self._count, self._prefixes)

    def _place(self, line: int, offset: int) -> tuple[int, int]:
        return line, offset + 1 - (self._mark if line == 1 else 0)

    def _explained(self, message: str) -> str:
        if self._open and message in ("mismatched tag", "no element found"):
            innermost = self._open[-1]
            opened = f"<{innermost.local}> of line {innermost.line} is not closed"
            message = f"{message}: {opened}" if message == "mismatched tag" else opened
        return f"not well-formed XML: {message}"

    def _declare(self, prefix: str | None, uri: str | None) -> None:
        self._declared[prefix] = uri or ""
        if prefix is not None and uri:
            self._prefixes.setdefault(uri, prefix)

    def _start(self, name: str, attributes: list[str]) -> None:
        if self._declared:
            scope = {**self._namespaces[-1], **self._declared}
            self._namespaces.append({prefix: uri for prefix, uri in scope.items() if uri})
            self._declared = {}
        else:
            self._namespaces.append(self._namespaces[-1])
        namespace, _, local = name.rpartition(_SEPARATOR)
        line, column = self._place(self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber)
        element = XmlElement(namespace, local, line, column, self._count, self._namespaces[-1])
        if attributes:
            _add_attributes(element, attributes)
        if self._entities:
            self._count_expanded(sum(map(len, attributes)))
        self._count += 1
        if self._open:
            self._open[-1].children.append(element)
        else:
            self._root = element
        self._open.append(element)
        self._chunks.append([])

    def _end(self, _name: str) -> None:
        element, chunks = self._open.pop(), self._chunks.pop()
        element.text = "".join(chunks)
        self._namespaces.pop()

    def _text(self, text: str) -> None:
        if self._entities:
            self._count_expanded(len(text))
        self._chunks[-1].append(text)

    def _count_expanded(self, characters: int) -> None:
        self._expanded += characters
        if self._expanded > MAXIMUM_BYTES or self._count > MAXIMUM_EXPANDED_ELEMENTS:
            self._refuse("the entities of this file expand to too much")

    def _skipped(self, name: str, is_parameter_entity: int) -> None:
        if not is_parameter_entity:
            self._refuse(f"entity '{name}' is not declared in this file; entities are not supported")

    def _entity(self, name: str, is_parameter_entity: int, value: str | None, /, *_external: object) -> None:
        if is_parameter_entity or value is None:
            self._declaration()
        else:
            self._entities.setdefault(name, value)  # the first declaration counts

    def _check_entities(self) -> None:
        lengths: dict[str, int] = {}
        for name in self._entities:
            self._expanded_length(name, lengths, ())

    def _expanded_length(self, name: str, lengths: dict[str, int], around: tuple[str, ...]) -> int:
        """Found from the declarations alone, before anything is expanded."""
        if name not in self._entities:
            return 0  # predefined, or refused where it is used
        if name in around or len(around) > _ENTITY_DEPTH:
            self._refuse(f"entity '{name}' refers to itself, or is nested too deeply")
        if name not in lengths:
            value = self._entities[name]
            inner = (self._expanded_length(one, lengths, (*around, name)) for one in _ENTITY_REFERENCE.findall(value))
            lengths[name] = len(value) + sum(inner)
            if lengths[name] > MAXIMUM_ENTITY:
                self._refuse(f"entity '{name}' expands to more than {MAXIMUM_ENTITY:,} characters")
        return lengths[name]

    def _declaration(self, *_declaration: object) -> None:
        self._refuse("the DOCTYPE declares something else than internal entities")

    def _refuse(self, message: str) -> NoReturn:
        place = self._place(self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber)
        raise UnreadableDocument(*place, message)


class _LayoutParser(_Parser):
    """Keeps what the meaning of a schema does not depend on. Entities could not be written again, and are refused."""

    def _entity(self, *_declaration: object) -> None:
        self._refuse("the DOCTYPE declares an entity, which would be lost when the schema is written again")

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._before: list[Comment | Declaration] = []
        self._after: list[Comment] = []

    def _create(self) -> expat.XMLParserType:
        parser = super()._create()
        parser.namespace_prefixes = True
        parser.CommentHandler = self._comment
        parser.ProcessingInstructionHandler = self._instruction
        parser.StartDoctypeDeclHandler = self._doctype
        return parser

    def _start(self, name: str, attributes: list[str]) -> None:
        declared = {prefix or "": uri for prefix, uri in self._declared.items()}
        if self._open:
            self._end_chunk(self._open[-1])
        name, prefix = _without_prefix(name)
        names = [_without_prefix(attribute) for attribute in attributes[::2]]
        plain = [part for (one, _), value in zip(names, attributes[1::2], strict=True) for part in (one, value)]
        super()._start(name, plain)
        element = self._open[-1]
        prefixes = {_qualified(one): one_prefix for one, one_prefix in names if one_prefix}
        element.layout = Layout(element.line, element.line, prefix, prefixes, declared)

    def _end(self, name: str) -> None:
        element = self._open[-1]
        self._end_chunk(element)
        super()._end(name)
        layout = layout_of(element)
        element.text = "".join(layout.chunks)
        layout.end_line = self._parser.CurrentLineNumber

    def _end_chunk(self, element: XmlElement) -> None:
        layout_of(element).chunks.append("".join(self._chunks[-1]))
        self._chunks[-1].clear()

    def _comment(self, text: str) -> None:
        self._keep(comment_lines(text), text.count("\n"))

    def _instruction(self, target: str, data: str) -> None:
        markup = f"<?{target} {data}?>" if data else f"<?{target}?>"
        self._keep((markup,), markup.count("\n"), markup)

    def _doctype(self, name: str, system: str | None, public: str | None, _has_subset: bool) -> None:
        identifier = f'PUBLIC "{public}" "{system}"' if public else f'SYSTEM "{system}"' if system else ""
        markup = f"<!DOCTYPE {name} {identifier}".rstrip() + ">"
        self._keep((markup,), 0, markup)

    def _keep(self, lines: tuple[str, ...], more_lines: int, markup: str = "") -> None:
        line = self._parser.CurrentLineNumber
        around = self._open[-1] if self._open else None
        comment = Comment(lines, line, line + more_lines, len(around.children) if around else 0, markup)
        if around is not None:
            layout_of(around).comments.append(comment)
        elif self._root is None:
            self._before.append(comment)
        else:
            self._after.append(comment)

    def parse(self) -> XmlDocument:
        document = super().parse()
        document.before, document.after = self._before, self._after
        return document


def comment_lines(text: str) -> tuple[str, ...]:
    """The text of a comment by lines, without what it is indented by.

    >>> comment_lines(" one\\n      two\\n        three ")
    ('one', 'two', '  three')
    """
    first, *others = (line.rstrip() for line in text.expandtabs().split("\n"))
    margin = min((len(line) - len(line.lstrip()) for line in others if line), default=0)
    lines = [first.strip(), *(line[margin:] for line in others)]
    while len(lines) > 1 and not lines[0]:
        del lines[0]
    while len(lines) > 1 and not lines[-1]:
        del lines[-1]
    return tuple(lines)


def documentation_text(text: str) -> str:
    """The text of documentation without what XML indents it by. A first line that is indented itself shows that the
    author means the spaces.

    >>> documentation_text("one\\n      two\\n        three"), documentation_text("\\n   one\\n   two\\n ")
    ('one\\ntwo\\n  three', 'one\\ntwo')
    """
    first = text.split("\n", 1)[0]
    return text.rstrip() if first.strip() and first[0].isspace() else cleandoc(text)


def _without_prefix(name: str) -> tuple[str, str]:
    """Separates the prefix from a name of expat's: ``uri local prefix`` with separators between."""
    parts = name.split(_SEPARATOR)
    return (name, "") if len(parts) < 3 else (_SEPARATOR.join(parts[:2]), parts[2])


def _qualified(name: str) -> QName:
    namespace, _, local = name.rpartition(_SEPARATOR)
    return QName(namespace, local)


def _add_attributes(element: XmlElement, flat: list[str]) -> None:
    for name, value in zip(flat[::2], flat[1::2], strict=True):
        namespace, _, local = name.rpartition(_SEPARATOR)
        if namespace:
            element.foreign[QName(namespace, local)] = value
            element.written.append(QName(namespace, local))
        else:
            element.attributes[local] = value
            element.written.append(local)
