"""Which documents the arguments mean: files, directories with all documents in them, and standard input."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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


def find_documents(arguments: Iterable[str]) -> tuple[Document, ...]:
    """The documents in the order of the arguments, each once; those of a directory in the order of their paths.

    Raises:
        ConfigurationError: a path does not exist, a directory has no document, or standard input cannot be read.
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
    if mistakes:
        raise ConfigurationError(*mistakes)
    return tuple(found.values())


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
