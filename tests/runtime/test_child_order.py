"""Children in a remembered order, after edits of every kind."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from relaxgen.runtime.element import (
    ANY_ELEMENT,
    LONGEST_REMEMBERED,
    Element,
    Parts,
    attribute,
    child,
    flag,
    is_usual,
    open_elements,
    rearranged,
    restored,
)
from relaxgen.runtime.markup import AnyElement


class Letters(Element):
    x: str = attribute()
    a: str = child()
    b: str = child()
    c: bool = flag(default=False)
    d: str = child()
    elements: list[AnyElement] = open_elements(default_factory=list)


def arranged(children: Parts, order: tuple[str, ...], owner: type[Element]) -> Parts:
    """As formatting has it."""
    as_before = restored(children, order, owner)
    return rearranged(children, order, owner) if as_before is None else as_before


def parts(text: str) -> list[tuple[str, str]]:
    """`aab` → three children; each text says which of its name it is."""
    return [(name, f"{name}{text[:index].count(name)}") for index, name in enumerate(text)]


def schema_order(text: str) -> str:
    return "".join(sorted(text, key=f"abcd{ANY_ELEMENT}".index))


@pytest.mark.parametrize(
    ("order", "expected"), [("", True), ("a", True), ("aabbcd*", True), ("ad", True), ("ba", False)]
)
def test_an_order_is_usual_when_the_schema_has_it(order: str, expected: bool) -> None:
    assert is_usual(Letters, tuple(order)) is expected
    assert is_usual(Letters, tuple(order * 100)) is (expected and len(set(order)) < 2)


@pytest.mark.parametrize(
    ("remembered", "now", "expected"),
    [
        ("ba", "ab", "ba"),
        ("bab", "abb", "bab"),
        ("bab", "ab", "ba"),
        ("bab", "bb", "bb"),
        ("ba", "aab", "baa"),
        ("bad", "abcd", "bacd"),
        ("da", "abd", "bda"),
        ("da", "ad*", "da*"),
        ("*a", "a**", "**a"),
        ("ba", "", ""),
        ("ba", "cd", "cd"),
    ],
)
def test_children_find_their_places(remembered: str, now: str, expected: str) -> None:
    found = arranged(parts(now), tuple(remembered), Letters)
    assert "".join(name for name, _ in found) == expected
    assert sorted(found) == sorted(parts(now))


def test_children_that_are_not_those_of_the_document_have_no_order_to_go_back_to() -> None:
    assert restored(parts("ab"), ("b", "a"), Letters) == [("b", "b0"), ("a", "a0")]
    assert restored(parts("abb"), ("b", "a"), Letters) is None


LETTERS = st.text("abcd*", max_size=12)


@given(remembered=LETTERS, now=LETTERS)
def test_no_child_is_lost_and_none_of_one_name_overtakes_another(remembered: str, now: str) -> None:
    found = arranged(parts(schema_order(now)), tuple(remembered), Letters)
    assert sorted(found) == sorted(parts(schema_order(now)))
    for name in "abcd*":
        texts = [text for other, text in found if other == name]
        assert texts == [f"{name}{number}" for number in range(len(texts))]


@given(remembered=LETTERS)
def test_what_was_not_edited_is_as_it_was(remembered: str) -> None:
    found = arranged(parts(schema_order(remembered)), tuple(remembered), Letters)
    assert "".join(name for name, _ in found) == remembered


@given(remembered=LETTERS, gone=st.integers(0, 11))
def test_what_was_removed_leaves_the_rest_in_order(remembered: str, gone: int) -> None:
    rest = remembered[:gone] + remembered[gone + 1 :]
    found = arranged(parts(schema_order(rest)), tuple(remembered), Letters)
    names = "".join(name for name, _ in found)
    assert sorted(names) == sorted(rest)
    if len(set(remembered)) == len(remembered):
        assert names == rest


def test_long_orders_are_put_back_too() -> None:
    letters = list("abcd" * LONGEST_REMEMBERED)
    random.Random(7).shuffle(letters)
    order = "".join(letters)
    assert "".join(name for name, _ in arranged(parts(schema_order(order)), tuple(order), Letters)) == order
