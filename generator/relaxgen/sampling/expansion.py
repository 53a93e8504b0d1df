"""Makes a sample from patterns. A `Chooser` decides about alternatives, repetitions, texts, names and order.

The content of an element is a coroutine that requests the elements in it. They are expanded depth first on an explicit
stack, because documents may be deeper than Python's own stack.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..diagnostics.errors import Diagnostic, SchemaError
from ..diagnostics.locations import SourceLocation
from ..relaxng.name_class import NameClass, QName
from ..relaxng.pattern import (
    Attribute,
    Choice,
    Data,
    Element,
    Empty,
    Group,
    Interleave,
    List,
    OneOrMore,
    Pattern,
    Text,
    Value,
)
from ..relaxng.simplified_form import SimplifiedForm
from ..runtime.markup import XML_NAMESPACE
from .datatype_texts import value_text
from .routes import Route
from .sample_element import Content, SampleElement
from .sample_names import sample_name

MAXIMUM_STEPS = 3_000_000
"""The largest number of patterns that one sample may lead through."""

_XML_ID = QName(XML_NAMESPACE, "id")
_FIRST_ID = "id1"


class NoSample(SchemaError):
    """The schema allows no document, or none that is small enough."""

    def __init__(self, location: SourceLocation, message: str) -> None:
        super().__init__(Diagnostic(location, message))


class Chooser(Protocol):
    def alternative(self, choice: Choice, in_list: bool) -> Pattern: ...

    def is_repeated(self, pattern: OneOrMore, count: int) -> bool:
        """Whether to repeat the pattern after `count` times."""
        ...

    def text(self, leaf: Text | Data | Value, in_list: bool) -> str: ...

    def name(self, name_class: NameClass, taken: Iterable[QName]) -> QName: ...

    def mingled(self, parts: Sequence[Sequence[Item]]) -> Sequence[Item]:
        """The items of an interleave's members in one order."""
        ...

    def entered(self, pattern: Element | Attribute) -> None: ...

    def left(self, pattern: Element | Attribute) -> None: ...


@dataclass(frozen=True, slots=True)
class _AttributeItem:
    name: QName
    value: str


@dataclass(frozen=True, slots=True)
class _TextItem:
    text: str


Item = SampleElement | _AttributeItem | _TextItem


@dataclass(frozen=True, slots=True)
class _Request:
    """A request of a content for one of its elements."""

    element: Element
    is_on_route: bool


_Steps = Generator[_Request, SampleElement, list[Item]]
_Building = Generator[_Request, SampleElement, Content]


@dataclass(frozen=True, slots=True)
class _Way:
    """A route, and the next step on it."""

    route: Route
    step: int = 0


class Expansion:
    """One sample. The first of ``routes`` leads through the content of the outermost element, the second through the
    content of the element that the first leads to, and so on. ``instead`` replaces the element at the end."""

    def __init__(
        self,
        form: SimplifiedForm,
        chooser: Chooser,
        routes: Sequence[Route] = (),
        instead: SampleElement | None = None,
    ) -> None:
        self._form = form
        self._chooser = chooser
        self._routes = routes
        self._instead = instead
        self._steps = 0
        self._ids = 0
        self._prefixes: dict[str, str] = {}

    def content(self, pattern: Pattern) -> Content:
        return self._run(_Frame(None, self._building(pattern, 0 if self._routes else None), 0))

    def element(self, element: Element) -> SampleElement:
        content = self._run(self._frame(_Request(element, bool(self._routes)), 0))
        return self._made(element, content)

    # Elements in elements

    def _frame(self, request: _Request, depth: int) -> _Frame:
        self._chooser.entered(request.element)
        route = depth if request.is_on_route and depth < len(self._routes) else None
        return _Frame(request.element, self._building(self._form.content(request.element), route), depth)

    def _run(self, outermost: _Frame) -> Content:
        stack, answer = [outermost], None
        while True:
            frame = stack[-1]
            try:
                request = next(frame.building) if answer is None else frame.building.send(answer)
            except StopIteration as end:
                content: Content = end.value
                stack.pop()
                if frame.element is not None:
                    self._chooser.left(frame.element)
                if not stack:
                    return content
                assert frame.element is not None, "only the outermost content may stand alone"
                answer = self._made(frame.element, content)
                continue
            if request.is_on_route and self._instead is not None and frame.depth + 1 >= len(self._routes):
                answer = self._instead
            else:
                stack.append(self._frame(request, frame.depth + 1))
                answer = None

    def _made(self, element: Element, content: Content) -> SampleElement:
        return content.of(self._chooser.name(element.name, ()))

    # Contents

    def _building(self, pattern: Pattern, route: int | None) -> _Building:
        inside = _Inside()
        way = None if route is None else _Way(self._routes[route])
        items = yield from self._content(pattern, inside, way)
        attributes = tuple((item.name, item.value) for item in items if isinstance(item, _AttributeItem))
        return Content(attributes, tuple(_joined(items)), tuple(inside.declarations.items()))

    def _content(self, pattern: Pattern, inside: _Inside, way: _Way | None, in_list: bool = False) -> _Steps:
        self._steps += 1
        if self._steps > MAXIMUM_STEPS:
            raise NoSample(pattern.location, "a sample of this leads through too many patterns")
        if way is not None:
            way = _Way(way.route, way.route.next_step(pattern, way.step))
        if way is not None and way.route.is_at_end(way.step) and not isinstance(pattern, Element):
            way = None
        match pattern:
            case Empty():
                return []
            case Text() | Data() | Value():
                return self._text(pattern, inside, in_list)
            case Element():
                return [(yield _Request(pattern, way is not None))]
            case Attribute():
                return [(yield from self._attribute(pattern, inside, way))]
            case List():
                tokens = yield from self._content(pattern.pattern, inside, way, in_list=True)
                return [_TextItem(" ".join(token.text for token in tokens if isinstance(token, _TextItem)))]
            case Choice():
                chosen = (
                    self._chooser.alternative(pattern, in_list)
                    if way is None
                    else pattern.patterns[way.route.member(pattern, way.step)]
                )
                return (yield from self._content(chosen, inside, way, in_list))
            case Group() | Interleave():
                return (yield from self._members(pattern, inside, way, in_list))
            case OneOrMore():
                return (yield from self._repeated(pattern, inside, way, in_list))
            case _:
                raise AssertionError(f"{type(pattern).__name__} costs too much to be chosen")

    def _members(self, pattern: Group | Interleave, inside: _Inside, way: _Way | None, in_list: bool) -> _Steps:
        on_route = None if way is None else way.route.member(pattern, way.step)
        parts: list[list[Item]] = []
        for index, member in enumerate(pattern.patterns):
            parts.append((yield from self._content(member, inside, way if index == on_route else None, in_list)))
        if isinstance(pattern, Interleave):
            return list(self._chooser.mingled(parts))
        return [item for part in parts for item in part]

    def _repeated(self, pattern: OneOrMore, inside: _Inside, way: _Way | None, in_list: bool) -> _Steps:
        items = yield from self._content(pattern.pattern, inside, way, in_list)
        count = 1
        while self._chooser.is_repeated(pattern, count):
            items.extend((yield from self._content(pattern.pattern, inside, None, in_list)))
            count += 1
        return items

    def _attribute(
        self, attribute: Attribute, inside: _Inside, way: _Way | None
    ) -> Generator[_Request, SampleElement, _AttributeItem]:
        name = self._chooser.name(attribute.name, inside.names)
        inside.names.add(name)
        self._chooser.entered(attribute)
        items = yield from self._content(attribute.pattern, inside, way)
        self._chooser.left(attribute)
        value = "".join(item.text for item in items if isinstance(item, _TextItem))
        if name == _XML_ID and isinstance(attribute.pattern, Text):
            value = self._identifier("ID")  # parsers report any other value (xml:id, section 4)
        return _AttributeItem(name, value)

    def _text(self, leaf: Text | Data | Value, inside: _Inside, in_list: bool) -> list[Item]:
        text = self._chooser.text(leaf, in_list)
        if isinstance(leaf, Value) and leaf.datatype.is_of_qualified_names:
            text = self._qualified(leaf, inside)
        elif isinstance(leaf, Data) and leaf.datatype.type in ("ID", "IDREF") and not leaf.params and not leaf.except_:
            text = self._identifier(leaf.datatype.type)
        return [_TextItem(text)]

    def _identifier(self, type_: str) -> str:
        """IDs are unique within a document, and references lead to the first."""
        if type_ == "IDREF":
            return _FIRST_ID
        self._ids += 1
        return f"id{self._ids}"

    def _qualified(self, value: Value, inside: _Inside) -> str:
        """With a generated prefix, which the element around declares."""
        prefix, _, local = value_text(value).rpartition(":")
        namespace = value.namespaces.get(prefix, "") if prefix else value.ns
        if prefix == "xml" or namespace == XML_NAMESPACE:
            return f"xml:{local}"
        if not namespace:
            inside.declarations[""] = ""
            return local
        prefix = self._prefixes.setdefault(namespace, f"q{len(self._prefixes) + 1}")
        inside.declarations[prefix] = namespace
        return f"{prefix}:{local}"


class _Inside:
    """The state that the parts of one element's content share."""

    __slots__ = ("declarations", "names")

    def __init__(self) -> None:
        self.names: set[QName] = set()
        self.declarations: dict[str, str] = {}


@dataclass(slots=True)
class _Frame:
    element: Element | None
    building: _Building
    depth: int


def _joined(items: Iterable[Item]) -> list[SampleElement | str]:
    """Children, with adjacent texts joined."""
    children: list[SampleElement | str] = []
    for item in items:
        if isinstance(item, _TextItem) and item.text:
            if children and isinstance(children[-1], str):
                children[-1] += item.text
            else:
                children.append(item.text)
        elif isinstance(item, SampleElement):
            children.append(item)
    return children


def some_name(name_class: NameClass, taken: Iterable[QName]) -> QName:
    name = sample_name(name_class, frozenset(taken))
    assert name is not None, "a pattern without names costs too much to be chosen"
    return name
