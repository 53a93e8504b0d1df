"""One element cut out of a document, and faults in it put back into their places."""

from __future__ import annotations

from io import BytesIO

import pytest
from relaxgen.runtime.faults import Fault
from relaxgen.runtime.streaming import Fragment, cut_out

DOCUMENT = (
    "<?xml version='1.0'?>\n<a xmlns='urn:a' xmlns:p='urn:p'>\n  <!-- <b/> -->"
    "<p:b x='1'\n     y='ü'>text<c/></p:b> tail\n  <d/><e/></a>\n"
)


def cut(ordinal: int, text: str = DOCUMENT) -> Fragment:
    fragment = cut_out(BytesIO(text.encode()), ordinal)
    assert fragment is not None
    return fragment


def raw_of(fragment: Fragment) -> str:
    """The element as the document has it."""
    text, width = fragment.data.decode(), fragment.name_width
    return text[:width] + text[width + fragment.inserted :]


@pytest.mark.parametrize(
    ("ordinal", "raw", "line", "column"),
    [
        (1, "<p:b x='1'\n     y='ü'>text<c/></p:b>", 3, 16),
        (2, "<c/>", 4, 16),
        (3, "<d/>", 5, 3),
        (4, "<e/>", 5, 7),
    ],
)
def test_an_element_is_cut_out_with_its_place(ordinal: int, raw: str, line: int, column: int) -> None:
    fragment = cut(ordinal)
    assert (raw_of(fragment), fragment.line, fragment.column) == (raw, line, column)


def test_the_namespaces_around_it_are_declared_on_it() -> None:
    assert cut(2).data == b"<c xmlns='urn:a' xmlns:p='urn:p'/>"
    assert cut(0).data == DOCUMENT[DOCUMENT.index("<a") :].rstrip().encode()


def test_a_fault_has_its_place_in_the_document() -> None:
    fragment = cut(1)
    shift = fragment.inserted
    on_name = fragment.placed(Fault("f", 1, 1, "", "code", "message"))
    assert (on_name.line, on_name.column) == (3, 16)
    assert on_name.source_line == "  <!-- <b/> --><p:b x='1'"
    on_attribute = fragment.placed(Fault("f", 1, 6 + shift, "", "code", "message"))
    assert on_attribute.source_line[on_attribute.column - 1 :] == "x='1'"
    below = fragment.placed(Fault("f", 2, 6, "", "code", "message"))
    assert below.source_line == "     y='ü'>text<c/></p:b> tail"
    assert below.source_line[below.column - 1 :].startswith("y='ü'")
    assert fragment.placed(Fault("f", 0, 0, "", "code", "message")).line == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "iso-8859-1"])
def test_every_encoding_is_read(encoding: str) -> None:
    text = DOCUMENT.replace("?>", f" encoding='{encoding}'?>") if encoding == "iso-8859-1" else DOCUMENT
    fragment = cut_out(BytesIO(text.encode(encoding)), 1)
    assert fragment is not None
    assert "y='ü'" in raw_of(fragment)
    assert (fragment.line, fragment.column) == (3, 16)


def test_what_stands_far_before_it_is_not_held() -> None:
    text = "<a>" + "<b>\n</b>" * 50_000 + f"<c x='1'>{'y' * 200_000}</c></a>"
    fragment = cut(50_001, text)
    assert raw_of(fragment) == f"<c x='1'>{'y' * 200_000}</c>"
    assert (fragment.line, fragment.column, fragment.lines[0][:5]) == (50_001, 5, "</b><")
    assert raw_of(cut(50_001, text.replace("\n", " "))) == raw_of(fragment)


@pytest.mark.parametrize("text", ["<a><b></a>", "<a/>", "", "no XML"])
def test_what_cannot_be_read_so_far_is_not_cut(text: str) -> None:
    assert cut_out(BytesIO(text.encode()), 1) is None
