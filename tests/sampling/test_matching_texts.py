"""Regular expressions give texts that they match."""

from __future__ import annotations

import re

import pytest
from relaxgen.sampling.matching_texts import matching_text, matching_texts


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("[a-fA-F0-9]{8}-[a-f0-9]{4}", "12345678-90ab"),
        ("/.+", "/x"),
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


@pytest.mark.parametrize("pattern", ["[^\\x00-\\U0010ffff]", "a{5000}(?!)", "("])
def test_a_pattern_without_texts_gives_none(pattern: str) -> None:
    assert matching_text(pattern) is None


@pytest.mark.parametrize("length", [1, 5, 17, 64])
def test_a_pattern_without_bounds_gives_texts_of_many_lengths(length: int) -> None:
    assert any(len(text) >= length for text in matching_texts("[a-z]+"))
    assert any(len(text) <= length for text in matching_texts("[a-z]+"))


def test_each_alternative_has_its_turn() -> None:
    assert set(matching_texts("ab|cd|ef")) == {"ab", "cd", "ef"}
    assert len(set(matching_texts("[0-9a-z]"))) > 3
