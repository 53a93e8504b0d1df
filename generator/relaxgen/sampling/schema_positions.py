"""Positions: the parts of a schema that documents can exercise.

A position is an element pattern, an attribute pattern in it, or a ``value`` or ``data`` pattern in either, if a valid
document can contain it. It is identified by the locations of these patterns in the schema. An element that two parents
share is one position. An attribute or a value that two elements share is one position in each of them: ``yes`` of one
attribute does not exercise ``yes`` of another. ``text`` is no position, and neither is a pattern in an ``except``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf

from ..diagnostics.locations import SourceLocation
from ..relaxng.name_class import AnyName, Name, NameChoice, NameClass, NsName, QName
from ..relaxng.pattern import Attribute, Data, Element, List, Pattern, Value
from ..relaxng.simplified_form import SimplifiedForm, parts
from .costs import Costs
from .datatype_texts import Texts
from .routes import Paths


class PositionKind(StrEnum):
    ELEMENT = "element"
    ATTRIBUTE = "attribute"
    VALUE = "value"
    DATA = "data"


Key = tuple[str, str, str]
"""The locations of the element, of the attribute, and of the value or data pattern; empty if there is none."""


@dataclass(frozen=True, slots=True)
class Position:
    """``path`` is the shortest path from the root. ``element`` and ``inside`` are patterns of the simplified form: the
    element, then the patterns in it that lead to the position."""

    key: Key
    kind: PositionKind
    path: str
    element: Element = field(compare=False, repr=False)
    inside: tuple[Attribute | Value | Data, ...] = field(default=(), compare=False, repr=False)

    @property
    def location(self) -> SourceLocation:
        return (self.element, *self.inside)[-1].location


def positions_of(form: SimplifiedForm, prefixes: Mapping[str, str] | None = None) -> tuple[Position, ...]:
    """Each position once, nearest to the root first. ``prefixes`` are by namespace, for the paths."""
    costs = Costs(form, _AssumedTexts())
    paths = Paths(form, costs)
    found: dict[Key, Position] = {}
    for element in form.elements():
        path = paths.to(element)
        if path and costs.of(element) < inf:
            label = "/" + "/".join(_written(step.name, prefixes or {}) for step in path)
            for position in _positions_in(element, form.content(element), label, costs, prefixes or {}):
                found.setdefault(position.key, position)
    return tuple(found.values())


class _AssumedTexts(Texts):
    """Assumes a text if none is known, except for entities, which never have one (see `runtime.datatypes.ENTITY`)."""

    def smallest(self, leaf: Data | Value, in_list: bool = False) -> str | None:
        found = super().smallest(leaf, in_list)
        is_open = isinstance(leaf, Data) and leaf.datatype.type not in ("ENTITY", "ENTITIES")
        return "" if found is None and is_open else found


def key_of(element: Element, attribute: Attribute | None = None, leaf: Value | Data | None = None) -> Key:
    return (str(element.location), str(attribute.location) if attribute else "", str(leaf.location) if leaf else "")


def _positions_in(
    element: Element, content: Pattern, path: str, costs: Costs, prefixes: Mapping[str, str]
) -> Iterator[Position]:
    yield Position(key_of(element), PositionKind.ELEMENT, path, element)
    for inside in live(content, costs):
        if isinstance(inside, Attribute):
            name = f"{path}/@{_written(inside.name, prefixes)}"
            yield Position(key_of(element, inside), PositionKind.ATTRIBUTE, name, element, (inside,))
            for leaf in live(inside.pattern, costs):
                if isinstance(leaf, (Value, Data)):
                    yield _leaf_position(key_of(element, inside, leaf), name, element, (inside, leaf))
        elif isinstance(inside, (Value, Data)):
            yield _leaf_position(key_of(element, None, inside), path, element, (inside,))


def _leaf_position(key: Key, path: str, element: Element, inside: tuple[Attribute | Value | Data, ...]) -> Position:
    leaf = inside[-1]
    if isinstance(leaf, Value):
        return Position(key, PositionKind.VALUE, f"{path}={leaf.text!r}", element, inside)
    assert isinstance(leaf, Data), "a text is a value or of a datatype"
    return Position(key, PositionKind.DATA, f"{path}={leaf.datatype.type}", element, inside)


def live(content: Pattern, costs: Costs) -> Iterator[Pattern]:
    """The elements, attributes, and texts outside of these that a content can have; each once, in order."""
    waiting: list[tuple[Pattern, bool]] = [(content, False)]
    seen: set[tuple[int, bool]] = set()
    while waiting:
        pattern, in_list = waiting.pop()
        if (id(pattern), in_list) in seen or costs.of(pattern, in_list) == inf:
            continue
        seen.add((id(pattern), in_list))
        if isinstance(pattern, (Element, Attribute, Value, Data)):
            yield pattern
        else:
            in_list = in_list or isinstance(pattern, List)
            waiting.extend((part, in_list) for part in reversed(parts(pattern)))


def _written(name_class: NameClass, prefixes: Mapping[str, str]) -> str:
    match name_class:
        case Name():
            return _prefixed(name_class.name, prefixes)
        case NameChoice():
            return "|".join(_written(choice, prefixes) for choice in name_class.choices)
        case NsName():
            return _prefixed(QName(name_class.namespace, "*"), prefixes)
        case AnyName():
            return "*"


def _prefixed(name: QName, prefixes: Mapping[str, str]) -> str:
    prefix = prefixes.get(name.namespace, "")
    return f"{prefix}:{name.local}" if prefix else name.local
