"""What is wrong with a document: one fault each, and the two errors that carry them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

SHOWN_WORDS = 12
"""So many expected words stand in a text; the rest is counted. The fault itself carries all."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a document.

    ``line`` and ``column`` count from 1, in characters; 0 means unknown. ``width`` is the number of characters from
    there that the fault covers on its line. ``path`` is the way from the root by local names, as an XPath, with an
    index only where siblings share the name: ``/domain/devices/disk[2]/@snapshot``. ``code`` is a stable word for
    the kind of fault (``unknown-attribute``, ``bad-value``, …). ``expected`` lists what would have been right, the
    likeliest first. ``schema_location`` is ``file:line:column`` of the pattern that asks for it, where known.
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
        hint = f"(did you mean {self.suggestion!r}?)" if self.suggestion else ""
        if not self.expected:
            return [f"  {hint}"]
        shown = ", ".join(self.expected[:SHOWN_WORDS])
        more = len(self.expected) - SHOWN_WORDS
        tail = f" and {more} more" if more > 0 else ""
        lead = "expected one of: " if len(self.expected) > 1 else "expected: "
        return [f"  {lead}{shown}{tail}" + (f"   {hint}" if hint else "")]

    def as_dict(self) -> dict[str, object]:
        """The fault for machines: plain values, without the excerpt."""
        values = asdict(self)
        del values["width"], values["source_line"]
        values["expected"] = list(self.expected)
        return values


def faults_as_json(faults: Iterable[Fault]) -> str:
    return json.dumps([fault.as_dict() for fault in faults], ensure_ascii=False, indent=2)


class ParseError(ValueError):
    """A document cannot be taken. ``faults`` has everything that was found, in document order."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def __reduce__(self) -> tuple[type[ParseError], tuple[tuple[Fault, ...]]]:
        return ParseError, (self.faults,)


class FormatError(ValueError):
    """An object cannot be written as XML; the message names the field. ``faults`` has what the schema does not allow in
    the text that would have been written, where it is this that is wrong."""

    def __init__(self, message: str, faults: Sequence[Fault] = ()) -> None:
        self.faults = tuple(faults)
        super().__init__(message)

    def __reduce__(self) -> tuple[type[FormatError], tuple[str, tuple[Fault, ...]]]:
        return FormatError, (str(self), self.faults)
