"""The conversions of `b:as`: a text is read as another kind of value than its datatype says.

    integer            -1, 31
    hexadecimal        0x1f; without 0x too: 1f is 31
    hexadecimal(4)     the same, written with at least four digits: 0x001f
    c-integer          as C reads it: 0x1f, 31 and 037 are all 31, and 1f, which C does not read; written as 31
    c-hexadecimal(2)   the same, written as 0x1f
    decimal, float     1.50
    date, datetime     2024-05-31, 2024-05-31T13:20:00Z
    string             the text itself, for a number that a program does not use as one

The spelling in a document is kept until the value changes. The schema's own datatype and facets still decide whether a
text is valid.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ..diagnostics.errors import nearest_or_all
from ..runtime.converters import BooleanConverter, Converter, IntegerConverter, TextConverter
from ..runtime.date_converters import DateConverter, DateTimeConverter
from ..runtime.number_converters import CIntegerConverter, DecimalConverter, FloatConverter, HexadecimalConverter


class Kind(Enum):
    """The kinds of values that a program sees: those of datatypes, and those of conversions."""

    STRING = "string"
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLOAT = "float"
    BOOLEAN = "boolean"
    BYTES = "bytes"
    DATE = "date"
    DATETIME = "datetime"


CONVERSION_KINDS = {
    "integer": Kind.INTEGER,
    "hexadecimal": Kind.INTEGER,
    "c-integer": Kind.INTEGER,
    "c-hexadecimal": Kind.INTEGER,
    "decimal": Kind.DECIMAL,
    "float": Kind.FLOAT,
    "date": Kind.DATE,
    "datetime": Kind.DATETIME,
    "string": Kind.STRING,
}

WITH_DIGITS = frozenset({"hexadecimal", "c-hexadecimal"})

MOST_DIGITS = 16

_NOTATION = re.compile(r"([a-z-]+)(?:\((\d{1,2})\))?")


@dataclass(frozen=True, slots=True)
class Conversion:
    """``digits`` is how many a written number has at least."""

    name: str
    digits: int = 1

    @property
    def kind(self) -> Kind:
        return CONVERSION_KINDS[self.name]

    def __str__(self) -> str:
        return self.name if self.digits == 1 else f"{self.name}({self.digits})"


def read_conversion(notation: str) -> Conversion | None:
    """None where the notation is not one of those above."""
    found = _NOTATION.fullmatch(notation.strip())
    if found is None or found[1] not in CONVERSION_KINDS:
        return None
    if found[2] is None:
        return Conversion(found[1])
    digits = int(found[2])
    if found[1] not in WITH_DIGITS or not 1 <= digits <= MOST_DIGITS:
        return None
    return Conversion(found[1], digits)


def why_no_conversion(notation: str) -> str:
    """Returns the part of a message that follows a wrong notation; empty if the notation is right."""
    if read_conversion(notation) is not None:
        return ""
    name, bracket, _ = notation.strip().partition("(")
    if name in CONVERSION_KINDS and bracket:
        return f"expected from 1 to {MOST_DIGITS} digits" if name in WITH_DIGITS else f"but {name} takes no digits"
    return f"which is not a type here{nearest_or_all(name, CONVERSION_KINDS)}"


_CONVERTERS: dict[Kind | str, Converter[Any]] = {
    Kind.STRING: TextConverter(),
    Kind.INTEGER: IntegerConverter(),
    Kind.DECIMAL: DecimalConverter(),
    Kind.FLOAT: FloatConverter(),
    Kind.BOOLEAN: BooleanConverter(),
    Kind.DATE: DateConverter(),
    Kind.DATETIME: DateTimeConverter(),
    "hexadecimal": HexadecimalConverter(),
    "c-integer": CIntegerConverter(),
    "c-hexadecimal": CIntegerConverter(),
}
"""By kinds, and by the names of those conversions that differ."""


def value_of(text: str, kind: Kind, conversion: Conversion | None = None) -> object:
    """Returns the value of a text in a schema or a bindings file; not for octets.

    Raises:
        InvalidText: it is not one of the kind.
    """
    name = "" if conversion is None else conversion.name
    return (_CONVERTERS.get(name) or _CONVERTERS[kind]).value_of(text)
