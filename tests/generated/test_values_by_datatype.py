"""Generated packages compare values by the values' own datatypes, as exact validation does."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import GenerateAndImport

XSD = 'datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes"'
SCHEMA = f"""<element name="r" xmlns="http://relaxng.org/ns/structure/1.0" {XSD}>
  <optional><attribute name="mixed">
    <choice><value type="string">A</value><value type="token">B</value></choice>
  </attribute></optional>
  <optional><attribute name="exact">
    <choice><value type="string">A</value><value type="string">B</value></choice>
  </attribute></optional>
  <optional><attribute name="pair">
    <choice><value type="string">yes</value><value type="string">no</value></choice>
  </attribute></optional>
  <optional><attribute name="word-pair">
    <choice><value type="string">yes</value><value type="token">no</value></choice>
  </attribute></optional>
  <optional><attribute name="words-and-digits">
    <choice>
      <value type="string">u</value><value type="token">w</value>
      <data type="string"><param name="pattern">[0-9]+</param></data>
    </choice>
  </attribute></optional>
  <optional><attribute name="spaced">
    <choice>
      <value type="normalizedString">x y</value><value type="normalizedString">b</value>
      <value type="string">s v</value><value type="token">t u</value>
    </choice>
  </attribute></optional>
  <optional><attribute name="only"><value type="normalizedString"> p&#10;q </value></attribute></optional>
  <optional><attribute name="text">
    <data type="string"><except><value type="string">x</value></except></data>
  </attribute></optional>
  <optional><attribute name="word">
    <data type="string">
      <except><choice><value type="token">x</value><value type="int">7</value></choice></except>
    </data>
  </attribute></optional>
  <optional><attribute name="day">
    <data type="date"><except><value type="date">2000-01-01Z</value></except></data>
  </attribute></optional>
  <optional><attribute name="name">
    <data type="token"><except><data type="int"/></except></data>
  </attribute></optional>
</element>
"""


@pytest.fixture(scope="module")
def package(generate_and_import: GenerateAndImport, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    schema: Path = tmp_path_factory.mktemp("schema") / "values.rng"
    schema.write_text(SCHEMA, encoding="utf-8")
    return generate_and_import("values_under_test", schema)


@pytest.mark.parametrize(
    ("attribute", "allowed", "refused"),
    [
        ("mixed", ["A", "B", " B "], [" A", "A ", "C"]),
        ("exact", ["A", "B"], [" A", "B "]),
        ("pair", ["yes", "no"], [" yes", "no "]),
        ("word-pair", ["yes", "no", " no "], [" yes", "yes "]),
        ("words-and-digits", ["u", "w", " w", "7"], [" u", " 7"]),
        (
            "spaced",
            ["x y", "x&#9;y", "x&#10;y", "b", "s v", "t u", "t&#9; u "],
            ["x  y", " x y", " b", "b&#9;", "s&#9;v", "t"],
        ),
        ("only", [" p q ", "&#9;p&#10;q ", " p&#13;q "], ["p q", " p  q ", " pq "]),
        ("text", [" x", "x ", "y", ""], ["x"]),
        ("word", ["y", "8", "7.0"], ["x", " x ", "7", "07", "+7"]),
        ("day", ["2000-01-01", "2000-01-01+01:00", "2000-01-02Z"], ["2000-01-01Z", "2000-01-01+00:00"]),
        ("name", ["a", "7a", "7.5"], ["7", "-7", " 07 "]),
    ],
)
def test_values_are_compared_by_their_own_datatype(
    package: ModuleType, attribute: str, allowed: list[str], refused: list[str]
) -> None:
    for text in allowed:
        document = f"<r {attribute}='{text}'/>\n"
        parsed = package.parse_r(document, validate=True)
        assert package.format_r(parsed) == document
    for text in refused:
        document = f"<r {attribute}='{text}'/>"
        for validate in (False, True):
            with pytest.raises(package.ParseError):
                package.parse_r(document, validate=validate)
