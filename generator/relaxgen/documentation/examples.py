"""Short examples in XML: the required content of a class, and a little of its optional content.

An example is a sample of the class's element pattern in the exact grammar, so it is valid by construction. The element
itself has optional attributes and children up to a limit, its children have fewer, and everything deeper is the
smallest that is allowed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import inf

from ..binding.model import ClassModel, Model
from ..relaxng.name_class import contains, names_of
from ..relaxng.pattern import Attribute, Choice, Data, Element, Empty, OneOrMore, Pattern, Text, Value
from ..relaxng.simplified_form import SimplifiedForm, parts, walk
from ..sampling import SampleElement, Sampler
from ..sampling.expansion import Expansion
from ..sampling.routes import Route
from ..sampling.sample_element import Segment
from ..sampling.sample_names import sample_name
from ..sampling.smallest_documents import SmallestChoices
from .example_texts import example_text, is_plain

_WIDEST_TAG = 72
_MOST_ATTRIBUTES = (4, 2)
"""In the element itself, and in each of its children."""
_MOST_CHILDREN = (4, 2)
_LARGEST_ADDED = (4, 2)
"""The largest number of elements that one optional child adds."""
_LARGEST = 16
"""The largest number of elements in an example, if it has optional ones."""
_COMMON = 0.5
"""An attribute that more than this share of all elements may have says nothing about any of them."""
_FEW_ELEMENTS = 20
"""No attribute counts as common in a schema with so few elements."""


class Examples:
    def __init__(self, model: Model, forms: Iterable[SimplifiedForm]) -> None:
        self._model = model
        self._root_namespaces = {root.xml_name.namespace for root in model.roots}
        self._classes = {one.name: one for one in model.classes}
        self._classes |= {one.name: self._classes[one.variants[0].name] for one in model.unions}
        self._patterns: dict[tuple[str, int, int], list[tuple[_ExampleSampler, Element]]] = {}
        for form in forms:
            sampler = _ExampleSampler(form)
            for element in form.elements():
                self._patterns.setdefault(element.location.position, []).append((sampler, element))

    def of(self, name: str) -> tuple[Segment, ...]:
        """The example for a class, or for the first class of a union; nothing if no finite document contains it."""
        class_ = self._classes[name]
        for location in class_.patterns:
            for sampler, element in self._patterns.get(location.position, ()):
                example = sampler.example(element, class_)
                if example is not None:
                    return tuple(self._segments(example))
        return ()

    def _segments(self, example: SampleElement) -> Iterator[Segment]:
        """Only the namespaces of roots are written without a prefix, as they are in documents."""
        prefix_root = example.name.namespace not in self._root_namespaces
        return example.segments(self._model.prefixes, prefix_root=prefix_root, widest_tag=_WIDEST_TAG)


@dataclass(slots=True)
class _Extent:
    """The smallest that a pattern allows: what it adds to the element around it."""

    attributes: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    elements: int = 0
    is_open: bool = False
    """Whether a name class with any number of names is in it."""


_NOTHING = _Extent()


class _ExampleSampler(Sampler):
    """A sampler of one schema, with the extent of its patterns."""

    def __init__(self, form: SimplifiedForm) -> None:
        super().__init__(form)
        self._extents: dict[int, _Extent] = {}
        counts: Counter[str] = Counter()
        elements = list(form.elements())
        for element in elements:
            counts.update({_local_name(one) for one in walk(form.content(element)) if isinstance(one, Attribute)})
        least = max(_FEW_ELEMENTS, _COMMON * len(elements))
        self.common = {attribute for attribute, count in counts.items() if count > least}

    def example(self, element: Element, class_: ClassModel) -> SampleElement | None:
        if not contains(element.name, class_.xml_name) or self.costs.of(element) == inf:
            return None
        routes: list[Route] = []
        if class_.discriminator is not None:
            routes = self._routes_to(element, class_)
            if not routes:
                return None
        example = Expansion(self.form, _ExampleChoices(self), routes).element(element)
        required = {field.xml_name for field in class_.fields if field.cardinality.required}
        attributes = sorted(example.attributes, key=lambda attribute: attribute[0] not in required)
        return replace(example, name=class_.xml_name, attributes=tuple(attributes))

    def _routes_to(self, element: Element, class_: ClassModel) -> list[Route]:
        """The cheapest route to a value of the attribute that makes this class of its union."""
        assert class_.discriminator is not None, "only members of unions have a route"
        name, tokens = class_.discriminator
        content = self.form.content(element)
        routes = [
            Route(content, (attribute, value), self.costs)
            for attribute in walk(content)
            if isinstance(attribute, Attribute) and contains(attribute.name, name)
            for value in walk(attribute.pattern)
            if isinstance(value, Value) and " ".join(value.text.split()) in tokens
        ]
        best = min(routes, key=lambda route: route.cost, default=None)
        return [best] if best is not None and best.cost < inf else []

    def extent(self, pattern: Pattern) -> _Extent:
        found = self._extents.get(id(pattern))
        if found is None:
            measure = _Measure(self)
            Expansion(self.form, measure).content(pattern)
            found = self._extents[id(pattern)] = measure.extent
        return found


class _Measure(SmallestChoices):
    """The smallest choices, which count what they lead to."""

    def __init__(self, sampler: Sampler) -> None:
        super().__init__(sampler)
        self.extent = _Extent()
        self._depth = 0

    def entered(self, pattern: Element | Attribute) -> None:
        if self._depth == 0:
            self.extent.is_open |= names_of(pattern.name) is None
            if isinstance(pattern, Attribute):
                self.extent.attributes += (_local_name(pattern),)
            else:
                self.extent.children += (_local_name(pattern),)
        self.extent.elements += isinstance(pattern, Element)
        self._depth += 1

    def left(self, pattern: Element | Attribute) -> None:
        self._depth -= 1


@dataclass(slots=True)
class _Room:
    """The optional content that an open element may still take."""

    name: str
    attributes: int
    children: int
    added: int
    """The most elements that one optional child may add."""
    used: set[str]
    """The names of the children so far."""


class _ExampleChoices(SmallestChoices):
    def __init__(self, sampler: _ExampleSampler) -> None:
        super().__init__(sampler)
        self._examples = sampler
        self._open: list[_Room] = []
        self._attribute = ""
        self._elements = 0

    def alternative(self, choice: Choice, in_list: bool) -> Pattern:
        """The first alternative that has room, or the cheapest if none has. Deep inside, required children are the
        cheapest ones."""
        if all(isinstance(member, (Data, Value, Text)) for member in choice.patterns):
            return min(choice.patterns, key=lambda member: not is_plain(member, self._name))
        cheapest = super().alternative(choice, in_list)
        if in_list or self._attribute:
            return next((member for member in choice.patterns if not isinstance(member, Empty)), cheapest)
        required = self._examples.extent(cheapest)
        if required.children and len(self._open) > 1:
            return cheapest
        for member in choice.patterns:
            if not isinstance(member, Empty) and self._takes(member, required):
                return member
        return cheapest

    def is_repeated(self, pattern: OneOrMore, count: int) -> bool:
        """Only for children with other names."""
        choice = pattern.pattern
        if self._attribute or not self._open or not isinstance(choice, Choice):
            return False
        cheapest = self._examples.extent(super().alternative(choice, False))
        if not any(self._examples.extent(member).children and self._has_room(member) for member in choice.patterns):
            return False
        self._open[-1].children -= len(cheapest.children)
        return True

    def text(self, leaf: Text | Data | Value, in_list: bool) -> str:
        if isinstance(leaf, Text) and not self._attribute and self._open[-1].used:
            return ""
        return example_text(leaf, self._name, self._examples.texts, in_list)

    def entered(self, pattern: Element | Attribute) -> None:
        if isinstance(pattern, Attribute):
            self._attribute = _local_name(pattern)
            return
        name = _local_name(pattern)
        if self._open:
            self._open[-1].used.add(name)
        self._elements += 1
        self._open.append(self._room_in(pattern, name, len(self._open)))

    def left(self, pattern: Element | Attribute) -> None:
        if isinstance(pattern, Attribute):
            self._attribute = ""
        else:
            self._open.pop()

    @property
    def _name(self) -> str:
        return self._attribute or (self._open[-1].name if self._open else "")

    def _room_in(self, element: Element, name: str, depth: int) -> _Room:
        if depth >= len(_MOST_ATTRIBUTES):
            return _Room(name, 0, 0, 0, set())
        content = self._examples.form.content(element)
        inside = list(walk(content, _without_attributes))
        required = self._examples.extent(content)
        attributes = max(0, _MOST_ATTRIBUTES[depth] - len(required.attributes))
        children = max(0, _MOST_CHILDREN[depth] - len(required.children))
        has_attributes = any(isinstance(one, Attribute) and not self._is_common(_local_name(one)) for one in inside)
        if any(isinstance(one, Text) for one in inside) or (depth and (required.children or has_attributes)):
            children = 0
        return _Room(name, attributes, children, _LARGEST_ADDED[depth], set())

    def _takes(self, member: Pattern, required: _Extent) -> bool:
        if not self._has_room(member, required):
            return False
        extent, room = self._examples.extent(member), self._open[-1]
        room.attributes -= max(0, len(extent.attributes) - len(required.attributes))
        room.children -= max(0, len(extent.children) - len(required.children))
        return True

    def _has_room(self, member: Pattern, required: _Extent = _NOTHING) -> bool:
        """Whether a member of a choice may be taken in place of the one that is required."""
        if not self._open or self._examples.costs.of(member) == inf:
            return False
        extent, room = self._examples.extent(member), self._open[-1]
        added = extent.elements - required.elements
        is_common = bool(extent.attributes) and not extent.children and all(map(self._is_common, extent.attributes))
        return (
            not (extent.is_open or is_common)
            and len(extent.attributes) - len(required.attributes) <= room.attributes
            and len(extent.children) - len(required.children) <= room.children
            and added <= room.added
            and (added <= 0 or self._elements + added <= _LARGEST)
            and not room.used.intersection(extent.children)
        )

    def _is_common(self, attribute: str) -> bool:
        return attribute in self._examples.common


def _local_name(pattern: Element | Attribute) -> str:
    name = sample_name(pattern.name)
    return name.local if name is not None else ""


def _without_attributes(pattern: Pattern) -> tuple[Pattern, ...]:
    return () if isinstance(pattern, Attribute) else parts(pattern)
