"""Writing an object without layout, with a mark in every element in which white space is nothing but layout."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from ..objects.child_order import Parts
from ..objects.element import Element
from ..objects.fields import Child, Content, Flag, Open
from ..writing.output_check import settled
from ..writing.text import write_text
from ..writing.writer import Writer
from ..xml.any_element import AnyElement
from ..xml.namespaces import BLANKS
from ..xml.source_tree import LAYOUT_MARK

E = TypeVar("E")

_INSTRUCTION = f"<?{LAYOUT_MARK}?>"


def marked_text(target: E, write: Callable[[E, Writer, str], str], prefixes: Mapping[str, str | None]) -> str:
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
        return _marked(written, tag) if _may_have_children(target) else written

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
