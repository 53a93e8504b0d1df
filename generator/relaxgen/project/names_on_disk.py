"""The names file of a package on disk: written after its package, and compared with what it should be."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

from ..diagnostics.errors import Diagnostic, OutputError
from ..diagnostics.file_replacement import replace_file
from ..diagnostics.locations import SourceLocation
from ..diagnostics.phrases import unreadable
from ..output import Difference, DifferenceKind


def write_names(text: str, file: Path) -> None:
    """Makes `file` hold `text`, at once; a file that has it already is left alone.

    Raises:
        OutputError: the file cannot be written.
    """
    try:
        if _text_of(file) == text:
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        replace_file(file, text.encode())
    except OSError as error:
        message = f"cannot be written: {error.strerror or error}"
        raise OutputError(Diagnostic(SourceLocation(str(file)), message)) from error


def names_difference(text: str, file: Path, output: Path) -> Difference | None:
    """How the file differs from what `write_names` would write; None where it does not. Its path is relative to that of
    its package, ``output``, as those of all differences.

    Raises:
        OutputError: the file cannot be read.
    """
    try:
        present = _text_of(file)
    except OSError as error:
        raise OutputError(Diagnostic(SourceLocation(str(file)), unreadable(error))) from error
    if present == text:
        return None
    path = Path(os.path.relpath(file, output)).as_posix()
    if present is None:
        return Difference(path, DifferenceKind.MISSING)
    old, new = present.splitlines(), text.splitlines()
    lines = difflib.unified_diff(old, new, f"{file.name} (on disk)", f"{file.name} (generated)", lineterm="", n=1)
    pairs = enumerate(zip(old, new, strict=False), 1)
    first = next((number for number, (before, after) in pairs if before != after), min(len(old), len(new)) + 1)
    return Difference(path, DifferenceKind.CHANGED, "\n".join(lines), first)


def _text_of(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None
