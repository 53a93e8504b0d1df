"""The order of children, against its definition: pairs of names that the groups of a schema have in one order only."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from itertools import combinations
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from relaxgen.binding.cardinality import ONE
from relaxgen.binding.child_order import child_order, schema_order
from relaxgen.binding.contents import ChildUse, ContentReader, Contents, NameSequence
from relaxgen.binding.model import ChildOrder
from relaxgen.relaxng.name_class import AnyName, Name, QName
from relaxgen.relaxng.pattern import Choice, Element, Empty, Group, Interleave, OneOrMore, Optional, Pattern

NAMES = [QName("", letter) for letter in "abcdef"]

parts = st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True).map(tuple)
name_sequences = st.lists(parts, min_size=2, max_size=4).map(tuple)
contents_with_sequences = st.builds(
    lambda names, sequences: Contents(children=dict.fromkeys(names, ChildUse(ONE, ())), sequences=sequences),
    st.permutations(NAMES),
    st.frozensets(name_sequences, max_size=3),
)


def pairs_of(sequences: frozenset[NameSequence]) -> set[tuple[QName, QName]]:
    found = {
        (before, later)
        for sequence in sequences
        for left, right in combinations(sequence, 2)
        for before in left
        for later in right
    }
    return {(before, later) for before, later in found if before != later}


@given(contents_with_sequences)
def test_the_order_has_what_is_first_as_far_as_groups_allow(contents: Contents) -> None:
    pairs = pairs_of(contents.sequences)
    predecessors: dict[QName, set[QName]] = {name: set() for name in contents.children}
    for before, later in pairs:
        if (later, before) not in pairs:
            predecessors[later].add(before)
    order = schema_order(contents)
    assert sorted(order, key=str) == NAMES
    try:
        list(TopologicalSorter(predecessors).static_order())
    except CycleError:
        assert order == list(contents.children)
        return
    rank = list(contents.children).index
    for index, name in enumerate(order):
        free = [one for one in order[index:] if predecessors[one] <= set(order[:index])]
        assert name == min(free, key=rank)


@given(contents_with_sequences)
def test_the_order_is_the_only_one_where_all_pairs_agree(contents: Contents) -> None:
    pairs = pairs_of(contents.sequences)
    place = schema_order(contents).index
    agrees = all(place(before) < place(later) for before, later in pairs)
    expected = ChildOrder.ONE if agrees else ChildOrder.SEVERAL
    assert child_order(contents) is (expected if pairs else ChildOrder.ANY)


A, B, C, OTHER = [Element(Name(QName("", name)), Empty()) for name in "abco"]
ANY_ELEMENT = Element(AnyName(), Empty())


@pytest.mark.parametrize(
    ("repeated", "expected"),
    [
        (Group((A, A, ANY_ELEMENT)), ChildOrder.SEVERAL),
        (Group((Optional(A), Choice((B, C)))), ChildOrder.SEVERAL),
        (Interleave((A, B)), ChildOrder.SEVERAL),
        (Optional(Choice((Interleave((A, B)), C))), ChildOrder.SEVERAL),
        (Choice((A, B)), ChildOrder.ANY),
        (Choice((Group((A, A)), B)), ChildOrder.ANY),
        (Group((A, B)), ChildOrder.ANY),  # one list has all of them
    ],
)
def test_parts_that_repeat_together_have_no_one_order(repeated: Pattern, expected: ChildOrder) -> None:
    table: Any = SimpleNamespace(identify=lambda _schema, one: SimpleNamespace(number=id(one)))
    pattern = Interleave((OneOrMore(repeated), OTHER))
    assert child_order(ContentReader(table).of_pattern(0, pattern)) is expected
