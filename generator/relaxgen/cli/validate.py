"""``relaxgen validate``: whether documents are what a schema allows, and every fault in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..diagnostics.errors import Diagnostics, GeneratorError
from ..report.formats import Format
from .package_options import CATALOG_OPTION, EXISTING_FILE, NO_CACHE_OPTION
from .showing import FINDINGS, FINE, echo_lines, show_mistakes


@click.command()
@click.argument("schema", type=EXISTING_FILE)
@click.argument("documents", metavar="DOC...", nargs=-1, required=True)
@click.option(
    "--output-format",
    "output_format",
    type=click.Choice([*(format_.value for format_ in Format), "sarif"]),
    default=Format.TEXT.value,
    show_default=True,
    help="How to report.",
)
@click.option("--max-faults", metavar="N", type=click.IntRange(min=1), help="Show the first N faults of each document.")
@click.option("--jobs", metavar="N", type=click.IntRange(min=1), help="Use N processes. By default as many as help.")
@click.option(
    "--allow-entities",
    is_flag=True,
    help="Expand entities that a document declares; by default, such a document is refused.",
)
@click.option("--check-ids", is_flag=True, help="Check ID, IDREF and IDREFS, too (DTD compatibility).")
@CATALOG_OPTION
@NO_CACHE_OPTION
def validate(schema: Path, documents: tuple[str, ...], output_format: str, **options: Any) -> int:
    """Validate documents against SCHEMA exactly, and explain every fault in them.

    DOC is a file, a directory with .xml files in it or below, or - for standard input. The exit status is 1 if a
    document is not valid.
    """
    try:
        return _validate(schema, documents, output_format, **options)
    except GeneratorError as error:
        return show_mistakes(error.diagnostics, Format.TEXT if output_format == "sarif" else Format(output_format))


def _show_warnings(diagnostics: Diagnostics) -> None:
    """Always on standard error: the machine-readable formats are lists of faults."""
    for warning in diagnostics.warnings:
        click.echo(str(warning), err=True)


def _validate(
    schema: Path,
    arguments: tuple[str, ...],
    output_format: str,
    *,
    max_faults: int | None,
    jobs: int | None,
    allow_entities: bool,
    check_ids: bool,
    no_cache: bool,
) -> int:
    from ..documents.document_arguments import find_documents
    from ..documents.fault_report import (
        report_as_text,
        reports_as_github,
        reports_as_json,
        reports_as_sarif,
        summary,
    )
    from ..documents.parallel_validation import Options, validate_documents
    from ..relaxng.compilation_cache import compile_with_cache
    from ..relaxng.validator import compile_schema
    from ..report.progress import shown_progress

    documents = find_documents(arguments)
    diagnostics = Diagnostics()
    if no_cache:
        compiled = compile_schema(schema, diagnostics=diagnostics)
    else:
        compiled = compile_with_cache(schema, diagnostics=diagnostics)
    _show_warnings(diagnostics)
    reports = []
    with shown_progress(str(schema)) as progress:
        for report in validate_documents(compiled, documents, Options(allow_entities, check_ids), jobs=jobs):
            reports.append(report)
            if progress is not None:
                progress("validate", len(reports), len(documents))
    match output_format:
        case "json":
            click.echo(reports_as_json(reports, max_faults))
        case "sarif":
            click.echo(reports_as_sarif(reports, max_faults))
        case "github":
            echo_lines(reports_as_github(reports, max_faults))
        case _:
            echo_lines(text for report in reports for text in report_as_text(report, max_faults))
            click.echo(summary(reports))
    return FINDINGS if any(report.faults for report in reports) else FINE
