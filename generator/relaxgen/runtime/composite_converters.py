"""Converters made of others: lists and choices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Generic, TypeVar

from .converters import Converter, InvalidText, OtherSpelling, UnknownText, WordsConverter, why_none, wrong_type

_T = TypeVar("_T")


class ListConverter(Converter[list[_T]], Generic[_T]):
    """Items between white space, as many as allowed.

    Lists can be changed, so every text gives a new one; only items are remembered.
    """

    __slots__ = ("item", "maximum", "minimum")

    def __init__(self, item: Converter[_T], minimum: int = 0, maximum: int | None = None) -> None:
        super().__init__()
        self.item = item
        self.minimum = minimum
        self.maximum = maximum

    def __missing__(self, text: str) -> list[_T]:
        from .datatypes import collapse

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
        return ""

    def format(self, value: Iterable[_T]) -> str:
        if type(value) is UnknownText:
            return str(value)
        if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
            raise wrong_type(value, "a list")
        words = [self._word(item) for item in value]
        reason = self._wrong_count(words)
        if reason:
            raise ValueError(f"{value!r} {reason}")
        return " ".join(words)

    def is_of_type(self, text: str) -> bool:
        return all(map(self.item.is_of_type, text.split()))

    def _word(self, item: _T) -> str:
        word = self.item.format(item)
        if not word or any(character in word for character in " \t\r\n"):
            raise ValueError(f"{item!r} is not allowed in a list, where white space separates the items")
        return word

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.item!r}>"


def _items(count: int) -> str:
    return f"{count} item{'' if count == 1 else 's'}"


class ChoiceConverter(Converter[_T]):
    """The union of several converters. A text goes to the first that writes it back unchanged, or else to the first
    that accepts it; a value goes to the first that can write it."""

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
            raise other
        # Words that are all missing are listed together.
        expected = dict.fromkeys(word for reason in reasons for word in reason.expected)
        raise InvalidText(", and ".join(dict.fromkeys(reason.reason for reason in reasons)), tuple(expected))

    def beside_words(self) -> Converter[Any] | None:
        """The one converter that is for more than fixed words, if it allows none of the words."""
        words = [word for one in self.converters if isinstance(one, WordsConverter) for word, _ in one.words()]
        others = [one for one in self.converters if not isinstance(one, WordsConverter)]
        if len(others) != 1 or any(not why_none(others[0].checks, word) for word in words):
            return None
        return others[0]

    def _kept(self, text: str, converter: Converter[Any]) -> _T:
        value: _T = converter[text]
        canonical = self.format(value)
        if canonical != text:
            # A converter before this one writes the value, too: a float beside an integer.
            raise OtherSpelling(value, canonical)
        if text in converter:
            self._remember(text, value)
        return value

    def is_of_type(self, text: str) -> bool:
        return any(converter.is_of_type(text) for converter in self.converters)

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
