"""Texts for examples: what an attribute or an element might plausibly hold."""

from __future__ import annotations

from collections.abc import Iterator

from ..binding.conversion import Kind
from ..binding.naming import words
from ..binding.values import (
    ChoiceType,
    ConvertedType,
    DatatypeType,
    EnumType,
    ListType,
    LiteralType,
    StringType,
    TokensType,
    ValueType,
    WordsType,
)
from ..sampling.datatype_texts import texts_for_parameter

_BY_LAST_WORD = {
    **dict.fromkeys(("path", "file", "dir", "directory", "filename"), "/path/to/example"),
    **dict.fromkeys(("url", "uri", "href"), "https://example.org/"),
    **dict.fromkeys(("address", "ip"), "192.0.2.1"),
    **dict.fromkeys(("host", "hostname", "domain"), "example.org"),
    **dict.fromkeys(("description", "title", "comment"), "An example"),
}
"""Names often tell what a text is; addresses and host names are those that RFC 5737 and RFC 2606 set aside."""

_USUAL = {
    Kind.STRING: (
        *("example", "/path/to/example", "1", "example.org", "https://example.org/", "192.0.2.1", "2001:db8::1"),
        *("52:54:00:12:34:56", "6c1a3b5e-0f2d-4c8b-9a7e-1d2c3b4a5f60", "en", "1.0", "0x1", "1-4", "vda"),
        *("2024-01-31", "2024-01-31T12:00:00", "12:00:00", "P1D", "2024", "2024-01", "--01-31", "---31", "--01"),
    ),
    Kind.INTEGER: ("1", "2", "4", "10", "16", "64", "100", "1024", "0", "-1"),
    Kind.DECIMAL: ("1.0", "1", "0", "-1"),
    Kind.FLOAT: ("1.0", "0", "-1"),
    Kind.BOOLEAN: ("true",),
    Kind.BYTES: ("0a1b2c3d", "00"),
}
"""Tried in order; a pattern that none of them matches is asked itself."""


def sample_text(value: ValueType | None, name: str) -> str:
    """A text of the type for what is called `name`."""
    match value:
        case None | StringType():
            return _BY_LAST_WORD.get(words(name)[-1], "example")
        case DatatypeType():
            return next(_texts_for((value,), name), "")
        case ConvertedType():
            return next(_texts_for(value.checks, name), "1")
        case WordsType():
            return value.true
        case LiteralType() | EnumType() | TokensType():
            return value.tokens[0] if value.tokens else ""
        case ListType():
            return " ".join([sample_text(value.item, name)] * max(1, value.minimum))
        case ChoiceType():
            datatypes = tuple(one for one in value.types if isinstance(one, DatatypeType))
            if len(datatypes) == len(value.types):
                return next(_texts_for(datatypes, name), "")
            return sample_text(value.types[0], name)


def _texts_for(types: tuple[DatatypeType, ...], name: str) -> Iterator[str]:
    """Texts that one of the types takes. Usual ones come first: a UUID with hyphens before one without."""
    checks = [(one, one.check) for one in types]
    for candidates in (_usual_texts, _required_texts):
        for one, check in checks:
            yield from (text for text in candidates(one, name) if not check.why_not(text))


def _usual_texts(value: DatatypeType, name: str) -> Iterator[str]:
    by_name = _BY_LAST_WORD.get(words(name)[-1])
    if by_name is not None and value.kind is Kind.STRING:
        yield by_name
    if value.datatype.type == "anyURI":
        yield "https://example.org/"
    yield from _USUAL[value.kind]


def _required_texts(value: DatatypeType, name: str) -> Iterator[str]:
    for param in value.params:
        yield from texts_for_parameter(value.datatype.type, param)
