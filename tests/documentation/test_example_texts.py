"""Texts for examples are allowed by their patterns, and look plausible."""

from __future__ import annotations

import pytest
from relaxgen.documentation.example_texts import example_text, usual_text
from relaxgen.relaxng.pattern import Data, DatatypeName, Param, Text, Value
from relaxgen.runtime.converters import Data as DataCheck
from relaxgen.runtime.datatypes import LIBRARIES
from relaxgen.runtime.markup import XML_SCHEMA
from relaxgen.sampling.datatype_texts import Texts


def data(type_: str, except_: Value | None = None, **params: str) -> Data:
    return Data(DatatypeName(XML_SCHEMA, type_), tuple(Param(*param) for param in params.items()), except_)


def value(text: str, type_: str = "token") -> Value:
    return Value(DatatypeName("", type_), text)


@pytest.mark.parametrize(
    ("leaf", "name", "text"),
    [
        (Text(), "name", "example"),
        (Text(), "configFile", "/path/to/example"),
        (Text(), "", "example"),
        (value(" pci "), "type", "pci"),
        (data("string"), "title", "An example"),
        (data("NCName"), "title", "example"),
        (data("anyURI"), "link", "https://example.org/"),
        (data("boolean"), "state", "true"),
        (data("int", minInclusive="3"), "floor", "4"),
        (data("int", minExclusive="5000"), "floor", "5001"),
        (data("int", maxInclusive="-70"), "floor", "-70"),
        (data("int", value("1")), "floor", "2"),
        (data("string", pattern="[A-Z]{2}-[0-9]{3}"), "code", "AB-123"),
        (data("string", minLength="9"), "code", "/path/to/example"),
        (data("string", pattern="[0-9a-f-]{36}"), "uuid", "6c1a3b5e-0f2d-4c8b-9a7e-1d2c3b4a5f60"),
    ],
)
def test_a_pattern_gives_a_text(leaf: Text | Data | Value, name: str, text: str) -> None:
    assert example_text(leaf, name, Texts()) == text


def test_an_item_of_a_list_is_one_word() -> None:
    assert example_text(data("string"), "title", Texts(), in_list=True) == "example"


def test_no_well_known_text_is_reported_as_such() -> None:
    assert usual_text(data("string", pattern="[A-Z]{2}-[0-9]{3}"), "code") is None


# Entities are declared in a DTD, and no document that declares anything is accepted.
@pytest.mark.parametrize("name", sorted(set(LIBRARIES[XML_SCHEMA]) - {"ENTITY", "ENTITIES"}))
def test_every_datatype_gives_a_text_that_it_allows(name: str) -> None:
    text = example_text(data(name), "anything", Texts())
    assert text
    assert DataCheck(name).why_not(text) == ""
