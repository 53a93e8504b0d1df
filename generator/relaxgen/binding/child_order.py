"""The order of an element's children: the one that the schema's groups ask for, as far as there is one."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from ..relaxng.name_class import QName
from .contents import OPEN, Contents
from .model import ChildOrder


def schema_order(contents: Contents) -> list[QName]:
    """Children in the order of their first appearance, but for what groups have the other way round: an order that
    every group of the schema allows, where there is one. `OPEN` stands for all that is in one list together; a child
    that only some of these may precede, while all of them may follow it, comes before the list."""
    listed = contents.listed
    names = list(dict.fromkeys(OPEN if name in listed else name for name in contents.children))
    after: dict[QName, set[QName]] = {name: set() for name in names}
    sequences = _sequences(contents)
    for before, later in sequences:
        is_one_way = (later, before) not in sequences or _suits_list_better(contents, before, later)
        if is_one_way and later in after and before in after:
            after[later].add(before)
    sorter = TopologicalSorter(after)
    try:
        sorter.prepare()
    except CycleError:
        return names
    order: list[QName] = []
    rank = {name: index for index, name in enumerate(names)}
    ready = sorted(sorter.get_ready(), key=rank.__getitem__)
    while ready:
        name = ready.pop(0)
        order.append(name)
        sorter.done(name)
        ready = sorted([*ready, *sorter.get_ready()], key=rank.__getitem__)
    return order


def child_order(contents: Contents) -> ChildOrder:
    """How much `schema_order`, with open content behind it, is worth. A list of all content has an order of its own."""
    sequences = _sequences(contents)
    if contents.ordered or not sequences:
        return ChildOrder.ANY
    rank = {name: index for index, name in enumerate(dict.fromkeys([*schema_order(contents), OPEN]))}
    pairs = [pair for pair in sequences if rank.keys() >= {*pair}]
    is_kept = all(rank[before] < rank[after] for before, after in pairs)
    return ChildOrder.ONE if is_kept else ChildOrder.SEVERAL


def _suits_list_better(contents: Contents, before: QName, later: QName) -> bool:
    """Whether the whole list allows this order, one of the two being the list, and not the reverse."""
    return _suits_list(contents, before, later) and not _suits_list(contents, later, before)


def _suits_list(contents: Contents, before: QName, later: QName) -> bool:
    listed = contents.listed
    befores, laters = (listed if one == OPEN and listed else {one} for one in (before, later))
    return all((one, other) in contents.sequences for one in befores for other in laters)


def _sequences(contents: Contents) -> set[tuple[QName, QName]]:
    """The order that groups have, as far as it is not the list's."""
    place = dict.fromkeys(contents.listed, OPEN)
    pairs = {(place.get(before, before), place.get(later, later)) for before, later in contents.sequences}
    return {(before, later) for before, later in pairs if before != later}
