"""Replaces a directory by another one, so that there is never a mixture of the two, not even after a kill.

The directory itself does not change. The complete new directory is built beside it: new files are written, all others
are linked, which keeps their contents and time stamps. Then the two directories change places in one step (`exchange`).
If the system cannot do that, two renames do it; after a kill between them, the old directory has its retired name, and
the next run restores it. The next run also removes what a killed run left.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from .atomic_swap import exchange
from .content import is_bytecode, is_regular, survey
from .output_tree import PACKAGE, TreeKind


@dataclass(frozen=True, slots=True)
class Places:
    """A directory, as an absolute path, and the two names beside it that belong to a replacement under way."""

    directory: Path

    @property
    def staging(self) -> Path:
        return self.directory.with_name(f".{self.directory.name}.relaxgen-new")

    @property
    def retired(self) -> Path:
        return self.directory.with_name(f".{self.directory.name}.relaxgen-old")


@dataclass(frozen=True, slots=True)
class NewContent:
    """What the new directory shall hold: files to write, files to take from the old one, and empty directories."""

    written: Mapping[str, str]
    carried_over: tuple[str, ...]
    directories: tuple[str, ...]
    kind: TreeKind = PACKAGE


@contextmanager
def locked(parent: Path) -> Iterator[None]:
    """One writer at a time in a directory; the lock goes with the process, whatever ends it.

    Where there are no such locks, or the directory may not be opened, it has to go without.
    """
    descriptor = None
    with suppress(ImportError, OSError):
        import fcntl

        descriptor = os.open(parent, os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def is_interrupted(places: Places) -> bool:
    """Whether a killed run left something."""
    return os.path.lexists(places.staging) or os.path.lexists(places.retired)


def recover(places: Places) -> None:
    """Ends what a killed run began. The old directory is at its place, or, between two renames, at its retired name."""
    if os.path.lexists(places.retired):
        if os.path.lexists(places.directory):
            shutil.rmtree(places.retired)
        else:
            places.retired.rename(places.directory)
    if os.path.lexists(places.staging):
        shutil.rmtree(places.staging)


def replace(places: Places, content: NewContent) -> None:
    """Builds the new directory and puts it in place.

    Raises:
        OSError: from the system; the old directory is in its place then, as it was.
    """
    try:
        _build(places, content)
        old = _swap(places)
        if old is not None:
            _settle(old, places.directory, content)
        _synchronise(places.directory.parent)
    finally:
        if places.staging.exists():
            shutil.rmtree(places.staging, ignore_errors=True)


def _build(places: Places, content: NewContent) -> None:
    places.staging.mkdir()
    _take_attributes(places.directory, places.staging)
    for path in content.directories:
        _make_directory(places, PurePosixPath(path))
    for path in content.carried_over:
        _make_directory(places, PurePosixPath(path).parent)
        _carry_over(places.directory / path, places.staging / path)
    for path, text in content.written.items():
        _make_directory(places, PurePosixPath(path).parent)
        _write_file(places.staging / path, text)
        _take_attributes(places.directory / path, places.staging / path)


def _make_directory(places: Places, path: PurePosixPath) -> None:
    for part in (*reversed(path.parents), path):
        if not (places.staging / part).is_dir():
            (places.staging / part).mkdir()
            _take_attributes(places.directory / part, places.staging / part)


def _take_attributes(old: Path, new: Path) -> None:
    """Mode and owner of what is replaced, so that a run by root leaves a user's files the user's."""
    if not os.path.lexists(old) or old.is_symlink() or old.is_dir() != new.is_dir():
        return
    before, now = old.stat(), new.stat()
    if hasattr(os, "chown") and (before.st_uid, before.st_gid) != (now.st_uid, now.st_gid):
        with suppress(PermissionError):
            os.chown(new, before.st_uid, before.st_gid)
    shutil.copymode(old, new)


def _write_file(file: Path, text: str) -> None:
    with file.open("wb") as stream:
        stream.write(text.encode())
        stream.flush()
        os.fsync(stream.fileno())


def _carry_over(source: Path, target: Path) -> None:
    """The same file under a second name; a copy with the same time stamps where the file system has no links."""
    if source.is_symlink():
        target.symlink_to(source.readlink())
        return
    try:
        target.hardlink_to(source)
    except OSError:
        if not is_regular(source):
            raise
        shutil.copy2(source, target)


def _swap(places: Places) -> Path | None:
    """Puts the new directory into its place; returns where the old one is now."""
    if not places.directory.exists():
        places.staging.rename(places.directory)
        return None
    if exchange(places.staging, places.directory):
        return places.staging
    places.directory.rename(places.retired)
    try:
        places.staging.rename(places.directory)
    except BaseException:
        places.retired.rename(places.directory)
        raise
    return places.retired


def _settle(old: Path, directory: Path, content: NewContent) -> None:
    """Removes the old directory. Files that are not ours go from there over their links or copies first.

    This keeps the original of a file that had to be copied, and what a user saved there in the meantime.
    """
    for path in survey(old, content.kind).foreign:
        replaced = path in content.written
        outdated = is_bytecode(path) and path not in content.carried_over
        if not replaced and not outdated:
            (directory / path).parent.mkdir(parents=True, exist_ok=True)
            (old / path).replace(directory / path)
    shutil.rmtree(old)


def _synchronise(directory: Path) -> None:
    """Makes the renames last through a loss of power, where directories can be opened."""
    with suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
