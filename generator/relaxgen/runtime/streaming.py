"""Documents that `parse` cannot read: those with entities, and those that are larger than memory."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import replace
from functools import cache, lru_cache, partial
from importlib import import_module
from io import BytesIO
from itertools import chain
from typing import Any, BinaryIO, NamedTuple, NoReturn, TypeVar
from xml.parsers import expat

from .converters import hint_at
from .documents import ParseOptions, parse_options, read_root, read_source
from .element import Child, Content, Element, binding_of, classes_of, members_of
from .events import (
    CHUNK,
    LONGEST_DECLARATION,
    START_TAG,
    Reader,
    Scope,
    Unreadable,
    as_utf8,
    chunks_in_utf8,
    chunks_of,
    source_of,
)
from .events import Source as Bytes
from .faults import LINE_END, LONGEST_LINE, Fault, ParseError, as_unreadable, read_tag, refusal, unreadable
from .markup import DEEPEST, SEPARATOR, TEXT_NAME, attribute_text, declaration_name, etree
from .reader import Document, Loaded, Source, bytes_of, read_document

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
_BEFORE_DOCTYPE = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s+|<!--.*?-->|<\?.*?\?>)*", re.DOTALL)
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
        reader = Reader(allow_entities=True)
        parser = reader.prepare("utf-8")

        def begin(*_doctype: object) -> None:
            # expat is behind the name and the identifiers already.
            before = _BEFORE_DOCTYPE.match(self._data)
            assert before is not None  # the expression matches nothing, too
            start = before.end()
            self._doctype = (start, start)

        def end() -> None:
            self._doctype = (self._doctype[0], self._data.index(b">", parser.CurrentByteIndex) + 1)
            raise _Declared

        def declare(name: str, is_parameter: bool, value: str | None, *_identifiers: object) -> None:
            if is_parameter:
                reader.refuse("doctype", "a parameter entity is refused")
            if value is None:
                self._external.add(name)
            else:
                self._values.setdefault(name, value)

        def declare_attribute(_element: str, _name: str, _type: str, default: str | None, _required: bool) -> None:
            if default is not None:
                reader.refuse("doctype", "a default value of an attribute is refused: write the attribute")

        def stop(*_element: object) -> None:
            raise _Declared

        parser.StartDoctypeDeclHandler = begin
        parser.EndDoctypeDeclHandler = end
        parser.EntityDeclHandler = declare
        parser.AttlistDeclHandler = declare_attribute
        parser.StartElementHandler = stop
        try:
            reader.feed(self._data, is_last=True)
        except _Declared:
            pass
        except Unreadable as error:
            raise self._refused(error) from None

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
# expat reads the document in pieces, and finds where these elements begin and end. Each is cut out and read as a
# document of its own; what lies before it is thrown away. Elements of one name may belong to different classes (the
# ``<source>`` of a disk, of an interface, …): which class an element has is known from those of the elements around it.
# Where the document element is not one of the vocabulary's roots, a wrapper around many documents, roots are found
# inside it at any depth, and so are elements that have a name of the wanted class.

T = TypeVar("T")

Classes = frozenset[type[Element]]
ANYTHING: Classes | None = None
"""The classes of elements in a wrapper: unknown."""

_AROUND = "relaxgen-around"
"""The name of an element around one that was cut out."""


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
    name = _name_of(source)

    def read(fragment: Fragment) -> Any:
        if fragment.declared:
            return read_root(fragment.document(name), binding_of(kind), unknown, validate)
        return read_source(package, kind, Loaded(fragment.raw, name), unknown, validate)

    return _elements(source, name, _Path(kind, starts), read)


def _elements(source: Source, name: str, path: _Path, read: Callable[[Fragment], Any]) -> Iterator[Any]:
    again = _repeatable(source, name)
    with ExitStack() as stack:
        cutter = Cutter(path)
        try:
            for fragment in cutter.fragments(_chunks(source, stack)):
                try:
                    yield read(fragment)
                except ParseError as error:
                    lines = cutter.lines_from(fragment)
                    raise ParseError([fragment.placed(fault, lines) for fault in error.faults]) from None
        except Unreadable as error:
            refused = refusal(again, error) if again is not None else None
            fault = Fault(name, error.line, error.column, "", error.code, error.message)
            raise refused or ParseError([fault]) from None


def _name_of(source: Any) -> str:
    return str(os.fspath(source) if isinstance(source, os.PathLike) else getattr(source, "name", TEXT_NAME))


def _repeatable(source: Any, name: str) -> Any:
    """The source, for a file one that begins where the file is now; None if it can be read only once."""
    if not hasattr(source, "read"):
        return source
    try:
        start = source.tell() if source.seekable() else None
    except (AttributeError, OSError):
        start = None

    def reopened() -> AbstractContextManager[BinaryIO]:
        source.seek(start)
        return nullcontext(source)

    return None if start is None else Bytes(name, reopened)


def _chunks(source: Any, stack: ExitStack) -> Iterator[bytes]:
    """The pieces of a source in UTF-8.

    Raises:
        Unreadable: the encoding is unknown; while reading, also if the document is not in it.
        TypeError: the source cannot be streamed, or the file is open in text mode.
    """
    if isinstance(source, str):
        return chunks_of(source_of(source))[1]
    if isinstance(source, (bytes, bytearray, memoryview, os.PathLike)):
        file: Any = stack.enter_context(source_of(source).open())
    elif hasattr(source, "read"):
        file = source
    else:
        raise TypeError(
            f"cannot stream XML from {type(source).__qualname__}: pass a str, bytes, a path or a binary file"
        )
    head = file.read(CHUNK)
    if not isinstance(head, bytes):
        raise TypeError("the file must be open in binary mode")
    # A pipe returns what it has, which may end within the XML declaration.
    while b">" not in head and len(head) < LONGEST_DECLARATION and (more := file.read(CHUNK)):
        head += more
    return chunks_in_utf8(head, chain((head,), iter(partial(file.read, CHUNK), b"")))


class _Step(NamedTuple):
    """An open element: its name in paths, the classes that it may have, and how many children of each name it has
    had."""

    text: str
    classes: Classes | None
    counts: dict[str, int]


class _Path:
    """The open elements around those that are cut out."""

    def __init__(self, kind: type[Element], roots: Mapping[str, Classes]) -> None:
        self._steps: list[_Step] = []
        self._kind = kind
        self._roots = roots

    def __str__(self) -> str:
        return "".join([step.text for step in self._steps])

    def enter(self, name: str, attributes: Sequence[str]) -> bool:
        """Whether the element is one that is looked for; names and attributes as expat reports them."""
        tag, text = _names_of(name)
        classes = ANYTHING
        if self._steps:
            _, classes, counts = self._steps[-1]
            counts[tag] = counts.get(tag, 0) + 1
            text += f"[{counts[tag]}]"
        classes = self._classes(tag, attributes, classes)
        self._steps.append(_Step(f"/{text}", classes, {}))
        return classes is not None and self._kind in classes

    def leave(self) -> None:
        self._steps.pop()

    def _classes(self, tag: str, attributes: Sequence[str], around: Classes | None) -> Classes | None:
        if around is not None:
            found = frozenset().union(*(_children(one).get(tag, ()) for one in around))
        elif tag in self._roots:
            found = self._roots[tag]
        elif tag in self._kind._tags:
            found = frozenset([self._kind])
        else:
            return ANYTHING
        return frozenset([one for one in found if _is_of_kind(attributes, one)])


@lru_cache(maxsize=1024)
def _names_of(name: str) -> tuple[str, str]:
    """The name of an element that expat reports, with its URI in braces, and as it is written."""
    parts = name.split(SEPARATOR)
    uri, local, prefix = ("", name, "") if len(parts) == 1 else (*parts, "")[:3]
    return f"{{{uri}}}{local}" if uri else local, f"{prefix}:{local}" if prefix else local


def _is_of_kind(attributes: Sequence[str], one: type[Element]) -> bool:
    """Whether the attribute that decides between the classes of a union has a value for this one."""
    if one._kinds is None:
        return True
    attribute, values = one._kinds
    given = zip(attributes[::2], attributes[1::2], strict=True)
    text = next((value for name, value in given if _names_of(name)[0] == attribute), None)
    return text in values or (text is not None and " ".join(text.split()) in values)


@cache
def _children(owner: type[Element]) -> Mapping[str, Classes]:
    """The classes of child elements by their names, as the annotations of a class say them."""
    found: dict[str, Classes] = {}
    for field in owner._fields:
        if isinstance(field, Child):
            found[field.xml] = frozenset(classes_of(owner, field))
        elif isinstance(field, Content):
            found.update((tag, frozenset(classes)) for tag, classes in field.contents.classes().items())
    return found


class Fragment(NamedTuple):
    """An element that was cut out of a document. ``raw`` is its text in UTF-8. ``declared`` are the namespace
    declarations around it: the names of the attributes, and URIs. ``path`` leads to it. ``start`` is its offset, and
    ``line`` and ``column`` are its place."""

    raw: bytes
    declared: Mapping[str, str]
    path: str
    start: int
    line: int
    column: int

    def document(self, file: str) -> Document:
        """The element as a document of its own. Its root has the declarations around it, but not on itself."""
        around = f"<{_AROUND}{_attributes(self.declared)}>".encode() + self.raw + f"</{_AROUND}>".encode()
        root = read_document(Loaded(around, file), blanks=True).root[0]
        name, added, rest = self.with_declarations()
        return Document(root, name + added + rest, file, blanks=True)

    def with_declarations(self) -> tuple[bytes, bytes, bytes]:
        """The text up to the end of the element's name, the declarations around it, and the rest of the text."""
        tag = read_tag(self.raw, 0)
        own = {name for name, _, _ in tag.attributes}
        added = _attributes({name: uri for name, uri in self.declared.items() if name not in own})
        return self.raw[: tag.name_end], added.encode(), self.raw[tag.name_end :]

    def placed(self, fault: Fault, lines: Sequence[str]) -> Fault:
        """A fault of the element with its place in the document, of which ``lines`` are those from the element's
        first."""
        # How many elements of its name come before the element only the document says.
        path = "/".join([self.path, *fault.path.removeprefix(f"/{_AROUND}").split("/")[2:]])
        if not fault.line:
            return replace(fault, path=path, line=self.line, column=self.column)
        column = fault.column
        if fault.line == 1:
            name, added, _ = self.with_declarations()
            column += self.column - 1 - (len(added.decode()) if column > len(name.decode()) else 0)
        shown = lines[fault.line - 1] if fault.line <= len(lines) else ""
        if len(shown) > LONGEST_LINE:
            shown = ""
        return replace(fault, path=path, line=self.line + fault.line - 1, column=column, source_line=shown)


def _attributes(values: Mapping[str, str]) -> str:
    return "".join([f" {name}='{attribute_text(value)}'" for name, value in values.items()])


@lru_cache(maxsize=1024)
def _what_is_wrong(name: str, uri: str) -> str:
    """Why libxml2 refuses a declaration of a namespace; empty if it does not."""
    try:
        etree.fromstring(f"<{_AROUND}{_attributes({name: uri})}/>")
    except etree.XMLSyntaxError as error:
        return as_unreadable(error).message
    return ""


class Cutter:
    """Cuts elements out of a document: those for which ``path.enter`` is true. It holds what was read since the line
    began on which the parser is, and everything from the start of the element that is read."""

    def __init__(self, path: Any) -> None:
        self._path = path
        self._found: list[Fragment] = []
        self._held = bytearray()
        self._offset = 0
        """Of the first byte held."""
        self._begun = (-1, 0, 0)
        """The offset, line and column of the element that is read; a negative offset if there is none."""
        self._depth = 0
        """How many elements are open from the one that is read."""
        self._reader = Reader()
        self._parser = parser = self._reader.prepare("utf-8")
        parser.namespace_prefixes = True
        parser.StartElementHandler = self._open
        parser.EndElementHandler = self._close
        self._scope = Scope(parser)
        self._around = [self._scope.namespaces]
        """The namespaces that are declared outside and in each of the elements around the one that is read."""

    def fragments(self, chunks: Iterator[bytes]) -> Iterator[Fragment]:
        """Raises:
        Unreadable: the document is not well-formed from here on, or has what `parse` refuses.
        """
        for piece in chain(filter(None, self._reader.pieces(chunks)), (b"",)):
            error = self._fed(piece)
            found, self._found = self._found, []
            yield from found
            if error is not None:
                raise error

    def _fed(self, piece: bytes) -> Unreadable | None:
        if self._begun[0] < 0:
            self._forget(max(self._parser.CurrentByteIndex, self._offset))
        self._held += piece
        try:
            self._reader.feed(piece, is_last=not piece)
        except Unreadable as error:
            return error
        return None

    def lines_from(self, fragment: Fragment) -> list[str]:
        """The lines of the document that have parts of a fragment, as far as they were read; the first is empty if its
        beginning is not held any more."""
        first = fragment.start - self._offset
        start, last = self._line_start(first), first + len(fragment.raw)
        end = LINE_END.search(self._held, last)
        held = self._held[start : end.start() if end is not None else len(self._held)]
        lines = [line.decode("utf-8", "replace") for line in LINE_END.split(held)]
        if len(self._held[start:first].decode("utf-8", "replace")) < fragment.column - 1:
            lines[0] = ""
        return lines

    def _line_start(self, index: int) -> int:
        return max(self._held.rfind(b"\n", 0, index), self._held.rfind(b"\r", 0, index)) + 1

    def _forget(self, offset: int) -> None:
        index = offset - self._offset
        line = self._line_start(index)
        unneeded = line if index - line <= LONGEST_LINE else index
        del self._held[:unneeded]
        self._offset += unneeded

    def _open(self, name: str, attributes: Sequence[str]) -> None:
        if self._depth:
            self._depth += 1
        elif self._path.enter(name, attributes):
            self._depth = 1
            self._begun = self._parser.CurrentByteIndex, *self._reader.place()
        else:
            self._around.append(self._scope.namespaces)
            if self._around[-1] is not self._around[-2]:
                self._check_namespaces()
        depth = len(self._around) - 1 + self._depth
        if depth > DEEPEST:
            self._reader.limit_depth(depth, DEEPEST)

    def _check_namespaces(self) -> None:
        """Parsing refuses what is not a URI. With such a declaration no element inside could be read."""
        for prefix, uri in self._around[-1].items():
            if uri != self._around[-2].get(prefix) and (wrong := _what_is_wrong(declaration_name(prefix), uri)):
                self._reader.refuse("malformed", wrong)

    def _close(self, _name: str) -> None:
        if self._depth > 1:
            self._depth -= 1
            return
        if self._depth:
            self._found.append(self._fragment())
            self._begun, self._depth = (-1, 0, 0), 0
        else:
            self._around.pop()
        self._path.leave()

    def _fragment(self) -> Fragment:
        start, line, column = self._begun
        first = start - self._offset
        tag = START_TAG.match(self._held, first)
        assert tag is not None  # expat found a start tag here
        is_empty = tag[0].endswith(b"/>")
        end = tag.end() if is_empty else self._held.index(b">", self._parser.CurrentByteIndex - self._offset) + 1
        declared = {declaration_name(prefix): uri for prefix, uri in self._around[-1].items() if prefix != "xml"}
        return Fragment(bytes(self._held[first:end]), declared, str(self._path), start, line, column)
