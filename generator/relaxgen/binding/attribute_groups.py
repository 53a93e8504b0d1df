"""Defines that hold attributes only: which classes refer to them, and which of them holds each attribute."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from ..diagnostics.locations import UNKNOWN_LOCATION, Position, SourceLocation
from ..relaxng.name_class import QName, names_of
from ..relaxng.pattern import Attribute, Choice, Empty, Group, Interleave, Optional, Pattern, Ref, children
from ..relaxng.schema import SchemaDefine
from ..relaxng.simplified_form import walk
from .class_drafts import ClassDrafts
from .class_keys import ClassKey
from .elements import ElementTable


@dataclass(frozen=True, slots=True)
class AttributeGroup:
    """``attributes`` are in the order of the define; ``classes`` are those that refer to it, directly or through
    other defines."""

    define: str
    attributes: tuple[QName, ...]
    classes: frozenset[str]
    documentation: str = ""
    location: SourceLocation = field(default=UNKNOWN_LOCATION, compare=False)


@dataclass(frozen=True, slots=True)
class Holder:
    """The define in which an attribute is written, where it holds attributes only; ``alone`` where it has no other."""

    define: str
    attribute: str
    alone: bool


def attribute_holders(table: ElementTable) -> Mapping[Position, Holder]:
    """The holders of attributes, by the places of their patterns."""
    references = _References(table)
    found: dict[Position, Holder] = {}
    for schema, one in enumerate(table.schemas):
        for key, define in one.defines.items():
            attributes = references.of_define(schema, key)
            if attributes:
                for pattern in walk(define.pattern, children):
                    if isinstance(pattern, Attribute):
                        for name in names_of(pattern.name) or ():
                            holder = Holder(define.name, name.local, alone=len(attributes) == 1)
                            found.setdefault(pattern.location.position, holder)
    return found


def attribute_groups(drafts: ClassDrafts, names: Mapping[ClassKey, Iterable[str]]) -> tuple[AttributeGroup, ...]:
    """``names`` are the classes of each draft: one, or the members of a union. What several schemas include is one
    group."""
    references = _References(drafts.table)
    found: dict[tuple[str, tuple[QName, ...]], AttributeGroup] = {}
    for key in drafts.found:
        for pattern in drafts.patterns(key):
            for define, attributes in references.of(pattern.schema, pattern.pattern.pattern):
                group = found.get((define.name, attributes)) or AttributeGroup(
                    define.name, attributes, frozenset(), define.annotations.documentation, define.location
                )
                found[define.name, attributes] = replace(group, classes=group.classes | frozenset(names[key]))
    return tuple(found[one] for one in sorted(found, key=str))


class _References:
    """The groups that a pattern refers to, with their attributes."""

    def __init__(self, table: ElementTable) -> None:
        self._table = table
        self._attributes: dict[tuple[int, str], tuple[QName, ...] | None] = {}

    def of(self, schema: int, pattern: Pattern) -> Iterator[tuple[SchemaDefine, tuple[QName, ...]]]:
        for key, define in self._table.referred(schema, pattern):
            attributes = self.of_define(schema, key)
            if attributes:
                yield define, attributes

    def of_define(self, schema: int, name: str) -> tuple[QName, ...] | None:
        """The attributes of a define; None where it holds anything else."""
        key = schema, name
        if key not in self._attributes:
            self._attributes[key] = self._of_pattern(schema, self._table.schemas[schema].defines[name].pattern)
        return self._attributes[key]

    def _of_pattern(self, schema: int, pattern: Pattern) -> tuple[QName, ...] | None:
        match pattern:
            case Attribute():
                return names_of(pattern.name)
            case Ref():
                return self.of_define(schema, pattern.name)
            case Group() | Interleave() | Choice() | Optional() | Empty():
                parts = [self._of_pattern(schema, part) for part in children(pattern)]
                if any(part is None for part in parts):
                    return None
                return tuple(dict.fromkeys(name for part in parts if part is not None for name in part))
            case _:
                return None
