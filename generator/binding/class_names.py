"""Names for classes: the define's where that ends with the element's, else the first parent's and its own.

    define             element        class
    disk               disk           Disk
    diskBackingStore   backingStore   DiskBackingStore
    diskspec           driver         DiskDriver           (in Disk)

A member of a union is named for the value that leads to it: `PciAddress`. What is left of clashes takes another
ancestor, never a number; where no ancestor helps, the author must name it (`b:name`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from os.path import commonprefix

from ..errors import Diagnostics
from ..source import SourceLocation
from .annotations import NAME
from .drafts import Draft, Drafts, Key
from .naming import class_case, class_name, ends_with, shared_prefix, words
from .variants import Alternative

MOST_JOINED = 2
"""So many values stand in the name of a class that they lead to."""


class ClassNames:
    """``names`` are the names of classes and unions; ``members`` those of a union's members, in order."""

    def __init__(self, drafts: Drafts, prefixes: Mapping[str, str], diagnostics: Diagnostics) -> None:
        self._drafts = drafts
        self._prefixes = prefixes
        self._diagnostics = diagnostics
        self._prefix = shared_prefix(
            define.name for schema in drafts.table.schemas for define in schema.defines.values()
        )
        self.names: dict[Key, str] = {}
        self.members: dict[Key, tuple[str, ...]] = {}
        self._owners: dict[str, Key] = {}
        self._name_after_defines()
        for key, draft in drafts.found.items():
            if key not in self.names:
                self._name_after_parents(key)
            if draft.split is not None:
                self.members[key] = self._member_names(key, draft.split.alternatives)

    def is_taken(self, name: str) -> bool:
        return name in self._owners

    def _claim(self, key: Key, name: str) -> bool:
        if name in self._owners:
            return False
        self._owners[name] = key
        self.names[key] = name
        return True

    def _name_after_defines(self) -> None:
        """Authors' names first, then names of defines; among those that want the same one, a class that is nothing
        but this define has it."""
        for key in self._drafts.found:
            chosen = self._author_name(key)
            if chosen:
                self._claim_or_report(key, chosen)
        wishes = [(len(key.elements), order, key) for order, key in enumerate(self._drafts.found)]
        for _, _, key in sorted(wishes, key=lambda wish: wish[:2]):
            name = self._define_name(key)
            if name and key not in self.names:
                self._claim(key, name)

    def _author_name(self, key: Key) -> str:
        for one in self._drafts.patterns(key):
            name = one.pattern.annotations.attributes.get(NAME, "")
            if name:
                return name
        return ""

    def _claim_or_report(self, key: Key, name: str) -> None:
        if not self._claim(key, name):
            other = self._place(self._owners[name])
            self._diagnostics.error(
                self._place(key), f"two classes want the name {name}", related=[(other, f"{name} is this one")]
            )

    def _define_name(self, key: Key) -> str:
        names = {
            one.define.removeprefix(self._prefix)
            for one in self._drafts.patterns(key)
            if one.define and ends_with(one.define.removeprefix(self._prefix), key.name.local)
        }
        return class_name(names.pop()) if len(names) == 1 else ""

    def _name_after_parents(self, key: Key) -> None:
        if not any(self._claim(key, name) for name in self._candidates(key)):
            other = self._place(self._owners[next(self._candidates(key))])
            self._diagnostics.error(
                self._place(key),
                f"no name is left for the class of element {key.name.local!r}; give it one with b:name",
                related=[(other, "this one has the name it would take")],
            )
            self.names[key] = next(self._candidates(key))

    def _candidates(self, key: Key) -> Iterator[str]:
        draft = self._drafts.found[key]
        own = class_name(key.name.local)
        path = class_case(word for step in draft.path for word in words(step))
        stem = class_name(self._drafts.table.schemas[draft.schema].location.file.stem)
        if not draft.parents:
            yield own
        parents = [self._parent_name(*parent) for parent in draft.parents]
        if draft.parents and key.name.namespace not in ("", draft.parents[0][0].name.namespace):
            prefix = self._prefixes.get(key.name.namespace, "")
            if prefix:
                yield class_name(prefix) + own
        yield from (parent + own for parent in parents)
        yield path
        yield stem + own
        yield from (stem + parent + own for parent in parents)
        yield stem + path
        yield class_name(self._place(key).file.stem) + own

    def _parent_name(self, parent: Key, member: int) -> str:
        if member >= 0 and parent in self.members:
            return self.members[parent][member]
        return self.names.get(parent, class_name(parent.name.local))

    def _member_names(self, key: Key, alternatives: tuple[Alternative, ...]) -> tuple[str, ...]:
        base = self.names[key]
        found: list[str] = []
        for alternative in alternatives:
            name = next(name for name in _member_candidates(base, alternative) if name not in self._owners)
            self._owners[name] = key
            found.append(name)
        return tuple(found)

    def _place(self, key: Key) -> SourceLocation:
        return self._drafts.patterns(key)[0].pattern.location


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
    start = tuple(commonprefix(split))
    if start:
        return start
    return tuple(reversed(commonprefix([one[::-1] for one in split])))

