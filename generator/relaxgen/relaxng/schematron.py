"""Rules of Schematron that a schema embeds: found and reported, but not checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..diagnostics.locations import UNKNOWN_LOCATION, SourceLocation
from .schema_document import XmlElement

NOT_CHECKED = "the embedded rules of Schematron are not checked"

_NAMESPACES = frozenset({"http://purl.oclc.org/dsdl/schematron", "http://www.ascc.net/xml/schematron"})


@dataclass(frozen=True, slots=True)
class EmbeddedRules:
    """An element of Schematron's with all that is in it. Two are equal if only layout and prefixes differ."""

    text: str
    location: SourceLocation = field(default=UNKNOWN_LOCATION, compare=False)


def embedded_rules(root: XmlElement) -> Iterator[XmlElement]:
    """The outermost elements of Schematron's, in the document's order."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if element.namespace in _NAMESPACES:
            yield element
        else:
            waiting.extend(reversed(element.children))


def text_of_rules(element: XmlElement) -> str:
    """The element in one form for both syntaxes."""
    parts: list[str] = []
    waiting: list[XmlElement | str] = [element]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            parts.append(one)
            continue
        attributes = (f" {name}={' '.join(value.split())!r}" for name, value in sorted(one.attributes.items()))
        parts.append(f"<{{{one.namespace}}}{one.local}{''.join(attributes)}>{' '.join(one.text.split())}")
        waiting.append("</>")
        waiting.extend(reversed(one.children))
    return "".join(parts)
