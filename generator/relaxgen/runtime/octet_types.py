"""Octets, in hexadecimal and in base64."""

from __future__ import annotations

import re
from binascii import a2b_base64
from collections.abc import Mapping
from typing import Any

from .datatypes import LENGTHS, PATTERN, Datatype, Namespaces

_hexadecimal = re.compile("(?:[0-9a-fA-F]{2})*").fullmatch
_BASE64 = "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=|[A-Za-z0-9+/][AQgw]==)?"
"""Compiled when it is first needed: that takes longer than to import the whole module."""


class HexBinary(Datatype):
    noun = "pairs of hexadecimal digits"
    facets = LENGTHS | PATTERN
    unit = "octet"

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        if _hexadecimal(text) is None:
            raise ValueError(f"is not {self.noun}")
        return bytes.fromhex(text)


class Base64Binary(Datatype):
    """``base64Binary``: white space is allowed anywhere; the bits that padding leaves over must be zero."""

    noun = "base64 data"
    facets = LENGTHS | PATTERN
    unit = "octet"

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        packed = text.replace(" ", "")
        if re.fullmatch(_BASE64, packed) is None:
            raise ValueError(f"is not {self.noun}")
        return a2b_base64(packed)


TYPES: Mapping[str, type[Datatype]] = {"hexBinary": HexBinary, "base64Binary": Base64Binary}
