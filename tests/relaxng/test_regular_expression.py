"""Patterns of XML Schema in Python's dialect: spelling, meaning, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from relaxgen.relaxng.regular_expression import MAXIMUM_DEPTH, PatternError, translate
from relaxgen.runtime.expression import Automaton, parse


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "a",
        "[0-9a-fA-F]{2}",
        "[a-fA-F0-9]{8}\\-([a-fA-F0-9]{4}\\-){3}[a-fA-F0-9]{12}",
        "(0x)?[0-9a-fA-F]{1,4}",
        "[a-zA-Z0-9_\\.\\-\\\\:/ ]*",
        "[0-9a-zA-F -_,.:;=]{0,255}",
        "(a|b||c)",
        "()",
        "a{0}b{2,}c{2,5}",
        "\\d+(\\.\\d+)?",
        "[^/\\n]+",
        "[-a]",
        "[a-]",
        "[^-a-]",
        "[.?*+(){}|$]",
        "\\|\\.\\?\\*\\+\\(\\)\\{\\}\\-\\[\\]\\^\\\\",
        "[\\[\\]\\-\\^\\\\]",
        "é[à-ü]",
        "a b#c",
    ],
)
def test_what_both_dialects_agree_on_comes_out_unchanged(pattern: str) -> None:
    assert translate(pattern) == pattern


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (".+", "[^\\n\\r]+"),
        ("^a$", "\\^a\\$"),
        ("[a^]", "[a\\^]"),
        ("\\s", "[ \\t\\n\\r]"),
        ("\\S", "[^ \\t\\n\\r]"),
        ("[a\\s]", "[a \\t\\n\\r]"),
        ("[^\\s]", "[^ \\t\\n\\r]"),
        ("[\\S]", "[^\\t\\n\\r ]"),
        ("[a-z-[aeiou]]", "[b-df-hj-np-tv-z]"),
        ("[a-z-[b-y-[m]]]", "[amz]"),
        ("[^a-z-[^0-9]]", "[0-9]"),
        ("[a-[a]]", "[^\\x00-\\U0010ffff]"),
        ("[+--]", "[+-\\-]"),
        ("[--]", "[\\-]"),
        ("[a&&b]", "[&ab]"),
        ("\\p{IsBasicLatin}", "[\\x00-\\x7f]"),
        ("\\P{IsBasicLatin}", "[^\\x00-\\x7f]"),
        ("[\\p{IsBasicLatin}-[\\p{L}]]", "[\\x00-@\\[-`{-\\x7f]"),
        ("\n\t[\n]", "\\n\\t[\\n]"),
        ("\u2028\U0001f600", "\\u2028\\U0001f600"),
    ],
)
def test_what_differs_is_spelled_in_pythons_dialect(pattern: str, expected: str) -> None:
    assert translate(pattern) == expected


@pytest.mark.parametrize(
    ("pattern", "texts", "others"),
    [
        (".", "a. é", "\n\r"),
        ("\\d", "09٣", "a²Ⅷ"),
        ("\\D", "a²_", "09٣"),
        ("[\\d-]", "0٣-", "a"),
        ("\\s", " \t\n\r", "\xa0\x0b\x0c\x85\u2003a"),
        ("\\S", "\xa0\u2003a", " \t\n\r"),
        ("\\w", "aé0٣²€+~^\u0301", "_-., \n\xa0\u200b"),
        ("\\W", "_-., \n\xa0", "aé0€+"),
        ("\\i", "aZ_:éא", "0-.·\u0301٣"),
        ("\\I", "0-.· ", "aZ_:é"),
        ("\\c", "aZ_:é0-.·\u0301٣", " /+,"),
        ("\\C", " /+,", "aZ_:0-."),
        ("[\\i-[:]]", "aZ_", ":0"),
        ("\\p{Lu}", "AZÉΣ", "azé0"),
        ("\\p{L}", "aAªא", "0_"),
        ("\\P{L}", "0_ ", "aA"),
        ("\\p{Nd}", "0٣", "²"),
        ("\\p{Sc}", "$€", "S"),
        ("[\\p{Lu}\\d]", "A0", "a"),
        ("[^\\p{Lu}\\d]", "a-", "A0"),
        ("[\\P{Lu}A]", "aA", "B"),
        ("\\p{IsGreek}", "Σα", "a"),
        ("\\p{IsLatin-1Supplement}", "é\xa0", "aĀ"),
        ("[$^]", "$^", "a"),
        ("[\\n-\\r]", "\n\x0b\r", "\t "),
        ("[&-~]", "&a~", "%"),
        ("[\\-\\]\\[]", "-][", "\\a"),
        ("[\U00010000-\U0010ffff]", "\U0001f600", "a"),
    ],
)
def test_single_characters_match_as_xml_schema_says(pattern: str, texts: str, others: str) -> None:
    source = translate(pattern)
    assert [text for text in texts if not re.fullmatch(source, text)] == []
    assert [text for text in others if re.fullmatch(source, text)] == []


@pytest.mark.parametrize(
    ("pattern", "position", "reason"),
    [
        ("*a", 0, "'*' without anything to repeat"),
        ("a|+", 2, "'+' without anything to repeat"),
        ("(?:a)", 1, "'?' without anything to repeat"),
        ("a+?", 2, "'?' after another quantifier"),
        ("a{2}{3}", 4, "'{' after another quantifier"),
        ("a{,3}", 1, "'{' must be followed by a count"),
        ("a{", 1, "'{' must be followed by a count"),
        ("a{ 2}", 1, "'{' must be followed by a count"),
        ("a{3,2}", 1, "the counts of {3,2} are in the wrong order"),
        ("a{99999999999}", 1, "a count that is too large"),
        ("a}", 1, "'}' without its opening bracket"),
        ("a]", 1, "']' without its opening bracket"),
        ("a)", 1, "')' without its '('"),
        ("b(a", 1, "'(' without its ')'"),
        ("b[a", 1, "'[' without its ']'"),
        ("[]", 0, "a class without characters"),
        ("[^]", 0, "a class without characters"),
        ("[a[b]", 2, "'[' inside a class must be written \\["),
        ("[a-c-e]", 4, "'-' inside a class must be first or last"),
        ("[z-a]", 1, "the range z-a is in the wrong order"),
        ("[a-\\d]", 3, "\\d cannot be the end of a range"),
        ("[a-z-[b]c]", 8, "']' must follow the subtracted class"),
        ("a\\", 1, "'\\' with nothing after it"),
        ("\\1", 0, "'\\1' is not an escape of XML Schema"),
        ("\\bword\\b", 0, "'\\b' is not an escape of XML Schema; a pattern always matches the whole text"),
        ("a\\/b", 1, "'\\/' is not an escape of XML Schema; write '/' alone"),
        ("[\\u0041]", 1, "'\\u' is not an escape of XML Schema"),
        ("\\pL", 0, "'\\p' must be followed by a name in braces"),
        ("\\p{Xx}", 0, "unknown category 'Xx'"),
        ("\\p{IsBasicLatn}", 0, "unknown block 'IsBasicLatn' (did you mean 'IsBasicLatin'?)"),
        ("(" * (MAXIMUM_DEPTH + 1) + ")" * (MAXIMUM_DEPTH + 1), MAXIMUM_DEPTH, "groups nested too deeply"),
    ],
)
def test_a_wrong_pattern_is_refused_with_place_and_reason(pattern: str, position: int, reason: str) -> None:
    with pytest.raises(PatternError) as caught:
        translate(pattern)
    assert caught.value.position == position
    assert caught.value.reason.startswith(reason)
    assert str(caught.value).endswith(f"at character {position + 1}")


def test_every_pattern_of_real_schemas_compiles(corpus: Path) -> None:
    parameters = "//*[local-name() = 'param'][@name = 'pattern']"
    patterns = {
        element.text or ""
        for path in [*corpus.glob("libvirt-*/schemas/*.rng"), *corpus.glob("vocabularies/*/schema/**/*.rng")]
        for element in etree.parse(path).xpath(parameters)
    }
    assert len(patterns) > 100
    for pattern in patterns:
        re.compile(translate(pattern))
        parse(translate(pattern))


# Random patterns, compared with a matcher that follows the definition and knows nothing of Python's


Matcher = Callable[[str, int], set[int]]
"""From a text and a start to all ends."""

ALPHABET = "ab-^$\n"


def _set(source: str, characters: str) -> tuple[str, Matcher]:
    return source, lambda text, start: {start + 1} if text[start : start + 1] in tuple(characters) else set()


ATOMS = st.sampled_from(
    [
        _set("a", "a"),
        _set("b", "b"),
        _set("-", "-"),
        _set("^", "^"),
        _set("$", "$"),
        _set(".", "ab-^$"),
        _set("\\n", "\n"),
        _set("\\s", "\n"),
        _set("\\S", "ab-^$"),
        _set("\\w", "ab^$"),
        _set("\\i", "ab"),
        _set("\\c", "ab-"),
        _set("[ab]", "ab"),
        _set("[^ab]", "-^$\n"),
        _set("[a-b-[b]]", "a"),
        _set("[^\\n-[a\\-]]", "b^$"),
        _set("[\\c-]", "ab-"),
    ]
)

QUANTIFIERS = [("", 1, 1), ("?", 0, 1), ("*", 0, 9), ("+", 1, 9), ("{2}", 2, 2), ("{1,2}", 1, 2), ("{0,}", 0, 9)]


def _repeated(atom: tuple[str, Matcher], quantifier: tuple[str, int, int]) -> tuple[str, Matcher]:
    source, match = atom
    suffix, least, most = quantifier

    def matches(text: str, start: int) -> set[int]:
        ends, current = ({start} if least == 0 else set()), {start}
        for count in range(1, most + 1):
            current = {end for place in current for end in match(text, place)}
            if count >= least:
                ends |= current
        return ends

    return source + suffix, matches


def _sequence(parts: list[tuple[str, Matcher]]) -> tuple[str, Matcher]:
    def matches(text: str, start: int) -> set[int]:
        current = {start}
        for _, match in parts:
            current = {end for place in current for end in match(text, place)}
        return current

    return "".join(source for source, _ in parts), matches


def _choice(parts: list[tuple[str, Matcher]]) -> tuple[str, Matcher]:
    source = "|".join(source for source, _ in parts)
    return f"({source})", lambda text, start: {end for _, match in parts for end in match(text, start)}


def _larger(inner: st.SearchStrategy[tuple[str, Matcher]]) -> st.SearchStrategy[tuple[str, Matcher]]:
    piece = st.builds(_repeated, inner, st.sampled_from(QUANTIFIERS))
    branch = st.lists(piece, max_size=3).map(_sequence)
    return st.lists(branch, min_size=1, max_size=3).map(_choice)


@settings(deadline=None)
@given(st.recursive(ATOMS, _larger, max_leaves=6), st.text(ALPHABET, max_size=6))
def test_translated_patterns_match_what_the_definition_says(pattern: tuple[str, Matcher], text: str) -> None:
    source, match = pattern
    expected = len(text) in match(text, 0)
    assert (re.fullmatch(translate(source), text) is not None) == expected
    assert Automaton(parse(translate(source))).matches(text) == expected


@settings(deadline=None)
@given(st.text("ab09-[](){}|*+?.^$,\\dwspiL ", max_size=12))
def test_any_text_is_translated_to_something_python_compiles_or_refused(pattern: str) -> None:
    try:
        source = translate(pattern)
    except PatternError as error:
        assert 0 <= error.position <= len(pattern)
    else:
        re.compile(source)
        parse(source)
