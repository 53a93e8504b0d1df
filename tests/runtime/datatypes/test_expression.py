"""Regular expressions as the run time reads them."""

from __future__ import annotations

import re

import pytest
from relaxgen.runtime.expression import (
    LAST_CODE_POINT,
    MAXIMUM_DEPTH,
    Characters,
    ExpressionError,
    Repetition,
    characters,
    is_nullable,
    parse,
)


@pytest.mark.parametrize(
    "source",
    ["a", ".", r"\.", "-", "é", r"\n", r"\\", r"\x41", r"\u0416", r"\U0001f600", r"\d", r"\D", "[a]", "[^a]", "[-a]",
     "[a-]", "[a-cx-z]", r"[+-\-]", r"[\]\[^]", r"[^\x00-\x1f]", r"[\d-]", r"[^\d]", r"[\D]", r"[^\Da]", r"[\d\D]",
     r"[\u0400-\u04ff]", r"[^\u0400-\u04ff\U0001f600]"],
)  # fmt: skip
def test_a_set_holds_the_characters_that_python_matches(source: str) -> None:
    found = characters(source)
    for character in "a.-é\n\\A\u0416\U0001f600\u0661\u00b2bcxyz+][^0\x1f ":
        assert (character in found) == bool(re.fullmatch(source, character)), character


@pytest.mark.parametrize("digits", ["", "d", "D", "dD"])
@pytest.mark.parametrize("is_negative", [False, True])
def test_ranges_and_membership_agree(digits: str, is_negative: bool) -> None:
    found = Characters([(0x61, 0x7A), (0x41, 0x5A)], digits, is_negative)
    decimal = tuple((code, code) for code in range(0x3000) if chr(code).isdecimal())
    ranges = found.ranges(decimal)
    for code in range(0x3000):
        assert any(low <= code <= high for low, high in ranges) == (chr(code) in found), hex(code)
    assert ranges == () or ranges[-1][1] <= LAST_CODE_POINT


@pytest.mark.parametrize(
    ("source", "least", "most"),
    [("a?", 0, 1), ("a*", 0, None), ("a+", 1, None), ("a{3}", 3, 3), ("a{3,}", 3, None), ("a{0,40000}", 0, 40000)],
)
def test_a_quantifier_is_two_counts(source: str, least: int, most: int | None) -> None:
    tree = parse(source)
    assert isinstance(tree, Repetition)
    assert (tree.least, tree.most) == (least, most)


@pytest.mark.parametrize(
    ("source", "expected"),
    [("", True), ("a", False), ("a|", True), ("a?b*", True), ("a?b", False), ("(a|b?){2}", True), ("a{0}", True)],
)
def test_nullable_is_what_matches_the_empty_text(source: str, expected: bool) -> None:
    assert is_nullable(parse(source)) == expected == bool(re.fullmatch(source, ""))


@pytest.mark.parametrize(
    "source",
    [
        "(",
        ")",
        "a)",
        "(a",
        "[",
        "[a",
        "*",
        "a**",
        "a+?",
        "(?=a)",
        "(?P<n>a)",
        r"\b",
        r"\1",
        r"\s",
        r"[\w]",
        "a{",
        "\\",
        "^a$",
    ],
)
def test_what_is_not_of_the_dialect_is_refused(source: str) -> None:
    with pytest.raises(ExpressionError, match=r"not a regular expression of a schema|is not an escape"):
        parse(source)


def test_groups_are_nested_to_a_limit() -> None:
    assert parse("(" * MAXIMUM_DEPTH + "a" + ")" * MAXIMUM_DEPTH)
    with pytest.raises(ExpressionError, match="not a regular expression of a schema"):
        parse("(" * (MAXIMUM_DEPTH + 1) + "a" + ")" * (MAXIMUM_DEPTH + 1))


def test_a_long_sequence_needs_no_depth() -> None:
    assert parse("ab?" * 20_000)
