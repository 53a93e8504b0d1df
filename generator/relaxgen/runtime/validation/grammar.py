"""A compiled grammar: plain data, and the patterns made from it when they are first needed.

The data is a tuple, or a list read from JSON, with these items:

====== ================================================================================================
item   what
====== ================================================================================================
0      `FORMAT`
1      the start pattern, as an index into the patterns
2      patterns: ``(kind, …)`` as listed at the kinds below; patterns inside are indexes
3      name classes, see `patterns`
4      datatypes: ``(library, type, ((parameter, value), …))``
5      prefixes in scope of a ``value`` of a datatype that needs them: ``((prefix or None, uri), …)``
6      places in the schema: ``(file, line, column)``, the file as an index
7      files
8      names of choices of values
9      entries: ``(name, pattern)``, starts for documents that are a part of what the schema describes
====== ================================================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..datatypes.datatype import Datatype, Namespaces
from ..datatypes.library import create
from ..markup import BLANKS
from .patterns import (
    UNLOCATED,
    Attribute,
    Choice,
    Data,
    Element,
    Group,
    Interleave,
    Leaf,
    List,
    NameClass,
    OneOrMore,
    Pattern,
    Patterns,
    Symbols,
    Text,
    Value,
    element_names,
)

# Derivatives of patterns (James Clark, «An algorithm for RELAX NG validation»).
#
# The derivative of a pattern by a part of a document is what the rest of the document must match. Two things differ
# from the paper. The derivative by a start tag is not one pattern of ``After``s but a table from the element patterns
# that the tag can open to what follows each, so that the content of an element is judged without its surroundings and
# shared by all places. And text is either the whole content of an element or attribute, where only the verdict matters
# (`accepts`), or stands beside child elements, where only ``text`` can match it (`mixed`): section 7.2 allows nothing
# else.
#
# Derivatives are remembered in the patterns.

"""White space of XML; `str.strip` and `str.split` without argument take more."""

ANY = ""
"""In place of a name: every name."""

NO_NAMESPACES: Namespaces = {}

_NOTHING: dict[Element, Pattern] = {}


class Derivatives:
    __slots__ = ("patterns",)

    def __init__(self, patterns: Patterns) -> None:
        self.patterns = patterns

    def opened(self, pattern: Pattern, name: str) -> Mapping[Element, Pattern]:
        """The element patterns that a start tag can open here, each with what follows its end tag."""
        if pattern.opened is None:
            pattern.opened = {}
        found = pattern.opened.get(name)
        if found is None:
            found = pattern.opened[name] = self._open(pattern, name)
        return found

    def _open(self, pattern: Pattern, name: str) -> dict[Element, Pattern]:
        match pattern:
            case Element():
                return {pattern: self.patterns.empty} if name == ANY or name in pattern.name_class else _NOTHING
            case Choice():
                return self._merged(
                    pair for member in _members_that_open(pattern, name) for pair in self.opened(member, name).items()
                )
            case Group():
                return self._merged(self._open_group(pattern, name))
            case Interleave():
                return self._merged(self._open_interleave(pattern, name))
            case OneOrMore():
                return self._merged(
                    (element, self.patterns.group(rest, self.patterns.any_number(pattern.pattern)))
                    for element, rest in self.opened(pattern.pattern, name).items()
                )
            case _:
                return _NOTHING

    def _merged(self, pairs: Iterable[tuple[Element, Pattern]]) -> dict[Element, Pattern]:
        found: dict[Element, Pattern] = {}
        for element, rest in pairs:
            found[element] = self.patterns.choice((found[element], rest)) if element in found else rest
        return found or _NOTHING

    def _open_group(self, pattern: Pattern, name: str) -> Iterator[tuple[Element, Pattern]]:
        while isinstance(pattern, Group):
            if pattern.openings is None and _is_long(pattern):
                _GroupOpenings(pattern)
            openings = pattern.openings
            for group in (pattern,) if openings is None else openings.groups(name, pattern.offset):
                for element, rest in self.opened(group.first, name).items():
                    yield element, self.patterns.group(rest, group.rest)
            if openings is not None:
                pattern = openings.tail
            elif pattern.first.nullable:
                pattern = pattern.rest
            else:
                return
        yield from self.opened(pattern, name).items()

    def _open_interleave(self, pattern: Interleave, name: str) -> Iterator[tuple[Element, Pattern]]:
        first, second, names = pattern.first, pattern.second, pattern.names
        if _may_open(first, name):
            for element, rest in self.opened(first, name).items():
                yield element, self.patterns.interleaved(rest, second, names)
        if _may_open(second, name):
            for element, rest in self.opened(second, name).items():
                yield element, self.patterns.interleaved(first, rest, names)

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
            case Choice():
                return self.patterns.choice(self.without_attribute(member, matched) for member in pattern.members)
            case Group():
                return self.patterns.choice(self._without_in_group(pattern, matched))
            case Interleave():
                return self.patterns.choice(self._without_in_interleave(pattern, matched))
            case OneOrMore():
                rest = self.without_attribute(pattern.pattern, matched)
                return self.patterns.group(rest, self.patterns.any_number(pattern.pattern))
            case _:
                raise AssertionError(f"{type(pattern).__name__} holds no attributes")

    def _without_in_group(self, group: Pattern, matched: frozenset[Attribute]) -> Iterator[Pattern]:
        members = group.flat_parts()
        for index, member in enumerate(members):
            if not matched.isdisjoint(member.attributes):
                rest = self.without_attribute(member, matched)
                yield self.group((*members[:index], rest, *members[index + 1 :]))

    def _without_in_interleave(self, pattern: Interleave, matched: frozenset[Attribute]) -> Iterator[Pattern]:
        members = pattern.flat_parts()
        for index, member in enumerate(members):
            if not matched.isdisjoint(member.attributes):
                rest = self.without_attribute(member, matched)
                yield self.patterns.interleave((*members[:index], rest, *members[index + 1 :]))

    def without_attributes(self, pattern: Pattern, matched: Sequence[frozenset[Attribute]]) -> Pattern:
        """The derivative by several attributes, whose order makes no difference.

        Of a group each member takes those that only it can have, so that a start tag with as many attributes as the
        group has members costs one walk through it, and not one walk for each attribute.
        """
        if isinstance(pattern, Choice):
            return self.patterns.choice(self.without_attributes(member, matched) for member in pattern.members)
        if len(matched) > 1 and isinstance(pattern, (Group, Interleave)):
            pattern, matched = self._without_by_member(pattern, matched)
        for attribute in matched:
            pattern = self.without_attribute(pattern, attribute)
        return pattern

    def _without_by_member(
        self, pattern: Group | Interleave, matched: Sequence[frozenset[Attribute]]
    ) -> tuple[Pattern, Sequence[frozenset[Attribute]]]:
        """The derivative by the attributes that only one member can have, and all others."""
        members = list(pattern.flat_parts())
        places: dict[Attribute, set[int]] = {}
        for index, member in enumerate(members):
            for attribute in member.attributes:
                places.setdefault(attribute, set()).add(index)
        parts: dict[int, list[frozenset[Attribute]]] = {}
        others: list[frozenset[Attribute]] = []
        for attributes in matched:
            found = {index for attribute in attributes for index in places.get(attribute, ())}
            if len(found) == 1:
                parts.setdefault(found.pop(), []).append(attributes)
            elif found:
                others.append(attributes)
            else:
                return self.patterns.not_allowed, ()
        for index, part in parts.items():
            members[index] = self.without_attributes(members[index], part)
        return self.patterns.interleave(members) if isinstance(pattern, Interleave) else self.group(members), others

    def group(self, members: Iterable[Pattern]) -> Pattern:
        result = self.patterns.empty
        for member in reversed(list(members)):
            result = self.patterns.group(member, result)
        return result

    def closed(self, pattern: Pattern) -> Pattern:
        """The derivative by the end of a start tag: attributes that have not come are missing."""
        if pattern.closed is None:
            pattern.closed = self._close(pattern) if pattern.has_attributes else pattern
        return pattern.closed

    def _close(self, pattern: Pattern) -> Pattern:
        match pattern:
            case Choice():
                return self.patterns.choice(map(self.closed, pattern.members))
            case Group():
                return self.group(map(self.closed, pattern.flat_parts()))
            case Interleave():
                return self.patterns.interleaved(self.closed(pattern.first), self.closed(pattern.second), pattern.names)
            case OneOrMore():
                return self.patterns.one_or_more(self.closed(pattern.pattern))
            case _:
                return self.patterns.not_allowed

    def mixed(self, pattern: Pattern) -> Pattern:
        """The derivative by text that stands beside child elements."""
        if pattern.mixed is None:
            pattern.mixed = self._mix(pattern)
        return pattern.mixed

    def _mix(self, pattern: Pattern) -> Pattern:
        match pattern:
            case Text():
                return pattern
            case Choice():
                return self.patterns.choice(map(self.mixed, pattern.members))
            case Group():
                return self.patterns.choice(self._mix_group(pattern))
            case Interleave():
                first, second, names = pattern.first, pattern.second, pattern.names
                interleaved = self.patterns.interleaved
                return self.patterns.choice(
                    (interleaved(self.mixed(first), second, names), interleaved(first, self.mixed(second), names))
                )
            case OneOrMore():
                rest = self.mixed(pattern.pattern)
                return self.patterns.group(rest, self.patterns.any_number(pattern.pattern))
            case _:
                return self.patterns.not_allowed

    def _mix_group(self, pattern: Pattern) -> Iterator[Pattern]:
        while isinstance(pattern, Group):
            yield self.patterns.group(self.mixed(pattern.first), pattern.rest)
            if not pattern.first.nullable:
                return
            pattern = pattern.rest
        yield self.mixed(pattern)

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
        match pattern:
            case Leaf():
                return self.patterns.empty if self._takes(pattern, token, namespaces) else self.patterns.not_allowed
            case Choice():
                return self.patterns.choice(self._after_token(member, token, namespaces) for member in pattern.members)
            case Group():
                return self.patterns.choice(self._after_token_of_group(pattern, token, namespaces))
            case OneOrMore():
                rest = self._after_token(pattern.pattern, token, namespaces)
                return self.patterns.group(rest, self.patterns.any_number(pattern.pattern))
            case _:
                return self.patterns.not_allowed

    def _after_token_of_group(self, pattern: Pattern, token: str, namespaces: Namespaces) -> Iterator[Pattern]:
        while isinstance(pattern, Group):
            yield self.patterns.group(self._after_token(pattern.first, token, namespaces), pattern.rest)
            if not pattern.first.nullable:
                return
            pattern = pattern.rest
        yield self._after_token(pattern, token, namespaces)


def _means(pattern: Value, text: str, namespaces: Namespaces) -> bool:
    try:
        return bool(pattern.datatype.value(text, namespaces) == pattern.value)
    except ValueError:
        return False


_ONLY_SPACES = str.maketrans(BLANKS, " " * len(BLANKS))


def elements_in(pattern: Pattern) -> tuple[Element, ...]:
    """The element patterns inside, in the order of the schema; not those inside child elements."""
    if pattern.children is None:
        if isinstance(pattern, Element):
            pattern.children = (pattern,)
        else:
            found = dict.fromkeys(element for part in pattern.flat_parts() for element in elements_in(part))
            pattern.children = tuple(sorted(found, key=lambda element: element.number))
    return pattern.children


def leaves_in(pattern: Pattern) -> tuple[Leaf, ...]:
    """The patterns for text inside that say which text; not those inside attributes and child elements."""
    if pattern.leaves is None:
        if isinstance(pattern, Leaf):
            pattern.leaves = (pattern,)
        else:
            found = dict.fromkeys(leaf for part in pattern.flat_parts() for leaf in leaves_in(part))
            pattern.leaves = tuple(sorted(found, key=lambda leaf: leaf.number))
    return pattern.leaves


# Which members can open an element: in wide patterns, most cannot

_FEW = 8


def _may_open(pattern: Pattern, name: str) -> bool:
    """False where no element of the name can stand in the pattern."""
    return not isinstance(pattern, Interleave) or pattern.names is None or name == ANY or name in pattern.names


def _members_that_open(pattern: Choice, name: str) -> Sequence[Pattern]:
    """Those members that an element of the name can stand in, and perhaps others."""
    if len(pattern.members) <= _FEW or name == ANY:
        return pattern.members
    if pattern.openings is None:
        pattern.openings = _Index(pattern.members)
    return [pattern.members[index] for index in pattern.openings.of(name)]


class _Index:
    """Places in a sequence of patterns by the names of elements that can stand there."""

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
        """The groups, from ``offset`` on, whose first members an element of the name can stand in."""
        if name == ANY:
            return self._groups[offset:]
        return [self._groups[index] for index in self._index.of(name) if index >= offset]


FORMAT = 1

EMPTY, NOT_ALLOWED, TEXT = range(3)
"""``(kind,)``"""
ELEMENT, ATTRIBUTE = range(3, 5)
"""``(kind, name class, content, place)``"""
DATA, VALUE, LIST = range(5, 8)
"""``(DATA, datatype, except or -1, place)``, ``(VALUE, datatype, text, prefixes or -1, name or -1, place)``,
``(LIST, pattern, place)``"""
GROUP, INTERLEAVE, CHOICE, ONE_OR_MORE = range(8, 12)
"""``(kind, pattern, …)``"""

NONE = -1

GrammarData = Sequence[Any]


class Grammar:
    """``data`` is what `compile` made; see the head of this module."""

    __slots__ = (
        "_datatypes",
        "_entries",
        "_files",
        "_labels",
        "_made",
        "_name_class_data",
        "_name_classes",
        "_nodes",
        "_places",
        "_prefixes",
        "_type_data",
        "data",
        "derivatives",
        "needs_namespaces",
        "patterns",
        "symbols",
    )

    def __init__(self, data: GrammarData) -> None:
        if data[0] != FORMAT:
            raise ValueError("the compiled grammar is of another release")
        self.data = data
        self._nodes: Sequence[Any] = data[2]
        self._name_class_data: Sequence[Any] = data[3]
        self._type_data: Sequence[Any] = data[4]
        self._prefixes: Sequence[Any] = data[5]
        self._places: Sequence[Any] = data[6]
        self._files: Sequence[str] = data[7]
        self._labels: Sequence[str] = data[8]
        self._entries: dict[str, int] = {"": data[1], **dict(data[9])}
        self._name_classes: dict[int, NameClass] = {}
        self._datatypes: dict[int, Datatype] = {}
        self._made: dict[int, Pattern] = {}
        self.symbols = Symbols(self._name_class_data)
        self.patterns = Patterns()
        self.derivatives = Derivatives(self.patterns)
        self.needs_namespaces = bool(self._prefixes) or any(_needs_namespaces(*names[:2]) for names in self._type_data)

    def start(self, entry: str = "") -> Pattern:
        """What a document must match; `entry` names one of the grammar's further entries.

        Raises:
            KeyError: there is no such entry.
        """
        return self.pattern(self._entries[entry])

    @property
    def entries(self) -> tuple[str, ...]:
        return tuple(self._entries)

    def pattern(self, index: int) -> Pattern:
        found = self._made.get(index)
        if found is None:
            found = self._made[index] = self._make(self._nodes[index])
        return found

    def _make(self, node: Sequence[Any]) -> Pattern:
        patterns = self.patterns
        match node[0]:
            case 0:
                return patterns.empty
            case 1:
                return patterns.not_allowed
            case 2:
                return patterns.text
            case 3:
                return patterns.add(Element(self._name_class(node[1]), node[2], node[3], self))
            case 4:
                return patterns.add(Attribute(self._name_class(node[1]), self.pattern(node[2]), node[3]))
            case 5:
                except_ = None if node[2] == NONE else self.pattern(node[2])
                return patterns.add(Data(self._datatype(node[1]), except_, node[3]))
            case 6:
                return patterns.add(self._value(*node[1:]))
            case 7:
                return patterns.add(List(self.pattern(node[1]), node[2]))
            case 8:
                return self.derivatives.group(map(self.pattern, node[1:]))
            case 9:
                return patterns.interleave(map(self.pattern, node[1:]))
            case 10:
                return patterns.choice(map(self.pattern, node[1:]))
            case 11:
                return patterns.one_or_more(self.pattern(node[1]))
            case kind:
                raise AssertionError(f"no pattern is of kind {kind}")

    def _value(self, datatype: int, text: str, prefixes: int, label: int, place: int) -> Value:
        context = {} if prefixes == NONE else dict(self._prefixes[prefixes])
        kind = self._datatype(datatype)
        return Value(kind, text, kind.value(text, context), "" if label == NONE else self._labels[label], place)

    def _name_class(self, index: int) -> NameClass:
        found = self._name_classes.get(index)
        if found is None:
            found = self._name_classes[index] = NameClass(self._name_class_data[index])
        return found

    def _datatype(self, index: int) -> Datatype:
        found = self._datatypes.get(index)
        if found is None:
            library, name, parameters = self._type_data[index]
            pairs = [(parameter, value) for parameter, value in parameters]
            found = self._datatypes[index] = create(library, name, pairs)
        return found

    def forget(self, live: Sequence[Pattern]) -> None:
        """Drops all derivatives but those that `live` still needs."""
        self.patterns.forget((*self._made.values(), self.patterns.empty, *live))

    def place(self, index: int) -> str:
        """``file:line:column`` of a pattern's place."""
        if index == UNLOCATED:
            return ""
        file, line, column = self._places[index]
        return f"{self._files[file]}:{line}:{column}"


def _needs_namespaces(library: str, name: str) -> bool:
    return bool(library) and name in ("QName", "NOTATION")
