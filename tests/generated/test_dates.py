"""Dates that an author reads as Python's: values, spellings, types, errors."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, date, datetime
from types import ModuleType
from typing import get_type_hints

import pytest

from tests.conftest import GenerateAndImport

SCHEMA = """<element name="visit" xmlns="http://relaxng.org/ns/structure/1.0" xmlns:b="urn:relaxgen:binding:1"
    datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <attribute name="date" b:as="date"><data type="date"/></attribute>
  <optional><attribute name="due" b:as="date" b:implied="2024-01-01"><data type="date"/></attribute></optional>
  <zeroOrMore>
    <element name="call" b:as="datetime"><choice><value>never</value><data type="dateTime"/></choice></element>
  </zeroOrMore>
  <optional>
    <element name="free" b:as="date"><list><oneOrMore><data type="date"/></oneOrMore></list></element>
  </optional>
</element>"""
DOCUMENT = """<visit date='2024-05-31+02:00'>
  <call>never</call>
  <call>2024-05-31T13:20:00.000Z</call>
  <free>2024-06-01 2024-06-02Z</free>
</visit>
"""


@pytest.fixture(scope="module")
def visits(generate_and_import: GenerateAndImport, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    schema = tmp_path_factory.mktemp("dates") / "visits.rng"
    schema.write_text(SCHEMA)
    return generate_and_import("visits", schema)


def test_values_are_python_s_and_spellings_stay(visits: ModuleType) -> None:
    visit = visits.parse_visit(DOCUMENT)
    assert visit == visits.Visit(
        date=date(2024, 5, 31),
        calls=["never", datetime(2024, 5, 31, 13, 20, tzinfo=UTC)],
        free=[date(2024, 6, 1), date(2024, 6, 2)],
    )
    assert visit.due == date(2024, 1, 1)
    assert visits.format_visit(visit) == DOCUMENT
    assert pickle.loads(pickle.dumps(visit)) == visit
    visit.date = date(2024, 6, 30)
    visit.calls[1] = datetime(2024, 6, 30, 7, 0, 0, 500)
    changed = DOCUMENT.replace("2024-05-31+02:00", "2024-06-30")
    assert visits.format_visit(visit) == changed.replace("2024-05-31T13:20:00.000Z", "2024-06-30T07:00:00.0005")


def test_a_field_called_date_does_not_hide_the_type(visits: ModuleType) -> None:
    assert get_type_hints(visits.Visit)["due"] is date


def test_they_are_texts_in_json(visits: ModuleType) -> None:
    visit = visits.parse_visit(DOCUMENT)
    text = visits.to_json(visit)
    assert json.loads(text)["date"] == "2024-05-31"
    assert visits.from_json(visits.Visit, text) == visit


@pytest.mark.parametrize("value", ["2024-05-31", datetime(2024, 5, 31)])
def test_other_values_are_not_written(visits: ModuleType, value: object) -> None:
    with pytest.raises(visits.FormatError, match=r"Visit\.date = .* is (a string, )?not a date"):
        visits.format_visit(visits.Visit(date=value))


@pytest.mark.parametrize(
    ("text", "message"),
    [("2024-02-30", "that month does not have"), ("12024-05-31", "of the years 0001 to 9999")],
)
def test_what_is_no_date_of_python_is_a_fault_with_its_place(visits: ModuleType, text: str, message: str) -> None:
    with pytest.raises(visits.ParseError, match=message) as caught:
        visits.parse_visit(f"<visit date='{text}'/>")
    (fault,) = caught.value.faults
    assert (fault.line, fault.column, fault.path) == (1, 8, "/visit/@date")
    assert fault.message.startswith(f"'{text}' ")
