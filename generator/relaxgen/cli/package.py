"""``relaxgen package``: a distribution to publish."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from ..diagnostics.locations import SourceLocation
from ..diagnostics.phrases import counted
from ..project.request import PackageRequest
from .package_options import FORMAT_OPTION, PackageOptions, package_options
from .showing import FINE, say, show_diagnostics, shown_progress


@click.command()
@package_options
@FORMAT_OPTION
@click.option("--name", metavar="NAME", required=True, help="The name of the distribution, for pip install.")
def package(name: str, **arguments: Any) -> int:
    """Write a distribution with a generated package.

    The directory --output is then a project that is ready to build, test and publish. A second run replaces the package
    and its sample documents, and does not change other files.
    """
    from ..project.packages import build_packages
    from ..publishing.distribution import publish
    from ..report.formats import Format, GeneratedReport, as_json, generated_as_text
    from ..report.results import results_as_sarif, results_of_diagnostics

    options = PackageOptions(**arguments)
    directory, request = _request(options, name)
    (built,) = build_packages([request], shown_progress)
    with shown_progress(str(directory)) as progress:
        published = publish(built, directory, name, progress)
    facts = built.facts
    report = GeneratedReport(request.output, facts.classes, facts.enums, published.summary)
    show_diagnostics(facts.diagnostics, options.output_format)
    if options.output_format is Format.JSON:
        click.echo(as_json(facts.diagnostics, generated=[report]))
        return FINE
    if options.output_format is Format.SARIF:
        click.echo(results_as_sarif(results_of_diagnostics(facts.diagnostics)))
        return FINE
    say(generated_as_text(report))
    say(f"{directory}: {counted(published.samples, 'sample document')} in tests/samples")
    for verb, paths in (("written", published.written), ("kept as they are", published.kept)):
        if paths:
            say(f"{directory}: {', '.join(paths)} {verb}")
    if published.written:
        say(f"next: choose a licence in {directory / 'pyproject.toml'}, then run: python -m build {directory}")
    return FINE


def _request(options: PackageOptions, name: str) -> tuple[Path, PackageRequest]:
    """The directory of the distribution, and the package to generate into it.

    Raises:
        click.UsageError: an argument is missing.
        ConfigurationError: the name or the directory cannot be.
    """
    from ..publishing.distribution import check_place, module_of

    if not (options.schemas or options.preset):
        raise click.UsageError("give a SCHEMA or a --preset")
    if options.output is None:
        raise click.UsageError("--output is missing: the directory of the distribution")
    if options.runtime is not None:
        raise click.UsageError("--runtime is for packages of one project; a distribution carries its own run time")
    module = module_of(name, SourceLocation("--name"))
    check_place(options.output, name)
    (request,) = replace(options, output=options.output / "src" / module).packages()
    return options.output, request
