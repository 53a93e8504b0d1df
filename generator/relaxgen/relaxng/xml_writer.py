"""The tree of a schema → text in XML syntax.

What means something is written as it is in the tree; the rest is laid out anew: an element a line, indented by two
columns, comments in their places, one blank line where there were some. Foreign elements with text in them are written
as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from .compact.comments import SECTIONS, can_follow_blank_line, first_of_content
from .name_class import QName
from .schema_document import Comment, XmlDocument, XmlElement, comment_lines, layout_of
from .syntax import RELAX_NG, TEXT_ELEMENTS

WIDTH = 100
"""A start tag that is longer has each attribute on a line of its own."""

_TEXT = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"}
_ATTRIBUTE = {"&": "&amp;", "<": "&lt;", '"': "&quot;", "\r": "&#xD;", "\n": "&#xA;", "\t": "&#x9;"}


def write_xml(document: XmlDocument) -> str:
    """The whole file. The document must have been read with its layout."""
    writer = _Writer()
    writer.write(document)
    return "\n".join(writer.lines) + "\n"


class _Writer:
    def __init__(self) -> None:
        self.lines = ['<?xml version="1.0" encoding="UTF-8"?>']
        self._last = 0
        self._is_compact = False

    def write(self, document: XmlDocument) -> None:
        self._is_compact = document.is_compact
        self._comments((one for one in document.before if isinstance(one, Comment)), "")
        if document.is_compact and self._last and len(self.lines) > 1 and document.has_declarations:
            self.lines.append("")
            self._last = 0
        self._child(document.root, "", {})
        self._comments(document.after, "")

    def _comments(self, comments: Iterable[Comment], indent: str) -> None:
        for comment in self._joined(comments) if self._is_compact else comments:
            text = _comment(comment, indent)
            has_one = self._is_compact and self.lines[-1].endswith("-->")
            if comment.line == self._last and len(comment.lines) == 1 and not has_one:
                self.lines[-1] += f" {text}"
            else:
                self._blank(comment.line)
                self.lines.append(f"{indent}{text}")
            self._last = comment.end_line

    def _joined(self, comments: Iterable[Comment]) -> list[Comment]:
        """Comments below each other are one in the compact syntax."""
        found: list[Comment] = []
        for comment in comments:
            last = found[-1] if found else None
            if last is not None and last.line != self._last and comment.line - last.end_line <= 1:
                lines = (*last.lines, *comment.lines)
                found[-1] = Comment(lines, last.line, comment.end_line, last.index)
            else:
                found.append(comment)
        return found

    def _blank(self, line: int) -> None:
        if self._last and line - self._last > 1:
            self.lines.append("")

    def _child(self, element: XmlElement, indent: str, outer: Mapping[str, str]) -> None:
        layout = layout_of(element)
        self._blank(layout.line)
        self._element(element, indent, outer)
        self._last = max(self._last, layout.end_line)

    def _element(self, element: XmlElement, indent: str, outer: Mapping[str, str]) -> None:
        name, tag, scope = _start_tag(element, indent, outer)
        if element.namespace == RELAX_NG and element.local in TEXT_ELEMENTS:
            self.lines.append(f"{indent}{tag}>{_escaped(element.text, _TEXT)}</{name}>")
        elif element.namespace != RELAX_NG and element.text.strip():
            self.lines.append(f"{indent}{self._inline(element, outer)}")
        elif not element.children and not layout_of(element).comments:
            self.lines.append(f"{indent}{tag}/>")
        else:
            self.lines.append(f"{indent}{tag}>")
            self._content(element, f"{indent}  ", scope)
            self.lines.append(f"{indent}</{name}>")

    def _content(self, element: XmlElement, indent: str, scope: Mapping[str, str]) -> None:
        """Comments of elements that contain text only come before these."""
        self._last = 0
        layout = layout_of(element)
        begin = first_of_content(element) if self._is_compact and element.local not in SECTIONS else 0
        for index, child in enumerate(element.children):
            is_on_line = self._is_compact and not can_follow_blank_line(child, element, index)
            if index <= begin or (is_on_line and child.namespace == RELAX_NG):
                self._last = 0
            self._comments(layout.comments_at(index), indent)
            if child.local in TEXT_ELEMENTS and child.namespace == RELAX_NG:
                self._comments(layout_of(child).comments, indent)
            before = self._last
            if is_on_line:
                self._last = 0
            self._child(child, indent, scope)
            if child.namespace != RELAX_NG:  # the compact syntax has annotations before their element
                self._last = max(self._last, element.line if element.local in SECTIONS else before)
        self._comments(layout.comments_at(len(element.children)), indent)

    def _inline(self, element: XmlElement, outer: Mapping[str, str]) -> str:
        """A foreign element with the text in it, where white space counts."""
        name, tag, scope = _start_tag(element, "", outer)
        layout = layout_of(element)
        parts: list[str] = []
        for index, chunk in enumerate(layout.chunks or [element.text]):
            comments = layout.comments_at(index)
            if self._is_compact and comments:  # those in one place are one
                comments = [replace(comments[0], lines=tuple(line for one in comments for line in one.lines))]
            parts += [_comment(comment, "") for comment in comments]
            parts.append(_escaped(chunk, _TEXT))
            if index < len(element.children):
                parts.append(self._inline(element.children[index], scope))
        content = "".join(parts)
        return f"{tag}>{content}</{name}>" if content else f"{tag}/>"


def _start_tag(element: XmlElement, indent: str, outer: Mapping[str, str]) -> tuple[str, str, Mapping[str, str]]:
    """The name with its prefix, the start tag but for its end, and the prefixes in scope inside."""
    layout = layout_of(element)
    scope = {**outer, **layout.declared}
    missing: dict[str, str] = {}
    if scope.get(layout.prefix, "") != element.namespace:
        missing[layout.prefix] = element.namespace
    name = f"{layout.prefix}:{element.local}" if layout.prefix else element.local
    attributes: list[tuple[str, str]] = []
    for attribute in element.written or [*element.attributes, *element.foreign]:
        if isinstance(attribute, QName):
            prefix = layout.attribute_prefixes.get(attribute, "")
            if prefix != "xml" and scope.get(prefix) != attribute.namespace:
                missing[prefix] = attribute.namespace
            attributes.append((f"{prefix}:{attribute.local}", element.foreign[attribute]))
        else:
            attributes.append((attribute, element.attributes[attribute]))
    declared = {**layout.declared, **missing}
    declarations = [(f"xmlns:{prefix}" if prefix else "xmlns", uri) for prefix, uri in declared.items()]
    texts = [f'{key}="{_escaped(value, _ATTRIBUTE)}"' for key, value in (*declarations, *attributes)]
    tag = " ".join([f"<{name}", *texts])
    if len(indent) + len(tag) > WIDTH and len(texts) > 1:
        tag = f"<{name} " + f"\n{indent}{' ' * (len(name) + 2)}".join(texts)
    return name, tag, {**scope, **missing}


def _comment(comment: Comment, indent: str) -> str:
    """No comment can contain two hyphens in a row."""
    if comment.markup:
        return comment.markup
    lines = comment_lines("\n".join(["", *comment.lines]))
    lines = tuple(re.sub(r"-(?=-)", "- ", line) for line in lines)
    if len(lines) == 1:
        return f"<!-- {lines[0]} -->" if lines[0] else "<!-- -->"
    inner = "\n".join(f"{indent}  {line}".rstrip() for line in lines)
    return f"<!--\n{inner}\n{indent}-->"


def _escaped(text: str, replacements: Mapping[str, str]) -> str:
    for character, replacement in replacements.items():
        if character in text:
            text = text.replace(character, replacement)
    return text
