"""Texts for examples: plausible content for an attribute or an element."""

from __future__ import annotations

from ..binding.naming import words
from ..relaxng.pattern import Data, Pattern, Text, Value
from ..sampling.datatype_texts import Texts, checker_of, is_token

_BY_LAST_WORD = {
    **dict.fromkeys(("path", "file", "dir", "directory", "filename"), "/path/to/example"),
    **dict.fromkeys(("url", "uri", "href"), "https://example.org/"),
    **dict.fromkeys(("address", "ip"), "192.0.2.1"),
    **dict.fromkeys(("host", "hostname", "domain"), "example.org"),
    **dict.fromkeys(("description", "title", "comment"), "An example"),
}
"""Names often say what a text is. RFC 5737 and RFC 2606 reserve these addresses and host names for documentation."""

_BY_TYPE = {
    "anyURI": ("https://example.org/",),
    "base64Binary": ("YWJj",),
    "boolean": ("true",),
    "hexBinary": ("0a1b2c3d",),
    "language": ("en",),
}

_USUAL = (
    *("example", "/path/to/example", "1", "2", "4", "10", "16", "64", "100", "1024", "0", "-1", "1.0"),
    *("example.org", "https://example.org/", "192.0.2.1", "2001:db8::1", "52:54:00:12:34:56"),
    *("6c1a3b5e-0f2d-4c8b-9a7e-1d2c3b4a5f60", "en", "0x1", "1-4", "vda"),
    *("2024-01-31", "2024-01-31T12:00:00", "12:00:00", "P1D", "2024", "2024-01", "--01-31", "---31", "--01"),
)
"""Tried in this order, against every datatype and every regular expression."""


def example_text(leaf: Text | Data | Value, name: str, texts: Texts, in_list: bool = False) -> str:
    """A text that `leaf` allows, for an element or an attribute called `name`."""
    if isinstance(leaf, Text):
        return _BY_LAST_WORD.get(_last_word(name), "example")
    if isinstance(leaf, Data):
        usual = usual_text(leaf, name, in_list)
        if usual is not None:
            return usual
    several = texts.several(leaf, in_list)
    return next((text for text in several if text), "")


def usual_text(data: Data, name: str, in_list: bool = False) -> str | None:
    """A well-known text that the datatype allows; None if it allows none."""
    is_allowed = checker_of(data)
    by_name = _BY_LAST_WORD.get(_last_word(name))
    candidates = (*((by_name,) if by_name else ()), *_BY_TYPE.get(data.datatype.type, ()), *_USUAL)
    return next((text for text in candidates if (not in_list or is_token(text)) and is_allowed(text)), None)


def is_plain(pattern: Pattern, name: str) -> bool:
    """Whether a well-known text exists for a member of a choice: a UUID with hyphens comes before one without."""
    return not isinstance(pattern, Data) or usual_text(pattern, name) is not None


def _last_word(name: str) -> str:
    return words(name)[-1] if words(name) else ""
