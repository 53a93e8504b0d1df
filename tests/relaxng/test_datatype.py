"""Datatypes and parameters as a schema writes them: what is reported, and where."""

from __future__ import annotations

import pytest
from relaxgen.diagnostics.errors import Diagnostics
from relaxgen.diagnostics.locations import SourceLocation
from relaxgen.relaxng.datatype import Saying, check_datatype, translated, worded
from relaxgen.relaxng.pattern import DatatypeName, Param
from relaxgen.runtime.datatypes import Datatype
from relaxgen.runtime.markup import DTD_COMPATIBILITY, XML_SCHEMA

DATA = SourceLocation("a.rng", 3, 5)
PARAM = SourceLocation("a.rng", 4, 7)


def check(type_: str, *params: tuple[str, str], library: str = XML_SCHEMA) -> tuple[Datatype | None, list[str]]:
    diagnostics = Diagnostics()
    found = tuple(Param(name, value, location=PARAM) for name, value in params)
    datatype = check_datatype(DatatypeName(library, type_), found, DATA, diagnostics)
    return datatype, [str(finding) for finding in diagnostics.found]


def test_a_right_datatype_comes_with_its_parameters() -> None:
    datatype, findings = check("token", ("pattern", "[a-z-[x]]+"), ("maxLength", " 3 "))
    assert findings == []
    assert datatype is not None
    assert datatype.allows(" abc ") and not datatype.allows("abx") and not datatype.allows("abcd")


def test_parameters_travel_with_patterns_translated() -> None:
    params = (Param("pattern", "\\s."), Param("maxLength", "3"))
    assert translated(params) == (("pattern", "[ \\t\\n\\r][^\\n\\r]"), ("maxLength", "3"))


@pytest.mark.parametrize(
    ("library", "type_", "message"),
    [
        (
            "http://www.w3.org/2001/XMLSchema",
            "int",
            "unknown datatype library 'http://www.w3.org/2001/XMLSchema' "
            "(did you mean 'http://www.w3.org/2001/XMLSchema-datatypes'?)",
        ),
        ("urn:x", "int", "unknown datatype library 'urn:x'"),
        ("", "str", "the built-in datatype library has no type 'str' (did you mean 'string'?)"),
        (
            "",
            "integer",
            "the built-in datatype library has no type 'integer'; "
            'datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes" has it',
        ),
        (
            XML_SCHEMA,
            "datetime",
            f"the library {XML_SCHEMA} has no type 'datetime' (did you mean 'dateTime'?)",
        ),
        (XML_SCHEMA, "Id", f"the library {XML_SCHEMA} has no type 'Id' (did you mean 'ID'?)"),
        (XML_SCHEMA, "anyType", f"the library {XML_SCHEMA} has no type 'anyType'"),
        (DTD_COMPATIBILITY, "NMTOKEN", f"the library {DTD_COMPATIBILITY} has no type 'NMTOKEN'"),
    ],
)
def test_an_unknown_library_or_type_is_an_error_at_the_data_pattern(library: str, type_: str, message: str) -> None:
    datatype, findings = check(type_, library=library)
    assert datatype is None
    assert findings == [f"a.rng:3:5: {message} [4.16]"]


@pytest.mark.parametrize(
    ("type_", "params", "message"),
    [
        ("integer", [("length", "2")], "parameter 'length' does not apply to integer, which knows "),
        ("string", [("minInclusive", "a")], "parameter 'minInclusive' does not apply to string, which knows "),
        ("QName", [("maxLength", "2")], "parameter 'maxLength' does not apply to QName, which knows pattern"),
        ("string", [("maxlength", "2")], "unknown parameter 'maxlength' (did you mean 'maxLength'?)"),
        ("string", [("frob", "2")], "unknown parameter 'frob'; string knows length, maxLength, minLength, pattern"),
        ("string", [("enumeration", "a")], "'enumeration' is not a parameter in RELAX NG; write a choice of values"),
        ("string", [("whiteSpace", "collapse")], "'whiteSpace' is not a parameter in RELAX NG"),
        ("string", [("length", "-1")], "length must be a whole number of at least 0, not '-1'"),
        ("string", [("minLength", "two")], "minLength must be a whole number of at least 0, not 'two'"),
        ("decimal", [("totalDigits", "0")], "totalDigits must be at least 1, not '0'"),
        ("integer", [("minInclusive", "x")], "minInclusive 'x' is not an integer"),
        ("byte", [("maxInclusive", "300")], "maxInclusive '300' must be from -128 to 127"),
        ("int", [("minInclusive", "5"), ("maxInclusive", "3")], "maxInclusive '3' must be at least 5"),
        ("date", [("minExclusive", "2024-02-30")], "minExclusive '2024-02-30' has the day 30, which that month"),
        ("string", [("pattern", "a{2")], "wrong pattern 'a{2': '{' must be followed by a count"),
    ],
)
def test_a_wrong_parameter_is_an_error_at_the_parameter(
    type_: str, params: list[tuple[str, str]], message: str
) -> None:
    datatype, findings = check(type_, *params)
    assert datatype is None
    assert len(findings) == 1
    assert findings[0].startswith(f"a.rng:4:7: {message}")
    assert findings[0].endswith(" [4.16]")


def test_every_wrong_parameter_is_reported() -> None:
    _, findings = check("string", ("pattern", "("), ("frob", "1"), ("pattern", ")"))
    assert len(findings) == 3


@pytest.mark.parametrize("library", ["", DTD_COMPATIBILITY])
def test_only_xml_schema_has_parameters(library: str) -> None:
    type_ = "ID" if library else "string"
    datatype, findings = check(type_, ("pattern", "a"), library=library)
    assert datatype is None
    assert "takes no parameters, 'pattern' is given" in findings[0]


def test_lengths_that_no_text_has_are_a_warning() -> None:
    datatype, findings = check("string", ("minLength", "3"), ("maxLength", "2"))
    assert findings == ["a.rng:4:7: warning: maxLength 2 contradicts the lengths before it; no text is allowed"]
    assert datatype is not None and not datatype.allows("ab")


def test_a_parameter_without_a_place_is_reported_at_its_data() -> None:
    diagnostics = Diagnostics()
    check_datatype(DatatypeName(XML_SCHEMA, "int"), (Param("frob", "1"),), DATA, diagnostics)
    assert diagnostics.errors[0].location == DATA


@pytest.mark.parametrize(
    ("documentation", "noun"),
    [
        ("A MAC address, as IEEE 802 has it.", "a MAC address"),
        ("an IPv6 address", "an IPv6 address"),
        ("The number of a slot.\n\nFrom 0 to 31.", "the number of a slot"),
        ("Must be unicast.", ""),
        ("A " + "very " * 20 + "long story", ""),
        ("", ""),
    ],
)
def test_documentation_that_begins_with_an_article_is_a_noun(documentation: str, noun: str) -> None:
    assert Saying("x", documentation).noun == noun


@pytest.mark.parametrize(
    ("pattern", "saying", "words"),
    [
        ("[0-9]", Saying(), ()),
        (".", Saying(), ("", ".")),
        ("[0-9]", Saying("digit"), ("a digit",)),
        (".", Saying("onlySign"), ("an onlySign", ".")),
        ("[0-9]", Saying("e.x"), ()),
        (r"\d", Saying("digit", "A digit."), ("a digit", "")),
    ],
)
def test_patterns_travel_with_what_messages_say_of_them(pattern: str, saying: Saying, words: tuple[str, ...]) -> None:
    params = (Param("maxLength", "1"), Param("pattern", pattern))
    length, found = worded(params, saying)
    assert length == ("maxLength", "1")
    assert found[:2] == translated(params)[1]
    assert found[2:] == words
