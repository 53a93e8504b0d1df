"""The shape of an order, for the comparison of what the contenders read: every value with its name and kind, in the
order of the document."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple

ATTRIBUTES = {
    "order": "number status channel contract",
    "customer": "id tier",
    "address": "kind verified",
    "item": "sku quantity gift",
    "price": "currency discount",
    "weight": "unit",
    "option": "name surcharge",
    "payment": "method paid",
    "card": "brand ending",
    "shipping": "carrier express",
    "parcel": "number",
    "note": "author urgent",
}
CHILDREN = {
    "order": "customer address* item* payment shipping note*",
    "customer": "name email phone*",
    "address": "street* city postcode country",
    "item": "title price weight option* remark",
    "payment": "card reference",
    "shipping": "parcel*",
    "parcel": "weight tracking",
}
TEXTS = frozenset({"price", "weight", "option", "note"})


class Value(NamedTuple):
    name: str
    text: str
    kind: str


class Access(NamedTuple):
    """How to ask an object of one contender; each function takes the object, and a name where there are several."""

    attribute: Callable[[Any, str], Any]
    child: Callable[[Any, str], Any]
    children: Callable[[Any, str], Any]
    text: Callable[[Any], Any]


def values(access: Access, one: Any, element: str = "order") -> Iterator[Value]:
    """Everything that an object holds."""
    for name in ATTRIBUTES.get(element, "").split():
        yield from _leaf(f"{element}/@{name}", access.attribute(one, name))
    if element in TEXTS:
        yield from _leaf(element, access.text(one))
    for child in CHILDREN.get(element, "").split():
        name = child.rstrip("*")
        found = access.children(one, name) if child.endswith("*") else [access.child(one, name)]
        for each in found:
            if each is not None:
                yield from values(access, each, name) if name in ATTRIBUTES else _leaf(f"{element}/{name}", each)


def _leaf(name: str, value: Any) -> Iterator[Value]:
    if value is None:
        return
    value = value.value if isinstance(value, Enum) else value
    kind = next(kind for kind in (bool, int, Decimal, str) if isinstance(value, kind))
    yield Value(name, str(value).lower() if kind is bool else str(value), kind.__name__)
