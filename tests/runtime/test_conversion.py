"""Converters: the three outcomes of a text, the way back, and that nothing is lost or written wrongly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from relaxgen.runtime.composite_converters import ChoiceConverter, ListConverter
from relaxgen.runtime.converters import (
    REMEMBERED_LENGTH,
    REMEMBERED_TEXTS,
    BooleanConverter,
    Converter,
    Data,
    EnumerationConverter,
    IntegerConverter,
    InvalidText,
    Irregular,
    LiteralConverter,
    Meaning,
    OtherSpelling,
    TextConverter,
    WordPairConverter,
)
from relaxgen.runtime.datatypes import create
from relaxgen.runtime.date_converters import DateConverter, DateTimeConverter
from relaxgen.runtime.element import Token, unknown_token
from relaxgen.runtime.markup import BUILT_IN
from relaxgen.runtime.number_converters import (
    CIntegerConverter,
    DecimalConverter,
    FloatConverter,
    HexadecimalConverter,
)
from relaxgen.runtime.octet_converters import Base64Converter, HexBinaryConverter

from tests.growth import calls_of


class Snapshot(StrEnum):
    DEFAULT = "default"
    NO = "no"
    INTERNAL = "internal"
    EXTERNAL = "external"


SNAPSHOT = ("no", "internal", "external")
MOMENT = datetime(2024, 5, 31, 13, 20, tzinfo=UTC)
A_MOMENT = "a date and time such as 2024-05-31T13:20:00Z, of the years 0001 to 9999"


def outcome(converter: Converter[Any], text: str) -> object:
    """The value; value and canonical text for another spelling; the reason of a refusal."""
    try:
        return converter[text]
    except OtherSpelling as other:
        return other.value, other.canonical
    except InvalidText as invalid:
        return invalid.reason


def byte() -> IntegerConverter:
    return IntegerConverter(Data("unsignedByte"))


OUTCOMES: list[tuple[Converter[Any], str, object]] = [
    (TextConverter(), " any\n ", " any\n "),
    (TextConverter(Data("string", ("pattern", "[a-z]+"))), "abc", "abc"),
    (TextConverter(Data("string", ("pattern", "[a-z]+"))), "ABC", "does not match [a-z]+"),
    (TextConverter(Data("NCName")), " a ", " a "),
    (TextConverter(Data("dateTime")), "2024-12-31T24:00:00", "2024-12-31T24:00:00"),
    (TextConverter(Data("dateTime")), "now", "is not a date and time such as 2024-05-31T13:20:00Z"),
    (TextConverter(Data("string", excluding=(Meaning("token", "any"), Meaning("token", "none")))), "some", "some"),
    (
        TextConverter(Data("string", excluding=(Meaning("token", "any"), Meaning("token", "none")))),
        " any ",
        "is not allowed here",
    ),
    (TextConverter(Data("token", library=BUILT_IN)), " a ", " a "),
    (byte(), "7", 7),
    (byte(), "007", (7, "7")),
    (byte(), " 7 ", (7, "7")),
    (byte(), "+7", (7, "7")),
    (byte(), "-0", (0, "0")),
    (byte(), "256", "must be from 0 to 255"),
    (byte(), "", "is not an integer"),
    (byte(), "1_0", "is not an integer"),
    (byte(), "٣", "is not an integer"),
    (IntegerConverter(Data("integer")), "-12345678901234567890123", -12345678901234567890123),
    (IntegerConverter(Data("integer")), "9" * 5000, "has more than 4000 characters"),
    (IntegerConverter(Data("unsignedInt"), Data("string", ("pattern", "-1"))), "-1", -1),
    (
        IntegerConverter(Data("unsignedInt"), Data("string", ("pattern", "-1"))),
        "-2",
        "is neither an integer from 0 to 4294967295 nor text matching -1",
    ),
    (IntegerConverter(Data("integer", ("pattern", "[0-9]{2}"))), "07", 7),
    (IntegerConverter(Data("integer", ("pattern", "[0-9]{2}"))), " 07", (7, "07")),
    (IntegerConverter(Data("integer", ("pattern", "\\+[0-9]"))), "+7", 7),
    (IntegerConverter(Data("string", ("pattern", "[a-z]"))), "x", "is not an integer"),
    (HexadecimalConverter(digits=4), "0x001f", 31),
    (HexadecimalConverter(digits=4), "0x1F", (31, "0x001f")),
    (HexadecimalConverter(digits=4), "1f", (31, "0x001f")),
    (CIntegerConverter(), "10", 10),
    (CIntegerConverter(), "0x1f", (31, "31")),
    (CIntegerConverter(), "037", (31, "31")),
    (CIntegerConverter(), "08", (8, "8")),
    (CIntegerConverter(), "-0x10", (-16, "-16")),
    (CIntegerConverter(base=16, digits=2), "0x0a", 10),
    (CIntegerConverter(base=16, digits=2), "10", (10, "0x0a")),
    (CIntegerConverter(base=16), "-1", (-1, "-0x1")),
    (CIntegerConverter(Data("string", ("pattern", "-1|0x[0-9]")), base=16), "-1", -1),
    (CIntegerConverter(), "0xg", "is not an integer such as 31 or 0x1f"),
    (CIntegerConverter(), "1f", (31, "31")),
    (CIntegerConverter(), "0", 0),
    (CIntegerConverter(), "000", (0, "0")),
    (CIntegerConverter(), "0f", (15, "15")),
    (HexadecimalConverter(), "zz", "is not a hexadecimal integer such as 0x1f"),
    (HexadecimalConverter(), "0x1_0", "is not a hexadecimal integer such as 0x1f"),
    (HexadecimalConverter(Data("string", ("pattern", "[0-9a-f]{4}"))), "001f", 31),
    (DecimalConverter(Data("decimal")), "1.20", Decimal("1.20")),
    (DecimalConverter(Data("decimal")), "-0.5", Decimal("-0.5")),
    (DecimalConverter(Data("decimal")), "1.", (Decimal(1), "1")),
    (DecimalConverter(Data("decimal")), "+01", (Decimal(1), "1")),
    (DecimalConverter(Data("decimal")), ".5", (Decimal("0.5"), "0.5")),
    (DecimalConverter(Data("decimal")), "1e5", "is not a decimal number"),
    (DateConverter(Data("date")), "2024-05-31", date(2024, 5, 31)),
    (DateConverter(Data("date")), "2024-05-31Z", (date(2024, 5, 31), "2024-05-31")),
    (DateConverter(Data("date")), " 2024-05-31-05:00", (date(2024, 5, 31), "2024-05-31")),
    (DateConverter(Data("date", ("pattern", ".*Z"))), "2024-05-31Z", date(2024, 5, 31)),
    (DateConverter(Data("date")), "12024-05-31", "is not a date such as 2024-05-31, of the years 0001 to 9999"),
    (DateConverter(Data("date")), "-0001-05-31", "is not a date such as 2024-05-31, of the years 0001 to 9999"),
    (DateConverter(Data("string")), "20240531", "is not a date such as 2024-05-31, of the years 0001 to 9999"),
    (DateTimeConverter(Data("dateTime")), "2024-05-31T13:20:00", datetime(2024, 5, 31, 13, 20)),
    (DateTimeConverter(Data("dateTime")), "2024-05-31T13:20:00Z", datetime(2024, 5, 31, 13, 20, tzinfo=UTC)),
    (DateTimeConverter(Data("dateTime")), "2024-05-31T13:20:00.5", datetime(2024, 5, 31, 13, 20, 0, 500000)),
    (DateTimeConverter(Data("dateTime")), "2024-05-31T13:20:00-00:00", (MOMENT, "2024-05-31T13:20:00Z")),
    (DateTimeConverter(Data("dateTime")), "2024-05-31T13:20:00.000Z", (MOMENT, "2024-05-31T13:20:00Z")),
    (DateTimeConverter(Data("dateTime")), "2024-05-31T13:20:00.0000001Z", (MOMENT, "2024-05-31T13:20:00Z")),
    (DateTimeConverter(Data("dateTime", ("pattern", ".*00:00"))), "2024-05-31T13:20:00+00:00", MOMENT),
    (DateTimeConverter(Data("dateTime")), "2024-05-31T24:00:00", (datetime(2024, 6, 1), "2024-06-01T00:00:00")),
    (DateTimeConverter(Data("dateTime")), "9999-12-31T24:00:00", f"is not {A_MOMENT}"),
    (DateTimeConverter(Data("dateTime")), "2024-05-31T13:20:60", f"is not {A_MOMENT}"),
    (FloatConverter(Data("double")), "1.5", 1.5),
    (FloatConverter(Data("double")), "INF", math.inf),
    (FloatConverter(Data("double")), "-INF", -math.inf),
    (FloatConverter(Data("double")), "1", (1.0, "1.0")),
    (FloatConverter(Data("double")), "1E5", (1e5, "100000.0")),
    (FloatConverter(Data("double")), "1e400", (math.inf, "INF")),
    (FloatConverter(Data("double")), "inf", "is not a number"),
    (FloatConverter(Data("double", ("pattern", "[0-9]+"))), "3", 3.0),
    (FloatConverter(Data("double", ("pattern", "[0-9]+"))), "1" + "0" * 23, 1e23),
    (BooleanConverter(Data("boolean")), "true", True),
    (BooleanConverter(Data("boolean")), "0", (False, "false")),
    (BooleanConverter(Data("boolean")), " true ", (True, "true")),
    (BooleanConverter(Data("boolean")), "yes", "is not true or false"),
    (BooleanConverter(Data("boolean", ("pattern", "[01]"))), "1", True),
    (BooleanConverter(Data("boolean", ("pattern", "[01]"))), "true", "does not match [01]"),
    (WordPairConverter("yes", "no"), "yes", True),
    (WordPairConverter("yes", "no"), "\tno ", (False, "no")),
    (WordPairConverter("yes", "no"), "true", "is not one of yes, no"),
    (WordPairConverter("yes", "no", exact=True), " no", "is not one of yes, no"),
    (HexBinaryConverter(Data("hexBinary")), "0AFF", b"\x0a\xff"),
    (HexBinaryConverter(Data("hexBinary")), "0aff", (b"\x0a\xff", "0AFF")),
    (HexBinaryConverter(Data("hexBinary", ("pattern", "[0-9a-f]*"))), "0aff", b"\x0a\xff"),
    (HexBinaryConverter(Data("hexBinary")), "0", "is not pairs of hexadecimal digits"),
    (Base64Converter(Data("base64Binary")), "AAECAw==", b"\0\1\2\3"),
    (Base64Converter(Data("base64Binary")), "AAEC\n Aw==", (b"\0\1\2\3", "AAECAw==")),
    (Base64Converter(Data("base64Binary")), "AAEC Aw=", "is not base64 data"),
    (EnumerationConverter(Snapshot, SNAPSHOT), "no", Snapshot.NO),
    (EnumerationConverter(Snapshot, SNAPSHOT), " no", (Snapshot.NO, "no")),
    (EnumerationConverter(Snapshot, SNAPSHOT, exact=True), " no", "is not one of no, internal, external"),
    (EnumerationConverter(Snapshot, SNAPSHOT), "default", "is not one of no, internal, external"),
    (EnumerationConverter(Snapshot, [Snapshot.NO]), "external", "is not no"),
    (LiteralConverter("a b", "c"), "a b", "a b"),
    (LiteralConverter("a b", "c"), " a  b", ("a b", "a b")),
    (LiteralConverter("a b", "c", exact=True), "a  b", "is not one of a b, c"),
    (EnumerationConverter(Snapshot, SNAPSHOT, exact=("no",)), " no", "is not one of no, internal, external"),
    (
        TextConverter(Data("date", excluding=(Meaning("date", "2000-01-01Z"),))),
        "2000-01-01+00:00",
        "is not allowed here",
    ),
    (TextConverter(Data("token", excluding=(Data("int"),))), "7", "is not allowed here"),
    (TextConverter(Data("string", excluding=(Meaning("string", "x"),))), "x", "is not allowed here"),
    (LiteralConverter(""), "", ""),
    (LiteralConverter(""), "x", "is not empty"),
    (LiteralConverter("", "a"), "x", "is not one of empty, a"),
    (LiteralConverter(*"abcdefghijklmnop"), "x", "is not one of a, b, c, d, e, f, g, h, i, j, k, l and 4 more"),
    (ListConverter(byte()), "", []),
    (ListConverter(byte()), "1 2", [1, 2]),
    (ListConverter(byte()), "1\n02", ([1, 2], "1 2")),
    (ListConverter(byte()), " 1", ([1], "1")),
    (ListConverter(byte(), 1), " ", "must have at least 1 item, not 0"),
    (ListConverter(byte(), 0, 2), "1 2 3", "must have at most 2 items, not 3"),
    (ListConverter(byte()), "1 x", "has the item 'x', which is not an integer"),
    (ChoiceConverter(byte(), LiteralConverter("auto")), "7", 7),
    (ChoiceConverter(byte(), FloatConverter(Data("double"))), "7", 7),
    (ChoiceConverter(FloatConverter(Data("double")), byte()), "7", (7.0, "7.0")),
    (ChoiceConverter(byte(), LiteralConverter("auto")), "auto", "auto"),
    (ChoiceConverter(byte(), LiteralConverter("auto")), " 7", (7, "7")),
    (ChoiceConverter(byte(), LiteralConverter("auto")), "x", "is not an integer, and is not auto"),
    (ChoiceConverter(byte(), TextConverter(Data("string", ("pattern", "[0-9]+")))), "007", "007"),
    (ChoiceConverter(ListConverter(byte(), 2), byte()), "7", 7),
]


@pytest.mark.parametrize(("converter", "text", "expected"), OUTCOMES)
def test_a_text_has_one_of_three_outcomes(converter: Converter[Any], text: str, expected: object) -> None:
    for _ in range(2):  # what is remembered does not change the outcome
        found = outcome(converter, text)
        assert found == expected
        assert type(found) is type(expected)


@pytest.mark.parametrize(("converter", "text", "expected"), OUTCOMES)
def test_a_value_is_written_back_as_its_canonical_text(converter: Converter[Any], text: str, expected: object) -> None:
    try:
        value, canonical = converter[text], text
    except OtherSpelling as other:
        value, canonical = other.value, other.canonical
    except InvalidText:
        return
    assert converter.format(value) == canonical
    assert outcome(converter, canonical) == value


@pytest.mark.parametrize(
    ("converter", "value", "message"),
    [
        (DateConverter(Data("date")), "2024-05-31", "'2024-05-31' is a string, not a date"),
        (DateConverter(Data("date")), MOMENT, "is not a date"),
        (DateTimeConverter(Data("dateTime")), MOMENT.date(), "is not a date with a time"),
        (
            DateTimeConverter(Data("dateTime")),
            MOMENT.replace(tzinfo=timezone(timedelta(seconds=30))),
            "has a time zone with seconds",
        ),
    ],
)
def test_what_is_no_date_is_not_written(converter: Converter[Any], value: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        converter.format(value)


@given(st.datetimes(timezones=st.none() | st.timezones() | st.just(UTC)) | st.dates())
@example(datetime(2016, 11, 6, 1, tzinfo=ZoneInfo("America/Indiana/Indianapolis")))  # an hour that occurs twice
def test_a_date_that_is_written_is_read_again(value: Any) -> None:
    kind: type[Converter[Any]] = DateTimeConverter if isinstance(value, datetime) else DateConverter
    converter = kind()
    try:
        text = converter.format(value)
    except ValueError:  # zones of the nineteenth century have seconds
        assume(False)
    found: Any = converter[text]
    if isinstance(value, datetime):
        # PEP 495: times of two zones are never equal where the hour occurs twice.
        assert found.utcoffset() == value.utcoffset()
        value, found = value.replace(tzinfo=None), found.replace(tzinfo=None)
    assert found == value


def test_what_is_expected_is_told() -> None:
    with pytest.raises(InvalidText) as caught:
        EnumerationConverter(Snapshot, SNAPSHOT)["extrenal"]
    assert caught.value.expected == SNAPSHOT
    with pytest.raises(InvalidText) as caught:
        byte()["x"]
    assert caught.value.expected == ("an integer from 0 to 255",)
    with pytest.raises(InvalidText) as caught:
        ChoiceConverter(byte(), LiteralConverter("auto"))["x"]
    assert caught.value.expected == ("an integer from 0 to 255", "auto")


@pytest.mark.parametrize(
    ("allowed", "reason"),
    [
        (SNAPSHOT, "is not one of no, internal, external, the values of Snapshot (did you mean 'external'?)"),
        (["external"], "is not external, the value of Snapshot (did you mean 'external'?)"),
        (["no", "internal"], "is not one of no, internal, the values of Snapshot"),
    ],
)
def test_a_parser_of_an_enumeration_names_it_and_the_nearest_value(allowed: Sequence[str], reason: str) -> None:
    with pytest.raises(InvalidText) as caught:
        EnumerationConverter(Snapshot, allowed).parse("extrenal")
    assert str(caught.value) == f"'extrenal' {reason}"
    assert caught.value.reason == reason
    assert caught.value.expected == tuple(allowed)


def test_both_outcomes_beside_a_value_are_irregular() -> None:
    assert issubclass(OtherSpelling, Irregular) and issubclass(InvalidText, Irregular)


def test_parse_takes_every_spelling() -> None:
    assert byte().parse(" 007 ") == 7
    assert EnumerationConverter(Snapshot, SNAPSHOT).parse(" no ") is Snapshot.NO
    with pytest.raises(ValueError, match="must be from 0 to 255"):
        byte().parse("300")


@pytest.mark.parametrize(
    ("converter", "value", "text"),
    [
        (byte(), 255, "255"),
        (HexadecimalConverter(digits=2), -1, "-0x01"),
        (IntegerConverter(Data("string", ("pattern", "[0-9]{3}"))), 7, "007"),
        (HexadecimalConverter(Data("string", ("pattern", "0x[0-9a-f]{4}"))), 31, "0x001f"),
        (DecimalConverter(Data("decimal")), Decimal("1E+3"), "1000"),
        (DecimalConverter(Data("decimal")), Decimal("1.50"), "1.50"),
        (DecimalConverter(Data("decimal")), 3, "3"),
        (DecimalConverter(Data("decimal", ("pattern", "[0-9]+\\.[0-9]{2}"))), Decimal("1.5"), "1.50"),
        (FloatConverter(Data("double")), 2, "2.0"),
        (FloatConverter(Data("double")), -0.0, "-0.0"),
        (FloatConverter(Data("double")), math.nan, "NaN"),
        (HexBinaryConverter(Data("hexBinary")), bytearray(b"\xff"), "FF"),
        (Base64Converter(Data("base64Binary")), memoryview(b"\xff"), "/w=="),
        (EnumerationConverter(Snapshot, SNAPSHOT), "no", "no"),
        (LiteralConverter("no"), Snapshot.NO, "no"),
        (TextConverter(), Snapshot.NO, "no"),
        (ListConverter(byte()), (1, 2), "1 2"),
        (ListConverter(byte()), iter([1]), "1"),
        (ChoiceConverter(WordPairConverter("yes", "no"), byte()), True, "yes"),
        (ChoiceConverter(byte(), WordPairConverter("yes", "no")), True, "yes"),
        (ChoiceConverter(byte(), TextConverter(Data("string", ("pattern", "[0-9]+")))), "7", "7"),
    ],
)
def test_values_are_written_as_the_schema_wants_them(converter: Converter[Any], value: object, text: str) -> None:
    written = converter.format(value)
    assert written == text
    assert type(written) is str


@pytest.mark.parametrize(
    ("converter", "value", "reason"),
    [
        (byte(), 256, "256 must be from 0 to 255"),
        (byte(), True, "True is not an integer"),
        (byte(), 7.0, "7.0 is not an integer"),
        (byte(), "7", "'7' is a string, not an integer"),
        (byte(), None, "None is not an integer"),
        (IntegerConverter(Data("integer")), 10**4000, "an integer of 13288 bits is too large"),
        (HexadecimalConverter(), "0x1f", "'0x1f' is a string, not an integer"),
        (TextConverter(), 7, "7 is not a string"),
        (TextConverter(Data("string", ("maxLength", "2"))), "abc", "'abc' must have at most 2 characters"),
        (DecimalConverter(Data("decimal")), Decimal("NaN"), "NaN is not a decimal number"),
        (DecimalConverter(Data("decimal")), Decimal("-Infinity"), "-Infinity is not a decimal number"),
        (DecimalConverter(Data("decimal")), Decimal("1E+999999"), "1E+999999 has too many digits"),
        (DecimalConverter(Data("decimal")), 1.5, "1.5 is not a decimal number"),
        (DecimalConverter(Data("decimal")), True, "True is not a decimal number"),
        (FloatConverter(Data("double")), "1.5", "'1.5' is a string, not a number"),
        (FloatConverter(Data("double")), False, "False is not a number"),
        (FloatConverter(Data("double")), 10**400, "an integer of 1329 bits cannot be held"),
        (FloatConverter(Data("double")), 2**53 + 1, "an integer of 54 bits cannot be held"),
        (FloatConverter(Data("double", ("maxInclusive", "1"))), math.nan, "nan must be at most 1"),
        (BooleanConverter(Data("boolean")), 1, "1 is not True or False"),
        (WordPairConverter("yes", "no"), 1, "1 is not True or False"),
        (WordPairConverter("yes", "no"), "yes", "'yes' is a string, not True or False"),
        (HexBinaryConverter(Data("hexBinary")), "00", "'00' is a string, not bytes"),
        (
            EnumerationConverter(Snapshot, SNAPSHOT),
            Snapshot.DEFAULT,
            "<Snapshot.DEFAULT: 'default'> is not one of no, ",
        ),
        (EnumerationConverter(Snapshot, SNAPSHOT), "default", "'default' is not one of no, internal, external"),
        (EnumerationConverter(Snapshot, SNAPSHOT), ["no"], "['no'] is not one of"),
        (LiteralConverter("a"), "b", "'b' is not a"),
        (ListConverter(byte()), [1, 300], "300 must be from 0 to 255"),
        (ListConverter(byte(), 1), [], "[] must have at least 1 item, not 0"),
        (ListConverter(byte()), "12", "'12' is a string, not a list"),
        (ListConverter(byte()), 12, "12 is not a list"),
        (ListConverter(TextConverter()), ["a b"], "'a b' is not allowed in a list"),
        (ListConverter(TextConverter()), [""], "'' is not allowed in a list"),
        (ChoiceConverter(byte(), LiteralConverter("auto")), "x", "'x' is a string, not an integer; 'x' is not auto"),
    ],
)
def test_what_the_schema_refuses_is_never_written(converter: Converter[Any], value: object, reason: str) -> None:
    with pytest.raises(ValueError) as caught:
        converter.format(value)
    assert str(caught.value).startswith(reason)


def test_a_token_that_parsing_kept_is_written_as_it_was_read() -> None:
    class Mode(Token):
        DEFAULT = "default"
        FAST = "fast"

    converter = EnumerationConverter(Mode, ("fast",))
    assert converter.format(unknown_token(Mode, "faster")) == "faster"
    with pytest.raises(ValueError, match="is not fast"):
        converter.format(Mode.DEFAULT)


def test_equal_values_of_other_types_do_not_share_their_text() -> None:
    decimals = DecimalConverter(Data("decimal"))
    assert [decimals.format(Decimal(text)) for text in ("1.2", "1.20", "1.200")] == ["1.2", "1.20", "1.200"]
    floats = FloatConverter(Data("double"))
    assert [floats.format(value) for value in (0.0, -0.0, 1.0)] == ["0.0", "-0.0", "1.0"]
    integers = byte()
    assert integers.format(1) == "1"
    with pytest.raises(ValueError, match="True is not an integer"):
        integers.format(True)


def test_every_list_is_a_new_one() -> None:
    converters: list[Converter[Any]] = [ListConverter(byte()), ChoiceConverter(ListConverter(byte(), 2), byte())]
    for converter in converters:
        first = converter["1 2"]
        first.append(3)
        assert converter["1 2"] == [1, 2]


def test_few_and_short_texts_are_remembered() -> None:
    integers = IntegerConverter(Data("integer"))
    for number in range(REMEMBERED_TEXTS + 100):
        assert integers[str(number)] == number
    assert len(integers) == REMEMBERED_TEXTS
    texts = TextConverter(Data("string", ("pattern", "x*")))
    assert texts["x" * (REMEMBERED_LENGTH + 1)]
    assert len(texts) == 0
    assert texts.format("x" * (REMEMBERED_LENGTH + 1))


def test_irregular_texts_are_not_remembered() -> None:
    integers = byte()
    for text in ("007", "300", "x"):
        outcome(integers, text)
    assert len(integers) == 0
    assert "7" not in integers


def test_a_converter_is_true_though_it_has_met_no_text() -> None:
    assert byte()


def test_converters_are_made_without_cost() -> None:
    def make() -> None:
        IntegerConverter(Data("unsignedInt"))
        TextConverter(Data("string", ("pattern", "[a-z]+")))
        EnumerationConverter(Snapshot, SNAPSHOT)
        LiteralConverter("a", "b")
        WordPairConverter("yes", "no")
        ChoiceConverter(IntegerConverter(Data("int")), LiteralConverter("auto"))

    assert calls_of(make) < 40, "what is costly, patterns above all, waits for the first text"


# Properties


RESTRICTIONS = {
    "integer": [(), (("minInclusive", "-5"), ("maxExclusive", "100")), (("pattern", "[0-9]{2}"),)],
    "decimal": [(), (("fractionDigits", "1"),), (("pattern", "-?[0-9]+\\.[0-9]{2}"),), (("maxInclusive", "2.5"),)],
    "double": [(), (("minExclusive", "0"),)],
    "float": [(), (("pattern", "[0-9]+"),)],
    "boolean": [(), (("pattern", "0|1|true"),)],
    "hexBinary": [(), (("maxLength", "2"),), (("pattern", "[0-9a-f]*"),)],
    "base64Binary": [(), (("length", "3"),)],
    "NCName": [()],
    "date": [(), (("minInclusive", "2000-01-01"),)],
    "string": [(), (("pattern", "[0-9a]+"), ("maxLength", "4"))],
}

MAKERS: dict[str, Any] = {
    "integer": IntegerConverter,
    "decimal": DecimalConverter,
    "double": FloatConverter,
    "float": FloatConverter,
    "boolean": BooleanConverter,
    "hexBinary": HexBinaryConverter,
    "base64Binary": Base64Converter,
}

TYPES = st.sampled_from([(type_, params) for type_, found in RESTRICTIONS.items() for params in found])

TEXTS = st.one_of(
    st.text("0123456789.-+eE aAfF=\n", max_size=6),
    st.sampled_from(["INF", "-INF", "NaN", "true", "false", "AAAA", "AA ==", "2024-05-31", "1.50", "0.1", "1e22"]),
    st.integers().map(str),
    st.floats().map(repr),
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
    st.binary(max_size=4).map(bytes.hex),
)

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "integer": st.integers(),
    "decimal": st.decimals(allow_nan=None) | st.integers(),
    "double": st.floats() | st.integers(),
    "float": st.floats(),
    "boolean": st.booleans(),
    "hexBinary": st.binary(max_size=5),
    "base64Binary": st.binary(max_size=5),
    "NCName": st.text(max_size=3),
    "date": st.dates().map(str),
    "string": st.text(max_size=5),
}


def same(one: object, other: object) -> bool:
    return one == other or (one != one and other != other)


@settings(deadline=None)
@given(TYPES, TEXTS)
def test_converters_take_exactly_what_datatypes_allow_and_lose_nothing(
    type_: tuple[str, tuple[tuple[str, str], ...]], text: str
) -> None:
    name, params = type_
    data = Data(name, *params)
    converter = MAKERS.get(name, TextConverter)(data)
    datatype = data.datatype
    try:
        value = converter[text]
    except OtherSpelling as other:
        assert datatype.allows(text)
        assert datatype.same(text, None, other.canonical, None) or name in ("float", "double")
        assert other.canonical != text
        assert converter.format(other.value) == other.canonical
    except InvalidText:
        assert not datatype.allows(text)
    else:
        assert datatype.allows(text)
        assert converter.format(value) == text
        assert same(converter[text], value)


@settings(deadline=None)
@given(st.data(), TYPES)
def test_what_is_written_is_allowed_and_means_the_value(
    data: st.DataObject, type_: tuple[str, tuple[tuple[str, str], ...]]
) -> None:
    name, params = type_
    value = data.draw(VALUES[name])
    converter = MAKERS.get(name, TextConverter)(Data(name, *params))
    try:
        text = converter.format(value)
    except ValueError:
        return
    assert Data(name, *params).datatype.allows(text)
    assert same(converter.parse(text), value)
    assert converter[text] is not None


@settings(deadline=None)
@given(st.lists(st.integers(0, 300), max_size=5), st.text(" \n\t", min_size=1, max_size=3))
def test_lists_of_texts_and_lists_of_values_go_together(numbers: list[int], space: str) -> None:
    converter = ListConverter(byte())
    text = space.join(map(str, numbers))
    if any(number > 255 for number in numbers):
        with pytest.raises(InvalidText):
            converter[text]
        with pytest.raises(ValueError, match="must be from 0 to 255"):
            converter.format(numbers)
    else:
        assert converter.parse(text) == numbers
        assert converter[converter.format(numbers)] == numbers


@settings(deadline=None)
@given(st.text("01a ", max_size=4))
def test_a_choice_takes_what_any_of_its_converters_takes(text: str) -> None:
    parts: list[Converter[Any]] = [
        byte(),
        LiteralConverter("a", "a 1"),
        TextConverter(Data("string", ("pattern", "0+a"))),
    ]
    choice: Converter[Any] = ChoiceConverter(*parts)
    taken = []
    for part in parts:
        try:
            taken.append(part.parse(text))
        except InvalidText:
            continue
    if not taken:
        with pytest.raises(InvalidText):
            choice.parse(text)
    else:
        value = choice.parse(text)
        assert value in taken
        assert choice.parse(choice.format(value)) == value


def test_checks_are_made_when_they_are_needed() -> None:
    data = Data("string", ("pattern", "("))
    TextConverter(data)
    assert repr(data) == "Data('string', ('pattern', '('))"
    assert create("", "string").describe() == "text"


def test_another_spelling_is_told_as_such_each_time() -> None:
    converter = CIntegerConverter(base=16, digits=2)
    for _ in range(2):
        with pytest.raises(OtherSpelling) as raised:
            converter["10"]
        assert (raised.value.value, raised.value.canonical) == (10, "0x0a")
    assert converter.parse("10") == 10
