"""Changes of the texts that an attribute or an element allows.

Values are compared one by one. The exact comparison decides which of two datatypes allows more (`relate`); nothing is
guessed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from ..relaxng.datatype import translated
from ..relaxng.pattern import Choice, Data, DatatypeName, Empty, List, Pattern, Text, Value
from ..relaxng.simplified_form import walk
from ..runtime.datatypes import create
from .rules import BACKWARD, DOCUMENTS, FORWARD, Category
from .text_relations import Relation, Texts, relate

T = TypeVar("T")

SHOWN_VALUES = 8
"""A message lists at most so many values."""

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
    """``text`` says what happened, as the end of a sentence that begins with what has the values; ``detail`` may
    follow it in parentheses. In the categories of ``white_space`` only white space makes a difference."""

    rule: str
    text: str
    values: tuple[str, ...] = ()
    old: Pattern | None = None
    new: Pattern | None = None
    differing: Texts = (None, None)
    categories: tuple[Category, ...] = DOCUMENTS
    detail: str = ""
    white_space: tuple[Category, ...] = ()


@dataclass(frozen=True, slots=True)
class AllowedTexts:
    """What an attribute or an element may hold: ``values`` by how they are shown, ``datatypes`` and ``lists`` as the
    schema has them; ``any`` where text of any kind is allowed."""

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

    @property
    def place(self) -> Pattern | None:
        """The pattern to point to: the first that is no value, unless there are values only."""
        return _first(self.values.values() if self.closed else self.open_patterns)

    @property
    def whole(self) -> Pattern:
        """One pattern that allows the same."""
        patterns = (*self.values.values(), *self.open_patterns, *([Text()] if self.any else []))
        return patterns[0] if len(patterns) == 1 else Choice(patterns)

    def allows(self, value: Value | Empty, shown: str) -> bool:
        return shown in self.values or self.any or any(_allows(data, value) for data in self.datatypes)

    def allows_text(self, text: str) -> bool:
        """Whether a text is allowed that may be none of the values; lists are not looked at."""
        return self.allows(Value(DatatypeName("", "token"), text), text)


def compare_values(old: Iterable[Pattern], new: Iterable[Pattern]) -> Iterator[ValueChange]:
    """The changes between the patterns that a text had to match one of, and those that it has to match now."""
    before, after = allowed_texts(old), allowed_texts(new)
    if before.closed and after.closed:
        yield from _value_changes(before, after)
    elif before.closed and before.values:
        text = f"was one of a list of values, and is {_described(after)} now"
        yield from _related(before, after, dict.fromkeys(Relation, "RNG042"), text)
    elif after.closed and after.values:
        text = f"was {_described(before)}, and is one of a list of values now"
        yield from _related(before, after, dict.fromkeys(Relation, "RNG043"), text)
    else:
        yield from _value_changes(before, after)
        yield from _spaced_values(before, after)
        if set(before.datatypes) != set(after.datatypes) or before.any != after.any:
            yield from _changed_exceptions(before, after) or _changed_datatypes(before, after)
        if set(before.lists) != set(after.lists) and before.lists and after.lists:
            old_lists, new_lists = (AllowedTexts({}, (), one.lists, any=False) for one in (before, after))
            yield from _related(old_lists, new_lists, dict.fromkeys(Relation, "RNG056"), "is another list now")


def _related(
    before: AllowedTexts, after: AllowedTexts, rules: Mapping[Relation, str], text: str
) -> Iterator[ValueChange]:
    """A change, unless the same texts are allowed; its rule depends on which side allows more."""
    related = relate(before.whole, after.whole)
    if related.relation is Relation.EQUAL:
        return
    breaking = BREAKING[related.relation]
    lost, won = related.texts
    details = [f"{_short(lost)!r} is not allowed any more"] if lost is not None else []
    details += [f"{_short(won)!r} is allowed now"] if won is not None else []
    if set(breaking) == set(related.white_space):
        details.append("only white space around or between words matters")
    what = rules[related.relation], text, (), before.place, after.place
    yield ValueChange(*what, related.texts, breaking, ", ".join(details), related.white_space)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_EXAMPLE else f"{text[:LONGEST_EXAMPLE]}…"


def _spaced_values(before: AllowedTexts, after: AllowedTexts) -> Iterator[ValueChange]:
    """Values that a datatype allows as they are, and a list of values also with white space around them."""
    for rule, here, there, words, categories in (
        ("RNG040", before, after, "cannot have white space around {} any more", BACKWARD),
        ("RNG041", after, before, "can have white space around {} now", FORWARD),
    ):
        values = {
            shown: value
            for shown, value in here.values.items()
            if shown not in there.values and _is_token(value)
            if there.allows(value, shown) and not there.allows(_spaced(shown), f" {shown}")
        }
        if values:
            places = _first(values.values()), _first(there.open_patterns)
            old, new = places if here is before else places[::-1]
            texts = (f" {_first(values)}", None) if here is before else (None, f" {_first(values)}")
            text = words.format(_alternatives_of(values))
            yield ValueChange(rule, text, (*values,), old, new, texts, categories, white_space=categories)


def _is_token(value: Value | Empty) -> bool:
    return isinstance(value, Value) and value.datatype.type == "token"


def _spaced(text: str) -> Value:
    return Value(DatatypeName("", "string"), f" {text}")


def allowed_texts(patterns: Iterable[Pattern]) -> AllowedTexts:
    leaves = [leaf for pattern in patterns for leaf in walk(pattern, _alternatives)]
    return AllowedTexts(
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
    """Whether a value belongs to a datatype and is not one of the values that its ``except`` lists."""
    if isinstance(value, Empty) or _shown(value) in _excluded(data):
        return False
    datatype = create(data.datatype.library, data.datatype.type, translated(data.params))
    return not datatype.why_not(value.text, {**value.namespaces, None: value.ns})


def _excluded(data: Data) -> dict[str, Value]:
    """The values in an ``except``, by how they are shown."""
    inside = walk(data.except_) if data.except_ is not None else ()
    return {_shown(one): one for one in inside if isinstance(one, Value)}


def _value_changes(before: AllowedTexts, after: AllowedTexts) -> Iterator[ValueChange]:
    lost = {shown: value for shown, value in before.values.items() if not after.allows(value, shown)}
    won = {shown: value for shown, value in after.values.items() if not before.allows(value, shown)}
    yield from _listed_values(lost, won, _first(before.values.values()), _first(after.values.values()))


def _listed_values(
    lost: Mapping[str, Value | Empty], won: Mapping[str, Value | Empty], old: Pattern | None, new: Pattern | None
) -> Iterator[ValueChange]:
    """One change for all values that are gone, and one for all that are new; `old` and `new` are the places on the
    side that has none of them."""
    if lost:
        yield ValueChange(
            "RNG040", f"cannot be {_alternatives_of(lost)} any more", (*lost,), _first(lost.values()), new
        )
    if won:
        yield ValueChange("RNG041", f"can be {_alternatives_of(won)} now", (*won,), old, _first(won.values()))


def _excluding(texts: AllowedTexts) -> dict[object, Data | None]:
    """The datatypes, apart from their exceptions; a plain string is as good as text."""
    found: dict[object, Data | None] = {ANY_TEXT: None} if texts.any else {}
    for data in texts.datatypes:
        is_plain = data.datatype.type == "string" and not data.params
        found[ANY_TEXT if is_plain else (data.datatype, data.params)] = data
    return found


ANY_TEXT = "text"


def _alternatives_of(values: Iterable[str]) -> str:
    """
    >>> _alternatives_of(["a"]), _alternatives_of(["a", "b", "c"])
    ("'a'", "'a', 'b' or 'c'")
    """
    words = [repr(value) for value in values]
    if len(words) > SHOWN_VALUES:
        return f"{', '.join(words[:SHOWN_VALUES])} or one of {len(words) - SHOWN_VALUES} more"
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _first(items: Iterable[T]) -> T | None:
    return next(iter(items), None)


def _changed_exceptions(before: AllowedTexts, after: AllowedTexts) -> list[ValueChange]:
    """Changes of the values in an ``except``; nothing where more than these changed."""
    old, new = _excluding(before), _excluding(after)
    found: list[ValueChange] = []
    for key, data in old.items() if old.keys() == new.keys() else ():
        was, now = ({} if one is None else _excluded(one) for one in (data, new[key]))
        lost = {shown: value for shown, value in now.items() if shown not in was and shown not in after.values}
        won = {shown: value for shown, value in was.items() if shown not in now and shown not in before.values}
        for change in _listed_values(lost, won, data, new[key]):
            found.append(replace(change, old=data, new=new[key], differing=(_first(lost), _first(won))))
    return found


def _changed_datatypes(before: AllowedTexts, after: AllowedTexts) -> Iterator[ValueChange]:
    old_types, new_types = ({str(data.datatype) for data in texts.datatypes} for texts in (before, after))
    rules = FACET_RULES if old_types == new_types and before.any == after.any else DATATYPE_RULES
    was, now = _contrasted(*_with_other_facets(before, after))
    yield from _related(before, after, rules, f"was {was}, and is {now} now")


def _with_other_facets(before: AllowedTexts, after: AllowedTexts) -> tuple[str, str]:
    """The descriptions; of long ones of one datatype without the facets that both have."""
    described = _described(before), _described(after)
    if max(map(len, described)) <= LONGEST_SHOWN or not len(before.datatypes) == len(after.datatypes) == 1:
        return described
    old, new = before.datatypes[0], after.datatypes[0]
    if before.any or after.any or before.lists or after.lists or old.datatype != new.datatype:
        return described
    was, now = (
        tuple(one for one in here.params if one not in there.params) for here, there in ((old, new), (new, old))
    )
    return _datatype(replace(old, params=was)), _datatype(replace(new, params=now))


LONGEST_EXAMPLE = 40
LONGEST_SHOWN = 80
CONTEXT = 12


def _contrasted(old: str, new: str) -> tuple[str, str]:
    """Two descriptions; of long ones only what differs, with a little around it.

    >>> _contrasted("a" * 90 + "b", "a" * 90 + "cb")
    ('…aaaaaaaaaaaab', '…aaaaaaaaaaaacb')
    """
    if max(len(old), len(new)) <= LONGEST_SHOWN:
        return old, new
    start = _common_length(old, new)
    end = min(_common_length(old[::-1], new[::-1]), min(len(old), len(new)) - start)
    return _extract(old, start, len(old) - end), _extract(new, start, len(new) - end)


def _common_length(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginning."""
    length = min(len(one), len(other))
    return next((index for index in range(length) if one[index] != other[index]), length)


def _extract(text: str, start: int, end: int) -> str:
    first, last = max(0, start - CONTEXT), min(len(text), end + CONTEXT)
    shown = text[first:last]
    if len(shown) > 2 * LONGEST_SHOWN:
        shown = f"{shown[:LONGEST_SHOWN]}…{shown[-LONGEST_SHOWN:]}"
    return f"{'…' if first else ''}{shown}{'…' if last < len(text) else ''}"


def _described(texts: AllowedTexts) -> str:
    """«text», «xsd:unsignedInt», «xsd:string (pattern "[a-z]+") or a list»."""
    parts = ["text"] if texts.any else [_datatype(data) for data in texts.datatypes]
    parts += ["a list"] if texts.lists else []
    return " or ".join(dict.fromkeys(parts)) or "nothing"


def _datatype(data: Data) -> str:
    params = ", ".join(f"{param.name} {json.dumps(param.value, ensure_ascii=False)}" for param in data.params)
    excluded = [repr(value) for value in _excluded(data)]
    some = f"{', '.join(excluded[:SHOWN_EXCLUDED])}{' …' if len(excluded) > SHOWN_EXCLUDED else ''}"
    return f"{data.datatype.short}{f' ({params})' if params else ''}{f' except {some}' if excluded else ''}"


SHOWN_EXCLUDED = 3
