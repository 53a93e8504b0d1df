"""``relaxgen generate`` and ``relaxgen check``: packages written, or compared with what is there."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from ..configuration import PackageSettings, check_outputs_apart
from ..errors import Diagnostic, GeneratorError
from ..reporting import (
    CheckedReport,
    Format,
    GeneratedReport,
    as_json,
    checked_as_github,
    checked_as_text,
    generated_as_text,
)
from ..source import SourceLocation
from .package_options import PackageOptions, package_options
from .showing import FINDINGS, FINE, coloured, echo_lines, show_diagnostics, show_mistakes

if TYPE_CHECKING:
    from ..pipeline import GeneratedPackage


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

    start = time.perf_counter()
    reports = []
    warnings: list[Diagnostic] = []
    for package, generated in _build(settings):
        summary = write(generated.tree, package.output)
        reports.append(GeneratedReport(package.output, generated.classes, generated.enums, summary))
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

    reports = []
    warnings: list[Diagnostic] = []
    for package, generated in _build(settings):
        differences = compare(generated.tree, package.output)
        reports.append(CheckedReport(package.output, len(generated.tree), differences))
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


def _build(settings: tuple[PackageSettings, ...]) -> list[tuple[PackageSettings, GeneratedPackage]]:
    """All packages, complete in memory, before anything is written.

    Raises:
        GeneratorError: with what is wrong in any of them.
    """
    from ..pipeline import PackageRequest, build_package
    from ..progress import shown_progress

    check_outputs_apart(settings, SourceLocation("--output"))
    built = []
    mistakes: list[Diagnostic] = []
    for package in settings:
        request = PackageRequest(
            package.schemas, package.output, package.enums, package.roots, package.templates, package.bindings
        )
        try:
            with shown_progress(str(package.output)) as progress:
                built.append((package, build_package(request, progress)))
        except GeneratorError as error:
            mistakes += error.diagnostics
    if mistakes:
        raise GeneratorError(*mistakes)
    return built
