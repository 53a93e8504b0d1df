"""From what a caller hands over to an lxml tree: texts, bytes, paths, files, elements; and what is refused there.

Nothing outside the document is loaded: no DTD, no external entity, no network. A DOCTYPE is tolerated, one that
declares anything is refused, so there are no entities to expand. libxml2 bounds depth (256) and the length of texts.
"""

from __future__ import annotations

import os
from copy import deepcopy
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, NamedTuple, TypeAlias, Union

from .markup import etree, make_parser

if TYPE_CHECKING:
    from .faults import ParseError


Source: TypeAlias = Union[str, bytes, "os.PathLike[str]", BinaryIO, Any]
"""XML text, bytes in any encoding that XML allows, a path, an open binary file, or an lxml element."""

UnknownContent: TypeAlias = Literal["error", "keep", "ignore"]
"""What becomes of elements, attributes and enum tokens that the schema does not know."""

TEXT_NAME = "<text>"

_OF_LIBXML2 = frozenset(("utf-8", "utf-16-be", "utf-16-le"))

BEHIND_DECLARATION = 5
"""Here an instruction may begin that is not the XML declaration."""

_PARSERS: dict[tuple[bool, bool], Any] = {}
_LIMITS = {
    "Excessive depth": "elements are nested deeper than 256",
    "Huge input lookup": "a name, value or text is longer than 10,000,000 bytes",
    "Buffer size limit": "a name, value or text is longer than 10,000,000 bytes",
    "Comment too big": "a comment is longer than 10,000,000 bytes",
    "Resource limit": "a name, value or text is longer than 10,000,000 bytes",
    "amplification": "entities expand to many times the size of the document",
}
"""What libxml2 says of the bounds it keeps to, and how we say it: its advice is for C programs."""


class Document:
    """A document that was read: its root, and what is needed to point into it.

    ``data`` is None for an lxml element that a caller made. ``blanks`` tells that white space between elements was
    kept; otherwise libxml2 drops it while reading, which is the faster way. ``is_text`` tells that ``data`` is UTF-8,
    whatever encoding it claims.
    """

    __slots__ = ("blanks", "data", "file", "is_text", "root")

    def __init__(self, root: Any, data: bytes | None, file: str, *, blanks: bool, is_text: bool = False) -> None:
        self.root = root
        self.is_text = is_text
        self.data = data
        self.file = file
        self.blanks = blanks


def read_document(source: Source, *, blanks: bool) -> Document:
    """Raises:
    ParseError: the source is not well-formed XML, declares entities, or passes a bound.
    OSError: a path or file cannot be read.
    TypeError: the source is nothing that can hold XML.
    """
    found = source if isinstance(source, Loaded) else bytes_of(source)
    if found is not None:
        data, name = found
        return _parsed(data, name, blanks, is_text=isinstance(source, str))
    tree: Any = source
    root = tree.getroot() if hasattr(tree, "getroot") else tree
    if etree.iselement(root) and isinstance(root.tag, str):
        name = root.getroottree().docinfo.URL or TEXT_NAME
        return Document(_without_comments(root), None, name, blanks=True)
    what = f"{type(source).__module__}.{type(source).__qualname__}"
    raise TypeError(f"cannot read XML from {what}: pass a str, bytes, a path, a binary file or an lxml element")


class Loaded(NamedTuple):
    """The bytes of a source, and its name."""

    data: bytes
    name: str


def loaded(source: Source) -> Source:
    """What was read from a path or file; texts, bytes and elements are returned as they are. Raises as `bytes_of`."""
    if isinstance(source, (str, bytes, Loaded)):
        return source
    found = bytes_of(source)
    return source if found is None else Loaded(*found)


def text_of(source: Source) -> object:
    """What of a loaded source is the text: itself, or its bytes."""
    return source.data if isinstance(source, Loaded) else source


def bytes_of(source: Source) -> tuple[bytes, str] | None:
    """The bytes of a source, those of a text in UTF-8, and its name; None for what is neither text, path nor file.

    Raises:
        ParseError: a text is no XML, or has lone surrogates.
        OSError: a path or file cannot be read.
        TypeError: a file is open in text mode.
    """
    if isinstance(source, str):
        return _encoded(source), TEXT_NAME
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source), TEXT_NAME
    if isinstance(source, os.PathLike):
        # Importing pathlib costs more than reading a document.
        with open(source, "rb") as file:  # noqa: PTH123
            return file.read(), str(os.fspath(source))
    if hasattr(source, "read"):
        data = source.read()
        if not isinstance(data, bytes):
            raise TypeError("the file must be open in binary mode")
        return data, str(getattr(source, "name", TEXT_NAME))
    return None


def _without_comments(root: Any) -> Any:
    """The element, or a copy: comments and instructions cut texts into pieces."""
    if next(root.iter(etree.Comment, etree.ProcessingInstruction), None) is None:
        return root
    copy = deepcopy(root)
    copy.tail = None
    etree.strip_tags(copy, etree.Comment, etree.ProcessingInstruction)
    return copy


def _encoded(text: str) -> bytes:
    if "<" not in text and text.strip():
        raise _refused(TEXT_NAME, 1, 1, "this text is no XML; to read a file, pass a pathlib.Path")
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        column = error.start - text.rfind("\n", 0, error.start)
        raise _refused(TEXT_NAME, line, column, "a lone surrogate is no character of XML") from None


def _parsed(data: bytes, file: str, blanks: bool, *, is_text: bool = False) -> Document:
    if not is_text:
        data, is_text = _in_known_encoding(data, file)
    blanks = blanks or _holds_more_than_elements(data)
    try:
        root = etree.fromstring(data, _parser(blanks, is_text))
    except etree.XMLSyntaxError as error:
        _refuse_declarations(data, file, is_text)
        line, column = error.position if error.position else (0, 0)
        code, message = explained_error(error)
        raise _refused(file, line or 0, max(column or 0, 1), message, data, code) from None
    except ValueError as error:
        raise _refused(file, 1, 1, str(error), data) from None
    if root.getroottree().docinfo.internalDTD is not None:
        _refuse_declarations(data, file, is_text)
    return Document(root, data, file, blanks=blanks, is_text=is_text)


def _in_known_encoding(data: bytes, file: str) -> tuple[bytes, bool]:
    """The document, and whether it is in UTF-8 now, whatever it claims. libxml2 has encodings that nobody else has, and
    lacks others, as the platform has it.

    Raises:
        ParseError: nobody knows the encoding, or the document is not in it.
    """
    if data[:1] == b"<" and data[1:2] not in b"?\0":
        return data, False
    from .encodings import UnknownEncoding, encoding_of, in_utf8

    try:
        encoding = encoding_of(data)
        if encoding in _OF_LIBXML2:
            return data, False
        return in_utf8(data, encoding), True
    except UnknownEncoding as unknown:
        message = f"not well-formed XML: {unknown}"
        raise _refused(file, unknown.line, unknown.column, message, data) from None


def _holds_more_than_elements(data: bytes) -> bool:
    """Whether there may be comments or instructions.

    libxml2's rule for white space to drop looks at neighbours; comments and instructions, which we drop as well, would
    make it drop part of a text. Single bytes are looked for first, since that is many times faster.
    """
    if b"!" in data and b"<!--" in data:
        return True
    if data.find(b"?", BEHIND_DECLARATION) >= 0 and data.find(b"<?", BEHIND_DECLARATION) >= 0:
        return True
    return not is_like_ascii(data)


def is_like_ascii(data: bytes) -> bool:
    """Whether the encoding has ASCII's bytes for ASCII's characters: XML begins with ``<``, white space, or UTF-8's
    byte order mark."""
    return data[:1] in b"<\xef \t\r\n" and b"\0" not in data[:4]


def _refuse_declarations(data: bytes, file: str, is_text: bool) -> None:
    """Raises:
    ParseError: the DOCTYPE declares something, or the document refers to what only an external one may declare.
    """
    from .events import Reader, Unreadable, chunks_of
    from .events import Source as Bytes

    reader = Reader()
    try:
        encoding, chunks = chunks_of(Bytes(file, lambda: BytesIO(data), is_text))
        reader.prepare(encoding).StartElementHandler = lambda _name, _attributes: None
        reader.read(lambda: None, chunks)
    except Unreadable as error:
        if error.code in ("doctype", "entity"):
            raise _refused(file, error.line, error.column, error.message, data, error.code) from None


def _parser(blanks: bool, is_text: bool) -> Any:
    key = blanks, is_text
    if key not in _PARSERS:
        encoding = {"encoding": "utf-8"} if is_text else {}
        _PARSERS[key] = make_parser(remove_blank_text=not blanks, **encoding)
    return _PARSERS[key]


def explained_error(error: Any) -> tuple[str, str]:
    """The code and the message of a fault."""
    message = str(error.msg or "not well-formed XML").split(", line ")[0].strip()
    for words, limit in _LIMITS.items():
        if words in message:
            return "limit", limit
    if "Document is empty" in message:
        return "malformed", "the document is empty"
    return "malformed", f"not well-formed XML: {message}"


def _refused(
    file: str, line: int, column: int, message: str, data: bytes | None = None, code: str = "malformed"
) -> ParseError:
    from .faults import Fault, ParseError

    text = ""
    if data is not None and line and is_like_ascii(data):
        lines = data.split(b"\n", line)
        text = lines[line - 1].decode("utf-8", "replace").rstrip("\r") if len(lines) >= line else ""
    return ParseError([Fault(file, line, column, "", code, message, source_line=text)])
