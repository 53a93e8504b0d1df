"""Specification section 7: what a schema may not say although its syntax allows it.

Checked on the simplified form, as the specification wants it, and reported at the places of what the author wrote.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Flag, IntEnum, auto

from ..diagnostics.errors import Diagnostics
from ..diagnostics.locations import SourceLocation
from .name_class import AnyName, Name, NameChoice, NameClass, NsName, QName, classes_in, contains, names_of
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
)
from .simplified_form import SimplifiedForm, elements_in, parts, walk


def check_restrictions(form: SimplifiedForm, diagnostics: Diagnostics) -> None:
    """Reports everything in the schema that section 7 forbids."""
    checker = _Checker(form, diagnostics)
    _check_paths(form.start, _Inside.START, diagnostics)
    for element in form.elements():
        checker.check_element(element)


class _Inside(Flag):
    """The context of a pattern, as far as section 7.1 needs it."""

    NOTHING = 0
    START = auto()
    ATTRIBUTE = auto()
    LIST = auto()
    EXCEPT = auto()
    REPETITION = auto()
    REPEATED_GROUP = auto()
    REPEATED_INTERLEAVE = auto()


class _ContentType(IntEnum):
    """Section 7.2."""

    EMPTY = 0
    COMPLEX = 1
    SIMPLE = 2


# Section 7.1: patterns that are not allowed inside others, with the number of the rule.
_PROHIBITED: Sequence[tuple[_Inside, str, tuple[type[Pattern], ...]]] = (
    (_Inside.ATTRIBUTE, "7.1.1", (Element, Attribute)),
    (_Inside.LIST, "7.1.3", (List, Element, Attribute, Text, Interleave)),
    (_Inside.EXCEPT, "7.1.4", (Attribute, Element, List, Text, Group, Interleave, OneOrMore, Empty)),
    (_Inside.START, "7.1.5", (Attribute, Data, Value, Text, List, Group, Interleave, OneOrMore, Empty)),
    (_Inside.REPEATED_GROUP, "7.1.2", (Attribute,)),
    (_Inside.REPEATED_INTERLEAVE, "7.1.2", (Attribute,)),
)

_CONTAINERS = {
    _Inside.ATTRIBUTE: "an attribute",
    _Inside.LIST: "a list",
    _Inside.EXCEPT: "what is excepted from data",
    _Inside.START: "the start, which allows elements only",
    _Inside.REPEATED_GROUP: "a group that is repeated",
    _Inside.REPEATED_INTERLEAVE: "an interleave that is repeated",
}


class _Checker:
    def __init__(self, form: SimplifiedForm, diagnostics: Diagnostics) -> None:
        self._form = form
        self._diagnostics = diagnostics
        self._types: dict[int, _ContentType] = {}
        self._checked: set[int] = set()

    def check_element(self, element: Element) -> None:
        content = self._form.content(element)
        errors = len(self._diagnostics.errors)
        _check_paths(content, _Inside.NOTHING, self._diagnostics)
        if len(self._diagnostics.errors) == errors:
            # What follows would say the same again in other words.
            self._content_type(content)
            self._check_repetition(content)
            self._check_overlaps(content)

    # Section 7.2: sequences of strings

    def _content_type(self, pattern: Pattern) -> _ContentType:
        found = self._types.get(id(pattern))
        if found is None:
            found = self._types[id(pattern)] = self._type_of(pattern)
        return found

    def _type_of(self, pattern: Pattern) -> _ContentType:
        match pattern:
            case Value() | List() | Data():
                return _ContentType.SIMPLE
            case Text() | Element():
                return _ContentType.COMPLEX
            case Attribute():
                self._content_type(pattern.pattern)
                return _ContentType.EMPTY
            case OneOrMore():
                return self._type_of_all((pattern.pattern, pattern.pattern))
            case Group() | Interleave():
                return self._type_of_all(pattern.patterns)
            case Choice():
                return max(map(self._content_type, pattern.patterns))
            case _:
                return _ContentType.EMPTY

    def _type_of_all(self, patterns: Sequence[Pattern]) -> _ContentType:
        filled = [pattern for pattern in patterns if self._content_type(pattern) is not _ContentType.EMPTY]
        simple = next((pattern for pattern in filled if self._content_type(pattern) is _ContentType.SIMPLE), None)
        if simple is not None and len(filled) > 1:
            self._report_string_beside(simple, next((other for other in filled if other is not simple), simple))
        return max(map(self._content_type, patterns))

    def _report_string_beside(self, simple: Pattern, other: Pattern) -> None:
        string = next(found for found in walk(simple, _beside_attributes) if isinstance(found, (Data, Value, List)))
        if other is simple:
            message = f"{_tag(string)} is repeated: only a list splits text into several"
            self._diagnostics.error(string.location, message, section="7.2")
            return
        message = f"{_tag(string)} is beside other content: it must be all of it"
        related = [(_content_of(other).location, "the other content is here")]
        self._diagnostics.error(string.location, message, section="7.2", related=related)

    # Section 7.3: attributes

    def _check_repetition(self, content: Pattern) -> None:
        """An attribute whose name class is infinite must be repeated."""
        for attribute in walk(content, _outside_repetition):
            if isinstance(attribute, Attribute) and names_of(attribute.name) is None:
                described = f"an attribute {_described(attribute.name)}"
                message = f"{described} must be repeated: by oneOrMore or zeroOrMore ('+' or '*')"
                self._diagnostics.error(attribute.location, message, section="7.3")

    # Sections 7.3 and 7.4: names that belong to two members of a group or interleave

    def _check_overlaps(self, content: Pattern) -> None:
        for pattern in walk(content, _beside_attributes):
            if isinstance(pattern, (Group, Interleave)) and id(pattern) not in self._checked:
                self._checked.add(id(pattern))
                members = [_attributes_in(member) for member in pattern.patterns]
                for first, second, name in _overlaps(members):
                    self._report_attributes(first, second, name)
                if isinstance(pattern, Interleave):
                    self._check_interleave(pattern)

    def _report_attributes(self, first: _Named, second: _Named, name: str) -> None:
        message = f"attribute {name} may come twice: two parts of a group allow it"
        related = [] if first.location == second.location else [(first.location, "the other is here")]
        self._diagnostics.error(second.location, message, section="7.3", related=related)

    def _check_interleave(self, interleave: Interleave) -> None:
        members = [elements_in(member) for member in interleave.patterns]
        for first, second, name in _overlaps(members):
            message = f"element {name} is in two parts of an interleave"
            related = [(first.location, "the other is here")]
            self._diagnostics.error(second.location, message, section="7.4", related=related)
        texts = [text for member in interleave.patterns if (text := _text_in(member)) is not None]
        for text in texts[1:]:
            message = "text is in two parts of an interleave"
            related = [(texts[0].location, "the other is here")]
            self._diagnostics.error(text.location, message, section="7.4", related=related)


_Places = Mapping[_Inside, SourceLocation]


def _check_paths(pattern: Pattern, inside: _Inside, diagnostics: Diagnostics) -> None:
    """Checks section 7.1. A pattern with two contexts is checked in both."""
    nowhere: _Places = {}
    waiting, seen = [(pattern, inside, nowhere)], set[tuple[int, _Inside]]()
    while waiting:
        found, around, places = waiting.pop()
        if (id(found), around) in seen:
            continue
        seen.add((id(found), around))
        if not _is_reported(found, around, places, diagnostics):
            entered = _entered(found, around)
            places = places if entered in around else {**places, entered: found.location}
            waiting.extend((part, around | entered, places) for part in reversed(parts(found)))


def _is_reported(pattern: Pattern, around: _Inside, places: _Places, diagnostics: Diagnostics) -> bool:
    for container, section, kinds in _PROHIBITED:
        if container in around and isinstance(pattern, kinds):
            message = f"{_tag(pattern)} is not allowed in {_CONTAINERS[container]}"
            related = [(places[container], "which is here")] if container in places else []
            diagnostics.error(pattern.location, message, section=section, related=related)
            return True
    return False


def _entered(pattern: Pattern, around: _Inside) -> _Inside:
    """Returns the context of a pattern's parts, in addition to its own."""
    match pattern:
        case Attribute():
            return _Inside.ATTRIBUTE
        case List():
            return _Inside.LIST
        case Data():
            return _Inside.EXCEPT
        case OneOrMore():
            return _Inside.REPETITION
        case Group() if _Inside.REPETITION in around:
            return _Inside.REPEATED_GROUP
        case Interleave() if _Inside.REPETITION in around:
            return _Inside.REPEATED_INTERLEAVE
        case _:
            return _Inside.NOTHING


_TAGS: Mapping[type[Pattern], str] = {
    Empty: "empty",
    Text: "text",
    NotAllowed: "notAllowed",
    Data: "data",
    Value: "value",
    List: "list",
    Group: "a group",
    Interleave: "interleave",
    Choice: "choice",
    OneOrMore: "a repetition",
}


def _tag(pattern: Pattern) -> str:
    if isinstance(pattern, Element):
        return f"element {_described(pattern.name)}"
    if isinstance(pattern, Attribute):
        return f"attribute {_described(pattern.name)}"
    return _TAGS[type(pattern)]


def _described(name_class: NameClass) -> str:
    """Returns a name class as text, to follow «element»."""
    match name_class:
        case Name():
            return f"'{name_class.name.local}'"
        case NameChoice():
            return " or ".join(map(_described, name_class.choices))
        case NsName():
            where = f"namespace '{name_class.namespace}'" if name_class.namespace else "no namespace"
            return f"of any name in {where}{_described_except(name_class.except_)}"
        case AnyName():
            return f"of any name{_described_except(name_class.except_)}"


def _described_except(except_: NameClass | None) -> str:
    return "" if except_ is None else f" but {_described(except_)}"


def _beside_attributes(pattern: Pattern) -> tuple[Pattern, ...]:
    """Where a walk goes on that is about the content of one element."""
    return () if isinstance(pattern, (Attribute, List, Data)) else parts(pattern)


def _outside_repetition(pattern: Pattern) -> tuple[Pattern, ...]:
    return () if isinstance(pattern, OneOrMore) else _beside_attributes(pattern)


def _content_of(pattern: Pattern) -> Pattern:
    """The first pattern inside that is neither a combination nor an attribute."""
    leaves = (Data, Value, List, Text, Element)
    return next((found for found in walk(pattern, _beside_attributes) if isinstance(found, leaves)), pattern)


def _attributes_in(pattern: Pattern) -> list[Attribute]:
    return [found for found in walk(pattern, _beside_attributes) if isinstance(found, Attribute)]


def _text_in(pattern: Pattern) -> Text | None:
    return next((found for found in walk(pattern, _beside_attributes) if isinstance(found, Text)), None)


_Named = Attribute | Element


def _overlaps(members: Sequence[Sequence[_Named]]) -> Iterator[tuple[_Named, _Named, str]]:
    """Pairs from two different members that share a name, with the name."""
    by_name: dict[QName, tuple[int, _Named]] = {}
    open_: list[tuple[int, _Named]] = []
    for index, member in enumerate(members):
        for named in member:
            names = names_of(named.name)
            for other_index, other in open_ if names is not None else [*open_, *by_name.values()]:
                if other_index != index and _overlap(named.name, other.name):
                    yield other, named, _shared(named.name, other.name)
            for name in names or ():
                other_index, other = by_name.setdefault(name, (index, named))
                if other_index != index:
                    yield other, named, f"'{name.local}'"
            if names is None:
                open_.append((index, named))


_NO_LOCAL = "\0"
_NO_NAMESPACE = "\0"


def _overlap(first: NameClass, second: NameClass) -> bool:
    """Whether a name belongs to both. Of open ones it is enough to try a name for each thing that they distinguish."""
    for name_class, other in ((first, second), (second, first)):
        if (names := names_of(name_class)) is not None:
            return any(contains(other, name) for name in names)
    return any(contains(first, name) and contains(second, name) for name in (*_samples(first), *_samples(second)))


def _shared(first: NameClass, second: NameClass) -> str:
    """The names that the two have in common, in words."""
    for name_class, other in ((first, second), (second, first)):
        for name in names_of(name_class) or ():
            if contains(other, name):
                return f"'{name.local}'"
    return _described(first)


def _samples(name_class: NameClass) -> Iterator[QName]:
    for one in classes_in(name_class):
        match one:
            case Name():
                yield one.name
            case NsName():
                yield QName(one.namespace, _NO_LOCAL)
            case AnyName():
                yield QName(_NO_NAMESPACE, _NO_LOCAL)
