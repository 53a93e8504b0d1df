"""The types of values: what the text of an attribute or an element can be.

`ValueReader.type_of` looks at all patterns that a text may match and gives the narrowest type that keeps the text:

    values only                    an enumeration; one value: a literal; yes/no, on/off, true/false: a boolean
    one datatype                   its type; with facets, checked
    several of the same kind       that kind, each tried
    values beside numbers          a choice of both
    values beside strings, text    a string; checked unless `text` is among them
    list                           a list of what its items are
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from ..bindings_file import Note
from ..relaxng.pattern import (
    Attribute,
    Choice,
    Data,
    DatatypeName,
    Empty,
    Group,
    Interleave,
    List,
    OneOrMore,
    Optional,
    Param,
    Pattern,
    Ref,
    Text,
    Value,
    ZeroOrMore,
)
from ..source import UNKNOWN_LOCATION, SourceLocation
from .annotations import ENUM, ENUM_NAME, NAME, note_of
from .elements import ElementTable

XML_SCHEMA = "http://www.w3.org/2001/XMLSchema-datatypes"

BOOLEAN_WORDS = (("yes", "no"), ("on", "off"), ("true", "false"))
"""Pairs of tokens that mean true and false."""


class Kind(Enum):
    """What a datatype's values are, as far as a program cares."""

    STRING = "string"
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLOAT = "float"
    BOOLEAN = "boolean"
    BYTES = "bytes"


KINDS = {
    "integer": Kind.INTEGER,
    "nonPositiveInteger": Kind.INTEGER,
    "negativeInteger": Kind.INTEGER,
    "nonNegativeInteger": Kind.INTEGER,
    "positiveInteger": Kind.INTEGER,
    "long": Kind.INTEGER,
    "int": Kind.INTEGER,
    "short": Kind.INTEGER,
    "byte": Kind.INTEGER,
    "unsignedLong": Kind.INTEGER,
    "unsignedInt": Kind.INTEGER,
    "unsignedShort": Kind.INTEGER,
    "unsignedByte": Kind.INTEGER,
    "decimal": Kind.DECIMAL,
    "float": Kind.FLOAT,
    "double": Kind.FLOAT,
    "boolean": Kind.BOOLEAN,
    "hexBinary": Kind.BYTES,
    "base64Binary": Kind.BYTES,
}
"""Dates and times are not here: Python's types lose what they allow (years beyond 9999, 24:00, missing zones), so they
stay strings, checked. All other types of XML Schema are strings."""

UNCHECKED = frozenset({"string", "token", "normalizedString"})
"""Without facets these accept every text."""


@dataclass(frozen=True, slots=True)
class StringType:
    """Any text."""


@dataclass(frozen=True, slots=True)
class DatatypeType:
    """A datatype with its facets. ``excluded`` are the texts that an ``except`` takes out."""

    datatype: DatatypeName
    params: tuple[Param, ...] = ()
    excluded: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        if self.datatype.library != XML_SCHEMA:
            return Kind.STRING
        return KINDS.get(self.datatype.type, Kind.STRING)

    @property
    def checked(self) -> bool:
        return bool(self.params or self.excluded) or self.datatype.type not in UNCHECKED


@dataclass(frozen=True, slots=True)
class WordsType:
    """A boolean spelled with two words."""

    true: str
    false: str


@dataclass(frozen=True, slots=True)
class LiteralType:
    """Fixed texts, too few or too special for an enumeration. ``exact`` keeps white space significant."""

    tokens: tuple[str, ...]
    exact: bool = False


@dataclass(frozen=True, slots=True)
class TokensType:
    """A choice of texts that becomes an enumeration. ``names`` are the defines that hold just this choice, ``tables``
    the enum tables that its author attached, ``wishes`` what he calls the enumeration; ``location`` is the choice's."""

    tokens: tuple[str, ...]
    exact: bool = False
    names: tuple[str, ...] = field(default=(), compare=False)
    tables: tuple[Note, ...] = field(default=(), compare=False)
    wishes: tuple[Note, ...] = field(default=(), compare=False)
    location: SourceLocation = field(default=UNKNOWN_LOCATION, compare=False)
    documentation: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class EnumType:
    """An enumeration of the model; ``tokens`` are the members that may stand here."""

    name: str
    tokens: tuple[str, ...]
    exact: bool = False


@dataclass(frozen=True, slots=True)
class ListType:
    """Items between white space. ``maximum`` is None where there is no bound."""

    item: ValueType
    minimum: int = 0
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class ChoiceType:
    """The first of ``types`` that takes the text. Only kinds that Python can tell apart stand side by side."""

    types: tuple[ValueType, ...]


ValueType = StringType | DatatypeType | WordsType | LiteralType | TokensType | EnumType | ListType | ChoiceType


def is_text(datatype: DatatypeName) -> bool:
    """Whether values of the datatype are compared as texts."""
    return DatatypeType(datatype).kind is Kind.STRING and datatype.type != "QName"


def accepts_empty(value: ValueType) -> bool:
    """Whether no text at all is a value that needs no stand-in: true for plain strings."""
    match value:
        case StringType():
            return True
        case DatatypeType():
            return value.kind is Kind.STRING and not value.checked
        case _:
            return False


def keeps_text(value: ValueType) -> bool:
    """Whether values are strings, the text itself."""
    match value:
        case StringType() | LiteralType():
            return True
        case DatatypeType():
            return value.kind is Kind.STRING
        case ChoiceType():
            return all(keeps_text(part) for part in value.types)
        case _:
            return False


@dataclass(frozen=True, slots=True)
class _Values:
    """The atoms of a text: what a choice of patterns comes down to."""

    value: Value | None = None
    data: Data | None = None
    list: tuple[int, List] | None = None
    text: bool = False


@dataclass(frozen=True, slots=True)
class ChoiceNotes:
    """What an author says beside a choice of values."""

    name: str
    table: Note | None
    wish: Note | None
    documentation: str
    location: SourceLocation


class ValueReader:
    """Computes value types."""

    def __init__(self, table: ElementTable) -> None:
        self._table = table

    def type_of(self, patterns: Iterable[tuple[int, Pattern]], *, present: bool = False) -> ValueType:
        """``present`` tells that there is a text; that there may be none is said elsewhere."""
        found = list(patterns)
        atoms = [atom for schema, pattern in found for atom in self._atoms(schema, pattern)]
        if present:
            atoms = [atom for atom in atoms if atom.value is None or atom.value.text]
        if any(atom.text for atom in atoms):
            return StringType()
        tokens = self._tokens(atoms, found)
        types: list[ValueType] = [] if tokens is None else [tokens]
        types.extend(_datatype(atom.data) for atom in atoms if atom.data is not None)
        types.extend(self._list(*atom.list) for atom in atoms if atom.list is not None)
        types.extend(_typed_values(atoms))
        return _narrowest(list(dict.fromkeys(types)))

    def _atoms(self, schema: int, pattern: Pattern) -> Iterator[_Values]:
        match pattern:
            case Value():
                yield _Values(value=pattern)
            case Data():
                yield _Values(data=pattern)
            case List():
                yield _Values(list=(schema, pattern))
            case Text():
                yield _Values(text=True)
            case Empty():
                yield _Values(value=Value(DatatypeName("", "token"), "", location=pattern.location))
            case Choice() | Group() | Interleave():
                for part in pattern.patterns:
                    if not isinstance(pattern, Choice) and isinstance(part, Empty):
                        continue
                    yield from self._atoms(schema, part)
            case Optional():
                yield from self._atoms(schema, pattern.pattern)
                yield _Values(value=Value(DatatypeName("", "token"), "", location=pattern.location))
            case OneOrMore() | ZeroOrMore():
                yield from self._atoms(schema, pattern.pattern)
            case Ref():
                yield from self._atoms(schema, self._table.define_of(schema, pattern))
            case Attribute():
                yield from self._atoms(schema, pattern.pattern)
            case _:
                return

    def _tokens(self, atoms: list[_Values], patterns: list[tuple[int, Pattern]]) -> ValueType | None:
        values = [atom.value for atom in atoms if atom.value is not None and is_text(atom.value.datatype)]
        if not values:
            return None
        exact = any(value.datatype.type == "string" for value in values)
        tokens = tuple(dict.fromkeys(value.text if exact else " ".join(value.text.split()) for value in values))
        for true, false in BOOLEAN_WORDS:
            if set(tokens) == {true, false}:
                return WordsType(true, false)
        notes = [self._notes(schema, pattern) for schema, pattern in patterns]
        tables = _distinct(note.table for note in notes)
        if len(tokens) == 1 and not tables:
            return LiteralType(tokens, exact)
        return TokensType(
            tokens,
            exact,
            names=tuple(dict.fromkeys(note.name for note in notes if note.name)),
            tables=tables,
            wishes=_distinct(note.wish for note in notes),
            location=notes[0].location if notes else UNKNOWN_LOCATION,
            documentation=next((note.documentation for note in notes if note.documentation), ""),
        )

    def _notes(self, schema: int, pattern: Pattern) -> ChoiceNotes:
        """Follows references as long as they say nothing else."""
        name, documentation = "", ""
        table, wish = note_of(pattern, ENUM), note_of(pattern, ENUM_NAME)
        if isinstance(pattern, Attribute):
            pattern = pattern.pattern
            table, wish = table or note_of(pattern, ENUM), wish or note_of(pattern, ENUM_NAME)
        while isinstance(pattern, Ref):
            target = self._table.schemas[schema].defines[pattern.name]
            name = target.name
            documentation = documentation or target.annotations.documentation
            pattern = target.pattern
            table = table or note_of(target, ENUM) or note_of(pattern, ENUM)
            wish = wish or note_of(target, ENUM_NAME) or note_of(target, NAME) or note_of(pattern, ENUM_NAME)
        documentation = documentation or pattern.annotations.documentation
        return ChoiceNotes(name, table, wish, documentation, pattern.location)

    def _list(self, schema: int, pattern: List) -> ListType:
        minimum, maximum = self._counts(schema, pattern.pattern)
        item = self.type_of([(schema, part) for part in self._items(schema, pattern.pattern)])
        return ListType(item, minimum, maximum)

    def _items(self, schema: int, pattern: Pattern) -> Iterator[Pattern]:
        match pattern:
            case Group() | Interleave() | Choice():
                for part in pattern.patterns:
                    yield from self._items(schema, part)
            case Optional() | OneOrMore() | ZeroOrMore():
                yield from self._items(schema, pattern.pattern)
            case Ref():
                target = self._table.define_of(schema, pattern)
                if isinstance(target, (Group, Interleave, Optional, OneOrMore, ZeroOrMore)):
                    yield from self._items(schema, target)
                else:
                    yield pattern
            case Empty():
                return
            case _:
                yield pattern

    def _counts(self, schema: int, pattern: Pattern) -> tuple[int, int | None]:
        """How many items a list may have."""
        match pattern:
            case Group() | Interleave():
                parts = [self._counts(schema, part) for part in pattern.patterns]
                unbounded = any(most is None for _, most in parts)
                return sum(least for least, _ in parts), None if unbounded else sum(most or 0 for _, most in parts)
            case Choice():
                parts = [self._counts(schema, part) for part in pattern.patterns]
                unbounded = any(most is None for _, most in parts)
                return min(least for least, _ in parts), None if unbounded else max(most or 0 for _, most in parts)
            case Optional():
                return 0, self._counts(schema, pattern.pattern)[1]
            case OneOrMore():
                return self._counts(schema, pattern.pattern)[0], None
            case ZeroOrMore():
                return 0, None
            case Ref():
                return self._counts(schema, self._table.define_of(schema, pattern))
            case Empty():
                return 0, 0
            case _:
                return 1, 1


def _distinct(notes: Iterable[Note | None]) -> tuple[Note, ...]:
    """The first note of each value."""
    found: dict[str, Note] = {}
    for note in notes:
        if note is not None:
            found.setdefault(note.value, note)
    return tuple(found.values())


def _datatype(data: Data) -> ValueType:
    excluded = tuple(_excluded_texts(data.except_)) if data.except_ is not None else ()
    return DatatypeType(data.datatype, data.params, excluded)


def _excluded_texts(pattern: Pattern) -> Iterator[str]:
    match pattern:
        case Value():
            yield pattern.text
        case Choice():
            for part in pattern.patterns:
                yield from _excluded_texts(part)
        case _:
            return


def _typed_values(atoms: list[_Values]) -> Iterator[ValueType]:
    """Values of XML Schema datatypes: compared by value, so what stands for the choice is the datatype."""
    for atom in atoms:
        if atom.value is not None and not is_text(atom.value.datatype):
            yield DatatypeType(atom.value.datatype)


def _narrowest(types: list[ValueType]) -> ValueType:
    if not types:
        return StringType()
    if len(types) == 1:
        only = types[0]
        return StringType() if isinstance(only, DatatypeType) and not only.checked else only
    if any(isinstance(one, StringType) or (isinstance(one, DatatypeType) and not one.checked) for one in types):
        return StringType()
    if any(keeps_text(one) and isinstance(one, DatatypeType) for one in types):
        return ChoiceType(tuple(_as_text(one) for one in types))
    return ChoiceType(tuple(types))


def _as_text(value: ValueType) -> ValueType:
    """Beside strings everything is a string, since Python code could not tell `"5"` from 5 by what was meant."""
    match value:
        case TokensType():
            return LiteralType(value.tokens, value.exact)
        case WordsType():
            return LiteralType((value.true, value.false))
        case _:
            return value
