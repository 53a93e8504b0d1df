"""Enum tables: what a ``VIR_ENUM_IMPL`` says, with the C constants' names where they are known."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..diagnostics.locations import UNKNOWN_LOCATION, SourceLocation


@dataclass(frozen=True, slots=True)
class EnumEntry:
    """One string of a table.

    ``index`` is the C constant's value. It is the entry's position, except in a table with ``#else`` branches, where
    it is the position within the branch. ``constant`` is the C constant's name: as an ``enum`` declaration
    gives it, or, with ``derived`` set, made from the name of the table's last constant and the token; None where
    neither is possible. An empty token is one that C keeps a place for and no document holds.
    """

    token: str
    index: int
    constant: str | None = None
    derived: bool = False
    location: SourceLocation = field(default=UNKNOWN_LOCATION, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class EnumTable:
    """One ``VIR_ENUM_IMPL``.

    ``name`` is a C identifier (``virDomainDiskSnapshot``); ``last`` is the text of the second argument: the name of
    the constant that counts the entries, or an expression. Tables from C sources may repeat a token, and may have no
    entries at all; tables from ``.enums`` files do neither (only empty tokens may be in several places).
    """

    name: str
    last: str
    entries: tuple[EnumEntry, ...]
    location: SourceLocation = field(default=UNKNOWN_LOCATION, compare=False, repr=False)

    @property
    def tokens(self) -> tuple[str, ...]:
        return tuple(entry.token for entry in self.entries)

    def entry(self, token: str) -> EnumEntry | None:
        """The first entry with `token`, as C's ``TypeFromString`` finds it."""
        return next((entry for entry in self.entries if entry.token == token), None)
