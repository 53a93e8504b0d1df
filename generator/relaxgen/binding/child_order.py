"""The order of an element's children: the one that the schema's groups ask for, as far as there is one."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush

from ..relaxng.name_class import QName
from .contents import OPEN, Contents
from .model import ChildOrder


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
    after: dict[QName, set[QName]] = {name: set() for name in names}
    for before, later in sequences:
        is_one_way = (later, before) not in sequences or _suits_all_better(contents, before, later)
        if is_one_way and later in after and before in after:
            after[later].add(before)
    sorter = TopologicalSorter(after)
    try:
        sorter.prepare()
    except CycleError:
        return names
    order: list[QName] = []
    ready: list[int] = []
    while sorter.is_active():
        for name in sorter.get_ready():
            heappush(ready, rank[name])
        order.append(names[heappop(ready)])
        sorter.done(order[-1])
    return order


def child_order(contents: Contents) -> ChildOrder:
    """How much `schema_order`, with open content behind it, is worth. A list of all content has an order of its own."""
    sequences = _sequences(contents)
    if contents.ordered or not sequences:
        return ChildOrder.ANY
    rank = {name: index for index, name in enumerate(dict.fromkeys([*schema_order(contents), OPEN]))}
    return ChildOrder.ONE if _is_kept(sequences, rank) else ChildOrder.SEVERAL


def _is_kept(sequences: AbstractSet[tuple[QName, QName]], rank: Mapping[QName, int]) -> bool:
    """Whether all sequences go up; those that have a name without rank do not count."""
    end = len(rank)
    return all(rank.get(before, -1) < rank.get(later, end) for before, later in sequences)


def _suits_all_better(contents: Contents, before: QName, later: QName) -> bool:
    """Whether all that shares a field allows this order, one of the two being its place, and not the reverse."""
    return _suits_all(contents, before, later) and not _suits_all(contents, later, before)


def _suits_all(contents: Contents, before: QName, later: QName) -> bool:
    befores, laters = (_names_at(contents, one) for one in (before, later))
    return all((one, other) in contents.sequences for one in befores for other in laters)


def _names_at(contents: Contents, place: QName) -> AbstractSet[QName]:
    return {name for name, own in contents.places.items() if own == place} or {place}


def _sequences(contents: Contents) -> AbstractSet[tuple[QName, QName]]:
    """The order that groups have, as far as it is not within a field."""
    places = contents.places
    if not places:
        return contents.sequences
    pairs = {(places.get(before, before), places.get(later, later)) for before, later in contents.sequences}
    return {(before, later) for before, later in pairs if before != later}
