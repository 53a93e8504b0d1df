"""Where elements and attributes are in the text of a document, to take some of them out and leave the rest as it is."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from xml.parsers import expat

_DECLARATION = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ATTRIBUTE = re.compile(rb"""(\s+)([^\s=/>]+)\s*=\s*("[^"]*"|'[^']*')""")
_STEP = re.compile(r"(@?[^\[\]]+)(?:\[(\d+)\])?")


@dataclass(slots=True)
class ElementSpan:
    """``start`` to ``end`` is the whole element, ``start`` to ``tag_end`` its start tag, in bytes of UTF-8."""

    name: str
    start: int
    parent: ElementSpan | None
    tag_end: int = 0
    end: int = 0
    children: list[ElementSpan] = field(default_factory=list)


class XmlText:
    """A well-formed document as UTF-8, which remembers its encoding and byte order mark.

    Raises:
        ValueError: the encoding is not known, or the document is not well-formed.
    """

    def __init__(self, data: bytes) -> None:
        self._bom = next((bom for bom, _ in _BOMS if data.startswith(bom)), b"")
        encoding = dict(_BOMS).get(self._bom)
        data = data[len(self._bom) :]
        if encoding is None:
            match = _DECLARATION.match(data)
            encoding = match[1].decode("ascii") if match else "utf-8"
        self._encoding = codecs.lookup(encoding).name
        self.content = data.decode(self._encoding).encode("utf-8")

    def with_content(self, content: bytes) -> bytes:
        """The document with another content, in its own encoding."""
        return self._bom + content.decode("utf-8").encode(self._encoding, "xmlcharrefreplace")


def root_of(content: bytes) -> ElementSpan:
    """The elements of a document in UTF-8, whatever encoding it declares.

    Raises:
        ValueError: the document is not well-formed.
    """
    parser = expat.ParserCreate("utf-8")
    top = ElementSpan("", 0, None)
    current = [top]

    def start(name: str, _: object) -> None:
        span = ElementSpan(name.rpartition(":")[2], parser.CurrentByteIndex, current[0])
        span.tag_end = _tag_end(content, span.start)
        current[0].children.append(span)
        current[0] = span

    def end(_: str) -> None:
        span = current[0]
        is_empty = content[span.tag_end - 2 : span.tag_end] == b"/>"
        span.end = span.tag_end if is_empty else content.index(b">", parser.CurrentByteIndex) + 1
        assert span.parent is not None, "an element that ends has begun"
        current[0] = span.parent

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise ValueError(f"is not well-formed: {error}") from None
    return top


def _tag_end(content: bytes, start: int) -> int:
    """The end of a start tag; a ``>`` in an attribute's value does not count."""
    position, quote = start, 0
    while True:
        byte = content[position]
        if quote:
            quote = 0 if byte == quote else quote
        elif byte in b"\"'":
            quote = byte
        elif byte == ord(">"):
            return position + 1
        position += 1


def span_at(content: bytes, path: str) -> tuple[int, int] | None:
    """The bytes of what a path leads to, with the white space that belongs to it; None where it leads nowhere.

    A path is that of a fault: ``/domain/devices/disk[2]/@snapshot``, local names, indexes from 1.
    """
    span = root_of(content)
    for step in filter(None, path.split("/")):
        match = _STEP.fullmatch(step)
        if match is None:
            return None
        name, index = match[1], int(match[2] or 1)
        if name.startswith("@"):
            return _attribute_span(content, span, name[1:])
        same = [child for child in span.children if child.name == name]
        if len(same) < index:
            return None
        span = same[index - 1]
    return _element_span(content, span) if span.parent is not None and span.parent.parent is not None else None


def _attribute_span(content: bytes, span: ElementSpan, name: str) -> tuple[int, int] | None:
    tag = content[span.start : span.tag_end]
    for match in _ATTRIBUTE.finditer(tag):
        if match[2].decode("utf-8").rpartition(":")[2] == name and not match[2].startswith(b"xmlns"):
            return span.start + match.start(), span.start + match.end()
    return None


def _element_span(content: bytes, span: ElementSpan) -> tuple[int, int]:
    """With the line break and the indentation before it, where it is alone on its lines."""
    before = content[: span.start].rstrip(b" \t")
    after = content[span.end :].lstrip(b" \t")
    if before.endswith(b"\n") and after[:1] in (b"\n", b"\r"):
        return len(before) - (2 if before.endswith(b"\r\n") else 1), span.end
    return span.start, span.end
