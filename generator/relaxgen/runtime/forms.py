"""Which texts datatypes allow, as the native engine is told: a shape, and facets.

Only what the engine knows as well as Python does is told. Its rules are in ``forms.c``; they must be those of the
datatypes here. Where it is unsure about a text, it asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from importlib import import_module
from threading import Lock
from typing import Any

from . import datatypes as library
from .datatypes import Datatype, Facet

Form = tuple[str, str, int, tuple[tuple[str, Any], ...]]
"""A shape, a detail of it, what is done with white space (an index into `_BLANKS`), and the name and limit of each
facet. A limit is a count, the digits of a number, or a `Machine`."""

KEPT, REPLACED, COLLAPSED = range(3)

_SHAPES: Mapping[type[Datatype], str] = {
    library.Token: "text",
    library.String: "text",
    library.NormalizedString: "text",
    library.Boolean: "truth",
    library.Integer: "integer",
    library.DecimalNumber: "decimal",
    library.Double: "float",
    library.Float: "float",
    library.Name: "name",
    library.NCName: "plain",
    library.ID: "plain",
    library.IDREF: "plain",
    library.NMTOKEN: "name token",
    library.Language: "language",
    library.AnyURI: "uri",
}

_TIMES: Mapping[str, str] = {
    "dateTime": "Y-M-DTh",
    "date": "Y-M-D",
    "time": "h",
    "gYearMonth": "Y-M",
    "gYear": "Y",
    "gMonthDay": "--M-D",
    "gDay": "---D",
    "gMonth": "--M",
}
"""Of what points in time consist: a year, a month, a day, a time of day, and what stands between them."""

_BLANKS: Mapping[type[Datatype], int] = {library.String: KEPT, library.NormalizedString: REPLACED}

_NUMBERS = ("integer", "decimal")
_COUNTS = ("length", "minLength", "maxLength", "totalDigits", "fractionDigits")


def form_of(datatype: Datatype) -> Form | None:
    """None where the engine cannot tell what the datatype allows."""
    detail = _TIMES.get(datatype.type, "")
    shape = "time" if detail else _SHAPES.get(type(datatype))
    if shape is None:
        return None
    facets = [*_range(datatype), *(_facet(shape, facet) for facet in datatype.restrictions)]
    known = [facet for facet in facets if facet is not None]
    if len(known) < len(facets):
        return None
    return shape, detail, _BLANKS.get(type(datatype), COLLAPSED), tuple(known)


def word_form(datatype: Datatype, text: str) -> Form | None:
    """The form of the texts that mean the same as `text`."""
    if _SHAPES.get(type(datatype)) != "text":
        return None
    return "word", datatype.normalise(text), _BLANKS.get(type(datatype), COLLAPSED), ()


def _range(datatype: Datatype) -> list[tuple[str, str] | None]:
    """What a type of integers allows before anything restricts it."""
    if not isinstance(datatype, library.Integer):
        return []
    low, high = library.INTEGER_RANGES[datatype.type]
    limits = {"minInclusive": low, "maxInclusive": high}
    return [(name, str(limit)) for name, limit in limits.items() if limit is not None]


def _facet(shape: str, facet: Facet) -> tuple[str, Any] | None:
    if facet.name == "pattern":
        return facet.name, Machine(facet.limit)
    if facet.name in _COUNTS:
        return facet.name, min(facet.limit, _LARGEST_COUNT)
    return (facet.name, format(Decimal(facet.limit), "f")) if shape in _NUMBERS else None


_LARGEST_COUNT = 2**31 - 1
"""No text is longer that the engine takes."""

NOWHERE, DEPENDS = -1, -2


class Machine:
    """The automaton of a pattern. A state is known by its number; what is said of it is twice this number, and one more
    where a text may end there."""

    __slots__ = ("_continuations", "_lock", "_numbers", "_states", "start")

    def __init__(self, pattern: str) -> None:
        # By its name: a package without patterns does not carry the module.
        expression = import_module(".expression", __package__)
        self._continuations = expression.Continuations(expression.parse(pattern))
        self._numbers: dict[Any, int] = {}
        self._states: list[Any] = []
        self._lock = Lock()
        self.start = self._number(self._continuations.start)

    def follow(self, state: int, character: str) -> int:
        """The state behind one more character; `NOWHERE` where no text goes on so. The empty text stands for all
        characters that are not ASCII: `DEPENDS` where these do not all lead to the same state."""
        steps = self._states[state]
        chosen = [(rests, _takes(characters, character)) for characters, rests in steps.items()]
        if any(is_taken is None for _, is_taken in chosen):
            return DEPENDS
        reached = frozenset(rest for rests, is_taken in chosen if is_taken for rest in rests)
        with self._lock:
            return self._number(reached) if reached else NOWHERE

    def _number(self, position: Any) -> int:
        number = self._numbers.get(position)
        if number is None:
            steps, accepts = self._continuations.opened(position)
            number = self._numbers[position] = len(self._states) * 2 + accepts
            self._states.append(steps)
        return number


def _takes(characters: Any, character: str) -> bool | None:
    """Whether one character is among some, or all beyond ASCII are; None where some of these are and others are not."""
    if character:
        return character in characters
    beyond = [(max(low, _BEYOND[0]), high) for low, high in characters.pairs if high >= _BEYOND[0]]
    if characters.digits or (beyond and beyond != [_BEYOND]):
        return None
    return bool(beyond) is not characters.is_negative


_BEYOND = (0x80, 0x10FFFF)
