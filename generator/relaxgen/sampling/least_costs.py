"""The least fixpoint of costs that depend on each other."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from math import inf
from typing import TypeVar

Item = TypeVar("Item", bound=Hashable)


def least_costs(
    items: Sequence[Item],
    needs: Callable[[Item], Iterable[Item]],
    cost: Callable[[Item, Mapping[Item, float]], float],
) -> dict[Item, float]:
    """The cost of each item whose cost is finite.

    `needs` returns the items that an item's cost depends on. `cost` computes it from the costs known so far; a missing
    item has an infinite cost. Items may need each other: costs only fall, so the loop ends.
    """
    dependents: dict[Item, list[Item]] = {item: [] for item in items}
    for item in items:
        for needed in needs(item):
            dependents[needed].append(item)
    costs: dict[Item, float] = {}
    # Elements come from the root on, so the last ones need the fewest others: most costs are final at once.
    waiting, queued = deque(reversed(items)), set(items)
    while waiting:
        item = waiting.popleft()
        queued.discard(item)
        found = cost(item, costs)
        if found < costs.get(item, inf):
            costs[item] = found
            new = [one for one in dependents[item] if one not in queued]
            waiting.extend(new)
            queued.update(new)
    return costs
