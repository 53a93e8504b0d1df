"""Documents whose root may be one of several elements: the package's own `parse` and `format`."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from .reading import parse_any
from .source import Source, UnknownContent
from .writing import format_element

Roots = Mapping[str, tuple[str, str, str]]
"""From the name of a root to its entry in the grammar, its module, and the name in its functions."""


class _Readers(Mapping[str, Any]):
    """Read functions by the name of the root; a module is imported for the root that it reads."""

    def __init__(self, package: str, roots: Roots) -> None:
        self._package = package
        self._roots = roots

    def __getitem__(self, name: str) -> Any:
        entry, module, function = self._roots[name]
        return entry, getattr(import_module(f".{module}", self._package), f"read_{function}")

    def __iter__(self) -> Any:
        return iter(self._roots)

    def __len__(self) -> int:
        return len(self._roots)


def parse_root(
    package: str, source: Source, roots: Roots, unknown: UnknownContent, validate: bool, *, blanks: bool
) -> Any:
    return parse_any(source, _Readers(package, roots), unknown, validate, blanks=blanks)


def format_root(package: str, document: Any, roots: Roots, indent: int | None) -> str:
    from .namespaces import PREFIXES

    home = type(document).__module__
    for _, module, function in roots.values():
        if home == f"{package}.{module}":
            found = import_module(home)
            write = getattr(found, f"write_{function}")
            if isinstance(document, getattr(found, write.__annotations__["this"])):
                return format_element(document, write, indent, PREFIXES)
    raise TypeError(f"{type(document).__name__} is no root of a document")
