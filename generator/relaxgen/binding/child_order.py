"""The order of an element's children, as far as the schema's groups require one.

A group of many elements has very many pairs of names, so the pairs are never listed. The time grows with the length of
the sequences, and with the number of names that a schema repeats.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush
from itertools import chain

from ..relaxng.name_class import QName
from .contents import OPEN, Contents, NameSequence
from .model import ChildOrder

Barrier = tuple[int, int]
"""A place in a sequence, between two parts: it comes after all names before it and before all names behind it."""


def schema_order(contents: Contents) -> list[QName]:
    """Children in the order of their first appearance, but for what groups have the other way round: an order that
    every group of the schema allows, where there is one. What shares a field has one place, `OPEN` for a list; a child
    that only some of these may precede, while all of them may follow it, comes before them."""
    places = contents.places
    names = list(dict.fromkeys(places.get(name, name) for name in contents.children))
    rank = {name: index for index, name in enumerate(names)}
    sequences = _sequences(contents)
    if _is_kept(sequences, rank):
        return names  # the usual case: all groups agree with the first appearance
    try:
        return _sorted(_predecessors(contents, sequences, names), names, rank)
    except CycleError:
        return names


def child_order(contents: Contents) -> ChildOrder:
    """How much `schema_order`, with open content behind it, is worth. A list of all content has an order of its own."""
    sequences = _sequences(contents)
    if contents.ordered or not sequences:
        return ChildOrder.ANY
    rank = {name: index for index, name in enumerate(dict.fromkeys([*schema_order(contents), OPEN]))}
    return ChildOrder.ONE if _is_kept(sequences, rank) else ChildOrder.SEVERAL


def _is_kept(sequences: Iterable[NameSequence], rank: Mapping[QName, int]) -> bool:
    """Whether all sequences go up; names without rank do not count."""
    for sequence in sequences:
        highest = -1
        for part in sequence:
            ranks = [rank[name] for name in part if name in rank]
            if ranks and min(ranks) < highest:
                return False
            highest = max(highest, *ranks, -1)
    return True


def _sorted(
    predecessors: Mapping[QName | Barrier, AbstractSet[QName | Barrier]], names: list[QName], rank: Mapping[QName, int]
) -> list[QName]:
    """The names behind all that must precede them, otherwise by rank.

    Raises: CycleError.
    """
    sorter = TopologicalSorter(predecessors)
    sorter.prepare()
    order: list[QName] = []
    ready: list[int] = []
    while sorter.is_active():
        while free := sorter.get_ready():
            for one in free:
                if isinstance(one, QName):
                    heappush(ready, rank[one])
                else:
                    sorter.done(one)
        if ready:
            order.append(names[heappop(ready)])
            sorter.done(order[-1])
    return order


def _predecessors(
    contents: Contents, sequences: AbstractSet[NameSequence], names: list[QName]
) -> dict[QName | Barrier, set[QName | Barrier]]:
    """The names that must precede each name. A pair that sequences have in both orders does not count.

    Such a pair has a name that is repeated, so only the pairs of repeated names are looked at one by one.
    """
    result: dict[QName | Barrier, set[QName | Barrier]] = {name: set() for name in names}
    counts = Counter(name for sequence in sequences for name in chain.from_iterable(sequence))
    for number, sequence in enumerate(sequences):
        for index, part in enumerate(sequence):
            single = {name for name in part if name in result and counts[name] == 1}
            for name in single:
                result[name].add((number, index))
            result[number, index + 1] = {*single, (number, index)}
        result[number, 0] = set()
    for name in (name for name in names if counts[name] > 1):
        befores, laters = _around(name, sequences)
        result[name] |= (befores - laters) & result.keys()
        for later in (laters - befores) & result.keys():
            result[later].add(name)
    for before, later in _better_ways(contents, sequences):
        if before in result and later in result:
            result[later].add(before)
    return result


def _better_ways(contents: Contents, sequences: AbstractSet[NameSequence]) -> Iterator[tuple[QName, QName]]:
    """Pairs of places that sequences have in both orders, in the one that all that shares them allows, if that allows
    only one."""
    members: dict[QName, set[QName]] = {}
    for name, place in contents.places.items():
        members.setdefault(place, set()).add(name)
    for place, names in members.items():
        befores, laters = _around(place, sequences)
        unclear = befores & laters
        if unclear:
            befores, laters = _around_all(names, contents.sequences)
            for other in unclear:
                others = members.get(other, {other})
                if others <= befores and not others <= laters:
                    yield other, place
                elif others <= laters and not others <= befores:
                    yield place, other


def _around_all(names: Iterable[QName], sequences: Iterable[NameSequence]) -> tuple[set[QName], set[QName]]:
    """The names that sequences have before each of several names, and behind each of them."""
    befores, laters = zip(*(_around(name, sequences) for name in names), strict=True)
    return set.intersection(*befores), set.intersection(*laters)


def _around(name: QName, sequences: Iterable[NameSequence]) -> tuple[set[QName], set[QName]]:
    """The other names that sequences have before a name, and behind it."""
    befores: set[QName] = set()
    laters: set[QName] = set()
    for sequence in sequences:
        places = [index for index, part in enumerate(sequence) if name in part]
        if places:
            befores.update(*sequence[: places[-1]])
            laters.update(*sequence[places[0] + 1 :])
    return befores - {name}, laters - {name}


def _sequences(contents: Contents) -> AbstractSet[NameSequence]:
    """The order that groups have of different names, as far as it is not within a field."""
    places = contents.places
    found = (
        tuple(tuple(dict.fromkeys(places.get(name, name) for name in part)) for part in sequence)
        for sequence in contents.sequences
    )
    return {sequence for sequence in found if len(set(chain.from_iterable(sequence))) > 1}
