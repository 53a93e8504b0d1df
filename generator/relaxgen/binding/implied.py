"""Values of parts that a document leaves out: `b:implied`, under the condition `b:when`.

A field gets its `ImpliedValue` when all fields of its class are known, because the condition refers to them. One
implied value can decide about the next (a CD-ROM is read-only, and a read-only disk takes no part in snapshots), so
they have an order. Circles are errors.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter

from ..diagnostics.errors import Diagnostics, did_you_mean
from ..diagnostics.locations import SourceLocation
from ..runtime.converters import InvalidText
from .conditions import WrongCondition, read_condition, tests_in
from .conversion import Kind, value_of
from .model import ClassReference, FieldKind, FieldModel, ImpliedValue, Same
from .values import ChoiceType, ConvertedType, DatatypeType, EnumType, ListType, LiteralType, ValueType, WordsType

FLAG_TEXTS = ("", "true")
"""The values that an empty element can imply: that it is present."""


@dataclass(frozen=True, slots=True)
class ImpliedNote:
    """A value that an author implies: ``text`` as a document would have it, ``location`` of the annotation. A lenient
    note that cannot be is dropped: it is for several releases of a schema. ``prefix`` is that of
    annotations in a schema."""

    text: str
    when: str
    location: SourceLocation
    lenient: bool = False
    prefix: str = ""

    def spelled(self, key: str, value: str) -> str:
        return f"{self.prefix}:{key}={value}" if self.prefix else f"{key} = {value}"


def with_implied_values(
    fields: Sequence[FieldModel], notes: Mapping[str, ImpliedNote], diagnostics: Diagnostics
) -> tuple[FieldModel, ...]:
    """`fields` with what ``notes`` has for them by their names; what cannot be is reported."""
    found = {
        name: _implied(name, note, fields, Diagnostics() if note.lenient else diagnostics)
        for name, note in notes.items()
    }
    done = tuple(replace(field, implied=found.get(field.name)) for field in fields)
    try:
        in_order(done)
    except CycleError as circle:
        names = circle.args[1]
        diagnostics.error(notes[names[0]].location, f"implied values decide about each other: {' → '.join(names)}")
    return done


def in_order(fields: Iterable[FieldModel]) -> tuple[FieldModel, ...]:
    """The fields that have an implied value, each after those that decide about it.

    Raises:
        CycleError: there is no such order.
    """
    implied = {field.name: field for field in fields if field.implied is not None}
    sorter = TopologicalSorter[str]()
    for name, field in implied.items():
        assert field.implied is not None
        tests = tests_in(field.implied.condition) if field.implied.condition is not None else ()
        sorter.add(name, *(test.field for test in tests if test.field in implied))
    return tuple(implied[name] for name in sorter.static_order())


def _implied(
    name: str, note: ImpliedNote, fields: Sequence[FieldModel], diagnostics: Diagnostics
) -> ImpliedValue | None:
    field = next(field for field in fields if field.name == name)
    reason = _why_not(field, note.text)
    if reason:
        diagnostics.error(note.location, f"{note.spelled('implied', repr(note.text))} {reason}")
        return None
    if not note.when:
        return ImpliedValue(note.text)
    try:
        condition = read_condition(note.when, fields)
    except WrongCondition as wrong:
        shown = repr(note.when) if len(note.when) <= 200 else f"{note.when[:200]!r}…"
        diagnostics.error(note.location, f"{note.spelled('when', shown)} {wrong}")
        return None
    types = {one.name: one.type for one in fields}
    for test in tests_in(condition):
        if isinstance(test, Same) and (reason := _why_no_value(types[test.field], test.text)):
            compared_with = f"{note.spelled('when', repr(note.when))} compares with {test.text!r}"
            diagnostics.error(note.location, f"{compared_with}, which {reason}")
            return None
    return ImpliedValue(note.text, condition, note.when)


def _why_not(field: FieldModel, text: str) -> str:
    if field.cardinality.required:
        return "has no effect: every document contains this"
    if field.cardinality.many:
        return "cannot be implied for a part that can repeat"
    match field.kind:
        case FieldKind.FLAG:
            return "" if text in FLAG_TEXTS else "is not possible: an empty element can only imply 'true'"
        case FieldKind.ATTRIBUTE | FieldKind.VALUE | FieldKind.TEXT:
            return _why_no_value(field.type, text)
        case _:
            return "cannot be implied for an element with attributes or children"


def _why_no_value(value: ValueType | ClassReference | None, text: str) -> str:
    """Returns the reason why `text` is not a value of the type, as a predicate; empty if it is one."""
    match value:
        case WordsType():
            return _why_no_word(text, (value.true, value.false))
        case LiteralType() | EnumType():
            return _why_no_word(text, value.tokens)
        case DatatypeType():
            return _why_no_text((value,), text)
        case ConvertedType():
            return _why_no_text(value.checks, text) or _why_no_kind(value, text)
        case ChoiceType():
            reasons = [_why_no_value(part, text) for part in value.types]
            return "" if "" in reasons else reasons[0]
        case ListType():
            return "cannot be: values of lists are not implied or compared"
        case _:
            return ""


def _why_no_kind(value: ConvertedType, text: str) -> str:
    try:
        value_of(text, value.kind, value.conversion)
    except InvalidText as invalid:
        return invalid.reason
    return ""


def _why_no_word(text: str, words: Sequence[str]) -> str:
    if text in words:
        return ""
    return "is not one of the values" + (did_you_mean(text, words) or f": {', '.join(words)}")


def _why_no_text(checks: Sequence[DatatypeType], text: str) -> str:
    if any(check.kind is Kind.BYTES for check in checks):
        return "cannot be: binary values are not implied or compared"
    reasons = [one.check.why_not(text) for one in checks]
    return "" if not reasons or "" in reasons else reasons[0]
