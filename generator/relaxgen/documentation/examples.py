"""Short examples in XML: what a class requires, and a little of what it may have, held against the exact grammar.

The model does not say everything: of a choice of two attributes it knows that neither is required. So an example is
begun with what the model requires, mended by what the validator says is missing, and then extended by optional fields
as long as it stays valid.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..binding.model import ClassModel, ClassReference, FieldKind, FieldModel, Item, Model
from ..python.view import CompiledGrammar
from ..relaxng.name_class import QName
from ..runtime.faults import Fault
from ..runtime.validation.validator import Validator
from .example_texts import sample_text
from .fragment import Fragment, Segment, segments_of, text_of

_MOST_MENDED = 12
_MOST_TRIED = 4
_MOST_ATTRIBUTES = 4
_MOST_CHILDREN = 4
_MOST_TYPICAL = 2
"""Attributes of a child that an example takes along."""
_LARGEST_ADDED = 4
"""Elements in a child that an example takes along without need."""
_LARGEST = 16

_STEP = re.compile(r"([^/\[\]]+)(?:\[(\d+)\])?$")
_WORD = re.compile(r"([^='\s]+)(?:='(.*)')?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Example:
    """``is_valid`` tells that the exact grammar takes it."""

    segments: tuple[Segment, ...]
    is_valid: bool

    @property
    def text(self) -> str:
        return "".join(segment.text for segment in self.segments)


class Judges:
    """What the exact grammars say of a fragment that stands for a class."""

    def __init__(self, grammars: Iterable[CompiledGrammar]) -> None:
        self._validators: dict[str, Validator] = {}
        for grammar in grammars:
            validator = Validator(grammar.data)
            self._validators.update(dict.fromkeys(grammar.entries, validator))

    def is_valid(self, entry: str, text: str) -> bool:
        validator = self._validators.get(entry)
        return validator is not None and validator.is_valid(text, entry=entry)

    def faults(self, entry: str, text: str) -> Sequence[Fault]:
        validator = self._validators.get(entry)
        return validator.validate(text, entry=entry, max_faults=_MOST_MENDED) if validator is not None else ()


class Examples:
    def __init__(self, model: Model, judges: Judges) -> None:
        self._model = model
        self._judges = judges
        self._classes = {one.name: one for one in model.classes}
        self._unions = {one.name: one for one in model.unions}
        self._shortest: dict[str, Fragment] = {}
        self._under_way: set[str] = set()

    def of(self, name: str) -> Example:
        """For a class or a union by name; of a union the first class."""
        class_ = self._class(name)
        shortest = self._shortest_of(class_)
        entry = _entry(class_)
        is_valid = self._judges.is_valid(entry, self._text(shortest))
        fragment = self._extended(shortest, class_, entry) if is_valid else shortest
        return Example(segments_of(fragment, self._model.prefixes), is_valid)

    def _class(self, name: str) -> ClassModel:
        return self._classes[self._unions[name].variants[0].name if name in self._unions else name]

    def _text(self, fragment: Fragment) -> str:
        return text_of(fragment, self._model.prefixes)

    # What is required

    def _shortest_of(self, class_: ClassModel) -> Fragment:
        if class_.name in self._shortest:
            return self._shortest[class_.name]
        if class_.name in self._under_way:
            return Fragment(class_.xml_name, class_)
        self._under_way.add(class_.name)
        fragment = Fragment(class_.xml_name, class_)
        for field in class_.fields:
            if field.cardinality.required:
                self._add(fragment, field)
        fragment = self._mended(fragment, _entry(class_))
        self._under_way.discard(class_.name)
        self._shortest[class_.name] = fragment
        return fragment

    def _add(self, fragment: Fragment, field: FieldModel, value: str | None = None, item: Item | None = None) -> None:
        """``item`` is what to add to a list of content, else its first kind."""
        if field.kind is FieldKind.ATTRIBUTE:
            assert field.xml_name is not None, "an attribute has a name"
            fragment.attributes[field.xml_name] = _sample(field) if value is None else value
        elif field.kind is FieldKind.TEXT:
            fragment.text = _sample(field)
        elif field.kind is FieldKind.CONTENT:
            if field.items:
                item = item or field.items[0]
                child = self._shortest_of(self._class(item.type.name)).copy()
                child.name = item.xml_name
                fragment.add(field.position, child)
            elif field.text:
                fragment.text = "text"
        else:
            inside = self._child(field)
            if inside is not None:
                fragment.add(field.position, inside)

    def _child(self, field: FieldModel) -> Fragment | None:
        if field.xml_name is None:
            return None
        if isinstance(field.type, ClassReference):
            child = self._shortest_of(self._class(field.type.name)).copy()
            child.name = field.xml_name
            return child
        return Fragment(field.xml_name, text=_sample(field) if field.kind is FieldKind.VALUE else "")

    # What the validator misses

    def _mended(self, fragment: Fragment, entry: str) -> Fragment:
        faults = self._judges.faults(entry, self._text(fragment))
        for _ in range(_MOST_MENDED):
            if not faults:
                break
            attempts = [self._attempt(fragment, fault, word) for fault in faults for word in _words(fault)]
            judged = [
                (self._judges.faults(entry, self._text(attempt)), attempt)
                for attempt in attempts[: _MOST_TRIED * 2]
                if attempt is not None
            ]
            better = min(judged, key=lambda one: len(one[0]), default=None)
            if better is None or _is_same(better[1], fragment):
                break
            if len(better[0]) > len(faults):
                break
            faults, fragment = better
        return fragment

    def _attempt(self, fragment: Fragment, fault: Fault, word: str) -> Fragment | None:
        """The fragment with one thing put right: what is expected there is added, or takes the place of a value."""
        mended = fragment.copy()
        path, _, attribute = fault.path.partition("/@")
        element = _at(mended, path)
        match = _WORD.fullmatch(word)
        if element is None or element.owner is None or match is None:
            return None
        kind = FieldKind.ATTRIBUTE if "attribute" in fault.code else None
        name, value = (
            (attribute, word) if attribute and fault.code in ("bad-value", "conflicting-value") else match.groups()
        )
        field = _named(element.owner, name, FieldKind.ATTRIBUTE if attribute else kind)
        item = None
        if field is None and kind is None:
            field, item = _item_named(element.owner, name)
        if fault.code == "missing-text":
            field = next((one for one in element.owner.fields if one.kind is FieldKind.TEXT), None)
        if field is None:
            return None
        self._add(element, field, value, item)
        return mended

    # What it may have besides

    def _extended(self, fragment: Fragment, class_: ClassModel, entry: str) -> Fragment:
        fragment = self._with_typical_children(fragment, entry)
        for field in class_.fields:
            if field.cardinality.required or self._is_full(fragment, field):
                continue
            for extended in self._extensions(fragment, field):
                grown = extended.size - fragment.size
                if grown <= _LARGEST_ADDED and self._judges.is_valid(entry, self._text(extended)):
                    fragment = extended
                    break
        return fragment

    def _with_typical_children(self, fragment: Fragment, entry: str) -> Fragment:
        """Of what is required, an element that may stand empty says little."""
        for index, (position, child) in enumerate(fragment.children):
            if child.owner is not None and _is_bare(child):
                extended = fragment.copy()
                extended.children[index] = (position, self._typical_of(child.owner, child.name))
                if self._judges.is_valid(entry, self._text(extended)):
                    fragment = extended
        return fragment

    def _extensions(self, fragment: Fragment, field: FieldModel) -> Iterator[Fragment]:
        """What to try to add for an optional field, the best first."""
        if not isinstance(field.type, ClassReference):
            extended = fragment.copy()
            self._add(extended, field)
            yield extended
            return
        assert field.xml_name is not None, "a child has a name"
        class_ = self._class(field.type.name)
        for child in (self._typical_of(class_, field.xml_name), self._shortest_of(class_).copy()):
            if not _is_bare(child):
                extended = fragment.copy()
                child.name = field.xml_name
                extended.add(field.position, child)
                yield extended

    def _typical_of(self, class_: ClassModel, name: QName) -> Fragment:
        """What is required, and the first attributes or the text that may be there."""
        fragment = self._shortest_of(class_).copy()
        fragment.name = class_.xml_name
        for field in class_.fields:
            if field.cardinality.required or len(fragment.attributes) >= _MOST_TYPICAL or fragment.children:
                continue
            if field.kind in (FieldKind.ATTRIBUTE, FieldKind.TEXT) and not self._is_full(fragment, field):
                extended = fragment.copy()
                self._add(extended, field)
                if self._judges.is_valid(_entry(class_), self._text(extended)):
                    fragment = extended
        fragment.name = name
        return fragment

    @staticmethod
    def _is_full(fragment: Fragment, field: FieldModel) -> bool:
        match field.kind:
            case FieldKind.ATTRIBUTE:
                return field.xml_name in fragment.attributes or len(fragment.attributes) >= _MOST_ATTRIBUTES
            case FieldKind.TEXT:
                return bool(fragment.text or fragment.children)
            case FieldKind.CONTENT:
                names = [child.name for _, child in fragment.children]
                return bool(fragment.text) or any(item.xml_name in names for item in field.items)
            case FieldKind.CHILD | FieldKind.VALUE | FieldKind.FLAG:
                names = [child.name for _, child in fragment.children]
                return field.xml_name in names or len(names) >= _MOST_CHILDREN or fragment.size >= _LARGEST
            case FieldKind.OPEN_ATTRIBUTES | FieldKind.OPEN_ELEMENTS:
                return True


def _entry(class_: ClassModel) -> str:
    return class_.union or class_.name


def _sample(field: FieldModel) -> str:
    value = field.type
    assert not isinstance(value, ClassReference), "a text is no class"
    return sample_text(value, field.xml_name.local if field.xml_name is not None else field.name)


def _words(fault: Fault) -> tuple[str, ...]:
    return fault.expected[:_MOST_TRIED] or ("",) * (fault.code == "missing-text")


def _is_bare(fragment: Fragment) -> bool:
    return not (fragment.attributes or fragment.children or fragment.text)


def _is_same(left: Fragment, right: Fragment) -> bool:
    return left == right


def _named(owner: ClassModel, name: str, kind: FieldKind | None) -> FieldModel | None:
    """The field of that name, which may have a prefix or a namespace in braces."""
    local = re.split(r"[:}]", name)[-1]
    for field in owner.fields:
        is_attribute = field.kind is FieldKind.ATTRIBUTE
        if field.xml_name is not None and field.xml_name.local == local and is_attribute is (kind is not None):
            return field
    return None


def _item_named(owner: ClassModel, name: str) -> tuple[FieldModel, Item] | tuple[None, None]:
    """What a list of content may hold under that name, and the list."""
    local = re.split(r"[:}]", name)[-1]
    found = ((field, item) for field in owner.fields for item in field.items if item.xml_name.local == local)
    return next(found, (None, None))


def _at(fragment: Fragment, path: str) -> Fragment | None:
    """What stands at a path such as ``/disk/source[2]``."""
    steps = path.strip("/").split("/")[1:]
    for step in steps:
        match = _STEP.match(step)
        if match is None:
            return None
        local = match[1].split(":")[-1]
        same = [child for _, child in fragment.children if child.name.local == local]
        index = int(match[2] or 1) - 1
        if index >= len(same):
            return None
        fragment = same[index]
    return fragment
