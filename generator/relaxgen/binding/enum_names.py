"""Names for enumerations: the table's, else a define's, else that of a class and field that has it.

    where                                        enumeration
    the author's word                            as it is
    table virDomainDiskSnapshot                  DiskSnapshot
    define crashOptions                          CrashOptions
    define spacing.enumeration                   Spacing
    attribute in define xlink.show.attribute     XlinkShow
    … in align.attribute, image.align.attribute  Align
    … in range.start.class.att, range.end.…      RangeClass
    … in define startupPolicy, in two classes    StartupPolicy
    dir in define common.atts, in two classes    CommonDir
    Disk.type, DiskMirror.type, Loader.type      DiskType               the fewest words, then the first
    UsbController.model, IdeController.model     UsbControllerModel …   where members of a union differ
    Timer.tickpolicy in three members            TimerTickpolicy        where they agree

A define that holds just an attribute, and says so, names the enumeration wherever it is; one that does not say so
names it where several classes have it, since the name of a single class says more. A define that holds several
attributes names it for several classes where it says what it is, else for many. Authors' names come first, so that no
derived name takes one away. What a class or another enumeration has already is passed over, never counted up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..diagnostics.errors import Diagnostics
from ..diagnostics.locations import SourceLocation
from ..enums.table import EnumTable
from .attribute_groups import Holder
from .bindings_file import Note, wrong_class_name
from .given_names import GivenNames
from .naming import class_case, class_name, name_key, shared_start, table_class_name, words

CHOICE_WORDS = frozenset({"enum", "enumeration"})
ATTRIBUTE_WORDS = frozenset({"att", "attr", "attribute", "atts", "attrs", "attributes"})
"""With these words defines say what they hold, not what it means."""

SEVERAL = 2
MANY = 4


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose field has an enumeration: a class, or ``member`` of the union ``name``."""

    name: str
    member: str


class Place(NamedTuple):
    """A field with an enumeration. ``holders`` are the defines that hold its attribute; none where one of its patterns
    is in no such define."""

    owner: Owner
    field: str
    holders: tuple[Holder, ...] = ()


@dataclass(frozen=True, slots=True)
class UnnamedEnum:
    """The facts that decide the name of one enumeration. ``places`` are in the order found."""

    table: EnumTable | None
    define: str
    tokens: tuple[str, ...]
    places: tuple[Place, ...]
    location: SourceLocation
    author: Note | None = None


def enum_names(
    enums: Sequence[UnnamedEnum],
    taken_at: Callable[[str], SourceLocation | None],
    given: GivenNames,
    diagnostics: Diagnostics,
) -> list[str]:
    """One name for each enum, in order. ``taken_at`` says where the class is that has a name."""
    return _Names(enums, taken_at, given, diagnostics).given()


class _Names:
    def __init__(
        self,
        enums: Sequence[UnnamedEnum],
        taken_at: Callable[[str], SourceLocation | None],
        given: GivenNames,
        diagnostics: Diagnostics,
    ) -> None:
        self._wishes = enums
        self._authors = given
        self._taken_at = taken_at
        self._diagnostics = diagnostics
        self._taken: set[str] = set()
        self._given: dict[int, str] = {}
        self._contested = _contested(enums)

    def given(self) -> list[str]:
        self._name_as_authors_want()
        for candidates in (_table_names, _define_names, _holder_names, self._place_names, _last_names):
            for index, enum in enumerate(self._wishes):
                if index not in self._given:
                    self._take_first(index, candidates(enum))
        for index, enum in enumerate(self._wishes):
            if index not in self._given:
                self._given[index] = next(_last_names(enum))
                message = f"no name is left for the enumeration of {', '.join(map(repr, enum.tokens))}"
                self._diagnostics.error(enum.location, message)
            first = enum.places[0]
            what = f"the enumeration of {first.field} of {first.owner.member}"
            self._authors.report(index, what, self._given[index], enum.location)
        return [self._given[index] for index in range(len(self._wishes))]

    def _name_as_authors_want(self) -> None:
        given: dict[str, Note] = {}
        wishes = [(enum.author, index) for index, enum in enumerate(self._wishes) if enum.author is not None]
        for author, index in sorted(wishes, key=lambda wish: wish[0].lenient):
            name = author.value
            if not wrong_class_name(name) and (author.lenient or not self._is_taken(name)):
                self._take_first(index, iter((name,)))
            if index in self._given:
                given[name_key(name)] = author
                self._authors.give(name_key(name), author)
            elif not author.lenient:
                self._report(author, given.get(name_key(name)))

    def _report(self, author: Note, other: Note | None) -> None:
        reason = wrong_class_name(author.value, "an enumeration")
        if not reason:
            what = "another enumeration" if other is not None else "a class"
            reason = f"{author.value} is the name of {what} already"
        place = other.location if other is not None else self._taken_at(author.value)
        self._diagnostics.error(author.location, reason, related=[(place, "it is here")] if place else [])

    def _take_first(self, index: int, candidates: Iterator[str]) -> None:
        for name in candidates:
            if not self._is_taken(name):
                self._taken.add(name_key(name))
                self._given[index] = name
                return
            self._authors.displace(name_key(name), index, name)

    def _is_taken(self, name: str) -> bool:
        return name_key(name) in self._taken or self._taken_at(name) is not None

    def _place_names(self, enum: UnnamedEnum) -> Iterator[str]:
        names: list[str] = []
        for owner, field, _ in enum.places:
            name = owner.name + class_name(field)
            names.append(owner.member + class_name(field) if name in self._contested else name)
        yield from sorted(names, key=lambda name: len(words(name)))


def _table_names(enum: UnnamedEnum) -> Iterator[str]:
    if enum.table is not None:
        yield table_class_name(enum.table.name, enum.table.last)
        yield table_class_name(enum.table.name) + "Token"


def _define_names(enum: UnnamedEnum) -> Iterator[str]:
    if enum.define:
        *first, last = words(enum.define)
        if first and last in CHOICE_WORDS:
            yield class_case(first)
        yield class_name(enum.define)


def _holder_names(enum: UnnamedEnum) -> Iterator[str]:
    """After the defines that hold the attribute."""
    holders = list(dict.fromkeys(holder for place in enum.places for holder in place.holders))
    if len({one.attribute for one in holders}) != 1:
        return
    attribute = words(holders[0].attribute)
    own = [_meaning(one) for one in holders if one.alone and _meaning(one) != words(one.define)]
    if attribute in own:
        yield class_case(attribute)
    if not all(place.holders for place in enum.places):
        return
    if len(holders) > 1:
        shared = shared_start(own) if len(own) == len(holders) else ()
        if shared:
            yield class_case((*shared, *attribute))
    elif name := _name_of_holder(holders[0], len({place.owner.name for place in enum.places})):
        yield class_case(name)


def _name_of_holder(holder: Holder, classes: int) -> tuple[str, ...]:
    """The words of the name after the one define that holds the attribute for so many classes."""
    meaning = _meaning(holder)
    says_so = meaning != words(holder.define)
    if not meaning:
        return ()
    if holder.alone:
        return meaning if says_so or classes >= SEVERAL else ()
    if classes < (SEVERAL if says_so else MANY):
        return ()
    attribute = words(holder.attribute)
    return meaning if meaning[-len(attribute) :] == attribute else (*meaning, *attribute)


def _meaning(holder: Holder) -> tuple[str, ...]:
    return tuple(word for word in words(holder.define) if word not in ATTRIBUTE_WORDS)


def _last_names(enum: UnnamedEnum) -> Iterator[str]:
    owner, field, _ = enum.places[0]
    yield owner.name + class_name(field) + "Token"
    for count in range(1, len(enum.tokens) + 1):
        yield owner.name + class_name("_".join(enum.tokens[:count]))


def _contested(enums: Sequence[UnnamedEnum]) -> frozenset[str]:
    """The names of unions and fields that several enumerations would take for members of the union."""
    users: dict[str, set[int]] = {}
    for index, enum in enumerate(enums):
        for owner, field, _ in enum.places:
            if owner.member != owner.name:
                users.setdefault(owner.name + class_name(field), set()).add(index)
    return frozenset(name for name, found in users.items() if len(found) > 1)
