"""Which positions documents exercise, and documents that exercise all of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from relaxgen.relaxng import compile_schema
from relaxgen.relaxng.roots import read_form
from relaxgen.relaxng.simplified_form import SimplifiedForm
from relaxgen.sampling import CoverageMeter, covering_documents

from .test_random_documents import CASES_WITH_DOCUMENTS, SAMPLERS

GRAMMAR = '<grammar xmlns="http://relaxng.org/ns/structure/1.0"><start>{}</start>{}</grammar>'


def form_of(directory: Path, start: str, defines: str = "") -> SimplifiedForm:
    schema = directory / "schema.rng"
    schema.write_text(GRAMMAR.format(start, defines), encoding="utf-8")
    return read_form(schema)[1]


def reached(form: SimplifiedForm, *documents: str) -> list[str]:
    meter = CoverageMeter(form)
    assert all(meter.add(document) for document in documents)
    return [position.path for position in meter.coverage.reached]


def missed(form: SimplifiedForm, *documents: str) -> list[str]:
    meter = CoverageMeter(form)
    assert all(meter.add(document) for document in documents)
    return [position.path for position in meter.coverage.missed]


def test_elements_attributes_and_values_are_positions(tmp_path: Path) -> None:
    start = """<element name="a">
        <optional><attribute name="x"><choice><value>1</value><value>2</value></choice></attribute></optional>
        <zeroOrMore><element name="b"><data type="token"/></element></zeroOrMore></element>"""
    form = form_of(tmp_path, start)
    assert reached(form, "<a/>") == ["/a"]
    assert reached(form, "<a x='2'/>") == ["/a", "/a/@x", "/a/@x='2'"]
    assert missed(form, "<a x='2'/>", "<a x='1'/>") == ["/a/b", "/a/b=token"]
    assert missed(form, "<a x='1'><b/></a>") == ["/a/@x='2'"]


def test_a_value_that_two_attributes_share_is_two_positions(tmp_path: Path) -> None:
    start = """<element name="a">
        <attribute name="x"><ref name="v"/></attribute><attribute name="y"><ref name="v"/></attribute></element>"""
    defines = '<define name="v"><choice><value>on</value><value>off</value></choice></define>'
    form = form_of(tmp_path, start, defines)
    assert missed(form, "<a x='on' y='off'/>") == ["/a/@x='off'", "/a/@y='on'"]


def test_what_decides_between_patterns_may_come_later(tmp_path: Path) -> None:
    start = """<element name="a"><choice>
        <group><element name="b"><value>1</value></element><element name="c"><empty/></element></group>
        <group><element name="b"><data type="token"/></element><element name="d"><empty/></element></group>
        </choice></element>"""
    form = form_of(tmp_path, start)
    assert reached(form, "<a><b>1</b><d/></a>") == ["/a", "/a/b", "/a/b=token", "/a/d"]
    assert reached(form, "<a><b>1</b><c/></a>") == ["/a", "/a/b", "/a/b='1'", "/a/c"]


def test_all_readings_of_an_ambiguous_document_count(tmp_path: Path) -> None:
    start = """<element name="a">
        <choice><attribute name="x"><value>1</value></attribute><attribute name="x"/></choice></element>"""
    assert reached(form_of(tmp_path, start), "<a x='1'/>") == ["/a", "/a/@x", "/a/@x='1'", "/a/@x"]


def test_items_of_lists_are_positions(tmp_path: Path) -> None:
    start = """<element name="a"><list><choice><value>x</value><value>z</value></choice>
        <zeroOrMore><value>y</value></zeroOrMore></list></element>"""
    form = form_of(tmp_path, start)
    assert missed(form, "<a>x</a>") == ["/a='z'", "/a='y'"]
    assert missed(form, "<a> z y  y </a>") == ["/a='x'"]


def test_what_no_document_can_hold_is_no_position(tmp_path: Path) -> None:
    start = '<element name="a"><optional><ref name="endless"/></optional></element>'
    defines = '<define name="endless"><element name="b"><attribute name="x"/><ref name="endless"/></element></define>'
    assert missed(form_of(tmp_path, start, defines)) == ["/a"]


@pytest.mark.parametrize("document", ["<b/>", "<a", "<a><c/></a>"])
def test_a_document_that_is_not_valid_counts_for_nothing(tmp_path: Path, document: str) -> None:
    meter = CoverageMeter(form_of(tmp_path, '<element name="a"><empty/></element>'))
    assert not meter.add(document)
    assert meter.coverage.documents == 0
    assert meter.coverage.percentage == 0


@pytest.mark.parametrize("case", CASES_WITH_DOCUMENTS, ids=lambda case: case.stem)
def test_covering_documents_reach_every_position(case: Path) -> None:
    sampler, schema = SAMPLERS[case]
    meter = CoverageMeter(sampler.form)
    for document in covering_documents(sampler.form):
        assert not schema.validate(document.to_xml())
        assert meter.add(document.to_xml())
    assert not meter.coverage.missed


@pytest.mark.parametrize(
    "name", ["capability", "nodedev", "storagepool", pytest.param("domain", marks=pytest.mark.slow)]
)
def test_covering_documents_reach_every_position_of_real_schemas(corpus: Path, name: str) -> None:
    path = corpus / "libvirt-11.3.0" / "schemas" / f"{name}.rng"
    form, schema = read_form(path)[1], compile_schema(path)
    meter = CoverageMeter(form)
    for document in covering_documents(form):
        assert not schema.validate(document.to_xml())
        meter.add(document.to_xml())
    assert not meter.coverage.missed
