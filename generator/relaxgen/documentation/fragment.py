"""A piece of XML under construction, and its text, in segments that a page can colour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..binding.model import ClassModel
from ..relaxng.name_class import QName
from ..runtime.xml.namespaces import XML_NAMESPACE

WIDEST_TAG = 72
"""A start tag that is longer continues on further lines."""


@dataclass(slots=True)
class Fragment:
    """``owner`` is the class of the element; None for one with nothing but text. Children have their place in the
    schema's order."""

    name: QName
    owner: ClassModel | None = None
    attributes: dict[QName, str] = field(default_factory=dict)
    children: list[tuple[int, Fragment]] = field(default_factory=list)
    text: str = ""

    def add(self, position: int, child: Fragment) -> None:
        """Behind what stands at the same place or before it."""
        index = sum(1 for place, _ in self.children if place <= position)
        self.children.insert(index, (position, child))

    def copy(self) -> Fragment:
        children = [(position, child.copy()) for position, child in self.children]
        return Fragment(self.name, self.owner, dict(self.attributes), children, self.text)

    @property
    def size(self) -> int:
        return 1 + sum(child.size for _, child in self.children)

    def names(self) -> Iterator[QName]:
        yield self.name
        yield from self.attributes
        for _, child in self.children:
            yield from child.names()


@dataclass(frozen=True, slots=True)
class Segment:
    """``kind`` is ``tag``, ``name`` (of an attribute), ``value``, or empty for white space and text."""

    kind: str
    text: str


def text_of(fragment: Fragment, prefixes: Mapping[str, str]) -> str:
    return "".join(segment.text for segment in segments_of(fragment, prefixes))


def segments_of(fragment: Fragment, prefixes: Mapping[str, str]) -> tuple[Segment, ...]:
    """``prefixes`` are by namespace, as the schemas use them."""
    chosen = _chosen_prefixes(fragment, prefixes)
    declarations = {
        f"xmlns:{prefix}" if prefix else "xmlns": namespace
        for namespace, prefix in chosen.items()
        if namespace not in ("", XML_NAMESPACE)
    }
    return tuple(_segments(fragment, chosen, declarations, 0))


def _chosen_prefixes(fragment: Fragment, prefixes: Mapping[str, str]) -> dict[str, str]:
    """Namespaces without a prefix of their own are declared as the default where nothing speaks against that: the
    outermost element's, if no attribute is in it."""
    chosen = {XML_NAMESPACE: "xml", "": ""}
    attributes = {name.namespace for name in _attribute_names(fragment)}
    for name in fragment.names():
        namespace = name.namespace
        if namespace in chosen:
            continue
        prefix = prefixes.get(namespace, "")
        if not prefix and (namespace != fragment.name.namespace or namespace in attributes):
            prefix = f"ns{len(chosen) - 1}"
        taken = prefix in [other for known, other in chosen.items() if known]
        chosen[namespace] = f"ns{len(chosen) - 1}" if taken else prefix
    if chosen.get(fragment.name.namespace) == "" and fragment.name.namespace:
        del chosen[""]
        if any(not name.namespace for name in _element_names(fragment)):
            chosen[fragment.name.namespace] = "ns0"
            chosen[""] = ""
    return chosen


def _attribute_names(fragment: Fragment) -> Iterator[QName]:
    yield from fragment.attributes
    for _, child in fragment.children:
        yield from _attribute_names(child)


def _element_names(fragment: Fragment) -> Iterator[QName]:
    yield fragment.name
    for _, child in fragment.children:
        yield from _element_names(child)


def _segments(
    fragment: Fragment, prefixes: Mapping[str, str], declarations: Mapping[str, str], depth: int
) -> Iterator[Segment]:
    margin = "  " * depth
    tag = _prefixed(fragment.name, prefixes)
    yield Segment("", margin)
    yield Segment("tag", f"<{tag}")
    written = {_prefixed(name, prefixes): value for name, value in fragment.attributes.items()}
    yield from _attributes({**declarations, **written}, f"{margin} {' ' * len(tag)} ")
    if not fragment.children and not fragment.text:
        yield Segment("tag", "/>")
        yield Segment("", "\n")
        return
    yield Segment("tag", ">")
    if fragment.text:
        yield Segment("", _escaped(fragment.text))
    if fragment.children:
        yield Segment("", "\n")
        for _, child in fragment.children:
            yield from _segments(child, prefixes, {}, depth + 1)
        yield Segment("", margin)
    yield Segment("tag", f"</{tag}>")
    yield Segment("", "\n")


def _attributes(attributes: Mapping[str, str], margin: str) -> Iterator[Segment]:
    column = len(margin)
    for index, (name, value) in enumerate(attributes.items()):
        quoted = _quoted(value)
        width = len(name) + len(quoted) + 2
        if index and column + width > WIDEST_TAG:
            yield Segment("", f"\n{margin}")
            column = len(margin)
        else:
            yield Segment("", " ")
        column += width
        yield Segment("name", name)
        yield Segment("", "=")
        yield Segment("value", quoted)


def _prefixed(name: QName, prefixes: Mapping[str, str]) -> str:
    prefix = prefixes.get(name.namespace, "")
    return f"{prefix}:{name.local}" if prefix else name.local


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def _quoted(text: str) -> str:
    escaped = _escaped(text).replace("\n", "&#10;").replace("\t", "&#9;")
    return f"'{escaped}'" if "'" not in escaped else '"' + escaped.replace('"', "&quot;") + '"'
