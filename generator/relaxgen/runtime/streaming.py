"""Documents that `parse` cannot read: those with entities, and those that are larger than memory."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib import import_module
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, NoReturn, TypeVar
from xml.parsers import expat

from .converters import hint_at
from .documents import ParseOptions, is_enough, native_of, parse_options, read_root
from .element import Binding, Child, Content, Element, annotation_of, binding_of, classes_in, members_of
from .events import (
    CHUNK,
    Malformed,
    Reader,
    Scope,
    Unreadable,
    as_utf8,
    decoded,
    encoding_of,
    known_encoding,
)
from .events import Source as Bytes
from .faults import LONGEST_LINE, Fault, ParseError, as_unreadable, read_tag, refusal, unreadable
from .markup import OPTIONS, TEXT_NAME, attribute_text, bounded, declaration_name, etree
from .reader import Document, Source, UnknownContent, bytes_of

# Documents that declare entities, made into documents that do not.
#
# Parsing refuses whatever declares something: an entity can expand to more than fits into memory, or to a file. Who
# trusts a document has its entities expanded first, and parses the result. Only internal general entities are known
# here; nothing is loaded, parameter entities and default values of attributes are refused, and the result has a bound.


MOST_CHARACTERS = 10_000_000
MOST_TIMES = 100
"""So many characters the result may have, or so many times those of the document, whichever is more."""

_NAME = r"[^\s&;<>\"'/=!?#%][^\s&;<>\"'/=]*"
_TOKEN = re.compile(
    rf"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[.*?\]\]>|<(?:\"[^\"]*\"|'[^']*'|[^<>\"'])*>|&(?P<name>{_NAME});", re.DOTALL
)
_REFERENCE = re.compile(rf"&(?P<name>{_NAME});")
_DOCTYPE = b"<!DOCTYPE"
_PREDEFINED = frozenset({"lt", "gt", "amp", "apos", "quot"})


def expand_entities(source: Source) -> str:
    """Returns the document without its DOCTYPE, with each reference to an entity replaced by the entity's text.

    Lines keep their numbers, unless an entity contains line ends.

    Raises:
        ParseError: an entity is external, not declared, contains itself or is not well-formed; a parameter entity or a
            default value is declared; or the result would be too long.
        OSError: a path or file cannot be read.
        TypeError: the source has no text.
    """
    found = bytes_of(source)
    if found is None:
        raise TypeError(f"entities of {type(source).__qualname__} cannot be expanded: pass a str, bytes, path or file")
    data, name = found
    return _Expansion(data if isinstance(source, str) else as_utf8(data), name).text()


class _Declared(Exception):
    """The DOCTYPE ends, or there is none: everything is declared."""


class _Expansion:
    def __init__(self, data: bytes, name: str) -> None:
        self._data = data
        self._file = name
        self._values: dict[str, str] = {}
        self._external: set[str] = set()
        self._expanded: dict[str, str] = {}
        self._inside: list[str] = []
        self._doctype = (0, 0)
        self._place = 0
        """The number of characters between the declarations and the current reference."""
        self._left = max(MOST_CHARACTERS, MOST_TIMES * len(data))

    def text(self) -> str:
        self._read_declarations()
        start, end = self._doctype
        lines = b"\n" * self._data.count(b"\n", start, end)
        before = (self._data[:start] + lines).decode("utf-8", "replace")
        return before + _TOKEN.sub(self._token, self._data[end:].decode("utf-8", "replace"))

    # Declarations

    def _read_declarations(self) -> None:
        parser = expat.ParserCreate("utf-8")

        def begin(*_doctype: object) -> None:
            # expat is behind the name already.
            start = self._data.rfind(_DOCTYPE, 0, parser.CurrentByteIndex + len(_DOCTYPE))
            self._doctype = (start, start)

        def end() -> None:
            self._doctype = (self._doctype[0], self._data.index(b">", parser.CurrentByteIndex) + 1)
            raise _Declared

        def declare(name: str, is_parameter: bool, value: str | None, *_identifiers: object) -> None:
            if is_parameter:
                refuse("a parameter entity is refused")
            if value is None:
                self._external.add(name)
            else:
                self._values.setdefault(name, value)

        def declare_attribute(_element: str, _name: str, _type: str, default: str | None, _required: bool) -> None:
            if default is not None:
                refuse("a default value of an attribute is refused: write the attribute")

        def refuse(message: str) -> NoReturn:
            line, column = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
            raise self._refused(Unreadable("doctype", message, line, column))

        def stop(*_element: object) -> None:
            raise _Declared

        parser.StartDoctypeDeclHandler = begin
        parser.EndDoctypeDeclHandler = end
        parser.EntityDeclHandler = declare
        parser.AttlistDeclHandler = declare_attribute
        parser.StartElementHandler = stop
        try:
            parser.Parse(self._data, True)
        except _Declared:
            pass
        except expat.ExpatError as error:
            message = f"not well-formed XML: {expat.ErrorString(error.code)}"
            raise self._refused(Malformed("malformed", message, error.lineno, error.offset + 1)) from None

    # What is behind them

    def _token(self, token: re.Match[str]) -> str:
        if not self._inside:
            self._place = token.start()
        if token["name"] is not None:
            return self._content(token["name"])
        if token[0][1] in "!?/":
            return token[0]
        return _REFERENCE.sub(lambda reference: self._in_attribute(reference["name"]), token[0])

    def _in_attribute(self, name: str) -> str:
        text = self._value(name)
        if "<" in text:
            self._refuse(f"the entity {name!r} has a '<', which no attribute may have")
        return text.replace('"', "&quot;").replace("'", "&apos;")

    def _content(self, name: str) -> str:
        text = self._value(name)
        if "<" in text:
            try:
                expat.ParserCreate("utf-8").Parse(f"<a>{text}</a>".encode(), True)
            except expat.ExpatError:
                self._refuse(f"the entity {name!r} is not well-formed by itself")
        return text

    def _value(self, name: str) -> str:
        """The text of an entity, with no references but to what XML predefines."""
        if name in _PREDEFINED:
            return f"&{name};"
        if name in self._inside:
            self._refuse(f"the entity {name!r} contains itself")
        if name in self._external:
            self._refuse(f"the entity {name!r} is external, and is not loaded")
        if name not in self._values:
            self._refuse(f"the entity {name!r} is not declared in the document{hint_at(name, self._values)}")
        if name not in self._expanded:
            self._inside.append(name)
            self._expanded[name] = _TOKEN.sub(self._token, self._values[name])
            self._inside.pop()
        self._left -= len(self._expanded[name])
        if self._left < 0:
            self._refuse("entities expand to many times the size of the document", "limit")
        return self._expanded[name]

    def _refuse(self, message: str, code: str = "entity") -> NoReturn:
        """At the reference in the document that led here."""
        before = self._data[: self._doctype[1]].decode("utf-8", "replace")
        before += self._data[self._doctype[1] :].decode("utf-8", "replace")[: self._place]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise self._refused(Unreadable(code, message, line, column))

    def _refused(self, error: Unreadable) -> ParseError:
        return ParseError([unreadable(Bytes(self._file, lambda: BytesIO(self._data), is_text=True), error)])


# Reading the elements of one class out of a document that is larger than memory.
#
# The document is read in pieces; what has been read is thrown away. Elements of one name may belong to different
# classes (the ``<source>`` of a disk, of an interface, …): which class an element has is known from those of the
# elements around it. Where the document element is not one of the vocabulary's roots, a wrapper around many documents,
# roots are found inside it at any depth, and so are elements that have a name of the wanted class.

T = TypeVar("T")

_NUMBER = re.compile(r"\[\d+\]")

Classes = frozenset[type[Element]]
ANYTHING: Classes | None = None
"""The classes of elements in a wrapper: unknown."""


def iter_parse(package: str, source: Source, kind: type[T], options: ParseOptions) -> Iterator[T]:
    """Yields every element of class `kind`, in document order. An element inside another one of the class is not
    yielded.

    ``validate=True`` also checks each element by the exact grammar; the rest of the document is not checked.

    Raises:
        ParseError: the schema does not allow an element, or the document is not well-formed from here on.
        TypeError: `kind` is not a class of the package.
    """
    if not (isinstance(kind, type) and issubclass(kind, Element) and kind._tag):
        raise TypeError(f"{kind!r} is not a class of {package}")
    if kind.__module__.rpartition(".")[0] != package:
        raise TypeError(f"{kind.__module__}.{kind.__qualname__} is not a class of {package}")
    unknown, validate = parse_options(options)
    roots = import_module(f"{package}._schema").ROOTS
    starts = {tag: frozenset(members_of(f"{package}.{module}", name)) for tag, (module, name) in roots.items()}
    return _elements(source, starts, _Way(kind, binding_of(kind), unknown, validate))


class _Way(NamedTuple):
    """How an element is read."""

    kind: type[Element]
    binding: Binding
    unknown: UnknownContent
    validate: bool

    def object_of(self, document: Document) -> Any:
        node, package, found = document.root, self.binding.package, None
        native = native_of(package)
        # Where namespaces are declared, the text of an element alone declares them anew.
        if native is not None and not node.nsmap:
            text = etree.tostring(node, encoding="utf-8", with_tail=False)
            found = native.engine.parse(text, native.roots_of[self.kind])
            if found is not None and is_enough(found, text, package, self.unknown, self.validate):
                return found
        return read_root(document, self.binding, self.kind._entry, self.unknown, self.validate, found)


def _elements(source: Source, starts: Mapping[str, Classes], way: _Way) -> Iterator[Any]:
    with ExitStack() as stack:
        opened = _opened(source, stack)
        path = _Path(way.kind, starts)
        try:
            for event, node in _events(opened):
                if event == "start":
                    path.enter(node)
                    continue
                if path.leave():
                    yield _read(node, opened, way, path)
                if path.is_outside:
                    _forget(node)
        except (etree.XMLSyntaxError, Unreadable) as error:
            raise _refusal(opened, error) from None


def _refusal(opened: _Opened, error: Exception) -> ParseError:
    """Why the whole document cannot be read; in better words where it can be read again."""
    if opened.again() is None:
        why = as_unreadable(error)
        return ParseError([Fault(opened.name, why.line, why.column, "", why.code, why.message)])
    found = refusal(Bytes(opened.name, lambda: nullcontext(opened.again() or BytesIO()), opened.is_text), error)
    assert found is not None  # there is an error
    return found


def _events(opened: _Opened) -> Iterator[tuple[str, Any]]:
    """Does what lxml's `iterparse` does, but collects no IDs; events before an error come first.

    Raises:
        XMLSyntaxError: the document is not well-formed.
        Unreadable: it is not in its encoding, or `_DeclarationCheck` refuses it.
    """
    chunks, encoding = _chunks(opened)
    parser = bounded(etree.XMLPullParser(events=("start", "end"), encoding=encoding, **OPTIONS))
    head: list[bytes] | None = []
    check: _DeclarationCheck | None = None
    for chunk in filter(None, chunks):
        if head is not None:
            head.append(chunk)
        elif check is not None:
            check.feed(chunk)
        for event, node in _events_until_error(parser, partial(parser.feed, chunk)):
            if head is not None:
                if node.getroottree().docinfo.internalDTD is not None:
                    check = _DeclarationCheck(encoding, b"".join(head))
                head = None
            yield event, node
    yield from _events_until_error(parser, parser.close)


def _events_until_error(parser: Any, go_on: Callable[[], object]) -> Iterator[tuple[str, Any]]:
    error = None
    try:
        go_on()
    except etree.XMLSyntaxError as found:
        error = found
    yield from parser.read_events()
    if error is not None:
        raise error


def _read(node: Any, opened: _Opened, way: _Way, path: _Path) -> Any:
    try:
        return way.object_of(Document(node, None, opened.name, blanks=True))
    except ParseError as error:
        faults = _faults_with_columns(node, opened, way, path.ordinal) or error.faults
        raise ParseError([_placed(fault, path) for fault in faults]) from None


def _faults_with_columns(node: Any, opened: _Opened, way: _Way, ordinal: int) -> list[Fault]:
    """The faults of an element that was refused, from a second reading of the document up to there; nothing where it
    cannot be read twice."""
    file = opened.again()
    fragment = cut_out(file, ordinal, is_text=opened.is_text) if file is not None else None
    if fragment is None:
        return []
    try:
        way.object_of(Document(node, fragment.data, opened.name, blanks=True, is_text=True))
    except ParseError as error:
        return [fragment.placed(fault) for fault in error.faults]
    return []


def _placed(fault: Fault, path: _Path) -> Fault:
    """With the path from the document's root: the validator's begins at the element, and ours cannot know how many
    elements there were before it."""
    names = _NUMBER.sub("", path.text)
    from_root = _NUMBER.sub("", fault.path).startswith(names)
    inside = fault.path.split("/")[names.count("/") + 1 if from_root else 2 :]
    return replace(fault, path="/".join([path.text, *inside]))


class _Step(NamedTuple):
    """An open element: as the path has it, the classes that it may have, and how many children of each name it has
    had."""

    text: str
    classes: Classes | None
    counts: dict[str, int]


class _Path:
    """The open elements. ``text`` is the path of the element that was read last, ``ordinal`` its number in document
    order."""

    def __init__(self, kind: type[Element], roots: Mapping[str, Classes]) -> None:
        self._steps: list[_Step] = []
        self.text = ""
        self.ordinal = -1
        self._entered = 0
        self._kind = kind
        self._roots = roots
        self._inside = 0
        """How many elements are open from the one that is being read: those inside of it are no steps."""

    @property
    def is_outside(self) -> bool:
        return not self._inside

    def enter(self, node: Any) -> None:
        self._entered += 1
        if self._inside:
            self._inside += 1
            return
        text, classes = f"/{_written(node)}", ANYTHING
        if self._steps:
            _, classes, counts = self._steps[-1]
            counts[node.tag] = counts.get(node.tag, 0) + 1
            text += f"[{counts[node.tag]}]"
        classes = self._classes(node, classes)
        self._steps.append(_Step(text, classes, {}))
        if classes is not None and self._kind in classes:
            self._inside = 1
            self.ordinal = self._entered - 1

    def leave(self) -> bool:
        """Whether an element ends that was looked for."""
        if self._inside > 1:
            self._inside -= 1
            return False
        ends, self._inside = self._inside == 1, 0
        if ends:
            self.text = "".join([step.text for step in self._steps])
        self._steps.pop()
        return ends

    def _classes(self, node: Any, around: Classes | None) -> Classes | None:
        if around is not None:
            found = frozenset().union(*(_children(one).get(node.tag, ()) for one in around))
        elif node.tag in self._roots:
            found = self._roots[node.tag]
        elif node.tag in self._kind._tags:
            found = frozenset([self._kind])
        else:
            return ANYTHING
        return frozenset([one for one in found if _is_of_kind(node, one)])


def _is_of_kind(node: Any, one: type[Element]) -> bool:
    """Whether the attribute that decides between the classes of a union has a value for this one."""
    if one._kinds is None:
        return True
    attribute, values = one._kinds
    text = node.get(attribute)
    return text in values or (text is not None and " ".join(text.split()) in values)


@cache
def _children(owner: type[Element]) -> Mapping[str, Classes]:
    """The classes of child elements by their names, as the annotations of a class say them."""
    found: dict[str, Classes] = {}
    for field in owner._fields:
        if isinstance(field, Child) and field.converter is None:
            found[field.xml] = frozenset(classes_in(owner, annotation_of(owner, field)))
        elif isinstance(field, Content):
            found.update((tag, frozenset(classes)) for tag, classes in field.contents.classes().items())
    return found


def _written(node: Any) -> str:
    local = str(node.tag).rpartition("}")[2]
    return f"{node.prefix}:{local}" if node.prefix else local


class _Opened(NamedTuple):
    """A source to read. ``again`` opens it once more from where it began, or gives None. ``is_text`` means that it is
    UTF-8, whatever encoding it declares."""

    name: str
    file: Any
    again: Callable[[], BinaryIO | None]
    is_text: bool = False


def _opened(source: Any, stack: ExitStack) -> _Opened:
    is_text = isinstance(source, str)
    if is_text or isinstance(source, (bytes, bytearray, memoryview)):
        data = source.encode("utf-8") if is_text else bytes(source)
        return _Opened(TEXT_NAME, BytesIO(data), partial(BytesIO, data), is_text)
    if isinstance(source, os.PathLike):
        path = Path(source)

        def reopened() -> BinaryIO:
            return stack.enter_context(path.open("rb"))

        return _Opened(str(path), reopened(), reopened)
    if hasattr(source, "read"):
        return _Opened(str(getattr(source, "name", TEXT_NAME)), source, _rewinding(source))
    raise TypeError(f"cannot stream XML from {type(source).__qualname__}: pass a str, bytes, a path or a binary file")


def _chunks(opened: _Opened) -> tuple[Iterator[bytes], str | None]:
    """The bytes, and their encoding; None for what they declare. What libxml2 may not know is decoded here.

    Raises:
        Unreadable: the encoding is unknown; while reading, also if the document is not in it.
        TypeError: the file is open in text mode.
    """
    head = opened.file.read(CHUNK)
    if not isinstance(head, bytes):
        raise TypeError("the file must be open in binary mode")
    chunks = chain((head,), iter(partial(opened.file.read, CHUNK), b""))
    if opened.is_text:
        return chunks, "utf-8"
    _, encoding = known_encoding(head)
    return (chunks, None) if encoding is None else (_transcoded(chunks, encoding), "utf-8")


def _transcoded(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    try:
        for text in decoded(chunks, encoding):
            yield text.encode("utf-8")
    except UnicodeError:
        message = f"not well-formed XML: the document is not in its encoding {encoding!r}"
        raise Unreadable("malformed", message) from None


def _rewinding(file: Any) -> Callable[[], Any]:
    try:
        start = file.tell() if file.seekable() else None
    except (AttributeError, OSError):
        start = None

    def rewound() -> Any:
        if start is None:
            return None
        file.seek(start)
        return file

    return rewound


class _DeclarationCheck:
    """Reads a document with a DOCTYPE beside lxml, and refuses what `parse` refuses: lxml leaves out silently what an
    external subset might have declared."""

    def __init__(self, encoding: str | None, head: bytes) -> None:
        self._parser = Reader().prepare(encoding)
        self._parser.StartElementHandler = lambda _name, _attributes: None
        self.feed(head)

    def feed(self, chunk: bytes) -> None:
        """Raises:
        Unreadable: the DOCTYPE declares something, or the document refers to an entity that it does not declare.
        """
        if self._parser is not None:
            try:
                self._parser.Parse(chunk, False)
            except expat.ExpatError:
                # lxml comes to the same place, and reports it.
                self._parser = None


def _forget(node: Any) -> None:
    """Throws away what is in an element and before it."""
    node.clear(keep_tail=True)
    parent = node.getparent()
    while parent is not None and node.getprevious() is not None:
        del parent[0]


# One element of a document that is too large to hold, cut out in a second reading, so that faults in it have places.
#
# Only where there is a fault: reading in pieces knows the lines of elements, and no columns.


@dataclass(frozen=True, slots=True)
class Fragment:
    """``data`` is the element as a document of its own, in UTF-8; ``inserted`` characters of namespace declarations are
    behind the first ``name_width``. ``lines`` are its lines in the document, from the number ``line`` on; it begins at
    ``column`` of the first."""

    data: bytes
    name_width: int
    inserted: int
    lines: list[str]
    line: int
    column: int

    def placed(self, fault: Fault) -> Fault:
        """A fault in ``data`` with its place in the document."""
        if not fault.line:
            return replace(fault, line=self.line, column=self.column)
        column = fault.column
        if fault.line == 1:
            if column > self.name_width:
                column -= self.inserted
            column += self.column - 1
        shown = self.lines[fault.line - 1].rstrip("\r") if fault.line <= len(self.lines) else ""
        if len(shown) > LONGEST_LINE:
            shown = ""
        return replace(fault, line=self.line + fault.line - 1, column=column, source_line=shown)


def cut_out(file: BinaryIO, ordinal: int, *, is_text: bool = False) -> Fragment | None:
    """The element of this number, counted from 0 in document order; None where the document cannot be read so far.
    ``is_text`` means that the document is UTF-8, whatever encoding it declares."""
    cutter = _Cutter(ordinal)
    try:
        for chunk in _in_utf8(file, is_text):
            cutter.feed(chunk)
            if cutter.is_done:
                break
    except (expat.ExpatError, Unreadable, UnicodeError, OSError):
        return None
    return cutter.fragment() if cutter.ends else None


def _in_utf8(file: BinaryIO, is_text: bool) -> Iterator[bytes]:
    """The document in UTF-8, without a byte order mark."""
    head = file.read(CHUNK)
    encoding = "utf-8" if is_text else encoding_of(head)
    chunks = chain((head.removeprefix(codecs.BOM_UTF8),), iter(partial(file.read, CHUNK), b""))
    if encoding in ("utf-8", "ascii"):
        return chunks
    return (text.lstrip("\ufeff").encode("utf-8") for text in decoded(chunks, encoding))


class _Cutter:
    """Holds what was read since the line began on which the parser is, and everything from the element's start."""

    def __init__(self, ordinal: int) -> None:
        self._left = ordinal
        """How many elements begin before the wanted one."""
        self._held = bytearray()
        self._offset = 0
        """Of the first byte held."""
        self._namespaces: Mapping[str | None, str] = {}
        self._place = (0, 0)
        self._start = -1
        self._end = -1
        self._depth = 0
        """How many elements are open from the wanted one."""
        self._parser = parser = expat.ParserCreate("utf-8", " ")
        self._scope = Scope(parser)
        parser.StartElementHandler = self._open
        parser.EndElementHandler = self._close

    @property
    def ends(self) -> bool:
        return self._end >= 0

    @property
    def is_done(self) -> bool:
        """Whether the line on which the element ends was read to its end, as far as it is shown."""
        return self.ends and (b"\n" in self._held[self._end :] or len(self._held) > self._end + LONGEST_LINE)

    def feed(self, chunk: bytes) -> None:
        self._held += chunk
        if self.ends:
            return
        self._parser.Parse(chunk, False)
        if self._start < 0:
            self._forget(max(self._parser.CurrentByteIndex, self._offset))

    def fragment(self) -> Fragment:
        held, start = self._held, self._start
        raw = bytes(held[start : self._end])
        tag = read_tag(raw, 0)
        names = {declaration_name(prefix): uri for prefix, uri in self._namespaces.items()}
        for name in ("xmlns:xml", *(name for name, _, _ in tag.attributes)):
            names.pop(name, None)
        declared = "".join([f" {name}='{attribute_text(uri)}'" for name, uri in names.items()])
        name_end = tag.name_end
        line_start = held.rfind(b"\n", 0, start) + 1
        line_end = held.find(b"\n", self._end)
        lines = held[line_start : line_end if line_end >= 0 else len(held)]
        return Fragment(
            data=raw[:name_end] + declared.encode("utf-8") + raw[name_end:],
            name_width=len(raw[:name_end].decode("utf-8")),
            inserted=len(declared),
            lines=lines.decode("utf-8", "replace").split("\n"),
            line=self._place[0],
            column=self._place[1] + 1,
        )

    def _forget(self, offset: int) -> None:
        index = offset - self._offset
        line = self._held.rfind(b"\n", 0, index) + 1
        unneeded = line if index - line <= LONGEST_LINE else index
        del self._held[:unneeded]
        self._offset += unneeded

    def _open(self, _name: str, _attributes: object) -> None:
        if not self._left:
            self._namespaces = self._scope.namespaces
            self._place = self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber
            self._start = self._parser.CurrentByteIndex - self._offset
        self._left -= 1
        self._depth += self._start >= 0

    def _close(self, _name: str) -> None:
        self._depth -= self._start >= 0
        if self._start >= 0 and not self._depth and not self.ends:
            tag = read_tag(bytes(self._held[self._start :]), 0)
            at = self._parser.CurrentByteIndex - self._offset
            self._end = self._start + tag.end if tag.is_empty else self._held.index(b">", at) + 1
