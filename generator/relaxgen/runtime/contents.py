"""Lists of content: children of many kinds, and text, in one list in the document's order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from .escaping import escape_text
from .names import Names
from .open_content import AnyElement
from .reading import UnknownVariant
from .writing import Writer

if TYPE_CHECKING:
    from .element import Element
    from .reading import Reader


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
        self._text = text
        self._open = open
        self._readers: dict[str, Callable[[Any, Reader], Any]] = {}
        self._writers: dict[type, Callable[[Any, Writer, str], str]] = {}

    def read(self, target: Element, content: list[Any], node: Any, reader: Reader) -> None:
        """Appends everything inside `node` to `content`."""
        if self._text:
            node = reader.mixed(node)
        self._read_text(target, content, node, node.text, reader)
        for child in node:
            self.read_child(target, content, node, child, reader)
            self._read_text(target, content, node, child.tail, reader)

    def read_child(self, target: Element, content: list[Any], node: Any, child: Any, reader: Reader) -> bool:
        """Appends one element inside `node` to `content`; false where it was refused or dropped."""
        read = self._readers.get(child.tag) or self._reader(child.tag)
        try:
            if read is not None:
                content.append(read(child, reader))
                return True
        except UnknownVariant as irregular:
            if reader.unknown == "error":
                reader.unknown_kind(child, irregular)
            if reader.unknown != "keep":
                return False
        if self._open is not None and read is None and isinstance(child.tag, str) and child.tag in self._open:
            content.append(reader.any_element(child))
        elif isinstance(child.tag, str) and reader.unknown == "keep":
            content.append(reader.keep_in_content(target, child))
        else:
            reader.unknown_child(target, node, child)
            return False
        return True

    def _read_text(self, target: Element, content: list[Any], node: Any, text: str | None, reader: Reader) -> None:
        if not text:
            return
        if not self._text:
            reader.stray_text(target, node, text)
        elif content and isinstance(content[-1], str):
            content[-1] += text
        else:
            content.append(text)

    def _reader(self, tag: object) -> Callable[[Any, Reader], Any] | None:
        if not isinstance(tag, str) or tag not in self._table:
            return None
        module, function, *_ = self._table[tag]
        found: Callable[[Any, Reader], Any] = getattr(self._module(module), f"read_{function}")
        self._readers[tag] = found
        return found

    def write(self, item: Any, writer: Writer, margin: str) -> str:
        """Raises:
        ValueError: `item` is nothing that may stand here.
        """
        if isinstance(item, str) and self._text:
            return escape_text(item)
        write = self._writers.get(type(item)) or self._writer(item)
        return write(item, writer, margin)

    def _writer(self, item: Any) -> Callable[[Any, Writer, str], str]:
        if isinstance(item, AnyElement):
            return _write_any
        name = type(item).__name__
        for module, function, *classes in self._table.values():
            if name in classes and isinstance(item, getattr(self._module(module), name)):
                found: Callable[[Any, Writer, str], str] = getattr(self._module(module), f"write_{function}")
                self._writers[type(item)] = found
                return found
        raise ValueError(self.refusal(item))

    def refusal(self, item: Any) -> str:
        """Why `item` cannot stand here; nothing where it can."""
        if isinstance(item, str):
            return "" if self._text else "is text, and none may stand here"
        if isinstance(item, AnyElement) or any(isinstance(item, tuple(kinds)) for kinds in self.classes().values()):
            return ""
        known = [name for _, _, *classes in self._table.values() for name in classes]
        what = "is neither text nor one of" if self._text else "is none of"
        return f"{what} {', '.join(known[:MOST_NAMED])}{' …' if len(known) > MOST_NAMED else ''}"

    def classes(self) -> dict[str, list[type[Element]]]:
        """The classes of the objects by the names of their elements."""
        return {
            tag: [getattr(self._module(module), name) for name in classes]
            for tag, (module, _, *classes) in self._table.items()
        }

    def _module(self, name: str) -> Any:
        return import_module(f".{name}", self._package)


def _write_any(item: AnyElement, writer: Writer, margin: str) -> str:
    return writer.any_element(item, margin)
