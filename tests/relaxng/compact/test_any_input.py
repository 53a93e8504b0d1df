"""Whatever is read, it is a schema or an error with a place: never another exception, and never without end."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from relaxgen.diagnostics.errors import SchemaError
from relaxgen.relaxng import read_grammar_text

from tests.relaxng.dump import dump_grammar

WORDS = """
    element attribute list mixed grammar start include external inherit parent div default namespace datatypes empty
    text notAllowed string token a b \\list x:a y:a x:* xsd:int = |= &= { } ( ) [ ] , | & ? * + - ~ >> "t" 'u' "
    #c\n ##d\n \\x{41} \\x{ \n 1 ;
"""
TOKENS = WORDS.split()


def check(text: str) -> None:
    for data in (text.encode("utf-8", "surrogatepass"), text.encode("utf-16", "surrogatepass")):
        try:
            assert dump_grammar(read_grammar_text(data, "schema.rnc"))
        except SchemaError as error:
            assert error.diagnostics
            assert all(found.location.path.endswith("schema.rnc") for found in error.diagnostics)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=40))
def test_any_sequence_of_tokens_is_read_or_refused(tokens: list[str]) -> None:
    check('namespace x = "urn:x" ' + " ".join(tokens).replace("\\n", "\n"))


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    check(text)


def test_brackets_without_end_are_refused() -> None:
    for opening in ("element a { ", "( ", "[ x:a [ ", "grammar { start = ", "list { ", "element (", "div { "):
        for text in (opening * 5000, f"start = {opening * 5000}", f'namespace x = "urn:x" {opening * 400}'):
            check(text)
