"""From what a caller hands over to an lxml tree: texts, bytes, paths, files, elements; and what is refused there.

Nothing outside the document is loaded: no DTD, no external entity, no network. A DOCTYPE is tolerated, one that
declares anything is refused, so there are no entities to expand. libxml2 bounds depth (256) and the length of texts.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, TypeAlias, Union

from .lxml_etree import etree

if TYPE_CHECKING:
    from .faults import ParseError

Source: TypeAlias = Union[str, bytes, "os.PathLike[str]", BinaryIO, Any]
"""XML text, bytes in any encoding that XML allows, a path, an open binary file, or an lxml element."""

UnknownContent: TypeAlias = Literal["error", "keep", "ignore"]
"""What becomes of elements, attributes and enum tokens that the schema does not know."""

TEXT_NAME = "<text>"

BEHIND_DECLARATION = 5
"""Here an instruction may begin that is not the XML declaration."""

_OPTIONS = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
_PARSERS: dict[tuple[bool, bool], Any] = {}


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
    if isinstance(source, str):
        return _parsed(_encoded(source), TEXT_NAME, blanks, is_text=True)
    if isinstance(source, (bytes, bytearray, memoryview)):
        return _parsed(bytes(source), TEXT_NAME, blanks)
    if isinstance(source, os.PathLike):
        with open(source, "rb") as file:
            return _parsed(file.read(), os.fspath(source), blanks)
    if hasattr(source, "read"):
        data = source.read()
        if not isinstance(data, bytes):
            raise TypeError("the file must be open in binary mode")
        return _parsed(data, str(getattr(source, "name", TEXT_NAME)), blanks)
    if isinstance(getattr(source, "tag", None), str):
        return Document(source, None, TEXT_NAME, blanks=True)
    if hasattr(source, "getroot"):
        return Document(source.getroot(), None, TEXT_NAME, blanks=True)
    raise TypeError(f"cannot read XML from {type(source).__name__}")


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
    blanks = blanks or _holds_more_than_elements(data)
    try:
        root = etree.fromstring(data, _parser(blanks, is_text))
    except etree.XMLSyntaxError as error:
        line, column = error.position if error.position else (0, 0)
        raise _refused(file, line or 0, max(column or 0, 1), _explained(error), data) from None
    except ValueError as error:
        raise _refused(file, 1, 1, str(error), data) from None
    doctype = root.getroottree().docinfo.internalDTD
    if doctype is not None and _declares(doctype):
        line = data[: max(data.find(b"<!DOCTYPE"), 0)].count(b"\n") + 1
        raise _refused(file, line, 1, "the DOCTYPE declares entities or elements; such documents are refused", data)
    return Document(root, data, file, blanks=blanks, is_text=is_text)


def _holds_more_than_elements(data: bytes) -> bool:
    """Whether there may be comments or instructions.

    libxml2's rule for white space to drop looks at neighbours; comments and instructions, which we drop as well, would
    make it drop part of a text. Single bytes are looked for first, since that is many times faster.
    """
    if b"!" in data and b"<!--" in data:
        return True
    if data.find(b"?", BEHIND_DECLARATION) >= 0 and data.find(b"<?", BEHIND_DECLARATION) >= 0:
        return True
    # Encodings that are not like ASCII spell them otherwise.
    return b"\0" in data[:BEHIND_DECLARATION]


def _declares(doctype: Any) -> bool:
    return bool(doctype.entities() or doctype.elements() or b"[" in etree.tostring(doctype))


def _parser(blanks: bool, is_text: bool) -> Any:
    key = blanks, is_text
    if key not in _PARSERS:
        encoding = {"encoding": "utf-8"} if is_text else {}
        _PARSERS[key] = etree.XMLParser(remove_blank_text=not blanks, **_OPTIONS, **encoding)
    return _PARSERS[key]


def _explained(error: Any) -> str:
    message = str(error.msg or "not well-formed XML").split(", line ")[0]
    if "Document is empty" in message:
        return "the document is empty"
    return f"not well-formed XML: {message}"


def _refused(file: str, line: int, column: int, message: str, data: bytes | None = None) -> ParseError:
    from .faults import Fault, ParseError

    text = ""
    if data is not None and line:
        lines = data.split(b"\n", line)
        text = lines[line - 1].decode("utf-8", "replace").rstrip("\r") if len(lines) >= line else ""
    return ParseError([Fault(file, line, column, "", "not-well-formed", message, source_line=text)])
