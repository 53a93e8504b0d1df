"""Lists of content: children of many kinds, and text, in one list in the document's order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from ..xml.any_element import AnyElement
from ..xml.name_classes import Names

ReadFunction = Callable[..., Any]
"""Of an element and the reader."""
WriteFunction = Callable[..., str]
"""Of an object, the writer and the margin."""

MOST_NAMED = 12
"""Of the classes that a list may hold, a message names so many."""


class Contents:
    """What one kind of content list may hold.

    ``names`` are those of classes and unions. ``items`` has for each how the element is called, the module that reads
    and writes it, the name in its functions, and the classes of the objects; ``open`` are the names of elements that no
    class describes. A module is imported when the first of its elements turns up: the modules of documents refer to
    each other in circles.
    """

    def __init__(
        self,
        module: str,
        items: Mapping[str, tuple[str, ...]],
        names: str,
        *,
        text: bool = False,
        open: Names | None = None,
    ) -> None:
        self._package = module.rpartition(".")[0]
        self._table = {tag: entry for tag, *entry in map(items.__getitem__, names.split())}
        self.text = text
        self.open = open
        self.readers: dict[str, ReadFunction] = {}
        self.writers: dict[type, WriteFunction] = {}

    def reader_of(self, tag: object) -> ReadFunction | None:
        if not isinstance(tag, str) or tag not in self._table:
            return None
        module, function, *_ = self._table[tag]
        found: ReadFunction = getattr(self._module(module), f"read_{function}")
        self.readers[tag] = found
        return found

    def writer_of(self, item: Any) -> WriteFunction:
        name = type(item).__name__
        for module, function, *classes in self._table.values():
            if name in classes and isinstance(item, getattr(self._module(module), name)):
                found: WriteFunction = getattr(self._module(module), f"write_{function}")
                self.writers[type(item)] = found
                return found
        raise ValueError(self.refusal(item))

    def refusal(self, item: Any) -> str:
        """Why `item` cannot stand here; nothing where it can."""
        if isinstance(item, str):
            return "" if self.text else "is text, and none may stand here"
        if isinstance(item, AnyElement) or any(isinstance(item, tuple(kinds)) for kinds in self.classes().values()):
            return ""
        known = [name for _, _, *classes in self._table.values() for name in classes]
        what = "is neither text nor one of" if self.text else "is none of"
        return f"{what} {', '.join(known[:MOST_NAMED])}{' …' if len(known) > MOST_NAMED else ''}"

    def classes(self) -> dict[str, list[type[Any]]]:
        """The classes of the objects by the names of their elements."""
        return {
            tag: [getattr(self._module(module), name) for name in classes]
            for tag, (module, _, *classes) in self._table.items()
        }

    def _module(self, name: str) -> Any:
        return import_module(f".{name}", self._package)
