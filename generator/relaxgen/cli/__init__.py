"""The command `relaxgen`: arguments become calls, results become text and an exit status.

Exit status: 0 fine, 1 findings, 2 usage or schema error; 130 and 141 as shells report an interrupt and a closed pipe.
Every command is one thin function in a module of its own. What it needs is imported inside it, since black and the
template engine cost more time than ``relaxgen --help`` may take.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

import click

from ..version import VERSION
from .coverage import coverage
from .diff import diff
from .docs import docs
from .enums import enums
from .generate import check, generate
from .init import init
from .inspect import inspect
from .sample import sample
from .showing import CLOSED_PIPE, FINE, INTERRUPTED, MISTAKE
from .validate import validate


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


for command in (init, generate, check, inspect, enums, docs, validate, diff, sample, coverage):
    program.add_command(command)
