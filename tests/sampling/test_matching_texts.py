"""Regular expressions give texts that they match."""

from __future__ import annotations

import re

import pytest
from relaxgen.runtime.expression import ExpressionError, matcher
from relaxgen.sampling.matching_texts import matching_texts


def matching_text(pattern: str) -> str | None:
    return next(matching_texts(pattern), None)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("[a-fA-F0-9]{8}-[a-f0-9]{4}", "12345678-90ab"),
        ("/[^\\n\\r]+", "/1"),
        ("(vd|hd)[a-z]", "vda"),
        (r"(\d{1,3}\.){3}\d+", "1.2.3.4"),
        ("[^0-9]", "a"),
        ("x?y*", "xy"),
        ("(a|b){0}c", "c"),
        ("", ""),
    ],
)
def test_a_pattern_gives_a_text_that_it_matches(pattern: str, text: str) -> None:
    assert matching_text(pattern) == text
    assert re.fullmatch(pattern, text)


@pytest.mark.parametrize("pattern", ["[^\\x00-\\U0010ffff]", "a{4294967294}", "(a{300}){300}"])
def test_a_pattern_without_texts_of_a_bearable_length_gives_none(pattern: str) -> None:
    assert matching_text(pattern) is None


@pytest.mark.parametrize("length", [1, 5, 17, 64])
def test_a_pattern_without_bounds_gives_texts_of_many_lengths(length: int) -> None:
    assert any(len(text) >= length for text in matching_texts("[a-z]+"))
    assert any(len(text) <= length for text in matching_texts("[a-z]+"))


def test_each_alternative_has_its_turn() -> None:
    assert set(matching_texts("ab|cd|ef")) == {"ab", "cd", "ef"}
    assert len(set(matching_texts("[0-9a-z]"))) > 3


@pytest.mark.parametrize(
    ("pattern", "length"),
    [("(a?){40}a{40}b", 41), ("(a?){4294967294}", 0), ("(a|aa)+b", 2), ("[a-z]{5000}", 5000), ("([ab]*c?)*x", 1)],
)
def test_counts_and_repeated_repetitions_give_texts(pattern: str, length: int) -> None:
    text = matching_text(pattern)
    assert text is not None
    assert len(text) >= length
    assert matcher(pattern)(text)


def test_a_class_without_ascii_gives_one_of_its_characters() -> None:
    assert matching_text("[\u0400-\u04ff]{2}") == "\u0400\u0400"


def test_what_is_no_pattern_of_a_schema_is_refused() -> None:
    with pytest.raises(ExpressionError, match="not a regular expression of a schema"):
        matching_text("(")
