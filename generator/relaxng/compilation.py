"""`Schema` → the data that the validator works on, see `runtime.validation.grammar`.

This is the rest of specification section 4: what the author abbreviated is spelled out (4.12 to 4.15), references to
patterns disappear (4.19), and ``notAllowed`` and ``empty`` vanish from where they say nothing (4.20, 4.21). Equal
patterns become one; those that an author can be pointed to keep their places.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..runtime.datatypes import XML_SCHEMA
from ..runtime.validation import grammar as form
from ..runtime.validation import names
from ..source import SourceLocation
from .grammar import Schema
from .name_class import AnyName, Name, NameChoice, NameClass, NsName
from .pattern import (
    Attribute,
    Choice,
    Data,
    Element,
    Empty,
    ExternalRef,
    Group,
    Interleave,
    List,
    Mixed,
    NestedGrammar,
    NotAllowed,
    OneOrMore,
    Optional,
    Param,
    ParentRef,
    Pattern,
    Ref,
    Text,
    Value,
    ZeroOrMore,
)
from .regular_expression import translate

Labels = Mapping[SourceLocation, str]
"""Names of choices of values ("disk snapshot mode") by the place of the choice, or of a pattern around it."""


def compile_patterns(schema: Schema, labels: Labels | None = None) -> form.GrammarData:
    """The same data for the same schema, in tuples; `schema` must obey the restrictions of section 7."""
    return _Compiler(schema, labels or {}).compile()


class _Table:
    """Distinct items, numbered in the order of coming."""

    def __init__(self, items: Iterable[Any] = ()) -> None:
        self.numbers: dict[Any, int] = {}
        for item in items:
            self.add(item)

    def add(self, item: Any) -> int:
        return self.numbers.setdefault(item, len(self.numbers))

    def items(self) -> tuple[Any, ...]:
        return tuple(self.numbers)


_CONSTANTS = ((form.EMPTY,), (form.NOT_ALLOWED,), (form.TEXT,))
_EMPTY, _NOT_ALLOWED, _TEXT = range(3)


class _Compiler:
    def __init__(self, schema: Schema, labels: Labels) -> None:
        self._schema = schema
        self._labels = labels
        self._nodes: list[tuple[Any, ...]] = list(_CONSTANTS)
        self._numbers = {node: number for number, node in enumerate(_CONSTANTS)}
        self._defines: dict[tuple[str, str], int] = {}
        self._contents: list[tuple[int, Element, str]] = []
        self._name_classes = _Table()
        self._datatypes = _Table()
        self._prefixes = _Table()
        self._places = _Table()
        self._files = _Table()
        self._label_names = _Table()

    def compile(self) -> form.GrammarData:
        start = self._node(self._schema.start, "")
        while self._contents:
            number, element, label = self._contents.pop()
            kind, name_class, _, place = self._nodes[number]
            self._nodes[number] = (kind, name_class, self._node(element.pattern, label), place)
        tables = (self._name_classes, self._datatypes, self._prefixes, self._places, self._files, self._label_names)
        return (form.FORMAT, start, tuple(self._nodes), *(table.items() for table in tables))

    def _add(self, *node: Any) -> int:
        number = self._numbers.get(node)
        if number is None:
            number = self._numbers[node] = len(self._nodes)
            self._nodes.append(node)
        return number

    def _node(self, pattern: Pattern, label: str) -> int:
        label = self._labels.get(pattern.location, label)
        match pattern:
            case Empty():
                return _EMPTY
            case NotAllowed():
                return _NOT_ALLOWED
            case Text():
                return _TEXT
            case Ref():
                return self._define(pattern.name, label)
            case Element():
                return self._element(pattern, label)
            case Attribute():
                content = self._node(pattern.pattern, label)
                named = self._name_classes.add(_name_class(pattern.name))
                return self._unless_impossible(content, form.ATTRIBUTE, named, content, self._place(pattern))
            case Data():
                return self._data(pattern, label)
            case Value():
                return self._value(pattern, label)
            case List():
                content = self._node(pattern.pattern, label)
                return self._unless_impossible(content, form.LIST, content, self._place(pattern))
            case Group():
                return self._group(self._several(pattern.patterns, label))
            case Interleave():
                return self._interleave(self._several(pattern.patterns, label))
            case Choice():
                return self._choice(self._several(pattern.patterns, label))
            case OneOrMore():
                return self._one_or_more(self._node(pattern.pattern, label))
            case Optional():
                return self._choice([self._node(pattern.pattern, label), _EMPTY])
            case ZeroOrMore():
                return self._choice([self._one_or_more(self._node(pattern.pattern, label)), _EMPTY])
            case Mixed():
                return self._interleave([self._node(pattern.pattern, label), _TEXT])
            case ParentRef() | ExternalRef() | NestedGrammar():
                raise AssertionError("simplification has resolved all references")

    def _several(self, patterns: Iterable[Pattern], label: str) -> list[int]:
        return [self._node(pattern, label) for pattern in patterns]

    def _define(self, name: str, label: str) -> int:
        number = self._defines.get((name, label))
        if number is None:
            definition = self._schema.defines[name]
            inner = self._labels.get(definition.location, label)
            number = self._defines[name, label] = self._node(definition.pattern, inner)
        return number

    def _element(self, element: Element, label: str) -> int:
        """The content is compiled later: it may hold the element."""
        number = len(self._nodes)
        named = self._name_classes.add(_name_class(element.name))
        self._nodes.append((form.ELEMENT, named, form.NONE, self._place(element)))
        self._contents.append((number, element, label))
        return number

    def _data(self, data: Data, label: str) -> int:
        type_ = self._datatypes.add(
            (data.datatype.library, data.datatype.type, tuple(_parameter(param) for param in data.params))
        )
        except_ = form.NONE if data.except_ is None else self._node(data.except_, label)
        return self._add(form.DATA, type_, form.NONE if except_ == _NOT_ALLOWED else except_, self._place(data))

    def _value(self, value: Value, label: str) -> int:
        type_ = self._datatypes.add((value.datatype.library, value.datatype.type, ()))
        prefixes = form.NONE
        if value.datatype.library == XML_SCHEMA and value.datatype.type in ("QName", "NOTATION"):
            prefixes = self._prefixes.add(tuple({**value.namespaces, None: value.ns}.items()))
        named = self._label_names.add(label) if label else form.NONE
        return self._add(form.VALUE, type_, value.text, prefixes, named, self._place(value))

    def _place(self, pattern: Pattern) -> int:
        place = pattern.location
        return self._places.add((self._files.add(place.path), place.line, place.column))

    def _unless_impossible(self, content: int, *node: Any) -> int:
        return _NOT_ALLOWED if content == _NOT_ALLOWED else self._add(*node)

    def _one_or_more(self, content: int) -> int:
        return content if content in (_EMPTY, _NOT_ALLOWED) else self._add(form.ONE_OR_MORE, content)

    def _group(self, members: list[int]) -> int:
        return self._all_of(form.GROUP, members)

    def _interleave(self, members: list[int]) -> int:
        return self._all_of(form.INTERLEAVE, members)

    def _all_of(self, kind: int, members: list[int]) -> int:
        if _NOT_ALLOWED in members:
            return _NOT_ALLOWED
        members = [member for member in members if member != _EMPTY]
        if len(members) < 2:
            return members[0] if members else _EMPTY
        return self._add(kind, *members)

    def _choice(self, members: list[int]) -> int:
        members = [member for member in dict.fromkeys(members) if member != _NOT_ALLOWED]
        if len(members) < 2:
            return members[0] if members else _NOT_ALLOWED
        return self._add(form.CHOICE, *members)


def _name_class(name_class: NameClass) -> names.NameClassData:
    match name_class:
        case Name():
            return (names.NAME, name_class.name.namespace, name_class.name.local)
        case NsName():
            return (names.NS_NAME, name_class.namespace, _except(name_class.except_))
        case AnyName():
            return (names.ANY_NAME, _except(name_class.except_))
        case NameChoice():
            return (names.NAME_CHOICE, *(_name_class(choice) for choice in name_class.choices))


def _except(name_class: NameClass | None) -> names.NameClassData | None:
    return None if name_class is None else _name_class(name_class)


def _parameter(param: Param) -> tuple[str, str]:
    """A regular expression is translated here, where the dialect is known; packages carry Python's."""
    return param.name, translate(param.value) if param.name == "pattern" else param.value
