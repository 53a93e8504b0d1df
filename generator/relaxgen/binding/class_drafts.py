"""Finds the classes: one for each kind of element that is more than a text or a flag.

Starting from the roots, each child name of a class leads to a set of element patterns. This set is the child's
identity: a recursive or shared define gives one class, and two parents that refer to the same element share it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ..relaxng.name_class import QName
from .annotations import CONTENT, IMPLIED, VARIANTS, note_of
from .author_notes import AuthorNotes
from .bindings_file import ChoicesNote, Note, UnionNote
from .cardinality import ONE, Cardinality
from .class_keys import Body, ClassKey, SharedClass
from .contents import Alternatives, ChildUse, ContentReader, Contents
from .elements import ElementPattern, ElementTable
from .model import FieldKind
from .values import ValueReader, accepts_empty
from .variants import Split, VariantFinder

FEWEST_ALTERNATIVES = 3
"""So many elements, of which a document has one at most, are one field; fewer are a field each."""


class Parent(NamedTuple):
    """A class that has another as a child called ``name``. ``member`` is the index of the member where the parent is a
    union and its members have different children of this name (else -1)."""

    key: ClassKey
    member: int
    name: QName


@dataclass(slots=True)
class ClassDraft:
    """A class, or a union where ``split`` is set, before it has a name.

    ``parents`` are the places where classes have it as a child, in the order found. ``path`` is one element path from a
    root, ``schema`` the index of the first schema that reaches it.
    """

    key: ClassKey
    contents: Contents
    split: Split | None
    schema: int
    path: tuple[str, ...]
    parents: list[Parent] = field(default_factory=list)

    def bodies(self) -> tuple[Contents, ...]:
        """The contents of the class, or of each member of the union."""
        if self.split is None:
            return (self.contents,)
        return tuple(alternative.contents for alternative in self.split.alternatives)

    def owners(self) -> tuple[Body, ...]:
        """The class, or each member of the union, in the order of `bodies`."""
        if self.split is None:
            return (Body(self.key),)
        return tuple(Body(self.key, alternative.tokens) for alternative in self.split.alternatives)


class ClassDrafts:
    """All drafts in the order in which the roots reach them, breadth first."""

    def __init__(
        self,
        table: ElementTable,
        notes: AuthorNotes,
        shared: Sequence[SharedClass] = (),
        contents: ContentReader | None = None,
    ) -> None:
        self.table = table
        self.notes = notes
        self.contents = contents or ContentReader(table)
        self.values = ValueReader(table, notes.keys)
        self.shared = {one.key: one for one in shared}
        self._classes = {key: one.key for one in shared for key in one.keys}
        self._variants = VariantFinder(table, self.contents)
        self.found: dict[ClassKey, ClassDraft] = {}
        self.roots: list[tuple[ClassKey, int]] = []
        self._kinds: dict[ClassKey, FieldKind] = {}

    def add_root(self, name: QName, elements: Iterable[int], schema: int) -> ClassKey:
        key = self.class_of(ClassKey(name, self.table.with_flavours(elements)))
        self.roots.append((key, schema))
        self._reach(key, schema)
        return key

    def patterns(self, key: ClassKey) -> list[ElementPattern]:
        return [self.table.patterns[number] for number in sorted(key.elements)]

    def contents_of(self, body: Body) -> Contents:
        """Returns the contents of a class or of a member of a union."""
        draft = self.found[body.key]
        return dict(zip(draft.owners(), draft.bodies(), strict=True))[body]

    def child_key(self, name: QName, use: ChildUse) -> ClassKey:
        """The key of the element by itself; `class_of` returns its class."""
        return ClassKey(name, self.table.with_flavours(use.elements))

    def class_of(self, key: ClassKey) -> ClassKey:
        """The class, which elements of other names may share; also where the key joins several that share it."""
        found = self._classes.get(key)
        if found is None and len(key.elements) > 1:
            found = self._classes[key] = self._class_of_parts(key)
        return found or key

    def _class_of_parts(self, key: ClassKey) -> ClassKey:
        """Alternatives that one class holds are joined; each by itself may share the class of other elements."""
        for one in self.shared.values():
            if key.elements <= one.key.elements and key.name.namespace == one.key.name.namespace:
                parts = [part.elements for part in one.keys if part.elements <= key.elements]
                if frozenset().union(*parts) == key.elements:
                    return one.key
        return key

    def kind_of(self, key: ClassKey, cardinality: Cardinality, *, in_content: bool) -> FieldKind:
        """Returns the kind of a child's field. Children that share a field are objects, which keep their names."""
        if in_content:
            return FieldKind.CHILD
        kind = self._kinds.get(key)
        if kind is None:
            kind = self._kinds[key] = self._collapsed(key)
        return FieldKind.CHILD if kind is FieldKind.FLAG and cardinality.many else kind

    def _collapsed(self, key: ClassKey) -> FieldKind:
        contents = self.contents.of_elements(sorted(key.elements))
        if contents.empty:
            return FieldKind.FLAG
        if contents.text_only:
            assert contents.text is not None
            if contents.text.cardinality.required or accepts_empty(self.values.type_of(contents.text.patterns)):
                return FieldKind.VALUE
        return FieldKind.CHILD

    def _reach(self, root: ClassKey, schema: int) -> None:
        queue: list[tuple[ClassKey, Parent | None]] = [(root, None)]
        for key, above in queue:  # grows while it is gone through
            known = self.found.get(key)
            if known is not None:
                if above is not None and above not in known.parents:
                    known.parents.append(above)
                continue
            draft = self._draft(key, schema, above)
            self.found[key] = draft
            queue.extend(self._class_children(draft))

    def _draft(self, key: ClassKey, schema: int, parent: Parent | None) -> ClassDraft:
        numbers = tuple(sorted(key.elements))
        plain = self.contents.of_elements(numbers)
        arrangement = self.notes.of_class(key, CONTENT)
        contents = self._arranged(plain, arrangement)
        split = self._split(key, numbers, contents)
        bodies = [plain]
        if split is not None:
            bodies += [one.contents for one in split.alternatives]
            arranged = [replace(one, contents=self._arranged(one.contents, arrangement)) for one in split.alternatives]
            split = replace(split, alternatives=tuple(arranged))
        if arrangement is not None and any(self._makes_a_difference(arrangement, one) for one in bodies):
            self.notes.keys.apply(CONTENT, arrangement)
        path = (*self.found[parent.key].path, parent.name.local) if parent is not None else (key.name.local,)
        return ClassDraft(key, contents, split, schema, path, [parent] if parent else [])

    def _split(self, key: ClassKey, numbers: tuple[int, ...], contents: Contents) -> Split | None:
        note = self.notes.of_class(key, VARIANTS)
        if isinstance(note, UnionNote):
            kept = self._variants.kept_split(numbers, contents, note.attribute, note.groups)
            if kept is not None:
                return kept
        if note is None:
            return self._variants.best_split(numbers, contents)
        if note.value == "merge" and note.lenient:
            return None
        found = self._variants.best_split(numbers, contents, forced=True)
        if found is not None:
            self.notes.keys.apply(VARIANTS, note)
        return found if note.value == "split" else None

    def _makes_a_difference(self, note: Note, contents: Contents) -> bool:
        """Whether children are arranged otherwise than with another word in the note."""
        others = ("fields",) if note.value != "fields" else ("choice", "ordered")
        places = self._arranged(contents, note).places
        return any(self._arranged(contents, replace(note, value=one)).places != places for one in others)

    def _arranged(self, contents: Contents, note: Note | None) -> Contents:
        """With one list for everything, one field for each name, or one for each choice, as an author or a names file
        says."""
        arrangement = note.value if note is not None and not isinstance(note, ChoicesNote) else ""
        if arrangement == "ordered":
            return replace(contents, whole=bool(contents.children or contents.open_elements))
        if arrangement == "fields":
            return replace(contents, tied=frozenset(), mingled=frozenset())
        chosen = (
            one
            for one in contents.alternatives
            if not (one.names & contents.listed or self._is_implied(contents, one))
            and (arrangement == "choice" or self._is_one_field(contents, one, note))
        )
        return replace(contents, chosen=tuple(chosen))

    def _is_one_field(self, contents: Contents, alternatives: Alternatives, note: Note | None) -> bool:
        """Whether alternatives share a field without a note: if there are several, and most would be objects anyway.
        A names file keeps what shares a field and what has separate fields."""
        if isinstance(note, ChoicesNote):
            locals_ = {name.local for name in alternatives.names}
            if locals_ & note.together or locals_ & note.apart:
                return bool(locals_ & note.together)
        keys = [self.child_key(name, contents.children[name]) for name in alternatives.names]
        objects = sum(self.kind_of(key, ONE, in_content=False) is FieldKind.CHILD for key in keys)
        return len(keys) >= FEWEST_ALTERNATIVES and 2 * objects > len(keys)

    def _is_implied(self, contents: Contents, alternatives: Alternatives) -> bool:
        """Whether the absence of one of them has a meaning: that needs a separate field."""
        keys = (self.child_key(name, contents.children[name]) for name in alternatives.names)
        return any(note_of(one.pattern, IMPLIED) is not None for key in keys for one in self.patterns(key))

    def _class_children(self, draft: ClassDraft) -> Iterator[tuple[ClassKey, Parent]]:
        meanings: dict[QName, set[ClassKey]] = {}
        for contents in draft.bodies():
            for name, use in contents.children.items():
                meanings.setdefault(name, set()).add(self.child_key(name, use))
        for member, contents in enumerate(draft.bodies()):
            places = contents.places
            for name, use in contents.children.items():
                key = self.child_key(name, use)
                if self.kind_of(key, use.cardinality, in_content=name in places) is FieldKind.CHILD:
                    yield self.class_of(key), Parent(draft.key, member if len(meanings[name]) > 1 else -1, name)
