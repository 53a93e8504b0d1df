"""Rows of names: all names in their order, none too long, and few rows change with one name."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from relaxgen.python.view import steady_rows

NAMES = st.lists(st.text("abcdefgh", min_size=1, max_size=30), max_size=200, unique=True).map(sorted)


@given(NAMES)
def test_rows_have_all_names_in_their_order_and_none_is_too_long(names: list[str]) -> None:
    rows = steady_rows(names, 60, 2)
    assert [name for row in rows for name in row] == names
    assert all(len(", ".join(row)) <= 60 for row in rows)


def test_a_new_name_changes_the_rows_near_it_only() -> None:
    names = [f"Class{number:03}" for number in range(300)]
    before = steady_rows(names, 100, 2)
    for number in range(0, 300, 7):
        after = steady_rows(sorted([*names, f"Class{number:03}New"]), 100, 2)
        assert len([row for row in after if row not in before]) <= 6


def test_a_name_that_is_longer_than_a_row_has_one_of_its_own() -> None:
    assert steady_rows(["a", "b" * 80, "c"], 60, 2)[1] == ["b" * 80]
