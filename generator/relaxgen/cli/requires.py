"""``relaxgen requires``: the lowest release of a schema that accepts a document."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..diagnostics.errors import GeneratorError
from ..diagnostics.phrases import counted
from ..report.formats import Format
from .release_options import release_arguments, release_options
from .showing import FINDINGS, FINE, echo_lines, show_diagnostics, show_mistakes

if TYPE_CHECKING:
    from ..evolution.releases.requirements import Requirement
    from ..runtime.faults import Fault

SHOWN_FAULTS = 5


@click.command()
@click.argument("documents", metavar="DOC...", nargs=-1, required=True)
@click.option("--schema", metavar="NAME", required=True, help="The schema's name in each release, such as domain.rng.")
@release_options
@click.option("--at-most", metavar="VERSION", help="Fail if a document needs a newer release than this.")
@click.option("--all", "matrix", is_flag=True, help="Print a matrix: every document, every release.")
@click.option(
    "--output-format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to report.",
)
def requires(documents: tuple[str, ...], schema: str, output_format: str, **options: Any) -> int:
    """Print the lowest release whose schema accepts each document, and what lower releases refuse.

    DOC is a file, a directory with .xml files in it or below, or - for standard input. Exit status 1 means that no
    release accepts a document, or that one needs a newer release than --at-most.
    """
    try:
        return _requires(documents, schema, output_format, **options)
    except GeneratorError as error:
        return show_mistakes(error.diagnostics, Format.TEXT)


def _requires(
    arguments: tuple[str, ...],
    schema: str,
    output_format: str,
    *,
    at_most: str | None,
    matrix: bool,
    **releases: Any,
) -> int:
    from ..documents.document_arguments import find_documents
    from ..evolution.releases.collection import open_releases, version_key
    from ..evolution.releases.requirements import Releases
    from ..report.progress import shown_progress

    documents = [(one.name, one.data if one.data is not None else Path(one.name)) for one in find_documents(arguments)]
    with open_releases(release_arguments(schema, **releases)) as found, shown_progress("requires") as progress:
        collection = Releases(found)
        requirements = collection.requirements(documents, progress)
    show_diagnostics(tuple(collection.diagnostics.warnings), Format.TEXT)
    if output_format == "json":
        click.echo(json.dumps([_values(one) for one in requirements], ensure_ascii=False, indent=2))
    elif matrix:
        echo_lines(_matrix(requirements))
    else:
        echo_lines(line for one in requirements for line in _lines(one))
    fails = [
        one
        for one in requirements
        if one.lowest is None or (at_most is not None and version_key(one.lowest) > version_key(at_most))
    ]
    return FINDINGS if fails else FINE


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
