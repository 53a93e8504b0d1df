"""Datatypes: the texts that each allows, which texts have the same value, and the words for messages.

A `Datatype` is made once for each ``data`` or ``value`` pattern (see `create`), with its parameters. Its methods
take unchanged texts of a document; they treat white space as the type requires (XML Schema Datatypes 4.3.6).

What only some packages need is in modules of its own, see `ELSEWHERE`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from decimal import Decimal
from importlib import import_module
from itertools import chain
from typing import Any, ClassVar, NamedTuple

from .markup import BUILT_IN, DTD_COMPATIBILITY, QUALIFIED_NAMES, XML_SCHEMA


class WrongDatatype(ValueError):
    """A datatype does not exist."""


class WrongParameter(ValueError):
    """A parameter does not exist, does not apply, or has no right value. ``index`` counts parameters from 0."""

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(index, reason)
        self.index = index
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


class Facet(NamedTuple):
    """One restriction. ``reason`` says what a refused text must be; ``description`` follows the type's noun."""

    name: str
    limit: Any
    allows: Callable[[str, Any], bool]
    reason: str
    description: str


Namespaces = Mapping[str | None, str]
"""Prefixes in scope and their URIs, None for the default namespace: the context of QName and NOTATION."""

Parameters = Sequence[tuple[str, ...]]
"""Names and values of a ``data`` pattern's ``param`` elements, in order; a pattern is Python's, already translated. Two
more are for messages: what the texts are, «a MAC address», empty if unknown, and the pattern as its author
wrote it, left out where Python's is the same, empty where it need not be shown."""

REMEMBERED_TEXTS = 2048
REMEMBERED_LENGTH = 64
"""Verdicts are kept for so many texts of at most this length, for each datatype: documents repeat themselves."""

LENGTHS = frozenset({"length", "minLength", "maxLength"})
BOUNDS = frozenset({"minInclusive", "minExclusive", "maxInclusive", "maxExclusive"})
DIGITS = frozenset({"totalDigits", "fractionDigits"})
PATTERN = frozenset({"pattern"})


def collapse(text: str) -> str:
    """White space as ``collapse`` wants it; only XML's four characters count."""
    if text.isprintable() and " " not in text:
        return text
    return " ".join(part for part in text.translate(_TO_SPACE).split(" ") if part)


def replace(text: str) -> str:
    """White space as ``replace`` wants it."""
    return text.translate(_TO_SPACE)


_TO_SPACE = {ord(character): " " for character in "\t\n\r"}


class Datatype:
    """A named type of a library, restricted by parameters.

    Subclasses say what the type is: `read` gives the value of a text whose white space is normalised. Parameters are
    applied in their order, each to what those before it leave, as Jing does.
    """

    noun: str = "text"
    """What a text of the type is, in a message: «an integer», «text», or what a schema calls it."""

    facets: ClassVar[frozenset[str]] = LENGTHS | PATTERN
    """The parameters that the type knows."""

    unit: ClassVar[str] = "character"
    """What length facets count."""

    uses_namespaces: ClassVar[bool] = False
    """Whether the verdict depends on the prefixes in scope."""

    item_type: Datatype | None = None
    """What the items of a list are."""

    is_named: bool = False
    """Whether `noun` alone says what is expected, as one that a schema gives does."""

    def __init__(self, library: str, type: str, params: Parameters = ()) -> None:
        self.library = library
        self.type = type
        self.params = tuple([(name, value) for name, value, *_ in params])
        self.restrictions: list[Facet] = []
        """The parameters, each as a check."""
        self._verdicts: dict[str, bool] = {}
        usual = self.noun
        for index, (name, value, *words) in enumerate(params):
            self.restrictions.append(self._facet(index, name, value, words))
            self.noun = next(iter(words), "") or self.noun
        self.is_named = self.is_named or self.noun != usual

    def _facet(self, index: int, name: str, value: str, words: Sequence[str]) -> Facet:
        if name not in self.facets:
            raise WrongParameter(index, f"parameter {name!r} does not apply to {self.type}")
        try:
            # By its name: a package without parameters does not carry the module.
            facet: Facet = import_module(".facets", __package__).facet(self, name, value, *words)
        except ValueError as error:
            raise WrongParameter(index, str(error)) from None
        return facet

    # What a type says of itself

    def normalise(self, text: str) -> str:
        """`text` with its white space as the type wants it."""
        return collapse(text)

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        """The value of a text with normalised white space, parameters apart.

        Raises:
            ValueError: the text is not of the type; the message continues a sentence, «is not an integer».
        """
        return text

    def key(self, value: Any) -> Hashable:
        """A value that equals another's exactly where the datatype takes the two for the same."""
        result: Hashable = value
        return result

    def measure(self, value: Any) -> int:
        """The length that length facets restrict."""
        return len(value)

    def compare(self, value: Any, other: Any) -> int | None:
        """Below 0, 0 or above 0 as `value` is less than, equal to or more than `other`; None where neither is."""
        return -1 if value < other else int(value > other)

    # For callers

    def allows(self, text: str, namespaces: Namespaces | None = None) -> bool:
        """Whether `text` is of the type. Without `namespaces` a QName is judged by its form alone."""
        if self.uses_namespaces:
            return not self.why_not(text, namespaces)
        verdict = self._verdicts.get(text)
        if verdict is None:
            verdict = not self.why_not(text)
            if len(text) <= REMEMBERED_LENGTH and len(self._verdicts) < REMEMBERED_TEXTS:
                self._verdicts[text] = verdict
        return verdict

    def why_not(self, text: str, namespaces: Namespaces | None = None) -> str:
        """Why `text` is not allowed, to continue a sentence that begins with it: «is not an integer», «must be at
        most 255». Empty where it is allowed."""
        text = self.normalise(text)
        try:
            self._checked(text, self.read(text, namespaces))
        except ValueError as error:
            return str(error)
        return ""

    def value(self, text: str, namespaces: Namespaces | None = None) -> Hashable:
        """What `text` means: equal for two texts exactly where the datatype takes them for the same.

        Raises:
            ValueError: with the reason, as `why_not` gives it.
        """
        text = self.normalise(text)
        value = self.read(text, namespaces)
        self._checked(text, value)
        return self.key(value)

    def same(self, text: str, namespaces: Namespaces | None, other: str, other_namespaces: Namespaces | None) -> bool:
        """Whether both texts are allowed and mean the same, each in its own context (specification 9.3.8, value)."""
        try:
            return self.value(text, namespaces) == self.value(other, other_namespaces)
        except ValueError:
            return False

    def describe(self) -> str:
        """What is expected, for a message: «an integer from 0 to 255», «text matching [0-9a-f]{2}»."""
        return " ".join(filter(None, [self.noun, *(facet.description for facet in self.restrictions)]))

    def _checked(self, text: str, value: Any) -> None:
        for facet in self.restrictions:
            if not facet.allows(text, value):
                raise ValueError(facet.reason)

    def checked_limit(self, text: str) -> Any:
        """The value of a bound, which must be of the type as the parameters so far leave it."""
        text = self.normalise(text)
        value = self.read(text, None)
        self._checked(text, value)
        return value

    def __repr__(self) -> str:
        params = "".join(f", {name}={value!r}" for name, value in self.params)
        return f"<{type(self).__name__} {self.type}{params}>"


# Strings.


class Token(Datatype):
    """``token``: white space collapses, which only equality, lengths and patterns see."""

    def allows(self, text: str, namespaces: Namespaces | None = None) -> bool:
        return not self.restrictions or super().allows(text)


class String(Token):
    """``string``: white space is kept."""

    def normalise(self, text: str) -> str:
        return text


class NormalizedString(Token):
    """``normalizedString``: every white-space character counts as a space."""

    def normalise(self, text: str) -> str:
        return replace(text)


# Numbers: decimals and the family of integers.

LONG_NUMBER = 4000
"""Digits from which on `int` refuses or takes quadratic time; `Decimal` holds such integers."""

_decimal = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)").fullmatch
_integer = re.compile(r"[+-]?[0-9]+").fullmatch

INTEGER_RANGES: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-(2**7), 2**7 - 1),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 2**8 - 1),
}
"""XML Schema Datatypes 3.3.13 to 3.3.25."""


class Number(Datatype):
    """A type with a total order. Messages show bounds as one range: «an integer from 0 to 255»."""

    low: Any = None
    high: Any = None

    def describe(self) -> str:
        low, high, others = self.low, self.high, []
        for facet in self.restrictions:
            if facet.name == "minInclusive":
                low = facet.limit
            elif facet.name == "maxInclusive":
                high = facet.limit
            else:
                others.append(facet.description)
        return " ".join([self.noun, *_range_words(low, high), *others])


def _range_words(low: Any, high: Any) -> list[str]:
    if low is not None and high is not None:
        return [f"from {low} to {high}"]
    if low is not None:
        return [f"of at least {low}"]
    return [] if high is None else [f"of at most {high}"]


class DecimalNumber(Number):
    noun = "a decimal number"
    facets = BOUNDS | DIGITS | PATTERN

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        if _decimal(text) is None:
            raise ValueError(f"is not {self.noun}")
        return Decimal(text)


class Integer(Number):
    """``integer`` and the twelve types derived from it."""

    noun = "an integer"
    facets = BOUNDS | DIGITS | PATTERN

    def __init__(self, library: str, type: str, params: Parameters = ()) -> None:
        self.low, self.high = INTEGER_RANGES[type]
        super().__init__(library, type, params)

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        if _integer(text) is None:
            raise ValueError(f"is not {self.noun}")
        value = int(text) if len(text) < LONG_NUMBER else Decimal(text)
        if (self.low is not None and value < self.low) or (self.high is not None and value > self.high):
            words = " ".join(_range_words(self.low, self.high)).removeprefix("of ")
            raise ValueError(f"must be {words}")
        return value


# Truth values.

TRUTH_VALUES = {"true": True, "1": True, "false": False, "0": False}


class Boolean(Datatype):
    noun = "true or false"
    facets = PATTERN

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        if text not in TRUTH_VALUES:
            raise ValueError(f"is not {self.noun}")
        return TRUTH_VALUES[text]


# The datatype libraries: the built-in one, XML Schema's, and the one of the DTD compatibility specification.

_HERE: Mapping[str, type[Datatype]] = {
    "string": String,
    "normalizedString": NormalizedString,
    "token": Token,
    "boolean": Boolean,
    "decimal": DecimalNumber,
    **dict.fromkeys(INTEGER_RANGES, Integer),
}

ELSEWHERE: Mapping[str, Sequence[str]] = {
    "float_types": ("float", "double"),
    "octet_types": ("hexBinary", "base64Binary"),
    "name_types": (
        *("language", "Name", "NCName", "NMTOKEN", "NMTOKENS", "ID", "IDREF", "IDREFS", "ENTITY", "ENTITIES"),
        *QUALIFIED_NAMES,
    ),
    "time_types": ("duration", "dateTime", "date", "time", "gYearMonth", "gYear", "gMonthDay", "gDay", "gMonth"),
    "uri_types": ("anyURI",),
}
"""The modules with the other types: a package without any of a module's types does not carry the module."""

LIBRARIES: Mapping[str, Collection[str]] = {
    BUILT_IN: ("string", "token"),
    XML_SCHEMA: (*_HERE, *chain.from_iterable(ELSEWHERE.values())),
    DTD_COMPATIBILITY: ("ID", "IDREF", "IDREFS"),
}
"""The types of each library (specification section 5 for the built-in one)."""


def facets_of(library: str, type: str) -> frozenset[str]:
    """The parameters that a type knows; only XML Schema's types know any."""
    return _class_of(type).facets if library == XML_SCHEMA else frozenset()


def _class_of(name: str) -> type[Datatype]:
    if name in _HERE:
        return _HERE[name]
    module = next(module for module, names in ELSEWHERE.items() if name in names)
    # By its name: type checkers would miss the module where a package does not carry it.
    found: type[Datatype] = import_module(f".{module}", __package__).TYPES[name]
    return found


def create(library: str, type: str, params: Parameters = ()) -> Datatype:
    """The datatype that a ``data`` or ``value`` pattern names. A ``pattern`` parameter is a regular expression of
    Python's; the generator has translated it.

    Raises:
        WrongDatatype: there is no such library, or no such type in it.
        WrongParameter: a parameter does not apply, or has no right value.
    """
    if type not in LIBRARIES.get(library, ()):
        raise WrongDatatype(f"unknown datatype {type!r} of the library {library!r}")
    if params and library != XML_SCHEMA:
        raise WrongParameter(0, f"the type {type!r} takes no parameters")
    return _class_of(type)(library, type, params)
