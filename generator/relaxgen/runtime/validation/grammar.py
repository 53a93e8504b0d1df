"""A compiled grammar: plain data, and the patterns made from it when they are first needed.

The data is a tuple, or a list read from JSON, with these items:

====== ================================================================================================
item   what
====== ================================================================================================
0      `FORMAT`
1      the start pattern, as an index into the patterns
2      patterns: ``(kind, …)`` as listed at the kinds below; patterns inside are indexes
3      name classes, see `names`
4      datatypes: ``(library, type, ((parameter, value), …))``
5      prefixes in scope of a ``value`` of a datatype that needs them: ``((prefix or None, uri), …)``
6      places in the schema: ``(file, line, column)``, the file as an index
7      files
8      names of choices of values
9      entries: ``(name, pattern)``, starts for documents that are a part of what the schema describes
====== ================================================================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..datatypes import Datatype, create
from .derivatives import Derivatives
from .names import NameClass, Symbols
from .patterns import UNLOCATED, Attribute, Data, Element, List, Pattern, Patterns, Value

FORMAT = 1

EMPTY, NOT_ALLOWED, TEXT = range(3)
"""``(kind,)``"""
ELEMENT, ATTRIBUTE = range(3, 5)
"""``(kind, name class, content, place)``"""
DATA, VALUE, LIST = range(5, 8)
"""``(DATA, datatype, except or -1, place)``, ``(VALUE, datatype, text, prefixes or -1, name or -1, place)``,
``(LIST, pattern, place)``"""
GROUP, INTERLEAVE, CHOICE, ONE_OR_MORE = range(8, 12)
"""``(kind, pattern, …)``"""

NONE = -1

GrammarData = Sequence[Any]


class Grammar:
    """``data`` is what `compile` made; see the head of this module."""

    __slots__ = (
        "_datatypes",
        "_entries",
        "_files",
        "_labels",
        "_made",
        "_name_class_data",
        "_name_classes",
        "_nodes",
        "_places",
        "_prefixes",
        "_type_data",
        "data",
        "derivatives",
        "needs_namespaces",
        "patterns",
        "symbols",
    )

    def __init__(self, data: GrammarData) -> None:
        if data[0] != FORMAT:
            raise ValueError("the compiled grammar is of another release")
        self.data = data
        self._nodes: Sequence[Any] = data[2]
        self._name_class_data: Sequence[Any] = data[3]
        self._type_data: Sequence[Any] = data[4]
        self._prefixes: Sequence[Any] = data[5]
        self._places: Sequence[Any] = data[6]
        self._files: Sequence[str] = data[7]
        self._labels: Sequence[str] = data[8]
        self._entries: dict[str, int] = {"": data[1], **dict(data[9])}
        self._name_classes: dict[int, NameClass] = {}
        self._datatypes: dict[int, Datatype] = {}
        self._made: dict[int, Pattern] = {}
        self.symbols = Symbols(self._name_class_data)
        self.patterns = Patterns()
        self.derivatives = Derivatives(self.patterns)
        self.needs_namespaces = bool(self._prefixes) or any(_needs_namespaces(*names[:2]) for names in self._type_data)

    def start(self, entry: str = "") -> Pattern:
        """What a document must match; `entry` names one of the grammar's further entries.

        Raises:
            KeyError: there is no such entry.
        """
        return self.pattern(self._entries[entry])

    @property
    def entries(self) -> tuple[str, ...]:
        return tuple(self._entries)

    def pattern(self, index: int) -> Pattern:
        found = self._made.get(index)
        if found is None:
            found = self._made[index] = self._make(self._nodes[index])
        return found

    def _make(self, node: Sequence[Any]) -> Pattern:
        patterns = self.patterns
        match node[0]:
            case 0:
                return patterns.empty
            case 1:
                return patterns.not_allowed
            case 2:
                return patterns.text
            case 3:
                return patterns.add(Element(self._name_class(node[1]), node[2], node[3], self))
            case 4:
                return patterns.add(Attribute(self._name_class(node[1]), self.pattern(node[2]), node[3]))
            case 5:
                except_ = None if node[2] == NONE else self.pattern(node[2])
                return patterns.add(Data(self._datatype(node[1]), except_, node[3]))
            case 6:
                return patterns.add(self._value(*node[1:]))
            case 7:
                return patterns.add(List(self.pattern(node[1]), node[2]))
            case 8:
                return self.derivatives.group(map(self.pattern, node[1:]))
            case 9:
                return patterns.interleave(map(self.pattern, node[1:]))
            case 10:
                return patterns.choice(map(self.pattern, node[1:]))
            case 11:
                return patterns.one_or_more(self.pattern(node[1]))
            case kind:
                raise AssertionError(f"no pattern is of kind {kind}")

    def _value(self, datatype: int, text: str, prefixes: int, label: int, place: int) -> Value:
        context = {} if prefixes == NONE else dict(self._prefixes[prefixes])
        kind = self._datatype(datatype)
        return Value(kind, text, kind.value(text, context), "" if label == NONE else self._labels[label], place)

    def _name_class(self, index: int) -> NameClass:
        found = self._name_classes.get(index)
        if found is None:
            found = self._name_classes[index] = NameClass(self._name_class_data[index])
        return found

    def _datatype(self, index: int) -> Datatype:
        found = self._datatypes.get(index)
        if found is None:
            library, name, parameters = self._type_data[index]
            pairs = [(parameter, value) for parameter, value in parameters]
            found = self._datatypes[index] = create(library, name, pairs)
        return found

    def forget(self, live: Sequence[Pattern]) -> None:
        """Drops all derivatives but those that `live` still needs."""
        self.patterns.forget((*self._made.values(), self.patterns.empty, *live))

    def place(self, index: int) -> str:
        """``file:line:column`` of a pattern's place."""
        if index == UNLOCATED:
            return ""
        file, line, column = self._places[index]
        return f"{self._files[file]}:{line}:{column}"


def _needs_namespaces(library: str, name: str) -> bool:
    return bool(library) and name in ("QName", "NOTATION")
