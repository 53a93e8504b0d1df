"""A type on one line with all that it says: `short_text` shows less."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from ..binding.model import ClassReference, EnumModel
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


def describe_type(value: ValueType | ClassReference, enums: Mapping[str, EnumModel]) -> str:
    """A type on one line: ``Disk``, ``xsd:int(minInclusive "1")``, ``yes/no``, ``list of string (1 to 3)``. Of an
    enumeration the tokens are shown where the place does not allow all of them."""
    match value:
        case ClassReference():
            return value.name
        case StringType():
            return "string"
        case DatatypeType():
            return _datatype(value)
        case ConvertedType():
            checks = " or ".join(map(_datatype, value.checks)) or "string"
            return f"{checks} as {value.conversion}"
        case WordsType():
            return f"{value.true}/{value.false}"
        case LiteralType():
            return alternatives(value.tokens) + (" exact" if value.exact else "")
        case EnumType():
            return value.name + _allowed(value, enums)
        case ListType():
            return f"list of {_inner(value.item, enums)}{_bounds(value)}"
        case ChoiceType():
            return " or ".join(_inner(part, enums) for part in value.types)
        case TokensType():
            raise AssertionError("binding has made an enumeration of every choice of tokens")


def _inner(value: ValueType, enums: Mapping[str, EnumModel]) -> str:
    text = describe_type(value, enums)
    return f"({text})" if isinstance(value, (ChoiceType, ListType)) else text


def _datatype(value: DatatypeType) -> str:
    name = value.datatype.short
    params = ", ".join(f"{param.name} {quoted(param.value)}" for param in value.params)
    excluded = f" except {alternatives(value.excluded)}" if value.excluded else ""
    return name + (f"({params})" if params else "") + excluded


def _allowed(value: EnumType, enums: Mapping[str, EnumModel]) -> str:
    possible = {member.token for member in enums[value.name].members if member.allowed}
    if set(value.tokens) == possible:
        return ""
    return f"({alternatives(value.tokens)})"


def _bounds(value: ListType) -> str:
    if value.maximum is None:
        return f" (at least {value.minimum})" if value.minimum else ""
    if value.minimum == value.maximum:
        return f" ({value.minimum})"
    return f" ({value.minimum} to {value.maximum})"


def alternatives(tokens: Iterable[str]) -> str:
    return " | ".join(map(quoted, tokens))


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
