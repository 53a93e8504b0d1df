"""What decides that something is not allowed: «with type='file'».

Where a name is known in an element, or a child in its parent, but not in this combination, one attribute's value is
often the reason. It is found by leaving each attribute out in turn and looking whether the name is allowed then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
        node, element = finding.node, finding.element
        name = self._grammar.symbols.of(node.attributes[finding.attribute][0])
        if element is None:
            return ""
        for attribute, pattern in self._without_one(node, element, finding.attribute):
            if _allows_attribute(pattern, name):
                return _written(node, attribute)
        parent = node.parent
        if parent is None:
            return ""
        child = self._grammar.symbols.of(node.name)
        for candidate in parent.matches:
            for attribute, pattern in self._without_one(parent, candidate):
                if any(_allows_attribute(e.content, name) for e in elements_in(pattern) if child in e.name_class):
                    return _written(parent, attribute)
        return ""

    def of_element(self, finding: Finding) -> str:
        """What forbids a child: an attribute of its parent."""
        parent, element = finding.node.parent, finding.element
        if parent is None or element is None:
            return ""
        name = self._grammar.symbols.of(finding.node.name)
        if _allows_child(self._with(parent, element.content, range(len(parent.attributes))), name):
            return ""
        for attribute, pattern in self._without_one(parent, element):
            if _allows_child(pattern, name):
                return _written(parent, attribute)
        return ""

    def _without_one(self, node: Node, element: Element, besides: int = -1) -> Iterator[tuple[int, Pattern]]:
        """For each attribute what the element may have without it."""
        indexes = [index for index in range(len(node.attributes)) if index != besides]
        for left_out in indexes:
            pattern = self._with(node, element.content, (index for index in indexes if index != left_out))
            if pattern is not self._grammar.patterns.not_allowed:
                yield left_out, pattern

    def _with(self, node: Node, pattern: Pattern, indexes: Iterable[int]) -> Pattern:
        """What remains after some attributes of an element; those that do not fit are passed over."""
        derivatives, symbols = self._grammar.derivatives, self._grammar.symbols
        for index in indexes:
            name, _, value = node.attributes[index]
            known = symbols.of(name)
            fitting = frozenset(
                attribute
                for attribute in pattern.attributes
                if known in attribute.name_class and derivatives.accepts(attribute.pattern, value, node.namespaces)
            )
            if fitting:
                pattern = derivatives.without_attribute(pattern, fitting)
        return pattern


def _allows_attribute(pattern: Pattern, name: str) -> bool:
    return any(name in attribute.name_class for attribute in pattern.attributes)


def _allows_child(pattern: Pattern, name: str) -> bool:
    return any(name in element.name_class for element in elements_in(pattern))


def _written(node: Node, index: int) -> str:
    _, written, value = node.attributes[index]
    return f"{written}={value!r}"
