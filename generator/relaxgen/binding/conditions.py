"""Conditions over the fields of one class: the notation of `b:when`.

They are written in the part of XPath 1.0 that speaks of one element: names of its attributes and children (`@device`,
`readonly`), compared with texts or numbers by `=` and `!=`, joined by `and`, `or` and `not()`. A name alone holds
where the document has that attribute or child. `device` without `@` means the attribute where no child is called so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..diagnostics.errors import did_you_mean
from .model import All, Condition, FieldKind, FieldModel, Not, OneOf, Present, Same

_NAMED = (FieldKind.ATTRIBUTE, FieldKind.CHILD, FieldKind.VALUE, FieldKind.FLAG)
_COMPARABLE = (FieldKind.ATTRIBUTE, FieldKind.VALUE)


LONGEST = 5000
"""Characters of a condition. The parser walks what it reads recursively."""


class WrongCondition(Exception):
    """``str()`` says what is wrong, as the continuation of the condition's own text."""


def read_condition(text: str, fields: Sequence[FieldModel]) -> Condition:
    """
    Raises:
        WrongCondition: it cannot be read, or is about something that the class does not have.
    """
    from elementpath import ElementPathError
    from elementpath.xpath1 import XPath1Parser

    if len(text) > LONGEST:
        raise WrongCondition(f"is longer than {LONGEST} characters")
    try:
        return _Translation(fields).of(XPath1Parser(namespaces={}).parse(text))
    except ElementPathError as error:
        raise WrongCondition(f"is not a condition: {error.message}") from None
    except RecursionError:
        raise WrongCondition("is nested too deeply") from None


def tests_in(condition: Condition) -> Iterator[Present | Same]:
    """What the condition asks of single fields."""
    match condition:
        case Present() | Same():
            yield condition
        case Not():
            yield from tests_in(condition.condition)
        case All() | OneOf():
            for part in condition.conditions:
                yield from tests_in(part)


class _Translation:
    """Reads elementpath's syntax trees. Their nodes differ by their symbols."""

    def __init__(self, fields: Sequence[FieldModel]) -> None:
        self._fields = [field for field in fields if field.kind in _NAMED]

    def of(self, token: Any) -> Condition:
        match token.symbol:
            case "and":
                return All((self.of(token[0]), self.of(token[1])))
            case "or":
                return OneOf((self.of(token[0]), self.of(token[1])))
            case "not":
                return Not(self.of(token[0]))
            case "(" if len(token) == 1:
                return self.of(token[0])
            case "=":
                return self._comparison(token)
            case "!=":
                return Not(self._comparison(token))
            case "(name)" | "@":
                return self._presence(self._field(token))
            case _:
                raise WrongCondition(
                    f"has {token.source!r}, which is not allowed here: use names, texts, =, !=, and, or, not()"
                )

    def _comparison(self, token: Any) -> Condition:
        left, right = token
        if left.symbol in ("(string)", "(integer)"):
            left, right = right, left
        if left.symbol not in ("(name)", "@") or right.symbol not in ("(string)", "(integer)"):
            raise WrongCondition(f"compares {token.source!r}, expected a name and a text, as in @device='cdrom'")
        field = self._field(left)
        if field.kind not in _COMPARABLE or field.cardinality.many:
            raise WrongCondition(f"compares {left.source!r}, which has no single value")
        return Same(field.name, str(right.value))

    def _presence(self, field: FieldModel) -> Condition:
        if field.cardinality.required:
            raise WrongCondition(f"tests {_shown(field)!r}, which is always present")
        return Present(field.name)

    def _field(self, token: Any) -> FieldModel:
        name = str(token[0].value) if token.symbol == "@" else str(token.value)
        if token.symbol == "@" and token[0].symbol != "(name)":
            raise WrongCondition(f"has {token.source!r}, expected the name of an attribute")
        found = [field for field in self._fields if field.xml_name is not None and field.xml_name.local == name]
        attributes = [field for field in found if field.kind is FieldKind.ATTRIBUTE]
        children = [field for field in found if field.kind is not FieldKind.ATTRIBUTE]
        candidates = attributes if token.symbol == "@" else children or attributes
        if candidates:
            return candidates[0]
        known = [_shown(field) for field in self._fields if token.symbol != "@" or field.kind is FieldKind.ATTRIBUTE]
        written = f"@{name}" if token.symbol == "@" else name
        hint = did_you_mean(written, known) or f"; the element has {', '.join(known) or 'nothing to test'}"
        raise WrongCondition(f"tests {written!r}, which does not exist here{hint}")


def _shown(field: FieldModel) -> str:
    assert field.xml_name is not None, "attributes and children have names"
    return f"@{field.xml_name.local}" if field.kind is FieldKind.ATTRIBUTE else field.xml_name.local
