"""``relaxgen validate``: whether documents are what a schema allows, and every fault in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..diagnostics.errors import Diagnostics
from ..diagnostics.phrases import counted
from ..report.formats import Format
from ..report.results import results_as_github, results_as_sarif
from .package_options import (
    CATALOG_OPTION,
    FORMAT_OPTION,
    NO_CACHE_OPTION,
    SCHEMA_FILE,
    STANDARD_INPUT,
    check_standard_input,
)
from .showing import FINDINGS, FINE, echo_lines, say, show_diagnostics, shown_progress

if TYPE_CHECKING:
    from ..documents.document_arguments import Document
    from ..documents.parallel_validation import DocumentReport, Options
    from ..relaxng.validator import CompiledSchema


@click.command()
@click.argument("schema", type=SCHEMA_FILE)
@click.argument("documents", metavar="[DOC...]", nargs=-1)
@click.option(
    "--files-from",
    "lists",
    metavar="FILE",
    multiple=True,
    help="Read names of documents from FILE (or -): one a line, or each with a zero byte after it; repeatable.",
)
@FORMAT_OPTION
@click.option("--max-faults", metavar="N", type=click.IntRange(min=1), help="Show the first N faults of each document.")
@click.option("--jobs", metavar="N", type=click.IntRange(min=1), help="Use N processes. Default: as many as useful.")
@click.option(
    "--report",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a line of JSON for each document. A run with the same FILE continues an interrupted run.",
)
@click.option(
    "--allow-entities", is_flag=True, help="Expand the entities that a document declares. Default: refuse the document."
)
@click.option("--check-ids", is_flag=True, help="Also check ID, IDREF and IDREFS (DTD compatibility).")
@CATALOG_OPTION
@NO_CACHE_OPTION
def validate(
    schema: Path,
    documents: tuple[str, ...],
    lists: tuple[str, ...],
    output_format: Format,
    max_faults: int | None,
    jobs: int | None,
    report: Path | None,
    allow_entities: bool,
    check_ids: bool,
    no_cache: bool,
) -> int:
    """Validate documents, and report all their faults.

    DOC is a file, a directory (for all .xml files in it and below), or - for standard input. Faults are printed in the
    order of the documents. The exit status is 1 if a document is not valid.
    """
    if not documents and not lists:
        raise click.UsageError("give a DOC, or --files-from FILE")
    if "-" in documents and "-" in lists:
        raise click.UsageError("standard input is a document or a list, not both")
    check_standard_input(schema, (*documents, *lists))
    from ..documents.document_arguments import find_documents
    from ..documents.fault_report import Tally
    from ..documents.parallel_validation import Options, most_faults
    from ..relaxng.compilation_cache import compile_with_cache
    from ..relaxng.validator import compile_schema

    found = find_documents(documents, lists)
    diagnostics = Diagnostics()
    compile_ = compile_schema if no_cache or schema == STANDARD_INPUT else compile_with_cache
    compiled = compile_(schema, diagnostics=diagnostics)
    # The machine-readable formats are lists of faults, so warnings are text on standard error in all of them.
    show_diagnostics(diagnostics.warnings, Format.TEXT)
    tally = Tally()
    options = Options(allow_entities, check_ids, most_faults(None if report else max_faults))
    with _reports(compiled, schema, found, options, jobs, report) as reports:
        _show(tally.counting(reports), output_format, max_faults)
    if output_format is Format.TEXT:
        say(str(tally))
    return FINDINGS if tally.invalid else FINE


@contextmanager
def _reports(
    compiled: CompiledSchema,
    schema: Path,
    documents: tuple[Document, ...],
    options: Options,
    jobs: int | None,
    file: Path | None,
) -> Iterator[Iterator[DocumentReport]]:
    """The reports as they come; `file` knows those of an earlier run, and gets the others."""
    from ..documents.parallel_validation import validate_documents
    from ..documents.validation_report import open_report

    with ExitStack() as stack:
        log = None
        if file is not None:
            log = stack.enter_context(open_report(file, compiled, str(schema), options, documents))
            if log.earlier:
                say(f"{file}: {counted(len(log.earlier), 'document')} of an earlier run", err=True)
        known = log.earlier if log is not None else {}
        progress = stack.enter_context(shown_progress(str(schema)))

        def reports() -> Iterator[DocumentReport]:
            found = validate_documents(
                compiled, documents, options, jobs=jobs, with_digests=log is not None, known=known
            )
            for done, one in enumerate(found, 1):
                if log is not None and one.name not in known:
                    log.add(one)
                if progress is not None:
                    progress("validate", done, len(documents))
                yield one

        yield reports()


def _show(reports: Iterator[DocumentReport], format_: Format, max_faults: int | None) -> None:
    from ..documents.fault_report import report_as_text, reports_as_json, results_of

    match format_:
        case Format.JSON:
            echo_lines(reports_as_json(reports, max_faults))
        case Format.SARIF:
            click.echo(results_as_sarif(results_of(reports, max_faults)))
        case Format.GITHUB:
            # Annotations are about the document; the rule is in the message's words.
            echo_lines(results_as_github(replace(one, related=()) for one in results_of(reports, max_faults)))
        case Format.TEXT:
            echo_lines(text for report in reports for text in report_as_text(report, max_faults))
