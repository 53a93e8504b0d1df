"""The parts of faithful text: which child is which, and what a gap says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from relaxgen.runtime.faithful import align, increasing
from relaxgen.runtime.layout import changed, comments_above, cut, read_nodes, replaced_inside, without_child, written
from relaxgen.runtime.markup import escape_text

TEXTS = st.text(alphabet="ab<&>\n é]", max_size=8)
RAWS = st.lists(
    st.sampled_from(
        ["a", "b", "&lt;", "&#x41;", "é", "<!-- c -->", "<?p?>", "<![CDATA[a<b]]>", "<![CDATA[]]>", "\r\n"]
    ),
    max_size=6,
).map("".join)


def said(raw: str) -> str:
    return read_nodes(f"<a>{raw}</a>".encode())[0].gaps[0]


@pytest.mark.parametrize(
    ("raw", "wanted", "expected"),
    [
        ("a&#x42;c", "aBd", "a&#x42;d"),
        ("a<!--x-->b", "ac", "a<!--x-->c"),
        ("<!--x-->", "v", "v<!--x-->"),
        ("<![CDATA[a<b]]>", "a<c", "<![CDATA[a<c]]>"),
        ("<![CDATA[ab]]>", "ab<", "<![CDATA[ab<]]>"),
        ("a<![CDATA[b]]>c", "d", "d"),
    ],
)
def test_a_gap_changes_as_little_as_can_be(raw: str, wanted: str, expected: str) -> None:
    assert written(changed(raw, wanted, escape_text)) == expected


@given(RAWS, TEXTS)
def test_a_changed_gap_says_what_is_wanted_and_keeps_its_comments(raw: str, wanted: str) -> None:
    result = written(changed(raw, wanted, escape_text))
    assert said(result) == wanted
    assert result.count("<!-- c -->") == raw.count("<!-- c -->")


@given(RAWS, st.integers(0, 9))
def test_a_gap_that_is_cut_says_the_same(raw: str, length: int) -> None:
    text = said(raw)
    length = min(length, len(text))
    first, second = cut(changed(raw, text, escape_text), [length, len(text) - length], escape_text)
    assert (said(first), said(second)) == (text[:length], text[length:])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("\n  ", "\n  ", "\n  "),
        ("\n  <!--a-->\n  ", "\n", "\n  <!--a-->\n"),
        ("\r\n  ", "\r\n  ", "\r\n  "),
        (" ", " ", " "),
        ("", "", ""),
        ("\n  ", " <!--b-->\n", "\n  <!--b-->\n"),
    ],
)
def test_a_child_that_goes_takes_its_line_along(before: str, after: str, expected: str) -> None:
    assert without_child(before, after) == expected


def test_comments_directly_above_are_found() -> None:
    gap = "\n  <!-- far -->\n\n  <!-- one -->\n  <!-- two -->\n  "
    start, end = comments_above(gap)
    assert gap[start:end] == "\n  <!-- one -->\n  <!-- two -->"


def test_white_space_around_a_text_stays() -> None:
    assert replaced_inside("\n a \n", "b") == "\n b \n"
    assert replaced_inside("\n ", "b") == "b\n "


@given(st.lists(st.sampled_from("abc"), max_size=8), st.lists(st.sampled_from("abc"), max_size=8))
def test_every_child_is_at_most_one_of_the_original(old: list[str], new: list[str]) -> None:
    olds, news = (
        read_nodes(f"<r>{''.join(f'<{n}/>' for n in names)}</r>".encode())[0].children for names in (old, new)
    )
    pairs = align(olds, news)
    found = [pair for pair in pairs if pair is not None]
    assert len(found) == len(set(found)) == sum(min(old.count(name), new.count(name)) for name in "abc")
    assert all(pair is None or old[pair] == new[index] for index, pair in enumerate(pairs))


def test_a_long_list_with_one_child_less_is_aligned() -> None:
    olds = read_nodes(("<r>" + "".join(f"<a n='{number}'/>" for number in range(2000)) + "</r>").encode())[0].children
    assert align(olds, olds[:1000] + olds[1001:]) == [*range(1000), *range(1001, 2000)]


@given(st.permutations(range(8)))
def test_an_increasing_subsequence_increases(values: list[int]) -> None:
    found = [values[position] for position in increasing(values)]
    assert found == sorted(found)
    assert found
