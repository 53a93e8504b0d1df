"""What commands have in common: their exit statuses, and how mistakes are shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import click

from ..diagnostics.errors import Diagnostic
from ..report.formats import Format, as_json, diagnostics_as_github

FINE, FINDINGS, MISTAKE, CRASH, INTERRUPTED, CLOSED_PIPE = 0, 1, 2, 70, 130, 141
"""The exit statuses. Only a finding has 1. 70 is ``EX_SOFTWARE`` of ``sysexits.h``; shells report an interrupt with
130 and a closed pipe with 141."""


def show_mistakes(diagnostics: Sequence[Diagnostic], format_: Format) -> int:
    show_diagnostics(diagnostics, format_)
    if format_ is Format.JSON:
        click.echo(as_json(diagnostics))
    return MISTAKE


def show_diagnostics(diagnostics: Sequence[Diagnostic], format_: Format) -> None:
    """People and compilers' readers find them on standard error; JSON has them in its one object."""
    match format_:
        case Format.TEXT:
            for diagnostic in diagnostics:
                click.echo(str(diagnostic), err=True)
        case Format.GITHUB:
            echo_lines([diagnostics_as_github(diagnostics)])
        case Format.JSON:
            pass


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
