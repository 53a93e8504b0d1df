"""One element cut out of a document, and faults in it put back into their places."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from relaxgen.runtime.events import Unreadable, chunks_in_utf8
from relaxgen.runtime.faults import Fault
from relaxgen.runtime.streaming import Cutter, Fragment

DOCUMENT = (
    "<?xml version='1.0'?>\n<a xmlns='urn:a' xmlns:p='urn:p'>\n  <!-- <b/> -->"
    "<p:b x='1'\n     y='ü'>text<c/></p:b> tail\n  <d/><e/></a>\n"
)


class Nth:
    """The way to one element, by its number in document order."""

    def __init__(self, ordinal: int) -> None:
        self._left = ordinal

    def __str__(self) -> str:
        return "/path"

    def enter(self, _name: str, _attributes: Sequence[str]) -> bool:
        self._left -= 1
        return self._left == -1

    def leave(self) -> None:
        pass


def cut(ordinal: int, text: str | bytes = DOCUMENT) -> tuple[Fragment, list[str]]:
    """The element, and the lines of the document from its first on."""
    data = text.encode() if isinstance(text, str) else text
    chunks = [data[start : start + 1000] for start in range(0, len(data), 1000)] or [b""]
    cutter = Cutter(Nth(ordinal))
    return next((one, cutter.lines_from(one)) for one in cutter.fragments(chunks_in_utf8(chunks[0], iter(chunks))))


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
    fragment, _ = cut(ordinal)
    assert (fragment.raw.decode(), fragment.line, fragment.column) == (raw, line, column)


def test_the_namespaces_around_it_are_declared_on_it() -> None:
    assert b"".join(cut(2)[0].with_declarations()) == b"<c xmlns='urn:a' xmlns:p='urn:p'/>"
    assert b"".join(cut(0)[0].with_declarations()) == DOCUMENT[DOCUMENT.index("<a") :].rstrip().encode()
    document = cut(2)[0].document("f")
    assert (document.data, document.root.tag) == (b"<c xmlns='urn:a' xmlns:p='urn:p'/>", "{urn:a}c")
    assert document.root.nsmap == document.root.getparent().nsmap


def test_a_fault_has_its_place_in_the_document() -> None:
    fragment, lines = cut(1)
    shift = len(fragment.with_declarations()[1])
    on_name = fragment.placed(Fault("f", 1, 1, "", "code", "message"), lines)
    assert (on_name.line, on_name.column) == (3, 16)
    assert on_name.source_line == "  <!-- <b/> --><p:b x='1'"
    on_attribute = fragment.placed(Fault("f", 1, 6 + shift, "/b/@x", "code", "message"), lines)
    assert on_attribute.path == "/path/@x"
    assert on_attribute.source_line[on_attribute.column - 1 :] == "x='1'"
    below = fragment.placed(Fault("f", 2, 6, "", "code", "message"), lines)
    assert below.source_line == "     y='ü'>text<c/></p:b> tail"
    assert below.source_line[below.column - 1 :].startswith("y='ü'")
    assert fragment.placed(Fault("f", 0, 0, "", "code", "message"), lines).line == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "iso-8859-1"])
def test_every_encoding_is_read(encoding: str) -> None:
    text = DOCUMENT.replace("?>", f" encoding='{encoding}'?>") if encoding == "iso-8859-1" else DOCUMENT
    fragment, _ = cut(1, text.encode(encoding))
    assert "y='ü'" in fragment.raw.decode()
    assert (fragment.line, fragment.column) == (3, 16)


def test_what_stands_far_before_it_is_not_held() -> None:
    text = "<a>" + "<b>\n</b>" * 50_000 + f"<c x='1'>{'y' * 200_000}</c></a>"
    fragment, lines = cut(50_001, text)
    assert fragment.raw.decode() == f"<c x='1'>{'y' * 200_000}</c>"
    assert (fragment.line, fragment.column, lines[0][:5]) == (50_001, 5, "</b><")
    assert cut(50_001, text.replace("\n", " "))[0].raw == fragment.raw


@pytest.mark.parametrize("text", ["<a><b></a>", "<a>", "", "no XML"])
def test_what_cannot_be_read_so_far_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="not well-formed"):
        cut(1, text)


def test_a_long_comment_is_not_looked_at_again_with_each_piece() -> None:
    """In 4,000 pieces these would be 8 GB."""
    fragment, _ = cut(1, f"<a><!--{'x' * 4_000_000}--><b/></a>")
    assert fragment.raw == b"<b/>"


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_a_line_ends_as_xml_says(end: str) -> None:
    fragment, lines = cut(2, f"<a>{end}<b/> {end} <c/>-{end}</a>")
    assert (fragment.line, fragment.column, lines) == (3, 2, [" <c/>-"])


def test_a_line_whose_beginning_is_not_held_is_not_shown() -> None:
    fragment, lines = cut(20_001, "<a>" + "<b c='1'/>" * 20_000 + "<c>\n</c></a>")
    assert (fragment.column, lines[0], lines[1][:4]) == (200_004, "", "</c>")


@pytest.mark.parametrize("uri", ["urn:a b", "urn:\u00fc", "-:b"])
def test_a_namespace_that_parsing_refuses_is_refused_where_it_is_declared(uri: str) -> None:
    with pytest.raises(Unreadable, match=f"xmlns:x: '{uri}' is not a valid URI") as caught:
        cut(3, f"<a>\n<b xmlns:x='urn:x'><b xmlns:x='{uri}'><c/></b></b></a>")
    assert (caught.value.line, caught.value.column) == (2, 20)
