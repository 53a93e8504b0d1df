"""Simplified patterns (specification section 4.22), interned: equal patterns are one object.

A `Patterns` makes them. Its constructors keep a normal form, so that the derivatives of a pattern are few: choices and
interleaves are flat, sorted and without repetition, groups nest to the right, ``notAllowed`` and ``empty`` have gone
from where they say nothing. Whoever makes a pattern must go through these constructors.

What is computed from a pattern is remembered in it, see `derivatives`. All that is remembered is keyed by names of the
grammar and by outcomes of datatypes, never by what a document says.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from ..datatypes import Datatype
from .names import NameClass

UNLOCATED = -1
"""The place of a pattern whose place is not known."""

PARTS_OF_A_PATTERN = 8
"""A pattern with so many parts more takes as much memory as two."""

_P = TypeVar("_P", bound="Pattern")


class Pattern:
    """``number`` is the order of making. ``nullable``: matches no text and no children, without attributes."""

    __slots__ = (
        "attributes",
        "children",
        "closed",
        "deprived",
        "leaves",
        "mixed",
        "nullable",
        "number",
        "opened",
    )

    number: int
    nullable: bool
    attributes: tuple[Attribute, ...]
    """The attribute patterns inside, in the order of the schema; not those of child elements."""

    def __init__(self, nullable: bool, attributes: tuple[Attribute, ...] = ()) -> None:
        self.number = -1
        self.nullable = nullable
        self.attributes = attributes
        self.forget()

    def forget(self) -> None:
        """Drops what was computed from this pattern."""
        self.opened: dict[str, dict[Element, Pattern]] | None = None
        self.deprived: dict[frozenset[Attribute], Pattern] | None = None
        self.closed: Pattern | None = None
        self.mixed: Pattern | None = None
        self.children: tuple[Element, ...] | None = None
        self.leaves: tuple[Leaf, ...] | None = None

    def parts(self) -> tuple[Pattern, ...]:
        return ()

    def key(self) -> tuple[Any, ...] | None:
        """What tells this pattern from others; None for one that is only equal to itself."""
        return None


class Empty(Pattern):
    __slots__ = ()


class NotAllowed(Pattern):
    __slots__ = ()


class Text(Pattern):
    __slots__ = ()


class Leaf(Pattern):
    """A pattern for text, with the place in the schema where it stands (an index, see `grammar.Grammar.place`)."""

    __slots__ = ("location",)

    def __init__(self, location: int) -> None:
        super().__init__(False)
        self.location = location


class Data(Leaf):
    __slots__ = ("datatype", "except_")

    def __init__(self, datatype: Datatype, except_: Pattern | None, location: int) -> None:
        super().__init__(location)
        self.datatype = datatype
        self.except_ = except_


class Value(Leaf):
    """``label`` names the choice of values that this one belongs to ("disk snapshot mode"), where it has a name."""

    __slots__ = ("datatype", "label", "text", "value")

    def __init__(self, datatype: Datatype, text: str, value: Any, label: str, location: int) -> None:
        super().__init__(location)
        self.datatype = datatype
        self.text = text
        self.value = value
        self.label = label


class List(Leaf):
    __slots__ = ("pattern",)

    def __init__(self, pattern: Pattern, location: int) -> None:
        super().__init__(location)
        self.pattern = pattern


class Attribute(Pattern):
    __slots__ = ("location", "name_class", "pattern")

    def __init__(self, name_class: NameClass, pattern: Pattern, location: int) -> None:
        super().__init__(False, (self,))
        self.name_class = name_class
        self.pattern = pattern
        self.location = location


class Element(Pattern):
    """``content`` is made by the grammar when it is first asked for, since elements may hold each other."""

    __slots__ = ("_content", "grammar", "location", "name_class")

    def __init__(self, name_class: NameClass, content: int, location: int, grammar: Any) -> None:
        super().__init__(False)
        self.name_class = name_class
        self.location = location
        self.grammar = grammar
        self._content: int | Pattern = content

    @property
    def content(self) -> Pattern:
        if isinstance(self._content, int):
            self._content = self.grammar.pattern(self._content)
        assert isinstance(self._content, Pattern)
        return self._content


class Group(Pattern):
    __slots__ = ("first", "rest")

    def __init__(self, first: Pattern, rest: Pattern) -> None:
        super().__init__(first.nullable and rest.nullable, _attributes_of((first, rest)))
        self.first = first
        self.rest = rest

    def parts(self) -> tuple[Pattern, ...]:
        return self.first, self.rest

    def key(self) -> tuple[Any, ...]:
        return "group", self.first.number, self.rest.number


class OneOrMore(Pattern):
    __slots__ = ("pattern",)

    def __init__(self, pattern: Pattern) -> None:
        super().__init__(pattern.nullable, pattern.attributes)
        self.pattern = pattern

    def parts(self) -> tuple[Pattern, ...]:
        return (self.pattern,)

    def key(self) -> tuple[Any, ...]:
        return "oneOrMore", self.pattern.number


class Choice(Pattern):
    __slots__ = ("members",)

    def __init__(self, members: tuple[Pattern, ...]) -> None:
        super().__init__(any(member.nullable for member in members), _attributes_of(members))
        self.members = members

    def parts(self) -> tuple[Pattern, ...]:
        return self.members

    def key(self) -> tuple[Any, ...]:
        return "choice", *[member.number for member in self.members]


class Interleave(Pattern):
    __slots__ = ("members",)

    def __init__(self, members: tuple[Pattern, ...]) -> None:
        super().__init__(all(member.nullable for member in members), _attributes_of(members))
        self.members = members

    def parts(self) -> tuple[Pattern, ...]:
        return self.members

    def key(self) -> tuple[Any, ...]:
        return "interleave", *[member.number for member in self.members]


def _attributes_of(patterns: Iterable[Pattern]) -> tuple[Attribute, ...]:
    found = [pattern.attributes for pattern in patterns if pattern.attributes]
    if len(found) <= 1:
        return found[0] if found else ()
    return tuple(dict.fromkeys(attribute for attributes in found for attribute in attributes))


class Patterns:
    """The patterns of one grammar and of its derivatives.

    ``made`` counts the patterns since the last `forget`, for whoever bounds the memory.
    """

    __slots__ = ("_interned", "_next", "empty", "made", "not_allowed", "text")

    def __init__(self) -> None:
        self._interned: dict[tuple[Any, ...], Pattern] = {}
        self._next = 0
        self.made = 0
        self.empty: Pattern = self.add(Empty(True))
        self.not_allowed: Pattern = self.add(NotAllowed(False))
        self.text: Pattern = self.add(Text(True))

    def add(self, pattern: _P) -> _P:
        """Numbers a pattern that is only equal to itself."""
        pattern.number = self._next
        self._next += 1
        self.made += 1 + len(pattern.parts()) // PARTS_OF_A_PATTERN
        return pattern

    def _intern(self, key: tuple[Any, ...], make: Callable[[], Pattern]) -> Pattern:
        pattern = self._interned.get(key)
        if pattern is None:
            pattern = self._interned[key] = self.add(make())
        return pattern

    def forget(self, kept: Iterable[Pattern]) -> None:
        """Drops every pattern but `kept` and what they are made of, and all that was remembered in those."""
        self._interned = {}
        waiting, seen = list(kept), set[int]()
        while waiting:
            pattern = waiting.pop()
            if pattern.number in seen:
                continue
            seen.add(pattern.number)
            pattern.forget()
            key = pattern.key()
            if key is not None:
                self._interned[key] = pattern
            waiting.extend(pattern.parts())
        self.made = 0

    def group(self, first: Pattern, rest: Pattern) -> Pattern:
        if first is self.empty:
            return rest
        if rest is self.empty or first is self.not_allowed:
            return first
        if rest is self.not_allowed:
            return rest
        if isinstance(first, Group):
            return self._group_behind(first, rest)
        if first is self.text and (rest is self.text or (isinstance(rest, Group) and rest.first is self.text)):
            return rest
        return self._intern(("group", first.number, rest.number), lambda: Group(first, rest))

    def _group_behind(self, first: Group, rest: Pattern) -> Pattern:
        items: list[Pattern] = []
        item: Pattern = first
        while isinstance(item, Group):
            items.append(item.first)
            item = item.rest
        pattern = self.group(item, rest)
        for item in reversed(items):
            pattern = self.group(item, pattern)
        return pattern

    def one_or_more(self, pattern: Pattern) -> Pattern:
        if isinstance(pattern, (Empty, NotAllowed, Text, OneOrMore)):
            return pattern
        if isinstance(pattern, Choice) and self.empty in pattern.members:
            rest = self.choice(member for member in pattern.members if member is not self.empty)
            return self.choice((self.empty, self.one_or_more(rest)))
        return self._intern(("oneOrMore", pattern.number), lambda: OneOrMore(pattern))

    def any_number(self, pattern: Pattern) -> Pattern:
        return self.choice((self.one_or_more(pattern), self.empty))

    def choice(self, patterns: Iterable[Pattern]) -> Pattern:
        members: dict[int, Pattern] = {}
        for pattern in patterns:
            for member in pattern.members if isinstance(pattern, Choice) else (pattern,):
                members[member.number] = member
        members.pop(self.not_allowed.number, None)
        if self.empty.number in members and sum(member.nullable for member in members.values()) > 1:
            del members[self.empty.number]
        if len(members) <= 1:
            return next(iter(members.values()), self.not_allowed)
        numbers = sorted(members)
        return self._intern(("choice", *numbers), lambda: Choice(tuple([members[number] for number in numbers])))

    def replaced(self, interleave: Interleave, index: int, rest: Pattern) -> Pattern:
        """An interleave with another pattern in place of a member."""
        members = list(interleave.members)
        if isinstance(rest, (Interleave, NotAllowed, Text)):
            members[index] = rest
            return self.interleave(members)
        del members[index]
        if rest is not self.empty:
            insort(members, rest, key=_number_of)
        if len(members) == 1:
            return members[0]
        numbers = [member.number for member in members]
        return self._intern(("interleave", *numbers), lambda: Interleave(tuple(members)))

    def interleave(self, patterns: Iterable[Pattern]) -> Pattern:
        members: list[Pattern] = []
        for pattern in patterns:
            if pattern is self.not_allowed:
                return pattern
            members.extend(pattern.members if isinstance(pattern, Interleave) else (pattern,))
        texts = members.count(self.text)
        members = [member for member in members if member is not self.empty and member is not self.text]
        members.extend([self.text] if texts else [])
        if len(members) <= 1:
            return members[0] if members else self.empty
        members.sort(key=_number_of)
        numbers = [member.number for member in members]
        return self._intern(("interleave", *numbers), lambda: Interleave(tuple(members)))


def _number_of(pattern: Pattern) -> int:
    return pattern.number
