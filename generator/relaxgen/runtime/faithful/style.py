"""How a document is written, for what is added to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from ..xml.escaping import attribute_text, escape_text
from ..xml.source_tree import Node
from .original import Original

ELEMENTS_LOOKED_AT = 1000

_LINE_END = re.compile(rb"\r\n?|\n")
_LAST_LINE = re.compile(r"[\r\n]([ \t]*)\Z")


@dataclass(frozen=True, slots=True)
class Style:
    """``step`` is the indentation of one level, None where elements stand on no lines of their own. ``newline`` is how
    lines end, ``quote`` is that of attributes, ``slash`` ends an empty element. ``encoding`` is what the text is meant
    for, None where that is not known."""

    step: str | None
    newline: str
    quote: str
    slash: str
    encoding: str | None

    def text(self, text: str) -> str:
        """Text between tags."""
        return self._carried(escape_text(text)).replace("\n", self.newline)

    def attribute(self, text: str, quote: str) -> str:
        """Text between quotes."""
        escaped = attribute_text(text)
        if quote == '"':
            escaped = escaped.replace("&apos;", "'").replace('"', "&quot;")
        return self._carried(escaped)

    def line(self, indent: str | None) -> str:
        """The start of a line of its own, nothing where there is none."""
        return "" if indent is None else self.newline + indent

    def deeper(self, indent: str | None) -> str | None:
        return None if indent is None or self.step is None else indent + self.step

    def _carried(self, text: str) -> str:
        if self.encoding is None:
            return text
        return text.encode(self.encoding, "xmlcharrefreplace").decode(self.encoding)


def style_of(original: Original, indent: int | None) -> Style:
    """The first example of each thing decides; ``indent`` where there is none."""
    data, nodes = original.data, list(islice(_nodes(original.root), ELEMENTS_LOOKED_AT))
    newline = _LINE_END.search(data)
    quote = next((data[node.tag.attributes[0][2] - 1 :][:1] for node in nodes if node.tag.attributes), b"'")
    empty = next((node.tag for node in nodes if node.tag.is_empty), None)
    return Style(
        step=_step(nodes, indent),
        newline=newline[0].decode() if newline is not None else "\n",
        quote=quote.decode(),
        slash=" />" if empty is not None and data[: empty.end].endswith(b" />") else "/>",
        encoding=original.encoding,
    )


def _step(nodes: list[Node], indent: int | None) -> str | None:
    for node in nodes:
        if node.children:
            own, inner = line_indent(node), last_line(node.raw_gaps()[0])
            if own is not None and inner is not None and inner.startswith(own):
                return inner[len(own) :]
    if indent is None or any(node.children for node in nodes):
        return None
    return " " * indent


def last_line(gap: str) -> str | None:
    """The white space between the last line end and the end; None where something else is there."""
    found = _LAST_LINE.search(gap)
    return found[1] if found is not None else None


def line_indent(node: Node) -> str | None:
    """The white space in front of an element that is the first thing on its line; None for others."""
    start = max(node.data.rfind(b"\n", 0, node.start), node.data.rfind(b"\r", 0, node.start)) + 1
    before = node.data[start : node.start].decode("utf-8")
    return before if not before.strip(" \t") else None


def _nodes(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.children))
