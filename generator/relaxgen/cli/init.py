"""``relaxgen init``: a `[tool.relaxgen]` table to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from .package_options import EXISTING_DIRECTORY
from .showing import FINE, say


@click.command()
@click.argument("directory", metavar="[DIR]", type=EXISTING_DIRECTORY, default=".")
def init(directory: Path) -> int:
    """Write a [tool.relaxgen] table into pyproject.toml.

    The table lists the schemas and enum tables that are found in DIR.
    """
    from ..project.configuration import FILE_NAME
    from ..project.init import append, find_starting_point

    file = directory / FILE_NAME
    is_new = not file.exists()
    point = find_starting_point(directory)
    append(directory, point)
    for diagnostic in point.unusable:
        click.echo(f"left out: {diagnostic}", err=True)
    say(f"{file}: {'made, with' if is_new else 'now has'} a [tool.relaxgen] table")
    for what, names in (("schemas", point.schemas), ("enum tables", point.enums), ("package", (point.output,))):
        if names:
            say(f"  {what}: {', '.join(names)}")
    where = "" if directory.resolve() == Path.cwd() else f" --config {file}"
    say(f"next: check it, then run: relaxgen generate{where}")
    return FINE
