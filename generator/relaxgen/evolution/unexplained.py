"""Counterexamples that no change of a single element or attribute explains → findings.

Where an alternative of an element's content lost what others still have, the finding says so, and of which kind the
element is. What is the same for several counterexamples is one finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from xml.etree import ElementTree

from ..relaxng.name_class import QName
from .direction import BACKWARD, FORWARD, Direction
from .finding import Finding, Impact
from .inclusion import Counterexample, Kind
from .rules import RULES
from .schema_change import local_name
from .structural_changes import StructuralComparison


def subject_of(counterexample: Counterexample) -> str:
    if counterexample.name is None:
        return ""
    return f"@{counterexample.name}" if counterexample.is_about_attribute else str(counterexample.name)


class Unexplained:
    """Collects counterexamples. ``structure`` knows what depends on the alternatives of an element's content."""

    def __init__(self, structure: StructuralComparison) -> None:
        self._structure = structure
        self._groups: dict[tuple[object, ...], _Group] = {}

    def add(self, direction: Direction, counterexample: Counterexample) -> None:
        rule, element = self._rule_and_element(direction, counterexample)
        shared = _shared(counterexample, rule, element) or (len(self._groups),)
        group = self._groups.setdefault((direction.category, rule, *shared), _Group(direction, rule, element, []))
        group.counterexamples.append(counterexample)

    def findings(self) -> Iterator[Finding]:
        groups = list(self._groups.values())
        while groups:
            group = groups.pop(0)
            together = next((one for one in groups if group.partner(one)), None)
            mirrored = next((one for one in groups if group.is_mirrored_by(one)), None)
            if together is not None:
                groups.remove(together)
                yield group.must_stand_together(together)
            elif mirrored is not None:
                groups.remove(mirrored)
                finding = group.finding()
                yield replace(finding, impacts=(*finding.impacts, *mirrored.finding().impacts))
            else:
                yield group.finding()

    def _rule_and_element(self, direction: Direction, counterexample: Counterexample) -> tuple[str, str]:
        """The rule of a counterexample, and the name of its element in messages."""
        element = f"<{counterexample.path[-1].local}>" if counterexample.path else "the document"
        if counterexample.given or counterexample.kind is Kind.COMBINATION:
            return direction.together, element
        if not self._depends_on_alternatives(counterexample):
            return direction.whole, element
        distinction = self._distinction(counterexample)
        return direction.alternative, f"one kind of {element}{distinction}" if distinction else element

    def _depends_on_alternatives(self, counterexample: Counterexample) -> bool:
        varying = self._structure.varying(tuple(map(str, counterexample.path)))
        if counterexample.kind in (Kind.TEXT_NOT_ALLOWED, Kind.TEXT_REQUIRED):
            return "" in varying
        expected = counterexample.expected if counterexample.kind is Kind.CHILD_MISSING else ()
        return subject_of(counterexample) in varying or any(local_name(one) in expected for one in varying)

    def _distinction(self, counterexample: Counterexample) -> str:
        """« with type='pci'», « in <hostdev> with type='pci'»: the nearest attributes of the witness on which contents
        depend, but for the one that this is about."""
        path = counterexample.path
        elements = list(elements_on(path, counterexample.witness))
        for depth in range(len(elements), 0, -1):
            names = {one.removeprefix("@") for one in self._structure.deciding(tuple(map(str, path[:depth])))}
            if depth == len(path):
                names.discard(str(counterexample.name))
            given = [f"{local_name(name)}={value!r}" for name, value in elements[depth - 1].items() if name in names]
            if given:
                inside = "" if depth == len(path) else f" in <{path[depth - 1].local}>"
                return f"{inside} with {', '.join(given)}"
        return ""


def elements_on(path: Sequence[QName], witness: str) -> Iterator[ElementTree.Element]:
    """The first elements of a document on a path, from the root on."""
    within: Iterable[ElementTree.Element] = [ElementTree.fromstring(witness)]
    for name in path:
        found = next((one for one in within if one.tag == str(name)), None)
        if found is None:
            return
        yield found
        within = found


@dataclass(frozen=True, slots=True)
class _Group:
    """Counterexamples that are one finding: all of ``rule`` and of ``element``, the element's name in messages."""

    direction: Direction
    rule: str
    element: str
    counterexamples: list[Counterexample]

    @property
    def first(self) -> Counterexample:
        return self.counterexamples[0]

    def finding(self) -> Finding:
        element, first = self.element, self.first
        if self.rule == self.direction.alternative and not element.startswith("one kind of"):
            tells = first.kind in (*REFUSALS, Kind.ATTRIBUTE_MISSING, Kind.CHILD_MISSING)
            element = f"{element}{self._company()}" if tells else f"an alternative of {element}"
        if len(self.counterexamples) == 1:
            message = _described(self.direction, first, element)
        else:
            message = _described_together(self.direction, self.counterexamples, element)
        paths = tuple(dict.fromkeys(one.xpath for one in self.counterexamples))
        impact = Impact(self.direction.category, first.witness)
        return Finding(RULES[self.rule], message, paths, *self.direction.places(first), (impact,))

    def _company(self) -> str:
        """Says what else the witness's element contains («with attribute action and <title>»): this identifies the
        alternative."""
        own = {*map(subject_of, self.counterexamples), *self.first.expected}
        found = [one for one in _parts_of(self.first) if one not in own]
        more = " and more" if len(found) > MOST_SHOWN else ""
        return f" with {_listed(found[:MOST_SHOWN])}{more}" if found else " alone"

    @property
    def _required(self) -> frozenset[str]:
        """What is missing, where that is one thing for each counterexample."""
        found = {_missing_subject(one) for one in self.counterexamples}
        return frozenset() if "" in found else frozenset(found)

    @property
    def _refused(self) -> frozenset[str]:
        if any(one.kind not in REFUSALS or one.name is None for one in self.counterexamples):
            return frozenset()
        return frozenset(map(subject_of, self.counterexamples))

    def _is_about_the_same(self, other: _Group) -> bool:
        return self.first.path == other.first.path and self.element == other.element

    def is_mirrored_by(self, other: _Group) -> bool:
        """Whether what one state requires is what the other one does not allow."""
        if self.direction is other.direction or not self._is_about_the_same(other):
            return False
        pairs = (self._required, other._refused), (self._refused, other._required)
        return any(one and one == two for one, two in pairs)

    def partner(self, other: _Group) -> tuple[str, ...]:
        """Where some parts are required beside others and not allowed without them, those others."""
        if self.direction is not other.direction or self.first.path != other.first.path:
            return ()
        for needy, refusing in ((self, other), (other, self)):
            is_in_it = set(refusing.first.given) <= set(needy.first.given)
            if is_in_it and needy._required and needy._required == refusing._refused:
                beside, alone = (_parts_of(one.first) for one in (needy, refusing))
                found = tuple(name for name in beside if name not in alone)
                return found if len(found) <= MOST_PARTNERS else ()
        return ()

    def must_stand_together(self, other: _Group) -> Finding:
        others = [*self.partner(other), *sorted(self._required or self._refused)]
        words = "must occur together now" if self.direction is BACKWARD else "had to occur together before"
        element = f"<{self.first.path[-1].local}>" if self.first.path else "the document"
        beside = min(_beside(self.first), _beside(other.first), key=len)
        message = f"{_listed(others)} in {element}{beside} {words}"
        return replace(self.finding(), rule=RULES[self.direction.together], text=message)


MOST_PARTNERS = 3
MOST_SHOWN = 3

REFUSALS = (Kind.ATTRIBUTE_NOT_ALLOWED, Kind.CHILD_NOT_ALLOWED, Kind.ORDER, Kind.COMBINATION)


def _missing_subject(counterexample: Counterexample) -> str:
    """The attribute or the child that is required; empty where it is neither, or one of several."""
    if counterexample.kind is Kind.ATTRIBUTE_MISSING and not counterexample.expected:
        return subject_of(counterexample)
    if counterexample.kind is Kind.CHILD_MISSING and len(counterexample.expected) == 1:
        return counterexample.expected[0]
    return ""


def _parts_of(counterexample: Counterexample) -> dict[str, None]:
    """The attributes and children of the witness's element."""
    found: dict[str, None] = {}
    for element in [*elements_on(counterexample.path, counterexample.witness)][-1:]:
        found |= dict.fromkeys([*(f"@{name}" for name in element.attrib), *(child.tag for child in element)])
    return found


def _listed(subjects: Iterable[str]) -> str:
    """
    >>> _listed(["@mode", "@type"]), _listed(["net", "ipc", "@id"]), _listed(["net"])
    ('attributes mode and type', '<net>, <ipc> and attribute id', '<net>')
    """
    names = list(subjects)
    if len(names) > 1 and all(name.startswith("@") for name in names):
        return f"attributes {_and(local_name(name)[1:] for name in names)}"
    return _and(f"attribute {local_name(one)[1:]}" if one.startswith("@") else f"<{local_name(one)}>" for one in names)


def _and(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _shared(counterexample: Counterexample, rule: str, element: str) -> tuple[object, ...]:
    """What counterexamples have in common that are one finding: attributes and children that are not allowed,
    attributes that are required, or values, in the same kind of element or beside the same values. Empty for others."""
    if not (counterexample.given or rule in (BACKWARD.alternative, FORWARD.alternative)):
        return ()
    common = counterexample.path, counterexample.given, element
    match counterexample.kind:
        case Kind.ATTRIBUTE_NOT_ALLOWED | Kind.CHILD_NOT_ALLOWED | Kind.COMBINATION if counterexample.name is not None:
            return common
        case Kind.ATTRIBUTE_MISSING if not counterexample.expected:
            return *common, counterexample.kind
        case Kind.VALUE_NOT_ALLOWED:
            return *common, counterexample.kind, counterexample.name
        case _:
            return ()


def _described_together(direction: Direction, counterexamples: Sequence[Counterexample], element: str) -> str:
    first = counterexamples[0]
    if first.kind is Kind.VALUE_NOT_ALLOWED:
        what = f"attribute {first.name.local} of {element}" if first.name else f"the text of {element}"
        values = ", ".join(repr(one.value) for one in counterexamples)
        return f"{what}{_beside(first)}: {values} {direction.plural} not allowed {direction.tail}"
    attributes = [one.name.local for one in counterexamples if one.name and one.is_about_attribute]
    children = [f"<{one.name.local}>" for one in counterexamples if one.name and not one.is_about_attribute]
    word = "attribute" if len(attributes) == 1 else "attributes"
    what = " and ".join(filter(None, (f"{word} {', '.join(attributes)}" if attributes else "", ", ".join(children))))
    if first.kind is Kind.ATTRIBUTE_MISSING:
        return f"{what} of {element}{_beside(first)} {direction.plural} required {direction.then}"
    return f"{what} {direction.plural} not allowed in {element}{_beside(first)} {direction.tail}"


def _beside(counterexample: Counterexample) -> str:
    given = ", ".join(f"{attribute.local}={value!r}" for attribute, value in counterexample.given)
    return f" with {given}" if given else ""


def _described(direction: Direction, counterexample: Counterexample, element: str) -> str:
    name = counterexample.name.local if counterexample.name is not None else ""
    beside = _beside(counterexample)
    what = f"attribute {name} of {element}" if counterexample.is_about_attribute else f"the text of {element}"
    refused, tail, required = direction.not_allowed, direction.tail, direction.required
    match counterexample.kind:
        case Kind.ROOT_NOT_ALLOWED:
            return f"<{name}> {refused} as the root of a document {tail}"
        case Kind.ATTRIBUTE_NOT_ALLOWED:
            return f"attribute {name} {refused} in {element}{beside} {tail}"
        case Kind.ATTRIBUTE_MISSING:
            wanted = _one_of(counterexample.expected) or f"attribute {name}"
            return f"{wanted} of {element}{beside} {required}"
        case Kind.VALUE_NOT_ALLOWED | Kind.DATATYPE_NARROWER:
            return f"{what}{beside}: {counterexample.value!r} {refused} {tail}"
        case Kind.TEXT_NOT_ALLOWED:
            return f"text {refused} in {element}{beside} {tail}"
        case Kind.TEXT_REQUIRED:
            return f"text in {element}{beside} {required}"
        case Kind.CHILD_NOT_ALLOWED:
            return f"<{name}> {refused} in {element}{beside} {tail}"
        case Kind.CHILD_MISSING:
            wanted = _one_of(counterexample.expected) or f"<{name}>"
            return f"{wanted} in {element}{beside} {required}"
        case Kind.CHILD_REPEATED:
            return f"more than one <{name}> {refused} in {element}{beside} {tail}"
        case Kind.ORDER:
            return f"<{name}> {refused} at this place in {element}{beside} {tail}"
        case Kind.COMBINATION if not name:
            return f"what stands in {element}{beside} {refused} together {tail}"
        case Kind.COMBINATION:
            others = [one for one in _parts_of(counterexample) if local_name(one) != name and not one.startswith("@")]
            among = f" beside {_listed(others)}" if not beside and others else ""
            return f"<{name}> {refused} in {element}{beside}{among} {tail}"


def _one_of(subjects: Sequence[str]) -> str:
    """
    >>> _one_of(["@mode", "@type"]), _one_of(["@id", "net"]), _one_of(["a", "b", "c", "d"])
    ('attribute mode or type', 'attribute id or <net>', '<a> or <b> or <c> or one of 1 more')
    """
    are_attributes = all(one.startswith("@") for one in subjects)
    shown = [one[1:] if are_attributes else _listed([one]) for one in subjects[:MOST_SHOWN]]
    more = len(subjects) - len(shown)
    found = " or ".join([*shown, *([f"one of {more} more"] if more else [])])
    return f"attribute {found}" if are_attributes and found else found
