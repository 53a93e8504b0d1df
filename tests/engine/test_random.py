"""The engine and the pure path agree on random documents and on mutants, for our own schema and for random ones."""

from __future__ import annotations

import importlib
import random
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from relaxgen.diagnostics.errors import Diagnostics, SchemaError
from relaxgen.relaxng.correctness import check_schema
from relaxgen.relaxng.grammar_reader import read_grammar
from relaxgen.relaxng.simplification import simplify
from relaxgen.sampling import NoSample, Sampler, random_document_of

from tests.engine.differences import problem, taken, verdict_problem
from tests.engine.mutants import mutant
from tests.relaxng.validation.small_grammars import random_grammar, schema_text

REPOSITORY = Path(__file__).parents[2]
DOCUMENTS = sorted((REPOSITORY / "tests" / "documents" / "domain").glob("*.xml"))
SIZE = 25
"""Of documents, beyond the smallest."""


def sampler_of(schema: Path) -> Sampler:
    diagnostics = Diagnostics()
    grammar = read_grammar(schema, diagnostics)
    return Sampler(check_schema(grammar, simplify(grammar, diagnostics), diagnostics))


@pytest.fixture(scope="module")
def domains() -> Sampler:
    return sampler_of(REPOSITORY / "schemas" / "domain.rng")


@pytest.mark.parametrize("seed", range(20))
def test_random_domains(domain: ModuleType, domains: Sampler, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(5):
        assert problem(domain, random_document_of(domains, chance, 60).to_xml()) == ""


@settings(max_examples=300)
@given(st.sampled_from(DOCUMENTS), st.randoms(use_true_random=False))
def test_mutants_of_domains(domain: ModuleType, path: Path, chance: random.Random) -> None:
    data = mutant(path.read_bytes(), chance)
    assert verdict_problem(domain, data) == ""
    if taken(domain, data):
        assert problem(domain, data) == ""


@pytest.mark.parametrize("seed", range(12))
def test_random_grammars(generated_for_engine: Callable[[str, Path], ModuleType], import_path: Path, seed: int) -> None:
    chance = random.Random(f"engine {seed}")
    schema = import_path / f"engine_random_{seed}.rng"
    schema.write_text(schema_text(random_grammar(chance)), encoding="utf-8")
    name = f"engine_random_{seed}_package"
    try:
        sampler = sampler_of(schema)
        documents = [random_document_of(sampler, chance, SIZE).to_xml() for _ in range(40)]
        package = generated_for_engine(name, schema)
    except (SchemaError, NoSample):
        pytest.skip("a random grammar that is none, or allows nothing")
    roots = importlib.import_module(f"{name}._schema").ROOTS
    documents = [text for text in documents if etree.fromstring(text).tag in roots]
    for text in documents:
        assert problem(package, text) == ""
        for _ in range(5):
            assert problem(package, mutant(text.encode(), chance)) == ""
