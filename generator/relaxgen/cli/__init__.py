"""The command `relaxgen`: arguments become calls, results become text and an exit status.

Every command is one thin function in a module of its own. What it needs is imported inside it, since black and the
template engine cost more time than ``relaxgen --help`` may take. The end of every run is here: the exit statuses
(`showing`), and the text for errors that no command handles.
"""

from __future__ import annotations

import os
import re
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

from ..diagnostics.errors import GeneratorError, did_you_mean
from ..version import VERSION
from .common_options import SHELLS, show_completion, with_common_parts
from .showing import CLOSED_PIPE, CRASH, FINE, INTERRUPTED, MISTAKE, timed
from .standard_streams import OutputStreamError, standard_streams

TRACEBACK_VARIABLE = "RELAXGEN_TRACEBACK"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status. No exception leaves it."""
    try:
        with standard_streams():
            return _run(arguments)
    except OutputStreamError as error:
        if error.reader_has_gone:  # as in ``relaxgen check | head``
            return CLOSED_PIPE
        _complain(str(error))
        return MISTAKE


def _run(arguments: Sequence[str] | None) -> int:
    try:
        status = program.main(args=arguments, prog_name="relaxgen", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return MISTAKE
    except (click.Abort, KeyboardInterrupt):
        _complain("interrupted")
        return INTERRUPTED
    except OutputStreamError:
        raise
    except GeneratorError as error:
        click.echo(str(error), err=True)
        return MISTAKE
    except (OSError, MemoryError) as error:
        _complain(_environment_problem(error))
        return MISTAKE
    except Exception as error:
        _report_crash(error)
        return CRASH
    return status if isinstance(status, int) else FINE


def _complain(message: str) -> None:
    click.echo(f"relaxgen: {message}", err=True)


def _environment_problem(error: OSError | MemoryError) -> str:
    """A message about an error of the operating system, which the user can correct."""
    _show_traceback_if_wanted(error)
    if isinstance(error, MemoryError):
        return "there is not enough memory"
    try:
        Path.cwd()
    except OSError:
        return "the working directory does not exist any more"
    reason = error.strerror or str(error)
    names = [os.fsdecode(name) for name in (error.filename, error.filename2) if isinstance(name, str | bytes)]
    return ": ".join([*names, reason])


def _report_crash(error: Exception) -> None:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    reason = "".join(traceback.format_exception_only(error)).strip()
    _complain(f"internal error at {Path(frame.filename).name}:{frame.lineno}: {reason}")
    _show_traceback_if_wanted(error)
    click.echo(
        f"This is a bug in relaxgen {VERSION}, not in your files. Please report it with the command and its input, and"
        f" with the traceback that {TRACEBACK_VARIABLE}=1 shows.",
        err=True,
    )


def _show_traceback_if_wanted(error: BaseException) -> None:
    if os.environ.get(TRACEBACK_VARIABLE):
        click.echo("".join(traceback.format_exception(error)).rstrip(), err=True)


COMMANDS = (
    "init",
    "generate",
    "check",
    "watch",
    "inspect",
    "enums",
    "docs",
    "validate",
    "diff",
    "since",
    "requires",
    "downgrade",
    "lint",
    "sample",
    "coverage",
    "package",
    "convert",
    "format",
    "config-schema",
    "output-schema",
)
"""In the order of the help text. Each is a function in the module of its name, unless it is `_ELSEWHERE`."""

_ELSEWHERE = {"check": "generate", "config-schema": "json_schemas", "output-schema": "json_schemas"}


class _Program(click.Group):
    """Imports a command when it is used, because builds call `generate` most often and should not load the others."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f".{_ELSEWHERE.get(cmd_name, cmd_name)}", __name__)
        command: click.Command = getattr(module, "format_" if cmd_name == "format" else cmd_name.replace("-", "_"))
        return with_common_parts(command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            hint = "; --help after a command describes it" if args[0] == "help" else did_you_mean(args[0], COMMANDS)
            ctx.fail(f"there is no command {args[0]!r}{hint}")
        empty = next((index for index, arg in enumerate(args) if re.fullmatch("(--[a-z-]+=)?", arg)), 0)
        if empty and not ctx.resilient_parsing:
            # As a path it would be the working directory: `relaxgen format "$FILE"` would change all schemas below.
            which = args[empty].rstrip("=") or f"the argument after {args[empty - 1]}"
            ctx.fail(f"{which} is empty; is a variable not set?")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        if os.environ.get("NO_COLOR"):
            ctx.color = False
        with timed(ctx):
            return super().invoke(ctx)


@click.group(cls=_Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, "-V", "--version", prog_name="relaxgen", message="%(prog)s %(version)s")
@click.option(
    "--show-completion",
    metavar=f"[{'|'.join(SHELLS)}]",
    type=click.Choice(SHELLS),
    expose_value=False,
    is_eager=True,
    callback=show_completion,
    help="Print a completion script for this shell.",
)
def program() -> None:
    """Make typed Python packages from RELAX NG schemas.

    Without SCHEMA, `generate` and `check` use [tool.relaxgen] in the nearest pyproject.toml.

    The exit status is 0 if all is fine, 1 for findings, 2 for an error in the arguments, the input or the environment,
    and 70 for a bug in relaxgen (RELAXGEN_TRACEBACK=1 shows its traceback).
    """
