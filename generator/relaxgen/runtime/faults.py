"""What is wrong with a document: one fault each, and the two errors that carry them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache

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


# How near two words are, for names and values that somebody may have misspelt.

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
    near = [other for other in by_nearness(word, others) if is_near(word, other)]
    return near[0] if near else ""
