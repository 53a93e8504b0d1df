"""Dependency files for make, ninja and what generates their input: what was made, and which files it was made from.

    model.stamp: \\
      schemas/domain.rng \\
      schemas/disk.rng

    schemas/domain.rng:
    schemas/disk.rng:

The rules without prerequisites let make continue if an included schema is gone: make then generates again, and no
schema includes that file any more.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..diagnostics.errors import Diagnostic, OutputError
from ..diagnostics.file_replacement import replace_file
from ..diagnostics.locations import SourceLocation


def depfile_text(targets: Sequence[Path], sources: Iterable[Path]) -> str:
    escaped = [_escaped(source) for source in dict.fromkeys(sources)]
    rule = " ".join(_escaped(target) for target in targets) + ":"
    return "\n".join([" \\\n  ".join([rule, *escaped]), "", *(f"{source}:" for source in escaped)]) + "\n"


def write_depfile(file: Path, targets: Sequence[Path], sources: Iterable[Path]) -> None:
    """Raises:
    OutputError: it cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        replace_file(file, os.fsencode(depfile_text(targets, sources)))
    except OSError as error:
        raise _refusal(file, error) from None


def touch_stamp(file: Path) -> None:
    """Raises:
    OutputError: it cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    except OSError as error:
        raise _refusal(file, error) from None


def check_target(file: Path, option: str, inputs: Iterable[Path], outputs: Iterable[Path]) -> None:
    """Links and spellings of one path are the same file.

    Raises:
        OutputError: `file` is one of the inputs or outputs.
    """
    place = os.path.realpath(file)
    for role, paths in (("is read to generate the packages", inputs), ("is another output of this run", outputs)):
        if any(os.path.realpath(path) == place or _is_same_file(path, file) for path in paths):
            raise OutputError(Diagnostic(SourceLocation(str(file)), f"{role}, so {option} must not replace it"))


def _is_same_file(first: Path, second: Path) -> bool:
    """Also through a hard link, or on a file system that ignores case."""
    try:
        return first.samefile(second)
    except OSError:
        return False


def _refusal(file: Path, error: OSError) -> OutputError:
    return OutputError(Diagnostic(SourceLocation(str(file)), f"cannot be written: {error.strerror or error}"))


def _escaped(path: Path) -> str:
    """As GCC writes names: make and ninja agree on these."""
    return re.sub(r"([ #])", r"\\\1", str(path)).replace("$", "$$")
