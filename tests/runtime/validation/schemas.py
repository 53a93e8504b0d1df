"""Validators of schemas that stand in the tests themselves."""

from __future__ import annotations

from relaxgen.relaxng import read_grammar_text, simplify
from relaxgen.relaxng.compilation import compile_patterns
from relaxgen.relaxng.correctness import check_schema
from relaxgen.runtime.grammar import GrammarData
from relaxgen.runtime.validator import Validator

OPENING = """<grammar xmlns="http://relaxng.org/ns/structure/1.0"
  datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">"""


def compiled(body: str) -> GrammarData:
    """`body` is what a grammar holds, or the pattern of its start."""
    if not body.lstrip().startswith(("<start", "<define")):
        body = f"<start>{body}</start>"
    grammar = read_grammar_text(f"{OPENING}{body}</grammar>".encode())
    return compile_patterns(check_schema(grammar, simplify(grammar)))


def validator(body: str) -> Validator:
    return Validator(compiled(body))
