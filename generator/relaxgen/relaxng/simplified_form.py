"""Turns a `Schema` into the simplified form (specification sections 4.12 to 4.21), on which restrictions and validation
work.

Abbreviations are spelled out (4.12 to 4.15), references are replaced by their patterns (4.19), and ``notAllowed`` and
``empty`` are removed where they have no effect (4.20, 4.21). The classes of `pattern` serve here, too: `Empty`, `Text`,
`NotAllowed`, `Data`, `Value`, `List`, `Group`, `Interleave`, `Choice`, `OneOrMore`, `Element` and `Attribute` are left.
Groups stay n-ary, since nothing depends on it, and every pattern keeps its place.

An `Element` has its content as the author wrote it; `SimplifiedForm.content` returns it in this form, because elements
can contain each other. A definition with many references is one object. So the form is a graph, and code that visits it
must remember the visited patterns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import replace

from ..diagnostics.errors import Diagnostic, SchemaError
from .name_class import Name, QName
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
    ParentRef,
    Pattern,
    Ref,
    Text,
    Value,
    ZeroOrMore,
    bare_refs,
)
from .schema import Schema, SchemaDefine

MAXIMUM_DEPTH = 150
"""So deep may patterns be nested when references have been replaced; choices of choices count once. The reader allows
as much in one definition."""

MOST_MEMBERS = 20_000
"""So many members may a group or an interleave have when references have been replaced: definitions that refer to
each other twice double what they hold with every step."""


class SimplifiedForm:
    """Raises:
    SchemaError: definitions refer to each other so that patterns become too deep or too long.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._defines: dict[str, Pattern] = {}
        self._contents: dict[int, Pattern] = {}
        self._depths: dict[int, int] = {}
        self._reference_depths: dict[str, int] = {}
        for name in schema.defines:
            self._simplify_define(name)
        self.start = self.simplified(schema.start)

    @property
    def defines(self) -> Mapping[str, SchemaDefine]:
        return self._schema.defines

    @property
    def simplified_defines(self) -> Mapping[str, Pattern]:
        return self._defines

    def content(self, element: Element) -> Pattern:
        """The content of an element of this form."""
        content = self._contents.get(id(element))
        if content is None:
            content = self._contents[id(element)] = self.simplified(element.pattern)
        return content

    def of_content(self, pattern: Pattern) -> SimplifiedForm:
        """The form of the schema with the same definitions whose documents are one element with such a content."""
        form = copy(self)
        form._contents = dict(self._contents)
        form.start = Element(Name(QName("", "content")), pattern, location=pattern.location)
        return form

    def elements(self) -> Iterator[Element]:
        """Every element pattern once, those nearer to the start first."""
        waiting, seen = list(elements_in(self.start)), set[int]()
        for element in waiting:
            if id(element) not in seen:
                seen.add(id(element))
                yield element
                waiting.extend(inner for inner in elements_in(self.content(element)) if id(inner) not in seen)

    def simplified(self, pattern: Pattern) -> Pattern:
        """A pattern of the schema in this form."""
        match pattern:
            case Empty() | Text() | NotAllowed() | Value() | Element():
                return pattern
            case Ref():
                return self._defines[pattern.name]
            case Attribute() | List():
                content = self.simplified(pattern.pattern)
                return content if isinstance(content, NotAllowed) else replace(pattern, pattern=content)
            case Data():
                if pattern.except_ is None:
                    return pattern
                except_ = self.simplified(pattern.except_)
                return replace(pattern, except_=None if isinstance(except_, NotAllowed) else except_)
            case Group() | Interleave():
                return _all_of(pattern, map(self.simplified, pattern.patterns))
            case Choice():
                return _one_of(pattern, map(self.simplified, pattern.patterns))
            case OneOrMore():
                return _repeated(pattern, self.simplified(pattern.pattern))
            case Optional():
                return _one_of(pattern, (self.simplified(pattern.pattern), Empty(location=pattern.location)))
            case ZeroOrMore():
                repeated = _repeated(pattern, self.simplified(pattern.pattern))
                return _one_of(pattern, (repeated, Empty(location=pattern.location)))
            case Mixed():
                interleave = Interleave((), location=pattern.location, annotations=pattern.annotations)
                return _all_of(interleave, (self.simplified(pattern.pattern), Text(location=pattern.location)))
            case ParentRef() | ExternalRef() | NestedGrammar():
                raise AssertionError("the schema holds no such references")

    def _simplify_define(self, name: str) -> None:
        """Simplifies a definition after those that it refers to. There are no circles (section 4.19)."""
        waiting = [name]
        while waiting:
            name = waiting[-1]
            refs = bare_refs(self._schema.defines[name].pattern)
            missing = [ref.name for ref in refs if ref.name not in self._defines]
            if missing:
                waiting.extend(missing)
                continue
            waiting.pop()
            if name not in self._defines:
                self._defines[name] = self.simplified(self._schema.defines[name].pattern)
                self._check_depth(name)

    def _check_depth(self, name: str) -> None:
        define = self._schema.defines[name]
        around = (self._reference_depths.get(ref.name, 0) for ref in bare_refs(define.pattern))
        self._reference_depths[name] = 1 + max(around, default=0)
        if self._depth(self._defines[name]) > MAXIMUM_DEPTH:
            message = f"define {define.name!r} nests patterns more than {MAXIMUM_DEPTH} levels deep, by its references"
            raise SchemaError(Diagnostic(define.location, message))

    def check_chains(self) -> None:
        """Checks for stages that follow references by recursion. The form itself allows chains of any length.

        Raises:
            SchemaError: a definition leads through more than `MAXIMUM_DEPTH` others to its content.
        """
        for name, depth in self._reference_depths.items():
            if depth > MAXIMUM_DEPTH:
                define = self._schema.defines[name]
                message = f"define {define.name!r} leads through more than {MAXIMUM_DEPTH} definitions to its content"
                raise SchemaError(Diagnostic(define.location, message))

    def _depth(self, pattern: Pattern) -> int:
        found = self._depths.get(id(pattern))
        if found is None:
            found = self._depths[id(pattern)] = 1 + max(map(self._depth, parts(pattern)), default=0)
        return found


def _all_of(pattern: Group | Interleave, members: Iterable[Pattern]) -> Pattern:
    kept: list[Pattern] = []
    for member in members:
        if isinstance(member, NotAllowed):
            return member
        if isinstance(member, type(pattern)):
            kept.extend(member.patterns)
        elif not isinstance(member, Empty):
            kept.append(member)
        if len(kept) > MOST_MEMBERS:
            what = "group" if isinstance(pattern, Group) else "interleave"
            message = f"this {what} has more than {MOST_MEMBERS} members, by references to definitions"
            raise SchemaError(Diagnostic(pattern.location, message))
    if len(kept) < 2:
        return kept[0] if kept else Empty(location=pattern.location)
    return replace(pattern, patterns=tuple(kept))


def _one_of(pattern: Choice | Optional | ZeroOrMore, members: Iterable[Pattern]) -> Pattern:
    found: list[Pattern] = []
    for member in members:
        if isinstance(member, Choice):
            found.extend(member.patterns)
        elif not isinstance(member, NotAllowed):
            found.append(member)
    kept = list({id(member): member for member in found}.values())
    if all(isinstance(member, Empty) for member in kept):
        kept = kept[:1]
    if len(kept) < 2:
        return kept[0] if kept else NotAllowed(location=pattern.location)
    return Choice(tuple(kept), location=pattern.location, annotations=pattern.annotations)


def _repeated(pattern: OneOrMore | ZeroOrMore, content: Pattern) -> Pattern:
    if isinstance(content, (Empty, NotAllowed)):
        return content
    return OneOrMore(content, location=pattern.location, annotations=pattern.annotations)


def parts(pattern: Pattern) -> tuple[Pattern, ...]:
    """The patterns directly inside a pattern of the simplified form, but for the content of an element."""
    match pattern:
        case Group() | Interleave() | Choice():
            return pattern.patterns
        case OneOrMore() | Attribute() | List():
            return (pattern.pattern,)
        case Data():
            return () if pattern.except_ is None else (pattern.except_,)
        case _:
            return ()


def elements_in(pattern: Pattern) -> list[Element]:
    """The elements inside, each once, in order; not those inside them."""
    return [found for found in walk(pattern) if isinstance(found, Element)]


def walk(pattern: Pattern, inside: Callable[[Pattern], tuple[Pattern, ...]] = parts) -> Iterator[Pattern]:
    """The pattern and all inside it, each once, in order, as far as `inside` leads."""
    waiting, seen = [pattern], set[int]()
    while waiting:
        found = waiting.pop()
        if id(found) not in seen:
            seen.add(id(found))
            yield found
            waiting.extend(reversed(inside(found)))
