"""From the addresses of a bindings file to the classes and fields that they mean.

    address    ["/"] step {"/" step} ["/@" name]
    step       name ["[@" name "='" value "']"]
    name       a local name, in any namespace, or prefix:local

An address fits wherever a path from a root ends in its steps; one that begins with "/" is the whole path. A condition
chooses among the members of a union. What is found are places of the class model, not patterns of the schema:
``disk/source`` and ``mirror/source`` may share patterns, and still have different names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..diagnostics.errors import Diagnostics, nearest_or_all
from ..relaxng.name_class import QName
from .annotations import FIELD, NAME, annotation_of
from .author_notes import Addressed, prevailing
from .bindings_file import Entry, Note, Subject, wrong_class_name, wrong_field_name
from .class_drafts import ClassDraft, ClassDrafts
from .class_keys import Body, ClassKey, FieldPlace, Place
from .model import FieldKind

_STEP = re.compile(r"""(?P<name>[^/\[\]@='"\s]+)(?:\[@(?P<decider>[^=\]]+)=(?:'(?P<one>[^']*)'|"(?P<two>[^"]*)")\])?""")
_ATTRIBUTE = re.compile(r"""/@(?P<name>[^/\[\]@='"\s]+)""")

OF_CLASS_ONLY = ("content", "variants")
OF_TEXT = ("enum", "enum-name", "as")
OF_ABSENCE = ("implied", "when")
OF_ANYTHING = ("since", "documentation")
OF_SMALL = {FieldKind.VALUE: (*OF_TEXT, *OF_ABSENCE), FieldKind.FLAG: OF_ABSENCE}
"""The keys for an element that becomes no class, in addition to `OF_ANYTHING`."""


@dataclass(frozen=True, slots=True)
class Step:
    """``decider`` is the attribute of a condition, ``value`` its value."""

    name: str
    decider: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    steps: tuple[Step, ...]
    from_root: bool = False
    attribute: str = ""


class AddressError(Exception):
    """The text is the reason why an address is wrong or leads nowhere."""


def parse_address(text: str, subject: Subject) -> Address:
    """Raises:
    AddressError: it is not an address, or not one of such a thing.
    """
    position = 1 if text.startswith("/") else 0
    steps: list[Step] = []
    while match := _STEP.match(text, position):
        steps.append(Step(match["name"], match["decider"] or "", match["one"] or match["two"] or ""))
        position = match.end()
        if not text.startswith("/", position) or text.startswith("/@", position):
            break
        position += 1
    attribute = _ATTRIBUTE.fullmatch(text, position)
    if match is None or (position < len(text) and attribute is None):
        raise AddressError(f"{text!r} is not an address; expected steps like disk/source or address[@type='pci']/@bus")
    if subject is Subject.ELEMENT and attribute is not None:
        raise AddressError(f"{text!r} addresses an attribute; use a table [attribute.…]")
    if subject is Subject.ATTRIBUTE and attribute is None:
        raise AddressError(
            f"{text!r} addresses an element; use a table [element.…], or end the address with /@… for an attribute"
        )
    return Address(tuple(steps), text.startswith("/"), attribute["name"] if attribute else "")


@dataclass(frozen=True, slots=True)
class Edge:
    """A child element in its parent; a root has no ``parent``. ``key`` is that of its class. ``in_content``: it has no
    field of its own, since it shares a list with others."""

    parent: Body | None
    name: QName
    key: ClassKey
    kind: FieldKind
    in_content: bool = False


class ElementGraph:
    """Which element contains which, as far as drafts are distinct."""

    def __init__(self, drafts: ClassDrafts, prefixes: Mapping[str, str]) -> None:
        self._drafts = drafts
        self._prefixes = prefixes
        self.edges: dict[Edge, None] = {Edge(None, key.name, key, FieldKind.CHILD): None for key, _ in drafts.roots}
        self._below: dict[Body, list[Edge]] = {}
        for draft in drafts.found.values():
            for edge in self._edges_of(draft):
                self.edges[edge] = None
                assert edge.parent is not None
                self._below.setdefault(edge.parent, []).append(edge)
        self._called: dict[str, list[Edge]] = {}
        for edge in self.edges:
            self._called.setdefault(edge.name.local, []).append(edge)

    def _edges_of(self, draft: ClassDraft) -> Iterator[Edge]:
        for body, contents in zip(draft.owners(), draft.bodies(), strict=True):
            places = contents.places
            for name, use in contents.children.items():
                key = self._drafts.child_key(name, use)
                kind = self._drafts.kind_of(key, use.cardinality, in_content=name in places)
                yield Edge(body, name, self._drafts.class_of(key), kind, in_content=name in contents.listed)

    def lead(self, address: Address) -> tuple[list[Edge], list[Body]]:
        """The last elements on the way, and of those that are classes the ones that the last condition leaves.

        Raises:
            AddressError: a step leads nowhere.
        """
        first, *rest = address.steps
        edges = self._first(first, address.from_root)
        bodies = self._bodies(edges, first)
        for before, step in zip(address.steps, rest, strict=False):
            below = {edge: None for body in bodies for edge in self._below.get(body, ())}
            edges = [edge for edge in below if self._is_called(edge.name, step.name)]
            if not edges:
                raise AddressError(
                    f"<{before.name}> has no child element {step.name!r}{self._instead(step.name, below)}"
                )
            bodies = self._bodies(edges, step)
        return edges, bodies

    def attributes(self, bodies: Sequence[Body], address: Address) -> Iterator[FieldPlace]:
        """Raises:
        AddressError: none of the classes has such an attribute.
        """
        known: dict[str, None] = {}
        found = False
        for body in bodies:
            for name in self._drafts.contents_of(body).attributes:
                known[name.local] = None
                if self._is_called(name, address.attribute):
                    found = True
                    yield FieldPlace(body, name, is_attribute=True)
        if not found:
            hint = nearest_or_all(address.attribute, known)
            raise AddressError(f"<{address.steps[-1].name}> has no attribute {address.attribute!r}{hint}")

    def has_text(self, body: Body) -> bool:
        contents = self._drafts.contents_of(body)
        return contents.text is not None and not contents.ordered

    def _first(self, step: Step, from_root: bool) -> list[Edge]:
        candidates = self._called.get(step.name.rpartition(":")[2], ())
        found = [
            edge
            for edge in candidates
            if self._is_called(edge.name, step.name) and (edge.parent is None or not from_root)
        ]
        if not found:
            what = "no document begins with an element" if from_root else "no element is"
            known = [edge for edge in self.edges if not from_root or edge.parent is None]
            raise AddressError(f"{what} called {step.name!r}{self._instead(step.name, known)}")
        return found

    def _bodies(self, edges: Iterable[Edge], step: Step) -> list[Body]:
        """Raises:
        AddressError: the step has a condition that no class is chosen by.
        """
        keys = list(dict.fromkeys(edge.key for edge in edges))
        drafts = [self._drafts.found[key] for key in keys if key in self._drafts.found]
        if not step.decider:
            return [body for draft in drafts for body in draft.owners()]
        split = [draft for draft in drafts if draft.split is not None and draft.split.attribute.local == step.decider]
        if not split:
            raise AddressError(f"<{step.name}> has no classes of its own for each @{step.decider}{_decided(drafts)}")
        found = [body for draft in split for body in draft.owners() if step.value in body.tokens]
        if not found:
            known = dict.fromkeys(token for draft in split for body in draft.owners() for token in body.tokens)
            raise AddressError(
                f"<{step.name}> has no class for @{step.decider}={step.value!r}{nearest_or_all(step.value, known)}"
            )
        return found

    def _is_called(self, name: QName, text: str) -> bool:
        prefix, colon, local = text.rpartition(":")
        return name.local == local and (not colon or self._prefixes.get(name.namespace, "") == prefix)

    def _instead(self, name: str, edges: Iterable[Edge]) -> str:
        return nearest_or_all(name, dict.fromkeys(edge.name.local for edge in edges))


def _decided(drafts: Sequence[ClassDraft]) -> str:
    """The part of a message that names the attributes by which classes differ."""
    deciders = dict.fromkeys(f"@{draft.split.attribute.local}" for draft in drafts if draft.split is not None)
    return f"; they differ in {' or '.join(deciders)}" if deciders else "; it is one class"


def addressed(
    entries: Sequence[Entry], drafts: ClassDrafts, prefixes: Mapping[str, str], diagnostics: Diagnostics
) -> Addressed:
    """The notes of the entries, by the places that they address. Other entries are errors, unless lenient."""
    placing = _Placing(ElementGraph(drafts, prefixes), diagnostics)
    for entry, address in _in_order(entries, diagnostics):
        try:
            placing.add(entry, address)
        except AddressError as error:
            if not entry.lenient:
                diagnostics.error(entry.location, str(error))
    return placing.found


def _in_order(entries: Sequence[Entry], diagnostics: Diagnostics) -> list[tuple[Entry, Address]]:
    """Of several that fit, the last one counts: of lenient entries the longest, then those of a names file, of which
    the shortest is where the roots reach a class first, then what must fit."""
    parsed: list[tuple[Entry, Address]] = []
    for entry in entries:
        if entry.subject is not Subject.DEFINE:
            try:
                parsed.append((entry, parse_address(entry.address, entry.subject)))
            except AddressError as error:
                diagnostics.error(entry.location, str(error))
    return sorted(parsed, key=_weight)


def _weight(one: tuple[Entry, Address]) -> tuple[int, int]:
    entry, address = one
    if not entry.lenient:
        return 2, 0
    is_pinned = any(note.pinned for note in entry.notes.values())
    return (1, -len(address.steps)) if is_pinned else (0, len(address.steps))


class _Placing:
    def __init__(self, graph: ElementGraph, diagnostics: Diagnostics) -> None:
        self._graph = graph
        self._diagnostics = diagnostics
        self.found: dict[Place, dict[QName, Note]] = {}

    def add(self, entry: Entry, address: Address) -> None:
        edges, bodies = self._graph.lead(address)
        if address.attribute:
            for place in self._graph.attributes(bodies, address):
                for key, note in entry.notes.items():
                    self._note(entry, place, key, FIELD if key == "name" else annotation_of(key), note)
            return
        for key, note in entry.notes.items():
            if not self._add_to_element(entry, address, key, note, edges, bodies) and not entry.lenient:
                self._diagnostics.error(note.location, f"{key} has no effect on {entry.address}: {_reason(key)}")

    def _add_to_element(
        self, entry: Entry, address: Address, key: str, note: Note, edges: Sequence[Edge], bodies: Sequence[Body]
    ) -> bool:
        """Whether there is anything that the note can say something of."""
        decided = bool(address.steps[-1].decider)
        places: list[tuple[Place, QName]] = []
        if key in OF_TEXT:
            places += [(FieldPlace(body, None), annotation_of(key)) for body in bodies if self._graph.has_text(body)]
        elif key not in OF_ABSENCE:
            places += self._of_classes(key, edges, bodies if decided else None)
        if not decided:
            places += self._of_fields(key, edges)
        for place, name in places:
            self._note(entry, place, key, name, note)
        return bool(places)

    def _of_classes(
        self, key: str, edges: Sequence[Edge], members: Sequence[Body] | None
    ) -> Iterator[tuple[Place, QName]]:
        if key == "field":
            return
        if members is None:
            members = [Body(edge.key) for edge in edges if edge.kind is FieldKind.CHILD]
        elif key in OF_CLASS_ONLY:
            return
        for body in members:
            yield body, annotation_of(key)

    def _of_fields(self, key: str, edges: Sequence[Edge]) -> Iterator[tuple[Place, QName]]:
        for edge in edges:
            if edge.parent is None or edge.in_content or key in OF_CLASS_ONLY:
                continue
            has_class = edge.kind is FieldKind.CHILD
            if key in ("name", "field"):
                name = FIELD
                applies = key == "field" or not has_class
            else:
                name = annotation_of(key)
                applies = key in OF_ANYTHING or key in OF_SMALL.get(edge.kind, ())
            if applies:
                yield FieldPlace(edge.parent, edge.name), name

    def _note(self, entry: Entry, place: Place, key: str, name: QName, note: Note) -> None:
        reason = _wrong_name(name, note.value)
        if reason:
            if not entry.lenient:  # What has a class in one release may be a text in another.
                self._diagnostics.error(note.location, reason)
            return
        known = self.found.setdefault(place, {})
        what = f"{key} of {entry.address}"
        known[name] = prevailing(known.get(name), note, what, self._diagnostics)


def _wrong_name(name: QName, value: str) -> str:
    if name == FIELD:
        return wrong_field_name(value)
    return wrong_class_name(value) if name == NAME else ""


def _reason(key: str) -> str:
    if key == "field":
        return "it has no field of its own"
    if key in OF_CLASS_ONLY:
        return "it is for an element that becomes a class"
    if key in OF_ABSENCE:
        return "it is for an attribute, or for an element that is a text or a flag"
    return "it has no text" if key in OF_TEXT else "it becomes nothing"
