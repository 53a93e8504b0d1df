"""Writing an object as a document: as usual, or into the text that it was parsed from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

from ..prefixes import PREFIXES
from ..writing.text import write_text
from ..writing.writer import Writer

if TYPE_CHECKING:
    from ..xml.source import Source
    from .parsing import Roots

E = TypeVar("E")


def format_element(
    target: E,
    write: Callable[[E, Writer, str], str],
    indent: int | None,
    prefixes: Mapping[str, str | None],
    like: Source | None = None,
    validate: bool | None = None,
) -> str:
    """The document for `target`; with ``indent`` None on one line and without a line break at its end. With ``like``
    it is that text, changed where `target` says something else. ``validate`` tells whether the schema must allow the
    text: where it is None, unless the object carries what the schema does not know.

    Raises:
        FormatError: a field has a value that cannot be written, or the schema does not allow what would be written.
        ParseError: `like` cannot be read.
    """
    has_doubts = False
    if like is not None:
        from ..faithful.formatting import format_like

        text = format_like(target, write, indent, prefixes, like)
    else:
        writer = Writer(" " * (indent or 0), prefixes)
        text = write_text(target, write, writer, "" if indent is None else "\n")
        text = text if indent is None else f"{text[1:]}\n"
        has_doubts = writer.has_doubts
    if has_doubts or validate is not False:
        from ..writing.output_check import settled

        return settled(text, target, validate, has_doubts=has_doubts)
    return text


def format_root(
    package: str,
    document: Any,
    roots: Roots,
    indent: int | None,
    like: Source | None = None,
    validate: bool | None = None,
) -> str:
    kind = type(document)
    write = _WRITERS.get((package, kind))
    if write is None:
        write = _WRITERS[package, kind] = _writer(package, document, roots)
    return format_element(document, write, indent, PREFIXES, like, validate)


_WRITERS: dict[tuple[str, type], Any] = {}
"""Write functions that were looked for already."""


def _writer(package: str, document: Any, roots: Roots) -> Any:
    homes = {base.__module__ for base in type(document).__mro__}
    for _, module, function in roots.values():
        home = f"{package}.{module}"
        if home in homes:
            found = import_module(home)
            write = getattr(found, f"write_{function}")
            if isinstance(document, getattr(found, write.__annotations__["this"])):
                return write
    raise TypeError(f"{type(document).__name__} is no root of a document")
