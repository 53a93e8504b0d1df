"""Documents that `parse` cannot read: those with entities, and those that are larger than memory."""

from __future__ import annotations

import codecs
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib import import_module
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, NoReturn, TypeVar, get_args
from xml.parsers import expat

from .documents import ParseOptions, is_enough, native_of, parse_options, read_root
from .element import Binding, Child, Content, Element, annotation_of, binding_of, members_of
from .events import Reader, UnknownEncoding, Unreadable, as_utf8, decoded, encoding_of, known_encoding
from .faults import LONGEST_LINE, Fault, ParseError, nearest, read_tag
from .markup import OPTIONS, attribute_text, bounded, etree
from .reader import TEXT_NAME, Document, Source, UnknownContent, bytes_of, explained_error

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
        return before + self._body(self._data[end:].decode("utf-8", "replace"))

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
            raise self._refused(parser.CurrentLineNumber, parser.CurrentColumnNumber + 1, message, "doctype")

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
            raise self._refused(error.lineno, error.offset + 1, message, "malformed") from None

    # What is behind them

    def _body(self, text: str) -> str:
        parts, position = [], 0
        for token in _TOKEN.finditer(text):
            parts.append(text[position : token.start()])
            position = token.end()
            self._place = token.start()
            parts.append(self._token(token))
        return "".join([*parts, text[position:]])

    def _token(self, token: re.Match[str]) -> str:
        found = token[0]
        if token["name"] is not None:
            return self._content(token["name"], found)
        if found[1] in "!?/":
            return found
        return _REFERENCE.sub(lambda reference: self._in_attribute(reference["name"], reference[0]), found)

    def _in_attribute(self, name: str, written: str) -> str:
        text = self._value(name, written)
        if "<" in text:
            self._refuse(f"the entity {name!r} has a '<', which no attribute may have")
        return text.replace('"', "&quot;").replace("'", "&apos;")

    def _content(self, name: str, written: str) -> str:
        text = self._value(name, written)
        if name not in _PREDEFINED and "<" in text:
            try:
                expat.ParserCreate("utf-8").Parse(f"<a>{text}</a>".encode(), True)
            except expat.ExpatError:
                self._refuse(f"the entity {name!r} is not well-formed by itself")
        return text

    def _value(self, name: str, written: str) -> str:
        """The text of an entity, with no references but to what XML predefines."""
        if name in _PREDEFINED:
            return written
        if name in self._inside:
            self._refuse(f"the entity {name!r} contains itself")
        if name not in self._expanded:
            self._inside.append(name)
            self._expanded[name] = _TOKEN.sub(self._token, self._declared(name))
            self._inside.pop()
        self._left -= len(self._expanded[name])
        if self._left < 0:
            self._refuse("entities expand to many times the size of the document", "limit")
        return self._expanded[name]

    def _declared(self, name: str) -> str:
        if name in self._external:
            self._refuse(f"the entity {name!r} is external, and is not loaded")
        if name not in self._values:
            right = nearest(name, tuple(self._values))
            hint = f" (did you mean {right!r}?)" if right else ""
            self._refuse(f"the entity {name!r} is not declared in the document{hint}")
        return self._values[name]

    def _refuse(self, message: str, code: str = "entity") -> NoReturn:
        """At the reference in the document that led here."""
        before = self._data[: self._doctype[1]].decode("utf-8", "replace")
        before += self._data[self._doctype[1] :].decode("utf-8", "replace")[: self._place]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise self._refused(line, column, message, code)

    def _refused(self, line: int, column: int, message: str, code: str) -> ParseError:
        lines = self._data.split(b"\n", line)
        shown = lines[line - 1].decode("utf-8", "replace").rstrip("\r") if len(lines) >= line else ""
        return ParseError([Fault(self._file, line, column, "", code, message, source_line=shown)])


# Reading the elements of one class out of a document that is larger than memory.
#
# The document is read in pieces; what has been read is thrown away. Elements of one name may belong to different
# classes (the ``<source>`` of a disk, of an interface, …): which class an element has is known from those of the
# elements around it. Where the document element is not one of the vocabulary's roots, a wrapper around many documents,
# roots are found inside it at any depth, and so are elements that are called like those that are asked for.

T = TypeVar("T")

_NUMBER = re.compile(r"\[\d+\]")

CHUNK = 1 << 15

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
    return _elements(source, kind, starts, _Way(kind, binding_of(kind), unknown, validate))


class _Way(NamedTuple):
    """How an element is read."""

    kind: type[Element]
    binding: Binding
    unknown: UnknownContent
    validate: bool

    def object_of(self, document: Document) -> Any:
        found, text = self._read_natively(document.root)
        if found is not None and is_enough(found, text, self.binding.package, self.unknown, self.validate):
            return found
        return read_root(document, self.binding, self.kind._entry, self.unknown, self.validate, found)

    def _read_natively(self, node: Any) -> tuple[Any, bytes]:
        """The object and its text, if the native engine reads it. Where namespaces are declared, the text of an element
        alone declares them anew."""
        native = native_of(self.binding.package)
        if native is None or node.nsmap:
            return None, b""
        text = etree.tostring(node, encoding="utf-8", with_tail=False)
        return native.engine.parse(text, native.roots_of[self.kind]), text


def _elements(source: Source, kind: Any, starts: Mapping[str, Classes], way: _Way) -> Iterator[Any]:
    with ExitStack() as stack:
        opened = _in_known_encoding(_opened(source, stack))
        path = _Path(kind, starts)
        try:
            for event, node in _events(opened):
                if event == "start":
                    path.enter(node)
                    continue
                if path.leave():
                    yield _read(node, opened, way, path)
                if path.is_outside:
                    _forget(node)
        except etree.XMLSyntaxError as error:
            line, column = error.position if error.position else (0, 0)
            code, message = explained_error(error)
            raise ParseError([Fault(opened.name, line or 0, max(column or 0, 1), "", code, message)]) from None


def _events(opened: _Opened) -> Iterator[tuple[str, Any]]:
    """Does what lxml's `iterparse` does, but collects no IDs; events before an error come first."""
    parser = bounded(etree.XMLPullParser(events=("start", "end"), encoding=opened.encoding, **OPTIONS))
    head: list[bytes] | None = []
    check: _DeclarationCheck | None = None
    while chunk := opened.file.read(CHUNK):
        if head is not None:
            head.append(chunk)
        elif check is not None:
            check.feed(chunk)
        for event, node in _events_until_error(parser, partial(parser.feed, chunk)):
            if head is not None:
                if node.getroottree().docinfo.internalDTD is not None:
                    check = _DeclarationCheck(opened, b"".join(head))
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
    fragment = cut_out(file, ordinal, opened.encoding_again) if file is not None else None
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


class _Path:
    """The open elements. ``steps`` has for each its name and number, the classes that it may have, and how many
    children of each name it has had. ``ordinal`` is the number, in document order, of the element that is being read
    or was read last."""

    def __init__(self, kind: type[Element], roots: Mapping[str, Classes]) -> None:
        self.steps: list[tuple[str, int, Classes | None, dict[str, int]]] = []
        self.text = ""
        self.ordinal = -1
        self._entered = 0
        self._kind = kind
        self._roots = roots
        self._depth = 0
        """Of the element that is being read, 0 outside of any."""
        self._inner = 0
        """How many elements are open inside of it: they are no steps."""

    @property
    def is_outside(self) -> bool:
        return not self._depth

    def enter(self, node: Any) -> None:
        self._entered += 1
        if self._depth:
            self._inner += 1
            return
        around = self.steps[-1] if self.steps else None
        count = 1
        if around is not None:
            count = around[3][node.tag] = around[3].get(node.tag, 0) + 1
        classes = self._classes(node, around[2] if around is not None else ANYTHING)
        self.steps.append((_written(node), count, classes, {}))
        if classes is not None and self._kind in classes:
            self._depth = len(self.steps)
            self.ordinal = self._entered - 1

    def leave(self) -> bool:
        """Whether an element ends that was looked for."""
        if self._inner:
            self._inner -= 1
            return False
        ends = self._depth > 0
        if ends:
            self._depth = 0
            numbers = ["", *(f"[{count}]" for _, count, _, _ in self.steps[1:])]
            self.text = "".join(f"/{step[0]}{number}" for step, number in zip(self.steps, numbers, strict=True))
        self.steps.pop()
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
        annotation = annotation_of(owner, field)
        if isinstance(field, Child) and field.converter is None:
            found[field.xml] = frozenset(_named(owner, annotation))
        elif isinstance(field, Content):
            found.update((tag, frozenset(classes)) for tag, classes in field.contents.classes().items())
    return found


def _named(owner: type[Element], annotation: str) -> Iterator[type[Element]]:
    module, package = sys.modules[owner.__module__], import_module(owner.__module__.rpartition(".")[0])
    for name in re.findall(r"\w+", annotation):
        named = getattr(module, name, None) or getattr(package, name, None)
        for each in (named, *get_args(named)):
            if isinstance(each, type) and issubclass(each, Element):
                yield each


def _written(node: Any) -> str:
    local = str(node.tag).rpartition("}")[2]
    return f"{node.prefix}:{local}" if node.prefix else local


class _Opened(NamedTuple):
    """A source to read; ``again`` opens it once more from where it began, or gives None. ``encoding`` is that of a
    text, and of what ``file`` has been made of, which have their own whatever they claim; ``again`` gives what is
    in ``encoding_again``, None for what it claims."""

    file: Any
    name: str
    again: Callable[[], BinaryIO | None]
    encoding: str | None = None
    encoding_again: str | None = None


class _Pieces:
    """A file of pieces that are there already."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def read(self, _size: int) -> bytes:
        return next((piece for piece in self._pieces if piece), b"")


def _in_known_encoding(opened: _Opened) -> _Opened:
    """What libxml2 may not know is decoded here.

    Raises:
        ParseError: the encoding is unknown; while reading, also if the document is not in it.
        TypeError: the file is open in text mode.
    """
    if opened.encoding is not None:
        return opened
    head = opened.file.read(CHUNK)
    if not isinstance(head, bytes):
        raise TypeError("the file must be open in binary mode")
    chunks = chain((head,), iter(partial(opened.file.read, CHUNK), b""))
    try:
        _, encoding = known_encoding(head)
    except Unreadable as error:
        raise ParseError([Fault(opened.name, error.line, error.column, "", error.code, error.message)]) from None
    if encoding is None:
        return opened._replace(file=_Pieces(chunks))
    return opened._replace(file=_Pieces(_transcoded(chunks, encoding, opened.name)), encoding="utf-8")


def _transcoded(chunks: Iterator[bytes], encoding: str, name: str) -> Iterator[bytes]:
    try:
        for text in decoded(chunks, encoding):
            yield text.encode("utf-8")
    except UnicodeError:
        message = f"not well-formed XML: the document is not in its encoding {encoding!r}"
        raise ParseError([Fault(name, 0, 0, "", "malformed", message)]) from None


def _opened(source: Any, stack: ExitStack) -> _Opened:
    if isinstance(source, str):
        text = source.encode("utf-8")
        return _Opened(BytesIO(text), TEXT_NAME, lambda: BytesIO(text), "utf-8", "utf-8")
    if isinstance(source, (bytes, bytearray, memoryview)):
        data = bytes(source)
        return _Opened(BytesIO(data), TEXT_NAME, lambda: BytesIO(data))
    if isinstance(source, os.PathLike):
        path = Path(source)

        def reopened() -> BinaryIO:
            return stack.enter_context(path.open("rb"))

        return _Opened(reopened(), str(path), reopened)
    if hasattr(source, "read"):
        return _Opened(source, str(getattr(source, "name", TEXT_NAME)), _rewinding(source))
    raise TypeError(f"cannot stream XML from {type(source).__qualname__}: pass a str, bytes, a path or a binary file")


def _rewinding(file: Any) -> Callable[[], BinaryIO | None]:
    try:
        start = file.tell() if file.seekable() else -1
    except (AttributeError, OSError):
        start = -1

    def rewound() -> BinaryIO | None:
        if start < 0:
            return None
        file.seek(start)
        rewound_file: BinaryIO = file
        return rewound_file

    return rewound


class _DeclarationCheck:
    """Reads a document with a DOCTYPE beside lxml, and refuses what `parse` refuses: lxml leaves out silently what an
    external subset might have declared."""

    def __init__(self, opened: _Opened, head: bytes) -> None:
        self._name = opened.name
        self._parser = Reader().prepare(opened.encoding)
        self._parser.StartElementHandler = lambda _name, _attributes: None
        self.feed(head)

    def feed(self, chunk: bytes) -> None:
        """Raises:
        ParseError: the DOCTYPE declares something, or the document refers to an entity that it does not declare.
        """
        if self._parser is None:
            return
        try:
            self._parser.Parse(chunk, False)
        except Unreadable as error:
            raise ParseError([Fault(self._name, error.line, error.column, "", error.code, error.message)]) from None
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

CHUNK = 1 << 16

Scope = Mapping["str | None", str]


@dataclass(frozen=True, slots=True)
class Fragment:
    """``data`` is the element as a document of its own, in UTF-8: it is ``raw``, the text in the document, with
    ``inserted`` characters of namespace declarations behind the first ``name_width``. It begins at ``line`` and
    ``column``; ``before`` and ``after`` are what else stands on its first and its last line."""

    data: bytes
    raw: str
    name_width: int
    inserted: int
    line: int
    column: int
    before: str
    after: str

    def placed(self, fault: Fault) -> Fault:
        """A fault in ``data`` with its place in the document."""
        if not fault.line:
            return replace(fault, line=self.line, column=self.column)
        column = fault.column
        if fault.line == 1:
            if column > self.name_width:
                column -= self.inserted
            column += self.column - 1
        return replace(fault, line=self.line + fault.line - 1, column=column, source_line=self._line(fault.line))

    def _line(self, number: int) -> str:
        lines = f"{self.before}{self.raw}{self.after}".split("\n")
        line = lines[number - 1].rstrip("\r") if number <= len(lines) else ""
        return line if len(line) <= LONGEST_LINE else ""


def cut_out(file: BinaryIO, ordinal: int, encoding: str | None = None) -> Fragment | None:
    """The element of this number, counted from 0 in document order; None where the document cannot be read so far.
    ``encoding`` is what the document is in, whatever it claims."""
    cutter = _Cutter(ordinal)
    try:
        for chunk in _as_utf8(file, encoding):
            cutter.feed(chunk)
            if cutter.is_done:
                return cutter.fragment()
    except (expat.ExpatError, UnknownEncoding, UnicodeError, OSError):
        return None
    return cutter.fragment() if cutter.ends else None


def _as_utf8(file: BinaryIO, encoding: str | None) -> Iterator[bytes]:
    head = file.read(CHUNK)
    encoding = encoding or encoding_of(head)

    def chunks() -> Iterator[bytes]:
        chunk = head.removeprefix(codecs.BOM_UTF8)
        while chunk:
            yield chunk
            chunk = file.read(CHUNK)

    if encoding in ("utf-8", "ascii"):
        return chunks()
    return (text.lstrip("\ufeff").encode("utf-8") for text in decoded(chunks(), encoding))


class _Cutter:
    """Holds what was read since the line began on which the parser is, and everything from the element's start."""

    def __init__(self, ordinal: int) -> None:
        self._wanted = ordinal
        self._count = 0
        self._depth = 0
        self._held = bytearray()
        self._offset = 0
        """Of the first byte held."""
        self._scopes: list[Scope] = [{}]
        self._declared: dict[str | None, str] = {}
        self._around: Scope = {}
        self._own: Scope = {}
        self._place = (0, 0)
        self._start = -1
        self._end = -1
        self._parser = parser = expat.ParserCreate("utf-8", " ")
        parser.StartNamespaceDeclHandler = self._declare
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
        scope = {prefix: uri for prefix, uri in self._around.items() if prefix not in self._own}
        declared = "".join(
            [f" xmlns{':' if prefix else ''}{prefix or ''}='{attribute_text(uri)}'" for prefix, uri in scope.items()]
        )
        name_end = read_tag(raw, 0).name_end
        line_start = held.rfind(b"\n", 0, start) + 1
        line_end = held.find(b"\n", self._end)
        return Fragment(
            data=raw[:name_end] + declared.encode("utf-8") + raw[name_end:],
            raw=raw.decode("utf-8"),
            name_width=len(raw[:name_end].decode("utf-8")),
            inserted=len(declared),
            line=self._place[0],
            column=self._place[1] + 1,
            before=held[line_start:start].decode("utf-8", "replace"),
            after=held[self._end : line_end if line_end >= 0 else len(held)].decode("utf-8", "replace"),
        )

    def _forget(self, offset: int) -> None:
        index = offset - self._offset
        line = self._held.rfind(b"\n", 0, index) + 1
        unneeded = line if index - line <= LONGEST_LINE else index
        del self._held[:unneeded]
        self._offset += unneeded

    def _declare(self, prefix: str | None, uri: str | None) -> None:
        self._declared[prefix] = uri or ""

    def _open(self, _name: str, _attributes: object) -> None:
        around = self._scopes[-1]
        self._scopes.append({**around, **self._declared} if self._declared else around)
        if self._count == self._wanted:
            self._around, self._own = around, self._declared
            self._place = self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber
            self._start = self._parser.CurrentByteIndex - self._offset
            self._depth = len(self._scopes)
        self._declared = {}
        self._count += 1

    def _close(self, _name: str) -> None:
        if self._start >= 0 and not self.ends and len(self._scopes) == self._depth:
            tag = read_tag(bytes(self._held[self._start :]), 0)
            at = self._parser.CurrentByteIndex - self._offset
            self._end = self._start + tag.end if tag.is_empty else self._held.index(b">", at) + 1
        self._scopes.pop()
