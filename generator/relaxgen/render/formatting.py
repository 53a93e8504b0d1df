"""Layout: every text as black leaves it with no options.

black takes most of the time that generating takes: what was laid out before is kept in a cache, much text is laid out
by several processes, and of each text black is asked only for what does not have its layout already.
"""

from __future__ import annotations

import gc
import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from ..cache.disk_cache import CacheUse
from .layout import lay_out
from .layout_cache import LayoutCache
from .layout_processes import Outcome, outcomes

FEWEST_FOR_PROCESSES = 40_000
"""Fewer characters than this are formatted sooner than another process has started."""

Progress = Callable[[str, int, int], None]


class NoPython(Exception):
    """The text for ``path`` cannot be compiled. Unless a user's template made it, that is a bug of ours, and so the
    message is for who meets it. Nothing has been written then."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return (
            f"the code generated for {self.path} is not valid Python: {self.reason}. Nothing was written. "
            "This is a bug of relaxgen; please report it with the schema."
        )


def format_all(
    raw: Mapping[str, str], progress: Progress | None = None, cache_use: CacheUse = CacheUse.FREELY
) -> dict[str, str]:
    """Each text as black leaves it; the cache has what was formatted before.

    Raises:
        NoPython: a text cannot be compiled.
    """
    cache = LayoutCache(cache_use)
    found = cache.find_all(raw)
    waiting = {path: text for path, text in raw.items() if path not in found}
    for path, (text, reason) in _formatted(waiting):
        if text is None:
            raise NoPython(path, reason)
        found[path] = text
        cache.store(raw[path], text)
        if progress is not None:
            progress("format", len(found), len(raw))
    if waiting:
        cache.shrink()
    return {path: found[path] for path in raw}


def _formatted(raw: Mapping[str, str]) -> Iterator[tuple[str, Outcome]]:
    processes = min(os.cpu_count() or 1, len(raw))
    if processes < 2 or sum(map(len, raw.values())) < FEWEST_FOR_PROCESSES:
        return ((path, outcome_of(text)) for path, text in raw.items())
    return outcomes(raw, processes, outcome_of)


def outcome_of(text: str) -> Outcome:
    from black.parsing import InvalidInput

    try:
        found = format_text(text)
    except InvalidInput as error:
        return None, str(error)
    reason = _why_not_compiled(found)
    return (None, reason) if reason else (found, "")


def _why_not_compiled(text: str) -> str:
    """What Python says against the text; nothing where it compiles. To parse it is not enough: the compiler refuses
    a parameter that occurs twice, and ``return`` outside a function."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        try:
            compile(text, "<generated>", "exec", dont_inherit=True)
        except SyntaxError as error:
            return f"line {error.lineno}: {error.msg}"
        except (ValueError, RecursionError) as error:
            return str(error)
    return ""


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
