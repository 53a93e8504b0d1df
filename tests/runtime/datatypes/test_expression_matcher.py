"""Matching: the same verdicts as Python's `re`, in time and memory that no pattern makes explode."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from relaxgen.runtime.datatypes import Datatype, create
from relaxgen.runtime.expression import REMEMBERED_STEPS, Automaton, Characters, is_predictable, matcher, parse
from relaxgen.runtime.markup import XML_SCHEMA

HOSTILE = [
    "(a|aa)+b",
    "(a+)+b",
    "(a*)*b",
    "((a*)*)*b",
    "([a-z]*)*x",
    "(a?){40}a{40}b",
    "(a|a)*b",
    "(a|b|ab)*c",
    "a*a*a*a*a*b",
    "([a-z]+[0-9]?)+!",
    "([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))",
    "(a{1,20}){1,20}b",
    "([^b]*a){12}",
    "(x+x+)+y|(a+a+)+b",
    "(a|b)*a(a|b){12}c",
]

PREDICTABLE = [
    "",
    "abc",
    "[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}",
    "([0-9a-f]{2}:){5}[0-9a-f]{2}",
    "([0-9a-f]{2}){6}",
    "[a-z_][a-z0-9_]*",
    "(vd|hd)[a-z]+",
    "-?[0-9]+([.][0-9]+)?",
    r"\\d+(,\\d+)*",
    "([0-9]{1,3}[.]){3}[0-9]{1,3}",
    "[a-z]+|[a-z]+[0-9]",
    "(a{4294967294}){2}",
]


@pytest.mark.parametrize("pattern", HOSTILE)
def test_patterns_that_can_backtrack_go_to_the_automaton(pattern: str) -> None:
    assert not is_predictable(parse(pattern))


@pytest.mark.parametrize("pattern", PREDICTABLE[:-1])
def test_patterns_that_cannot_go_to_python(pattern: str) -> None:
    assert is_predictable(parse(pattern))
    assert isinstance(getattr(matcher(pattern), "__self__", None), re.Pattern)


def looked_at(pattern: str, text: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many sets of characters a new automaton compares with characters of the text."""
    count = 0
    contains = Characters.__contains__

    def counting(self: Characters, character: str) -> bool:
        nonlocal count
        count += 1
        return contains(self, character)

    with monkeypatch.context() as patched:
        patched.setattr(Characters, "__contains__", counting)
        Automaton(parse(pattern)).matches(text)
    return count


@pytest.mark.parametrize("pattern", [*HOSTILE, "(a|b)*a(a|b){300}"])
def test_the_work_grows_with_the_text_at_most(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for unit in ("a", "ab", "aab1"):
        short, long = (looked_at(pattern, unit * count, monkeypatch) for count in (500, 2000))
        assert long <= 4 * short + 4
        assert short <= 4 * 500 * len(pattern)


def test_memory_is_bounded() -> None:
    automaton = Automaton(parse("(a|b)*a(a|b){400}c"))
    text = "".join("ab"[number * number % 7 % 2] for number in range(4000))
    most = 0
    for end in range(0, len(text), 500):
        assert not automaton.matches(text[:end])
        most = max(most, automaton.remembered)
    assert 1000 < most <= REMEMBERED_STEPS + 1000


def test_what_was_forgotten_changes_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relaxgen.runtime.expression.REMEMBERED_STEPS", 5)
    automaton = Automaton(parse("(a|b)*a(a|b){6}(ca?)*"))
    for number in range(300):
        text = format(number, "b").replace("0", "a").replace("1", "b") + "ca" * (number % 3)
        assert automaton.matches(text) == bool(re.fullmatch("(a|b)*a(a|b){6}(ca?)*", text))


def test_counts_cost_nothing_until_texts_are_long(monkeypatch: pytest.MonkeyPatch) -> None:
    assert looked_at("(a?){4294967294}b", "a" * 1000 + "b", monkeypatch) < 4000
    assert Automaton(parse("(a?){4294967294}b")).matches("aab")
    assert not Automaton(parse("(ab?){4294967294}")).matches("aab")


@pytest.mark.parametrize("pattern", ["(a{0,1000}){0,1000}", "((a?){2,1000}){7}", "((a*){0,9}){0,9}"])
def test_a_repetition_in_a_repetition_is_one(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert looked_at(pattern, "a" * 1000, monkeypatch) <= 2000


@pytest.mark.parametrize(
    "pattern", ["(a{0,2}){0,3}", "(a{0,2}){3}", "(a?){0}", "(a{0}){3,}", "(a{0,2})*", "((a?)*){2}"]
)
def test_a_repetition_in_a_repetition_has_the_same_bounds(pattern: str) -> None:
    automaton = Automaton(parse(pattern))
    assert [automaton.matches("a" * count) for count in range(9)] == [
        bool(re.fullmatch(pattern, "a" * count)) for count in range(9)
    ]


ATOMS = st.sampled_from(["a", "b", "[ab]", "[^a]", r"\\d", "", "[^b\\D]", "é"])
QUANTIFIERS = st.sampled_from(["", "?", "*", "+", "{2}", "{0,2}", "{2,}", "{1,3}", "{0}"])


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    piece = st.builds(lambda atom, quantifier: f"({atom}){quantifier}", inner, QUANTIFIERS)
    return st.lists(st.lists(piece, max_size=3).map("".join), min_size=1, max_size=3).map("|".join)


PATTERNS = st.recursive(ATOMS, _larger, max_leaves=8)


@settings(deadline=None, max_examples=400)
@given(PATTERNS, st.lists(st.text("abé1\u0661\n", max_size=7), max_size=5))
def test_both_matchers_agree(pattern: str, texts: list[str]) -> None:
    python, automaton, chosen = re.compile(pattern), Automaton(parse(pattern)), matcher(pattern)
    for text in texts:
        expected = python.fullmatch(text) is not None
        assert automaton.matches(text) == expected
        assert bool(chosen(text)) == expected


@settings(deadline=None, max_examples=200)
@given(PATTERNS)
def test_what_is_called_predictable_is_unambiguous(pattern: str) -> None:
    """The claim behind `is_predictable`, by counting: the ways to match a text do not grow with its length."""
    if not is_predictable(parse(pattern)):
        return
    size = sum(character in "ab]déD" for character in pattern) + 1
    for text in ("a" * 8, "b" * 8, "ab" * 4, "1" * 8):
        assert _ways(pattern, text) <= size


def _ways(pattern: str, text: str) -> int:
    """In how many ways the pattern matches the text: paths through its tree, each character by one of its sets."""
    from relaxgen.runtime.expression import Choice, Empty, Expression, Repetition, Sequence

    def ends(tree: Expression, start: int) -> list[int]:
        match tree:
            case Characters():
                return [start + 1] if start < len(text) and text[start] in tree else []
            case Sequence():
                return [end for middle in ends(tree.first, start) for end in ends(tree.second, middle)]
            case Choice():
                return [end for branch in tree.branches for end in ends(branch, start)]
            case Repetition():
                found, current = ([start] if tree.least == 0 else []), [start]
                for count in range(1, min(tree.most if tree.most is not None else 99, len(text) + tree.least) + 1):
                    current = [end for middle in current for end in ends(tree.body, middle) if end > middle]
                    found += current if count >= tree.least else []
                return found
            case Empty():
                return [start]

    return ends(parse(pattern), 0).count(len(text))


def test_a_datatype_with_a_hostile_pattern_answers() -> None:
    datatype: Datatype = create(XML_SCHEMA, "string", (("pattern", "(a|aa)+b"),))
    assert not datatype.allows("a" * 10_000)
    assert datatype.allows("a" * 10_000 + "b")
