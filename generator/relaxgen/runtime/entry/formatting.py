"""Writing an object as a document: as usual, or into the text that it was parsed from."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from ..objects.binding import binding_of
from ..objects.contents import members_of
from ..objects.element import Binding, Element
from ..writing.text import write_text
from ..writing.writer import Writer
from .options import FormatOptions, format_options


def format(kind: Any, target: Any, options: FormatOptions) -> str:
    """The document for `target`, an object of `kind`, which is a class or a union.

    Raises:
        FormatError: a field has a value that cannot be written, or the schema does not allow what would be written.
        ParseError: ``like`` cannot be read.
    """
    if not isinstance(target, kind):
        from ..writing.refusal import not_of_kind

        raise not_of_kind(target, kind)
    return _format(target, type(target)._binding or binding_of(type(target)), options)


def format_root(package: str, document: Any, options: FormatOptions) -> str:
    """The document for an object of one of the classes that roots have. Raises as `format`."""
    kind: Any = type(document)
    if not (isinstance(document, Element) and _is_root(package, kind)):
        raise TypeError(f"{kind.__name__} is no root of a document")
    return _format(document, kind._binding or binding_of(kind), options)


@cache
def _is_root(package: str, kind: Any) -> bool:
    roots = import_module(f"{package}._schema").ROOTS.values()
    homes = {one.__module__ for one in kind.__mro__}
    own = [(f"{package}.{module}", name) for module, name in roots if f"{package}.{module}" in homes]
    return any(issubclass(kind, members_of(module, name)) for module, name in own)


def _format(target: Element, binding: Binding, options: FormatOptions) -> str:
    indent, like, validate = format_options(options)
    has_doubts = False
    if like is not None:
        from ..faithful.formatting import format_like

        text = format_like(target, binding.write, indent, binding.prefixes, like)
    else:
        writer = Writer(" " * (indent or 0), binding.prefixes)
        text = write_text(target, binding.write, writer, "" if indent is None else "\n")
        text = text if indent is None else f"{text[1:]}\n"
        has_doubts = writer.has_doubts
    if has_doubts or validate is not False:
        from ..writing.output_check import settled

        return settled(text, target, validate, has_doubts=has_doubts)
    return text
