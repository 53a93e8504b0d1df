"""Modules: one for each family of classes.

A class belongs to the family of the shortest class name that its own begins with: `DiskDriver` and `DiskSource` to
`Disk`. Members of a union belong to the union's family. A family of one class without class children moves in with
its parents if these are one family, else to what all have in common: a module that needs no other, so that nobody
loads one family for the sake of another. An element among text stays alone, since it can be anywhere. Names alone
decide otherwise, so a class stays where it is when the schema grows elsewhere. A small vocabulary is one family, the
first class's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .naming import snake_case, words

SMALL = 16
"""A vocabulary of so many classes and unions, or fewer, reads best in one module."""

COMMON = "common"
"""The module of small classes that are in several families."""


def families(
    names: list[str],
    union_of: Mapping[str, str],
    parents_of: Mapping[str, Sequence[str]],
    has_children: Mapping[str, bool],
) -> dict[str, str]:
    """The module name of each class and union in ``names``."""
    heads: dict[str, str] = {}
    known = {words(name): name for name in names if name not in union_of}
    for name in names:
        base = union_of.get(name, name)
        parts = words(base)
        heads[name] = next(
            known[parts[:count]] for count in range(1, len(parts) + 1) if count == len(parts) or parts[:count] in known
        )
    if len(names) <= SMALL:
        return dict.fromkeys(names, snake_case(words(heads[names[0]]))) if names else {}
    sizes: dict[str, int] = {}
    for head in heads.values():
        sizes[head] = sizes.get(head, 0) + 1
    found = {name: snake_case(words(head)) for name, head in heads.items()}
    for name, head in heads.items():
        if sizes[head] == 1 and not has_children[name] and name in parents_of:
            around = {found[parent] for parent in parents_of[name]}
            found[name] = around.pop() if len(around) == 1 else COMMON
    return found
