"""The files in an output directory, and which of them relaxgen made.

A file is *ours* if its first line begins with the header of its kind of tree, or if it is an empty ``py.typed``. All
other files are *foreign*, including links and devices, and the files of another tree of the same kind further down,
because another package has its own run time, and other documentation its own style.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from .output_tree import PACKAGE, TreeKind


@dataclass(frozen=True, slots=True)
class Content:
    """The files below a directory, sorted; everything that is not a directory counts as a file."""

    ours: tuple[str, ...]
    foreign: tuple[str, ...]
    empty_directories: tuple[str, ...]


def survey(directory: Path, kind: TreeKind = PACKAGE) -> Content:
    """The content of a directory, as a tree of that kind sees it; one that does not exist has none."""
    ours: list[str] = []
    foreign: list[str] = []
    empty: list[str] = []
    for path, entry in _walk(directory, ""):
        if entry is None:
            empty.append(path)
        elif _is_ours(entry, kind):
            ours.append(path)
        else:
            foreign.append(path)
    inner = tuple(path.removesuffix(mark) for mark in kind.marks for path in ours if path.endswith(f"/{mark}"))
    foreign.extend(path for path in ours if path.startswith(inner))
    ours = [path for path in ours if not path.startswith(inner)]
    return Content(tuple(sorted(ours)), tuple(sorted(foreign)), tuple(sorted(empty)))


def _walk(directory: Path, prefix: str) -> Iterator[tuple[str, os.DirEntry[str] | None]]:
    """Every file below a directory, and every empty directory (without an entry); links are not followed."""
    try:
        with os.scandir(directory) as listing:
            entries = list(listing)
    except (FileNotFoundError, NotADirectoryError):
        return
    if not entries and prefix:
        yield prefix.rstrip("/"), None
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), f"{prefix}{entry.name}/")
        else:
            yield prefix + entry.name, entry


def _is_ours(entry: os.DirEntry[str], kind: TreeKind) -> bool:
    header = kind.header_of(entry.name).encode()
    if not header or not entry.is_file(follow_symlinks=False):
        return False
    if entry.name == "py.typed":
        return entry.stat().st_size == 0
    with Path(entry.path).open("rb") as file:
        return file.read(len(header)) == header


def is_regular(file: Path) -> bool:
    return os.path.lexists(file) and stat.S_ISREG(file.lstat().st_mode)


def is_empty(file: Path) -> bool:
    return is_regular(file) and file.stat().st_size == 0


def bytecode_of(modules: set[str], files: tuple[str, ...]) -> set[str]:
    """The cached bytecode among `files` that belongs to these modules (``__pycache__/<module>.<tag>.pyc``)."""
    found = set()
    for path in files:
        file = PurePosixPath(path)
        module = file.parent.parent / f"{file.name.split('.')[0]}.py"
        if is_bytecode(path) and str(module) in modules:
            found.add(path)
    return found


def is_bytecode(path: str) -> bool:
    return PurePosixPath(path).parent.name == "__pycache__"
