"""Turns errors in a user's templates into diagnostics with a place."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from jinja2.exceptions import SecurityError, TemplateError, TemplateSyntaxError

from ..diagnostics.errors import ConfigurationError, Diagnostic, Diagnostics
from ..diagnostics.locations import SourceLocation
from ..output.output_tree import kind_of
from .environment import template_directory

UNKNOWN = "templates"
TRUST = "--trust-templates, or RELAXGEN_TRUST_TEMPLATES=1 in the environment, renders your own templates without limits"


@contextmanager
def reported() -> Iterator[None]:
    """Raises:
    ConfigurationError: in place of the template engine's error.
    """
    try:
        yield
    except SecurityError as error:
        message = f"the template is not trusted: {error}; {TRUST}"
        raise ConfigurationError(Diagnostic(_place_of(error), message)) from error
    except TemplateError as error:
        message = f"the template cannot be rendered: {error}"
        raise ConfigurationError(Diagnostic(_place_of(error), message)) from error
    except Exception as error:
        place = _place_of(error)
        if place.path == UNKNOWN or template_directory() in place.file.parents:
            raise  # not a user's template is at fault
        message = f"the template cannot be rendered: {type(error).__name__}: {error}"
        raise ConfigurationError(Diagnostic(place, message)) from error


def _place_of(error: Exception) -> SourceLocation:
    """Returns the place in a template: Jinja puts the templates' lines into the traceback."""
    lines = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".jinja")]
    if isinstance(error, TemplateSyntaxError):
        return SourceLocation(error.filename or error.name or UNKNOWN, error.lineno, 1)
    if lines:
        return SourceLocation(lines[-1].filename, lines[-1].lineno or 0, 1)
    return SourceLocation(UNKNOWN)


def check_headers(files: Mapping[str, str], templates: Path) -> None:
    """Checks the first line of each file, which marks it as ours: without it, the file would never be replaced.

    Raises:
        ConfigurationError: a file has another first line.
    """
    diagnostics = Diagnostics()
    kind = kind_of(files)
    for path, text in files.items():
        header = kind.header_of(path)
        if not text.startswith(header):
            message = f"what the templates make of {path} does not begin with {header!r}"
            diagnostics.error(SourceLocation(str(templates)), message)
    diagnostics.raise_errors(ConfigurationError)
