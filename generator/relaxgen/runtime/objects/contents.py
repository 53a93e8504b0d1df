"""Lists of content: children of many kinds, and text, in one list in the document's order."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, get_args

from ..xml.any_element import AnyElement
from ..xml.name_classes import Names

MOST_NAMED = 12
"""A message names at most this many of the classes that a list may hold."""


class Contents:
    """What one kind of content list may hold.

    ``names`` are those of classes and unions. ``items`` has for each the name of the element and the module of the
    class or union; ``open`` are the names of elements that no class describes. A module is imported when the first of
    its elements is met: the modules of documents refer to each other in circles. ``readers`` and ``writers`` are the
    functions that were needed so far.
    """

    __slots__ = ("_package", "_table", "open", "readers", "text", "writers")

    def __init__(
        self,
        module: str,
        items: Mapping[str, tuple[str, str]],
        names: str,
        *,
        text: bool = False,
        open: Names | None = None,
    ) -> None:
        self._package = module.rpartition(".")[0]
        self._table = {items[name][0]: (items[name][1], name) for name in names.split()}
        self.text = text
        self.open = open
        self.readers: dict[str, Callable[..., Any]] = {}
        self.writers: dict[type, Callable[..., str]] = {}

    def home_of(self, tag: object) -> tuple[str, str] | None:
        """The module and the name of the class or union for an element; None where there is none."""
        if not isinstance(tag, str) or tag not in self._table:
            return None
        module, name = self._table[tag]
        return f"{self._package}.{module}", name

    def refusal(self, item: Any) -> str:
        """Why `item` is not allowed here; empty where it is."""
        if isinstance(item, str):
            return "" if self.text else "is text, but only elements are allowed here"
        if isinstance(item, AnyElement) or any(isinstance(item, kinds) for kinds in self.classes().values()):
            return ""
        known = [kind.__name__ for kinds in self.classes().values() for kind in kinds]
        what = "is neither text nor one of" if self.text else "is none of"
        return f"{what} {', '.join(known[:MOST_NAMED])}{' …' if len(known) > MOST_NAMED else ''}"

    def classes(self) -> dict[str, tuple[type[Any], ...]]:
        """The classes of the objects by the names of their elements."""
        return {tag: members_of(f"{self._package}.{module}", name) for tag, (module, name) in self._table.items()}


def members_of(module: str, name: str) -> tuple[type[Any], ...]:
    """The classes of a union, or the class itself."""
    named = getattr(sys.modules.get(module) or import_module(module), name)
    return get_args(named) or (named,)
