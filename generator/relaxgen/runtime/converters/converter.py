"""What all converters share: a dict from texts to values, and the three outcomes of a text. See `conversion`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, TypeVar

from ..xml.escaping import attribute_text
from .check import Data, why_none

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
    «must be at most 255»; ``expected`` is what would be right. Who asked for one text is told it again."""

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

    implied: ClassVar[tuple[Data, ...]] = ()
    """The checks of a converter that is made without."""

    def __init__(self, *checks: Data) -> None:
        self.checks = checks or self.implied
        self.quoted = Quoted(self)
        self.others: dict[str, tuple[_T, str]] = {}
        """Texts in another spelling, with their values and what `format` writes for these."""

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
        if text in self.others:
            raise OtherSpelling(*self.others[text])
        reason = why_none(self.checks, text)
        if reason:
            raise InvalidText(reason, tuple(check.describe() for check in self.checks))
        value = self.read(text)
        canonical = self._canonical(value, text)
        if canonical != text:
            if len(text) <= REMEMBERED_LENGTH and len(self.others) < REMEMBERED_TEXTS:
                self.others[text] = value, canonical
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
        except InvalidText as invalid:
            raise InvalidText(invalid.reason, invalid.expected, text) from None

    def format(self, value: _T) -> str:
        """The text that stands for `value`.

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

    def is_of_type(self, text: str) -> bool:
        """Whether a schema of the same type with other facets or words could allow the text."""
        try:
            self.read(text)
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
    """Values as `Converter.format` writes them, escaped to stand between the quotes of an attribute.

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
    return ValueError(f"{value!r} is not {expected}")


class TextConverter(Converter[str]):
    """Strings, kept exactly as they stand, white space and all. Text without restrictions needs no converter."""

    __slots__ = ()

    def read(self, text: str) -> str:
        return text

    def spellings(self, value: str) -> Iterator[str]:
        if not isinstance(value, str):
            raise wrong_type(value, "a string")
        yield str(value)

    def format(self, value: str) -> str:
        return value if type(value) is str and value in self else super().format(value)
