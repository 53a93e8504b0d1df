"""``relaxgen inspect``: the class model of a schema, before anything is generated."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import GeneratorError
from ..reporting import Format
from .package_options import BINDINGS_OPTION, EXISTING_FILE, TABLE_SUFFIX
from .showing import FINE, show_mistakes


@click.command()
@click.argument("schema", type=EXISTING_FILE)
@click.argument("words", metavar="[PATH]", nargs=-1)
@click.option(
    "--enums",
    metavar="FILE",
    type=EXISTING_FILE,
    multiple=True,
    help="A file with enum tables; repeatable, and *.enums works.",
)
@BINDINGS_OPTION
def inspect(schema: Path, words: tuple[str, ...], enums: tuple[Path, ...], bindings: tuple[Path, ...]) -> int:
    """Show the class model of SCHEMA as a tree, or the part of it that PATH leads to (domain/devices/disk)."""
    from ..inspection import describe
    from ..pipeline import PackageRequest, read_model

    tables = (*enums, *(Path(word) for word in words if word.endswith(TABLE_SUFFIX)))
    paths = [word for word in words if not word.endswith(TABLE_SUFFIX)]
    if len(paths) > 1:
        raise click.UsageError(f"one PATH at a time; {paths[1]!r} is a second one")
    try:
        model = read_model(PackageRequest((schema,), Path(schema.stem), tables, bindings=bindings))
        for line in describe(model, paths[0] if paths else None):
            click.echo(line)
    except GeneratorError as error:
        return show_mistakes(error.diagnostics, Format.TEXT)
    return FINE
