"""``relaxgen docs``: reference documentation of a schema."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..diagnostics.errors import ConfigurationError, Diagnostic
from ..diagnostics.locations import SourceLocation
from ..report.formats import Format, GeneratedReport, generated_as_text
from .package_options import (
    BINDINGS_OPTION,
    CATALOG_OPTION,
    ENUMS_OPTION,
    EXISTING_DIRECTORY,
    EXISTING_FILE,
    PACKAGE_OPTION,
    PRESET_OPTION,
    ROOTS_OPTION,
    SCHEMA_FILE,
    SCHEMAS_OPTION,
    TRUST_TEMPLATES_OPTION,
    VERSIONS_OPTION,
    configured_package,
    given_roots,
    schemas_and_tables,
)
from .showing import FINE, say, show_diagnostics, shown_progress

if TYPE_CHECKING:
    from ..documentation.builder import SiteText
    from ..project.request import PackageRequest


@click.command()
@click.argument("schemas", metavar="[SCHEMA]...", nargs=-1, type=SCHEMA_FILE)
@click.option(
    "--output", "-o", metavar="DIR", type=click.Path(path_type=Path), required=True, help="The directory of the pages."
)
@click.option(
    "--format",
    "site_format",
    type=click.Choice(["html", "markdown"]),
    default="html",
    show_default=True,
    help="The format of the pages.",
)
@click.option("--title", metavar="TEXT", default="", help="The title. Default: the names of the root elements.")
@click.option("--introduction", metavar="FILE", type=EXISTING_FILE, help="A plain text for the first page.")
@ENUMS_OPTION
@BINDINGS_OPTION
@VERSIONS_OPTION
@PRESET_OPTION
@SCHEMAS_OPTION
@ROOTS_OPTION
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
    title: str,
    introduction: Path | None,
    enums: tuple[Path, ...],
    bindings: tuple[Path, ...],
    versions: tuple[Path, ...],
    preset: str,
    schema_directory: Path | None,
    roots: tuple[str, ...],
    templates: Path | None,
    trust_templates: bool,
    package: str | None,
) -> int:
    """Write reference documentation of schemas.

    The pages describe elements, attributes and enumerations, with examples and a search. They need no server and no
    network: open index.html in DIR, or README.md with `--format markdown`.

    Without SCHEMA, document the package that [tool.relaxgen] in the nearest pyproject.toml lists. [tool.relaxgen.docs]
    can have a title and an introduction.
    """
    from ..project.request import PackageRequest

    texts = _Texts(title, introduction)
    if not any((schemas, enums, bindings, versions, preset, schema_directory, roots)):
        configured = configured_package(package)
        templates = templates or configured.templates
        configured = replace(configured, output=output, templates=templates, trust_templates=trust_templates)
        return _docs(configured, site_format, texts.with_settings())
    if package is not None:
        raise click.UsageError("--package chooses in [tool.relaxgen], so it goes with no SCHEMA or --preset")
    schemas, tables = schemas_and_tables(schemas, preset, schema_directory)
    if not schemas:
        raise click.UsageError("SCHEMA is missing, or --preset")
    request = PackageRequest(schemas, output, (*enums, *tables), roots, templates, bindings, preset)
    request = replace(request, trust_templates=trust_templates, versions=versions, root_locations=given_roots(roots))
    return _docs(request, site_format, texts)


@dataclass(frozen=True, slots=True)
class _Texts:
    """What the owner says; ``introduction`` is a file."""

    title: str
    introduction: Path | None

    def with_settings(self) -> _Texts:
        """With what the configuration has for what was not given."""
        from ..project.configuration import find_configuration, read_docs_settings

        file = find_configuration(Path.cwd())
        assert file is not None, "the package comes from it"
        settings = read_docs_settings(file)
        return _Texts(self.title or settings.title, self.introduction or settings.introduction)

    def read(self) -> SiteText:
        """
        Raises:
            ConfigurationError: the introduction cannot be read.
        """
        from ..documentation.builder import SiteText

        if self.introduction is None:
            return SiteText(self.title)
        try:
            return SiteText(self.title, self.introduction.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            reason = "is no text in UTF-8" if isinstance(error, UnicodeDecodeError) else "cannot be read"
            raise ConfigurationError(Diagnostic(SourceLocation(str(self.introduction)), reason)) from None


def _docs(request: PackageRequest, site_format: str, texts: _Texts) -> int:
    from ..documentation.renderer import SiteFormat
    from ..output import write
    from ..pipeline import build_documentation

    start, text = time.perf_counter(), texts.read()
    with shown_progress(str(request.output)) as progress:
        site = build_documentation(request, SiteFormat(site_format), progress, text)
    summary = write(site.tree, request.output)
    show_diagnostics(site.diagnostics, Format.TEXT)
    say(generated_as_text(GeneratedReport(request.output, site.classes, site.enums, summary)))
    say(f"done in {time.perf_counter() - start:.1f} s")
    return FINE
