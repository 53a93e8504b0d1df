"""Simplified patterns (specification section 4.22), interned: equal patterns are one object.

A `Patterns` makes them. Its constructors keep a normal form, so that the derivatives of a pattern are few: choices are
flat, sorted and without repetition, groups nest to the right, interleaves are balanced trees in the order of their
members, and ``notAllowed`` and ``empty`` are gone from where they mean nothing. All patterns are made by them.

What is computed from a pattern is remembered in it, see `Derivatives`. All that is remembered is keyed by names
of the grammar and by outcomes of datatypes, never by what a document says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from .datatypes import Datatype, Namespaces
from .markup import BLANKS, SEPARATOR, split_name

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
    """Returns the symbol, and the name as written, for a name that expat reports with its prefix."""
    parts = reported.split(SEPARATOR)
    if len(parts) == 3:
        return f"{parts[0]}{SEPARATOR}{parts[1]}", f"{parts[2]}:{parts[1]}"
    return reported, parts[-1]


ANY = ""
"""In place of a name: every name."""


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
        """Returns the symbol for `name`: the name itself if the grammar mentions it."""
        if name in self._names:
            return name
        uri = split(name)[0]
        return symbol(uri if uri in self._uris else _UNKNOWN_URI, _UNKNOWN_LOCAL)


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
        "openings",
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

    def attributes_named(self, name: str) -> list[Attribute]:
        return [attribute for attribute in self.attributes if name in attribute.name_class]

    def forget(self) -> None:
        """Drops what was computed from this pattern."""
        self.opened: dict[str, dict[Element, Pattern]] | None = None
        self.deprived: dict[frozenset[Attribute], Pattern] | None = None
        self.closed: Pattern | None = None
        self.mixed: Pattern | None = None
        self.children: tuple[Element, ...] | None = None
        self.leaves: tuple[Leaf, ...] | None = None
        self.openings: Any = None

    def parts(self) -> tuple[Pattern, ...]:
        return ()

    def flat_parts(self) -> tuple[Pattern, ...]:
        """The parts; of nested groups and interleaves the members of all."""
        return self.parts()


class Empty(Pattern):
    __slots__ = ()


class NotAllowed(Pattern):
    __slots__ = ()


class Text(Pattern):
    __slots__ = ()


class Leaf(Pattern):
    """A pattern for text, with its place in the schema (an index, see `grammar.Grammar.place`)."""

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
    """The grammar makes ``content`` on demand, because elements can contain each other."""

    __slots__ = ("_attributes_by_name", "_children_by_name", "_content", "grammar", "location", "name_class")

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

    def forget(self) -> None:
        super().forget()
        self._attributes_by_name: Mapping[str, Sequence[Attribute]] | None = None
        self._children_by_name: _Index | None = None

    @property
    def attributes_by_name(self) -> Mapping[str, Sequence[Attribute]]:
        """The attributes that the element can have in some combination, see `attributes_by_name`."""
        if self._attributes_by_name is None:
            self._attributes_by_name = attributes_by_name(self.content.attributes)
        return self._attributes_by_name

    def children_named(self, name: str) -> tuple[Element, ...]:
        """The element patterns for children of this name, in whatever combination they are allowed."""
        children = elements_in(self.content)
        if self._children_by_name is None:
            self._children_by_name = _Index(children)
        found = (children[index] for index in self._children_by_name.of(name))
        return tuple(child for child in found if name in child.name_class)


class Group(Pattern):
    """``openings`` says which members of the group, and of the groups in its rest, can open an element; see
    `grammar`. It is shared among these, ``offset`` is where this one begins."""

    __slots__ = ("first", "offset", "rest")

    def __init__(self, first: Pattern, rest: Pattern) -> None:
        super().__init__(first.nullable and rest.nullable, first.has_attributes or rest.has_attributes)
        self.first = first
        self.rest = rest
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


class OneOrMore(Pattern):
    __slots__ = ("pattern",)

    def __init__(self, pattern: Pattern) -> None:
        super().__init__(pattern.nullable, pattern.has_attributes)
        self.pattern = pattern

    def parts(self) -> tuple[Pattern, ...]:
        return (self.pattern,)


class Choice(Pattern):
    """``openings`` says which members can open an element; see `grammar`."""

    __slots__ = ("members",)

    def __init__(self, *members: Pattern) -> None:
        super().__init__(any(m.nullable for m in members), any(m.has_attributes for m in members))
        self.members = members

    def parts(self) -> tuple[Pattern, ...]:
        return self.members


class Interleave(Pattern):
    """Two patterns; wider ones are balanced trees, so that the derivative by one child makes few new patterns.

    ``names`` has at least the symbols of all elements that it allows, None if a name class is open. A
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


def element_names(pattern: Pattern) -> frozenset[str] | None:
    """The symbols of the elements that a pattern allows; None if a name class is open."""
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

    ``made`` counts the patterns since the last `forget`, to bound the memory.
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

    def _intern(self, kind: Callable[..., Pattern], parts: Sequence[Pattern], *more: Any) -> Pattern:
        key = (kind, *[part.number for part in parts])
        pattern = self._interned.get(key)
        if pattern is None:
            pattern = self._interned[key] = self.add(kind(*parts, *more))
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
            parts = pattern.parts()
            if parts:
                self._interned[type(pattern), *[part.number for part in parts]] = pattern
            waiting.extend(parts)
        self.made = 0

    def group(self, first: Pattern, rest: Pattern) -> Pattern:
        if first is self.empty:
            return rest
        if rest is self.empty or first is self.not_allowed:
            return first
        if rest is self.not_allowed:
            return rest
        if isinstance(first, Group):
            # Groups are chains to the right, so that equal rests are one object, however they arose.
            return self.group_of((*first.flat_parts(), rest))
        # ``text, text`` allows the same as ``text``.
        if first is self.text and (rest is self.text or (isinstance(rest, Group) and rest.first is self.text)):
            return rest
        return self._intern(Group, (first, rest))

    def group_of(self, members: Iterable[Pattern]) -> Pattern:
        result = self.empty
        for member in reversed(list(members)):
            result = self.group(member, result)
        return result

    def one_or_more(self, pattern: Pattern) -> Pattern:
        if isinstance(pattern, (Empty, NotAllowed, Text, OneOrMore)):
            return pattern
        if isinstance(pattern, Choice) and self.empty in pattern.members:
            return self.any_number(self.choice(member for member in pattern.members if member is not self.empty))
        return self._intern(OneOrMore, (pattern,))

    def any_number(self, pattern: Pattern) -> Pattern:
        return self.choice((self.one_or_more(pattern), self.empty))

    def choice(self, patterns: Iterable[Pattern]) -> Pattern:
        members: dict[int, Pattern] = {}
        for pattern in patterns:
            for member in pattern.members if isinstance(pattern, Choice) else (pattern,):
                members[member.number] = member
        members.pop(self.not_allowed.number, None)
        # ``empty`` adds nothing beside a member that can be empty.
        if self.empty.number in members and sum(member.nullable for member in members.values()) > 1:
            del members[self.empty.number]
        if len(members) <= 1:
            return next(iter(members.values()), self.not_allowed)
        return self._intern(Choice, [members[number] for number in sorted(members)])

    def interleave(self, patterns: Iterable[Pattern]) -> Pattern:
        members: list[Pattern] = []
        for pattern in patterns:
            if pattern is self.not_allowed:
                return pattern
            members.extend(pattern.flat_parts() if isinstance(pattern, Interleave) else (pattern,))
        # All texts are one, and sorted members make equal interleaves one object, in any order of their parts.
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
        return self._intern(Interleave, (first, second), names)

    def joined(self, whole: Pattern, members: Sequence[Pattern]) -> Pattern:
        """An interleave of other members if `whole` is one, else a group."""
        return self.interleave(members) if isinstance(whole, Interleave) else self.group_of(members)

    def beginnings(self, pattern: Pattern, name: str = ANY) -> Iterator[tuple[Pattern, Callable[[Pattern], Pattern]]]:
        """The parts that can take what comes next, each with a function from the rest of the part to the rest of the
        whole pattern. If it is an element of the name that comes, parts that do not allow it may be left out."""
        group, interleaved = self.group, self.interleaved
        match pattern:
            case Choice():
                for member in _members_that_open(pattern, name):
                    yield member, _same
            case Group():
                # A member can take it if all members before can be empty.
                for rest in _rests_that_open(pattern, name):
                    yield (rest.first, partial(group, rest=rest.rest)) if isinstance(rest, Group) else (rest, _same)
            case Interleave():
                first, second, names = pattern.first, pattern.second, pattern.names
                if _may_open(first, name):
                    yield first, lambda rest: interleaved(rest, second, names)
                if _may_open(second, name):
                    yield second, lambda rest: interleaved(first, rest, names)
            case OneOrMore():
                yield pattern.pattern, lambda rest: group(rest, self.any_number(pattern.pattern))


def _number_of(pattern: Pattern) -> int:
    return pattern.number


# Derivatives of patterns (James Clark, «An algorithm for RELAX NG validation»).
#
# The derivative of a pattern by a part of a document is the pattern for the rest of the document. Two things differ
# from the paper:
#
# - The derivative by a start tag is not a pattern with ``After``, but a table: from each element pattern that the tag
#   can open, to the pattern for what follows the element. So the content of an element is validated without its
#   surroundings, and all places share the result.
# - Text is either the whole content of an element or attribute, and then only the verdict is needed (`accepts`); or it
#   is beside child elements, where only ``text`` matches it (`mixed`). Section 7.2 allows nothing else.
#
# Derivatives are remembered in the patterns. Equal patterns are one object, so each derivative is computed once.

ANY_CHILD = "*"
"""In an order of children that a document had: an element of a list, whatever its name."""

NO_NAMESPACES: Namespaces = {}

_NOTHING: dict[Element, Pattern] = {}


class Derivatives:
    __slots__ = ("patterns",)

    def __init__(self, patterns: Patterns) -> None:
        self.patterns = patterns

    def opened(self, pattern: Pattern, name: str) -> Mapping[Element, Pattern]:
        """Returns the element patterns that a start tag can open here, each with the pattern for what follows it."""
        if pattern.opened is None:
            pattern.opened = {}
        found = pattern.opened.get(name)
        if found is None:
            found = pattern.opened[name] = self._open(pattern, name)
        return found

    def _open(self, pattern: Pattern, name: str) -> dict[Element, Pattern]:
        if isinstance(pattern, Element):
            return {pattern: self.patterns.empty} if name == ANY or name in pattern.name_class else _NOTHING
        found: dict[Element, Pattern] = {}
        for part, whole in self.patterns.beginnings(pattern, name):
            for element, rest in self.opened(part, name).items():
                behind = whole(rest)
                found[element] = self.patterns.choice((found[element], behind)) if element in found else behind
        return found or _NOTHING

    def without_attribute(self, pattern: Pattern, matched: frozenset[Attribute]) -> Pattern:
        """The derivative by an attribute, given the attribute patterns that match its name and value."""
        if pattern.deprived is None:
            pattern.deprived = {}
        found = pattern.deprived.get(matched)
        if found is None:
            found = pattern.deprived[matched] = self._without(pattern, matched)
        return found

    def _without(self, pattern: Pattern, matched: frozenset[Attribute]) -> Pattern:
        if matched.isdisjoint(pattern.attributes):
            return self.patterns.not_allowed
        match pattern:
            case Attribute():
                return self.patterns.empty
            case Group() | Interleave():
                return self._without_by_member(pattern, (matched,))
            case _:
                parts = self.patterns.beginnings(pattern)
                return self.patterns.choice(whole(self.without_attribute(part, matched)) for part, whole in parts)

    def without_attributes(self, pattern: Pattern, matched: Sequence[frozenset[Attribute]]) -> Pattern:
        """Returns the derivative by several attributes, whose order does not matter.

        Each member of a group takes the attributes that it allows. So a start tag needs one walk through the group, not
        one for each attribute.
        """
        if isinstance(pattern, Choice):
            return self.patterns.choice(self.without_attributes(member, matched) for member in pattern.members)
        if len(matched) > 1 and isinstance(pattern, (Group, Interleave)):
            return self._without_by_member(pattern, matched)
        for attribute in matched:
            pattern = self.without_attribute(pattern, attribute)
        return pattern

    def _without_by_member(self, pattern: Group | Interleave, matched: Sequence[frozenset[Attribute]]) -> Pattern:
        """Returns the derivative, member by member. Section 7.3 guarantees that no two members have the same
        attribute."""
        members = list(pattern.flat_parts())
        places = {attribute: index for index, member in enumerate(members) for attribute in member.attributes}
        parts: dict[int, list[frozenset[Attribute]]] = {}
        for attributes in matched:
            index = next((places[attribute] for attribute in attributes if attribute in places), None)
            if index is None:
                return self.patterns.not_allowed
            parts.setdefault(index, []).append(attributes)
        for index, part in parts.items():
            members[index] = self.without_attributes(members[index], part)
        return self.patterns.joined(pattern, members)

    def closed(self, pattern: Pattern) -> Pattern:
        """Returns the derivative by the end of a start tag: a required attribute that is missing leaves
        ``notAllowed``."""
        if pattern.closed is None:
            pattern.closed = self._close(pattern) if pattern.has_attributes else pattern
        return pattern.closed

    def _close(self, pattern: Pattern) -> Pattern:
        match pattern:
            case Choice():
                return self.patterns.choice(map(self.closed, pattern.members))
            case Group():
                return self.patterns.group_of(map(self.closed, pattern.flat_parts()))
            case Interleave():
                return self.patterns.interleaved(self.closed(pattern.first), self.closed(pattern.second), pattern.names)
            case OneOrMore():
                return self.patterns.one_or_more(self.closed(pattern.pattern))
            case _:
                return self.patterns.not_allowed

    def mixed(self, pattern: Pattern) -> Pattern:
        """The derivative by text beside child elements."""
        if pattern.mixed is None:
            pattern.mixed = self._mix(pattern)
        return pattern.mixed

    def _mix(self, pattern: Pattern) -> Pattern:
        if isinstance(pattern, Text):
            return pattern
        return self.patterns.choice(whole(self.mixed(part)) for part, whole in self.patterns.beginnings(pattern))

    def accepts(self, pattern: Pattern, text: str, namespaces: Namespaces = NO_NAMESPACES) -> bool:
        """Whether an element or attribute with no content but this text matches (weak matching, section 9.3)."""
        return (pattern.nullable and not text.strip(BLANKS)) or self._takes(pattern, text, namespaces)

    def _takes(self, pattern: Pattern, text: str, namespaces: Namespaces) -> bool:
        match pattern:
            case Text():
                return True
            case Value():
                return _means(pattern, text, namespaces)
            case Data():
                return pattern.datatype.allows(text, namespaces) and (
                    pattern.except_ is None or not self.accepts(pattern.except_, text, namespaces)
                )
            case List():
                return self._takes_list(pattern.pattern, text, namespaces)
            case Choice():
                return any(self._takes(member, text, namespaces) for member in pattern.members)
            case Group() | Interleave():
                return self._takes_beside(pattern.flat_parts(), text, namespaces)
            case OneOrMore():
                return self._takes(pattern.pattern, text, namespaces)
            case _:
                return False

    def ignores_text(self, pattern: Pattern) -> bool:
        """Whether all texts that are not blank are one to it."""
        return not isinstance(pattern, Leaf) and all(map(self.ignores_text, pattern.flat_parts()))

    def _takes_beside(self, members: tuple[Pattern, ...], text: str, namespaces: Namespaces) -> bool:
        """One member takes the text, all others nothing."""
        demanding = [member for member in members if not member.nullable]
        if len(demanding) > 1:
            return False
        return any(self._takes(member, text, namespaces) for member in demanding or members)

    def _takes_list(self, pattern: Pattern, text: str, namespaces: Namespaces) -> bool:
        for token in text.translate(_ONLY_SPACES).split(" "):
            if token:
                pattern = self._after_token(pattern, token, namespaces)
                if pattern is self.patterns.not_allowed:
                    return False
        return pattern.nullable

    def _after_token(self, pattern: Pattern, token: str, namespaces: Namespaces) -> Pattern:
        if isinstance(pattern, Leaf):
            return self.patterns.empty if self._takes(pattern, token, namespaces) else self.patterns.not_allowed
        parts = self.patterns.beginnings(pattern)
        return self.patterns.choice(whole(self._after_token(part, token, namespaces)) for part, whole in parts)


def _same(rest: Pattern) -> Pattern:
    return rest


def _means(pattern: Value, text: str, namespaces: Namespaces) -> bool:
    try:
        return bool(pattern.datatype.value(text, namespaces) == pattern.value)
    except ValueError:
        return False


_ONLY_SPACES = str.maketrans(BLANKS, " " * len(BLANKS))


def elements_in(pattern: Pattern) -> tuple[Element, ...]:
    """The element patterns inside, in the order of the schema; not those inside child elements."""
    if pattern.children is None:
        pattern.children = (pattern,) if isinstance(pattern, Element) else _collected(pattern, elements_in)
    return pattern.children


def elements_next(pattern: Pattern) -> tuple[Element, ...]:
    """Those of them that can come first."""
    found: dict[Element, None] = {}
    waiting = [pattern]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Element):
            found[part] = None
        elif isinstance(part, Group):
            waiting += [part.first, part.rest] if part.first.nullable else [part.first]
        else:
            waiting += part.parts()
    return tuple(found)


def leaves_in(pattern: Pattern) -> tuple[Leaf, ...]:
    """The patterns for text inside that say which text; not those inside attributes and child elements."""
    if pattern.leaves is None:
        pattern.leaves = (pattern,) if isinstance(pattern, Leaf) else _collected(pattern, leaves_in)
    return pattern.leaves


def _collected(pattern: Pattern, inside: Callable[[Pattern], tuple[_P, ...]]) -> tuple[_P, ...]:
    found = dict.fromkeys(one for part in pattern.flat_parts() for one in inside(part))
    return tuple(sorted(found, key=_number_of))


def attributes_by_name(attributes: Iterable[Attribute]) -> dict[str, list[Attribute]]:
    """Attribute patterns by the names that they allow; those with an open name class by `ANY`."""
    found: dict[str, list[Attribute]] = {}
    for attribute in attributes:
        for name in attribute.name_class.names or (ANY,):
            found.setdefault(name, []).append(attribute)
    return found


# Which members can open an element: in wide patterns, most cannot

_FEW = 8


def _may_open(pattern: Pattern, name: str) -> bool:
    """False if the pattern allows no element of the name."""
    return not isinstance(pattern, Interleave) or pattern.names is None or name == ANY or name in pattern.names


def _members_that_open(pattern: Choice, name: str) -> Sequence[Pattern]:
    """The members that can allow an element of the name, and perhaps others."""
    if len(pattern.members) <= _FEW or name == ANY:
        return pattern.members
    if pattern.openings is None:
        pattern.openings = _Index(pattern.members)
    return [pattern.members[index] for index in pattern.openings.of(name)]


class _Index:
    """Places in a sequence of patterns, by the names of elements that are allowed there."""

    __slots__ = ("_by_name", "_open")

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._by_name: dict[str, list[int]] = {}
        self._open: list[int] = []
        for index, pattern in enumerate(patterns):
            names = element_names(pattern)
            if names is None:
                self._open.append(index)
            else:
                for name in names:
                    self._by_name.setdefault(name, []).append(index)

    def of(self, name: str) -> list[int]:
        found = self._by_name.get(name, [])
        return sorted(found + self._open) if self._open else found


def _is_long(group: Group) -> bool:
    """Whether many members in a row can be left out, so that each could open the next element."""
    pattern: Pattern = group
    for _ in range(_FEW):
        if not isinstance(pattern, Group) or pattern.openings is not None or not pattern.first.nullable:
            return False
        pattern = pattern.rest
    return True


def _rests_that_open(group: Group, name: str) -> Iterator[Pattern]:
    """The group and its rests, each of which can begin with what comes next, since all before it can be empty; those
    that do not allow an element of the name may be left out."""
    rest: Pattern = group
    while isinstance(rest, Group):
        if name != ANY and (rest.openings is not None or _is_long(rest)):
            openings = rest.openings or _GroupOpenings(rest)
            yield from openings.groups(name, rest.offset)
            rest = openings.tail
        else:
            yield rest
            if not rest.first.nullable:
                return
            rest = rest.rest
    yield rest


class _GroupOpenings:
    """An index of the members of a group up to the first that cannot be left out. ``tail`` comes behind them."""

    __slots__ = ("_groups", "_index", "tail")

    def __init__(self, group: Group) -> None:
        self._groups: list[Group] = []
        tail: Pattern = group
        while isinstance(tail, Group) and tail.first.nullable and tail.openings is None:
            tail.openings, tail.offset = self, len(self._groups)
            self._groups.append(tail)
            tail = tail.rest
        self.tail = tail
        self._index = _Index(group.first for group in self._groups)

    def groups(self, name: str, offset: int) -> Sequence[Group]:
        """The groups, from ``offset`` on, whose first members can allow an element of the name."""
        return [self._groups[index] for index in self._index.of(name) if index >= offset]
