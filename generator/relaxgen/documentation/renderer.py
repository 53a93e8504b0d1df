"""Site → files by path, in memory. `output` writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum

from ..render.environment import UserTemplates
from ..render.markup import make_html_environment, make_markdown_environment
from ..render.template_errors import check_headers, reported
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
    total = 1 + len(site.pages) + bool(site.releases) + (len(_ASSETS) if format_ is SiteFormat.HTML else 0)
    files: dict[str, str] = {}
    with reported():
        for path, text in _files(site, format_, templates):
            files[path] = text
            if progress is not None:
                progress("render", len(files), total)
    if templates is not None:
        check_headers(files, templates.directory)
    return dict(sorted(files.items()))


def _files(site: Site, format_: SiteFormat, templates: UserTemplates | None) -> Iterator[tuple[str, str]]:
    is_html = format_ is SiteFormat.HTML
    environment = make_html_environment(templates) if is_html else make_markdown_environment(templates)

    def rendered(name: str, **views: object) -> str:
        return environment.get_template(f"documentation/{format_}/{name}.jinja").render(site=site, **views)

    yield "index.html" if is_html else "README.md", rendered(f"index{format_.suffix}")
    for page in site.pages:
        yield page.path, rendered(f"page{format_.suffix}", page=page)
    if site.releases:
        yield site.releases_path, rendered(f"releases{format_.suffix}")
    for name in _ASSETS if is_html else ():
        yield f"assets/{name}", rendered(name)
