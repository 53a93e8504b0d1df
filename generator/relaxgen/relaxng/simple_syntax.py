"""The simplified form of a schema as a tree in its simple syntax (specification section 5).

Each element pattern is a definition of its own, and every reference leads to one. Choices, groups and interleaves have
as many members as they need, not two each: so does Jing write them, and people read them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, count

from ..diagnostics.errors import Diagnostic, SchemaError
from .name_class import AnyName, Name, NameChoice, NameClass, NsName, QName, names_of
from .pattern import (
    Attribute,
    Choice,
    Data,
    DatatypeName,
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
from .schema import Schema
from .schema_document import Layout, XmlDocument, XmlElement
from .simplified_form import SimplifiedForm, parts
from .syntax import RELAX_NG

MOST_ELEMENTS = 500_000
"""Definitions are replaced by what they hold wherever they are named, which can double the form with every step."""


def simple_document(schema: Schema, form: SimplifiedForm) -> XmlDocument:
    """Raises:
    SchemaError: the form is too large.
    """
    return _Builder(schema, form).build()


class _Builder:
    def __init__(self, schema: Schema, form: SimplifiedForm) -> None:
        self._schema = schema
        self._form = form
        self._count = 0
        self._names: dict[int, str] = {}
        self._taken: set[str] = set()
        self._namespaces: dict[str | None, str] = {}
        self._used: dict[str, None] = {}

    def build(self) -> XmlDocument:
        elements = list(self._form.elements())
        for element in elements:
            self._names[id(element)] = self._free_name(element)
        root = self._make("grammar", children=[self._make("start", children=[self._pattern(self._form.start)])])
        for element in elements:
            children = [self._name_class(element.name), self._pattern(self._form.content(element))]
            inner = self._make("element", children=children)
            root.children.append(self._make("define", {"name": self._names[id(element)]}, [inner]))
        declared = {prefix: uri for prefix, uri in self._namespaces.items() if prefix and prefix != "xml"}
        for uri, prefix in self._schema.prefixes.items():
            if uri in self._used and prefix not in declared and uri not in declared.values():
                declared[prefix] = uri
        assert root.layout is not None  # it has just been made with it
        root.layout.declared = {"": RELAX_NG, **declared}
        return XmlDocument(b"", root, self._count, {})

    def _free_name(self, element: Element) -> str:
        names = names_of(element.name)
        stem = names[0].local if names else "any"
        candidates = chain((stem,), (f"{stem}-{number}" for number in count(2)))
        name = next(candidate for candidate in candidates if candidate not in self._taken)
        self._taken.add(name)
        return name

    def _make(
        self, local: str, attributes: dict[str, str] | None = None, children: Iterable[XmlElement] = (), text: str = ""
    ) -> XmlElement:
        self._count += 1
        if self._count > MOST_ELEMENTS:
            message = f"the simple form has more than {MOST_ELEMENTS:,} elements"
            raise SchemaError(Diagnostic(self._schema.location, message))
        element = XmlElement(RELAX_NG, local, 0, 0, self._count, self._namespaces, attributes or {}, text=text)
        element.children, element.layout = list(children), Layout(0, 0, chunks=[text])
        return element

    def _pattern(self, pattern: Pattern) -> XmlElement:
        match pattern:
            case Element():
                return self._make("ref", {"name": self._names[id(pattern)]})
            case Attribute():
                children = [self._name_class(pattern.name), self._pattern(pattern.pattern)]
                return self._make("attribute", children=children)
            case Value():
                self._namespaces.update((prefix, uri) for prefix, uri in pattern.namespaces.items() if prefix)
                attributes = {**_datatype(pattern.datatype), "ns": pattern.ns}
                return self._make("value", attributes, text=pattern.text)
            case Data():
                return self._data(pattern)
            case _:
                children = [self._pattern(part) for part in _empty_first(parts(pattern))]
                return self._make(_PLAIN[type(pattern)], children=children)

    def _data(self, data: Data) -> XmlElement:
        children = [self._make("param", {"name": param.name}, text=param.value) for param in data.params]
        if data.except_ is not None:
            children.append(self._make("except", children=[self._pattern(data.except_)]))
        return self._make("data", _datatype(data.datatype), children)

    def _name_class(self, name_class: NameClass) -> XmlElement:
        match name_class:
            case Name():
                return self._name(name_class.name)
            case NameChoice():
                return self._make("choice", children=map(self._name_class, name_class.choices))
            case NsName():
                self._used[name_class.namespace] = None
                return self._make("nsName", {"ns": name_class.namespace}, self._except(name_class.except_))
            case AnyName():
                return self._make("anyName", children=self._except(name_class.except_))

    def _name(self, name: QName) -> XmlElement:
        self._used[name.namespace] = None
        return self._make("name", {"ns": name.namespace}, text=name.local)

    def _except(self, except_: NameClass | None) -> list[XmlElement]:
        return [] if except_ is None else [self._make("except", children=[self._name_class(except_)])]


_PLAIN: dict[type[Pattern], str] = {
    Empty: "empty",
    Text: "text",
    NotAllowed: "notAllowed",
    Choice: "choice",
    Group: "group",
    Interleave: "interleave",
    OneOrMore: "oneOrMore",
    List: "list",
}
"""Patterns that have nothing but patterns inside."""


def _empty_first(patterns: Sequence[Pattern]) -> list[Pattern]:
    """Section 4.21."""
    return sorted(patterns, key=lambda pattern: not isinstance(pattern, Empty))


def _datatype(name: DatatypeName) -> dict[str, str]:
    return {"type": name.type, "datatypeLibrary": name.library}
