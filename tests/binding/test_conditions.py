"""Conditions that no author means: an error, and never a recursion without end."""

from __future__ import annotations

import pytest
from relaxgen.binding.conditions import WrongCondition, read_condition


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("(" * 50_000 + "a" + ")" * 50_000, "is longer than 5000 characters"),
        ("(" * 2_000 + "a" + ")" * 2_000, "is nested too deeply"),
        ("not(" * 900 + "a" + ")" * 900, "is nested too deeply|tests 'a'"),
        ("a" + " and a" * 800, "is nested too deeply|tests 'a'"),
    ],
)
def test_a_condition_is_bounded(text: str, message: str) -> None:
    with pytest.raises(WrongCondition, match=message):
        read_condition(text, [])
