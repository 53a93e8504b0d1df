"""The support code of generated packages. Each package contains a copy, ``_runtime``, and also needs lxml.

Generated modules import this package as ``rt``. Users import from the generated package, which has the public names.
The code that explains faults is loaded when the first fault occurs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .converters import (
    BooleanConverter,
    Converter,
    Data,
    EnumerationConverter,
    IntegerConverter,
    Irregular,
    LiteralConverter,
    Meaning,
    TextConverter,
    WordPairConverter,
    tokens,
)
from .documents import (
    FormatOptions,
    ParseOptions,
    format,
    format_root,
    homes_of,
    no_such_name,
    parse,
    parse_root,
    parse_union,
)
from .element import (
    MISSING,
    Contents,
    Element,
    Field,
    Parts,
    Token,
    Unknown,
    attribute,
    child,
    children,
    choice,
    content,
    flag,
    new,
    open_attributes,
    open_elements,
    text,
)
from .markup import AnyElement, Names, attribute_text, escape_text
from .reader import Reader, Source, UnknownContent, read_variant
from .writer import PRESENT, Writer, simple

if TYPE_CHECKING:
    from datetime import date, datetime

    from .faults import Fault, FormatError, ParseError
    from .plain import Difference, differences, find, from_dict, from_json, text_of, to_dict, to_json, walk
    from .streaming import expand_entities, iter_parse

    # Not all packages have the modules of these.
    Base64Converter: Any
    CIntegerConverter: Any
    ChoiceConverter: Any
    DateConverter: Any
    DateTimeConverter: Any
    DecimalConverter: Any
    FloatConverter: Any
    HexBinaryConverter: Any
    HexadecimalConverter: Any
    ListConverter: Any

__all__ = [
    "MISSING",
    "PRESENT",
    "AnyElement",
    "BooleanConverter",
    "Contents",
    "Converter",
    "Data",
    "Difference",
    "Element",
    "EnumerationConverter",
    "Fault",
    "Field",
    "FormatError",
    "FormatOptions",
    "IntegerConverter",
    "Irregular",
    "LiteralConverter",
    "Meaning",
    "Names",
    "ParseError",
    "ParseOptions",
    "Parts",
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
    "choice",
    "content",
    "date",
    "datetime",
    "differences",
    "escape_text",
    "expand_entities",
    "find",
    "flag",
    "format",
    "format_root",
    "from_dict",
    "from_json",
    "homes_of",
    "iter_parse",
    "new",
    "no_such_name",
    "open_attributes",
    "open_elements",
    "parse",
    "parse_root",
    "parse_union",
    "read_variant",
    "simple",
    "text",
    "text_of",
    "to_dict",
    "to_json",
    "tokens",
    "walk",
]

CONVERTERS = {
    "Base64Converter": ".octet_converters",
    "CIntegerConverter": ".number_converters",
    "ChoiceConverter": ".composite_converters",
    "DateConverter": ".date_converters",
    "DateTimeConverter": ".date_converters",
    "DecimalConverter": ".number_converters",
    "FloatConverter": ".number_converters",
    "HexBinaryConverter": ".octet_converters",
    "HexadecimalConverter": ".number_converters",
    "ListConverter": ".composite_converters",
}
"""Converters that only some packages need, and their modules. Only these packages contain the modules."""

_LAZY = {
    **CONVERTERS,
    "Fault": ".faults",
    "FormatError": ".faults",
    "ParseError": ".faults",
    "expand_entities": ".streaming",
    "iter_parse": ".streaming",
    "date": "datetime",
    "datetime": "datetime",
    "Difference": ".plain",
    "differences": ".plain",
    "find": ".plain",
    "from_dict": ".plain",
    "from_json": ".plain",
    "text_of": ".plain",
    "to_dict": ".plain",
    "to_json": ".plain",
    "walk": ".plain",
}


def __getattr__(name: str) -> object:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name], __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
