"""Which child of a changed element is which child of the original."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from itertools import pairwise

from ..xml.source_tree import Node

MOST_COMPARISONS = 40_000
"""Up to so many pairs are all looked at; beyond, what is unique leads."""

Pairs = list["int | None"]


def align(old: Sequence[Node], new: Sequence[Node]) -> Pairs:
    """For each of `new` the index of the one of `old` that it is, None where it is none.

    What is equal comes first, in its order; then what is equal and was moved; then, of those with the same name, what
    has most in common.
    """
    pairs: Pairs = [None] * len(new)
    if [one.name for one in old] == [one.name for one in new] and len({one.name for one in old}) == len(old):
        return list(range(len(new)))
    old_keys, new_keys = [one.key for one in old], [one.key for one in new]
    for place, index in _in_order(old_keys, new_keys):
        pairs[index] = place
    _pair_equals(pairs, old_keys, new_keys)
    _pair_similar(pairs, old, new)
    return pairs


def _in_order(old: Sequence[int], new: Sequence[int]) -> list[tuple[int, int]]:
    """A longest common subsequence, or a long one where a longest would take too long."""
    found: list[tuple[int, int]] = []
    waiting = [(0, len(old), 0, len(new))]
    while waiting:
        first, last, low, high = waiting.pop()
        while first < last and low < high and old[first] == new[low]:
            found.append((first, low))
            first, low = first + 1, low + 1
        while first < last and low < high and old[last - 1] == new[high - 1]:
            last, high = last - 1, high - 1
            found.append((last, high))
        if first == last or low == high:
            continue
        if (last - first) * (high - low) <= MOST_COMPARISONS:
            found += [(first + a, low + b) for a, b in _common(old[first:last], new[low:high])]
            continue
        anchors = [(first + a, low + b) for a, b in _unique_common(old[first:last], new[low:high])]
        if anchors:
            found += anchors
            edges = [(first - 1, low - 1), *anchors, (last, high)]
            waiting += [(a + 1, c, b + 1, d) for (a, b), (c, d) in pairwise(edges)]
    return found


def _common(old: Sequence[int], new: Sequence[int]) -> list[tuple[int, int]]:
    lengths = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for a in range(len(old) - 1, -1, -1):
        for b in range(len(new) - 1, -1, -1):
            below = max(lengths[a + 1][b], lengths[a][b + 1])
            lengths[a][b] = lengths[a + 1][b + 1] + 1 if old[a] == new[b] else below
    found, a, b = [], 0, 0
    while a < len(old) and b < len(new):
        if old[a] == new[b]:
            found.append((a, b))
            a, b = a + 1, b + 1
        elif lengths[a + 1][b] >= lengths[a][b + 1]:
            a += 1
        else:
            b += 1
    return found


def _unique_common(old: Sequence[int], new: Sequence[int]) -> list[tuple[int, int]]:
    """Those that occur once on each side, as many as are in the same order."""
    counts, others = Counter(old), Counter(new)
    places = {key: place for place, key in enumerate(old) if counts[key] == 1 and others[key] == 1}
    common = [(places[key], index) for index, key in enumerate(new) if key in places]
    return [common[position] for position in increasing([place for place, _ in common])]


def increasing(values: Sequence[int]) -> list[int]:
    """The positions of a longest increasing subsequence."""
    ends: list[int] = []
    positions: list[int] = []
    before: list[int] = []
    for position, value in enumerate(values):
        length = bisect_left(ends, value)
        before.append(positions[length - 1] if length else -1)
        if length == len(ends):
            ends.append(value)
            positions.append(position)
        else:
            ends[length] = value
            positions[length] = position
    found = []
    position = positions[-1] if positions else -1
    while position >= 0:
        found.append(position)
        position = before[position]
    return found[::-1]


def _pair_equals(pairs: Pairs, old: Sequence[int], new: Sequence[int]) -> None:
    taken = set(pairs)
    waiting: dict[int, deque[int]] = defaultdict(deque)
    for place, key in enumerate(old):
        if place not in taken:
            waiting[key].append(place)
    for index, key in enumerate(new):
        if pairs[index] is None and waiting.get(key):
            pairs[index] = waiting[key].popleft()


def _pair_similar(pairs: Pairs, old: Sequence[Node], new: Sequence[Node]) -> None:
    taken = set(pairs)
    left: dict[str, list[int]] = defaultdict(list)
    for place, node in enumerate(old):
        if place not in taken:
            left[node.name].append(place)
    wanted: dict[str, list[int]] = defaultdict(list)
    for index, node in enumerate(new):
        if pairs[index] is None and node.name in left:
            wanted[node.name].append(index)
    for name, indices in wanted.items():
        for place, index in _best(left[name], indices, old, new):
            pairs[index] = place


def _best(places: list[int], indices: list[int], old: Sequence[Node], new: Sequence[Node]) -> list[tuple[int, int]]:
    if len(places) * len(indices) > MOST_COMPARISONS or len(places) == len(indices) == 1:
        return list(zip(places, indices, strict=False))
    olds = {place: _parts(old[place]) for place in places}
    news = {index: _parts(new[index]) for index in indices}
    ranked = sorted(
        (-sum((olds[place] & news[index]).values()), abs(a - b), place, index)
        for a, place in enumerate(places)
        for b, index in enumerate(indices)
    )
    found: list[tuple[int, int]] = []
    used: set[int] = set()
    done: set[int] = set()
    for _, _, place, index in ranked:
        if place not in used and index not in done:
            used.add(place)
            done.add(index)
            found.append((place, index))
    return found


def _parts(node: Node) -> Counter[object]:
    texts = [gap for gap in node.gaps if gap.strip()]
    return Counter([*node.attributes.items(), *(child.key for child in node.children), *texts])
