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
    tokens,
)
from .converters.check import Data, Meaning
from .entry.formatting import format, format_root
from .entry.options import FormatOptions, ParseOptions
from .entry.parsing import parse, parse_root, parse_union
from .objects.contents import Contents
from .objects.element import Element, new
from .objects.fields import (
    MISSING,
    Field,
    attribute,
    child,
    children,
    content,
    flag,
    open_attributes,
    open_elements,
    text,
)
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
    from .objects.plain import Difference, differences, find, from_dict, from_json, to_dict, to_json, walk
    from .xml.entities import expand_entities

__all__ = [
    "MISSING",
    "AnyElement",
    "Base64Converter",
    "BooleanConverter",
    "CIntegerConverter",
    "ChoiceConverter",
    "Contents",
    "Converter",
    "Data",
    "DecimalConverter",
    "Difference",
    "Element",
    "EnumerationConverter",
    "Fault",
    "Field",
    "FloatConverter",
    "FormatError",
    "FormatOptions",
    "HexBinaryConverter",
    "HexadecimalConverter",
    "IntegerConverter",
    "Irregular",
    "ListConverter",
    "LiteralConverter",
    "Meaning",
    "Names",
    "ParseError",
    "ParseOptions",
    "Reader",
    "Source",
    "TextConverter",
    "Token",
    "Unknown",
    "UnknownContent",
    "WordPairConverter",
    "Writer",
    "attribute",
    "attribute_text",
    "child",
    "children",
    "content",
    "differences",
    "escape_text",
    "expand_entities",
    "find",
    "flag",
    "format",
    "format_root",
    "from_dict",
    "from_json",
    "iter_parse",
    "new",
    "open_attributes",
    "open_elements",
    "parse",
    "parse_root",
    "parse_union",
    "read_variant",
    "simple",
    "text",
    "to_dict",
    "to_json",
    "tokens",
    "walk",
]

_LAZY = {
    "Fault": ".faults",
    "FormatError": ".faults",
    "ParseError": ".faults",
    "expand_entities": ".xml.entities",
    "iter_parse": ".entry.streaming",
    "Difference": ".objects.plain",
    "differences": ".objects.plain",
    "find": ".objects.plain",
    "from_dict": ".objects.plain",
    "from_json": ".objects.plain",
    "to_dict": ".objects.plain",
    "to_json": ".objects.plain",
    "walk": ".objects.plain",
}


def __getattr__(name: str) -> object:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name], __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
