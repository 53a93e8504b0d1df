"""Truth values and octets."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import Any

from .datatype import LENGTHS, PATTERN, Datatype, Namespaces

TRUTH_VALUES = {"true": True, "1": True, "false": False, "0": False}

_hexadecimal = re.compile("(?:[0-9a-fA-F]{2})*").fullmatch
_base64 = re.compile("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=|[A-Za-z0-9+/][AQgw]==)?").fullmatch


class Boolean(Datatype):
    noun = "true or false"
    facets = PATTERN

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        if text not in TRUTH_VALUES:
            raise ValueError(f"is not {self.noun}")
        return TRUTH_VALUES[text]


class HexBinary(Datatype):
    noun = "pairs of hexadecimal digits"
    facets = LENGTHS | PATTERN
    unit = "octet"

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        if _hexadecimal(text) is None:
            raise ValueError(f"is not {self.noun}")
        return bytes.fromhex(text)


class Base64Binary(Datatype):
    """``base64Binary``: white space may stand anywhere; the bits that padding leaves over must be zero."""

    noun = "base64 data"
    facets = LENGTHS | PATTERN
    unit = "octet"

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        packed = text.replace(" ", "")
        if _base64(packed) is None:
            raise ValueError(f"is not {self.noun}")
        return b64decode(packed)
