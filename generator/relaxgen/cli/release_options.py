"""What the commands about the releases of a schema have in common: which releases there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .package_options import CATALOG_OPTION

if TYPE_CHECKING:
    from ..evolution.releases.collection import ReleaseArguments

Command = TypeVar("Command", bound=Callable[..., Any])


def release_options(command: Command) -> Command:
    """Adds --catalog, --versions, --tags, --path and --only."""
    for option in (
        CATALOG_OPTION,
        click.option("--only", metavar="VERSION", multiple=True, help="Use only this release; repeatable."),
        click.option("--path", metavar="DIR", default="", help="The directory of the schemas in the tags of --tags."),
        click.option("--tags", metavar="PATTERN", default="", help="Use tags of this git repository, such as 'v*'."),
        click.option(
            "--versions",
            metavar="DIR",
            default="",
            help="A directory that contains a directory for each release, or 9.0.0=DIR,11.3.0=DIR.",
        ),
    ):
        command = option(command)
    return command


def release_arguments(schema: str, versions: str, tags: str, path: str, only: tuple[str, ...]) -> ReleaseArguments:
    """
    Raises:
        click.UsageError: both or none of --versions and --tags is given.
    """
    from ..evolution.releases.collection import ReleaseArguments

    if bool(versions) == bool(tags):
        raise click.UsageError("give --versions DIR, or --tags PATTERN in a git repository")
    return ReleaseArguments(schema, versions, tags, path, only)
