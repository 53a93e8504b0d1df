"""Sets of texts as automata, against what they stand for: Python's regular expressions, numbers, datatypes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from relaxgen.evolution.inclusion.datatype_languages import texts_of_data, texts_of_value
from relaxgen.evolution.inclusion.pattern_automaton import Expression
from relaxgen.evolution.inclusion.text_automata import (
    Collapsed,
    Difference,
    Integers,
    Intersection,
    Lengths,
    TooManyStates,
    Union,
    Words,
    reached,
    shortest,
)
from relaxgen.evolution.inclusion.text_set import TextSet, partition
from relaxgen.relaxng.regular_expression import translate
from relaxgen.runtime.datatypes import LIBRARIES, Datatype, create
from relaxgen.runtime.markup import XML_SCHEMA

EXPRESSIONS = (
    "",
    "(a|b)*c{2,3}",
    "[a-f0-9]{2}(:[a-f0-9]{2})*",
    "(ab|a)(bc|c)?",
    r"[^\n\r]+x",
    "(a?){3}",
    "a||b",
    "[^a-c]d",
    "(a{2,}|b)+",
    r"\d:?",
    r"[\D0]b",
)


@pytest.mark.parametrize("source", EXPRESSIONS)
@given(text=st.text(st.sampled_from("abcx0d:\n f٣"), max_size=6))
@settings(max_examples=60, deadline=None)
def test_expressions_hold_what_python_matches(source: str, text: str) -> None:
    language = Expression(source)
    assert (text in language) == bool(re.fullmatch(source, text))
    collapsed = " ".join(text.replace("\n", " ").split(" ")).strip()
    while "  " in collapsed:
        collapsed = collapsed.replace("  ", " ")
    assert (text in Collapsed(language)) == bool(re.fullmatch(source, collapsed))


@given(
    low=st.none() | st.integers(-130, 130),
    high=st.none() | st.integers(-130, 130),
    number=st.integers(-1500, 1500),
    sign=st.sampled_from(("", "+")),
    zeros=st.sampled_from(("", "0", "000")),
)
@settings(max_examples=400, deadline=None)
def test_integers_hold_every_notation_of_the_numbers_between_their_bounds(
    low: int | None, high: int | None, number: int, sign: str, zeros: str
) -> None:
    text = f"{'-' if number < 0 else sign}{zeros}{abs(number)}"
    is_within = (low is None or low <= number) and (high is None or number <= high)
    assert (text in Integers(low, high)) == is_within


@pytest.mark.parametrize("text", ["", "-", "+", "1-", "+-1", "a", " 1", "1 "])
def test_integers_hold_nothing_else(text: str) -> None:
    assert text not in Integers(None, None)


def test_minus_zero_is_zero() -> None:
    assert "-0" in Integers(0, 5)
    assert "-0" not in Integers(1, 5)


PARAMETERS = {
    "string": [(), (("pattern", "[0-9 ]+"),), (("minLength", "1"), ("maxLength", "3"))],
    "token": [(("length", "2"),)],
    "normalizedString": [(("pattern", "a b|0"),)],
    "unsignedByte": [(), (("maxExclusive", "20"), ("minInclusive", "3"))],
    "integer": [(("totalDigits", "2"),), (("minExclusive", "-1"), ("pattern", "[+]?[0-9]*"))],
    "hexBinary": [(), (("maxLength", "1"),)],
    "decimal": [(), (("pattern", r"[0-9.]+"),)],
}
TEXTS = st.text(st.sampled_from("ab019-+.:/ \t\nEINFaT=Zetru"), max_size=7) | st.sampled_from(
    (
        "true",
        "false",
        " true",
        "INF",
        "-INF",
        "NaN",
        "1E5",
        "en-US",
        "a:b",
        "a b",
        "YWJj",
        "YWI=",
        "YQ==",
        "Y Q = =",
        "YWJjZA==",
    )
)


@pytest.mark.parametrize("type_", sorted(LIBRARIES[XML_SCHEMA]))
def test_datatypes_hold_what_they_allow(type_: str) -> None:
    for params in [(), *PARAMETERS.get(type_, [])]:
        translated = [(name, translate(value) if name == "pattern" else value) for name, value in params]
        datatype = create(XML_SCHEMA, type_, translated)
        _check_texts(datatype, texts_of_data(datatype))


def _check_texts(datatype: Datatype, texts: TextSet) -> None:
    @given(text=TEXTS)
    @settings(max_examples=60, deadline=None)
    def check(text: str) -> None:
        assert (text in texts) == datatype.allows(text)

    check()


VALUES = (
    ("string", " a"),
    ("token", " a  b"),
    ("normalizedString", "a\tb"),
    ("integer", "+07"),
    ("boolean", "1"),
    ("NCName", "a"),
    ("hexBinary", "aB"),
    ("double", "1.0"),
    ("decimal", "1.50"),
    ("anyURI", "a"),
    ("date", "2000-01-01Z"),
)
SPELLINGS = (" a", "a b", "a\tb", "7", "07", "true", "1", "Ab", "AB", "1", "1.5", "2000-01-01+00:00")


@pytest.mark.parametrize(("type_", "value"), VALUES)
@given(text=TEXTS | st.sampled_from(SPELLINGS))
@settings(max_examples=60, deadline=None)
def test_values_hold_what_means_the_same(type_: str, value: str, text: str) -> None:
    datatype = create(XML_SCHEMA, type_)
    assert (text in texts_of_value(datatype, value, datatype.value(value))) == datatype.same(text, None, value, None)


def test_combinations() -> None:
    letters, short = Expression("[a-c]*"), Lengths(0, 2)
    assert "ab" in Intersection((letters, short))
    assert "abc" not in Intersection((letters, short))
    assert "dd" in Union((letters, short))
    assert "ddd" not in Union((letters, short))
    assert "abc" in Difference(letters, short)
    assert "a" not in Difference(letters, short)


def test_a_shortest_text_is_found_for_each_way_to_overlap() -> None:
    found = reached([Expression("[a-f]{0,3}"), Expression("[a-f]{2,5}"), Words(["x", "abc"])], 2)
    assert {members: len(text) for members, text in found.items()} == {
        frozenset({0}): 0,
        frozenset({0, 1}): 2,
        frozenset({0, 1, 2}): 3,
        frozenset({1}): 4,
    }


def test_the_empty_language_has_no_text() -> None:
    assert shortest(Intersection((Expression("a+"), Expression("b+")))) is None
    assert shortest(Expression("a{3}b?")) == "aaa"


@pytest.mark.parametrize("character", "\t\n\r \ud7ff\ue000\ufffd\U00010000\U0010ffff")
def test_a_text_of_any_character_of_xml_is_found(character: str) -> None:
    assert shortest(Expression(f"[{character}]")) == character


def test_large_counts_end_with_too_many_states() -> None:
    with pytest.raises(TooManyStates):
        Expression("(a{1,1000}){1,1000}")


def test_a_pattern_that_is_too_large_for_an_automaton_still_answers() -> None:
    datatype = create(XML_SCHEMA, "string", (("pattern", "(a{1,1000}){1,1000}"),))
    texts = texts_of_data(datatype)
    assert "aaa" in texts
    assert "b" not in texts


def test_datatypes_that_cannot_be_compared_overlap_perhaps() -> None:
    date, later = (
        texts_of_data(create(XML_SCHEMA, "date", params)) for params in ((), (("minInclusive", "2010-01-01"),))
    )
    found = {overlap.members: bool(overlap.texts) for overlap in partition((later, date), 1)}
    assert found == {frozenset({0, 1}): True}, "the restricted one is within the other, and a text shows that they meet"
    assert {one.members for one in partition((date, later), 1)} == {frozenset({0}), frozenset({0, 1})}
