"""The contents of the elements of one class: attributes, children, text and open content, with cardinalities.

One walk over the patterns of an element, references entered, other elements not. The results of the parts combine by
the cardinality algebra; a define gives the same result wherever it is used, so it is walked once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TypeVar

from ..relaxng.name_class import NameClass, QName, names_of
from ..relaxng.pattern import (
    Attribute,
    Choice,
    Data,
    Element,
    Empty,
    ExternalRef,
    Group,
    Interleave,
    List,
    Mixed,
    NestedGrammar,
    NotAllowed,
    OneOrMore,
    Optional,
    ParentRef,
    Pattern,
    Ref,
    Text,
    Value,
    ZeroOrMore,
)
from .cardinality import ONE, Cardinality, either, optional, repeated, total
from .elements import ElementTable


@dataclass(frozen=True, slots=True)
class AttributeUse:
    """``patterns`` are the attribute patterns with the name, each with its schema."""

    cardinality: Cardinality
    patterns: tuple[tuple[int, Attribute], ...]

    def with_(self, other: AttributeUse, cardinality: Cardinality) -> AttributeUse:
        known = {id(pattern) for _, pattern in self.patterns}
        added = tuple(item for item in other.patterns if id(item[1]) not in known)
        return AttributeUse(cardinality, self.patterns + added)


@dataclass(frozen=True, slots=True)
class ChildUse:
    """``elements`` are the identities of the element patterns with the name, in schema order."""

    cardinality: Cardinality
    elements: tuple[int, ...]

    def with_(self, other: ChildUse, cardinality: Cardinality) -> ChildUse:
        return ChildUse(cardinality, tuple(dict.fromkeys(self.elements + other.elements)))


@dataclass(frozen=True, slots=True)
class TextUse:
    """``patterns`` are ``text``, ``data``, ``value`` and ``list`` patterns, or references to choices of them."""

    cardinality: Cardinality
    patterns: tuple[tuple[int, Pattern], ...]


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Children of which there is at most one, and exactly one where it is ``required``."""

    names: frozenset[QName]
    required: bool

    @property
    def place(self) -> QName:
        """The name that represents all of them in the order of children, if they share a field."""
        return QName("*", min(map(str, self.names)))


Use = TypeVar("Use", AttributeUse, ChildUse)

OPEN = QName("", "*")
"""Elements of any name, in the order of children."""

NameSequence = tuple[tuple[QName, ...], ...]
"""Parts of a group: each name in one comes before all other names in the parts behind it."""


@dataclass(frozen=True, slots=True)
class Contents:
    """``sequences`` are the child names of each group, part by part; `OPEN` among them is open content. Pairs of names
    would say the same, but their number grows with the square of a group's length.
    ``tied`` are children of repeated groups whose members belong together: one list a name would not say which
    belongs to which. ``mingled`` are children of several names that repeat together, so that documents have them in
    any order: one list a name could not say in which. An interleave takes the meaning from their order, and so
    leaves none mingled. ``alternatives`` are the choices between children, ``chosen`` those of which each is one
    field. ``whole``: an author wants all content in one list. ``possible`` is false for ``notAllowed``: no document
    has it."""

    attributes: Mapping[QName, AttributeUse] = field(default_factory=dict)
    children: Mapping[QName, ChildUse] = field(default_factory=dict)
    text: TextUse | None = None
    open_attributes: tuple[NameClass, ...] = ()
    open_elements: tuple[NameClass, ...] = ()
    open_many: bool = False
    free_text: bool = False
    sequences: frozenset[NameSequence] = frozenset()
    tied: frozenset[QName] = frozenset()
    mingled: frozenset[QName] = frozenset()
    alternatives: tuple[Alternatives, ...] = ()
    chosen: tuple[Alternatives, ...] = ()
    whole: bool = False
    possible: bool = True

    @property
    def mixed(self) -> bool:
        """Whether text between elements has a meaning."""
        return self.free_text and bool(self.children or self.open_elements)

    @property
    def ordered(self) -> bool:
        """Whether all content is in one list."""
        return self.mixed or self.whole

    @property
    def listed(self) -> frozenset[QName]:
        """The children that share one list, in the document's order; `OPEN` is among them where open
        content is."""
        names = frozenset(self.children) if self.ordered else self.tied | self.mingled
        return names | {OPEN} if self.open_elements and (names or self.ordered) else names

    @property
    def places(self) -> Mapping[QName, QName]:
        """The name in the order of children for those that share a field."""
        return {**dict.fromkeys(self.listed, OPEN), **{name: one.place for one in self.chosen for name in one.names}}

    @property
    def text_only(self) -> bool:
        return self.text is not None and not self._has_parts

    @property
    def empty(self) -> bool:
        return self.text is None and not self._has_parts

    @property
    def _has_parts(self) -> bool:
        return bool(self.attributes or self.children or self.open_attributes or self.open_elements)


NOTHING = Contents()
IMPOSSIBLE = Contents(possible=False)


class ContentReader:
    """Computes contents, once for each pattern: `variants` reads every part of every pattern."""

    def __init__(self, table: ElementTable) -> None:
        self._table = table
        self._found: dict[tuple[int, int, bool], tuple[Pattern, Contents]] = {}
        self._defines: dict[tuple[int, str, bool], Contents] = {}

    def of_elements(self, numbers: Iterable[int]) -> Contents:
        """The union of what the element patterns contain: any of them may be the one that a document means."""
        patterns = [self._table.patterns[number] for number in numbers]
        return choose([self.of_pattern(one.schema, one.pattern.pattern) for one in patterns])

    def of_pattern(self, schema: int, pattern: Pattern, in_repetition: bool = False) -> Contents:
        # By identity, since to compare patterns is to go through them.
        key = schema, id(pattern), in_repetition
        if key not in self._found:
            self._found[key] = pattern, self._of_pattern(schema, pattern, in_repetition)
        return self._found[key][1]

    def _of_pattern(self, schema: int, pattern: Pattern, in_repetition: bool) -> Contents:
        match pattern:
            case Empty():
                return NOTHING
            case NotAllowed():
                return IMPOSSIBLE
            case Text():
                return Contents(text=TextUse(ONE, ((schema, pattern),)), free_text=True)
            case Data() | Value() | List():
                return Contents(text=TextUse(ONE, ((schema, pattern),)))
            case Attribute():
                return self._of_attribute(schema, pattern)
            case Element():
                return self._of_element(schema, pattern)
            case Ref():
                return self._of_reference(schema, pattern, in_repetition)
            case Group():
                parts = [self.of_pattern(schema, part, in_repetition) for part in pattern.patterns]
                return grouped(parts, in_repetition)
            case Interleave():
                parts = [self.of_pattern(schema, part, in_repetition) for part in pattern.patterns]
                return interleaved(parts, in_repetition)
            case Choice():
                return _whole_text(
                    schema, pattern, choose([self.of_pattern(schema, part, in_repetition) for part in pattern.patterns])
                )
            case Optional():
                return _optional(self.of_pattern(schema, pattern.pattern, in_repetition))
            case OneOrMore():
                return _repeated(self.of_pattern(schema, pattern.pattern, True))
            case ZeroOrMore():
                return _optional(_repeated(self.of_pattern(schema, pattern.pattern, True)))
            case Mixed():
                return among_text(schema, pattern, self.of_pattern(schema, pattern.pattern, in_repetition))
            case ParentRef() | ExternalRef() | NestedGrammar():
                raise AssertionError(f"simplification leaves no {type(pattern).__name__}")

    def _of_attribute(self, schema: int, pattern: Attribute) -> Contents:
        names = names_of(pattern.name)
        if names is None:
            return Contents(open_attributes=(pattern.name,))
        use = AttributeUse(ONE, ((schema, pattern),))
        return choose([Contents(attributes={name: use}) for name in names])

    def _of_element(self, schema: int, pattern: Element) -> Contents:
        names = names_of(pattern.name)
        if names is None:
            return Contents(open_elements=(pattern.name,))
        use = ChildUse(ONE, (self._table.identify(schema, pattern).number,))
        return choose([Contents(children={name: use}) for name in names])

    def _of_reference(self, schema: int, reference: Ref, in_repetition: bool) -> Contents:
        key = schema, reference.name, in_repetition
        if key not in self._defines:
            target = self._table.define_of(schema, reference)
            self._defines[key] = self.of_pattern(schema, target, in_repetition)
        return _whole_text(schema, reference, self._defines[key])


def _whole_text(schema: int, pattern: Pattern, contents: Contents) -> Contents:
    """A choice of texts stays one pattern, so that an enumeration can take its annotations and its define's name."""
    if not contents.possible or not contents.text_only or contents.free_text:
        return contents
    assert contents.text is not None, "contents with nothing but text have text"
    return replace(contents, text=TextUse(contents.text.cardinality, ((schema, pattern),)))


def grouped(parts: list[Contents], in_repetition: bool = False) -> Contents:
    """All parts, in this order."""
    whole = together(parts)
    if not whole.possible:
        return whole
    tied = frozenset(whole.children) if in_repetition and _belong_together(parts) else frozenset[QName]()
    sequences = _both_ways(parts) if in_repetition else _sequence(parts)
    return replace(whole, sequences=whole.sequences | sequences, tied=whole.tied | tied)


def interleaved(parts: list[Contents], in_repetition: bool = False) -> Contents:
    """All parts, in any order."""
    whole = together(parts)
    if not whole.possible:
        return whole
    among_others = sum(1 for part in parts if part.children) > 1
    mingled = frozenset[QName]() if among_others else whole.mingled
    sequences = _both_ways(parts) if in_repetition else frozenset[NameSequence]()
    return replace(whole, sequences=whole.sequences | sequences, mingled=mingled)


def _sequence(parts: list[Contents]) -> frozenset[NameSequence]:
    """The sequence of the parts that have names, if there are several."""
    sequence = tuple(filter(None, map(_names_in_order, parts)))
    return frozenset([sequence] if len(sequence) > 1 else [])


def _both_ways(parts: list[Contents]) -> frozenset[NameSequence]:
    """The sequences of parts that are repeated together: the first ones come again behind the last ones, and there can
    be no more of them until all parts have come."""
    return _sequence(parts) | _sequence(parts[::-1])


def _belong_together(parts: list[Contents]) -> bool:
    """Whether children of several parts belong in pairs, if the parts are repeated: some of them are needed."""
    bearing = [part for part in parts if part.children]
    names = {name for part in bearing for name in part.children}
    needed = any(use.cardinality.required for part in bearing for use in part.children.values())
    return len(bearing) > 1 and len(names) > 1 and needed


def _names_in_order(contents: Contents) -> tuple[QName, ...]:
    return (*contents.children, OPEN) if contents.open_elements else (*contents.children,)


def together(parts: list[Contents]) -> Contents:
    """All parts, whatever their order."""
    parts = [part for part in parts if part is not NOTHING]
    if not parts:
        return NOTHING
    if len(parts) == 1:
        return parts[0]
    if not all(part.possible for part in parts):
        return IMPOSSIBLE
    attributes = {
        # An element has one attribute of a name at most.
        name: reduce(lambda use, other: use.with_(other, ONE), uses)
        for name, uses in _uses_of(part.attributes for part in parts).items()
    }
    children = {
        name: reduce(lambda use, other: use.with_(other, total(use.cardinality, other.cardinality)), uses)
        for name, uses in _uses_of(part.children for part in parts).items()
    }
    # Section 7.2 allows one text in a group, but ``text`` beside ``text``; so at most one of them is checked.
    texts = [part.text for part in parts if part.text is not None]
    text = _text(texts, any(use.cardinality.required for use in texts))
    return _joined(parts, attributes, children, text, _kept_alternatives(parts))


def choose(parts: list[Contents]) -> Contents:
    """One of the parts."""
    parts = [part for part in parts if part.possible]
    if not parts:
        return IMPOSSIBLE
    if len(parts) == 1:
        return parts[0]
    attributes = _chosen([part.attributes for part in parts])
    children = _chosen([part.children for part in parts])
    texts = [part.text for part in parts if part.text is not None]
    text = _text(texts, len(texts) == len(parts) and all(use.cardinality.required for use in texts))
    return _joined(parts, attributes, children, text, _alternatives(parts))


def _chosen(mappings: list[Mapping[QName, Use]]) -> dict[QName, Use]:
    """The uses where one of the mappings is taken: what some of them lack is optional."""
    found: dict[QName, Use] = {}
    for name, uses in _uses_of(mappings).items():
        use = reduce(lambda use, other: use.with_(other, either(use.cardinality, other.cardinality)), uses)
        is_in_all = len(uses) == len(mappings)
        found[name] = use if is_in_all else replace(use, cardinality=optional(use.cardinality))
    return found


def among_text(schema: int, mixed: Mixed, contents: Contents) -> Contents:
    text = Contents(text=TextUse(ONE, ((schema, Text(location=mixed.location)),)), free_text=True)
    return together([text, contents])


def _optional(contents: Contents) -> Contents:
    if not contents.possible:
        return NOTHING
    return choose([contents, NOTHING])


def _repeated(contents: Contents) -> Contents:
    if not contents.possible:
        return contents
    are_several = len(contents.children) + bool(contents.open_elements) > 1
    return replace(
        contents,
        children={name: replace(use, cardinality=repeated(use.cardinality)) for name, use in contents.children.items()},
        open_many=True,
        mingled=frozenset(contents.children) if are_several else contents.mingled,
        alternatives=(),
    )


def _joined(
    parts: list[Contents],
    attributes: dict[QName, AttributeUse],
    children: dict[QName, ChildUse],
    text: TextUse | None,
    alternatives: tuple[Alternatives, ...],
) -> Contents:
    return Contents(
        attributes=attributes,
        children=children,
        text=text,
        open_attributes=_distinct(part.open_attributes for part in parts),
        open_elements=_distinct(part.open_elements for part in parts),
        open_many=any(part.open_many for part in parts),
        free_text=any(part.free_text for part in parts),
        sequences=frozenset().union(*(part.sequences for part in parts)),
        tied=frozenset().union(*(part.tied for part in parts)),
        mingled=frozenset().union(*(part.mingled for part in parts)),
        alternatives=alternatives,
    )


def _kept_alternatives(parts: list[Contents]) -> tuple[Alternatives, ...]:
    """The alternatives whose children are in no other part."""
    if not any(part.alternatives for part in parts):
        return ()
    times = Counter(name for part in parts for name in part.children)
    return tuple(one for part in parts for one in part.alternatives if all(times[name] == 1 for name in one.names))


def _alternatives(parts: list[Contents]) -> tuple[Alternatives, ...]:
    """The choices between children in any of the parts, and the choice that the parts themselves are."""
    seeds = [one.names for part in parts for one in part.alternatives]
    seeds.append(frozenset(name for part in parts if _is_one_child(part) for name in part.children))
    places: dict[QName, list[int]] = {}
    for place, part in enumerate(parts):
        for name in part.children:
            places.setdefault(name, []).append(place)
    found = (_agreed(names, parts, places) for names in _merged(seeds))
    return tuple(one for one in found if one is not None)


def _is_one_child(contents: Contents) -> bool:
    """Whether there is one child, or a choice of them, and nothing else."""
    has_others = contents.attributes or contents.text or contents.open_attributes or contents.open_elements
    return not has_others and bool(contents.children) and _has_at_most_one(contents, frozenset(contents.children))


def _has_at_most_one(contents: Contents, names: frozenset[QName]) -> bool:
    if len(names) == 1:
        return not any(contents.children[name].cardinality.many for name in names)
    return not names or any(names <= one.names for one in contents.alternatives)


def _merged(sets: list[frozenset[QName]]) -> list[frozenset[QName]]:
    """The sets, those that share a name as one."""
    home: dict[QName, set[QName]] = {}
    found: dict[int, set[QName]] = {}
    for names in sets:
        touched = {id(home[name]): home[name] for name in names if name in home}
        # The largest set takes the others in, so that a name seldom moves, even if there are thousands of sets.
        largest = max(touched.values(), key=len, default=set[QName]())
        added = names.union(*(one for one in touched.values() if one is not largest))
        largest |= added
        home.update(dict.fromkeys(added, largest))
        for key in touched:
            del found[key]
        found[id(largest)] = largest
    return [frozenset(one) for one in found.values() if len(one) > 1]


def _agreed(names: frozenset[QName], parts: list[Contents], places: Mapping[QName, list[int]]) -> Alternatives | None:
    """The names as alternatives, if they are in each of the parts. ``places`` are those of the parts with a name."""
    bearing = [parts[place] for place in sorted({place for name in names for place in places.get(name, ())})]
    inside = [frozenset(name for name in part.children if name in names) for part in bearing]
    if not all(map(_has_at_most_one, bearing, inside)):
        return None
    return Alternatives(names, len(bearing) == len(parts) and all(map(_has_one, bearing, inside)))


def _has_one(contents: Contents, names: frozenset[QName]) -> bool:
    is_needed = any(contents.children[name].cardinality.required for name in names)
    return is_needed or any(one.required and one.names <= names for one in contents.alternatives)


def _distinct(groups: Iterable[tuple[NameClass, ...]]) -> tuple[NameClass, ...]:
    return tuple(dict.fromkeys(name_class for group in groups for name_class in group))


def _uses_of(mappings: Iterable[Mapping[QName, Use]]) -> dict[QName, list[Use]]:
    """The uses of each name, the names in the order of their first appearance."""
    uses: dict[QName, list[Use]] = {}
    for mapping in mappings:
        for name, use in mapping.items():
            uses.setdefault(name, []).append(use)
    return uses


def _text(uses: list[TextUse], required: bool) -> TextUse | None:
    if not uses:
        return None
    found: dict[int, tuple[int, Pattern]] = {}
    for use in uses:
        for item in use.patterns:
            found.setdefault(id(item[1]), item)
    return TextUse(Cardinality(required, many=False), tuple(found.values()))
