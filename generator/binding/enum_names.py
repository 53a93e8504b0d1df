"""Names for enumerations: the table's, else the define's, else that of a class and field where it stands.

    where                                        enumeration
    the author's word                            as it is
    table virDomainDiskSnapshot                  DiskSnapshot
    define crashOptions                          CrashOptions
    Disk.type, DiskMirror.type, Loader.type      DiskType               the fewest words, then the first
    UsbController.model, IdeController.model     UsbControllerModel …   where members of a union differ
    Timer.tickpolicy in three members            TimerTickpolicy        where they agree

Authors' names come first, so that no derived name takes one away. What a class or another enumeration has already is
passed over, never counted up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ..bindings_file import Note, wrong_class_name
from ..enums.table import EnumTable
from ..errors import Diagnostics
from ..source import SourceLocation
from .naming import class_name, field_name, table_class_name, words


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose field has an enumeration: a class, or ``member`` of the union ``name``."""

    name: str
    member: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What decides the name of one enumeration. ``places`` are the fields where it stands, in the order met."""

    table: EnumTable | None
    define: str
    tokens: tuple[str, ...]
    places: tuple[tuple[Owner, str], ...]
    location: SourceLocation
    author: Note | None = None


def enum_names(
    wishes: Sequence[Wish], taken_at: Callable[[str], SourceLocation | None], diagnostics: Diagnostics
) -> list[str]:
    """One name for each wish, in order. ``taken_at`` says where the class is that has a name."""
    return _Names(wishes, taken_at, diagnostics).given()


class _Names:
    def __init__(
        self, wishes: Sequence[Wish], taken_at: Callable[[str], SourceLocation | None], diagnostics: Diagnostics
    ) -> None:
        self._wishes = wishes
        self._taken_at = taken_at
        self._diagnostics = diagnostics
        self._taken: set[str] = set()
        self._given: dict[int, str] = {}
        self._contested = _contested(wishes)

    def given(self) -> list[str]:
        self._name_as_authors_want()
        for candidates in (_table_names, _define_names, self._place_names, _last_names):
            for index, wish in enumerate(self._wishes):
                if index not in self._given:
                    self._take_first(index, candidates(wish))
        for index, wish in enumerate(self._wishes):
            if index not in self._given:
                self._given[index] = next(_last_names(wish))
                message = f"no name is left for the enumeration of {', '.join(map(repr, wish.tokens))}"
                self._diagnostics.error(wish.location, message)
        return [self._given[index] for index in range(len(self._wishes))]

    def _name_as_authors_want(self) -> None:
        given: dict[str, Note] = {}
        for index, wish in enumerate(self._wishes):
            if wish.author is None:
                continue
            name = wish.author.value
            self._take_first(index, iter((name,) if not wrong_class_name(name) else ()))
            if index in self._given:
                given[field_name(name)] = wish.author
            elif not wish.author.lenient:
                self._report(wish.author, given.get(field_name(name)))

    def _report(self, author: Note, other: Note | None) -> None:
        reason = wrong_class_name(author.value, "an enumeration")
        if not reason:
            what = "another enumeration" if other is not None else "a class"
            reason = f"{author.value} is the name of {what} already"
        place = other.location if other is not None else self._taken_at(author.value)
        self._diagnostics.error(author.location, reason, related=[(place, "it is here")] if place else [])

    def _take_first(self, index: int, candidates: Iterator[str]) -> None:
        for name in candidates:
            key = field_name(name)
            if key not in self._taken and self._taken_at(name) is None:
                self._taken.add(key)
                self._given[index] = name
                return

    def _place_names(self, wish: Wish) -> Iterator[str]:
        names: list[str] = []
        for owner, field in wish.places:
            name = owner.name + class_name(field)
            names.append(owner.member + class_name(field) if name in self._contested else name)
        yield from sorted(names, key=lambda name: len(words(name)))


def _table_names(wish: Wish) -> Iterator[str]:
    if wish.table is not None:
        yield table_class_name(wish.table.name, wish.table.last)
        yield table_class_name(wish.table.name) + "Token"


def _define_names(wish: Wish) -> Iterator[str]:
    if wish.define:
        yield class_name(wish.define)


def _last_names(wish: Wish) -> Iterator[str]:
    owner, field = wish.places[0]
    yield owner.name + class_name(field) + "Token"
    for count in range(1, len(wish.tokens) + 1):
        yield owner.name + class_name("_".join(wish.tokens[:count]))


def _contested(wishes: Sequence[Wish]) -> frozenset[str]:
    """The names of unions and fields that several enumerations would take for members of the union."""
    users: dict[str, set[int]] = {}
    for index, wish in enumerate(wishes):
        for owner, field in wish.places:
            if owner.member != owner.name:
                users.setdefault(owner.name + class_name(field), set()).add(index)
    return frozenset(name for name, found in users.items() if len(found) > 1)
