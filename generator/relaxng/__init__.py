"""RELAX NG, the front end: schema files in, a `Schema` of patterns out, every node with its place.

`reader` reads XML syntax, `simplification` resolves what the reader left, `dump` prints both trees.
"""

from .dump import dump_grammar, dump_schema
from .grammar import Grammar, Schema, SchemaDefine
from .reader import read_grammar, read_grammar_text
from .simplification import simplify

__all__ = [
    "Grammar",
    "Schema",
    "SchemaDefine",
    "dump_grammar",
    "dump_schema",
    "read_grammar",
    "read_grammar_text",
    "simplify",
]
