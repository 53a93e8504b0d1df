"""Converters between texts and values: what all share, and those that most packages need.

A converter is a dict from texts to values; a text has one of three outcomes. The converters that only some packages
need are in `composite_converters`, `date_converters`, `number_converters` and `octet_converters`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from .markup import XML_SCHEMA, attribute_text

if TYPE_CHECKING:
    from .datatypes import Datatype


# Which texts a converter takes: what `data` and `value` patterns say, made when the first text has to be judged.
#
# A generated package makes hundreds of these when it is imported, and most are never used.


class Meaning:
    """The texts that a datatype takes for the same as ``text``: what a ``value`` pattern allows."""

    __slots__ = ("library", "text", "type")

    def __init__(self, type: str, text: str, library: str = XML_SCHEMA) -> None:
        self.type = type
        self.text = text
        self.library = library

    def allows(self, text: str) -> bool:
        from .datatypes import create

        return create(self.library, self.type).same(text, None, self.text, None)

    def __repr__(self) -> str:
        return f"Meaning({self.type!r}, {self.text!r})"


class Data:
    """A datatype with its parameters, as in ``Data("unsignedInt", ("maxInclusive", "255"))``; see `Parameters`.

    ``excluding`` are the values and datatypes that an ``except`` takes out.
    """

    __slots__ = ("_datatype", "excluding", "library", "params", "type")

    def __init__(
        self, type: str, *params: tuple[str, ...], library: str = XML_SCHEMA, excluding: tuple[Meaning | Data, ...] = ()
    ) -> None:
        self.type = type
        self.params = params
        self.library = library
        self.excluding = excluding
        self._datatype: Datatype | None = None

    @property
    def datatype(self) -> Datatype:
        if self._datatype is None:
            from .datatypes import create

            self._datatype = create(self.library, self.type, self.params)
        return self._datatype

    def why_not(self, text: str) -> str:
        """Why `text` is not allowed, to continue a sentence; empty where it is."""
        reason = self.datatype.why_not(text)
        if reason or not any(excluded.allows(text) for excluded in self.excluding):
            return reason
        return "is not allowed here"

    def allows(self, text: str) -> bool:
        return not self.why_not(text)

    def describe(self) -> str:
        """What is expected: «an integer from 0 to 255»."""
        return self.datatype.describe()

    def __repr__(self) -> str:
        return f"Data({', '.join([repr(self.type), *map(repr, self.params)])})"


def why_none(checks: tuple[Data, ...], text: str) -> str:
    """Why `text` meets none of `checks`; empty where it meets one, or where there is nothing to meet."""
    reasons: list[str] = []
    for check in checks:
        reason = check.why_not(text)
        if not reason:
            return ""
        reasons.append(reason)
    if len(reasons) < 2:
        return "".join(reasons)
    words = [check.describe() for check in checks]
    return f"is neither {', '.join(words[:-1])} nor {words[-1]}"


_T = TypeVar("_T")

REMEMBERED_TEXTS = 4096
REMEMBERED_LENGTH = 64
"""A converter keeps so many texts of at most this length: documents repeat short texts, not long ones."""


class Irregular(Exception):
    """A text that is not what `Converter.format` writes."""


class OtherSpelling(Irregular):
    """The text means ``value``, for which `Converter.format` writes ``canonical``."""

    def __init__(self, value: Any, canonical: str) -> None:
        super().__init__(value, canonical)
        self.value = value
        self.canonical = canonical


class InvalidText(Irregular, ValueError):
    """The schema does not allow the text. ``reason`` continues a sentence that begins with it: «is not an integer»,
    «must be at most 255»; ``expected`` is what is allowed."""

    def __init__(self, reason: str, expected: tuple[str, ...] = (), text: str | None = None) -> None:
        super().__init__(reason if text is None else f"{text!r} {reason}")
        self.reason = reason
        self.expected = expected


class UnknownText(str):
    """A text that a newer schema allows where ours does not: kept in a field as it is, whatever the field's type, and
    written as it was read. Only parsing makes one."""

    __slots__ = ()


class Converter(dict[str, _T]):
    """The base of converters: texts that any of ``checks`` allows, read and spelled as the subclass says."""

    __slots__ = ("checks", "others", "quoted")

    expected: ClassVar[tuple[str, ...]] = ()
    """What a text must be that `read` has a value for."""

    def __init__(self, *checks: Data) -> None:
        self.checks = checks
        self.quoted = Quoted(self)
        self.others: dict[str, tuple[_T, str]] = {}
        """Texts in another spelling, with their values and what `format` writes for these."""

    # What a subclass says

    def read(self, text: str) -> _T:
        """The value of an allowed text.

        Raises:
            InvalidText: the text has no value of the type, for another reason than that it is not as `expected`.
            ValueError, ArithmeticError: it has none.
        """
        raise NotImplementedError

    def spellings(self, value: _T) -> Iterator[str]:
        """Yields the spellings of `value`, the best first. Usually the first is allowed; the others are for schemas
        whose patterns require leading zeros or small letters.

        Raises:
            ValueError: it is not of the type.
        """
        raise NotImplementedError

    # For callers

    def __missing__(self, text: str) -> _T:
        if text in self.others:
            raise OtherSpelling(*self.others[text])
        reason = why_none(self.checks, text)
        if reason:
            raise InvalidText(reason, tuple(check.describe() for check in self.checks))
        value = self.value_of(text)
        canonical = self._canonical(value, text)
        if canonical != text:
            if len(text) <= REMEMBERED_LENGTH and len(self.others) < REMEMBERED_TEXTS:
                self.others[text] = value, canonical
            raise OtherSpelling(value, canonical)
        self._remember(text, value)
        return value

    def value_of(self, text: str) -> _T:
        """The value of a text, whatever is allowed.

        Raises:
            InvalidText: it has none.
        """
        try:
            return self.read(text)
        except InvalidText:
            raise
        except (ValueError, ArithmeticError):
            raise InvalidText(f"is not {' or '.join(self.expected)}", self.expected) from None

    def parse(self, text: str) -> _T:
        """The value of `text`, however it is spelled.

        Raises:
            InvalidText: the schema does not allow it.
        """
        try:
            return self[text]
        except OtherSpelling as other:
            value: _T = other.value
            return value
        except InvalidText as invalid:
            raise InvalidText(invalid.reason, invalid.expected, text) from None

    def format(self, value: _T) -> str:
        """Returns the text for `value`.

        Raises:
            ValueError: the value is not of the type, or the schema does not allow it.
        """
        if type(value) is UnknownText:
            return str(value)
        refusal = ""
        for text in self.spellings(value):
            if text in self:
                return text
            reason = why_none(self.checks, text)
            if not reason:
                self._remember(text, self.read(text))
                return text
            refusal = refusal or reason
        raise ValueError(f"{value!r} {refusal}")

    def recipe(self) -> tuple[str, object] | None:
        """What the native engine may do in place of `read` and `spellings` of this very class, as far as texts are in
        their first spelling: a kind of value that it knows, and a detail."""
        return None

    def beside_words(self) -> Converter[Any] | None:
        """The converter that alone decides about all texts and values but fixed words; None if there is none."""
        return self

    def is_of_type(self, text: str) -> bool:
        """Whether a schema of the same type with other facets or words could allow the text."""
        try:
            self.value_of(text)
        except InvalidText:
            return False
        return True

    def _canonical(self, value: _T, text: str) -> str:
        """What `format` writes for the value of `text`: the best spelling that is allowed."""
        best = ""
        for spelling in self.spellings(value):
            if spelling == text or not why_none(self.checks, spelling):
                return spelling
            best = best or spelling
        return best

    def _remember(self, text: str, value: _T) -> None:
        if len(text) <= REMEMBERED_LENGTH and len(self) < REMEMBERED_TEXTS:
            self[text] = value

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {' or '.join(map(repr, self.checks))}>"


class Quoted(dict[object, str]):
    """Values as `Converter.format` writes them, escaped for the quotes of an attribute.

    Strings are remembered, and members of enumerations, which are strings. Numbers are not: 1, 1.0 and True would be
    one key.
    """

    __slots__ = ("_converter",)

    def __init__(self, converter: Converter[Any]) -> None:
        self._converter = converter

    def __missing__(self, value: object) -> str:
        text = attribute_text(self._converter.format(value))
        # What the converter does not remember may be right for this very object only: a token of a newer schema.
        if isinstance(value, str) and value in self._converter and len(self) < REMEMBERED_TEXTS:
            self[value] = text
        return text


def wrong_type(value: object, expected: str) -> ValueError:
    # A text can look right: '2024-05-31' is not a date.
    kind = "is a string, not" if isinstance(value, str) else "is not"
    return ValueError(f"{value!r} {kind} {expected}")


def hint_at(word: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown word: the known one that was probably meant."""
    from .faults import nearest

    near = nearest(word, known)
    return f" (did you mean {near!r}?)" if near else ""


class TextConverter(Converter[str]):
    """Strings, unchanged, with their white space. Text without restrictions needs no converter."""

    __slots__ = ()

    def read(self, text: str) -> str:
        return text

    def spellings(self, value: str) -> Iterator[str]:
        if not isinstance(value, str):
            raise wrong_type(value, "a string")
        yield str(value)

    def format(self, value: str) -> str:
        return value if type(value) is str and value in self else super().format(value)

    def recipe(self) -> tuple[str, object]:
        return "string", None


# Converters for values that a schema lists: literals, pairs of words, enumerations.

_L = TypeVar("_L", bound=str)
_E = TypeVar("_E", bound=StrEnum)


SHOWN_WORDS = 12
"""A reason lists at most this many allowed words, and counts the others."""


class WordsConverter(Converter[_T]):
    """Fixed words, each with its value. White space counts where ``exact`` is true, or in the words that it holds:
    those that are values of the datatype ``string``. In those of ``spaced``, values of ``normalizedString``, it counts
    as spaces."""

    __slots__ = ("exact", "spaced")

    def __init__(self, exact: bool | Collection[str], spaced: Collection[str] = ()) -> None:
        super().__init__()
        self.exact = exact
        self.spaced = spaced

    def words(self) -> Iterable[tuple[str, _T]]:
        raise NotImplementedError

    def __missing__(self, text: str) -> _T:
        if not len(self):
            self.update(self.words())
            if text in self:
                return self[text]
        if self.exact is not True:
            from .datatypes import collapse

            word = collapse(text)
            if word in self and not (self.exact and word in self.exact):
                raise OtherSpelling(self[word], word)
        if self.spaced:
            from .datatypes import replace

            word = replace(text)
            if word in self.spaced and word in self:
                raise OtherSpelling(self[word], word)
        raise InvalidText(f"is not {_listed(self)}", tuple(self))

    def is_of_type(self, text: str) -> bool:
        return True

    def format(self, value: object) -> str:
        """`value` itself, a string that must be one of the words."""
        if not len(self):
            self.update(self.words())
        if isinstance(value, str) and (value in self or type(value) is UnknownText):
            return str(value)
        raise ValueError(f"{value!r} is not {_listed(self)}")


def _listed(words: Collection[str]) -> str:
    """«a», «one of a, b», «one of a, b and 20 more»."""
    shown = [word or "empty" for word in list(words)[:SHOWN_WORDS]]
    if len(words) == 1:
        return shown[0]
    more = len(words) - len(shown)
    return f"one of {', '.join(shown)}" + (f" and {more} more" if more else "")


class LiteralConverter(WordsConverter[_L]):
    """Fixed texts that stay strings; to a type checker, literals."""

    __slots__ = ("tokens",)

    def __init__(self, *tokens: _L, exact: bool | Collection[str] = False, spaced: Collection[str] = ()) -> None:
        super().__init__(exact, spaced)
        self.tokens = tokens

    def words(self) -> Iterable[tuple[str, _L]]:
        return zip(self.tokens, self.tokens, strict=True)


class WordPairConverter(WordsConverter[bool]):
    """A truth value spelled with two words, such as yes and no."""

    __slots__ = ("false", "true")

    def __init__(self, true: str, false: str, exact: bool | Collection[str] = False) -> None:
        super().__init__(exact)
        self.true = true
        self.false = false

    def words(self) -> Iterable[tuple[str, bool]]:
        return (self.true, True), (self.false, False)

    def format(self, value: object) -> str:
        if value is True:
            return self.true
        if value is False:
            return self.false
        if type(value) is UnknownText:
            return str(value)
        raise wrong_type(value, "True or False")


class EnumerationConverter(WordsConverter[_E]):
    """Members of ``enumeration``: all, ``only`` some, or all ``but`` some.

    A string that equals a member's token is taken for the member. A token that parsing kept though the enumeration does
    not have it (see `unknown_token`) is written as it was read.
    """

    __slots__ = ("but", "enumeration", "only")

    def __init__(
        self,
        enumeration: type[_E],
        only: Collection[str] = (),
        *,
        but: Collection[str] = (),
        exact: bool | Collection[str] = False,
        spaced: Collection[str] = (),
    ) -> None:
        super().__init__(exact, spaced)
        self.enumeration = enumeration
        self.only = only
        self.but = but

    def words(self) -> Iterable[tuple[str, _E]]:
        members = map(self.enumeration, self.only) if self.only else self.enumeration
        return [(member._value_, member) for member in members if member._value_ not in self.but]

    def parse(self, text: str) -> _E:
        try:
            return super().parse(text)
        except InvalidText as invalid:
            values = "value" if len(self) == 1 else "values"
            whose = f"the {values} of {self.enumeration.__name__}{hint_at(text, invalid.expected)}"
            raise InvalidText(f"{invalid.reason}, {whose}", invalid.expected, text) from None

    def format(self, value: Any) -> str:
        if type(value) is self.enumeration and value in self:
            return value._value_
        try:
            return super().format(value)
        except ValueError:
            if type(value) is self.enumeration and value._name_ not in self.enumeration.__members__:
                return str(value)
            raise


tokens = EnumerationConverter
"""What generated code calls it."""


# Converters for integers and truth values.

LONGEST_NUMBER = 4000
"""So many characters may a number have; Python's `int` refuses not many more, since it takes quadratic time."""

WIDEST_NUMBER = 21
"""Leading zeros are tried up to the width of the largest unsignedLong."""

_SMALLEST, LARGEST = -(2**64), 2**64
"""What is beyond has its length checked before it becomes text."""


class IntegerConverter(Converter[int]):
    """Integers, without leading zeros and plus sign unless the schema insists on them."""

    __slots__ = ()
    expected = ("an integer",)

    def read(self, text: str) -> int:
        return int(digits_of(text))

    def spellings(self, value: int) -> Iterator[str]:
        text = str(checked_integer(value))
        yield text
        sign, digits = ("-", text[1:]) if value < 0 else ("", text)
        for width in range(len(digits) + 1, WIDEST_NUMBER):
            yield sign + digits.zfill(width)
        if not sign:
            yield "+" + text

    def format(self, value: int) -> str:
        if type(value) is int and _SMALLEST < value < LARGEST:
            text = str(value)
            if text in self:
                return text
        return super().format(value)

    def recipe(self) -> tuple[str, object]:
        return "integer", None


def digits_of(text: str) -> str:
    """`text` for Python's number types, without white space around.

    Raises:
        InvalidText: it is too long.
        ValueError: see `ascii_of`.
    """
    if len(text) > LONGEST_NUMBER:
        raise InvalidText(f"has more than {LONGEST_NUMBER} characters")
    return ascii_of(text).strip(" \t\r\n")


def ascii_of(text: str) -> str:
    """`text`, without digits of other scripts and underscores, which Python's number types take.

    Raises:
        ValueError: it has some.
    """
    if not text.isascii() or "_" in text:
        raise ValueError(text)
    return text


def checked_integer(value: object) -> int:
    """Raises ValueError: it is not an integer, or too large."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong_type(value, "an integer")
    if value.bit_length() > LONGEST_NUMBER * 3:
        raise ValueError(f"an integer of {value.bit_length()} bits is too large")
    return int(value)


class BooleanConverter(Converter[bool]):
    """``true`` and ``false``; ``1`` and ``0`` are other spellings unless the schema allows nothing else."""

    __slots__ = ()
    expected = ("true", "false")

    def read(self, text: str) -> bool:
        return ("false", "true", "0", "1").index(text.strip(" \t\r\n")) % 2 == 1

    def spellings(self, value: bool) -> Iterator[str]:
        if not isinstance(value, bool):
            raise wrong_type(value, "True or False")
        yield "true" if value else "false"
        yield "1" if value else "0"
