"""Which documents the arguments mean: files, directories with all documents in them, and standard input."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from ..diagnostics.errors import ConfigurationError, Diagnostic
from ..diagnostics.input_files import STANDARD_INPUT_NAME, is_directory, read_standard_input
from ..diagnostics.locations import SourceLocation

STANDARD_INPUT = "-"
SUFFIX = ".xml"
"""What a document's name ends with; asked of files in a directory, not of those that are named."""


@dataclass(frozen=True, slots=True)
class Document:
    """``data`` is what standard input gave; a file is read when its turn comes."""

    name: str
    data: bytes | None = None

    @property
    def size(self) -> int:
        if self.data is not None:
            return len(self.data)
        try:
            return Path(self.name).stat().st_size
        except OSError:
            return 0

    def digest(self) -> str:
        """That of its bytes; empty for a file that cannot be read."""
        try:
            data = self.data if self.data is not None else Path(self.name).read_bytes()
        except OSError:
            return ""
        return blake2b(data, digest_size=16).hexdigest()


def find_documents(arguments: Iterable[str], lists: Iterable[str] = ()) -> tuple[Document, ...]:
    """The documents in the order of the arguments, each once; those of a directory in the order of their paths. After
    them come those whose names are in `lists`, which may be missing: a list can be older than the files.

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
    """The names in a list: a name each line, or each with a zero byte behind it, as ``find -print0`` writes them."""
    try:
        data = read_standard_input() if file == STANDARD_INPUT else Path(file).read_bytes()
    except OSError as error:
        mistakes.append(Diagnostic(SourceLocation(file), f"cannot be read: {error.strerror or error}"))
        return
    for line in data.split(b"\0") if b"\0" in data else data.splitlines():
        if name := os.fsdecode(line):
            yield from _names(Path(name), mistakes) if is_directory(Path(name)) else (str(Path(name)),)


def _names(path: Path, mistakes: list[Diagnostic]) -> Iterator[str]:
    if is_directory(path):
        names = sorted(str(file) for file in path.rglob(f"*{SUFFIX}") if file.is_file() and not _is_hidden(file, path))
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
        mistakes.append(Diagnostic(SourceLocation(str(path)), f"cannot be read: {error.strerror or error}"))
    else:
        yield str(path)


def _is_hidden(file: Path, directory: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(directory).parts)
