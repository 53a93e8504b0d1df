"""Texts for examples are right for their types, and look like something."""

from __future__ import annotations

import pytest
from relaxgen.binding.values import (
    XML_SCHEMA,
    ChoiceType,
    DatatypeType,
    EnumType,
    ListType,
    LiteralType,
    StringType,
    ValueType,
    WordsType,
)
from relaxgen.documentation.example_texts import sample_text
from relaxgen.relaxng.pattern import DatatypeName, Param
from relaxgen.runtime.converters.check import Data
from relaxgen.runtime.datatypes.library import LIBRARIES


def datatype(name: str, excluded: tuple[str, ...] = (), **params: str) -> DatatypeType:
    facets = tuple(Param(name, value) for name, value in params.items())
    return DatatypeType(DatatypeName(XML_SCHEMA, name), facets, excluded)


@pytest.mark.parametrize(
    ("value", "name", "text"),
    [
        (StringType(), "name", "example"),
        (StringType(), "configFile", "/path/to/example"),
        (None, "note", "example"),
        (WordsType("on", "off"), "state", "on"),
        (LiteralType(("pci",)), "type", "pci"),
        (EnumType("DiskSnapshot", ("internal", "no")), "snapshot", "internal"),
        (ListType(datatype("int"), 2, 2), "pair", "1 1"),
        (datatype("int", minInclusive="3"), "floor", "4"),
        (datatype("int", minExclusive="5000"), "floor", "5001"),
        (datatype("int", maxInclusive="-70"), "floor", "-70"),
        (datatype("int", excluded=("1",)), "floor", "2"),
        (datatype("string", pattern="[A-Z]{2}-[0-9]{3}"), "code", "AB-123"),
        (datatype("string", minLength="9"), "code", "/path/to/example"),
        (ChoiceType((datatype("string", pattern="[0-9a-f]{32}"), datatype("string", pattern="[0-9a-f-]{36}"))), "uuid",
         "6c1a3b5e-0f2d-4c8b-9a7e-1d2c3b4a5f60"),
        (ChoiceType((EnumType("Size", ("auto",)), datatype("int"))), "size", "auto"),
    ],
)  # fmt: skip
def test_a_type_gives_a_text(value: ValueType | None, name: str, text: str) -> None:
    assert sample_text(value, name) == text


# Entities are declared in a DTD, and no document that declares anything is taken.
@pytest.mark.parametrize("name", sorted(set(LIBRARIES[XML_SCHEMA]) - {"ENTITY", "ENTITIES"}))
def test_every_datatype_gives_a_text_that_it_takes(name: str) -> None:
    text = sample_text(datatype(name), "anything")
    assert text
    assert Data(name).why_not(text) == ""
