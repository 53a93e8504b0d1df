"""Counterexamples that no change of a single element or attribute explains → findings.

Where an alternative of an element's content lost what others still have, the finding says so, and of which kind the
element is. What is the same for several counterexamples is one finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Kindred:
    """What counterexamples must have in common to be told as one: ``rule``, and ``element``, what the element is called
    in messages."""

    rule: str
    element: str


class Unexplained:
    """Collects counterexamples. ``structure`` tells what depends on the alternatives of an element's content."""

    def __init__(self, structure: StructuralComparison) -> None:
        self._structure = structure
        self._groups: dict[tuple[object, ...], list[Counterexample]] = {}
        self._common: dict[tuple[object, ...], tuple[Direction, Kindred]] = {}

    def add(self, direction: Direction, counterexample: Counterexample) -> None:
        kindred = self._kindred(direction, counterexample)
        shared = _shared(counterexample, kindred) or (len(self._groups),)
        key = direction.category, kindred.rule, *shared
        self._groups.setdefault(key, []).append(counterexample)
        self._common[key] = direction, kindred

    def findings(self) -> Iterator[Finding]:
        for key, counterexamples in self._groups.items():
            yield _finding_of(*self._common[key], counterexamples)

    def _kindred(self, direction: Direction, counterexample: Counterexample) -> Kindred:
        element = f"<{counterexample.path[-1].local}>" if counterexample.path else "the document"
        if counterexample.given or counterexample.kind is Kind.COMBINATION:
            return Kindred(direction.together, element)
        if not self._depends_on_alternatives(counterexample):
            return Kindred(direction.whole, element)
        distinction = self._distinction(counterexample)
        which = "one kind of" if distinction else "an alternative of"
        return Kindred(direction.alternative, f"{which} {element}{distinction}")

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
        elements = list(_elements_on(path, counterexample.witness))
        for depth in range(len(elements), 0, -1):
            names = {one.removeprefix("@") for one in self._structure.deciding(tuple(map(str, path[:depth])))}
            if depth == len(path):
                names.discard(str(counterexample.name))
            given = [f"{local_name(name)}={value!r}" for name, value in elements[depth - 1].items() if name in names]
            if given:
                inside = "" if depth == len(path) else f" in <{path[depth - 1].local}>"
                return f"{inside} with {', '.join(given)}"
        return ""


def _elements_on(path: Sequence[QName], witness: str) -> Iterator[ElementTree.Element]:
    """The first elements of a document on a path, from the root on."""
    within: Iterable[ElementTree.Element] = [ElementTree.fromstring(witness)]
    for name in path:
        found = next((one for one in within if one.tag == str(name)), None)
        if found is None:
            return
        yield found
        within = found


def _shared(counterexample: Counterexample, kindred: Kindred) -> tuple[object, ...]:
    """What counterexamples have in common that are one finding: attributes and children that are not allowed,
    attributes that are required, or values, in the same kind of element or beside the same values. Empty for others."""
    if not (counterexample.given or kindred.rule in (BACKWARD.alternative, FORWARD.alternative)):
        return ()
    common = counterexample.path, counterexample.given, kindred.element
    match counterexample.kind:
        case Kind.ATTRIBUTE_NOT_ALLOWED | Kind.CHILD_NOT_ALLOWED | Kind.COMBINATION if counterexample.name is not None:
            return common
        case Kind.ATTRIBUTE_MISSING:
            return *common, counterexample.kind
        case Kind.VALUE_NOT_ALLOWED:
            return *common, counterexample.kind, counterexample.name
        case _:
            return ()


def _finding_of(direction: Direction, kindred: Kindred, counterexamples: Sequence[Counterexample]) -> Finding:
    first = counterexamples[0]
    if len(counterexamples) == 1:
        message = _described(direction, first, kindred.element)
    else:
        message = _described_together(direction, counterexamples, kindred.element)
    paths = tuple(dict.fromkeys(one.xpath for one in counterexamples))
    impact = Impact(direction.category, first.witness)
    return Finding(RULES[kindred.rule], message, paths, *direction.places(first), (impact,))


def _described_together(direction: Direction, counterexamples: Sequence[Counterexample], element: str) -> str:
    first = counterexamples[0]
    were = "were" if direction is FORWARD else "are"
    if first.kind is Kind.VALUE_NOT_ALLOWED:
        what = f"attribute {first.name.local} of {element}" if first.name else f"the text of {element}"
        values = ", ".join(repr(one.value) for one in counterexamples)
        return f"{what}{_beside(first)}: {values} {were} not allowed {direction.tail}"
    attributes = [one.name.local for one in counterexamples if one.name and one.is_about_attribute]
    children = [f"<{one.name.local}>" for one in counterexamples if one.name and not one.is_about_attribute]
    word = "attribute" if len(attributes) == 1 else "attributes"
    what = " and ".join(filter(None, (f"{word} {', '.join(attributes)}" if attributes else "", ", ".join(children))))
    if first.kind is Kind.ATTRIBUTE_MISSING:
        return f"{what} of {element}{_beside(first)} {were} required {'before' if direction is FORWARD else 'now'}"
    return f"{what} {were} not allowed in {element}{_beside(first)} {direction.tail}"


def _beside(counterexample: Counterexample) -> str:
    given = ", ".join(f"{attribute.local}={value!r}" for attribute, value in counterexample.given)
    return f" with {given}" if given else ""


def _described(direction: Direction, counterexample: Counterexample, element: str) -> str:
    name = counterexample.name.local if counterexample.name is not None else ""
    beside = _beside(counterexample)
    tail = direction.tail
    what = f"attribute {name} of {element}" if counterexample.is_about_attribute else f"the text of {element}"
    not_before = "was not allowed" if direction is FORWARD else "is not allowed"
    match counterexample.kind:
        case Kind.ROOT_NOT_ALLOWED:
            return f"<{name}> {not_before} as the root of a document {tail}"
        case Kind.ATTRIBUTE_NOT_ALLOWED:
            return f"attribute {name} {not_before} in {element}{beside} {tail}"
        case Kind.ATTRIBUTE_MISSING:
            return f"attribute {name} of {element}{beside} {_required(direction)}"
        case Kind.VALUE_NOT_ALLOWED | Kind.DATATYPE_NARROWER:
            return f"{what}{beside}: {counterexample.value!r} {not_before} {tail}"
        case Kind.TEXT_NOT_ALLOWED:
            return f"text {not_before} in {element}{beside} {tail}"
        case Kind.TEXT_REQUIRED:
            return f"text in {element}{beside} {_required(direction)}"
        case Kind.CHILD_NOT_ALLOWED:
            return f"<{name}> {not_before} in {element}{beside} {tail}"
        case Kind.CHILD_MISSING:
            wanted = " or ".join(f"<{one}>" for one in counterexample.expected) or f"<{name}>"
            return f"{wanted} in {element}{beside} {_required(direction)}"
        case Kind.CHILD_REPEATED:
            return f"more than one <{name}> {not_before} in {element}{beside} {tail}"
        case Kind.ORDER:
            return f"<{name}> {not_before} at this place in {element}{beside} {tail}"
        case Kind.COMBINATION:
            subject = f"<{name}>" if name else "what stands"
            return f"{subject} in {element}{beside} {not_before} together {tail}"


def _required(direction: Direction) -> str:
    return "is required now" if direction is BACKWARD else "was required before"
