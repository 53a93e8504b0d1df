"""``relaxgen docs``: reference documentation of a schema."""

from __future__ import annotations

import time
from pathlib import Path

import click

from ..errors import GeneratorError
from ..reporting import Format, GeneratedReport, generated_as_text
from .package_options import EXISTING_DIRECTORY, EXISTING_FILE, TABLE_SUFFIX
from .showing import FINE, show_diagnostics, show_mistakes


@click.command()
@click.argument("schemas", metavar="SCHEMA...", nargs=-1, required=True, type=EXISTING_FILE)
@click.option(
    "--output", "-o", metavar="DIR", type=click.Path(path_type=Path), required=True, help="Where the pages go."
)
@click.option(
    "--format",
    "site_format",
    type=click.Choice(["html", "markdown"]),
    default="html",
    show_default=True,
    help="A site to browse, or Markdown.",
)
@click.option("--enums", metavar="FILE", type=EXISTING_FILE, multiple=True, help="A file with enum tables; repeatable.")
@click.option("--root", "roots", metavar="NAME", multiple=True, help="An element or define to start from; repeatable.")
@click.option(
    "--templates", metavar="DIR", type=EXISTING_DIRECTORY, help="Templates that replace ours of the same name."
)
def docs(
    schemas: tuple[Path, ...],
    output: Path,
    site_format: str,
    enums: tuple[Path, ...],
    roots: tuple[str, ...],
    templates: Path | None,
) -> int:
    """Write reference documentation of SCHEMAs: elements, attributes, enumerations, examples, and a search over them.

    The pages need no server and no network; open index.html in DIR, or README.md with `--format markdown`.
    """
    tables = tuple(file for file in schemas if file.suffix == TABLE_SUFFIX)
    schemas = tuple(file for file in schemas if file not in tables)
    if not schemas:
        raise click.UsageError("there are enum tables only, and no SCHEMA")
    try:
        return _docs(schemas, output, site_format, (*enums, *tables), roots, templates)
    except GeneratorError as error:
        return show_mistakes(error.diagnostics, Format.TEXT)


def _docs(
    schemas: tuple[Path, ...],
    output: Path,
    site_format: str,
    enums: tuple[Path, ...],
    roots: tuple[str, ...],
    templates: Path | None,
) -> int:
    from ..documentation.renderer import SiteFormat
    from ..output import write
    from ..pipeline import PackageRequest, build_documentation
    from ..progress import shown_progress

    start = time.perf_counter()
    with shown_progress(str(output)) as progress:
        request = PackageRequest(schemas, output, enums, roots, templates)
        site = build_documentation(request, SiteFormat(site_format), progress)
    summary = write(site.tree, output)
    show_diagnostics(site.diagnostics, Format.TEXT)
    click.echo(generated_as_text(GeneratedReport(output, site.classes, site.enums, summary)))
    click.echo(f"done in {time.perf_counter() - start:.1f} s")
    return FINE
