"""What a datatype is: which texts it allows, which of them mean the same, and how to say so.

A `Datatype` is made once for each ``data`` or ``value`` pattern (see `library`), with its parameters. Its methods
take texts as they stand in a document; white space is treated as the type asks for (XML Schema Datatypes 4.3.6).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from decimal import Decimal
from importlib import import_module
from typing import Any, ClassVar, Protocol

# The parameters of XML Schema's datatypes: facets (XML Schema Datatypes 4.3), each a check with its words.
#
# ``enumeration`` and ``whiteSpace`` are no parameters in RELAX NG (Guidelines for using W3C XML Schema Datatypes with
# RELAX NG, section 2): the one is a choice of ``value``, the other belongs to the type.

SHOWN_PATTERN = 60
"""So many characters of a pattern stand in a message."""


class WrongDatatype(ValueError):
    """A datatype does not exist."""


class WrongParameter(ValueError):
    """A parameter does not exist, does not apply, or has no right value. ``index`` counts parameters from 0."""

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(reason)
        self.index = index
        self.reason = reason

    def __reduce__(self) -> tuple[type[WrongParameter], tuple[int, str]]:
        return WrongParameter, (self.index, self.reason)


class Measured(Protocol):
    """What facets need of a datatype."""

    unit: ClassVar[str]

    def normalise(self, text: str) -> str: ...

    def measure(self, value: Any) -> int: ...

    def compare(self, value: Any, other: Any) -> int | None: ...

    def checked_limit(self, text: str) -> Any: ...


class Facet:
    """One restriction. ``reason`` says what a refused text must be; ``description`` follows the type's noun."""

    __slots__ = ("allows", "description", "limit", "name", "reason")

    def __init__(
        self, name: str, limit: Any, allows: Callable[[str, Any], bool], reason: str, description: str
    ) -> None:
        self.name = name
        self.limit = limit
        self.allows = allows
        self.reason = reason
        self.description = description


def length(datatype: Measured, name: str, value: str) -> Facet:
    """``length``, ``minLength`` and ``maxLength``."""
    limit = _count(name, value)
    measure = datatype.measure
    checks: dict[str, Callable[[str, Any], bool]] = {
        "length": lambda _, value: measure(value) == limit,
        "minLength": lambda _, value: measure(value) >= limit,
        "maxLength": lambda _, value: measure(value) <= limit,
    }
    amount = f"{_LENGTH_WORDS[name]}{limit} {datatype.unit}{'' if limit == 1 else 's'}"
    return Facet(name, limit, checks[name], f"must have {amount}", f"of {amount}")


_LENGTH_WORDS = {"length": "", "minLength": "at least ", "maxLength": "at most "}


def bound(datatype: Measured, name: str, value: str) -> Facet:
    """``minInclusive``, ``minExclusive``, ``maxInclusive`` and ``maxExclusive``."""
    try:
        limit = datatype.checked_limit(value)
    except ValueError as error:
        raise ValueError(f"{name} {value!r} {error}") from None
    compare = datatype.compare

    def not_less(_: str, value: Any) -> bool:
        order = compare(value, limit)
        return order is not None and order >= 0

    def not_more(_: str, value: Any) -> bool:
        order = compare(value, limit)
        return order is not None and order <= 0

    def more(_: str, value: Any) -> bool:
        order = compare(value, limit)
        return order is not None and order > 0

    def less(_: str, value: Any) -> bool:
        order = compare(value, limit)
        return order is not None and order < 0

    checks = {"minInclusive": not_less, "maxInclusive": not_more, "minExclusive": more, "maxExclusive": less}
    words = f"{_BOUND_WORDS[name]} {datatype.normalise(value)}"
    return Facet(name, limit, checks[name], f"must be {words}", words)


_BOUND_WORDS = {
    "minInclusive": "at least",
    "maxInclusive": "at most",
    "minExclusive": "more than",
    "maxExclusive": "less than",
}


def digits(datatype: Measured, name: str, value: str) -> Facet:
    """``totalDigits`` and ``fractionDigits``; both count the digits of the number, not of its spelling, so that
    ``1.20`` has one digit after the point."""
    limit = _count(name, value)
    if name == "totalDigits" and not limit:
        raise ValueError(f"totalDigits must be at least 1, not {value!r}")
    if name == "totalDigits":
        amount = f"at most {limit} digit{'' if limit == 1 else 's'}"
        return Facet(
            name, limit, lambda _, number: _total_digits(number) <= limit, f"must have {amount}", f"of {amount}"
        )
    amount = f"at most {limit} digit{'' if limit == 1 else 's'} after the point"
    return Facet(
        name, limit, lambda _, number: _fraction_digits(number) <= limit, f"must have {amount}", f"of {amount}"
    )


def _total_digits(number: int | Decimal) -> int:
    """Digits without those zeros that only place the point: 1 for 0.003, 3 for 120."""
    whole, fraction = _digits(number)
    return max(1, len((whole + fraction).lstrip("0")))


def _fraction_digits(number: int | Decimal) -> int:
    return len(_digits(number)[1])


def _digits(number: int | Decimal) -> tuple[str, str]:
    whole, _, fraction = format(Decimal(number), "f").lstrip("-").partition(".")
    return whole, fraction.rstrip("0")


def pattern(datatype: Measured, name: str, value: str, noun: str = "", written: str | None = None) -> Facet:
    """``pattern``, compiled when it is first needed: a vocabulary holds hundreds, a document needs a few. ``noun`` and
    ``written`` are as in `Parameters`."""
    fullmatch: Callable[[str], object] | None = None

    def matches(text: str, _: Any) -> bool:
        nonlocal fullmatch
        # By its name: a package without patterns does not carry the module.
        match = fullmatch or import_module(".expression_matcher", __package__).matcher(value)
        fullmatch = match
        return bool(match(text))

    shown = value if written is None else written
    shown = shown if len(shown) <= SHOWN_PATTERN else shown[:SHOWN_PATTERN] + "…"
    reason = f"does not match {shown}"
    if noun:
        reason = f"is not {noun}: it {reason}" if shown else f"is not {noun}"
    return Facet(name, value, matches, reason, f"matching {shown}" if shown else "")


def _count(name: str, value: str) -> int:
    """A nonNegativeInteger; leading zeros, a plus sign and white space around are allowed."""
    text = value.strip(" \t\n\r")
    if not re.fullmatch(r"\+?[0-9]+|-0+", text) or len(text) > 1000:
        raise ValueError(f"{name} must be a whole number of at least 0, not {value!r}")
    return int(text)


Namespaces = Mapping[str | None, str]
"""Prefixes in scope and their URIs, None for the default namespace: the context of QName and NOTATION."""

Parameters = Sequence[tuple[str, ...]]
"""Names and values of a ``data`` pattern's ``param`` elements, in order; a pattern is Python's, already translated. Two
more are for messages: what the texts are, «a MAC address», empty where nobody says it, and the pattern as its author
wrote it, left out where Python's is the same, empty where it need not be shown."""

REMEMBERED_TEXTS = 2048
REMEMBERED_LENGTH = 64
"""Verdicts are kept for so many texts of at most this length, for each datatype: documents repeat themselves."""

_MAKERS: dict[str, Callable[..., Facet]] = {
    "length": length,
    "minLength": length,
    "maxLength": length,
    "minInclusive": bound,
    "minExclusive": bound,
    "maxInclusive": bound,
    "maxExclusive": bound,
    "totalDigits": digits,
    "fractionDigits": digits,
    "pattern": pattern,
}

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

    def __init__(self, library: str, type: str, params: Parameters = ()) -> None:
        self.library = library
        self.type = type
        self.params = tuple([(name, value) for name, value, *_ in params])
        self.restrictions: list[Facet] = []
        """The parameters, each as a check."""
        self._verdicts: dict[str, bool] = {}
        for index, (name, value, *words) in enumerate(params):
            self.restrictions.append(self._facet(index, name, value, words))
            self.noun = next(iter(words), "") or self.noun

    def _facet(self, index: int, name: str, value: str, words: Sequence[str]) -> Facet:
        if name not in self.facets:
            raise WrongParameter(index, f"parameter {name!r} does not apply to {self.type}")
        try:
            return _MAKERS[name](self, name, value, *words)
        except ValueError as error:
            raise WrongParameter(index, str(error)) from None

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

    # What is asked

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

    @property
    def is_named(self) -> bool:
        """Whether the schema says what a text of the type is."""
        return "noun" in vars(self) and self.noun != type(self).noun

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
