"""Reading the elements of one class out of a document that is larger than memory.

The document is read in pieces; what has been read is thrown away. Elements of one name may belong to different classes
(the ``<source>`` of a disk, of an interface, …): which class an element has is known from those of the elements around
it. Where the document element is none of the vocabulary's roots, a wrapper around many documents, roots are found
inside it at any depth, and so are elements that are called like those that are asked for.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar, get_args

from .contents import Contents
from .element import Element
from .faults import Fault, ParseError
from .fields import Child, Open
from .lxml_etree import etree
from .reading import read_root
from .roots import Roots
from .source import OPTIONS, TEXT_NAME, Document, Source, UnknownContent, explained_error

T = TypeVar("T")

_NUMBER = re.compile(r"\[\d+\]")

Classes = frozenset[type[Element]]
ANYTHING: Classes | None = None
"""Of elements in a wrapper, whose classes nobody knows."""


def elements_of(package: str, source: Source, kind: type[T], roots: Roots, unknown: UnknownContent) -> Iterator[T]:
    """Every element of class `kind`, in document order; of those inside one another the outermost.

    Raises:
        ParseError: an element is not as the schema wants it, or the document is not well-formed from here on.
        TypeError: `kind` is no class of the package.
    """
    if not (isinstance(kind, type) and issubclass(kind, Element) and kind._element[0]):
        raise TypeError(f"{kind!r} is no class of {package}")
    if kind.__module__.rpartition(".")[0] != package:
        raise TypeError(f"{kind.__module__}.{kind.__qualname__} is no class of {package}")
    return _elements(package, source, kind, roots, unknown)


def _elements(package: str, source: Source, kind: Any, roots: Roots, unknown: UnknownContent) -> Iterator[Any]:
    xml, function, entry = kind._element
    read = getattr(sys.modules[kind.__module__], f"read_{function}")
    starts = {tag: _root_classes(package, module, name) for tag, (_, module, name) in roots.items()}
    with ExitStack() as stack:
        file, name = _opened(source, stack)
        path = _Path(kind, xml, starts)
        try:
            for event, node in etree.iterparse(file, events=("start", "end"), **OPTIONS):
                if event == "start":
                    if not path.steps:
                        _refuse_declarations(node, name)
                    path.enter(node)
                    continue
                if path.leave():
                    yield _read(node, name, entry, read, unknown, path)
                if path.is_outside:
                    _forget(node)
        except etree.XMLSyntaxError as error:
            line, column = error.position if error.position else (0, 0)
            code, message = explained_error(error)
            raise ParseError([Fault(name, line or 0, max(column or 0, 1), "", code, message)]) from None


def _read(node: Any, name: str, entry: str, read: Any, unknown: UnknownContent, path: _Path) -> Any:
    document = Document(node, None, name, blanks=True)
    try:
        return read_root(document, entry, read, unknown, validate=False)
    except ParseError as error:
        raise ParseError([_placed(fault, path) for fault in error.faults]) from None


def _placed(fault: Fault, path: _Path) -> Fault:
    """With the path from the document's root: the validator's begins at the element, and ours cannot know how many
    elements there were before it."""
    names = _NUMBER.sub("", path.text)
    from_root = _NUMBER.sub("", fault.path).startswith(names)
    inside = fault.path.split("/")[names.count("/") + 1 if from_root else 2 :]
    return replace(fault, path="/".join([path.text, *inside]))


class _Path:
    """The open elements. ``steps`` has for each its name and number, the classes that it may have, and how many
    children of each name it has had."""

    def __init__(self, kind: type[Element], xml: str, roots: Mapping[str, Classes]) -> None:
        self.steps: list[tuple[str, int, Classes | None, dict[str, int]]] = []
        self.text = ""
        self._kind = kind
        self._xml = xml
        self._roots = roots
        self._depth = 0
        """Of the element that is being read, 0 outside of any."""

    @property
    def is_outside(self) -> bool:
        return not self._depth

    def enter(self, node: Any) -> None:
        around = self.steps[-1] if self.steps else None
        count = 1
        if around is not None:
            count = around[3][node.tag] = around[3].get(node.tag, 0) + 1
        classes = self._classes(node, around[2] if around is not None else ANYTHING)
        self.steps.append((_written(node), count, classes, {}))
        if not self._depth and classes is not None and self._kind in classes:
            self._depth = len(self.steps)

    def leave(self) -> bool:
        """Whether an element ends that was looked for."""
        ends = len(self.steps) == self._depth
        if ends:
            self._depth = 0
            numbers = ["", *(f"[{count}]" for _, count, _, _ in self.steps[1:])]
            self.text = "".join(f"/{step[0]}{number}" for step, number in zip(self.steps, numbers, strict=True))
        self.steps.pop()
        return ends

    def _classes(self, node: Any, around: Classes | None) -> Classes | None:
        if around is not None:
            found = frozenset().union(*(_children(one).get(node.tag, ()) for one in around))
        elif node.tag in self._roots:
            found = self._roots[node.tag]
        elif node.tag == self._xml:
            found = frozenset([self._kind])
        else:
            return ANYTHING
        return frozenset([one for one in found if _is_of_kind(node, one)])


def _is_of_kind(node: Any, one: type[Element]) -> bool:
    """Whether the attribute that decides between the classes of a union has a value for this one."""
    if one._kinds is None:
        return True
    attribute, values = one._kinds
    text = node.get(attribute)
    return text in values or (text is not None and " ".join(text.split()) in values)


@cache
def _children(owner: type[Element]) -> Mapping[str, Classes]:
    """The classes of child elements by their names, as the annotations of a class say them."""
    found: dict[str, Classes] = {}
    for field in owner._fields:
        annotation = str(owner.__annotations__[field.name])
        if isinstance(field, Child) and field.converter is None:
            found[field.xml] = frozenset(_named(owner, annotation))
        elif isinstance(field, Open):
            found.update(_in_content(owner, annotation))
    return found


def _in_content(owner: type[Element], annotation: str) -> Mapping[str, Classes]:
    """What a list of content may hold: its type is called as the table that reads it."""
    package = owner.__module__.rpartition(".")[0]
    words = {word.lower() for word in re.findall(r"\w+", annotation)}
    if not any(word.endswith("content") for word in words):
        return {}
    tables = vars(import_module(f"{package}.contents")).items()
    return {
        tag: frozenset(classes)
        for name, table in tables
        if isinstance(table, Contents) and name.replace("_", "").lower() in words
        for tag, classes in table.classes().items()
    }


def _named(owner: type[Element], annotation: str) -> Iterator[type[Element]]:
    module, package = sys.modules[owner.__module__], import_module(owner.__module__.rpartition(".")[0])
    for name in re.findall(r"\w+", annotation):
        named = getattr(module, name, None) or getattr(package, name, None)
        for each in (named, *get_args(named)):
            if isinstance(each, type) and issubclass(each, Element):
                yield each


def _root_classes(package: str, module: str, function: str) -> Classes:
    """What the read function of a root returns."""
    found = import_module(f"{package}.{module}")
    named = getattr(found, getattr(found, f"read_{function}").__annotations__["return"])
    return frozenset([each for each in (named, *get_args(named)) if isinstance(each, type)])


def _written(node: Any) -> str:
    local = str(node.tag).rpartition("}")[2]
    return f"{node.prefix}:{local}" if node.prefix else local


def _opened(source: Any, stack: ExitStack) -> tuple[Any, str]:
    if isinstance(source, str):
        return BytesIO(source.encode("utf-8")), TEXT_NAME
    if isinstance(source, (bytes, bytearray, memoryview)):
        return BytesIO(bytes(source)), TEXT_NAME
    if isinstance(source, os.PathLike):
        return stack.enter_context(Path(source).open("rb")), str(os.fspath(source))
    if hasattr(source, "read"):
        return source, str(getattr(source, "name", TEXT_NAME))
    raise TypeError(f"cannot stream XML from {type(source).__qualname__}: pass a str, bytes, a path or a binary file")


def _refuse_declarations(root: Any, name: str) -> None:
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and (any(declared.iterentities()) or any(declared.iterelements())):
        raise ParseError([Fault(name, 1, 1, "", "doctype", "the DOCTYPE declares something; that is refused")])


def _forget(node: Any) -> None:
    """Throws away what is in an element and before it."""
    node.clear(keep_tail=True)
    parent = node.getparent()
    while parent is not None and node.getprevious() is not None:
        del parent[0]
