"""Typed Python packages from RELAX NG schemas, for programs that generate: build hooks, tests, other generators.

    from relaxgen import generate

    result = generate("schemas/domain.rng", "src/acme/domain", enums=["schemas/enums/disk.enums"])
    print(len(result.written), "files written")

`generate` writes a package. `check` compares a package with what `generate` would write. Both raise one
`GeneratorError` for all errors; each of its ``diagnostics`` has a file, a line and a column. Warnings are in the
result.

Importing this module is cheap: the modules that do the work are imported with the first call.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from .diagnostics.errors import (
    ConfigurationError,
    Diagnostic,
    Diagnostics,
    GeneratorError,
    OutputError,
    SchemaError,
    Severity,
    TableError,
)
from .diagnostics.locations import SourceLocation
from .version import VERSION

if TYPE_CHECKING:
    from .output import Difference
    from .project.packages import BuiltPackage
    from .project.request import PackageRequest

__version__ = VERSION

AnyPath = str | os.PathLike[str]

Progress = Callable[[str, int, int], None]
"""Called with the stage (``read``, ``bind``, ``render``, ``format``), how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Generation:
    """The result of `generate`. Paths of files are relative to the package, with slashes."""

    classes: int
    enums: int
    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    warnings: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result of `check`: files that are missing, changed or no longer generated."""

    differences: tuple[Difference, ...]
    warnings: tuple[Diagnostic, ...]

    @property
    def is_up_to_date(self) -> bool:
        return not self.differences


def generate(
    schemas: AnyPath | Iterable[AnyPath],
    output: AnyPath,
    *,
    enums: AnyPath | Iterable[AnyPath] = (),
    bindings: AnyPath | Iterable[AnyPath] = (),
    catalogs: AnyPath | Iterable[AnyPath] = (),
    versions: AnyPath | Iterable[AnyPath] = (),
    roots: str | Iterable[str] = (),
    templates: AnyPath | None = None,
    trust_templates: bool = False,
    preset: str = "",
    names: AnyPath | None = None,
    runtime: AnyPath | None = None,
    progress: Progress | None = None,
) -> Generation:
    """Writes one package from one or more schemas. The last part of `output` is the package's name.

    - ``enums``: files with enum tables.
    - ``bindings``: bindings files, with names and other facts.
    - ``catalogs``: XML catalogs; they come before those of ``XML_CATALOG_FILES``.
    - ``versions``: tables of releases, which the package contains.
    - ``roots``: elements or defines to start from. The default is the start patterns of the schemas.
    - ``templates``: a directory of templates that replace relaxgen's. They run in Jinja's sandbox, unless
      ``trust_templates`` is true.
    - ``preset``: a well-known vocabulary (``"libvirt"``). Without schemas, its installed schemas are used.
    - ``names``: a file that keeps names from run to run; it is written with the package.
    - ``runtime``: the directory of a run time that several packages share, beside or above them; it is written before
      the package. The default is a run time in the package.

    Files that are up to date do not change. The directory changes as a whole or not at all.

    Raises:
        GeneratorError: a schema, a table, an option or the directory is wrong. Nothing was written.
    """
    from .project.packages import build_changed_packages

    request = _request(
        schemas, output, enums, bindings, catalogs, versions, roots, templates, preset, names, runtime, trust_templates
    )
    *runtimes, package = build_changed_packages((request,), lambda name: nullcontext(progress))
    for one in runtimes:
        one.write()
    facts, summary = package.facts, package.write()
    return Generation(
        facts.classes, facts.enums, summary.written, summary.unchanged, summary.removed, facts.diagnostics
    )


def check(
    schemas: AnyPath | Iterable[AnyPath],
    output: AnyPath,
    *,
    enums: AnyPath | Iterable[AnyPath] = (),
    bindings: AnyPath | Iterable[AnyPath] = (),
    catalogs: AnyPath | Iterable[AnyPath] = (),
    versions: AnyPath | Iterable[AnyPath] = (),
    roots: str | Iterable[str] = (),
    templates: AnyPath | None = None,
    trust_templates: bool = False,
    preset: str = "",
    names: AnyPath | None = None,
    runtime: AnyPath | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Compares the package in `output` with what `generate` would write. The arguments are those of `generate`.

    Raises:
        GeneratorError: a schema, a table or an option is wrong, or the directory cannot be read.
    """
    from .cache.disk_cache import CacheUse
    from .project.packages import build_packages

    request = _request(
        schemas, output, enums, bindings, catalogs, versions, roots, templates, preset, names, runtime, trust_templates
    )
    request = replace(request, cache_use=CacheUse.CHECKED)
    *runtimes, package = build_packages((request,), lambda name: nullcontext(progress))
    of_runtimes = (_seen_from(request.output, one) for one in runtimes)
    differences = (*chain.from_iterable(of_runtimes), *package.differences())
    return Comparison(differences, package.generated.diagnostics)


def _seen_from(output: Path, runtime: BuiltPackage) -> Iterator[Difference]:
    """The differences of a shared run time, with paths relative to a package."""
    directory = os.path.relpath(runtime.request.output, output)
    for one in runtime.differences():
        yield replace(one, path=Path(directory, one.path).as_posix())


def _request(
    schemas: AnyPath | Iterable[AnyPath],
    output: AnyPath,
    enums: AnyPath | Iterable[AnyPath],
    bindings: AnyPath | Iterable[AnyPath],
    catalogs: AnyPath | Iterable[AnyPath],
    versions: AnyPath | Iterable[AnyPath],
    roots: str | Iterable[str],
    templates: AnyPath | None,
    preset: str,
    names: AnyPath | None,
    runtime: AnyPath | None,
    trust_templates: bool,
) -> PackageRequest:
    from .project.configuration import check_package_name, check_runtime
    from .project.presets import installed_schemas, preset_named
    from .project.request import PackageRequest

    directory = Path(output)
    files = _paths(schemas)
    if preset and not files:
        files = installed_schemas(preset_named(preset, SourceLocation("preset")))
    diagnostics = Diagnostics()
    check_package_name(directory, SourceLocation(str(directory)), diagnostics)
    if not files:
        diagnostics.error(SourceLocation(str(directory)), "there is no schema to generate a package from")
    diagnostics.raise_errors(ConfigurationError)
    request = PackageRequest(
        files,
        directory,
        _paths(enums),
        (roots,) if isinstance(roots, str) else tuple(roots),
        Path(templates) if templates is not None else None,
        _paths(bindings),
        preset,
        Path(names) if names is not None else None,
        _paths(catalogs),
        _paths(versions),
        Path(runtime) if runtime is not None else None,
        trust_templates=trust_templates,
    )
    if request.runtime is not None:
        check_runtime(request.runtime, (request,), SourceLocation(str(request.runtime)), diagnostics)
        diagnostics.raise_errors(ConfigurationError)
    return request


def _paths(given: AnyPath | Iterable[AnyPath]) -> tuple[Path, ...]:
    if isinstance(given, (str, os.PathLike)):
        return (Path(given),)
    return tuple(Path(path) for path in given)


__all__ = [
    "AnyPath",
    "Comparison",
    "ConfigurationError",
    "Diagnostic",
    "Generation",
    "GeneratorError",
    "OutputError",
    "Progress",
    "SchemaError",
    "Severity",
    "SourceLocation",
    "TableError",
    "check",
    "generate",
]
