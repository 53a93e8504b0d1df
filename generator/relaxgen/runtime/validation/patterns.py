"""Simplified patterns (specification section 4.22), interned: equal patterns are one object.

A `Patterns` makes them. Its constructors keep a normal form, so that the derivatives of a pattern are few: choices are
flat, sorted and without repetition, groups nest to the right, interleaves are balanced trees in the order of their
members, and ``notAllowed`` and ``empty`` are gone from where they mean nothing. All patterns are made by them.

What is computed from a pattern is remembered in it, see `grammar.Derivatives`. All that is remembered is keyed by names
of the grammar and by outcomes of datatypes, never by what a document says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from ..datatypes.datatype import Datatype
from ..markup import SEPARATOR, split_name

# Names and name classes (specification sections 3 and 9.1) as the validator uses them.
#
# A name is one string, a *symbol*: URI, `SEPARATOR`, local name, or the local name alone in no namespace, which is what
# expat reports where that is its namespace separator. All names that a grammar does not mention behave the
# same within a namespace that it mentions, and within all other namespaces; `Symbols.of` gives one symbol for all of
# them, so what is remembered by symbol is bounded by the grammar and not by the documents.

Path = tuple[str, ...]
"""The names of elements from the root to one."""

NAME, NS_NAME, ANY_NAME, NAME_CHOICE = range(4)
"""The first item of a name class as plain data: ``(NAME, uri, local)``, ``(NS_NAME, uri, except or None)``,
``(ANY_NAME, except or None)``, ``(NAME_CHOICE, first, second, …)``."""

NameClassData = tuple[Any, ...]

# No XML name holds an asterisk, and no namespace URI the character NUL.
_UNKNOWN_LOCAL = "*"
_UNKNOWN_URI = "\0"


def symbol(uri: str, local: str) -> str:
    return f"{uri}{SEPARATOR}{local}" if uri else local


def symbol_of(expanded: str) -> str:
    """For a name as lxml has it: ``{uri}local``."""
    return symbol(*split_name(expanded))


def split(name: str) -> tuple[str, str]:
    """Namespace URI and local name of a symbol."""
    uri, _, local = name.rpartition(SEPARATOR)
    return uri, local


def local_name(name: str) -> str:
    return name.rpartition(SEPARATOR)[2]


def written_name(reported: str) -> tuple[str, str]:
    """Symbol and name as written of what expat reports where it was asked for prefixes, too."""
    parts = reported.split(SEPARATOR)
    if len(parts) == 3:
        return f"{parts[0]}{SEPARATOR}{parts[1]}", f"{parts[2]}:{parts[1]}"
    return reported, parts[-1]


class NameClass:
    """``names`` are the symbols of a finite name class in schema order, None for an open one."""

    __slots__ = ("data", "names")

    def __init__(self, data: NameClassData) -> None:
        self.data = data
        self.names = _finite_names(data)

    def __contains__(self, name: str) -> bool:
        if self.names is not None:
            return name in self.names
        return _contains(self.data, *split(name))


def _finite_names(data: NameClassData) -> dict[str, None] | None:
    if data[0] == NAME:
        return {symbol(data[1], data[2]): None}
    if data[0] != NAME_CHOICE:
        return None
    found: dict[str, None] = {}
    for choice in data[1:]:
        names = _finite_names(choice)
        if names is None:
            return None
        found.update(names)
    return found


def _contains(data: NameClassData, uri: str, local: str) -> bool:
    kind = data[0]
    if kind == NAME:
        return bool(data[1] == uri and data[2] == local)
    if kind == NAME_CHOICE:
        return any(_contains(choice, uri, local) for choice in data[1:])
    if kind == NS_NAME and data[1] != uri:
        return False
    except_ = data[-1]
    return except_ is None or not _contains(except_, uri, local)


def describe(data: NameClassData) -> str:
    """A name class in words, for a place where a name is expected."""
    kind = data[0]
    if kind == NAME:
        return str(data[2])
    if kind == NAME_CHOICE:
        return " or ".join(describe(choice) for choice in data[1:])
    except_ = data[-1]
    if kind == ANY_NAME:
        if except_ is not None and _is_of_namespaces(except_):
            return "a name in another namespace"
        where = "any name"
    else:
        where = f"a name in the namespace {data[1]!r}" if data[1] else "a name in no namespace"
    return where if except_ is None else f"{where} but {describe(except_)}"


def _is_of_namespaces(data: NameClassData) -> bool:
    """Whether a name class leaves out nothing of the namespaces that it names."""
    if data[0] == NAME_CHOICE:
        return all(map(_is_of_namespaces, data[1:]))
    return data[0] == NS_NAME and data[-1] is None


class Symbols:
    """The names that a grammar mentions."""

    __slots__ = ("_names", "_uris")

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        """``names`` are words, each behind the namespace that they are in."""
        self._names: set[str] = set()
        self._uris: set[str] = {""}
        for uri, words in names:
            self._uris.add(uri)
            self._names.update([symbol(uri, word) for word in words.split()])

    def of(self, name: str) -> str:
        """The symbol that stands for `name`: itself where the grammar mentions it."""
        if name in self._names:
            return name
        uri = split(name)[0]
        return symbol(uri if uri in self._uris else _UNKNOWN_URI, _UNKNOWN_LOCAL)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._names)


UNLOCATED = -1
"""The place of a pattern whose place is not known."""

PARTS_OF_A_PATTERN = 8
"""A pattern with so many parts more takes as much memory as two."""

_P = TypeVar("_P", bound="Pattern")


class Pattern:
    """``number`` is the order of making. ``nullable``: matches no text and no children, without attributes.
    ``has_attributes``: there are attribute patterns inside."""

    __slots__ = (
        "_attributes",
        "children",
        "closed",
        "deprived",
        "has_attributes",
        "leaves",
        "mixed",
        "nullable",
        "number",
        "opened",
    )

    number: int
    nullable: bool

    def __init__(self, nullable: bool, has_attributes: bool = False) -> None:
        self.number = -1
        self.nullable = nullable
        self.has_attributes = has_attributes
        self._attributes: tuple[Attribute, ...] | None = None if has_attributes else ()
        self.forget()

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """The attribute patterns inside, in the order of the schema; not those of child elements.

        They are collected when they are needed first: of a long group each rest would have its own tuple.
        """
        if self._attributes is None:
            found = (attribute for part in self.flat_parts() for attribute in part.attributes)
            self._attributes = tuple(dict.fromkeys(found))
        return self._attributes

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

    def flat_parts(self) -> tuple[Pattern, ...]:
        """The parts; of nested groups and interleaves the members of all."""
        return self.parts()

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
        super().__init__(False, has_attributes=True)
        self._attributes = (self,)
        self.name_class = name_class
        self.pattern = pattern
        self.location = location


class Element(Pattern):
    """``content`` is made by the grammar when it is first asked for, since elements may hold each other."""

    __slots__ = ("_content", "grammar", "location", "name_class")

    def __init__(self, name_class: NameClass, content: int | str, location: int, grammar: Any) -> None:
        super().__init__(False)
        self.name_class = name_class
        self.location = location
        self.grammar = grammar
        self._content: int | str | Pattern = content

    @property
    def content(self) -> Pattern:
        if not isinstance(self._content, Pattern):
            self._content = self.grammar.content(self._content)
        assert isinstance(self._content, Pattern)
        return self._content


class Group(Pattern):
    """``openings`` says which members of the group, and of the groups in its rest, can open an element; see
    `grammar`. It is shared among these, ``offset`` is where this one begins."""

    __slots__ = ("first", "offset", "openings", "rest")

    def __init__(self, first: Pattern, rest: Pattern) -> None:
        super().__init__(first.nullable and rest.nullable, first.has_attributes or rest.has_attributes)
        self.first = first
        self.rest = rest

    def forget(self) -> None:
        super().forget()
        self.openings: Any = None
        self.offset = 0

    def parts(self) -> tuple[Pattern, ...]:
        return self.first, self.rest

    def flat_parts(self) -> tuple[Pattern, ...]:
        members: list[Pattern] = []
        part: Pattern = self
        while isinstance(part, Group):
            members.append(part.first)
            part = part.rest
        return (*members, part)

    def key(self) -> tuple[Any, ...]:
        return "group", self.first.number, self.rest.number


class OneOrMore(Pattern):
    __slots__ = ("pattern",)

    def __init__(self, pattern: Pattern) -> None:
        super().__init__(pattern.nullable, pattern.has_attributes)
        self.pattern = pattern

    def parts(self) -> tuple[Pattern, ...]:
        return (self.pattern,)

    def key(self) -> tuple[Any, ...]:
        return "oneOrMore", self.pattern.number


class Choice(Pattern):
    """``openings`` says which members can open an element; see `grammar`."""

    __slots__ = ("members", "openings")

    def __init__(self, members: tuple[Pattern, ...]) -> None:
        super().__init__(any(m.nullable for m in members), any(m.has_attributes for m in members))
        self.members = members

    def forget(self) -> None:
        super().forget()
        self.openings: Any = None

    def parts(self) -> tuple[Pattern, ...]:
        return self.members

    def key(self) -> tuple[Any, ...]:
        return "choice", *[member.number for member in self.members]


class Interleave(Pattern):
    """Two patterns; wider ones are balanced trees, so that the derivative by one child makes few new patterns.

    ``names`` holds at least the symbols of all elements that can stand in it, None where a name class is open. A
    derivative has the names of what it is a derivative of, since no derivative allows a new element.
    """

    __slots__ = ("first", "names", "second")

    def __init__(self, first: Pattern, second: Pattern, names: frozenset[str] | None) -> None:
        super().__init__(first.nullable and second.nullable, first.has_attributes or second.has_attributes)
        self.first = first
        self.second = second
        self.names = names

    def parts(self) -> tuple[Pattern, ...]:
        return self.first, self.second

    def flat_parts(self) -> tuple[Pattern, ...]:
        members: list[Pattern] = []
        waiting: list[Pattern] = [self]
        while waiting:
            part = waiting.pop()
            if isinstance(part, Interleave):
                waiting += part.second, part.first
            else:
                members.append(part)
        return tuple(members)

    def key(self) -> tuple[Any, ...]:
        return "interleave", self.first.number, self.second.number


def element_names(pattern: Pattern) -> frozenset[str] | None:
    """The symbols of the elements that can stand in a pattern; None where a name class is open."""
    found: set[str] = set()
    waiting, seen = [pattern], set[int]()
    while waiting:
        part = waiting.pop()
        if isinstance(part, Element):
            if part.name_class.names is None:
                return None
            found.update(part.name_class.names)
        elif isinstance(part, Interleave):
            if part.names is None:
                return None
            found |= part.names
        elif part.number not in seen:
            seen.add(part.number)
            waiting.extend(part.parts())
    return frozenset(found)


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

    def interleave(self, patterns: Iterable[Pattern]) -> Pattern:
        members: list[Pattern] = []
        for pattern in patterns:
            if pattern is self.not_allowed:
                return pattern
            members.extend(pattern.flat_parts() if isinstance(pattern, Interleave) else (pattern,))
        texts = members.count(self.text)
        members = [member for member in members if member is not self.empty and member is not self.text]
        members.extend([self.text] if texts else [])
        members.sort(key=_number_of)
        return self._balanced(members)

    def _balanced(self, members: list[Pattern]) -> Pattern:
        if len(members) <= 1:
            return members[0] if members else self.empty
        middle = len(members) // 2
        first, second = self._balanced(members[:middle]), self._balanced(members[middle:])
        names, others = element_names(first), element_names(second)
        return self.interleaved(first, second, None if names is None or others is None else names | others)

    def interleaved(self, first: Pattern, second: Pattern, names: frozenset[str] | None) -> Pattern:
        """An interleave of two patterns in this order; ``names`` as `Interleave` has it."""
        if first is self.empty or second is self.not_allowed:
            return second
        if second is self.empty or first is self.not_allowed or (first is self.text and second is self.text):
            return first
        key = ("interleave", first.number, second.number)
        return self._intern(key, lambda: Interleave(first, second, names))


def _number_of(pattern: Pattern) -> int:
    return pattern.number
