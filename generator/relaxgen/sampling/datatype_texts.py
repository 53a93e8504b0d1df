"""Texts that a datatype allows: candidates by type and parameter, each checked by the datatype itself."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal, InvalidOperation
from itertools import chain, islice

from ..relaxng.datatype import translated
from ..relaxng.pattern import Choice, Data, Param, Pattern, Value
from ..runtime.datatypes import Datatype, Namespaces, create
from ..runtime.markup import BLANKS, QUALIFIED_NAMES, forbidden_characters
from .matching_texts import LONGEST, matching_texts

_MOST_KEPT = 24
_MOST_TRIED = 600

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_WORDS = (*_LETTERS, "ab", "example", "A", "x1", "a-b", "a.b", "a b")
_INTEGERS = ("0", "1", "2", "10", "-1", "-2", "100", "64", "1024")

_BY_TYPE: dict[str, tuple[str, ...]] = {
    "string": ("", *_WORDS, " ", "1"),
    "normalizedString": ("", *_WORDS, "1"),
    "token": ("", *_WORDS, "1"),
    "language": ("en", "de", "fr", "pt-BR", "x"),
    **dict.fromkeys(("Name", "NCName", "NMTOKEN", "ID", "IDREF", *QUALIFIED_NAMES), _WORDS),
    **dict.fromkeys(("NMTOKENS", "IDREFS"), (*_WORDS, "a b c")),
    "anyURI": ("", "a", "b", "https://example.org/", "urn:example:a", "a/b", "#a"),
    "boolean": ("1", "0", "true", "false"),
    "decimal": (*_INTEGERS, "0.5", "1.5", "-0.5"),
    **dict.fromkeys(("float", "double"), (*_INTEGERS, "0.5", "1.5", "-0.5", "1e3", "INF", "-INF", "NaN")),
    "duration": ("P1D", "P1Y", "P2D", "PT1S", "P1Y2M3DT4H5M6S", "-P1D"),
    "dateTime": ("2024-01-31T12:00:00", "2000-01-01T00:00:00Z", "1999-12-31T23:59:59.5+01:00"),
    "date": ("2024-01-31", "2000-01-01", "1999-12-31Z"),
    "time": ("12:00:00", "00:00:00", "23:59:59.5Z"),
    "gYearMonth": ("2024-01", "2000-12"),
    "gYear": ("2024", "2000", "1999"),
    "gMonthDay": ("--01-31", "--12-31"),
    "gDay": ("---31", "---01"),
    "gMonth": ("--01", "--12"),
    "hexBinary": ("", "00", "0f", "a1b2", "0a1b2c3d"),
    "base64Binary": ("", "AAAA", "AA==", "AAA=", "YWJj"),
}
"""Short texts of each type that differ in meaning. The types that are not listed are integers."""


class Texts:
    """Remembers texts by the identity of patterns, so the patterns must outlive this object."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, bool], tuple[str, ...]] = {}

    def smallest(self, leaf: Data | Value, in_list: bool = False) -> str | None:
        """The shortest known text that `leaf` allows; None if none is known. Inside a list only tokens count."""
        return min(self.several(leaf, in_list), key=len, default=None)

    def several(self, leaf: Data | Value, in_list: bool = False) -> tuple[str, ...]:
        """Texts that `leaf` allows, the plainest first. A value has one text."""
        key = (id(leaf), in_list)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = _several(leaf, in_list)
        return found


def _several(leaf: Data | Value, in_list: bool) -> tuple[str, ...]:
    if isinstance(leaf, Data) and leaf.except_ is None:
        return _several_of_datatype(leaf, in_list)
    texts = (value_text(leaf),) if isinstance(leaf, Value) else data_texts(leaf)
    return _usable(texts, in_list)


@functools.lru_cache(maxsize=2000)
def _several_of_datatype(data: Data, in_list: bool) -> tuple[str, ...]:
    """Cached, because the schemas of one vocabulary use the same datatypes with the same parameters."""
    return _usable(data_texts(data), in_list)


def _usable(texts: Iterable[str], in_list: bool) -> tuple[str, ...]:
    return tuple(islice((text for text in texts if not in_list or is_token(text)), _MOST_KEPT))


def is_token(text: str) -> bool:
    """Whether a list can hold the text as one of its items."""
    return bool(text) and not any(blank in text for blank in BLANKS)


def value_text(value: Value) -> str:
    return create(value.datatype.library, value.datatype.type).normalise(value.text)


def data_texts(data: Data) -> Iterator[str]:
    """All known texts that a ``data`` pattern allows, each once."""
    is_allowed = checker_of(data)
    seen: set[str] = set()
    for text in islice(candidates(data.datatype.type, data.params), _MOST_TRIED):
        if text in seen or len(text) > LONGEST or forbidden_characters().search(text):
            continue
        seen.add(text)
        if is_allowed(text):
            yield text


def checker_of(data: Data) -> Callable[[str], bool]:
    """Returns whether a text belongs to the datatype, with its parameters and without its ``except``."""
    datatype: Datatype = create(data.datatype.library, data.datatype.type, translated(data.params))

    def is_allowed(text: str) -> bool:
        return datatype.allows(text, {}) and not (data.except_ is not None and _accepts(data.except_, text))

    return is_allowed


def _accepts(pattern: Pattern, text: str) -> bool:
    """Whether an ``except`` excludes the text. Section 7.1.4 allows only these patterns in it."""
    match pattern:
        case Choice():
            return any(_accepts(choice, text) for choice in pattern.patterns)
        case Value():
            context: Namespaces = {**pattern.namespaces, None: pattern.ns}
            return create(pattern.datatype.library, pattern.datatype.type).same(text, {}, pattern.text, context)
        case Data():
            return checker_of(pattern)(text)
        case _:
            return False


def candidates(type_: str, params: Iterable[Param] = ()) -> Iterator[str]:
    """Texts to try for a datatype with these parameters. Not all of them are allowed."""
    params = tuple(params)
    by_params = chain.from_iterable(texts_for_parameter(type_, param) for param in params)
    usual = _BY_TYPE.get(type_, _INTEGERS)
    if any(param.name == "pattern" for param in params):
        return chain(by_params, usual)
    return chain(usual, by_params, _counted(type_))


def texts_for_parameter(type_: str, param: Param) -> Iterator[str]:
    """Texts that meet one parameter, or nearly so."""
    match param.name:
        case "pattern":
            yield from matching_texts(translated((param,))[0][1])
        case "length" | "minLength" | "maxLength" if param.value.strip().lstrip("+").isdecimal():
            yield from _texts_of_length(type_, int(param.value))
        case "minInclusive" | "maxInclusive":
            yield param.value.strip()
            yield from _neighbours(param)
        case "minExclusive" | "maxExclusive":
            yield from _neighbours(param)
        case _:
            return


def _texts_of_length(type_: str, length: int) -> Iterator[str]:
    if length > LONGEST:
        return
    match type_:
        case "hexBinary":
            yield "00" * length
        case "base64Binary":
            yield "AAAA" * (length // 3) + ("", "AA==", "AAA=")[length % 3]
        case "NMTOKENS" | "IDREFS":
            yield " ".join(["a"] * length)
        case _:
            yield from (letter * length for letter in _LETTERS)


def _neighbours(param: Param) -> Iterator[str]:
    """Numbers on the allowed side of a limit, the nearest first."""
    try:
        limit = Decimal(param.value.strip())
    except InvalidOperation:
        return
    if not limit.is_finite() or abs(limit.adjusted()) > 100:
        return
    sign = 1 if param.name.startswith("min") else -1
    for step in range(1, 100):
        yield format(limit + sign * step, "f")
    for fraction in ("0.5", "0.1", "0.01", "0.001"):
        yield format(limit + sign * Decimal(fraction), "f")


def _counted(type_: str) -> Iterator[str]:
    """Many further texts, because an ``except`` may exclude the usual ones."""
    if type_ in ("string", "token", "normalizedString", "anyURI", "Name", "NCName", "NMTOKEN", "QName", "ID", "IDREF"):
        return (f"x{number}" for number in range(2, _MOST_TRIED))
    if type_ not in _BY_TYPE or type_ in ("decimal", "float", "double"):
        return (str(sign * number) for number in range(3, _MOST_TRIED) for sign in (1, -1))
    return iter(())
