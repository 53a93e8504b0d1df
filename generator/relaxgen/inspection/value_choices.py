"""All lists of values in a schema, with their paths.

There is one list for each attribute of one kind of element, and one for its text. It joins the values of all
alternatives: for a reader, ``<attribute name="type"><value>file</value></attribute>`` in one group and the same with
``block`` in another are one list. There are also lists for each single element pattern, if a content model has several
of one name, for each attribute pattern, and for the element with each value of another attribute
(``bus[@type='pci']/@model``), because a table may be made for any of these. Lists with the same tokens at the same path
are one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ..binding.contents import ContentReader
from ..binding.elements import ElementTable
from ..binding.variants import VariantFinder
from ..diagnostics.locations import UNKNOWN_LOCATION, SourceLocation
from ..enums.matching import NamedChoice
from ..relaxng.name_class import NameClass, names_of
from ..relaxng.pattern import Attribute, Choice, Data, Element, List, Pattern, Ref, Text, Value, children
from ..relaxng.schema import Schema

ANY_NAME = "*"
"""In a path: an element or an attribute with many names."""


@dataclass(slots=True)
class _Values:
    """The values of an attribute or a text, from all alternatives of an element."""

    tokens: dict[str, None] = field(default_factory=dict)
    defines: dict[str, None] = field(default_factory=dict)
    is_open: bool = False
    location: SourceLocation = UNKNOWN_LOCATION
    parts: list[_Values] = field(default_factory=list)
    """One for each attribute pattern."""


@dataclass(slots=True)
class _Kind:
    """The element patterns of one name in one content model. ``parents`` are the elements that contain it."""

    name: str
    parents: dict[str, None] = field(default_factory=dict)
    defines: dict[str, None] = field(default_factory=dict)
    attributes: dict[str, _Values] = field(default_factory=dict)
    text: _Values = field(default_factory=_Values)
    children: dict[str, _Patterns] = field(default_factory=dict)
    parts: list[_Kind] = field(default_factory=list)
    """One for each of the patterns, if there are several."""
    given: dict[tuple[str, str], dict[str, _Values]] = field(default_factory=dict)
    """The other attributes for each attribute and value that decides about them."""


@dataclass(slots=True)
class _Patterns:
    """Element patterns of one name, by identity, and the defines that contain them."""

    elements: dict[int, Element] = field(default_factory=dict)
    defines: dict[str, None] = field(default_factory=dict)


def choices_of(schema: Schema) -> tuple[NamedChoice, ...]:
    """The lists, in the order of the elements from the start. A single value is a list, too."""
    found: dict[tuple[str, frozenset[str]], NamedChoice] = {}
    for kind in _kinds(schema):
        known: set[frozenset[str]] = set()
        for path, names, values in _lists(kind):
            if values.tokens:
                tokens = tuple(values.tokens)
                known.add(frozenset(tokens))
                choice = NamedChoice(path, tokens, (*names, *values.defines), values.is_open, values.location)
                found.setdefault((path, frozenset(tokens)), choice)
        for path, names, values in _conditional_lists(kind):
            tokens = tuple(values.tokens)
            if len(tokens) > 1 and frozenset(tokens) not in known:
                names = (*names, *values.defines)
                choice = NamedChoice(path, tokens, names, values.is_open, values.location, is_part=True)
                found.setdefault((path, frozenset(tokens)), choice)
    return tuple(found.values())


def _conditional_lists(kind: _Kind) -> Iterator[tuple[str, tuple[str, ...], _Values]]:
    above = next(iter(kind.parents), "")
    place = f"{above}/{kind.name}" if above else kind.name
    for (decider, token), attributes in kind.given.items():
        around = (*kind.parents, kind.name, *kind.defines, token)
        for name, values in attributes.items():
            yield f"{place}[@{decider}={token!r}]/@{name}", (*around, name), values


def _lists(kind: _Kind) -> Iterator[tuple[str, tuple[str, ...], _Values]]:
    """Path, names around, and values: first of all patterns together, then of each one."""
    above = next(iter(kind.parents), "")
    around = (*kind.parents, kind.name, *kind.defines)
    place = f"{above}/{kind.name}" if above else kind.name
    for part in (kind, *kind.parts):
        for name, values in part.attributes.items():
            yield f"{place}/@{name}", (*around, name), values
        yield place, around, part.text
    for name, values in kind.attributes.items():
        for single in values.parts:
            if len(single.tokens) > 1:
                yield f"{place}/@{name}", (*around, name), single


def _kinds(schema: Schema) -> tuple[_Kind, ...]:
    """Every kind of element that is reachable from the start, with all its parents."""
    table = ElementTable([schema])
    finder = VariantFinder(table, ContentReader(table))
    start = _Kind("")
    _add_content(start, schema.start, schema)
    kinds: dict[frozenset[int], _Kind] = {}
    queue = [(start, name, patterns) for name, patterns in start.children.items()]
    for parent, name, patterns in queue:  # which grows during the loop
        kind = kinds.get(frozenset(patterns.elements))
        if kind is None:
            kind = kinds[frozenset(patterns.elements)] = _kind(name, patterns, schema)
            _add_given(kind, [table.identify(0, one).number for one in patterns.elements.values()], finder, schema)
            queue.extend((kind, child, inside) for child, inside in kind.children.items())
        kind.defines.update(patterns.defines)
        if parent.name:
            kind.parents[parent.name] = None
    return tuple(kinds.values())


def _kind(name: str, patterns: _Patterns, schema: Schema) -> _Kind:
    kind = _Kind(name)
    for element in patterns.elements.values():
        _add_content(kind, element.pattern, schema)
    if len(patterns.elements) > 1:
        for element in patterns.elements.values():
            kind.parts.append(_Kind(name))
            _add_content(kind.parts[-1], element.pattern, schema)
    return kind


def _add_given(kind: _Kind, numbers: Sequence[int], finder: VariantFinder, schema: Schema) -> None:
    for decider, token, contents in finder.conditional_contents(tuple(sorted(set(numbers)))):
        found = kind.given.setdefault((decider.local, token), {})
        for name, use in contents.attributes.items():
            if name != decider:
                values = found.setdefault(name.local, _Values())
                for _, attribute in use.patterns:
                    _add_values(values, attribute.pattern, "", schema)


def _add_content(kind: _Kind, pattern: Pattern, schema: Schema) -> None:
    visited: set[str] = set()
    stack: list[tuple[Pattern, str]] = [(pattern, "")]
    while stack:
        inner, define = stack.pop()
        match inner:
            case Element():
                patterns = kind.children.setdefault(_name(inner.name), _Patterns())
                patterns.elements[id(inner)] = inner
                patterns.defines.update({define: None} if define else {})
            case Attribute():
                values = kind.attributes.setdefault(_name(inner.name), _Values())
                values.parts.append(_Values())
                _add_values(values, inner.pattern, define, schema)
                _add_values(values.parts[-1], inner.pattern, define, schema)
            case Value() | Data() | Text() | List():
                _add_values(kind.text, inner, define, schema)
            case Ref():
                if inner.name not in visited:
                    visited.add(inner.name)
                    stack.append((schema.defines[inner.name].pattern, schema.defines[inner.name].name))
            case _:
                stack.extend((child, define) for child in reversed(children(inner)))


def _add_values(values: _Values, pattern: Pattern, define: str, schema: Schema) -> None:
    """Adds all literal values that `pattern` allows. The define of the list and the defines around name it."""
    if define:
        values.defines[define] = None
    visited: set[str] = set()
    stack = [pattern]
    while stack:
        inner = stack.pop()
        match inner:
            case Value():
                values.tokens[" ".join(inner.text.split())] = None
            case Data() | Text():
                values.is_open = True
            case Ref():
                if inner.name not in visited:
                    visited.add(inner.name)
                    values.defines[schema.defines[inner.name].name] = None
                    stack.append(schema.defines[inner.name].pattern)
            case _:
                stack.extend(reversed(children(inner)))
        if values.location is UNKNOWN_LOCATION and isinstance(inner, Choice | Value):
            values.location = inner.location


def _name(name_class: NameClass) -> str:
    names = names_of(name_class)
    return names[0].local if names and len(names) == 1 else ANY_NAME
