"""Sample documents as trees that do not change, and their text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..relaxng.name_class import QName
from ..runtime.xml.escaping import attribute_text, escape_text
from ..runtime.xml.namespaces import XML_NAMESPACE

_DECLARED = {"": "", XML_NAMESPACE: "xml"}
_INDENT = "  "

Declarations = tuple[tuple[str, str], ...]
"""Prefixes with their namespaces, empty where a name without prefix must be in no namespace."""


@dataclass(frozen=True, slots=True)
class SampleElement:
    """``children`` are elements and texts. ``declarations`` are those that texts of this element need, since they hold
    qualified names; what names of elements and attributes need is found when the text is written."""

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
        """How many elements and attributes there are."""
        return sum(1 + len(element.attributes) for element in self.elements())

    def to_xml(self, prefixes: Mapping[str, str] | None = None) -> str:
        """The text, indented where that adds no text to an element. ``prefixes`` are wishes, by namespace."""
        writer = _Writer(_chosen_prefixes(self, prefixes or {}))
        writer.write(self)
        return writer.text()


class _Writer:
    """Without recursion, since documents may be deep."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = prefixes
        self._pieces: list[str] = []

    def text(self) -> str:
        return "".join(self._pieces)

    def write(self, root: SampleElement) -> None:
        declared = [(prefix, uri) for uri, prefix in self._prefixes.items() if uri not in _DECLARED]
        self._write_all(root, _attributes_for(declared))
        self._pieces.append("\n")

    def _write_all(self, root: SampleElement, declarations: str) -> None:
        waiting: list[tuple[SampleElement, str, bool] | str] = [(root, "", True)]
        while waiting:
            step = waiting.pop()
            if isinstance(step, str):
                self._pieces.append(step)
                continue
            element, margin, is_indented = step
            name = self._name(element.name)
            self._pieces.append(f"<{name}{declarations}{_attributes_for(element.declarations)}")
            declarations = ""
            for attribute, value in element.attributes:
                self._pieces.append(f" {self._name(attribute)}='{attribute_text(value)}'")
            if not element.children:
                self._pieces.append("/>")
                continue
            self._pieces.append(">")
            is_indented = is_indented and not any(isinstance(child, str) for child in element.children)
            waiting.extend(reversed(list(_inside(element, f"</{name}>", margin, is_indented))))

    def _name(self, name: QName) -> str:
        prefix = self._prefixes[name.namespace]
        return f"{prefix}:{name.local}" if prefix else name.local


def _inside(
    element: SampleElement, end_tag: str, margin: str, is_indented: bool
) -> Iterator[tuple[SampleElement, str, bool] | str]:
    """What follows a start tag: texts as they are written, and elements still to be written."""
    inner = margin + _INDENT
    for child in element.children:
        if isinstance(child, str):
            yield escape_text(child)
        else:
            if is_indented:
                yield f"\n{inner}"
            yield child, inner, is_indented
    yield f"\n{margin}{end_tag}" if is_indented else end_tag


def _attributes_for(declarations: Declarations | list[tuple[str, str]]) -> str:
    return "".join(f" xmlns{':' if prefix else ''}{prefix}='{attribute_text(uri)}'" for prefix, uri in declarations)


def _chosen_prefixes(root: SampleElement, wishes: Mapping[str, str]) -> dict[str, str]:
    """A prefix for each namespace. The root's is the default namespace unless an element without namespace, an
    attribute in the root's, or a qualified name in a text speaks against that."""
    elements = list(root.elements())
    in_attributes = {name.namespace for element in elements for name, _ in element.attributes}
    without_namespace = any(not element.name.namespace for element in elements)
    own = {prefix for element in elements for prefix, _ in element.declarations}
    chosen = dict(_DECLARED)
    if root.name.namespace and not (own or without_namespace or root.name.namespace in in_attributes):
        chosen[root.name.namespace] = ""
    taken = own | {"xml", "xmlns", ""}
    for element in elements:
        for name in (element.name, *(attribute for attribute, _ in element.attributes)):
            if name.namespace not in chosen:
                chosen[name.namespace] = _free_prefix(wishes.get(name.namespace, ""), taken)
                taken.add(chosen[name.namespace])
    return chosen


def _free_prefix(wish: str, taken: set[str]) -> str:
    if wish and wish not in taken:
        return wish
    number = 1
    while f"ns{number}" in taken:
        number += 1
    return f"ns{number}"
