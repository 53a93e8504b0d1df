"""Enumerations: one for each choice of the schema, or for each enum table that belongs to choices.

A choice is a define, or the attribute or element that writes the words out. Two choices of the same words are two
enumerations, so that one more word in one of them changes nothing for the other. An enum table, or an author's name,
makes one enumeration of several choices.

They are collected while fields are built, and named when all their places are known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from ..diagnostics.errors import Diagnostics, did_you_mean
from ..diagnostics.locations import SourceLocation
from ..diagnostics.phrases import counted, quoted
from ..enums.table import EnumTable
from .attribute_groups import Holder
from .author_keys import AuthorKeys
from .bindings_file import Note
from .enum_names import Owner, Place, UnnamedEnum, enum_names
from .given_names import GivenNames
from .model import ClassReference, EnumMember, EnumModel
from .naming import words
from .values import EnumType, LiteralType, TokensType, ValueType, parts_of, with_parts

Matcher = Callable[[tuple[str, ...], tuple[str, ...]], EnumTable | None]
"""From the tokens of a choice and the words of its place to the one table that fits, if one does."""


_MISSPELT = 0.85
"""How near the name of a table must be to an unknown one: the names of one vocabulary begin alike."""

MOST_LISTED = 5
"""So many names of missing tables are shown."""


@dataclass(frozen=True, slots=True)
class EnumNotes:
    """The author's notes on the enumeration of one field: its table, and its name."""

    table: Note | None = None
    name: Note | None = None

    def applied(self, value: ValueType) -> ValueType:
        """`value` as if it were said beside the choice. A single text with a table is a choice, too."""
        return with_parts(value, self._applied)

    def _applied(self, value: ValueType) -> ValueType:
        if isinstance(value, LiteralType) and self.table is not None and len(value.tokens) == 1:
            value = TokensType(value.tokens, value.exact, value.spaced, choices=(self.table.location,))
        if not isinstance(value, TokensType):
            return value
        tables = (self.table,) if self.table is not None else value.tables
        author_names = (self.name,) if self.name is not None else value.author_names
        if value.author_names and self.name is not None and self.name.pinned:
            author_names = value.author_names
        return replace(value, tables=tables, author_names=author_names)


NO_NOTES = EnumNotes()


@dataclass(frozen=True, slots=True)
class _Identity:
    """An author's name makes choices one enumeration, whatever they allow; so does a table; otherwise the choices
    themselves. Those of one name in members of one union, which are written out in each, are one while they agree."""

    name: str = ""
    table: str = ""
    choices: frozenset[SourceLocation] = frozenset()
    union: str = ""
    field: str = ""
    tokens: frozenset[str] = frozenset()
    exact: bool = False


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
        keys: AuthorKeys,
    ) -> None:
        self._tables = {table.name: table for table in tables}
        self._matcher = matcher
        self._define_prefix = define_prefix
        self._diagnostics = diagnostics
        self._found: dict[_Identity, _Found] = {}
        self._attached: dict[str, list[TokensType]] = {}
        """The choices that authors have attached to each table."""
        self._missing: dict[str, tuple[SourceLocation, dict[str, None]]] = {}
        """The tokens that each table lacks, with the place of the first choice that has one."""
        self._unknown_tables: dict[str, Note] = {}
        self._keys = keys
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
            has_choice = any(isinstance(part, TokensType) for part in parts_of(applied))
            if note is not None and not note.lenient and applied == value and not has_choice:
                self._diagnostics.error(note.location, f"{field} of {owner.member} has no choice of words")
        place = Place(owner, field, self._without_prefix(holders))
        return with_parts(
            applied, lambda part: self._enumeration(part, place) if isinstance(part, TokensType) else part
        )

    def _without_prefix(self, holders: tuple[Holder | None, ...]) -> tuple[Holder, ...]:
        """None where one pattern has none."""
        found = dict.fromkeys(one for one in holders if one is not None)
        if None in holders:
            return ()
        return tuple(replace(one, define=one.define.removeprefix(self._define_prefix)) for one in found)

    def finish(self, taken_at: Callable[[str], SourceLocation | None], given: GivenNames) -> tuple[EnumModel, ...]:
        """All enumerations with their names; ``taken_at`` says where the class is that has a name."""
        self._report_unknown_tables()
        self._report_drift()
        merged = self._merge_with_pinned()
        found = list(self._found.values())
        names = enum_names([one.unnamed for one in found], taken_at, given, self._diagnostics)
        self._names = {one.model.name: name for one, name in zip(found, names, strict=True)}
        self._names |= {old: self._names[new] for old, new in merged.items()}
        return tuple(one.finished(name) for one, name in zip(found, names, strict=True))

    def _merge_with_pinned(self) -> dict[str, str]:
        """A new place of a choice has no name in the names file, but the choice has one by its other places: those
        enumerations become one. Gives the provisional name of each that is gone, with that of the other."""
        pinned: dict[frozenset[SourceLocation], _Found] = {}
        for found in self._found.values():
            if found.unnamed.author is not None and found.unnamed.author.pinned:
                pinned.setdefault(frozenset(found.model.choices), found)
        merged: dict[str, str] = {}
        for identity, found in list(self._found.items()):
            other = pinned.get(frozenset(found.model.choices))
            if found.unnamed.author is not None or other is None:
                continue
            tokens = tuple(member.token for member in found.model.members if member.allowed)
            other.model = replace(other.model, members=_allowing(other.model.members, tokens))
            merged[found.model.name] = other.model.name
            del self._found[identity]
        return merged

    @property
    def settled(self) -> set[str]:
        """The names that authors have given, once all have names."""
        author_names = {self._names[one.model.name]: one.unnamed.author for one in self._found.values()}
        return {
            name
            for name, author in author_names.items()
            if author is not None and author.value == name and not author.pinned
        }

    def named(self, value: ValueType | ClassReference | None) -> ValueType | ClassReference | None:
        """`value` with references to enumerations by the names that `finish` has found."""
        if value is None or isinstance(value, ClassReference):
            return value
        return with_parts(
            value, lambda part: replace(part, name=self._names[part.name]) if isinstance(part, EnumType) else part
        )

    def _enumeration(self, value: TokensType, place: Place) -> EnumType:
        table = self._table(value, (*words(place.owner.name), *words(place.field)))
        author = value.author_names[0] if len(value.author_names) == 1 else None
        identity = self._identity(value, table, author, place)
        found = self._found.get(identity)
        if found is None:
            found = self._found[identity] = self._new(value, table, author)
        else:
            if author is not None:
                self._join(found, author, place)
            exact = tuple(dict.fromkeys((*found.model.exact, *value.exact)))
            spaced = tuple(dict.fromkeys((*found.model.spaced, *value.spaced)))
            members = _allowing(found.model.members, value.tokens)
            found.model = replace(found.model, members=members, exact=exact, spaced=spaced)
        found.model = replace(found.model, choices=tuple(dict.fromkeys((*found.model.choices, *value.choices))))
        for token, text in value.described:
            found.described.setdefault(token, set()).add(text)
        found.unnamed = replace(found.unnamed, places=(*found.unnamed.places, place))
        return EnumType(found.model.name, value.tokens, value.exact, value.spaced)

    def _join(self, found: _Found, author: Note, place: Place) -> None:
        """Says that an author gives a name that the names file has for another choice: they become one."""
        known = found.unnamed.author
        assert known is not None, "a choice without an author's name has another identity"
        if known.lenient == author.lenient:
            return
        if known.lenient:
            found.unnamed = replace(found.unnamed, author=author)
            kept, given, (owner, field, _) = known, author, found.unnamed.places[0]
        else:
            kept, given, (owner, field, _) = author, known, place
        if kept.pinned:
            what = f"the enumeration of {field} of {owner.member} is called {given.value}, too"
            message = f"{what}, and becomes one with this; choose another name here, or give it to both"
            self._diagnostics.warning(given.location, message, related=[(kept.location, "it is here")])

    def _identity(self, value: TokensType, table: EnumTable | None, author: Note | None, place: Place) -> _Identity:
        if author is not None:
            return _Identity(name=author.value, exact=bool(value.exact))
        if table is not None:
            return _Identity(table=table.name, exact=bool(value.exact))
        own = _Identity(choices=frozenset(value.choices), exact=bool(value.exact))
        is_member = place.owner.member != place.owner.name
        if own in self._found or value.names or not is_member:
            return own
        return _Identity(
            union=place.owner.name, field=place.field, tokens=frozenset(value.tokens), exact=bool(value.exact)
        )

    def _new(self, value: TokensType, table: EnumTable | None, author: Note | None) -> _Found:
        define = value.names[0] if value.names else ""
        location = table.location if table else value.location
        model = EnumModel(
            f"enumeration {len(self._found)}",
            _members(value, table),
            table=table.name if table else "",
            define=define,
            exact=value.exact,
            spaced=value.spaced,
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
            # A schema that names tables is complete without them; a bindings file is given for their sake.
            is_needed = bool(self._tables) or self._keys.is_in_file(note.location)
            if table is None and is_needed and not note.lenient:
                self._unknown_tables.setdefault(note.value, note)
            elif table is not None and not note.lenient:
                self._attached.setdefault(table.name, []).append(value)
            return table if table is None else self._used(table, value)
        place = (*place, *(word for name in value.names for word in words(name)))
        table = self._matcher(value.tokens, place)
        return table if table is None else self._used(table, value)

    def _used(self, table: EnumTable, value: TokensType) -> EnumTable:
        """`table`; notes the tokens that it lacks."""
        missing = [token for token in value.tokens if token not in table.tokens]
        if missing:
            _, tokens = self._missing.setdefault(table.name, (value.location, {}))
            tokens.update(dict.fromkeys(missing))
        return table

    def _report_unknown_tables(self) -> None:
        """A misspelt name is reported where it is; a forgotten file, which all its tables miss, is reported once."""
        forgotten: list[Note] = []
        for name, note in self._unknown_tables.items():
            hint = did_you_mean(name, self._tables, _MISSPELT)
            if hint:
                self._diagnostics.error(note.location, f"there is no enum table {name!r}{hint}")
            else:
                forgotten.append(note)
        if not forgotten:
            return
        names = [note.value for note in forgotten]
        message = f"there is no enum table {names[0]!r}"
        if len(names) > 1:
            listed = ", ".join(names[1 : MOST_LISTED + 1]) + (", …" if len(names) > MOST_LISTED + 1 else "")
            message += f", and {counted(len(names) - 1, 'other is', 'others are')} missing: {listed}"
        if not self._tables:
            message += "; no file with tables is given (--enums)"
        self._diagnostics.error(forgotten[0].location, message)

    def _report_drift(self) -> None:
        """Warns of tokens that only one side has, once of all that the schema has beyond the tables: one newer release
        is the cause of all of it. A table's first entry may be a sentinel, and
        a bindings file for several releases attaches tables of another release, so that only the schema's words that
        have no constant are reported of those."""
        if self._missing:
            lacking = "; ".join(f"{name} lacks {quoted(tokens)}" for name, (_, tokens) in self._missing.items())
            related = [(self._tables[name].location, f"{name} is here") for name in self._missing]
            self._diagnostics.warning(
                next(iter(self._missing.values()))[0],
                f"enum table {lacking}; the schema allows that, and it is added after the last entry",
                related=related if len(related) <= MOST_LISTED else [],
            )
        for name, values in self._attached.items():
            table = self._tables[name]
            allowed = {token for value in values for token in value.tokens}
            extra = [token for token in table.tokens[1:] if token and token not in allowed]
            if extra:
                self._diagnostics.warning(
                    values[0].location,
                    f"the schema does not allow {quoted(extra)}, which enum table {name} has",
                    related=[(table.location, f"{name} is here")],
                )


def _members(value: TokensType, table: EnumTable | None) -> tuple[EnumMember, ...]:
    if table is None:
        return tuple(EnumMember(token, index) for index, token in enumerate(value.tokens))
    seen: dict[str, EnumMember] = {}
    for entry in table.entries:
        if entry.token not in seen:
            allowed = entry.token in value.tokens
            seen[entry.token] = EnumMember(entry.token, entry.index, allowed, entry.constant or "")
    return _allowing(tuple(seen.values()), value.tokens)


def _allowing(members: tuple[EnumMember, ...], allowed: tuple[str, ...]) -> tuple[EnumMember, ...]:
    """The members, and what another choice allows besides."""
    known = {member.token for member in members}
    added = [token for token in allowed if token not in known]
    start = max((member.index for member in members), default=-1) + 1
    kept = (replace(one, allowed=True) if one.token in allowed else one for one in members)
    return (*kept, *(EnumMember(token, index) for index, token in enumerate(added, start)))
