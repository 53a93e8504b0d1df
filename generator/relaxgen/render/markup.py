"""The Jinja environments of documentation. What comes from a schema is escaped unless a template says otherwise: in
HTML by Jinja itself, in Markdown by `Markdown` and the filters here, in comments and scripts by what makes their text.
"""

from __future__ import annotations

import re

from jinja2 import Environment

from .environment import UserTemplates, new_environment

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|&~$]|(?<=\w)@(?=\w)|(?i:(?<=http):|(?<=https):|(?<=www)\.)")
"""Characters that mean something to some dialect of Markdown anywhere in a line, or make links of plain words."""
_AT_START = re.compile(r"\A(\s*)(?:([-+=])|(\d+)([.)](?=\s|\Z)))")
_BLANK = re.compile(r"\s+")
_FENCE = re.compile(r"`+")


class Markdown(str):
    """Text that is Markdown already."""

    __slots__ = ()


def make_html_environment(own: UserTemplates | None = None) -> Environment:
    """Returns the environment. Templates in ``own`` replace relaxgen's.

    Raises:
        ConfigurationError: ``own`` is not a directory.
    """
    environment = new_environment(own, autoescape=_is_html)
    environment.filters["comment"] = comment
    return environment


def make_markdown_environment(own: UserTemplates | None = None) -> Environment:
    """Raises:
    ConfigurationError: ``own`` is not a directory.
    """
    environment = new_environment(own, autoescape=False, finalize=_finalized)
    environment.filters.update(comment=lambda text: Markdown(comment(text)), code=code, fenced=fenced, href=href)
    return environment


def _is_html(template: str | None) -> bool:
    """Style and scripts are not HTML. Of a schema they contain only data that is escaped for them."""
    return template is None or template.endswith(".html.jinja")


def comment(text: str) -> str:
    """Returns text for one line of a comment in HTML, CSS or JavaScript."""
    visible = "".join(character if character.isprintable() else " " for character in text)
    return visible.replace("--", "- -").replace("*/", "* /").replace(">", "›").replace("<", "‹")


def _finalized(value: object) -> object:
    return escaped(value) if isinstance(value, str) and not isinstance(value, Markdown) else value


def escaped(text: str) -> Markdown:
    """Returns Markdown that shows `text`, on one line.

    >>> escaped("a <b> | 1*2")
    'a \\\\<b\\\\> \\\\| 1\\\\*2'
    """
    line = _BLANK.sub(" ", text)
    line = _SPECIAL.sub(lambda match: f"\\{match.group()}", line)
    return Markdown(_AT_START.sub(r"\1\3\\\2\4", line))


def code(text: str) -> Markdown:
    """Returns `text` as code inside a line. In the cells of tables, a bar needs a backslash even in code."""
    line = " ".join(text.split()) if text.strip() else text.replace("\n", " ")
    if not line:
        return Markdown("(empty)")
    ticks = "`" * (_longest_run(line) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") or not line.strip() else ""
    return Markdown(f"{ticks}{pad}{line}{pad}{ticks}".replace("|", "\\|"))


def fenced(text: str, language: str = "") -> Markdown:
    ticks = "`" * max(3, _longest_run(text) + 1)
    return Markdown(f"{ticks}{language}\n{text.rstrip()}\n{ticks}")


def href(path: str) -> Markdown:
    """Returns the target of a link: an identifier and a suffix, so nothing in it can end the link."""
    return Markdown(path.replace(" ", "%20").replace("(", "%28").replace(")", "%29"))


def _longest_run(text: str) -> int:
    return max((len(run) for run in _FENCE.findall(text)), default=0)
