"""Documents as expat reports them: long tokens, encodings, places."""

from __future__ import annotations

import random
from io import BytesIO

import pytest
from relaxgen.runtime import events
from relaxgen.runtime.events import Reader, Unreadable, chunks_of, source_of


def place_of_fault(data: bytes, chunk: int, monkeypatch: pytest.MonkeyPatch) -> tuple[str, int, int] | None:
    """What is wrong with a document that is read in chunks of this size, and where."""
    with monkeypatch.context() as patched:
        patched.setattr(events, "CHUNK", chunk)
        reader = Reader()
        encoding, chunks = chunks_of(source_of(BytesIO(data).getvalue()))
        reader.prepare(encoding)
        try:
            reader.read(lambda: None, chunks)
        except Unreadable as error:
            return error.message, error.line, error.column
        return None


BODIES = [
    "c" * 300,
    "é" * 300,
    "漢" * 300,
    "😀" * 300,
    "- " * 200,
    "ab-\n" * 99,
    "c\r\n" * 150,
    "->x" * 99,
    "?> x" * 99,
    " ",
]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
@pytest.mark.parametrize(("opening", "closing"), [("<!--", "-->"), ("<?p ", "?>")])
@pytest.mark.parametrize("rest", ["</r>", "<x></r>", "\x01</r>", "<x/>", "--></r>", "\n &lt; <x></r>"])
def test_pieces_of_long_tokens_change_neither_verdicts_nor_places(
    body: str, opening: str, closing: str, rest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for prefix in ("<r>", "", "<r>\n<!--x-->"):
        for end in (closing, closing.replace("-->", "--->"), ""):
            data = f"{prefix}{opening}{body}{end}{rest if prefix else '<r>' + rest}".encode()
            whole = place_of_fault(data, 1 << 16, monkeypatch)
            for chunk in (7, 16, 61):
                assert place_of_fault(data, chunk, monkeypatch) == whole


@pytest.mark.parametrize("seed", range(100))
def test_documents_of_long_tokens_are_read_in_any_pieces(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Since 2.6, expat may leave a piece unread for a while, with tokens that end and begin in it."""
    chance = random.Random(seed)
    kinds = (b"<!--%b-->", b"<?p %b?>", b"<e a='%b'/>", b"<![CDATA[%b]]>", b"%b")
    tokens = [chance.choice(kinds) % (b"x" * int(chance.triangular(0, 600, 10))) for _ in range(chance.randint(1, 6))]
    data = b"<?xml version='1.0'\n\n\n\n?>\n<r>" + b"".join(tokens) + b"</r>"
    for chunk in (5, 16, 61, 200):
        assert place_of_fault(data, chunk, monkeypatch) is None


@pytest.mark.parametrize("body", ["c", "- ", "->", "\r", "?", "\u00e9"])
@pytest.mark.parametrize(("opening", "closing"), [("<!--", "-->"), ("<?p ", "?>")])
def test_what_is_read_again_of_a_long_comment_does_not_grow_with_its_square(
    body: str, opening: str, closing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What expat has not finished is what it must read again."""
    monkeypatch.setattr(events, "CHUNK", 1000)
    reader = Reader()
    encoding, chunks = chunks_of(source_of(f"<r>{opening}c" + body * (100_000 // len(body)) + f"{closing}</r>"))
    parser = reader.prepare(encoding)
    given, again = 0, 0

    class Counting:
        def __getattr__(self, name: str) -> object:
            return getattr(parser, name)

        def Parse(self, data: bytes, is_final: bool) -> None:
            nonlocal given, again
            again += given - max(parser.CurrentByteIndex, 0)
            parser.Parse(data, is_final)
            given += len(data)

    reader.parser = Counting()
    reader.read(lambda: None, chunks)
    assert given > 100_000
    assert again < 2 * given


def test_a_tag_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MAXIMUM_TOKEN", 1000)
    monkeypatch.setattr(events, "CHUNK", 100)
    fault = place_of_fault(b"<r a='" + b"x" * 5000, 100, monkeypatch)
    assert fault is not None
    assert fault[0] == "a tag or a comment has more than 1,000 bytes"
