"""RELAX NG, the front end: schema files in, a `Schema` of patterns out, every node with its place.

`reader` reads XML syntax, `simplification` resolves what the reader left. `correctness` says
whether the schema is right beyond its syntax, `compilation` makes of it what the exact validator works on, and
`validator` joins all of them: a schema file in, an object that explains the faults of documents out.
"""

from .pattern import Grammar
from .reader import read_grammar, read_grammar_text
from .schema import Schema, SchemaDefine
from .simplification import simplify
from .validator import CompiledSchema, compile_schema

__all__ = [
    "CompiledSchema",
    "Grammar",
    "Schema",
    "SchemaDefine",
    "compile_schema",
    "read_grammar",
    "read_grammar_text",
    "simplify",
]
