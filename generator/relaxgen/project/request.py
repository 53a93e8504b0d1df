"""The one value that says what package to generate: command line, `pyproject.toml` and programs all make it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..cache.disk_cache import CacheUse
from ..diagnostics.locations import SourceLocation


@dataclass(frozen=True, slots=True)
class PackageRequest:
    """One package to generate.

    The last component of ``output`` is the package's name. ``roots`` are names of elements or defines to start from;
    without any, the start patterns of the schemas are used. ``names`` is the names file, which need not exist yet.
    ``catalogs`` are XML catalogs, used before those of the environment. ``versions`` are tables of releases for the
    package to carry. ``runtime`` is the directory of a run time that several packages share; without it, the package
    carries its own. ``cache_use`` changes how long generating takes, never its result. ``trust_templates`` renders the
    templates outside of Jinja's sandbox.

    For messages: ``location`` is the table of a configuration file, if the request comes from one, and
    ``output_location`` and ``runtime_location`` are those values in it. ``root_locations`` are the places that name
    the roots, in the file or on the command line.
    """

    schemas: tuple[Path, ...]
    output: Path
    enums: tuple[Path, ...] = ()
    roots: tuple[str, ...] = ()
    templates: Path | None = None
    bindings: tuple[Path, ...] = ()
    preset: str = ""
    names: Path | None = None
    catalogs: tuple[Path, ...] = ()
    versions: tuple[Path, ...] = ()
    runtime: Path | None = None
    cache_use: CacheUse = field(default=CacheUse.FREELY, compare=False)
    trust_templates: bool = False
    location: SourceLocation | None = field(default=None, compare=False)
    output_location: SourceLocation | None = field(default=None, compare=False)
    runtime_location: SourceLocation | None = field(default=None, compare=False)
    root_locations: Mapping[str, SourceLocation] = field(default_factory=dict, compare=False)

    @property
    def is_runtime(self) -> bool:
        """Whether it is the shared run time itself."""
        return self.runtime == self.output

    @property
    def runtime_import(self) -> tuple[str, str]:
        """Where a module of the package imports its run time from, and its name there."""
        if self.runtime is None:
            return ".", "_runtime"
        runtime, output = (Path(os.path.abspath(path)) for path in (self.runtime, self.output))
        return "." * (len(output.relative_to(runtime.parent).parts) + 1), runtime.name

    @property
    def name(self) -> str:
        """The package's name, also for an output such as ``.``."""
        return Path(os.path.abspath(self.output)).name
