"""Converters for octets."""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from collections.abc import Iterator

from .converters import Converter, wrong_type


class HexBinaryConverter(Converter[bytes]):
    """Octets as pairs of hexadecimal digits, in capitals where the schema allows them."""

    __slots__ = ()
    expected = ("pairs of hexadecimal digits",)

    def read(self, text: str) -> bytes:
        return bytes.fromhex(text)

    def spellings(self, value: bytes) -> Iterator[str]:
        text = _octets(value).hex()
        yield text.upper()
        yield text


class Base64Converter(Converter[bytes]):
    """Octets in base64, without white space."""

    __slots__ = ()
    expected = ("base64 data",)

    def read(self, text: str) -> bytes:
        return a2b_base64("".join(text.split()), strict_mode=True)

    def spellings(self, value: bytes) -> Iterator[str]:
        yield b2a_base64(_octets(value), newline=False).decode("ascii")


def _octets(value: object) -> bytes:
    if not isinstance(value, (bytes, bytearray, memoryview)):
        raise wrong_type(value, "bytes")
    return bytes(value)
