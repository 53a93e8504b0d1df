"""Layout: every text as black leaves it with no options, and kept in a cache from one run to the next.

black takes most of the time that generating takes. What it makes of a text depends on nothing but the text and
black's release, so both together are the key. An entry begins with a digest of what follows, since a file that a crash
left half written would otherwise become somebody's code.
"""

from __future__ import annotations

import gc
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path

from .layout import lay_out

FEWEST_FOR_PROCESSES = 40_000
"""Fewer characters than this are formatted sooner than another process has started."""

Progress = Callable[[str, int, int], None]


class NoPython(Exception):
    """The text for ``path`` cannot be parsed."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason


def format_all(raw: Mapping[str, str], progress: Progress | None = None) -> dict[str, str]:
    """Each text as black leaves it; what was formatted before comes from the cache.

    Raises:
        NoPython: a text cannot be parsed.
    """
    found: dict[str, str] = {}
    waiting: dict[str, str] = {}
    cache = _cache_directory()
    keys = _keys(raw) if cache is not None else {}
    for path, text in raw.items():
        cached = _cached(cache / keys[path]) if cache is not None else None
        if cached is None:
            waiting[path] = text
        else:
            found[path] = cached
    done = len(found)
    for path, text in _formatted(waiting):
        found[path] = text
        if cache is not None:
            _store(cache / keys[path], text)
        done += 1
        if progress is not None:
            progress("format", done, len(raw))
    return {path: found[path] for path in raw}


def _formatted(raw: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    workers = min(os.cpu_count() or 1, len(raw))
    if workers < 2 or sum(map(len, raw.values())) < FEWEST_FOR_PROCESSES:
        for path, text in raw.items():
            yield path, _format_file(path, text)
        return
    # The largest first, so that no process is left with one at the end.
    paths = sorted(raw, key=lambda path: -len(raw[path]))
    with ProcessPoolExecutor(workers) as pool:
        yield from zip(paths, pool.map(_format_file, paths, [raw[path] for path in paths]), strict=True)


def _format_file(path: str, text: str) -> str:
    from black.parsing import InvalidInput

    try:
        return format_text(text)
    except InvalidInput as error:
        raise NoPython(path, str(error)) from None


def format_text(text: str) -> str:
    """`text` as black leaves it with no options: neither the interpreter at hand nor a user's settings decide."""
    with _without_garbage_collection():
        return lay_out(text, _black)


def _black(text: str) -> str:
    from black import format_str
    from black.mode import Mode, TargetVersion

    return format_str(text, mode=Mode(target_versions={TargetVersion.PY311}))


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """black makes many objects and keeps them all while it is at a text: looking for what is not needed any more would
    take a quarter of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _cache_directory() -> Path | None:
    """None where caching is switched off, by ``RELAXGEN_CACHE`` set to nothing."""
    chosen = os.environ.get("RELAXGEN_CACHE")
    if chosen is not None:
        return Path(chosen) if chosen else None
    base = os.environ.get("XDG_CACHE_HOME")
    home = Path(base) if base else Path.home() / ".cache"
    return home / "relaxgen" / "format"


def _keys(raw: Mapping[str, str]) -> dict[str, str]:
    release = version("black")
    return {path: _digest(f"black {release}\n{text}") for path, text in raw.items()}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _cached(entry: Path) -> str | None:
    try:
        digest, _, text = entry.read_bytes().decode("utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        return None
    return text if digest == _digest(text) else None


def _store(entry: Path, text: str) -> None:
    """A cache that cannot be written is none; what is written appears at once, whole."""
    temporary = entry.with_name(f"{entry.name}.{os.getpid()}")
    try:
        entry.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(f"{_digest(text)}\n{text}", encoding="utf-8", newline="\n")
        temporary.replace(entry)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
