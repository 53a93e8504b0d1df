"""The test suite of the compact syntax: each schema is refused, or means what the XML beside it means."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree
from relaxgen.diagnostics.errors import SchemaError
from relaxgen.relaxng import read_grammar, simplify
from relaxgen.relaxng.correctness import check_schema

from .normal_form import normal_form


def cases(corpus: Path) -> list[etree._Element]:
    return list(etree.parse(corpus / "compact" / "compacttest.xml").getroot())


def write(schema: etree._Element, path: Path) -> None:
    """Comments are children, too; what is left without an element is the compact syntax, or an empty grammar."""
    root = next(schema.iterchildren("{*}*"), None)
    path.write_bytes(etree.tostring(root, with_tail=False) if root is not None else (schema.text or "").encode())


def test_each_case_of_the_suite(corpus: Path, tmp_path: Path) -> None:
    wrong = []
    for number, case in enumerate(cases(corpus)):
        directory = tmp_path / str(number)
        directory.mkdir()
        for resource in case.iter("resource"):
            write(resource, directory / resource.get("name", ""))
            if case.find("xml/resource") is None:  # left out there; the content tells the syntax
                write(resource, directory / "x.rng")
        incorrect = case.find("compact/incorrect")
        if incorrect is not None:
            write(incorrect, directory / "schema.rnc")
            if not is_refused(directory / "schema.rnc"):
                wrong.append(f"{number}: accepted: {incorrect.text}")
            continue
        write(case.find("compact/correct"), directory / "schema.rnc")
        write(case.find("xml/correct"), directory / "schema.rng")
        if not (directory / "schema.rng").read_bytes().strip():
            (directory / "schema.rng").write_text('<grammar xmlns="http://relaxng.org/ns/structure/1.0"/>')
        try:
            compact, xml = read_grammar(directory / "schema.rnc"), read_grammar(directory / "schema.rng")
        except SchemaError as error:
            wrong.append(f"{number}: refused: {error}")
            continue
        if normal_form(compact) != normal_form(xml):
            wrong.append(f"{number}: differs:\n{normal_form(compact)}\n{normal_form(xml)}")
    assert not wrong, "\n".join(wrong)


def is_refused(path: Path) -> bool:
    try:
        grammar = read_grammar(path)
        check_schema(grammar, simplify(grammar))
    except SchemaError:
        return True
    return False


@pytest.mark.parametrize(
    ("schema", "reference"),
    [
        ("acl/schema.rnc", "acl-reference/schema/schema.rng"),
        ("gir/gir-1.2.rnc", "gir-reference/gir-1.2/gir-1.2.rng"),
        ("opencl/registry.rnc", "opencl-reference/registry/registry.rng"),
    ],
)
def test_a_real_schema_means_what_trang_made_of_it(corpus: Path, schema: str, reference: str) -> None:
    directory = corpus / "compact"
    assert normal_form(read_grammar(directory / schema)) == normal_form(read_grammar(directory / reference))
