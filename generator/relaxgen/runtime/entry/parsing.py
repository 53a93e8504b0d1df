"""Reading a document whose root has one class, or one of several."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

from ..objects.binding import binding_of, bindings_in
from ..objects.contents import members_of
from ..objects.element import Binding, Element
from ..reading.reader import Reader, UnknownVariant, preserved_of
from ..xml.source import Document, Source, UnknownContent, read_document
from .options import ParseOptions, parse_options

if TYPE_CHECKING:
    from ..faults import ParseError

E = TypeVar("E", bound=Element)


def parse(kind: type[E], source: Source, options: ParseOptions) -> E:
    """Reads one element as an object of `kind`.

    Raises:
        ParseError: with every fault of the document.
        OSError: a path or file cannot be read.
        TypeError: the source is nothing that can hold XML.
    """
    read: E = _parse(kind, kind._binding or binding_of(kind), source, options)
    return read


def parse_union(module: str, name: str, source: Source, options: ParseOptions) -> Any:
    """Reads one element as an object of the class of a union that its attribute decides. Raises as `parse`."""
    return _parse(members_of(module, name)[0], bindings_in(module)[name], source, options)


def _parse(kind: type[Element], binding: Binding, source: Source, options: ParseOptions) -> Any:
    unknown, validate = parse_options(options)
    document = read_document(source, blanks=binding.mixed)
    if document.root.tag != kind._tag:
        from ..reading.explanation import wrong_root

        raise wrong_root(document, (kind._tag,))
    return read_root(document, binding, kind._entry, unknown, validate)


def parse_root(package: str, source: Source, options: ParseOptions) -> Any:
    """Reads a document with any of the package's roots. Raises as `parse`."""
    unknown, validate = parse_options(options)
    vocabulary = import_module(f"{package}._schema")
    document = read_document(source, blanks=vocabulary.MIXED)
    found = vocabulary.ROOTS.get(document.root.tag)
    if found is None:
        from ..reading.explanation import wrong_root

        raise wrong_root(document, tuple(vocabulary.ROOTS))
    module, name = f"{package}.{found[0]}", found[1]
    entry = members_of(module, name)[0]._entry
    return read_root(document, bindings_in(module)[name], entry, unknown, validate)


def read_root(document: Document, binding: Binding, entry: str, unknown: UnknownContent, validate: bool) -> Any:
    """Reads the root, of which is known already that `binding` is for its name; ``entry`` is that in the grammar.

    Raises:
        ParseError: with every fault of the document.
    """
    reader = Reader(document, unknown)
    try:
        result = binding.read(document.root, reader)
    except UnknownVariant as irregular:
        reader.unknown_kind(document.root, irregular)
        raise _explained(document, binding, entry, reader) from None
    except RecursionError:
        from ..reading.explanation import too_deep

        raise too_deep(document) from None
    if reader.faults:
        reread = _reread_with_wildcards(document, binding, entry, reader)
        if reread is None:
            raise _explained(document, binding, entry, reader)
        result = reread
    if validate:
        from ..reading.explanation import validated

        validated(document, binding.package, entry)
    elif unknown == "keep":
        _keep_whole(result, document, binding, entry)
    return result


def _reread_with_wildcards(document: Document, binding: Binding, entry: str, reader: Reader) -> Any:
    """The object of a valid document that the class model reads otherwise than the grammar: a class has a field for an
    element, and open content that may have the same name, and only the latter fits. The elements with faults, or if
    that does not help, the elements around them, are read as open content. None where that is not what is wrong."""
    from ..validation.package_grammar import allows

    if reader.unknown != "error" or not allows(document, binding.package, entry):
        return None
    hidden: set[Any] = set()
    while True:
        found = {_not_hidden(fault.node, hidden) for fault in reader.faults} - {None, document.root}
        if not found:
            return None
        hidden |= found
        reader = Reader(document, "error")
        for node in hidden:
            reader.hide(node)
        try:
            result = binding.read(document.root, reader)
        finally:
            reader.unhide()
        if not reader.faults:
            return result


def _not_hidden(node: Any, hidden: set[Any]) -> Any:
    """The element, or the nearest one around it that was not read as open content yet."""
    while node is not None and node in hidden:
        node = node.getparent()
    return node


def _keep_whole(result: Any, document: Document, binding: Binding, entry: str) -> None:
    """A newer schema may also allow what ours knows, but not together."""
    from ..validation.package_grammar import allows
    from ..writing.output_check import carries_unknown

    if not allows(document, binding.package, entry) and not carries_unknown(result):
        preserved_of(result).unknown_whole = True


def _explained(document: Document, binding: Binding, entry: str, reader: Reader) -> ParseError:
    from ..reading.explanation import explained

    return explained(document, binding.package, entry, reader.faults, exactly=reader.unknown == "error")
