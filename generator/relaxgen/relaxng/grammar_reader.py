"""Reads RELAX NG's XML syntax, or the tree of the compact syntax, into a `Grammar`.

This module resolves what depends on the context alone (sections 4.1 to 4.10): it separates annotations, trims white
space, inherits ``ns`` and ``datatypeLibrary``, turns names into name classes, and reads the files of ``include`` and
``externalRef``. `simplification` resolves what needs other definitions. Every error is reported with its place; after
an error, `NotAllowed` replaces the pattern, and reading continues.

The grammar (specification section 3; ``ns``, ``datatypeLibrary`` and foreign attributes are allowed on every element,
foreign elements in all but ``value``, ``param`` and ``name``):

    pattern   ::= element  [name="QName" | nameClass] pattern+
                | attribute [name="QName" | nameClass] [pattern]
                | group pattern+  | interleave pattern+ | choice pattern+
                | optional pattern+ | zeroOrMore pattern+ | oneOrMore pattern+
                | list pattern+ | mixed pattern+
                | ref name="NCName" | parentRef name="NCName"
                | empty | text | notAllowed
                | value [type="NCName"] string
                | data type="NCName" param* [except pattern+]
                | externalRef href="anyURI"
                | grammar component*
    param     ::= param name="NCName" string
    component ::= start [combine] pattern | define name="NCName" [combine] pattern+ | div component*
                | include href="anyURI" (start | define | div)*
    nameClass ::= name QName | anyName [except nameClass+] | nsName [except nameClass+] | choice nameClass+
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from inspect import cleandoc
from pathlib import Path
from typing import TypedDict

from ..diagnostics.errors import Diagnostics, did_you_mean
from ..diagnostics.locations import SourceLocation
from ..runtime.faults import UNKNOWN_PLACE, Place
from ..runtime.markup import XML_NAMESPACE
from .catalog import Catalogs, shown_path
from .loading import on_standard_input, parse_schema, read_document
from .name_class import AnyName, Name, NameChoice, NameClass, NsName, QName, classes_in
from .pattern import (
    NO_ANNOTATIONS,
    Annotations,
    Attribute,
    Choice,
    Combine,
    Component,
    Data,
    DatatypeName,
    Define,
    Div,
    Element,
    Empty,
    ExternalRef,
    Grammar,
    Group,
    Include,
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
    Start,
    Text,
    Value,
    ZeroOrMore,
)
from .schema_document import BLANKS, UnreadableDocument, XmlDocument, XmlElement
from .schematron import NOT_CHECKED, EmbeddedRules, embedded_rules, text_of_rules
from .syntax import (
    ANNOTATIONS,
    COMPONENTS,
    INHERITED,
    NAME_CLASSES,
    RELAX_NG,
    REQUIRED_ATTRIBUTES,
    TEXT_ELEMENTS,
    XMLNS,
    UnusableAddress,
    absolute_uri,
    allowed_attributes,
    base_of_file,
    base_path,
    fault_of_datatype_library,
    is_ncname,
    local_path,
)

MAXIMUM_DEPTH = 150
"""Elements of a schema within each other, counted across files. Real schemas stay below 40; everything that follows
walks patterns recursively."""

MAXIMUM_ELEMENTS = 500_000
"""Elements of a schema with all that it includes, counted each time they are: files that include one another twice
would grow exponentially otherwise."""

MAXIMUM_INCLUSIONS = 10_000
"""Files that are included or referred to, counted each time: 17 files that refer to the next one twice would be read
131,070 times."""

_DOCUMENTATION = QName(ANNOTATIONS, "documentation")
_NAMES_ARE = "a letter or '_' comes first, then letters, digits, '.', '-', '_'"
_XML_BASE = QName(XML_NAMESPACE, "base")
_XML_SCHEMA = (
    "this is a W3C XML Schema, not RELAX NG; the Multi-Schema Validator's rngconv converts it: "
    "java -jar rngconv.jar SCHEMA.xsd > SCHEMA.rng (trang writes XML Schema, but does not read it)"
)


def read_grammar(path: Path | str, diagnostics: Diagnostics | None = None) -> Grammar:
    """Reads a schema, in XML or in the compact syntax, and every file that it names.

    Raises:
        SchemaError: with everything that is wrong in any of them.
    """
    reader = _Reader(Diagnostics() if diagnostics is None else diagnostics)
    data = on_standard_input(str(path))
    return reader.finish(reader.read_file(str(path)) if data is None else reader.read_bytes(data, str(path)))


def read_grammar_text(data: bytes, path: str = "schema.rng", diagnostics: Diagnostics | None = None) -> Grammar:
    """Does the same for a schema in memory. `path` is used in messages, and includes are relative to it.

    Raises:
        SchemaError: the schema has errors; the error has all of them.
    """
    reader = _Reader(Diagnostics() if diagnostics is None else diagnostics)
    return reader.finish(reader.read_bytes(data, path))


def read_file_alone(data: bytes, path: str) -> Grammar:
    """Reads one file without the files that it includes.

    Raises:
        SchemaError: with everything that is wrong with it.
    """
    reader = _Reader(Diagnostics(), opens_files=False)
    return reader.finish(reader.read_bytes(data, path))


class _Where(TypedDict):
    location: SourceLocation
    annotations: Annotations


@dataclass(frozen=True, slots=True)
class _Context:
    """The context of an element: from its ancestors, and from the elements through which its file was included.

    ``base`` is what an ``href`` is relative to: the file's own path, unless ``xml:base`` names another, or a URI.
    ``files`` are the real paths of the files that are being read, the outermost first.
    """

    document: XmlDocument
    path: str
    base: str
    files: tuple[str, ...]
    included_from: SourceLocation | None = None
    ns: str = ""
    datatype_library: str = ""
    outer_ns: str = ""
    """The namespace that the file inherits."""

    def place(self, at: XmlElement | Place | UnreadableDocument) -> SourceLocation:
        return SourceLocation(self.path, at.line, at.column, self.included_from)


class _Reader:
    def __init__(self, diagnostics: Diagnostics, *, opens_files: bool = True) -> None:
        self._diagnostics = diagnostics
        self._opens_files = opens_files
        self._catalogs = Catalogs(diagnostics)
        self._errors_before = len(diagnostics.errors)
        self._documents: dict[str, XmlDocument | UnreadableDocument] = {}
        self._reported: set[tuple[str, int, int, str]] = set()
        self._elements = 0
        self._inclusions = 0
        self._depth = 0
        self._rules: dict[str, tuple[EmbeddedRules, ...]] = {}
        self._compact_files: set[str] = set()

    def finish(self, grammar: Grammar | None) -> Grammar:
        self._diagnostics.raise_errors(after=self._errors_before)
        assert grammar is not None  # where there is no grammar, an error says why
        rules = tuple(one for rules in self._rules.values() for one in rules)
        return replace(
            grammar,
            prefixes=self._prefixes(),
            catalogs=self._catalogs.files,
            rules=rules,
            compact_files=frozenset(self._compact_files),
        )

    def _prefixes(self) -> dict[str, str]:
        prefixes: dict[str, str] = {}
        for document in self._documents.values():
            if isinstance(document, XmlDocument):
                prefixes |= {uri: prefix for uri, prefix in document.prefixes.items() if uri not in prefixes}
        return prefixes

    # Files

    def read_file(self, path: str) -> Grammar | None:
        if "\0" in path or not Path(path).exists():
            self._report(SourceLocation(path), f"no such file{_missing(path)}")
            return None
        return self._read_root(path, self._document(path))

    def read_bytes(self, data: bytes, path: str) -> Grammar | None:
        document = self._documents[os.path.realpath(path)] = _tree(path, data)
        return self._read_root(path, document)

    def _read_root(self, path: str, document: XmlDocument | UnreadableDocument) -> Grammar | None:
        if isinstance(document, UnreadableDocument):
            place = SourceLocation(path, document.line, document.column)
            self._report(place, document.message)
            return None
        context = _Context(document, path, base_of_file(path), (os.path.realpath(path),))
        self._enter_file(context)
        if not self._is_relax_ng(context):
            return None
        self._elements = document.count
        if document.root.local == "grammar":
            return self._grammar(document.root, self._enter(document.root, context))
        start = Start(self._pattern(document.root, context), location=context.place(document.root))
        return Grammar((start,), location=start.location)

    def _document(self, path: str) -> XmlDocument | UnreadableDocument:
        key = os.path.realpath(path)
        if key not in self._documents:
            self._documents[key] = _tree(path)
        return self._documents[key]

    def _is_relax_ng(self, context: _Context) -> bool:
        root = context.document.root
        if root.namespace != RELAX_NG:
            self._error(root, context, _foreign_root(root), section="3")
        return root.namespace == RELAX_NG

    def _open(self, node: XmlElement, context: _Context) -> _Context | None:
        """The context inside the file that ``href`` names (sections 4.5 to 4.7)."""
        href = node.attributes.get("href")
        if href is None or not self._opens_files:
            return None
        try:
            path = self._path(href, context.base)
        except UnusableAddress as unusable:
            self._error(node, context, str(unusable), section="4.5", attribute="href")
            return None
        real = os.path.realpath(path)
        if real in context.files:
            section = "4.6" if node.local == "externalRef" else "4.7"
            message = f"'{href}' is being read already: files must not include themselves"
            self._error(node, context, message, section=section, attribute="href")
            return None
        if not Path(path).exists():
            message = f"{path!r} does not exist{_missing(path)}"
            self._error(node, context, message, section="4.5", attribute="href")
            return None
        return self._opened(node, context, path, real)

    def _path(self, href: str, base: str) -> str:
        """Raises:
        UnusableAddress: neither is the reference one of a local file, nor do catalogs name one for it.
        """
        uri = absolute_uri(href, base)
        found = self._catalogs.find(uri) if uri else None
        try:
            return local_path(href, base) if found is None else shown_path(found)
        except UnusableAddress as unusable:
            if not uri:
                raise
            raise UnusableAddress(f"{unusable}; {self._advice(uri, found)}") from None

    def _advice(self, uri: str, found: str | None) -> str:
        if found is not None:
            return f"a catalog maps {uri!r} to it"
        if not self._catalogs.files:
            return "an XML catalog can name a local copy: --catalog FILE"
        return self._catalogs.why_not(uri)

    def _opened(self, node: XmlElement, context: _Context, path: str, real: str) -> _Context | None:
        document, origin = self._document(path), context.place(node)
        if isinstance(document, UnreadableDocument):
            place = SourceLocation(path, document.line, document.column, origin)
            self._report(place, document.message)
            return None
        self._inclusions += 1
        if self._inclusions > MAXIMUM_INCLUSIONS:
            if self._inclusions == MAXIMUM_INCLUSIONS + 1:
                self._error(node, context, f"the schema reads files more than {MAXIMUM_INCLUSIONS:,} times")
            return None
        self._elements += document.count
        if self._elements > MAXIMUM_ELEMENTS:
            self._error(node, context, f"the schema with its inclusions has more than {MAXIMUM_ELEMENTS:,} elements")
            return None
        inner = _Context(
            document, path, base_of_file(path), (*context.files, real), origin, context.ns, outer_ns=context.ns
        )
        self._enter_file(inner)
        return inner if self._is_relax_ng(inner) else None

    def _enter_file(self, context: _Context) -> None:
        if context.document.is_compact:
            self._compact_files.add(context.path)
        for place, message in context.document.errors:
            self._report(context.place(place), message)
        if context.files[-1] not in self._rules:
            rules = embedded_rules(context.document.root)
            found = tuple(EmbeddedRules(text_of_rules(one), context.place(one)) for one in rules)
            if found and not any(self._rules.values()):
                self._diagnostics.warning(found[0].location, NOT_CHECKED)
            self._rules[context.files[-1]] = found

    # Reports

    def _error(
        self,
        node: XmlElement,
        context: _Context,
        message: str,
        *,
        section: str = "",
        attribute: str | QName | None = None,
        text: bool = False,
    ) -> None:
        """At the element, or at one of its attributes, or at its text."""
        place = UNKNOWN_PLACE
        if attribute is not None:
            place = context.document.attribute_place(node, attribute)
        elif text:
            place = context.document.text_place(node)
        # In a file with entities only elements have a place.
        self._report(context.place(place if place.line else node), message, section)

    def _report(self, location: SourceLocation, message: str, section: str = "") -> None:
        """A file included twice has its mistakes once."""
        key = (*location.position, message)
        if key not in self._reported:
            self._reported.add(key)
            self._diagnostics.error(location, message, section=section)

    def _where(self, node: XmlElement, context: _Context) -> _Where:
        return {"location": context.place(node), "annotations": self._annotations(node, context)}

    def _annotations(self, node: XmlElement, context: _Context) -> Annotations:
        documentation = _documentation_in(node).get(node.ordinal, "") if node.children else ""
        return self._annotated(node, documentation, context)

    def _annotated(self, node: XmlElement, documentation: str, context: _Context) -> Annotations:
        if not node.foreign and not documentation:
            return NO_ANNOTATIONS
        found = context.document.annotation_places(node)
        places = {name: context.place(place) for name, place in found.items()}
        return Annotations(node.foreign, documentation, places)

    # What all elements have in common

    def _enter(self, node: XmlElement, context: _Context) -> _Context:
        """Checks the element's attributes and text; gives the context inside it."""
        self._check_attributes(node, context)
        if node.local in TEXT_ELEMENTS:
            for child in node.children:
                message = f"<{node.local}> contains only text, <{child.local}> is not allowed in it"
                self._error(child, context, message, section="3")
        elif node.text and node.text.strip(BLANKS):
            self._error(node, context, f"text is not allowed in <{node.local}>", section="4.2", text=True)
        if "ns" in node.attributes:
            ns = node.attributes["ns"]
            context = replace(context, ns=context.outer_ns if ns == INHERITED else ns)
        if "datatypeLibrary" in node.attributes:
            context = replace(context, datatype_library=self._datatype_library(node, context))
        if _XML_BASE in node.foreign:
            context = replace(context, base=base_path(node.foreign[_XML_BASE], context.base))
        return context

    def _check_attributes(self, node: XmlElement, context: _Context) -> None:
        allowed = allowed_attributes(node.local)
        for name in node.attributes:
            if name not in allowed:
                message = f"attribute '{name}' is not allowed on <{node.local}>{did_you_mean(name, allowed)}"
                self._error(node, context, message, section="3", attribute=name)
        for name in REQUIRED_ATTRIBUTES.get(node.local, ()):
            if name not in node.attributes:
                self._error(node, context, f"<{node.local}> needs the attribute '{name}'", section="3")
        for qualified in node.foreign:
            if qualified.namespace == RELAX_NG:
                message = f"attribute '{qualified.local}' must have no prefix: RELAX NG's are in no namespace"
                self._error(node, context, message, section="3", attribute=qualified)

    def _datatype_library(self, node: XmlElement, context: _Context) -> str:
        uri = node.attributes["datatypeLibrary"]
        fault = fault_of_datatype_library(uri)
        if fault is not None:
            self._error(node, context, fault, section="4.3", attribute="datatypeLibrary")
        return uri

    def _descend(self, node: XmlElement, context: _Context) -> bool:
        """Enters a level, which the caller leaves again. False if the level is too deep."""
        self._depth += 1
        if self._depth > MAXIMUM_DEPTH:
            message = f"patterns nest deeper than {MAXIMUM_DEPTH} levels, included files counted in"
            self._report(context.place(node), message)
        return self._depth <= MAXIMUM_DEPTH

    def _misplaced(self, node: XmlElement, parent: XmlElement, context: _Context, known: Iterable[str]) -> None:
        """Reports an element of RELAX NG's namespace that is not allowed here."""
        if node.local in _ELEMENTS:
            message = f"<{node.local}> is not allowed in <{parent.local}>"
            if parent.local == "grammar" and node.local in _PATTERNS:
                message += ": a pattern belongs into <start> or <define>"
            if node.local == "include" and parent.local in ("include", "div"):
                message = "<include> is not allowed in another <include>"
        else:
            message = f"RELAX NG has no element <{node.local}>{did_you_mean(node.local, known)}"
        self._error(node, context, message, section="3")

    def _ncname(self, node: XmlElement, context: _Context, attribute: str) -> str:
        """The attribute's value, trimmed (section 4.2); empty if it is missing, which has been reported."""
        value = node.attributes.get(attribute, "").strip(BLANKS)
        if attribute in node.attributes and not is_ncname(value):
            message = (
                f"'{attribute}' of <{node.local}> is {value!r}, which is not an XML name without prefix: {_NAMES_ARE}"
            )
            self._error(node, context, message, section="3", attribute=attribute)
        return value

    # Patterns

    def _pattern(self, node: XmlElement, context: _Context) -> Pattern:
        read = _PATTERNS.get(node.local)
        if read is None:
            exists = f"<{node.local}> is not a pattern: a schema is a <grammar> or a single pattern"
            unknown = f"RELAX NG has no element <{node.local}>{did_you_mean(node.local, _PATTERNS)}"
            self._error(node, context, exists if node.local in _ELEMENTS else unknown, section="3")
            return NotAllowed()
        try:
            if not self._descend(node, context):
                return NotAllowed()
            return read(self, node, self._enter(node, context))
        finally:
            self._depth -= 1

    def _patterns(self, nodes: Iterable[XmlElement], parent: XmlElement, context: _Context) -> tuple[Pattern, ...]:
        patterns = []
        documentation = _documentation_in(parent)
        for node in nodes:
            if node.local in _PATTERNS:
                pattern = self._pattern(node, context)
                if node.ordinal in documentation:
                    annotations = self._annotated(node, documentation[node.ordinal], context)
                    pattern = replace(pattern, annotations=annotations)
                patterns.append(pattern)
            else:
                self._misplaced(node, parent, context, _PATTERNS)
        return tuple(patterns)

    def _some_patterns(self, node: XmlElement, context: _Context) -> tuple[Pattern, ...]:
        nodes = _children(node)
        if not nodes:
            self._error(node, context, f"<{node.local}> is empty: expected at least one pattern", section="3")
        return self._patterns(nodes, node, context)

    def _content(self, node: XmlElement, context: _Context) -> Pattern:
        return self._grouped(self._some_patterns(node, context), node, context)

    def _grouped(self, patterns: tuple[Pattern, ...], node: XmlElement, context: _Context) -> Pattern:
        """Several patterns where simplification wants one are a group (section 4.12)."""
        if len(patterns) == 1:
            return patterns[0]
        return Group(patterns, location=context.place(node))

    def _childless(self, node: XmlElement, context: _Context) -> _Where:
        for child in _children(node):
            self._error(
                child, context, f"<{node.local}> must be empty, <{child.local}> is not allowed in it", section="3"
            )
        return self._where(node, context)

    def _element(self, node: XmlElement, context: _Context) -> Pattern:
        name, nodes = self._named(node, context, inherited_ns=context.ns)
        if not nodes:
            self._error(node, context, "<element> has no content: expected at least one pattern", section="3")
        patterns = self._patterns(nodes, node, context)
        return Element(name, self._grouped(patterns, node, context), **self._where(node, context))

    def _attribute(self, node: XmlElement, context: _Context) -> Pattern:
        """An attribute named by an attribute has no namespace unless ``ns`` is on the element itself (section 4.8), and
        without a pattern it contains text (section 4.12)."""
        name, nodes = self._named(node, context, inherited_ns=node.attributes.get("ns", ""))
        self._check_attribute_name(name, node, context)
        if len(nodes) > 1:
            message = "<attribute> can contain only one pattern: put several into a <group> or <choice>"
            self._error(nodes[1], context, message, section="3")
        patterns = self._patterns(nodes, node, context)
        pattern = patterns[0] if patterns else Text(location=context.place(node))
        return Attribute(name, pattern, **self._where(node, context))

    def _named(self, node: XmlElement, context: _Context, inherited_ns: str) -> tuple[NameClass, Sequence[XmlElement]]:
        """The name class that the attribute ``name`` or the first child gives, and the other children."""
        nodes = _children(node)
        if "name" in node.attributes:
            return self._qualified(node.attributes["name"], node, context, inherited_ns, attribute="name"), nodes
        if nodes and nodes[0].local in NAME_CLASSES:
            return self._name_class(nodes[0], context), nodes[1:]
        if nodes and nodes[0].local not in _ELEMENTS:
            self._misplaced(nodes[0], node, context, _ELEMENTS)
            return AnyName(), nodes[1:]
        message = f"<{node.local}> needs a name: the attribute 'name', or a name class as its first child"
        self._error(node, context, message, section="3")
        return AnyName(), nodes

    def _combination(self, node: XmlElement, context: _Context) -> Pattern:
        return _COMBINATIONS[node.local](self._some_patterns(node, context), **self._where(node, context))

    def _wrapper(self, node: XmlElement, context: _Context) -> Pattern:
        return _WRAPPERS[node.local](self._content(node, context), **self._where(node, context))

    def _reference(self, node: XmlElement, context: _Context) -> Pattern:
        return _REFERENCES[node.local](self._ncname(node, context, "name"), **self._childless(node, context))

    def _leaf(self, node: XmlElement, context: _Context) -> Pattern:
        return _LEAVES[node.local](**self._childless(node, context))

    def _value(self, node: XmlElement, context: _Context) -> Pattern:
        """Without a type it is the built-in ``token``, whatever library is inherited (section 4.4)."""
        datatype = DatatypeName("", "token")
        if "type" in node.attributes:
            datatype = DatatypeName(context.datatype_library, self._ncname(node, context, "type"))
        return Value(datatype, node.text, context.ns, node.namespaces, **self._where(node, context))

    def _data(self, node: XmlElement, context: _Context) -> Pattern:
        datatype = DatatypeName(context.datatype_library, self._ncname(node, context, "type"))
        params: list[Param] = []
        exceptions: list[Pattern] = []
        for child in _children(node):
            if child.local not in ("param", "except"):
                self._misplaced(child, node, context, ("param", "except"))
            elif exceptions:
                what = "a second <except>" if child.local == "except" else "<param> after <except>"
                self._error(child, context, f"{what} is not allowed in <data>", section="3")
            elif child.local == "param":
                params.append(self._param(child, context))
            else:
                exceptions.append(self._except(child, context))
        except_ = exceptions[0] if exceptions else None
        return Data(datatype, tuple(params), except_, **self._where(node, context))

    def _param(self, node: XmlElement, context: _Context) -> Param:
        context = self._enter(node, context)
        return Param(self._ncname(node, context, "name"), node.text, context.place(node))

    def _except(self, node: XmlElement, context: _Context) -> Pattern:
        """Several patterns to except are a choice (section 4.12)."""
        context = self._enter(node, context)
        patterns = self._some_patterns(node, context)
        return patterns[0] if len(patterns) == 1 else Choice(patterns, **self._where(node, context))

    def _external_ref(self, node: XmlElement, context: _Context) -> Pattern:
        where, inner = self._childless(node, context), self._open(node, context)
        if inner is None:
            return NotAllowed()
        root = inner.document.root
        if root.local in _ELEMENTS and root.local not in _PATTERNS:
            keyword = _external(context)
            message = f"{keyword} needs a file that is a pattern, but the root of this one is <{root.local}>"
            self._error(root, inner, message, section="4.6")
            return NotAllowed()
        return ExternalRef(node.attributes["href"], self._pattern(root, inner), **where)

    def _nested_grammar(self, node: XmlElement, context: _Context) -> Pattern:
        return NestedGrammar(self._grammar(node, context), **self._where(node, context))

    # Grammars

    def _grammar(self, node: XmlElement, context: _Context) -> Grammar:
        components = self._components(node, context, _COMPONENTS)
        return Grammar(components, **self._where(node, context))

    def _components(
        self, node: XmlElement, context: _Context, readers: dict[str, _ReadComponent]
    ) -> tuple[Component, ...]:
        components = []
        for child in _children(node):
            read = readers.get(child.local)
            if read is None:
                self._misplaced(child, node, context, readers)
                continue
            try:
                if self._descend(child, context):
                    components.append(read(self, child, self._enter(child, context)))
            finally:
                self._depth -= 1
        return tuple(components)

    def _start(self, node: XmlElement, context: _Context) -> Component:
        nodes = _children(node)
        if len(nodes) > 1:
            message = "<start> can contain only one pattern: put several into a <choice> or <group>"
            self._error(nodes[1], context, message, section="3")
        return Start(self._content(node, context), self._combine(node, context), **self._where(node, context))

    def _define(self, node: XmlElement, context: _Context) -> Component:
        name, combine = self._ncname(node, context, "name"), self._combine(node, context)
        return Define(name, self._content(node, context), combine, **self._where(node, context))

    def _combine(self, node: XmlElement, context: _Context) -> Combine | None:
        if "combine" not in node.attributes:
            return None
        method = node.attributes["combine"].strip(BLANKS)
        try:
            return Combine(method)
        except ValueError:
            hint = did_you_mean(method, [known.value for known in Combine])
            message = f"combine is {method!r}, but only 'choice' and 'interleave' exist{hint}"
            self._error(node, context, message, section="3", attribute="combine")
            return None

    def _div(self, node: XmlElement, context: _Context) -> Component:
        return Div(self._components(node, context, _COMPONENTS), **self._where(node, context))

    def _div_of_include(self, node: XmlElement, context: _Context) -> Component:
        return Div(self._components(node, context, _OVERRIDES), **self._where(node, context))

    def _include(self, node: XmlElement, context: _Context) -> Component:
        """The file becomes a ``div`` inside a ``div`` with the attributes of the include (section 4.7), and so
        inherits ``ns``; ``datatypeLibrary`` was resolved before (section 4.3), each file by itself."""
        overrides = self._components(node, context, _OVERRIDES)
        where, href = self._where(node, context), node.attributes.get("href", "")
        inner = self._open(node, context)
        if inner is None:
            return Include(href, Grammar(()), overrides, **where)
        root = inner.document.root
        if root.local != "grammar":
            message = f"include needs a grammar, but this file is the single pattern '{root.local}'"
            if root.local in _PATTERNS:
                message += f"; {_external(context)} takes any pattern"
            self._error(root, inner, message, section="4.7")
            return Include(href, Grammar(()), overrides, **where)
        return Include(href, self._grammar(root, self._enter(root, inner)), overrides, **where)

    # Name classes

    def _name_class(self, node: XmlElement, context: _Context) -> NameClass:
        try:
            if not self._descend(node, context):
                return AnyName()
            return _NAME_CLASSES[node.local](self, node, self._enter(node, context))
        finally:
            self._depth -= 1

    def _some_name_classes(self, node: XmlElement, context: _Context) -> NameClass:
        classes = []
        for child in _children(node):
            if child.local in _NAME_CLASSES:
                classes.append(self._name_class(child, context))
            else:
                self._misplaced(child, node, context, _NAME_CLASSES)
        if not _children(node):
            self._error(node, context, f"<{node.local}> is empty: expected at least one name class", section="3")
        return classes[0] if len(classes) == 1 else NameChoice(tuple(classes))

    def _name(self, node: XmlElement, context: _Context) -> NameClass:
        return self._qualified(node.text, node, context, context.ns, attribute=None)

    def _any_name(self, node: XmlElement, context: _Context) -> NameClass:
        return AnyName(self._excepted(node, context, forbidden=("anyName",)))

    def _ns_name(self, node: XmlElement, context: _Context) -> NameClass:
        return NsName(context.ns, self._excepted(node, context, forbidden=("anyName", "nsName")))

    def _excepted(self, node: XmlElement, context: _Context, forbidden: tuple[str, ...]) -> NameClass | None:
        """Reads the except of ``anyName`` or ``nsName``; section 4.16 says what is not allowed in it."""
        excepted: NameClass | None = None
        for child in _children(node):
            if child.local != "except":
                self._misplaced(child, node, context, ("except",))
            elif excepted is not None:
                self._error(child, context, f"a second <except> is not allowed in <{node.local}>", section="3")
            else:
                self._forbid(child, node, context, forbidden)
                excepted = self._some_name_classes(child, self._enter(child, context))
        return excepted

    def _forbid(self, node: XmlElement, owner: XmlElement, context: _Context, forbidden: tuple[str, ...]) -> None:
        remaining = list(_children(node))
        while remaining:
            inner = remaining.pop()
            if inner.local in forbidden:
                message = f"<{inner.local}> is not allowed in the <except> of <{owner.local}>"
                self._error(inner, context, message, section="4.16")
            remaining.extend(_children(inner))

    def _qualified(
        self, written: str, node: XmlElement, context: _Context, ns: str, attribute: str | None
    ) -> NameClass:
        """A QName; a prefix decides the namespace (section 4.10), otherwise it is `ns`."""
        name = written.strip(BLANKS)
        prefix, colon, local = name.rpartition(":")
        if not is_ncname(local) or (colon and not is_ncname(prefix)):
            message = f"{name!r} is not an XML name: {_NAMES_ARE}; a prefix with ':' is allowed before it"
            self._error(node, context, message, section="3", attribute=attribute, text=attribute is None)
        elif colon and prefix not in node.namespaces:
            hint = did_you_mean(prefix, [known for known in node.namespaces if known])
            message = f"prefix '{prefix}' of '{name}' is not declared{hint}"
            self._error(node, context, message, section="4.10", attribute=attribute, text=attribute is None)
        return Name(QName(node.namespaces.get(prefix, "") if colon else ns, local))

    def _check_attribute_name(self, name: NameClass, node: XmlElement, context: _Context) -> None:
        """Section 4.16: namespace declarations are no attributes."""
        for part in classes_in(name):
            named = part.name if isinstance(part, Name) else part
            if named == QName("", "xmlns"):
                self._error(node, context, "an attribute cannot be called 'xmlns'", section="4.16")
            if isinstance(named, QName | NsName) and named.namespace == XMLNS:
                self._error(node, context, f"no attribute can be in the namespace {XMLNS}", section="4.16")


_ReadPattern = Callable[[_Reader, XmlElement, _Context], Pattern]
_ReadComponent = Callable[[_Reader, XmlElement, _Context], Component]
_ReadNameClass = Callable[[_Reader, XmlElement, _Context], NameClass]

_MakePattern = Callable[..., Pattern]

_COMBINATIONS: dict[str, _MakePattern] = {"group": Group, "interleave": Interleave, "choice": Choice}
_WRAPPERS: dict[str, _MakePattern] = {
    "optional": Optional,
    "zeroOrMore": ZeroOrMore,
    "oneOrMore": OneOrMore,
    "list": List,
    "mixed": Mixed,
}
_REFERENCES: dict[str, _MakePattern] = {"ref": Ref, "parentRef": ParentRef}
_LEAVES: dict[str, _MakePattern] = {"empty": Empty, "text": Text, "notAllowed": NotAllowed}

_PATTERNS: dict[str, _ReadPattern] = {
    "element": _Reader._element,
    "attribute": _Reader._attribute,
    **dict.fromkeys(_COMBINATIONS, _Reader._combination),
    **dict.fromkeys(_WRAPPERS, _Reader._wrapper),
    **dict.fromkeys(_REFERENCES, _Reader._reference),
    **dict.fromkeys(_LEAVES, _Reader._leaf),
    "value": _Reader._value,
    "data": _Reader._data,
    "externalRef": _Reader._external_ref,
    "grammar": _Reader._nested_grammar,
}
_COMPONENTS: dict[str, _ReadComponent] = {
    "start": _Reader._start,
    "define": _Reader._define,
    "div": _Reader._div,
    "include": _Reader._include,
}
_OVERRIDES: dict[str, _ReadComponent] = {
    "start": _Reader._start,
    "define": _Reader._define,
    "div": _Reader._div_of_include,
}
_NAME_CLASSES: dict[str, _ReadNameClass] = {
    "name": _Reader._name,
    "anyName": _Reader._any_name,
    "nsName": _Reader._ns_name,
    "choice": _Reader._some_name_classes,
}
_ELEMENTS = frozenset([*_PATTERNS, *COMPONENTS, *NAME_CLASSES, "param", "except"])


def _children(node: XmlElement) -> Sequence[XmlElement]:
    """The children in RELAX NG's namespace; the others are annotations (section 4.1)."""
    children = node.children
    for child in children:
        if child.namespace != RELAX_NG:
            return [child for child in children if child.namespace == RELAX_NG]
    return children


def _external(context: _Context) -> str:
    return "external" if context.document.is_compact else "externalRef"


def _documentation_in(node: XmlElement) -> dict[int, str]:
    """Texts of ``a:documentation`` inside, by the ordinal of what they describe: the element itself, or the ``value``,
    ``param`` or ``name`` that they follow, since these cannot contain elements (DTD compatibility, section 2)."""
    texts: dict[int, list[str]] = {}
    subject = node
    for child in node.children:
        if child.namespace == RELAX_NG:
            subject = child if child.local in TEXT_ELEMENTS else node
        elif child.namespace == ANNOTATIONS and child.local == _DOCUMENTATION.local:
            texts.setdefault(subject.ordinal, []).append(cleandoc(child.text))
    return {ordinal: "\n\n".join(parts) for ordinal, parts in texts.items()}


def _tree(path: str, data: bytes | None = None) -> XmlDocument | UnreadableDocument:
    try:
        return read_document(path) if data is None else parse_schema(data, path)
    except UnreadableDocument as unreadable:
        return unreadable


def _missing(path: str) -> str:
    """The end of a message: what a link refers to, or a similar name."""
    if "\0" not in path and os.path.islink(path):  # noqa: PTH114
        return f": it is a link to {os.readlink(path)!r}"  # noqa: PTH115
    directory, name = os.path.split(path)
    try:
        beside = os.listdir(directory or ".")  # noqa: PTH208
    except (OSError, ValueError):
        return ""
    return did_you_mean(name, sorted(beside))


def _foreign_root(root: XmlElement) -> str:
    if root.namespace == "http://www.w3.org/2001/XMLSchema":
        return _XML_SCHEMA
    if not root.namespace and root.local in _ELEMENTS:
        return f'<{root.local}> is in no namespace: RELAX NG\'s needs xmlns="{RELAX_NG}"'
    if root.local in _ELEMENTS:
        return f"<{root.local}> is in the namespace {root.namespace!r}, RELAX NG's is {RELAX_NG!r}"
    name = f"<{root.local}>" + (f" of the namespace {root.namespace!r}" if root.namespace else "")
    return f"this is not RELAX NG: the root is {name}, expected <grammar> or a pattern of {RELAX_NG!r}"
