"""The place of something that was read: the file, the line, the column, and the file that included it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

Position = tuple[str, int, int]
"""Path, line and column."""


@dataclass(frozen=True, slots=True, order=True)
class SourceLocation:
    """A place in a file that a user wrote.

    ``line`` and ``column`` count from 1; 0 means that only the file is known. ``path`` is shown as it was
    given, so messages are relative where the user's arguments were. ``included_from`` is the ``include`` or
    ``externalRef`` that led here, innermost first.
    """

    path: str
    line: int = 0
    column: int = 0
    included_from: SourceLocation | None = None

    def __str__(self) -> str:
        if not self.line:
            return self.path
        return f"{self.path}:{self.line}:{self.column}"

    @property
    def position(self) -> Position:
        """The place in the file, however the file came to be read."""
        return self.path, self.line, self.column

    @property
    def file(self) -> Path:
        return Path(self.path)

    @property
    def inclusions(self) -> tuple[SourceLocation, ...]:
        """The chain of inclusions that led to this file, innermost first."""
        chain = []
        place = self.included_from
        while place is not None:
            chain.append(place)
            place = place.included_from
        return tuple(chain)


UNKNOWN_LOCATION = SourceLocation("<unknown>")
