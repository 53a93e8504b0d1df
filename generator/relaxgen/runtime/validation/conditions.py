"""What decides that something is not allowed: «with type='file'».

Where a name is known in an element, or a child in its parent, but not in this combination, one attribute's value is
often the reason. It is found by looking which attribute forbids the name all by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .derivatives import elements_in
from .document import Node
from .grammar import Grammar
from .hypotheses import Finding
from .patterns import Element, Pattern

LEVELS = 3
"""So many elements around are looked at."""

_Test = Callable[[Pattern], bool]


class Conditions:
    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar

    def of_attribute(self, finding: Finding) -> str:
        """What forbids the attribute of a finding: an attribute of its element, or of one around."""
        name = self._grammar.symbols.of(finding.node.attributes[finding.attribute][0])

        def allows(pattern: Pattern) -> bool:
            return any(name in attribute.name_class for attribute in pattern.attributes)

        return self._upwards(finding.node, finding.element, allows, finding.attribute)

    def of_child(self, finding: Finding) -> str:
        """What forbids a child: an attribute of its parent, or of an element around."""
        name = self._grammar.symbols.of(finding.node.name)
        return self._of_inner(finding, lambda inner: name in inner.name_class)

    def of_kind(self, finding: Finding) -> str:
        """What forbids a child of this kind, while others of its name are allowed."""
        return self._of_inner(finding, lambda inner: finding.node.matches.get(inner, False))

    def foreign_attributes(self, finding: Finding) -> list[str]:
        """The attributes that the element does not take with the value that the finding is about, as written."""
        node, element = finding.node, finding.element
        if element is None:
            return []
        rest = self._after(node, finding.attribute, element.content)
        return [
            written
            for index, (name, written, _) in enumerate(node.attributes)
            if index != finding.attribute
            and not any(self._grammar.symbols.of(name) in attribute.name_class for attribute in rest.attributes)
        ]

    def excluding_sibling(self, finding: Finding) -> str:
        """The sibling beside which a child is not allowed in any order, though each is allowed without the other."""
        child = finding.node
        if child.parent is None or finding.element is None:
            return ""
        start = self._after_start_tag(child.parent, finding.element.content)
        after_child = self._after_child(start, child)
        for sibling in child.parent.children():
            if sibling.name == child.name:
                continue
            after_sibling = self._after_child(start, sibling)
            if after_child is None or after_sibling is None:
                continue
            if self._after_child(after_sibling, child) is None and self._after_child(after_child, sibling) is None:
                return sibling.written
        return ""

    def _after_start_tag(self, node: Node, pattern: Pattern) -> Pattern:
        for index in range(len(node.attributes)):
            pattern = self._after(node, index, pattern)
        return self._grammar.derivatives.closed(pattern)

    def _after_child(self, pattern: Pattern, child: Node) -> Pattern | None:
        """What remains after a child; None where it is not allowed."""
        rests = self._grammar.derivatives.opened(pattern, self._grammar.symbols.of(child.name))
        return self._grammar.patterns.choice(rests.values()) if rests else None

    def _of_inner(self, finding: Finding, is_child: Callable[[Element], bool]) -> str:
        def allows(pattern: Pattern) -> bool:
            return any(map(is_child, elements_in(pattern)))

        parent = finding.node.parent
        return "" if parent is None else self._upwards(parent, finding.element, allows)

    def _upwards(self, node: Node, element: Element | None, allows: _Test, besides: int = -1) -> str:
        """`allows` is about the content of `node`; where its own pattern allows it, no other element forbids it."""
        if element is None:
            return ""
        found = self._forbidding(node, [element], allows, besides)
        if found or allows(element.content):
            return found
        for _ in range(LEVELS):
            if node.parent is None:
                break
            allows = self._within(node, allows)
            node = node.parent
            found = self._forbidding(node, node.matches, allows)
            if found:
                break
        return found

    def _within(self, node: Node, allows: _Test) -> _Test:
        """The same for what is around `node`."""
        name = self._grammar.symbols.of(node.name)

        def allows_inside(pattern: Pattern) -> bool:
            return any(name in inner.name_class and allows(inner.content) for inner in elements_in(pattern))

        return allows_inside

    def _forbidding(self, node: Node, elements: Iterable[Element], allows: _Test, besides: int = -1) -> str:
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
