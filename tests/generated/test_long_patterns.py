"""Patterns that Python's `re` has much longer than the schema, as those with categories of Unicode, stand once in a
package; where they are used, they are written as the schema writes them."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from relaxgen.relaxng.validator import compile_schema

from tests.conftest import GenerateAndImport

SCHEMA = r"""<element name="entry" xmlns="http://relaxng.org/ns/structure/1.0"
    datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <attribute name="key"><data type="token"><param name="pattern">[^\p{C}\p{Z}]+</param></data></attribute>
  <attribute name="size">
    <choice>
      <data type="token"><param name="pattern">[0-9]+</param></data>
      <data type="token"><param name="pattern">\p{Lu}"?</param></data>
    </choice>
  </attribute>
  <zeroOrMore>
    <element name="variant">
      <attribute name="key"><data type="token"><param name="pattern">[^\p{C}\p{Z}]+</param></data></attribute>
    </element>
  </zeroOrMore>
</element>
"""


@pytest.fixture(scope="module")
def entries(generate_and_import: GenerateAndImport, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    schema: Path = tmp_path_factory.mktemp("schema") / "entry.rng"
    schema.write_text(SCHEMA, encoding="utf-8")
    return generate_and_import("entries_under_test", schema)


def test_the_code_has_the_patterns_of_the_schema(entries: ModuleType) -> None:
    assert entries.__file__ is not None
    text = (Path(entries.__file__).parent / "entry.py").read_text(encoding="utf-8")
    assert r'PATTERNS["[^\\p{C}\\p{Z}]+"]' in text
    assert r"""PATTERNS['\\p{Lu}"?']""" in text
    assert '("pattern", "[0-9]+")' in text


def test_they_are_checked_in_reading_and_in_writing(entries: ModuleType) -> None:
    text = "<entry key='ä/1' size='É'>\n  <variant key='€'/>\n</entry>\n"
    entry = entries.parse_entry(text, validate=True)
    assert entries.format_entry(entry) == text
    with pytest.raises(entries.ParseError, match="@key: 'a b' does not match"):
        entries.parse_entry(text.replace("ä/1", "a b"))
    entry.variants[0].key = "a b"
    with pytest.raises(entries.FormatError, match="key"):
        entries.format_entry(entry)


NAMED = r"""<grammar xmlns="http://relaxng.org/ns/structure/1.0"
    xmlns:a="http://relaxng.org/ns/compatibility/annotations/1.0"
    datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start><element name="card">
    <attribute name="address"><ref name="uniMacAddr"/></attribute>
    <attribute name="slot"><ref name="PciSlot"/></attribute>
    <attribute name="id"><data type="string"><param name="pattern">\i\c*</param></data></attribute>
    <attribute name="uuid"><ref name="uuid"/></attribute>
  </element></start>
  <define name="uniMacAddr">
    <a:documentation>A MAC address, of one station.</a:documentation>
    <data type="string"><param name="pattern">[a-f0-9]{2}(:[a-f0-9]{2}){5}</param></data>
  </define>
  <define name="PciSlot"><data type="string"><param name="pattern">\d{1,2}</param></data></define>
  <define name="uuid"><a:documentation>a universal identifier</a:documentation><choice>
    <data type="string"><param name="pattern">[0-9]{32}</param></data>
    <data type="string"><param name="pattern">[0-9-]{36}</param></data>
  </choice></define>
</grammar>
"""
REASONS = {
    "address": "is not a MAC address",
    "slot": r"is not a PciSlot: it does not match \d{1,2}",
    "id": r"does not match \i\c*",
    "uuid": "is not a universal identifier",
}


def test_a_pattern_is_explained_in_the_words_of_its_author(
    generate_and_import: GenerateAndImport, tmp_path: Path
) -> None:
    schema = tmp_path / "card.rng"
    schema.write_text(NAMED, encoding="utf-8")
    package = generate_and_import("cards_under_test", schema)
    text = "<card address='-' slot='-' id='-' uuid='-'/>"
    with pytest.raises(package.ParseError) as raised:
        package.parse(text)
    in_process = compile_schema(schema).validate(text)
    for faults in (raised.value.faults, in_process):
        assert {fault.path.rpartition("@")[2]: fault.message for fault in faults} == {
            name: f"'-' {reason}" for name, reason in REASONS.items()
        }
    assert raised.value.faults[0].expected == ("a MAC address",)
    assert raised.value.faults[1].expected == (r"a PciSlot matching \d{1,2}",)
    right = {"address": "00:00:00:00:00:00", "slot": "1", "id": "a", "uuid": "0" * 32}
    for name in ("address", "slot", "id"):
        with pytest.raises(package.FormatError) as refused:
            package.format(package.Card(**{**right, name: "-"}))
        assert str(refused.value).startswith(f"Card.{name} = '-': '-' {REASONS[name]}")
    assert package.format(package.Card(**right)) == package.format(package.parse(package.format(package.Card(**right))))
