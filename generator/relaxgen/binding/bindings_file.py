"""A bindings file: annotations for a schema that the user cannot edit.

Each table addresses a define, an element or an attribute of the schema, and its keys are those of the namespace
``urn:relaxgen:binding:1``::

    [define.diskspec]                        # by the author's name of it
    name = "Disk"

    [element."disk/source"]                  # wherever a path from a root ends so; with a first "/" from a root only
    name = "DiskSource"

    [element."address[@type='pci']"]         # the member of a union for this value
    name = "PciAddress"

    [attribute."disk/@snapshot"]
    enum = "virDomainDiskSnapshot"

The result are the file's entries, each key with its place. `binding.addresses` finds the classes and fields that an
address leads to, while classes are made.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ..diagnostics.errors import Diagnostics, did_you_mean, nearest_or_all
from ..diagnostics.locations import SourceLocation
from ..diagnostics.toml_locations import TomlDocument, TomlPath, read_toml, toml_kind
from .conversion import why_no_conversion


class Subject(StrEnum):
    """The subject of a table."""

    DEFINE = "define"
    ELEMENT = "element"
    ATTRIBUTE = "attribute"


SUBJECTS = tuple(subject.value for subject in Subject)


@dataclass(frozen=True, slots=True)
class Note:
    """The value of one key, and its place. ``lenient`` notes are ignored where they do not fit: they are for
    several releases of a schema. ``pinned`` notes are those of a names file: whatever an author says counts more."""

    value: str
    location: SourceLocation
    lenient: bool = False
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class UnionNote(Note):
    """The members that a union has: ``groups`` of values of ``attribute``, each of which leads to one class."""

    attribute: str = ""
    groups: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class ChoicesNote(Note):
    """Which child elements share a field with others, and which have their own; by their local names."""

    together: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Entry:
    """One table. ``notes`` are by key."""

    subject: Subject
    address: str
    notes: Mapping[str, Note]
    location: SourceLocation
    lenient: bool = False


VALUE_KEYS = ("enum", "enum-name", "as")
IMPLIED_KEYS = ("implied", "when")
TEXT_KEYS = ("since", "documentation")
CLASS_KEYS = ("content", "variants")
KEYS: dict[Subject, tuple[str, ...]] = {
    Subject.DEFINE: ("name", *VALUE_KEYS, *TEXT_KEYS, *CLASS_KEYS),
    Subject.ELEMENT: ("name", "field", *VALUE_KEYS, *IMPLIED_KEYS, *TEXT_KEYS, *CLASS_KEYS),
    Subject.ATTRIBUTE: ("name", *VALUE_KEYS, *IMPLIED_KEYS, "default", "written", *TEXT_KEYS),
}
"""The keys that each kind of table may have."""

CHOICES: dict[str, tuple[str, ...]] = {
    "content": ("ordered", "fields", "choice"),
    "variants": ("merge", "split"),
    "written": ("first",),
}
MAY_BE_EMPTY = ("implied", "default")

NAME = re.compile(r"[^\W\d_][^\W_]*(_[^\W_]+)*")
"""A letter, then letters and digits, of any script, and single underscores between them."""


def wrong_class_name(name: str, what: str = "a class") -> str:
    """Why `name` cannot be what a class is called; nothing where it can."""
    if NAME.fullmatch(name) and is_normal(name) and not name[0].islower():
        return ""
    return f"{name!r} is not a name for {what}: a capital letter, then letters, digits and single '_'"


def is_normal(name: str) -> bool:
    """Whether Python reads the name as it is written."""
    return name.isidentifier() and unicodedata.normalize("NFKC", name) == name


def wrong_field_name(name: str) -> str:
    if NAME.fullmatch(name) and is_normal(name) and name == name.lower():
        return ""
    return f"{name!r} is not a name for a field: a small letter, then small letters, digits and single '_'"


def read_bindings(files: Sequence[Path], diagnostics: Diagnostics, *, lenient: bool = False) -> tuple[Entry, ...]:
    """The entries of all files, in order; what is wrong with them is reported.

    Raises:
        ConfigurationError: a file cannot be read or is not TOML.
    """
    return tuple(entry for file in files for entry in _Reader(read_toml(file), diagnostics, lenient).entries())


@dataclass(frozen=True, slots=True)
class _Reader:
    document: TomlDocument
    diagnostics: Diagnostics
    lenient: bool

    def entries(self) -> Iterable[Entry]:
        for name, tables in self.document.values.items():
            if name not in SUBJECTS:
                known = ", ".join(f"[{subject}.…]" for subject in SUBJECTS)
                self._error((name,), f"unknown table {name!r}{did_you_mean(name, SUBJECTS) or f'; expected {known}'}")
            elif not isinstance(tables, dict):
                self._error((name,), f"{name} is {toml_kind(tables)}, expected tables: [{name}.…]")
            else:
                yield from self._of_subject(Subject(name), tables)

    def _of_subject(self, subject: Subject, tables: Mapping[str, object]) -> Iterable[Entry]:
        for address, table in tables.items():
            path = (str(subject), address)
            if not isinstance(table, dict):
                self._error(path, f"{address!r} is {toml_kind(table)}, expected a table of keys")
                continue
            notes = {
                key: Note(value, self.document.value_place((*path, key)), self.lenient)
                for key, value in table.items()
                if self._accepts(subject, (*path, key), key, value) and isinstance(value, str)
            }
            if "when" in notes and "implied" not in table:
                self._error((*path, "when"), "when needs implied beside it")
            yield Entry(subject, address, notes, self.document.key_place(path), self.lenient)

    def _accepts(self, subject: Subject, path: TomlPath, key: str, value: object) -> bool:
        """Whether the key is allowed here with this value; reports why it is not."""
        if key not in KEYS[subject]:
            self._unknown_key(subject, path, key)
        elif not isinstance(value, str):
            self._wrong(path, f"{key} is {toml_kind(value)}, expected a string")
        elif not value and key not in MAY_BE_EMPTY:
            self._wrong(path, f"{key} is empty")
        elif key in CHOICES and value not in CHOICES[key]:
            self._wrong(path, f"{key} is {value!r}, expected {' or '.join(map(repr, CHOICES[key]))}")
        elif reason := _wrong_name(subject, key, value) or _wrong_conversion(key, value):
            self._wrong(path, reason)
        else:
            return True
        return False

    def _unknown_key(self, subject: Subject, path: TomlPath, key: str) -> None:
        if any(key in keys for keys in KEYS.values()):
            article = "an" if subject is not Subject.DEFINE else "a"
            self._error(path, f"{key} has no effect on {article} {subject}")
        else:
            self._error(path, f"unknown key {key!r}{nearest_or_all(key, KEYS[subject])}")

    def _error(self, path: TomlPath, message: str) -> None:
        self.diagnostics.error(self.document.key_place(path), message)

    def _wrong(self, path: TomlPath, message: str) -> None:
        self.diagnostics.error(self.document.value_place(path), message)


def _wrong_conversion(key: str, value: str) -> str:
    reason = why_no_conversion(value) if key == "as" else ""
    return f"as is {value!r}, {reason}" if reason else ""


def _wrong_name(subject: Subject, key: str, value: str) -> str:
    """The name of an element is checked later: its rules depend on what the element becomes."""
    match subject, key:
        case _, "enum-name":
            return wrong_class_name(value, "an enumeration")
        case (_, "field") | (Subject.ATTRIBUTE, "name"):
            return wrong_field_name(value)
        case _:
            return ""
