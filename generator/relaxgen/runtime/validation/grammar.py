"""A compiled grammar: plain data, and the patterns made from it when they are first needed.

The data is what JSON has, a *unit* on each line of a package's module. A unit is an element pattern, or another pattern
that several have or that has a definition of its own. Places count from the one before, and units refer to each other
by keys, so an edit of a schema changes few lines::

    grammar ::= [FORMAT, needs namespaces, [[uri, names], …], [[entry, node], …], [[file, [unit, …]], …]]
    unit    ::= [key, lines, column, name class, node, entries?] | [key, lines, node]
    node    ::= key | EMPTY | NOT_ALLOWED | TEXT | [ATTRIBUTE, lines, column, name class, node]
              | [DATA, lines, column, datatype, node?] | [VALUE, lines, column, [text, …], datatype?, label?, prefixes?]
              | [LIST, lines, column, node] | [GROUP, node, …] | [INTERLEAVE, node, …] | [CHOICE, node, …]
              | [ONE_OR_MORE, node]

``lines`` are those from the unit before in the file, within a unit from the place before. The texts of ``VALUE`` are
values on lines that follow each other. Names are words, those of entries too; the entry ``""`` is the start of
documents, others are starts for documents that are a part of what the schema describes. A name class is a name, behind
the number of its URI and a colon where it is in a namespace, or else as in `patterns`. A datatype is one of XML
Schema's, ``[name, [[parameter, value], …], library?]``, or 0 for the built-in ``token``. Prefixes are
``[[prefix or null, uri], …]``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..datatypes import BUILT_IN, XML_SCHEMA
from ..datatypes.datatype import Datatype, Namespaces
from ..datatypes.library import create
from ..markup import BLANKS
from .patterns import (
    NAME,
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

        Of a group each member takes those that it can have, so that a start tag with as many attributes as the group
        has members costs one walk through it, and not one walk for each attribute.
        """
        if isinstance(pattern, Choice):
            return self.patterns.choice(self.without_attributes(member, matched) for member in pattern.members)
        if len(matched) > 1 and isinstance(pattern, (Group, Interleave)):
            return self._without_by_member(pattern, matched)
        for attribute in matched:
            pattern = self.without_attribute(pattern, attribute)
        return pattern

    def _without_by_member(self, pattern: Group | Interleave, matched: Sequence[frozenset[Attribute]]) -> Pattern:
        """The derivative, member by member: section 7.3 lets no two of them have an attribute of one name."""
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
        return self.patterns.interleave(members) if isinstance(pattern, Interleave) else self.group(members)

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

    def ignores_text(self, pattern: Pattern) -> bool:
        """Whether all texts that are not blank are one to it."""
        return not isinstance(pattern, Leaf) and all(map(self.ignores_text, _parts(pattern)))

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


def _parts(pattern: Pattern) -> tuple[Pattern, ...]:
    return pattern.flat_parts() if isinstance(pattern, Group | Interleave) else pattern.parts()


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


class ElementIndex:
    """Element patterns by the names that they allow."""

    __slots__ = ("_elements", "_index")

    def __init__(self, elements: Iterable[Element]) -> None:
        self._elements = tuple(elements)
        self._index = _Index(self._elements)

    def named(self, name: str) -> tuple[Element, ...]:
        found = (self._elements[place] for place in self._index.of(name))
        return tuple(element for element in found if name in element.name_class)


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


FORMAT = 2

EMPTY, NOT_ALLOWED, TEXT = range(3)
ELEMENT, ATTRIBUTE, DATA, VALUE, LIST, GROUP, INTERLEAVE, CHOICE, ONE_OR_MORE = range(3, 12)

GrammarData = Sequence[Any]


class Grammar:
    """``data`` is what the generator compiled; see the head of this module."""

    __slots__ = (
        "_contents",
        "_datatypes",
        "_entries",
        "_files",
        "_line",
        "_made",
        "_places",
        "_starts",
        "_units",
        "_uris",
        "data",
        "derivatives",
        "needs_namespaces",
        "patterns",
        "symbols",
    )

    def __init__(self, data: GrammarData) -> None:
        if data[0] != FORMAT:
            raise ValueError("the compiled grammar is of another release")
        _, self.needs_namespaces, names, entries, files = data
        self.data = data
        self._uris = [uri for uri, _ in names]
        self._files: list[str] = []
        self._units: dict[str, tuple[Any, int, int]] = {}
        self._entries: dict[str, Any] = dict(entries)
        self._places: list[tuple[int, int, int]] = []
        self._datatypes: dict[Any, Datatype] = {}
        self._made: dict[str, Pattern] = {}
        self._contents: dict[str, Pattern] = {}
        self._starts: dict[str, Pattern] = {}
        self._line = 0
        self.symbols = Symbols(names)
        self.patterns = Patterns()
        self.derivatives = Derivatives(self.patterns)
        for file, units in files:
            self._add_units(len(self._files), units)
            self._files.append(file)

    def _add_units(self, file: int, units: Sequence[Any]) -> None:
        """Finds the line of each unit, and the entries that elements have."""
        line = 0
        for unit in units:
            line += unit[1]
            self._units[unit[0]] = unit, file, line
            for entry in unit[5].split() if len(unit) > 5 else ():
                self._entries.setdefault(entry, [CHOICE]).append(unit[0])

    def start(self, entry: str = "") -> Pattern:
        """What a document must match; `entry` names one of the grammar's further entries.

        Raises:
            KeyError: there is no such entry.
        """
        found = self._starts.get(entry)
        if found is None:
            found = self._starts[entry] = self._pattern(self._entries[entry], 0)
        return found

    @property
    def entries(self) -> tuple[str, ...]:
        return tuple(self._entries)

    def content(self, key: str) -> Pattern:
        """The content of the element with this key."""
        found = self._contents.get(key)
        if found is None:
            unit, file, self._line = self._units[key]
            found = self._contents[key] = self._pattern(unit[4], file)
        return found

    def _unit(self, key: str) -> Pattern:
        found = self._made.get(key)
        if found is None:
            around = self._line
            found = self._made[key] = self._make_unit(*self._units[key])
            self._line = around
        return found

    def _make_unit(self, unit: Sequence[Any], file: int, line: int) -> Pattern:
        self._line = line
        if len(unit) == 3:
            return self._pattern(unit[2], file)
        return self.patterns.add(Element(self._name_class(unit[3]), unit[0], self._place(file, 0, unit[2]), self))

    def _pattern(self, node: Any, file: int) -> Pattern:
        """The pattern of a node. Nodes count their lines from the one before them, so they are made in order."""
        if isinstance(node, str):
            return self._unit(node)
        patterns = self.patterns
        if isinstance(node, int):
            return (patterns.empty, patterns.not_allowed, patterns.text)[node]
        match node[0]:
            case 4:
                place = self._place(file, node[1], node[2])
                return patterns.add(Attribute(self._name_class(node[3]), self._pattern(node[4], file), place))
            case 5:
                place = self._place(file, node[1], node[2])
                except_ = self._pattern(node[4], file) if len(node) > 4 else None
                return patterns.add(Data(self._datatype(node[3]), except_, place))
            case 6:
                return patterns.choice(self._values(file, *node[1:]))
            case 7:
                place = self._place(file, node[1], node[2])
                return patterns.add(List(self._pattern(node[3], file), place))
            case 8:
                return self.derivatives.group([self._pattern(member, file) for member in node[1:]])
            case 9:
                return patterns.interleave([self._pattern(member, file) for member in node[1:]])
            case 10:
                return patterns.choice([self._pattern(member, file) for member in node[1:]])
            case 11:
                return patterns.one_or_more(self._pattern(node[1], file))
            case kind:
                raise AssertionError(f"no pattern is of kind {kind}")

    def _values(
        self, file: int, line: int, column: int, texts: Sequence[str], type: Any = 0, label: str = "", scope: Any = ()
    ) -> Iterator[Value]:
        kind, context = self._datatype(type), dict(scope)
        for text in texts:
            place = self._place(file, line, column)
            yield self.patterns.add(Value(kind, text, kind.value(text, context), label, place))
            line = 1

    def _name_class(self, data: Any) -> NameClass:
        if not isinstance(data, str):
            return NameClass(data)
        number, _, local = data.rpartition(":")
        return NameClass((NAME, self._uris[int(number)] if number else "", local))

    def _datatype(self, given: Any) -> Datatype:
        key = given if isinstance(given, (int, str)) else repr(given)
        found = self._datatypes.get(key)
        if found is None:
            name, parameters, library = datatype_of(given)
            found = self._datatypes[key] = create(library, name, [tuple(one) for one in parameters])
        return found

    def forget(self, live: Sequence[Pattern]) -> None:
        """Drops all derivatives but those that `live` still needs."""
        made = (self._made, self._contents, self._starts)
        kept = [pattern for patterns in made for pattern in patterns.values()]
        self.patterns.forget((*kept, self.patterns.empty, *live))

    def _place(self, file: int, lines: int, column: int) -> int:
        """The index of a place so many lines behind the last one."""
        self._line += lines
        self._places.append((file, self._line, column))
        return len(self._places) - 1

    def place(self, index: int) -> str:
        """``file:line:column`` of a pattern's place."""
        if index == UNLOCATED:
            return ""
        file, line, column = self._places[index]
        return f"{self._files[file]}:{line}:{column}"


def datatype_of(given: Any) -> tuple[str, Sequence[Any], str]:
    """The name, the parameters and the library of a datatype in a grammar's data."""
    if given == 0:
        return "token", (), BUILT_IN
    if isinstance(given, str):
        return given, (), XML_SCHEMA
    return given[0], given[1], given[2] if len(given) > 2 else XML_SCHEMA
