"""A document made to fit an older release: what must go, and the document without it.

Attributes and elements that the release does not know are removed, and those that may be left out and have a value that
it does not know. The text stays as it is elsewhere. Whatever else the release refuses has no answer here: a value or
a child that it requires. The result is validated before anybody gets it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...relaxng.validator import CompiledSchema
from ...runtime.faults import Fault
from .xml_spans import XmlText, root_of, span_at

REMOVABLE = frozenset({"unknown-attribute", "unknown-element", "bad-value", "bad-text"})
"""The kinds of faults that a removal may end."""

MOST_REMOVALS = 1000


@dataclass(frozen=True, slots=True)
class Removal:
    """``fault`` is the reason; None if the user removes it. ``path`` is the place in the document as it was then."""

    path: str
    text: str
    fault: Fault | None


@dataclass(frozen=True, slots=True)
class Downgrade:
    """``document`` is the result, valid under the release where there are no ``unanswered`` faults; else it is what the
    removals gave. ``removals`` are in the order in which they were made."""

    document: bytes
    removals: tuple[Removal, ...]
    unanswered: tuple[Fault, ...]

    @property
    def is_valid(self) -> bool:
        return not self.unanswered


def downgrade(data: bytes, schema: CompiledSchema, name: str = "", remove: Sequence[str] = ()) -> Downgrade:
    """Takes out of a document what `schema` refuses; `remove` are paths that the user gives up besides.

    Raises:
        ValueError: the document is not well-formed, or a path of `remove` leads nowhere.
    """
    text = XmlText(data)
    content, removals = text.content, list[Removal]()
    root_of(content)
    for path in remove:
        found = _without(content, path)
        if found is None:
            raise ValueError(f"there is nothing at {path} that could be removed")
        content, removed = found
        removals.append(Removal(path, removed, None))
    faults = _faults(schema, text, content, name)
    while faults and len(removals) < MOST_REMOVALS:
        step = _next_removal(schema, text, content, name, faults)
        if step is None:
            break
        removal, content, faults = step
        removals.append(removal)
    return Downgrade(text.with_content(content), tuple(removals), tuple(faults))


def _next_removal(
    schema: CompiledSchema, text: XmlText, content: bytes, name: str, faults: Sequence[Fault]
) -> tuple[Removal, bytes, list[Fault]] | None:
    """The first removal that leaves fewer faults, with what is left; None where there is none."""
    for fault in faults:
        found = _without(content, fault.path) if fault.code in REMOVABLE else None
        if found is not None:
            rest, removed = found
            left = _faults(schema, text, rest, name)
            if len(left) < len(faults):
                return Removal(fault.path, removed, fault), rest, left
    return None


def _faults(schema: CompiledSchema, text: XmlText, content: bytes, name: str) -> list[Fault]:
    return schema.validate(text.with_content(content), name=name)


def _without(content: bytes, path: str) -> tuple[bytes, str] | None:
    """The content without what a path leads to, and this; None where it leads nowhere."""
    span = span_at(content, path)
    if span is None:
        return None
    start, end = span
    return content[:start] + content[end:], content[start:end].decode("utf-8").strip()
