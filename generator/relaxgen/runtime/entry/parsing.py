"""Reading a document whose root has one class, or one of several."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from ..reading.reader import Reader, UnknownVariant, preserved_of
from ..xml.source import Document, Source, UnknownContent, read_document

if TYPE_CHECKING:
    from ..faults import ParseError

T = TypeVar("T")

_WAYS = get_args(UnknownContent)

Roots = Mapping[str, tuple[str, str, str]]
"""From the name of a root to its entry in the grammar, its module, and the name in its functions."""


def parse(
    source: Source,
    expected: str,
    entry: str,
    read: Callable[[Any, Reader], T],
    unknown: UnknownContent,
    validate: bool,
    *,
    blanks: bool = False,
) -> T:
    """Reads one element called `expected`; ``entry`` names it in the package's grammar.

    Raises:
        ParseError: with every fault of the document.
    """
    document = read_document(source, blanks=blanks)
    if document.root.tag != expected:
        from ..reading.explanation import wrong_root

        raise wrong_root(document, (expected,))
    return read_root(document, entry, read, unknown, validate)


def read_root(
    document: Document, entry: str, read: Callable[[Any, Reader], T], unknown: UnknownContent, validate: bool
) -> T:
    """Reads the root, of which is known already that `read` is for its name.

    Raises:
        ParseError: with every fault of the document.
    """
    if unknown not in _WAYS:
        raise ValueError(f"unknown={unknown!r} is none of {', '.join(map(repr, _WAYS))}")
    reader = Reader(document, unknown)
    try:
        result = read(document.root, reader)
    except UnknownVariant as irregular:
        reader.unknown_kind(document.root, irregular)
        raise _explained(document, entry, reader) from None
    except RecursionError:
        from ..reading.explanation import too_deep

        raise too_deep(document) from None
    if reader.faults:
        reread = _reread_with_wildcards(document, entry, read, reader)
        if reread is None:
            raise _explained(document, entry, reader)
        result = reread
    if validate:
        from ..reading.explanation import validated

        validated(document, entry)
    elif unknown == "keep":
        _keep_whole(result, document, entry)
    return result


def _reread_with_wildcards(
    document: Document, entry: str, read: Callable[[Any, Reader], T], reader: Reader
) -> T | None:
    """The object of a valid document that the class model reads otherwise than the grammar: a class has a field for an
    element, and open content that may have the same name, and only the latter fits. The elements with faults, or if
    that does not help, the elements around them, are read as open content. None where that is not what is wrong."""
    from ..validation.package_grammar import allows

    if reader.unknown != "error" or not allows(document, entry):
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
            result = read(document.root, reader)
        finally:
            reader.unhide()
        if not reader.faults:
            return result


def _not_hidden(node: Any, hidden: set[Any]) -> Any:
    """The element, or the nearest one around it that was not read as open content yet."""
    while node is not None and node in hidden:
        node = node.getparent()
    return node


def _keep_whole(result: Any, document: Document, entry: str) -> None:
    """A newer schema may also allow what ours knows, but not together."""
    from ..validation.package_grammar import allows
    from ..writing.output_check import carries_unknown

    if not allows(document, entry) and not carries_unknown(result):
        preserved_of(result).unknown_whole = True


def _explained(document: Document, entry: str, reader: Reader) -> ParseError:
    from ..reading.explanation import explained

    return explained(document, entry, reader.faults, exactly=reader.unknown == "error")


def parse_root(
    package: str, source: Source, roots: Roots, unknown: UnknownContent, validate: bool, *, blanks: bool
) -> Any:
    document = read_document(source, blanks=blanks)
    found = roots.get(document.root.tag)
    if found is None:
        from ..reading.explanation import wrong_root

        raise wrong_root(document, tuple(roots))
    entry, module, function = found
    read = getattr(import_module(f"{package}.{module}"), f"read_{function}")
    return read_root(document, entry, read, unknown, validate)
