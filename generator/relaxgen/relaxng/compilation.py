"""Turns the simplified form into the data of the validator, see `runtime.grammar`.

Equal patterns become one. Patterns that messages can name keep their places.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from ..diagnostics.locations import Position, SourceLocation
from ..runtime import grammar as kinds
from ..runtime import patterns as names
from ..runtime.grammar import GrammarData
from .datatype import NOTHING_SAID, Saying, worded
from .name_class import AnyName, Name, NameChoice, NameClass, NsName
from .packing import NONE, Tables, packed
from .pattern import (
    Attribute,
    Choice,
    Data,
    Element,
    Empty,
    Group,
    Interleave,
    List,
    NotAllowed,
    OneOrMore,
    Pattern,
    Text,
    Value,
    children,
)
from .simplified_form import SimplifiedForm, walk

Labels = Mapping[SourceLocation, str]
"""Names of choices of values ("disk snapshot mode"), by the place of a value, of its choice, or of a surrounding
pattern."""


Entries = Mapping[str, Collection[SourceLocation]]
"""More starts by name, for parts of documents, with the places of the element patterns that they allow."""


def compile_patterns(form: SimplifiedForm, labels: Labels | None = None, entries: Entries | None = None) -> GrammarData:
    """Returns the compiled patterns; the same schema gives the same data. `form` must obey the restrictions of section
    7."""
    return packed(_Compiler(form, labels or {}).tables(entries or {}))


_LISTS = {Group: kinds.GROUP, Interleave: kinds.INTERLEAVE, Choice: kinds.CHOICE}


class _Table:
    """Distinct items, numbered in the order in which they are added."""

    def __init__(self) -> None:
        self.numbers: dict[Any, int] = {}

    def add(self, item: Any) -> int:
        return self.numbers.setdefault(item, len(self.numbers))

    def items(self) -> tuple[Any, ...]:
        return tuple(self.numbers)


_CONSTANTS = ((kinds.EMPTY,), (kinds.NOT_ALLOWED,), (kinds.TEXT,))
_EMPTY, _NOT_ALLOWED, _TEXT = range(3)


class _Compiler:
    def __init__(self, form: SimplifiedForm, labels: Labels) -> None:
        self._form = form
        self._labels = labels
        self._nodes: list[tuple[Any, ...]] = list(_CONSTANTS)
        self._numbers = {node: number for number, node in enumerate(_CONSTANTS)}
        self._compiled: dict[tuple[int, str], int] = {}
        self._contents: list[tuple[int, Element]] = []
        self._name_classes = _Table()
        self._datatypes = _Table()
        self._prefixes = _Table()
        self._places = _Table()
        self._files = _Table()
        self._label_names = _Table()
        self._sayings = {
            data.location: Saying(define.name, define.annotations.documentation)
            for define in form.defines.values()
            for data in walk(define.pattern, _alternatives)
            if isinstance(data, Data)
        }

    def tables(self, entries: Entries) -> Tables:
        start = self._node(self._form.start, "")
        for number, element in self._contents:  # which grows meanwhile
            kind, name_class, _, place = self._nodes[number]
            content = self._node(self._form.content(element), self._labels.get(element.location, ""))
            self._nodes[number] = (kind, name_class, content, place)
        numbers: dict[Position, list[int]] = {}
        for number, element in self._contents:
            numbers.setdefault(element.location.position, []).append(number)
        starts = tuple((name, self._entry(places, numbers)) for name, places in entries.items())
        owners, wholes = self._owners()
        return Tables(
            start,
            self._nodes,
            self._name_classes.items(),
            self._datatypes.items(),
            self._prefixes.items(),
            self._places.items(),
            self._files.items(),
            self._label_names.items(),
            starts,
            owners,
            wholes,
            dict(self._lists()),
        )

    def _lists(self) -> Iterator[tuple[tuple[int, ...], str]]:
        """The lists of definitions, whose members were added to the lists that refer to them."""
        for name, pattern in self._form.simplified_defines.items():
            if isinstance(pattern, (Group, Interleave, Choice)):
                kind = _LISTS[type(pattern)]
                members = [self._compiled.get((id(member), "")) for member in pattern.patterns]
                numbers = tuple(number for number in members if number is not None)
                if len(numbers) == len(members):
                    yield (kind, *numbers), name

    def _owners(self) -> tuple[dict[int, str], frozenset[int]]:
        """The definition that contains each place, and the places of its patterns."""
        owners: dict[int, str] = {}
        wholes: set[int] = set()
        for name, define in self._form.defines.items():
            for pattern in walk(define.pattern, children):
                number = self._number(pattern.location)
                if number is not None:
                    owners[number] = name
            whole = self._number(define.pattern.location)
            wholes.update(() if whole is None else (whole,))
        return owners, frozenset(wholes)

    def _number(self, place: SourceLocation) -> int | None:
        file = self._files.numbers.get(place.path)
        return self._places.numbers.get((file, place.line, place.column))

    def _entry(self, places: Collection[SourceLocation], numbers: Mapping[Position, list[int]]) -> int:
        found = sorted({number for place in places for number in numbers.get(place.position, ())})
        return self._add(kinds.CHOICE, *found) if len(found) > 1 else found[0] if found else _NOT_ALLOWED

    def _node(self, pattern: Pattern, label: str) -> int:
        label = self._labels.get(pattern.location, label)
        key = (id(pattern), label)
        number = self._compiled.get(key)
        if number is None:
            number = self._compiled[key] = self._compile(pattern, label)
        return number

    def _compile(self, pattern: Pattern, label: str) -> int:
        match pattern:
            case Empty():
                return _EMPTY
            case NotAllowed():
                return _NOT_ALLOWED
            case Text():
                return _TEXT
            case Element():
                return self._element(pattern)
            case Attribute():
                named = self._name_classes.add(name_class_data(pattern.name))
                return self._add(kinds.ATTRIBUTE, named, self._node(pattern.pattern, label), self._place(pattern))
            case Data():
                return self._data(pattern, label)
            case Value():
                return self._value(pattern, label)
            case List():
                return self._add(kinds.LIST, self._node(pattern.pattern, label), self._place(pattern))
            case Group():
                return self._add(kinds.GROUP, *self._several(pattern.patterns, label))
            case Interleave():
                return self._add(kinds.INTERLEAVE, *self._several(pattern.patterns, label))
            case Choice():
                return self._add(kinds.CHOICE, *dict.fromkeys(self._several(pattern.patterns, label)))
            case OneOrMore():
                return self._add(kinds.ONE_OR_MORE, self._node(pattern.pattern, label))
            case _:
                raise AssertionError(f"{type(pattern).__name__} is not of the simplified form")

    def _several(self, patterns: Iterable[Pattern], label: str) -> list[int]:
        return [self._node(pattern, label) for pattern in patterns]

    def _add(self, *node: Any) -> int:
        number = self._numbers.get(node)
        if number is None:
            number = self._numbers[node] = len(self._nodes)
            self._nodes.append(node)
        return number

    def _element(self, element: Element) -> int:
        """The content is compiled later, because it can contain the element itself."""
        number = len(self._nodes)
        named = self._name_classes.add(name_class_data(element.name))
        self._nodes.append((kinds.ELEMENT, named, NONE, self._place(element)))
        self._contents.append((number, element))
        return number

    def _data(self, data: Data, label: str) -> int:
        named = data.datatype
        saying = self._sayings.get(data.location, NOTHING_SAID).of_data(data)
        datatype = self._datatypes.add((named.library, named.type, worded(data.params, saying)))
        except_ = NONE if data.except_ is None else self._node(data.except_, label)
        return self._add(kinds.DATA, datatype, except_, self._place(data))

    def _value(self, value: Value, label: str) -> int:
        datatype = self._datatypes.add((value.datatype.library, value.datatype.type, ()))
        prefixes = NONE
        if value.datatype.is_of_qualified_names:
            prefixes = self._prefixes.add(tuple({**value.namespaces, None: value.ns}.items()))
        named = self._label_names.add(label) if label else NONE
        return self._add(kinds.VALUE, datatype, value.text, prefixes, named, self._place(value))

    def _place(self, pattern: Pattern) -> int:
        place = pattern.location
        return self._places.add((self._files.add(place.path), place.line, place.column))


def _alternatives(pattern: Pattern) -> tuple[Pattern, ...]:
    return pattern.patterns if isinstance(pattern, Choice) else ()


def name_class_data(name_class: NameClass) -> names.NameClassData:
    match name_class:
        case Name():
            return (names.NAME, name_class.name.namespace, name_class.name.local)
        case NsName():
            return (names.NS_NAME, name_class.namespace, _except(name_class.except_))
        case AnyName():
            return (names.ANY_NAME, _except(name_class.except_))
        case NameChoice():
            return (names.NAME_CHOICE, *(name_class_data(choice) for choice in name_class.choices))


def _except(name_class: NameClass | None) -> names.NameClassData | None:
    return None if name_class is None else name_class_data(name_class)
