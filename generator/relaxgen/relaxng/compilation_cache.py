"""Compiled schemas of earlier runs.

An entry contains the compiled grammar as JSON, with a digest of every file that it was read from. It is used only while
all of them are what they were.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from ..cache.disk_cache import DiskCache, cache_directory, version_of_code
from ..diagnostics.errors import Diagnostic, Diagnostics
from ..diagnostics.locations import SourceLocation
from ..runtime.grammar import FORMAT
from ..version import VERSION
from .catalog import catalog_files
from .validator import CompiledSchema, compile_schema

_KIND = "schema"
_PACKAGE = Path(__file__).resolve().parents[1]


def compile_with_cache(
    path: Path | str, directory: Path | None = None, diagnostics: Diagnostics | None = None
) -> CompiledSchema:
    """`compile_schema`, from the cache if no file of the schema has changed. `directory` is where entries are, by
    default `cache_directory`. Warnings are left in `diagnostics`, also those of a cached schema.

    Raises:
        SchemaError: as `compile_schema`.
    """
    cache = DiskCache(directory or cache_directory(), _version())
    # Messages name the path as it was given.
    key = "\0".join((str(path), os.path.abspath(path), *map(os.path.abspath, catalog_files())))
    diagnostics = Diagnostics() if diagnostics is None else diagnostics
    found = _from_entry(cache.find(_KIND, key), diagnostics)
    if found is not None:
        return found
    start, before = time.time_ns(), len(diagnostics.found)
    schema = compile_schema(path, diagnostics=diagnostics)
    content = _as_entry(schema, diagnostics.found[before:], start)
    if content is not None:
        cache.store(_KIND, key, content)
        cache.shrink()
    return schema


def _version() -> str:
    folders = (_PACKAGE / "relaxng", _PACKAGE / "runtime", _PACKAGE / "diagnostics")
    return f"{VERSION}, grammar {FORMAT}, {version_of_code(*folders)}"


def _from_entry(entry: bytes | None, diagnostics: Diagnostics) -> CompiledSchema | None:
    if entry is None:
        return None
    try:
        content = json.loads(entry)
        files: dict[str, str] = content["files"]
        if _digests(files) == files:
            schema = CompiledSchema(content["data"], tuple(files))
            for place, message in content["warnings"]:
                diagnostics.warning(SourceLocation(*place), message)
            return schema
    except (OSError, ValueError, LookupError, TypeError):
        pass
    return None


def _as_entry(schema: CompiledSchema, warnings: Iterable[Diagnostic], start: int) -> bytes | None:
    """None if a file was changed while it was read: its digest would not be the one of what was compiled."""
    try:
        if any(Path(file).exists() and Path(file).stat().st_mtime_ns > start for file in schema.files):
            return None
        shown = [(one.location.position, one.message) for one in warnings]
        content = {"files": _digests(schema.files), "data": schema.data, "warnings": shown}
    except OSError:
        return None
    return json.dumps(content, separators=(",", ":")).encode()


def _digests(files: Iterable[str]) -> dict[str, str]:
    """A catalog need not exist: it has an empty digest as long as it does not."""
    return {file: sha256(Path(file).read_bytes()).hexdigest() if Path(file).exists() else "" for file in files}
