"""Golden cases: ``cases/<construct>.rng`` with its smallest documents (``.smallest``): of the schema, and around each
element that is not in that one. The first line of a case says what it shows. What is expected is valid for two
validators."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import etree
from relaxgen.diagnostics.errors import SchemaError
from relaxgen.relaxng import compile_schema, read_grammar, simplify
from relaxgen.relaxng.correctness import check_schema
from relaxgen.relaxng.name_class import names_of
from relaxgen.relaxng.pattern import Element
from relaxgen.sampling import NoSample, SampleElement, Sampler

CASES = Path(__file__).parent / "cases"
ALL_CASES = sorted(CASES.glob("*.rng"))
WITHOUT_DOCUMENTS = {"endless", "too-large"}
NOT_FOR_LIBXML2 = {"qualified-names", "token-lists"}
"""libxml2 compares qualified names by their prefixes, and refuses lengths of lists."""


def sampler_of(schema: Path) -> Sampler:
    grammar = read_grammar(schema)
    return Sampler(check_schema(grammar, simplify(grammar)))


def smallest_documents(sampler: Sampler) -> Iterator[tuple[str, SampleElement | None]]:
    smallest = sampler.smallest_document()
    yield "smallest", smallest
    names = {element.name for element in smallest.elements()}
    for element in sampler.form.elements():
        if names.isdisjoint(names_of(element.name) or ()):
            yield f"around {label(element)}", sampler.smallest_document_around(element)


def label(element: Element) -> str:
    return f"{' or '.join(map(str, names_of(element.name) or ('any name',)))}, line {element.location.line}"


def dump(sampler: Sampler) -> str:
    try:
        return "".join(
            f"{title}:\n{'none' if document is None else document.to_xml()}\n"
            for title, document in smallest_documents(sampler)
        )
    except SchemaError as error:
        return f"{error}\n".replace(f"{CASES}/", "")


@pytest.mark.parametrize("case", ALL_CASES, ids=lambda case: case.stem)
def test_a_schema_has_these_smallest_documents(case: Path, golden: Callable[[Path, str], None]) -> None:
    golden(case.with_suffix(".smallest"), dump(sampler_of(case)))


@pytest.mark.parametrize("case", ALL_CASES, ids=lambda case: case.stem)
def test_smallest_documents_are_valid(case: Path) -> None:
    schema, other = compile_schema(case), etree.RelaxNG(etree.parse(str(case)))
    sampler = sampler_of(case)
    if case.stem in WITHOUT_DOCUMENTS:
        with pytest.raises(NoSample):
            sampler.smallest_document()
        return
    for _, sample in smallest_documents(sampler):
        document = "" if sample is None else sample.to_xml()
        assert sample is None or not schema.validate(document), document
        if sample is not None and case.stem not in NOT_FOR_LIBXML2:
            assert other.validate(etree.fromstring(document)), (other.error_log, document)


def test_an_element_given_stands_in_place_of_another() -> None:
    sampler = sampler_of(CASES / "attributes.rng")
    host = next(element for element in sampler.form.elements() if label(element).startswith("host"))
    given = SampleElement(next(iter(names_of(host.name) or ())), children=("anything",))
    document = sampler.smallest_document_around(host, given)
    assert document is not None
    assert document.to_xml().split() == [
        "<disk",
        "type='network'>",
        "<source",
        "protocol='nbd'>",
        "<host>anything</host>",
        "</source>",
        "</disk>",
    ]


def test_documents_may_be_deeper_than_pythons_stack(tmp_path: Path) -> None:
    depth = 3000
    defines = "".join(
        f'<define name="e{n}"><element name="e"><ref name="e{n + 1}"/></element></define>' for n in range(depth)
    )
    schema = tmp_path / "deep.rng"
    schema.write_text(
        f'<grammar xmlns="http://relaxng.org/ns/structure/1.0"><start><ref name="e0"/></start>{defines}'
        f'<define name="e{depth}"><element name="last"><empty/></element></define></grammar>',
        encoding="utf-8",
    )
    text = sampler_of(schema).smallest_document().to_xml()
    assert compile_schema(schema).is_valid(text)
    assert text.count("<e>") == depth
