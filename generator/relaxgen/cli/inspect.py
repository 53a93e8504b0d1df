"""``relaxgen inspect``: the class model of a schema, before anything is generated."""

from __future__ import annotations

from pathlib import Path

import click

from ..diagnostics.input_files import is_file
from .package_options import (
    BINDINGS_OPTION,
    CATALOG_OPTION,
    EXISTING_FILE,
    PACKAGE_OPTION,
    PRESET_OPTION,
    SCHEMA_FILE,
    TABLE_SUFFIX,
    configured_package,
)
from .showing import FINE, shown_progress


@click.command()
@click.argument("words", metavar="[SCHEMA] [PATH]", nargs=-1)
@click.option(
    "--enums",
    metavar="FILE",
    type=EXISTING_FILE,
    multiple=True,
    help="A file with enum tables; repeatable. --enums *.enums also works.",
)
@BINDINGS_OPTION
@PRESET_OPTION
@CATALOG_OPTION
@PACKAGE_OPTION
def inspect(
    words: tuple[str, ...], enums: tuple[Path, ...], bindings: tuple[Path, ...], preset: str, package: str | None
) -> int:
    """Show the classes and fields that a schema becomes.

    PATH, such as domain/devices/disk, selects a part. Without SCHEMA, show the package that [tool.relaxgen] in the
    nearest pyproject.toml lists.
    """
    from ..inspection import describe
    from ..pipeline import read_model
    from ..project.request import PackageRequest

    schemas = words[:1] if words and _is_schema(words[0]) else ()
    if schemas == ("-",):
        schemas = (str(SCHEMA_FILE.convert("-", None, click.get_current_context())),)
    tables = (*enums, *(Path(word) for word in words if word.endswith(TABLE_SUFFIX)))
    paths = [word for word in words[len(schemas) :] if not word.endswith(TABLE_SUFFIX)]
    if len(paths) > 1:
        raise click.UsageError(f"one PATH at a time; {paths[1]!r} is a second one")
    if schemas and package is not None:
        raise click.UsageError("--package chooses in [tool.relaxgen], so it goes with no SCHEMA")
    if not schemas and (tables or bindings or preset):
        raise click.UsageError(
            "--enums, --bindings and --preset need a SCHEMA; without one, those of [tool.relaxgen] are used"
        )
    if schemas:
        schema = Path(schemas[0])
        request = PackageRequest((schema,), Path(schema.stem), tables, bindings=bindings, preset=preset)
    else:
        request = configured_package(package)
    with shown_progress("inspect") as progress:
        model = read_model(request, progress)
    for line in describe(model, paths[0] if paths else None):
        click.echo(line)
    return FINE


def _is_schema(word: str) -> bool:
    """Whether the first word is a file, and not a path in the class model.

    Raises:
        click.UsageError: it is meant as a file, and there is none.
    """
    from ..relaxng.loading import SCHEMA_SUFFIXES

    file = Path(word)
    if word == "-":
        return True
    if is_file(file):
        return not word.endswith(TABLE_SUFFIX)
    if file.suffix in SCHEMA_SUFFIXES:
        raise click.UsageError(f"file {word!r} does not exist")
    return False
