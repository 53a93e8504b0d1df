"""Converters: from the text of an attribute or element to a value of Python and back, without loss.

A converter is a dict from the texts that it has met to their values, so that generated code reads a field by
``disk.size = _SIZE[text]``, which is one look-up in C where the text was met before. `Converter.__missing__` does the
rest, with three outcomes:

    the value       where `Converter.format` writes exactly this text for it
    OtherSpelling   the text is right, but `format` writes the value otherwise: ``007``, `` 7 ``, ``+7``
    InvalidText     the schema does not allow the text

`Converter.format` is the way back. It never writes what the datatype refuses.

What stays a string, though XML Schema has a name for it: dates, times and durations. Python's types cannot hold years
beyond 9999 or before 1, the end of a day as 24:00:00, leap seconds, fractions finer than microseconds, dates with a
zone, or how the author spelled the zone. They are checked, and so are URIs and names.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from .check import Data, why_none

if TYPE_CHECKING:
    from decimal import Decimal
    from enum import StrEnum

    _E = TypeVar("_E", bound=StrEnum)
else:
    _E = TypeVar("_E")

_T = TypeVar("_T")

REMEMBERED_TEXTS = 4096
REMEMBERED_LENGTH = 64
"""A converter keeps so many texts of at most this length: documents repeat short texts, not long ones."""

LONGEST_NUMBER = 4000
"""So many characters may a number have; Python's `int` refuses not many more, since it takes quadratic time."""

SHOWN_WORDS = 12
"""So many allowed words stand in a reason; the rest is counted."""


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
    «must be at most 255»; ``expected`` is what would be right."""

    def __init__(self, reason: str, expected: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.expected = expected


class Converter(dict[str, _T]):
    """The base of converters: texts that any of ``checks`` allows, read and spelled as the subclass says."""

    __slots__ = ("checks",)

    implied: ClassVar[tuple[Data, ...]] = ()
    """The checks of a converter that is made without."""

    def __init__(self, *checks: Data) -> None:
        self.checks = checks or self.implied

    # What a subclass says

    def read(self, text: str) -> _T:
        """The value of an allowed text.

        Raises:
            InvalidText: no value of the type stands for it.
        """
        raise NotImplementedError

    def spellings(self, value: _T) -> Iterator[str]:
        """How `value` can be spelled, the best first. Usually the first will do; the others are for schemas that ask
        for leading zeros or small letters by a pattern.

        Raises:
            ValueError: it is not of the type.
        """
        raise NotImplementedError

    # What is asked

    def __missing__(self, text: str) -> _T:
        reason = why_none(self.checks, text)
        if reason:
            raise InvalidText(reason, tuple(check.describe() for check in self.checks))
        value = self.read(text)
        canonical = self._canonical(value, text)
        if canonical != text:
            raise OtherSpelling(value, canonical)
        self._remember(text, value)
        return value

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

    def format(self, value: _T) -> str:
        """The text that stands for `value`.

        Raises:
            ValueError: the value is not of the type, or the schema does not allow it.
        """
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


def _wrong_type(value: object, expected: str) -> ValueError:
    return ValueError(f"{value!r} is not {expected}")


class TextConverter(Converter[str]):
    """Strings, kept exactly as they stand, white space and all. Text without restrictions needs no converter."""

    __slots__ = ()

    def read(self, text: str) -> str:
        return text

    def spellings(self, value: str) -> Iterator[str]:
        if not isinstance(value, str):
            raise _wrong_type(value, "a string")
        yield str(value)

    def format(self, value: str) -> str:
        return value if type(value) is str and value in self else super().format(value)


class IntegerConverter(Converter[int]):
    """Integers, without leading zeros and plus sign unless the schema insists on them."""

    __slots__ = ()
    implied = (Data("integer"),)

    def read(self, text: str) -> int:
        _check_length(text)
        try:
            return int(_ascii(text))
        except ValueError:
            raise InvalidText("is not an integer", ("an integer",)) from None

    def spellings(self, value: int) -> Iterator[str]:
        text = str(_integer(value))
        yield text
        sign, digits = ("-", text[1:]) if value < 0 else ("", text)
        for width in range(len(digits) + 1, _WIDEST_NUMBER):
            yield sign + digits.zfill(width)
        if not sign:
            yield "+" + text

    def format(self, value: int) -> str:
        if type(value) is int and -_SMALL < value < _SMALL:
            text = str(value)
            if text in self:
                return text
        return super().format(value)


_SMALL = 2**64

_WIDEST_NUMBER = 21
"""Leading zeros are tried up to the width of the largest unsignedLong."""


def _check_length(text: str) -> None:
    if len(text) > LONGEST_NUMBER:
        raise InvalidText(f"has more than {LONGEST_NUMBER} characters")


def _ascii(text: str) -> str:
    """`text` for Python's number types, which take digits of all scripts and underscores."""
    if not text.isascii() or "_" in text:
        raise ValueError(text)
    return text


def _integer(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong_type(value, "an integer")
    if value.bit_length() > LONGEST_NUMBER * 3:
        raise ValueError(f"an integer of {value.bit_length()} bits is too large")
    return int(value)


class HexadecimalConverter(Converter[int]):
    """Integers written with ``0x`` and at least ``digits`` digits. A text without ``0x`` has the base ``bare``."""

    __slots__ = ("bare", "digits")

    def __init__(self, *checks: Data, digits: int = 1, bare: int = 16) -> None:
        super().__init__(*checks)
        self.digits = digits
        self.bare = bare

    def read(self, text: str) -> int:
        _check_length(text)
        bare = text.strip(" \t\r\n").lower()
        base = 16 if bare.lstrip("+-").startswith("0x") else self.bare
        try:
            return int(_ascii(bare), base)
        except ValueError:
            expected = "a hexadecimal integer such as 0x1f"
            raise InvalidText(f"is not {expected}", (expected,)) from None

    def spellings(self, value: int) -> Iterator[str]:
        value = _integer(value)
        sign = "-" if value < 0 else ""
        for width in dict.fromkeys((self.digits, *range(1, 17))):
            yield f"{sign}0x{abs(value):0{width}x}"
        for width in dict.fromkeys((self.digits, *range(1, 17))):
            yield f"{sign}{abs(value):0{width}{'x' if self.bare == 16 else 'd'}}"


class DecimalConverter(Converter["Decimal"]):
    """Decimal numbers, with the zeros after the point that they have."""

    __slots__ = ()
    implied = (Data("decimal"),)

    def read(self, text: str) -> Decimal:
        from decimal import Decimal

        _check_length(text)
        try:
            return Decimal(_ascii(text.strip(" \t\r\n")))
        except (ValueError, ArithmeticError):
            raise InvalidText("is not a decimal number", ("a decimal number",)) from None

    def spellings(self, value: Decimal) -> Iterator[str]:
        text = format(_decimal(value), "f")
        yield text
        whole, _, fraction = text.partition(".")
        for width in range(len(fraction) + 1, _WIDEST_NUMBER):
            yield f"{whole}.{fraction.ljust(width, '0')}"


def _decimal(value: object) -> Decimal:
    from decimal import Decimal

    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(_integer(value))
    if not isinstance(value, Decimal):
        raise _wrong_type(value, "a decimal number")
    if not value.is_finite():
        raise ValueError(f"{value} is not a decimal number of XML Schema")
    if abs(value.adjusted()) > LONGEST_NUMBER:
        raise ValueError(f"{value} has too many digits")
    return value


class FloatConverter(Converter[float]):
    """Floating-point numbers, spelled as Python does, and ``INF``, ``-INF`` and ``NaN``."""

    __slots__ = ()
    implied = (Data("double"),)

    def read(self, text: str) -> float:
        try:
            return float(_ascii(text))
        except ValueError:
            raise InvalidText("is not a number", ("a number",)) from None

    def spellings(self, value: float) -> Iterator[str]:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise _wrong_type(value, "a number")
        try:
            number = float(value)
        except OverflowError:
            raise ValueError(f"an integer of {int(value).bit_length()} bits is too large") from None
        text = repr(number)
        yield _SPECIAL_NUMBERS.get(text, text)
        if math.isfinite(number):
            plain = _plain(text)
            yield plain
            yield plain.removesuffix(".0")


def _plain(text: str) -> str:
    """A number without an exponent, which a pattern may refuse."""
    from decimal import Decimal

    return format(Decimal(text), "f")


_SPECIAL_NUMBERS = {"inf": "INF", "-inf": "-INF", "nan": "NaN"}


class BooleanConverter(Converter[bool]):
    """``true`` and ``false``; ``1`` and ``0`` are other spellings unless the schema allows nothing else."""

    __slots__ = ()
    implied = (Data("boolean"),)

    def read(self, text: str) -> bool:
        word = text.strip(" \t\r\n")
        if word not in ("true", "false", "1", "0"):
            raise InvalidText("is not true or false", ("true", "false"))
        return word in ("true", "1")

    def spellings(self, value: bool) -> Iterator[str]:
        if not isinstance(value, bool):
            raise _wrong_type(value, "True or False")
        yield "true" if value else "false"
        yield "1" if value else "0"


class HexBinaryConverter(Converter[bytes]):
    """Octets as pairs of hexadecimal digits, in capitals where the schema allows them."""

    __slots__ = ()
    implied = (Data("hexBinary"),)

    def read(self, text: str) -> bytes:
        try:
            return bytes.fromhex(_ascii(text))
        except ValueError:
            raise InvalidText("is not pairs of hexadecimal digits", ("pairs of hexadecimal digits",)) from None

    def spellings(self, value: bytes) -> Iterator[str]:
        text = _octets(value).hex()
        yield text.upper()
        yield text


class Base64Converter(Converter[bytes]):
    """Octets in base64, without white space."""

    __slots__ = ()
    implied = (Data("base64Binary"),)

    def read(self, text: str) -> bytes:
        from base64 import b64decode

        try:
            return b64decode("".join(text.split()), validate=True)
        except ValueError:
            raise InvalidText("is not base64 data", ("base64 data",)) from None

    def spellings(self, value: bytes) -> Iterator[str]:
        from base64 import b64encode

        yield b64encode(_octets(value)).decode("ascii")


def _octets(value: object) -> bytes:
    if not isinstance(value, (bytes, bytearray, memoryview)):
        raise _wrong_type(value, "bytes")
    return bytes(value)


class _WordsConverter(Converter[_T]):
    """Fixed words, each with its value. ``exact`` makes white space count, as ``value type="string"`` does."""

    __slots__ = ("exact",)

    def __init__(self, exact: bool) -> None:
        super().__init__()
        self.exact = exact

    def words(self) -> Iterable[tuple[str, _T]]:
        raise NotImplementedError

    def __missing__(self, text: str) -> _T:
        if not len(self):
            self.update(self.words())
            if text in self:
                return self[text]
        if not self.exact:
            from .datatype import collapse

            word = collapse(text)
            if word in self:
                raise OtherSpelling(self[word], word)
        raise InvalidText(f"is not {_listed(self)}", tuple(self))

    def _word(self, value: object) -> str:
        """`value` itself, a string that must be one of the words."""
        if not len(self):
            self.update(self.words())
        if isinstance(value, str) and value in self:
            return str(value)
        raise ValueError(f"{value!r} is not {_listed(self)}")


def _listed(words: Collection[str]) -> str:
    """«a», «one of a, b», «one of a, b and 20 more»."""
    shown = [word or "empty" for word in list(words)[:SHOWN_WORDS]]
    if len(words) == 1:
        return shown[0]
    more = len(words) - len(shown)
    return f"one of {', '.join(shown)}" + (f" and {more} more" if more else "")


class LiteralConverter(_WordsConverter[str]):
    """Fixed texts that stay strings."""

    __slots__ = ("tokens",)

    def __init__(self, *tokens: str, exact: bool = False) -> None:
        super().__init__(exact)
        self.tokens = tokens

    def words(self) -> Iterable[tuple[str, str]]:
        return zip(self.tokens, self.tokens, strict=True)

    def format(self, value: str) -> str:
        return self._word(value)


class WordPairConverter(_WordsConverter[bool]):
    """A truth value spelled with two words, such as yes and no."""

    __slots__ = ("false", "true")

    def __init__(self, true: str, false: str, exact: bool = False) -> None:
        super().__init__(exact)
        self.true = true
        self.false = false

    def words(self) -> Iterable[tuple[str, bool]]:
        return (self.true, True), (self.false, False)

    def format(self, value: bool) -> str:
        if value is True:
            return self.true
        if value is False:
            return self.false
        raise _wrong_type(value, "True or False")


class EnumerationConverter(_WordsConverter[_E]):
    """Members of ``enumeration``, those whose tokens are given: a table's sentinel is none of them, nor is what the
    enumeration has for other places. A string that equals a member's token is taken for the member."""

    __slots__ = ("enumeration", "tokens")

    def __init__(self, enumeration: type[_E], tokens: Collection[str], exact: bool = False) -> None:
        super().__init__(exact)
        self.enumeration = enumeration
        self.tokens = tokens

    def words(self) -> Iterable[tuple[str, _E]]:
        members = {str(member): member for member in self.enumeration}
        return [(str(token), members[str(token)]) for token in self.tokens]

    def format(self, value: _E) -> str:
        return self._word(value)


class ListConverter(Converter[list[_T]], Generic[_T]):
    """Items between white space, as many as allowed; ``exact`` judges the items' texts where counting does not do.

    Lists can be changed, so every text gives a new one; only items are remembered.
    """

    __slots__ = ("exact", "item", "maximum", "minimum")

    def __init__(
        self,
        item: Converter[_T],
        minimum: int = 0,
        maximum: int | None = None,
        exact: Callable[[Sequence[str]], bool] | None = None,
    ) -> None:
        super().__init__()
        self.item = item
        self.minimum = minimum
        self.maximum = maximum
        self.exact = exact

    def __missing__(self, text: str) -> list[_T]:
        from .datatype import collapse

        collapsed = collapse(text)
        words = collapsed.split(" ") if collapsed else []
        reason = self._wrong_count(words)
        if reason:
            raise InvalidText(reason)
        values: list[_T] = []
        canonical = []
        for word in words:
            value, spelling = self._item(word)
            values.append(value)
            canonical.append(spelling)
        joined = " ".join(canonical)
        if joined != text:
            raise OtherSpelling(values, joined)
        return values

    def _item(self, word: str) -> tuple[_T, str]:
        try:
            return self.item[word], word
        except OtherSpelling as other:
            return other.value, other.canonical
        except InvalidText as invalid:
            raise InvalidText(f"has the item {word!r}, which {invalid.reason}", invalid.expected) from None

    def _wrong_count(self, words: Sequence[str]) -> str:
        if len(words) < self.minimum:
            return f"must have at least {_items(self.minimum)}, not {len(words)}"
        if self.maximum is not None and len(words) > self.maximum:
            return f"must have at most {_items(self.maximum)}, not {len(words)}"
        if self.exact is not None and not self.exact(words):
            return "is not a list that the schema allows"
        return ""

    def format(self, value: Iterable[_T]) -> str:
        if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
            raise _wrong_type(value, "a list")
        words = [self._word(item) for item in value]
        reason = self._wrong_count(words)
        if reason:
            raise ValueError(f"{value!r} {reason}")
        return " ".join(words)

    def _word(self, item: _T) -> str:
        word = self.item.format(item)
        if not word or any(character in word for character in " \t\r\n"):
            raise ValueError(f"{item!r} cannot stand in a list, where white space separates the items")
        return word

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.item!r}>"


def _items(count: int) -> str:
    return f"{count} item{'' if count == 1 else 's'}"


class ChoiceConverter(Converter[_T]):
    """What any of several converters takes. A text goes to the first that writes it back as it stands, else to the
    first that takes it; a value goes to the first that can write it."""

    __slots__ = ("converters",)

    def __init__(self, *converters: Converter[Any]) -> None:
        super().__init__()
        self.converters = converters

    def __missing__(self, text: str) -> _T:
        other: OtherSpelling | None = None
        reasons: list[InvalidText] = []
        for converter in self.converters:
            try:
                return self._kept(text, converter)
            except OtherSpelling as spelling:
                other = other or spelling
            except InvalidText as invalid:
                reasons.append(invalid)
        if other is not None:
            raise OtherSpelling(other.value, other.canonical)
        raise _combined(reasons)

    def _kept(self, text: str, converter: Converter[Any]) -> _T:
        value: _T = converter[text]
        if text in converter:
            self._remember(text, value)
        return value

    def format(self, value: _T) -> str:
        reasons = []
        for converter in self.converters:
            try:
                return converter.format(value)
            except ValueError as error:
                reasons.append(str(error))
        raise ValueError("; ".join(dict.fromkeys(reasons)))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {', '.join(map(repr, self.converters))}>"


def _combined(reasons: Sequence[InvalidText]) -> InvalidText:
    """What several converters say against one text; words that are all missing are listed together."""
    expected = tuple(dict.fromkeys(word for reason in reasons for word in reason.expected))
    return InvalidText(", and ".join(dict.fromkeys(reason.reason for reason in reasons)), expected)
