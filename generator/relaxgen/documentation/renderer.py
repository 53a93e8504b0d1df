"""Site → files by path, in memory. `output` writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum

from ..render.environment import UserTemplates
from ..render.markup import make_html_environment, make_markdown_environment
from ..render.template_mistakes import check_headers, reported
from .view import Site

Progress = Callable[[str, int, int], None]


class SiteFormat(StrEnum):
    HTML = "html"
    MARKDOWN = "markdown"

    @property
    def suffix(self) -> str:
        return ".html" if self is SiteFormat.HTML else ".md"


_ASSETS = ("style.css", "search.js", "entries.js")


def render_site(
    site: Site, format_: SiteFormat, templates: UserTemplates | None = None, progress: Progress | None = None
) -> dict[str, str]:
    """The files of the documentation by relative path.

    Raises:
        ConfigurationError: a user's template is wrong.
    """
    render = _html_files if format_ is SiteFormat.HTML else _markdown_files
    total = 1 + len(site.pages) + bool(site.releases) + (len(_ASSETS) if format_ is SiteFormat.HTML else 0)
    files: dict[str, str] = {}
    with reported():
        for path, text in render(site, templates):
            files[path] = text
            if progress is not None:
                progress("render", len(files), total)
    if templates is not None:
        check_headers(files, templates.directory)
    return dict(sorted(files.items()))


def _html_files(site: Site, templates: UserTemplates | None) -> Iterator[tuple[str, str]]:
    environment = make_html_environment(templates)
    yield "index.html", environment.get_template("documentation/html/index.html.jinja").render(site=site)
    page_template = environment.get_template("documentation/html/page.html.jinja")
    for page in site.pages:
        yield page.path, page_template.render(site=site, page=page)
    if site.releases:
        yield site.releases_path, environment.get_template("documentation/html/releases.html.jinja").render(site=site)
    for name in _ASSETS:
        yield f"assets/{name}", environment.get_template(f"documentation/html/{name}.jinja").render(site=site)


def _markdown_files(site: Site, templates: UserTemplates | None) -> Iterator[tuple[str, str]]:
    environment = make_markdown_environment(templates)
    yield "README.md", environment.get_template("documentation/markdown/index.md.jinja").render(site=site)
    page_template = environment.get_template("documentation/markdown/page.md.jinja")
    for page in site.pages:
        yield page.path, page_template.render(site=site, page=page)
    if site.releases:
        yield site.releases_path, environment.get_template("documentation/markdown/releases.md.jinja").render(site=site)
