"""``relaxgen since``: the releases that accept each element, attribute and value of a schema."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..report.formats import Format
from ..report.results import Result
from .package_options import EXISTING_FILE
from .release_options import release_arguments, release_options
from .showing import FINDINGS, FINE, echo_lines, say, show_diagnostics, show_results, shown_progress

if TYPE_CHECKING:
    from ..evolution.releases.since_table import SinceTable


@click.command()
@click.argument("schema")
@click.argument("paths", metavar="[PATH...]", nargs=-1)
@release_options
@click.option("--check", is_flag=True, help="Compare b:since annotations in --facts and --bindings with the releases.")
@click.option(
    "--facts", metavar="SCHEMA", type=EXISTING_FILE, multiple=True, help="A schema with annotations; repeatable."
)
@click.option(
    "--bindings", metavar="FILE", type=EXISTING_FILE, multiple=True, help="A bindings file to compare; repeatable."
)
@click.option("--propose", is_flag=True, help="With --check: print missing annotations as a bindings file.")
@click.option(
    "--output-format",
    "output_format",
    type=click.Choice([*(one.value for one in Format), "markdown"]),
    default="text",
    show_default=True,
    help="The format of the table (text, json, markdown), or of the findings of --check (not markdown).",
)
def since(
    schema: str,
    paths: tuple[str, ...],
    check: bool,
    facts: tuple[Path, ...],
    bindings: tuple[Path, ...],
    propose: bool,
    output_format: str,
    **releases: Any,
) -> int:
    """Print which releases accept each element and attribute.

    SCHEMA is the schema's name in each release, such as domain.rng. PATH selects an element with everything inside it,
    such as /domain/devices/disk; it can contain *. With --check, annotations such as b:since="6.3.0" are compared with
    the releases; the exit status is 1 if some are wrong.
    """
    from ..evolution.releases.collection import open_releases
    from ..evolution.releases.since_table import since_table, table_as_json, table_as_markdown, table_as_text

    if check != bool(facts or bindings):
        raise click.UsageError("--check needs --facts SCHEMA or --bindings FILE, and these need --check")
    if output_format not in (("text", "json", "markdown") if not check else [*Format]):
        raise click.UsageError(f"--output-format {output_format} is {'not for' if check else 'for'} --check")
    if propose and not check:
        raise click.UsageError("--propose needs --check")
    with open_releases(release_arguments(schema, **releases)) as found, shown_progress("since") as progress:
        table = since_table(found, progress)
    show_diagnostics(table.diagnostics, Format.TEXT)
    if check:
        return _check(table, facts, bindings, propose, output_format)
    match output_format:
        case "json":
            click.echo(table_as_json(table, paths))
        case "markdown":
            click.echo("\n".join(table_as_markdown(table, paths)))
        case _:
            echo_lines(table_as_text(table, paths))
    return FINE


def _check(
    table: SinceTable, facts: tuple[Path, ...], bindings: tuple[Path, ...], propose: bool, output_format: str
) -> int:
    from ..evolution.releases.since_facts import Answer, check_facts, proposals

    report = check_facts(table, facts, bindings)
    if propose:
        click.echo("\n".join(proposals(report)).rstrip())
        return FINDINGS if report.wrong else FINE
    results = [Result("wrong-since", one.message, one.fact.location) for one in report.wrong]
    show_results(results, Format(output_format), (f"{one.fact.location}: {one.message}" for one in report.wrong))
    if output_format != Format.TEXT:
        return FINDINGS if report.wrong else FINE
    counts = ", ".join(f"{report.count(answer)} {answer.value}" for answer in Answer)
    say(f"{len(report.checked)} facts: {counts}; {len(report.missing)} missing (--propose prints them)")
    return FINDINGS if report.wrong else FINE
