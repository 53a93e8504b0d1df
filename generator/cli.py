"""The command `relaxgen`: arguments become calls, results become text and an exit status.

Exit status: 0 fine, 1 findings, 2 usage or schema error; 130 and 141 as shells report an interrupt and a closed pipe.
Every command is one thin function. What it needs is imported inside, since black and the template engine cost more
time than ``relaxgen --help`` may take.
"""

from __future__ import annotations

import io
import os
import shlex
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .configuration import (
    PackageSettings,
    check_outputs_apart,
    check_package_name,
    find_configuration,
    read_configuration,
)
from .errors import ConfigurationError, Diagnostic, Diagnostics, GeneratorError
from .reporting import (
    CheckedReport,
    Format,
    GeneratedReport,
    as_json,
    checked_as_github,
    checked_as_text,
    diagnostics_as_github,
    generated_as_text,
)
from .source import SourceLocation
from .version import VERSION

if TYPE_CHECKING:
    from .pipeline import GeneratedPackage

FINE, FINDINGS, MISTAKE, INTERRUPTED, CLOSED_PIPE = 0, 1, 2, 130, 141

Command = TypeVar("Command", bound=Callable[..., Any])


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the program; returns its exit status. An exception that comes through is a bug of ours."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # paths and schemas may hold what a terminal cannot show
    try:
        status = program.main(args=arguments, prog_name="relaxgen", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return MISTAKE
    except click.Abort:
        click.echo("relaxgen: interrupted", err=True)
        return INTERRUPTED
    return status if isinstance(status, int) else FINE


class _Program(click.Group):
    def invoke(self, ctx: click.Context) -> object:
        """Ends quietly where the reader of the output went away, as in ``relaxgen check | head``."""
        if os.environ.get("NO_COLOR"):
            ctx.color = False
        try:
            status = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            # What is left in the buffer would be written, and fail, when Python ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(CLOSED_PIPE)
        return status


@click.group(cls=_Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, prog_name="relaxgen", message="%(prog)s %(version)s")
def program() -> None:
    """Typed Python packages from RELAX NG schemas.

    Without SCHEMA, `generate` and `check` do what [tool.relaxgen] in the nearest pyproject.toml says. Exit status: 0
    fine, 1 findings, 2 usage or schema error.
    """


# Options that several commands share

EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
TABLE_SUFFIX = ".enums"
"""A shell makes many words of ``--enums *.enums``: the option takes the first, and the others arrive as arguments."""

EXISTING_DIRECTORY = click.Path(exists=True, file_okay=False, path_type=Path)


def _package_options(command: Command) -> Command:
    for decorate in reversed(
        (
            click.argument("schemas", metavar="[SCHEMA]...", nargs=-1, type=EXISTING_FILE),
            click.option(
                "--output", "-o", metavar="DIR", type=click.Path(path_type=Path), help="The package's directory."
            ),
            click.option(
                "--enums",
                metavar="FILE",
                type=EXISTING_FILE,
                multiple=True,
                help="A file with enum tables; repeatable.",
            ),
            click.option(
                "--root", "roots", metavar="NAME", multiple=True, help="An element or define to start from; repeatable."
            ),
            click.option(
                "--templates",
                metavar="DIR",
                type=EXISTING_DIRECTORY,
                help="Templates that replace ours of the same name.",
            ),
            click.option("--config", metavar="FILE", type=EXISTING_FILE, help="Read [tool.relaxgen] from this file."),
            click.option(
                "--output-format",
                "output_format",
                type=click.Choice([format_.value for format_ in Format]),
                default=Format.TEXT.value,
                show_default=True,
                help="How to report.",
            ),
        )
    ):
        command = decorate(command)
    return command


@dataclass(frozen=True, slots=True)
class _Options:
    """What `_package_options` collects."""

    schemas: tuple[Path, ...]
    output: Path | None
    enums: tuple[Path, ...]
    roots: tuple[str, ...]
    templates: Path | None
    config: Path | None
    output_format: str

    @property
    def format(self) -> Format:
        return Format(self.output_format)

    def packages(self) -> tuple[PackageSettings, ...]:
        """The package that the arguments name, or those of the configuration.

        Raises:
            click.UsageError: the arguments do not fit each other.
            ConfigurationError: a path or the configuration is wrong.
        """
        if self.schemas:
            return (self._package_of_arguments(),)
        for name in ("output", "enums", "roots", "templates"):
            if getattr(self, name):
                raise click.UsageError(f"--{name.removesuffix('s') if name == 'roots' else name} needs a SCHEMA")
        file = self.config or find_configuration(Path.cwd())
        if file is None:
            raise click.UsageError(
                "give a SCHEMA and --output, or write [tool.relaxgen] in a pyproject.toml here or further up"
            )
        return read_configuration(file)

    def _package_of_arguments(self) -> PackageSettings:
        if self.config:
            raise click.UsageError("--config and SCHEMA exclude each other")
        if self.output is None:
            raise click.UsageError("--output is missing: the directory of the package that SCHEMA gives")
        diagnostics = Diagnostics()
        check_package_name(self.output, SourceLocation("--output"), diagnostics)
        diagnostics.raise_errors(ConfigurationError)
        tables = tuple(file for file in self.schemas if file.suffix == TABLE_SUFFIX)
        schemas = tuple(file for file in self.schemas if file not in tables)
        if not schemas:
            raise click.UsageError("there are enum tables only, and no SCHEMA")
        return PackageSettings(schemas, self.output, (*self.enums, *tables), self.roots, self.templates)

    def command_to(self, verb: str) -> str:
        """The command line that does `verb` with the same packages."""
        words = ["relaxgen", verb, *map(str, self.schemas)]
        for option, values in (
            ("--output", [self.output] if self.output else []),
            ("--enums", self.enums),
            ("--root", self.roots),
            ("--templates", [self.templates] if self.templates else []),
            ("--config", [self.config] if self.config else []),
        ):
            for value in values:
                words += [option, str(value)]
        return shlex.join(words)


# Commands


@program.command()
@_package_options
def generate(**arguments: Any) -> int:
    """Generate packages: from SCHEMAs into one package, or all that pyproject.toml lists."""
    return _run(_Options(**arguments), _generate)


@program.command()
@_package_options
def check(**arguments: Any) -> int:
    """Compare packages on disk with what `generate` would write, and write nothing."""
    return _run(_Options(**arguments), _check)


@program.command()
@click.argument("schema", type=EXISTING_FILE)
@click.argument("words", metavar="[PATH]", nargs=-1)
@click.option(
    "--enums",
    metavar="FILE",
    type=EXISTING_FILE,
    multiple=True,
    help="A file with enum tables; repeatable, and *.enums works.",
)
def inspect(schema: Path, words: tuple[str, ...], enums: tuple[Path, ...]) -> int:
    """Show the class model of SCHEMA as a tree, or the part of it that PATH leads to (domain/devices/disk)."""
    from .inspection import describe
    from .pipeline import PackageRequest, read_model

    tables = (*enums, *(Path(word) for word in words if word.endswith(TABLE_SUFFIX)))
    paths = [word for word in words if not word.endswith(TABLE_SUFFIX)]
    if len(paths) > 1:
        raise click.UsageError(f"one PATH at a time; {paths[1]!r} is a second one")
    try:
        model = read_model(PackageRequest((schema,), Path(schema.stem), tables))
        for line in describe(model, paths[0] if paths else None):
            click.echo(line)
    except GeneratorError as error:
        return _show_mistakes(error.diagnostics, Format.TEXT)
    return FINE


@program.command()
@click.argument("schema", type=EXISTING_FILE)
@click.argument("more_tables", metavar="", type=EXISTING_FILE, nargs=-1)
@click.option(
    "--tables", metavar="FILE...", type=EXISTING_FILE, multiple=True, required=True, help="Enum tables or C sources."
)
@click.option(
    "--output-format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def enums(schema: Path, more_tables: tuple[Path, ...], tables: tuple[Path, ...], output_format: str) -> int:
    """Compare the lists of values in SCHEMA with enum tables: equal, drifted apart, or without partner.

    Exit status 1 tells that a table and its list differ in more than a leading sentinel.
    """
    from .table_comparison import compare_files, comparison_as_text, comparison_values, has_drifted

    diagnostics = Diagnostics()
    format_ = Format(output_format)
    try:
        comparison = compare_files(schema, (*tables, *more_tables), diagnostics)
    except GeneratorError as error:
        return _show_mistakes(error.diagnostics, format_)
    _show_diagnostics(diagnostics.warnings, format_)
    if format_ is Format.JSON:
        click.echo(as_json(diagnostics.warnings, more=comparison_values(comparison)))
    else:
        _echo_lines(comparison_as_text(comparison))
    return FINDINGS if has_drifted(comparison) else FINE


@program.command()
@click.argument("schemas", metavar="SCHEMA...", nargs=-1, required=True, type=EXISTING_FILE)
@click.option(
    "--output", "-o", metavar="DIR", type=click.Path(path_type=Path), required=True, help="Where the pages go."
)
@click.option(
    "--format",
    "site_format",
    type=click.Choice(["html", "markdown"]),
    default="html",
    show_default=True,
    help="A site to browse, or Markdown.",
)
@click.option("--enums", metavar="FILE", type=EXISTING_FILE, multiple=True, help="A file with enum tables; repeatable.")
@click.option("--root", "roots", metavar="NAME", multiple=True, help="An element or define to start from; repeatable.")
@click.option(
    "--templates", metavar="DIR", type=EXISTING_DIRECTORY, help="Templates that replace ours of the same name."
)
def docs(
    schemas: tuple[Path, ...],
    output: Path,
    site_format: str,
    enums: tuple[Path, ...],
    roots: tuple[str, ...],
    templates: Path | None,
) -> int:
    """Write reference documentation of SCHEMAs: elements, attributes, enumerations, examples, and a search over them.

    The pages need no server and no network; open index.html in DIR, or README.md with `--format markdown`.
    """
    tables = tuple(file for file in schemas if file.suffix == TABLE_SUFFIX)
    schemas = tuple(file for file in schemas if file not in tables)
    if not schemas:
        raise click.UsageError("there are enum tables only, and no SCHEMA")
    try:
        return _docs(schemas, output, site_format, (*enums, *tables), roots, templates)
    except GeneratorError as error:
        return _show_mistakes(error.diagnostics, Format.TEXT)


@program.command()
@click.argument("schema", type=EXISTING_FILE)
@click.argument("documents", metavar="DOC...", nargs=-1, required=True)
@click.option(
    "--output-format",
    "output_format",
    type=click.Choice([*(format_.value for format_ in Format), "sarif"]),
    default=Format.TEXT.value,
    show_default=True,
    help="How to report.",
)
@click.option("--max-faults", metavar="N", type=click.IntRange(min=1), help="Show so many faults of each document.")
@click.option("--jobs", metavar="N", type=click.IntRange(min=1), help="Use so many processes; else as many as fit.")
@click.option(
    "--allow-entities", is_flag=True, help="Expand entities that a document declares; else such documents are refused."
)
@click.option("--check-ids", is_flag=True, help="Check ID, IDREF and IDREFS, too (DTD compatibility).")
@click.option("--no-cache", is_flag=True, help="Read the schema anew.")
def validate(schema: Path, documents: tuple[str, ...], output_format: str, **options: Any) -> int:
    """Validate documents against SCHEMA exactly, and explain every fault in them.

    DOC is a file, a directory with .xml files in it or below, or - for standard input. Exit status 1 tells that a
    document is not valid.
    """
    try:
        return _validate(schema, documents, output_format, **options)
    except GeneratorError as error:
        return _show_mistakes(error.diagnostics, Format.TEXT if output_format == "sarif" else Format(output_format))


# What the commands do


def _docs(
    schemas: tuple[Path, ...],
    output: Path,
    site_format: str,
    enums: tuple[Path, ...],
    roots: tuple[str, ...],
    templates: Path | None,
) -> int:
    from .documentation.renderer import SiteFormat
    from .output import write
    from .pipeline import PackageRequest, build_documentation
    from .progress import shown_progress

    start = time.perf_counter()
    with shown_progress(str(output)) as progress:
        request = PackageRequest(schemas, output, enums, roots, templates)
        site = build_documentation(request, SiteFormat(site_format), progress)
    summary = write(site.tree, output)
    _show_diagnostics(site.diagnostics, Format.TEXT)
    click.echo(generated_as_text(GeneratedReport(output, site.classes, site.enums, summary)))
    click.echo(f"done in {time.perf_counter() - start:.1f} s")
    return FINE


def _validate(
    schema: Path,
    arguments: tuple[str, ...],
    output_format: str,
    *,
    max_faults: int | None,
    jobs: int | None,
    allow_entities: bool,
    check_ids: bool,
    no_cache: bool,
) -> int:
    from .progress import shown_progress
    from .relaxng.compilation_cache import compile_with_cache
    from .relaxng.validator import compile_schema
    from .validation.documents import find_documents
    from .validation.report import (
        report_as_text,
        reports_as_github,
        reports_as_json,
        reports_as_sarif,
        summary,
    )
    from .validation.running import Options, validate_documents

    documents = find_documents(arguments)
    compiled = compile_schema(schema) if no_cache else compile_with_cache(schema)
    reports = []
    with shown_progress(str(schema)) as progress:
        for report in validate_documents(compiled, documents, Options(allow_entities, check_ids), jobs=jobs):
            reports.append(report)
            if progress is not None:
                progress("validate", len(reports), len(documents))
    match output_format:
        case "json":
            click.echo(reports_as_json(reports, max_faults))
        case "sarif":
            click.echo(reports_as_sarif(reports, max_faults))
        case "github":
            _echo_lines(reports_as_github(reports, max_faults))
        case _:
            _echo_lines(text for report in reports for text in report_as_text(report, max_faults))
            click.echo(summary(reports))
    return FINDINGS if any(report.faults for report in reports) else FINE


def _run(options: _Options, command: Callable[[_Options, tuple[PackageSettings, ...]], int]) -> int:
    try:
        return command(options, options.packages())
    except GeneratorError as error:
        return _show_mistakes(error.diagnostics, options.format)


def _generate(options: _Options, settings: tuple[PackageSettings, ...]) -> int:
    from .output import write

    start = time.perf_counter()
    reports = []
    warnings: list[Diagnostic] = []
    for package, generated in _build(settings):
        summary = write(generated.tree, package.output)
        reports.append(GeneratedReport(package.output, generated.classes, generated.enums, summary))
        warnings += generated.diagnostics
    _show_diagnostics(warnings, options.format)
    if options.format is Format.JSON:
        click.echo(as_json(warnings, generated=reports))
    else:
        for report in reports:
            click.echo(generated_as_text(report))
        click.echo(f"done in {time.perf_counter() - start:.1f} s")
    return FINE


def _check(options: _Options, settings: tuple[PackageSettings, ...]) -> int:
    from .output import compare

    reports = []
    warnings: list[Diagnostic] = []
    for package, generated in _build(settings):
        differences = compare(generated.tree, package.output)
        reports.append(CheckedReport(package.output, len(generated.tree), differences))
        warnings += generated.diagnostics
    findings = any(report.differences for report in reports)
    _show_diagnostics(warnings, options.format)
    match options.format:
        case Format.JSON:
            click.echo(as_json(warnings, checked=reports))
        case Format.GITHUB:
            _echo_lines(checked_as_github(report) for report in reports)
        case Format.TEXT:
            _echo_lines(_coloured(checked_as_text(report)) for report in reports)
            if findings:
                click.echo(f"run: {options.command_to('generate')}")
    return FINDINGS if findings else FINE


def _build(settings: tuple[PackageSettings, ...]) -> list[tuple[PackageSettings, GeneratedPackage]]:
    """All packages, complete in memory, before anything is written.

    Raises:
        GeneratorError: with what is wrong in any of them.
    """
    from .pipeline import PackageRequest, build_package
    from .progress import shown_progress

    check_outputs_apart(settings, SourceLocation("--output"))
    built = []
    mistakes: list[Diagnostic] = []
    for package in settings:
        request = PackageRequest(package.schemas, package.output, package.enums, package.roots, package.templates)
        try:
            with shown_progress(str(package.output)) as progress:
                built.append((package, build_package(request, progress)))
        except GeneratorError as error:
            mistakes += error.diagnostics
    if mistakes:
        raise GeneratorError(*mistakes)
    return built


# Showing


def _show_mistakes(diagnostics: Sequence[Diagnostic], format_: Format) -> int:
    _show_diagnostics(diagnostics, format_)
    if format_ is Format.JSON:
        click.echo(as_json(diagnostics))
    return MISTAKE


def _show_diagnostics(diagnostics: Sequence[Diagnostic], format_: Format) -> None:
    """People and compilers' readers find them on standard error; JSON has them in its one object."""
    match format_:
        case Format.TEXT:
            for diagnostic in diagnostics:
                click.echo(str(diagnostic), err=True)
        case Format.GITHUB:
            _echo_lines([diagnostics_as_github(diagnostics)])
        case Format.JSON:
            pass


def _echo_lines(texts: Any) -> None:
    for text in texts:
        if text:
            click.echo(text)


def _coloured(text: str) -> str:
    """A diff with its usual colours; `click.echo` takes them out where no terminal shows them."""
    return "\n".join(_coloured_line(line) for line in text.split("\n"))


def _coloured_line(line: str) -> str:
    if line.startswith(("--- ", "+++ ")):
        return click.style(line, bold=True)
    colours = {"-": "red", "+": "green", "@": "cyan"}
    return click.style(line, fg=colours[line[0]]) if line[:1] in colours else line
