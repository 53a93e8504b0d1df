"""Reads RELAX NG schemas, and validates documents with them.

`compile_schema` returns an object that validates documents. It joins all stages: `grammar_reader` reads the XML syntax,
`compact` the compact syntax; `simplification` resolves references; `correctness` checks the restrictions of the
specification; `compilation` makes the data of the exact validator. Each pattern keeps its place in the schema.
"""

from .grammar_reader import read_grammar, read_grammar_text
from .pattern import Grammar
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
