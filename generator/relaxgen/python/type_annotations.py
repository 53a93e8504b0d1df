"""Value types and references as Python annotations."""

from __future__ import annotations

from collections.abc import Sequence

from ..binding.conversion import Kind
from ..binding.values import (
    ChoiceType,
    ConvertedType,
    DatatypeType,
    EnumType,
    ListType,
    LiteralType,
    StringType,
    TokensType,
    ValueType,
    WordsType,
)
from .identifiers import class_identifier

KIND_ANNOTATIONS = {
    Kind.STRING: "str",
    Kind.INTEGER: "int",
    Kind.DECIMAL: "Decimal",
    Kind.FLOAT: "float",
    Kind.BOOLEAN: "bool",
    Kind.BYTES: "bytes",
    # A field may well be called `date`, and would hide the type from the fields behind it.
    Kind.DATE: "rt.date",
    Kind.DATETIME: "rt.datetime",
}

MOST_ALTERNATIVES = 200
"""In one level of a union: Python's compiler and type checkers go one level deeper for each."""


def union_of(parts: Sequence[str]) -> str:
    """
    >>> union_of(["int", "str"])
    'int | str'
    """
    while len(parts) > MOST_ALTERNATIVES:
        starts = range(0, len(parts), MOST_ALTERNATIVES)
        parts = [f"({' | '.join(parts[start : start + MOST_ALTERNATIVES])})" for start in starts]
    return " | ".join(parts)


def annotation_of(value: ValueType) -> str:
    """
    >>> annotation_of(ListType(DatatypeType(DatatypeName(XML_SCHEMA, "int"))))
    'list[int]'
    """
    match value:
        case StringType():
            return "str"
        case DatatypeType() | ConvertedType():
            return KIND_ANNOTATIONS[value.kind]
        case WordsType():
            return "bool"
        case LiteralType():
            return f"Literal[{', '.join(map(repr, value.tokens))}]"
        case EnumType():
            return class_identifier(value.name)
        case ListType():
            return f"list[{annotation_of(value.item)}]"
        case ChoiceType():
            parts = list(dict.fromkeys(annotation_of(part) for part in value.types))
            if "str" in parts:
                parts = [part for part in parts if not part.startswith("Literal[")]
            return union_of(parts)
        case TokensType():
            raise AssertionError("binding has made an enumeration of every choice of tokens")


def standard_imports(value: ValueType) -> frozenset[tuple[str, str]]:
    """The names of the standard library that the annotation needs: pairs of module and name."""
    match value:
        case DatatypeType() | ConvertedType() if value.kind is Kind.DECIMAL:
            return frozenset({("decimal", "Decimal")})
        case LiteralType():
            return frozenset({("typing", "Literal")})
        case ListType():
            return standard_imports(value.item)
        case ChoiceType():
            # Literals beside strings are left out of the annotation.
            strings = any(annotation_of(part) == "str" for part in value.types)
            parts = [part for part in value.types if not (strings and isinstance(part, LiteralType))]
            return frozenset().union(*(standard_imports(part) for part in parts))
        case _:
            return frozenset()


def enums_in(value: ValueType) -> frozenset[str]:
    """The enumerations that the type refers to."""
    match value:
        case EnumType():
            return frozenset({value.name})
        case ListType():
            return enums_in(value.item)
        case ChoiceType():
            return frozenset().union(*(enums_in(part) for part in value.types))
        case _:
            return frozenset()
