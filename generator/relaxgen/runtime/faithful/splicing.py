"""Putting what is wanted into the original text, and leaving the rest of it as it is."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..xml.namespaces import BLANKS
from ..xml.source_tree import Node, Scope
from .alignment import align, increasing
from .comparison import first_difference
from .gap import behind_on_line, changed, comments_above, cut, replaced_inside, without_child, written
from .original import Original
from .rendering import rendered, rendered_attribute
from .style import Style, last_line, line_indent, style_of


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
        # Text in place of children has no layout around it.
        is_exact = not new.is_elastic or bool(old.children and not new.children and new.gaps[0].strip(BLANKS))
        content = self._exact(old, new) if is_exact else self._elastic(old, new)
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
        """Content in which white space is layout: text stands in the first gap, if anywhere."""
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
        """The white space in front of children; None where they stand on no lines of their own."""
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
