"""Enumerations: one for each distinct set of tokens, or for each enum table that is attached to a choice.

An enumeration takes its table's name without the vocabulary's prefix, else the name of the define that holds just the
choice, else the name of the class and field where it first stands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ..enums.table import EnumTable
from ..errors import Diagnostics, did_you_mean
from .model import EnumMember, EnumModel
from .naming import class_name, table_class_name, words
from .values import ChoiceType, EnumType, ListType, TokensType, ValueType

Matcher = Callable[[tuple[str, ...], tuple[str, ...]], EnumTable | None]
"""From the tokens of a choice and the words of its place to the one table that fits, if one does."""


@dataclass(frozen=True, slots=True)
class _Identity:
    table: str
    tokens: frozenset[str]
    exact: bool


class Enumerations:
    """Collects the enumerations of a model while its fields are built, in the order in which they are met."""

    def __init__(
        self,
        tables: Sequence[EnumTable],
        matcher: Matcher,
        is_taken: Callable[[str], bool],
        define_prefix: str,
        diagnostics: Diagnostics,
    ) -> None:
        self._tables = {table.name: table for table in tables}
        self._matcher = matcher
        self._is_taken = is_taken
        self._define_prefix = define_prefix
        self._diagnostics = diagnostics
        self._found: dict[_Identity, EnumModel] = {}
        self._names: dict[str, _Identity] = {}
        self._allowed: dict[str, list[TokensType]] = {}

    @property
    def models(self) -> tuple[EnumModel, ...]:
        return tuple(self._found.values())

    @property
    def attached(self) -> frozenset[str]:
        return frozenset(model.table for model in self._found.values() if model.table)

    def resolve(self, value: ValueType, owner: str, field: str, family: str) -> ValueType:
        """`value` with every choice of tokens replaced by a reference to its enumeration."""
        match value:
            case TokensType():
                return self._enumeration(value, owner, field, family)
            case ListType():
                return replace(value, item=self.resolve(value.item, owner, field, family))
            case ChoiceType():
                return ChoiceType(tuple(self.resolve(part, owner, field, family) for part in value.types))
            case _:
                return value

    def _enumeration(self, value: TokensType, owner: str, field: str, family: str) -> EnumType:
        table = self._table(value, (*words(owner), *words(field)))
        identity = _Identity(table.name if table else "", frozenset(() if table else value.tokens), value.exact)
        model = self._found.get(identity)
        if model is None:
            name = self._name(value, table, owner, field, identity)
            members = _members(value, table)
            model = EnumModel(
                name,
                members,
                family=family,
                table=table.name if table else "",
                define=value.names[0] if value.names else "",
                exact=value.exact,
                documentation=value.documentation,
                location=table.location if table else value.location,
            )
        elif table is not None:
            model = replace(model, members=_without_sentinel(model.members, value.tokens))
        if value.location not in model.choices:
            model = replace(model, choices=(*model.choices, value.location))
        self._found[identity] = model
        return EnumType(model.name, value.tokens, value.exact)

    def _table(self, value: TokensType, place: tuple[str, ...]) -> EnumTable | None:
        if len(value.tables) > 1:
            # Alternatives of one attribute may have a table each; together they are an enumeration of their own.
            return None
        for name in value.tables:
            table = self._tables.get(name)
            if table is not None:
                return self._checked(table, value)
            if self._tables:
                self._diagnostics.error(
                    value.location, f"there is no enum table {name!r}{did_you_mean(name, self._tables)}"
                )
            return None
        place = (*place, *(word for name in value.names for word in words(name)))
        return self._matcher(value.tokens, place)

    def _checked(self, table: EnumTable, value: TokensType) -> EnumTable:
        """Reports the tokens that the table lacks. What the schema lacks is known when all its choices are."""
        self._allowed.setdefault(table.name, []).append(value)
        missing = [token for token in value.tokens if token not in table.tokens]
        if missing:
            self._diagnostics.error(
                value.location,
                f"enum table {table.name} lacks {_listed(missing)}, which the schema allows",
                related=[(table.location, f"{table.name} is here")],
            )
        return table

    def report_unused_tokens(self) -> None:
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

    def _name(self, value: TokensType, table: EnumTable | None, owner: str, field: str, identity: _Identity) -> str:
        candidates = []
        if table is not None:
            candidates.append(table_class_name(table.name, table.last))
            candidates.append(table_class_name(table.name) + "Token")
        candidates += [class_name(name.removeprefix(self._define_prefix)) for name in value.names[:1]]
        candidates.append(owner + class_name(field))
        candidates.append(owner + class_name(field) + "Token")
        candidates += [owner + class_name("_".join(value.tokens[:count])) for count in range(1, len(value.tokens) + 1)]
        for name in candidates:
            if not self._is_taken(name) and name not in self._names:
                self._names[name] = identity
                return name
        self._diagnostics.error(value.location, f"no name is left for the enumeration {owner + class_name(field)}")
        return owner + class_name(field)


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


def _without_sentinel(members: tuple[EnumMember, ...], allowed: tuple[str, ...]) -> tuple[EnumMember, ...]:
    """A token that some choice of the schema allows is no sentinel."""
    return tuple(
        replace(member, sentinel=False) if member.sentinel and member.token in allowed else member
        for member in members
    )


