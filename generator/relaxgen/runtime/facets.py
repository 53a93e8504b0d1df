"""The facets of XML Schema's datatypes (XML Schema Datatypes 4.3): restrictions of lengths, numbers and patterns.

``enumeration`` and ``whiteSpace`` are no parameters in RELAX NG (Guidelines for using W3C XML Schema Datatypes with
RELAX NG, section 2): the one is a choice of ``value``, the other belongs to the type.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from importlib import import_module
from operator import eq, ge, gt, le, lt
from typing import Any

from .datatypes import BOUNDS, Datatype, Facet

SHOWN_PATTERN = 60
"""A message shows at most this many characters of a pattern."""

_COMPARISONS: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "length": ("", eq),
    "minLength": ("at least ", ge),
    "maxLength": ("at most ", le),
    "minInclusive": ("at least ", ge),
    "minExclusive": ("more than ", gt),
    "maxInclusive": ("at most ", le),
    "maxExclusive": ("less than ", lt),
    "totalDigits": ("at most ", le),
    "fractionDigits": ("at most ", le),
}
"""What must be true of a value and the limit."""


def facet(datatype: Datatype, name: str, value: str, *words: str) -> Facet:
    """The check for one parameter, as in `Parameters`.

    Raises:
        ValueError: `value` is not right for the parameter.
    """
    if name == "pattern":
        return _pattern(value, *words)
    return _bound(datatype, name, value) if name in BOUNDS else _count(datatype, name, value)


def _bound(datatype: Datatype, name: str, value: str) -> Facet:
    try:
        limit = datatype.checked_limit(value)
    except ValueError as error:
        raise ValueError(f"{name} {value!r} {error}") from None
    words, is_right = _COMPARISONS[name]
    compare = datatype.compare

    def allows(_: str, value: Any) -> bool:
        order = compare(value, limit)
        return order is not None and is_right(order, 0)

    words += datatype.normalise(value)
    return Facet(name, limit, allows, f"must be {words}", words)


def _count(datatype: Datatype, name: str, value: str) -> Facet:
    """Lengths, and digits of the number, not of its spelling, so that ``1.20`` has one digit after the point."""
    text = value.strip(" \t\n\r")
    if not re.fullmatch(r"\+?[0-9]+|-0+", text) or len(text) > 1000:
        raise ValueError(f"{name} must be a whole number of at least 0, not {value!r}")
    limit = int(text)
    count, unit, place = _DIGITS.get(name) or (datatype.measure, datatype.unit, "")
    if name == "totalDigits" and not limit:
        raise ValueError(f"totalDigits must be at least 1, not {value!r}")
    words, is_right = _COMPARISONS[name]
    amount = f"{words}{limit} {unit}{'' if limit == 1 else 's'}{place}"
    return Facet(name, limit, lambda _, value: is_right(count(value), limit), f"must have {amount}", f"of {amount}")


def _total_digits(number: int | Decimal) -> int:
    """Digits without those zeros that only place the point: 1 for 0.003, 3 for 120."""
    whole, fraction = _digits(number)
    return max(1, len((whole + fraction).lstrip("0")))


def _fraction_digits(number: int | Decimal) -> int:
    return len(_digits(number)[1])


def _digits(number: int | Decimal) -> tuple[str, str]:
    whole, _, fraction = format(Decimal(number), "f").lstrip("-").partition(".")
    return whole, fraction.rstrip("0")


_DIGITS: dict[str, tuple[Callable[[Any], int], str, str]] = {
    "totalDigits": (_total_digits, "digit", ""),
    "fractionDigits": (_fraction_digits, "digit", " after the point"),
}


def _pattern(value: str, noun: str = "", written: str | None = None) -> Facet:
    """A pattern is compiled when it is first needed: a vocabulary holds hundreds, a document needs a few."""
    fullmatch: Callable[[str], object] | None = None

    def matches(text: str, _: Any) -> bool:
        nonlocal fullmatch
        # By its name: a package without patterns does not carry the module.
        match = fullmatch or import_module(".expression", __package__).matcher(value)
        fullmatch = match
        return bool(match(text))

    shown = value if written is None else written
    shown = shown if len(shown) <= SHOWN_PATTERN else shown[:SHOWN_PATTERN] + "…"
    reason = f"does not match {shown}"
    if noun:
        reason = f"is not {noun}: it {reason}" if shown else f"is not {noun}"
    return Facet("pattern", value, matches, reason, f"matching {shown}" if shown else "")
