"""Reading the elements of one class out of a document that is larger than memory.

The document is read in pieces; what has been read is thrown away. Elements of one name may belong to different classes
(the ``<source>`` of a disk, of an interface, …): which class an element has is known from those of the elements around
it. Where the document element is none of the vocabulary's roots, a wrapper around many documents, roots are found
inside it at any depth, and so are elements that are called like those that are asked for.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import cache, partial
from importlib import import_module
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TypeVar, get_args
from xml.parsers import expat

from .documents import ParseOptions, is_enough, native_of, parse_options, read_root
from .element import Binding, Element, annotation_of, binding_of
from .encodings import decoded
from .events import Reader, Unreadable, known_encoding
from .faults import Fault, ParseError
from .fields import Child, Content, members_of
from .markup import OPTIONS, bounded, etree
from .source import TEXT_NAME, Document, Source, UnknownContent, explained_error

T = TypeVar("T")

_NUMBER = re.compile(r"\[\d+\]")

CHUNK = 1 << 15

Classes = frozenset[type[Element]]
ANYTHING: Classes | None = None
"""Of elements in a wrapper, whose classes nobody knows."""


def iter_parse(package: str, source: Source, kind: type[T], options: ParseOptions) -> Iterator[T]:
    """Every element of class `kind`, in document order; of those inside one another the outermost. With ``validate``
    each is compared with the exact grammar, too; what is around them never is.

    Raises:
        ParseError: an element is not as the schema wants it, or the document is not well-formed from here on.
        TypeError: `kind` is no class of the package.
    """
    if not (isinstance(kind, type) and issubclass(kind, Element) and kind._tag):
        raise TypeError(f"{kind!r} is no class of {package}")
    if kind.__module__.rpartition(".")[0] != package:
        raise TypeError(f"{kind.__module__}.{kind.__qualname__} is no class of {package}")
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
    """As lxml's `iterparse`, which collects IDs even where it is told not to; what comes before an error is given
    first."""
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
    from .positions import cut_out

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
        ParseError: nobody knows the encoding; while it is read, also where the document is not in it.
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
