"""Converters for numbers, truth values and octets."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from .converters import Converter, Data, InvalidText, wrong_type

if TYPE_CHECKING:
    from decimal import Decimal


LONGEST_NUMBER = 4000
"""So many characters may a number have; Python's `int` refuses not many more, since it takes quadratic time."""


class IntegerConverter(Converter[int]):
    """Integers, without leading zeros and plus sign unless the schema insists on them."""

    __slots__ = ()
    implied = (Data("integer"),)

    def read(self, text: str) -> int:
        _check_length(text)
        try:
            return int(_ascii(text))
        except ValueError:
            raise InvalidText("is not an integer", ("an integer",)) from None

    def spellings(self, value: int) -> Iterator[str]:
        text = str(_integer(value))
        yield text
        sign, digits = ("-", text[1:]) if value < 0 else ("", text)
        for width in range(len(digits) + 1, _WIDEST_NUMBER):
            yield sign + digits.zfill(width)
        if not sign:
            yield "+" + text

    def format(self, value: int) -> str:
        if type(value) is int and _SMALLEST < value < _LARGEST:
            text = str(value)
            if text in self:
                return text
        return super().format(value)


_SMALLEST, _LARGEST = -(2**64), 2**64
"""What is beyond has its length checked before it becomes text."""

_WIDEST_NUMBER = 21
"""Leading zeros are tried up to the width of the largest unsignedLong."""


def _check_length(text: str) -> None:
    if len(text) > LONGEST_NUMBER:
        raise InvalidText(f"has more than {LONGEST_NUMBER} characters")


def _ascii(text: str) -> str:
    """`text` for Python's number types, which take digits of all scripts and underscores."""
    if not text.isascii() or "_" in text:
        raise ValueError(text)
    return text


def _integer(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong_type(value, "an integer")
    if value.bit_length() > LONGEST_NUMBER * 3:
        raise ValueError(f"an integer of {value.bit_length()} bits is too large")
    return int(value)


class HexadecimalConverter(Converter[int]):
    """Integers written with ``0x`` and at least ``digits`` digits; ``1f`` without ``0x`` is 31 as well."""

    __slots__ = ("digits",)

    def __init__(self, *checks: Data, digits: int = 1) -> None:
        super().__init__(*checks)
        self.digits = digits

    def read(self, text: str) -> int:
        _check_length(text)
        try:
            return int(_ascii(text.strip(" \t\r\n")), 16)
        except ValueError:
            expected = "a hexadecimal integer such as 0x1f"
            raise InvalidText(f"is not {expected}", (expected,)) from None

    def spellings(self, value: int) -> Iterator[str]:
        texts = list(_hexadecimals(value, self.digits))
        yield from texts
        yield from (text.replace("0x", "", 1) for text in texts)


def _hexadecimals(value: int, digits: int) -> Iterator[str]:
    value = _integer(value)
    sign = "-" if value < 0 else ""
    for width in dict.fromkeys((digits, *range(1, 17))):
        yield f"{sign}0x{abs(value):0{width}x}"


class CIntegerConverter(Converter[int]):
    """Integers as C's ``strtol`` reads them with base 0: ``0x1f``, ``31`` and ``037`` are one. They are written with
    the base ``base``, 10 or 16, and with at least ``digits`` digits where that is 16. What C takes for no number, but a
    schema may allow, means what it can: ``08`` is 8, ``1f`` is 31."""

    __slots__ = ("base", "digits")

    def __init__(self, *checks: Data, base: int = 10, digits: int = 1) -> None:
        super().__init__(*checks)
        self.base = base
        self.digits = digits

    def read(self, text: str) -> int:
        _check_length(text)
        bare = text.strip(" \t\r\n").lower()
        is_octal = bare.lstrip("+-").startswith("0") and bare.lstrip("+-0").isdecimal()
        for base in (8 if is_octal else 10, 10, 16):
            try:
                return int(_ascii(bare), base)
            except ValueError:
                continue
        expected = "an integer such as 31 or 0x1f"
        raise InvalidText(f"is not {expected}", (expected,))

    def spellings(self, value: int) -> Iterator[str]:
        if self.base == 16:
            yield from _hexadecimals(value, self.digits)
        yield str(_integer(value))
        if self.base != 16:
            yield from _hexadecimals(value, self.digits)

    def format(self, value: int) -> str:
        if type(value) is int and 0 <= value < _LARGEST:
            text = f"0x{value:0{self.digits}x}" if self.base == 16 else str(value)
            if text in self:
                return text
        return super().format(value)


class DecimalConverter(Converter["Decimal"]):
    """Decimal numbers, with the zeros after the point that they have."""

    __slots__ = ()
    implied = (Data("decimal"),)

    def read(self, text: str) -> Decimal:
        _check_length(text)
        try:
            return _decimal_type()(_ascii(text.strip(" \t\r\n")))
        except (ValueError, ArithmeticError):
            raise InvalidText("is not a decimal number", ("a decimal number",)) from None

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
        for width in range(len(fraction) + 1, _WIDEST_NUMBER):
            yield f"{whole}.{fraction.ljust(width, '0')}"


@cache
def _decimal_type() -> type[Decimal]:
    from decimal import Decimal

    return Decimal


def _decimal(value: object) -> Decimal:
    Decimal = _decimal_type()
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(_integer(value))
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
    implied = (Data("double"),)

    def read(self, text: str) -> float:
        try:
            return float(_ascii(text))
        except ValueError:
            raise InvalidText("is not a number", ("a number",)) from None

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
            plain = _plain(text)
            yield plain
            yield plain.removesuffix(".0")


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


def _plain(text: str) -> str:
    """A number without an exponent, which a pattern may refuse."""
    from decimal import Decimal

    return format(Decimal(text), "f")


_SPECIAL_NUMBERS = {"inf": "INF", "-inf": "-INF", "nan": "NaN"}


class BooleanConverter(Converter[bool]):
    """``true`` and ``false``; ``1`` and ``0`` are other spellings unless the schema allows nothing else."""

    __slots__ = ()
    implied = (Data("boolean"),)

    def read(self, text: str) -> bool:
        word = text.strip(" \t\r\n")
        if word not in ("true", "false", "1", "0"):
            raise InvalidText("is not true or false", ("true", "false"))
        return word in ("true", "1")

    def spellings(self, value: bool) -> Iterator[str]:
        if not isinstance(value, bool):
            raise wrong_type(value, "True or False")
        yield "true" if value else "false"
        yield "1" if value else "0"


class HexBinaryConverter(Converter[bytes]):
    """Octets as pairs of hexadecimal digits, in capitals where the schema allows them."""

    __slots__ = ()
    implied = (Data("hexBinary"),)

    def read(self, text: str) -> bytes:
        try:
            return bytes.fromhex(_ascii(text))
        except ValueError:
            raise InvalidText("is not pairs of hexadecimal digits", ("pairs of hexadecimal digits",)) from None

    def spellings(self, value: bytes) -> Iterator[str]:
        text = _octets(value).hex()
        yield text.upper()
        yield text


class Base64Converter(Converter[bytes]):
    """Octets in base64, without white space."""

    __slots__ = ()
    implied = (Data("base64Binary"),)

    def read(self, text: str) -> bytes:
        from base64 import b64decode

        try:
            return b64decode("".join(text.split()), validate=True)
        except ValueError:
            raise InvalidText("is not base64 data", ("base64 data",)) from None

    def spellings(self, value: bytes) -> Iterator[str]:
        from base64 import b64encode

        yield b64encode(_octets(value)).decode("ascii")


def _octets(value: object) -> bytes:
    if not isinstance(value, (bytes, bytearray, memoryview)):
        raise wrong_type(value, "bytes")
    return bytes(value)
