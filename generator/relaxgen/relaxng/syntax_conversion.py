"""Schemas from one syntax into the other, and laid out anew: files come in, texts go out.

Nothing is written to disk here. A converted schema takes what it names along: each file that an ``include`` or an
``externalRef`` leads to gets the suffix of the new syntax, in the same place beside the root.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from ..diagnostics.errors import Diagnostic, Diagnostics, SchemaError
from ..diagnostics.locations import SourceLocation
from ..runtime.markup import QUALIFIED_NAMES
from .compact.writer import write_compact
from .grammar_reader import read_file_alone, read_grammar
from .loading import COMPACT_SUFFIX, XML_SUFFIX, parse_schema
from .schema import Schema
from .schema_document import UnreadableDocument, XmlDocument, XmlElement, elements_from
from .simple_syntax import simple_document
from .simplified_form import SimplifiedForm
from .syntax import INHERITED, RELAX_NG, UnusableAddress, base_of_file, base_path, local_path
from .xml_writer import write_xml

MAXIMUM_DEPTH = 400
"""Elements within each other, annotations counted in: the writers call themselves for each."""


class Syntax(Enum):
    XML = "rng"
    COMPACT = "rnc"

    @property
    def suffix(self) -> str:
        return XML_SUFFIX if self is Syntax.XML else COMPACT_SUFFIX

    @property
    def other(self) -> Syntax:
        return Syntax.XML if self is Syntax.COMPACT else Syntax.COMPACT


@dataclass(frozen=True, slots=True)
class ConvertedFile:
    """``source`` is empty for what was not read from a file."""

    source: str
    target: Path
    text: str


def syntax_of(document: XmlDocument) -> Syntax:
    return Syntax.COMPACT if document.is_compact else Syntax.XML


def read_with_layout(data: bytes, path: str) -> XmlDocument:
    """Raises:
    SchemaError: the file is no schema; with all of its mistakes.
    """
    diagnostics = Diagnostics()
    try:
        document = parse_schema(data, path, keep_layout=True)
    except UnreadableDocument as unreadable:
        diagnostics.error(SourceLocation(path, unreadable.line, unreadable.column), unreadable.message)
        raise SchemaError(*diagnostics.errors) from None
    for place, message in document.errors:
        diagnostics.error(SourceLocation(path, place.line, place.column), message)
    _check_depth(document, path, diagnostics)
    _check_datatypes(document, path, diagnostics)
    diagnostics.raise_errors(SchemaError)
    return document


def _check_depth(document: XmlDocument, path: str, diagnostics: Diagnostics) -> None:
    waiting = [(document.root, 1)]
    while waiting:
        element, depth = waiting.pop()
        if depth > MAXIMUM_DEPTH:
            place = SourceLocation(path, element.line, element.column)
            diagnostics.error(place, f"elements nest deeper than {MAXIMUM_DEPTH} levels")
            return
        waiting.extend((child, depth + 1) for child in element.children)


def _check_inherited(document: XmlDocument, path: str, diagnostics: Diagnostics) -> None:
    """In XML syntax, what is in an element with ``ns`` inherits that, and never what the file inherits."""
    waiting = [(document.root, False)]
    while waiting:
        element, is_inherited = waiting.pop()
        if "ns" in element.attributes:
            is_inherited = element.attributes["ns"] == INHERITED
        if is_inherited:
            element.attributes.pop("ns", None)
            if _takes_namespace(element):
                message = (
                    "XML syntax cannot say that this is in the inherited namespace, since it is in an element that "
                    "has another one: declare the namespace with its URI"
                )
                diagnostics.error(SourceLocation(path, element.line, element.column), message)
        waiting.extend((child, is_inherited) for child in element.children if child.namespace == RELAX_NG)


def _takes_namespace(element: XmlElement) -> bool:
    match element.local:
        case "element":
            return ":" not in element.attributes.get("name", ":")
        case "name":
            return ":" not in element.text
        case "value":
            return element.attributes.get("type") in QUALIFIED_NAMES
        case _:
            return element.local in ("nsName", "include", "externalRef")


def _check_datatypes(document: XmlDocument, path: str, diagnostics: Diagnostics) -> None:
    """Only two types have a name without a library in the compact syntax."""
    waiting = [(document.root, "")]
    while waiting:
        element, library = waiting.pop()
        if element.namespace != RELAX_NG:
            continue
        library = element.attributes.get("datatypeLibrary", library)
        type_ = element.attributes.get("type", "token").strip()
        if element.local in ("data", "value") and not library and type_ not in ("string", "token"):
            message = f"there is no datatype '{type_}' without a library: only 'string' and 'token'"
            diagnostics.error(SourceLocation(path, element.line, element.column), message, section="4.16")
        waiting.extend((child, library) for child in element.children)


def written(document: XmlDocument, syntax: Syntax) -> str:
    """The text of a document, which it may change: it should not be used for anything else."""
    if syntax is Syntax.COMPACT:
        return write_compact(document)
    if document.is_compact and document.root.layout is not None:
        document.root.layout.declared = {"": RELAX_NG, **document.root.layout.declared}
    return write_xml(document)


def format_schema(data: bytes, path: str) -> str:
    """The same schema in the same syntax, laid out anew.

    Raises:
        SchemaError: the schema has errors.
    """
    grammar = read_file_alone(data, path)
    document = read_with_layout(data, path)
    text = written(document, syntax_of(document))
    # What is laid out anew says the same, or there is a mistake of ours.
    assert read_file_alone(text.encode(), path) == grammar, f"{path}: the layout would change the schema"
    return text


def convert_schema(data: bytes, path: str, syntax: Syntax) -> str:
    """Returns one file in the other syntax. The names of included files do not change, because the syntax is recognised
    by the content.

    Raises:
        SchemaError: it has mistakes.
    """
    read_file_alone(data, path)
    document = read_with_layout(data, path)
    diagnostics = Diagnostics()
    if syntax is Syntax.XML:
        _check_inherited(document, path, diagnostics)
    diagnostics.raise_errors(SchemaError)
    return written(document, syntax)


def convert_simplified(schema: Schema, form: SimplifiedForm, syntax: Syntax) -> str:
    """The simple form of a schema (specification section 4), without what it included."""
    document = simple_document(schema, form)
    names = (element for element in elements_from(document.root) if element.local == "name")
    if syntax is Syntax.COMPACT and not any(name.attributes["ns"] for name in names):
        document.root.attributes["ns"] = ""  # each name says so itself, and none needs a prefix
    return written(document, syntax)


def convert_tree(path: str, target: Path, syntax: Syntax) -> list[ConvertedFile]:
    """A schema with all files that it names, the schema itself first.

    Raises:
        SchemaError: any of them has mistakes, two of them would become one file, or a file has no place of its own
            beside the root.
    """
    read_grammar(path)
    if os.path.realpath(path) == os.path.realpath(target):
        message = "a schema cannot be converted into itself; relaxgen format lays it out anew"
        raise SchemaError(Diagnostic(SourceLocation(path), message))
    return _Tree(path, target, syntax).convert()


class _Tree:
    def __init__(self, path: str, target: Path, syntax: Syntax) -> None:
        self._root = path
        self._target = target
        self._syntax = syntax
        self._diagnostics = Diagnostics()
        self._targets: dict[str, str] = {}

    def convert(self) -> list[ConvertedFile]:
        converted: list[ConvertedFile] = []
        waiting, seen = [self._root], {os.path.realpath(self._root)}
        while waiting:
            path = waiting.pop(0)
            target = self._place(path)
            document = read_with_layout(Path(path).read_bytes(), path)
            if syntax_of(document) is self._syntax and os.path.realpath(target) == os.path.realpath(path):
                continue  # it is where it should be, and its author's
            if self._syntax is Syntax.XML:
                _check_inherited(document, path, self._diagnostics)
            for element, named in _named_files(document, path):
                self._rename(element)
                if os.path.realpath(named) not in seen:
                    seen.add(os.path.realpath(named))
                    waiting.append(named)
            converted.append(ConvertedFile(path, target, written(document, self._syntax)))
        self._diagnostics.raise_errors(SchemaError)
        return converted

    def _rename(self, element: XmlElement) -> None:
        href = element.attributes["href"].strip()
        stem, dot, suffix = href.rpartition(".")
        has_suffix = dot and "/" not in suffix
        element.attributes["href"] = f"{stem if has_suffix else href}{self._syntax.suffix}"

    def _place(self, path: str) -> Path:
        if path == self._root:
            return self._target
        relative = os.path.relpath(path, Path(self._root).parent)
        target = Path(os.path.normpath(self._target.parent / relative)).with_suffix(self._syntax.suffix)
        other = self._targets.setdefault(str(target), path)
        if other != path or target == self._target:
            twin = other if other != path else self._root
            self._diagnostics.error(SourceLocation(path), f"would become {target}, and so would {twin}")
        return target


def _named_files(document: XmlDocument, path: str) -> Iterator[tuple[XmlElement, str]]:
    """Yields elements that name a local file, with its path; ``xml:base`` counts."""
    waiting = [(document.root, base_of_file(path))]
    while waiting:
        element, base = waiting.pop()
        if element.namespace != RELAX_NG:
            continue
        for name, value in element.foreign.items():
            if name.local == "base" and name.namespace.endswith("/XML/1998/namespace"):
                base = base_path(value, base)
        if element.local in ("include", "externalRef") and "href" in element.attributes:
            try:
                named = local_path(element.attributes["href"], base)
            except UnusableAddress:
                named = ""
            if Path(named).is_file():  # else a catalog names the file, which stays as it is
                yield element, named
        waiting.extend((child, base) for child in reversed(element.children))
