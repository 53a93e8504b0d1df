"""The support code of generated packages. A package carries a copy, as ``_runtime``, and needs nothing else but lxml.

Generated modules import this package as ``rt``; users find what is meant for them in their package's own namespace.
What only explains faults is loaded when there is one.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .contents import Contents
from .datatypes.check import Data
from .datatypes.conversion import (
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
from .datatypes.long_patterns import PATTERNS
from .element import MISSING, Element, new
from .escaping import attribute_text, escape_text
from .fields import Attribute, Child, ChildOrder, Content, Field, Flag, Open, OpenAttributes, Text
from .kept import Unknown
from .names import Names
from .open_content import AnyElement
from .reading import Reader, parse, read_variant
from .roots import format_root, iter_parse, parse_root
from .source import Source, UnknownContent
from .token import Token
from .writing import Writer, format_element, simple

if TYPE_CHECKING:
    from .entities import expand_entities
    from .faults import Fault, FormatError, ParseError

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

_LAZY = {"Fault": ".faults", "FormatError": ".faults", "ParseError": ".faults", "expand_entities": ".entities"}


def __getattr__(name: str) -> object:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name], __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
