"""Layout: formats every text as black does, in lines of our length.

black would take most of the time of a run. So layouts come from a cache if possible, several processes share the work
if there is much text, and black gets only the parts of a text that do not have its layout already.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping

from ..cache.disk_cache import CacheUse
from .layout_cache import LayoutCache
from .layout_processes import outcomes
from .text_format import Outcome, outcome_of

FEWEST_FOR_PROCESSES = 40_000
"""Formatting fewer characters than this is faster than starting another process."""

Progress = Callable[[str, int, int], None]


class NoPython(Exception):
    """The text for ``path`` cannot be compiled. Unless a user's template made it, this is a bug of relaxgen. Nothing
    was written."""

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
    """Returns each text as black leaves it. The cache has texts of earlier runs.

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
    return outcomes(raw, processes)
