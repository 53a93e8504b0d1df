"""What a change does to Python code: two surfaces in, a finding for each thing that code could have used.

The question is the same everywhere: what does code see that type-checked against the old package? It reads fields, so
they may not hold more than before; it gives values to constructors and fields, so they may not take less.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..diagnostics.locations import SourceLocation
from .annotation import missing
from .finding import OWNER, Finding, Impact
from .python_surface import ClassSurface, EnumSurface, FieldSurface, Surface, UnionSurface
from .rules import RULES

_NAME = re.compile(r"\w+")


def compare_surfaces(old: Surface, new: Surface) -> tuple[Finding, ...]:
    comparison = _Comparison(old, new)
    return (*comparison.class_findings(), *comparison.union_findings(), *_enum_findings(old.enums, new.enums))


@dataclass(frozen=True, slots=True)
class _Places:
    """``path`` names the class, the field or the member in findings, ``owner`` replaces `OWNER` in texts."""

    path: str
    old: SourceLocation
    new: SourceLocation | None = None
    owner: str = ""

    def finding(self, rule: str, message: str) -> Finding:
        impacts = tuple(map(Impact, RULES[rule].categories))
        owners = (self.owner,) if self.owner else ()
        return Finding(RULES[rule], message, (self.path,), self.old, self.new, impacts, owners=owners)

    def note(self, rule: str, message: str) -> Finding:
        return replace(self.finding(rule, message), impacts=())


def _renamed_classes(old: Surface, new: Surface) -> dict[str, str]:
    """Classes that are gone, and the classes that the same elements have now. Members of a union are matched by the
    values that decide between them; what became several classes has no new name."""
    fresh, gone = _only_in(new, old), _only_in(old, new)
    found: dict[str, str] = {}
    for before in gone:
        same = [one for one in fresh if one.path == before.path and one.name not in found.values()]
        likely = [one for one in same if one.kinds & before.kinds or not (one.kinds or before.kinds)]
        if likely and not _is_split(before, likely):
            found[before.name] = max(likely, key=lambda one: len(one.kinds & before.kinds)).name
    return found


def _only_in(surface: Surface, other: Surface) -> list[ClassSurface]:
    """The classes of one surface whose names mean nothing in the other."""
    known = other.classes.keys() | other.unions.keys()
    return [one for one in surface.classes.values() if one.name not in known]


def _is_split(before: ClassSurface, classes: Sequence[ClassSurface]) -> bool:
    """Whether several classes have taken the place of one, and none of them has all its fields."""
    is_whole = any(before.fields.keys() <= one.fields.keys() for one in classes)
    return len(classes) > 1 and not before.kinds and not is_whole


class _Comparison:
    def __init__(self, old: Surface, new: Surface) -> None:
        self._old = old
        self._new = new
        self._renamed = _renamed_classes(old, new)
        shared = old.unions.keys() & new.unions.keys()
        self._old_names, self._new_names = replace(old.names(shared), renamed=self._renamed), new.names(shared)

    def class_findings(self) -> Iterator[Finding]:
        """Members of unions that exist on both sides are left to `union_findings` where they are gone."""
        unions = (one for name, one in self._old.unions.items() if name in self._new.unions)
        in_unions = {member for union in unions for member in union.members}
        for name, old in self._old.classes.items():
            new = self._new.classes.get(self._renamed.get(name, name))
            if new is not None:
                yield from self._class(old, new)
            elif name not in in_unions:
                yield self._removed(old)

    def _removed(self, old: ClassSurface) -> Finding:
        union = self._new.unions.get(old.name)
        several = [one for one in _only_in(self._new, self._old) if one.path == old.path]
        if union is not None:
            now, place = f"a union of classes now: {' | '.join(union.members)}", union.location
        elif _is_split(old, several):
            now, place = f"several classes now: {', '.join(one.name for one in several)}", several[0].location
        else:
            now, place = "gone", None
        message = f"class {old.name} of {old.path} is {now}"
        return _Places(old.name, old.location, place).finding("API101", message)

    def _class(self, old: ClassSurface, new: ClassSurface) -> Iterator[Finding]:
        places = _Places(old.name, old.location, new.location)
        if old.name != new.name:
            yield places.finding("API103", f"class {old.name} of {old.path} seems to be called {new.name} now")
        elif old.module != new.module:
            yield _moved(places, "class", old.name, old.module, new.module)
        if old.public and not new.public:
            message = f"class {new.name} is part of a union now and has no parse and format functions of its own"
            yield places.finding("API114", message)
        yield from self._fields(old, new)
        if _order(old, new) != _order(new, old):
            yield places.note("FMT120", f"children that are added to a {new.name} are written in another order")

    def _fields(self, old: ClassSurface, new: ClassSurface) -> Iterator[Finding]:
        renamed = _renamed_fields(old, new)
        for name, field in old.fields.items():
            now = new.fields.get(renamed.get(name, name))
            if now is None:
                places = _Places(f"{old.name}.{name}", field.location, new.location, old.name)
                yield replace(places.finding("API104", f"field {name} of {OWNER} is gone"), anchor=field.location)
            else:
                yield from self._field(old, field, now)
        for name, field in new.fields.items():
            if name not in old.fields and name not in renamed.values() and not field.default:
                places = _Places(f"{new.name}.{name}", old.location, field.location, new.name)
                message = f"{OWNER} cannot be made without {name}: {field.annotation}, which is new"
                yield places.finding("API117", message)

    def _field(self, owner: ClassSurface, old: FieldSurface, new: FieldSurface) -> Iterator[Finding]:
        subject = f"field {old.name} of {OWNER}"
        places = _Places(f"{owner.name}.{old.name}", old.location, new.location, owner.name)
        refused = missing(old.annotation, new.annotation, self._old_names, self._new_names)
        won = missing(new.annotation, old.annotation, self._new_names, self._old_names)
        types = f"{old.annotation} before, {new.annotation} now"
        if old.name != new.name:
            differs = f", with another type: {types}" if refused or won else ""
            yield places.finding("API105", f"{subject} seems to be called {new.name} now{differs}")
        if old.default and not new.default:
            yield places.finding("API118", f"{OWNER} cannot be made without {new.name} any more")
            refused = tuple(one for one in refused if one != old.default)
        if old.name != new.name or self._are_told(old, new):
            pass
        elif refused and won:
            yield places.finding("API109", f"{subject} has another type: {types}")
        elif refused:
            yield places.finding("API106", f"{subject} does not take {' or '.join(refused)} any more: {types}")
        elif won:
            yield places.finding("API107", f"{subject} can be {' or '.join(won)} now: {types}")
        if old.default and new.default and old.default != new.default and old.annotation == new.annotation:
            yield places.finding("API108", f"{subject} was {old.default} unless set, and is {new.default} now")

    def _are_told(self, old: FieldSurface, new: FieldSurface) -> bool:
        """Whether the types differ in what has findings of its own: a class that became a union of its name, or an
        enumeration that has the members of one that is gone."""
        here = old.annotation
        for name in set(_NAME.findall(here)) & self._old.enums.keys() - self._new.enums.keys():
            for twin in _NAME.findall(new.annotation):
                if twin in self._new.enums and self._new.enums[twin].members == self._old.enums[name].members:
                    here = re.sub(rf"\b{name}\b", twin, here)
        return here == new.annotation

    def union_findings(self) -> Iterator[Finding]:
        for name, old in self._old.unions.items():
            new = self._new.unions.get(name)
            if new is None:
                yield from self._union_removed(old)
            else:
                yield from self._members(old, new)

    def _union_removed(self, old: UnionSurface) -> Iterator[Finding]:
        now = self._new.classes.get(old.name)
        message = f"union {old.name} is gone" if now is None else f"union {old.name} is one class now"
        yield _Places(old.name, old.location, None if now is None else now.location).finding("API101", message)

    def _members(self, old: UnionSurface, new: UnionSurface) -> Iterator[Finding]:
        places = _Places(old.name, old.location, new.location, new.name)
        if old.module != new.module:
            yield _moved(places, "union", old.name, old.module, new.module)
        before = [self._renamed.get(name, name) for name in old.members]
        for name in before:
            if name not in new.members:
                gone = "" if name in self._new.classes else "; the class is gone"
                yield places.finding("API116", f"{name} does not belong to {OWNER} any more{gone}")
        for name in new.members:
            if name not in before:
                yield places.note("API120", f"{name} belongs to {OWNER} now")


def _moved(places: _Places, kind: str, name: str, old: str, new: str) -> Finding:
    return places.note("API102", f"{kind} {name} is in module {new} now, and not in {old}")


def _renamed_fields(old: ClassSurface, new: ClassSurface) -> dict[str, str]:
    fresh = {field.xml: name for name, field in new.fields.items() if name not in old.fields and field.xml[1]}
    return {
        name: fresh[field.xml] for name, field in old.fields.items() if name not in new.fields and field.xml in fresh
    }


def _order(one: ClassSurface, other: ClassSurface) -> list[str]:
    """The children that both have, in the order in which the first writes them."""
    common = [field for field in one.fields.values() if field.position >= 0 and field.name in other.fields]
    return [field.name for field in sorted(common, key=lambda field: field.position)]


def _enum_findings(old: Mapping[str, EnumSurface], new: Mapping[str, EnumSurface]) -> Iterator[Finding]:
    for name, before in old.items():
        after = new.get(name)
        if after is None:
            twin = next((one.name for one in new.values() if one.members == before.members), "")
            hint = f"; {twin} has the same members" if twin else ""
            yield _Places(name, before.location).finding("API110", f"enumeration {name} is gone{hint}")
        else:
            places = _Places(name, before.location, after.location)
            if before.module != after.module:
                yield _moved(places, "enumeration", name, before.module, after.module)
            yield from _member_findings(places, before, after)


def _member_findings(places: _Places, old: EnumSurface, new: EnumSurface) -> Iterator[Finding]:
    names = {token: name for name, token in new.members.items()}
    for name, token in old.members.items():
        subject = replace(places, path=f"{old.name}.{name}")
        if token in names and names[token] != name:
            yield subject.finding("API112", f"{old.name}.{name} is called {names[token]} now")
        elif token not in names and name in new.members:
            yield subject.finding("API113", f"{old.name}.{name} was {token!r}, and is {new.members[name]!r} now")
        elif token not in names:
            yield subject.finding("API111", f"{old.name}.{name} is gone")
    for name, token in new.members.items():
        if token not in old.members.values() and name not in old.members:
            news = replace(places, path=f"{new.name}.{name}").note("API119", f"{new.name}.{name} is new")
            yield replace(news, values=(token,))
    yield from _index_findings(places, old, new)


def _index_findings(places: _Places, old: EnumSurface, new: EnumSurface) -> Iterator[Finding]:
    """Only for tables on both sides: otherwise the index is a place in the schema's choice, on which no program
    depends."""
    if not (old.table and new.table):
        return
    before = {token: index for index, token in enumerate(old.members.values())}
    after = {token: index for index, token in enumerate(new.members.values())}
    moved = [token for token, index in before.items() if token in after and after[token] != index]
    if not moved:
        return
    first = moved[0]
    more = f", and {len(moved) - 1} more" if len(moved) > 1 else ""
    message = f"index of {first!r} in {new.name} was {before[first]}, and is {after[first]} now{more}"
    yield places.finding("ENM130", f"{message} (table {new.table})")
