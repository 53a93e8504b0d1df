"""Documents from outside, as expat reports them: encodings, limits, and what is refused.

Nothing outside the document is ever loaded. A DOCTYPE is tolerated, one that declares anything in its internal subset
is refused, and so is every reference to an entity that XML does not predefine.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, BinaryIO, NamedTuple
from xml.parsers import expat

from .encodings import UnknownEncoding, decoded, encoding_of
from .markup import SEPARATOR, etree

MAXIMUM_DEPTH = 10_000
MAXIMUM_TEXT = 10_000_000
"""So many characters one attribute, or the text between two tags, may have; libxml2 has the same limit."""

MAXIMUM_TOKEN = 50_000_000
"""So many bytes one tag may have: expat holds it in memory."""

CHUNK = 1 << 16

SMALL_FILE = 1 << 22
"""So many bytes are read at once where that is faster."""

TEXT_NAME = "<text>"
"""What a document without a name is called."""

_OF_EXPAT = {"utf-8": "utf-8", "ascii": "us-ascii", "iso8859-1": "iso-8859-1", "utf-16-be": None, "utf-16-le": None}
_START_TAG = re.compile(rb"<[^<>\"']*(?:(?:\"[^\"]*\"|'[^']*')[^<>\"']*)*>")
_REFERENCE = re.compile(rb"&(?!(?:lt|gt|amp|apos|quot|#[0-9]+|#x[0-9A-Fa-f]+);)")


class Unreadable(Exception):
    """The document is not well-formed, or something that we refuse. ``code`` is the fault's code; ``name`` is the
    document's, where it could not even become a `Source`."""

    def __init__(self, code: str, message: str, line: int = 0, column: int = 0, name: str = "") -> None:
        super().__init__(message)
        self.name = name
        self.code = code
        self.message = message
        self.line = line
        self.column = column


class Source(NamedTuple):
    """A document that can be read more than once. ``name`` is what messages call it. ``is_text``: it was a `str`, so an
    encoding that it declares means nothing; ``text`` is that text, to be encoded in pieces. ``data`` are the bytes, if
    they are at hand, ``path`` is where a file is. ``element`` is the lxml element that it was made from."""

    name: str
    open: Callable[[], BinaryIO]
    is_text: bool = False
    element: Any = None
    text: str | None = None
    data: bytes | None = None
    path: str = ""


def at_once(source: Source) -> str | bytes | None:
    """All of a document that is in memory or in a small file; None for others."""
    if source.text is not None:
        return source.text
    if source.data is not None or not source.path:
        return source.data
    try:
        # A pipe could be read only once.
        if not os.path.isfile(source.path) or os.path.getsize(source.path) > SMALL_FILE:  # noqa: PTH113, PTH202
            return None
        with source.open() as file:
            return file.read(SMALL_FILE)
    except (OSError, ValueError):
        return None


def source_of(document: Any, name: str = "") -> Source:
    """`document` is XML text or bytes, a path, an open file, an lxml element or tree, or a source; a `str` is never a
    path.

    Raises:
        TypeError: the document is nothing that can hold XML.
    """
    if isinstance(document, Source):
        return document
    if isinstance(document, str):
        return _text_source(document, name)
    if isinstance(document, (bytes, bytearray, memoryview)):
        data = bytes(document)
        return Source(name or TEXT_NAME, lambda: BytesIO(data), data=data)
    if isinstance(document, os.PathLike):
        path = os.fsdecode(document)
        # Importing pathlib costs more than reading a document.
        return Source(name or path, lambda: open(path, "rb"), path=path)  # noqa: PTH123
    if hasattr(document, "read"):
        return _file_source(document, name)
    if hasattr(document, "getroot") or isinstance(getattr(document, "tag", None), str):
        return _element_source(document, name)
    raise TypeError(f"cannot read XML from {type(document).__name__}")


def _text_source(text: str, name: str) -> Source:
    if "<" not in text and text.strip():
        raise Unreadable(
            "malformed", "this text is no XML; to read a file, pass a pathlib.Path", name=name or TEXT_NAME
        )
    return Source(name or TEXT_NAME, lambda: BytesIO(_encoded(text)), is_text=True, text=text)


def _encoded(text: str) -> bytes:
    """In UTF-8, and lone surrogates so that expat refuses them."""
    return text.encode("utf-8", "surrogatepass")


def _file_source(file: Any, name: str) -> Source:
    data = file.read()
    name = name or str(getattr(file, "name", "") or TEXT_NAME)
    return _text_source(data, name) if isinstance(data, str) else Source(name, lambda: BytesIO(data), data=data)


def _element_source(document: Any, name: str) -> Source:
    element = document.getroot() if hasattr(document, "getroot") else document
    data = etree.tostring(element, encoding="utf-8", with_tail=False)
    url = element.getroottree().docinfo.URL
    return Source(name or url or TEXT_NAME, lambda: BytesIO(data), element=element, data=data)


class Reader:
    """One expat parser over one source; whoever uses it sets the handlers for content on ``parser``.

    ``allow_entities``: internal entities are expanded, within the bounds of expat's protection against amplification.
    """

    __slots__ = ("_allow_entities", "_cuts", "_piece", "_start", "parser")

    def __init__(self, *, allow_entities: bool = False) -> None:
        self._allow_entities = allow_entities
        self._start: Any = None
        self._cuts: list[_Put] = []
        self._piece = b""
        self.parser: Any = None

    def prepare(self, encoding: str | None) -> Any:
        parser = self.parser = expat.ParserCreate(encoding, SEPARATOR)
        parser.ordered_attributes = True
        parser.ExternalEntityRefHandler = self._external
        parser.SkippedEntityHandler = self._skipped
        parser.StartDoctypeDeclHandler = self._doctype
        if not self._allow_entities:
            parser.EntityDeclHandler = self._refuse
            parser.AttlistDeclHandler = self._refuse
            parser.ElementDeclHandler = self._refuse
            parser.NotationDeclHandler = self._refuse
        return parser

    def _external(self, *_names: object) -> int:
        self.refuse("entity", "an external entity is not loaded")
        return 0

    def _skipped(self, name: str, is_parameter: bool) -> None:
        if not is_parameter:
            self.refuse("entity", f"the entity {name!r} is not declared in the document")

    def _doctype(self, _name: str, system: str | None, _public: str | None, _has_subset: bool) -> None:
        """What an external subset might declare expat leaves out silently in attributes; so they are looked at."""
        if system is not None:
            self._start = self.parser.StartElementHandler
            self.parser.StartElementHandler = self._start_checked

    def _start_checked(self, name: str, attributes: Any) -> None:
        tag = _START_TAG.match(self.parser.GetInputContext() or b"")
        if tag is not None and _REFERENCE.search(tag[0]):
            self.refuse("entity", "an attribute refers to an entity that is not declared in the document")
        self._start(name, attributes)

    def _refuse(self, *_declaration: object) -> None:
        self.refuse("doctype", "a document type declaration with declarations of its own is refused")

    def refuse(self, code: str, message: str) -> None:
        """Raises:
        Unreadable: with the place where expat is.
        """
        raise Unreadable(code, message, *self.place())

    def read(self, between: Callable[[], None], chunks: Iterator[bytes]) -> None:
        """Feeds a document to the parser; `between` is called now and then.

        Raises:
            Unreadable: what a handler raises passes, too.
        """
        try:
            for piece in self._pieces(chunks):
                self.parser.Parse(piece, False)
                between()
            self.parser.Parse(b"", True)
        except expat.ExpatError as error:
            message = expat.ErrorString(error.code) or "not well-formed"
            raise Unreadable("malformed", f"not well-formed XML: {message}", *self.place()) from None

    def _pieces(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The chunks. A comment or instruction that is longer than one is cut into several, each in its own chunk.

        `Parse` begins anew with an unfinished token for each mebibyte, and before expat 2.6 for each call, so that the
        time would grow with the square of a comment's length. The cuts change neither lines nor what is well-formed.
        """
        given, line = 0, 1
        kind = b""
        for chunk in chunks:
            unfinished = given - max(self.parser.CurrentByteIndex, 0)
            if unfinished <= len(self._piece):
                kind = self._piece[len(self._piece) - unfinished :][:4]
            elif unfinished > MAXIMUM_TOKEN:
                self.refuse("too-large", f"a tag has more than {MAXIMUM_TOKEN} bytes")
            piece = chunk
            line -= self._piece[-1:] == b"\r" and chunk[:1] == b"\n"  # one line end, not two
            cut = _CUTS.get(kind[:2]) if unfinished > CHUNK else None
            place = None if cut is None else cut.place.match(self._piece[-1:] + chunk)
            if cut is not None and place is not None:
                at = place.end() - 1
                piece = chunk[:at] + cut.text + chunk[at:]
                self._cuts.append(_Put(given + at, len(cut.text), line + _line_ends(chunk[:at]), self.place()))
            given += len(piece)
            line += _line_ends(chunk)
            self._piece = piece
            yield piece

    def place(self) -> tuple[int, int]:
        """Line and column, from 1, of where expat is, in the document without our cuts."""
        line, column, here = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1, 0
        if self._cuts:
            here = self.parser.CurrentByteIndex
            last = self._cuts[-1]
            if last.place < here < last.place + last.length:
                return last.token
        column -= sum(cut.length for cut in self._cuts if cut.line == line and cut.place < here)
        return line, column


def _line_ends(data: bytes) -> int:
    return data.count(b"\n") + (data.count(b"\r") - data.count(b"\r\n") if b"\r" in data else 0)


class _Put(NamedTuple):
    """A cut that was made: its place in what expat was given, its length, its line, and where the token begins."""

    place: int
    length: int
    line: int
    token: tuple[int, int]


class _Cut(NamedTuple):
    """How to cut a token in two: the ``text`` to put in, and where it can be put, as early as possible: behind and
    before characters that have no part in the token's end, and not inside of a character of several bytes."""

    text: bytes
    place: re.Pattern[bytes]


_CUTS = {
    b"<!": _Cut(b"--><!--", re.compile(rb"[^\-\r][\x80-\xbf]{0,3}(?![\x80-\xbf\->])")),
    b"<?": _Cut(b"?><?x ", re.compile(rb"[^?\r][\x80-\xbf]{0,3}(?![\x80-\xbf?>])")),
}
"""By the beginnings of tokens; declarations are refused before they are long."""


def chunks_of(source: Source) -> tuple[str | None, Iterator[bytes]]:
    """The encoding to tell expat, None for what the document says, and the bytes.

    Raises:
        Unreadable: the document cannot be opened, or its encoding is unknown; later, while the bytes are read, also
            where it is not in its encoding.
    """
    if source.text is not None:
        text = source.text
        return "utf-8", (_encoded(text[start : start + CHUNK]) for start in range(0, len(text), CHUNK))
    try:
        file = source.open()
        first = file.read(CHUNK)
    except OSError as error:
        raise Unreadable("unreadable", f"cannot be read: {error.strerror or error}") from None
    except UnicodeEncodeError as error:
        raise Unreadable("malformed", f"not well-formed XML: {error.reason}") from None
    if source.is_text:
        return "utf-8", _rest_of(file, first)
    told, encoding = known_encoding(first)
    return told, _rest_of(file, first) if encoding is None else _transcoded(_rest_of(file, first), encoding)


def _rest_of(file: BinaryIO, chunk: bytes) -> Iterator[bytes]:
    with file:
        while chunk:
            yield chunk
            try:
                chunk = file.read(CHUNK)
            except OSError as error:
                raise Unreadable("unreadable", f"cannot be read: {error.strerror or error}") from None


def known_encoding(head: bytes) -> tuple[str | None, str | None]:
    """The encoding to tell expat, None for UTF-16, of which it finds the order of bytes; and that to decode by
    ourselves, since expat does not know it.

    Raises:
        Unreadable: nobody knows it.
    """
    try:
        encoding = encoding_of(head)
    except UnknownEncoding as unknown:
        raise Unreadable("malformed", f"not well-formed XML: {unknown}", unknown.line, unknown.column) from None
    return (_OF_EXPAT[encoding], None) if encoding in _OF_EXPAT else ("utf-8", encoding)


def _transcoded(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    line = 1
    try:
        for text in decoded(chunks, encoding):
            yield text.encode("utf-8")
            line += text.count("\n")
    except UnicodeError:
        message = f"not well-formed XML: the document is not in its encoding {encoding!r}"
        raise Unreadable("malformed", message, line, 1) from None
