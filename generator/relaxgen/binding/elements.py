"""Which element patterns are the same one: the identity that classes are built on.

A schema is read together with what it includes, and several schemas that give one package include the same files. An
element pattern is identified by the place where its author wrote it, as long as what it contains is the same too:
an override, or a nested grammar that defines a name anew, can give one place two meanings. So places are a first
partition, and it is refined by content until it is stable (partition refinement, as in the minimisation of automata).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..diagnostics.locations import Position
from ..relaxng.name_class import NameClass
from ..relaxng.pattern import Attribute, Data, Element, Empty, NotAllowed, Pattern, Ref, Text, Value, children
from ..relaxng.schema import Schema, SchemaDefine
from .naming import words


@dataclass(frozen=True, slots=True)
class ElementPattern:
    """One element pattern of one schema. ``define`` is the author's name of the innermost definition around it, when
    no other element is between; ``number`` is its identity among all schemas of the package."""

    schema: int
    pattern: Element
    define: str
    sole: bool
    """Whether it is the only element that its define holds at the top."""
    number: int


class ElementTable:
    """All element patterns that the start patterns of some schemas reach, each with its identity."""

    def __init__(self, schemas: Sequence[Schema], starts: Sequence[Pattern] | None = None) -> None:
        self.schemas = tuple(schemas)
        self.starts = tuple(starts) if starts is not None else tuple(schema.start for schema in schemas)
        self._found: dict[tuple[int, int], _Found] = {}
        for index, start in enumerate(self.starts):
            self._collect(index, start)
        numbers = _refine(list(self._found.values()))
        self._identities: dict[tuple[int, int], ElementPattern] = {}
        self.patterns: dict[int, ElementPattern] = {}
        for key, found in self._found.items():
            number = numbers[key]
            if number not in self.patterns:
                self.patterns[number] = ElementPattern(found.schema, found.pattern, found.define, found.sole, number)
            self._identities[key] = self.patterns[number]
        self._flavours = _flavours(self.patterns.values())

    def with_flavours(self, elements: Iterable[int]) -> frozenset[int]:
        """Some element patterns, and those that their author calls the same but for punctuation: ``_emphasis`` beside
        ``emphasis``."""
        return frozenset().union(*(self._flavours.get(one, (one,)) for one in elements))

    def identify(self, schema: int, element: Element) -> ElementPattern:
        """The representative of all patterns that are the same as `element`."""
        return self._identities[schema, id(element)]

    def define_of(self, schema: int, reference: Ref) -> Pattern:
        return self.schemas[schema].defines[reference.name].pattern

    def referred(self, schema: int, pattern: Pattern) -> Iterator[tuple[str, SchemaDefine]]:
        """The defines that a pattern refers to, directly or through others, with their keys: each once, as long as no
        element is between."""
        seen: set[str] = set()
        stack = [pattern]
        while stack:
            current = stack.pop()
            if isinstance(current, Ref) and current.name not in seen:
                seen.add(current.name)
                define = self.schemas[schema].defines[current.name]
                yield current.name, define
                stack.append(define.pattern)
            elif not isinstance(current, (Attribute, Element)):
                stack.extend(children(current))

    def _collect(self, schema: int, start: Pattern) -> None:
        """Breadth first, so that numbers follow the distance from the root."""
        queue: list[tuple[Pattern, str]] = [(start, "")]
        done_defines: set[str] = set()
        for pattern, define in queue:  # grows while it is gone through
            for element, name, sole in self._top_elements(schema, pattern, define, done_defines):
                key = schema, id(element)
                if key not in self._found:
                    self._found[key] = _Found(schema, element, name, sole, self)
                    queue.append((element.pattern, ""))

    def _top_elements(
        self, schema: int, pattern: Pattern, define: str, done: set[str]
    ) -> list[tuple[Element, str, bool]]:
        """The elements of `pattern` that no other element contains, each with its define; a define is entered once,
        since its elements are the same ones every time."""
        found: list[tuple[Element, str]] = []
        stack = [(pattern, define)]
        while stack:
            current, name = stack.pop()
            match current:
                case Element():
                    found.append((current, name))
                case Ref():
                    if current.name not in done:
                        done.add(current.name)
                        target = self.schemas[schema].defines[current.name]
                        stack.append((target.pattern, target.name))
                case Attribute():
                    pass
                case _:
                    stack.extend((child, name) for child in reversed(children(current)))
        counts = Counter(name for _, name in found)
        return [(element, name, counts[name] == 1) for element, name in found]


@dataclass(frozen=True, slots=True)
class _Found:
    schema: int
    pattern: Element
    define: str
    sole: bool
    table: ElementTable

    @property
    def key(self) -> tuple[int, int]:
        return self.schema, id(self.pattern)

    def structure(self) -> Iterator[object]:
        """The element's content as a flat sequence: what is equal in two schemas gives equal sequences, but for the
        elements inside, which are given as their keys. A define is entered again each time: section 4.19 has made sure
        that this ends."""
        yield self.pattern.name
        stack: list[Pattern | None] = [self.pattern.pattern]
        while stack:
            current = stack.pop()
            match current:
                case None:
                    yield ")"
                case Element():
                    yield _Child((self.schema, id(current)))
                case Ref():
                    stack.append(self.table.define_of(self.schema, current))
                case Empty() | Text() | NotAllowed() | Value():
                    yield current
                case _:
                    yield type(current).__name__
                    if isinstance(current, Attribute):
                        yield current.name
                    if isinstance(current, Data):
                        yield current.datatype
                        yield current.params
                    stack.append(None)
                    stack.extend(reversed(children(current)))


@dataclass(frozen=True, slots=True)
class _Child:
    key: tuple[int, int]


def _flavours(patterns: Iterable[ElementPattern]) -> dict[int, frozenset[int]]:
    """For those that have others all of these and itself. A define of the same name is another thing: that of another
    grammar."""
    groups: dict[tuple[int, NameClass, tuple[str, ...]], list[ElementPattern]] = defaultdict(list)
    for one in patterns:
        if one.sole and one.define:
            groups[one.schema, one.pattern.name, words(one.define)].append(one)
    return {
        one.number: frozenset(other.number for other in group)
        for group in groups.values()
        if len(group) > 1 and len({one.define for one in group}) == len(group)
        for one in group
    }


def _refine(found: list[_Found]) -> dict[tuple[int, int], int]:
    """Numbers for classes of equal patterns, in order of first appearance."""
    groups: dict[Position, list[_Found]] = defaultdict(list)
    for one in found:
        groups[one.pattern.location.position].append(one)
    block: dict[tuple[int, int], int] = {}
    for number, group in enumerate(groups.values()):
        for one in group:
            block[one.key] = number
    doubtful = [group for group in groups.values() if len(group) > 1]
    structures = {one.key: tuple(one.structure()) for group in doubtful for one in group}
    while True:
        before = len(set(block.values()))
        next_number = max(block.values(), default=0) + 1
        changes: dict[tuple[int, int], int] = {}
        for group in doubtful:
            by_content: dict[tuple[object, ...], int] = {}
            for one in group:
                content = (block[one.key], *(_resolved(item, block) for item in structures[one.key]))
                if content not in by_content:
                    by_content[content] = block[one.key] if not by_content else next_number
                    next_number += 1
                changes[one.key] = by_content[content]
        block.update(changes)
        if len(set(block.values())) == before:
            break
    order: dict[int, int] = {}
    for one in found:
        order.setdefault(block[one.key], len(order))
    return {key: order[number] for key, number in block.items()}


def _resolved(item: object, block: dict[tuple[int, int], int]) -> object:
    return ("element", block[item.key]) if isinstance(item, _Child) else item
