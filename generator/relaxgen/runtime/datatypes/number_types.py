"""Numbers: decimals, the family of integers, and floating point."""

from __future__ import annotations

import re
import struct
from collections.abc import Hashable
from decimal import Decimal
from math import inf, isnan, nan
from typing import Any, ClassVar

from .datatype import BOUNDS, DIGITS, PATTERN, Datatype, Namespaces, Parameters

LONG_NUMBER = 4000
"""Digits from which on `int` refuses or takes quadratic time; `Decimal` holds such integers."""

_decimal = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)").fullmatch
_integer = re.compile(r"[+-]?[0-9]+").fullmatch
_float = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?").fullmatch

INTEGER_RANGES: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-(2**7), 2**7 - 1),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 2**8 - 1),
}
"""XML Schema Datatypes 3.3.13 to 3.3.25."""


class _Number(Datatype):
    """A type with a total order. Bounds are told as one range: «an integer from 0 to 255»."""

    low: Any = None
    high: Any = None

    def describe(self) -> str:
        low, high, others = self.low, self.high, []
        for facet in self.restrictions:
            if facet.name == "minInclusive":
                low = facet.limit
            elif facet.name == "maxInclusive":
                high = facet.limit
            else:
                others.append(facet.description)
        return " ".join([self.noun, *_range_words(low, high), *others])


def _range_words(low: Any, high: Any) -> list[str]:
    if low is not None and high is not None:
        return [f"from {low} to {high}"]
    if low is not None:
        return [f"of at least {low}"]
    return [] if high is None else [f"of at most {high}"]


class DecimalNumber(_Number):
    noun = "a decimal number"
    facets = BOUNDS | DIGITS | PATTERN

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        if _decimal(text) is None:
            raise ValueError(f"is not {self.noun}")
        return Decimal(text)


class Integer(_Number):
    """``integer`` and the twelve types derived from it."""

    noun = "an integer"
    facets = BOUNDS | DIGITS | PATTERN

    def __init__(self, library: str, type: str, params: Parameters = ()) -> None:
        self.low, self.high = INTEGER_RANGES[type]
        super().__init__(library, type, params)

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        if _integer(text) is None:
            raise ValueError(f"is not {self.noun}")
        value = int(text) if len(text) < LONG_NUMBER else Decimal(text)
        if (self.low is not None and value < self.low) or (self.high is not None and value > self.high):
            words = " ".join(_range_words(self.low, self.high)).removeprefix("of ")
            raise ValueError(f"must be {words}")
        return value


class Double(_Number):
    noun = "a number"
    facets = BOUNDS | PATTERN
    _specials: ClassVar[dict[str, float]] = {"INF": inf, "-INF": -inf, "NaN": nan}

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        if _float(text):
            return float(text)
        if text in self._specials:
            return self._specials[text]
        raise ValueError(f"is not {self.noun}")

    def key(self, value: Any) -> Hashable:
        """NaN equals itself, and the two zeros each other, as in Jing."""
        return "NaN" if isnan(value) else float(value)

    def compare(self, value: Any, other: Any) -> int | None:
        if isnan(value) or isnan(other):
            return 0 if isnan(value) and isnan(other) else None
        return super().compare(value, other)


class Float(Double):
    """``float``: values are those of 32 bits, so 16777217 equals 16777216."""

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        value = super().read(text, namespaces)
        try:
            return struct.unpack("f", struct.pack("f", value))[0]
        except OverflowError:
            return inf if value > 0 else -inf
