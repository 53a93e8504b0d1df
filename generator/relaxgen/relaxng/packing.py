"""Tables of compiled patterns → the data of a grammar in units, see `runtime.grammar`.

A unit is small, has a key that says where it comes from, and counts its places from those before. So an edit of a
schema changes those units that it is about, and the distances behind it. For this a pattern is part of the unit around
it only where the same definition has both and nothing else has the pattern.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from ..runtime import grammar as kinds
from ..runtime.grammar import GrammarData, datatype_of
from ..runtime.markup import BUILT_IN, XML_SCHEMA
from ..runtime.patterns import NAME, NAME_CHOICE, NS_NAME, NameClassData
from .pattern import DatatypeName

NONE = -1
"""In place of an index."""

SMALLEST_UNIT = 5
"""Patterns of fewer parts that hold nothing but units are repeated wherever they are."""

LONGEST_TEXT = 300
"""A parameter's value with more characters is among the texts of the grammar. A category of Unicode has 12,000, and
TEI's schema has one in 160 places."""

MOST_OWNERS = 3
"""The key of a pattern from several definitions names at most so many."""

Node = tuple[Any, ...]


@dataclass(frozen=True)
class Tables:
    """Distinct patterns, with indexes for all that they refer to::

        (ELEMENT, name class, pattern, place)   (DATA, datatype, pattern or NONE, place)   (LIST, pattern, place)
        (ATTRIBUTE, name class, pattern, place) (VALUE, datatype, text, prefixes or NONE, label or NONE, place)
        (GROUP, pattern, …)    (INTERLEAVE, pattern, …)    (CHOICE, pattern, …)    (ONE_OR_MORE, pattern)

    ``owners`` are the definitions that places are in; ``wholes`` are the places of what definitions consist
    of; ``lists`` are definitions by the groups, interleaves and choices that they hold."""

    start: int
    nodes: Sequence[Node]
    name_classes: Sequence[NameClassData]
    datatypes: Sequence[tuple[str, str, Sequence[tuple[str, ...]]]]
    prefixes: Sequence[Any]
    places: Sequence[tuple[int, int, int]]
    files: Sequence[str]
    labels: Sequence[str]
    entries: Sequence[tuple[str, int]]
    owners: Mapping[int, str]
    wholes: frozenset[int]
    lists: Mapping[Node, str]


def packed(tables: Tables) -> GrammarData:
    return _Packer(tables).packed()


def datatypes_in(data: GrammarData) -> Iterator[tuple[str, Sequence[Sequence[str]]]]:
    """The names and parameters of the datatypes of a grammar."""
    for _, units in data[-1]:
        for unit in units:
            yield from _datatypes(unit[4] if len(unit) > 4 else unit[2])


def _datatypes(node: Any) -> Iterator[tuple[str, Sequence[Sequence[str]]]]:
    if isinstance(node, (str, int)):
        return
    if node[0] == kinds.DATA:
        yield datatype_of(node[3])[:2]
    elif node[0] == kinds.VALUE:
        yield datatype_of(node[4] if len(node) > 4 else 0)[:2]
    start = {kinds.ATTRIBUTE: 4, kinds.DATA: 4, kinds.VALUE: len(node), kinds.LIST: 3}.get(node[0], 1)
    for inner in node[start:]:
        yield from _datatypes(inner)


def lines_of(data: GrammarData) -> Iterator[str]:
    """The data as JSON, a line for each unit."""
    format_, needs_namespaces, names, texts, entries, files = data
    yield f"[{format_},{_json(needs_namespaces)},["
    yield from _separated(map(_json, names))
    yield "],["
    yield from _separated(map(_json, texts))
    yield f"],{_json(entries)},["
    for number, (file, units) in enumerate(files, 1):
        yield f"[{_json(file)},["
        yield from _separated(map(_json, units))
        yield "]]" if number == len(files) else "]],"
    yield "]]"


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _separated(lines: Iterable[str]) -> list[str]:
    found = list(lines)
    return [*(f"{line}," for line in found[:-1]), *found[-1:]]


class _Packer:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._nodes = list(tables.nodes)
        self._owners: dict[int, str | None] = {}
        self._first_places: dict[int, int] = {}
        self._pure: dict[int, bool] = {}
        self._sizes: dict[int, int] = {}
        self._units: dict[int, str] = {}
        self._users = Counter[int]()
        self._line = 0
        names = _names_by_uri(tables.name_classes)
        self._names = [[uri, " ".join(sorted(names[uri]))] for uri in sorted(names)]
        self._uris = {uri: number for number, uri in enumerate(sorted(names))}
        self._texts: dict[str, int] = {}

    def packed(self) -> GrammarData:
        self._cut_lists()
        self._users = self._counted_users()
        units = sorted(self._find_units(), key=lambda number: (self._place(number), number))
        self._name_units(units)
        entries: dict[int, list[str]] = {}
        others: list[list[Any]] = [["", self._packed(self._tables.start, None)]]
        for name, number in self._tables.entries:
            for element in self._alternatives(number):
                entries.setdefault(element, []).append(name)
            if number == kinds.NOT_ALLOWED:
                others.append([name, number])
        files = [
            [self._tables.files[file], list(self._packed_units(same, entries))]
            for file, same in groupby(units, lambda number: self._place(number)[0])
        ]
        needs_namespaces = bool(self._tables.prefixes) or any(
            DatatypeName(library, name).is_of_qualified_names for library, name, _ in self._tables.datatypes
        )
        return [kinds.FORMAT, needs_namespaces, self._names, list(self._texts), others, files]

    def _alternatives(self, number: int) -> Sequence[int]:
        """The elements that an entry is for."""
        node = self._tables.nodes[number]
        return node[1:] if node[0] == kinds.CHOICE else (number,) if node[0] == kinds.ELEMENT else ()

    # What belongs together

    def _cut_lists(self) -> None:
        """Members of a list that come from one definition become a list of their own: others may have them, too."""
        numbers = {node: number for number, node in enumerate(self._nodes)}
        lists = self._lists_of_definitions(numbers)
        for number, node in enumerate(list(self._nodes)):
            if node[0] in (kinds.GROUP, kinds.INTERLEAVE, kinds.CHOICE):
                members = _with_lists(node, lists, numbers)
                runs = [tuple(run) for _, run in groupby(members, lambda one: self._owner(one) or one)]
                parts = runs[0] if len(runs) == 1 else [self._list(node[0], run, numbers) for run in runs]
                self._nodes[number] = (node[0], *parts)

    def _lists_of_definitions(self, numbers: dict[Node, int]) -> Mapping[tuple[int, int], Sequence[Node]]:
        """The lists by their kind and their first member, the longest first."""
        found: dict[tuple[int, int], list[Node]] = {}
        for node in sorted(self._tables.lists, key=lambda node: (-len(node), node)):
            if len(node) > 2:
                found.setdefault((node[0], node[1]), []).append(node)
                self._owners[self._list(node[0], node[1:], numbers)] = self._tables.lists[node]
        return found

    def _list(self, kind: int, run: tuple[int, ...], numbers: dict[Node, int]) -> int:
        if len(run) == 1:
            return run[0]
        node = (kind, *run)
        if node not in numbers:
            numbers[node] = len(self._nodes)
            self._nodes.append(node)
        return numbers[node]

    def _owner(self, number: int) -> str | None:
        """The definition that a pattern is from; none where it is from several."""
        if number not in self._owners:
            node = self._nodes[number]
            if kinds.ELEMENT <= node[0] <= kinds.LIST:
                self._owners[number] = self._tables.owners.get(node[-1])
            else:
                owners = {self._owner(inner) for inner in _parts(node) if self._nodes[inner][0] > kinds.TEXT}
                self._owners[number] = owners.pop() if len(owners) == 1 else None
        return self._owners[number]

    def _place(self, number: int) -> tuple[int, int, int]:
        return self._tables.places[self._first_place(number)]

    def _first_place(self, number: int) -> int:
        """The place of a pattern, or the first of those inside; NONE where none has one."""
        if number not in self._first_places:
            node = self._nodes[number]
            if kinds.ELEMENT <= node[0] <= kinds.LIST:
                found = node[-1]
            else:
                inner = (self._first_place(part) for part in _parts(node))
                found = next((place for place in inner if place != NONE), NONE)
            self._first_places[number] = found
        return self._first_places[number]

    # Which patterns are units

    def _counted_users(self) -> Counter[int]:
        """How many patterns have each pattern inside."""
        users = Counter[int]()
        waiting, seen = [self._tables.start], {self._tables.start}
        while waiting:
            node = self._nodes[waiting.pop()]
            for part in (*_parts(node), *node[2:3]) if node[0] == kinds.ELEMENT else _parts(node):
                users[part] += 1
                if part not in seen:
                    seen.add(part)
                    waiting.append(part)
        return users

    def _is_pure(self, number: int) -> bool:
        """Whether a pattern holds nothing but units, so that it may be repeated."""
        if number not in self._pure:
            node = self._nodes[number]
            if node[0] <= kinds.ELEMENT:
                self._pure[number] = True
            elif node[0] <= kinds.LIST:
                self._pure[number] = self._users[number] > 1
            else:
                self._pure[number] = all(map(self._is_pure, _parts(node)))
        return self._pure[number]

    def _size(self, number: int) -> int:
        if number not in self._sizes:
            node = self._nodes[number]
            self._sizes[number] = 1 if node[0] <= kinds.LIST else 1 + sum(map(self._size, _parts(node)))
        return self._sizes[number]

    def _is_unit(self, number: int, owner: str | None) -> bool:
        """Whether a pattern is a unit beside the one around it, which is from `owner`."""
        kind = self._nodes[number][0]
        if kind <= kinds.ELEMENT:
            return bool(kind == kinds.ELEMENT)
        if kind <= kinds.LIST:
            return self._users[number] > 1 or self._owner(number) != owner
        if self._is_pure(number):
            return self._users[number] > 1 and self._size(number) >= SMALLEST_UNIT
        return self._users[number] > 1 or self._owner(number) not in (None, owner)

    def _find_units(self) -> Iterable[int]:
        found: set[int] = set()
        waiting: list[tuple[int, str | None]] = [(self._tables.start, None)]
        while waiting:
            number, owner = waiting.pop()
            node = self._nodes[number]
            if self._is_unit(number, owner):
                if number in found:
                    continue
                found.add(number)
                owner = self._owner(number)
            inner = node[2:3] if node[0] == kinds.ELEMENT else _parts(node)
            waiting.extend((part, owner) for part in inner)
        return found

    def _name_units(self, units: Iterable[int]) -> None:
        seen = Counter[str]()
        for number in units:
            name = self._unit_name(number)
            seen[name] += 1
            self._units[number] = name if seen[name] == 1 else f"{name}#{seen[name]}"

    def _unit_name(self, number: int) -> str:
        node, owner = self._nodes[number], self._owner(number) or self._owners_inside(number)
        if node[0] not in (kinds.ELEMENT, kinds.ATTRIBUTE) or node[-1] in self._tables.wholes:
            return owner
        name_class = self._tables.name_classes[node[1]]
        local = name_class[2] if name_class[0] == NAME else "*"
        return f"{owner}/{local}" if node[0] == kinds.ELEMENT else f"{owner}/@{local}"

    def _owners_inside(self, number: int) -> str:
        """The first definitions that the parts of a pattern are from."""
        owners = [self._owner(part) or "" for part in _parts(self._nodes[number])]
        return "+".join(list(dict.fromkeys(filter(None, owners)))[:MOST_OWNERS])

    # Units as data

    def _packed_units(self, units: Iterable[int], entries: Mapping[int, Sequence[str]]) -> Iterator[list[Any]]:
        last = 0
        for number in units:
            node = self._nodes[number]
            _, line, column = self._place(number)
            unit: list[Any] = [self._units[number], line - last]
            self._line = last = line
            if node[0] == kinds.ELEMENT:
                unit += [column, self._name(node[1]), self._packed(node[2], self._owner(number))]
                unit += [" ".join(entries[number])] if number in entries else []
            else:
                unit.append(self._inside(number, self._owner(number)))
            yield unit

    def _packed(self, number: int, owner: str | None) -> Any:
        return self._units[number] if self._is_unit(number, owner) else self._inside(number, owner)

    def _inside(self, number: int, owner: str | None) -> Any:
        node = self._nodes[number]
        match node[0]:
            case kinds.EMPTY | kinds.NOT_ALLOWED | kinds.TEXT:
                return node[0]
            case kinds.ATTRIBUTE:
                return [node[0], *self._way_to(node[-1]), self._name(node[1]), self._packed(node[2], owner)]
            case kinds.DATA:
                found = [node[0], *self._way_to(node[-1]), self._datatype(node[1])]
                return found if node[2] == NONE else [*found, self._packed(node[2], owner)]
            case kinds.VALUE:
                return self._values([node])
            case kinds.LIST:
                return [node[0], *self._way_to(node[-1]), self._packed(node[1], owner)]
            case kind:
                members = list(self._members(kind, node[1:], owner))
                return members[0] if kind == kinds.CHOICE and len(members) == 1 else [kind, *members]

    def _members(self, kind: int, members: Sequence[int], owner: str | None) -> Iterator[Any]:
        """Values of a choice on lines that follow each other become one, lists of the same kind become flat."""
        values: list[Node] = []
        for number in members:
            node = self._nodes[number]
            is_unit = self._is_unit(number, owner)
            is_value = kind == kinds.CHOICE and node[0] == kinds.VALUE and not is_unit
            if values and not (is_value and self._follows(values[-1], node)):
                yield self._values(values)
                values = []
            if is_value:
                values.append(node)
            elif node[0] == kind and not is_unit:
                yield from self._members(kind, node[1:], owner)
            else:
                yield self._packed(number, owner)
        if values:
            yield self._values(values)

    def _follows(self, one: Node, other: Node) -> bool:
        (file, line, column), place = self._tables.places[one[-1]], self._tables.places[other[-1]]
        return (one[1], *one[3:5]) == (other[1], *other[3:5]) and place == (file, line + 1, column)

    def _values(self, nodes: Sequence[Node]) -> list[Any]:
        _, datatype, _, prefixes, label, place = nodes[0]
        way = self._way_to(place)
        self._line += len(nodes) - 1
        found = [kinds.VALUE, *way, [node[2] for node in nodes], self._datatype(datatype)]
        found.append("" if label == NONE else self._tables.labels[label])
        found.append([] if prefixes == NONE else [list(pair) for pair in self._tables.prefixes[prefixes]])
        defaults: tuple[Any, ...] = ([], "", 0)
        for default in defaults:
            if found[-1] != default:
                break
            found.pop()
        return found

    def _way_to(self, place: int) -> tuple[int, int]:
        """How many lines further down a place is, and its column."""
        _, line, column = self._tables.places[place]
        lines = line - self._line
        self._line = line
        return lines, column

    def _name(self, number: int) -> Any:
        name_class = self._tables.name_classes[number]
        if name_class[0] != NAME:
            return name_class
        return f"{self._uris[name_class[1]]}:{name_class[2]}" if name_class[1] else name_class[2]

    def _datatype(self, number: int) -> Any:
        library, name, parameters = self._tables.datatypes[number]
        if (library, name, len(parameters)) == (BUILT_IN, "token", 0):
            return 0
        if library != XML_SCHEMA:
            return [name, parameters, library]
        return [name, [self._parameter(*one) for one in parameters]] if parameters else name

    def _parameter(self, name: str, text: str, *said: str) -> tuple[Any, ...]:
        is_long = len(text) > LONGEST_TEXT
        return name, self._texts.setdefault(text, len(self._texts)) if is_long else text, *said


def _with_lists(
    node: Node, lists: Mapping[tuple[int, int], Sequence[Node]], numbers: Mapping[Node, int]
) -> Iterator[int]:
    """The members of a list, with the lists of definitions in place of the members that they hold."""
    position = 1
    while position < len(node):
        found = lists.get((node[0], node[position]), ())
        fits = (one for one in found if one != node and one[1:] == node[position : position + len(one) - 1])
        run = next(fits, None)
        yield node[position] if run is None else numbers[run]
        position += 1 if run is None else len(run) - 1


def _parts(node: Node) -> Sequence[int]:
    """The patterns inside a node, but for the content of an element."""
    match node[0]:
        case kinds.ATTRIBUTE:
            return (node[2],)
        case kinds.DATA:
            return () if node[2] == NONE else (node[2],)
        case kinds.LIST:
            return (node[1],)
        case kinds.GROUP | kinds.INTERLEAVE | kinds.CHOICE | kinds.ONE_OR_MORE:
            return node[1:]
    return ()


def _names_by_uri(name_classes: Iterable[NameClassData]) -> dict[str, set[str]]:
    """The names that a grammar mentions, by their namespaces."""
    found: dict[str, set[str]] = {}
    for uri, local in _mentioned(name_classes):
        found.setdefault(uri, set()).update(() if local is None else (local,))
    return found


def _mentioned(name_classes: Iterable[NameClassData]) -> Iterator[tuple[str, str | None]]:
    for data in name_classes:
        if data[0] == NAME:
            yield data[1], data[2]
        elif data[0] == NAME_CHOICE:
            yield from _mentioned(data[1:])
        else:
            if data[0] == NS_NAME:
                yield data[1], None
            if data[-1] is not None:
                yield from _mentioned((data[-1],))
