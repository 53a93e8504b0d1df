"""Compiled schemas kept on disk between runs.

An entry holds the compiled grammar as JSON, with a digest of every file that it was read from; it is used only while
all of them are what they were. A cache that cannot be read or written is no cache, and no error.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from ..runtime.validation.grammar import FORMAT
from .validator import CompiledSchema, compile_schema

_NAME = "relaxgen"
_SCHEME = f"{FORMAT}.1"
"""Changes when entries of other releases must not be used."""


def cache_directory() -> Path:
    """Where the user's caches are: ``$XDG_CACHE_HOME/relaxgen``, else ``~/.cache/relaxgen``."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base else Path.home() / ".cache") / _NAME


def compile_with_cache(path: Path | str, directory: Path | None = None) -> CompiledSchema:
    """`compile_schema`, from the cache where the schema has not changed.

    Raises:
        SchemaError: as `compile_schema`.
    """
    try:
        entry = (cache_directory() if directory is None else directory) / f"{_key(path)}.json"
    except RuntimeError:  # there is no home
        return compile_schema(path)
    found = _read(entry)
    if found is not None:
        return found
    schema = compile_schema(path)
    _write(entry, schema)
    return schema


def _key(path: Path | str) -> str:
    """The path as it was given counts, too: it stands in messages."""
    return sha256(f"{_SCHEME}\0{path}\0{os.path.abspath(path)}".encode("utf-8", "surrogateescape")).hexdigest()


def _read(entry: Path) -> CompiledSchema | None:
    try:
        content = json.loads(entry.read_bytes())
        files: dict[str, str] = content["files"]
        if _digests(files) == files:
            return CompiledSchema(content["data"], tuple(files))
    except (OSError, ValueError, LookupError, TypeError):
        pass
    return None


def _write(entry: Path, schema: CompiledSchema) -> None:
    with suppress(OSError, UnicodeError):
        content: dict[str, Any] = {"files": _digests(schema.files), "data": schema.data}
        entry.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=entry.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(content, file, ensure_ascii=False, separators=(",", ":"))
            Path(temporary).replace(entry)
        except BaseException:
            Path(temporary).unlink()
            raise


def _digests(files: Iterable[str]) -> dict[str, str]:
    return {file: sha256(Path(file).read_bytes()).hexdigest() for file in files}
