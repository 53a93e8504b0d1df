"""Types of the model as annotations of Python, with what they need."""

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
    TokensType,
    ValueType,
    WordsType,
)
from relaxgen.python.type_annotations import MOST_ALTERNATIVES, annotation_of, enums_in, standard_imports, union_of
from relaxgen.relaxng.pattern import DatatypeName


def xsd(name: str) -> DatatypeType:
    return DatatypeType(DatatypeName(XML_SCHEMA, name))


DECIMAL = ("decimal", "Decimal")
LITERAL = ("typing", "Literal")
MODE = EnumType("Mode", ("a", "b"))

ROWS: list[tuple[ValueType, str, set[tuple[str, str]], set[str]]] = [
    (StringType(), "str", set(), set()),
    (xsd("unsignedInt"), "int", set(), set()),
    (xsd("decimal"), "Decimal", {DECIMAL}, set()),
    (xsd("double"), "float", set(), set()),
    (xsd("boolean"), "bool", set(), set()),
    (xsd("base64Binary"), "bytes", set(), set()),
    (xsd("anyURI"), "str", set(), set()),
    (xsd("dateTime"), "str", set(), set()),
    (DatatypeType(DatatypeName("urn:other", "int")), "str", set(), set()),
    (WordsType("yes", "no"), "bool", set(), set()),
    (LiteralType(("a",)), "Literal['a']", {LITERAL}, set()),
    (LiteralType(("it's", '"', "\n")), """Literal["it's", '"', '\\n']""", {LITERAL}, set()),
    (MODE, "Mode", set(), {"Mode"}),
    (EnumType("Literal", ("a",)), "Literal_", set(), {"Literal"}),
    (ListType(xsd("int")), "list[int]", set(), set()),
    (ListType(ChoiceType((xsd("decimal"), MODE))), "list[Decimal | Mode]", {DECIMAL}, {"Mode"}),
    (ChoiceType((MODE, xsd("int"))), "Mode | int", set(), {"Mode"}),
    (ChoiceType((xsd("int"), xsd("long"))), "int", set(), set()),
    (ChoiceType((LiteralType(("a",)), xsd("int"))), "Literal['a'] | int", {LITERAL}, set()),
    (ChoiceType((LiteralType(("a",)), xsd("NCName"))), "str", {LITERAL}, set()),
    (ChoiceType((WordsType("on", "off"), xsd("int"))), "bool | int", set(), set()),
]


@pytest.mark.parametrize(("value", "annotation", "imports", "enums"), ROWS, ids=lambda row: str(row)[:40])
def test_types(value: ValueType, annotation: str, imports: set[tuple[str, str]], enums: set[str]) -> None:
    assert annotation_of(value) == annotation
    assert enums_in(value) == enums
    if "Literal[" in annotation or not any(name == "Literal" for _, name in imports):
        assert standard_imports(value) == imports


def test_a_long_union_has_levels_of_a_bounded_length() -> None:
    names = [f"C{number}" for number in range(2 * MOST_ALTERNATIVES + 1)]
    union = union_of(names)
    assert union.replace("(", "").replace(")", "") == " | ".join(names)
    assert max(part.count(" | ") for part in union.split("(")) <= MOST_ALTERNATIVES


def test_a_choice_of_tokens_has_become_an_enumeration_before() -> None:
    with pytest.raises(AssertionError):
        annotation_of(TokensType(("a", "b")))
