"""JSON Schema for what commands print with ``--output-format json``.

A command prints one of two things: what it has to say, or, with exit status 2, what is wrong with its input.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer", "minimum": 0}
FLAG: Schema = {"type": "boolean"}


def described(schema: Schema, text: str) -> Schema:
    return {**schema, "description": text}


def array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def nullable(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def one_of(*words: str) -> Schema:
    return {"enum": [*words]}


def table(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values}


def record(fields: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    """An object that has these fields, may have the optional ones, and no others."""
    properties = {**fields, **(optional or {})}
    return {"type": "object", "properties": properties, "required": [*fields], "additionalProperties": False}


PLACE: dict[str, Schema] = {
    "file": TEXT,
    "line": described(NUMBER, "From 1; 0 where only the file is known."),
    "column": described(NUMBER, "From 1, in characters; 0 where only the line is known."),
}
RELATED = array(record({**PLACE, "message": TEXT}))
DIAGNOSTIC = record(
    {
        "severity": one_of("error", "warning"),
        **PLACE,
        "message": TEXT,
        "section": described(TEXT, "The section of the RELAX NG specification that requires it; can be empty."),
        "included_from": array(record(PLACE)),
        "related": RELATED,
    }
)
FAULT = record(
    {
        **PLACE,
        "path": described(TEXT, "From the root, by local names."),
        "code": described(TEXT, "A stable word for the kind of fault."),
        "message": TEXT,
        "found": TEXT,
        "expected": described(array(TEXT), "What would have been right, the likeliest first."),
        "suggestion": TEXT,
        "schema_location": described(TEXT, "file:line:column of the rule in the schema, where it is known."),
    }
)
RESULT = record(
    {
        "rule": described(TEXT, "A stable word for the kind of finding."),
        "level": one_of("error", "warning", "note"),
        **PLACE,
        "paths": array(TEXT),
        "message": TEXT,
        "related": RELATED,
    }
)
GENERATED = record(
    {
        "output": TEXT,
        "classes": NUMBER,
        "enums": NUMBER,
        "written": array(TEXT),
        "unchanged": array(TEXT),
        "removed": array(TEXT),
        "unsettled_names": array(TEXT),
    }
)
CHECKED = record(
    {
        "output": TEXT,
        "files": NUMBER,
        "differences": array(
            record(
                {
                    "path": TEXT,
                    "kind": one_of("missing", "changed", "orphaned", "untracked"),
                    "line": NUMBER,
                    "diff": TEXT,
                }
            )
        ),
    }
)
MISTAKES = record({"packages": {"type": "array", "maxItems": 0}, "diagnostics": array(DIAGNOSTIC)})
PACKAGES = {"packages": array({"anyOf": [GENERATED, CHECKED]}), "diagnostics": array(DIAGNOSTIC)}

CHOICE = record({"path": TEXT, "location": TEXT, "tokens": array(TEXT), "open": FLAG})
ENUM_TABLE = record(
    {
        "table": TEXT,
        "location": TEXT,
        "fit": one_of("exact", "sentinel", "near", "none"),
        "choice": nullable(CHOICE),
        "other_choices": array(TEXT),
        "other_tables": array(TEXT),
        "sentinel": nullable(TEXT),
        "only_in_table": array(TEXT),
        "only_in_schema": array(TEXT),
    }
)
ADVICE = record(
    {
        "rule": TEXT,
        "name": TEXT,
        "severity": one_of("warning", "note"),
        **PLACE,
        "message": TEXT,
        "related": nullable(record({**PLACE, "message": TEXT})),
        "fixable": FLAG,
    }
)
REQUIREMENT = record(
    {
        "document": TEXT,
        "lowest": nullable(TEXT),
        "accepted": array(TEXT),
        "obstacles": array(record({"releases": array(TEXT), "faults": array(FAULT)})),
    }
)
RANGES = array({"type": "array", "prefixItems": [TEXT, nullable(TEXT)], "minItems": 2, "maxItems": 2})
SINCE = record(
    {
        "releases": array(TEXT),
        "paths": described(table(RANGES), "By path; the end of a range is null where the newest release accepts it."),
    },
    {"short": {}, "open": table(RANGES), "again": table(TEXT)},
)
COVERAGE = record(
    {
        "documents": NUMBER,
        "invalid": array(TEXT),
        "positions": NUMBER,
        "reached": NUMBER,
        "percentage": {"type": "number", "minimum": 0, "maximum": 100},
        "details": array(
            record(
                {"kind": one_of("element", "attribute", "value", "data"), "path": TEXT, "documents": NUMBER, **PLACE}
            )
        ),
    }
)

ANSWER = record({"answer": TEXT, "broken": NUMBER, "possible": NUMBER})
IMPACT = record({"category": TEXT, "certain": FLAG, "white_space": FLAG, "witness": nullable(TEXT)})
CHANGE = record(
    {
        "rule": TEXT,
        "name": TEXT,
        "severity": one_of("error", "warning", "note"),
        "accepted": nullable(TEXT),
        "fingerprint": TEXT,
        "message": TEXT,
        "guess": FLAG,
        "paths": array(TEXT),
        "values": array(TEXT),
        "old": nullable(record(PLACE)),
        "new": nullable(record(PLACE)),
        "breaks": array(IMPACT),
        "schemas": array(TEXT),
    }
)
COMPARED = record(
    {
        "name": TEXT,
        "old": TEXT,
        "new": TEXT,
        "unchanged": FLAG,
        "backward": TEXT,
        "forward": TEXT,
        "undecided": array(record({"category": TEXT, "path": TEXT, "reason": TEXT})),
    }
)
JUDGEMENT: dict[str, Schema] = {
    "summary": TEXT,
    "fails": FLAG,
    "verdicts": record({"backward": ANSWER, "forward": ANSWER, "source": ANSWER}),
    "failed": array(TEXT),
    "version": nullable(record({"needed": TEXT, "lowest": TEXT, "too_low": FLAG})),
    "schemas": array(COMPARED),
    "findings": array(CHANGE),
    "documents": nullable(record({"number": NUMBER, "valid_old": NUMBER, "valid_new": NUMBER})),
}
DIAGNOSTICS = {"diagnostics": array(DIAGNOSTIC)}

OUTPUTS: Mapping[str, Schema] = {
    "generate": record(PACKAGES),
    "check": record(PACKAGES),
    "package": record(PACKAGES),
    "enums": record(PACKAGES, {"tables": array(ENUM_TABLE), "choices_without_table": array(CHOICE)}),
    "validate": {"anyOf": [array(FAULT), MISTAKES]},
    "diff": {
        "anyOf": [
            record({**JUDGEMENT, **DIAGNOSTICS}),
            record({"steps": array(record({"title": TEXT, **JUDGEMENT})), **DIAGNOSTICS}),
            record(DIAGNOSTICS),
        ]
    },
    "lint": {"anyOf": [array(ADVICE), MISTAKES]},
    "coverage": {"anyOf": [COVERAGE, MISTAKES]},
    "requires": {"anyOf": [array(REQUIREMENT), MISTAKES]},
    "since": {"anyOf": [SINCE, array(RESULT), MISTAKES]},
    "downgrade": {"anyOf": [array(RESULT), MISTAKES]},
    "convert": {"anyOf": [array(RESULT), MISTAKES]},
    "format": array(RESULT),
}
"""By command."""


def output_schema(command: str) -> Schema:
    return {"$schema": DIALECT, "title": f"relaxgen {command} --output-format json", **OUTPUTS[command]}
