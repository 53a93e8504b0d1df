"""The keys that authors have written, in schemas and bindings files: how each is spelled there, and whether it has an
effect.

Whatever takes a note into account says so (`apply`). In the end the notes that nothing has taken into account are
reported: they are on something where they can do nothing. Notes of presets and names files are for several releases of
a schema, so they may have no effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..diagnostics.errors import Diagnostics
from ..diagnostics.locations import SourceLocation
from ..relaxng.name_class import QName
from ..relaxng.pattern import Pattern, Ref, children
from ..relaxng.schema import Schema
from .annotations import NAMESPACE, Annotated, note_of
from .bindings_file import Entry, Note, Subject

ONLY_ON: Mapping[str, str] = {
    "name": "an element, an attribute, or a define of one element or of words that become an enumeration",
    "field": "an element or an attribute that has a field of its own",
    "enum": "words that become an enumeration",
    "enum-name": "words that become an enumeration",
    "as": "a text or an attribute that allows more than words",
    "implied": "an attribute, or an element that is a text or a flag",
    "when": "an attribute, or an element that is a text or a flag",
    "content": "an element with child elements",
    "variants": "an element whose attribute decides what it contains",
    "written": "an attribute beside others",
}
"""Where a key can do something."""
ONLY_ON_CHOICES = "an element that contains one of several elements"
"""The same for ``content = "choice"``."""

ALWAYS_READ = "since"
"""`relaxgen since` reads it from schemas, wherever it is."""


class AuthorKeys:
    """``entries`` are those of bindings files, ``prefix`` is that of annotations in schemas."""

    def __init__(self, entries: Sequence[Entry], prefix: str = "b") -> None:
        self.prefix = prefix
        self._entries = entries
        notes = [note for entry in entries for note in entry.notes.values()]
        self._in_files = {note.location for note in notes}
        self._lenient = {note.location for note in notes if note.lenient}
        self._applied: set[tuple[str, SourceLocation]] = set()

    def is_in_file(self, location: SourceLocation) -> bool:
        """Whether a note is from a bindings file."""
        return location in self._in_files

    def is_lenient(self, note: Note) -> bool:
        """Whether a note may not fit; also for one on a define, where it is an annotation of the schema."""
        return note.lenient or note.location in self._lenient

    def spelled(self, key: str, location: SourceLocation, value: str = "") -> str:
        """The key, or the key with its value, as its author has to write it there."""
        if location in self._in_files:
            return f"{key} = {value!r}" if value else key
        return f"{self.prefix}:{key}={value!r}" if value else f"{self.prefix}:{key}"

    def apply(self, name: QName, *notes: Note | None) -> None:
        """Says that notes have an effect."""
        self._applied.update(self._identity(name.local, note.location) for note in notes if note is not None)

    def _identity(self, key: str, location: SourceLocation) -> tuple[str, SourceLocation]:
        """The annotations of one element may have one location. In a file each key has its own, and has other names for
        some annotations."""
        return "" if location in self._in_files else key, location

    def report(self, schemas: Sequence[Schema], starts: Sequence[Pattern], diagnostics: Diagnostics) -> None:
        """Warns of the notes without effect, as far as documents can have what they are on."""
        for key, note in (*self._in_tables(), *_in_schemas(schemas, starts)):
            if self._identity(key, note.location) not in self._applied and not self.is_lenient(note):
                on = (
                    ONLY_ON_CHOICES
                    if (key, note.value) == ("content", "choice")
                    else ONLY_ON.get(key, "something else")
                )
                message = f"{self.spelled(key, note.location, note.value)} has no effect here: it is for {on}"
                diagnostics.warning(note.location, message)

    def _in_tables(self) -> Iterator[tuple[str, Note]]:
        """Those on defines are in the schemas."""
        for entry in self._entries:
            if entry.subject is not Subject.DEFINE:
                yield from entry.notes.items()


def _in_schemas(schemas: Sequence[Schema], starts: Sequence[Pattern]) -> Iterator[tuple[str, Note]]:
    for schema, start in zip(schemas, starts, strict=True):
        for annotated in _reached(schema, start):
            for name in annotated.annotations.attributes:
                note = note_of(annotated, name)
                if name.namespace == NAMESPACE and name.local != ALWAYS_READ and note is not None:
                    yield name.local, note


def _reached(schema: Schema, start: Pattern) -> Iterable[Annotated]:
    """The patterns and defines that a start pattern leads to."""
    seen: set[str] = set()
    stack = [start]
    while stack:
        pattern = stack.pop()
        yield pattern
        if isinstance(pattern, Ref) and pattern.name not in seen:
            seen.add(pattern.name)
            define = schema.defines[pattern.name]
            yield define
            stack.append(define.pattern)
        stack.extend(reversed(children(pattern)))
