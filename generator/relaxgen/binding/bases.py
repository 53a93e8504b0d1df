"""Base classes: attributes that many classes have from the same define are written once.

    define name="db.common.attributes"  →  base CommonAttributes
    define name="pciaddress"            →  base PciaddressAttributes

A define becomes a base if it contains only attributes, and if at least `FEWEST_ATTRIBUTES` of them are optional and
equal in at least `FEWEST_CLASSES` classes that refer to it. (Required attributes are in the class itself, so that its
constructor shows them.) A class has one base. If it refers to several groups, the group with more classes is the base
of the group with fewer, provided that it has all of those classes. Otherwise the group that saves more comes first, and
the other is derived from it for the classes that have both. A group that nearly all classes have is not a base.

Input: a finished `Model`, and the groups to which each class refers. Output: the model with `Model.bases` and
`ClassModel.base`. The fields of a class stay complete: own attributes, those of the base, all others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..relaxng.name_class import QName
from .attribute_groups import AttributeGroup
from .given_names import GivenNames
from .model import BaseModel, ClassModel, FieldKind, FieldModel, Model
from .naming import class_name, name_key, words

FEWEST_ATTRIBUTES = 5
FEWEST_CLASSES = 4
FEWEST_SAVED = FEWEST_ATTRIBUTES * FEWEST_CLASSES
"""So many fields a base must take out of classes."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A group of equal fields, and the names of the classes that have it."""

    name: str
    group: AttributeGroup
    fields: tuple[FieldModel, ...]
    classes: frozenset[str]

    @property
    def worth(self) -> tuple[int, str, str]:
        """The order of candidates: by the fields that they save, then by names."""
        return -len(self.fields) * len(self.classes), self.name, self.group.define

    def within(self, classes: frozenset[str]) -> _Candidate:
        return replace(self, classes=self.classes & classes)


def with_bases(model: Model, groups: Sequence[AttributeGroup], prefix: str, given: GivenNames) -> Model:
    """``prefix`` is what the names of all defines begin with."""
    bases = tuple(_Derivation(_candidates(model, groups, prefix, given)).bases())
    base_of = {name: base for base, classes in bases for name in classes}
    fields_of = {base.name: base.fields for base, _ in bases}
    classes = tuple(
        replace(one, base=base_of[one.name].name, fields=_in_order(one.fields, fields_of[base_of[one.name].name]))
        if one.name in base_of
        else one
        for one in model.classes
    )
    return replace(model, classes=classes, bases=tuple(base for base, _ in bases))


def own_fields(fields: Sequence[FieldModel], inherited: Sequence[FieldModel]) -> tuple[FieldModel, ...]:
    names = {one.name for one in inherited}
    return tuple(one for one in fields if one.name not in names)


def _in_order(fields: Sequence[FieldModel], inherited: Sequence[FieldModel]) -> tuple[FieldModel, ...]:
    own = own_fields(fields, inherited)
    attributes = [one for one in own if one.kind is FieldKind.ATTRIBUTE]
    return (*attributes, *inherited, *(one for one in own if one.kind is not FieldKind.ATTRIBUTE))


def _candidates(model: Model, groups: Sequence[AttributeGroup], prefix: str, given: GivenNames) -> Iterator[_Candidate]:
    taken = model.name_keys
    attributes = {one.name: _shareable(one) for one in model.classes}
    for group in groups:
        name = base_name(group.define.removeprefix(prefix))
        fields, members = _shared(group, {one: attributes[one] for one in sorted(group.classes)})
        if len(fields) < FEWEST_ATTRIBUTES or len(members) < FEWEST_CLASSES:
            continue
        clash = next((one for one in (name, keywords_name(name)) if name_key(one) in taken), None)
        if clash is not None:
            given.displace(name_key(clash), group, clash)
            what = f"the base class for define {group.define!r}"
            given.report(group, what, "no class", group.location, can_be_named=False)
        else:
            yield _Candidate(name, group, fields, members)


def base_name(define: str) -> str:
    """
    >>> [base_name(name) for name in ("common.attributes", "common-atts", "pciaddress")]
    ['CommonAttributes', 'CommonAtts', 'PciaddressAttributes']
    """
    says_so = words(define)[-1].startswith("att")
    return class_name(define) + ("" if says_so else "Attributes")


def keywords_name(base: str) -> str:
    """The name of the type of a base's constructor keywords."""
    return f"{base}Keywords"


def _shared(
    group: AttributeGroup, classes: Mapping[str, Mapping[QName | None, FieldModel]]
) -> tuple[tuple[FieldModel, ...], frozenset[str]]:
    """The fields that most classes have for the group's attributes, and those that have just these."""
    found = {one: tuple(fields[name] for name in group.attributes if name in fields) for one, fields in classes.items()}
    if not found:
        return (), frozenset()
    (shared, _), *_ = Counter(found.values()).most_common(1)
    return shared, frozenset(name for name, fields in found.items() if set(shared) <= set(fields))


def _shareable(one: ClassModel) -> dict[QName | None, FieldModel]:
    return {
        field.xml_name: field
        for field in one.fields
        if field.kind is FieldKind.ATTRIBUTE and not field.cardinality.required and field.implied is None
    }


class _Derivation:
    """Puts candidates below one another; each becomes one base at most."""

    def __init__(self, candidates: Iterable[_Candidate]) -> None:
        self._waiting = sorted(candidates, key=lambda one: one.worth)
        self._given: set[str] = set()

    def bases(self) -> Iterator[tuple[BaseModel, frozenset[str]]]:
        """Each base with the classes that inherit from it, be it through others, which come later."""
        classes = frozenset[str]().union(*(one.classes for one in self._waiting))
        yield from self._below("", (), classes)

    def _below(
        self, parent: str, inherited: tuple[FieldModel, ...], classes: frozenset[str]
    ) -> Iterator[tuple[BaseModel, frozenset[str]]]:
        """The bases that are derived from `parent`, for some of its classes."""
        while (chosen := self._next(inherited, classes)) is not None:
            self._given.add(chosen.name)
            fields = (*own_fields(chosen.fields, inherited), *inherited)
            group = chosen.group
            base = BaseModel(
                chosen.name,
                fields,
                base=parent,
                define=group.define,
                documentation=group.documentation,
                location=group.location,
            )
            yield base, chosen.classes
            yield from self._below(base.name, fields, chosen.classes)
            classes -= chosen.classes

    def _next(self, inherited: tuple[FieldModel, ...], classes: frozenset[str]) -> _Candidate | None:
        found = [one.within(classes) for one in self._waiting if one.name not in self._given]
        found = [one for one in found if self._is_worth_it(one, inherited)]
        found = [one for one in found if not any(_is_part(one, other) for other in found)]
        if not found:
            return None
        chosen = min(found, key=lambda one: one.worth)
        while around := [one for one in found if _is_around(one, chosen)]:
            chosen = min(around, key=lambda one: (-len(one.classes), *one.worth))
        return chosen

    def _is_worth_it(self, candidate: _Candidate, inherited: tuple[FieldModel, ...]) -> bool:
        saved = len(own_fields(candidate.fields, inherited)) * len(candidate.classes)
        return len(candidate.classes) >= FEWEST_CLASSES and saved >= FEWEST_SAVED


def _is_part(part: _Candidate, whole: _Candidate) -> bool:
    """Whether `whole` has all fields of `part` and more, and nearly all of its classes."""
    more = len(part.classes - whole.classes)
    return set(part.fields) < set(whole.fields) and more < FEWEST_CLASSES


def _is_around(outer: _Candidate, inner: _Candidate) -> bool:
    """Whether all classes of `inner` are of `outer`, and some more."""
    return inner.classes < outer.classes and len(outer.classes - inner.classes) >= FEWEST_CLASSES
