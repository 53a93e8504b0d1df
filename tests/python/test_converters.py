"""Types of the model as converters of the run time: each expression is evaluated, and does what the type says."""

from __future__ import annotations

from decimal import Decimal

import pytest
import relaxgen.runtime as rt
from relaxgen.binding.model import EnumMember, EnumModel
from relaxgen.binding.values import (
    XML_SCHEMA,
    ChoiceType,
    DatatypeType,
    EnumType,
    ExcludedValue,
    ListType,
    LiteralType,
    StringType,
    TokensType,
    ValueType,
    WordsType,
)
from relaxgen.python.converters import ConverterExpressions, needs_converter, needs_escape
from relaxgen.relaxng.pattern import DatatypeName, Param
from relaxgen.runtime.element import Token


class Mode(Token):
    AUTO = "auto"
    NONE = "none"
    FULL = "full"


MODEL = EnumModel("Mode", (EnumMember("auto", 0), EnumMember("none", 1), EnumMember("full", 2)))
EXPRESSIONS = ConverterExpressions({"Mode": MODEL})


def xsd(name: str, *params: tuple[str, str], excluded: tuple[str, ...] = ()) -> DatatypeType:
    values = tuple(ExcludedValue(DatatypeName("", "token"), text) for text in excluded)
    return DatatypeType(DatatypeName(XML_SCHEMA, name), tuple(Param(*param) for param in params), values)


def converter(value: ValueType) -> rt.Converter[object]:
    expression = EXPRESSIONS.of(value)
    found = eval(expression, {"rt": rt, "Mode": Mode, "PATTERNS": EXPRESSIONS.patterns})
    assert isinstance(found, rt.Converter)
    return found


ALL_OF_MODE = EnumType("Mode", ("auto", "none", "full"))


@pytest.mark.parametrize(
    ("value", "expression"),
    [
        (xsd("int"), "rt.IntegerConverter(rt.Data('int'))"),
        (xsd("int", ("minInclusive", "1")), "rt.IntegerConverter(rt.Data('int', ('minInclusive', '1')))"),
        (xsd("hexBinary"), "rt.HexBinaryConverter(rt.Data('hexBinary'))"),
        (
            xsd("token", excluded=("a",)),
            "rt.TextConverter(rt.Data('token', excluding=(rt.Meaning('token', 'a', library=''),)))",
        ),
        (
            DatatypeType(DatatypeName("", "token"), (), (ExcludedValue(DatatypeName("", "token"), "a"),)),
            "rt.TextConverter(rt.Data('token', library='', excluding=(rt.Meaning('token', 'a', library=''),)))",
        ),
        (WordsType("yes", "no"), "rt.WordPairConverter('yes', 'no')"),
        (LiteralType(("a", "b")), "rt.LiteralConverter('a', 'b')"),
        (LiteralType((" a",), (" a",)), "rt.LiteralConverter(' a', exact=True)"),
        (ALL_OF_MODE, "rt.tokens(Mode)"),
        (EnumType("Mode", ("full", "auto")), "rt.tokens(Mode, but=('none',))"),
        (ListType(xsd("int")), "rt.ListConverter(rt.IntegerConverter(rt.Data('int')))"),
        (ListType(xsd("int"), 1), "rt.ListConverter(rt.IntegerConverter(rt.Data('int')), 1, None)"),
        (ListType(xsd("int"), 0, 2), "rt.ListConverter(rt.IntegerConverter(rt.Data('int')), 0, 2)"),
        (ChoiceType((xsd("int"), xsd("long"))), "rt.IntegerConverter(rt.Data('int'), rt.Data('long'))"),
        (
            ChoiceType((ALL_OF_MODE, xsd("int"))),
            "rt.ChoiceConverter(rt.tokens(Mode), rt.IntegerConverter(rt.Data('int')))",
        ),
    ],
)  # fmt: skip
def test_expressions(value: ValueType, expression: str) -> None:
    assert EXPRESSIONS.of(value) == expression
    converter(value)


@pytest.mark.parametrize(
    ("value", "text", "result"),
    [
        (StringType(), "any  text", "any  text"),
        (xsd("int"), "5", 5),
        (xsd("decimal"), "1.50", Decimal("1.50")),
        (xsd("boolean"), "true", True),
        (xsd("hexBinary"), "0AFF", b"\x0a\xff"),
        (xsd("string", ("pattern", r"\p{Lu}+\d")), "ÉT1", "ÉT1"),
        (WordsType("on", "off"), "off", False),
        (LiteralType(("a", "b")), "b", "b"),
        (ALL_OF_MODE, "full", Mode.FULL),
        (ListType(xsd("int"), 1, 3), "1 2 3", [1, 2, 3]),
        (ChoiceType((ALL_OF_MODE, xsd("unsignedInt"))), "none", Mode.NONE),
        (ChoiceType((ALL_OF_MODE, xsd("unsignedInt"))), "7", 7),
        (ChoiceType((xsd("int", ("maxInclusive", "-1")), xsd("int", ("minInclusive", "1")))), "-5", -5),
    ],
)
def test_converters_read_and_write(value: ValueType, text: str, result: object) -> None:
    made = converter(value)
    assert made.parse(text) == result
    assert made.format(result) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (xsd("unsignedByte"), "256"),
        (xsd("int", ("minInclusive", "1")), "0"),
        (xsd("string", ("pattern", "[a-z]+")), "A"),
        (xsd("token", excluded=("all",)), "all"),
        (WordsType("on", "off"), "yes"),
        (LiteralType(("a",)), "b"),
        (EnumType("Mode", ("full", "auto")), "none"),
        (ListType(xsd("int"), 1, 3), "1 2 3 4"),
        (ListType(xsd("int"), 1), ""),
        (ChoiceType((xsd("int", ("maxInclusive", "-1")), xsd("int", ("minInclusive", "1")))), "0"),
    ],
)
def test_converters_refuse(value: ValueType, text: str) -> None:
    with pytest.raises(ValueError):
        converter(value).parse(text)


@pytest.mark.parametrize(
    ("value", "converts", "escapes"),
    [
        (StringType(), False, True),
        (xsd("string"), False, True),
        (xsd("token", ("minLength", "1")), True, True),
        (xsd("NCName"), True, True),
        (xsd("int"), True, False),
        (xsd("base64Binary"), True, False),
        (WordsType("yes", "no"), True, False),
        (LiteralType(("<",)), True, True),
        (ALL_OF_MODE, True, True),
        (ListType(xsd("int")), True, False),
        (ListType(xsd("NCName")), True, True),
        (ChoiceType((xsd("int"), WordsType("yes", "no"))), True, False),
        (ChoiceType((xsd("int"), ALL_OF_MODE)), True, True),
    ],
)
def test_what_must_be_converted_and_what_must_be_escaped(value: ValueType, converts: bool, escapes: bool) -> None:
    assert needs_converter(value) is converts
    assert needs_escape(value) is escapes


@pytest.mark.parametrize("text", ["'; import os; '", '"""', "\\", "\n", "{{ 1 }}", "\u2028"])
def test_texts_of_schemas_are_literals(text: str) -> None:
    assert converter(LiteralType((text,), (text,))).parse(text) == text
    assert converter(xsd("string", excluded=(text,))).parse("other") == "other"


def test_a_choice_of_tokens_has_become_an_enumeration_before() -> None:
    with pytest.raises(AssertionError):
        EXPRESSIONS.of(TokensType(("a", "b")))
