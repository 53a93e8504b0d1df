"""Converters for decimal numbers, floating-point numbers, and integers in hexadecimal and as C has them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

from .converters import (
    LARGEST,
    LONGEST_NUMBER,
    WIDEST_NUMBER,
    Converter,
    Data,
    ascii_of,
    checked_integer,
    digits_of,
    wrong_type,
)

if TYPE_CHECKING:
    from decimal import Decimal


class HexadecimalConverter(Converter[int]):
    """Integers written with ``0x`` and at least ``digits`` digits; ``1f`` without ``0x`` is 31 as well."""

    __slots__ = ("digits",)
    expected = ("a hexadecimal integer such as 0x1f",)

    def __init__(self, *checks: Data, digits: int = 1) -> None:
        super().__init__(*checks)
        self.digits = digits

    def read(self, text: str) -> int:
        return int(digits_of(text), 16)

    def spellings(self, value: int) -> Iterator[str]:
        texts = list(_hexadecimals(value, self.digits))
        yield from texts
        yield from (text.replace("0x", "", 1) for text in texts)

    def recipe(self) -> tuple[str, object]:
        return "hexadecimal", self.digits


def _hexadecimals(value: int, digits: int) -> Iterator[str]:
    value = checked_integer(value)
    sign = "-" if value < 0 else ""
    for width in dict.fromkeys((digits, *range(1, 17))):
        yield f"{sign}0x{abs(value):0{width}x}"


class CIntegerConverter(Converter[int]):
    """Integers as C's ``strtol`` reads them with base 0: ``0x1f``, ``31`` and ``037`` are one. They are written with
    the base ``base``, 10 or 16, and with at least ``digits`` digits where that is 16. What C takes for no number, but a
    schema may allow, means what it can: ``08`` is 8, ``1f`` is 31."""

    __slots__ = ("base", "digits")
    expected = ("an integer such as 31 or 0x1f",)

    def __init__(self, *checks: Data, base: int = 10, digits: int = 1) -> None:
        super().__init__(*checks)
        self.base = base
        self.digits = digits

    def read(self, text: str) -> int:
        bare = digits_of(text).lower()
        is_octal = bare.lstrip("+-").startswith("0") and bare.lstrip("+-0").isdecimal()
        for base in (8 if is_octal else 10, 10):
            try:
                return int(bare, base)
            except ValueError:
                continue
        return int(bare, 16)

    def spellings(self, value: int) -> Iterator[str]:
        decimal, hexadecimal = (str(checked_integer(value)),), _hexadecimals(value, self.digits)
        return chain(hexadecimal, decimal) if self.base == 16 else chain(decimal, hexadecimal)

    def format(self, value: int) -> str:
        if type(value) is int and 0 <= value < LARGEST:
            text = f"0x{value:0{self.digits}x}" if self.base == 16 else str(value)
            if text in self:
                return text
        return super().format(value)

    def recipe(self) -> tuple[str, object]:
        return ("hexadecimal", self.digits) if self.base == 16 else ("integer", None)


class DecimalConverter(Converter["Decimal"]):
    """Decimal numbers, with the zeros after the point that they have."""

    __slots__ = ()
    expected = ("a decimal number",)

    def read(self, text: str) -> Decimal:
        value: Decimal = _decimal_type()(digits_of(text))
        return value

    def format(self, value: Decimal) -> str:
        if type(value) is _decimal_type():
            text = str(value)
            if text in self:
                return text
        return super().format(value)

    def spellings(self, value: Decimal) -> Iterator[str]:
        text = format(_decimal(value), "f")
        yield text
        whole, _, fraction = text.partition(".")
        for width in range(len(fraction) + 1, WIDEST_NUMBER):
            yield f"{whole}.{fraction.ljust(width, '0')}"

    def recipe(self) -> tuple[str, object]:
        return "decimal", _decimal_type()


@cache
def _decimal_type() -> type[Decimal]:
    from decimal import Decimal

    return Decimal


def _decimal(value: object) -> Decimal:
    Decimal = _decimal_type()
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(checked_integer(value))
    if not isinstance(value, Decimal):
        raise wrong_type(value, "a decimal number")
    if not value.is_finite():
        raise ValueError(f"{value} is not a decimal number of XML Schema")
    if abs(value.adjusted()) > LONGEST_NUMBER:
        raise ValueError(f"{value} has too many digits")
    return value


class FloatConverter(Converter[float]):
    """Floating-point numbers, spelled as Python does, and ``INF``, ``-INF`` and ``NaN``."""

    __slots__ = ()
    expected = ("a number",)

    def read(self, text: str) -> float:
        return float(ascii_of(text))

    def format(self, value: float) -> str:
        if type(value) is float:
            text = repr(value)
            if text in self:
                return text
        return super().format(value)

    def spellings(self, value: float) -> Iterator[str]:
        number = _float(value)
        text = repr(number)
        yield _SPECIAL_NUMBERS.get(text, text)
        if math.isfinite(number):
            # A pattern may refuse an exponent.
            plain = format(_decimal_type()(text), "f")
            yield plain
            yield plain.removesuffix(".0")

    def recipe(self) -> tuple[str, object]:
        return "float", None


def _float(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise wrong_type(value, "a number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if isinstance(value, int) and number != value:
        raise ValueError(f"an integer of {value.bit_length()} bits cannot be held by a floating-point number")
    return number


_SPECIAL_NUMBERS = {"inf": "INF", "-inf": "-INF", "nan": "NaN"}
