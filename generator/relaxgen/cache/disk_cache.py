"""Results of earlier runs on disk: compiled schemas, and texts as black leaves them.

An entry is one file: a digest, then the content. The digest covers the content and the entry's name, and its key is the
version of the program that reads it (`DiskCache.version`). An entry that was damaged, moved, or written by another
version does not have the right digest; it is ignored and written anew. So an entry never changes a result.

Whoever can write entries could still forge one, since the key is no secret. Therefore a directory or a file that
another user owns or can write to is not used. What cannot be read or written is no error.
"""

from __future__ import annotations

import os
import stat
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from hashlib import blake2b
from pathlib import Path

VARIABLE = "RELAXGEN_CACHE"
"""Names the directory; empty, nothing is kept."""

MOST_BYTES = 64 * 1024 * 1024
"""The package for libvirt's domains takes 1.5 MB, so that is some dozens of large packages in several states."""

KEPT_WHEN_FULL = 0.75

USE_IS_NOTED_AFTER = 24 * 60 * 60
"""Seconds. Noting every use would be a write for every file of every run."""

_SUFFIX = ".relaxgen"
_DIGEST_SIZE = 32
_OPEN = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""Neither links are followed, nor does a pipe in the directory block."""


class CacheUse(Enum):
    """How far a run relies on entries. ``CHECKED`` is for verdicts: what an entry says is verified independently."""

    NEVER = "never"
    CHECKED = "checked"
    FREELY = "freely"


@dataclass(frozen=True, slots=True)
class DiskCache:
    """``directory`` is None if nothing is to be kept. ``version`` names all that the content of an entry depends on,
    apart from its key."""

    directory: Path | None
    version: str

    def find(self, kind: str, key: str) -> bytes | None:
        """The content that was stored for this key; None if there is none, or none to rely on."""
        if self.directory is None or not _is_only_ours(self.directory):
            return None
        name = self._name(kind, key)
        try:
            content = _read(self.directory / name)
        except OSError:
            return None
        digest, content = content[:_DIGEST_SIZE], content[_DIGEST_SIZE:]
        if digest != self._digest(name, content):
            return None
        _note_use(self.directory / name)
        return content

    def store(self, kind: str, key: str, content: bytes) -> None:
        """The entry appears at once, whole."""
        if self.directory is None:
            return
        name = self._name(kind, key)
        with suppress(OSError):
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _is_only_ours(self.directory):
                return
            descriptor, temporary = tempfile.mkstemp(_SUFFIX, dir=self.directory)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(self._digest(name, content) + content)
                Path(temporary).replace(self.directory / name)
            except BaseException:
                Path(temporary).unlink()
                raise

    def shrink(self, most_bytes: int = MOST_BYTES) -> None:
        """Removes entries, those first that have not been used for longest, if there is more than `most_bytes`."""
        if self.directory is None or not _is_only_ours(self.directory):
            return
        with suppress(OSError):
            with os.scandir(self.directory) as listing:
                found = [entry for entry in listing if entry.name.endswith(_SUFFIX)]
                entries = [(entry.stat(follow_symlinks=False), entry.path) for entry in found]
            size = sum(status.st_size for status, _ in entries)
            if size <= most_bytes:
                return
            for status, path in sorted(entries, key=lambda entry: entry[0].st_mtime):
                if size <= most_bytes * KEPT_WHEN_FULL:
                    return
                with suppress(OSError):  # another run may have removed it
                    os.remove(path)  # noqa: PTH107
                size -= status.st_size

    def _name(self, kind: str, key: str) -> str:
        digest = blake2b(f"{self.version}\0{kind}\0{key}".encode("utf-8", "surrogatepass"), digest_size=_DIGEST_SIZE)
        return f"{kind}-{digest.hexdigest()}{_SUFFIX}"

    def _digest(self, name: str, content: bytes) -> bytes:
        key = blake2b(f"{self.version}\0{name}".encode(), digest_size=_DIGEST_SIZE).digest()
        return blake2b(content, key=key, digest_size=_DIGEST_SIZE).digest()


def cache_directory() -> Path | None:
    """What `VARIABLE` names, else ``relaxgen`` among the user's caches. None if it is empty, or there is no home."""
    chosen = os.environ.get(VARIABLE)
    if chosen is not None:
        return Path(chosen) if chosen else None
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(base) if base else Path.home() / ".cache") / "relaxgen"
    except RuntimeError:
        return None


def _read(entry: Path) -> bytes:
    """Raises:
    OSError: the entry cannot be read, or is not a file of this user alone.
    """
    descriptor = os.open(entry, _OPEN)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or not _belongs_to_us(status) or status.st_size > MOST_BYTES:
            raise OSError(f"{entry} is not an entry to rely on")
        return file.read()


def _is_only_ours(directory: Path) -> bool:
    try:
        status = directory.stat()
    except (OSError, ValueError):
        return False
    return stat.S_ISDIR(status.st_mode) and _belongs_to_us(status)


def _belongs_to_us(status: os.stat_result) -> bool:
    """Nobody else can write there. Windows keeps that in another place, and its users' caches in their profiles."""
    if not hasattr(os, "geteuid"):
        return True
    return status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _note_use(entry: Path) -> None:
    with suppress(OSError):
        if time.time() - entry.stat().st_mtime > USE_IS_NOTED_AFTER:
            os.utime(entry)


def version_of_code(*folders: Path) -> str:
    """Changes with every change of the Python files and templates in `folders`: a checkout changes without a new
    version number. Checkouts and environments with the same code share entries."""
    digest = blake2b(digest_size=16)
    for file in sorted(file for folder in folders for file in folder.rglob("*") if file.suffix in {".py", ".jinja"}):
        content = file.read_bytes()
        digest.update(f"{file.name}\0{len(content)}\n".encode() + content)
    return digest.hexdigest()
