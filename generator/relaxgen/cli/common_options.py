"""What every command has: ``--quiet``, ``--verbose``, and how it reports mistakes in its input; and the scripts that
complete words in shells."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from ..diagnostics.errors import GeneratorError
from ..report.formats import Format
from .showing import QUIET, VERBOSE, set_verbosity, show_errors

COMPLETION_VARIABLE = "_RELAXGEN_COMPLETE"
"""Set in the environment when a shell wants completions."""

SHELLS = ("bash", "zsh", "fish")


def _set_verbosity(context: click.Context, parameter: click.Parameter, is_given: bool) -> None:
    if is_given:
        set_verbosity(context, QUIET if parameter.name == "quiet" else VERBOSE)


def with_common_parts(command: click.Command) -> click.Command:
    """Adds the parts to a command, once, although the command can be looked up several times."""
    if not any(parameter.name == "quiet" for parameter in command.params):
        command.params += [
            _verbosity_option("-q", "--quiet", "Print only findings and errors."),
            _verbosity_option("-v", "--verbose", "Also print each stage and its time."),
        ]
        assert command.callback is not None, "every command is a function"
        command.callback = _reporting_errors(command.callback)
    return command


def _verbosity_option(short: str, long: str, text: str) -> click.Option:
    return click.Option([short, long], is_flag=True, expose_value=False, callback=_set_verbosity, help=text)


def _reporting_errors(command: Callable[..., Any]) -> Callable[..., Any]:
    """Reports a `GeneratorError` in the format of `FORMAT_OPTION`. A command without that option reports it as text."""

    @wraps(command)
    def reporting(**options: Any) -> Any:
        try:
            return command(**options)
        except GeneratorError as error:
            format_ = options.get("output_format")
            return show_errors(error.diagnostics, format_ if isinstance(format_, Format) else Format.TEXT)

    return reporting


def show_completion(context: click.Context, _parameter: click.Parameter, shell: str | None) -> None:
    """Prints the script for a shell, and ends."""
    if shell is None:
        return
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None, "click knows all of SHELLS"
    click.echo(found(context.command, {}, "relaxgen", COMPLETION_VARIABLE).source())
    context.exit()
