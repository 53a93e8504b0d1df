"""The support code of generated packages. A package carries a copy, as ``_runtime``, and needs nothing else but lxml.

Generated modules import this package as ``rt``; users find what is meant for them in their package's own namespace.
What only explains faults is loaded when there is one.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .converters import (
    Base64Converter,
    BooleanConverter,
    ChoiceConverter,
    CIntegerConverter,
    Converter,
    DecimalConverter,
    EnumerationConverter,
    FloatConverter,
    HexadecimalConverter,
    HexBinaryConverter,
    IntegerConverter,
    Irregular,
    ListConverter,
    LiteralConverter,
    TextConverter,
    WordPairConverter,
)
from .converters.check import Data, Meaning
from .converters.long_patterns import PATTERNS
from .entry.formatting import format_element, format_root
from .entry.parsing import parse, parse_root
from .objects.contents import Contents
from .objects.element import MISSING, Element, new
from .objects.fields import Attribute, Child, ChildOrder, Content, Field, Flag, Open, OpenAttributes, Text
from .objects.preserved import Unknown
from .objects.token import Token
from .reading.reader import Reader, read_variant
from .writing.writer import Writer, simple
from .xml.any_element import AnyElement
from .xml.escaping import attribute_text, escape_text
from .xml.name_classes import Names
from .xml.source import Source, UnknownContent

if TYPE_CHECKING:
    from .entry.streaming import iter_parse
    from .faults import Fault, FormatError, ParseError
    from .xml.entities import expand_entities

__all__ = [
    "MISSING",
    "PATTERNS",
    "AnyElement",
    "Attribute",
    "Base64Converter",
    "BooleanConverter",
    "CIntegerConverter",
    "Child",
    "ChildOrder",
    "ChoiceConverter",
    "Content",
    "Contents",
    "Converter",
    "Data",
    "DecimalConverter",
    "Element",
    "EnumerationConverter",
    "Fault",
    "Field",
    "Flag",
    "FloatConverter",
    "FormatError",
    "HexBinaryConverter",
    "HexadecimalConverter",
    "IntegerConverter",
    "Irregular",
    "ListConverter",
    "LiteralConverter",
    "Meaning",
    "Names",
    "Open",
    "OpenAttributes",
    "ParseError",
    "Reader",
    "Source",
    "Text",
    "TextConverter",
    "Token",
    "Unknown",
    "UnknownContent",
    "WordPairConverter",
    "Writer",
    "attribute_text",
    "escape_text",
    "expand_entities",
    "format_element",
    "format_root",
    "iter_parse",
    "new",
    "parse",
    "parse_root",
    "read_variant",
    "simple",
]

_LAZY = {
    "Fault": ".faults",
    "FormatError": ".faults",
    "ParseError": ".faults",
    "expand_entities": ".xml.entities",
    "iter_parse": ".entry.streaming",
}


def __getattr__(name: str) -> object:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name], __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
