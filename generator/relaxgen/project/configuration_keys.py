"""The keys of `[tool.relaxgen]`, each with what it is for: the one place that knows them.

The reader checks tables by them, messages list them, and ``relaxgen config-schema`` hands them to editors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KIND_NAMES: Mapping[type, str] = {
    list: "a list of strings",
    str: "a string",
    bool: "a boolean",
    dict: "a table",
}


@dataclass(frozen=True, slots=True)
class Key:
    """``text`` is what an editor shows. ``choices`` are all values, of the key or in its list, where they are known.
    ``schema`` replaces what follows from the rest, for a list of tables and the like."""

    kind: type
    text: str
    choices: tuple[str, ...] = ()
    is_never_empty: bool = False
    schema: Mapping[str, Any] | None = None


Keys = Mapping[str, Key]

PACKAGE_KEYS: Keys = {
    "schemas": Key(list, "RELAX NG schemas, .rng or .rnc; wildcards are allowed.", is_never_empty=True),
    "output": Key(str, "The package's directory. Its last part is the name that is imported.", is_never_empty=True),
    "enums": Key(list, "Files with enum tables, or C sources that have some; wildcards are allowed."),
    "bindings": Key(list, "TOML files with names and more, for schemas that you cannot edit."),
    "roots": Key(list, "Elements or defines to start from; by default all that may start a document."),
    "preset": Key(
        str, "A vocabulary that relaxgen knows; without schemas, those that are installed.", is_never_empty=True
    ),
    "names": Key(
        str, "A file that keeps the names of earlier generations; generate makes and updates it.", is_never_empty=True
    ),
    "templates": Key(str, "A directory with templates that replace those of the same name.", is_never_empty=True),
    "catalogs": Key(list, "XML catalogs: local copies of what schemas include by URI."),
    "versions": Key(list, "What each release knows: files of `relaxgen since --output-format json`."),
}
SHARED_KEYS: Keys = {
    "runtime": Key(
        str, "The directory of a run time that all packages share, beside or above them.", is_never_empty=True
    ),
}
"""Those of the whole project: beside the keys of one package, or beside the tables of several."""

REQUIRED = ("schemas", "output")
"""In each package; a preset has schemas of its own."""

BUILD_KEYS: Keys = {
    "backend": Key(str, "The build back end that relaxgen.build calls, such as flit_core.buildapi."),
}

DOCS_KEYS: Keys = {
    "title": Key(str, "The title of the reference site, in place of the names of elements.", is_never_empty=True),
    "introduction": Key(str, "A text file for the first page: paragraphs, and lists with -.", is_never_empty=True),
}

DIALECT = "http://json-schema.org/draft-07/schema#"


def table_schema(keys: Keys, text: str) -> dict[str, Any]:
    """JSON Schema for a table with these keys and no others."""
    properties = {name: {"description": key.text, **_value_schema(key)} for name, key in keys.items()}
    return {"type": "object", "description": text, "properties": properties, "additionalProperties": False}


def _value_schema(key: Key) -> Mapping[str, Any]:
    if key.schema is not None:
        return key.schema
    value: dict[str, Any] = {"enum": [*key.choices]} if key.choices else {"type": "string"}
    if key.kind is list:
        return {"type": "array", "items": value, **({"minItems": 1} if key.is_never_empty else {})}
    if key.kind is str:
        return {**value, **({"minLength": 1} if key.is_never_empty else {})}
    return {"type": "boolean" if key.kind is bool else "object"}


def configuration_schema(tables: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """JSON Schema for ``[tool.relaxgen]``, in the form that SchemaStore has for a tool's part of pyproject.toml.
    `tables` are those beside the packages."""
    package = table_schema(PACKAGE_KEYS, "One package that is generated.")
    package["allOf"] = [{"required": ["output"]}, {"anyOf": [{"required": ["schemas"]}, {"required": ["preset"]}]}]
    several = {
        "type": "array",
        "items": package,
        "minItems": 1,
        "description": "The packages, where there are several.",
    }
    return {
        "$schema": DIALECT,
        "title": "relaxgen",
        "description": "Typed Python packages from RELAX NG schemas.",
        "type": "object",
        "properties": {
            **package["properties"],
            "package": several,
            **table_schema(SHARED_KEYS, "")["properties"],
            **tables,
        },
        "additionalProperties": False,
        "anyOf": [
            {"required": ["package"], "not": {"anyOf": [{"required": [name]} for name in PACKAGE_KEYS]}},
            {"not": {"required": ["package"]}, "allOf": package["allOf"]},
            {"not": {"anyOf": [{"required": [name]} for name in ("package", *PACKAGE_KEYS)]}},
        ],
    }


def in_whole_file(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The same for a whole pyproject.toml, of which nothing else is said."""
    tool = {"type": "object", "properties": {"relaxgen": {k: v for k, v in schema.items() if k != "$schema"}}}
    return {"$schema": DIALECT, "type": "object", "properties": {"tool": tool}}
