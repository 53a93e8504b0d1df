"""The texts of datatypes and of values: as automata if possible, or else as sets that only test one text at a time.

Automata describe all string types, names, integers and decimals with their bounds, truth values, octets, URIs without
brackets, names without a prefix, and floating-point numbers, dates, times and durations without bounds; each with
lengths and patterns. Opaque are addresses in brackets, names with a prefix, and what has other parameters: their bounds
are compared by the order of the type.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from decimal import Decimal

from ...runtime.datatypes import (
    BOUNDS,
    DIGITS,
    INTEGER_RANGES,
    LENGTHS,
    Datatype,
    Facet,
    create,
)
from ...runtime.markup import QUALIFIED_NAMES
from ...runtime.name_types import LANGUAGE, NAME, NAME_TOKEN, NC_NAME
from .calendar_forms import CALENDAR_FORMS
from .pattern_automaton import Expression
from .text_automata import (
    EVERYTHING,
    Collapsed,
    DecimalBound,
    Difference,
    Integers,
    Intersection,
    Language,
    Lengths,
    Replaced,
    TooManyStates,
    Words,
)
from .text_set import ALL_TEXTS, NO_TEXTS, Opaque, TextSet

_BASE64 = "[A-Za-z0-9+/] ?"

_LEXICAL_FORMS: Mapping[str, str] = {
    "language": LANGUAGE,
    "Name": NAME,
    **dict.fromkeys(("NCName", "ID", "IDREF"), NC_NAME),
    "NMTOKEN": NAME_TOKEN,
    "NMTOKENS": f"{NAME_TOKEN}(?: {NAME_TOKEN})*",
    "IDREFS": f"{NC_NAME}(?: {NC_NAME})*",
    "boolean": "true|false|0|1",
    "decimal": r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)",
    **dict.fromkeys(("float", "double"), r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?|-?INF|NaN"),
    **CALENDAR_FORMS,
    "hexBinary": "(?:[0-9a-fA-F]{2})*",
    "base64Binary": (
        f"(?:(?:{_BASE64}){{4}})*(?:(?:{_BASE64}){{2}}[AEIMQUYcgkosw048] ?=|{_BASE64}[AQgw] ?= ?=)?|"
        f"(?:(?:{_BASE64}){{4}})*(?:{_BASE64}){{3}}[A-Za-z0-9+/]"
    ),
}
"""XML Schema Datatypes, chapter 3: each type as an expression over its normalised texts."""

_OF_URI = "(?:[^%#\\[\\]]|%[0-9a-fA-F]{2})"
_BEFORE_COLON = "(?:[^:/?#%\\[\\]]|%[0-9a-fA-F]{2})"
_NO_SLASH = "(?:[^/%#\\[\\]]|%[0-9a-fA-F]{2})"
_FROM_SLASH = f"/(?:{_NO_SLASH}{_OF_URI}*)?(?:#{_OF_URI}*)?|//(?:{_OF_URI}+(?:#{_OF_URI}*)?|#{_OF_URI}*)"
_URI = (
    f"(?:{_BEFORE_COLON}+(?:[/?]{_OF_URI}*)?|[?]{_OF_URI}*)?(?:#{_OF_URI}*)?|{_FROM_SLASH}"
    f"|[a-zA-Z][a-zA-Z0-9+.\\-]*:(?:{_NO_SLASH}{_OF_URI}*(?:#{_OF_URI}*)?|{_FROM_SLASH})"
)

_PARTLY_KNOWN: Mapping[str, tuple[str, str]] = {
    "anyURI": (_URI, ".*[\\[\\]].*"),
    **dict.fromkeys(QUALIFIED_NAMES, (NC_NAME, f"{NC_NAME}:{NC_NAME}")),
}
"""Types of which an expression describes some texts exactly; the others are among those of a second expression."""

_STRINGS = ("string", "normalizedString", "token")
_UNPARSED = ("ENTITY", "ENTITIES")
"""No document that is read here has such texts, see `runtime.name_types`."""

_SAMPLES: Mapping[str, tuple[str, ...]] = {
    "dateTime": ("2000-01-01T00:00:00", "2000-01-01T00:00:00Z"),
    "date": ("2000-01-01", "2000-01-01Z"),
    "time": ("00:00:00", "12:00:00Z"),
    "gYearMonth": ("2000-01",),
    "gYear": ("2000",),
    "gMonthDay": ("--01-01",),
    "gDay": ("---01",),
    "gMonth": ("--01",),
    "duration": ("P1D", "PT1S", "P1Y", "-P1D"),
    "anyURI": ("x", "", "http://example.com/", "urn:x", "%"),
    "QName": ("x", "xml:x"),
    "NOTATION": ("x", "xml:x"),
    "decimal": ("0", "1", "-1", "0.5", "10", "100", "1000000"),
    "float": ("0", "1", "-1", "0.5", "10", "100", "1000000"),
    "double": ("0", "1", "-1", "0.5", "10", "100", "1000000"),
}
"""Texts to try where no automaton can find one."""


def texts_of_data(datatype: Datatype, excluded: TextSet = NO_TEXTS) -> TextSet:
    """What a ``data`` pattern allows; `excluded` is what its ``except`` takes out."""
    if datatype.type in _PARTLY_KNOWN and not excluded.opaques:
        known, rest = (Expression(form) for form in _PARTLY_KNOWN[datatype.type])
        exactly, opaque = _texts(datatype, known, excluded), _opaque(datatype, rest, excluded)
        return opaque if exactly is None else exactly | opaque
    lexical = _lexical(datatype)
    exactly = _texts(datatype, lexical, excluded) if lexical is not None and not excluded.opaques else None
    return _opaque(datatype, lexical or EVERYTHING, excluded) if exactly is None else exactly


def _texts(datatype: Datatype, lexical: Language, excluded: TextSet) -> TextSet | None:
    """None where no automaton describes the type with its parameters."""
    language, others = _described(datatype, lexical)
    if others:
        return None
    if language is EVERYTHING and excluded == NO_TEXTS:
        return ALL_TEXTS
    return TextSet(languages=frozenset({language if excluded == NO_TEXTS else Difference(language, excluded.language)}))


def _opaque(datatype: Datatype, lexical: Language, excluded: TextSet) -> TextSet:
    """A set that only tests one text at a time. Parameters that automata describe are in the shape, not in the
    restrictions."""
    shape, others = _described(datatype, lexical)
    restrictions: set[Hashable] = set(others)
    if excluded != NO_TEXTS:
        restrictions.add(excluded)
    samples = (*_SAMPLES.get(datatype.type, ()), *_near_bounds(datatype))

    def allows(text: str) -> bool:
        return text in shape and datatype.allows(text) and text not in excluded

    def implies(restriction: Hashable) -> bool:
        return _implies(datatype, restriction)

    kind = (datatype.library, datatype.type)
    made = Opaque(kind, frozenset(restrictions), allows, shape, samples, implies)
    return TextSet(opaques=frozenset({made}))


def _implies(datatype: Datatype, restriction: Hashable) -> bool:
    """Whether the parameters of a datatype exclude all that another parameter does: a bound further inside, or fewer
    digits. Orders may be partial; a bound that cannot be compared implies nothing."""
    if not (isinstance(restriction, tuple) and len(restriction) == 2 and restriction[0] in BOUNDS | DIGITS):
        return False
    name = restriction[0]
    try:
        other = create(datatype.library, datatype.type, (restriction,)).restrictions[0]
    except ValueError:
        return False
    for facet in datatype.restrictions:
        if name in DIGITS:
            if facet.name == name and facet.limit <= other.limit:
                return True
        elif facet.name in BOUNDS and facet.name[:3] == name[:3]:
            order = datatype.compare(facet.limit, other.limit)
            inside = None if order is None else order if name.startswith("min") else -order
            is_strict = name.endswith("Exclusive") and facet.name.endswith("Inclusive")
            if inside is not None and (inside > 0 or (inside == 0 and not is_strict)):
                return True
    return False


def _near_bounds(datatype: Datatype) -> Iterator[str]:
    """The bounds, texts a little to either side, and numbers with one digit too many."""
    for name, value in datatype.params:
        if name == "totalDigits":
            yield "1" * (min(int(value), MOST_DIGITS) + 1)
        elif name == "fractionDigits":
            yield f"0.{'1' * (min(int(value), MOST_DIGITS) + 1)}"
        elif name in BOUNDS:
            yield value
            year = re.match(r"\s*([0-9]{4})(?=[-Z+]|\s*$)", value)
            if year is not None:
                for step in (-1, 1):
                    yield f"{max(1, int(year[1]) + step):04}{value[year.end() :]}"
            elif re.fullmatch(r"\s*[+-]?[0-9]{1,30}(?:\.[0-9]{0,30})?\s*", value):
                yield from (format(Decimal(value.strip()) + step, "f") for step in (Decimal(1), Decimal(-1)))
                yield from (format(Decimal(value.strip()) + step, "f") for step in (Decimal("0.5"), Decimal("-0.5")))


MOST_DIGITS = 1000


def texts_of_value(datatype: Datatype, text: str, value: Hashable) -> TextSet:
    """What a ``value`` pattern allows: the texts that mean the same to the datatype."""
    normalised = datatype.normalise(text)
    name = datatype.type
    if name == "string":
        return TextSet(strings=frozenset({text}))
    if name == "normalizedString":
        return TextSet(languages=frozenset({Replaced(Words({normalised}))}))
    if name in ("token", "anyURI", "NMTOKENS", "IDREFS") or (name in _LEXICAL_FORMS and isinstance(value, str)):
        return TextSet(tokens=frozenset({normalised}))
    if name == "boolean":
        return TextSet(tokens=frozenset({"true", "1"} if value else {"false", "0"}))
    if name == "decimal" and isinstance(value, Decimal):
        bounds = (DecimalBound(value, is_lower=is_lower, is_strict=False) for is_lower in (True, False))
        return TextSet(languages=frozenset({Collapsed(Intersection(bounds))}))
    if name in INTEGER_RANGES and isinstance(value, int):
        return TextSet(languages=frozenset({Collapsed(Integers(value, value))}))

    def means(other: str) -> bool:
        try:
            return datatype.value(other) == value
        except ValueError:
            return False

    shape, _ = _described(datatype, _lexical(datatype) or EVERYTHING)
    opaque = Opaque(("value", name, value), frozenset(), means, shape, (text,), of_type=(datatype.library, name))
    return TextSet(opaques=frozenset({opaque}))


class _Unknown(Exception):
    """There is no automaton."""


def _described(datatype: Datatype, lexical: Language) -> tuple[Language, tuple[tuple[str, str], ...]]:
    """The texts that parameters with automata allow, and the other parameters."""
    if datatype.type in _UNPARSED:
        return Words(()), ()
    members, others = [lexical], []
    for param, facet in zip(datatype.params, datatype.restrictions, strict=True):
        try:
            members.append(_of_facet(datatype, facet))
        except _Unknown:
            others.append(param)
    needed = [member for member in dict.fromkeys(members) if member is not EVERYTHING]
    restricted = needed[0] if len(needed) == 1 else Intersection(needed) if needed else EVERYTHING
    return _normalised(datatype, restricted), tuple(others)


def _normalised(datatype: Datatype, language: Language) -> Language:
    if datatype.type == "string" or language is EVERYTHING:
        return language
    return Replaced(language) if datatype.type == "normalizedString" else Collapsed(language)


def _lexical(datatype: Datatype) -> Language | None:
    """The texts of a type with normalised white space; None where no automaton describes all of them."""
    if datatype.type in _STRINGS:
        return EVERYTHING
    if datatype.type in INTEGER_RANGES:
        return Integers(*INTEGER_RANGES[datatype.type])
    form = _LEXICAL_FORMS.get(datatype.type)
    return None if form is None else Expression(form)


def _of_facet(datatype: Datatype, facet: Facet) -> Language:
    if facet.name == "pattern":
        return _of_pattern(facet.limit)
    if facet.name in LENGTHS:
        return _of_length(datatype, facet)
    if facet.name == "fractionDigits" and datatype.type == "decimal":
        return Expression(f"[^.]*(?:\\.[0-9]{{0,{min(facet.limit, MOST_DIGITS)}}}0*)?")
    if facet.name in BOUNDS and datatype.type == "decimal":
        if len(format(facet.limit, "f")) > MOST_DIGITS:
            raise _Unknown
        is_lower, is_strict = facet.name.startswith("min"), facet.name.endswith("Exclusive")
        return DecimalBound(facet.limit, is_lower=is_lower, is_strict=is_strict)
    if datatype.type not in INTEGER_RANGES:
        raise _Unknown
    limit = int(facet.limit)
    if abs(limit) >= 10**MOST_DIGITS:
        raise _Unknown
    match facet.name:
        case "minInclusive":
            return Integers(limit, None)
        case "minExclusive":
            return Integers(limit + 1, None)
        case "maxInclusive":
            return Integers(None, limit)
        case "maxExclusive":
            return Integers(None, limit - 1)
        case "totalDigits":
            return Integers(1 - 10**limit, 10**limit - 1)
        case _:
            return EVERYTHING  # fractionDigits: an integer has none


def _of_pattern(source: str) -> Language:
    try:
        return Expression(source)
    except (TooManyStates, RecursionError):
        raise _Unknown from None


def _of_length(datatype: Datatype, facet: Facet) -> Language:
    limit = facet.limit * (2 if datatype.type == "hexBinary" else 1)
    least = 0 if facet.name == "maxLength" else limit
    most = None if facet.name == "minLength" else limit
    if datatype.type == "base64Binary":
        return _of_octets(least, most)
    if datatype.unit != "character" and datatype.type != "hexBinary":
        raise _Unknown
    return Lengths(least, most)


def _of_octets(least: int, most: int | None) -> Language:
    """Between `least` and `most` octets in base 64: groups of four characters for three octets, and an end for one or
    two more."""
    if max(least, most or 0) > MOST_OCTETS:
        raise _Unknown
    ends = ("", f"(?:{_BASE64}){{2}}= ?= ?", f"(?:{_BASE64}){{3}}= ?")
    choices = []
    for more, end in enumerate(ends):
        fewest = max(0, -(-(least - more) // 3))
        highest = None if most is None else (most - more) // 3
        if highest is None or highest >= fewest:
            choices.append(f"(?:(?:{_BASE64}){{4}}){{{fewest},{'' if highest is None else highest}}}{end}")
    return Expression("|".join(choices)) if choices else Words(())


MOST_OCTETS = 1000
