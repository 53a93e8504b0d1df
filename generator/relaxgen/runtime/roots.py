"""Documents whose root may be one of several elements: the package's own `parse` and `format`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, TypeVar

from .reading import read_root
from .source import Source, UnknownContent, read_document
from .writing import format_element

T = TypeVar("T")

Roots = Mapping[str, tuple[str, str, str]]
"""From the name of a root to its entry in the grammar, its module, and the name in its functions."""


def parse_root(
    package: str, source: Source, roots: Roots, unknown: UnknownContent, validate: bool, *, blanks: bool
) -> Any:
    document = read_document(source, blanks=blanks)
    found = roots.get(document.root.tag)
    if found is None:
        from .explanation import wrong_root

        raise wrong_root(document, tuple(roots))
    entry, module, function = found
    read = getattr(import_module(f"{package}.{module}"), f"read_{function}")
    return read_root(document, entry, read, unknown, validate)


def iter_parse(
    package: str, source: Source, kind: type[T], roots: Roots, unknown: UnknownContent, validate: bool
) -> Iterator[T]:
    from .streaming import elements_of

    return elements_of(package, source, kind, roots, unknown, validate)


def format_root(
    package: str,
    document: Any,
    roots: Roots,
    indent: int | None,
    like: Source | None = None,
    validate: bool | None = None,
) -> str:
    from .namespaces import PREFIXES

    kind = type(document)
    write = _WRITERS.get((package, kind))
    if write is None:
        write = _WRITERS[package, kind] = _writer(package, document, roots)
    return format_element(document, write, indent, PREFIXES, like, validate)


_WRITERS: dict[tuple[str, type], Any] = {}
"""Write functions that were looked for already."""


def _writer(package: str, document: Any, roots: Roots) -> Any:
    homes = {base.__module__ for base in type(document).__mro__}
    for _, module, function in roots.values():
        home = f"{package}.{module}"
        if home in homes:
            found = import_module(home)
            write = getattr(found, f"write_{function}")
            if isinstance(document, getattr(found, write.__annotations__["this"])):
                return write
    raise TypeError(f"{type(document).__name__} is no root of a document")
