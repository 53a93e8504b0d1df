"""The files that packages are made from: each once, in an order that follows from the files alone.

What is generated must not depend on the order in which a command line, a wildcard or a build system names its inputs,
nor on the directory that a checkout lies in.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NoReturn

from .errors import ConfigurationError, Diagnostic
from .locations import SourceLocation
from .phrases import unreadable

STANDARD_INPUT_NAME = "<stdin>"

MOST_BYTES = 256 * 1024 * 1024
"""Of standard input, which is kept in memory; it may be without end."""


def each_once(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The files in the order of their names, then of their directories; of several paths to one file, the first.

    >>> [path.as_posix() for path in each_once([Path("b/pool.rng"), Path("disk.rng"), Path("a/pool.rng")])]
    ['disk.rng', 'a/pool.rng', 'b/pool.rng']
    """
    given = list(paths)
    orders = {path: _order(path, relative) for path, relative in zip(given, below_common_directory(given), strict=True)}
    found: dict[Path, Path] = {}
    for path in sorted(orders, key=orders.__getitem__):
        found.setdefault(path.resolve(), path)
    return tuple(found.values())


def below_common_directory(paths: Sequence[Path]) -> list[Path]:
    """Returns each path relative to the directory that contains all of them, so that paths do not depend on the
    checkout."""
    absolute = [Path(os.path.abspath(path)) for path in paths]
    try:
        top = os.path.commonpath([path.parent for path in absolute])
    except ValueError:  # no paths, or paths on several drives
        return absolute
    return [path.relative_to(top) for path in absolute]


def is_file(path: Path) -> bool:
    """Whether `path` is a file. A path that is too long is not; `Path.is_file` raises `OSError` for it."""
    return os.path.isfile(path)  # noqa: PTH113


def is_directory(path: Path) -> bool:
    """As `is_file`."""
    return os.path.isdir(path)  # noqa: PTH112


def files_below(directory: Path, *suffixes: str) -> list[Path]:
    """The files in and below a directory with one of the suffixes, sorted by path. Hidden ones are not meant.

    Raises:
        ConfigurationError: a directory cannot be read, so that files would be missing without a word.
    """
    found: list[Path] = []
    for place, directories, names in os.walk(directory, onerror=_refuse):
        directories[:] = [name for name in directories if name[0] != "."]
        found += [Path(place, name) for name in names if name[0] != "." and name.endswith(suffixes)]
    return sorted(filter(is_file, found))


def _refuse(error: OSError) -> NoReturn:
    place = SourceLocation(os.fsdecode(error.filename))
    raise ConfigurationError(Diagnostic(place, unreadable(error)))


CONFLICT = "contains a merge conflict, which git marks with <<<<<<< and >>>>>>>: keep what is right of the two sides"


def conflict_line(data: bytes) -> int:
    """The line of the first mark of a merge conflict; 0 where there is none."""
    found = re.search(rb"^<<<<<<< .*$", data, re.MULTILINE)
    return data.count(b"\n", 0, found.start()) + 1 if found is not None else 0


def name_in_text(path: Path) -> str:
    """The path for a text file: bytes of a file name that are not UTF-8 are written as escapes (``\\xff``)."""
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")


def _order(path: Path, relative: Path) -> tuple[str, tuple[str, ...], str]:
    """The path as it was given comes last, for two spellings of one place."""
    return relative.name, relative.parent.parts, str(path)


def read_standard_input() -> bytes:
    """Raises:
    ConfigurationError: it cannot be read, or holds more than `MOST_BYTES`.
    """
    try:
        data = sys.stdin.buffer.read(MOST_BYTES + 1)
    except OSError as error:
        raise _refusal(unreadable(error)) from None
    if len(data) > MOST_BYTES:
        raise _refusal(f"contains more than {MOST_BYTES // 1024**2} MiB: name a file in place of -")
    return data


def _refusal(message: str) -> ConfigurationError:
    return ConfigurationError(Diagnostic(SourceLocation(STANDARD_INPUT_NAME), message))
