"""Starts a schema from its elements or definition of one name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ..diagnostics.errors import ConfigurationError, Diagnostic, did_you_mean
from .correctness import read_schema
from .name_class import names_of
from .pattern import Choice, Element, Pattern, Ref
from .schema import Schema
from .simplification import is_of_elements
from .simplified_form import SimplifiedForm


def starting_at(schema: Schema, root: str) -> Schema:
    """Returns the schema with another start: the definition of this name, or else the elements of this name.

    Raises:
        ConfigurationError: there is no such definition or element, or the definition contains more than elements.
    """
    keys = [key for key, define in schema.defines.items() if define.name == root]
    found: list[Pattern] = [Ref(key, location=schema.defines[key].location) for key in keys[:1]]
    if found and not is_of_elements(found[0], schema.defines):
        found = []
    found = found or [element for element in schema.elements() if root in _names(element)]
    if not found:
        known = [define.name for key, define in schema.defines.items() if is_of_elements(Ref(key), schema.defines)]
        known.extend(name for element in schema.elements() for name in _names(element))
        message = f"no element is called {root!r}, and no define that contains only elements{did_you_mean(root, known)}"
        raise ConfigurationError(Diagnostic(schema.location, message))
    start = found[0] if len(found) == 1 else Choice(tuple(found), location=schema.start.location)
    return replace(schema, start=start)


def _names(element: Element) -> Iterator[str]:
    for name in names_of(element.name) or ():
        yield name.local
        yield str(name)


def read_form(path: Path, root: str | None = None) -> tuple[Schema, SimplifiedForm]:
    """Returns the schema in a file, started at `root` if that is given, with its simplified form.

    Raises:
        SchemaError: the schema has errors; the error has all of them.
        ConfigurationError: the schema has no such root.
    """
    checked = read_schema(path, needs_start=root is None)
    if root is None:
        return checked.schema, checked.form
    schema = starting_at(checked.schema, root)
    return schema, SimplifiedForm(schema)
