"""A cache of the texts that black formatted in earlier runs.

A layout depends only on the text, black's release and our own code, so these are the key of an entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from types import CodeType

from ..cache.disk_cache import CacheUse, DiskCache, cache_directory, version_of_code

_KIND = "layout"


class LayoutCache:
    """The entries of `DiskCache` for layouts; `use` says how far they are trusted."""

    def __init__(self, use: CacheUse) -> None:
        self._use = use
        directory = cache_directory() if use is not CacheUse.NEVER else None
        self._entries = DiskCache(directory, f"black {version('black')}, {version_of_code(Path(__file__).parent)}")

    def find_all(self, raw: Mapping[str, str]) -> dict[str, str]:
        """Returns the known layouts of texts, by path."""
        return {path: layout for path, text in raw.items() if (layout := self._find(text)) is not None}

    def store(self, raw: str, layout: str) -> None:
        self._entries.store(_KIND, raw, layout.encode())

    def shrink(self) -> None:
        self._entries.shrink()

    def _find(self, raw: str) -> str | None:
        content = self._entries.find(_KIND, raw)
        if content is None:
            return None
        layout = content.decode()
        return layout if self._use is CacheUse.FREELY or is_same_program(raw, layout) else None


def is_same_program(raw: str, layout: str) -> bool:
    """Whether both compile to the same instructions, with their docstrings. This check of an entry is much cheaper than
    a layout. If they differ, black formats the text again."""
    try:
        return _instructions(_compiled(raw)) == _instructions(_compiled(layout))
    except (SyntaxError, ValueError, RecursionError):
        return False


def _compiled(text: str) -> CodeType:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        return compile(text, "<generated>", "exec", dont_inherit=True)


def _instructions(code: CodeType) -> tuple[object, ...]:
    """Returns everything in a code object except lines and columns."""
    constants = tuple(
        _instructions(constant) if isinstance(constant, CodeType) else (type(constant), repr(constant))
        for constant in code.co_consts
    )
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    counts = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags)
    return code.co_name, code.co_code, constants, names, counts
