"""Records of earlier runs, so that an unchanged package is not generated again.

The record of a run contains a digest of each file that was read or written, and the names of files that were looked for
and did not exist. It is in the cache, not in the package. Its key is the request; its version is all code and templates
of relaxgen. If a digest differs, or a file is missing or new, the record is not used, and the package is generated.

``relaxgen check`` does not use records, because it finds differences that a record would hide.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..cache.disk_cache import CacheUse, DiskCache, cache_directory, version_of_code
from ..diagnostics.errors import Diagnostic, Severity
from ..diagnostics.locations import SourceLocation
from ..output.content import survey
from ..output.replacement import Places, is_interrupted
from .request import PackageRequest

_PACKAGE = Path(__file__).resolve().parents[1]

_KIND = "run"

_LIBRARIES = ("black", "elementpath", "jinja2", "lxml")
"""What generating depends on beside our own code."""

COARSEST_TIME_STAMP = 2.0
"""Seconds. File systems of the FAT family round times of changes to them."""

_SURROUNDINGS = ("RELAXGEN_TRUST_TEMPLATES", "XML_CATALOG_FILES")
"""The variables of the environment that change what is generated, or whether it is."""


@dataclass(frozen=True, slots=True)
class PackageFacts:
    """What there is to say of a package without its texts.

    ``files`` are the paths of its files, relative, with slashes. ``sources`` are all files that it was made from,
    ``absent`` those that were looked for and not there.
    ``diagnostics`` are warnings. ``derived_names`` are the names of classes and enumerations that no author has chosen.
    """

    files: tuple[str, ...]
    classes: int
    enums: int
    derived_names: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]
    sources: tuple[Path, ...]
    absent: tuple[Path, ...] = ()


def find_unchanged(request: PackageRequest) -> PackageFacts | None:
    """The facts about a package that is on disk as `request` would generate it; None where that is not known."""
    found = _cache(request).find(_KIND, _key(request))
    if found is None:
        return None
    record = json.loads(found)
    if record["inputs"] != _digests(record["inputs"]) or record["templates"] != _templates(request):
        return None
    if any(map(os.path.lexists, record["facts"]["absent"])):
        return None
    return _facts(record) if _is_on_disk(record["outputs"], request.output) else None


def record_run(request: PackageRequest, facts: PackageFacts, started: float) -> None:
    """Notes that the package is on disk now.

    `started` is when generating began, in seconds since the epoch: a source that changed later may have been read
    before or after its change, so nothing is noted then. The names file has just been written.
    """
    sources = [str(path) for path in facts.sources if path != request.names]
    names = [str(request.names)] if request.names is not None else []
    outputs = {path: _digest(request.output / path) for path in facts.files}
    if None in outputs.values() or any(_changed_since(path, started) for path in sources):
        return
    record = {
        "inputs": _digests([*sources, *names]),
        "templates": _templates(request),
        "outputs": outputs,
        "facts": _values(facts),
    }
    _cache(request).store(_KIND, _key(request), json.dumps(record).encode())


def _cache(request: PackageRequest) -> DiskCache:
    directory = cache_directory() if request.cache_use is CacheUse.FREELY else None
    if directory is None:
        return DiskCache(None, "")
    return DiskCache(directory, f"{sys.version}, {[*map(_installed, _LIBRARIES)]}, {version_of_code(*_folders())}")


def _installed(library: str) -> tuple[str, int, int] | None:
    """Changes with the release that is installed, and is found without importing anything."""
    found = find_spec(library)
    if found is None or found.origin is None:
        return None
    status = Path(found.origin).stat()
    return found.origin, status.st_size, status.st_mtime_ns


def _folders() -> list[Path]:
    """Our code and templates; in a checkout the templates lie beside the package."""
    templates = _PACKAGE.parents[1] / "templates"
    return [_PACKAGE, templates] if templates.is_dir() else [_PACKAGE]


def _key(request: PackageRequest) -> str:
    """The whole request. It includes the working directory, because messages show paths as they were given."""
    asked = {one.name: str(getattr(request, one.name)) for one in fields(request)}
    surroundings = [os.environ.get(name) for name in _SURROUNDINGS]
    return json.dumps([str(Path.cwd()), os.path.abspath(request.output), asked, surroundings])


def _templates(request: PackageRequest) -> list[str]:
    return sorted(map(str, request.templates.rglob("*.jinja"))) if request.templates is not None else []


def _is_on_disk(outputs: Mapping[str, str], directory: Path) -> bool:
    if is_interrupted(Places(Path(os.path.abspath(directory)))) or not directory.is_dir():
        return False
    if list(survey(directory).ours) != sorted(outputs):
        return False
    return all(_digest(directory / path) == digest for path, digest in outputs.items())


def _digests(paths: Iterable[str]) -> dict[str, str | None]:
    return {path: _digest(Path(path)) for path in paths}


def _digest(file: Path) -> str | None:
    """None for what is not a file, or cannot be read."""
    try:
        return blake2b(file.read_bytes(), digest_size=16).hexdigest() if file.is_file() else None
    except OSError:
        return None


def _changed_since(path: str, started: float) -> bool:
    try:
        return Path(path).stat().st_mtime >= started - COARSEST_TIME_STAMP
    except OSError:
        return True


def _values(facts: PackageFacts) -> dict[str, Any]:
    return {
        **asdict(facts),
        "diagnostics": [{**asdict(one), "severity": one.severity.value} for one in facts.diagnostics],
        "sources": [str(path) for path in facts.sources],
        "absent": [str(path) for path in facts.absent],
    }


def _facts(record: Mapping[str, Any]) -> PackageFacts:
    values = record["facts"]
    return PackageFacts(
        tuple(record["outputs"]),
        values["classes"],
        values["enums"],
        tuple(values["derived_names"]),
        tuple(_diagnostic(one) for one in values["diagnostics"]),
        tuple(Path(path) for path in values["sources"]),
        tuple(Path(path) for path in values["absent"]),
    )


def _diagnostic(values: Mapping[str, Any]) -> Diagnostic:
    related = tuple((_location(place), text) for place, text in values["related"])
    severity = Severity(values["severity"])
    return Diagnostic(_location(values["location"]), values["message"], severity, values["section"], related)


def _location(values: Mapping[str, Any]) -> SourceLocation:
    origin = values["included_from"]
    return SourceLocation(**{**values, "included_from": _location(origin) if origin is not None else None})
