"""What an element may contain, name by name: how one schema looks to a comparison.

Several element patterns of one name in the same place are taken together, as in the question «what can `<source>`
contain in `<disk>`?». This loses which attributes and children belong together; the exact comparison finds changes of
that.

The patterns of the simplified form are visited once, without entering elements. The form is a graph, so the result of
each pattern is remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import product
from math import inf, prod
from typing import Generic, TypeVar

from ..binding.cardinality import ONE, Cardinality, either, optional, repeated, total
from ..relaxng.datatype import translated
from ..relaxng.name_class import QName, names_of
from ..relaxng.pattern import (
    Attribute,
    Choice,
    Data,
    Element,
    Empty,
    Group,
    Interleave,
    List,
    NotAllowed,
    OneOrMore,
    Pattern,
    Text,
    Value,
)
from ..relaxng.simplified_form import SimplifiedForm, elements_in
from ..relaxng.simplified_form import parts as parts_of
from ..runtime.datatypes import create
from ..sampling.least_costs import least_costs

P = TypeVar("P", bound=Pattern)
Named = TypeVar("Named", Attribute, Element)

MOST_BRANCHES = 40
"""An element whose content has more alternatives than this is not compared alternative by alternative."""

MOST_ORDERED = 60
"""In a group of more children than this, the order of two is not compared: pairs are too many."""


@dataclass(frozen=True, slots=True)
class NameUse(Generic[P]):
    """How often an attribute or a child of one name occurs. ``patterns`` are the attribute or element patterns that
    the name may mean, each once, in the order of the schema."""

    cardinality: Cardinality
    patterns: tuple[P, ...]


AttributeUse = NameUse[Attribute]
ChildUse = NameUse[Element]


@dataclass(frozen=True, slots=True)
class Content:
    """``texts`` are the patterns that text may match, but for those in attributes; ``text_required`` means that
    content without text is not allowed. ``ordered`` are pairs of children of which the first comes before the second
    wherever both occur. ``possible`` is false where no document can have such content."""

    attributes: Mapping[QName, AttributeUse] = field(default_factory=dict)
    children: Mapping[QName, ChildUse] = field(default_factory=dict)
    open_attributes: tuple[Attribute, ...] = ()
    open_elements: tuple[Element, ...] = ()
    texts: tuple[Pattern, ...] = ()
    text_required: bool = False
    ordered: frozenset[tuple[QName, QName]] = frozenset()
    possible: bool = True


IMPOSSIBLE = Content(possible=False)


class Contents:
    """The contents of the patterns and elements of one schema, each computed once."""

    def __init__(self, form: SimplifiedForm) -> None:
        self._form = form
        self._found: dict[int, Content] = {}
        self._possible = _possible_elements(form)

    def of_pattern(self, pattern: Pattern) -> Content:
        """The content that a part of an element's content is, or the start."""
        content = self._found.get(id(pattern))
        if content is None:
            content = self._found[id(pattern)] = self._read(pattern)
        return content

    def of_elements(self, elements: Iterable[Element]) -> Content:
        """The content of element patterns of one name, taken together."""
        return _choice([self.of_pattern(self._form.content(element)) for element in elements])

    def branches_of(self, elements: Iterable[Element]) -> list[Content]:
        """The alternatives of which the contents of element patterns consist, choices within groups resolved; optional
        parts stay what they are. Empty where the alternatives are too many."""
        found: list[Content] = []
        for element in elements:
            branches = self._branches(self._form.content(element))
            found += [branch for branch in branches if branch.possible]
            if not branches or len(found) > MOST_BRANCHES:
                return []
        return found

    def _branches(self, pattern: Pattern) -> list[Content]:
        """Empty where they are too many."""
        match pattern:
            case Choice() if not any(isinstance(one, (Empty, Data, Value, List, Text)) for one in pattern.patterns):
                branches = [self._branches(one) for one in pattern.patterns]
                several = [one for each in branches for one in each]
                return several if all(branches) and len(several) <= MOST_BRANCHES else []
            case Group() | Interleave():
                branches = [self._branches(one) for one in pattern.patterns]
                if not all(branches) or prod(map(len, branches)) > MOST_BRANCHES:
                    return []
                in_order = isinstance(pattern, Group)
                return [_all_of(list(parts), in_order=in_order) for parts in product(*branches)]
            case _:
                return [self.of_pattern(pattern)]

    def _read(self, pattern: Pattern) -> Content:
        match pattern:
            case Attribute():
                attributes, open_attributes = _uses(pattern)
                return Content(attributes=attributes, open_attributes=open_attributes)
            case Element():
                children, open_elements = _uses(pattern)
                is_possible = id(pattern) in self._possible
                return Content(children=children, open_elements=open_elements) if is_possible else IMPOSSIBLE
            case Data() | Value() | List() | Text():
                return Content(texts=(pattern,), text_required=not allows_no_text(pattern))
            case Group():
                return _all_of([self.of_pattern(part) for part in pattern.patterns], in_order=True)
            case Interleave():
                return _all_of([self.of_pattern(part) for part in pattern.patterns], in_order=False)
            case Choice():
                return _choice([self.of_pattern(part) for part in pattern.patterns])
            case OneOrMore():
                return _repeated(self.of_pattern(pattern.pattern))
            case Empty():
                return Content()
            case NotAllowed():
                return IMPOSSIBLE
            case _:
                raise AssertionError(f"the simplified form has no {type(pattern).__name__}")


def _possible_elements(form: SimplifiedForm) -> Collection[int]:
    """The identities of the element patterns that some finite document can hold."""
    elements = {id(element): element for element in form.elements()}

    def needs(identity: int) -> Iterable[int]:
        return map(id, elements_in(form.content(elements[identity])))

    def depth(identity: int, known: Mapping[int, float]) -> float:
        return 1 + _depth(form.content(elements[identity]), known, {})

    return least_costs(tuple(elements), needs, depth).keys()


def _depth(pattern: Pattern, known: Mapping[int, float], found: dict[int, float]) -> float:
    """How deep the flattest content is; infinite where there is none."""
    if id(pattern) not in found:
        match pattern:
            case NotAllowed():
                depth = inf
            case Element():
                depth = known.get(id(pattern), inf)
            case Choice():
                depth = min(_depth(part, known, found) for part in pattern.patterns)
            case Data():
                depth = 0
            case _:
                depth = max((_depth(part, known, found) for part in parts_of(pattern)), default=0)
        found[id(pattern)] = depth
    return found[id(pattern)]


def allows_no_text(pattern: Pattern) -> bool:
    """Whether the empty text matches; a datatype with an ``except`` is judged without it."""
    match pattern:
        case Empty() | Text():
            return True
        case Data():
            return create(pattern.datatype.library, pattern.datatype.type, translated(pattern.params)).allows("")
        case Value():
            return not pattern.text.strip() if pattern.datatype.type != "string" else not pattern.text
        case List() | OneOrMore():
            return allows_no_text(pattern.pattern)
        case Group():
            return all(map(allows_no_text, pattern.patterns))
        case Choice():
            return any(map(allows_no_text, pattern.patterns))
        case _:
            return False


def _uses(pattern: Named) -> tuple[dict[QName, NameUse[Named]], tuple[Named, ...]]:
    """The names of an attribute or an element; the pattern itself where its names are open."""
    names = names_of(pattern.name)
    if names is None:
        return {}, (pattern,)
    cardinality = ONE if len(names) == 1 else optional(ONE)
    return {name: NameUse(cardinality, (pattern,)) for name in names}, ()


def _all_of(parts: list[Content], *, in_order: bool) -> Content:
    return Content(
        # Section 7.3: an attribute occurs once, so a name on both sides is in branches that exclude each other.
        _gathered((part.attributes for part in parts), _present),
        _gathered((part.children for part in parts), total),
        *_open_and_texts(parts),
        text_required=any(part.text_required for part in parts),
        ordered=_order_of_group(parts) if in_order else frozenset().union(*(part.ordered for part in parts)),
        possible=all(part.possible for part in parts),
    )


def _gathered(
    parts: Iterable[Mapping[QName, NameUse[P]]], added: Callable[[Cardinality, Cardinality], Cardinality]
) -> dict[QName, NameUse[P]]:
    found: dict[QName, NameUse[P]] = {}
    for part in parts:
        for name, use in part.items():
            before = found.get(name)
            if before is not None:
                cardinality = added(before.cardinality, use.cardinality)
                use = NameUse(cardinality, _each_once((*before.patterns, *use.patterns)))
            found[name] = use
    return found


def _present(left: Cardinality, right: Cardinality) -> Cardinality:
    return Cardinality(left.required or right.required, many=False)


def _choice(parts: list[Content]) -> Content:
    parts = [part for part in parts if part.possible]
    if not parts:
        return IMPOSSIBLE
    if len(parts) == 1:
        return parts[0]
    attribute_names = dict.fromkeys(name for part in parts for name in part.attributes)
    child_names = dict.fromkeys(name for part in parts for name in part.children)
    return Content(
        {name: _either_use([part.attributes.get(name) for part in parts]) for name in attribute_names},
        {name: _either_use([part.children.get(name) for part in parts]) for name in child_names},
        *_open_and_texts(parts),
        text_required=all(part.text_required for part in parts),
        ordered=_order_of_choice(parts),
    )


def _either_use(uses: list[NameUse[P] | None]) -> NameUse[P]:
    present = [use for use in uses if use is not None]
    cardinality = reduce(either, (use.cardinality for use in present))
    patterns = _each_once(pattern for use in present for pattern in use.patterns)
    return NameUse(cardinality if len(present) == len(uses) else optional(cardinality), patterns)


def _repeated(content: Content) -> Content:
    children = {name: NameUse(repeated(child.cardinality), child.patterns) for name, child in content.children.items()}
    return replace(content, children=children, ordered=frozenset())


def _open_and_texts(
    parts: list[Content],
) -> tuple[tuple[Attribute, ...], tuple[Element, ...], tuple[Pattern, ...]]:
    return (
        _each_once(pattern for part in parts for pattern in part.open_attributes),
        _each_once(element for part in parts for element in part.open_elements),
        _each_once(text for part in parts for text in part.texts),
    )


def _order_of_group(parts: list[Content]) -> frozenset[tuple[QName, QName]]:
    """Pairs within one part, and across parts; not names that occur in both orders, or together without an order."""
    found: set[tuple[QName, QName]] = set()
    before: dict[QName, None] = {}
    for part in parts:
        found |= part.ordered
        if len(before) + len(part.children) <= MOST_ORDERED:
            found |= {(first, second) for first in before for second in part.children if first != second}
        before.update(dict.fromkeys(part.children))
    return frozenset(
        (first, second)
        for first, second in found
        if (second, first) not in found and not any(_is_free(first, second, part) for part in parts)
    )


def _is_free(first: QName, second: QName, part: Content) -> bool:
    return first in part.children and second in part.children and (first, second) not in part.ordered


def _order_of_choice(parts: list[Content]) -> frozenset[tuple[QName, QName]]:
    """What is in order in every part that has both."""
    pairs = frozenset().union(*(part.ordered for part in parts))
    return frozenset(
        (first, second)
        for first, second in pairs
        if all((first, second) in part.ordered for part in parts if first in part.children and second in part.children)
    )


def _each_once(patterns: Iterable[P]) -> tuple[P, ...]:
    return tuple({id(pattern): pattern for pattern in patterns}.values())
