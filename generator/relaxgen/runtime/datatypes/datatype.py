"""What a datatype is: which texts it allows, which of them mean the same, and how to say so.

A `Datatype` is made once for each ``data`` or ``value`` pattern (see `library`), with its parameters. Its methods
take texts as they stand in a document; white space is treated as the type asks for (XML Schema Datatypes 4.3.6).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, ClassVar

from .facet import Facet, WrongParameter, bound, digits, length, pattern

Namespaces = Mapping[str | None, str]
"""Prefixes in scope and their URIs, None for the default namespace: the context of QName and NOTATION."""

Parameters = Sequence[tuple[str, str]]
"""Names and values of a ``data`` pattern's ``param`` elements, in order; a pattern is Python's, already translated."""

REMEMBERED_TEXTS = 2048
REMEMBERED_LENGTH = 64
"""Verdicts are kept for so many texts of at most this length, for each datatype: documents repeat themselves."""

_MAKERS: dict[str, Callable[[Datatype, str, str], Facet]] = {
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

    noun: ClassVar[str] = "text"
    """What a text of the type is, in a message: «an integer», «text»."""

    facets: ClassVar[frozenset[str]] = LENGTHS | PATTERN
    """The parameters that the type knows."""

    unit: ClassVar[str] = "character"
    """What length facets count."""

    uses_namespaces: ClassVar[bool] = False
    """Whether the verdict depends on the prefixes in scope."""

    def __init__(self, library: str, type: str, params: Parameters = ()) -> None:
        self.library = library
        self.type = type
        self.params = tuple(params)
        self.restrictions: list[Facet] = []
        """The parameters, each as a check."""
        self._verdicts: dict[str, bool] = {}
        for index, (name, value) in enumerate(self.params):
            self.restrictions.append(self._facet(index, name, value))

    def _facet(self, index: int, name: str, value: str) -> Facet:
        if name not in self.facets:
            raise WrongParameter(index, f"parameter {name!r} does not apply to {self.type}")
        try:
            return _MAKERS[name](self, name, value)
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
        return " ".join([self.noun, *(facet.description for facet in self.restrictions)])

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
