"""The stages in order: the first file to read.

    schemas   → Grammar → Schema     relaxng.grammar_reader, relaxng.simplification, relaxng.correctness
    bindings  → Entry                bindings_file
    tables    → EnumTable            enums.reader
    all three → Model                binding.model_builder
    Schema    → compiled grammar     relaxng.compilation, with which the package explains faults
    Model     → PythonPackage        python.builder
    package   → OutputTree           render.renderer
    Model     → OutputTree           documentation

This module only reads the disk: schemas, tables and templates. `output` writes the tree or compares it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from .binding.bindings_file import Entry, read_bindings
from .binding.model import ClassModel, Model
from .binding.model_builder import build_model
from .binding.names_file import PinnedNames, names_text, read_names
from .binding.naming import words
from .diagnostics.errors import ConfigurationError, Diagnostic, Diagnostics, SchemaError, TableError
from .diagnostics.input_files import below_common_directory, each_once, name_in_text
from .diagnostics.locations import SourceLocation
from .enums.matching import TableMatcher
from .enums.reader import read_tables
from .enums.table import EnumTable
from .memory import without_garbage_collection
from .project.presets import Preset, preset_named
from .project.request import PackageRequest
from .python.view import CompiledGrammar, PythonPackage
from .relaxng.catalog import catalogs_in_use
from .relaxng.compilation import compile_patterns
from .relaxng.correctness import CheckedSchema, read_schema
from .relaxng.packing import datatypes_in, lines_of
from .relaxng.schematron import NOT_CHECKED

if TYPE_CHECKING:
    from .documentation.builder import SiteText
    from .documentation.renderer import SiteFormat
    from .render.environment import UserTemplates

OutputTree = Mapping[str, str]
"""Texts by path relative to the package, with slashes."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class GeneratedPackage:
    """A package as text. ``diagnostics`` are warnings: approximations, and options without effect. ``sources`` are all
    files that it was made from: schemas with included files, tables, bindings files, a user's templates. ``absent`` are
    files that do not exist, but would have been read."""

    tree: OutputTree
    model: Model
    diagnostics: tuple[Diagnostic, ...]
    sources: tuple[Path, ...] = ()
    absent: tuple[Path, ...] = ()

    @property
    def names(self) -> str:
        """The names file for the package."""
        from .python.identifiers import identifiers_of_members

        return names_text(self.model, {one.name: identifiers_of_members(one) for one in self.model.enums})

    @property
    def derived_names(self) -> tuple[str, ...]:
        """The names of classes and enumerations that were derived, not chosen by an author."""
        return self.model.derived_names

    @property
    def classes(self) -> int:
        return len(self.model.classes)

    @property
    def enums(self) -> int:
        return len(self.model.enums)


@without_garbage_collection()
def build_package(request: PackageRequest, progress: Progress | None = None) -> GeneratedPackage:
    """Raises:
    GeneratorError: the input has errors; the error has all of them.
    """
    from .render.renderer import render, render_runtime

    if request.is_runtime:
        return GeneratedPackage(render_runtime(), Model((), (), (), ()), ())
    diagnostics = Diagnostics()
    schemas = read_schemas(request, diagnostics, progress)
    model = bind(schemas, request, diagnostics, progress)
    tree = render(_view(request, schemas, model), _templates(request), progress, request.cache_use)
    return GeneratedPackage(tree, model, diagnostics.warnings, *_sources(request, schemas))


def list_files(request: PackageRequest) -> list[str]:
    """Returns the paths in the tree of `build_package`, for build systems that need them in advance.

    Raises:
        GeneratorError: as in `build_package`.
    """
    from .render.renderer import file_names, render_runtime

    if request.is_runtime:
        return list(render_runtime())
    diagnostics = Diagnostics()
    schemas = read_schemas(request, diagnostics)
    return file_names(_view(request, schemas, bind(schemas, request, diagnostics)))


def _view(request: PackageRequest, schemas: tuple[CheckedSchema, ...], model: Model) -> PythonPackage:
    from .python.builder import build_package as build_python
    from .python.release_table import read_release_tables, table_lines

    names, grammars = compile_grammars(schemas, model)
    tables = [tuple(table_lines(one)) for one in read_release_tables(request.versions)]
    package = build_python(model, request.name, [name_in_text(name) for name in names], grammars, tables)
    if request.runtime is not None:
        package = replace(package, runtime=request.runtime_import)
    # Nobody knows what a user's templates need.
    return package if request.templates is None else replace(package, left_out=frozenset())


@without_garbage_collection()
def build_documentation(
    request: PackageRequest, format_: SiteFormat, progress: Progress | None = None, text: SiteText | None = None
) -> GeneratedPackage:
    """Returns the reference documentation of the package that `build_package` generates.

    Raises:
        GeneratorError: the input has errors; the error has all of them.
    """
    from .documentation.builder import SiteText, build_site
    from .documentation.renderer import render_site
    from .python.release_table import read_release_tables

    diagnostics = Diagnostics()
    schemas = read_schemas(request, diagnostics, progress)
    model = bind(schemas, request, diagnostics, progress)
    names = [name_in_text(name) for name in _names_of(schemas)]
    forms, tables = [checked.form for checked in schemas], read_release_tables(request.versions)
    site = build_site(model, names, forms, format_.suffix, text or SiteText(), tables)
    tree = render_site(site, format_, _templates(request), progress)
    return GeneratedPackage(tree, model, diagnostics.warnings, *_sources(request, schemas))


def _templates(request: PackageRequest) -> UserTemplates | None:
    from .render.environment import UserTemplates

    if request.templates is None:
        return None
    # The environment is the user's own; a repository cannot set it.
    are_trusted = request.trust_templates or bool(os.environ.get("RELAXGEN_TRUST_TEMPLATES"))
    return UserTemplates(request.templates, are_trusted)


def _sources(request: PackageRequest, schemas: tuple[CheckedSchema, ...]) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Returns the files that were read, and those that do not exist."""
    read = [Path(file) for checked in schemas for file in checked.schema.files]
    catalogs = [Path(file) for checked in schemas for file in checked.schema.catalogs]
    absent = [catalog for catalog in catalogs if not catalog.exists()]
    read += [catalog for catalog in catalogs if catalog not in absent]
    templates = request.templates.rglob("*.jinja") if request.templates is not None else ()
    names = [request.names] if request.names is not None and request.names.exists() else []
    preset = preset_named(request.preset, SourceLocation("--preset")) if request.preset else None
    brought = [preset.bindings, *preset.enums] if preset is not None else []
    files = [*read, *request.enums, *request.bindings, *request.versions, *names, *brought, *sorted(templates)]
    return tuple(dict.fromkeys(files)), tuple(dict.fromkeys(absent))


def read_model(request: PackageRequest, progress: Progress | None = None) -> Model:
    """Returns the class model, without a package."""
    diagnostics = Diagnostics()
    return bind(read_schemas(request, diagnostics, progress), request, diagnostics, progress)


def read_schemas(
    request: PackageRequest, diagnostics: Diagnostics, progress: Progress | None = None
) -> tuple[CheckedSchema, ...]:
    """Returns the schemas of a package. An incorrect schema of a preset is left out with a warning if others are
    correct, because users cannot correct it (``secret.rng`` of libvirt 0.9.5 is not correct RELAX NG).

    Raises:
        SchemaError: with all errors of all schemas.
    """
    schemas: list[CheckedSchema] = []
    wrong: list[tuple[Path, Diagnostics]] = []
    paths = each_once(request.schemas)
    for done, path in enumerate(paths):
        if progress is not None:
            progress("read", done, len(paths))
        of_schema = Diagnostics()
        with catalogs_in_use(request.catalogs):
            found = _schema(path, of_schema, needs_start=not request.roots)
        if found is not None:
            if any(one.schema.rules for one in schemas):  # reported already
                of_schema.found = [one for one in of_schema.found if one.message != NOT_CHECKED]
            schemas.append(found)
            diagnostics.found += of_schema.found
        else:
            wrong.append((path, of_schema))
    if progress is not None:
        progress("read", len(paths), len(paths))
    for path, of_schema in wrong:
        if request.preset and schemas:
            _leave_out(path, of_schema, diagnostics)
        else:
            diagnostics.found += of_schema.found
    diagnostics.raise_errors(SchemaError)
    return tuple(schemas)


def _leave_out(path: Path, of_schema: Diagnostics, diagnostics: Diagnostics) -> None:
    first = of_schema.errors[0]
    message = f"is left out of the package: {first.message}"
    diagnostics.warning(SourceLocation(str(path)), message, related=[(first.location, "the error is here")])


def _schema(path: Path, diagnostics: Diagnostics, *, needs_start: bool) -> CheckedSchema | None:
    """Returns None for a schema with errors, so that the errors of other schemas are also found."""
    try:
        checked = read_schema(path, diagnostics, needs_start=needs_start)
    except SchemaError:
        return None
    try:
        checked.form.check_chains()
    except SchemaError as error:
        diagnostics.found += error.diagnostics
        return None
    return checked


def bind(
    schemas: tuple[CheckedSchema, ...],
    request: PackageRequest,
    diagnostics: Diagnostics,
    progress: Progress | None = None,
) -> Model:
    preset = preset_named(request.preset, SourceLocation("--preset")) if request.preset else None
    pinned = read_names(request.names, diagnostics) if request.names is not None else PinnedNames()
    entries = pinned.entries + _entries(request, preset, diagnostics)
    tables = _tables(request, preset, diagnostics)
    matcher = TableMatcher(tables)

    def fitting(tokens: tuple[str, ...], place: tuple[str, ...]) -> EnumTable | None:
        match = matcher.best(tokens, place)
        return match.table if match is not None else None

    model = build_model(
        [checked.schema for checked in schemas],
        tables,
        diagnostics,
        roots=sorted(set(request.roots)),
        root_locations=request.root_locations,
        matcher=fitting,
        bindings=entries,
        progress=progress,
    )
    return pinned.applied(model, diagnostics)


def _entries(request: PackageRequest, preset: Preset | None, diagnostics: Diagnostics) -> tuple[Entry, ...]:
    entries = read_bindings((preset.bindings,), diagnostics, lenient=True) if preset is not None else ()
    entries += read_bindings(each_once(request.bindings), diagnostics)
    diagnostics.raise_errors(ConfigurationError)
    return entries


def _tables(request: PackageRequest, preset: Preset | None, diagnostics: Diagnostics) -> tuple[EnumTable, ...]:
    """Returns the given tables, and the preset's tables with other names."""
    tables = read_tables(each_once(request.enums), diagnostics)
    if preset is not None:
        given = {table.name for table in tables}
        tables += tuple(table for table in read_tables(preset.enums, diagnostics) if table.name not in given)
    diagnostics.raise_errors(TableError)
    return tables


def short_names(paths: Sequence[Path]) -> list[Path]:
    """Returns for each schema the shortest end of its path that differs, as words, from those of the others.

    >>> [name.as_posix() for name in short_names([Path("a/pool.rng"), Path("b/pool.rng"), Path("b/disk.rng")])]
    ['a/pool.rng', 'b/pool.rng', 'disk.rng']

    Raises:
        ConfigurationError: two paths do not differ in words.
    """
    relative = below_common_directory(paths)
    return [
        _short_name(path, [other for other in relative if other != path], given)
        for path, given in zip(relative, paths, strict=True)
    ]


def _short_name(path: Path, others: Sequence[Path], given: Path) -> Path:
    same = others
    for count in range(1, max(len(one.parts) for one in (path, *others)) + 1):
        same = [other for other in others if _words_of(other, count) == _words_of(path, count)]
        if not same:
            return Path(*path.parts[-count:])
    message = f"is called like {same[0]} but for punctuation, so one package cannot have both"
    raise ConfigurationError(Diagnostic(SourceLocation(str(given)), message))


def _words_of(path: Path, count: int) -> tuple[str, ...]:
    return words("/".join(path.with_suffix("").parts[-count:]))


def compile_grammars(schemas: tuple[CheckedSchema, ...], model: Model) -> tuple[list[Path], list[CompiledGrammar]]:
    """Returns the schemas' names for headers and messages, and their exact grammars."""
    names = _names_of(schemas)
    return names, [compile_grammar(checked, model, name) for checked, name in zip(schemas, names, strict=True)]


def _names_of(schemas: tuple[CheckedSchema, ...]) -> list[Path]:
    return short_names([Path(checked.schema.location.path) for checked in schemas])


def compile_grammar(checked: CheckedSchema, model: Model, name: Path) -> CompiledGrammar:
    """Returns the exact grammar of one schema, with an entry for each class that no earlier schema contains."""
    path = checked.schema.location.path
    classes = [one for one in model.elements if one.schema == path]
    entries = {one.name: one.patterns for one in classes if not (isinstance(one, ClassModel) and one.union)}
    labels = {place: " ".join(words(enum.name)) for enum in model.enums for place in enum.choices}
    *head, files = compile_patterns(checked.form, labels, entries)
    data = [*head, [[_relative(file, Path(path).parent), units] for file, units in files]]
    parts = tuple(lines_of(data)), tuple(datatypes_in(data))
    return CompiledGrammar(name.with_suffix("").as_posix(), tuple(entries), *parts)


def _relative(file: str, directory: Path) -> str:
    """Returns the name of a schema file for messages. It does not depend on the directory of the schema."""
    return Path(os.path.relpath(file, directory)).as_posix()
