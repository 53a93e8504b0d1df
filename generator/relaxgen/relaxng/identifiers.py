"""ID, IDREF and IDREFS (RELAX NG DTD Compatibility, section 5): unique identifiers, and references that lead somewhere.

RELAX NG itself does not check this, so it is optional. The grammar says which attributes of which elements are
identifiers or references. If a grammar says so in one place and not in another, which the specification forbids, the
attribute is not checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from ..runtime.events import Reader, Source, chunks_of
from ..runtime.faults import Fault, nearest
from ..runtime.grammar import Grammar
from ..runtime.markup import BLANKS, DTD_COMPATIBILITY, XML_SCHEMA
from ..runtime.patterns import Attribute, Data, Element, Pattern, elements_in, leaves_in, written_name
from ..runtime.wording import Places

_LIBRARIES = (XML_SCHEMA, DTD_COMPATIBILITY)
_TYPES = ("ID", "IDREF", "IDREFS")

Kinds = Mapping[tuple[str, str], str]
"""The type of an attribute, by the symbols of element and attribute."""


@dataclass(frozen=True, slots=True)
class Lapse:
    """An identifier that is taken, or a reference to nothing. ``ordinal`` is the element's number in the document,
    ``attribute`` the attribute's index."""

    code: str
    message: str
    ordinal: int
    attribute: int
    path: str
    value: str
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class _Use:
    """An attribute with identifiers or references."""

    step: _Step
    attribute: int
    written: str
    value: str


class _Step:
    """An element on the way to one that is used. ``siblings`` counts the names in its parent, when all is read."""

    __slots__ = ("index", "line", "name", "ordinal", "parent", "siblings", "written")

    def __init__(
        self, name: str, written: str, ordinal: int, line: int, parent: _Step | None, siblings: dict[str, int]
    ) -> None:
        self.name = name
        self.written = written
        self.ordinal = ordinal
        self.line = line
        self.parent = parent
        self.siblings = siblings
        self.index = siblings[name] = siblings.get(name, 0) + 1

    def path(self) -> str:
        steps: list[str] = []
        step: _Step | None = self
        while step is not None:
            is_alone = step.siblings[step.name] == 1
            steps.append(step.written if is_alone else f"{step.written}[{step.index}]")
            step = step.parent
        return "/" + "/".join(reversed(steps))


def kinds_of(grammar: Grammar, entry: str = "") -> Kinds:
    """The attributes of a grammar that hold identifiers or references."""
    found: dict[tuple[str, str], set[str]] = {}
    for element in _all_elements(grammar.start(entry)):
        for attribute in element.content.attributes:
            for pair in _names(element, attribute):
                found.setdefault(pair, set()).add(_kind(attribute))
    return {pair: kinds.pop() for pair, kinds in found.items() if len(kinds) == 1 and "" not in kinds}


def _all_elements(start: Pattern) -> Iterable[Element]:
    waiting, seen = list(elements_in(start)), set[Element]()
    while waiting:
        element = waiting.pop()
        if element not in seen:
            seen.add(element)
            waiting.extend(elements_in(element.content))
    return seen


def _names(element: Element, attribute: Attribute) -> Iterator[tuple[str, str]]:
    for name in element.name_class.names or ():
        for inner in attribute.name_class.names or ():
            yield name, inner


def _kind(attribute: Attribute) -> str:
    leaves = leaves_in(attribute.pattern)
    for leaf in leaves:
        if isinstance(leaf, Data) and leaf.datatype.library in _LIBRARIES and leaf.datatype.type in _TYPES:
            return leaf.datatype.type if len(leaves) == 1 else ""
    return ""


def identifier_faults(source: Source, kinds: Kinds, *, allow_entities: bool) -> list[Fault]:
    """Reports identifiers that occur twice, and references without a target.

    Raises:
        Unreadable: the document is not well-formed, or refused.
    """
    places = Places(source)
    faults = []
    for lapse in lapses_in(source, kinds, allow_entities=allow_entities):
        line, column, width, shown = places.attribute(lapse.ordinal, lapse.attribute)
        fault = Fault(source.name, line, column, lapse.path, lapse.code, lapse.message, lapse.value)
        faults.append(replace(fault, suggestion=lapse.suggestion, width=width, source_line=shown))
    return faults


def lapses_in(source: Source, kinds: Kinds, *, allow_entities: bool = False) -> list[Lapse]:
    """All lapses of a document, in its order.

    Raises:
        Unreadable: the document is not well-formed, or refused.
    """
    collector = _Collector(kinds)
    reader = Reader(allow_entities=allow_entities)
    encoding, chunks = chunks_of(source)
    parser = reader.prepare(encoding)
    parser.namespace_prefixes = True
    parser.StartElementHandler = lambda name, attributes: collector.start(name, attributes, parser.CurrentLineNumber)
    parser.EndElementHandler = collector.end
    reader.read(lambda: None, chunks)
    return list(collector.lapses())


class _Collector:
    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self._owners: dict[str, _Use] = {}
        self._repeated: list[_Use] = []
        self._references: list[_Use] = []
        self._step: _Step | None = None
        self._counts: list[dict[str, int]] = [{}]
        self._count = 0

    def start(self, name: str, attributes: list[str], line: int) -> None:
        symbol, written = written_name(name)
        self._step = _Step(symbol, written, self._count, line, self._step, self._counts[-1])
        self._counts.append({})
        self._count += 1
        for index in range(0, len(attributes), 2):
            attribute, shown = written_name(attributes[index])
            kind = self._kinds.get((symbol, attribute))
            if kind is not None:
                self._use(kind, _Use(self._step, index // 2, shown, attributes[index + 1]))

    def end(self, _name: str) -> None:
        assert self._step is not None  # an element was begun
        self._step = self._step.parent
        self._counts.pop()

    def _use(self, kind: str, use: _Use) -> None:
        if kind != "ID":
            self._references.append(use)
        elif self._owners.setdefault(use.value.strip(BLANKS), use) is not use:
            self._repeated.append(use)

    def lapses(self) -> Iterator[Lapse]:
        for use in self._repeated:
            owner = self._owners[use.value.strip(BLANKS)].step
            message = f"the identifier {use.value.strip(BLANKS)!r} is taken by <{owner.written}> in line {owner.line}"
            yield _lapse("duplicate-id", message, use, use.value.strip(BLANKS), "")
        for use in self._references:
            for value in use.value.split():
                if value not in self._owners:
                    message = f"nothing has the identifier {value!r}"
                    yield _lapse("unknown-id", message, use, value, nearest(value, self._owners))


def _lapse(code: str, message: str, use: _Use, value: str, suggestion: str) -> Lapse:
    path = f"{use.step.path()}/@{use.written}"
    return Lapse(code, message, use.step.ordinal, use.attribute, path, value, suggestion)
