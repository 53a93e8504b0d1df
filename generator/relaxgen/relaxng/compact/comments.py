"""Comments of the compact syntax → the elements of the tree that they are in.

A tree of either syntax is settled before it is written in the compact one, and after it was read from it: its comments
and blank lines are then where both syntaxes have a place for them. So a second conversion gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import Enum

from ..schema_document import Comment, Declaration, XmlDocument, XmlElement, layout_of
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
            index = sum(one.end_line <= comment.line for one in before)
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
    settle_comments(document)


def _is_braced(root: XmlElement, source: Source, spans: Spans) -> bool:
    first, end = spans[root.ordinal]
    return source.text.startswith("grammar", first) and source.text.endswith("}", first, end)


def _insert(owner: XmlElement, comment: Comment, index: int) -> None:
    layout_of(owner).comments.append(Comment(comment.lines, comment.line, comment.end_line, index))


def _innermost(root: XmlElement, spans: Spans, found: FoundComment) -> XmlElement | None:
    owner, inner = None, root if _is_around(root, spans, found) else None
    while inner is not None:
        around = (one for one in inner.children if _can_hold(one) and _is_around(one, spans, found))
        owner, inner = inner, next(around, None)
    return owner


def _is_around(element: XmlElement, spans: Spans, found: FoundComment) -> bool:
    first, end = spans[element.ordinal]
    return first < found.start < end


def _can_hold(element: XmlElement) -> bool:
    return element.local not in ("value", "param", "documentation") and not is_name_class(element)


SECTIONS = frozenset(["grammar", "div", "include"])
"""Elements whose annotations are among their components."""

_BRACED = frozenset(["element", "attribute", "list", "mixed"])
_DEFINITIONS = frozenset(["define", "start"])
_NAMES = frozenset(["name", "anyName", "nsName"])


class _Side(Enum):
    BEFORE = "before"
    INSIDE = "inside"
    BEHIND = "behind"


def settle_comments(document: XmlDocument) -> None:
    """Moves each comment to the nearest place that the compact syntax has for it.

    What is before the first or behind the last operand is around the pattern, unless braces enclose it. A name or a
    value has no place for a comment. Settling a second time changes nothing.
    """
    for element, parent, position, is_in_names in reversed(list(_with_parents(document.root))):
        layout = layout_of(element)
        moved: dict[_Side, list[Comment]] = {side: [] for side in _Side}
        for comment in sorted(layout.comments, key=lambda comment: (comment.index, comment.line)):
            side, index = (_Side.BEFORE, 0) if is_in_names else _settled(element, comment.index)
            moved[side].append(replace(comment, index=index))
        layout.comments = moved[_Side.INSIDE]
        behind = _shifted(moved[_Side.BEHIND], element)
        if parent is None:
            document.before.extend(moved[_Side.BEFORE])
            document.after[:0] = behind
        else:
            around = layout_of(parent).comments
            around += [replace(one, index=position) for one in moved[_Side.BEFORE]]
            around += [replace(one, index=position + 1) for one in behind]
    for element, *_ in _with_parents(document.root):
        layout_of(element).comments = _joined(element)
    if (document.root.namespace, document.root.local) == (RELAX_NG, "grammar"):
        # The compact syntax writes the grammar of a file without braces, so nothing is behind it.
        end = len(document.root.children)
        layout_of(document.root).comments += [replace(one, index=end) for one in document.after]
        document.after.clear()


def _settled(element: XmlElement, index: int) -> tuple[_Side, int]:
    """On which side of the element a comment belongs, and inside of it before which child."""
    if element.namespace != RELAX_NG:
        return (_Side.INSIDE if element.children else _Side.BEFORE), index
    if element.local in SECTIONS:
        return _Side.INSIDE, index
    first = first_of_content(element)
    index = max(index, first)
    while index < len(element.children) and element.children[index].namespace != RELAX_NG:
        index += 1  # annotations are written together with the pattern before them
    is_last = index == len(element.children)
    if element.local in _BRACED:
        return _Side.INSIDE, index
    if element.local == "data":
        return _settled_in_data(element, index)
    if not _has_patterns(element):
        return _Side.BEFORE, index
    if index == first and element.local not in _DEFINITIONS:
        return _Side.BEFORE, index
    return (_Side.BEHIND if is_last else _Side.INSIDE), index


def _settled_in_data(element: XmlElement, index: int) -> tuple[_Side, int]:
    """Behind the parameters, inside their braces, or before what is excepted."""
    inner = [child.local for child in element.children if child.namespace == RELAX_NG]
    is_last = index == len(element.children)
    has_end = "param" in inner and "except" not in inner
    return (_Side.BEHIND if is_last and not has_end else _Side.INSIDE), index


def _shifted(comments: list[Comment], element: XmlElement) -> list[Comment]:
    """A comment on the line of the last child stays on the last line; others come below that."""
    end = layout_of(element).end_line
    last = layout_of(element.children[-1]).end_line if element.children else 0
    found: list[Comment] = []
    shift = 0
    for comment in comments:
        if comment.line == last and not found:
            found.append(replace(comment, line=end, end_line=end))
        else:
            shift = shift or max(0, end + 1 - comment.line)
            found.append(replace(comment, line=comment.line + shift, end_line=comment.end_line + shift))
    return found


def _joined(element: XmlElement) -> list[Comment]:
    """The comments of an element; one on lines of its own and one right below are one, as both syntaxes read them."""
    layout = layout_of(element)
    found: list[Comment] = []
    for comment in sorted(layout.comments, key=lambda comment: (comment.index, comment.line)):
        last = found[-1] if found and found[-1].index == comment.index else None
        if (
            last is None
            or last.end_line + 1 != comment.line
            or last.markup
            or comment.markup
            or _shares_its_line(last, found, element)
        ):
            found.append(comment)
        else:
            found[-1] = replace(last, lines=(*last.lines, *comment.lines), end_line=comment.end_line)
    return found


def _shares_its_line(comment: Comment, found: Sequence[Comment], element: XmlElement) -> bool:
    """Whether a comment is on the line of what is before it."""
    if len(found) > 1 and found[-2].index == comment.index:
        return False
    if comment.index:
        return comment.line == layout_of(element.children[comment.index - 1]).end_line
    return comment.line == element.line


def first_of_content(element: XmlElement) -> int:
    """The index of the first child behind the initial annotations, and behind the names that are a child in XML."""
    children = element.children
    first = next((index for index, child in enumerate(children) if child.namespace == RELAX_NG), len(children))
    has_names = element.local in ("element", "attribute") and "name" not in element.attributes
    return min(first + has_names, len(children))


def can_follow_blank_line(child: XmlElement, parent: XmlElement, index: int) -> bool:
    """Whether the compact syntax has a line for the child apart from what is before it in the XML syntax."""
    if parent.local in SECTIONS and parent.namespace == RELAX_NG:
        return True
    has_no_lines = parent.namespace != RELAX_NG or child.namespace != RELAX_NG or is_name_class(parent)
    is_except = child.local == "except"
    return not (has_no_lines or is_except or index < first_of_content(parent))


def is_name_class(element: XmlElement) -> bool:
    """Whether names are what the element allows or excepts."""
    return element.local in _NAMES or (
        element.local in ("choice", "except")
        and any(child.namespace == RELAX_NG and is_name_class(child) for child in element.children)
    )


def _has_patterns(element: XmlElement) -> bool:
    return any(child.namespace == RELAX_NG for child in element.children)


def _with_parents(root: XmlElement) -> Iterator[tuple[XmlElement, XmlElement | None, int, bool]]:
    """Every element, the one around it, its index there, and whether it is in a class of names."""
    waiting: list[tuple[XmlElement, XmlElement | None, int, bool]] = [(root, None, 0, False)]
    while waiting:
        element, parent, position, is_in_names = waiting.pop()
        is_in_names = is_in_names or (element.namespace == RELAX_NG and is_name_class(element))
        yield element, parent, position, is_in_names
        waiting.extend((child, element, index, is_in_names) for index, child in enumerate(element.children))
