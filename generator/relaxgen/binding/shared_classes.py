"""Elements that hold one define whole are one class, whatever they are called.

    <element name="begin-area"><ref name="area"/></element>
    <element name="end-area"><ref name="area"/></element>

A define is the author's name for one thing. So elements that differ only in their names have one class, named after the
define, and each field knows the name of its element. Elements whose contents are equal by chance keep separate classes,
because one of them can change alone. An element in a content list or a choice, and the root of a document, need a class
that knows its name; if just one of the elements with a define needs it, the class is named after that element.

An element keeps its own class if an author names it, arranges it, or annotates its inside. A names file keeps both
shared and separate classes. If the contents of elements with one class now differ, the class has the fields of all of
them, like a class for the alternatives of one element; the exact check knows which element allows which.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..diagnostics.locations import Position
from ..relaxng.pattern import Group, Ref
from ..relaxng.schema import SchemaDefine
from .annotations import CONTENT, NAME, VARIANTS, note_of
from .author_notes import Addressed
from .bindings_file import Note
from .class_drafts import ClassDrafts
from .class_keys import ClassKey, FieldPlace, SharedClass
from .contents import Contents


@dataclass(frozen=True, slots=True)
class _Holder:
    """An element that holds a define whole, or one that a names file knows, with what an author or, as ``pinned``, the
    names file calls its class."""

    key: ClassKey
    define: SchemaDefine | None
    name: str
    pinned: bool


def shared_classes(drafts: ClassDrafts, said: Addressed) -> list[SharedClass]:
    """``drafts`` have a class for each element, ``said`` is what a bindings file says of them."""
    groups: dict[object, list[_Holder]] = defaultdict(list)
    holders = list(_holders(drafts, _with_notes_inside(said)))
    uses = Counter(one.name for one in holders if one.pinned)
    for holder in holders:
        place = holder.define and holder.define.location.position
        groups[place, holder.key.name.namespace].append(holder)
    named = _told_by_name(drafts)
    together = [group for holders in groups.values() for group in _by_name(holders, uses)]
    found = (_shared(group, named) for group in _kept_together(together))
    return [one for one in found if one is not None]


def _holders(drafts: ClassDrafts, noted: set[ClassKey]) -> Iterator[_Holder]:
    for key, draft in drafts.found.items():
        if draft.split is None and key not in noted and not _is_arranged(drafts, key):
            note = drafts.notes.of_class(key, NAME)
            name, pinned = (note.value, note.pinned) if note is not None else ("", False)
            define = _define_of(drafts, key) if _is_whole(draft.contents) else None
            if define is not None or pinned:
                yield _Holder(key, define, name, pinned)


def _with_notes_inside(said: Addressed) -> set[ClassKey]:
    places = [place for place, notes in said.items() if any(not note.pinned for note in notes.values())]
    return {place.owner.key for place in places if isinstance(place, FieldPlace)}


def _is_arranged(drafts: ClassDrafts, key: ClassKey) -> bool:
    notes: Iterable[Note | None] = (drafts.notes.of_class(key, name) for name in (CONTENT, VARIANTS))
    return any(note is not None and not note.pinned for note in notes)


def _is_whole(contents: Contents) -> bool:
    """Whether there is more than a text, one child or one list: what an author would call a thing."""
    places = contents.places
    inside = {places.get(name, name) for name in contents.children}
    return bool(contents.attributes or contents.open_attributes) or len(inside) + (contents.text is not None) > 1


def _define_of(drafts: ClassDrafts, key: ClassKey) -> SchemaDefine | None:
    """The define that is all that the element holds."""
    found: dict[Position, SchemaDefine] = {}
    for one in drafts.patterns(key):
        pattern = one.pattern.pattern
        while isinstance(pattern, Group) and len(pattern.patterns) == 1:
            pattern = pattern.patterns[0]
        if not isinstance(pattern, Ref):
            return None
        define = drafts.table.schemas[one.schema].defines[pattern.name]
        found[define.location.position] = define
    return next(iter(found.values())) if len(found) == 1 else None


def _told_by_name(drafts: ClassDrafts) -> set[ClassKey]:
    """Roots, and elements in content lists and choices."""
    found = {key for key, _ in drafts.roots}
    for draft in drafts.found.values():
        for contents in draft.bodies():
            places = contents.places
            found.update(drafts.child_key(name, use) for name, use in contents.children.items() if name in places)
    return found


def _by_name(holders: list[_Holder], uses: Mapping[str, int]) -> Iterator[list[_Holder]]:
    """Those that have one name, and those without any; these join others that share one from a names file."""
    groups: dict[str, list[_Holder]] = defaultdict(list)
    for one in holders:
        groups[one.name].append(one)
    kept = [name for name in groups if uses.get(name, 0) > 1]
    if kept and "" in groups:
        groups[max(kept, key=lambda name: len(groups[name]))].extend(groups.pop(""))
    yield from groups.values()


def _kept_together(groups: list[list[_Holder]]) -> Iterator[list[_Holder]]:
    """With one group for all elements of a vocabulary that a names file gives one class."""
    kept: dict[tuple[str, str], list[_Holder]] = {}
    for group in groups:
        if not group[0].pinned:
            yield group
        else:
            kept.setdefault((group[0].name, group[0].key.name.namespace), []).extend(group)
    yield from kept.values()


def _shared(holders: list[_Holder], named: set[ClassKey]) -> SharedClass | None:
    telling = [one for one in holders if one.key in named]
    if len(telling) > 1:
        holders = [one for one in holders if one.key not in named]
    if len(holders) < 2:
        return None
    first = telling[0] if len(telling) == 1 else holders[0]
    others = [one.key for one in holders if one.key != first.key]
    define = next((one.define for one in holders if one.define is not None), None)
    note = note_of(define, NAME) if define is not None else None
    return SharedClass((first.key, *others), define, note, len(telling) == 1)
