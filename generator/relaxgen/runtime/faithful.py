"""Writing an object into the text that it was parsed from."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .datatypes import Namespaces
from .element import Child, Content, Element, Flag, Open, Parts
from .layout import (
    LAYOUT_MARK,
    OUTSIDE,
    Node,
    Original,
    Style,
    behind_on_line,
    changed,
    comments_above,
    common_ends,
    cut,
    first_difference,
    last_line,
    line_indent,
    read_nodes,
    read_original,
    replaced_inside,
    style_of,
    without_child,
    written,
)
from .markup import BLANKS, AnyElement, declaration_name
from .reader import Source
from .validator import settled
from .writer import Writer, write_text

# Writing an object without layout, with a mark in every element in which white space is nothing but layout.


_INSTRUCTION = f"<?{LAYOUT_MARK}?>"


def marked_text(target: Element, write: Callable[..., str], prefixes: Mapping[str, str | None]) -> str:
    """Raises:
    FormatError: a field has a value that cannot be written.
    """
    writer = _MarkingWriter("", prefixes)
    text = write_text(target, write, writer, "")
    return settled(text, target, validate=False, has_doubts=True) if writer.doubt else text


class _MarkingWriter(Writer):
    __slots__ = ()

    def element(self, tag: str, target: Element, margin: str, attributes: str, parts: Parts, text: str = "") -> str:
        written = super().element(tag, target, "", attributes, parts, text)
        is_only_text = not parts and text.strip(BLANKS)
        return _marked(written, tag) if _may_have_children(target) and not is_only_text else written

    def any_element(self, element: AnyElement, margin: str) -> str:
        written = super().any_element(element, "")
        texts = [part for part in element.content if isinstance(part, str)]
        if len(texts) == len(element.content) or any(text.strip(BLANKS) for text in texts):
            return written
        return _marked(written, written[written.rindex("</") + 2 : -1])


def _marked(written: str, tag: str) -> str:
    if written.endswith("/>"):
        return f"{written[:-2]}>{_INSTRUCTION}</{tag}>"
    return f"{written[: -len(tag) - 3]}{_INSTRUCTION}</{tag}>"


def _may_have_children(target: Element) -> bool:
    if target._preserved is not None and target._preserved.unknown_elements:
        return True
    return any(isinstance(field, (Child, Flag, Open, Content)) for field in type(target)._fields)


# Writing an element anew, in the style of the document that it comes into.


def rendered(node: Node, style: Style, around: Namespaces, indent: str | None) -> str:
    """``around`` are the declarations that hold where it is put. ``indent`` is that of its line, None where it has
    none."""
    declared = _declarations(node, around)
    scope = {**around, **declared}
    pieces = ["<", node.raw_name]
    for prefix, uri in declared.items():
        pieces.append(style.attribute(declaration_name(prefix), uri))
    for name, _, _ in node.tag.attributes:
        text = node.attributes.get(node.expanded(name))
        if text is not None:
            pieces.append(style.attribute(name, text))
    content = _content(node, style, scope, indent)
    pieces += [">", content, "</", node.raw_name, ">"] if content else [style.slash]
    return "".join(pieces)


def _content(node: Node, style: Style, scope: Namespaces, indent: str | None) -> str:
    if not node.is_elastic:
        pieces = [style.text(node.gaps[0])]
        for child, gap in zip(node.children, node.gaps[1:], strict=True):
            pieces += [rendered(child, style, scope, None), style.text(gap)]
        return "".join(pieces)
    inner = style.deeper(indent)
    pieces = [style.text(node.gaps[0].strip(BLANKS))]
    for child in node.children:
        pieces += [style.line(inner), rendered(child, style, scope, inner)]
    return "".join([*pieces, style.line(indent if inner is not None else None)]) if node.children else pieces[0]


def _declarations(node: Node, around: Namespaces) -> dict[str | None, str]:
    """Those of its own, and those that its names need."""
    found = {prefix: uri for prefix, uri in node.declared.items() if around.get(prefix, "") != uri}
    for name in [*(name for name, _, _ in node.tag.attributes if ":" in name), node.raw_name]:
        prefix = name.rpartition(":")[0] or None
        uri = node.scope.get(prefix, "")
        if around.get(prefix, "") != uri:
            found[prefix] = uri
    return found


# Which child of a changed element is which child of the original.

MOST_COMPARISONS = 40_000
"""Up to so many pairs are all looked at."""

Pairs = list["int | None"]


def align(old: Sequence[Node], new: Sequence[Node]) -> Pairs:
    """For each of `new` the index of the one of `old` that it is, None where it is none.

    What is equal comes first, in its order; then what is equal and was moved; then, of those with the same name, what
    has most in common.
    """
    old_names, new_names = [one.name for one in old], [one.name for one in new]
    if old_names == new_names and len(set(old_names)) == len(old):
        return list(range(len(new)))
    pairs: Pairs = [None] * len(new)
    old_keys, new_keys = [one.key for one in old], [one.key for one in new]
    for place, index in _in_order(old_keys, new_keys):
        pairs[index] = place
    for places, indices in _unpaired(pairs, old_keys, new_keys):
        for place, index in zip(places, indices, strict=False):
            pairs[index] = place
    for places, indices in _unpaired(pairs, old_names, new_names):
        for place, index in _best(places, indices, old, new):
            pairs[index] = place
    return pairs


def _unpaired(pairs: Pairs, old: Sequence[object], new: Sequence[object]) -> list[tuple[list[int], list[int]]]:
    """For each key the places in `old` and in `new` that no pair has."""
    taken = set(pairs)
    found: dict[object, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for place, key in enumerate(old):
        if place not in taken:
            found[key][0].append(place)
    for index, key in enumerate(new):
        if pairs[index] is None:
            found[key][1].append(index)
    return list(found.values())


def _in_order(old: Sequence[int], new: Sequence[int]) -> list[tuple[int, int]]:
    """A longest common subsequence. A long one where that would take too long: then what occurs more than once counts
    only at the beginning and at the end."""
    same, same_at_end = common_ends(old, new)
    inner = range(same, len(new) - same_at_end)
    places: dict[int, list[int]] = defaultdict(list)
    for place in range(same, len(old) - same_at_end):
        places[old[place]].append(place)
    counts = Counter([new[index] for index in inner])
    if sum([len(places[key]) * count for key, count in counts.items()]) > MOST_COMPARISONS:
        places = {key: found for key, found in places.items() if len(found) == counts[key] == 1}
    # Of those of one index, the places decrease, so that at most one of them is in a sequence that increases.
    common = [(place, index) for index in inner for place in reversed(places.get(new[index], ()))]
    found = [common[position] for position in increasing([place for place, _ in common])]
    found += [(place, place) for place in range(same)]
    return found + [(len(old) - rest, len(new) - rest) for rest in range(1, same_at_end + 1)]


def increasing(values: Sequence[int]) -> list[int]:
    """The positions of a longest increasing subsequence."""
    ends: list[int] = []
    positions: list[int] = []
    before: list[int] = []
    for position, value in enumerate(values):
        length = bisect_left(ends, value)
        before.append(positions[length - 1] if length else -1)
        if length == len(ends):
            ends.append(value)
            positions.append(position)
        else:
            ends[length] = value
            positions[length] = position
    found = []
    position = positions[-1] if positions else -1
    while position >= 0:
        found.append(position)
        position = before[position]
    return found[::-1]


def _best(places: list[int], indices: list[int], old: Sequence[Node], new: Sequence[Node]) -> list[tuple[int, int]]:
    if len(places) * len(indices) > MOST_COMPARISONS or len(places) == len(indices) == 1:
        return list(zip(places, indices, strict=False))
    olds = {place: _parts(old[place]) for place in places}
    news = {index: _parts(new[index]) for index in indices}
    ranked = sorted(
        (-sum((olds[place] & news[index]).values()), abs(a - b), place, index)
        for a, place in enumerate(places)
        for b, index in enumerate(indices)
    )
    found: dict[int, int] = {}
    left = set(indices)
    for _, _, place, index in ranked:
        if place not in found and index in left:
            left.remove(index)
            found[place] = index
    return list(found.items())


def _parts(node: Node) -> Counter[object]:
    texts = [gap for gap in node.gaps if gap.strip()]
    return Counter([*node.attributes.items(), *(child.key for child in node.children), *texts])


# Putting what is wanted into the original text, and leaving the rest of it as it is.


Edit = tuple[int, int, str]
"""The beginning and the end of what goes, and what comes into its place."""


@dataclass(slots=True)
class _Children:
    """The children of an element that stay where they are, and the gaps around them. ``incoming`` has for each of the
    gaps what is to come into it, ``trivia`` the comments that go along with a child that moves, before and behind."""

    gaps: list[str]
    staying: list[tuple[int, Node]] = field(default_factory=list)
    incoming: list[list[tuple[int | None, Node]]] = field(default_factory=list)
    trivia: dict[int, tuple[str, str]] = field(default_factory=dict)


class Splicer:
    """``rewritten`` are the ids of wanted elements that are to be written anew."""

    def __init__(self, original: Original, indent: int | None, rewritten: set[int]) -> None:
        self._original = original
        self._style: Style = style_of(original, indent)
        self._rewritten = rewritten

    def document(self, wanted: Node) -> bytes:
        data, root = self._original.data, self._original.nodes[0]
        return data[: root.start] + self._element(root, wanted).encode("utf-8") + data[root.end :]

    def _element(self, old: Node, new: Node) -> str:
        if first_difference(old, new) is None and not self._is_rewritten(new):
            return old.raw()
        if id(new) in self._rewritten or old.name != new.name:
            around = old.parent.scope if old.parent is not None else OUTSIDE
            return rendered(new, self._style, around, line_indent(old))
        start = self._start_tag(old, new)
        content = self._elastic(old, new) if new.is_elastic else self._exact(old, new)
        if old.tag.is_empty:
            return f"{start[:-2].rstrip(BLANKS)}>{content}</{old.raw_name}>" if content else start
        if not content and old.close > old.tag.end:
            return f"{start[:-1].rstrip(BLANKS)}{self._style.slash}"
        return f"{start}{content}{old.data[old.close : old.end].decode('utf-8')}"

    def _is_rewritten(self, new: Node) -> bool:
        if not self._rewritten:
            return False
        return id(new) in self._rewritten or any(self._is_rewritten(child) for child in new.children)

    # Start tags

    def _start_tag(self, old: Node, new: Node) -> str:
        data, tag = old.data, old.tag
        edits: list[Edit] = []
        spaces: dict[str, tuple[str, int]] = {}
        """By the names of attributes: the white space in front of each, and its end."""
        before = tag.name_end
        for name, start, end in tag.attributes:
            key = old.expanded(name)
            spaces[key] = data[before:start].decode("utf-8"), end
            wanted: str | None
            if name == "xmlns" or name.startswith("xmlns:"):
                prefix = name.partition(":")[2] or None
                found = old.scope.get(prefix, "")
                wanted = new.declared.get(prefix, found)
            else:
                found, wanted = old.attributes[key], new.attributes.get(key)
            if wanted is None:
                edits.append((before, end, ""))
            elif wanted != found:
                quote = data[end - 1 : end]
                value = data.index(quote, start) + 1
                edits.append((value, end - 1, self._style.value(wanted, quote.decode("ascii"))))
            before = end
        edits += self._added(old, new, spaces)
        return _edited(data, old.start, tag.end, edits)

    def _added(self, old: Node, new: Node, spaces: dict[str, tuple[str, int]]) -> Iterator[Edit]:
        """The attributes and declarations that the original does not have, each behind the one before it."""
        attributes = old.tag.attributes
        quote = old.data[attributes[-1][2] - 1 :][:1].decode("ascii") if attributes else self._style.quote
        space, end = " ", old.tag.name_end
        scope: dict[str | None, str] = {**old.scope, **new.declared}
        for prefix, uri in new.declared.items():
            name = declaration_name(prefix)
            if old.scope.get(prefix, "") != uri and old.expanded(name) not in spaces:
                yield end, end, self._style.attribute(name, uri, quote)
        for name, _, _ in new.tag.attributes:
            key = new.expanded(name)
            if key in old.attributes:
                space, end = spaces[key]
            elif key in new.attributes:
                known, declared = _known_name(name, new.scope, scope)
                if declared:
                    yield end, end, self._style.attribute(declaration_name(declared), scope[declared], quote)
                text = self._style.attribute(known, new.attributes[key], quote)
                yield end, end, (space if "\n" in space or "\r" in space else " ") + text[1:]

    # Content

    def _elastic(self, old: Node, new: Node) -> str:
        """Content in which white space is layout: text is only in the first gap."""
        inside = [new.gaps[0].strip(BLANKS), *[""] * len(old.children)]
        gaps = [
            written(changed(raw, replaced_inside(text, wanted), self._style.text))
            for raw, text, wanted in zip(old.raw_gaps(), old.gaps, inside, strict=True)
        ]
        children = self._arranged(old, new, gaps, is_elastic=True)
        pieces = [self._filled(old, children, 0)]
        for slot, (index, node) in enumerate(children.staying, 1):
            pieces.append(self._element(old.children[index], node))
            pieces.append(self._filled(old, children, slot))
        content = "".join(pieces)
        is_emptied = old.children and not new.children
        return "" if is_emptied and not content.strip(BLANKS) else content

    def _filled(self, old: Node, children: _Children, slot: int) -> str:
        """A gap with the elements that come into it, each on a line of its own where their neighbours are."""
        gap, incoming = children.gaps[slot], children.incoming[slot]
        if not incoming:
            return gap
        indent = self._indent_inside(old)
        place = behind_on_line(gap)
        pieces = [gap[:place]]
        for index, node in incoming:
            before, behind = children.trivia.get(index, ("", "")) if index is not None else ("", "")
            pieces += [before, self._style.line(indent), self._incoming(old, index, node, indent), behind]
        rest = gap[place:]
        if indent is not None and slot == len(children.staying) and "\n" not in rest and "\r" not in rest:
            rest = rest.rstrip(" \t") + self._style.line(line_indent(old) or "")
        return "".join([*pieces, rest])

    def _incoming(self, old: Node, index: int | None, node: Node, indent: str | None) -> str:
        """A child that is new, or was moved here."""
        if index is None:
            return rendered(node, self._style, old.scope, indent)
        return self._element(old.children[index], node)

    def _indent_inside(self, old: Node) -> str | None:
        """Returns the white space before children; None if they are not on separate lines."""
        if old.children:
            indents = [last_line(gap) for gap in old.raw_gaps()[:-1]]
            return next((indent for indent in reversed(indents) if indent is not None), None)
        return self._style.deeper(line_indent(old))

    def _exact(self, old: Node, new: Node) -> str:
        """Content in which every character counts."""
        children = self._arranged(old, new, old.raw_gaps(), is_elastic=False)
        wanted, pieces = iter(new.gaps), []
        for slot, (raw, incoming) in enumerate(zip(children.gaps, children.incoming, strict=True)):
            texts = [next(wanted) for _ in range(len(incoming) + 1)]
            units = changed(raw, "".join(texts), self._style.text)
            parts = cut(units, [len(text) for text in texts], self._style.text)
            pieces.append(parts[0])
            for (origin, node), part in zip(incoming, parts[1:], strict=True):
                pieces += [self._incoming(old, origin, node, None), part]
            if slot < len(children.staying):
                index, node = children.staying[slot]
                pieces.append(self._element(old.children[index], node))
        return "".join(pieces)

    def _arranged(self, old: Node, new: Node, gaps: list[str], *, is_elastic: bool) -> _Children:
        pairs = align(old.children, new.children)
        places = [(place, index) for index, place in enumerate(pairs) if place is not None]
        backbone = dict([places[position] for position in increasing([place for place, _ in places])])
        moved = {place for place, _ in places} - set(backbone)
        result = _Children([gaps[0]])
        for place in range(len(old.children)):
            after = gaps[place + 1]
            if place in backbone:
                result.gaps.append(after)
                result.staying.append((place, new.children[backbone[place]]))
                continue
            if is_elastic and place in moved:
                result.gaps[-1], after, result.trivia[place] = _detached(result.gaps[-1], after)
            before = result.gaps[-1]
            result.gaps[-1] = without_child(before, after) if is_elastic else before + after
        result.incoming = [[] for _ in result.gaps]
        slot = 0
        for node, origin in zip(new.children, pairs, strict=True):
            if origin in backbone:
                slot += 1
            else:
                result.incoming[slot].append((origin, node))
        return result


def _detached(before: str, after: str) -> tuple[str, str, tuple[str, str]]:
    """The gaps around a child without the comments that go with it, and these."""
    start, end = comments_above(before)
    behind = behind_on_line(after)
    return before[:start] + before[end:], after[behind:], (before[start:end], after[:behind])


def _known_name(name: str, names: Namespaces, scope: dict[str | None, str]) -> tuple[str, str]:
    """The name of an attribute where `scope` holds, and a prefix that must be declared for it, if any; `scope` has it
    then."""
    prefix, colon, local = name.partition(":")
    if not colon or scope.get(prefix) == names[prefix]:
        return name, ""
    uri = names[prefix]
    found = next((other for other, known in scope.items() if other and known == uri), None)
    if found is not None:
        return f"{found}:{local}", ""
    while prefix in scope:
        prefix += "x"
    scope[prefix] = uri
    return f"{prefix}:{local}", prefix


def _edited(data: bytes, start: int, end: int, edits: list[Edit]) -> str:
    pieces = []
    for first, last, text in sorted(edits, key=lambda edit: edit[:2]):
        pieces += [data[start:first].decode("utf-8"), text]
        start = last
    return "".join([*pieces, data[start:end].decode("utf-8")])


MOST_REPAIRS = 6
"""After so many elements that splicing got wrong the whole document element is written anew."""


def format_like(
    target: Element,
    write: Callable[..., str],
    indent: int | None,
    prefixes: Mapping[str, str | None],
    like: Source,
) -> str:
    """The text of `like` with those changes that make it say what `target` says.

    Raises:
        ParseError: `like` is not well-formed XML, or declares entities.
        TypeError: `like` has no text: it is an lxml tree, or nothing that can hold XML.
    """
    original = read_original(like)
    wanted = read_nodes(marked_text(target, write, prefixes).encode("utf-8"))[0]
    is_same = first_difference(original.nodes[0], wanted) is None
    data = original.data if is_same else _spliced(original, wanted, indent)
    return original.mark + data.decode("utf-8")


def _spliced(original: Original, wanted: Node, indent: int | None) -> bytes:
    rewritten: set[int] = set()
    for attempt in range(MOST_REPAIRS + 1):
        result = Splicer(original, indent, rewritten).document(wanted)
        wrong = first_difference(read_nodes(result)[0], wanted)
        if wrong is None:
            return result
        while wrong.parent is not None and (id(wrong) in rewritten or attempt + 1 >= MOST_REPAIRS):
            wrong = wrong.parent
        rewritten.add(id(wrong))
    raise AssertionError("an element written anew says what it was written from")
