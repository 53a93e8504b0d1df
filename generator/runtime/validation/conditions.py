"""What decides that something is not allowed: «with type='file'».

Where a name is known in an element, or a child in its parent, but not in this combination, one attribute's value is
often the reason. It is found by looking which attribute forbids the name all by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .derivatives import elements_in
from .document import Node
from .grammar import Grammar
from .patterns import Element, Pattern
from .search import Finding


class Conditions:
    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar

    def of_attribute(self, finding: Finding) -> str:
        """What forbids the attribute of a finding: an attribute of its element, or of the parent."""
        node = finding.node
        name = self._grammar.symbols.of(node.attributes[finding.attribute][0])
        elements = [] if finding.element is None else [finding.element]
        own = self._forbidding(node, elements, lambda pattern: _allows_attribute(pattern, name), finding.attribute)
        if own or node.parent is None or any(_allows_attribute(element.content, name) for element in elements):
            return own
        child = self._grammar.symbols.of(node.name)

        def allows(pattern: Pattern) -> bool:
            inside = elements_in(pattern)
            return any(child in inner.name_class and _allows_attribute(inner.content, name) for inner in inside)

        return self._forbidding(node.parent, node.parent.matches, allows)

    def of_child(self, finding: Finding) -> str:
        """What forbids a child: an attribute of its parent."""
        name = self._grammar.symbols.of(finding.node.name)
        return self._of_inner(finding, lambda inner: name in inner.name_class)

    def of_kind(self, finding: Finding) -> str:
        """What forbids a child of this kind, while others of its name are allowed."""
        return self._of_inner(finding, lambda inner: finding.node.matches.get(inner, False))

    def _of_inner(self, finding: Finding, is_child: Callable[[Element], bool]) -> str:
        parent, element = finding.node.parent, finding.element
        if parent is None or element is None:
            return ""
        return self._forbidding(parent, [element], lambda pattern: any(map(is_child, elements_in(pattern))))

    def _forbidding(
        self, node: Node, elements: Iterable[Element], allows: Callable[[Pattern], bool], besides: int = -1
    ) -> str:
        """The attribute without which one of the patterns for an element would allow something."""
        for element in elements:
            if not allows(element.content):
                continue
            for index in range(len(node.attributes)):
                if index != besides and not allows(self._after(node, index, element.content)):
                    _, written, value = node.attributes[index]
                    return f"{written}={value!r}"
        return ""

    def _after(self, node: Node, index: int, pattern: Pattern) -> Pattern:
        """What remains after one attribute of an element; all, where it does not fit."""
        derivatives = self._grammar.derivatives
        name, _, value = node.attributes[index]
        known = self._grammar.symbols.of(name)
        fitting = frozenset(
            attribute
            for attribute in pattern.attributes
            if known in attribute.name_class and derivatives.accepts(attribute.pattern, value, node.namespaces)
        )
        return derivatives.without_attribute(pattern, fitting) if fitting else pattern


def _allows_attribute(pattern: Pattern, name: str) -> bool:
    return any(name in attribute.name_class for attribute in pattern.attributes)
