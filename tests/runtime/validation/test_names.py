"""Names and name classes as the validator sees them."""

from __future__ import annotations

import pytest
from relaxgen.runtime.patterns import (
    ANY_NAME,
    NAME,
    NAME_CHOICE,
    NS_NAME,
    NameClass,
    Symbols,
    describe,
    split,
    symbol,
    written_name,
)

A, B = (NAME, "", "a"), (NAME, "urn:n", "b")


@pytest.mark.parametrize(
    ("data", "inside", "outside"),
    [
        (A, ["a"], ["b", symbol("urn:n", "a")]),
        ((NAME_CHOICE, A, B), ["a", symbol("urn:n", "b")], ["b"]),
        ((NS_NAME, "urn:n", None), [symbol("urn:n", "x")], ["x", symbol("urn:m", "x")]),
        ((NS_NAME, "", A), ["b"], ["a", symbol("urn:n", "b")]),
        ((ANY_NAME, None), ["a", symbol("urn:n", "b")], []),
        ((ANY_NAME, (NAME_CHOICE, A, (NS_NAME, "urn:n", B))), ["b", symbol("urn:n", "b")], ["a", symbol("urn:n", "a")]),
    ],
)
def test_a_name_class_contains_its_names(data: tuple[object, ...], inside: list[str], outside: list[str]) -> None:
    name_class = NameClass(data)
    assert all(name in name_class for name in inside)
    assert not any(name in name_class for name in outside)


def test_a_finite_name_class_lists_its_names() -> None:
    assert list(NameClass((NAME_CHOICE, B, A, B)).names or ()) == [symbol("urn:n", "b"), "a"]
    assert NameClass((NAME_CHOICE, A, (ANY_NAME, None))).names is None


def test_unknown_names_of_a_namespace_share_a_symbol_that_no_name_has() -> None:
    symbols = Symbols([("", "a"), ("urn:n", "b")])
    assert symbols.of("a") == "a"
    assert symbols.of(symbol("urn:n", "b")) == symbol("urn:n", "b")
    assert symbols.of("x") == symbols.of("y") != symbols.of(symbol("urn:n", "x"))
    assert symbols.of(symbol("urn:1", "x")) == symbols.of(symbol("urn:2", "y")) != symbols.of("x")
    for name in ("x", symbol("urn:n", "x"), symbol("urn:1", "a")):
        for data in (A, B, (NS_NAME, "urn:n", B), (ANY_NAME, (NS_NAME, "urn:n", None))):
            assert (name in NameClass(data)) == (symbols.of(name) in NameClass(data))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (A, "a"),
        ((NAME_CHOICE, A, B), "a or b"),
        ((ANY_NAME, None), "any name"),
        ((ANY_NAME, A), "any name but a"),
        ((ANY_NAME, (NAME_CHOICE, (NS_NAME, "", None), (NS_NAME, "urn:n", None))), "a name in another namespace"),
        ((NS_NAME, "", None), "a name in no namespace"),
        ((NS_NAME, "urn:n", B), "a name in the namespace 'urn:n' but b"),
    ],
)
def test_a_name_class_is_described_in_words(data: tuple[object, ...], words: str) -> None:
    assert describe(data) == words


def test_names_are_split_and_written() -> None:
    assert split(symbol("urn:n", "b")) == ("urn:n", "b")
    assert split("a") == ("", "a")
    assert written_name(f"{symbol('urn:n', 'b')}\x1fp") == (symbol("urn:n", "b"), "p:b")
    assert written_name(symbol("urn:n", "b")) == (symbol("urn:n", "b"), "b")
