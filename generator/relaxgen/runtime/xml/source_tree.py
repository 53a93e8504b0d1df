"""XML as a tree that knows at which byte its parts stand."""

from __future__ import annotations

from functools import cached_property
from xml.parsers import expat

from .namespaces import BLANKS, XML_NAMESPACE
from .positions import Tag, read_tag

LAYOUT_MARK = "relaxgen-layout"
"""The target of a processing instruction that marks an element in which white space is layout; formatting never writes
others."""

Scope = dict["str | None", str]


class Node:
    """An element. Names are ``uri local``, or ``local`` in no namespace.

    ``gaps`` are the texts before, between and behind the ``children``, one more than there are of these; comments and
    instructions are no part of them. ``scope`` has all namespace declarations that hold here, ``declared`` those that
    do not hold around it. ``start`` is the offset of the start tag, ``close`` that of the end tag. ``is_elastic`` tells
    that white space around the children is layout; only a marked text says so.
    """

    __slots__ = (
        "__dict__",
        "attributes",
        "children",
        "close",
        "data",
        "declared",
        "gaps",
        "is_elastic",
        "name",
        "parent",
        "scope",
        "start",
    )

    scope: Scope

    def __init__(
        self, data: bytes, start: int, name: str, attributes: dict[str, str], parent: Node | None, declared: Scope
    ) -> None:
        around: Scope = parent.scope if parent is not None else {"xml": XML_NAMESPACE}
        self.data = data
        self.start = start
        self.close = start
        self.name = name
        self.attributes = attributes
        self.parent = parent
        self.declared = {prefix: uri for prefix, uri in declared.items() if around.get(prefix, "") != uri}
        self.scope = {**around, **self.declared} if self.declared else around
        self.children: list[Node] = []
        self.gaps = [""]
        self.is_elastic = False

    @cached_property
    def tag(self) -> Tag:
        return read_tag(self.data, self.start)

    @property
    def raw_name(self) -> str:
        return self.data[self.start + 1 : self.tag.name_end].decode("utf-8")

    @property
    def end(self) -> int:
        """Behind the end tag."""
        return self.tag.end if self.tag.is_empty else self.data.index(b">", self.close) + 1

    def raw_gaps(self) -> list[str]:
        """The gaps as they are written, with comments, instructions and references."""
        if self.tag.is_empty:
            return [""]
        starts = [self.tag.end, *(child.end for child in self.children)]
        ends = [*(child.start for child in self.children), self.close]
        return [self.data[start:end].decode("utf-8") for start, end in zip(starts, ends, strict=True)]

    @cached_property
    def key(self) -> int:
        """Equal for elements that are equal but for layout; for finding them, not for relying on it."""
        texts = tuple([gap.strip(BLANKS) for gap in self.gaps])
        children = tuple([child.key for child in self.children])
        return hash((self.name, frozenset(self.attributes.items()), texts, children))

    def raw(self) -> str:
        return self.data[self.start : self.end].decode("utf-8")

    def expanded(self, name: str) -> str:
        """The name of an attribute as the keys of ``attributes`` have it."""
        prefix, colon, local = name.partition(":")
        return f"{self.scope.get(prefix, prefix)} {local}" if colon else name


def read_tree(data: bytes) -> Node:
    """The document element of UTF-8 without a byte order mark.

    Raises:
        ExpatError: it is not well-formed.
    """
    return _Builder(data).root()


class _Builder:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._open: list[Node] = []
        self._root: Node | None = None
        self._declared: Scope = {}
        self._parser = parser = expat.ParserCreate("utf-8", " ")
        parser.buffer_text = True
        parser.StartNamespaceDeclHandler = self._declare
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.ProcessingInstructionHandler = self._instruction

    def root(self) -> Node:
        self._parser.Parse(self._data, True)
        assert self._root is not None  # expat refuses a document without any
        return self._root

    def _declare(self, prefix: str | None, uri: str | None) -> None:
        self._declared[prefix] = uri or ""

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        parent = self._open[-1] if self._open else None
        node = Node(self._data, self._parser.CurrentByteIndex, name, attributes, parent, self._declared)
        self._declared = {}
        if parent is None:
            self._root = node
        else:
            parent.children.append(node)
            parent.gaps.append("")
        self._open.append(node)

    def _end(self, _name: str) -> None:
        self._open.pop().close = self._parser.CurrentByteIndex

    def _text(self, text: str) -> None:
        self._open[-1].gaps[-1] += text

    def _instruction(self, target: str, _data: str) -> None:
        if target == LAYOUT_MARK and self._open:
            self._open[-1].is_elastic = True
