"""The validator's verdict is the reference algorithm's, and it never calls a valid document wrong or the reverse."""

from __future__ import annotations

from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from relaxgen.diagnostics.errors import SchemaError
from relaxgen.relaxng import read_grammar_text, simplify
from relaxgen.relaxng.compilation import compile_patterns
from relaxgen.relaxng.correctness import check_schema
from relaxgen.runtime.validator import Validator

from tests.relaxng.validation.reference import Reference
from tests.relaxng.validation.small_grammars import Grammar, Sampler, document_text, grammars, schema_text


def validator_of(grammar: Grammar) -> Validator | None:
    """None where the grammar breaks a restriction."""
    try:
        read = read_grammar_text(schema_text(grammar).encode())
        return Validator(compile_patterns(check_schema(read, simplify(read))))
    except SchemaError:
        return None


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(grammars(), st.integers(0, 2**32))
def test_verdicts_are_those_of_the_reference(grammar: Grammar, seed: int) -> None:
    validator = validator_of(grammar)
    if validator is None:
        return
    sampler, reference = Sampler(grammar, Random(seed)), Reference(grammar)
    for _ in range(6):
        tree = sampler.document()
        text = document_text(tree)
        faults = validator.validate(text)
        assert (not faults) == reference.is_valid(tree), (schema_text(grammar), text, faults)
        assert all(fault.message and fault.line for fault in faults)
