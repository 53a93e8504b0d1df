"""XML that no class describes, kept whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, SupportsIndex


class AnyElement:
    """An element with everything in it.

    ``name`` and the names of ``attributes`` are ``{uri}local``, or ``local`` in no namespace. ``content`` holds
    elements and texts in their order. ``prefixes`` are the namespace declarations that stand on this element.
    """

    __slots__ = ("attributes", "content", "name", "prefixes")
    __match_args__ = ("name", "attributes", "content")
    __hash__ = None  # type: ignore[assignment]  # mutable

    name: str
    attributes: dict[str, str]
    content: list[AnyElement | str]
    prefixes: dict[str | None, str]

    def __init__(
        self,
        name: str,
        attributes: Mapping[str, str] | None = None,
        content: Iterable[AnyElement | str] = (),
        prefixes: Mapping[str | None, str] | None = None,
    ) -> None:
        self.name = name
        self.attributes = dict(attributes or {})
        self.content = list(content)
        self.prefixes = dict(prefixes or {})

    def __eq__(self, other: object) -> bool:
        """Prefixes do not count: names are compared by namespace."""
        if not isinstance(other, AnyElement):
            return NotImplemented
        return (self.name, self.attributes, self.content) == (other.name, other.attributes, other.content)

    def __repr__(self) -> str:
        parts = [repr(self.name)]
        if self.attributes:
            parts.append(f"attributes={self.attributes!r}")
        if self.content:
            parts.append(f"content={self.content!r}")
        return f"AnyElement({', '.join(parts)})"

    def __reduce_ex__(self, protocol: SupportsIndex) -> str | tuple[Any, ...]:
        """Protocols 0 and 1 know nothing of slots; what protocol 2 does they can carry."""
        return super().__reduce_ex__(max(2, protocol.__index__()))

    @property
    def text(self) -> str:
        """All text inside, at any depth."""
        return "".join(part if isinstance(part, str) else part.text for part in self.content)

    def elements(self, name: str | None = None) -> list[AnyElement]:
        """The child elements, or those of one name."""
        return [part for part in self.content if not isinstance(part, str) and name in (None, part.name)]


def declared_on(node: Any) -> dict[str | None, str]:
    """The namespace declarations that stand on an lxml element itself."""
    above = node.getparent()
    inherited: dict[str | None, str] = above.nsmap if above is not None else {}
    return {prefix: uri for prefix, uri in node.nsmap.items() if inherited.get(prefix) != uri}


_MANY_ATTRIBUTES = 100


def _attributes_of(node: Any) -> dict[str, str]:
    """The attributes. lxml's ``items`` looks up each value from the first attribute on, so of many XPath is asked."""
    if len(node.attrib) < _MANY_ATTRIBUTES:
        return dict(node.items())
    return dict(zip(node.keys(), map(str, node.xpath("@*", smart_strings=False)), strict=True))


def any_element(node: Any) -> AnyElement:
    """An lxml element with all its content, comments and processing instructions left out."""
    element = AnyElement(node.tag, _attributes_of(node), (), declared_on(node))
    _append_text(element.content, node.text)
    for child in node:
        if isinstance(child.tag, str):
            element.content.append(any_element(child))
        _append_text(element.content, child.tail)
    return element


def _append_text(content: list[AnyElement | str], text: str | None) -> None:
    if not text:
        return
    if content and isinstance(content[-1], str):
        content[-1] += text
    else:
        content.append(text)
