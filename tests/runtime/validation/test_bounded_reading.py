"""A document that cannot be read is read no further than its fault."""

from __future__ import annotations

from io import BytesIO

import pytest
from lxml import etree
from relaxgen.runtime.events import CHUNK, Source, Unreadable
from relaxgen.runtime.faults import LONGEST_BEGINNING, unreadable
from relaxgen.runtime.markup import any_element, attributes_of, may_have_many_attributes


class Endless(BytesIO):
    """A beginning, and one byte again and again; counts what is read."""

    def __init__(self, beginning: bytes, byte: bytes) -> None:
        super().__init__(beginning)
        self._byte = byte
        self.taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert size > 0, "an endless source must not be read whole"
        self.taken += size
        return super().read(size) or self._byte * size


@pytest.mark.parametrize(
    ("byte", "most", "shown"), [(b"\n", 2 * CHUNK, "<r a=b>"), (b"\0", LONGEST_BEGINNING + 3 * CHUNK, "")]
)
def test_the_line_of_a_fault_is_shown_without_the_rest(byte: bytes, most: int, shown: str) -> None:
    file = Endless(b"<r a=b>" + byte, byte)
    fault = unreadable(Source("x.xml", lambda: file), Unreadable("malformed", "wrong", 1, 6))
    assert fault.source_line == shown
    assert file.taken <= most


def test_a_later_line_is_shown() -> None:
    data = b"<r>\n" + b"x\r\n" * 100_000 + b"<a b=c>\n</r>" + b"\n" * 1_000_000
    fault = unreadable(Source("x.xml", lambda: BytesIO(data)), Unreadable("malformed", "wrong", 100_002, 6))
    assert fault.source_line == "<a b=c>"


def test_many_attributes_are_read_as_few_are() -> None:
    attributes = " ".join(f"a{number}='&lt;{number}'" for number in range(300))
    node = etree.fromstring(f"<x xmlns:p='urn:p' {attributes} p:b='2' xml:lang='en'/>")
    assert any_element(node).attributes == dict(node.items())
    assert list(any_element(node).attributes) == node.keys()
    assert {type(value) for value in any_element(node).attributes.values()} == {str}
    assert list(attributes_of(node)) == node.items()


def test_a_document_that_may_have_many_attributes_is_told_from_one_that_cannot() -> None:
    few = b"<x a='1' b='2'/>" * 100
    assert not may_have_many_attributes(b"<d>" + few + b"</d>")
    assert not may_have_many_attributes(b"")
    for before in range(0, 1600, 7):
        many = b"<d>" + few[:before] + b"<x" + b" a=''" * 100 + b"/></d>"
        assert may_have_many_attributes(many), before
