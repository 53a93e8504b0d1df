"""Datatype libraries as a schema uses them: the library, the type and the parameters of ``data`` and ``value``.

Comes in: a `DatatypeName` and `Param`s with their places. Goes out: a `Datatype`, or errors with places. What the
types are is `relaxgen.runtime.datatypes`, since generated packages judge texts too; here patterns are translated and
the mistakes of schema authors explained.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..diagnostics.errors import Diagnostics, did_you_mean
from ..diagnostics.locations import SourceLocation
from ..runtime.datatypes import LIBRARIES, Datatype, WrongParameter, create, facets_of
from ..runtime.markup import BUILT_IN, XML_SCHEMA
from .pattern import Data, DatatypeName, Param
from .regular_expression import PatternError, translate

_ALL_FACETS = sorted({facet for type_ in LIBRARIES[XML_SCHEMA] for facet in facets_of(XML_SCHEMA, type_)})

_NOT_PARAMETERS = {
    "enumeration": "write a choice of values instead",
    "whiteSpace": "each type has its own way with white space",
}
"""Facets that RELAX NG leaves out (Guidelines for using W3C XML Schema Datatypes with RELAX NG, section 2)."""


def translated(params: tuple[Param, ...]) -> tuple[tuple[str, str], ...]:
    """Right parameters as the run time takes them: patterns in Python's dialect."""
    return tuple((param.name, translate(param.value) if param.name == "pattern" else param.value) for param in params)


@dataclass(frozen=True, slots=True)
class Saying:
    """An author's description of texts: the name of their define, and its documentation."""

    name: str = ""
    documentation: str = ""

    @property
    def noun(self) -> str:
        """«a MAC address», if the documentation begins so."""
        found = re.match(r"(an?|the) [^.:;,\n]{1,60}(?=[.:;,\n]|$)", self.documentation, re.IGNORECASE)
        return found[0][0].lower() + found[0][1:].rstrip() if found is not None else ""

    def of_data(self, data: Data) -> Saying:
        """The documentation of a pattern itself has priority."""
        return Saying(self.name, data.annotations.documentation or self.documentation)


NOTHING_SAID = Saying()


def worded(params: tuple[Param, ...], saying: Saying) -> tuple[tuple[str, ...], ...]:
    """Right parameters as the run time takes them, with what its messages say of patterns (`datatypes.Parameters`)."""
    pairs = zip(params, translated(params), strict=True)
    return tuple([_worded(param, pair, saying) if param.name == "pattern" else pair for param, pair in pairs])


def _worded(param: Param, pair: tuple[str, str], saying: Saying) -> tuple[str, ...]:
    if saying.noun:
        return (*pair, saying.noun, "")
    # A meaningful name contains a word.
    is_telling = re.search("[A-Za-z]{3}", saying.name) is not None
    noun = f"{'an' if saying.name[0].lower() in 'aeio' else 'a'} {saying.name}" if is_telling else ""
    if pair[1] != param.value:
        return (*pair, noun, param.value)
    return (*pair, noun) if noun else pair


def check_datatype(
    datatype: DatatypeName, params: tuple[Param, ...], location: SourceLocation, diagnostics: Diagnostics
) -> Datatype | None:
    """Returns the datatype of a ``data`` or ``value`` pattern at `location` (specification 4.16, 6.2.8).

    Reports all errors; the result is then None. A datatype that allows no text, or that is slow to check, is a warning.
    """
    if not _is_known(datatype, location, diagnostics):
        return None
    errors = len(diagnostics.errors)
    patterns = [_checked_param(datatype, param, location, diagnostics) for param in params]
    if len(diagnostics.errors) > errors:
        return None
    pairs = tuple((param.name, pattern or param.value) for param, pattern in zip(params, patterns, strict=True))
    try:
        result = create(datatype.library, datatype.type, pairs)
    except WrongParameter as error:
        diagnostics.error(_place(params[error.index], location), error.reason, section="4.16")
        return None
    _warn_of_contradiction(params, location, diagnostics)
    return result


def _place(param: Param, location: SourceLocation) -> SourceLocation:
    return param.location if param.location.line else location


def _is_known(datatype: DatatypeName, location: SourceLocation, diagnostics: Diagnostics) -> bool:
    types = LIBRARIES.get(datatype.library)
    if types is None:
        hint = did_you_mean(datatype.library, [library for library in LIBRARIES if library])
        diagnostics.error(location, f"unknown datatype library {datatype.library!r}{hint}", section="4.16")
        return False
    if datatype.type in types:
        return True
    where = "the built-in datatype library" if datatype.library == BUILT_IN else f"the library {datatype.library}"
    message = f"{where} has no type {datatype.type!r}{_type_hint(datatype)}"
    diagnostics.error(location, message, section="4.16")
    return False


def _type_hint(datatype: DatatypeName) -> str:
    if datatype.library == BUILT_IN and datatype.type in LIBRARIES[XML_SCHEMA]:
        return f'; datatypeLibrary="{XML_SCHEMA}" has it'
    return did_you_mean(datatype.type, LIBRARIES[datatype.library])


def _checked_param(datatype: DatatypeName, param: Param, location: SourceLocation, diagnostics: Diagnostics) -> str:
    """Reports a parameter that the type does not know, or a wrong pattern; gives a right pattern, translated."""
    place = _place(param, location)
    if param.name not in facets_of(datatype.library, datatype.type):
        diagnostics.error(place, _unknown_parameter(datatype, param), section="4.16")
        return ""
    if param.name != "pattern":
        return ""
    try:
        return translate(param.value)
    except PatternError as error:
        diagnostics.error(place, f"wrong pattern {param.value!r}: {error}", section="4.16")
        return ""


def _unknown_parameter(datatype: DatatypeName, param: Param) -> str:
    known = facets_of(datatype.library, datatype.type)
    if not known:
        return f"the type {datatype} takes no parameters, {param.name!r} is given"
    if param.name in _NOT_PARAMETERS:
        return f"{param.name!r} is not a parameter in RELAX NG; {_NOT_PARAMETERS[param.name]}"
    if param.name in _ALL_FACETS:
        return f"parameter {param.name!r} does not apply to {datatype.type}, which knows {', '.join(sorted(known))}"
    hint = did_you_mean(param.name, known) or f"; {datatype.type} knows {', '.join(sorted(known))}"
    return f"unknown parameter {param.name!r}{hint}"


def _warn_of_contradiction(params: tuple[Param, ...], location: SourceLocation, diagnostics: Diagnostics) -> None:
    """Lengths that no text can have: XML Schema forbids them; RELAX NG's tools take a pattern that allows nothing."""
    limits = {"minLength": 0, "maxLength": 2**63}
    for param in params:
        if param.name not in ("length", "minLength", "maxLength"):
            continue
        value = int(param.value)
        if param.name != "maxLength":
            limits["minLength"] = max(limits["minLength"], value)
        if param.name != "minLength":
            limits["maxLength"] = min(limits["maxLength"], value)
        if limits["minLength"] > limits["maxLength"]:
            message = f"{param.name} {param.value.strip()} contradicts the lengths before it; no text is allowed"
            diagnostics.warning(_place(param, location), message)
            return
