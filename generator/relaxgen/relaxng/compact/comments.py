"""Comments of the compact syntax → the elements of the tree that they are in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..document import Comment, Declaration, XmlDocument, XmlElement
from .tokens import FoundComment, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

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
            index = sum(spans[child.ordinal][0] < found.start for child in _placed(owner))
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


def _placed(owner: XmlElement) -> list[XmlElement]:
    return owner.children
