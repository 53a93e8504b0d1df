"""Characters that XML has a meaning for, and those that it cannot carry."""

from __future__ import annotations

import re

_FORBIDDEN = "\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
_special_in_attribute = re.compile(f"[&<>'\t\n\r{_FORBIDDEN}]").search
_special_in_text = re.compile(f"[&<>\r{_FORBIDDEN}]").search
_forbidden = re.compile(f"[{_FORBIDDEN}]").search
_ATTRIBUTE_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&apos;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)
_TEXT_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})


def attribute_text(text: str) -> str:
    """The text between the quotes of an attribute.

    Raises:
        ValueError: a character that XML cannot carry.
    """
    if text.isalnum() or _special_in_attribute(text) is None:
        return text
    _refuse_forbidden(text)
    return text.translate(_ATTRIBUTE_ESCAPES)


def escape_text(text: str) -> str:
    """Text between tags; raises what `attribute_text` does."""
    if text.isalnum() or _special_in_text(text) is None:
        return text
    _refuse_forbidden(text)
    return text.translate(_TEXT_ESCAPES)


def _refuse_forbidden(text: str) -> None:
    found = _forbidden(text)
    if found is not None:
        raise ValueError(f"character U+{ord(found.group()):04X} at {found.start()} cannot stand in XML")
