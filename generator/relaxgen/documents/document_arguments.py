"""Finds the documents that arguments name: files, directories with documents, and standard input."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from ..diagnostics.errors import ConfigurationError, Diagnostic
from ..diagnostics.input_files import STANDARD_INPUT_NAME, files_below, is_directory, read_standard_input
from ..diagnostics.locations import SourceLocation
from ..diagnostics.phrases import unreadable

STANDARD_INPUT = "-"
SUFFIX = ".xml"
"""The end of a document's name. It selects files in a directory; a file that is named can have any name."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document to validate. ``data`` is the content of standard input; a file is read when it is validated."""

    name: str
    data: bytes | None = None

    @property
    def source(self) -> bytes | Path:
        """What to read it from.

        Raises:
            ConfigurationError: the file cannot be read.
        """
        if self.data is not None:
            return self.data
        path = Path(self.name)
        try:
            path.open("rb").close()
        except OSError as error:
            raise ConfigurationError(Diagnostic(SourceLocation(self.name), unreadable(error))) from None
        return path

    @property
    def size(self) -> int:
        if self.data is not None:
            return len(self.data)
        try:
            return Path(self.name).stat().st_size
        except OSError:
            return 0

    def digest(self) -> str:
        """The digest of the document's bytes; empty for a file that cannot be read."""
        try:
            data = self.data if self.data is not None else Path(self.name).read_bytes()
        except OSError:
            return ""
        return blake2b(data, digest_size=16).hexdigest()


def find_documents(arguments: Iterable[str], lists: Iterable[str] = ()) -> tuple[Document, ...]:
    """Returns each document once, in the order of the arguments; those of a directory are sorted by path.

    Documents that `lists` name come last. They can be missing, because a list can be older than the files.

    Raises:
        ConfigurationError: a path does not exist, a directory has no document, a list or standard input cannot be read.
    """
    found: dict[str, Document] = {}
    mistakes: list[Diagnostic] = []
    for argument in arguments:
        if argument == STANDARD_INPUT:
            if argument not in found:
                found[argument] = Document(STANDARD_INPUT_NAME, read_standard_input())
            continue
        names = list(_names(Path(argument), mistakes))
        found.update((name, Document(name)) for name in names if name not in found)
    for file in lists:
        found.update((name, Document(name)) for name in _listed(file, mistakes) if name not in found)
    if mistakes:
        raise ConfigurationError(*mistakes)
    return tuple(found.values())


def _listed(file: str, mistakes: list[Diagnostic]) -> Iterator[str]:
    """Returns the names in a list: one a line, or each with a zero byte after it, as ``find -print0`` writes them."""
    try:
        data = read_standard_input() if file == STANDARD_INPUT else Path(file).read_bytes()
    except OSError as error:
        mistakes.append(Diagnostic(SourceLocation(file), unreadable(error)))
        return
    for line in data.split(b"\0") if b"\0" in data else data.splitlines():
        if name := os.fsdecode(line):
            yield from _names(Path(name), mistakes) if is_directory(Path(name)) else (str(Path(name)),)


def _names(path: Path, mistakes: list[Diagnostic]) -> Iterator[str]:
    if is_directory(path):
        names = [str(file) for file in files_below(path, SUFFIX)]
        if not names:
            message = f"there is no document in this directory: no file whose name ends in {SUFFIX}"
            mistakes.append(Diagnostic(SourceLocation(str(path)), message))
        yield from names
        return
    try:
        path.stat()
    except FileNotFoundError:
        mistakes.append(Diagnostic(SourceLocation(str(path)), "no such file or directory"))
    except OSError as error:
        mistakes.append(Diagnostic(SourceLocation(str(path)), unreadable(error)))
    else:
        yield str(path)
