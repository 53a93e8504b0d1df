"""Site → files by path, in memory. `output` writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

from ..render.environment import UserTemplates
from ..render.markup import make_html_environment, make_markdown_environment
from ..render.template_mistakes import check_headers, reported
from .view import Site

if TYPE_CHECKING:
    from jinja2 import Template

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

    def template(name: str) -> Template:
        return environment.get_template(f"documentation/{format_}/{name}.jinja")

    yield "index.html" if is_html else "README.md", template(f"index{format_.suffix}").render(site=site)
    of_page = template(f"page{format_.suffix}")
    for page in site.pages:
        yield page.path, of_page.render(site=site, page=page)
    if site.releases:
        yield site.releases_path, template(f"releases{format_.suffix}").render(site=site)
    for name in _ASSETS if is_html else ():
        yield f"assets/{name}", template(name).render(site=site)
