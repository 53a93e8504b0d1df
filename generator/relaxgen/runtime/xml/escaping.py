"""Characters that XML has a meaning for, those that it cannot carry, and names."""

from __future__ import annotations

import re
from functools import cache

_special_in_attribute = re.compile("[&<>'\x00-\x1f]").search
_special_in_text = re.compile("[&<>\x00-\x08\x0b-\x1f]").search
_ATTRIBUTE_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&apos;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)
_TEXT_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_NAME_START = (
    "A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME = f"[{_NAME_START}][-.0-9\xb7\u0300-\u036f\u203f\u2040{_NAME_START}]*"
"""As in the fifth edition of XML, without the colon."""


def attribute_text(text: str) -> str:
    """The text between the quotes of an attribute.

    Raises:
        ValueError: a character that XML cannot carry.
    """
    if text.isalnum() or (text.isascii() and _special_in_attribute(text) is None):
        return text
    _refuse_forbidden(text)
    return text.translate(_ATTRIBUTE_ESCAPES)


def escape_text(text: str) -> str:
    """Text between tags; raises what `attribute_text` does."""
    if text.isalnum() or (text.isascii() and _special_in_text(text) is None):
        return text
    _refuse_forbidden(text)
    return text.translate(_TEXT_ESCAPES)


@cache
def _forbidden() -> re.Pattern[str]:
    """Compiled when it is needed: this takes as long as importing several modules of a package."""
    return re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def _refuse_forbidden(text: str) -> None:
    found = _forbidden().search(text)
    if found is not None:
        raise ValueError(f"character U+{ord(found.group()):04X} at {found.start()} cannot stand in XML")


def checked_name(name: str) -> str:
    """A name without prefix, as a tag or an attribute may have it.

    Raises:
        ValueError: it is none; written, it would be something else.
    """
    if (name.isascii() and name.isidentifier()) or re.fullmatch(_NAME, name):
        return name
    raise ValueError(f"{name!r} is no name of XML")
