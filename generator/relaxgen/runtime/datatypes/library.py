"""The datatype libraries: the built-in one, XML Schema's, and the one of the DTD compatibility specification."""

from __future__ import annotations

from collections.abc import Mapping

from .binary_types import Base64Binary, Boolean, HexBinary
from .datatype import Datatype, Parameters
from .facet import WrongDatatype, WrongParameter
from .library_names import BUILT_IN, DTD_COMPATIBILITY, XML_SCHEMA
from .number_types import INTEGER_RANGES, DecimalNumber, Double, Float, Integer
from .text_types import (
    ENTITIES,
    ENTITY,
    ID,
    IDREF,
    IDREFS,
    NMTOKEN,
    NMTOKENS,
    AnyURI,
    Language,
    Name,
    NCName,
    NormalizedString,
    QName,
    String,
    Token,
)
from .time_types import Duration, Moment

LIBRARIES: Mapping[str, Mapping[str, type[Datatype]]] = {
    BUILT_IN: {"string": String, "token": Token},
    XML_SCHEMA: {
        "string": String,
        "normalizedString": NormalizedString,
        "token": Token,
        "language": Language,
        "Name": Name,
        "NCName": NCName,
        "NMTOKEN": NMTOKEN,
        "NMTOKENS": NMTOKENS,
        "ID": ID,
        "IDREF": IDREF,
        "IDREFS": IDREFS,
        "ENTITY": ENTITY,
        "ENTITIES": ENTITIES,
        "QName": QName,
        "NOTATION": QName,
        "anyURI": AnyURI,
        "boolean": Boolean,
        "decimal": DecimalNumber,
        **dict.fromkeys(INTEGER_RANGES, Integer),
        "float": Float,
        "double": Double,
        "duration": Duration,
        **dict.fromkeys(("dateTime", "date", "time", "gYearMonth", "gYear", "gMonthDay", "gDay", "gMonth"), Moment),
        "hexBinary": HexBinary,
        "base64Binary": Base64Binary,
    },
    DTD_COMPATIBILITY: {"ID": ID, "IDREF": IDREF, "IDREFS": IDREFS},
}
"""The types of each library (specification section 5 for the built-in one)."""


def facets_of(library: str, type: str) -> frozenset[str]:
    """The parameters that a type knows; only XML Schema's types know any."""
    return LIBRARIES[library][type].facets if library == XML_SCHEMA else frozenset()


def create(library: str, type: str, params: Parameters = ()) -> Datatype:
    """The datatype that a ``data`` or ``value`` pattern names. A ``pattern`` parameter is a regular expression of
    Python's; the generator has translated it.

    Raises:
        WrongDatatype: there is no such library, or no such type in it.
        WrongParameter: a parameter does not apply, or has no right value.
    """
    kind = LIBRARIES.get(library, {}).get(type)
    if kind is None:
        raise WrongDatatype(f"unknown datatype {type!r} of the library {library!r}")
    if params and library != XML_SCHEMA:
        raise WrongParameter(0, f"the type {type!r} takes no parameters")
    return kind(library, type, params)
