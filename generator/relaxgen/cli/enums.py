"""``relaxgen enums``: where enum tables and the lists of values of a schema have drifted apart."""

from __future__ import annotations

from pathlib import Path

import click

from ..diagnostics.errors import Diagnostics
from ..enums.reader import C_SUFFIXES
from ..report.formats import Format, as_json
from ..report.results import Result, results_of_diagnostics
from .package_options import CATALOG_OPTION, EXISTING_FILE, FORMAT_OPTION, SCHEMA_FILE
from .showing import FINDINGS, FINE, show_diagnostics, show_results

TABLE_SUFFIXES = C_SUFFIXES | {".enums"}


@click.command()
@click.argument("files", metavar="SCHEMA...", type=SCHEMA_FILE, nargs=-1, required=True)
@click.option(
    "--tables", metavar="FILE...", type=EXISTING_FILE, multiple=True, required=True, help="Enum tables or C sources."
)
@CATALOG_OPTION
@FORMAT_OPTION
def enums(files: tuple[Path, ...], tables: tuple[Path, ...], output_format: Format) -> int:
    """Compare lists of values in schemas with enum tables.

    The exit status is 1 if a table and its list differ in more than a sentinel: a first entry that means «not given».
    """
    from ..inspection.table_comparison import compare_files, comparison_as_text, comparison_values, drifts, has_drifted

    diagnostics = Diagnostics()
    schemas, more_tables = _by_kind(files)
    comparison = compare_files(schemas, (*tables, *more_tables), diagnostics)
    show_diagnostics(diagnostics.warnings, output_format)
    if output_format is Format.JSON:
        click.echo(as_json(diagnostics.warnings, more=comparison_values(comparison)))
    else:
        results = [Result("table-drift", text, place, related=(other,)) for place, text, other in drifts(comparison)]
        noted = results_of_diagnostics(diagnostics.warnings) if output_format is Format.SARIF else []
        show_results([*noted, *results], output_format, comparison_as_text(comparison))
    return FINDINGS if has_drifted(comparison) else FINE


def _by_kind(files: tuple[Path, ...]) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Schemas and tables: a shell's pattern behind ``--tables`` gives more files than the option takes. The first
    file is a schema, whatever its name."""
    tables = tuple(file for file in files[1:] if file.suffix.lower() in TABLE_SUFFIXES)
    return tuple(file for file in files if file not in tables), tables
