"""Starts a schema from its elements or definition of one name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ..diagnostics.errors import ConfigurationError, Diagnostic, nearest_or_all
from ..diagnostics.locations import SourceLocation
from .correctness import read_schema
from .name_class import names_of
from .pattern import Choice, Element, Pattern, Ref
from .schema import Schema
from .simplification import is_of_elements
from .simplified_form import SimplifiedForm, walk


def starting_at(schema: Schema, root: str, place: SourceLocation | None = None) -> Schema:
    """Returns the schema with another start: the definition of this name, or else the elements of this name.

    Raises:
        ConfigurationError: there is no such definition or element, or the definition contains more than elements. Its
            place is `place`, or the file.
    """
    keys = [key for key, define in schema.defines.items() if define.name == root]
    found: list[Pattern] = [Ref(key, location=schema.defines[key].location) for key in keys[:1]]
    if found and not is_of_elements(found[0], schema.defines):
        found = []
    found = found or list(elements_called(schema, root))
    if not found:
        hint = nearest_or_all(root, dict.fromkeys(root_names(schema)))
        message = f"no element, and no definition of elements only, is called {root!r}{hint}"
        raise ConfigurationError(Diagnostic(place or SourceLocation(schema.location.path), message))
    start = found[0] if len(found) == 1 else Choice(tuple(found), location=schema.start.location)
    return replace(schema, start=start)


def elements_called(schema: Schema, name: str) -> Iterator[Element]:
    """Every element pattern with this name, with or without its namespace, each once."""
    for element in schema.elements():
        if any(name in (one.local, str(one)) for one in names_of(element.name) or ()):
            yield element


def root_names(schema: Schema) -> Iterator[str]:
    """What a schema can start at, elements of the start pattern first."""

    def alternatives(pattern: Pattern) -> tuple[Pattern, ...]:
        if isinstance(pattern, Ref):
            return (schema.defines[pattern.name].pattern,)
        return pattern.patterns if isinstance(pattern, Choice) else ()

    for pattern in (*walk(schema.start, alternatives), *schema.patterns()):
        if isinstance(pattern, Element):
            yield from (name.local for name in names_of(pattern.name) or ())
    yield from (define.name for key, define in schema.defines.items() if is_of_elements(Ref(key), schema.defines))


def read_form(
    path: Path, root: str | None = None, place: SourceLocation | None = None
) -> tuple[Schema, SimplifiedForm]:
    """Returns the schema in a file, started at `root` if that is given, with its simplified form.

    Raises:
        SchemaError: the schema has errors; the error has all of them.
        ConfigurationError: the schema has no such root. Its place is `place`, or the file.
    """
    checked = read_schema(path, needs_start=root is None)
    if root is None:
        return checked.schema, checked.form
    schema = starting_at(checked.schema, root, place)
    return schema, SimplifiedForm(schema)
