"""What goes wrong through the user's doing: one root exception, few kinds, and a collector.

A stage reports everything that it can find into `Diagnostics`; the pipeline stops between stages. An exception that
is no `GeneratorError` is a bug of ours and keeps its traceback.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import Enum

from .locations import SourceLocation
from .phrases import listed


class Severity(Enum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding about the user's input.

    ``message`` is in the user's words, without a final full stop. ``section`` is the section of the RELAX NG
    specification that requires it, if there is one. ``related`` are other places, each with its text.
    """

    location: SourceLocation
    message: str
    severity: Severity = Severity.ERROR
    section: str = ""
    related: tuple[tuple[SourceLocation, str], ...] = ()

    def __str__(self) -> str:
        lines = [f"{place}: included from here" for place in reversed(self.location.inclusions)]
        mark = "warning: " if self.severity is Severity.WARNING else ""
        section = f" [{self.section}]" if self.section else ""
        lines.append(f"{self.location}: {mark}{self.message}{section}")
        lines.extend(f"{place}: {text}" for place, text in self.related)
        return "\n".join(lines)


class GeneratorError(Exception):
    """The user's input or environment is wrong. The error has all diagnostics."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__(*diagnostics)
        self.diagnostics = diagnostics

    def __str__(self) -> str:
        return "\n".join(str(diagnostic) for diagnostic in self.diagnostics)


class SchemaError(GeneratorError):
    """A RELAX NG schema is not well-formed, not correct, or cannot be bound."""


class TableError(GeneratorError):
    """An enum table cannot be read, or does not fit the schema."""


class ConfigurationError(GeneratorError):
    """An option, a configuration file or a bindings file names something that does not exist."""


class OutputError(GeneratorError):
    """The output directory cannot be written, or holds files that are not ours."""


@dataclass(slots=True)
class Diagnostics:
    """Collects what the stages find, in the order found; a finding that is already there is not added again."""

    found: list[Diagnostic] = field(default_factory=list)

    def error(
        self,
        location: SourceLocation,
        message: str,
        *,
        section: str = "",
        related: Iterable[tuple[SourceLocation, str]] = (),
    ) -> None:
        self._add(Diagnostic(location, message, Severity.ERROR, section, tuple(related)))

    def warning(
        self, location: SourceLocation, message: str, *, related: Iterable[tuple[SourceLocation, str]] = ()
    ) -> None:
        self._add(Diagnostic(location, message, Severity.WARNING, "", tuple(related)))

    def _add(self, diagnostic: Diagnostic) -> None:
        if diagnostic not in self.found:
            self.found.append(diagnostic)

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return tuple(d for d in self.found if d.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        return tuple(d for d in self.found if d.severity is Severity.WARNING)

    def raise_errors(self, kind: type[GeneratorError] = SchemaError, *, after: int = 0) -> None:
        """Raises:
        kind: with every error found so far, but for the first ``after``; nothing happens where there is none.
        """
        if errors := self.errors[after:]:
            raise kind(*errors)


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """The known word that `word` is most likely a misspelling of, empty if none is near. With a `cutoff` of 1 it would
    have to be the same, but for capitals."""
    words = list(known)
    same = [one for one in words if one.lower() == word.lower()]
    return next(iter(same or get_close_matches(word, words, n=1, cutoff=cutoff)), "")


def meant(word: str) -> str:
    """A tail for a message, about the word that would be right; empty if it is."""
    return f" (did you mean {word!r}?)" if word else ""


def did_you_mean(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """A tail for a message: empty if no known word is near."""
    return meant(nearest(word, known, cutoff))


def nearest_or_all(word: str, known: Collection[str]) -> str:
    """A tail for a message: the nearest known word, or else what is known."""
    return did_you_mean(word, known) or (f"; expected one of: {listed(known)}" if known else "")
