"""The parameters of XML Schema's datatypes: facets (XML Schema Datatypes 4.3), each a check with its words.

``enumeration`` and ``whiteSpace`` are no parameters in RELAX NG (Guidelines for using W3C XML Schema Datatypes with
RELAX NG, section 2): the one is a choice of ``value``, the other belongs to the type.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar, Protocol

SHOWN_PATTERN = 60
"""So many characters of a pattern stand in a message."""


class WrongDatatype(ValueError):
    """A datatype does not exist."""


class WrongParameter(ValueError):
    """A parameter does not exist, does not apply, or has no right value. ``index`` counts parameters from 0."""

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(reason)
        self.index = index
        self.reason = reason

    def __reduce__(self) -> tuple[type[WrongParameter], tuple[int, str]]:
        return WrongParameter, (self.index, self.reason)


class Measured(Protocol):
    """What facets need of a datatype."""

    unit: ClassVar[str]

    def normalise(self, text: str) -> str: ...

    def measure(self, value: Any) -> int: ...

    def compare(self, value: Any, other: Any) -> int | None: ...

    def checked_limit(self, text: str) -> Any: ...


class Facet:
    """One restriction. ``reason`` says what a refused text must be; ``description`` follows the type's noun."""

    __slots__ = ("allows", "description", "limit", "name", "reason")

    def __init__(
        self, name: str, limit: Any, allows: Callable[[str, Any], bool], reason: str, description: str
    ) -> None:
        self.name = name
        self.limit = limit
        self.allows = allows
        self.reason = reason
        self.description = description


def length(datatype: Measured, name: str, value: str) -> Facet:
    """``length``, ``minLength`` and ``maxLength``."""
    limit = _count(name, value)
    measure = datatype.measure
    checks: dict[str, Callable[[str, Any], bool]] = {
        "length": lambda _, value: measure(value) == limit,
        "minLength": lambda _, value: measure(value) >= limit,
        "maxLength": lambda _, value: measure(value) <= limit,
    }
    amount = f"{_LENGTH_WORDS[name]}{limit} {datatype.unit}{'' if limit == 1 else 's'}"
    return Facet(name, limit, checks[name], f"must have {amount}", f"of {amount}")


_LENGTH_WORDS = {"length": "", "minLength": "at least ", "maxLength": "at most "}


def bound(datatype: Measured, name: str, value: str) -> Facet:
    """``minInclusive``, ``minExclusive``, ``maxInclusive`` and ``maxExclusive``."""
    try:
        limit = datatype.checked_limit(value)
    except ValueError as error:
        raise ValueError(f"{name} {value!r} {error}") from None
    compare = datatype.compare

    def not_less(_: str, value: Any) -> bool:
        order = compare(value, limit)
        return order is not None and order >= 0

    def not_more(_: str, value: Any) -> bool:
        order = compare(value, limit)
        return order is not None and order <= 0

    def more(_: str, value: Any) -> bool:
        order = compare(value, limit)
        return order is not None and order > 0

    def less(_: str, value: Any) -> bool:
        order = compare(value, limit)
        return order is not None and order < 0

    checks = {"minInclusive": not_less, "maxInclusive": not_more, "minExclusive": more, "maxExclusive": less}
    words = f"{_BOUND_WORDS[name]} {datatype.normalise(value)}"
    return Facet(name, limit, checks[name], f"must be {words}", words)


_BOUND_WORDS = {
    "minInclusive": "at least",
    "maxInclusive": "at most",
    "minExclusive": "more than",
    "maxExclusive": "less than",
}


def digits(datatype: Measured, name: str, value: str) -> Facet:
    """``totalDigits`` and ``fractionDigits``; both count the digits of the number, not of its spelling, so that
    ``1.20`` has one digit after the point."""
    limit = _count(name, value)
    if name == "totalDigits" and not limit:
        raise ValueError(f"totalDigits must be at least 1, not {value!r}")
    if name == "totalDigits":
        amount = f"at most {limit} digit{'' if limit == 1 else 's'}"
        return Facet(
            name, limit, lambda _, number: _total_digits(number) <= limit, f"must have {amount}", f"of {amount}"
        )
    amount = f"at most {limit} digit{'' if limit == 1 else 's'} after the point"
    return Facet(
        name, limit, lambda _, number: _fraction_digits(number) <= limit, f"must have {amount}", f"of {amount}"
    )


def _total_digits(number: int | Decimal) -> int:
    """Digits without those zeros that only place the point: 1 for 0.003, 3 for 120."""
    whole, fraction = _digits(number)
    return max(1, len((whole + fraction).lstrip("0")))


def _fraction_digits(number: int | Decimal) -> int:
    return len(_digits(number)[1])


def _digits(number: int | Decimal) -> tuple[str, str]:
    whole, _, fraction = format(Decimal(number), "f").lstrip("-").partition(".")
    return whole, fraction.rstrip("0")


def pattern(datatype: Measured, name: str, value: str) -> Facet:
    """``pattern``, compiled when it is first needed: a vocabulary holds hundreds, a document needs a few."""
    fullmatch: Callable[[str], object] | None = None

    def matches(text: str, _: Any) -> bool:
        nonlocal fullmatch
        if fullmatch is None:
            from .expression_matcher import matcher

            fullmatch = matcher(value)
        return bool(fullmatch(text))

    shown = value if len(value) <= SHOWN_PATTERN else value[:SHOWN_PATTERN] + "…"
    return Facet(name, value, matches, f"does not match {shown}", f"matching {shown}")


def _count(name: str, value: str) -> int:
    """A nonNegativeInteger; leading zeros, a plus sign and white space around are allowed."""
    text = value.strip(" \t\n\r")
    if not re.fullmatch(r"\+?[0-9]+|-0+", text) or len(text) > 1000:
        raise ValueError(f"{name} must be a whole number of at least 0, not {value!r}")
    return int(text)
