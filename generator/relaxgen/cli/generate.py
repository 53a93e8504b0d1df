"""``relaxgen generate`` and ``relaxgen check``: packages written, or compared with what is there."""

from __future__ import annotations

import shlex
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ..cache.disk_cache import CacheUse
from ..diagnostics.errors import Diagnostic
from ..output import DifferenceKind
from ..project.depfile import touch_stamp, write_depfile
from ..project.packages import BuiltPackage, UnchangedPackage, build_changed_packages, build_packages
from ..report.formats import (
    CheckedReport,
    Format,
    GeneratedReport,
    as_json,
    checked_as_text,
    generated_as_text,
    results_of_checked,
)
from ..report.results import results_as_github, results_as_sarif, results_of_diagnostics
from .package_options import FORMAT_OPTION, STANDARD_INPUT, PackageOptions, package_options
from .showing import FINDINGS, FINE, coloured, echo_lines, say, show_diagnostics, shown_progress

Packages = Sequence[BuiltPackage | UnchangedPackage]

OUTPUT_FILE = click.Path(dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True)
class BuildFiles:
    """What a build system wants beside the packages."""

    depfile: Path | None
    stamp: Path | None


TRACKED_OPTION = click.option(
    "--tracked", is_flag=True, help="Also report generated files that are neither committed nor staged in git."
)


@click.command()
@package_options
@FORMAT_OPTION
@TRACKED_OPTION
@click.option(
    "--depfile", metavar="FILE", type=OUTPUT_FILE, help="Write the names of the files that were read, for make."
)
@click.option("--stamp", metavar="FILE", type=OUTPUT_FILE, help="Touch FILE at the end. It is the target in --depfile.")
@click.option("--list-outputs", is_flag=True, help="Print the files that would be generated, and generate nothing.")
def generate(tracked: bool, depfile: Path | None, stamp: Path | None, list_outputs: bool, **arguments: Any) -> int:
    """Generate typed Python packages from schemas.

    SCHEMAs make one package. Without SCHEMA, the packages are those that pyproject.toml lists.
    """
    if list_outputs and (depfile or stamp):
        raise click.UsageError(f"--list-outputs writes nothing, so there is no {'--depfile' if depfile else '--stamp'}")
    if depfile is not None and STANDARD_INPUT in arguments["schemas"]:
        raise click.UsageError("--depfile lists files, and a schema on standard input is none")
    options = PackageOptions(**arguments)
    return _list_outputs(options) if list_outputs else _generate(options, BuildFiles(depfile, stamp), tracked)


def _list_outputs(options: PackageOptions) -> int:
    from ..project.packages import list_outputs

    for path in list_outputs(options.packages()):
        click.echo(path.as_posix())
    return FINE


def _generate(options: PackageOptions, files: BuildFiles, tracked: bool) -> int:
    start = time.perf_counter()
    reports = []
    warnings: list[Diagnostic] = []
    packages = build_changed_packages(options.packages(), shown_progress)
    _check_build_files(files, packages, options.configuration_file())
    for package in packages:
        facts, request = package.facts, package.request
        unsettled = facts.derived_names if request.preset else ()
        reports.append(GeneratedReport(request.output, facts.classes, facts.enums, package.write(), unsettled))
        warnings += facts.diagnostics
    _write_build_files(files, packages, options.configuration_file())
    unknown = [found for package in packages if tracked and (found := _untracked(package)).differences]
    show_diagnostics(warnings, options.output_format)
    if options.output_format is Format.JSON:
        click.echo(as_json(warnings, generated=reports, checked=unknown))
    elif options.output_format is Format.SARIF:
        _show_sarif(warnings, unknown)
    else:
        for report in reports:
            say(generated_as_text(report))
        _show_checks(unknown, options)
        say(f"done in {time.perf_counter() - start:.1f} s")
    return FINDINGS if unknown else FINE


@click.command()
@package_options
@FORMAT_OPTION
@TRACKED_OPTION
def check(tracked: bool, **arguments: Any) -> int:
    """Report generated files that are out of date.

    Compares the packages on disk with what `generate` would write, and writes nothing. Exit status 1 means that
    something differs.
    """
    options = PackageOptions(**arguments)
    reports = []
    warnings: list[Diagnostic] = []
    for package in build_packages(options.packages(CacheUse.CHECKED), shown_progress):
        differences = package.differences()
        if tracked:
            differences = (*differences, *_untracked(package).differences)
        files = len(package.generated.tree) + (package.request.names is not None)
        reports.append(CheckedReport(package.request.output, files, differences))
        warnings += package.generated.diagnostics
    show_diagnostics(warnings, options.output_format)
    if options.output_format is Format.JSON:
        click.echo(as_json(warnings, checked=reports))
    elif options.output_format is Format.SARIF:
        _show_sarif(warnings, reports)
    else:
        _show_checks(reports, options)
    return FINDINGS if any(report.differences for report in reports) else FINE


def _check_build_files(files: BuildFiles, packages: Packages, configuration: Path | None) -> None:
    """Raises:
    OutputError: a file for the build system would replace an input or a generated file.
    """
    from ..project.depfile import check_target

    inputs = [source for package in packages for source in package.facts.sources]
    inputs += [configuration] if configuration is not None else []
    outputs = [package.request.output / path for package in packages for path in package.facts.files]
    outputs += [package.request.names for package in packages if package.request.names is not None]
    if files.depfile is not None:
        check_target(files.depfile, "--depfile", inputs, outputs)
    if files.stamp is not None:
        others = [files.depfile] if files.depfile is not None else []
        check_target(files.stamp, "--stamp", inputs, [*outputs, *others])


def _write_build_files(files: BuildFiles, packages: Packages, configuration: Path | None) -> None:
    if files.depfile is not None:
        outputs = [package.request.output / path for package in packages for path in package.facts.files]
        sources = [source for package in packages for source in package.facts.sources]
        own = [configuration] if configuration is not None else []
        write_depfile(files.depfile, [files.stamp] if files.stamp is not None else outputs, [*own, *sources])
    if files.stamp is not None:
        touch_stamp(files.stamp)


def _untracked(package: BuiltPackage | UnchangedPackage) -> CheckedReport:
    from ..output.git_status import untracked

    files, output = package.facts.files, package.request.output
    return CheckedReport(output, len(files), untracked(files, output))


def _show_sarif(warnings: Sequence[Diagnostic], reports: Sequence[CheckedReport]) -> None:
    found = [one for report in reports for one in results_of_checked(report)]
    click.echo(results_as_sarif([*results_of_diagnostics(warnings), *found]))


def _show_checks(reports: Sequence[CheckedReport], options: PackageOptions) -> None:
    """For people with what to do about it."""
    if options.output_format is Format.GITHUB:
        echo_lines(results_as_github(one for report in reports for one in results_of_checked(report)))
        return
    for report in reports:
        show = click.echo if report.differences else say
        show(coloured(checked_as_text(report)))
    kinds = {kind for report in reports for kind in report.kinds}
    if kinds - {DifferenceKind.UNTRACKED}:
        click.echo(f"run: {options.command_to('generate')}")
    if DifferenceKind.UNTRACKED in kinds:
        outputs = [str(report.output) for report in reports if DifferenceKind.UNTRACKED in report.kinds]
        click.echo(f"run: {shlex.join(['git', 'add', *outputs])}")
