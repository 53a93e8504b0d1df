"""Names for the items of a content list or a choice together: `AllInlines`, `ParaContent`.

A content list is called after the define that says just what it may hold (``db.all.inlines``); of several, after the
one that most classes refer to. Without one it is called after the class that has it; of several, after the one that
most others contain. Classes whose lists may hold the same share the name. So it is with choices between elements.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..relaxng.name_class import NameClass
from .class_drafts import ClassDrafts
from .class_keys import ClassKey
from .contents import Contents
from .given_names import GivenNames
from .model import ClassModel, ClassReference, FieldKind, FieldModel, Item, Model
from .naming import class_name, name_key, words


@dataclass(frozen=True, slots=True)
class ContentKind:
    """The items that a list or a choice allows, in any order."""

    items: frozenset[Item]
    text: bool
    open: frozenset[NameClass]


def with_content_names(
    model: Model, drafts: ClassDrafts, names: Mapping[ClassKey, str], prefix: str, given: GivenNames
) -> Model:
    """``names`` are those of classes and unions, ``prefix`` is what the names of all defines begin with."""
    owners: dict[ContentKind, list[str]] = {}
    for one in model.classes:
        for field in _content_fields(one):
            owners.setdefault(_kind_of(field), []).append(one.name)
    if not owners:
        return model
    defines = defines_of_kinds(drafts, names)
    taken = model.name_keys | {name_key(one.name) for one in model.bases}
    chosen: dict[ContentKind, str] = {}
    parents = {names[key]: len(draft.parents) for key, draft in drafts.found.items() if key in names}
    for kind, found in owners.items():
        candidates = [class_name(define.removeprefix(prefix)) for define in defines.get(kind, ())]
        owner = max(found, key=lambda name: parents.get(name, 0))
        chosen[kind] = _free([*candidates, f"{owner}Content"], taken, given, kind)
        place = next(one.location for one in model.classes if one.name == owner)
        given.report(kind, f"the content of {owner}", chosen[kind], place, can_be_named=False)
    return replace(model, classes=tuple(_named(one, chosen) for one in model.classes))


def _named(model: ClassModel, names: Mapping[ContentKind, str]) -> ClassModel:
    return replace(
        model,
        fields=tuple(
            replace(one, content_name=names[_kind_of(one)]) if one.kind in _WITH_ITEMS else one for one in model.fields
        ),
    )


_WITH_ITEMS = (FieldKind.CONTENT, FieldKind.CHOICE)


def _content_fields(model: ClassModel) -> Iterator[FieldModel]:
    return (one for one in model.fields if one.kind in _WITH_ITEMS)


def _kind_of(field: FieldModel) -> ContentKind:
    return ContentKind(frozenset(field.items), field.text, frozenset(field.name_classes))


def _free(candidates: Sequence[str], taken: set[str], given: GivenNames, kind: ContentKind) -> str:
    """`ParaContent`; `ParaContentItem` where an element ``content`` in ``para`` has a class."""
    name = candidates[-1]
    for candidate in candidates:
        if name_key(candidate) not in taken:
            name = candidate
            break
        given.displace(name_key(candidate), kind, candidate)
    while name_key(name) in taken:
        name = f"{name}Item"
    taken.add(name_key(name))
    return name


def kind_of_items(items: Iterable[Item]) -> ContentKind:
    """Of a choice between elements."""
    return ContentKind(frozenset(items), text=False, open=frozenset())


def defines_of_kinds(drafts: ClassDrafts, names: Mapping[ClassKey, str]) -> Mapping[ContentKind, list[str]]:
    """For each kind of content the defines that say it, the one that most classes refer to first."""
    users: dict[ContentKind, Counter[str]] = {}
    for key in drafts.found:
        for pattern in drafts.patterns(key):
            for _, define in drafts.table.referred(pattern.schema, pattern.pattern.pattern):
                contents = drafts.contents.of_pattern(pattern.schema, define.pattern)
                if not contents.attributes and not contents.open_attributes:
                    users.setdefault(_kind_of_contents(contents, drafts, names), Counter())[define.name] += 1
    return {
        kind: sorted(counts, key=lambda define: (-counts[define], len(words(define)), define))
        for kind, counts in users.items()
    }


def _kind_of_contents(contents: Contents, drafts: ClassDrafts, names: Mapping[ClassKey, str]) -> ContentKind:
    items = {
        Item(name, ClassReference(names.get(drafts.class_of(drafts.child_key(name, use)), "")))
        for name, use in contents.children.items()
    }
    return ContentKind(frozenset(items), contents.text is not None, frozenset(contents.open_elements))
