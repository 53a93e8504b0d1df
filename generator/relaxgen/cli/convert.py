"""``relaxgen convert``: schemas from XML into the compact syntax, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..diagnostics.file_replacement import replace_file
from ..diagnostics.input_files import STANDARD_INPUT_NAME, read_standard_input
from ..diagnostics.locations import SourceLocation
from ..report.formats import Format
from ..report.results import Result
from .package_options import CATALOG_OPTION, FORMAT_OPTION
from .showing import FINDINGS, FINE, say, show_results

if TYPE_CHECKING:
    from ..relaxng.syntax_conversion import ConvertedFile, Syntax

STANDARD = "-"


@click.command()
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@CATALOG_OPTION
@click.option(
    "--to",
    type=click.Choice(["rng", "rnc"]),
    help="The syntax of OUT. Default: by the name of OUT, or else the other syntax than that of IN.",
)
@click.option("--simplify", is_flag=True, help="Write the simple form of the specification in one file.")
@click.option("--check", is_flag=True, help="Write nothing; report whether OUT and its includes are up to date.")
@FORMAT_OPTION
def convert(source: str, target: str, to: str | None, simplify: bool, check: bool, output_format: Format) -> int:
    """Convert schemas between XML and the compact syntax.

    Included files are converted, too; their paths relative to OUT are the same as relative to IN. Comments,
    documentation, annotations and blank lines are kept. IN and OUT can be - for standard input and output; then only
    one file is converted, and the names of included files do not change.
    """
    if check and target == STANDARD:
        raise click.UsageError("--check needs a file to look at")
    if output_format is not Format.TEXT and not check:
        raise click.UsageError("--output-format is for --check")
    files = _converted(source, target, to, simplify)
    if target == STANDARD:
        click.echo(files[0].text, nl=False)
        return FINE
    return _compare(files, output_format) if check else _write(files)


def _converted(source: str, target: str, to: str | None, simplify: bool) -> list[ConvertedFile]:
    from ..relaxng.roots import read_form
    from ..relaxng.syntax_conversion import ConvertedFile, convert_schema, convert_simplified, convert_tree

    is_file = source != STANDARD
    if is_file and not Path(source).is_file():
        raise click.UsageError(f"file {source!r} does not exist")
    data = Path(source).read_bytes() if is_file else read_standard_input()
    name = source if is_file else STANDARD_INPUT_NAME
    syntax = _wanted_syntax(data, name, target, to)
    if simplify:
        if not is_file:
            raise click.UsageError("--simplify needs a file")
        text = convert_simplified(*read_form(Path(source)), syntax)
        return [ConvertedFile(source, Path(target), text)]
    if is_file and target != STANDARD:
        return convert_tree(source, Path(target), syntax)
    return [ConvertedFile(name, Path(target), convert_schema(data, name, syntax))]


def _wanted_syntax(data: bytes, name: str, target: str, to: str | None) -> Syntax:
    from ..relaxng.syntax_conversion import Syntax, read_with_layout, syntax_of

    by_name = {syntax.suffix: syntax for syntax in Syntax}.get(Path(target).suffix)
    if to is not None and by_name is not None and Syntax(to) is not by_name:
        raise click.UsageError(f"--to {to} contradicts the name {target!r}")
    if to is not None:
        return Syntax(to)
    return by_name or syntax_of(read_with_layout(data, name)).other


def _write(files: list[ConvertedFile]) -> int:
    for file in files:
        is_new = _present(file) != file.text
        if is_new:
            write_text(file.target, file.text)
        say(f"{file.source} -> {file.target}" + ("" if is_new else " (unchanged)"))
    return FINE


def _compare(files: list[ConvertedFile], format_: Format) -> int:
    results = [_stale(file) for file in files if _present(file) != file.text]
    show_results(results, format_, (f"{one.place}: {one.message}" for one in results))
    return FINDINGS if results else FINE


def _stale(file: ConvertedFile) -> Result:
    what = "is not what" if file.target.exists() else "does not exist, and should be what"
    message = f"{what} {file.source} becomes; run relaxgen convert"
    return Result("stale-conversion", message, SourceLocation(str(file.target)))


def _present(file: ConvertedFile) -> str | None:
    try:
        return file.target.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def write_text(path: Path, text: str) -> None:
    """Replaces a file in one step, so that a failure leaves what was there.

    Raises:
        click.ClickException: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, text.encode("utf-8"))
    except OSError as error:
        raise click.ClickException(f"{path}: cannot be written: {error.strerror or error}") from None
