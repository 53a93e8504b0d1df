"""C string and character literals: from the text between the quotes to the text that they mean (C17, 6.4.5)."""

from __future__ import annotations

import re

_ESCAPE = re.compile(
    r"\\(?:(?P<simple>[\"'?\\abefnrtv])|(?P<octal>[0-7]{1,3})|x(?P<hex>[0-9a-fA-F]+)"
    r"|u(?P<short>[0-9a-fA-F]{4})|U(?P<long>[0-9a-fA-F]{8})|(?P<splice>\n)|(?P<unknown>[\s\S]))"
)
_SIMPLE = dict(zip("\"'?\\abefnrtv", b"\"'?\\\a\b\x1b\f\n\r\t\v", strict=True))
_SHOWN = 12


class LiteralError(ValueError):
    """``offset`` is where in the literal it is wrong."""

    def __init__(self, offset: int, message: str) -> None:
        super().__init__(message)
        self.offset = offset


def string_bytes(literal: str) -> bytes:
    """Returns the bytes of a string literal, with its quotes and an optional ``u8``.

    ``"\\x41\\102\\n"`` gives ``b"AB\\n"``. Bytes, since two adjacent literals can share one character of UTF-8.

    Raises:
        LiteralError: an escape sequence is unknown or names no character.
    """
    start = literal.index('"') + 1
    return _unescape(literal, start, len(literal) - 1)


def character_value(literal: str) -> int:
    """Raises:
    LiteralError: as `string_bytes`, and where the literal is not one byte.
    """
    value = _unescape(literal, 1, len(literal) - 1)
    if len(value) != 1:
        raise LiteralError(0, f"a character constant of one byte is expected, not {_shortened(literal)}")
    return value[0]


def _unescape(literal: str, start: int, end: int) -> bytes:
    pieces: list[bytes] = []
    while start < end:
        backslash = literal.find("\\", start, end)
        plain_end = end if backslash < 0 else backslash
        pieces.append(literal[start:plain_end].encode("utf-8", "surrogateescape"))
        start = plain_end
        if backslash >= 0:
            match = _ESCAPE.match(literal, backslash, end)
            assert match is not None  # the last alternative takes any character, and the tokenizer wants one
            pieces.append(_escaped(match))
            start = match.end()
    return b"".join(pieces)


def _escaped(match: re.Match[str]) -> bytes:
    kind, text = match.lastgroup or "", match[match.lastgroup or 0]
    match kind:
        case "simple":
            return bytes([_SIMPLE[text]])
        case "octal" | "hex":
            return _byte(match, text, 8 if kind == "octal" else 16)
        case "short" | "long":
            return _character(match, text)
        case "splice":
            return b""
        case _:
            raise LiteralError(match.start(), f"unknown escape sequence {match.group()!r}")


def _byte(match: re.Match[str], digits: str, base: int) -> bytes:
    value = int(digits, base)
    if value > 0xFF:
        raise LiteralError(match.start(), f"escape sequence {_shortened(match.group())} is more than one byte")
    return bytes([value])


def _character(match: re.Match[str], digits: str) -> bytes:
    try:
        return chr(int(digits, 16)).encode("utf-8")
    except (ValueError, OverflowError):  # UnicodeEncodeError, for surrogates, is a ValueError
        raise LiteralError(match.start(), f"escape sequence {match.group()} names no character") from None


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
