"""Comments of the compact syntax → the elements of the tree that they are in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..document import Comment, Declaration, XmlDocument, XmlElement
from ..syntax import RELAX_NG
from .tokens import FoundComment, Source

Spans = Sequence[tuple[int, int]]
"""By the ordinal of an element: the offsets between which it is written, its annotations included."""


def attach_comments(
    document: XmlDocument, source: Source, spans: Spans, declarations: Sequence[Declaration], declarations_end: int
) -> None:
    """Puts each comment into the innermost element that is written around it. Comments before the end of the
    declarations stay between these."""
    before: list[Comment | Declaration] = list(declarations)
    for found in source.comments:
        comment = source.comment(found)
        if found.start < declarations_end:
            index = sum(one.line < comment.line or one.end_line == comment.line for one in before)
            before.insert(index, comment)
            continue
        owner = _innermost(document.root, spans, found)
        if owner is None:
            is_before = found.start < spans[document.root.ordinal][0]
            if is_before and document.root.local == "grammar":
                _insert(document.root, comment, 0)
            elif is_before:
                before.append(comment)
            elif document.root.local == "grammar" and not _is_braced(document.root, source, spans):
                _insert(document.root, comment, len(document.root.children))
            else:
                document.after.append(comment)
        else:
            index = next(
                (number for number, child in enumerate(owner.children) if spans[child.ordinal][1] > found.start),
                len(owner.children),
            )
            _insert(owner, comment, index)
    document.before = before


def _is_braced(root: XmlElement, source: Source, spans: Spans) -> bool:
    return source.text.startswith("grammar", spans[root.ordinal][0]) and source.text[: spans[root.ordinal][1]].endswith(
        "}"
    )


def _insert(owner: XmlElement, comment: Comment, index: int) -> None:
    assert owner.layout is not None  # comments are only kept with the layout
    owner.layout.comments.append(Comment(comment.lines, comment.line, comment.end_line, index))


def _innermost(root: XmlElement, spans: Spans, found: FoundComment) -> XmlElement | None:
    first, end = spans[root.ordinal]
    if not first < found.start < end:
        return None
    owner = root
    while True:
        inner = next(_around(owner, spans, found), None)
        if inner is None:
            return owner
        owner = inner


def _around(owner: XmlElement, spans: Spans, found: FoundComment) -> Iterator[XmlElement]:
    """The child, or a child that holds elements, in which the comment is written."""
    for child in owner.children:
        first, end = spans[child.ordinal]
        if first < found.start < end and _can_hold(child):
            yield child


def _can_hold(element: XmlElement) -> bool:
    return element.local not in ("name", "value", "param", "anyName", "nsName", "except", "documentation")


_INSIDE = frozenset(["element", "attribute", "list", "mixed", "grammar", "div", "include"])
"""Elements with braces, in which a comment can be the first or the last thing."""

_KEPT = frozenset([*_INSIDE, "define", "start", "data"])


def settled_comments(root: XmlElement) -> dict[int, list[Comment]]:
    """The comments of a tree where the compact syntax has a place for them, by the ordinal of the element.

    What is before the first or behind the last operand is around the pattern, unless braces enclose it; a name or a
    value has no place for a comment. Those before the root have the index -1.
    """
    found: dict[int, list[Comment]] = {}
    outer: list[Comment] = []
    for element, parent, position in reversed(list(_with_parents(root))):
        own = sorted(
            [*(element.layout.comments if element.layout is not None else ()), *found.pop(element.ordinal, ())],
            key=lambda comment: (comment.index, comment.line),
        )
        if not own or element.namespace != RELAX_NG:
            continue
        last = len(element.children)
        if element.local not in _KEPT:
            before = [one for one in own if one.index == 0 or _is_leaf(element)]
            own = [one for one in own if one not in before]
        else:
            before = []
        behind = [one for one in own if one.index == last and not _has_end(element)]
        kept = [one for one in own if one not in behind]
        if parent is None:
            outer += [replace(one, index=-1) for one in (*before, *behind)]
        else:
            around = found.setdefault(parent.ordinal, [])
            around += [replace(one, index=position) for one in before]
            around += [replace(one, index=position + 1) for one in behind]
        if kept:
            found[element.ordinal] = kept
    if outer:
        found.setdefault(root.ordinal, []).extend(outer)
    return found


def _with_parents(root: XmlElement) -> Iterator[tuple[XmlElement, XmlElement | None, int]]:
    waiting: list[tuple[XmlElement, XmlElement | None, int]] = [(root, None, 0)]
    while waiting:
        element, parent, position = waiting.pop()
        yield element, parent, position
        waiting.extend((child, element, index) for index, child in enumerate(element.children))


def _has_end(element: XmlElement) -> bool:
    is_data = element.local == "data" and any(child.local == "param" for child in element.children)
    return element.local in _INSIDE or is_data


def _is_leaf(element: XmlElement) -> bool:
    return not any(child.namespace == RELAX_NG for child in element.children) or all(
        child.local in ("name", "anyName", "nsName", "except") for child in element.children
    )
