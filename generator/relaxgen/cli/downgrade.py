"""``relaxgen downgrade``: a document made to fit an older release of its schema."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..diagnostics.errors import ConfigurationError, Diagnostic
from ..diagnostics.file_replacement import replace_file
from ..diagnostics.locations import SourceLocation
from ..report.formats import Format
from ..report.results import Level, Result
from .package_options import EXISTING_FILE, FORMAT_OPTION
from .release_options import release_arguments, release_options
from .showing import FINDINGS, FINE, say, show_results

if TYPE_CHECKING:
    from ..evolution.releases.downgrading import Downgrade

LONGEST_SHOWN = 70


@click.command()
@click.argument("document", type=EXISTING_FILE)
@click.option("--to", "version", metavar="VERSION", required=True, help="The release that should accept the document.")
@click.option("--schema", metavar="NAME", required=True, help="The schema's name in each release, such as domain.rng.")
@release_options
@click.option("--remove", metavar="PATH", multiple=True, help="Also remove this element or attribute; repeatable.")
@FORMAT_OPTION
@click.option("--write", is_flag=True, help="Write the result into the document's file.")
@click.option("--output", metavar="FILE", type=click.Path(path_type=Path), help="Write the result into this file.")
def downgrade(
    document: Path,
    version: str,
    schema: str,
    output_format: Format,
    remove: tuple[str, ...],
    write: bool,
    output: Path | None,
    **releases: Any,
) -> int:
    """Report or remove what an older release refuses.

    With --write or --output, the command removes elements and attributes that the release does not know, and optional
    ones with values that it does not know. All other bytes of DOCUMENT stay. If the result is not valid, nothing is
    written, and the exit status is 1.
    """
    from ..evolution.releases.collection import open_releases
    from ..evolution.releases.downgrading import downgrade as downgraded
    from ..evolution.releases.requirements import Releases

    if write and output is not None:
        raise click.UsageError("give --write or --output FILE, not both")
    try:
        with open_releases(release_arguments(schema, **releases)) as found:
            result = downgraded(document.read_bytes(), Releases(found).schema(version), str(document), remove)
    except (ValueError, LookupError) as error:
        raise ConfigurationError(Diagnostic(SourceLocation(str(document)), str(error))) from None
    if output_format is Format.TEXT:
        _show(result, version)
    else:
        show_results(list(_results(result, str(document))), output_format, ())
    target = document if write else output
    if not result.is_valid:
        return FINDINGS
    if target is None:
        return FINDINGS if result.removals else FINE
    _write(target, result.document)
    return FINE


def _results(result: Downgrade, document: str) -> Iterator[Result]:
    """Removals as warnings, and faults that no removal corrects as errors."""
    from ..documents.fault_report import result_of_fault

    for removal in result.removals:
        reason = result_of_fault(removal.fault) if removal.fault else Result("removal", "", SourceLocation(document))
        message = f"{removal.path} must go{f': {reason.message}' if reason.message else ''}"
        yield replace(reason, message=message, level=Level.WARNING)
    yield from map(result_of_fault, result.unanswered)


def _show(result: Downgrade, version: str) -> None:
    for removal in result.removals:
        text = " ".join(removal.text.split())
        shown = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
        place = f"{removal.fault.file}:{removal.fault.line}:{removal.fault.column}: " if removal.fault else ""
        reason = f": {removal.fault.message}" if removal.fault else ""
        click.echo(f"{place}{removal.path} must go{reason}\n    {shown}")
    for fault in result.unanswered:
        click.echo(f"{fault.file}:{fault.line}:{fault.column}: {fault.path}: no answer: {fault.message}")
    if result.unanswered:
        click.echo(
            f"the document cannot be made valid for {version} by removing optional parts; --remove PATH removes more"
        )
    elif not result.removals:
        say(f"release {version} accepts the document as it is")


def _write(file: Path, data: bytes) -> None:
    try:
        replace_file(file, data)
    except OSError as error:
        message = f"cannot be written: {error.strerror}"
        raise ConfigurationError(Diagnostic(SourceLocation(str(file)), message)) from None
