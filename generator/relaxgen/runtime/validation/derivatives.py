"""Derivatives of patterns (James Clark, «An algorithm for RELAX NG validation»).

The derivative of a pattern by a part of a document is what the rest of the document must match. Two things differ from
the paper. The derivative by a start tag is not one pattern of ``After``s but a table from the element patterns that the
tag can open to what follows each, so that the content of an element is judged without its surroundings and shared by
all places. And text is either the whole content of an element or attribute, where only the verdict matters (`accepts`),
or stands beside child elements, where only ``text`` can match it (`mixed`): section 7.2 allows nothing else.

Derivatives are remembered in the patterns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..datatypes import Namespaces
from ..xml.namespaces import BLANKS
from .patterns import (
    Attribute,
    Choice,
    Data,
    Element,
    Group,
    Interleave,
    Leaf,
    List,
    OneOrMore,
    Pattern,
    Patterns,
    Text,
    Value,
)

"""White space of XML; `str.strip` and `str.split` without argument take more."""

ANY = ""
"""In place of a name: every name."""

NO_NAMESPACES: Namespaces = {}

_NOTHING: dict[Element, Pattern] = {}


class Derivatives:
    __slots__ = ("patterns",)

    def __init__(self, patterns: Patterns) -> None:
        self.patterns = patterns

    def opened(self, pattern: Pattern, name: str) -> Mapping[Element, Pattern]:
        """The element patterns that a start tag can open here, each with what follows its end tag."""
        if pattern.opened is None:
            pattern.opened = {}
        found = pattern.opened.get(name)
        if found is None:
            found = pattern.opened[name] = self._open(pattern, name)
        return found

    def _open(self, pattern: Pattern, name: str) -> dict[Element, Pattern]:
        match pattern:
            case Element():
                return {pattern: self.patterns.empty} if name == ANY or name in pattern.name_class else _NOTHING
            case Choice():
                return self._merged(pair for member in pattern.members for pair in self.opened(member, name).items())
            case Group():
                return self._merged(self._open_group(pattern, name))
            case Interleave():
                return self._merged(self._open_interleave(pattern, name))
            case OneOrMore():
                return self._merged(
                    (element, self.patterns.group(rest, self.patterns.any_number(pattern.pattern)))
                    for element, rest in self.opened(pattern.pattern, name).items()
                )
            case _:
                return _NOTHING

    def _merged(self, pairs: Iterable[tuple[Element, Pattern]]) -> dict[Element, Pattern]:
        found: dict[Element, Pattern] = {}
        for element, rest in pairs:
            found[element] = self.patterns.choice((found[element], rest)) if element in found else rest
        return found or _NOTHING

    def _open_group(self, pattern: Pattern, name: str) -> Iterator[tuple[Element, Pattern]]:
        while isinstance(pattern, Group):
            for element, rest in self.opened(pattern.first, name).items():
                yield element, self.patterns.group(rest, pattern.rest)
            if not pattern.first.nullable:
                return
            pattern = pattern.rest
        yield from self.opened(pattern, name).items()

    def _open_interleave(self, pattern: Interleave, name: str) -> Iterator[tuple[Element, Pattern]]:
        for index, member in enumerate(pattern.members):
            # Most members have said long ago that it is not them: interleaves may be wide.
            found = None if member.opened is None else member.opened.get(name)
            for element, rest in (self.opened(member, name) if found is None else found).items():
                yield element, self.patterns.replaced(pattern, index, rest)

    def without_attribute(self, pattern: Pattern, matched: frozenset[Attribute]) -> Pattern:
        """The derivative by an attribute, given the attribute patterns that match its name and value."""
        if pattern.deprived is None:
            pattern.deprived = {}
        found = pattern.deprived.get(matched)
        if found is None:
            found = pattern.deprived[matched] = self._without(pattern, matched)
        return found

    def _without(self, pattern: Pattern, matched: frozenset[Attribute]) -> Pattern:
        if matched.isdisjoint(pattern.attributes):
            return self.patterns.not_allowed
        match pattern:
            case Attribute():
                return self.patterns.empty
            case Choice():
                return self.patterns.choice(self.without_attribute(member, matched) for member in pattern.members)
            case Group():
                return self.patterns.choice(self._without_in_group(pattern, matched))
            case Interleave():
                return self.patterns.choice(self._without_in_interleave(pattern, matched))
            case OneOrMore():
                rest = self.without_attribute(pattern.pattern, matched)
                return self.patterns.group(rest, self.patterns.any_number(pattern.pattern))
            case _:
                raise AssertionError(f"{type(pattern).__name__} holds no attributes")

    def _without_in_group(self, group: Pattern, matched: frozenset[Attribute]) -> Iterator[Pattern]:
        members = group_members(group)
        for index, member in enumerate(members):
            if not matched.isdisjoint(member.attributes):
                rest = self.without_attribute(member, matched)
                yield self.group((*members[:index], rest, *members[index + 1 :]))

    def _without_in_interleave(self, pattern: Interleave, matched: frozenset[Attribute]) -> Iterator[Pattern]:
        for index, member in enumerate(pattern.members):
            if not matched.isdisjoint(member.attributes):
                yield self.patterns.replaced(pattern, index, self.without_attribute(member, matched))

    def group(self, members: Iterable[Pattern]) -> Pattern:
        result = self.patterns.empty
        for member in reversed(list(members)):
            result = self.patterns.group(member, result)
        return result

    def closed(self, pattern: Pattern) -> Pattern:
        """The derivative by the end of a start tag: attributes that have not come are missing."""
        if pattern.closed is None:
            pattern.closed = self._close(pattern) if pattern.attributes else pattern
        return pattern.closed

    def _close(self, pattern: Pattern) -> Pattern:
        match pattern:
            case Choice():
                return self.patterns.choice(map(self.closed, pattern.members))
            case Group():
                return self.group(map(self.closed, group_members(pattern)))
            case Interleave():
                return self.patterns.interleave(map(self.closed, pattern.members))
            case OneOrMore():
                return self.patterns.one_or_more(self.closed(pattern.pattern))
            case _:
                return self.patterns.not_allowed

    def mixed(self, pattern: Pattern) -> Pattern:
        """The derivative by text that stands beside child elements."""
        if pattern.mixed is None:
            pattern.mixed = self._mix(pattern)
        return pattern.mixed

    def _mix(self, pattern: Pattern) -> Pattern:
        match pattern:
            case Text():
                return pattern
            case Choice():
                return self.patterns.choice(map(self.mixed, pattern.members))
            case Group():
                return self.patterns.choice(self._mix_group(pattern))
            case Interleave():
                return self.patterns.choice(
                    self.patterns.replaced(pattern, index, self.mixed(member))
                    for index, member in enumerate(pattern.members)
                )
            case OneOrMore():
                rest = self.mixed(pattern.pattern)
                return self.patterns.group(rest, self.patterns.any_number(pattern.pattern))
            case _:
                return self.patterns.not_allowed

    def _mix_group(self, pattern: Pattern) -> Iterator[Pattern]:
        while isinstance(pattern, Group):
            yield self.patterns.group(self.mixed(pattern.first), pattern.rest)
            if not pattern.first.nullable:
                return
            pattern = pattern.rest
        yield self.mixed(pattern)

    def accepts(self, pattern: Pattern, text: str, namespaces: Namespaces = NO_NAMESPACES) -> bool:
        """Whether an element or attribute with no content but this text matches (weak matching, section 9.3)."""
        return (pattern.nullable and not text.strip(BLANKS)) or self._takes(pattern, text, namespaces)

    def _takes(self, pattern: Pattern, text: str, namespaces: Namespaces) -> bool:
        match pattern:
            case Text():
                return True
            case Value():
                return _means(pattern, text, namespaces)
            case Data():
                return pattern.datatype.allows(text, namespaces) and (
                    pattern.except_ is None or not self.accepts(pattern.except_, text, namespaces)
                )
            case List():
                return self._takes_list(pattern.pattern, text, namespaces)
            case Choice():
                return any(self._takes(member, text, namespaces) for member in pattern.members)
            case Group():
                return self._takes_beside(group_members(pattern), text, namespaces)
            case Interleave():
                return self._takes_beside(pattern.members, text, namespaces)
            case OneOrMore():
                return self._takes(pattern.pattern, text, namespaces)
            case _:
                return False

    def _takes_beside(self, members: tuple[Pattern, ...], text: str, namespaces: Namespaces) -> bool:
        """One member takes the text, all others nothing."""
        demanding = [member for member in members if not member.nullable]
        if len(demanding) > 1:
            return False
        return any(self._takes(member, text, namespaces) for member in demanding or members)

    def _takes_list(self, pattern: Pattern, text: str, namespaces: Namespaces) -> bool:
        for token in text.translate(_ONLY_SPACES).split(" "):
            if token:
                pattern = self._after_token(pattern, token, namespaces)
                if pattern is self.patterns.not_allowed:
                    return False
        return pattern.nullable

    def _after_token(self, pattern: Pattern, token: str, namespaces: Namespaces) -> Pattern:
        match pattern:
            case Leaf():
                return self.patterns.empty if self._takes(pattern, token, namespaces) else self.patterns.not_allowed
            case Choice():
                return self.patterns.choice(self._after_token(member, token, namespaces) for member in pattern.members)
            case Group():
                return self.patterns.choice(self._after_token_of_group(pattern, token, namespaces))
            case OneOrMore():
                rest = self._after_token(pattern.pattern, token, namespaces)
                return self.patterns.group(rest, self.patterns.any_number(pattern.pattern))
            case _:
                return self.patterns.not_allowed

    def _after_token_of_group(self, pattern: Pattern, token: str, namespaces: Namespaces) -> Iterator[Pattern]:
        while isinstance(pattern, Group):
            yield self.patterns.group(self._after_token(pattern.first, token, namespaces), pattern.rest)
            if not pattern.first.nullable:
                return
            pattern = pattern.rest
        yield self._after_token(pattern, token, namespaces)


def _means(pattern: Value, text: str, namespaces: Namespaces) -> bool:
    try:
        return bool(pattern.datatype.value(text, namespaces) == pattern.value)
    except ValueError:
        return False


_ONLY_SPACES = str.maketrans(BLANKS, " " * len(BLANKS))


def group_members(pattern: Pattern) -> tuple[Pattern, ...]:
    """The members of nested groups, flat."""
    members = []
    while isinstance(pattern, Group):
        members.append(pattern.first)
        pattern = pattern.rest
    return (*members, pattern)


def elements_in(pattern: Pattern) -> tuple[Element, ...]:
    """The element patterns inside, in the order of the schema; not those inside child elements."""
    if pattern.children is None:
        if isinstance(pattern, Element):
            pattern.children = (pattern,)
        else:
            found = dict.fromkeys(element for part in _flat(pattern) for element in elements_in(part))
            pattern.children = tuple(sorted(found, key=lambda element: element.number))
    return pattern.children


def leaves_in(pattern: Pattern) -> tuple[Leaf, ...]:
    """The patterns for text inside that say which text; not those inside attributes and child elements."""
    if pattern.leaves is None:
        if isinstance(pattern, Leaf):
            pattern.leaves = (pattern,)
        else:
            found = dict.fromkeys(leaf for part in _flat(pattern) for leaf in leaves_in(part))
            pattern.leaves = tuple(sorted(found, key=lambda leaf: leaf.number))
    return pattern.leaves


def _flat(pattern: Pattern) -> tuple[Pattern, ...]:
    return group_members(pattern) if isinstance(pattern, Group) else pattern.parts()
