"""What is wrong with one file of tables: from offsets in its text to findings with places.

A hostile file can have an error on each of a million lines; after `MOST_REPORTED` the rest is not reported, and
only the first `MOST_SUGGESTIONS` look for the nearest right word, which takes long where many words are known.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable

from ..diagnostics.errors import Diagnostics, did_you_mean
from ..diagnostics.locations import SourceLocation

MOST_REPORTED = 100
MOST_SUGGESTIONS = 20
MOST_KNOWN_WORDS = 5000

Related = Iterable[tuple[SourceLocation, str]]


class FileDiagnostics:
    def __init__(self, path: str, text: str, is_c: bool, diagnostics: Diagnostics) -> None:
        self.is_c = is_c
        self._path = path
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._diagnostics = diagnostics
        self._count = 0
        self._suggestions = 0

    @property
    def any(self) -> bool:
        return self._count > 0

    def location(self, offset: int) -> SourceLocation:
        line = bisect_right(self._line_starts, offset)
        return SourceLocation(self._path, line, offset - self._line_starts[line - 1] + 1)

    def error(self, offset: int, message: str, *, related: Related = ()) -> None:
        if self._has_room(offset):
            self._diagnostics.error(self.location(offset), message, related=related)

    def warning(self, offset: int, message: str, *, related: Related = ()) -> None:
        if self._has_room(offset):
            self._diagnostics.warning(self.location(offset), message, related=related)

    def unusable(self, offset: int, message: str, *, related: Related = ()) -> None:
        """An error in a table file. In C source it is a warning only: that has its own compiler and other readers."""
        report = self.warning if self.is_c else self.error
        report(offset, message, related=related)

    def suggestion(self, word: str, known: Collection[str]) -> str:
        if self._suggestions == MOST_SUGGESTIONS or len(known) > MOST_KNOWN_WORDS or len(word) > 200:
            return ""
        self._suggestions += 1
        return did_you_mean(word, known)

    def _has_room(self, offset: int) -> bool:
        self._count += 1
        if self._count == MOST_REPORTED:
            self._diagnostics.error(self.location(offset), "too many errors; the rest is not reported")
        return self._count < MOST_REPORTED
