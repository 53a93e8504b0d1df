"""``relaxgen coverage``: what of a schema documents exercise."""

from __future__ import annotations

from pathlib import Path

import click

from ..diagnostics.locations import SourceLocation
from ..report.formats import Format
from ..report.results import Level, Result
from .package_options import CATALOG_OPTION, FORMAT_OPTION, SCHEMA_FILE, check_standard_input
from .showing import FINDINGS, FINE, show_results, shown_progress


@click.command()
@click.argument("schema", type=SCHEMA_FILE)
@click.argument("documents", metavar="DOC...", nargs=-1, required=True)
@CATALOG_OPTION
@click.option("--root", metavar="NAME", help="An element or define that the documents start from.")
@FORMAT_OPTION
@click.option(
    "--fail-under", metavar="PERCENT", type=click.FloatRange(0, 100), help="Exit with 1 below this percentage."
)
def coverage(
    schema: Path, documents: tuple[str, ...], root: str | None, output_format: Format, fail_under: float | None
) -> int:
    """Report which parts of a schema no document uses.

    Parts are elements, attributes and values. DOC is a file, a directory (for all .xml files in it and below), or - for
    standard input. Documents that are not valid are listed, and do not count.
    """
    from ..documents.document_arguments import find_documents
    from ..relaxng.roots import read_form
    from ..sampling.coverage import CoverageMeter
    from ..sampling.coverage_report import coverage_as_json, coverage_as_text

    check_standard_input(schema, documents)
    found_documents = find_documents(documents)
    read, form = read_form(schema, root, SourceLocation("--root"))
    meter = CoverageMeter(form, read.prefixes)
    invalid = []
    with shown_progress(str(schema)) as progress:
        for number, document in enumerate(found_documents, 1):
            if not meter.add(document.source, name=document.name):
                invalid.append(document.name)
            if progress is not None:
                progress("validate", number, len(found_documents))
    found = meter.coverage
    if output_format is Format.JSON:
        click.echo(coverage_as_json(found, invalid))
    else:
        results = [
            *(Result("not-valid", "is not valid, and not counted", SourceLocation(name)) for name in invalid),
            *(Result("not-reached", f"{one.path} is not reached", one.location, Level.NOTE) for one in found.missed),
        ]
        show_results(results, output_format, coverage_as_text(found, invalid))
    return FINDINGS if fail_under is not None and found.percentage < fail_under else FINE
