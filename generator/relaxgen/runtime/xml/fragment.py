"""One element of a document that is too large to hold, cut out in a second reading, so that faults in it have places.

Loaded when there is a fault: reading in pieces knows the lines of elements, and no columns.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import BinaryIO
from xml.parsers import expat

from ..faults import Fault
from .escaping import attribute_text
from .positions import LONGEST_LINE, encoding_of, read_tag

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
    except (expat.ExpatError, LookupError, UnicodeError, OSError):
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

    if codecs.lookup(encoding).name in ("utf-8", "ascii"):
        return chunks()
    return (text.lstrip("\ufeff").encode("utf-8") for text in codecs.iterdecode(chunks(), encoding))


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
