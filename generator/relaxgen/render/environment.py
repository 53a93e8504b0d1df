"""The Jinja environment: the directories of templates, and a few filters for text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ..diagnostics.errors import ConfigurationError, Diagnostic
from ..diagnostics.input_files import is_directory
from ..diagnostics.locations import SourceLocation

_PACKAGE = Path(__file__).resolve().parent.parent

_ENDING_QUOTES = re.compile(r'"{3,}|"+\Z')
"""Quotes that would end a docstring: three of them, or any at its end."""

_EMPTY_LINES = re.compile(r"\n\s*\n")
_BREAK_BEFORE_MARK = re.compile(r"\s*\n\s*(?=[.,;:!?)](?:\s|\Z))")
"""The end of markup at the end of a line, before a punctuation mark on the next."""

WIDTH = 100
"""The width of a line of text. It is wider than code, because a summary reads better on one line."""


def template_directory() -> Path:
    """Returns the directory of the templates: in a wheel inside the package, in a checkout beside it."""
    return next(path for path in (_PACKAGE / "templates", _PACKAGE.parents[1] / "templates") if path.is_dir())


@dataclass(frozen=True, slots=True)
class UserTemplates:
    """A directory whose templates replace relaxgen's. Jinja's sandbox renders templates that are not trusted: they can
    only read what a view offers to templates."""

    directory: Path
    are_trusted: bool = False


def make_environment(own: UserTemplates | None = None) -> Environment:
    """Returns the environment. Templates in ``own`` replace relaxgen's.

    Raises:
        ConfigurationError: ``own`` is not a directory.
    """
    environment = new_environment(own, autoescape=False)
    environment.filters["docstring"] = docstring
    environment.filters["quoted"] = repr
    return environment


def new_environment(
    own: UserTemplates | None,
    autoescape: bool | Callable[[str | None], bool],
    finalize: Callable[..., Any] | None = None,
) -> Environment:
    """Returns an environment without filters, with the settings that all templates share.

    Raises:
        ConfigurationError: ``own`` is not a directory.
    """
    directories = [template_directory()]
    if own is not None:
        if not is_directory(own.directory):
            raise ConfigurationError(Diagnostic(SourceLocation(str(own.directory)), "is not a directory of templates"))
        directories.insert(0, own.directory)
    kind = Environment if own is None or own.are_trusted else ImmutableSandboxedEnvironment
    return kind(
        loader=ChoiceLoader([FileSystemLoader(directory) for directory in directories]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=autoescape,
        finalize=finalize,
    )


def docstring(text: str, level: int = 0) -> str:
    """Returns `text` for the inside of a docstring: nothing in it can end the string or begin an escape.

    Paragraphs are filled. An author's line breaks are kept only in lists, in indented blocks, and at empty lines."""
    margin = "    " * level
    parts = _EMPTY_LINES.split("\n".join(text.strip().splitlines()))
    filled = [
        _filled(part, WIDTH - len(margin), 0 if position else 2 * len('"""')) for position, part in enumerate(parts)
    ]
    lines = "\n\n".join(filled).split("\n")
    escaped = "\n".join(f"{margin}{line}" if line else "" for line in lines).strip()
    escaped = "".join(_visible(character) for character in escaped)
    escaped = _ENDING_QUOTES.sub(lambda match: '\\"' * len(match.group()), escaped.replace("\\", "\\\\"))
    return f"{escaped}\n{margin}" if "\n" in escaped else escaped


def _filled(part: str, width: int, quotes: int) -> str:
    """``quotes`` is the rest of the first line."""
    lines = [line.rstrip() for line in part.splitlines()]
    if any(line.lstrip().startswith(("- ", "* ")) for line in lines) or all(line.startswith("  ") for line in lines):
        return "\n".join(lines)
    paragraph = " ".join(_BREAK_BEFORE_MARK.sub("", "\n".join(lines)).split())
    return fill(" " * quotes + paragraph, width, break_long_words=False, break_on_hyphens=False).strip()


def _visible(character: str) -> str:
    return character if character.isprintable() or character == "\n" else " "
