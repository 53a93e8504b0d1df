"""The normal form of patterns: what means the same is, as far as it is cheap, the same object."""

from __future__ import annotations

import pytest
from relaxgen.runtime.patterns import (
    ANY_NAME,
    NAME,
    UNLOCATED,
    Attribute,
    Element,
    Group,
    Interleave,
    NameClass,
    Patterns,
)


@pytest.fixture
def patterns() -> Patterns:
    return Patterns()


def element(patterns: Patterns, name: str) -> Element:
    return patterns.add(Element(NameClass((NAME, "", name)), 0, UNLOCATED, None))


def attribute(patterns: Patterns, name: str) -> Attribute:
    return patterns.add(Attribute(NameClass((NAME, "", name)), patterns.text, UNLOCATED))


def test_choices_are_flat_sorted_and_without_repetition(patterns: Patterns) -> None:
    a, b, c = (element(patterns, name) for name in "abc")
    assert patterns.choice((a, a)) is a
    assert patterns.choice((c, patterns.choice((b, a)), b)) is patterns.choice((a, b, c))
    assert patterns.choice((a, patterns.not_allowed)) is a
    assert patterns.choice(()) is patterns.not_allowed


def test_empty_vanishes_from_a_choice_that_allows_nothing_anyway(patterns: Patterns) -> None:
    a = element(patterns, "a")
    assert patterns.choice((patterns.empty, patterns.any_number(a))) is patterns.any_number(a)
    assert patterns.choice((patterns.empty, a)).nullable


def test_groups_nest_to_the_right(patterns: Patterns) -> None:
    a, b, c = (element(patterns, name) for name in "abc")
    left = patterns.group(patterns.group(a, b), c)
    assert left is patterns.group(a, patterns.group(b, c))
    assert isinstance(left, Group)
    assert left.first is a
    assert patterns.group(a, patterns.empty) is a
    assert patterns.group(patterns.not_allowed, a) is patterns.group(a, patterns.not_allowed) is patterns.not_allowed
    assert patterns.group(patterns.text, patterns.text) is patterns.text


def test_interleaves_are_flat_and_sorted_and_keep_repetitions(patterns: Patterns) -> None:
    a, b, c = (element(patterns, name) for name in "abc")
    whole = patterns.interleave((c, patterns.interleave((b, a))))
    assert whole is patterns.interleave((a, b, c))
    assert patterns.interleave((a, a)) is not a
    assert patterns.interleave((a, patterns.empty, patterns.text, patterns.text)) is patterns.interleave(
        (patterns.text, a)
    )
    assert patterns.interleave((a, patterns.not_allowed)) is patterns.not_allowed
    assert patterns.interleave((patterns.empty,)) is patterns.empty


def test_a_wide_interleave_is_balanced_and_knows_its_names(patterns: Patterns) -> None:
    members = [element(patterns, f"e{number}") for number in range(100)]
    whole = patterns.interleave(members)
    assert isinstance(whole, Interleave)
    assert whole.flat_parts() == tuple(members)
    assert whole.names == {f"e{number}" for number in range(100)}
    depth, part = 0, patterns.interleave(members)
    while isinstance(part, Interleave):
        depth, part = depth + 1, part.first
    assert depth < 8


def test_an_open_name_class_leaves_the_names_of_an_interleave_open(patterns: Patterns) -> None:
    anything = patterns.add(Element(NameClass((ANY_NAME, None)), 0, UNLOCATED, None))
    whole = patterns.interleave((element(patterns, "a"), patterns.any_number(anything)))
    assert isinstance(whole, Interleave)
    assert whole.names is None


def test_repetitions_of_repetitions_are_one(patterns: Patterns) -> None:
    a = element(patterns, "a")
    once = patterns.one_or_more(a)
    assert patterns.one_or_more(once) is once
    assert patterns.one_or_more(patterns.any_number(a)) is patterns.any_number(a)
    assert patterns.one_or_more(patterns.text) is patterns.text
    assert patterns.one_or_more(patterns.empty) is patterns.empty


def test_patterns_know_their_attributes_in_order(patterns: Patterns) -> None:
    x, y, a = attribute(patterns, "x"), attribute(patterns, "y"), element(patterns, "a")
    assert patterns.group(y, patterns.choice((patterns.group(x, a), y))).attributes == (y, x)
    assert a.attributes == ()


def test_forgetting_keeps_what_is_held_and_what_that_is_made_of(patterns: Patterns) -> None:
    a, b = element(patterns, "a"), element(patterns, "b")
    kept, other = patterns.group(a, patterns.one_or_more(b)), patterns.group(b, a)
    patterns.forget([kept])
    assert patterns.made == 0
    assert patterns.group(a, patterns.one_or_more(b)) is kept
    assert patterns.group(b, a) is not other


def test_forgetting_drops_what_was_computed_from_a_pattern(patterns: Patterns) -> None:
    a = element(patterns, "a")
    kept = patterns.group(a, patterns.one_or_more(a))
    a.mixed = kept.closed = patterns.not_allowed
    patterns.forget([kept])
    assert kept.closed is None
    assert a.mixed is None
