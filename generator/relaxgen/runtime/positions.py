"""Where the parts of an XML document stand: lines, columns and widths, in characters.

lxml knows no columns, and for a tag over several lines only the line where the tag ends. One expat pass over the same
bytes gives the offset of every start and end tag; elements are then named by their *ordinal*, their number in document
order counted from 0, which is the order of ``root.iter("*")``. All else (lines, columns, attributes, text) is computed
from the offsets when somebody asks, so a document without faults costs nothing, and one with many stays linear.
"""

from __future__ import annotations

import codecs
import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import BinaryIO
from xml.parsers import expat

from .encodings import SIGNATURES, UnknownEncoding, decoded, encoding_of
from .faults import Fault
from .markup import attribute_text

LONGEST_LINE = 100_000
"""A source line of more bytes than this is not shown: a fault each would copy it."""

_BLOCK = 4096
_CONTINUATION_BYTES = bytes(range(0x80, 0xC0))
_LINE_END = re.compile(rb"\r\n?|\n")
_REST_OF_LINE = re.compile(rb"[^\r\n]*")
_NOT_BLANK = re.compile(rb"[^ \t\r\n]")
_TAG_NAME = re.compile(rb"</?[^ \t\r\n/>]+")
_ATTRIBUTE = re.compile(rb"[ \t\r\n]+([^ \t\r\n=/>]+)[ \t\r\n]*=[ \t\r\n]*(?:\"[^\"]*\"|'[^']*')")
_TAG_END = re.compile(rb"[ \t\r\n]*(/?)>")


@dataclass(frozen=True, slots=True)
class Place:
    """``line`` and ``column`` count from 1, in characters, and are 0 where the place is not known. ``width`` is the
    number of characters covered, on that line only."""

    line: int
    column: int
    width: int = 1


UNKNOWN_PLACE = Place(0, 0)


@dataclass(frozen=True, slots=True)
class Malformed:
    """What is not well-formed XML, in expat's words. Elements that begin before it keep their places."""

    place: Place
    message: str


@dataclass(frozen=True)
class Tag:
    """Offsets in one start tag; ``attributes`` are in document order and include namespace declarations, each with its
    name and the offsets of its first character and behind its last quote."""

    name_end: int
    attributes: tuple[tuple[str, int, int], ...]
    end: int
    is_empty: bool

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """Of the attributes that declare no namespace."""
        return [(start, end) for name, start, end in self.attributes if not _declares_namespace(name)]


class Positions:
    """The places in one document, given as the bytes that were parsed; any encoding that Python and XML share.

    A document that declares entities is not looked into: it has no places.
    """

    __slots__ = ("_blocks", "_data", "_ends", "_is_ascii", "_lines", "_malformed", "_starts", "_tag_of")

    def __init__(self, data: bytes) -> None:
        self._data = as_utf8(data)
        self._is_ascii = self._data.isascii()
        self._starts: array[int] | None = None
        self._ends: array[int] = array("q")
        self._lines: array[int] | None = None
        self._blocks: array[int] | None = None
        self._malformed: Malformed | None = None
        self._tag_of: tuple[int, Tag] | None = None

    def __len__(self) -> int:
        """The number of elements whose start tag could be read."""
        return len(self._scanned())

    @property
    def malformed(self) -> Malformed | None:
        self._scanned()
        return self._malformed

    def element(self, ordinal: int) -> Place:
        """``<name`` of the start tag."""
        if not self._has(ordinal):
            return UNKNOWN_PLACE
        return self._place(self._scanned()[ordinal], self._tag(ordinal).name_end)

    def attribute(self, ordinal: int, which: str | int) -> Place:
        """Name, equals sign and value of an attribute, by its name as written (``xml:lang``, ``xmlns:a``) or by its
        index among those that declare no namespace, which is lxml's order; the element where there is no such."""
        if not self._has(ordinal):
            return UNKNOWN_PLACE
        span = self._attribute_span(self._tag(ordinal), which)
        return self.element(ordinal) if span is None else self._place(*span)

    def attribute_names(self, ordinal: int) -> list[str]:
        """The names of attributes as written, those apart that declare namespaces; in lxml's order."""
        if not self._has(ordinal):
            return []
        return [name for name, _, _ in self._tag(ordinal).attributes if not _declares_namespace(name)]

    def text(self, ordinal: int, after: int = 0) -> Place:
        """The first text of an element's own that is not blank, after so many of its child elements; the element
        where there is none."""
        if not self._has(ordinal):
            return UNKNOWN_PLACE
        span = self._text_span(ordinal, after)
        return self.element(ordinal) if span is None else self._place(*span)

    def end(self, ordinal: int) -> Place:
        """``</name>``, or the ``/>`` of an empty-element tag."""
        if not self._has(ordinal):
            return UNKNOWN_PLACE
        tag, end = self._tag(ordinal), self._ends[ordinal]
        if tag.is_empty:
            return self._place(tag.end - 2, tag.end)
        if end < 0:
            return self.element(ordinal)
        return self._place(end, self._data.find(b">", end) + 1)

    def line(self, number: int) -> str:
        """The text of a source line without its end; empty where there is no such line or it is overlong."""
        lines = self._line_starts()
        if not 1 <= number <= len(lines):
            return ""
        start = lines[number - 1]
        match = _REST_OF_LINE.match(self._data, start, start + LONGEST_LINE + 1)
        assert match is not None  # the expression matches nothing, too
        if match.end() - start > LONGEST_LINE:
            return ""
        return match[0].decode("utf-8", "replace")

    def _has(self, ordinal: int) -> bool:
        return 0 <= ordinal < len(self._scanned())

    def _scanned(self) -> array[int]:
        if self._starts is None:
            self._starts, self._ends, stopped = _scan(self._data)
            if stopped is not None:
                offset, message = stopped
                self._malformed = Malformed(self._place(offset, offset + 1), message)
        return self._starts

    def _tag(self, ordinal: int) -> Tag:
        if self._tag_of is None or self._tag_of[0] != ordinal:
            self._tag_of = (ordinal, read_tag(self._data, self._scanned()[ordinal]))
        return self._tag_of[1]

    @staticmethod
    def _attribute_span(tag: Tag, which: str | int) -> tuple[int, int] | None:
        if isinstance(which, str):
            return next(((start, end) for name, start, end in tag.attributes if name == which), None)
        return tag.spans[which] if 0 <= which < len(tag.spans) else None

    def _text_span(self, ordinal: int, after: int) -> tuple[int, int] | None:
        data, children, position = self._data, 0, self._tag(ordinal).end
        if self._tag(ordinal).is_empty:
            return None
        while (markup := data.find(b"<", position)) >= 0:
            span = _not_blank(data, position, markup) if children >= after else None
            if span is not None:
                return span
            if data.startswith(b"</", markup):
                return None
            if data.startswith(b"<!--", markup):
                position = _past(data, b"-->", markup + 4)
            elif data.startswith(b"<?", markup):
                position = _past(data, b"?>", markup + 2)
            elif data.startswith(b"<![CDATA[", markup):
                position = _past(data, b"]]>", markup + 9)
                span = _not_blank(data, markup + 9, position - 3) if children >= after else None
                if span is not None:
                    return span
            else:
                position, children = self._past_element(markup), children + 1
        return None

    def _past_element(self, offset: int) -> int:
        ordinal = bisect_left(self._scanned(), offset)
        if not self._has(ordinal):
            return len(self._data)
        tag = read_tag(self._data, offset)
        if tag.is_empty:
            return tag.end
        end = self._ends[ordinal]
        return len(self._data) if end < 0 else _past(self._data, b">", end)

    def _place(self, start: int, end: int) -> Place:
        lines = self._line_starts()
        line = bisect_right(lines, start)
        before = self._characters(start)
        column = before - self._characters(lines[line - 1]) + 1
        rest = _REST_OF_LINE.match(self._data, start, max(start, end))
        end_on_line = rest.end() if rest is not None else start
        return Place(line, column, max(1, self._characters(end_on_line) - before))

    def _line_starts(self) -> array[int]:
        if self._lines is None:
            self._lines = array("q", [0])
            self._lines.extend(match.end() for match in _LINE_END.finditer(self._data))
        return self._lines

    def _characters(self, offset: int) -> int:
        """The number of characters before a byte; by blocks, so that a document on one line stays linear."""
        if self._is_ascii:
            return offset
        if self._blocks is None:
            self._blocks = _count_blocks(self._data)
        block = offset // _BLOCK
        return self._blocks[block] + _count(self._data[block * _BLOCK : offset])


def as_utf8(data: bytes) -> bytes:
    """The same document in UTF-8 without a byte order mark. What cannot be decoded is replaced, not refused: whether
    a document is well-formed is for its parser to say."""
    try:
        encoding = encoding_of(data)
    except UnknownEncoding:
        encoding = "utf-8"
    data = next((data[len(mark) :] for mark, _ in SIGNATURES if data.startswith(mark)), data)
    if encoding in ("utf-8", "ascii"):
        return data
    return data.decode(encoding, "replace").encode("utf-8", "replace")


class _EntityDeclared(Exception):
    pass


def _scan(data: bytes) -> tuple[array[int], array[int], tuple[int, str] | None]:
    """Offsets of start tags and end tags by ordinal (-1 for an element that does not end), and what is malformed."""
    starts, ends, open_elements = array("q"), array("q"), array("q")
    parser = expat.ParserCreate("utf-8")

    def start(_name: str, _attributes: object) -> None:
        open_elements.append(len(starts))
        starts.append(parser.CurrentByteIndex)
        ends.append(-1)

    def end(_name: str) -> None:
        ends[open_elements.pop()] = parser.CurrentByteIndex

    def refuse(*_declaration: object) -> None:
        raise _EntityDeclared

    parser.ordered_attributes = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        return starts, ends, (parser.ErrorByteIndex, expat.ErrorString(error.code) or "not well-formed")
    except _EntityDeclared:
        pass
    return starts, ends, None


def read_tag(data: bytes, offset: int) -> Tag:
    """The start tag that begins at `offset` of well-formed UTF-8."""
    name = _TAG_NAME.match(data, offset)
    assert name is not None  # expat found a start tag here
    attributes, position = [], name.end()
    while (attribute := _ATTRIBUTE.match(data, position)) is not None:
        attributes.append((attribute[1].decode("utf-8", "replace"), attribute.start(1), attribute.end()))
        position = attribute.end()
    end = _TAG_END.match(data, position)
    assert end is not None  # as above
    return Tag(name.end(), tuple(attributes), end.end(), bool(end[1]))


def _declares_namespace(name: str) -> bool:
    return name == "xmlns" or name.startswith("xmlns:")


def _not_blank(data: bytes, start: int, end: int) -> tuple[int, int] | None:
    first = _NOT_BLANK.search(data, start, end)
    if first is None:
        return None
    line = _REST_OF_LINE.match(data, first.start(), end)
    assert line is not None  # the expression matches nothing, too
    return first.start(), first.start() + len(line[0].rstrip())


def _past(data: bytes, mark: bytes, position: int) -> int:
    found = data.find(mark, position)
    return len(data) if found < 0 else found + len(mark)


def _count(data: bytes) -> int:
    return len(data.translate(None, _CONTINUATION_BYTES))


def _count_blocks(data: bytes) -> array[int]:
    counts, total = array("q", [0]), 0
    for start in range(0, len(data), _BLOCK):
        total += _count(data[start : start + _BLOCK])
        counts.append(total)
    return counts


# One element of a document that is too large to hold, cut out in a second reading, so that faults in it have places.
#
# Loaded when there is a fault: reading in pieces knows the lines of elements, and no columns.

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
