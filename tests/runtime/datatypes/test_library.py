"""The datatypes: lexical forms, white space, parameters, equality, and the words for them."""

from __future__ import annotations

import pytest
from relaxgen.runtime.datatypes import (
    LIBRARIES,
    REMEMBERED_TEXTS,
    WrongDatatype,
    WrongParameter,
    create,
    facets_of,
)
from relaxgen.runtime.facets import SHOWN_PATTERN
from relaxgen.runtime.markup import BUILT_IN, DTD_COMPATIBILITY, XML_SCHEMA

NAMESPACES = {None: "urn:default", "x": "urn:x", "y": "urn:x", "z": "urn:z"}

LEXICAL: dict[str, tuple[list[str], list[str]]] = {
    "string": (["", "a", " a ", "\t\n"], []),
    "normalizedString": (["", " a\tb\n"], []),
    "token": (["", "  a  b "], []),
    "language": (
        ["en", "en-US", "x-klingon", "i-enochian", " de "],
        ["", "en_US", "en-", "toolonglanguage", "1a", "é"],
    ),
    "Name": (["a", ":", "_", "a:b:c", "é", "א", "a\u0301", " a "], ["", "1", "-a", ".", "a b", "\u0301a", "\u0220"]),
    "NCName": (["a", "_a-1.b", "é"], ["", "a:b", ":", "1a", "-"]),
    "NMTOKEN": (["a", "1", "-", ".", ":", " 1a "], ["", "a b", "a/b", "+"]),
    "NMTOKENS": (["a", "a 1  -\n."], ["", "  ", "a +"]),
    "ID": (["a", " a "], ["", "a:b", "1"]),
    "IDREF": (["a"], ["", "a b"]),
    "IDREFS": (["a", "a b"], ["", "a 1"]),
    "ENTITY": ([], ["", "a", "logo"]),
    "ENTITIES": ([], ["", "a b"]),
    "QName": (["a", "x:a", "xml:lang", " x:a "], ["", "w:a", "x:", ":a", "x:a:b", "x:1", "xmlns:a"]),
    "NOTATION": (["a", "x:a"], ["w:a", "1"]),
    "anyURI": (
        ["", "a", "../a?b#c", "http://a b/ä<>", "urn:a:b", "a/b:c", "?a:b", "#a:b", "http://[::1]:80/", "c:\\x", " a "],
        ["%", "%2", "%zz", "#a#b", ":", "1:a", "é:a", "a:", "http:#", "//", "[", "a]", "http://[::g]/", "http://a/[b]"],
    ),
    "boolean": (["true", "false", "0", "1", " true\n"], ["", "TRUE", "yes", "00", "2"]),
    "decimal": (["0", "-1.5", "+.5", "5.", " 007 ", "9" * 60], ["", ".", "+", "1e5", "1,5", "INF", "--1", "1_0", "٣"]),
    "integer": (["0", "-0", "+7", " 007\t", "9" * 60], ["", "+", "1.0", "1.", "1e5", "1_0", "٣", "1 2", "- 1"]),
    "nonPositiveInteger": (["0", "-0", "+0", "-5"], ["1", "+1"]),
    "negativeInteger": (["-1", "-99"], ["0", "-0", "1"]),
    "nonNegativeInteger": (["0", "-0", "5"], ["-1"]),
    "positiveInteger": (["1", "+1"], ["0", "-0", "-1"]),
    "long": (["9223372036854775807", "-9223372036854775808"], ["9223372036854775808", "-9223372036854775809"]),
    "int": (["2147483647", "-2147483648"], ["2147483648", "-2147483649", "9" * 60]),
    "short": (["32767", "-32768"], ["32768", "-32769"]),
    "byte": (["127", "-128"], ["128", "-129"]),
    "unsignedLong": (["0", "18446744073709551615", "+1"], ["-1", "18446744073709551616"]),
    "unsignedInt": (["0", "4294967295"], ["-1", "4294967296"]),
    "unsignedShort": (["0", "65535"], ["-1", "65536"]),
    "unsignedByte": (["0", "255", "-0"], ["-1", "256"]),
    "float": (
        ["0", "-1.5E-3", "1.", ".5", "INF", "-INF", "NaN", " 1e400 "],
        ["", "+INF", "inf", "1e", "e1", ".", "nan"],
    ),
    "double": (["0", "1E5", "-0"], ["", "0x1p3", "1e5.0", "Infinity", "1_0"]),
    "duration": (
        ["P1Y", "-P1Y2M3DT4H5M6.7S", "PT0S", "P0D", "PT24H", "PT.5S", "PT1.S"],
        ["", "P", "PT", "P1YT", "P1M2Y", "P-1Y", "P1.5Y", "PT1.5M", "PT.S", "1Y", "P1S", "p1y"],
    ),
    "dateTime": (
        [
            "2024-05-31T13:20:00",
            "2024-02-29T00:00:00.123456789Z",
            "-0001-01-01T00:00:00+14:00",
            "12024-01-01T23:59:60-13:59",
            "2024-12-31T24:00:00",
        ],
        [
            "",
            "2024-05-31",
            "2024-05-31 13:20:00",
            "0000-01-01T00:00:00",
            "02024-01-01T00:00:00",
            "+2024-01-01T00:00:00",
            "2023-02-29T00:00:00",
            "2024-01-01T24:00:01",
            "2024-01-01T25:00:00",
            "2024-01-01T00:60:00",
            "2024-01-01T00:00:61",
            "2024-01-01T00:00:00.",
            "2024-01-01T00:00:00+14:01",
            "2024-01-01T00:00",
        ],
    ),
    "date": (
        ["2024-05-31", "2024-05-31Z", "2000-02-29", "-0001-02-29", "2024-05-31-05:00"],
        ["2024-5-31", "2024-04-31", "1900-02-29", "2024-13-01", "2024-00-01", "2024-01-00", "31.5.2024"],
    ),
    "time": (["13:20:00", "00:00:00.5Z", "24:00:00", "23:59:60"], ["13:20", "24:00:01", "1:00:00", "12:00:00 Z"]),
    "gYearMonth": (["2024-05", "2024-05Z"], ["2024-13", "2024", "24-05"]),
    "gYear": (["2024", "-0044", "12024+01:00"], ["0000", "24", "02024"]),
    "gMonthDay": (["--02-29", "--12-31Z"], ["--02-30", "--04-31", "02-29", "--2-29"]),
    "gDay": (["---31", "---01Z"], ["---32", "---00", "--01"]),
    "gMonth": (["--12", "--01Z", " --05 "], ["--13", "--00", "--05--", "05"]),
    "hexBinary": (["", "0aFF", " 00 "], ["0", "0g", "00 00"]),
    "base64Binary": (["", "AAAA", "AA AA", "BA==", "B A = =", "BBA="], ["A", "BB==", "BBB=", "B===", "====", "AAA-"]),
}


def test_the_table_covers_every_type_of_xml_schema() -> None:
    assert set(LEXICAL) == set(LIBRARIES[XML_SCHEMA])


@pytest.mark.parametrize("type_", LEXICAL)
def test_lexical_forms_are_told_apart(type_: str) -> None:
    valid, invalid = LEXICAL[type_]
    datatype = create(XML_SCHEMA, type_)
    assert [text for text in valid if not datatype.allows(text, NAMESPACES)] == []
    assert [text for text in invalid if datatype.allows(text, NAMESPACES)] == []
    for text in valid:
        assert datatype.why_not(text, NAMESPACES) == ""
        hash(datatype.value(text, NAMESPACES))
    for text in invalid:
        with pytest.raises(ValueError):
            datatype.value(text, NAMESPACES)


@pytest.mark.parametrize(
    ("library", "type_", "valid", "invalid"),
    [
        (BUILT_IN, "string", ["", " a "], []),
        (BUILT_IN, "token", ["", " a "], []),
        (DTD_COMPATIBILITY, "ID", ["a"], ["", "1"]),
        (DTD_COMPATIBILITY, "IDREF", ["a"], ["a b"]),
        (DTD_COMPATIBILITY, "IDREFS", ["a b"], ["", "a 1"]),
    ],
)
def test_the_other_libraries_have_their_types(library: str, type_: str, valid: list[str], invalid: list[str]) -> None:
    datatype = create(library, type_)
    assert all(datatype.allows(text) for text in valid)
    assert not any(datatype.allows(text) for text in invalid)


EQUAL = [
    ("token", " a  b", "a b"),
    ("NCName", "a", " a "),
    ("NMTOKENS", "a  b", " a b"),
    ("integer", "7", "+007"),
    ("integer", "-0", "0"),
    ("decimal", "1.20", "+01.2"),
    ("decimal", "1", "1.0"),
    ("boolean", "true", "1"),
    ("boolean", "false", " 0 "),
    ("double", "10", "1E1"),
    ("double", "0", "-0"),
    ("double", "NaN", " NaN "),
    ("double", "INF", "1e400"),
    ("float", "16777217", "16777216"),
    ("float", "1e39", "INF"),
    ("hexBinary", "0a", "0A"),
    ("base64Binary", "AAAA", "A A A A"),
    ("QName", "x:a", "y:a"),
    ("NOTATION", "x:a", "y:a"),
    ("anyURI", "a", " a "),
    ("duration", "P1Y", "P001Y0M"),
    ("duration", "P0Y", "-PT0S"),
    ("duration", "PT1.50S", "PT1.5S"),
    ("dateTime", "2001-12-01T19:45:00Z", "2001-12-01T20:45:00.00+01:00"),
    ("dateTime", "2001-12-31T24:00:00", "2002-01-01T00:00:00"),
    ("dateTime", "2000-03-01T00:30:00+01:00", "2000-02-29T23:30:00Z"),
    ("time", "10:00:00Z", "11:00:00+01:00"),
    ("gYear", "2001Z", "2001+00:00"),
]

DIFFERENT = [
    ("string", "a", " a"),
    ("normalizedString", "a b", "a  b"),
    ("token", "a", "A"),
    ("integer", "7", "-7"),
    ("double", "16777217", "16777216"),
    ("decimal", "0.1000000000000000000000000000000000001", "0.1"),
    ("QName", "a", "x:a"),
    ("QName", "x:a", "z:a"),
    ("anyURI", "a", "A"),
    ("duration", "P1Y", "P12M"),
    ("duration", "P6M", "PT6M"),
    ("duration", "P1D", "-P1D"),
    ("dateTime", "2001-12-01T19:45:00", "2001-12-01T19:45:00Z"),
    ("dateTime", "2001-12-01T19:45:00.0000000000000000000000000000001", "2001-12-01T19:45:00"),
    ("dateTime", "2016-12-31T23:59:60", "2017-01-01T00:00:00"),
    ("time", "00:00:00+01:00", "23:00:00Z"),
    ("gMonthDay", "--02-29", "--03-01"),
    ("string", "7", "8"),
]


@pytest.mark.parametrize(("type_", "one", "other"), EQUAL)
def test_texts_of_one_value_are_the_same(type_: str, one: str, other: str) -> None:
    datatype = create(XML_SCHEMA, type_)
    assert datatype.same(one, NAMESPACES, other, NAMESPACES)
    assert hash(datatype.value(one, NAMESPACES)) == hash(datatype.value(other, NAMESPACES))


@pytest.mark.parametrize(("type_", "one", "other"), DIFFERENT)
def test_texts_of_different_values_differ(type_: str, one: str, other: str) -> None:
    assert not create(XML_SCHEMA, type_).same(one, NAMESPACES, other, NAMESPACES)


def test_the_built_in_types_differ_only_in_what_is_the_same() -> None:
    assert create(BUILT_IN, "token").same(" a  b", None, "a b ", None)
    assert not create(BUILT_IN, "string").same(" a", None, "a", None)


def test_what_is_not_allowed_is_the_same_as_nothing() -> None:
    assert not create(XML_SCHEMA, "integer").same("x", None, "x", None)


def test_qualified_names_are_compared_each_in_its_own_context() -> None:
    datatype = create(XML_SCHEMA, "QName")
    assert datatype.same("p:a", {"p": "urn:x"}, "a", {None: "urn:x"})
    assert not datatype.same("a", {None: "urn:x"}, "a", {None: ""})
    assert datatype.same("a", {}, "a", {None: ""})


def test_without_a_context_qualified_names_are_judged_by_their_form() -> None:
    datatype = create(XML_SCHEMA, "QName")
    assert datatype.allows("w:a") and not datatype.allows("w:")
    assert not datatype.allows("w:a", {})


RESTRICTED = [
    ("string", [("length", "2")], ["ab", "  "], ["a", "abc", ""]),
    ("string", [("length", " +02 ")], ["ab"], ["a"]),
    ("string", [("length", "1")], ["\U00010000"], []),
    ("string", [("minLength", "2"), ("maxLength", "3")], ["ab", "abc"], ["a", "abcd"]),
    ("token", [("length", "3")], [" a  b "], ["a"]),
    ("normalizedString", [("length", "3")], ["a\tb"], [" a b"]),
    ("anyURI", [("maxLength", "1")], [" ä "], ["ab"]),
    ("hexBinary", [("length", "2")], ["0a0B", " 0000 "], ["0a"]),
    ("base64Binary", [("length", "1")], ["B A = ="], ["AAAA", ""]),
    ("NMTOKENS", [("length", "2")], ["a b", " a  b "], ["a", "a b c"]),
    ("string", [("pattern", "a b")], ["a b"], [" a b", "a  b"]),
    ("token", [("pattern", "a b")], ["a b", "  a\n b "], ["ab"]),
    ("normalizedString", [("pattern", "a b")], ["a\tb"], ["a  b"]),
    ("string", [("pattern", "a|b")], ["a", "b"], ["ab", "a|b"]),
    ("string", [("pattern", "a.*"), ("pattern", ".*b")], ["ab", "acb"], ["a", "b"]),
    ("integer", [("pattern", "[0-9]+")], ["12", " 12 "], ["+12", "-1"]),
    ("integer", [("minInclusive", "-1"), ("maxExclusive", "3")], ["-1", "2", "+02"], ["-2", "3"]),
    ("integer", [("minExclusive", "0")], ["1"], ["0", "-0"]),
    ("byte", [("minInclusive", " 7 ")], ["7", "127"], ["6", "128"]),
    ("decimal", [("maxInclusive", "0.1")], ["0.1", "-5", "0.10"], ["0.10000000000000000000000000000000001"]),
    ("decimal", [("totalDigits", "2")], ["12", "0.012", "1.20", "-01.2", "0"], ["120", "1.23"]),
    ("decimal", [("totalDigits", "1")], ["0", "7", "0.003", "7.0", "-07"], ["12", "0.12", "70"]),
    ("integer", [("totalDigits", "2")], ["-99", "0099"], ["100", "9" * 5000]),
    ("decimal", [("fractionDigits", "1")], ["1", "1.2", "1.20"], ["1.21"]),
    ("integer", [("fractionDigits", "0")], ["5"], []),
    ("double", [("minInclusive", "5")], ["5", "INF", "6.0"], ["4.9", "NaN", "-INF"]),
    ("double", [("maxExclusive", "INF")], ["5", "-INF"], ["INF", "NaN"]),
    ("float", [("maxInclusive", "NaN")], ["NaN"], ["5"]),
    ("double", [("minInclusive", "0")], ["-0"], []),
    ("boolean", [("pattern", "true|false")], ["true"], ["1"]),
    ("QName", [("pattern", "x:.*")], ["x:a"], ["y:a"]),
    ("date", [("minInclusive", "2000-01-01"), ("maxExclusive", "2001-01-01")], ["2000-12-31"], ["2001-01-01"]),
    ("date", [("minInclusive", "2000-01-01")], ["2000-01-02Z"], ["2000-01-01Z", "1999-12-31Z"]),
    ("dateTime", [("maxInclusive", "2000-01-01T00:00:00Z")], ["1999-12-31T09:59:59"], ["1999-12-31T10:00:00"]),
    ("dateTime", [("maxExclusive", "2017-01-01T00:00:00")], ["2016-12-31T23:59:60.9"], ["2017-01-01T00:00:00"]),
    ("time", [("maxExclusive", "12:00:00")], ["11:59:59.999"], ["12:00:00"]),
    ("gYear", [("minInclusive", "-0044")], ["-0043", "0001"], ["-0045"]),
    ("gMonthDay", [("maxInclusive", "--06-30")], ["--02-29"], ["--07-01"]),
    ("duration", [("minInclusive", "P1M")], ["P32D", "P1M", "P2M"], ["P27D", "P30D", "P31D"]),
    ("duration", [("maxExclusive", "P1Y")], ["P364D", "P11M"], ["P365D", "P366D", "P367D", "P1Y"]),
]


@pytest.mark.parametrize(("type_", "params", "valid", "invalid"), RESTRICTED)
def test_parameters_restrict(type_: str, params: list[tuple[str, str]], valid: list[str], invalid: list[str]) -> None:
    datatype = create(XML_SCHEMA, type_, params)
    assert [text for text in valid if not datatype.allows(text, NAMESPACES)] == []
    assert [text for text in invalid if datatype.allows(text, NAMESPACES)] == []


@pytest.mark.parametrize(
    ("params", "index"),
    [
        ([("length", "2")], 0),
        ([("minInclusive", "1"), ("frob", "2")], 1),
        ([("minInclusive", "5"), ("maxInclusive", "4")], 1),
        ([("maxInclusive", "x")], 0),
        ([("totalDigits", "-1")], 0),
        ([("totalDigits", "0")], 0),
    ],
)
def test_a_wrong_parameter_names_its_index(params: list[tuple[str, str]], index: int) -> None:
    with pytest.raises(WrongParameter) as caught:
        create(XML_SCHEMA, "integer", params)
    assert caught.value.index == index


def test_no_digit_after_the_point_may_be_asked_for_but_no_digit_at_all_not() -> None:
    assert create(XML_SCHEMA, "decimal", [("fractionDigits", "0")]).allows("1.0")
    with pytest.raises(WrongParameter, match=r"^totalDigits must be at least 1, not ' 00 '$"):
        create(XML_SCHEMA, "decimal", [("totalDigits", " 00 ")])


@pytest.mark.parametrize(
    ("words", "reason", "description", "is_named"),
    [
        ((), "does not match [0-9]", "text matching [0-9]", False),
        (("a digit",), "is not a digit: it does not match [0-9]", "a digit matching [0-9]", True),
        (("a digit", r"\d"), r"is not a digit: it does not match \d", r"a digit matching \d", True),
        (("a digit", ""), "is not a digit", "a digit", True),
        (("", r"\d"), r"does not match \d", r"text matching \d", False),
        (("text",), "is not text: it does not match [0-9]", "text matching [0-9]", False),
    ],
)
def test_a_pattern_is_called_what_its_author_calls_it(
    words: tuple[str, ...], reason: str, description: str, is_named: bool
) -> None:
    datatype = create(XML_SCHEMA, "string", [("pattern", "[0-9]", *words)])
    assert datatype.why_not("x") == reason
    assert datatype.describe() == description
    assert datatype.is_named is is_named


@pytest.mark.parametrize("beyond", [0, 1])
def test_a_long_pattern_is_shown_in_part(beyond: int) -> None:
    pattern = "a" * (SHOWN_PATTERN + beyond)
    shown = "a" * SHOWN_PATTERN + "…" * beyond
    assert create(XML_SCHEMA, "string", [("pattern", pattern)]).describe() == f"text matching {shown}"


def test_only_xml_schema_takes_parameters() -> None:
    assert facets_of(BUILT_IN, "string") == frozenset()
    with pytest.raises(WrongParameter):
        create(BUILT_IN, "string", [("length", "1")])


@pytest.mark.parametrize(("library", "type_"), [("urn:x", "string"), ("", "integer"), (XML_SCHEMA, "anyType")])
def test_an_unknown_type_is_refused(library: str, type_: str) -> None:
    with pytest.raises(WrongDatatype):
        create(library, type_)


@pytest.mark.parametrize(
    ("type_", "params", "text", "reason"),
    [
        ("integer", [], "x", "is not an integer"),
        ("unsignedByte", [], "256", "must be from 0 to 255"),
        ("positiveInteger", [], "0", "must be at least 1"),
        ("integer", [("maxInclusive", "255")], "256", "must be at most 255"),
        ("integer", [("minExclusive", "0")], "0", "must be more than 0"),
        ("string", [("pattern", "[0-9]+")], "x", "does not match [0-9]+"),
        ("string", [("pattern", "a" * 200)], "x", f"does not match {'a' * 60}…"),
        ("string", [("length", "1")], "", "must have 1 character"),
        ("token", [("maxLength", "2")], "abc", "must have at most 2 characters"),
        ("hexBinary", [("minLength", "2")], "00", "must have at least 2 octets"),
        ("NMTOKENS", [("maxLength", "2")], "a b c", "must have at most 2 items"),
        ("NMTOKENS", [], "a +", "has '+', which is not a name token"),
        ("decimal", [("fractionDigits", "1")], "1.25", "must have at most 1 digit after the point"),
        ("boolean", [], "yes", "is not true or false"),
        ("date", [], "31.5.2024", "is not a date such as 2024-05-31"),
        ("date", [], "2023-02-29", "has the day 29, which that month does not have"),
        ("QName", [], "w:a", "has the prefix 'w', which is not declared here"),
        ("anyURI", [], "a%", "is not a URI: '%' must be followed by two hexadecimal digits"),
        ("NCName", [], "a:b", "is not a name without a colon"),
    ],
)
def test_a_refusal_says_why(type_: str, params: list[tuple[str, str]], text: str, reason: str) -> None:
    assert create(XML_SCHEMA, type_, params).why_not(text, NAMESPACES) == reason


@pytest.mark.parametrize(
    ("type_", "params", "words"),
    [
        ("string", [], "text"),
        ("integer", [], "an integer"),
        ("unsignedByte", [], "an integer from 0 to 255"),
        ("nonNegativeInteger", [], "an integer of at least 0"),
        ("unsignedInt", [("maxInclusive", "31")], "an integer from 0 to 31"),
        ("integer", [("minInclusive", "-1")], "an integer of at least -1"),
        (
            "decimal",
            [("totalDigits", "4"), ("maxInclusive", "9.5")],
            "a decimal number of at most 9.5 of at most 4 digits",
        ),
        ("string", [("pattern", "[0-9a-f]{2}")], "text matching [0-9a-f]{2}"),
        ("string", [("maxLength", "1"), ("pattern", "a")], "text of at most 1 character matching a"),
        ("anyURI", [], "a URI"),
        ("boolean", [], "true or false"),
    ],
)
def test_a_datatype_describes_what_it_expects(type_: str, params: list[tuple[str, str]], words: str) -> None:
    assert create(XML_SCHEMA, type_, params).describe() == words


@pytest.mark.parametrize("type_", ["integer", "decimal", "gYear", "duration", "double", "totalDigits"])
def test_enormous_numbers_are_judged_without_trouble(type_: str) -> None:
    digits = "9" * 20000
    if type_ == "totalDigits":
        assert not create(XML_SCHEMA, "integer", [("totalDigits", "5")]).allows(digits)
    elif type_ == "gYear":
        assert create(XML_SCHEMA, "gYear").why_not(digits) == "has a year of more than 4000 digits"
    else:
        text = f"P{digits}Y" if type_ == "duration" else digits
        assert create(XML_SCHEMA, type_).allows(text)
        assert create(XML_SCHEMA, type_, [("minInclusive", "P1Y" if type_ == "duration" else "1")]).allows(text)


def test_verdicts_are_remembered_within_bounds() -> None:
    datatype = create(XML_SCHEMA, "integer")
    for number in range(3 * REMEMBERED_TEXTS):
        assert datatype.allows(str(number))
    assert not datatype.allows("x" * 100_000)
    assert len(datatype._verdicts) == REMEMBERED_TEXTS
