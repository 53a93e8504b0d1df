"""Hints in messages: the nearest word, or what is known."""

from __future__ import annotations

from pathlib import Path

import relaxgen
from relaxgen.diagnostics.errors import did_you_mean, nearest_or_all
from relaxgen.runtime.converters import hint_at


def test_the_nearest_word_is_named() -> None:
    assert did_you_mean("dsik", ["disk", "pool"]) == hint_at("dsik", ["disk", "pool"]) == " (did you mean 'disk'?)"
    assert did_you_mean("x", ["disk"]) == hint_at("x", ["disk"]) == ""


def test_without_a_near_word_all_are_listed_but_of_many_the_first() -> None:
    assert nearest_or_all("x", ["disk", "pool"]) == "; expected one of: disk, pool"
    many = [f"name{number}" for number in range(500)]
    assert nearest_or_all("x", many).endswith(", name18, name19 and 480 more")
    assert nearest_or_all("x", []) == ""


def test_the_generator_words_the_hint_in_one_place() -> None:
    top = Path(relaxgen.__file__).parent
    found = {file.relative_to(top) for file in top.rglob("*.py") if "did you mean" in file.read_text("utf-8")}
    assert {file.as_posix() for file in found if file.parts[0] != "runtime"} == {"diagnostics/errors.py"}
