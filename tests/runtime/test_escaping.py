"""Texts and names as XML carries them, with libxml2 and expat as witnesses."""

from __future__ import annotations

from xml.parsers import expat

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from relaxgen.runtime.markup import attribute_text, checked_name, escape_text

ALLOWED = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters=[*map(chr, range(9)), *map(chr, (11, 12)),
                  *map(chr, range(14, 32)), "\ufffe", "\uffff"])
)  # fmt: skip


@given(text=ALLOWED)
def test_text_comes_back(text: str) -> None:
    assert (etree.fromstring(f"<a>{escape_text(text)}</a>").text or "") == text
    assert etree.fromstring(f"<a b='{attribute_text(text)}'/>").get("b") == text


@pytest.mark.parametrize(
    "character", [*map(chr, range(9)), "\x0b", "\x0c", "\x1f", "\ud800", "\udfff", "\ufffe", "\uffff"]
)
def test_what_xml_cannot_carry_is_named_with_its_place(character: str) -> None:
    for escape in (escape_text, attribute_text):
        with pytest.raises(ValueError, match=f"character U\\+{ord(character):04X} at 2 is not allowed in XML"):
            escape(f"ab{character}")


@pytest.mark.parametrize("name", ["a", "_", "a-b", "a.b", "é", "ß1", "a\u0301", "x\U0001f600", "名前"])
def test_names_pass(name: str) -> None:
    assert checked_name(name) == name
    assert etree.fromstring(f"<{name}/>").tag == name


@pytest.mark.parametrize(
    "name", ["", "1", "-a", ".a", "a b", "a:b", "a>", "a/", "a\n", "a='1'", "\u0301a", "×", "\u037e"]
)
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not a name of XML"):
        checked_name(name)


@given(name=st.text(st.characters(max_codepoint=0x3FF, exclude_categories=["Cs"]), min_size=1, max_size=3))
def test_what_expat_takes_for_a_name_passes(name: str) -> None:
    """The other way round newer editions of XML have more names."""
    seen: list[str] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, _attributes: seen.append(tag)
    try:
        parser.Parse(f"<{name}/>", True)
    except (expat.ExpatError, UnicodeError):
        return
    if seen == [name] and ":" not in name:
        assert checked_name(name) == name
