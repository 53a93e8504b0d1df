"""Dates, durations, bounds and digits: compared exactly, or by the order of their type."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from random import Random

import pytest
from relaxgen.evolution.inclusion.calendar_forms import CALENDAR_FORMS
from relaxgen.evolution.inclusion.datatype_languages import texts_of_data
from relaxgen.evolution.inclusion.pattern_automaton import Expression
from relaxgen.evolution.text_relations import Relation, relate
from relaxgen.relaxng.pattern import Choice, Data, DatatypeName, Group, List, OneOrMore, Param, Pattern, Value
from relaxgen.runtime.datatypes import create
from relaxgen.runtime.markup import XML_SCHEMA

EXAMPLES = {
    "date": "2024-02-29 2023-02-29 1900-02-29 2000-02-29 0004-02-29 0100-02-29 0400-02-29 10000-02-29 10004-02-29 "
    "-0001-02-29 -0002-02-29 -0005-02-29 -0101-02-29 -0401-02-29 -0400-02-29 0000-01-01 -0000-01-01 2024-04-31 "
    "2024-12-31 2024-13-01 2024-01-00 02024-01-01 2024-01-01Z 2024-01-01+14:00 2024-01-01+14:01 2024-1-1 -12001-02-29",
    "time": "00:00:00 23:59:60 24:00:00 24:00:00.0 24:00:01 24:00:60 12:00:00.5 12:00:00. 12:60:00 12:00 "
    "12:00:00-13:59",
    "dateTime": "2024-02-29T24:00:00Z 2023-02-29T00:00:00 2024-02-28T25:00:00",
    "gYear": "2024 0000 -0001 12345 01234 2024Z",
    "gYearMonth": "2024-12 2024-13 0000-01 -0001-01",
    "gMonthDay": "--02-29 --02-30 --04-31 --12-31 --1-1",
    "gDay": "---31 ---32 ---00",
    "gMonth": "--12 --13 --00",
    "duration": "P1D PT1S P P1Y2M3DT4H5M6.7S -P1D PT P1 PT.5S PT5.S PT. P1M1Y P1DT P1YT1M PT1H1S +P1D",
}


@pytest.mark.parametrize("type_", CALENDAR_FORMS)
def test_the_expressions_are_what_the_runtime_reads(type_: str) -> None:
    datatype, expression = create(XML_SCHEMA, type_, ()), Expression(CALENDAR_FORMS[type_])
    for text in (*EXAMPLES[type_].split(), *changed(EXAMPLES[type_].split())):
        assert (text in expression) == datatype.allows(text), text


def changed(texts: list[str], among: str = "0123456789-:TZ.PYMDHS+") -> Iterator[str]:
    """Texts with a character or two replaced, the same ones every time."""
    random = Random(0)
    for _ in range(1500):
        characters = list(random.choice(texts))
        for _ in range(random.randint(1, 2) if characters else 0):
            characters[random.randrange(len(characters))] = random.choice(among)
        yield "".join(characters)


def data(type_: str, **params: str) -> Data:
    given = tuple(Param(name, value) for name, value in params.items())
    return Data(DatatypeName(XML_SCHEMA, type_), given, None)


def listed(pattern: Pattern) -> List:
    return List(OneOrMore(pattern))


def value(type_: str, text: str) -> Value:
    return Value(DatatypeName(XML_SCHEMA, type_), text)


W = Relation.WIDENED
PAIRS: list[tuple[Pattern, Pattern, Relation]] = [
    (data("date", pattern="20.*"), data("date"), Relation.WIDENED),
    (data("date", pattern="20.*"), data("token"), Relation.WIDENED),
    (data("date"), data("dateTime"), Relation.CHANGED),
    (data("gYear"), data("integer"), Relation.CHANGED),
    (data("gYear", pattern="[0-9]{4}"), data("integer"), Relation.WIDENED),
    (data("date", minInclusive="2001-01-01"), data("date", minInclusive="2002-01-01"), Relation.NARROWED),
    (data("date", minInclusive="2001-01-01"), data("date", minExclusive="2001-01-01"), Relation.NARROWED),
    (data("date", minInclusive="2001-01-01"), data("date"), Relation.WIDENED),
    (data("date", minInclusive="2001-01-01", pattern="2.*"), data("date", pattern="2.*"), Relation.WIDENED),
    (data("dateTime", maxInclusive="2001-01-01T00:00:00Z"), data("dateTime"), Relation.WIDENED),
    (data("duration", maxInclusive="P1D"), data("duration", maxInclusive="P2D"), Relation.WIDENED),
    (data("duration", maxInclusive="P1D"), data("duration"), Relation.WIDENED),
    (data("decimal", maxInclusive="10"), data("decimal", maxInclusive="10.5"), Relation.WIDENED),
    (data("decimal", minExclusive="0"), data("decimal", minInclusive="0"), Relation.WIDENED),
    (data("decimal", totalDigits="5"), data("decimal", totalDigits="4"), Relation.NARROWED),
    (data("decimal", fractionDigits="2"), data("decimal"), Relation.WIDENED),
    (data("decimal", fractionDigits="2"), data("decimal", fractionDigits="3"), Relation.WIDENED),
    (data("double", maxInclusive="1"), data("double", maxInclusive="2"), Relation.WIDENED),
    (data("double", maxInclusive="1"), data("double"), Relation.WIDENED),
    (data("base64Binary", length="4"), data("base64Binary"), Relation.WIDENED),
    (data("base64Binary", maxLength="4"), data("base64Binary", maxLength="5"), Relation.WIDENED),
    (value("date", "2001-01-01"), data("date"), Relation.WIDENED),
    (value("date", "2001-01-01"), data("date", minInclusive="2000-01-01"), Relation.WIDENED),
    (value("date", "2001-01-01"), data("date", minInclusive="2002-01-01"), Relation.CHANGED),
    (value("decimal", "1.50"), data("decimal", maxInclusive="2"), Relation.WIDENED),
    (value("decimal", "1.50"), value("decimal", "+01.5"), Relation.EQUAL),
    (data("integer", minInclusive="1"), data("decimal", minExclusive="0.5"), Relation.WIDENED),
    (data("integer", minInclusive="0"), data("decimal", minExclusive="0"), Relation.CHANGED),
    (data("decimal", minInclusive="-0.0"), data("decimal", minInclusive="0"), Relation.EQUAL),
    (data("decimal", minInclusive="0", totalDigits="4"), data("decimal", totalDigits="4"), Relation.WIDENED),
    (data("duration", minInclusive="PT0S", pattern="P.D"), data("duration", pattern="P.+"), Relation.WIDENED),
    (data("anyURI", pattern="https://.*"), data("anyURI", pattern="https?://.*"), Relation.WIDENED),
    (data("anyURI", pattern="[a-z]+"), data("NCName"), Relation.WIDENED),
    (data("anyURI", maxLength="3"), data("anyURI"), Relation.WIDENED),
    (value("anyURI", "http://a/"), data("anyURI"), Relation.WIDENED),
    (data("NCName"), data("QName"), Relation.WIDENED),
    (data("NMTOKEN"), data("QName"), Relation.NARROWED),
    (listed(data("date", minInclusive="2000-01-01")), listed(data("date")), Relation.WIDENED),
    (
        listed(data("date", minInclusive="2000-01-01")),
        listed(data("date", minInclusive="1990-01-01")),
        Relation.WIDENED,
    ),
    (List(data("double", maxInclusive="1")), listed(data("double", maxInclusive="2")), Relation.WIDENED),
    (
        List(Group((data("time", maxInclusive="12:00:00"), data("date", minInclusive="2000-01-01")))),
        listed(Choice((data("date"), data("time", maxInclusive="13:00:00")))),
        Relation.WIDENED,
    ),
    (listed(data("double", maxInclusive="1")), listed(data("double", minInclusive="0")), Relation.CHANGED),
    (listed(data("decimal", minInclusive="0")), listed(data("decimal")), Relation.WIDENED),
]


@pytest.mark.parametrize("bound", ["0", "0.5", "-0.5", "10", "-10", "100.01", "-7.25", "007.10"])
@pytest.mark.parametrize("facet", ["minInclusive", "minExclusive", "maxInclusive", "maxExclusive"])
def test_bounds_of_decimals_are_what_the_runtime_reads(facet: str, bound: str) -> None:
    datatype = create(XML_SCHEMA, "decimal", ((facet, bound),))
    (language,) = texts_of_data(datatype).languages
    near = [bound, f"{bound}0", f"0{bound.lstrip('-')}", f"{bound}.0", f"{bound}1", f"{bound}.01", f"-{bound}"]
    for text in (*near, *changed([*near, "-0", "+0.0", ".5", "5.", "-.5", "99.999", "10.0"], "0123456789.+-")):
        assert (text in language) == datatype.allows(text), text


def test_uris_are_what_the_runtime_reads() -> None:
    datatype = create(XML_SCHEMA, "anyURI", ())
    texts = texts_of_data(datatype)
    (language,) = texts.languages
    known = [
        "",
        "//",
        "//#",
        "a",
        "a:",
        "a:#",
        "a:b",
        "a://",
        "a://#x",
        "a://b",
        "1:b",
        "%41",
        "%4",
        "a#b#c",
        "/a:b",
        "?a:b#",
    ]
    for text in (*known, *changed([*known, "http://b/c?d#e", "a%20b:c", "//h/p%2Fq?x=y#z"], "ab1:/?#%A+.-@")):
        assert (text in language) == datatype.allows(text), text
    assert "http://[::1]/" in texts and "http://[x]/" not in texts


@pytest.mark.parametrize(("old", "new", "expected"), PAIRS)
def test_pairs_are_decided_in_both_directions(old: Pattern, new: Pattern, expected: Relation) -> None:
    assert relate(old, new).relation is expected
    mirrored = {Relation.WIDENED: Relation.NARROWED, Relation.NARROWED: Relation.WIDENED}
    assert relate(new, old).relation is mirrored.get(expected, expected)


def test_bounds_that_cannot_be_compared_are_left_undecided() -> None:
    zoned, plain = (
        data("dateTime", minInclusive="2001-01-01T00:00:00Z"),
        data("dateTime", minInclusive="2001-01-01T00:00:00"),
    )
    assert relate(zoned, plain).relation in (Relation.UNDECIDED, Relation.CHANGED)


def test_lists_of_bounds_that_cannot_be_compared_are_left_undecided() -> None:
    """Nobody looks for the day between the two bounds."""
    old, new = data("date", minExclusive="2000-01-01"), data("date", minInclusive="2000-01-03")
    assert relate(listed(old), listed(new)).relation is Relation.UNDECIDED


@pytest.mark.parametrize("facet", ["length", "minLength", "maxLength"])
@pytest.mark.parametrize("limit", range(8))
def test_lengths_of_base_64_are_what_the_runtime_reads(facet: str, limit: int) -> None:
    datatype = create(XML_SCHEMA, "base64Binary", ((facet, str(limit)),))
    texts = texts_of_data(datatype)
    for octets in range(11):
        text = b64encode(bytes(octets)).decode()
        assert (text in texts) == datatype.allows(text), text
