"""Schemas and enum tables → the class model. The stages are the calls of `build_model`, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from ..diagnostics.errors import Diagnostic, Diagnostics, nearest_or_all
from ..diagnostics.locations import Position, SourceLocation
from ..enums.table import EnumTable
from ..relaxng.name_class import QName, names_of
from ..relaxng.pattern import Attribute, Choice, Element, Pattern, Ref, children
from ..relaxng.roots import elements_called, root_names
from ..relaxng.schema import Schema
from ..relaxng.simplified_form import walk
from ..runtime.markup import XML_NAMESPACE
from .addresses import addressed
from .annotation_checks import check_annotations
from .annotations import DOCUMENTATION, SINCE, prefix_in
from .attribute_groups import attribute_groups
from .author_keys import AuthorKeys
from .author_notes import Addressed, AuthorNotes, annotated, shapes_of
from .bases import with_bases
from .bindings_file import Entry
from .child_order import child_order
from .class_drafts import ClassDraft, ClassDrafts
from .class_keys import Body, ClassKey, SharedClass
from .class_names import ClassNames
from .content_names import with_content_names
from .contents import ContentReader
from .elements import ElementTable
from .enum_names import Owner
from .enumerations import Enumerations, Matcher
from .families import families
from .fields import FieldBuilder
from .given_names import GivenNames
from .model import ChildOrder, ClassModel, ClassReference, FieldModel, Model, Root, UnionModel, Variant
from .naming import namespace_word, shared_prefix
from .shared_classes import shared_classes

NO_ROOT = Choice(())
"""The start of a schema that has none of the wanted roots, because another schema has them."""

Progress = Callable[[str, int, int], None]
"""Called with the stage, how much of it is done, and how much there is."""

STEPS = 4
"""Before the fields of classes, which are counted one class at a time."""

MOST_PATHS = 3
"""So many element paths are kept of a class."""


def build_model(
    schemas: Sequence[Schema],
    tables: Sequence[EnumTable],
    diagnostics: Diagnostics,
    *,
    roots: Sequence[str] = (),
    root_locations: Mapping[str, SourceLocation] | None = None,
    matcher: Matcher = lambda tokens, place: None,
    bindings: Sequence[Entry] = (),
    progress: Progress | None = None,
) -> Model:
    """``roots`` are names of elements or defines to start from; without them, the schemas' own start patterns.
    ``root_locations`` are the places that name them, for messages; without one, it is the schema. ``bindings`` are the
    entries of bindings files.

    Raises:
        SchemaError: a schema cannot be bound; all reasons that were found.
    """
    tell: Progress = progress or (lambda stage, done, total: None)
    noted = Diagnostics()
    tell("bind", 0, STEPS)
    schemas = annotated(schemas, bindings, noted)
    starts = [_start(schema, roots) for schema in schemas]
    _check_roots(schemas, roots, root_locations or {}, diagnostics)
    check_annotations(schemas, diagnostics)
    diagnostics.raise_errors()
    tell("bind", 1, STEPS)
    table = ElementTable(schemas, starts)
    tell("bind", 2, STEPS)
    prefixes = _prefixes(schemas)
    keys = AuthorKeys(bindings, prefix_in(schemas))
    drafts, found_roots = _drafts(table, keys, bindings, prefixes, noted)
    tell("bind", 3, STEPS)
    diagnostics.found += noted.found
    diagnostics.raise_errors()
    reserved = {entry.notes["enum-name"].value for entry in bindings if _is_pinned(entry, "enum-name")}
    given = GivenNames(keys, diagnostics)
    names = ClassNames(drafts, prefixes, diagnostics, given, reserved)
    diagnostics.raise_errors()
    modules = _families(drafts, names)
    tell("bind", 4, STEPS)
    prefix = shared_prefix(define.name for schema in schemas for define in schema.defines.values())
    enumerations = Enumerations(tables, matcher, prefix, diagnostics, keys)
    fields = FieldBuilder(drafts, names, enumerations, prefixes, _define_places(schemas), prefix, diagnostics)
    assembly = _Assembly(drafts, names, fields, modules)
    classes = tuple(one for draft in _told(drafts, tell) for one in assembly.classes(draft))
    enums = enumerations.finish(names.taken_at, given)
    classes = tuple(_with_enum_names(one, enumerations) for one in classes)
    unions = tuple(assembly.union(draft) for draft in drafts.found.values() if draft.split is not None)
    diagnostics.raise_errors()
    keys.report(schemas, starts, diagnostics)
    settled = {*names.settled.values(), *enumerations.settled} - names.pinned
    names_of_all = [*(one.name for one in classes), *(one.name for one in unions), *(one.name for one in enums)]
    derived = tuple(name for name in names_of_all if name not in settled)
    model = Model(classes, unions, enums, tuple(_named(found_roots, names)), prefixes, derived)
    model = with_bases(model, attribute_groups(drafts, names.classes()), prefix, given)
    return with_content_names(model, drafts, names.names, prefix, given)


def _told(drafts: ClassDrafts, tell: Progress) -> Iterator[ClassDraft]:
    for done, draft in enumerate(drafts.found.values()):
        tell("fields", done, len(drafts.found))
        yield draft
    tell("fields", len(drafts.found), len(drafts.found))


def _is_pinned(entry: Entry, key: str) -> bool:
    return key in entry.notes and entry.notes[key].pinned


def _drafts(
    table: ElementTable,
    keys: AuthorKeys,
    bindings: Sequence[Entry],
    prefixes: Mapping[str, str],
    diagnostics: Diagnostics,
) -> tuple[ClassDrafts, list[tuple[ClassKey, str]]]:
    """The classes, with what bindings files say of them. An address leads through classes, and what is said there can
    change which classes there are; so they are made again until that has settled."""
    contents = ContentReader(table)
    separate = _settled(table, keys, contents, bindings, prefixes, ())
    shared = shared_classes(separate.drafts, separate.said)
    settled = _settled(table, keys, contents, bindings, prefixes, shared) if shared else separate
    diagnostics.found += settled.found
    return settled.drafts, settled.roots


class _Settled(NamedTuple):
    drafts: ClassDrafts
    roots: list[tuple[ClassKey, str]]
    said: Addressed
    found: list[Diagnostic]


def _settled(
    table: ElementTable,
    keys: AuthorKeys,
    contents: ContentReader,
    bindings: Sequence[Entry],
    prefixes: Mapping[str, str],
    shared: Sequence[SharedClass],
) -> _Settled:
    notes = AuthorNotes(table, keys)
    while True:
        diagnostics = Diagnostics()
        drafts = ClassDrafts(table, notes, shared, contents)
        roots = list(_add_roots(drafts, diagnostics))
        found = Diagnostics()
        said = addressed(bindings, drafts, prefixes, found)
        shapes = {**notes.shapes, **shapes_of(said)}
        if shapes == notes.shapes:
            break
        notes = AuthorNotes(table, keys, said, shapes)
    drafts.notes = AuthorNotes(table, keys, said, shapes)
    return _Settled(drafts, roots, said, [*diagnostics.found, *found.found])


def _with_enum_names(model: ClassModel, enumerations: Enumerations) -> ClassModel:
    return replace(model, fields=tuple(replace(one, type=enumerations.named(one.type)) for one in model.fields))


def _named(roots: Sequence[tuple[ClassKey, str]], names: ClassNames) -> Iterator[Root]:
    for key, schema in roots:
        yield Root(key.name, ClassReference(names.names[key]), schema)


def _start(schema: Schema, roots: Sequence[str]) -> Pattern:
    if not roots:
        return schema.start
    found: list[Pattern] = []
    for root in roots:
        keys = [key for key, define in schema.defines.items() if define.name == root]
        if keys:
            found.append(Ref(keys[0], location=schema.defines[keys[0]].location))
        else:
            found.extend(elements_called(schema, root))
    return Choice(tuple(found), location=schema.start.location) if found else NO_ROOT


def _check_roots(
    schemas: Sequence[Schema],
    roots: Sequence[str],
    locations: Mapping[str, SourceLocation],
    diagnostics: Diagnostics,
) -> None:
    if not roots:
        return
    known: dict[str, None] = {}
    for schema in schemas:
        known.update(dict.fromkeys(root_names(schema)))
        known.update((define.name, None) for define in schema.defines.values())
    for root in roots:
        if root not in known:
            message = f"no element or definition is called {root!r}{nearest_or_all(root, known)}"
            diagnostics.error(locations.get(root, SourceLocation(schemas[0].location.path)), message)


def _add_roots(drafts: ClassDrafts, diagnostics: Diagnostics) -> Iterator[tuple[ClassKey, str]]:
    table = drafts.table
    seen: set[tuple[ClassKey, str]] = set()
    for index, start in enumerate(table.starts):
        contents = ContentReader(table).of_pattern(index, start)
        schema = table.schemas[index]
        if start == NO_ROOT:
            continue
        if not contents.children:
            what = "no element" if not contents.open_elements else "only elements of any name"
            diagnostics.error(schema.location, f"the start pattern allows {what}, so there is no class to make")
        for name, use in contents.children.items():
            key = drafts.add_root(name, use.elements, index)
            if (key, schema.location.path) not in seen:
                seen.add((key, schema.location.path))
                yield key, schema.location.path


def _prefixes(schemas: Sequence[Schema]) -> Mapping[str, str]:
    """The schemas' own prefixes; for a namespace that has none, a word of its name."""
    found = {XML_NAMESPACE: "xml"}
    for schema in schemas:
        for namespace, prefix in schema.prefixes.items():
            found.setdefault(namespace, prefix)
    for schema in schemas:
        for pattern in schema.patterns():
            if isinstance(pattern, (Element, Attribute)):
                for name in names_of(pattern.name) or ():
                    if name.namespace and not found.get(name.namespace):
                        found[name.namespace] = namespace_word(name.namespace)
    return found


def _define_places(schemas: Sequence[Schema]) -> dict[Position, str]:
    """The define that contains each element and attribute pattern."""
    found: dict[Position, str] = {}
    for schema in schemas:
        for define in schema.defines.values():
            for pattern in walk(define.pattern, children):
                if isinstance(pattern, (Element, Attribute)):
                    found.setdefault(pattern.location.position, define.name)
    return found


def _families(drafts: ClassDrafts, names: ClassNames) -> dict[str, str]:
    order: list[str] = []
    union_of: dict[str, str] = {}
    parents_of: dict[str, list[str]] = {}
    parental: dict[str, bool] = {}
    has_children = {parent.key for draft in drafts.found.values() for parent in draft.parents}
    for key, draft in drafts.found.items():
        name = names.names[key]
        order.append(name)
        parental[name] = key in has_children
        if draft.parents and not drafts.found[draft.parents[0].key].contents.mixed:
            parents_of[name] = [names.names[parent.key] for parent in draft.parents]
        for member in names.members.get(key, ()):
            order.append(member)
            union_of[member] = name
            parental[member] = True
    return families(order, union_of, parents_of, parental)


def _other_names(shared: SharedClass) -> tuple[QName, ...]:
    return tuple(dict.fromkeys(key.name for key in shared.keys))[1:]


class _Assembly:
    """Puts drafts, names and fields together."""

    def __init__(
        self, drafts: ClassDrafts, names: ClassNames, fields: FieldBuilder, families: Mapping[str, str]
    ) -> None:
        self._drafts = drafts
        self._names = names
        self._fields = fields
        self._families = families

    def classes(self, draft: ClassDraft) -> Iterator[ClassModel]:
        name = self._names.names[draft.key]
        if draft.split is None:
            body = Body(draft.key)
            fields = self._fields.build(body, draft.contents, Owner(name, name))
            yield self._class(draft, name, body, fields, child_order(draft.contents))
            return
        members = zip(self._names.members[draft.key], draft.owners(), draft.bodies(), strict=True)
        for member, body, contents in members:
            literals = (draft.split.attribute, body.tokens)
            fields = self._fields.build(body, contents, Owner(name, member), literals)
            yield self._class(draft, member, body, fields, child_order(contents), union=name, literals=literals)

    def _class(
        self,
        draft: ClassDraft,
        name: str,
        body: Body,
        fields: tuple[FieldModel, ...],
        order: ChildOrder,
        union: str = "",
        literals: tuple[QName, tuple[str, ...]] | None = None,
    ) -> ClassModel:
        first = self._drafts.patterns(draft.key)[0]
        shared = self._drafts.shared.get(draft.key)
        return ClassModel(
            name,
            draft.key.name,
            fields,
            family=self._families[name],
            documentation=self._of_member(body, DOCUMENTATION) or self._documentation(draft),
            since=self._of_member(body, SINCE) or self._drafts.notes.agreed_of_class(draft.key, SINCE),
            define=first.define if shared is None or shared.define is None else shared.define.name,
            other_names=() if shared is None else _other_names(shared),
            paths=tuple(self._paths(draft)),
            union=union,
            discriminator=literals,
            child_order=order,
            patterns=self._places(draft.key),
            schema=self._drafts.table.schemas[draft.schema].location.path,
            location=first.pattern.location,
        )

    def union(self, draft: ClassDraft) -> UnionModel:
        assert draft.split is not None
        name = self._names.names[draft.key]
        members = self._names.members[draft.key]
        return UnionModel(
            name,
            draft.key.name,
            draft.split.attribute,
            tuple(
                Variant(member, alternative.tokens)
                for member, alternative in zip(members, draft.split.alternatives, strict=True)
            ),
            family=self._families[name],
            documentation=self._documentation(draft),
            paths=tuple(self._paths(draft)),
            patterns=self._places(draft.key),
            schema=self._drafts.table.schemas[draft.schema].location.path,
            location=self._drafts.patterns(draft.key)[0].pattern.location,
        )

    def _places(self, key: ClassKey) -> tuple[SourceLocation, ...]:
        return tuple(one.pattern.location for one in self._drafts.patterns(key))

    def _documentation(self, draft: ClassDraft) -> str:
        """The documentation of the element, or of each of its alternatives."""
        noted = self._drafts.notes.in_file(Body(draft.key), DOCUMENTATION)
        if noted is not None:
            return noted.value
        patterns = self._drafts.patterns(draft.key)
        shared = self._drafts.shared.get(draft.key)
        if shared is not None and shared.define is not None:
            return shared.define.annotations.documentation
        texts = list(dict.fromkeys(one.pattern.annotations.documentation for one in patterns))
        if len(texts) == 1 and texts[0]:
            return texts[0]
        if any(texts):
            return "One of several:\n\n" + "\n".join(f"- {' '.join(text.split())}" for text in texts if text)
        for one in self._drafts.patterns(draft.key):
            if one.sole and one.define:
                for define in self._drafts.table.schemas[one.schema].defines.values():
                    if define.name == one.define and define.annotations.documentation:
                        return define.annotations.documentation
        return ""

    def _of_member(self, body: Body, name: QName) -> str:
        note = self._drafts.notes.in_file(body, name) if body.tokens else None
        return note.value if note is not None else ""

    def _paths(self, draft: ClassDraft) -> Iterator[str]:
        """Up to three element paths: as a root, and by different parents."""
        found = [f"/{draft.key.name.local}"] if any(key == draft.key for key, _ in self._drafts.roots) else []
        for parent in draft.parents[:MOST_PATHS]:
            found.append("/" + "/".join((*self._drafts.found[parent.key].path, parent.name.local)))
        yield from found[:MOST_PATHS]
