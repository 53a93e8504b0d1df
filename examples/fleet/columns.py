"""Typed objects as records, for Arrow, pandas and polars.

>>> list(rows(domain, "devices.disks", {"dev": "target.dev", "snapshot": "snapshot"}))
[{'dev': 'vda', 'snapshot': 'external'}, {'dev': 'vdb', 'snapshot': None}]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any

Record = dict[str, Any]


def rows(obj: object, each: str, columns: Mapping[str, str]) -> Iterator[Record]:
    """A record for each object that the path `each` leads to; the paths of columns start there.

    Raises:
        AttributeError: a path names a field that a class does not have.
    """
    for item in values([obj], each):
        yield {name: first(values([item], path)) for name, path in columns.items()}


def values(objects: Iterable[object], path: str) -> list[Any]:
    """All that the path leads to, through lists; what is not set is left out."""
    for name in path.split("."):
        objects = [value for one in objects for value in listed(getattr(one, name))]
    return list(objects)


def listed(value: object) -> Iterable[object]:
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)


def first(found: list[Any]) -> Any:
    """The token of an enumeration, the value of anything else, None where there is nothing."""
    value = found[0] if found else None
    return value.value if isinstance(value, Enum) else value
