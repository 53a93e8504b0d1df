"""Names with prefixes as values: what a new object says with the schema's prefixes can be written."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import GenerateAndImport

SCHEMA = """<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="{}" xmlns:f="urn:functions" xmlns:m="urn:modes"
    xmlns:a="http://relaxng.org/ns/compatibility/annotations/1.0"
    datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start><element name="sheet">
    <optional><attribute name="mode"><ref name="name"/></attribute></optional>
    <optional><attribute name="modes"><list><oneOrMore><ref name="name"/></oneOrMore></list></attribute></optional>
    <zeroOrMore><element name="call"><ref name="name"/></element></zeroOrMore>
    <optional><element name="use">
      <attribute name="k"/>
      <choice><ref name="name"/><data type="int"/></choice>
    </element></optional>
  </element></start>
  <define name="name"><data type="QName"/></define>
</grammar>
"""


@pytest.fixture(scope="module", params=["", "urn:s"], ids=["no namespace", "a namespace"])
def style(
    request: pytest.FixtureRequest, generate_and_import: GenerateAndImport, tmp_path_factory: pytest.TempPathFactory
) -> ModuleType:
    schema: Path = tmp_path_factory.mktemp("schema") / "style.rng"
    schema.write_text(SCHEMA.format(request.param), encoding="utf-8")
    return generate_and_import(f"qnames_under_test_{len(request.param)}", schema)


def test_prefixes_of_the_schema_are_declared_where_they_are_needed_and_once(style: ModuleType) -> None:
    sheet = style.Sheet(mode="f:x", modes=["m:a", "f:b"], calls=["f:y"], use=style.SheetUse(k="1", value="m:z"))
    text = style.format(sheet)
    assert text.count("xmlns:f='urn:functions'") == text.count("xmlns:m='urn:modes'") == 1
    assert style.parse(text) == sheet
    assert style.format(style.parse(text)) == text


def test_a_declaration_stands_on_the_element_with_the_value(style: ModuleType) -> None:
    text = style.format(style.Sheet(use=style.SheetUse(k="1", value="m:z")), indent=None)
    assert "<use xmlns:m='urn:modes' k='1'>m:z</use>" in text
    assert "xmlns:" not in style.format(style.Sheet(mode="plain", use=style.SheetUse(k="1", value=5)))


def test_what_a_document_declares_stays_what_it_is(style: ModuleType) -> None:
    uri = style.Sheet._tag.rpartition("}")[0].removeprefix("{")
    own = f" xmlns='{uri}'" if uri else ""
    text = f"<sheet{own} xmlns:f='urn:other' mode='f:x'><call>f:u</call></sheet>"
    sheet = style.parse(text)
    sheet.calls.append("f:v")
    assert style.format(sheet, indent=None).strip() == text.replace("</sheet>", "<call>f:v</call></sheet>")
    sheet.mode = "m:y"
    assert "xmlns:m='urn:modes'" in style.format(sheet, like=text)


def test_a_prefix_that_nobody_declares_is_refused(style: ModuleType) -> None:
    with pytest.raises(style.FormatError, match="'g:x' has the prefix 'g', which is not declared here"):
        style.format(style.Sheet(mode="g:x"))
    with pytest.raises(style.FormatError, match="has the prefix 'a', which is not declared here"):
        style.format(style.Sheet(mode="a:x"))


@pytest.mark.parametrize(
    ("content", "right", "wrong"),
    [
        ('<data type="QName"><except><value type="QName">f:x</value></except></data>', "f:y m:x", "f:x g:x"),
        ('<data type="string"><except><data type="QName"/></except></data>', "h:x 1", "f:x m:y z"),
        (
            '<data type="token"><except><data type="token">'
            '<except><data type="QName"/></except></data></except></data>',
            "f:x z",
            "h:x 1",
        ),
    ],
)
def test_what_an_exception_means_depends_on_declared_prefixes(
    generate_and_import: GenerateAndImport,
    tmp_path: Path,
    content: str,
    right: str,
    wrong: str,
) -> None:
    schema = tmp_path / "call.rng"
    schema.write_text(
        '<element name="call" xmlns="http://relaxng.org/ns/structure/1.0" xmlns:f="urn:functions" '
        'datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">'
        f'<attribute name="a">{content}</attribute></element>',
        encoding="utf-8",
    )
    package = generate_and_import(f"excepted_qnames_{len(content)}", schema)
    head = "<call xmlns:f='urn:functions' xmlns:g='urn:functions' xmlns:m='urn:modes' a="
    for name in right.split():
        text = f"{head}'{name}'/>\n"
        assert package.format(package.parse(text, validate=True)) == text
    for name in wrong.split():
        with pytest.raises(package.ParseError):
            package.parse(f"{head}'{name}'/>", validate=True)
