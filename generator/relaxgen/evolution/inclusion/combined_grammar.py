"""Two schemas in one set of patterns, in which equal parts are one object.

Two element patterns are equal if they have the same name class and equal contents, in any schema. Most patterns have
not changed, and are then the same object on both sides: there is nothing to prove about them.

The patterns are those of the validator, with two differences. An attribute pattern has one name, or a name class with
infinitely many. Attributes are in interleaves, not in groups, because their place in a group has no meaning. So a group
contains what is ordered, and an interleave what is independent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...relaxng import pattern as source
from ...relaxng.compilation import name_class_data
from ...relaxng.datatype import translated
from ...relaxng.name_class import NameChoice, NameClass
from ...relaxng.simplified_form import SimplifiedForm
from ...runtime import patterns as names
from ...runtime.datatypes import Datatype, create
from ...runtime.patterns import (
    UNLOCATED,
    Attribute,
    Choice,
    Data,
    Derivatives,
    Element,
    Empty,
    Group,
    Interleave,
    Leaf,
    List,
    OneOrMore,
    Pattern,
    Patterns,
    Text,
    Value,
    elements_in,
    leaves_in,
)


class CombinedPatterns(Patterns):
    """Keeps attributes out of groups."""

    __slots__ = ("_with_text",)

    def __init__(self) -> None:
        self._with_text: dict[int, bool] = {}
        super().__init__()

    def group(self, first: Pattern, rest: Pattern) -> Pattern:
        if self._holds_only_attributes(first) or self._holds_only_attributes(rest):
            return self.interleave((first, rest))
        return super().group(first, rest)

    def _holds_only_attributes(self, pattern: Pattern) -> bool:
        return bool(pattern.attributes) and not (
            elements_in(pattern) or leaves_in(pattern) or self._holds_text(pattern)
        )

    def _holds_text(self, pattern: Pattern) -> bool:
        found = self._with_text.get(pattern.number)
        if found is None:
            found = isinstance(pattern, Text) or any(map(self._holds_text, pattern.flat_parts()))
            self._with_text[pattern.number] = found
        return found

    def alternatives(self, pattern: Pattern) -> list[Pattern]:
        """The members of a choice. Those for text alone are one, since their texts are compared together."""
        if not isinstance(pattern, Choice):
            return [pattern]
        if not any(isinstance(member, Leaf) for member in pattern.members):
            return list(pattern.members)
        texts = [member for member in pattern.members if isinstance(member, (Leaf, Empty))]
        return [self.choice(texts), *(member for member in pattern.members if member not in texts)]

    def without_leaves(self, pattern: Pattern) -> Pattern:
        """The content of an element, attributes apart, without those alternatives that are datatypes and values:
        these are alone (section 7.2)."""
        alternatives = pattern.members if isinstance(pattern, Choice) else (pattern,)
        return self.choice(member for member in alternatives if not isinstance(member, Leaf))


class CombinedDerivatives(Derivatives):
    __slots__ = ("_absences",)

    def __init__(self, patterns: CombinedPatterns) -> None:
        super().__init__(patterns)
        self._absences: dict[tuple[int, str], Pattern] = {}

    def without_name(self, pattern: Pattern, name: str) -> Pattern:
        """The pattern where no attribute of this name has come; patterns for infinitely many names stay."""
        if not any(_is_called(attribute, name) for attribute in pattern.attributes):
            return pattern
        key = (pattern.number, name)
        found = self._absences.get(key)
        if found is None:
            found = self._absences[key] = self._drop(pattern, name)
        return found

    def _drop(self, pattern: Pattern, name: str) -> Pattern:
        members = (self.without_name(member, name) for member in pattern.flat_parts())
        match pattern:
            case Attribute():
                return self.patterns.not_allowed
            case Choice():
                return self.patterns.choice(members)
            case Group():
                return self.patterns.group_of(members)
            case Interleave():
                return self.patterns.interleave(members)
            case OneOrMore():
                return self.patterns.one_or_more(next(members))
            case _:
                raise AssertionError(f"{type(pattern).__name__} holds no attributes")


def _is_called(attribute: Attribute, name: str) -> bool:
    """Whether an attribute has this name and no other."""
    return attribute.name_class.names is not None and name in attribute.name_class


class CombinedGrammar:
    """``contents`` has all element patterns. ``originals`` has, for either schema, the first that is equal to each;
    ``name_classes`` are those of element and attribute patterns as the schemas have them."""

    def __init__(self, narrow: SimplifiedForm, wide: SimplifiedForm) -> None:
        self.patterns = CombinedPatterns()
        self.derivatives = CombinedDerivatives(self.patterns)
        self.forms = (narrow, wide)
        self.originals: tuple[dict[Element, source.Element], dict[Element, source.Element]] = ({}, {})
        self._classes = equality_classes(self.forms)
        self._representatives: list[tuple[SimplifiedForm, source.Element]] = []
        self._elements: dict[int, Element] = {}
        self._made: dict[int, Pattern] = {}
        self._interned: dict[tuple[Any, ...], Any] = {}
        self.name_classes: dict[Element | Attribute, NameClass] = {}
        for form, originals in zip(self.forms, self.originals, strict=True):
            for element in form.elements():
                originals.setdefault(self._element(form, element), element)
        self.narrow = self._pattern(narrow, narrow.start)
        self.wide = self._pattern(wide, wide.start)
        self.contents = {element: element.content for element in self._elements.values()}

    def content(self, index: int) -> Pattern:
        """Makes the content of an element, for `Element.content`."""
        form, element = self._representatives[index]
        return self._pattern(form, form.content(element))

    def _element(self, form: SimplifiedForm, element: source.Element) -> Element:
        number = self._classes[id(element)]
        found = self._elements.get(number)
        if found is None:
            name_class = names.NameClass(name_class_data(element.name))
            made = Element(name_class, len(self._representatives), UNLOCATED, self)
            found = self._elements[number] = self.patterns.add(made)
            self._representatives.append((form, element))
            self.name_classes[found] = element.name
        return found

    def _pattern(self, form: SimplifiedForm, pattern: source.Pattern) -> Pattern:
        found = self._made.get(id(pattern))
        if found is None:
            found = self._made[id(pattern)] = self._make(form, pattern)
        return found

    def _make(self, form: SimplifiedForm, pattern: source.Pattern) -> Pattern:
        match pattern:
            case source.Empty():
                return self.patterns.empty
            case source.NotAllowed():
                return self.patterns.not_allowed
            case source.Text():
                return self.patterns.text
            case source.Element():
                return self._element(form, pattern)
            case source.Attribute():
                content = self._pattern(form, pattern.pattern)
                return self.patterns.choice(self._attribute(part, content) for part in _split(pattern.name))
            case source.Data():
                return self._data(form, pattern)
            case source.Value():
                return self._value(pattern)
            case source.List():
                content = self._pattern(form, pattern.pattern)
                return self._intern(("list", content.number), List(content, UNLOCATED))
            case source.Group():
                return self.patterns.group_of(self._pattern(form, member) for member in pattern.patterns)
            case source.Interleave():
                return self.patterns.interleave(self._pattern(form, member) for member in pattern.patterns)
            case source.Choice():
                return self.patterns.choice(self._pattern(form, member) for member in pattern.patterns)
            case source.OneOrMore():
                return self.patterns.one_or_more(self._pattern(form, pattern.pattern))
            case _:
                raise AssertionError(f"{type(pattern).__name__} is not of the simplified form")

    def _intern(self, key: tuple[Any, ...], made: Pattern) -> Pattern:
        found: Pattern | None = self._interned.get(key)
        if found is None:
            found = self._interned[key] = self.patterns.add(made)
        return found

    def _attribute(self, name_class: NameClass, content: Pattern) -> Pattern:
        made = Attribute(names.NameClass(name_class_data(name_class)), content, UNLOCATED)
        found = self._intern(("attribute", name_class, content.number), made)
        assert isinstance(found, Attribute)
        self.name_classes[found] = name_class
        return found

    def _data(self, form: SimplifiedForm, data: source.Data) -> Pattern:
        except_ = None if data.except_ is None else self._pattern(form, data.except_)
        datatype = self._datatype(data.datatype, translated(data.params))
        key = ("data", datatype, None if except_ is None else except_.number)
        return self._intern(key, Data(datatype, except_, UNLOCATED))

    def _value(self, value: source.Value) -> Pattern:
        datatype = self._datatype(value.datatype, ())
        meaning = datatype.value(value.text, {**value.namespaces, None: value.ns})
        text = value.text if datatype.type == "string" else datatype.normalise(value.text)
        return self._intern(("value", datatype, text, meaning), Value(datatype, text, meaning, "", UNLOCATED))

    def _datatype(self, name: source.DatatypeName, params: tuple[tuple[str, str], ...]) -> Datatype:
        key = ("datatype", name.library, name.type, params)
        found: Datatype | None = self._interned.get(key)
        if found is None:
            found = self._interned[key] = create(name.library, name.type, params)
        return found


def _split(name_class: NameClass) -> Iterator[NameClass]:
    """Name classes with one name, or with infinitely many, that have the same names together."""
    if isinstance(name_class, NameChoice):
        for choice in name_class.choices:
            yield from _split(choice)
    else:
        yield name_class


# Which elements are equal


def equality_classes(forms: Iterable[SimplifiedForm]) -> dict[int, int]:
    """For each element pattern, by its identity, a number: the same for equal ones.

    The coarsest partition that separates what differs: at first elements of one name class are taken for equal, and
    classes are split as long as contents, written with the classes of the children, differ within one. So automata are
    minimised (Moore); patterns that contain each other have no other order in which they could be compared.
    """
    elements = [(form, element) for form in forms for element in form.elements()]
    classes = _numbered({id(element): element.name for _, element in elements})
    count = 0
    while len(set(classes.values())) > count:
        count = len(set(classes.values()))
        shapes = _Shapes(classes)
        classes = _numbered(
            {id(element): (classes[id(element)], shapes.of(form.content(element))) for form, element in elements}
        )
    return classes


def _numbered(keys: Mapping[int, Any]) -> dict[int, int]:
    numbers: dict[Any, int] = {}
    return {identity: numbers.setdefault(key, len(numbers)) for identity, key in keys.items()}


class _Shapes:
    """Patterns as numbers, equal for patterns that differ in nothing but what elements of one class may differ in."""

    def __init__(self, classes: Mapping[int, int]) -> None:
        self._classes = classes
        self._numbers: dict[Any, int] = {}
        self._known: dict[int, int] = {}

    def of(self, pattern: source.Pattern) -> int:
        found = self._known.get(id(pattern))
        if found is None:
            key = self._key(pattern)
            found = self._known[id(pattern)] = self._numbers.setdefault(key, len(self._numbers))
        return found

    def _key(self, pattern: source.Pattern) -> tuple[Any, ...]:
        match pattern:
            case source.Element():
                return ("element", self._classes[id(pattern)])
            case source.Attribute():
                return ("attribute", pattern.name, self.of(pattern.pattern))
            case source.Data():
                params = tuple((param.name, param.value) for param in pattern.params)
                return ("data", pattern.datatype, params, None if pattern.except_ is None else self.of(pattern.except_))
            case source.Value():
                return ("value", pattern.datatype, pattern.text, _context(pattern))
            case source.List() | source.OneOrMore():
                return (type(pattern), self.of(pattern.pattern))
            case source.Group():
                return ("group", *map(self.of, pattern.patterns))
            case source.Interleave():
                return ("interleave", *sorted(map(self.of, pattern.patterns)))
            case source.Choice():
                return ("choice", frozenset(map(self.of, pattern.patterns)))
            case _:
                return (type(pattern),)


def _context(value: source.Value) -> object:
    """The prefixes in scope, where a value depends on them."""
    if value.datatype.is_of_qualified_names:
        return (value.ns, frozenset(value.namespaces.items()))
    return None
