"""The facts about one class, one field or one enumeration, a line each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..binding.model import ClassModel, EnumMember, EnumModel, FieldModel, UnionModel
from ..diagnostics.locations import UNKNOWN_LOCATION, SourceLocation
from ..relaxng.name_class import describe as describe_names
from .exact_type import describe_type
from .model_index import ModelIndex
from .short_text import INDENT, cut_list, short_type

_MOST_PLACES = 3


def element_lines(index: ModelIndex, subject: ClassModel | UnionModel) -> Iterator[str]:
    """The facts about a class or a union, without its fields."""
    yield f"{subject.name}: element <{index.xml_name(subject.xml_name)}>, module {subject.family}"
    first = index.members(subject.name)[0]
    classes = [variant.name for variant in subject.variants] if isinstance(subject, UnionModel) else []
    yield from _fact_lines(
        [
            ("in documents", ", ".join(subject.paths)),
            ("define", first.define),
            ("since", first.since),
            ("union", subject.union if isinstance(subject, ClassModel) else ""),
            ("classes", cut_list(classes)),
            ("merges", _merged(subject)),
            ("place", _place(subject.location)),
        ]
    )
    yield from _documentation_lines(subject.documentation)


def field_lines(index: ModelIndex, path: str, owner: ClassModel, field: FieldModel) -> Iterator[str]:
    yield f"{path}: field {field.name} of {owner.name}"
    type_text = describe_type(field.type, index.enums) if field.type is not None else short_type(field)
    enum = index.enum_of(field)
    yield from _fact_lines(
        [
            ("type", type_text),
            ("cardinality", str(field.cardinality)),
            ("names", ", ".join(map(describe_names, field.name_classes))),
            ("define", field.define),
            ("since", field.since),
            ("place", _place(field.location)),
        ]
    )
    yield from _documentation_lines(field.documentation)
    if enum is not None:
        yield ""
        yield from enum_lines(index, enum[0])


def enum_lines(index: ModelIndex, enum: EnumModel) -> Iterator[str]:
    yield f"{enum.name}: enumeration"
    users = [
        f"{one.name}.{field.name}"
        for one in index.model.classes
        for field in one.fields
        if (found := index.enum_of(field)) is not None and found[0] is enum
    ]
    yield from _fact_lines(
        [
            ("table", enum.table),
            ("define", enum.define),
            ("used by", cut_list(users)),
            ("place", _place(enum.location)),
        ]
    )
    yield from _documentation_lines(enum.documentation)
    width = max(len(repr(member.token)) for member in enum.members)
    yield from (_member_line(member, width) for member in enum.members)


def _member_line(member: EnumMember, width: int) -> str:
    absent = "" if member.allowed else "never in a document"
    return f"{INDENT}{member.index:3} {member.token!r:{width}} {member.constant} {absent}".rstrip()


def _merged(subject: ClassModel | UnionModel) -> str:
    if len(subject.patterns) == 1:
        return ""
    places = [str(place) for place in subject.patterns[:_MOST_PLACES]]
    rest = len(subject.patterns) - _MOST_PLACES
    return f"{len(subject.patterns)} patterns: {', '.join(places)}" + (f" … {rest} more" if rest > 0 else "")


def _place(location: SourceLocation) -> str:
    return "" if location == UNKNOWN_LOCATION else str(location)


def _fact_lines(facts: Iterable[tuple[str, str]]) -> Iterator[str]:
    present = [(name, text) for name, text in facts if text]
    width = max((len(name) for name, _ in present), default=0)
    yield from (f"{INDENT}{name.ljust(width)}  {text}" for name, text in present)


def _documentation_lines(text: str) -> Iterator[str]:
    yield from (f"{INDENT}# {line}".rstrip() for line in text.splitlines())
