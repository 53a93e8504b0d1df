"""Comparisons that could take exponential time, or more depth than there is: a proof, a document, an honest doubt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from relaxgen.evolution.inclusion import Inclusion, Verdict, compare_documents, counterexample_search

from tests.evolution.inclusion.test_cases import form_of

OPENING = (
    '<grammar xmlns="http://relaxng.org/ns/structure/1.0"'
    ' datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes"><start>'
)

Compare = Callable[[str, str], Inclusion]


@pytest.fixture
def compare(tmp_path: Path) -> Compare:
    def compare(narrow: str, wide: str) -> Inclusion:
        forms = []
        for name, pattern in (("narrow", narrow), ("wide", wide)):
            path = tmp_path / f"{name}.rng"
            path.write_text(f"{OPENING}{pattern}</start></grammar>", encoding="utf-8")
            forms.append(form_of(path))
        return compare_documents(*forms)

    return compare


def element(name: str, *content: str) -> str:
    return f"<element name='{name}'>{''.join(content) or '<empty/>'}</element>"


def attribute(name: str, content: str = "<text/>") -> str:
    return f"<attribute name='{name}'>{content}</attribute>"


def pattern(tag: str, *content: str) -> str:
    return f"<{tag}>{''.join(content)}</{tag}>"


def text_like(expression: str) -> str:
    return f"<data type='string'><param name='pattern'>{expression}</param></data>"


def optional(*content: str) -> str:
    return pattern("optional", *content)


def nested(depth: int, innermost: str) -> str:
    for number in range(depth):
        innermost = element(f"n{number}", innermost)
    return innermost


def test_wide_interleaves_are_compared_member_by_member(compare: Compare) -> None:
    members = [optional(element(f"e{number}")) for number in range(60)]
    whole, reversed_ = (
        element("a", pattern("interleave", *members)),
        element("a", pattern("interleave", *members[::-1])),
    )
    assert compare(whole, reversed_).verdict is Verdict.INCLUDED
    assert compare(whole, element("a", pattern("interleave", *members[1:]))).verdict is Verdict.NOT_INCLUDED


def test_what_alternatives_have_in_common_is_compared_once(compare: Compare) -> None:
    common = [optional(element(f"e{number}")) for number in range(40)]
    one, other = element("x"), element("y")
    alternatives = [pattern("interleave", *common, one), pattern("interleave", *common, other)]
    narrow = element("a", pattern("interleave", *common, pattern("choice", one, other)))
    assert compare(narrow, element("a", pattern("choice", *alternatives))).verdict is Verdict.INCLUDED


def test_many_optional_attributes_are_no_matter(compare: Compare) -> None:
    attributes = [optional(attribute(f"x{number}")) for number in range(30)]
    halves = (pattern("group", *attributes[1:]), pattern("group", *attributes[:-1]))
    inclusion = compare(element("a", *attributes), element("a", pattern("choice", *halves)))
    (found,) = inclusion.counterexamples
    assert found.witness == "<a x0='x' x29='x'/>\n"


def test_expressions_with_exponential_automata_are_left_undecided(compare: Compare) -> None:
    expressions = [text_like(f"(a|b)*{letter}(a|b){{15}}") for letter in "ab"]
    inclusion = compare(*(element("a", attribute("x", one)) for one in expressions))
    assert inclusion.verdict is Verdict.UNDECIDED
    assert [(doubt.xpath, doubt.reason) for doubt in inclusion.undecided] == [
        ("/a/@x", "there are too many kinds of values to compare")
    ]


@pytest.mark.parametrize("name", ["minInclusive", "minExclusive", "maxInclusive", "maxExclusive"])
def test_bounds_longer_than_python_writes_numbers_are_no_trouble(compare: Compare, name: str) -> None:
    narrow, wide = (
        element("a", f"<data type='integer'><param name='{name}'>{digits}</param></data>")
        for digits in ("9" * 5000, "1" + "0" * 5000)
    )
    assert compare(narrow, narrow).verdict is Verdict.INCLUDED
    assert compare(narrow, wide).verdict is (Verdict.NOT_INCLUDED if name.startswith("min") else Verdict.INCLUDED)


def test_a_comparison_ends_when_its_states_are_used_up(compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counterexample_search, "MAXIMUM_STATES", 3)
    names = [element(f"e{number}") for number in range(9)]
    inclusion = compare(element("a", *names), element("a", *names, optional(element("f"))))
    assert [doubt.reason for doubt in inclusion.undecided] == ["the comparison takes too many states"]


def test_deep_elements_are_compared(compare: Compare) -> None:
    one, other = (nested(140, element("z", *content)) for content in ((), (optional(attribute("q")),)))
    assert compare(one, other).verdict is Verdict.INCLUDED
    (found,) = compare(other, one).counterexamples
    assert found.xpath.endswith("/n1/n0/z/@q")


def told_apart(compare: Compare, depth: int) -> Inclusion:
    """What stands beside elements depends on what is at so many levels inside them."""
    values = [nested(depth, element("z", attribute("q", f"<value>{text}</value>"))) for text in ("1", "2")]
    both = nested(depth, element("z", attribute("q", "<choice><value>2</value><value>1</value></choice>")))
    choices = (pattern("group", one, element(name)) for one, name in zip(values, ("x", "y"), strict=True))
    narrow = element("a", both, pattern("choice", element("x"), element("y")))
    return compare(narrow, element("a", pattern("choice", *choices)))


def test_elements_are_told_apart_by_what_is_deep_inside(compare: Compare) -> None:
    inclusion = told_apart(compare, 60)
    assert inclusion.verdict is Verdict.NOT_INCLUDED
    assert not inclusion.undecided


def test_elements_told_apart_by_what_is_deeper_are_left_undecided(compare: Compare) -> None:
    inclusion = told_apart(compare, counterexample_search.MAXIMUM_DEPTH + 5)
    assert [doubt.reason for doubt in inclusion.undecided] == [
        "elements are nested too deeply to distinguish them by their content"
    ]


def test_long_groups_are_no_matter(compare: Compare) -> None:
    names = [element(f"e{number}") for number in range(800)]
    assert compare(element("a", *names), element("a", *names, optional(element("f")))).verdict is Verdict.INCLUDED
