"""Sample documents as immutable trees, and their text in segments that a page can colour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ..relaxng.name_class import QName
from ..runtime.markup import XML_NAMESPACE, attribute_text, escape_text

_DECLARED = {"": "", XML_NAMESPACE: "xml"}
_INDENT = "  "

Declarations = tuple[tuple[str, str], ...]
"""Pairs of prefix and namespace. The namespace is empty if names without a prefix must be in no namespace."""


class Segment(NamedTuple):
    """``kind`` is ``tag``, ``name`` (of an attribute), ``value``, or empty for white space and text."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class SampleElement:
    """``children`` are elements and texts. ``declarations`` are those that the texts of this element need, because they
    contain qualified names; the declarations for names of elements and attributes are added when the text is written.
    """

    name: QName
    attributes: tuple[tuple[QName, str], ...] = ()
    children: tuple[SampleElement | str, ...] = ()
    declarations: Declarations = ()

    def elements(self) -> Iterator[SampleElement]:
        """This element and all inside it, in document order."""
        waiting: list[SampleElement] = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(child for child in reversed(element.children) if isinstance(child, SampleElement))

    @property
    def size(self) -> int:
        """The number of elements and attributes."""
        return sum(1 + len(element.attributes) for element in self.elements())

    def to_xml(self, prefixes: Mapping[str, str] | None = None) -> str:
        """The text, indented where that adds no text to an element. ``prefixes`` are preferences, by namespace."""
        return "".join(segment.text for segment in self.segments(prefixes))

    def segments(
        self, prefixes: Mapping[str, str] | None = None, *, prefix_root: bool = False, widest_tag: int | None = None
    ) -> Iterator[Segment]:
        """The text of `to_xml` in pieces.

        The root's namespace becomes the default one, unless ``prefix_root`` is set or something prevents it. A start
        tag that is wider than ``widest_tag`` continues on further lines.
        """
        yield from _Writer(_chosen_prefixes(self, prefixes or {}, prefix_root), widest_tag).segments(self)
        yield Segment("", "\n")


@dataclass(frozen=True, slots=True)
class Content:
    """The content of an element, or a part of it, with the attributes of `SampleElement`."""

    attributes: tuple[tuple[QName, str], ...] = ()
    children: tuple[SampleElement | str, ...] = ()
    declarations: Declarations = ()

    def __add__(self, other: Content) -> Content:
        attributes, children = self.attributes + other.attributes, self.children + other.children
        return Content(attributes, children, self.declarations + other.declarations)

    def of(self, name: QName) -> SampleElement:
        """The element that has this content."""
        return SampleElement(name, self.attributes, self.children, self.declarations)


class _Writer:
    """Works without recursion, because documents may be deep."""

    def __init__(self, prefixes: Mapping[str, str], widest_tag: int | None) -> None:
        self._prefixes = prefixes
        self._widest_tag = widest_tag

    def segments(self, root: SampleElement) -> Iterator[Segment]:
        declarations = _declared((prefix, uri) for uri, prefix in self._prefixes.items() if uri not in _DECLARED)
        waiting: list[tuple[SampleElement, str, bool] | Segment] = [(root, "", True)]
        while waiting:
            step = waiting.pop()
            if isinstance(step, Segment):
                yield step
                continue
            element, margin, is_indented = step
            name = self._name(element.name)
            yield Segment("tag", f"<{name}")
            written = [(self._name(attribute), value) for attribute, value in element.attributes]
            yield from self._attributes([*declarations, *_declared(element.declarations), *written], margin, name)
            declarations = []
            if not element.children:
                yield Segment("tag", "/>")
                continue
            yield Segment("tag", ">")
            is_indented = is_indented and not any(isinstance(child, str) for child in element.children)
            waiting.extend(reversed(list(_inside(element, f"</{name}>", margin, is_indented))))

    def _attributes(self, attributes: Iterable[tuple[str, str]], margin: str, tag: str) -> Iterator[Segment]:
        indent = f"{margin} {' ' * len(tag)} "
        column = len(indent)
        for index, (name, value) in enumerate(attributes):
            quoted = f"'{attribute_text(value)}'"
            width = len(name) + len(quoted) + 2
            if index and self._widest_tag is not None and column + width > self._widest_tag:
                yield Segment("", f"\n{indent}")
                column = len(indent)
            else:
                yield Segment("", " ")
            column += width
            yield Segment("name", name)
            yield Segment("", "=")
            yield Segment("value", quoted)

    def _name(self, name: QName) -> str:
        prefix = self._prefixes[name.namespace]
        return f"{prefix}:{name.local}" if prefix else name.local


def _declared(declarations: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(f"xmlns:{prefix}" if prefix else "xmlns", uri) for prefix, uri in declarations]


def _inside(
    element: SampleElement, end_tag: str, margin: str, is_indented: bool
) -> Iterator[tuple[SampleElement, str, bool] | Segment]:
    """The parts after a start tag: finished segments, and elements that are still to be written."""
    inner = margin + _INDENT
    for child in element.children:
        if isinstance(child, str):
            yield Segment("", escape_text(child))
        else:
            if is_indented:
                yield Segment("", f"\n{inner}")
            yield child, inner, is_indented
    if is_indented:
        yield Segment("", f"\n{margin}")
    yield Segment("tag", end_tag)


def _chosen_prefixes(root: SampleElement, preferred: Mapping[str, str], prefix_root: bool) -> dict[str, str]:
    """A prefix for each namespace. The root's namespace has one, too, if an element has no namespace, if an attribute
    is in the root's namespace, or if a text contains a qualified name."""
    elements = list(root.elements())
    in_attributes = {name.namespace for element in elements for name, _ in element.attributes}
    without_namespace = any(not element.name.namespace for element in elements)
    own = {prefix for element in elements for prefix, _ in element.declarations}
    chosen = dict(_DECLARED)
    if not (prefix_root or own or without_namespace or root.name.namespace in in_attributes):
        chosen[root.name.namespace] = ""
    taken = own | {"xml", "xmlns", ""}
    for element in elements:
        for name in (element.name, *(attribute for attribute, _ in element.attributes)):
            if name.namespace not in chosen:
                chosen[name.namespace] = _free_prefix(preferred.get(name.namespace, ""), taken)
                taken.add(chosen[name.namespace])
    return chosen


def _free_prefix(preferred: str, taken: set[str]) -> str:
    if preferred and preferred not in taken:
        return preferred
    number = 1
    while f"ns{number}" in taken:
        number += 1
    return f"ns{number}"
