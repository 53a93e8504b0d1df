"""The algebra of cardinalities, as tables and by its laws."""

from __future__ import annotations

import itertools

import pytest
from relaxgen.binding.cardinality import (
    MANY,
    MANY_AT_LEAST_ONE,
    ONE,
    OPTIONAL,
    Cardinality,
    either,
    optional,
    repeated,
    total,
)

ALL = (ONE, OPTIONAL, MANY, MANY_AT_LEAST_ONE)
SOME = MANY_AT_LEAST_ONE
BOUNDS = {ONE: (1, 1), OPTIONAL: (0, 1), MANY: (0, 2), SOME: (1, 2)}
"""The fewest and the most, where 2 stands for any number."""


def with_bounds(fewest: int, most: int) -> Cardinality:
    return next(one for one, bounds in BOUNDS.items() if bounds == (min(fewest, 1), min(most, 2)))


@pytest.mark.parametrize(
    ("cardinality", "text"), [(ONE, "one"), (OPTIONAL, "optional"), (MANY, "many"), (SOME, "many, at least one")]
)
def test_a_cardinality_says_what_it_is(cardinality: Cardinality, text: str) -> None:
    assert str(cardinality) == text


@pytest.mark.parametrize(("left", "right"), [*itertools.product(ALL, ALL)], ids=str)
def test_a_group_adds(left: Cardinality, right: Cardinality) -> None:
    (fewest, most), (more_fewest, more_most) = BOUNDS[left], BOUNDS[right]
    assert total(left, right) == with_bounds(fewest + more_fewest, most + more_most)


@pytest.mark.parametrize(("left", "right"), [*itertools.product(ALL, ALL)], ids=str)
def test_a_choice_takes_either(left: Cardinality, right: Cardinality) -> None:
    (fewest, most), (other_fewest, other_most) = BOUNDS[left], BOUNDS[right]
    assert either(left, right) == with_bounds(min(fewest, other_fewest), max(most, other_most))


@pytest.mark.parametrize("present", ALL, ids=str)
def test_what_one_side_lacks(present: Cardinality) -> None:
    assert total(present, None) == total(None, present) == present
    assert either(present, None) == either(None, present) == optional(present)


@pytest.mark.parametrize(
    ("given", "in_optional", "in_one_or_more"),
    [(ONE, OPTIONAL, SOME), (OPTIONAL, OPTIONAL, MANY), (MANY, MANY, MANY), (SOME, MANY, SOME)],
    ids=str,
)
def test_optional_and_repetition(given: Cardinality, in_optional: Cardinality, in_one_or_more: Cardinality) -> None:
    assert optional(given) == in_optional
    assert repeated(given) == in_one_or_more
    assert optional(repeated(given)) == MANY


@pytest.mark.parametrize("operation", [total, either])
def test_order_and_grouping_do_not_matter(operation: object) -> None:
    assert callable(operation)
    for one, two, three in itertools.product(ALL, ALL, ALL):
        assert operation(one, two) == operation(two, one)
        assert operation(operation(one, two), three) == operation(one, operation(two, three))


@pytest.mark.parametrize("operation", [total, either])
def test_something_stands_on_one_side_at_least(operation: object) -> None:
    assert callable(operation)
    with pytest.raises(AssertionError):
        operation(None, None)
