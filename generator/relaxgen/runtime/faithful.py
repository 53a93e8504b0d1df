"""Writing an object into the text that it was parsed from."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from .element import Child, Content, Element, Flag, Open, Parts
from .layout import (
    LAYOUT_MARK,
    Node,
    Original,
    Scope,
    Style,
    behind_on_line,
    changed,
    comments_above,
    cut,
    first_difference,
    last_line,
    line_indent,
    read_original,
    read_tree,
    replaced_inside,
    style_of,
    without_child,
    written,
)
from .markup import BLANKS, AnyElement
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
    return settled(text, target, validate=False, has_doubts=True) if writer.has_doubts else text


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


def rendered(node: Node, style: Style, around: Scope, indent: str | None) -> str:
    """``around`` are the declarations that hold where it is put. ``indent`` is that of its line, None where it has
    none."""
    declared = _declarations(node, around)
    scope = {**around, **declared}
    pieces = ["<", node.raw_name]
    for prefix, uri in declared.items():
        pieces.append(rendered_attribute(f"xmlns:{prefix}" if prefix else "xmlns", uri, style.quote, style))
    for name, _, _ in node.tag.attributes:
        text = node.attributes.get(node.expanded(name))
        if text is not None and name != "xmlns" and not name.startswith("xmlns:"):
            pieces.append(rendered_attribute(name, text, style.quote, style))
    content = _content(node, style, scope, indent)
    pieces += [">", content, "</", node.raw_name, ">"] if content else [style.slash]
    return "".join(pieces)


def rendered_attribute(name: str, text: str, quote: str, style: Style) -> str:
    """With the white space in front of it."""
    return f" {name}={quote}{style.attribute(text, quote)}{quote}"


def _content(node: Node, style: Style, scope: Scope, indent: str | None) -> str:
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


def _declarations(node: Node, around: Scope) -> Scope:
    """Those of its own, and those that its names need."""
    found = {prefix: uri for prefix, uri in node.declared.items() if around.get(prefix, "") != uri}
    names = [name for name, _, _ in node.tag.attributes if ":" in name and not name.startswith("xmlns:")]
    prefixes: list[str | None] = [name.partition(":")[0] for name in names]
    prefixes.append(node.raw_name.partition(":")[0] if ":" in node.raw_name else None)
    for prefix in prefixes:
        uri = node.scope.get(prefix, "")
        if around.get(prefix, "") != uri and prefix != "xml":
            found[prefix] = uri
    return found


# Which child of a changed element is which child of the original.

MOST_COMPARISONS = 40_000
"""Up to so many pairs are all looked at; beyond, what is unique leads."""

Pairs = list["int | None"]


def align(old: Sequence[Node], new: Sequence[Node]) -> Pairs:
    """For each of `new` the index of the one of `old` that it is, None where it is none.

    What is equal comes first, in its order; then what is equal and was moved; then, of those with the same name, what
    has most in common.
    """
    pairs: Pairs = [None] * len(new)
    if [one.name for one in old] == [one.name for one in new] and len({one.name for one in old}) == len(old):
        return list(range(len(new)))
    old_keys, new_keys = [one.key for one in old], [one.key for one in new]
    for place, index in _in_order(old_keys, new_keys):
        pairs[index] = place
    _pair_equals(pairs, old_keys, new_keys)
    _pair_similar(pairs, old, new)
    return pairs


def _in_order(old: Sequence[int], new: Sequence[int]) -> list[tuple[int, int]]:
    """A longest common subsequence, or a long one where a longest would take too long."""
    found: list[tuple[int, int]] = []
    waiting = [(0, len(old), 0, len(new))]
    while waiting:
        first, last, low, high = waiting.pop()
        while first < last and low < high and old[first] == new[low]:
            found.append((first, low))
            first, low = first + 1, low + 1
        while first < last and low < high and old[last - 1] == new[high - 1]:
            last, high = last - 1, high - 1
            found.append((last, high))
        if first == last or low == high:
            continue
        if (last - first) * (high - low) <= MOST_COMPARISONS:
            found += [(first + a, low + b) for a, b in _common(old[first:last], new[low:high])]
            continue
        anchors = [(first + a, low + b) for a, b in _unique_common(old[first:last], new[low:high])]
        if anchors:
            found += anchors
            edges = [(first - 1, low - 1), *anchors, (last, high)]
            waiting += [(a + 1, c, b + 1, d) for (a, b), (c, d) in pairwise(edges)]
    return found


def _common(old: Sequence[int], new: Sequence[int]) -> list[tuple[int, int]]:
    lengths = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for a in range(len(old) - 1, -1, -1):
        for b in range(len(new) - 1, -1, -1):
            below = max(lengths[a + 1][b], lengths[a][b + 1])
            lengths[a][b] = lengths[a + 1][b + 1] + 1 if old[a] == new[b] else below
    found, a, b = [], 0, 0
    while a < len(old) and b < len(new):
        if old[a] == new[b]:
            found.append((a, b))
            a, b = a + 1, b + 1
        elif lengths[a + 1][b] >= lengths[a][b + 1]:
            a += 1
        else:
            b += 1
    return found


def _unique_common(old: Sequence[int], new: Sequence[int]) -> list[tuple[int, int]]:
    """Those that occur once on each side, as many as are in the same order."""
    counts, others = Counter(old), Counter(new)
    places = {key: place for place, key in enumerate(old) if counts[key] == 1 and others[key] == 1}
    common = [(places[key], index) for index, key in enumerate(new) if key in places]
    return [common[position] for position in increasing([place for place, _ in common])]


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


def _pair_equals(pairs: Pairs, old: Sequence[int], new: Sequence[int]) -> None:
    taken = set(pairs)
    waiting: dict[int, deque[int]] = defaultdict(deque)
    for place, key in enumerate(old):
        if place not in taken:
            waiting[key].append(place)
    for index, key in enumerate(new):
        if pairs[index] is None and waiting.get(key):
            pairs[index] = waiting[key].popleft()


def _pair_similar(pairs: Pairs, old: Sequence[Node], new: Sequence[Node]) -> None:
    taken = set(pairs)
    left: dict[str, list[int]] = defaultdict(list)
    for place, node in enumerate(old):
        if place not in taken:
            left[node.name].append(place)
    wanted: dict[str, list[int]] = defaultdict(list)
    for index, node in enumerate(new):
        if pairs[index] is None and node.name in left:
            wanted[node.name].append(index)
    for name, indices in wanted.items():
        for place, index in _best(left[name], indices, old, new):
            pairs[index] = place


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
    found: list[tuple[int, int]] = []
    used: set[int] = set()
    done: set[int] = set()
    for _, _, place, index in ranked:
        if place not in used and index not in done:
            used.add(place)
            done.add(index)
            found.append((place, index))
    return found


def _parts(node: Node) -> Counter[object]:
    texts = [gap for gap in node.gaps if gap.strip()]
    return Counter([*node.attributes.items(), *(child.key for child in node.children), *texts])


# Putting what is wanted into the original text, and leaving the rest of it as it is.


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
        data, root = self._original.data, self._original.root
        return data[: root.start] + self._element(root, wanted).encode("utf-8") + data[root.end :]

    def _element(self, old: Node, new: Node) -> str:
        if first_difference(old, new) is None and not self._is_rewritten(new):
            return old.raw()
        if id(new) in self._rewritten or old.name != new.name:
            around = old.parent.scope if old.parent is not None else {}
            return rendered(new, self._style, {"xml": "", **around}, line_indent(old))
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
        edits: list[tuple[int, int, str]] = []
        ends, before = {"": tag.name_end}, tag.name_end
        spaces = {"": " "}
        for name, start, end in tag.attributes:
            space = data[before:start].decode("utf-8")
            expanded = old.expanded(name)
            prefix = "" if name == "xmlns" else name[6:] if name.startswith("xmlns:") else None
            if prefix is not None:
                wanted = new.declared.get(prefix or None)
                is_other = wanted is not None and wanted != old.scope.get(prefix or None, "")
            else:
                wanted = new.attributes.get(expanded)
                is_other = wanted is not None and wanted != old.attributes[expanded]
                if wanted is None:
                    edits.append((before, end, ""))
            if is_other and wanted is not None:
                quote = data[end - 1 : end].decode("ascii")
                value = data.index(quote.encode("ascii"), start) + 1
                edits.append((value, end - 1, self._style.attribute(wanted, quote)))
            ends[name if prefix is not None else expanded] = end
            spaces[name if prefix is not None else expanded] = space
            before = end
        edits += self._added(old, new, ends, spaces)
        return _edited(data, old.start, tag.end, edits)

    def _added(self, old: Node, new: Node, ends: dict[str, int], spaces: dict[str, str]) -> list[tuple[int, int, str]]:
        """The attributes and declarations that the original does not have, each behind the one before it."""
        edits = []
        quote = self._quote(old)
        scope: Scope = {**old.scope, **new.declared}
        for prefix, uri in new.declared.items():
            name = f"xmlns:{prefix}" if prefix else "xmlns"
            if old.scope.get(prefix, "") != uri and name not in ends:
                edits.append((old.tag.name_end, old.tag.name_end, rendered_attribute(name, uri, quote, self._style)))
        behind = ""
        for name, _, _ in new.tag.attributes:
            expanded = new.expanded(name)
            if expanded in new.attributes:
                if expanded not in old.attributes:
                    known, declaration = _known_name(name, new.scope, scope)
                    if declaration:
                        text = rendered_attribute(f"xmlns:{declaration}", scope[declaration], quote, self._style)
                        edits.append((ends[behind], ends[behind], text))
                    text = rendered_attribute(known, new.attributes[expanded], quote, self._style)
                    space = spaces[behind] if "\n" in spaces[behind] or "\r" in spaces[behind] else " "
                    edits.append((ends[behind], ends[behind], space + text[1:]))
                else:
                    behind = expanded
        return edits

    def _quote(self, old: Node) -> str:
        attributes = old.tag.attributes
        return old.data[attributes[-1][2] - 1 :][:1].decode("ascii") if attributes else self._style.quote

    # Content

    def _elastic(self, old: Node, new: Node) -> str:
        """Content in which white space is layout: text is only in the first gap."""
        gaps = [
            written(changed(raw, replaced_inside(text, wanted.strip(BLANKS)), self._style.text))
            for raw, text, wanted in zip(
                old.raw_gaps(), old.gaps, [new.gaps[0], *[""] * len(old.children)], strict=True
            )
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


def _known_name(name: str, names: Scope, scope: Scope) -> tuple[str, str]:
    """The name of an attribute where `scope` holds, and a prefix that must be declared for it, if any; `scope` has it
    then."""
    prefix, colon, local = name.partition(":")
    if not colon or scope.get(prefix) == names[prefix]:
        return name, ""
    found = next((other for other, uri in scope.items() if other and uri == names[prefix]), None)
    if found is not None:
        return f"{found}:{local}", ""
    while prefix in scope:
        prefix += "x"
    scope[prefix] = names[prefix] if prefix in names else names[name.partition(":")[0]]
    return f"{prefix}:{local}", prefix


def _edited(data: bytes, start: int, end: int, edits: list[tuple[int, int, str]]) -> str:
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
    wanted = read_tree(marked_text(target, write, prefixes).encode("utf-8"))
    if first_difference(original.root, wanted) is None:
        return original.text
    return original.mark + _spliced(original, wanted, indent).decode("utf-8")


def _spliced(original: Original, wanted: Node, indent: int | None) -> bytes:
    rewritten: set[int] = set()
    for attempt in range(MOST_REPAIRS + 1):
        result = Splicer(original, indent, rewritten).document(wanted)
        wrong = first_difference(read_tree(result), wanted)
        if wrong is None:
            return result
        while wrong.parent is not None and (id(wrong) in rewritten or attempt + 1 >= MOST_REPAIRS):
            wrong = wrong.parent
        rewritten.add(id(wrong))
    raise AssertionError("an element written anew says what it was written from")
