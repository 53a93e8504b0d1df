"""Implied values and their conditions: as Python expressions over the fields of ``this``, and as what a class says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..binding.conversion import Conversion, Kind, value_of
from ..binding.implied import in_order
from ..binding.model import (
    All,
    ClassReference,
    Condition,
    FieldKind,
    FieldModel,
    Not,
    OneOf,
    Present,
    Same,
)
from ..binding.values import ChoiceType, ConvertedType, DatatypeType, EnumType, LiteralType, ValueType, WordsType
from .identifiers import field_identifier
from .module_names import ModuleNames
from .view import PythonImplied


class ImpliedViews:
    """What read and write functions of one class know about its implied values."""

    def __init__(self, names: ModuleNames, fields: Sequence[FieldModel]) -> None:
        self._names = names
        self._fields = {field.name: field for field in fields}

    def all(self) -> tuple[PythonImplied, ...]:
        """In the order in which parsing fills them in."""
        return tuple(self._view(field) for field in in_order(self._fields.values()))

    def value(self, field: FieldModel) -> str:
        assert field.implied is not None
        if field.kind is FieldKind.FLAG:
            return "True"
        return self._value(field.type, field.implied.text)

    def holds(self, field: FieldModel) -> str:
        """The test that the field has the value that is implied now: writing may leave it out."""
        assert field.implied is not None
        name = f"this.{field_identifier(field.name)}"
        tests = [] if field.kind is FieldKind.FLAG else [f"{name} == {self.value(field)}"]
        if field.implied.condition is not None:
            tests.append(_enclosed(self._condition(field.implied.condition)))
        return " and ".join(tests)

    def _view(self, field: FieldModel) -> PythonImplied:
        assert field.implied is not None
        condition = field.implied.condition
        name = field_identifier(field.name)
        absent = "False" if field.kind is FieldKind.FLAG else "rt.MISSING" if condition is None else "None"
        return PythonImplied(name, "" if condition is None else self._described(condition), absent, self.value(field))

    def _described(self, condition: Condition) -> str:
        """As the run time's `Condition`."""
        match condition:
            case Present(name):
                return f'("{"true" if _is_truth(self._fields[name]) else "given"}", {self._quoted(name)})'
            case Same(name, text):
                return f'("same", {self._quoted(name)}, {self._value(self._fields[name].type, text)})'
            case Not(condition=Same(name, text)):
                return f'("other", {self._quoted(name)}, {self._value(self._fields[name].type, text)})'
            case Not():
                return f'("not", {self._described(condition.condition)})'
            case All() | OneOf():
                kind = "all" if isinstance(condition, All) else "any"
                return f'("{kind}", {", ".join(map(self._described, _flat(condition, type(condition))))})'

    def _quoted(self, field: str) -> str:
        return f'"{field_identifier(field)}"'

    def _condition(self, condition: Condition) -> str:
        match condition:
            case Present():
                return self._present(self._fields[condition.field])
            case Same():
                field = self._fields[condition.field]
                return f"this.{field_identifier(field.name)} == {self._value(field.type, condition.text)}"
            case Not(condition=Same(name, text)):
                field = self._fields[name]
                return f"this.{field_identifier(name)} not in (None, {self._value(field.type, text)})"
            case Not(condition=Present(name)) if not _is_truth(self._fields[name]):
                return f"this.{field_identifier(name)} is None"
            case Not():
                return f"not {_enclosed(self._condition(condition.condition))}"
            case All():
                return " and ".join(_enclosed(self._condition(part)) for part in condition.conditions)
            case OneOf():
                return " or ".join(_enclosed(self._condition(part)) for part in condition.conditions)

    def _present(self, field: FieldModel) -> str:
        name = f"this.{field_identifier(field.name)}"
        return name if _is_truth(field) else f"{name} is not None"

    def _value(self, value: ValueType | ClassReference | None, text: str) -> str:
        match value:
            case EnumType():
                return self._names.member(value.name, text)
            case WordsType():
                return repr(text == value.true)
            case ChoiceType():
                part = next((part for part in value.types if _takes(part, text)), value.types[0])
                return self._value(part, text)
            case DatatypeType() | ConvertedType():
                if value.kind is Kind.DECIMAL:
                    self._names.decimal()
                return _literal(value.kind, text, value.conversion if isinstance(value, ConvertedType) else None)
            case _:
                return repr(text)


def _flat(condition: Condition, kind: type[All | OneOf]) -> Iterator[Condition]:
    """The parts of a condition of a kind, and theirs where they are of it, too."""
    if isinstance(condition, kind):
        for part in condition.conditions:
            yield from _flat(part, kind)
    else:
        yield condition


def _is_truth(field: FieldModel) -> bool:
    """Whether the field itself says that it is there."""
    return field.kind is FieldKind.FLAG or field.cardinality.many


def _literal(kind: Kind, text: str, conversion: Conversion | None = None) -> str:
    value = value_of(text, kind, conversion)
    match kind:
        case Kind.DECIMAL:
            return f"Decimal({str(value)!r})"
        case Kind.FLOAT:
            return f"float({str(value)!r})"
        case Kind.DATE | Kind.DATETIME:
            return f"rt.{kind.value}.fromisoformat({str(value)!r})"
        case _:
            return repr(value)


def _takes(value: ValueType, text: str) -> bool:
    """Whether a text belongs to this part of a choice, as far as the schema's words decide."""
    match value:
        case EnumType() | LiteralType():
            return text in value.tokens
        case WordsType():
            return text in (value.true, value.false)
        case _:
            return True


def _enclosed(condition: str) -> str:
    return f"({condition})" if " and " in condition or " or " in condition else condition
