"""Places in documents: lines, columns and widths as an editor counts them."""

from __future__ import annotations

import pytest
from lxml import etree
from relaxgen.runtime.events import as_utf8
from relaxgen.runtime.faults import UNKNOWN_PLACE, Place, Positions

from tests.growth import LESS_THAN_QUADRATIC, growth

DOCUMENT = """<?xml version="1.0"?>
<domain type='kvm'
        xmlns:q="urn:q">
  <disk snapshot = "no"
    q:order='1' />
  <name> guest <!-- a > b -->one</name>
</domain>
"""


def covered(data: bytes, place: Place) -> str:
    line = Positions(data).line(place.line)
    return line[place.column - 1 : place.column - 1 + place.width]


def test_an_element_is_placed_where_its_start_tag_begins() -> None:
    positions = Positions(DOCUMENT.encode())
    assert len(positions) == 3
    assert positions.element(0) == Place(2, 1, 7)
    assert positions.element(1) == Place(4, 3, 5)
    assert positions.element(2) == Place(6, 3, 5)


def test_an_attribute_is_found_by_its_index() -> None:
    data = DOCUMENT.encode()
    positions = Positions(data)
    assert covered(data, positions.attribute(0, 0)) == "type='kvm'"
    assert covered(data, positions.attribute(1, 0)) == 'snapshot = "no"'
    assert positions.attribute(1, 1) == Place(5, 5, 11)


def test_declarations_of_namespaces_are_not_counted_among_attributes() -> None:
    data = b"<a xmlns='urn:a' x='1' xmlns:q='urn:q' xmlnsy='2' q:z='3'/>"
    positions = Positions(data)
    found = [covered(data, positions.attribute(0, index)) for index in range(3)]
    assert found == ["x='1'", "xmlnsy='2'", "q:z='3'"]
    assert positions.attribute(0, 3) == positions.element(0)
    assert positions.attribute_names(0) == ["x", "xmlnsy", "q:z"]


def test_an_attribute_that_is_not_there_gives_the_element() -> None:
    positions = Positions(DOCUMENT.encode())
    assert positions.attribute(1, 7) == positions.element(1)


def test_text_is_the_first_that_is_not_blank() -> None:
    data = DOCUMENT.encode()
    positions = Positions(data)
    assert covered(data, positions.text(2)) == "guest"
    assert positions.text(0) == positions.element(0)
    assert positions.text(1) == positions.element(1)


@pytest.mark.parametrize(
    ("document", "after", "expected"),
    [
        ("<a><b>x</b>y<c/>z</a>", 0, "y"),
        ("<a><b>x</b>y<c/>z</a>", 2, "z"),
        ("<a><b/><!-- < no > --><?no no?>  \n  <![CDATA[ <c/> ]]></a>", 0, "<c/>"),
        ("<a><b c='/>'><b/></b>\n  y  z \n</a>", 1, "y  z"),
        ("<a>&#65; b</a>", 0, "&#65; b"),
    ],
)
def test_text_is_looked_for_between_children(document: str, after: int, expected: str) -> None:
    data = document.encode()
    assert covered(data, Positions(data).text(0, after)) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_columns_count_characters_in_every_unicode_encoding(encoding: str) -> None:
    data = "<é>\n𝄞 ü <b ä='ö𝄞'/></é>".encode(encoding)
    positions = Positions(data)
    assert positions.element(0) == Place(1, 1, 2)
    assert positions.element(1) == Place(2, 5, 2)
    assert positions.attribute(1, 0) == Place(2, 8, 6)
    assert positions.line(2) == "𝄞 ü <b ä='ö𝄞'/></é>"


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "ISO-8859-15"])
def test_columns_count_characters_in_declared_encodings(encoding: str) -> None:
    data = f"<?xml version='1.0' encoding='{encoding}'?><é>üö<b/></é>".encode(encoding)
    positions = Positions(data)
    assert positions.element(1).column - positions.element(0).column == len("<é>üö")
    assert "üö" in positions.line(1)


@pytest.mark.parametrize("encoding", ["utf-16", "unicode-escape", "punycode", "hex", "undefined", "no-such"])
def test_an_encoding_that_contradicts_its_own_declaration_is_not_followed(encoding: str) -> None:
    data = f"<?xml version='1.0' encoding='{encoding}'?><a/>".encode()
    assert as_utf8(data) == data


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_lines_end_as_in_xml(line_end: str) -> None:
    data = line_end.join(["<a>", "", " <b/>\x85</a>"]).encode()
    positions = Positions(data)
    assert positions.element(1) == Place(3, 2, 2)
    assert positions.line(1) == "<a>"
    assert positions.line(3) == " <b/>\x85</a>"
    assert positions.line(4) == positions.line(0) == ""


def test_what_begins_before_something_malformed_keeps_its_place() -> None:
    positions = Positions("<a>\n <b>é & </b></a>".encode())
    assert len(positions) == 2
    assert positions.element(1) == Place(2, 2, 2)
    assert positions.text(0, 1) == positions.element(0)


def test_nothing_is_known_of_ordinals_that_do_not_exist() -> None:
    positions = Positions(b"<a/>")
    assert positions.attribute_names(1) == []
    for place in (positions.element(1), positions.attribute(-1, 0), positions.text(5)):
        assert place == UNKNOWN_PLACE


def test_a_document_that_declares_entities_is_not_looked_into() -> None:
    document = b"<!DOCTYPE a [<!ENTITY e '<b/>'>]><a>&e;</a>"
    assert len(Positions(document)) == 0
    assert len(Positions(b"<!DOCTYPE a><a><b/></a>")) == 2


def test_ordinals_are_the_order_of_lxml() -> None:
    data = "<r><!-- é --><a x='1'><b y='2'/>t<?p i?></a>\n<c/><a><b/></a></r>".encode()
    positions = Positions(data)
    elements = list(etree.fromstring(data).iter("*"))
    assert len(positions) == len(elements)
    for ordinal, element in enumerate(elements):
        assert covered(data, positions.element(ordinal)) == f"<{element.tag}"


def test_lookups_in_one_long_line_take_the_same_time_wherever_they_are() -> None:
    def look_up(size: int) -> None:
        positions = Positions(("<r>" + "<é a='1'>ü</é>" * size + "</r>").encode())
        for ordinal in range(1, size):
            assert positions.attribute(ordinal, 0).column == 3 + (ordinal - 1) * 14 + 4
            positions.text(ordinal)

    assert growth(look_up, 3_000) < LESS_THAN_QUADRATIC


def test_lookups_in_deep_nesting_do_not_walk_what_is_inside() -> None:
    def look_up(size: int) -> None:
        positions = Positions(("<a>" * size + "x</a>" * size).encode())
        for ordinal in range(size):
            positions.text(ordinal, 1)

    assert growth(look_up, 3_000) < LESS_THAN_QUADRATIC


def test_a_line_that_is_too_long_to_show_is_empty() -> None:
    assert Positions(("<r>" + "<a/>" * 100_000 + "</r>").encode()).line(1) == ""
