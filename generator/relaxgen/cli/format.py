"""``relaxgen format``: schemas laid out anew, in either syntax."""

from __future__ import annotations

from pathlib import Path

import click

from ..diagnostics.errors import GeneratorError
from ..diagnostics.input_files import STANDARD_INPUT_NAME, files_below, read_standard_input
from ..diagnostics.locations import SourceLocation
from ..diagnostics.phrases import counted, unreadable
from ..report.formats import Format
from ..report.results import Result, results_of_diagnostics
from .convert import STANDARD, write_text
from .package_options import FORMAT_OPTION
from .showing import FINDINGS, FINE, MISTAKE, coloured, say, show_diagnostics, show_results


@click.command("format")
@click.argument("schemas", metavar="SCHEMA...", nargs=-1, required=True)
@click.option("--check", is_flag=True, help="Write nothing; list the schemas that would change.")
@click.option("--diff", "shows_diff", is_flag=True, help="Write nothing; show what would change.")
@FORMAT_OPTION
def format_(schemas: tuple[str, ...], check: bool, shows_diff: bool, output_format: Format) -> int:
    """Format schemas, in XML or in the compact syntax.

    SCHEMA is a file, a directory (for all schemas in it and below), or - to format standard input to standard output.
    Included files are not formatted, unless they are named.
    """
    if output_format is not Format.TEXT and not check:
        raise click.UsageError("--output-format is for --check")
    status, changed, count = FINE, 0, 0
    results: list[Result] = []
    for path in _files(schemas):
        count += 1
        try:
            before = read_standard_input() if path == STANDARD else Path(path).read_bytes()
            after = _formatted(before, path)
        except GeneratorError as error:
            results += results_of_diagnostics(error.diagnostics)
            show_diagnostics(error.diagnostics, Format.TEXT)
            status = MISTAKE
            continue
        except OSError as error:
            raise click.ClickException(f"{path}: {unreadable(error)}") from None
        changed += before != after.encode()
        if check and before != after.encode():
            results.append(Result("not-formatted", "would be formatted", SourceLocation(path)))
        if output_format is Format.TEXT:
            _deliver(path, before, after, check, shows_diff)
    if output_format is not Format.TEXT:
        show_results(results, output_format, ())
    if schemas != (STANDARD,):
        would = "would be " if check or shows_diff else ""
        say(f"{changed} of {counted(count, 'schema')} {would}changed", err=True)
    if status is FINE and changed and check:
        status = FINDINGS
    return status


def _files(arguments: tuple[str, ...]) -> list[str]:
    from ..relaxng.loading import SCHEMA_SUFFIXES

    found: list[str] = []
    for argument in arguments:
        path = Path(argument)
        if argument != STANDARD and path.is_dir():
            found.extend(map(str, files_below(path, *SCHEMA_SUFFIXES)))
        elif argument == STANDARD or path.is_file():
            found.append(argument)
        else:
            raise click.UsageError(f"file {argument!r} does not exist")
    return list(dict.fromkeys(found))


def _formatted(data: bytes, path: str) -> str:
    from ..relaxng.syntax_conversion import format_schema

    return format_schema(data, STANDARD_INPUT_NAME if path == STANDARD else path)


def _deliver(path: str, before: bytes, after: str, check: bool, shows_diff: bool) -> None:
    if shows_diff:
        click.echo(coloured(_difference(path, before, after)), nl=False)
    elif check:
        if before != after.encode():
            click.echo(f"{path}: would be formatted")
    elif path == STANDARD:
        click.echo(after, nl=False)
    elif before != after.encode():
        write_text(Path(path), after)
        say(f"{path}: formatted")


def _difference(path: str, before: bytes, after: str) -> str:
    from difflib import unified_diff

    old = before.decode("utf-8", "replace").splitlines(keepends=True)
    return "".join(unified_diff(old, after.splitlines(keepends=True), path, f"{path} (formatted)"))
