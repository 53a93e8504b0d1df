"""The stages in order: the first file to read.

    schemas   → Grammar → Schema     relaxng.reader, relaxng.simplification
    tables    → EnumTable            enums.reader
    both      → Model                binding.builder
    Model     → PythonPackage        python.builder
    package   → OutputTree           render.renderer

Nothing here touches the disk but to read schemas, tables and templates; `output` writes the tree or compares it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .binding.builder import build_model
from .binding.model import Model
from .enums.matching import TableMatcher
from .enums.reader import read_tables
from .enums.table import EnumTable
from .errors import Diagnostic, Diagnostics, SchemaError, TableError
from .relaxng.grammar import Schema
from .relaxng.reader import read_grammar
from .relaxng.simplification import simplify

OutputTree = Mapping[str, str]
"""Texts by path relative to the package, with slashes."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class PackageRequest:
    """One package to generate. The last component of ``output`` is the package's name; ``roots`` are names of elements
    or defines to start from, none for the schemas' start patterns."""

    schemas: tuple[Path, ...]
    output: Path
    enums: tuple[Path, ...] = ()
    roots: tuple[str, ...] = ()
    templates: Path | None = None


@dataclass(frozen=True, slots=True)
class GeneratedPackage:
    """``diagnostics`` are warnings: what was approximated, and what was asked for without effect."""

    tree: OutputTree
    model: Model
    diagnostics: tuple[Diagnostic, ...]

    @property
    def classes(self) -> int:
        return len(self.model.classes)

    @property
    def enums(self) -> int:
        return len(self.model.enums)


def build_package(request: PackageRequest, progress: Progress | None = None) -> GeneratedPackage:
    """Raises:
    GeneratorError: with everything that is wrong with what was asked for.
    """
    from .python.builder import build_package as build_python
    from .render.renderer import render

    diagnostics = Diagnostics()
    schemas = read_schemas(request, diagnostics, progress)
    model = bind(schemas, request, diagnostics, progress)
    package = build_python(model, request.output.name, [path.name for path in request.schemas])
    tree = render(package, request.templates, progress)
    return GeneratedPackage(tree, model, diagnostics.warnings)


def read_model(request: PackageRequest) -> Model:
    """The class model alone."""
    diagnostics = Diagnostics()
    return bind(read_schemas(request, diagnostics), request, diagnostics)


def read_schemas(
    request: PackageRequest, diagnostics: Diagnostics, progress: Progress | None = None
) -> tuple[Schema, ...]:
    schemas: list[Schema] = []
    for done, path in enumerate(request.schemas):
        if progress is not None:
            progress("read", done, len(request.schemas))
        found = _schema(path, diagnostics)
        if found is not None:
            schemas.append(found)
    diagnostics.raise_errors(SchemaError)
    return tuple(schemas)


def _schema(path: Path, diagnostics: Diagnostics) -> Schema | None:
    """None for a schema with errors, so that those of the other schemas are found as well."""
    try:
        return simplify(read_grammar(path, diagnostics), diagnostics)
    except SchemaError:
        return None


def bind(
    schemas: tuple[Schema, ...], request: PackageRequest, diagnostics: Diagnostics, progress: Progress | None = None
) -> Model:
    if progress is not None:
        progress("bind", 0, 1)
    tables = read_tables(request.enums, diagnostics)
    diagnostics.raise_errors(TableError)
    matcher = TableMatcher(tables)

    def fitting(tokens: tuple[str, ...], place: tuple[str, ...]) -> EnumTable | None:
        match = matcher.best(tokens, place)
        return match.table if match is not None else None

    return build_model(schemas, tables, diagnostics, roots=request.roots, matcher=fitting)
