"""Annotations of the generated code as sets of types: whether one allows all that another does.

`DiskSnapshot | None` is two types, `Literal["a", "b"]` too. A union of classes counts as its members. `WIDER`
has the conversions between Python's own types that type checkers allow.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

WIDER: Mapping[str, frozenset[str]] = {
    "bool": frozenset({"int", "float"}),
    "int": frozenset({"float"}),
}
"""A value of the first is taken for one of the others (PEP 484, «the numeric tower», and ``bool``)."""

CONTAINERS = frozenset({"list", "Iterable", "dict", "Mapping"})
"""Here a list and what is accepted in its place are the same."""


@dataclass(frozen=True, slots=True)
class Names:
    """What names in annotations mean: the members of unions, which names are enumerations, which are strings, and what
    classes are called on the other side."""

    unions: Mapping[str, Collection[str]]
    enums: Collection[str]
    renamed: Mapping[str, str] = field(default_factory=dict)


def missing(wanted: str, allowed: str, wanted_names: Names, allowed_names: Names) -> tuple[str, ...]:
    """The types in the annotation `wanted` that the annotation `allowed` does not take.

    >>> nothing = Names({}, ())
    >>> missing("int | None", "int", nothing, nothing)
    ('None',)
    """
    taken = set(_types(allowed, allowed_names))
    return tuple(
        dict.fromkeys(one for one in _types(wanted, wanted_names) if not _is_taken(one, taken, wanted_names.enums))
    )


def _is_taken(one: str, taken: set[str], enums: Collection[str]) -> bool:
    if one in taken:
        return True
    text = one.startswith(("'", '"')) or one in enums
    return ("str" in taken and text) or bool(WIDER.get(one, frozenset()) & taken)


def _types(annotation: str, names: Names) -> Iterator[str]:
    yield from _parts(ast.parse(annotation, mode="eval").body, names)


def _parts(node: ast.expr, names: Names) -> Iterator[str]:
    match node:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            yield from _parts(left, names)
            yield from _parts(right, names)
        case ast.Subscript(value=ast.Name(id="Literal"), slice=ast.Tuple(elts=literals)):
            yield from map(ast.unparse, literals)
        case ast.Subscript(value=ast.Name(id="Literal"), slice=literal):
            yield ast.unparse(literal)
        case ast.Subscript(value=ast.Name(id=container), slice=ast.Tuple(elts=[*_, item])) if container in CONTAINERS:
            yield from (f"dict[{one}]" for one in _parts(item, names))
        case ast.Subscript(value=ast.Name(id=container), slice=item) if container in CONTAINERS:
            yield from (f"list[{one}]" for one in _parts(item, names))
        case _:
            name = ast.unparse(node)
            yield from (names.renamed.get(one, one) for one in names.unions.get(name, (name,)))
