"""An identifier that a document has twice: RELAX NG does not mind, and libxml2 would call the document malformed."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import GenerateAndImport

SCHEMA = """<grammar xmlns="http://relaxng.org/ns/structure/1.0"
    datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start><ref name="section"/></start>
  <define name="section">
    <element name="section">
      <optional><attribute name="xml:id"><data type="ID"/></attribute></optional>
      <zeroOrMore><ref name="section"/></zeroOrMore>
    </element>
  </define>
</grammar>
"""

TEXT = '<section xml:id="a">\n  <section xml:id="a"/>\n  <section xml:id="a"/>\n</section>\n'


@pytest.fixture(scope="module")
def sections(generate_and_import: GenerateAndImport, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    schema: Path = tmp_path_factory.mktemp("schema") / "section.rng"
    schema.write_text(SCHEMA, encoding="utf-8")
    return generate_and_import("sections_under_test", schema)


@pytest.mark.parametrize("validate", [False, True])
def test_a_repeated_identifier_is_read_and_written(sections: ModuleType, validate: bool) -> None:
    section = sections.parse_section(TEXT, validate=validate)
    assert [one.xml_id for one in (section, *section.sections)] == ["a", "a", "a"]
    assert sections.parse_section(sections.format_section(section, validate=True)) == section
    assert sections.format_section(section, like=TEXT) == TEXT


@pytest.mark.parametrize("validate", [False, True])
def test_a_repeated_identifier_is_streamed(sections: ModuleType, validate: bool) -> None:
    many = TEXT.replace("</section>", "  <section xml:id='a'/>\n" * 5_000 + "</section>")
    (section,) = sections.iter_parse(BytesIO(many.encode()), sections.Section, validate=validate)
    assert len(section.sections) == 5_002


def test_what_is_malformed_behind_a_repeated_identifier_is_told(sections: ModuleType) -> None:
    for read in (sections.parse_section, lambda text: list(sections.iter_parse(text, sections.Section))):
        with pytest.raises(sections.ParseError) as caught:
            read(TEXT.replace("</section>", "</chapter>"))
        assert "tag mismatch" in caught.value.faults[0].message
        assert caught.value.faults[0].line == 4


@pytest.mark.parametrize("url", ["{file}", "http://127.0.0.1:9/evil.dtd", ""])
def test_nothing_outside_is_read_for_it(sections: ModuleType, tmp_path: Path, url: str) -> None:
    file = tmp_path / "evil.dtd"
    file.write_text("<!ATTLIST section xml:id CDATA 'evil'>broken", encoding="utf-8")
    body = TEXT.replace("</section>\n", "  <section/>\n</section>\n")
    text = f"<!DOCTYPE section SYSTEM '{url.format(file=file)}'>\n{body}"
    section = sections.parse_section(text, validate=True)
    assert list(sections.iter_parse(text, sections.Section)) == [section]
    assert [one.xml_id for one in section.sections] == ["a", "a", None]
    assert sections.format_section(section, like=text) == text
