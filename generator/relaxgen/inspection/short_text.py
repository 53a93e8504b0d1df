"""Types and lists in few words, for a line of a tree."""

from __future__ import annotations

from collections.abc import Sequence

from ..binding.model import ClassReference, FieldKind, FieldModel
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

INDENT = "  "
_ROOM = 56
"""The number of characters of a list that are shown."""

_KIND_WORDS = {
    FieldKind.FLAG: "flag",
    FieldKind.CONTENT: "content",
    FieldKind.CHOICE: "choice",
    FieldKind.OPEN_ATTRIBUTES: "any attributes",
    FieldKind.OPEN_ELEMENTS: "any elements",
}


def short_type(field: FieldModel) -> str:
    if isinstance(field.type, ClassReference):
        return field.type.name
    return _KIND_WORDS[field.kind] if field.type is None else _short(field.type)


def _short(value: ValueType) -> str:
    match value:
        case StringType():
            return "string"
        case DatatypeType() | ConvertedType():
            return value.kind.value
        case WordsType():
            return f"{value.true}/{value.false}"
        case LiteralType():
            return cut_list([repr(token) for token in value.tokens], 3)
        case EnumType():
            return value.name
        case ListType():
            return f"list of {_short(value.item)}"
        case ChoiceType():
            return " or ".join(dict.fromkeys(_short(part) for part in value.types))
        case TokensType():
            raise AssertionError("binding has made an enumeration of every choice of tokens")


def cut_list(texts: Sequence[str], most: int | None = None) -> str:
    """The first of the texts, at least one, and the number of the others."""
    shown: list[str] = []
    for text in texts:
        if shown and (len(", ".join((*shown, text))) > _ROOM or len(shown) == most):
            return f"{', '.join(shown)} … {len(texts) - len(shown)} more"
        shown.append(text)
    return ", ".join(shown)
