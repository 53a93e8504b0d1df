"""``relaxgen requires``: the lowest release of a schema that accepts a document."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..diagnostics.locations import SourceLocation
from ..diagnostics.phrases import counted
from ..report.formats import Format
from ..report.results import Result
from .package_options import FORMAT_OPTION
from .release_options import release_arguments, release_options
from .showing import FINDINGS, FINE, show_diagnostics, show_results, shown_progress

if TYPE_CHECKING:
    from ..evolution.releases.requirements import Requirement
    from ..runtime.faults import Fault

SHOWN_FAULTS = 5


@click.command()
@click.argument("documents", metavar="DOC...", nargs=-1, required=True)
@click.option("--schema", metavar="NAME", required=True, help="The schema's name in each release, such as domain.rng.")
@release_options
@click.option("--at-most", metavar="VERSION", help="Fail if a document needs a newer release than this.")
@click.option("--all", "matrix", is_flag=True, help="Print a table of all documents and all releases.")
@FORMAT_OPTION
def requires(
    documents: tuple[str, ...], schema: str, at_most: str | None, matrix: bool, output_format: Format, **releases: Any
) -> int:
    """Print the lowest release that accepts each document.

    The command also prints what lower releases refuse. DOC is a file, a directory (for all .xml files in it and below),
    or - for standard input. The exit status is 1 if no release accepts a document, or if one needs a newer release than
    --at-most.
    """
    from ..documents.document_arguments import find_documents
    from ..evolution.releases.collection import open_releases
    from ..evolution.releases.requirements import Releases
    from ..python.release_table import version_key

    sources = [(one.name, one.data if one.data is not None else Path(one.name)) for one in find_documents(documents)]
    with open_releases(release_arguments(schema, **releases)) as found, shown_progress("requires") as progress:
        collection = Releases(found)
        requirements = collection.requirements(sources, progress)
    show_diagnostics(tuple(collection.diagnostics.warnings), Format.TEXT)
    fails = [
        one
        for one in requirements
        if one.lowest is None or (at_most is not None and version_key(one.lowest) > version_key(at_most))
    ]
    if output_format is Format.JSON:
        click.echo(json.dumps([_values(one) for one in requirements], ensure_ascii=False, indent=2))
    else:
        texts = _matrix(requirements) if matrix else (line for one in requirements for line in _lines(one))
        show_results([_result(one) for one in fails], output_format, texts)
    return FINDINGS if fails else FINE


def _result(requirement: Requirement) -> Result:
    """That no release accepts a document, or only one that is too new; with what the others refuse."""
    message = next(_lines(requirement)).removeprefix(f"{requirement.document}: ")
    refused = [fault for _, faults in requirement.obstacles() for fault in faults[:SHOWN_FAULTS]]
    related = tuple((SourceLocation(one.file, one.line, one.column), one.message) for one in refused)
    return Result("requires", message, SourceLocation(requirement.document), related=related)


def _lines(requirement: Requirement) -> Iterator[str]:
    if requirement.lowest is None:
        yield f"{requirement.document}: no release accepts it"
    else:
        ranges = [f"{first} to {last}" if first != last else first for first, last in requirement.ranges]
        also = f" (accepted by {', '.join(ranges)})" if ranges[-1][-1] and len(ranges) > 1 else ""
        until = requirement.ranges[-1][1]
        if not also and until != requirement.releases[-1]:
            also = f" (accepted by {ranges[0]})"
        yield f"{requirement.document}: requires {requirement.lowest}{also}"
    for versions, faults in requirement.obstacles():
        span = versions[0] if len(versions) == 1 else f"{versions[0]} to {versions[-1]}"
        yield f"  not {span}:"
        yield from (f"    {_place(fault)}" for fault in faults[:SHOWN_FAULTS])
        if len(faults) > SHOWN_FAULTS:
            yield f"    and {counted(len(faults) - SHOWN_FAULTS, 'more fault')}"


def _place(fault: Fault) -> str:
    place = ":".join(str(part) for part in (fault.file, fault.line, fault.column) if part)
    return f"{place}: {fault.path}: {fault.message}" if fault.path else f"{place}: {fault.message}"


def _matrix(requirements: Sequence[Requirement]) -> Iterator[str]:
    """A line for each document, a column for each release: a dot where it is accepted, else the number of faults."""
    releases = requirements[0].releases
    width = max(len(one.document) for one in requirements)
    widths = [max(len(name), 3) for name in releases]
    yield " ".join(["".ljust(width), *(name.rjust(size) for name, size in zip(releases, widths, strict=True))])
    for one in requirements:
        cells = ("." if name in one.accepted else str(len(one.faults[name])) for name in releases)
        yield " ".join(
            [one.document.ljust(width), *(cell.rjust(size) for cell, size in zip(cells, widths, strict=True))]
        )


def _values(requirement: Requirement) -> dict[str, object]:
    return {
        "document": requirement.document,
        "lowest": requirement.lowest,
        "accepted": list(requirement.accepted),
        "obstacles": [
            {"releases": list(versions), "faults": [fault.as_dict() for fault in faults]}
            for versions, faults in requirement.obstacles()
        ],
    }
