"""``relaxgen docs``: reference documentation of a schema."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..diagnostics.errors import GeneratorError
from ..report.formats import Format, GeneratedReport, generated_as_text
from .package_options import (
    BINDINGS_OPTION,
    CATALOG_OPTION,
    EXISTING_DIRECTORY,
    EXISTING_FILE,
    PACKAGE_OPTION,
    PRESET_OPTION,
    SCHEMA_FILE,
    SCHEMAS_OPTION,
    TABLE_SUFFIX,
    TRUST_TEMPLATES_OPTION,
    configured_package,
    schemas_of,
)
from .showing import FINE, say, show_diagnostics, show_mistakes, shown_progress

if TYPE_CHECKING:
    from ..project.request import PackageRequest


@click.command()
@click.argument("schemas", metavar="[SCHEMA]...", nargs=-1, type=SCHEMA_FILE)
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
@BINDINGS_OPTION
@PRESET_OPTION
@SCHEMAS_OPTION
@click.option("--root", "roots", metavar="NAME", multiple=True, help="An element or define to start from; repeatable.")
@click.option(
    "--templates", metavar="DIR", type=EXISTING_DIRECTORY, help="Templates that replace ours of the same name."
)
@CATALOG_OPTION
@TRUST_TEMPLATES_OPTION
@PACKAGE_OPTION
def docs(
    schemas: tuple[Path, ...],
    output: Path,
    site_format: str,
    enums: tuple[Path, ...],
    bindings: tuple[Path, ...],
    preset: str,
    schema_directory: Path | None,
    roots: tuple[str, ...],
    templates: Path | None,
    trust_templates: bool,
    package: str | None,
) -> int:
    """Write reference documentation of SCHEMAs: elements, attributes, enumerations, examples, and a search over them.

    Without SCHEMA, document the package that [tool.relaxgen] in the nearest pyproject.toml lists.
    The pages need no server and no network; open index.html in DIR, or README.md with `--format markdown`.
    """
    from ..project.request import PackageRequest

    tables = tuple(file for file in schemas if file.suffix == TABLE_SUFFIX)
    schemas = tuple(file for file in schemas if file not in tables)
    try:
        if not any((schemas, tables, enums, bindings, preset, schema_directory, roots)):
            configured = configured_package(package)
            templates = templates or configured.templates
            configured = replace(configured, output=output, templates=templates, trust_templates=trust_templates)
            return _docs(configured, site_format)
        if package is not None:
            raise click.UsageError("--package chooses in [tool.relaxgen], so it goes with no SCHEMA or --preset")
        schemas = schemas_of(preset, schemas, schema_directory)
        if not schemas:
            raise click.UsageError("there is no SCHEMA, and no --preset that has some")
        request = PackageRequest(schemas, output, (*enums, *tables), roots, templates, bindings, preset)
        request = replace(request, trust_templates=trust_templates)
        return _docs(request, site_format)
    except GeneratorError as error:
        return show_mistakes(error.diagnostics, Format.TEXT)


def _docs(request: PackageRequest, site_format: str) -> int:
    from ..documentation.renderer import SiteFormat
    from ..output import write
    from ..pipeline import build_documentation

    start = time.perf_counter()
    with shown_progress(str(request.output)) as progress:
        site = build_documentation(request, SiteFormat(site_format), progress)
    summary = write(site.tree, request.output)
    show_diagnostics(site.diagnostics, Format.TEXT)
    say(generated_as_text(GeneratedReport(request.output, site.classes, site.enums, summary)))
    say(f"done in {time.perf_counter() - start:.1f} s")
    return FINE
