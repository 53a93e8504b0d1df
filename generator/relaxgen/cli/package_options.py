"""The options of commands that make packages, and the packages that they name."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import click

from ..cache.disk_cache import CacheUse
from ..diagnostics.errors import ConfigurationError, Diagnostics, did_you_mean
from ..diagnostics.input_files import STANDARD_INPUT_NAME, read_standard_input
from ..diagnostics.locations import SourceLocation
from ..project.configuration import (
    check_package_name,
    check_runtime,
    find_configuration,
    read_configuration,
    shown_path,
)
from ..project.presets import installed_schemas, preset_named, preset_names, schemas_in
from ..project.request import PackageRequest
from ..report.formats import Format

Command = TypeVar("Command", bound=Callable[..., Any])

EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
EXISTING_DIRECTORY = click.Path(exists=True, file_okay=False, path_type=Path)
STANDARD_INPUT = Path(STANDARD_INPUT_NAME)
"""The name of a schema on standard input."""


class _SchemaFile(click.Path):
    """An existing file, or ``-`` for standard input, which is read at once and once."""

    def __init__(self, *, exists: bool = True) -> None:
        super().__init__(exists=exists, dir_okay=not exists, allow_dash=True, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        found = super().convert(value, param, ctx)
        return _standard_input_as_schema(ctx) if str(found) == "-" and ctx is not None else found


def _standard_input_as_schema(context: click.Context) -> Path:
    from ..relaxng.loading import schema_on_standard_input

    if context.meta.get(_IS_READ):
        raise click.UsageError("- occurs twice, but standard input is one schema")
    context.meta[_IS_READ] = True
    context.with_resource(schema_on_standard_input(read_standard_input()))
    return STANDARD_INPUT


_IS_READ = f"{__name__}.standard_input"

SCHEMA_FILE = _SchemaFile()
SCHEMA_PATH = _SchemaFile(exists=False)
"""For a command that takes directories, too, and says itself what does not exist."""


def check_standard_input(schema: Path, documents: tuple[str, ...]) -> None:
    """
    Raises:
        click.UsageError: it is the schema and a document.
    """
    if schema == STANDARD_INPUT and "-" in documents:
        raise click.UsageError("standard input is the schema; it cannot be a document or a list as well")


TABLE_SUFFIX = ".enums"
"""A shell makes many words of ``--enums *.enums``: the option takes the first, and the others arrive as arguments."""


def _use_catalogs(context: click.Context, _parameter: click.Parameter, files: tuple[Path, ...]) -> None:
    if files:
        from ..relaxng.catalog import catalogs_in_use

        context.with_resource(catalogs_in_use(files))


_CATALOG_HELP = "An XML catalog with local copies of what schemas include by URI; repeatable."
CATALOG_OPTION = click.option(
    "--catalog",
    metavar="FILE",
    type=EXISTING_FILE,
    multiple=True,
    expose_value=False,
    callback=_use_catalogs,
    help=_CATALOG_HELP,
)
"""Of commands that read schemas as they are now; the others hand `CATALOGS_OPTION` on."""

CATALOGS_OPTION = click.option(
    "--catalog", "catalogs", metavar="FILE", type=EXISTING_FILE, multiple=True, help=_CATALOG_HELP
)

TRUST_TEMPLATES_OPTION = click.option(
    "--trust-templates", is_flag=True, help="Render --templates without the sandbox. They can then run any code."
)

NO_CACHE_OPTION = click.option(
    "--no-cache", is_flag=True, help="Do not use the cache (RELAXGEN_CACHE is its directory)."
)

CONFIG_OPTION = click.option(
    "--config", metavar="FILE", type=EXISTING_FILE, help="Read [tool.relaxgen] from this file."
)

ENUMS_OPTION = click.option(
    "--enums", metavar="FILE", type=EXISTING_FILE, multiple=True, help="A file with enum tables; repeatable."
)

ROOTS_OPTION = click.option(
    "--root", "roots", metavar="NAME", multiple=True, help="An element or define to start from; repeatable."
)


def given_roots(roots: tuple[str, ...]) -> dict[str, SourceLocation]:
    """The `PackageRequest.root_locations` of ``--root``."""
    return dict.fromkeys(roots, SourceLocation("--root"))


BINDINGS_OPTION = click.option(
    "--bindings",
    metavar="FILE",
    type=EXISTING_FILE,
    multiple=True,
    help="A TOML file with names and other facts, for a schema that you cannot edit; repeatable.",
)

VERSIONS_OPTION = click.option(
    "--versions",
    metavar="FILE",
    type=EXISTING_FILE,
    multiple=True,
    help="A table of releases: the JSON output of `relaxgen since`; repeatable.",
)

PRESET_OPTION = click.option(
    "--preset", metavar="NAME", default="", help=f"Names for a well-known vocabulary: {', '.join(preset_names())}."
)
SCHEMAS_OPTION = click.option(
    "--schemas",
    "schema_directory",
    metavar="DIR",
    type=EXISTING_DIRECTORY,
    help="The directory of the preset's schemas. Default: where they are installed.",
)


def schemas_and_tables(
    files: tuple[Path, ...], preset: str, directory: Path | None
) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """The schemas that arguments name, directly or by a preset, and the files with enum tables among the arguments.

    Raises:
        click.UsageError: the arguments do not fit each other.
        ConfigurationError: there is no such preset, or no schema of it.
    """
    tables = tuple(file for file in files if file.suffix == TABLE_SUFFIX)
    schemas = tuple(file for file in files if file not in tables)
    if not preset:
        if directory is not None:
            raise click.UsageError("--schemas needs a --preset")
        return schemas, tables
    if schemas and directory is not None:
        raise click.UsageError("--schemas and SCHEMA exclude each other")
    found = preset_named(preset, SourceLocation("--preset"))
    return schemas or (schemas_in(directory) if directory is not None else installed_schemas(found)), tables


FORMAT_OPTION = click.option(
    "--output-format",
    "output_format",
    type=click.Choice([format_.value for format_ in Format]),
    default=Format.TEXT.value,
    show_default=True,
    callback=lambda _context, _parameter, value: Format(value),
    help="The format of the report.",
)


def package_options(command: Command) -> Command:
    for decorate in reversed(
        (
            click.argument("schemas", metavar="[SCHEMA]...", nargs=-1, type=SCHEMA_FILE),
            click.option(
                "--output", "-o", metavar="DIR", type=click.Path(path_type=Path), help="The package's directory."
            ),
            ENUMS_OPTION,
            BINDINGS_OPTION,
            CATALOGS_OPTION,
            PRESET_OPTION,
            SCHEMAS_OPTION,
            ROOTS_OPTION,
            click.option(
                "--templates",
                metavar="DIR",
                type=EXISTING_DIRECTORY,
                help="Templates that replace relaxgen's templates of the same name.",
            ),
            VERSIONS_OPTION,
            click.option(
                "--names",
                metavar="FILE",
                type=click.Path(dir_okay=False, path_type=Path),
                help="A TOML file that keeps names from run to run; created if it does not exist.",
            ),
            click.option(
                "--runtime",
                metavar="DIR",
                type=click.Path(file_okay=False, path_type=Path),
                help="The directory of a run time that several packages share, beside or above them.",
            ),
            TRUST_TEMPLATES_OPTION,
            NO_CACHE_OPTION,
            CONFIG_OPTION,
        )
    ):
        command = decorate(command)
    return command


PACKAGE_OPTION = click.option("--package", metavar="NAME", help="The package in [tool.relaxgen], if there are several.")


def configured_package(name: str | None) -> PackageRequest:
    """The package of the nearest configuration, for commands that take one; ``name`` chooses among several.

    Raises:
        click.UsageError: there is no configuration, or it is not clear which package is meant.
        ConfigurationError: the configuration is wrong.
    """
    file = find_configuration(Path.cwd())
    if file is None:
        raise click.UsageError("give a SCHEMA, or write [tool.relaxgen] in a pyproject.toml here or further up")
    packages = read_configuration(file)
    found = [one for one in packages if name in (None, one.output.name, one.output.as_posix())]
    if len(found) == 1:
        return found[0]
    known = [one.output.as_posix() for one in found or packages]
    if found:
        raise click.UsageError(f"there are several packages; --package chooses one: {', '.join(known)}")
    hint = did_you_mean(name or "", [one.output.name for one in packages]) or f"; expected one of: {', '.join(known)}"
    raise click.UsageError(f"there is no package {name!r}{hint}")


_OPTIONS = {
    "preset": "--preset",
    "schema_directory": "--schemas",
    "output": "--output",
    "enums": "--enums",
    "bindings": "--bindings",
    "catalogs": "--catalog",
    "roots": "--root",
    "templates": "--templates",
    "versions": "--versions",
    "names": "--names",
    "runtime": "--runtime",
    "config": "--config",
}
"""The options that say which packages are meant, by the fields of `PackageOptions`."""


@dataclass(frozen=True, slots=True)
class PackageOptions:
    """What `package_options` collects."""

    schemas: tuple[Path, ...]
    output: Path | None
    enums: tuple[Path, ...]
    bindings: tuple[Path, ...]
    catalogs: tuple[Path, ...]
    roots: tuple[str, ...]
    templates: Path | None
    versions: tuple[Path, ...]
    names: Path | None
    runtime: Path | None
    preset: str
    schema_directory: Path | None
    trust_templates: bool
    no_cache: bool
    config: Path | None
    output_format: Format = Format.TEXT

    def packages(self, cache_use: CacheUse = CacheUse.FREELY) -> tuple[PackageRequest, ...]:
        """The package that the arguments name, or those of the configuration.

        Raises:
            click.UsageError: the arguments do not fit each other.
            ConfigurationError: a path or the configuration is wrong.
        """
        # Nothing is known of a schema on standard input by the next run.
        use = CacheUse.NEVER if self.no_cache or STANDARD_INPUT in self.schemas else cache_use
        return tuple(replace(one, cache_use=use, trust_templates=self.trust_templates) for one in self._requests())

    def _requests(self) -> tuple[PackageRequest, ...]:
        if self.schemas or self.preset or self.schema_directory:
            return (self._package_of_arguments(),)
        for name, option in _OPTIONS.items():
            if getattr(self, name) and name != "config":
                raise click.UsageError(f"{option} needs a SCHEMA")
        file = self.configuration_file()
        if file is None:
            raise click.UsageError(
                "give a SCHEMA and --output, or write [tool.relaxgen] in a pyproject.toml here or further up"
            )
        return read_configuration(file)

    def configuration_file(self) -> Path | None:
        """None where the arguments name a package, or there is no configuration."""
        if self.schemas or self.config:
            return self.config
        found = find_configuration(Path.cwd())
        return Path(shown_path(found)) if found is not None else None

    def _package_of_arguments(self) -> PackageRequest:
        if self.config:
            raise click.UsageError("--config and SCHEMA exclude each other")
        if self.output is None:
            raise click.UsageError("--output DIR is missing")
        diagnostics = Diagnostics()
        check_package_name(self.output, SourceLocation("--output"), diagnostics)
        diagnostics.raise_errors(ConfigurationError)
        schemas, tables = schemas_and_tables(self.schemas, self.preset, self.schema_directory)
        if not schemas:
            raise click.UsageError("there are enum tables only, and no SCHEMA")
        request = PackageRequest(
            schemas,
            self.output,
            (*self.enums, *tables),
            self.roots,
            self.templates,
            self.bindings,
            self.preset,
            self.names,
            self.catalogs,
            self.versions,
            self.runtime,
            root_locations=given_roots(self.roots),
        )
        if self.runtime is not None:
            check_runtime(self.runtime, (request,), SourceLocation("--runtime"), diagnostics)
            diagnostics.raise_errors(ConfigurationError)
        return request

    def command_to(self, verb: str) -> str:
        """The command line that does `verb` with the same packages."""
        words = ["relaxgen", verb, *map(str, self.schemas)]
        for name, option in _OPTIONS.items():
            value = getattr(self, name)
            for one in value if isinstance(value, tuple) else [value] if value else []:
                words += [option, str(one)]
        if self.trust_templates:
            words.append("--trust-templates")
        return shlex.join(words)
