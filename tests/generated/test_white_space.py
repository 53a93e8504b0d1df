"""White space that means something is kept, whatever stands beside it in the schema."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from lxml import etree

from benchmarks.round_trip import difference
from tests.conftest import GenerateAndImport
from tests.growth import LESS_THAN_QUADRATIC, growth

SCHEMA = """<grammar xmlns="http://relaxng.org/ns/structure/1.0" datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start><choice><ref name="box"/><element name="counts">
    <oneOrMore><element name="count"><data type="int"/></element></oneOrMore>
  </element></choice></start>
  <define name="box"><element name="box">
    <choice>
      <data type="string"/>
      <oneOrMore><element name="part">
        <choice><data type="int"/><zeroOrMore><ref name="open"/></zeroOrMore></choice>
      </element></oneOrMore>
    </choice>
  </element></define>
  <define name="open"><element>
    <anyName/>
    <zeroOrMore><attribute><anyName/></attribute></zeroOrMore>
    <mixed><zeroOrMore><ref name="open"/></zeroOrMore></mixed>
  </element></define>
</grammar>
"""


@pytest.fixture(scope="module")
def boxes(generate_and_import: GenerateAndImport, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    schema: Path = tmp_path_factory.mktemp("schema") / "box.rng"
    schema.write_text(SCHEMA, encoding="utf-8")
    return generate_and_import("boxes_under_test", schema)


@pytest.mark.parametrize("text", [" a ", "\n", "a\n", "\ta", "  "])
def test_text_that_could_have_been_elements_keeps_its_white_space(boxes: ModuleType, text: str) -> None:
    document = f"<box>{text}</box>"
    box = boxes.parse_box(document, validate=True)
    assert box.value == text
    assert boxes.format_box(box) == document + "\n"


@pytest.mark.parametrize("text", ["", " ", "\n  ", " 7 "])
def test_white_space_where_there_could_be_a_number_is_no_fault(boxes: ModuleType, text: str) -> None:
    document = f"<box><part>{text}</part></box>"
    box = boxes.parse_box(document, validate=True)
    assert box.parts[0].value == (7 if text.strip() else None)
    assert difference(document.encode(), boxes.format_box(box).encode()) == ""


def test_layout_between_elements_that_must_be_kept_is_kept(boxes: ModuleType) -> None:
    document = "<box>\n  <part>\n    <a xml:space='preserve'> <b/>\n<c> <d/></c></a>\n  </part>\n</box>\n"
    assert boxes.format_box(boxes.parse_box(document)) == document
    assert boxes.format_box(boxes.parse_box(document), indent=None) == document.replace("\n  ", "").replace(
        "  <a", "<a"
    ).replace("\n</box>\n", "</box>")


def test_each_of_several_equal_values_keeps_its_spelling(boxes: ModuleType) -> None:
    parts = ["7", "07", "7", " 7 ", "+7", "7"]
    document = "<counts>" + "".join(f"<count>{part}</count>" for part in parts) + "</counts>"
    counts = boxes.parse_counts(document, validate=True)
    assert counts.counts == [7] * len(parts)
    assert boxes.format_counts(counts, indent=None) == document
    counts.counts[2] = 8
    edited = document.replace("<count>7</count><count> 7", "<count>8</count><count> 7")
    assert boxes.format_counts(counts, indent=None) == edited


def test_layout_between_many_children_takes_time_that_grows_with_their_number(boxes: ModuleType) -> None:
    # An element of lxml has its layout, as has each document of a schema with mixed content.
    documents = {
        count: etree.fromstring("<box>\n" + "<part>7</part>\n" * count + "</box>") for count in (4_000, 16_000)
    }

    def read(count: int) -> None:
        assert len(boxes.parse_box(documents[count]).parts) == count

    assert growth(read, 4_000) < LESS_THAN_QUADRATIC
