"""Enumerations: one for each distinct set of tokens, or for each enum table that is attached to a choice.

They are collected while fields are built, and named when all their places are known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from ..diagnostics.errors import Diagnostics, did_you_mean
from ..diagnostics.locations import SourceLocation
from ..enums.table import EnumTable
from .attribute_groups import Holder
from .bindings_file import Note
from .enum_names import Owner, Place, UnnamedEnum, enum_names
from .model import ClassReference, EnumMember, EnumModel
from .naming import words
from .values import ChoiceType, EnumType, ListType, LiteralType, TokensType, ValueType

Matcher = Callable[[tuple[str, ...], tuple[str, ...]], EnumTable | None]
"""From the tokens of a choice and the words of its place to the one table that fits, if one does."""


@dataclass(frozen=True, slots=True)
class EnumNotes:
    """What an author says, of one field, about the enumeration that stands there: its table, and its name."""

    table: Note | None = None
    name: Note | None = None

    def applied(self, value: ValueType) -> ValueType:
        """`value` as if it were said beside the choice. A single text with a table is a choice, too."""
        match value:
            case LiteralType() if self.table is not None and len(value.tokens) == 1:
                return self.applied(TokensType(value.tokens, value.exact, location=self.table.location))
            case TokensType():
                tables = (self.table,) if self.table is not None else value.tables
                author_names = (self.name,) if self.name is not None else value.author_names
                return replace(value, tables=tables, author_names=author_names)
            case ListType():
                return replace(value, item=self.applied(value.item))
            case ChoiceType():
                return ChoiceType(tuple(self.applied(part) for part in value.types))
            case _:
                return value


NO_NOTES = EnumNotes()


@dataclass(frozen=True, slots=True)
class _Identity:
    """An author's name makes choices one enumeration, whatever they allow; so does a table; otherwise the tokens do."""

    name: str
    table: str
    tokens: frozenset[str]
    exact: bool


@dataclass(slots=True)
class _Found:
    """``model`` has a name of its own only in the end; ``unnamed`` grows with every place. ``described`` has all that
    its choices say of a token."""

    model: EnumModel
    unnamed: UnnamedEnum
    described: dict[str, set[str]] = field(default_factory=dict)

    def finished(self, name: str) -> EnumModel:
        """A token that means different things in different choices has no documentation."""
        agreed = {token: next(iter(texts)) for token, texts in self.described.items() if len(texts) == 1}
        members = (replace(one, documentation=agreed.get(one.token, "")) for one in self.model.members)
        return replace(self.model, name=name, members=tuple(members))


class Enumerations:
    """Collects the enumerations of a model, in the order in which they are met."""

    def __init__(
        self,
        tables: Sequence[EnumTable],
        matcher: Matcher,
        define_prefix: str,
        diagnostics: Diagnostics,
    ) -> None:
        self._tables = {table.name: table for table in tables}
        self._matcher = matcher
        self._define_prefix = define_prefix
        self._diagnostics = diagnostics
        self._found: dict[_Identity, _Found] = {}
        self._allowed: dict[str, list[TokensType]] = {}
        self._names: dict[str, str] = {}

    def resolve(
        self,
        value: ValueType,
        owner: Owner,
        field: str,
        notes: EnumNotes = NO_NOTES,
        holders: tuple[Holder | None, ...] = (),
    ) -> ValueType:
        """`value` with every choice of tokens replaced by a reference to its enumeration, which has no name yet.
        ``holders`` are the defines that hold the patterns of an attribute."""
        applied = notes.applied(value)
        for note in (notes.table, notes.name):
            if note is not None and not note.lenient and applied == value and not _has_choice(applied):
                self._diagnostics.error(note.location, f"{field} of {owner.member} has no choice of words")
        return self._resolved(applied, Place(owner, field, self._without_prefix(holders)))

    def _without_prefix(self, holders: tuple[Holder | None, ...]) -> tuple[Holder, ...]:
        """None where one pattern has none."""
        found = dict.fromkeys(one for one in holders if one is not None)
        if None in holders:
            return ()
        return tuple(replace(one, define=one.define.removeprefix(self._define_prefix)) for one in found)

    def _resolved(self, value: ValueType, place: Place) -> ValueType:
        match value:
            case TokensType():
                return self._enumeration(value, place)
            case ListType():
                return replace(value, item=self._resolved(value.item, place))
            case ChoiceType():
                return ChoiceType(tuple(self._resolved(part, place) for part in value.types))
            case _:
                return value

    def finish(self, taken_at: Callable[[str], SourceLocation | None]) -> tuple[EnumModel, ...]:
        """All enumerations with their names; ``taken_at`` says where the class is that has a name."""
        self._report_unused_tokens()
        found = list(self._found.values())
        names = enum_names([one.unnamed for one in found], taken_at, self._diagnostics)
        self._names = {one.model.name: name for one, name in zip(found, names, strict=True)}
        return tuple(one.finished(name) for one, name in zip(found, names, strict=True))

    @property
    def settled(self) -> set[str]:
        """The names that authors have given, once all have names."""
        author_names = {self._names[one.model.name]: one.unnamed.author for one in self._found.values()}
        return {name for name, author in author_names.items() if author is not None and author.value == name}

    def named(self, value: ValueType | ClassReference | None) -> ValueType | ClassReference | None:
        """`value` with references to enumerations by the names that `finish` has found."""
        if value is None or isinstance(value, ClassReference):
            return value
        return self._named(value)

    def _named(self, value: ValueType) -> ValueType:
        match value:
            case EnumType():
                return replace(value, name=self._names[value.name])
            case ListType():
                return replace(value, item=self._named(value.item))
            case ChoiceType():
                return ChoiceType(tuple(self._named(part) for part in value.types))
            case _:
                return value

    def _enumeration(self, value: TokensType, place: Place) -> EnumType:
        table = self._table(value, (*words(place.owner.name), *words(place.field)))
        author = value.author_names[0] if len(value.author_names) == 1 else None
        identity = _identity(value, table, author)
        found = self._found.get(identity)
        if found is None:
            found = self._found[identity] = self._new(value, table, author)
        else:
            found.model = replace(found.model, members=_allowing(found.model.members, value.tokens))
        if value.location not in found.model.choices:
            found.model = replace(found.model, choices=(*found.model.choices, value.location))
        for token, text in value.described:
            found.described.setdefault(token, set()).add(text)
        found.unnamed = replace(found.unnamed, places=(*found.unnamed.places, place))
        return EnumType(found.model.name, value.tokens, value.exact)

    def _new(self, value: TokensType, table: EnumTable | None, author: Note | None) -> _Found:
        define = value.names[0] if value.names else ""
        location = table.location if table else value.location
        model = EnumModel(
            f"enumeration {len(self._found)}",
            _members(value, table),
            table=table.name if table else "",
            define=define,
            exact=value.exact,
            documentation=value.documentation,
            location=location,
        )
        return _Found(
            model, UnnamedEnum(table, define.removeprefix(self._define_prefix), value.tokens, (), location, author)
        )

    def _table(self, value: TokensType, place: tuple[str, ...]) -> EnumTable | None:
        if len(value.tables) > 1:
            # Alternatives of one attribute may have a table each; together they are an enumeration of their own.
            return None
        for note in value.tables:
            table = self._tables.get(note.value)
            if table is not None:
                return self._checked(table, value, note)
            if self._tables and not note.lenient:
                hint = did_you_mean(note.value, self._tables)
                self._diagnostics.error(note.location, f"there is no enum table {note.value!r}{hint}")
            return None
        place = (*place, *(word for name in value.names for word in words(name)))
        return self._matcher(value.tokens, place)

    def _checked(self, table: EnumTable, value: TokensType, note: Note) -> EnumTable | None:
        """Reports the tokens that the table lacks. What the schema lacks is known when all its choices are."""
        missing = [token for token in value.tokens if token not in table.tokens]
        if note.lenient:
            return None if missing else table
        self._allowed.setdefault(table.name, []).append(value)
        if missing:
            self._diagnostics.error(
                note.location,
                f"enum table {table.name} lacks {_listed(missing)}, which the schema allows",
                related=[(table.location, f"{table.name} is here")],
            )
        return table

    def _report_unused_tokens(self) -> None:
        """Warns of tokens that a table has and no choice attached to it allows; its first entry may be a sentinel."""
        for name, values in self._allowed.items():
            table = self._tables[name]
            allowed = {token for value in values for token in value.tokens}
            extra = [token for token in table.tokens[1:] if token and token not in allowed]
            if extra:
                self._diagnostics.warning(
                    values[0].location,
                    f"the schema does not allow {_listed(extra)}, which enum table {name} has",
                    related=[(table.location, f"{name} is here")],
                )


def _listed(tokens: Sequence[str]) -> str:
    return ", ".join(repr(token) for token in tokens)


def _members(value: TokensType, table: EnumTable | None) -> tuple[EnumMember, ...]:
    if table is None:
        return tuple(EnumMember(token, index) for index, token in enumerate(value.tokens))
    seen: dict[str, EnumMember] = {}
    for entry in table.entries:
        if entry.token not in seen:
            sentinel = entry.token not in value.tokens
            seen[entry.token] = EnumMember(entry.token, entry.index, sentinel, entry.constant or "")
    next_index = len(table.entries)
    for token in value.tokens:
        if token not in seen:
            seen[token] = EnumMember(token, next_index)
    return tuple(seen.values())


def _allowing(members: tuple[EnumMember, ...], allowed: tuple[str, ...]) -> tuple[EnumMember, ...]:
    """The members, and what another choice allows besides. A token that some choice allows is no sentinel."""
    known = {member.token for member in members}
    added = [token for token in allowed if token not in known]
    start = max((member.index for member in members), default=-1) + 1
    kept = (replace(one, sentinel=False) if one.sentinel and one.token in allowed else one for one in members)
    return (*kept, *(EnumMember(token, index) for index, token in enumerate(added, start)))


def _has_choice(value: ValueType) -> bool:
    match value:
        case TokensType():
            return True
        case ListType():
            return _has_choice(value.item)
        case ChoiceType():
            return any(_has_choice(part) for part in value.types)
        case _:
            return False


def _identity(value: TokensType, table: EnumTable | None, author: Note | None) -> _Identity:
    if author is not None:
        return _Identity(author.value, "", frozenset(), value.exact)
    if table is not None:
        return _Identity("", table.name, frozenset(), value.exact)
    return _Identity("", "", frozenset(value.tokens), value.exact)
