"""Converters: from the text of an attribute or element to a value of Python and back, without loss.

A converter is a dict from the texts that it has met to their values, so that generated code reads a field by
``disk.size = _SIZE[text]``, which is one look-up in C where the text was met before. `Converter.__missing__` does the
rest, with three outcomes:

    the value       where `Converter.format` writes exactly this text for it
    OtherSpelling   the text is right, but `format` writes the value otherwise: ``007``, `` 7 ``, ``+7``
    InvalidText     the schema does not allow the text

`Converter.format` is the way back. It never writes what the datatype refuses.

What stays a string, though XML Schema has a name for it: dates, times and durations. Python's types cannot hold years
beyond 9999 or before 1, the end of a day as 24:00:00, leap seconds, fractions finer than microseconds, dates with a
zone, or how the author spelled the zone. They are checked, and so are URIs and names.
"""

from __future__ import annotations

from .compounds import ChoiceConverter, ListConverter
from .converter import Converter, InvalidText, Irregular, OtherSpelling, TextConverter
from .scalars import (
    Base64Converter,
    BooleanConverter,
    CIntegerConverter,
    DecimalConverter,
    FloatConverter,
    HexadecimalConverter,
    HexBinaryConverter,
    IntegerConverter,
)
from .words import EnumerationConverter, LiteralConverter, WordPairConverter, tokens

__all__ = [
    "Base64Converter",
    "BooleanConverter",
    "CIntegerConverter",
    "ChoiceConverter",
    "Converter",
    "DecimalConverter",
    "EnumerationConverter",
    "FloatConverter",
    "HexBinaryConverter",
    "HexadecimalConverter",
    "IntegerConverter",
    "InvalidText",
    "Irregular",
    "ListConverter",
    "LiteralConverter",
    "OtherSpelling",
    "TextConverter",
    "WordPairConverter",
    "tokens",
]
