"""The order of an element's children: that of the schema, and that of a document, which is remembered and put back.

Children are known by their names in the document; what the schema leaves open is known by ``*``. Most documents have
their children in the schema's order, and the others in few orders, so what is found out about one is kept.

Names alone do not always tell a right order. Where they do not, the writer has a doubt, which `settling` resolves.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from functools import cache, lru_cache

from .element import Element
from .fields import Child, Content, Flag, Open

ANY_ELEMENT = "*"

Parts = list[tuple[str, str]]
"""Children as they are written: name and text."""

REMEMBERED_ORDERS = 1024
LONGEST_REMEMBERED = 64
"""Longer orders seldom come twice."""


@cache
def _ranks(owner: type[Element]) -> Mapping[str, int]:
    children = [field for field in owner._fields if isinstance(field, (Child, Flag, Open, Content))]
    return {
        ANY_ELEMENT if isinstance(field, (Open, Content)) else field.xml: rank for rank, field in enumerate(children)
    }


def is_usual(owner: type[Element], order: tuple[str, ...]) -> bool:
    """Whether children of an object of `owner` that stand so stand as in the schema."""
    return (_is_usual if len(order) <= LONGEST_REMEMBERED else _is_usual.__wrapped__)(owner, order)


@lru_cache(maxsize=REMEMBERED_ORDERS)
def _is_usual(owner: type[Element], order: tuple[str, ...]) -> bool:
    rank_of = _ranks(owner)
    found = [rank_of[name] for name in order]
    return found == sorted(found)


def restored(parts: Parts, order: tuple[str, ...], owner: type[Element]) -> Parts | None:
    """Children in the schema's order, put into a remembered one; None where they are other children."""
    sort = _sorted if len(order) <= LONGEST_REMEMBERED else _sorted.__wrapped__
    names, places = sort(owner, order)
    return [parts[place] for place in places] if [name for name, _ in parts] == names else None


def rearranged(parts: Parts, order: tuple[str, ...], owner: type[Element]) -> Parts:
    """Children in the schema's order, put into the remembered one of others.

    What was removed since is skipped. What was added goes behind the last child of its name, else before the first
    that the schema has later.
    """
    rank_of = _ranks(owner)
    waiting: dict[str, deque[str]] = {}
    for name, part in parts:
        waiting.setdefault(name, deque()).append(part)
    result: Parts = []
    for name in order:
        queue = waiting.get(name)
        if queue:
            result.append((name, queue.popleft()))
    for name, queue in waiting.items():
        if queue:
            place = _place_for(result, name, rank_of)
            result[place:place] = [(name, part) for part in queue]
    return result


@lru_cache(maxsize=REMEMBERED_ORDERS)
def _sorted(owner: type[Element], order: tuple[str, ...]) -> tuple[list[str], list[int]]:
    """The names as the schema has them, and where among those each child of the document stands."""
    rank_of = _ranks(owner)
    children = sorted(range(len(order)), key=lambda child: rank_of[order[child]])
    places = sorted(range(len(order)), key=children.__getitem__)
    return [order[child] for child in children], places


def _place_for(parts: Parts, name: str, rank_of: Mapping[str, int]) -> int:
    for index in range(len(parts) - 1, -1, -1):
        if parts[index][0] == name:
            return index + 1
    return next((index for index, (other, _) in enumerate(parts) if rank_of[other] > rank_of[name]), len(parts))
