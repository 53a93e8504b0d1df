"""Identifiers and references are checked where somebody asks for it."""

from __future__ import annotations

from relaxgen.relaxng.validator import CompiledSchema

from tests.runtime.validation.schemas import compiled

SCHEMA = """<element name="doc"><oneOrMore><element name="part">
  <attribute name="id"><data type="ID"/></attribute>
  <optional><attribute name="see"><data type="IDREFS"/></attribute></optional>
  <optional><attribute name="next"><data type="IDREF"/></attribute></optional>
</element></oneOrMore></element>"""


def test_a_taken_identifier_and_a_reference_to_nothing_are_faults() -> None:
    parts = CompiledSchema(compiled(SCHEMA))
    document = "<doc>\n<part id='one' see='two three'/>\n<part id=' one '/>\n<part id='two' next='onne'/>\n</doc>"
    assert parts.validate(document) == []
    faults = parts.validate(document, check_ids=True)
    assert [(fault.line, fault.path, fault.code) for fault in faults] == [
        (2, "/doc/part[1]/@see", "unknown-id"),
        (3, "/doc/part[2]/@id", "duplicate-id"),
        (4, "/doc/part[3]/@next", "unknown-id"),
    ]
    assert faults[1].message == "the identifier 'one' is taken by <part> in line 2"
    assert faults[2].suggestion == "one"
    assert faults[0].found == "three"


def test_they_are_found_beside_other_faults() -> None:
    faults = CompiledSchema(compiled(SCHEMA)).validate(
        "<doc><part id='one'/><part id='one' x=''/></doc>", check_ids=True
    )
    assert [fault.code for fault in faults] == ["duplicate-id", "unknown-attribute"]


def test_references_may_come_first() -> None:
    assert (
        CompiledSchema(compiled(SCHEMA)).validate("<doc><part id='a' next='b'/><part id='b'/></doc>", check_ids=True)
        == []
    )


def test_what_the_schema_does_not_decide_is_left_alone() -> None:
    schema = """<element name="doc"><oneOrMore><choice>
      <element name="a"><attribute name="id"><data type="ID"/></attribute></element>
      <element name="a"><attribute name="id"><data type="ID"/></attribute><attribute name="b"/></element>
      <element name="c"><attribute name="id"><choice><data type="ID"/><value>-</value></choice></attribute></element>
      <element name="d"><attribute name="id"><data type="ID"/></attribute></element>
      <element name="d"><attribute name="id"/><attribute name="b"/></element>
    </choice></oneOrMore></element>"""
    parts = CompiledSchema(compiled(schema))
    assert len(parts.validate("<doc><a id='x'/><a id='x' b=''/></doc>", check_ids=True)) == 1
    assert parts.validate("<doc><c id='x'/><c id='x'/><d id='x'/><d id='x'/></doc>", check_ids=True) == []
