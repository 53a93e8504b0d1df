"""How the texts that an attribute or an element may have changed.

Values are compared one by one. Which of two datatypes allows more is asked of the exact comparison, through a function
that the caller gives (`Relate`); nothing is guessed here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from ..diagnostics.locations import SourceLocation
from ..relaxng.datatype import translated
from ..relaxng.pattern import Choice, Data, Empty, List, Pattern, Text, Value
from ..relaxng.simplified_form import walk
from ..runtime.datatypes.library import create
from .rules import BACKWARD, DOCUMENTS, FORWARD, Category


class Relation(Enum):
    """What is allowed now, against what was allowed before."""

    EQUAL = auto()
    NARROWED = auto()
    WIDENED = auto()
    CHANGED = auto()
    UNDECIDED = auto()


Texts = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class Related:
    """``texts`` are one that only the old patterns allow, and one that only the new ones do."""

    relation: Relation
    texts: Texts = (None, None)


Relate = Callable[[Pattern, Pattern], Related]

DATATYPE_RULES = {
    Relation.NARROWED: "RNG050",
    Relation.WIDENED: "RNG051",
    Relation.CHANGED: "RNG052",
    Relation.UNDECIDED: "RNG053",
}
BREAKING = {
    Relation.NARROWED: BACKWARD,
    Relation.WIDENED: FORWARD,
    Relation.CHANGED: DOCUMENTS,
    Relation.UNDECIDED: DOCUMENTS,
}
FACET_RULES = {**DATATYPE_RULES, Relation.NARROWED: "RNG054", Relation.WIDENED: "RNG055"}


@dataclass(frozen=True, slots=True)
class ValueChange:
    """``text`` says what happened, as the end of a sentence that begins with what has the values."""

    rule: str
    text: str
    values: tuple[str, ...] = ()
    old: Pattern | None = None
    new: Pattern | None = None
    differing: Texts = (None, None)
    categories: tuple[Category, ...] = DOCUMENTS


@dataclass(frozen=True, slots=True)
class _Texts:
    """``values`` by how they are shown; ``datatypes`` and ``lists`` as they stand; ``any`` where text of any kind is
    allowed."""

    values: dict[str, Value | Empty]
    datatypes: tuple[Data, ...]
    lists: tuple[List, ...]
    any: bool

    @property
    def closed(self) -> bool:
        return not (self.any or self.datatypes or self.lists)

    @property
    def open_patterns(self) -> tuple[Pattern, ...]:
        return (*self.datatypes, *self.lists)

    def allows(self, value: Value | Empty, shown: str) -> bool:
        return shown in self.values or self.any or any(_allows(data, value) for data in self.datatypes)


def compare_values(old: Iterable[Pattern], new: Iterable[Pattern], relate: Relate) -> Iterator[ValueChange]:
    """The changes between the patterns that a text had to match one of, and those that it has to match now."""
    before, after = _texts(old), _texts(new)
    if before.closed and after.closed:
        yield from _value_changes(before, after)
    elif before.closed and before.values:
        yield from _opened(before, after, relate)
    elif after.closed and after.values:
        yield from _closed(before, after, relate)
    else:
        yield from _value_changes(before, after)
        yield from _datatype_changes(before, after, relate)


def _texts(patterns: Iterable[Pattern]) -> _Texts:
    leaves = [leaf for pattern in patterns for leaf in walk(pattern, _alternatives)]
    return _Texts(
        {_shown(leaf): leaf for leaf in leaves if isinstance(leaf, (Value, Empty))},
        tuple(dict.fromkeys(leaf for leaf in leaves if isinstance(leaf, Data))),
        tuple(dict.fromkeys(leaf for leaf in leaves if isinstance(leaf, List))),
        any(isinstance(leaf, Text) for leaf in leaves),
    )


def _alternatives(pattern: Pattern) -> tuple[Pattern, ...]:
    return pattern.patterns if isinstance(pattern, Choice) else ()


def _shown(value: Value | Empty) -> str:
    if isinstance(value, Empty):
        return ""
    return value.text if value.datatype.type == "string" else " ".join(value.text.split())


def _allows(data: Data, value: Value | Empty) -> bool:
    """Whether a value belongs to a datatype, as far as its facets tell; an ``except`` is not looked at."""
    if isinstance(value, Empty):
        return False
    datatype = create(data.datatype.library, data.datatype.type, translated(data.params))
    return not datatype.why_not(value.text, {**value.namespaces, None: value.ns})


def _value_changes(before: _Texts, after: _Texts) -> Iterator[ValueChange]:
    context = _first(after.values.values()), _first(before.values.values())
    for shown, value in before.values.items():
        if not after.allows(value, shown):
            yield ValueChange("RNG040", f"cannot be {shown!r} any more", (shown,), value, context[0])
    for shown, value in after.values.items():
        if not before.allows(value, shown):
            yield ValueChange("RNG041", f"can be {shown!r} now", (shown,), context[1], value)


def _first(values: Iterable[Value | Empty]) -> Value | Empty | None:
    return next(iter(values), None)


def _opened(before: _Texts, after: _Texts, relate: Relate) -> Iterator[ValueChange]:
    related = relate(_whole(before), _whole(after))
    if related.relation is not Relation.EQUAL:
        text = f"was one of a list of values, and is {_described(after)} now"
        places = _first(before.values.values()), _first_open(after)
        yield ValueChange("RNG042", text, (), *places, related.texts, BREAKING[related.relation])


def _closed(before: _Texts, after: _Texts, relate: Relate) -> Iterator[ValueChange]:
    related = relate(_whole(before), _whole(after))
    if related.relation is not Relation.EQUAL:
        text = f"was {_described(before)}, and is one of a list of values now"
        places = _first_open(before), _first(after.values.values())
        yield ValueChange("RNG043", text, (), *places, related.texts, BREAKING[related.relation])


def _first_open(texts: _Texts) -> Pattern | None:
    return next(iter(texts.open_patterns), None)


def _datatype_changes(before: _Texts, after: _Texts, relate: Relate) -> Iterator[ValueChange]:
    if set(before.datatypes) != set(after.datatypes) or before.any != after.any:
        yield from _changed_datatypes(before, after, relate)
    if set(before.lists) != set(after.lists) and before.lists and after.lists:
        related = relate(_one_of(before.lists), _one_of(after.lists))
        if related.relation is not Relation.EQUAL:
            lists = before.lists[0], after.lists[0]
            yield ValueChange("RNG056", "is another list now", (), *lists, related.texts, BREAKING[related.relation])


def _changed_datatypes(before: _Texts, after: _Texts, relate: Relate) -> Iterator[ValueChange]:
    related = relate(_whole(before), _whole(after))
    if related.relation is Relation.EQUAL:
        return
    old_types, new_types = ({str(data.datatype) for data in texts.datatypes} for texts in (before, after))
    same = old_types == new_types and before.any == after.any
    rule = (FACET_RULES if same else DATATYPE_RULES)[related.relation]
    text = f"was {_described(before)}, and is {_described(after)} now"
    yield ValueChange(
        rule, text, (), _first_open(before), _first_open(after), related.texts, BREAKING[related.relation]
    )


def _whole(texts: _Texts) -> Pattern:
    return _one_of((*texts.values.values(), *texts.open_patterns, *([Text()] if texts.any else [])))


def _one_of(patterns: tuple[Pattern, ...]) -> Pattern:
    return patterns[0] if len(patterns) == 1 else Choice(patterns)


def _described(texts: _Texts) -> str:
    """«text», «xsd:unsignedInt», «xsd:string (pattern "[a-z]+") or a list»."""
    parts = ["text"] if texts.any else [_datatype(data) for data in texts.datatypes]
    parts += ["a list"] if texts.lists else []
    return " or ".join(dict.fromkeys(parts)) or "nothing"


def _datatype(data: Data) -> str:
    prefix = "xsd:" if data.datatype.library else ""
    params = ", ".join(f"{param.name} {json.dumps(param.value, ensure_ascii=False)}" for param in data.params)
    return f"{prefix}{data.datatype.type}{f' ({params})' if params else ''}"


def location_of(pattern: Pattern | None) -> SourceLocation | None:
    return None if pattern is None else pattern.location
