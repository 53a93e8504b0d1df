"""Writes samples as files in a directory.

Only files of an earlier run are replaced. If any other file is in the way, nothing is written. Each file is replaced as
a whole.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from pathlib import Path

from ..diagnostics.errors import Diagnostic, OutputError
from ..diagnostics.file_replacement import replace_file
from ..diagnostics.locations import SourceLocation

MARK = "<!-- Made by relaxgen sample. -->"


def write_samples(texts: Sequence[str], directory: Path, name: str) -> list[Path]:
    """Writes ``name-1.xml`` and so on. Files of an earlier run with such names are replaced or removed.

    Raises:
        OutputError: a file of another origin is in the way, or the directory cannot be written.
    """
    width = len(str(len(texts)))
    files = [directory / f"{name}-{number:0{width}}.xml" for number in range(1, len(texts) + 1)]
    try:
        _check_replaceable(files)
        directory.mkdir(parents=True, exist_ok=True)
        for file, text in zip(files, texts, strict=True):
            replace_file(file, f"{text}{MARK}\n".encode())
        _remove_ours(set(directory.glob(f"{name}-*.xml")) - set(files))
    except OSError as error:
        message = f"cannot be written: {error.strerror or error}"
        raise OutputError(Diagnostic(SourceLocation(str(error.filename or directory)), message)) from None
    return files


def remove_other_samples(files: Collection[Path], directory: Path) -> None:
    """Removes what earlier runs made under names that there are no more.

    Raises:
        OutputError: one cannot be removed.
    """
    try:
        _remove_ours(set(directory.glob("*.xml")) - set(files))
    except OSError as error:
        message = f"cannot be removed: {error.strerror or error}"
        raise OutputError(Diagnostic(SourceLocation(str(error.filename or directory)), message)) from None


def _check_replaceable(files: Sequence[Path]) -> None:
    message = "was not made by relaxgen sample, and is in the way"
    foreign = [file for file in files if os.path.lexists(file) and not _is_ours(file)]
    if foreign:
        raise OutputError(*(Diagnostic(SourceLocation(str(file)), message) for file in foreign))


def _remove_ours(files: Collection[Path]) -> None:
    for file in sorted(files):
        if _is_ours(file):
            file.unlink()


def _is_ours(file: Path) -> bool:
    return file.is_file() and not file.is_symlink() and file.read_bytes().rstrip().endswith(MARK.encode())
