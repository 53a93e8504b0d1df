"""The files that packages are made from, as ``relaxgen watch`` looks at them: which of them have changed.

Also looked at are files beside them that a wildcard or an ``include`` could name: a new one may be what was missing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from ..relaxng.loading import SCHEMA_SUFFIXES
from .configuration import shown_path
from .request import PackageRequest

INPUT_SUFFIXES = frozenset((*SCHEMA_SUFFIXES, ".enums", ".toml", ".jinja"))
"""What files are called that a configuration or a schema can name."""

State = Mapping[Path, bytes | None]
"""The digest of each file; None for one that cannot be read."""

UNKNOWN = b""
"""In place of the digest of what a run has read, if nobody knows it."""


@dataclass(frozen=True, slots=True)
class WatchedFiles:
    """``files`` are watched for any change. What ``own`` are, relaxgen writes itself (names files)."""

    files: frozenset[Path]
    own: frozenset[Path] = frozenset()
    template_directories: frozenset[Path] = frozenset()

    @classmethod
    def of(
        cls, requests: Iterable[PackageRequest], sources: Iterable[Path], configuration: Path | None
    ) -> WatchedFiles:
        """What `requests` name, and the `sources` that an earlier run has read."""
        given = tuple(requests)
        named = [path for request in given for path in _named_by(request)]
        own = [request.names for request in given if request.names is not None]
        files = [*named, *own, *sources, *([configuration] if configuration is not None else [])]
        templates = [request.templates for request in given if request.templates is not None]
        return cls(_absolute(files), _absolute(own), _absolute(templates))

    @property
    def directories(self) -> frozenset[Path]:
        """Those that exist: where something has to change before a watched file can."""
        wanted = {file.parent for file in self.files} | self.template_directories
        return frozenset(directory for directory in wanted if directory.is_dir())

    def state(self) -> State:
        """The files as they are now."""
        return {file: _digest(file) for file in sorted({*self.files, *self._beside()})}

    def _beside(self) -> Iterator[Path]:
        for directory in self.directories:
            for file in _listed(directory):
                if file.suffix in INPUT_SUFFIXES and not file.name.startswith("."):
                    yield file


def changed_files(before: State, now: State) -> tuple[str, ...]:
    """What has happened to which file, for people: ``schemas/disk.rng changed``."""
    files = sorted(file for file in {*before, *now} if before.get(file) != now.get(file))
    return tuple(f"{shown_path(file)} {_what_happened(before.get(file), now.get(file))}" for file in files)


def state_after_run(before: State, now: State, watched: WatchedFiles, started: float) -> State:
    """What later states are compared with. A file that changed while a run was reading counts as it was before. The
    first run finds files that `before` does not have: one that changed after `started`, in seconds since the epoch, may
    have been read earlier, so it counts as changed."""
    edited = {file: UNKNOWN for file in watched.files if _is_younger(file, started)}
    known = {**edited, **before}
    return {file: digest if file in watched.own else known.get(file, digest) for file, digest in now.items()}


def _what_happened(before: bytes | None, now: bytes | None) -> str:
    if before is None:
        return "is new"
    return "is gone" if now is None else "changed"


def _named_by(request: PackageRequest) -> Iterator[Path]:
    yield from (*request.schemas, *request.enums, *request.bindings, *request.catalogs)
    if request.templates is not None:
        yield from request.templates.rglob("*.jinja")


def _absolute(files: Iterable[Path]) -> frozenset[Path]:
    return frozenset(Path(os.path.abspath(file)) for file in files)


def _listed(directory: Path) -> list[Path]:
    try:
        return [file for file in directory.iterdir() if file.is_file()]
    except OSError:
        return []


def _is_younger(file: Path, time: float) -> bool:
    try:
        return file.stat().st_mtime >= time
    except OSError:
        return False


def _digest(file: Path) -> bytes | None:
    try:
        return blake2b(file.read_bytes()).digest()
    except OSError:
        return None
