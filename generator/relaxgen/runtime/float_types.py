"""Floating-point numbers."""

from __future__ import annotations

import re
import struct
from collections.abc import Hashable, Mapping
from math import inf, isnan, nan
from typing import Any, ClassVar

from .datatypes import BOUNDS, PATTERN, Datatype, Namespaces, Number

_float = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?").fullmatch


class Double(Number):
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


TYPES: Mapping[str, type[Datatype]] = {"float": Float, "double": Double}
