"""What is wrong with a document: one fault each, the two errors that carry them, and where things are in a text."""

from __future__ import annotations

import re
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from .markup import etree, make_parser

if TYPE_CHECKING:
    from .events import Source, Unreadable

SHOWN_WORDS = 12
"""A text lists at most this many expected words, and counts the others. The fault has all of them."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a document.

    ``line`` and ``column`` count characters from 1; 0 means unknown. ``width`` is the number of characters that the
    fault covers on its line. ``path`` is an XPath of local names from the root, with an index only if siblings share
    the name: ``/domain/devices/disk[2]/@snapshot``. ``code`` is a stable word for the kind of fault
    (``unknown-attribute``, ``bad-value``, …). ``expected`` lists what is allowed, the likeliest first; ``suggestion``
    is the word that was probably meant. ``schema_location`` is ``file:line:column`` of the pattern in the schema, if
    known.
    """

    file: str
    line: int
    column: int
    path: str
    code: str
    message: str
    found: str = ""
    expected: tuple[str, ...] = ()
    suggestion: str = ""
    schema_location: str = ""
    width: int = 1
    source_line: str = ""

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        text = f"{place}: {self.path}: {self.message}" if self.path else f"{place}: {self.message}"
        return "\n".join([text, *self._excerpt(), *self._advice()])

    def _excerpt(self) -> list[str]:
        if not self.source_line.strip():
            return []
        start, line, width = self.column - 1, self.source_line, self.width
        if len(line) > 160:
            cut = max(0, start - 40)
            line, start = line[cut : cut + 160], start - cut
        width = max(1, min(width, len(line) - start))
        gutter = f"{self.line:>6} | "
        pad = "".join("\t" if character == "\t" else " " for character in line[:start])
        return [gutter + line.rstrip(), " " * 7 + "| " + pad + "^" * width]

    def _advice(self) -> list[str]:
        if not self.expected and not self.suggestion:
            return []
        is_news = self.suggestion and self.expected != (self.suggestion,)
        hint = f"(did you mean {self.suggestion!r}?)" if is_news else ""
        if not self.expected:
            return [f"  {hint}"]
        shown = ", ".join(self.expected[:SHOWN_WORDS])
        more = len(self.expected) - SHOWN_WORDS
        tail = f" and {more} more" if more > 0 else ""
        lead = "expected one of: " if len(self.expected) > 1 else "expected: "
        return [f"  {lead}{shown}{tail}" + (f"   {hint}" if hint else "")]

    def as_dict(self) -> dict[str, object]:
        """Returns the fault as plain values, without the excerpt of the document."""
        values = asdict(self)
        del values["width"], values["source_line"]
        values["expected"] = list(self.expected)
        return values


class ParseError(ValueError):
    """A document has faults. ``faults`` has all of them, in document order."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def __reduce__(self) -> tuple[type[ParseError], tuple[tuple[Fault, ...]]]:
        return ParseError, (self.faults,)


class FormatError(ValueError):
    """An object cannot be written as XML; the message names the field. If the schema does not allow the document as a
    whole, ``faults`` has the faults of the text that was not written."""

    def __init__(self, message: str, faults: Sequence[Fault] = ()) -> None:
        self.faults = tuple(faults)
        super().__init__(message)

    def __reduce__(self) -> tuple[type[FormatError], tuple[str, tuple[Fault, ...]]]:
        return FormatError, (str(self), self.faults)


# Documents that cannot be read: one fault, whichever parser found it. It has expat's place and libxml2's words, which
# name what is wrong.

_LIMITS = {
    "Excessive depth": "elements are nested deeper than 256",
    "Huge input lookup": "a name, value or text is longer than 10,000,000 bytes",
    "Buffer size limit": "a name, value or text is longer than 10,000,000 bytes",
    "Comment too big": "a comment is longer than 10,000,000 bytes",
    "CData section too big": "a name, value or text is longer than 10,000,000 bytes",
    "too big found": "a processing instruction is longer than 10,000,000 bytes",
    "Resource limit": "a name, value or text is longer than 10,000,000 bytes",
    "amplification": "entities expand to many times the size of the document",
}
"""Words of libxml2's messages about its limits, and our messages: the advice in libxml2's is for C programs."""

LONGEST_BEGINNING = 1_000_000
"""So many bytes without a line end are read to show the line of a fault."""


def refusal(document: Any, error: Exception | None = None) -> ParseError | None:
    """What is wrong with a document that libxml2 refused with `error`, or that may declare something; None where
    nothing is."""
    from .events import Unreadable, check, source_of

    source, found = None, None if error is None else as_unreadable(error)
    try:
        source = source_of(document)
        check(source)
    except Unreadable as other:
        # What libxml2 does not read to its end may be wrong later, too.
        found = found if found is not None and found.code == "limit" and other.code == "malformed" else other
    return None if found is None else ParseError([unreadable(source, found)])


def as_unreadable(error: Exception) -> Unreadable:
    """An error of libxml2 as one of ours."""
    from .events import Unreadable

    if isinstance(error, Unreadable):
        return error
    line, column = getattr(error, "position", (1, 1)) or (0, 0)
    message = str(getattr(error, "msg", error)).split(", line ")[0].strip()
    limit = next((limit for words, limit in _LIMITS.items() if words in message), "")
    code, message = ("limit", limit) if limit else ("malformed", f"not well-formed XML: {message}")
    return Unreadable(code, message, line or 0, max(column or 0, 1))


def unreadable(source: Source | None, error: Unreadable) -> Fault:
    """The one fault of a document that cannot be read."""
    from .events import Malformed

    line, column, message, shown = error.line, error.column, error.message, ""
    if source is None or source.element is not None:
        line, column = (line, column) if source is None else (0, 0)
    elif line and (beginning := _beginning(source, line)) is not None:
        positions = Positions(beginning, is_text=source.is_text)
        shown = positions.line(line)
        if isinstance(error, Malformed):
            message = positions.what_is_wrong(line) or message
    return Fault(
        error.name if source is None else source.name, line, column, "", error.code, message, source_line=shown
    )


def _beginning(source: Source, line: int) -> bytes | None:
    """The document up to the end of a line; None if that is long, or far down in a file. What follows can be large, or
    without end."""
    from .events import CHUNK, SMALL_FILE

    chunks: list[bytes] = []
    ends, since, left = 0, 0, sys.maxsize if source.text or source.data else SMALL_FILE
    with source.open() as file:
        while ends < line and (chunk := file.read(CHUNK)):
            chunks.append(chunk)
            count = max(chunk.count(b"\n"), chunk.count(b"\r"))
            ends, since = ends + count, 0 if count else since + len(chunk)
            left -= len(chunk)
            if since >= LONGEST_BEGINNING or left < 0:
                return None
    return b"".join(chunks)


# The distance between words, for misspelt names and values.

LONGEST = 80
"""Longer words are far from everything but themselves."""


@lru_cache(maxsize=10_000)
def distance(word: str, other: str) -> int:
    """Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other."""
    if word == other:
        return 0
    if max(len(word), len(other)) > LONGEST:
        return LONGEST
    rows = [list(range(len(other) + 1))]
    for i, character in enumerate(word, 1):
        row = [i]
        for j, target in enumerate(other, 1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (character != target))
            if i > 1 and j > 1 and character == other[j - 2] and word[i - 2] == target:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]


def is_near(word: str, other: str) -> bool:
    """Whether one is likely a misspelling of the other: `extrenal`, `external`; differences of case do not count."""
    first, second = word.lower(), other.lower()
    if first == second:
        return True
    if min(len(first), len(second)) < 2:
        return False
    allowed = max(1, min(len(first), len(second)) // 3)
    return abs(len(first) - len(second)) <= allowed and distance(first, second) <= allowed


def by_nearness(word: str, others: Iterable[str]) -> list[str]:
    """The words, the likeliest to be meant first; words equally near keep their order."""
    lowered = word.lower()
    return sorted(dict.fromkeys(others), key=lambda other: distance(lowered, other.lower()))


def nearest(word: str, others: Iterable[str]) -> str:
    """The word that is likely meant; empty where none is near."""
    return next((other for other in by_nearness(word, others) if is_near(word, other)), "")


# The places of the parts of an XML document: lines, columns and widths, in characters.
#
# lxml knows no columns, and for a tag over several lines only the line where the tag ends. One expat pass over the same
# bytes gives the offset of every start and end tag; elements are then named by their *ordinal*, their number in
# document order counted from 0, which is the order of ``root.iter("*")``. All else (lines, columns, attributes, text)
# is computed from the offsets on demand, so a document without faults costs nothing, and one with many stays
# linear.


LONGEST_LINE = 100_000
"""A source line of more bytes than this is not shown: a fault each would copy it."""

_BLOCK = 4096
_CONTINUATION_BYTES = bytes(range(0x80, 0xC0))
LINE_END = re.compile(rb"\r\n?|\n")
_REST_OF_LINE = re.compile(rb"[^\r\n]*")
_NOT_BLANK = re.compile(rb"[^ \t\r\n]")
_TAG_NAME = re.compile(rb"</?[^ \t\r\n/>]+")
_ATTRIBUTE = re.compile(rb"[ \t\r\n]+([^ \t\r\n=/>]+)[ \t\r\n]*=[ \t\r\n]*(?:\"[^\"]*\"|'[^']*')")
_PART = re.compile(
    rb"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[(?P<data>.*?)\]\]>|(?P<text>[^<]+)|(?P<end></)|(?P<child><(?![!?]))", re.DOTALL
)
_TAG_END = re.compile(rb"[ \t\r\n]*(/?)>")


@dataclass(frozen=True, slots=True)
class Place:
    """``line`` and ``column`` count from 1, in characters, and are 0 where the place is not known. ``width`` is the
    number of characters covered, on that line only."""

    line: int
    column: int
    width: int = 1


UNKNOWN_PLACE = Place(0, 0)


@dataclass(frozen=True)
class Tag:
    """Offsets in one start tag; ``attributes`` are in document order and include namespace declarations, each with its
    name and the offsets of its first character and behind its last quote."""

    name_end: int
    attributes: tuple[tuple[str, int, int], ...]
    end: int
    is_empty: bool

    @cached_property
    def plain_attributes(self) -> list[tuple[str, int, int]]:
        """Those that declare no namespace, which is how lxml counts."""
        return [one for one in self.attributes if one[0] != "xmlns" and not one[0].startswith("xmlns:")]


class Positions:
    """The places in one document, given as the bytes that were parsed; any encoding that Python and XML share.

    A document that declares entities is not looked into: it has no places.
    """

    __slots__ = ("_blocks", "_data", "_ends", "_is_ascii", "_lines", "_starts", "_tag_of")

    def __init__(self, data: bytes, *, is_text: bool = False) -> None:
        """``is_text``: these are the bytes of a `str` in UTF-8, so an encoding that it declares means nothing."""
        from .events import as_utf8

        self._data = data if is_text else as_utf8(data)
        self._is_ascii = self._data.isascii()
        self._starts: array[int] | None = None
        self._ends: array[int] = array("q")
        self._lines: array[int] | None = None
        self._blocks: array[int] | None = None
        self._tag_of: tuple[int, Tag] | None = None

    def __len__(self) -> int:
        """The number of elements whose start tag could be read."""
        return len(self._scanned())

    def element(self, ordinal: int) -> Place:
        """``<name`` of the start tag."""
        if not self._has(ordinal):
            return UNKNOWN_PLACE
        return self._place(self._scanned()[ordinal], self._tag(ordinal).name_end)

    def attribute(self, ordinal: int, index: int) -> Place:
        """Name, equals sign and value of an attribute, by its index among those that declare no namespace, which is
        lxml's order; the element where there is no such."""
        if not self._has(ordinal):
            return UNKNOWN_PLACE
        attributes = self._tag(ordinal).plain_attributes
        return self._place(*attributes[index][1:]) if index < len(attributes) else self.element(ordinal)

    def attribute_names(self, ordinal: int) -> list[str]:
        """The names as written of attributes that declare no namespace; in lxml's order."""
        return [name for name, _, _ in self._tag(ordinal).plain_attributes] if self._has(ordinal) else []

    def text(self, ordinal: int, after: int = 0) -> Place:
        """The first text of an element's own that is not blank, after so many of its child elements; the element
        where there is none."""
        if not self._has(ordinal):
            return UNKNOWN_PLACE
        span = self._text_span(ordinal, after)
        return self.element(ordinal) if span is None else self._place(*span)

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

    def what_is_wrong(self, line: int) -> str:
        """Why libxml2 refuses the document in this line; empty where it does not."""
        if not self._data.strip():
            return "the document is empty"
        try:
            etree.fromstring(self._data, make_parser(encoding="utf-8"))
        except etree.XMLSyntaxError as error:
            found = as_unreadable(error)
            if "Document is empty" in found.message:
                return "the document is empty"
            return found.message if found.line == line and found.code == "malformed" else ""
        return ""

    def _has(self, ordinal: int) -> bool:
        return 0 <= ordinal < len(self._scanned())

    def _scanned(self) -> array[int]:
        if self._starts is None:
            self._starts, self._ends = _scan(self._data)
        return self._starts

    def _tag(self, ordinal: int) -> Tag:
        if self._tag_of is None or self._tag_of[0] != ordinal:
            self._tag_of = (ordinal, read_tag(self._data, self._scanned()[ordinal]))
        return self._tag_of[1]

    def _text_span(self, ordinal: int, after: int) -> tuple[int, int] | None:
        data, children, position = self._data, 0, self._tag(ordinal).end
        while not self._tag(ordinal).is_empty and (found := _PART.match(data, position)) is not None:
            kind, position = found.lastgroup, found.end()
            if kind == "end":
                break
            if kind == "child":
                position, children = self._past_element(found.start()), children + 1
            elif kind is not None and children >= after and (span := _not_blank(data, *found.span(kind))) is not None:
                return span
        return None

    def _past_element(self, offset: int) -> int:
        ordinal = bisect_left(self._scanned(), offset)
        if not self._has(ordinal):
            return len(self._data)
        tag = read_tag(self._data, offset)
        if tag.is_empty:
            return tag.end
        end = self._ends[ordinal]
        return len(self._data) if end < 0 else self._data.index(b">", end) + 1

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
            self._lines.extend(match.end() for match in LINE_END.finditer(self._data))
        return self._lines

    def _characters(self, offset: int) -> int:
        """The number of characters before a byte; by blocks, so that a document on one line stays linear."""
        if self._is_ascii:
            return offset
        if self._blocks is None:
            self._blocks = _count_blocks(self._data)
        block = offset // _BLOCK
        return self._blocks[block] + _count(self._data[block * _BLOCK : offset])


class _EntityDeclared(Exception):
    pass


def _scan(data: bytes) -> tuple[array[int], array[int]]:
    """Offsets of start tags and end tags by ordinal; -1 for an element that does not end. Elements that begin before
    something malformed keep their places."""
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
    with suppress(expat.ExpatError, _EntityDeclared):
        parser.Parse(data, True)
    return starts, ends


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


def _not_blank(data: bytes, start: int, end: int) -> tuple[int, int] | None:
    first = _NOT_BLANK.search(data, start, end)
    if first is None:
        return None
    line = _REST_OF_LINE.match(data, first.start(), end)
    assert line is not None  # the expression matches nothing, too
    return first.start(), first.start() + len(line[0].rstrip())


def _count(data: bytes) -> int:
    return len(data.translate(None, _CONTINUATION_BYTES))


def _count_blocks(data: bytes) -> array[int]:
    counts, total = array("q", [0]), 0
    for start in range(0, len(data), _BLOCK):
        total += _count(data[start : start + _BLOCK])
        counts.append(total)
    return counts
