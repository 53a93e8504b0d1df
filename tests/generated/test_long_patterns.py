"""Patterns that Python's `re` has much longer than the schema, as those with categories of Unicode, stand once in a
package; where they are used, they are written as the schema writes them."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

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
