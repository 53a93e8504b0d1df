"""``relaxgen generate`` and ``relaxgen check``: packages written, or compared with what is there."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import click

from ..configuration import PackageSettings
from ..errors import Diagnostic, GeneratorError
from ..project import build_packages
from ..reporting import (
    CheckedReport,
    Format,
    GeneratedReport,
    as_json,
    checked_as_github,
    checked_as_text,
    generated_as_text,
)
from .package_options import PackageOptions, package_options
from .showing import FINDINGS, FINE, coloured, echo_lines, show_diagnostics, show_mistakes


@click.command()
@package_options
def generate(**arguments: Any) -> int:
    """Generate packages: from SCHEMAs into one package, or all that pyproject.toml lists."""
    return _run(PackageOptions(**arguments), _generate)


@click.command()
@package_options
def check(**arguments: Any) -> int:
    """Compare packages on disk with what `generate` would write, and write nothing."""
    return _run(PackageOptions(**arguments), _check)


def _run(options: PackageOptions, command: Callable[[PackageOptions, tuple[PackageSettings, ...]], int]) -> int:
    try:
        return command(options, options.packages())
    except GeneratorError as error:
        return show_mistakes(error.diagnostics, options.format)


def _generate(options: PackageOptions, settings: tuple[PackageSettings, ...]) -> int:
    from ..output import write
    from ..progress import shown_progress

    start = time.perf_counter()
    reports = []
    warnings: list[Diagnostic] = []
    for package in build_packages(settings, shown_progress):
        generated, output = package.generated, package.settings.output
        summary = write(generated.tree, output)
        reports.append(GeneratedReport(output, generated.classes, generated.enums, summary))
        warnings += generated.diagnostics
    show_diagnostics(warnings, options.format)
    if options.format is Format.JSON:
        click.echo(as_json(warnings, generated=reports))
    else:
        for report in reports:
            click.echo(generated_as_text(report))
        click.echo(f"done in {time.perf_counter() - start:.1f} s")
    return FINE


def _check(options: PackageOptions, settings: tuple[PackageSettings, ...]) -> int:
    from ..output import compare
    from ..progress import shown_progress

    reports = []
    warnings: list[Diagnostic] = []
    for package in build_packages(settings, shown_progress):
        generated, output = package.generated, package.settings.output
        reports.append(CheckedReport(output, len(generated.tree), compare(generated.tree, output)))
        warnings += generated.diagnostics
    findings = any(report.differences for report in reports)
    show_diagnostics(warnings, options.format)
    match options.format:
        case Format.JSON:
            click.echo(as_json(warnings, checked=reports))
        case Format.GITHUB:
            echo_lines(checked_as_github(report) for report in reports)
        case Format.TEXT:
            echo_lines(coloured(checked_as_text(report)) for report in reports)
            if findings:
                click.echo(f"run: {options.command_to('generate')}")
    return FINDINGS if findings else FINE
