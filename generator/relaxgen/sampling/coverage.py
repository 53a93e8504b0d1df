"""The positions of a schema that documents exercise.

A valid document exercises a position if a match of the document uses the pattern. If a schema is ambiguous, all matches
count. The validator finds the element patterns that each element matches. The patterns that are used are then found
from the root downwards, in each content by a walk through its derivatives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..relaxng.compilation import compile_patterns
from ..relaxng.simplified_form import SimplifiedForm
from ..runtime.diagnosis import Node, read_document
from ..runtime.events import Unreadable, source_of
from ..runtime.grammar import Automaton, Grammar
from ..runtime.markup import BLANKS
from ..runtime.patterns import (
    Attribute,
    Choice,
    Data,
    Derivatives,
    Element,
    Group,
    Interleave,
    Leaf,
    List,
    OneOrMore,
    Pattern,
    Patterns,
    Value,
)
from .schema_positions import Key, Position, positions_of


@dataclass(frozen=True, slots=True)
class Coverage:
    """``counts`` is the number of documents that exercise each position."""

    positions: tuple[Position, ...]
    counts: Mapping[Key, int]
    documents: int

    @property
    def reached(self) -> tuple[Position, ...]:
        return tuple(position for position in self.positions if self.counts.get(position.key))

    @property
    def missed(self) -> tuple[Position, ...]:
        return tuple(position for position in self.positions if not self.counts.get(position.key))

    @property
    def percentage(self) -> float:
        """100 for a schema without positions: nothing is missed."""
        return 100 * len(self.reached) / len(self.positions) if self.positions else 100.0


class CoverageMeter:
    """Counts the positions that documents exercise."""

    def __init__(self, form: SimplifiedForm, prefixes: Mapping[str, str] | None = None) -> None:
        self._positions = positions_of(form, prefixes)
        self._grammar = Grammar(compile_patterns(form))
        self._automaton = Automaton(self._grammar)
        self._counts: dict[Key, int] = {}
        self._documents = 0

    def add(self, document: Any, *, name: str = "") -> bool:
        """Adds a document in any form that `Validator.validate` accepts. Returns False for an invalid one."""
        try:
            source = source_of(document, name)
            if self._automaton.is_crowded:
                self._automaton.forget()
            root, judge = read_document(self._grammar, self._automaton, source)
        except Unreadable:
            return False
        found = set(_Reading(self._grammar).keys(root, judge.start))
        if not found:
            return False
        self._documents += 1
        for key in found:
            self._counts[key] = self._counts.get(key, 0) + 1
        return True

    @property
    def coverage(self) -> Coverage:
        return Coverage(self._positions, dict(self._counts), self._documents)


Label = Element | Attribute | Leaf | None
Step = Callable[[Pattern], Iterable[tuple[Label, Pattern]]]


class _Reading:
    """All matches of one document."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._derivatives: Derivatives = grammar.derivatives

    def keys(self, root: Node, start: Pattern) -> Iterator[Key]:
        """The keys of positions; none for an invalid document."""
        (elements,), _ = used(start, [self._by_child(root)], _is_nullable)
        waiting: list[tuple[Node, set[Any]]] = [(root, elements)]
        while waiting:
            node, elements = waiting.pop()
            inner: dict[int, set[Any]] = {}
            for element in elements:
                yield from self._in_element(node, element, inner)
            children = [child for child in node.content if isinstance(child, Node)]
            waiting.extend((child, inner.get(child.ordinal, set())) for child in children)

    def _in_element(self, node: Node, element: Element, inner: dict[int, set[Any]]) -> Iterator[Key]:
        """The positions in an element that matches `element`. The matches of its children are added to `inner`."""
        place = self._grammar.place(element.location)
        yield place, "", ""
        attributes = [self._by_attribute(name, value, node) for name, _, value in node.attributes]
        items = [self._by_text if isinstance(item, str) else self._by_child(item) for item in node.content]
        is_end = _is_nullable if node.has_children else lambda pattern: self._accepts(pattern, node.text, node)
        labels, ends = used(element.content, [*attributes, self._closed, *items], is_end)
        for (_, _, value), matched in zip(node.attributes, labels, strict=False):
            for attribute in matched:
                here = self._grammar.place(attribute.location)
                yield place, here, ""
                for leaf in self._leaves(attribute.pattern, value, node):
                    yield place, here, self._grammar.place(leaf.location)
        for item, children in zip(node.content, labels[len(node.attributes) + 1 :], strict=True):
            if isinstance(item, Node):
                inner.setdefault(item.ordinal, set()).update(children)
        if not node.has_children:
            for end in ends:
                for leaf in self._leaves(end, node.text, node):
                    yield place, "", self._grammar.place(leaf.location)

    # Steps through a content

    def _by_attribute(self, name: str, value: str, node: Node) -> Step:
        def step(pattern: Pattern) -> Iterator[tuple[Label, Pattern]]:
            for candidate in pattern.attributes:
                if name in candidate.name_class and self._accepts(candidate.pattern, value, node):
                    yield candidate, self._derivatives.without_attribute(pattern, frozenset([candidate]))

        return step

    def _closed(self, pattern: Pattern) -> Iterator[tuple[Label, Pattern]]:
        yield None, self._derivatives.closed(pattern)

    def _by_text(self, pattern: Pattern) -> Iterator[tuple[Label, Pattern]]:
        yield None, self._derivatives.mixed(pattern)

    def _by_child(self, child: Node) -> Step:
        name = self._grammar.symbols.of(child.name)

        def step(pattern: Pattern) -> Iterator[tuple[Label, Pattern]]:
            for element, rest in self._derivatives.opened(pattern, name).items():
                if child.matches.get(element):
                    yield element, rest

        return step

    # Texts

    def _accepts(self, pattern: Pattern, text: str, node: Node) -> bool:
        return self._derivatives.accepts(pattern, text, node.namespaces)

    def _leaves(self, pattern: Pattern, text: str, node: Node) -> Iterator[Value | Data]:
        """The values and datatypes that a text matches."""
        match pattern:
            case Value() | Data():
                if self._accepts(pattern, text, node):
                    yield pattern
            case List():
                yield from self._leaves_in_list(pattern, text, node)
            case Choice():
                for member in pattern.members:
                    yield from self._leaves(member, text, node)
            case Group() | Interleave():
                yield from self._leaves_beside(pattern, text, node)
            case OneOrMore():
                yield from self._leaves(pattern.pattern, text, node)

    def _leaves_beside(self, pattern: Group | Interleave, text: str, node: Node) -> Iterator[Value | Data]:
        """One member matches the text, and all others match nothing."""
        members = pattern.flat_parts()
        demanding = [member for member in members if not member.nullable]
        if len(demanding) < 2:
            for member in demanding or members:
                yield from self._leaves(member, text, node)

    def _leaves_in_list(self, pattern: List, text: str, node: Node) -> Iterator[Value | Data]:
        tokens = text.translate(_ONLY_SPACES).split()
        labels, _ = used(pattern.pattern, [self._by_token(token, node) for token in tokens], _is_nullable)
        for leaves in labels:
            yield from (leaf for leaf in leaves if isinstance(leaf, (Value, Data)))

    def _by_token(self, token: str, node: Node) -> Step:
        def step(pattern: Pattern) -> Iterator[tuple[Label, Pattern]]:
            for leaf, rest in first_words(self._grammar.patterns, pattern):
                if self._accepts(leaf, token, node):
                    yield leaf, rest

        return step


def first_words(patterns: Patterns, pattern: Pattern) -> Iterator[tuple[Leaf, Pattern]]:
    """The patterns that the first word of a list may match, each with the pattern for the words after it."""
    if isinstance(pattern, Leaf):
        yield pattern, patterns.empty
    for part, whole in patterns.beginnings(pattern):
        for leaf, rest in first_words(patterns, part):
            yield leaf, whole(rest)


_ONLY_SPACES = str.maketrans(BLANKS, " " * len(BLANKS))


def _is_nullable(pattern: Pattern) -> bool:
    return pattern.nullable


def used(
    start: Pattern, steps: Sequence[Step], is_end: Callable[[Pattern], bool]
) -> tuple[list[set[Any]], list[Pattern]]:
    """For each step, the labels on the ways from `start` to an end; and the ends that ways reach."""
    layer = [start]
    edges: list[list[tuple[Pattern, Label, Pattern]]] = []
    for step in steps:
        edges.append([(pattern, label, rest) for pattern in layer for label, rest in step(pattern)])
        layer = list(dict.fromkeys(rest for _, _, rest in edges[-1]))
    ends = [pattern for pattern in layer if is_end(pattern)]
    live, labels = set(ends), list[set[Any]]()
    for between in reversed(edges):
        labels.append({label for _, label, rest in between if rest in live and label is not None})
        live = {pattern for pattern, _, rest in between if rest in live}
    return labels[::-1], ends
