"""Documents with something changed, most of them only a little wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

PIECES = (
    b"<!-- c -->", b"<!-- -- -->", b"<?pi data?>", b"<?xml version='1.0'?>", b"<![CDATA[x]]>", b"<!DOCTYPE a>",
    b"]]>", b"&amp;", b"&lt;", b"&#65;", b"&#x1F600;", b"&#13;", b"&#0;", b"&#xD800;", b"&#;", b"&nope;", b"&", b"<",
    b">", b"/", b"'", b'"', b"=", b" ", b"\n", b"\t", b"\r", b"\r\n", b"\0", b"\x01", b"\x7f", b"\xc3\xa9", b"\xff",
    b"\xed\xa0\x80", b"\xef\xbf\xbe", b"\xef\xbb\xbf", b"\xf0\x9f\x98\x80", b" xmlns='urn:one'",
    b" xmlns:p='urn:one'", b" xmlns:q='urn:one'", b" xmlns=''", b" xml:lang='en'", b" xml:id='a b'", b" p:x='1'",
    b" x='1' x='2'", b"<p:a/>", b"<a/>", b"<a></a>", b"</a>", b"<a xmlns='urn:one'>t</a>", b"xmlns", b"xml", b"yes",
    b"no", b"0x10", b" 1 ", b"007", b"-1", b"::", b"a:b",
)  # fmt: skip
"""What is put into documents somewhere."""

_TAG = re.compile(rb"<[^<>]*>")
_LINE = re.compile(rb"[^\n]+\n")
_BYTES = re.compile(rb"(?s).{8}")
_VALUE = re.compile(rb"='[^']*'|=\"[^\"]*\"")

Change = Callable[[bytes, Random], bytes]


def _span(data: bytes, random: Random, longest: int = 40) -> tuple[int, int]:
    start = random.randint(0, len(data))
    return start, min(len(data), start + random.randint(0, longest))


def _insert(data: bytes, random: Random) -> bytes:
    at = random.randint(0, len(data))
    return data[:at] + random.choice(PIECES) + data[at:]


def _insert_in_tag(data: bytes, random: Random) -> bytes:
    """Behind a name or a value, where most of the pieces say something."""
    ends = [match.end() for match in _VALUE.finditer(data)] + [match.end() - 1 for match in _TAG.finditer(data)]
    ends += [match.end() for match in _TAG.finditer(data)]
    at = random.choice(ends) if ends else 0
    return data[:at] + random.choice(PIECES) + data[at:]


def _delete(data: bytes, random: Random) -> bytes:
    start, end = _span(data, random)
    return data[:start] + data[end:]


def _repeat(data: bytes, random: Random) -> bytes:
    start, end = _span(data, random, 200)
    return data[:end] + data[start:end] + data[end:]


def _move(data: bytes, random: Random) -> bytes:
    start, end = _span(data, random, 200)
    piece, rest = data[start:end], data[:start] + data[end:]
    at = random.randint(0, len(rest))
    return rest[:at] + piece + rest[at:]


def _change_byte(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data) or 1)
    return data[:at] + bytes([random.randrange(256)]) + data[at + 1 :]


def _cut(data: bytes, random: Random) -> bytes:
    return data[: random.randint(0, len(data))]


def _swap_tags(data: bytes, random: Random) -> bytes:
    tags = list(_TAG.finditer(data))
    if len(tags) < 2:
        return data
    one, other = sorted(random.sample(tags, 2), key=lambda tag: tag.start())
    return b"".join([data[: one.start()], other[0], data[one.end() : other.start()], one[0], data[other.end() :]])


def _drop_tag(data: bytes, random: Random) -> bytes:
    tags = list(_TAG.finditer(data))
    tag = random.choice(tags) if tags else None
    return data if tag is None else data[: tag.start()] + data[tag.end() :]


def _repeat_tags(data: bytes, random: Random) -> bytes:
    """One tag, or all from one to a near one, often enough for any limit to a number or depth."""
    tags = list(_TAG.finditer(data))
    if not tags:
        return data
    first = random.randrange(len(tags))
    last = min(len(tags) - 1, first + random.randrange(3))
    start, end = tags[first].start(), tags[last].end()
    return data[:end] + data[start:end] * random.choice((1, 40, 260)) + data[end:]


def _repeat_line(data: bytes, random: Random) -> bytes:
    """Lines are elements, as documents are usually laid out."""
    lines = data.split(b"\n")
    lines.insert(random.randint(0, len(lines)), random.choice(lines))
    return b"\n".join(lines)


def _swap_lines(data: bytes, random: Random) -> bytes:
    lines = data.split(b"\n")
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def _change_value(data: bytes, random: Random) -> bytes:
    values = list(_VALUE.finditer(data))
    if not values:
        return data
    value, other = random.choice(values), random.choice(values)
    return data[: value.start()] + other[0] + data[value.end() :]


CHANGES: Sequence[Change] = (
    _insert, _insert_in_tag, _insert_in_tag, _delete, _repeat, _move, _change_byte, _cut, _swap_tags, _drop_tag,
    _repeat_tags, _repeat_line, _swap_lines, _swap_lines, _change_value, _change_value,
)  # fmt: skip


def mutant(data: bytes, random: Random) -> bytes:
    """The document with one to three changes."""
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        data = random.choice(CHANGES)(data, random)
    return data


def crossed(data: bytes, other: bytes, random: Random) -> bytes:
    """The document with a tag, a line, a value or some bytes of another one in the place of its own, or beside it."""
    find = random.choice((_TAG, _LINE, _VALUE, _BYTES))
    own, others = list(find.finditer(data)), list(find.finditer(other))
    if not own or not others:
        return data
    place, piece = random.choice(own), random.choice(others)
    return data[: place.start()] + piece[0] + data[random.choice(place.span()) :]
