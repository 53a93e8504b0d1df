"""What every command has: ``--quiet``, ``--verbose``; and the scripts that complete words in shells."""

from __future__ import annotations

import click

from .showing import QUIET, VERBOSE, set_verbosity

COMPLETION_VARIABLE = "_RELAXGEN_COMPLETE"
"""Set in the environment when a shell wants completions."""

SHELLS = ("bash", "zsh", "fish")


def _set_verbosity(context: click.Context, parameter: click.Parameter, is_given: bool) -> None:
    if is_given:
        set_verbosity(context, QUIET if parameter.name == "quiet" else VERBOSE)


def with_common_options(command: click.Command) -> click.Command:
    """Adds the options to a command, once, although the command can be looked up several times."""
    if not any(parameter.name == "quiet" for parameter in command.params):
        command.params += [
            click.Option(
                ["-q", "--quiet"],
                is_flag=True,
                expose_value=False,
                callback=_set_verbosity,
                help="Print only findings and errors.",
            ),
            click.Option(
                ["-v", "--verbose"],
                is_flag=True,
                expose_value=False,
                callback=_set_verbosity,
                help="Also print each stage and its time.",
            ),
        ]
    return command


def show_completion(context: click.Context, _parameter: click.Parameter, shell: str | None) -> None:
    """Prints the script for a shell, and ends."""
    if shell is None:
        return
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None, "click knows all of SHELLS"
    click.echo(found(context.command, {}, "relaxgen", COMPLETION_VARIABLE).source())
    context.exit()
