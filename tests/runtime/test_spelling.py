"""How near two words are."""

from __future__ import annotations

import pytest
from relaxgen.runtime.faults import by_nearness, distance, is_near, nearest


@pytest.mark.parametrize(
    ("word", "other", "expected"),
    [("", "", 0), ("a", "", 1), ("disk", "disk", 0), ("disk", "dsik", 1), ("disk", "disc", 1), ("disk", "desks", 2),
     ("extrenal", "external", 1), ("kitten", "sitting", 3), ("a" * 81, "b" * 81, 80), ("a" * 99, "a" * 99, 0)],
)  # fmt: skip
def test_the_distance_counts_edits_and_swaps(word: str, other: str, expected: int) -> None:
    assert distance(word, other) == expected
    assert distance(other, word) == expected


@pytest.mark.parametrize(
    ("word", "other", "expected"),
    [("snapshoot", "snapshot", True), ("tqpe", "type", True), ("oq", "os", True), ("TYPE", "type", True),
     ("a", "b", False), ("a", "a", True), ("bogus", "bus", False), ("dev", "file", False), ("name", "nmae", True),
     ("", "", True), ("", "a", False)],
)  # fmt: skip
def test_near_is_what_a_slip_makes_of_a_word(word: str, other: str, expected: bool) -> None:
    assert is_near(word, other) is expected
    assert is_near(other, word) is expected


def test_the_likeliest_word_comes_first_and_equals_keep_their_order() -> None:
    assert by_nearness("hdd", ["cdrom", "hd", "fd", "network", "hd"]) == ["hd", "fd", "cdrom", "network"]
    assert by_nearness("x", ["b", "a"]) == ["b", "a"]


def test_only_a_near_word_is_suggested() -> None:
    assert nearest("hdd", ["fd", "hd"]) == "hd"
    assert nearest("floppy", ["fd", "hd"]) == ""
    assert nearest("anything", []) == ""
