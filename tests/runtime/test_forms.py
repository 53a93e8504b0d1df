"""What the native engine is told of datatypes: forms, and the automata of patterns."""

from __future__ import annotations

import random

import pytest
from relaxgen.runtime.datatypes import create
from relaxgen.runtime.expression import DEPENDS, NOWHERE, Machine, matcher
from relaxgen.runtime.markup import XML_SCHEMA
from relaxgen.runtime.native import COLLAPSED, KEPT, REPLACED, form_of, word_form

PATTERNS = ("[0-9a-f]{2}(:[0-9a-f]{2}){5}", "(a|ab)*b?", "[^é]*", "a|", "\\d{1,3}", "[^a-z]{2}|x.*", "[à-ÿ]+a?", "()")


def allows(machine: Machine, text: str) -> bool | None:
    """As the engine goes through a text; None where it is left to Python."""
    code = machine.start
    for character in text:
        code = machine.follow(code // 2, character if character.isascii() else "")
        if code < 0:
            return False if code == NOWHERE else None
    return bool(code % 2)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_machine_allows_what_its_pattern_matches(pattern: str) -> None:
    chance = random.Random(pattern)
    machine, matches = Machine(pattern), matcher(pattern)
    known = 0
    for _ in range(500):
        text = "".join(chance.choice("0a9bfx:\n é٣𝄞") for _ in range(chance.choice((0, 1, 2, 3, 17))))
        found = allows(machine, text)
        assert found in (None, bool(matches(text))), text
        known += found is not None
    assert known > 100


def test_characters_beyond_ascii_are_one_step_where_they_are_alike() -> None:
    assert Machine("[^/]").follow(0, "") >= 0
    assert Machine("[a-z]").follow(0, "") == NOWHERE
    assert Machine("[a-é]").follow(0, "") == DEPENDS
    assert Machine("\\d").follow(0, "") == DEPENDS


def test_states_are_numbered_one_after_the_other() -> None:
    machine = Machine("abc|abd")
    assert machine.start == 0
    assert [machine.follow(0, "a"), machine.follow(1, "b"), machine.follow(2, "c"), machine.follow(2, "d")] == [
        2,
        4,
        7,
        7,
    ]
    assert machine.follow(2, "e") == NOWHERE


TOKEN = ("name token", "", COLLAPSED, ())


@pytest.mark.parametrize(
    ("type", "params", "expected"),
    [
        ("string", (), ("text", "", KEPT, ())),
        ("normalizedString", (("length", "2"),), ("text", "", REPLACED, (("length", 2),))),
        ("token", (("maxLength", "9" * 30),), ("text", "", COLLAPSED, (("maxLength", 2**31 - 1),))),
        ("byte", (), ("integer", "", COLLAPSED, (("minInclusive", "-128"), ("maxInclusive", "127")))),
        ("decimal", (("minExclusive", "1.50"),), ("decimal", "", COLLAPSED, (("minExclusive", "1.50"),))),
        ("gMonthDay", (), ("time", "--M-D", COLLAPSED, ())),
        ("gMonthDay", (("minInclusive", "--01-01"),), None),
        ("double", (("maxInclusive", "1"),), None),
        ("duration", (), None),
        (
            "NMTOKENS",
            (("maxLength", "3"),),
            ("list", "", COLLAPSED, (("item", TOKEN), ("minLength", 1), ("maxLength", 3))),
        ),
        ("ENTITIES", (), None),
        ("QName", (), None),
        ("ENTITY", (), None),
    ],
)
def test_forms(type: str, params: tuple[tuple[str, str], ...], expected: object) -> None:
    assert form_of(create(XML_SCHEMA, type, params)) == expected


def test_forms_of_words() -> None:
    assert word_form(create(XML_SCHEMA, "token"), " a  b ") == ("word", "a b", COLLAPSED, ())
    assert word_form(create(XML_SCHEMA, "string"), " a") == ("word", " a", KEPT, ())
    assert word_form(create(XML_SCHEMA, "int"), "1") is None
