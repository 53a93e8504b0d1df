"""Schema files of both syntaxes → documents: which syntax a file is in, is seen from its content."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from ..diagnostics.input_files import CONFLICT, STANDARD_INPUT_NAME, conflict_line
from ..diagnostics.phrases import unreadable
from .compact.parser import parse_compact
from .schema_document import MAXIMUM_BYTES, UnreadableDocument, XmlDocument, parse_document, starts_as_xml

COMPACT_SUFFIX = ".rnc"
XML_SUFFIX = ".rng"
SCHEMA_SUFFIXES = (XML_SUFFIX, COMPACT_SUFFIX)
"""Suffixes of schema files. They decide which files are found in a directory, never how a file is read."""

NO_ROOT_SCHEMA = f"no file called *{' or *'.join(SCHEMA_SUFFIXES)} in this directory has a start"

_XML_SUFFIXES = (XML_SUFFIX, ".xml", ".xsd", ".dtd")


_on_standard_input: ContextVar[bytes | None] = ContextVar("schema on standard input", default=None)


@contextmanager
def schema_on_standard_input(data: bytes) -> Iterator[None]:
    """Within the context, `data` is the schema that is called `STANDARD_INPUT_NAME`. What it includes is looked for in
    the working directory."""
    token = _on_standard_input.set(data)
    try:
        yield
    finally:
        _on_standard_input.reset(token)


def on_standard_input(path: str) -> bytes | None:
    """The schema, if `path` is what it is called; else None."""
    return _on_standard_input.get() if path == STANDARD_INPUT_NAME else None


def read_document(path: str) -> XmlDocument:
    """The file's tree. Only a regular file of bounded size is opened at all.

    Raises:
        UnreadableDocument: there is no such file, or it is in neither syntax.
    """
    file = Path(path)
    try:
        if not file.is_file():
            raise UnreadableDocument(0, 0, "this is not a file")
        if file.stat().st_size > MAXIMUM_BYTES:
            raise UnreadableDocument(0, 0, _TOO_LARGE)
        return parse_schema(file.read_bytes(), path)
    except OSError as error:
        raise UnreadableDocument(0, 0, unreadable(error)) from None


def parse_schema(data: bytes, path: str, *, keep_layout: bool = False) -> XmlDocument:
    """The same for a file in memory. The name only decides whose mistakes are reported of a file that neither syntax
    fits. Mistakes of the compact syntax are in the document.

    Raises:
        UnreadableDocument: the bytes are no XML, or no text.
    """
    if len(data) > MAXIMUM_BYTES:
        raise UnreadableDocument(0, 0, _TOO_LARGE)
    try:
        document = _parsed(data, path, keep_layout)
    except UnreadableDocument:
        _check_conflict(data)
        raise
    if document.errors:
        _check_conflict(data)
    return document


def _check_conflict(data: bytes) -> None:
    """Raises:
    UnreadableDocument: the file has marks of a merge conflict, which explain all other mistakes.
    """
    if line := conflict_line(data):
        raise UnreadableDocument(line, 1, CONFLICT) from None


def _parsed(data: bytes, path: str, keep_layout: bool) -> XmlDocument:
    suffix = Path(path).suffix.lower()
    if suffix == ".dtd":
        raise UnreadableDocument(0, 0, f"this is a DTD; trang converts it: trang {path} {path[:-4]}{XML_SUFFIX}")
    is_called_xml = suffix in _XML_SUFFIXES
    if starts_as_xml(data) or (is_called_xml and not data.strip()):
        return parse_document(data, keep_layout=keep_layout)
    try:
        document = parse_compact(data, keep_layout=keep_layout)
    except UnreadableDocument:
        if is_called_xml:
            return parse_document(data, keep_layout=keep_layout)
        raise
    if document.errors and is_called_xml:
        return parse_document(data, keep_layout=keep_layout)
    return document


_TOO_LARGE = f"the file is larger than {MAXIMUM_BYTES // 1024 // 1024} MiB"
