"""How a document is written: its tree with the places in the text, its style, and the text between its tags."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple
from xml.parsers import expat

from .events import UnknownEncoding, encoding_of
from .faults import Fault, ParseError, Tag, read_tag
from .markup import BLANKS, XML_NAMESPACE, attribute_text, escape_text
from .reader import TEXT_NAME, Loaded, Source, bytes_of, read_document

# XML as a tree with the byte offsets of its parts.

LAYOUT_MARK = "relaxgen-layout"
"""The target of a processing instruction that marks an element in which white space is layout; formatting never writes
others."""

Scope = dict["str | None", str]


class Node:
    """An element. Names are ``uri local``, or ``local`` in no namespace.

    ``gaps`` are the texts before, between and behind the ``children``, one more than there are of these; comments and
    instructions are no part of them. ``scope`` has all namespace declarations that hold here, ``declared`` those that
    do not hold around it. ``start`` is the offset of the start tag, ``close`` that of the end tag. ``is_elastic``
    means that white space around the children is layout; only a marked text has it.
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


# Whether a text says what is wanted.


def first_difference(found: Node, wanted: Node) -> Node | None:
    """Returns the first element of `wanted`, in document order, that has another name, other attributes, other text or
    other children in `found`; None if there is none.

    White space counts where it is more than layout. Of prefixes only those count that `wanted` declares: more may be
    declared in `found`, and names may have others.
    """
    waiting = [(found, wanted)]
    while waiting:
        one, other = waiting.pop()
        if not _is_same(one, other):
            return other
        waiting.extend(zip(reversed(one.children), reversed(other.children), strict=True))
    return None


def _is_same(found: Node, wanted: Node) -> bool:
    if found.name != wanted.name or found.attributes != wanted.attributes:
        return False
    if len(found.children) != len(wanted.children):
        return False
    if found.gaps != wanted.gaps and not (wanted.is_elastic and _stripped(found) == _stripped(wanted)):
        return False
    return all(found.scope.get(prefix, "") == uri for prefix, uri in wanted.declared.items())


def _stripped(node: Node) -> list[str]:
    return [gap.strip(BLANKS) for gap in node.gaps]


# The text to be faithful to.


@dataclass(frozen=True, slots=True)
class Original:
    """``text`` begins with the byte order mark ``mark``, if the source has one. ``data`` is the rest in UTF-8, which is
    what offsets count. ``encoding`` is that of the bytes, None where the source was a text."""

    text: str
    mark: str
    data: bytes
    encoding: str | None
    root: Node


def read_original(source: Source) -> Original:
    """Raises:
    ParseError: the source is not well-formed XML, declares entities, or passes a bound.
    TypeError: it has no text.
    """
    given, file = _given(source)
    read_document(given, blanks=True)
    encoding = None if isinstance(given, str) else encoding_of(given)
    try:
        text = given if isinstance(given, str) else given.decode(encoding or "utf-8")
        mark = text[:1] if text[:1] == "\ufeff" else ""
        data = text[len(mark) :].encode("utf-8")
        return Original(text, mark, data, encoding, read_tree(data))
    except (UnknownEncoding, UnicodeError) as error:
        raise _refused(file, f"the text cannot be kept: {error}") from None
    except expat.ExpatError as error:
        raise _refused(file, f"not well-formed XML: {error}", error.lineno, error.offset + 1) from None


def _given(source: Any) -> tuple[str | bytes, str]:
    if isinstance(source, str):
        return source, TEXT_NAME
    found = source if isinstance(source, Loaded) else bytes_of(source)
    if found is not None:
        return found
    what = f"{type(source).__module__}.{type(source).__qualname__}"
    raise TypeError(f"{what} has no text to be like: pass a str, bytes, a path or a binary file")


def _refused(file: str, message: str, line: int = 1, column: int = 1) -> ParseError:
    return ParseError([Fault(file, line, column, "", "malformed", message)])


# How a document is written, for what is added to it.

ELEMENTS_LOOKED_AT = 1000

_LINE_END = re.compile(rb"\r\n?|\n")
_LAST_LINE = re.compile(r"[\r\n]([ \t]*)\Z")


@dataclass(frozen=True, slots=True)
class Style:
    """``step`` is the indentation of one level, None if elements are not on separate lines. ``newline`` is how
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


# The text between two tags, as it is written: changed where it says something else, cut where elements come in.

_UNITS = re.compile(
    r"(?P<none><!--.*?-->|<\?.*?\?>)|<!\[CDATA\[(?P<data>.*?)\]\]>|&(?P<reference>[^;]+);|(?P<line>\r\n?)|.", re.DOTALL
)
"""Of a single gap, in which no tag can be."""
_CHARACTERS = re.compile(r"\r\n?|.", re.DOTALL)
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}

_COMMENTS_ON_THE_LINE = re.compile(r"(?:[ \t]*(?:<!--.*?-->|<\?.*?\?>))+[ \t]*(?=[\r\n])", re.DOTALL)
_COMMENT_ABOVE = re.compile(
    r"(?:\r\n?|\n)[ \t]*(?:<!--(?:(?!-->).)*-->|<\?(?:(?!\?>).)*\?>)[ \t]*(?=(?:\r\n?|\n)[ \t]*\Z)", re.DOTALL
)
_INDENT = re.compile(r"(?<=[\r\n])[ \t]*\Z")
_REST_OF_LINE = re.compile(r"[ \t]*(?:\r\n?|\n)")


class Unit(NamedTuple):
    """``raw`` is how a character is written, or what is none: a comment, the edge of a CDATA section. ``section`` is
    the number of the section that it is in, or the edge of, 0 outside."""

    raw: str
    value: str
    section: int = 0


Escape = Callable[[str], str]


def changed(raw: str, wanted: str, escape: Escape) -> list[Unit]:
    """The units of a gap that says `wanted`, as much of it as can be as in `raw`. Comments stay."""
    units = list(_units(raw))
    values = _values(units)
    if values == wanted:
        return units
    same = _common_length(values, wanted)
    same_at_end = min(_common_length(values[::-1], wanted[::-1]), min(len(values), len(wanted)) - same)
    start = _index(units, same)
    end = max(start, len(units) - _index(units[::-1], same_at_end))
    while start < end and not units[end - 1].value:
        end -= 1
    while start < end and not units[start].value:
        start += 1
    new = wanted[same : len(wanted) - same_at_end]
    section = _section_around(units, start, end)
    if section and all(not escape(character).startswith("&#") for character in new):
        inside = "".join(escape(one) if one == "\n" else one for one in new).replace("]]>", "]]]]><![CDATA[>")
        return [*units[:start], *([Unit(inside, new, section)] if new else []), *units[end:]]
    start, end = _whole_sections(units, start, end)
    new = wanted[len(_values(units[:start])) : len(wanted) - len(_values(units[end:]))]
    comments = [unit for unit in units[start:end] if not unit.value and not unit.section]
    return [*units[:start], *(Unit(escape(one), one) for one in new), *comments, *units[end:]]


def cut(units: list[Unit], lengths: list[int], escape: Escape) -> list[str]:
    """The gap in pieces that say so many characters each."""
    if len(lengths) == 1:
        return [written(units)]
    single: list[Unit] = []
    for unit in units:
        if not unit.section:
            single.append(unit)
        else:
            single += [Unit(escape(character), character) for character in unit.value]
    pieces, start = [], 0
    for length in lengths[:-1]:
        end = start + _index(single[start:], length)
        pieces.append(written(single[start:end]))
        start = end
    return [*pieces, written(single[start:])]


def written(units: list[Unit]) -> str:
    return "".join([unit.raw for unit in units])


def replaced_inside(text: str, wanted: str) -> str:
    """`text` with `wanted` in place of what is not white space around it."""
    inner = text.strip(BLANKS)
    if not inner:
        return wanted + text if wanted else text
    start = text.index(inner)
    return text[:start] + wanted + text[start + len(inner) :]


def without_child(before: str, after: str) -> str:
    """The two gaps around an element that is no longer there: its line goes with it."""
    indent, rest = _INDENT.search(before), _REST_OF_LINE.match(after)
    if indent is not None and rest is not None:
        return before[: indent.start()] + after[rest.end() :]
    if before[-1:] in (" ", "\t"):
        return before + after.lstrip(" \t")
    return before + after


def behind_on_line(gap: str) -> int:
    """Returns the end of the comments after an element on its line."""
    found = _COMMENTS_ON_THE_LINE.match(gap)
    return found.end() if found is not None else 0


def comments_above(gap: str) -> tuple[int, int]:
    """Returns the beginning and the end of the comments directly above an element, on separate lines."""
    line = _INDENT.search(gap)
    if line is None:
        return len(gap), len(gap)
    end = line.start() - (2 if gap[: line.start()].endswith("\r\n") else 1)
    start = end
    while (found := _COMMENT_ABOVE.search(gap[:start] + gap[end:])) is not None:
        start = found.start()
    return start, end


def _units(raw: str) -> Iterator[Unit]:
    sections = 0
    for found in _UNITS.finditer(raw):
        if found["none"] is not None:
            yield Unit(found[0], "")
        elif found["reference"] is not None:
            yield Unit(found[0], _referred(found["reference"]))
        elif found["data"] is not None:
            sections += 1
            yield Unit("<![CDATA[", "", sections)
            for character in _CHARACTERS.findall(found["data"]):
                yield Unit(character, "\n" if character[0] == "\r" else character, sections)
            yield Unit("]]>", "", sections)
        else:
            yield Unit(found[0], "\n" if found["line"] is not None else found[0])


def _referred(name: str) -> str:
    if name[0] != "#":
        return _ENTITIES[name]
    return chr(int(name[2:], 16) if name[1] == "x" else int(name[1:]))


def _values(units: list[Unit]) -> str:
    return "".join([unit.value for unit in units])


def _common_length(one: str, other: str) -> int:
    length = min(len(one), len(other))
    return next((place for place in range(length) if one[place] != other[place]), length)


def _index(units: list[Unit], length: int) -> int:
    """How many units say so many characters."""
    index = 0
    while length > 0:
        length -= len(units[index].value)
        index += 1
    return index


def _section_around(units: list[Unit], start: int, end: int) -> int:
    """The section that the units from `start` to `end` are inside of, without its edges; 0 for none."""
    if not 0 < start <= end < len(units):
        return 0
    sections = {unit.section for unit in units[start - 1 : end + 1]}
    return sections.pop() if len(sections) == 1 else 0


def _whole_sections(units: list[Unit], start: int, end: int) -> tuple[int, int]:
    while 0 < start < len(units) and units[start].section and units[start - 1].section == units[start].section:
        start -= 1
    while 0 < end < len(units) and units[end].section and units[end - 1].section == units[end].section:
        end += 1
    return start, end
