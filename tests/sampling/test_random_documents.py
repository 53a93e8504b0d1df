"""Random documents are valid, the same for the same seed, and as large as they are asked to be."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from relaxgen.relaxng import compile_schema
from relaxgen.sampling import NoSample, random_document, random_document_of

from .test_cases import ALL_CASES, CASES, WITHOUT_DOCUMENTS, sampler_of

CASES_WITH_DOCUMENTS = [case for case in ALL_CASES if case.stem not in WITHOUT_DOCUMENTS]
SAMPLERS = {case: (sampler_of(case), compile_schema(case)) for case in CASES_WITH_DOCUMENTS}


@settings(deadline=None)
@given(st.sampled_from(CASES_WITH_DOCUMENTS), st.randoms(use_true_random=False), st.integers(0, 60))
def test_random_documents_are_valid(case: Path, random: Random, size: int) -> None:
    sampler, schema = SAMPLERS[case]
    text = random_document_of(sampler, random, size).to_xml()
    assert not schema.validate(text), text


@pytest.mark.parametrize("case", CASES_WITH_DOCUMENTS, ids=lambda case: case.stem)
def test_documents_of_size_zero_are_the_smallest(case: Path) -> None:
    sampler, _ = SAMPLERS[case]
    assert random_document_of(sampler, Random(5), 0) == sampler.smallest_document()


@pytest.mark.parametrize("size", [1, 10, 100])
def test_documents_have_the_size_at_most(size: int) -> None:
    sampler, _ = SAMPLERS[CASES / "recursion.rng"]
    sizes = [random_document_of(sampler, Random(seed), size).size for seed in range(30)]
    assert max(sizes) <= sampler.smallest_document().size + size
    assert max(sizes) > size / 2


def test_the_same_seed_gives_the_same_document() -> None:
    form = SAMPLERS[CASES / "interleave.rng"][0].form
    documents = [random_document(form, Random(seed)) for seed in (1, 1, 2, 3, 4, 5)]
    assert documents[0] == documents[1]
    assert len(set(documents)) > 3


def test_members_of_an_interleave_come_in_any_order() -> None:
    sampler, _ = SAMPLERS[CASES / "interleave.rng"]
    first = {random_document_of(sampler, Random(seed)).children[0] for seed in range(40)}
    assert len(first) > 2


def test_a_schema_without_documents_has_no_random_ones() -> None:
    with pytest.raises(NoSample, match="no finite document is valid"):
        random_document_of(sampler_of(CASES / "endless.rng"), Random(1))


@pytest.mark.parametrize("name", ["libvirt-11.3.0/schemas/domain.rng", "vocabularies/relaxng-self/schema/relaxng.rng"])
def test_random_documents_of_real_schemas_are_valid(corpus: Path, name: str) -> None:
    sampler, schema = sampler_of(corpus / name), compile_schema(corpus / name)
    for seed in range(25):
        text = random_document_of(sampler, Random(seed), seed * 4).to_xml()
        assert not schema.validate(text), text
