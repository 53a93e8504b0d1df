"""What commands have in common: their exit statuses, and how mistakes are shown."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from ..diagnostics.errors import Diagnostic
from ..report.formats import Format, as_json
from ..report.results import Result, results_as_github, results_as_json, results_as_sarif, results_of_diagnostics

if TYPE_CHECKING:
    from ..report.progress import Progress

FINE, FINDINGS, MISTAKE, CRASH, INTERRUPTED, CLOSED_PIPE = 0, 1, 2, 70, 130, 141
"""The exit statuses. Only a finding has 1. 70 is ``EX_SOFTWARE`` of ``sysexits.h``; shells report an interrupt with
130 and a closed pipe with 141."""


QUIET, NORMAL, VERBOSE = range(3)
_VERBOSITY = f"{__name__}.verbosity"
"""In the values that all contexts of a run share."""


def set_verbosity(context: click.Context, verbosity: int) -> None:
    """
    Raises:
        click.UsageError: the other one was given, too.
    """
    if context.meta.setdefault(_VERBOSITY, verbosity) != verbosity:
        raise click.UsageError("--quiet and --verbose exclude each other")


def _verbosity() -> int:
    context = click.get_current_context(silent=True)
    found: int = NORMAL if context is None else context.meta.get(_VERBOSITY, NORMAL)
    return found


def say(text: str, *, err: bool = False) -> None:
    """Prints what is fine, and what was done: all that is neither a result, a finding nor an error."""
    if text and _verbosity() > QUIET:
        click.echo(text, err=err)


def say_more(text: str) -> None:
    """Prints details for ``--verbose``, on standard error."""
    if _verbosity() > NORMAL:
        click.echo(f"relaxgen: {text}", err=True)


@contextmanager
def timed(context: click.Context) -> Iterator[None]:
    """With ``--verbose``, how long a run took."""
    start = time.perf_counter()
    yield
    if context.meta.get(_VERBOSITY) == VERBOSE:
        click.echo(f"relaxgen: done in {time.perf_counter() - start:.1f} s", err=True)


@contextmanager
def shown_progress(subject: str) -> Iterator[Progress | None]:
    """Gives what a stage may call: a bar where standard error is a terminal, a line for each stage with
    ``--verbose``, else None."""
    from ..report.progress import shown_bar, shown_lines

    if _verbosity() > NORMAL:
        with shown_lines(subject, say_more) as progress:
            yield progress
    elif _verbosity() == NORMAL and sys.stderr.isatty():
        with shown_bar(subject) as progress:
            yield progress
    else:
        yield None


def show_errors(diagnostics: Sequence[Diagnostic], format_: Format) -> int:
    show_diagnostics(diagnostics, format_)
    if format_ is Format.JSON:
        click.echo(as_json(diagnostics))
    elif format_ is Format.SARIF:
        click.echo(results_as_sarif(results_of_diagnostics(diagnostics)))
    return MISTAKE


def show_diagnostics(diagnostics: Sequence[Diagnostic], format_: Format) -> None:
    """People and compilers' readers find them on standard error; JSON and SARIF have them in their one object."""
    if format_ is Format.TEXT:
        for diagnostic in diagnostics:
            click.echo(str(diagnostic), err=True)
    elif format_ is Format.GITHUB:
        echo_lines(results_as_github(results_of_diagnostics(diagnostics)))


def show_results(results: Sequence[Result], format_: Format, texts: Iterable[str]) -> None:
    """Findings of a command that has no form of its own for them; `texts` are for people."""
    match format_:
        case Format.TEXT:
            echo_lines(texts)
        case Format.JSON:
            click.echo(results_as_json(results))
        case Format.GITHUB:
            echo_lines(results_as_github(results))
        case Format.SARIF:
            click.echo(results_as_sarif(results))


def echo_lines(texts: Iterable[str]) -> None:
    for text in texts:
        if text:
            click.echo(text)


def coloured(text: str) -> str:
    """A diff with its usual colours; `click.echo` takes them out where no terminal shows them."""
    return "\n".join(_coloured_line(line) for line in text.split("\n"))


def _coloured_line(line: str) -> str:
    if line.startswith(("--- ", "+++ ")):
        return click.style(line, bold=True)
    colours = {"-": "red", "+": "green", "@": "cyan"}
    return click.style(line, fg=colours[line[0]]) if line[:1] in colours else line
