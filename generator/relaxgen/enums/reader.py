"""Reads enum tables: ``.enums`` files in the notation of libvirt's ``VIR_ENUM_IMPL``, and C sources that use it.

    VIR_ENUM_IMPL(virDomainDiskSnapshot, VIR_DOMAIN_DISK_SNAPSHOT_LAST,
                  "default", "no", "internal", "external")

In come paths, out come tables; `syntax` has the grammar. This module resolves: the text of each entry, its index,
its constant's name, and what the tables of all files together may not be. Everything that is wrong is reported before
anything is raised.

What is an error in a table file can be right in C source: libvirt has a table without entries, two that repeat a
token (``TypeFromString`` finds the first), and entries that come from macros. There it gives at most a warning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..diagnostics.errors import Diagnostics, TableError
from ..diagnostics.locations import SourceLocation
from ..diagnostics.phrases import unreadable
from .branches import exclude_each_other, predecessors
from .constants import Constants, Enumeration, derived_names
from .expression import ExpressionError
from .file_diagnostics import FileDiagnostics
from .literal import LiteralError, string_bytes
from .syntax import EntrySyntax, FileSyntax, TableSyntax, parse
from .table import EnumEntry, EnumTable
from .tokens import Branch, Kind, Token, shortened

C_SUFFIXES = frozenset({".c", ".h", ".cc", ".cpp", ".cxx", ".hh", ".hpp", ".inc"})
"""Files with other names are table files."""

MOST_JOINED_STRINGS = 3
"""So many are shown where a table has too few entries."""

_NO_XML_CHARACTER = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNDECODED = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class TableFiles:
    """What some files hold: tables and ``enum`` declarations, in the order read."""

    tables: tuple[EnumTable, ...]
    enumerations: tuple[Enumeration, ...]


def read_tables(paths: Iterable[Path], diagnostics: Diagnostics | None = None) -> tuple[EnumTable, ...]:
    """The tables of some files, in the order of the files. C sources and headers among them are read as such.

    Given `diagnostics`, what is wrong is added there, and what could be read is returned. Without:

    Raises:
        TableError: with all errors of all files.
    """
    return read_files(paths, diagnostics).tables


def read_files(paths: Iterable[Path], diagnostics: Diagnostics | None = None) -> TableFiles:
    """As `read_tables`, with the ``enum`` declarations."""
    found = Diagnostics() if diagnostics is None else diagnostics
    unique: dict[Path, Path] = {}
    for path in paths:
        unique.setdefault(path.absolute(), path)
    texts = [(str(path), text) for path in unique.values() if (text := _text_of(path, found)) is not None]
    files = _read(texts, found)
    if diagnostics is None:
        found.raise_errors(TableError)
    return files


def read_text(text: str, path: str = "<text>", diagnostics: Diagnostics | None = None) -> TableFiles:
    """As `read_files` for one file that has been read; its suffix says what it is."""
    found = Diagnostics() if diagnostics is None else diagnostics
    files = _read([(path, text)], found)
    if diagnostics is None:
        found.raise_errors(TableError)
    return files


def _text_of(path: Path, diagnostics: Diagnostics) -> str | None:
    """Bytes that are not UTF-8 become surrogates: in C source they may be in a comment."""
    try:
        return path.read_bytes().decode("utf-8-sig", "surrogateescape")
    except OSError as error:
        diagnostics.error(SourceLocation(str(path)), unreadable(error))
    except ValueError as error:  # a null character in the path
        diagnostics.error(SourceLocation(str(path)), f"cannot be read: {error}")
    return None


def _read(texts: Sequence[tuple[str, str]], diagnostics: Diagnostics) -> TableFiles:
    found = Diagnostics()
    files = [_syntax_of(path, text.replace("\r\n", "\n"), found) for path, text in texts]
    constants = Constants(files)
    tables = _Tables(constants)
    for file in files:
        for syntax in file.tables:
            tables.add(syntax, file.diagnostics)
    _add_in_order(found, [path for path, _ in texts], diagnostics)
    return TableFiles(tables.in_order, constants.enumerations)


def _add_in_order(found: Diagnostics, paths: Sequence[str], diagnostics: Diagnostics) -> None:
    """By place, not by the stage that found it: so a person mends a file from its top."""
    order = {path: position for position, path in reversed(list(enumerate(paths)))}
    places = [(order[finding.location.path], finding.location.line, finding.location.column) for finding in found.found]
    for position in sorted(range(len(places)), key=places.__getitem__):
        diagnostics.found.append(found.found[position])


def _syntax_of(path: str, text: str, diagnostics: Diagnostics) -> FileSyntax:
    in_file = FileDiagnostics(path, text, Path(path).suffix.lower() in C_SUFFIXES, diagnostics)
    undecoded = _UNDECODED.search(text)
    if undecoded is not None and not in_file.is_c:
        byte = ord(undecoded.group()) - 0xDC00
        in_file.error(undecoded.start(), f"byte 0x{byte:02x} is not UTF-8; a table file is UTF-8 text")
    file = parse(text, in_file)
    if not in_file.is_c and not file.tables and not file.enumerations and not in_file.any:
        in_file.warning(0, "this file contains no enum table")
    return file


@dataclass(frozen=True, slots=True)
class _Found:
    """A table with the places that a message about another one needs."""

    table: EnumTable
    branch: Branch


class _Tables:
    """The tables of all files, one for each name."""

    def __init__(self, constants: Constants) -> None:
        self._constants = constants
        self._found: dict[str, _Found] = {}

    @property
    def in_order(self) -> tuple[EnumTable, ...]:
        return tuple(found.table for found in self._found.values())

    def add(self, syntax: TableSyntax, diagnostics: FileDiagnostics) -> None:
        table = _TableBuilder(syntax, diagnostics, self._constants).table()
        if table is None:
            return
        first = self._found.setdefault(table.name, _Found(table, syntax.name.branch))
        if first.table is not table:
            _report_second_table(syntax, table, first, diagnostics)


def _report_second_table(syntax: TableSyntax, table: EnumTable, first: _Found, diagnostics: FileDiagnostics) -> None:
    """The same table may come from two files (a copy and its C source), and from two branches of an ``#if``."""
    is_same_file = first.table.location.path == table.location.path
    is_same_table = first.table.tokens == table.tokens
    excluded = is_same_file and exclude_each_other(first.branch, syntax.name.branch)
    if is_same_table and (excluded or not is_same_file):
        return
    related = [(first.table.location, "first defined here")]
    if excluded:
        message = f"table {syntax.name} has other entries in another branch of the same #if; the first entries are used"
        diagnostics.warning(syntax.name.offset, message, related=related)
    else:
        diagnostics.error(syntax.name.offset, f"table {syntax.name} is defined twice", related=related)


class _TableBuilder:
    """From one table's syntax to the table."""

    def __init__(self, syntax: TableSyntax, diagnostics: FileDiagnostics, constants: Constants) -> None:
        self._syntax = syntax
        self._diagnostics = diagnostics
        self._constants = constants

    def table(self) -> EnumTable | None:
        """None where an entry has no text, after a report."""
        name = self._syntax.name
        if not self._syntax.entries and not self._diagnostics.is_c:
            self._diagnostics.error(name.offset, f"table {name} has no entries; expected at least one string")
            return None
        texts = [self._text(entry) for entry in self._syntax.entries]
        tokens = [text for text in texts if text is not None]
        if len(tokens) < len(texts):
            return None
        self._check_count(len(tokens))
        entries = self._entries(tokens, self._positions(tokens))
        return EnumTable(name.text, _shown(self._syntax.count), entries, self._diagnostics.location(name.offset))

    def _entries(self, tokens: Sequence[str], positions: Sequence[int]) -> tuple[EnumEntry, ...]:
        indexes: list[int] = []
        for predecessor in predecessors(entry.branch for entry in self._syntax.entries):
            indexes.append(0 if predecessor is None else indexes[predecessor] + 1)
        declared = self._constants.names_by_value(self._syntax.count)
        kept = [tokens[position] for position in positions]
        derived = [None] * len(kept) if declared else derived_names(self._syntax.count, kept)
        entries = []
        for position, token, name in zip(positions, kept, derived, strict=True):
            index, location = indexes[position], self._diagnostics.location(self._syntax.entries[position].offset)
            entries.append(EnumEntry(token, index, declared.get(index, name), name is not None, location))
        return tuple(entries)

    def _positions(self, tokens: Sequence[str]) -> list[int]:
        """The entries to keep: a token in two branches of one ``#if`` is one entry. Empty ones keep places, so there
        may be many."""
        first: dict[str, int] = {}
        kept = []
        for position, token in enumerate(tokens):
            earlier = first.setdefault(token, position)
            branches = self._syntax.entries[earlier].branch, self._syntax.entries[position].branch
            if earlier != position and exclude_each_other(*branches):
                continue
            if earlier != position and token:
                self._report_repetition(token, self._syntax.entries[earlier], self._syntax.entries[position])
            kept.append(position)
        return kept

    def _report_repetition(self, token: str, first: EntrySyntax, second: EntrySyntax) -> None:
        related = [(self._diagnostics.location(first.offset), "first here")]
        message = f"{shortened(token)!r} occurs twice in table {self._syntax.name}"
        self._diagnostics.unusable(second.offset, message, related=related)

    def _text(self, entry: EntrySyntax) -> str | None:
        pieces = [self._bytes(part) for part in entry.parts]
        known = [piece for piece in pieces if piece is not None]
        if len(known) < len(pieces):
            return None
        try:
            text = b"".join(known).decode("utf-8")
        except UnicodeDecodeError:
            if self._diagnostics.is_c or not any(_UNDECODED.search(part.text) for part in entry.parts):
                self._diagnostics.unusable(entry.offset, "string is not UTF-8")
            return None
        forbidden = _NO_XML_CHARACTER.search(text)
        if forbidden is not None:
            code = f"U+{ord(forbidden.group()):04X}"
            self._diagnostics.unusable(entry.offset, f"string has the character {code}, which XML does not allow")
            return None
        return text

    def _bytes(self, part: Token) -> bytes | None:
        if part.kind is Kind.NAME:
            return self._macro_bytes(part)
        try:
            return string_bytes(part.text)
        except LiteralError as error:
            self._diagnostics.error(part.offset + error.offset, str(error))
            return None

    def _macro_bytes(self, name: Token) -> bytes | None:
        """Returns the string of a macro; ``NULL`` keeps an index, like an empty string."""
        if name.text == "NULL":
            return b""
        macro = self._constants.macro(name.text)
        if macro is None:
            hint = self._diagnostics.suggestion(name.text, self._constants.macro_names)
            message = f"expected a string, found {name}, for which the files read have no #define{hint}"
        elif not macro.body or any(token.kind is not Kind.STRING for token in macro.body):
            message = f"expected a string, found {name}, a macro for something else"
        else:
            try:
                return b"".join(string_bytes(token.text) for token in macro.body)
            except LiteralError as error:
                message = f"string in the macro {name}: {error}"
        self._diagnostics.unusable(name.offset, message)
        return None

    def _check_count(self, found: int) -> None:
        """With conditionals around an entry the number depends on the build, and says nothing."""
        table_branch = self._syntax.name.branch
        if any(entry.branch != table_branch for entry in self._syntax.entries):
            return
        count = self._count()
        if count is None or count == found:
            return
        name, shown = self._syntax.name, shortened(_shown(self._syntax.count))
        expected = shown if shown == str(count) else f"{shown} = {count}"
        message = f"table {name} has {found} {'entry' if found == 1 else 'entries'}, expected {expected}"
        self._diagnostics.error(self._syntax.count[0].offset, message, related=self._joined() if found < count else ())

    def _count(self) -> int | None:
        try:
            return self._constants.value(self._syntax.count)
        except ExpressionError as error:
            if not self._diagnostics.is_c:
                place = self._syntax.count[0] if error.token is None else error.token
                self._diagnostics.error(place.offset, f"number of entries of {self._syntax.name}: {error}")
            return None

    def _joined(self) -> list[tuple[SourceLocation, str]]:
        """The first places where a comma may be missing."""
        joined = [entry for entry in self._syntax.entries if len(entry.parts) > 1][:MOST_JOINED_STRINGS]
        return [(self._diagnostics.location(entry.offset), _joined_text(entry)) for entry in joined]


def _joined_text(entry: EntrySyntax) -> str:
    return f"without a comma {entry.parts[0]} and {entry.parts[1]} are one string"


def _shown(count: Sequence[Token]) -> str:
    return " ".join(token.text for token in count)
