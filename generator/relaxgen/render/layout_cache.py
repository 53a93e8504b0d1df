"""Texts that were laid out in earlier runs.

What is made of a text depends on nothing but the text and black's release, so both together are the key. An entry
begins with a digest of what follows, since a file that a crash left half written would otherwise become somebody's
code. What has not been used for longest goes when there is too much.
"""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

MOST_BYTES = 64 * 1024 * 1024
"""The package for libvirt's domains takes 1.5 MB, so that is some dozens of large packages in several states."""

KEPT_WHEN_FULL = 0.75

USE_IS_NOTED_AFTER = 24 * 60 * 60
"""Seconds: noting every use would be a write for every file of every run."""


@dataclass(frozen=True, slots=True)
class LayoutCache:
    """``directory`` is None where nothing shall be kept. A directory that cannot be used is no error."""

    directory: Path | None
    release: str

    def key(self, text: str) -> str:
        return _digest(f"black {self.release}\n{text}") if self.directory is not None else ""

    def find(self, key: str) -> str | None:
        if self.directory is None:
            return None
        entry = self.directory / key
        try:
            digest, _, text = entry.read_bytes().decode("utf-8").partition("\n")
        except (OSError, UnicodeDecodeError):
            return None
        if digest != _digest(text):
            return None
        _note_use(entry)
        return text

    def store(self, key: str, text: str) -> None:
        """What is written appears at once, whole."""
        if self.directory is None:
            return
        entry = self.directory / key
        temporary = entry.with_name(f"{key}.{os.getpid()}")
        try:
            entry.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(f"{_digest(text)}\n{text}", encoding="utf-8", newline="\n")
            temporary.replace(entry)
        except OSError:
            with suppress(OSError):
                temporary.unlink()

    def shrink(self, most_bytes: int = MOST_BYTES) -> None:
        """Removes what has not been used for longest, where there is more than `most_bytes`."""
        if self.directory is None:
            return
        with suppress(OSError):
            with os.scandir(self.directory) as listing:
                entries = [(entry.stat(), entry.path) for entry in listing if entry.is_file()]
            size = sum(status.st_size for status, _ in entries)
            if size <= most_bytes:
                return
            for status, path in sorted(entries, key=lambda entry: entry[0].st_mtime):
                if size <= most_bytes * KEPT_WHEN_FULL:
                    return
                with suppress(OSError):  # another run may have been here
                    os.remove(path)  # noqa: PTH107
                size -= status.st_size


def open_cache() -> LayoutCache:
    """For the release of black that is installed."""
    return LayoutCache(_directory(), version("black"))


def _directory() -> Path | None:
    """What ``RELAXGEN_CACHE`` names, else where the user's caches are; none where it is empty, or there is no home."""
    chosen = os.environ.get("RELAXGEN_CACHE")
    if chosen is not None:
        return Path(chosen) if chosen else None
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        caches = Path(base) if base else Path.home() / ".cache"
    except RuntimeError:
        return None
    return caches / "relaxgen" / "format"


def _note_use(entry: Path) -> None:
    with suppress(OSError):
        if time.time() - entry.stat().st_mtime > USE_IS_NOTED_AFTER:
            os.utime(entry)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
