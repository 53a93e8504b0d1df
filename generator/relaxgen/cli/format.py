"""``relaxgen format``: schemas laid out anew, in either syntax."""

from __future__ import annotations

from pathlib import Path

import click

from ..diagnostics.errors import GeneratorError
from ..diagnostics.input_files import STANDARD_INPUT_NAME, read_standard_input
from ..diagnostics.phrases import counted
from ..report.formats import Format
from .convert import STANDARD, write_text
from .showing import FINDINGS, FINE, MISTAKE, coloured, show_diagnostics


@click.command("format")
@click.argument("schemas", metavar="SCHEMA...", nargs=-1, required=True)
@click.option("--check", is_flag=True, help="Write nothing; list the schemas that would change.")
@click.option("--diff", "shows_diff", is_flag=True, help="Write nothing; show what would change.")
def format_(schemas: tuple[str, ...], check: bool, shows_diff: bool) -> int:
    """Format schemas, .rnc or .rng, without a change of meaning.

    SCHEMA is a file, a directory with schemas in it or below, or - for standard input, whose text goes to standard
    output. A file that is only included is not formatted.
    """
    status, changed, count = FINE, 0, 0
    for path in _files(schemas):
        count += 1
        try:
            before = read_standard_input() if path == STANDARD else Path(path).read_bytes()
            after = _formatted(before, path)
        except GeneratorError as error:
            show_diagnostics(error.diagnostics, Format.TEXT)
            status = MISTAKE
            continue
        except OSError as error:
            raise click.ClickException(f"{path}: cannot be read: {error.strerror}") from None
        changed += before != after.encode()
        _deliver(path, before, after, check, shows_diff)
    if schemas != (STANDARD,):
        would = "would be " if check or shows_diff else ""
        click.echo(f"{changed} of {counted(count, 'schema')} {would}changed", err=True)
    if status is FINE and changed and check:
        status = FINDINGS
    return status


def _files(arguments: tuple[str, ...]) -> list[str]:
    from ..relaxng.loading import SCHEMA_SUFFIXES

    found: list[str] = []
    for argument in arguments:
        path = Path(argument)
        if argument != STANDARD and path.is_dir():
            inside = [str(file) for suffix in SCHEMA_SUFFIXES for file in path.rglob(f"*{suffix}")]
            found.extend(sorted(inside))
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
            click.echo(f"{path}: would be formatted anew")
    elif path == STANDARD:
        click.echo(after, nl=False)
    elif before != after.encode():
        write_text(Path(path), after)
        click.echo(f"{path}: formatted anew")


def _difference(path: str, before: bytes, after: str) -> str:
    from difflib import unified_diff

    old = before.decode("utf-8", "replace").splitlines(keepends=True)
    return "".join(unified_diff(old, after.splitlines(keepends=True), path, f"{path} (formatted)"))
