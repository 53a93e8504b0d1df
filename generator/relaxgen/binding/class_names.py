"""Names for classes: the define's where that ends with the element's, else a parent's and its own.

    define             element        class
    disk               disk           Disk
    diskBackingStore   backingStore   DiskBackingStore
    disk.element       disk           Disk
    diskspec           driver         DiskDriver           (in Disk)
    info, formal.info  info           Info                 (two patterns)
    term.one, term.two term           Term                 (two patterns)
    req.info, any.info info           ReqInfo              (two patterns, one with all that the other has)

Of several parents the one with the fewest words in its name gives it: the source that a disk, a mirror and a firmware
variable store share is `DiskSource`. A member of a union is named for the value that leads to it: `PciAddress`. What is
left of clashes takes another ancestor, then what the words of the name have lost (`AHyphenB` for `a-b`), then its
namespace, its define, or something that it contains (`DiskWithPool`); never a number, and never the name of a file,
which may be moved. Where none helps, the author must name the class (`b:name`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from heapq import heappop, heappush
from itertools import takewhile

from ..diagnostics.errors import Diagnostics
from ..diagnostics.locations import SourceLocation
from ..relaxng.name_class import QName
from .annotations import NAME
from .bindings_file import Note, wrong_class_name
from .class_drafts import ClassDrafts
from .class_keys import Body, ClassKey
from .contents import Contents
from .elements import ElementTable
from .given_names import GivenNames
from .naming import (
    class_case,
    class_name,
    name_for_element,
    name_key,
    name_of_content,
    namespace_word,
    shared_prefix,
    shared_start,
    spelled_name,
    words,
)
from .variants import Alternative

MOST_JOINED = 2
"""A class that more values lead to is not named after all of them."""


class ClassNames:
    """``names`` are the names of classes and unions; ``members`` those of a union's members, in order; ``settled``
    those of both that authors have given, and ``pinned`` those of them that only a names file has.

    ``reserved`` are the names that a names file has for enumerations: no class takes one of them."""

    def __init__(
        self,
        drafts: ClassDrafts,
        prefixes: Mapping[str, str],
        diagnostics: Diagnostics,
        given: GivenNames,
        reserved: Iterable[str] = (),
    ) -> None:
        self._given = given
        self._drafts = drafts
        self._prefixes = prefixes
        self._diagnostics = diagnostics
        self._prefix = _prefix_of_elements(drafts.table)
        self.names: dict[ClassKey, str] = {}
        self.members: dict[ClassKey, tuple[str, ...]] = {}
        self.settled: dict[Body, str] = {}
        self.pinned: set[str] = set()
        self._owners: dict[str, ClassKey] = {}
        self._reserved = frozenset(map(name_key, reserved))
        self._name_after_defines()
        self._candidates = _Candidates(drafts)
        for key in drafts.found:
            if key in self.names:
                self._is_named(key)
        for key, _ in drafts.roots:
            self._candidates.add(key, -1, class_name(key.name.local))
        self._take_candidates()
        for key in drafts.found:
            if key not in self.names:
                self._name_after_other_ancestors(key)
                self._take_candidates()
        for key in drafts.found:
            self._given.report(key, f"the class of <{key.name.local}>", self.names[key], self._place(key))

    def classes(self) -> dict[ClassKey, tuple[str, ...]]:
        """The classes of each draft: one, or the members of a union."""
        return {key: self.members.get(key, (name,)) for key, name in self.names.items()}

    def is_taken(self, name: str) -> bool:
        return name_key(name) in self._owners or name_key(name) in self._reserved

    def taken_at(self, name: str) -> SourceLocation | None:
        """Where the class is that has a name, or one of the same words."""
        return self._owner(name) if name_key(name) in self._owners else None

    def _claim(self, key: ClassKey, name: str) -> bool:
        """Names whose words are the same give functions of the same name, so one of them is enough: `ABC`, `Abc`."""
        if self.is_taken(name):
            self._given.displace(name_key(name), key, name)
            return False
        self._owners[name_key(name)] = key
        self.names[key] = name
        return True

    def _owner(self, name: str) -> SourceLocation:
        return self._place(self._owners[name_key(name)])

    def _name_after_defines(self) -> None:
        """Authors' names first, then names of defines; among those with the same one, the root of a document has
        it, else a class that is nothing but this define."""
        for note, owner in sorted(self._author_names(), key=lambda one: one[0].lenient):
            self._claim_or_report(note, owner)
        roots = {key for key, _ in self._drafts.roots}
        ranked = [(key not in roots, len(key.elements), order, key) for order, key in enumerate(self._drafts.found)]
        for *_, key in sorted(ranked, key=lambda one: one[:3]):
            name = self._define_name(key)
            if name and key not in self.names:
                self._claim(key, name)

    def _author_names(self) -> Iterator[tuple[Note, Body]]:
        """Yields authors' names of classes, unions and members of unions; reports impossible ones."""
        for key, draft in self._drafts.found.items():
            shared = self._drafts.shared.get(key)
            own, of_define = self._drafts.notes.of_class(key, NAME), shared.note if shared is not None else None
            if own is None:
                self._drafts.notes.keys.apply(NAME, of_define)
            found = [(own or of_define, Body(key))]
            if draft.split is not None:
                found += [(self._drafts.notes.in_file(member, NAME), member) for member in draft.owners()]
            for note, body in found:
                if note is None:
                    continue
                if reason := wrong_class_name(note.value):
                    self._diagnostics.error(note.location, reason)
                else:
                    yield note, body

    def _claim_or_report(self, note: Note, body: Body) -> None:
        # A names file counts more than a preset, an author more than both.
        if note.lenient and not note.pinned and name_key(note.value) in self._reserved:
            return
        if name_key(note.value) not in self._owners:
            self._owners[name_key(note.value)] = body.key
            self._given.give(name_key(note.value), note)
            self.settled[body] = note.value
            if note.pinned:
                self.pinned.add(note.value)
            if not body.tokens:
                self.names[body.key] = note.value
        elif note.lenient:
            self._given.displace(name_key(note.value), body if body.tokens else body.key, note.value)
        else:
            own, other = self._place(body.key), self._owner(note.value)
            places = (
                [(other, "the other is here")]
                if note.location == own
                else [(own, "one is here"), (other, "the other here")]
            )
            self._diagnostics.error(note.location, f"two classes have the name {note.value}", related=places)

    def _define_name(self, key: ClassKey) -> str:
        """The one name that defines give; of several that which is just the element's, or that of the one define
        that has all that the others have and more, else what all begin with."""
        whole = self._drafts.shared.get(key)
        if whole is not None and whole.define is not None:
            after_define = class_name(name_of_content(whole.define.name.removeprefix(self._prefix)))
            return self._define_name(whole.keys[0]) if whole.is_named else after_define
        own = words(key.name.local)
        defines = [one.define.removeprefix(self._prefix) for one in self._drafts.patterns(key)]
        names = self._names_for_element(key, key.elements)
        if len(names) == 1:
            return class_case(names.pop())
        if names:
            best = {own} & names or self._names_for_element(key, self._with_everything(key))
            return class_case(best.pop()) if best else ""
        shared = shared_start([words(define) for define in defines]) if all(defines) else ()
        return class_case(shared) if shared[-len(own) :] == own else ""

    def _names_for_element(self, key: ClassKey, elements: Iterable[int]) -> set[tuple[str, ...]]:
        defines = [self._drafts.table.patterns[number].define.removeprefix(self._prefix) for number in elements]
        return {words(name) for define in defines if define and (name := name_for_element(define, key.name.local))}

    def _with_everything(self, key: ClassKey) -> list[int]:
        """The one pattern that holds all that the others do, and more: the class is as that says."""
        held = {number: _names_in(self._drafts.contents.of_elements([number])) for number in key.elements}
        return [one for one, names in held.items() if all(names > held[other] for other in held if other != one)]

    def _take_candidates(self) -> None:
        """Names after parents, the shortest first."""
        for key, name in self._candidates:
            if key not in self.names and self._claim(key, name):
                self._is_named(key)

    def _is_named(self, key: ClassKey) -> None:
        """Names the members of a union, and adds candidates for the children: names that begin with this one."""
        draft = self._drafts.found[key]
        if draft.split is not None:
            self.members[key] = self._member_names(key, draft.split.alternatives)
        for child, rank, member in self._candidates.children(key):
            own = class_name(child.name.local)
            if rank == 0 and child.name.namespace not in ("", key.name.namespace):
                prefix = self._prefixes.get(child.name.namespace, "")
                if prefix:
                    self._candidates.add(child, -1, class_name(prefix) + own)
            parent = self.members[key][member] if member >= 0 and key in self.members else self.names[key]
            self._candidates.add(child, rank, parent + own)

    def _name_after_other_ancestors(self, key: ClassKey) -> None:
        candidates = list(self._ancestor_names(key))
        if not any(self._claim(key, name) for name in candidates):
            self._diagnostics.error(
                self._place(key),
                f"no name is left for the class of <{key.name.local}>; give it one with b:name, or in a bindings file",
                related=[(self._owner(candidates[0]), f"this one is {candidates[0]}")],
            )
            self.names[key] = candidates[0]
        self._is_named(key)

    def _ancestor_names(self, key: ClassKey) -> Iterator[str]:
        draft = self._drafts.found[key]
        own = class_name(key.name.local)
        yield class_case(word for step in draft.path for word in words(step))
        spelled = class_name(spelled_name(key.name.local))
        owners = ["", *(self.names[one.key] for one in draft.parents if one.key in self.names)]
        if spelled != own:
            yield from (owner + spelled for owner in reversed(owners))
        if key.name.namespace:
            word = self._prefixes.get(key.name.namespace) or namespace_word(key.name.namespace)
            yield from (owner + class_name(word) + own for owner in owners if word)
        for one in self._drafts.patterns(key):
            if one.define:
                yield class_name(one.define.removeprefix(self._prefix)) + own
        yield from (f"{own}In{owner}" for owner in owners if owner)
        # Classes that share all of that still differ in what they contain.
        for name in sorted(_names_in(draft.contents), key=str):
            feature = class_name(name if isinstance(name, str) else name.local)
            yield from (f"{owner}{own}With{feature}" for owner in owners)

    def _member_names(self, key: ClassKey, alternatives: tuple[Alternative, ...]) -> tuple[str, ...]:
        base = self.names[key]
        found: list[str] = []
        for alternative in alternatives:
            body = Body(key, alternative.tokens)
            settled = self.settled.get(body)
            if settled is not None:
                found.append(settled)
                continue
            candidates = list(_member_candidates(base, alternative))
            for wanted in takewhile(self.is_taken, candidates):
                self._given.displace(name_key(wanted), body, wanted)
            name = next((name for name in candidates if not self.is_taken(name)), candidates[0])
            if self.is_taken(name):
                self._diagnostics.error(
                    self._place(key),
                    f"no name is left for the class of {base} for {', '.join(map(repr, alternative.tokens))}",
                    related=[(self._owner(name), f"this one is {name}")],
                )
            self._owners[name_key(name)] = key
            found.append(name)
            of_values = f"the class of <{key.name.local}> for {', '.join(map(repr, alternative.tokens))}"
            self._given.report(body, of_values, name, self._place(key))
        return tuple(found)

    def _place(self, key: ClassKey) -> SourceLocation:
        return self._drafts.patterns(key)[0].pattern.location


class _Candidates:
    """Names that classes would take, the shortest first; of equal length the class that the roots reach first, then
    its first parent. Iterating takes them out; what is granted may bring new ones."""

    def __init__(self, drafts: ClassDrafts) -> None:
        self._order = list(drafts.found)
        self._rank = {key: rank for rank, key in enumerate(self._order)}
        self._waiting: list[tuple[int, int, int, str]] = []
        self._children: dict[ClassKey, list[tuple[ClassKey, int, int]]] = {}
        for key, draft in drafts.found.items():
            for rank, parent in enumerate(draft.parents):
                self._children.setdefault(parent.key, []).append((key, rank, parent.member))

    def add(self, key: ClassKey, parent_rank: int, name: str) -> None:
        heappush(self._waiting, (len(words(name)), self._rank[key], parent_rank, name))

    def children(self, key: ClassKey) -> list[tuple[ClassKey, int, int]]:
        """Each child class, with the place of `key` among its parents, and the member of a union that has it."""
        return self._children.get(key, [])

    def __iter__(self) -> Iterator[tuple[ClassKey, str]]:
        while self._waiting:
            _, rank, _, name = heappop(self._waiting)
            yield self._order[rank], name


def _prefix_of_elements(table: ElementTable) -> str:
    """The common beginning of all defines, or else of those with elements, where others have a letter
    of their own: `e.para` beside `a.id`."""
    defines = (define.name for schema in table.schemas for define in schema.defines.values())
    of_elements = dict.fromkeys(one.define for one in table.patterns.values())
    return shared_prefix(defines) or shared_prefix(of_elements)


def _member_candidates(base: str, alternative: Alternative) -> Iterator[str]:
    """One value gives its name; several what they have in common, else both of two, else "other"."""
    shared = _in_common(alternative.tokens)
    if shared:
        yield class_case(shared) + base
        yield base + class_case(shared)
    joined = "Or".join(class_name(token) for token in alternative.tokens)
    if len(alternative.tokens) > MOST_JOINED:
        yield f"Other{base}"
    yield joined + base
    yield base + joined


def _in_common(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """The words that all tokens begin with, or else end with."""
    split = [words(token) for token in tokens]
    return shared_start(split) or shared_start([one[::-1] for one in split])[::-1]


def _names_in(contents: Contents) -> set[QName | str]:
    text = contents.text is not None or contents.free_text
    return {*contents.attributes, *contents.children, *(["text"] if text else [])}
