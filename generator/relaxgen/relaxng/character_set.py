"""Sets of characters for the translation of patterns: the characters of escapes, and classes of Python's `re`.

Unicode's categories and blocks are elementpath's tables, of one fixed
version, so that the same schema gives the same code under every Python.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from ..runtime.expression import LAST_CODE_POINT, Ranges, complement, normal
from ..runtime.name_types import NAME_CHARACTER, NAME_START

if TYPE_CHECKING:
    from elementpath.regex import UnicodeData

UNICODE_VERSION = "14.0.0"
"""The version of Python 3.11, the oldest supported."""


def subtract(ranges: Ranges, others: Ranges) -> Ranges:
    """`ranges` without `others`: the complement of the complement with the others added."""
    return complement(normal([*complement(ranges), *others]))


def class_source(ranges: Ranges) -> str:
    """A class of Python's for the code points, in the shorter of its two forms."""
    if not ranges:
        return r"[^\x00-\U0010ffff]"
    outside = complement(ranges)
    if not outside:
        return r"[\x00-\U0010ffff]"
    positive = "".join(_range_source(low, high) for low, high in ranges)
    if ranges[-1][1] < LAST_CODE_POINT:
        return f"[{positive}]"
    return "[^" + "".join(_range_source(low, high) for low, high in outside) + "]"


def _range_source(low: int, high: int) -> str:
    if low == high:
        return _class_character(low)
    return _class_character(low) + ("-" if high > low + 1 else "") + _class_character(high)


def _class_character(code_point: int) -> str:
    character = chr(code_point)
    return "\\" + character if character in r"\]^-[" else visible(character)


def visible(character: str) -> str:
    """The character itself where it is ASCII or Latin and can be seen, else an escape of Python's `re`."""
    code_point = ord(character)
    if 0x20 <= code_point < 0x7F or (0xA0 < code_point < 0x250 and code_point != 0xAD):
        return character
    if character in _CONTROL_ESCAPES:
        return _CONTROL_ESCAPES[character]
    if code_point < 0x100:
        return f"\\x{code_point:02x}"
    return f"\\u{code_point:04x}" if code_point < 0x10000 else f"\\U{code_point:08x}"


_CONTROL_ESCAPES = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


# The characters of escapes


@lru_cache(maxsize=256)
def escape_ranges(escape: str) -> Ranges:
    """Returns the code points of an escape with more than one character."""
    kind = escape[1]
    ranges = property_ranges(escape[3:-1]) if kind in "pP" else _MULTIPLE[kind.lower()]()
    assert ranges is not None  # the translator has checked the name
    return complement(ranges) if kind.isupper() else ranges


def _word_characters() -> Ranges:
    """Everything but punctuation, separators and others (appendix F.1.1)."""
    excluded = [pair for category in "PZC" for pair in property_ranges(category) or ()]
    return complement(normal(excluded))


def _python_class_ranges(inside: str) -> Ranges:
    character = r"(\\x..|\\u....|\\-|[^\\-])"
    pairs = re.findall(f"{character}(?:-{character})?", inside)
    return normal((_code_point(low), _code_point(high or low)) for low, high in pairs)


def _code_point(source: str) -> int:
    return int(source[2:], 16) if source[0] == "\\" and source[1] in "xu" else ord(source[-1])


@lru_cache(maxsize=64)
def property_ranges(name: str) -> Ranges | None:
    """The characters of a category (``Lu``) or a block (``IsBasicLatin``); None where Unicode has no such."""
    data = _unicode_data()
    try:
        subset = data.block(name[2:]) if name.startswith("Is") else data.category(name)
    except KeyError:
        return None
    pairs = ((entry, entry + 1) if isinstance(entry, int) else entry for entry in subset.codepoints)
    return normal((low, end - 1) for low, end in pairs)


_MULTIPLE: dict[str, Callable[[], Ranges | None]] = {
    "s": lambda: normal((ord(character), ord(character)) for character in " \t\n\r"),
    "d": lambda: property_ranges("Nd"),
    "w": _word_characters,
    "i": lambda: _python_class_ranges(NAME_START),
    "c": lambda: _python_class_ranges(NAME_CHARACTER),
}


@cache
def _unicode_data() -> UnicodeData:
    from elementpath.regex import UnicodeData  # a tenth of a second that few schemas need

    return UnicodeData(UNICODE_VERSION)


def property_names() -> list[str]:
    """The names that are allowed in ``\\p{...}``."""
    from elementpath.regex import unicode_blocks

    tables = [table for name, table in vars(unicode_blocks).items() if name.startswith(("UNICODE", "UPDATE"))]
    blocks = (name.replace(" ", "").replace("_", "") for table in tables for name in table)
    return [*_CATEGORIES.split(), *(f"Is{name}" for name in blocks)]


_CATEGORIES = "L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po Z Zs Zl Zp S Sm Sc Sk So C Cc Cf Co Cn"
"""Appendix F.1.1. ``Cs`` is left out there, since no XML text holds surrogates."""
