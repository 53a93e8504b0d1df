"""The least fixpoint of costs: cycles, chains, and how often a cost is computed."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from relaxgen.sampling.least_costs import least_costs


def test_an_item_that_needs_itself_has_no_finite_cost() -> None:
    needs = {"a": ["a"], "b": []}
    assert least_costs(
        "ab", needs.__getitem__, lambda item, known: 1 + sum(known.get(n, inf) for n in needs[item])
    ) == {"b": 1}


def test_a_cycle_with_an_exit_costs_what_the_exit_costs() -> None:
    alternatives = {"list": [["item"], []], "item": [["list"]]}

    def cost(item: str, known: Mapping[str, float]) -> float:
        return min(1 + sum(known.get(one, inf) for one in each) for each in alternatives[item])

    found = least_costs(tuple(alternatives), lambda item: {n for each in alternatives[item] for n in each}, cost)
    assert found == {"list": 1, "item": 2}


def test_a_chain_is_walked_once_whatever_its_length() -> None:
    for length in (10, 1000):
        calls = 0

        def cost(item: int, known: Mapping[int, float], length: int = length) -> float:
            nonlocal calls
            calls += 1
            return 1 + (known.get(item + 1, inf) if item + 1 < length else 0)

        found = least_costs(range(length), lambda item, length=length: [item + 1] if item + 1 < length else [], cost)
        assert (found[0], calls) == (length, length)
