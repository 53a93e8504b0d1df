"""The types of values: what the text of an attribute or an element can be.

`ValueReader.type_of` looks at all patterns that a text may match and gives the narrowest type that keeps the text:

    values only                    an enumeration; one value: a literal; yes/no, on/off, true/false, 1/0: a boolean
    one datatype                   its type; with facets, checked
    several of the same kind       that kind, each tried
    values beside numbers          a choice of both
    values beside strings, text    a string; checked unless `text` is among them
    list                           a list of what its items are
    b:as beside any of these       datatypes and text are read as that; see `conversion`
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

from ..diagnostics.locations import UNKNOWN_LOCATION, SourceLocation
from ..relaxng.datatype import NOTHING_SAID, Saying, translated, worded
from ..relaxng.pattern import (
    Annotations,
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
from ..runtime.converters import Data as Check
from ..runtime.converters import Meaning
from ..runtime.datatypes import collapse
from ..runtime.datatypes import replace as replace_blanks
from ..runtime.markup import XML_SCHEMA
from .annotations import AS, ENUM, ENUM_NAME, NAME, Annotated, note_of
from .author_keys import AuthorKeys
from .bindings_file import Note
from .conversion import Conversion, Kind, read_conversion
from .elements import ElementTable

BOOLEAN_WORDS = (("yes", "no"), ("on", "off"), ("true", "false"))
"""Pairs of tokens that mean true and false."""

BOOLEAN_DIGITS = ("1", "0")
"""A boolean if nothing else is allowed. Beside numbers they are ordinary words."""


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

_WHITE_SPACE: Mapping[str, Callable[[str], str]] = {"string": str, "normalizedString": replace_blanks}
"""How values of these datatypes treat white space; the others collapse it."""

UNCHECKED = frozenset({"string", "token", "normalizedString"})
"""Without facets these accept every text."""


@dataclass(frozen=True, slots=True)
class StringType:
    """Any text."""


@dataclass(frozen=True, slots=True)
class ExcludedValue:
    """A value that an ``except`` takes out, compared by its own datatype."""

    datatype: DatatypeName
    text: str

    @property
    def check(self) -> Meaning:
        return Meaning(self.datatype.type, self.text, library=self.datatype.library)


@dataclass(frozen=True, slots=True)
class DatatypeType:
    """A datatype with its facets. ``excluding`` are the values and datatypes that an ``except`` takes out."""

    datatype: DatatypeName
    params: tuple[Param, ...] = ()
    excluding: tuple[ExcludedValue | DatatypeType, ...] = ()
    define: str = field(default="", compare=False)
    """The define that holds just this; so in the other types below."""
    saying: Saying = field(default=NOTHING_SAID, compare=False)
    """How messages can name the texts."""

    @property
    def kind(self) -> Kind:
        if self.datatype.library != XML_SCHEMA:
            return Kind.STRING
        return KINDS.get(self.datatype.type, Kind.STRING)

    @property
    def check(self) -> Check:
        """The check of texts at run time."""
        return Check(
            self.datatype.type,
            *translated(self.params),
            library=self.datatype.library,
            excluding=tuple(one.check for one in self.excluding),
        )

    @property
    def worded(self) -> tuple[tuple[str, ...], ...]:
        """The parameters, with what messages say of patterns."""
        return worded(self.params, self.saying)

    @property
    def excluded(self) -> tuple[str, ...]:
        """The texts of excluded values."""
        return tuple(one.text for one in self.excluding if isinstance(one, ExcludedValue))

    @property
    def checked(self) -> bool:
        return bool(self.params or self.excluding) or self.datatype.type not in UNCHECKED


@dataclass(frozen=True, slots=True)
class ConvertedType:
    """Texts that one of ``checks`` allows, or any text without checks, read as the author says."""

    checks: tuple[DatatypeType, ...]
    conversion: Conversion
    define: str = field(default="", compare=False)

    @property
    def kind(self) -> Kind:
        return self.conversion.kind


@dataclass(frozen=True, slots=True)
class WordsType:
    """A boolean spelled with two words; white space is significant in those of ``exact``."""

    true: str
    false: str
    exact: tuple[str, ...] = ()
    spaced: ClassVar[tuple[str, ...]] = ()

    @property
    def tokens(self) -> tuple[str, ...]:
        return self.true, self.false


@dataclass(frozen=True, slots=True)
class LiteralType:
    """Fixed texts, too few or too special for an enumeration; white space as in `TokensType`."""

    tokens: tuple[str, ...]
    exact: tuple[str, ...] = ()
    spaced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TokensType:
    """A choice of texts that becomes an enumeration; white space is significant in those of ``exact``, in those of
    ``spaced`` counted as spaces. ``names`` are the defines that hold just this choice, ``tables`` the enum tables that
    its author attached, ``author_names`` the author's names of the enumeration; ``choices`` are the places of the
    choices in the schema. ``described`` has the documentation of single tokens."""

    tokens: tuple[str, ...]
    exact: tuple[str, ...] = ()
    spaced: tuple[str, ...] = ()
    names: tuple[str, ...] = field(default=(), compare=False)
    tables: tuple[Note, ...] = field(default=(), compare=False)
    author_names: tuple[Note, ...] = field(default=(), compare=False)
    choices: tuple[SourceLocation, ...] = field(default=(), compare=False)
    documentation: str = field(default="", compare=False)
    described: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    @property
    def location(self) -> SourceLocation:
        return self.choices[0] if self.choices else UNKNOWN_LOCATION


@dataclass(frozen=True, slots=True)
class EnumType:
    """An enumeration of the model; ``tokens`` are the members allowed here, ``exact`` those in which white space is
    significant, ``spaced`` those of them in which it counts as spaces."""

    name: str
    tokens: tuple[str, ...]
    exact: tuple[str, ...] = ()
    spaced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListType:
    """Items between white space. ``maximum`` is None where there is no bound."""

    item: ValueType
    minimum: int = 0
    maximum: int | None = None
    define: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class ChoiceType:
    """A union: the first of ``types`` that accepts the text. In Python, values of different members always differ."""

    types: tuple[ValueType, ...]
    define: str = field(default="", compare=False)


ValueType = (
    StringType | DatatypeType | ConvertedType | WordsType | LiteralType | TokensType | EnumType | ListType | ChoiceType
)


def parts_of(value: ValueType) -> Iterator[ValueType]:
    """The types inside lists and choices, or the type itself if it is neither."""
    match value:
        case ListType():
            yield from parts_of(value.item)
        case ChoiceType():
            for part in value.types:
                yield from parts_of(part)
        case _:
            yield value


def with_parts(value: ValueType, change: Callable[[ValueType], ValueType]) -> ValueType:
    """`value` with what `change` makes of each of its `parts_of`."""
    match value:
        case ListType():
            return replace(value, item=with_parts(value.item, change))
        case ChoiceType():
            return ChoiceType(tuple(with_parts(part, change) for part in value.types))
        case _:
            return change(value)


def is_text(datatype: DatatypeName) -> bool:
    """Whether values of the datatype are compared as texts."""
    return DatatypeType(datatype).kind is Kind.STRING and datatype.type != "QName"


def accepts_empty(value: ValueType) -> bool:
    """Whether the empty text is an ordinary value: true for plain strings."""
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
        case DatatypeType() | ConvertedType():
            return value.kind is Kind.STRING
        case ChoiceType():
            return all(keeps_text(part) for part in value.types)
        case _:
            return False


@dataclass(frozen=True, slots=True)
class _Atom:
    """One of what a choice of patterns comes down to, with the nearest conversion."""

    conversion: Conversion | None
    value: Value | None = None
    data: Data | None = None
    list: tuple[int, List] | None = None
    text: bool = False
    saying: Saying = NOTHING_SAID


@dataclass(frozen=True, slots=True)
class ChoiceNotes:
    """An author's notes on a choice of values."""

    name: str
    table: Note | None
    enum_name: Note | None
    documentation: str
    location: SourceLocation


class ValueReader:
    def __init__(self, table: ElementTable, keys: AuthorKeys) -> None:
        self._table = table
        self._keys = keys

    def type_of(
        self, patterns: Iterable[tuple[int, Pattern]], *, present: bool = False, conversion: Conversion | None = None
    ) -> ValueType:
        """``present``: there is a text; whether there may be none is decided elsewhere. ``conversion`` is the
        author's for the whole."""
        found = list(patterns)
        atoms = [atom for schema, pattern in found for atom in self._atoms(schema, pattern, conversion)]
        if present:
            atoms = [atom for atom in atoms if atom.value is None or atom.value.text]
        # ``text`` allows everything that the other atoms allow, and only a str keeps all of it unchanged.
        if any(atom.text and atom.conversion is None for atom in atoms):
            return StringType()
        tokens = self._tokens(atoms, found)
        types: list[ValueType] = [] if tokens is None else [tokens]
        types.extend(_text_type(atom) for atom in atoms if atom.data is not None or atom.text)
        types.extend(self._list(*atom.list, atom.conversion) for atom in atoms if atom.list is not None)
        # Values of other datatypes are compared by value, so the datatype replaces the choice.
        values = [atom.value for atom in atoms if atom.value is not None]
        types.extend(DatatypeType(value.datatype) for value in values if not is_text(value.datatype))
        return self._of_define(_narrowest(list(dict.fromkeys(types))), found)

    def _of_define(self, value: ValueType, patterns: list[tuple[int, Pattern]]) -> ValueType:
        if not isinstance(value, (DatatypeType, ConvertedType, ListType, ChoiceType)):
            return value
        names = {self._notes(schema, pattern).name for schema, pattern in patterns}
        return replace(value, define=names.pop()) if len(names) == 1 else value

    def _atoms(
        self, schema: int, pattern: Pattern, conversion: Conversion | None = None, saying: Saying = NOTHING_SAID
    ) -> Iterator[_Atom]:
        own = _conversion(pattern.annotations)
        if own is None:
            yield from self._parts(schema, pattern, conversion, saying)
        else:
            yield from self._read_as(pattern, self._parts(schema, pattern, own, saying))

    def _read_as(self, annotated: Annotated, atoms: Iterable[_Atom]) -> list[_Atom]:
        """`atoms`, which a note on ``annotated`` converts: all but words."""
        found = list(atoms)
        if any(atom.value is None for atom in found):
            self._keys.apply(AS, note_of(annotated, AS))
        return found

    def _parts(self, schema: int, pattern: Pattern, conversion: Conversion | None, saying: Saying) -> Iterator[_Atom]:
        match pattern:
            case Value():
                yield _Atom(conversion, value=pattern)
            case Data():
                yield _Atom(conversion, data=pattern, saying=saying.of_data(pattern))
            case List():
                yield _Atom(conversion, list=(schema, pattern))
            case Text():
                yield _Atom(conversion, text=True)
            case Empty():
                yield _nothing(pattern)
            case Choice():
                for part in pattern.patterns:
                    yield from self._atoms(schema, part, conversion, saying)
            case Group() | Interleave():
                for part in pattern.patterns:
                    if not isinstance(part, Empty):
                        yield from self._atoms(schema, part, conversion)
            case Optional():
                yield from self._atoms(schema, pattern.pattern, conversion)
                yield _nothing(pattern)
            case OneOrMore() | ZeroOrMore() | Attribute():
                yield from self._atoms(schema, pattern.pattern, conversion)
            case Ref():
                define = self._table.schemas[schema].defines[pattern.name]
                inner = Saying(define.name, define.annotations.documentation)
                own = _conversion(define.annotations)
                atoms = self._atoms(schema, define.pattern, own or conversion, inner)
                yield from atoms if own is None else self._read_as(define, atoms)
            case _:
                return

    def _tokens(self, atoms: list[_Atom], patterns: list[tuple[int, Pattern]]) -> ValueType | None:
        values = [atom.value for atom in atoms if atom.value is not None and is_text(atom.value.datatype)]
        if not values:
            return None
        described: dict[str, str] = {}
        types: dict[str, set[str]] = {}
        for value in values:
            token = _WHITE_SPACE.get(value.datatype.type, collapse)(value.text)
            types.setdefault(token, set()).add(value.datatype.type)
            described[token] = described.get(token) or value.annotations.documentation
        tokens = tuple(described)
        exact = tuple(token for token in tokens if types[token] <= set(_WHITE_SPACE))
        spaced = tuple(token for token in exact if " " in token and "normalizedString" in types[token])
        # Beside numbers ``1|0`` are numbers; ``yes|no`` are words that no number can be.
        alone = all(atom.value is not None for atom in atoms)
        for true, false in (*BOOLEAN_WORDS, BOOLEAN_DIGITS) if alone else BOOLEAN_WORDS:
            if set(tokens) == {true, false}:
                return WordsType(true, false, exact)
        notes = [self._notes(schema, pattern) for schema, pattern in patterns]
        tables = _distinct(note.table for note in notes)
        self._keys.apply(ENUM, *(note.table for note in notes))
        for key in (NAME, ENUM_NAME):
            self._keys.apply(key, *(note.enum_name for note in notes))
        if len(tokens) == 1 and not tables:
            return LiteralType(tokens, exact, spaced)
        return TokensType(
            tokens,
            exact,
            spaced,
            names=tuple(dict.fromkeys(note.name for note in notes if note.name)),
            tables=tables,
            author_names=_distinct(note.enum_name for note in notes),
            choices=tuple(dict.fromkeys(note.location for note in notes)),
            documentation=next((note.documentation for note in notes if note.documentation), ""),
            described=tuple((token, text) for token, text in described.items() if text),
        )

    def _notes(self, schema: int, pattern: Pattern) -> ChoiceNotes:
        """Follows references as long as they say nothing else."""
        name, documentation = "", ""
        table, enum_name = note_of(pattern, ENUM), note_of(pattern, ENUM_NAME)
        if isinstance(pattern, Attribute):
            pattern = pattern.pattern
            table, enum_name = table or note_of(pattern, ENUM), enum_name or note_of(pattern, ENUM_NAME)
        while isinstance(pattern, Ref):
            target = self._table.schemas[schema].defines[pattern.name]
            name = target.name
            documentation = documentation or target.annotations.documentation
            pattern = target.pattern
            table = table or note_of(target, ENUM) or note_of(pattern, ENUM)
            enum_name = enum_name or note_of(target, ENUM_NAME) or note_of(target, NAME) or note_of(pattern, ENUM_NAME)
        if not isinstance(pattern, Value):
            documentation = documentation or pattern.annotations.documentation
        return ChoiceNotes(name, table, enum_name, documentation, pattern.location)

    def _list(self, schema: int, pattern: List, conversion: Conversion | None) -> ListType:
        minimum, maximum = self._counts(schema, pattern.pattern)
        items = [(schema, part) for part in self._items(schema, pattern.pattern)]
        return ListType(self.type_of(items, conversion=conversion), minimum, maximum)

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
            case Group() | Interleave() | Choice():
                counts = [self._counts(schema, part) for part in pattern.patterns]
                least, most = (min, max) if isinstance(pattern, Choice) else (sum, sum)
                is_bounded = all(maximum is not None for _, maximum in counts)
                return least(one for one, _ in counts), most(one or 0 for _, one in counts) if is_bounded else None
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


def _conversion(annotations: Annotations) -> Conversion | None:
    """A wrong notation is ignored here: `annotation_checks` has reported it."""
    return read_conversion(annotations.attributes.get(AS, ""))


def _nothing(pattern: Pattern) -> _Atom:
    return _Atom(None, value=Value(DatatypeName("", "token"), "", location=pattern.location))


def _text_type(atom: _Atom) -> ValueType:
    found: ValueType = StringType() if atom.data is None else _datatype(atom.data, atom.saying)
    return found if atom.conversion is None else converted(found, atom.conversion)


def converted(value: ValueType, conversion: Conversion) -> ValueType:
    """`value` with its datatypes read as `conversion` says; words stay words."""
    match value:
        case StringType():
            return ConvertedType((), conversion)
        case DatatypeType():
            return ConvertedType((value,), conversion)
        case ConvertedType():
            return replace(value, conversion=conversion)
        case ListType():
            return replace(value, item=converted(value.item, conversion))
        case ChoiceType():
            return _narrowest(list(dict.fromkeys(converted(part, conversion) for part in value.types)))
        case _:
            return value


def _datatype(data: Data, saying: Saying = NOTHING_SAID) -> DatatypeType:
    excluding = tuple(_excluded(data.except_)) if data.except_ is not None else ()
    return DatatypeType(data.datatype, data.params, excluding, saying=saying)


def _excluded(pattern: Pattern) -> Iterator[ExcludedValue | DatatypeType]:
    match pattern:
        case Value():
            yield ExcludedValue(pattern.datatype, pattern.text)
        case Data():
            yield _datatype(pattern)
        case Choice():
            for part in pattern.patterns:
                yield from _excluded(part)
        case _:
            return


def _narrowest(types: list[ValueType]) -> ValueType:
    types = _joined(types)
    if not types:
        return StringType()
    if len(types) == 1:
        only = types[0]
        return StringType() if isinstance(only, DatatypeType) and not only.checked else only
    # A string takes every text, so what is beside it would never be tried.
    if any(isinstance(one, StringType) or (isinstance(one, DatatypeType) and not one.checked) for one in types):
        return StringType()
    if any(keeps_text(one) and isinstance(one, (DatatypeType, ConvertedType)) for one in types):
        return ChoiceType(tuple(_as_text(one) for one in types))
    return ChoiceType(tuple(sorted(types, key=_is_float)))


def _is_float(value: ValueType) -> bool:
    """Python takes integers for floats, and they would be written as such: `1` as `1.0`."""
    return isinstance(value, (DatatypeType, ConvertedType)) and value.kind is Kind.FLOAT


def _joined(types: list[ValueType]) -> list[ValueType]:
    """Joins types with the same conversion into one, which has all their checks. A number that is read by its datatype
    stays a separate type."""
    found: list[ValueType] = []
    for one in types:
        place = next((place for place, other in enumerate(found) if _is_same_conversion(one, other)), None)
        if place is None:
            found.append(one)
        else:
            other = found[place]
            assert isinstance(other, ConvertedType) and isinstance(one, ConvertedType)
            # What has no checks takes every text, so that the other's do not count.
            checks = (*other.checks, *one.checks) if other.checks and one.checks else ()
            found[place] = replace(other, checks=checks)
    return found


def _is_same_conversion(one: ValueType, other: ValueType) -> bool:
    return isinstance(one, ConvertedType) and isinstance(other, ConvertedType) and one.conversion == other.conversion


def _as_text(value: ValueType) -> ValueType:
    """Beside a string, every type is a string: otherwise a program could not know whether a document's 5 is `"5"` or
    5."""
    match value:
        case TokensType():
            return LiteralType(value.tokens, value.exact, value.spaced)
        case WordsType():
            return LiteralType(value.tokens, value.exact)
        case _:
            return value
