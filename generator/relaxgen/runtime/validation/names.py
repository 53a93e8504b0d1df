"""Names and name classes (specification sections 3 and 9.1) as the validator uses them.

A name is one string, a *symbol*: URI, `SEPARATOR`, local name, or the local name alone in no namespace, which is what
expat reports where that is its namespace separator. All names that a grammar does not mention behave the
same within a namespace that it mentions, and within all other namespaces; `Symbols.of` gives one symbol for all of
them, so what is remembered by symbol is bounded by the grammar and not by the documents.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..xml.namespaces import SEPARATOR, split_name

Path = tuple[str, ...]
"""The names of elements from the root to one."""

NAME, NS_NAME, ANY_NAME, NAME_CHOICE = range(4)
"""The first item of a name class as plain data: ``(NAME, uri, local)``, ``(NS_NAME, uri, except or None)``,
``(ANY_NAME, except or None)``, ``(NAME_CHOICE, first, second, …)``."""

NameClassData = tuple[Any, ...]

# No XML name holds an asterisk, and no namespace URI the character NUL.
_UNKNOWN_LOCAL = "*"
_UNKNOWN_URI = "\0"


def symbol(uri: str, local: str) -> str:
    return f"{uri}{SEPARATOR}{local}" if uri else local


def symbol_of(expanded: str) -> str:
    """For a name as lxml has it: ``{uri}local``."""
    return symbol(*split_name(expanded))


def split(name: str) -> tuple[str, str]:
    """Namespace URI and local name of a symbol."""
    uri, _, local = name.rpartition(SEPARATOR)
    return uri, local


def local_name(name: str) -> str:
    return name.rpartition(SEPARATOR)[2]


def written_name(reported: str) -> tuple[str, str]:
    """Symbol and name as written of what expat reports where it was asked for prefixes, too."""
    parts = reported.split(SEPARATOR)
    if len(parts) == 3:
        return f"{parts[0]}{SEPARATOR}{parts[1]}", f"{parts[2]}:{parts[1]}"
    return reported, parts[-1]


class NameClass:
    """``names`` are the symbols of a finite name class in schema order, None for an open one."""

    __slots__ = ("data", "names")

    def __init__(self, data: NameClassData) -> None:
        self.data = data
        self.names = _finite_names(data)

    def __contains__(self, name: str) -> bool:
        if self.names is not None:
            return name in self.names
        return _contains(self.data, *split(name))


def _finite_names(data: NameClassData) -> dict[str, None] | None:
    if data[0] == NAME:
        return {symbol(data[1], data[2]): None}
    if data[0] != NAME_CHOICE:
        return None
    found: dict[str, None] = {}
    for choice in data[1:]:
        names = _finite_names(choice)
        if names is None:
            return None
        found.update(names)
    return found


def _contains(data: NameClassData, uri: str, local: str) -> bool:
    kind = data[0]
    if kind == NAME:
        return bool(data[1] == uri and data[2] == local)
    if kind == NAME_CHOICE:
        return any(_contains(choice, uri, local) for choice in data[1:])
    if kind == NS_NAME and data[1] != uri:
        return False
    except_ = data[-1]
    return except_ is None or not _contains(except_, uri, local)


def describe(data: NameClassData) -> str:
    """A name class in words, for a place where a name is expected."""
    kind = data[0]
    if kind == NAME:
        return str(data[2])
    if kind == NAME_CHOICE:
        return " or ".join(describe(choice) for choice in data[1:])
    except_ = data[-1]
    if kind == ANY_NAME:
        if except_ is not None and _is_of_namespaces(except_):
            return "a name in another namespace"
        where = "any name"
    else:
        where = f"a name in the namespace {data[1]!r}" if data[1] else "a name in no namespace"
    return where if except_ is None else f"{where} but {describe(except_)}"


def _is_of_namespaces(data: NameClassData) -> bool:
    """Whether a name class leaves out nothing of the namespaces that it names."""
    if data[0] == NAME_CHOICE:
        return all(map(_is_of_namespaces, data[1:]))
    return data[0] == NS_NAME and data[-1] is None


class Symbols:
    """The names that a grammar mentions."""

    __slots__ = ("_names", "_uris")

    def __init__(self, name_classes: Iterable[NameClassData]) -> None:
        self._names: set[str] = set()
        self._uris: set[str] = {""}
        for uri, local in _mentioned(name_classes):
            self._uris.add(uri)
            if local is not None:
                self._names.add(symbol(uri, local))

    def of(self, name: str) -> str:
        """The symbol that stands for `name`: itself where the grammar mentions it."""
        if name in self._names:
            return name
        uri = split(name)[0]
        return symbol(uri if uri in self._uris else _UNKNOWN_URI, _UNKNOWN_LOCAL)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._names)


def _mentioned(name_classes: Iterable[NameClassData]) -> Iterator[tuple[str, str | None]]:
    for data in name_classes:
        if data[0] == NAME:
            yield data[1], data[2]
        elif data[0] == NAME_CHOICE:
            yield from _mentioned(data[1:])
        else:
            if data[0] == NS_NAME:
                yield data[1], None
            if data[-1] is not None:
                yield from _mentioned((data[-1],))
