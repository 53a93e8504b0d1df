"""How a document is written: its tree with the places in the text, its style, and the text between its tags."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from xml.parsers import expat

from .datatypes import Namespaces
from .events import Scope, encoding_of, source_of
from .faults import Fault, ParseError, Tag, read_tag, refusal
from .markup import BLANKS, TEXT_NAME, XML_NAMESPACE, attribute_text, escape_text
from .reader import Loaded, Source, read_document

# XML as a tree with the byte offsets of its parts.

LAYOUT_MARK = "relaxgen-layout"
"""The target of a processing instruction that marks an element in which white space is layout; formatting never writes
others."""

OUTSIDE: Namespaces = {"xml": XML_NAMESPACE}


class Node:
    """An element. Names are ``uri local``, or ``local`` in no namespace.

    ``gaps`` are the texts before, between and behind the ``children``, one more than there are of these; comments and
    instructions are no part of them. ``scope`` has all namespace declarations that hold here, ``declared`` those that
    do not hold around it. ``start`` is the offset of the start tag, ``close`` that of the end tag. ``is_elastic``
    means that white space around the children is layout; only a marked text has it.
    """

    scope: Namespaces

    def __init__(
        self, data: bytes, start: int, name: str, attributes: dict[str, str], parent: Node | None, scope: Namespaces
    ) -> None:
        around: Namespaces = parent.scope if parent is not None else OUTSIDE
        same = scope is around
        self.data = data
        self.start = start
        self.close = start
        self.name = name
        self.attributes = attributes
        self.parent = parent
        self.declared = {} if same else {prefix: uri for prefix, uri in scope.items() if around.get(prefix, "") != uri}
        self.scope = scope
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


def read_nodes(data: bytes) -> list[Node]:
    """The elements of a document in UTF-8 without a byte order mark, in document order.

    Raises:
        ExpatError: it is not well-formed.
    """
    parser = expat.ParserCreate("utf-8", " ")
    parser.buffer_text = True
    scope = Scope(parser)
    nodes: list[Node] = []
    opened: list[Node] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        parent = opened[-1] if opened else None
        node = Node(data, parser.CurrentByteIndex, name, attributes, parent, scope.namespaces)
        if parent is not None:
            parent.children.append(node)
            parent.gaps.append("")
        nodes.append(node)
        opened.append(node)

    def end(_name: str) -> None:
        opened.pop().close = parser.CurrentByteIndex

    def text(text: str) -> None:
        opened[-1].gaps[-1] += text

    def instruction(target: str, _data: str) -> None:
        if target == LAYOUT_MARK and opened:
            opened[-1].is_elastic = True

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.ProcessingInstructionHandler = instruction
    parser.Parse(data, True)
    return nodes


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
    """``mark`` is the byte order mark, if the source has one. ``data`` is the rest in UTF-8, in which offsets count.
    ``encoding`` is that of the bytes, None where the source was a text."""

    mark: str
    data: bytes
    encoding: str | None
    nodes: list[Node]


def read_original(source: Source) -> Original:
    """Raises:
    ParseError: the source is not well-formed XML, declares entities, or passes a bound.
    TypeError: it has no text.
    """
    given, file = source if isinstance(source, Loaded) else (source, TEXT_NAME)
    if not isinstance(given, (str, bytes)):
        what = f"{type(source).__module__}.{type(source).__qualname__}"
        raise TypeError(f"{what} has no text to be like: pass a str, bytes, a path or a binary file")
    read_document(source, blanks=True)
    encoding = None if isinstance(given, str) else encoding_of(given)
    try:
        text = given if isinstance(given, str) else given.decode(encoding or "utf-8")
        mark = text[:1] if text[:1] == "\ufeff" else ""
        data = text[len(mark) :].encode("utf-8")
        return Original(mark, data, encoding, read_nodes(data))
    except (UnicodeError, expat.ExpatError) as error:
        raise refusal(source_of(given, file)) or ParseError(
            [Fault(file, 1, 1, "", "malformed", f"the text cannot be kept: {error}")]
        ) from None


# How a document is written, for what is added to it.

ELEMENTS_LOOKED_AT = 1000

_LINE_END = re.compile(rb"\r\n?|\n")


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

    def attribute(self, name: str, text: str, quote: str = "") -> str:
        """An attribute with the white space in front of it."""
        quote = quote or self.quote
        return f" {name}={quote}{self.value(text, quote)}{quote}"

    def value(self, text: str, quote: str) -> str:
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
    data, nodes = original.data, original.nodes[:ELEMENTS_LOOKED_AT]
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
    found = _INDENT.search(gap)
    return found[0] if found is not None else None


def line_indent(node: Node) -> str | None:
    """The white space in front of an element that is the first thing on its line; None for others."""
    start = max(node.data.rfind(b"\n", 0, node.start), node.data.rfind(b"\r", 0, node.start)) + 1
    before = node.data[start : node.start].decode("utf-8")
    return before if not before.strip(" \t") else None


# The text between two tags, as it is written: changed where it says something else, cut where elements come in.

_UNITS = re.compile(
    r"(?P<none><!--.*?-->|<\?.*?\?>)|<!\[CDATA\[(?P<data>.*?)\]\]>|&(?P<reference>[^;]+);|(?P<line>\r\n?)|.", re.DOTALL
)
"""Of a single gap, in which no tag can be."""
_SECTION = "<![CDATA["
_CHARACTERS = re.compile(r"\r\n?|.", re.DOTALL)
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}

_COMMENTS_ON_THE_LINE = re.compile(r"(?:[ \t]*(?:<!--.*?-->|<\?.*?\?>))+[ \t]*(?=[\r\n])", re.DOTALL)
_COMMENTS_ABOVE = re.compile(
    r"(?:(?:\r\n?|\n)[ \t]*(?:<!--(?:(?!-->).)*-->|<\?(?:(?!\?>).)*\?>)[ \t]*)+(?=(?:\r\n?|\n)[ \t]*\Z)", re.DOTALL
)
_INDENT = re.compile(r"(?<=[\r\n])[ \t]*\Z")
_REST_OF_LINE = re.compile(r"[ \t]*(?:\r\n?|\n)")


class Unit(NamedTuple):
    """How a character is written, and the character. Of a comment, ``value`` is empty; a CDATA section is one unit."""

    raw: str
    value: str

    @property
    def is_section(self) -> bool:
        return self.raw.startswith(_SECTION)


Escape = Callable[[str], str]


def changed(raw: str, wanted: str, escape: Escape) -> list[Unit]:
    """The units of a gap that says `wanted`, as much of it as can be as in `raw`. Comments stay."""
    units = list(_units(raw))
    values = _values(units)
    if values == wanted:
        return units
    same, same_at_end = common_ends(values, wanted)
    place = 0
    for index, unit in enumerate(units):
        first, last = same - place, len(values) - same_at_end - place
        place += len(unit.value)
        # What is added directly in front of a section stays outside.
        if unit.is_section and 0 <= first <= last <= len(unit.value) and last > 0:
            inside = _changed_section(unit, first, last, wanted[same : len(wanted) - same_at_end], escape)
            if inside is not None:
                return [*units[:index], inside, *units[index + 1 :]]
            break
    start = _index(units, same)
    end = max(start, len(units) - _index(units[::-1], same_at_end))
    while start < end and not units[end - 1].value:
        end -= 1
    while start < end and not units[start].value:
        start += 1
    new = wanted[len(_values(units[:start])) : len(wanted) - len(_values(units[end:]))]
    comments = [unit for unit in units[start:end] if not unit.value and not unit.is_section]
    return [*units[:start], *(Unit(escape(one), one) for one in new), *comments, *units[end:]]


def _changed_section(unit: Unit, first: int, last: int, new: str, escape: Escape) -> Unit | None:
    """The section with other characters from `first` to `last`; None where it cannot hold them."""
    if any(escape(one).startswith("&#") for one in new):
        return None
    written = _CHARACTERS.findall(unit.raw[len(_SECTION) : -3])
    written[first:last] = [escape(one) if one == "\n" else one for one in new]
    inside = "".join(written).replace("]]>", f"]]]]>{_SECTION}>")
    return Unit(f"{_SECTION}{inside}]]>", unit.value[:first] + new + unit.value[last:])


def cut(units: list[Unit], lengths: list[int], escape: Escape) -> list[str]:
    """The gap in pieces that say so many characters each."""
    if len(lengths) == 1:
        return [written(units)]
    single: list[Unit] = []
    for unit in units:
        single += [Unit(escape(one), one) for one in unit.value] if unit.is_section else [unit]
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
    found = _COMMENTS_ABOVE.search(gap)
    return found.span() if found is not None else (len(gap), len(gap))


def _units(raw: str) -> Iterator[Unit]:
    for found in _UNITS.finditer(raw):
        if found["none"] is not None:
            yield Unit(found[0], "")
        elif found["reference"] is not None:
            yield Unit(found[0], _referred(found["reference"]))
        elif found["data"] is not None:
            yield Unit(found[0], re.sub("\r\n?", "\n", found["data"]))
        else:
            yield Unit(found[0], "\n" if found["line"] is not None else found[0])


def _referred(name: str) -> str:
    if name[0] != "#":
        return _ENTITIES[name]
    return chr(int(name[2:], 16) if name[1] == "x" else int(name[1:]))


def _values(units: list[Unit]) -> str:
    return "".join([unit.value for unit in units])


def common_ends(one: Sequence[object], other: Sequence[object]) -> tuple[int, int]:
    """How many items two sequences have in common at the beginning, and how many of the others at the end."""
    same = _common_length(one, other)
    return same, min(_common_length(one[::-1], other[::-1]), min(len(one), len(other)) - same)


def _common_length(one: Sequence[object], other: Sequence[object]) -> int:
    length = min(len(one), len(other))
    return next((place for place in range(length) if one[place] != other[place]), length)


def _index(units: list[Unit], length: int) -> int:
    """How many units say so many characters, or as many of these as whole units do."""
    index = 0
    while length > 0 and len(units[index].value) <= length:
        length -= len(units[index].value)
        index += 1
    return index
