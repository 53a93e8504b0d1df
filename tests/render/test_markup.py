"""What keeps texts of a schema texts, in Markdown and in comments."""

from __future__ import annotations

import pytest
from relaxgen.render.markup import code, comment, escaped, fenced


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain words, 1.2 and e-mail", "plain words, 1.2 and e-mail"),
        ("a <b> | 1*2 _x_", r"a \<b\> \| 1\*2 \_x\_"),
        ("# heading", r"\# heading"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("1.2.0", "1.2.0"),
        ("two\n\n  lines", "two lines"),
        (" or ", " or "),
        ("[x](y)", r"\[x\](y)"),
        ("&amp;", r"\&amp;"),
        ("https://example.org", r"https\://example.org"),
    ],
)
def test_text_is_escaped_for_markdown(text: str, expected: str) -> None:
    assert escaped(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("disk", "`disk`"),
        ("a|b", r"`a\|b`"),
        ("`", "`` ` ``"),
        ("```", "```` ``` ````"),
        ("two\nlines", "`two lines`"),
        ("", "(empty)"),
    ],
)
def test_code_has_a_fence_that_nothing_inside_can_end(text: str, expected: str) -> None:
    assert code(text) == expected


def test_a_block_of_code_has_a_longer_fence_than_anything_inside() -> None:
    assert fenced("```\n", "xml") == "````xml\n```\n````"


@pytest.mark.parametrize("text", ["-->", "*/", "a\nb", "a\r\u2028b", "<!--", "<script>"])
def test_a_comment_stays_one(text: str) -> None:
    found = comment(text)
    assert not any(end in found for end in ("--", "*/", "\n", "\r", "\u2028", "<", ">"))
