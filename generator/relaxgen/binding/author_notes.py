"""Notes of authors on classes and fields, from the schema and from bindings files.

A bindings file addresses classes and fields, so its notes are found by their `Place`. In a schema, notes are on
patterns, and a class or a field can be made from several patterns. A name counts if any of the patterns has it. A note
on the meaning counts only if all of them have it, because it could be wrong for the others. Bindings files override the
schema.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ..diagnostics.errors import Diagnostics, did_you_mean
from ..diagnostics.locations import SourceLocation
from ..relaxng.name_class import QName
from ..relaxng.pattern import Annotations, Attribute, Element
from ..relaxng.schema import Schema, SchemaDefine
from .annotations import CONTENT, DOCUMENTATION, FIELD, NAME, VARIANTS, WRITTEN, annotation_of, note_of
from .author_keys import AuthorKeys
from .bindings_file import Entry, Note, Subject
from .class_keys import Body, ClassKey, FieldPlace, Place
from .elements import ElementPattern, ElementTable
from .model import FieldKind

Addressed = Mapping[Place, Mapping[QName, Note]]
"""The notes of bindings files."""

Shape = tuple[ClassKey, QName]

OF_SHAPE = (CONTENT, VARIANTS, WRITTEN)


class AuthorNotes:
    """``shapes`` are those notes that decide which classes there are.

    A note that is asked for has an effect. Those of `OF_SHAPE` may change nothing; whoever asks for them says whether
    they do."""

    def __init__(
        self,
        table: ElementTable,
        keys: AuthorKeys,
        addressed: Addressed | None = None,
        shapes: Mapping[Shape, Note] | None = None,
    ) -> None:
        self.keys = keys
        self.shapes = shapes or {}
        self._table = table
        self._addressed = addressed or {}
        self._defines = [_by_name(schema.defines.values()) for schema in table.schemas]

    def of_class(self, key: ClassKey, name: QName) -> Note | None:
        """The note on a class, or on a union as a whole: on any of its patterns, or on a define that holds just
        one."""
        found = self.in_file(Body(key), name) or self.shapes.get((key, name))
        if found is not None and not found.pinned:
            return found
        return self._first(name, (self._of_element(one, name) for one in self._patterns(key))) or found

    def agreed_of_class(self, key: ClassKey, name: QName) -> str:
        """The value of a note that all patterns of a class have."""
        found = self.in_file(Body(key), name)
        if found is not None:
            return found.value
        return self._agreed(name, (self._of_element(one, name) for one in self._patterns(key)))

    def of_field(self, place: FieldPlace, name: QName, patterns: Sequence[Attribute | Element] = ()) -> Note | None:
        """``patterns`` are those from which the field is made."""
        found = self.in_file(place, name)
        if found is not None and not found.pinned:
            return found
        return self._first(name, (note_of(pattern, name) for pattern in patterns)) or found

    def agreed_of_field(self, place: FieldPlace, name: QName, patterns: Sequence[Attribute | Element]) -> str:
        """The value of a note that all ``patterns`` have."""
        found = self.in_file(place, name)
        if found is not None:
            return found.value
        return self._agreed(name, (note_of(pattern, name) for pattern in patterns))

    def field_name(self, place: FieldPlace, patterns: Sequence[Attribute | Element], kind: FieldKind) -> Note | None:
        """The author's name of the field. ``b:name`` names the class where a child has one."""
        found = self.of_field(place, FIELD, patterns)
        if found is None and kind is not FieldKind.CHILD:
            found = self.of_field(place, NAME, patterns)
        return found

    def in_file(self, place: Place, name: QName) -> Note | None:
        """The note of a bindings file alone. Notes on a member of a union are only in such files."""
        found = self._addressed.get(place, {}).get(name)
        if name not in OF_SHAPE:
            self.keys.apply(name, found)
        return found

    def _first(self, name: QName, notes: Iterable[Note | None]) -> Note | None:
        """The first note. Others that say the same have the same effect."""
        found = [note for note in notes if note is not None]
        if found and name not in OF_SHAPE:
            self.keys.apply(name, *(note for note in found if note.value == found[0].value))
        return found[0] if found else None

    def _agreed(self, name: QName, notes: Iterable[Note | None]) -> str:
        """The value that all notes have: a value that one alternative has could be wrong for the field."""
        found = list(notes)
        values = {note.value if note is not None else "" for note in found}
        if len(values) > 1:
            return ""
        self.keys.apply(name, *found)
        return next(iter(values), "")

    def _of_element(self, one: ElementPattern, name: QName) -> Note | None:
        found = note_of(one.pattern, name)
        if found is None and one.sole and one.define in self._defines[one.schema]:
            found = note_of(self._defines[one.schema][one.define], name)
        return found

    def _patterns(self, key: ClassKey) -> list[ElementPattern]:
        return [self._table.patterns[number] for number in sorted(key.elements)]


def shapes_of(said: Addressed) -> dict[Shape, Note]:
    """The notes that decide which classes there are."""
    return {
        (place.key, name): note
        for place, notes in said.items()
        if isinstance(place, Body)
        for name, note in notes.items()
        if name in (CONTENT, VARIANTS)
    }


def _by_name(defines: Iterable[SchemaDefine]) -> dict[str, SchemaDefine]:
    """The first define of each name."""
    found: dict[str, SchemaDefine] = {}
    for define in defines:
        found.setdefault(define.name, define)
    return found


def annotated(schemas: Sequence[Schema], entries: Sequence[Entry], diagnostics: Diagnostics) -> list[Schema]:
    """The schemas with what a bindings file says of defines, as if their author had written it there."""
    of_defines = [entry for entry in entries if entry.subject is Subject.DEFINE]
    if not of_defines:
        return list(schemas)
    _check_defines(schemas, of_defines, diagnostics)
    notes: dict[str, dict[str, Note]] = {}
    for entry in of_defines:
        known = notes.setdefault(entry.address, {})
        for key, note in entry.notes.items():
            known[key] = prevailing(known.get(key), note, f"{key} of define {entry.address!r}", diagnostics)
    return [
        replace(schema, defines={k: _with_notes(v, notes) for k, v in schema.defines.items()}) for schema in schemas
    ]


def _check_defines(schemas: Sequence[Schema], entries: Sequence[Entry], diagnostics: Diagnostics) -> None:
    known = {define.name for schema in schemas for define in schema.defines.values()}
    for entry in entries:
        if entry.address not in known and not entry.lenient:
            hint = did_you_mean(entry.address, known)
            diagnostics.error(entry.location, f"no define is called {entry.address!r}{hint}")


def _with_notes(define: SchemaDefine, notes: Mapping[str, Mapping[str, Note]]) -> SchemaDefine:
    said = notes.get(define.name)
    if said is None:
        return define
    attributes = dict(define.annotations.attributes)
    places: dict[QName, SourceLocation] = dict(define.annotations.places)
    for key, note in said.items():
        attributes[annotation_of(key)] = note.value
        places[annotation_of(key)] = note.location
    documentation = attributes.pop(DOCUMENTATION, define.annotations.documentation)
    return replace(define, annotations=Annotations(attributes, documentation, places))


def prevailing(known: Note | None, note: Note, what: str, diagnostics: Diagnostics) -> Note:
    """Of two notes on the same thing the one that counts. A lenient one gives way; otherwise they must agree."""
    if known is None or known.value == note.value or known.lenient:
        return note
    if not note.lenient:
        message = f"{what} is {note.value!r} here"
        diagnostics.error(note.location, message, related=[(known.location, f"and {known.value!r} here")])
    return known
