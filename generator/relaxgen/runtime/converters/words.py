"""Converters for values that a schema lists: literals, pairs of words, enumerations."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import TypeVar

from .converter import Converter, InvalidText, OtherSpelling, UnknownText, wrong_type

_T = TypeVar("_T")
_L = TypeVar("_L", bound=str)
_E = TypeVar("_E", bound=StrEnum)


SHOWN_WORDS = 12
"""So many allowed words stand in a reason; the rest is counted."""


class _WordsConverter(Converter[_T]):
    """Fixed words, each with its value. White space counts where ``exact`` is true, or in the words that it holds:
    those that are values of the datatype ``string``."""

    __slots__ = ("exact",)

    def __init__(self, exact: bool | Collection[str]) -> None:
        super().__init__()
        self.exact = exact

    def words(self) -> Iterable[tuple[str, _T]]:
        raise NotImplementedError

    def __missing__(self, text: str) -> _T:
        if not len(self):
            self.update(self.words())
            if text in self:
                return self[text]
        if self.exact is not True:
            from ..datatypes.datatype import collapse

            word = collapse(text)
            if word in self and not (self.exact and word in self.exact):
                raise OtherSpelling(self[word], word)
        raise InvalidText(f"is not {_listed(self)}", tuple(self))

    def is_of_type(self, text: str) -> bool:
        return True

    def _word(self, value: object) -> str:
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


class LiteralConverter(_WordsConverter[_L]):
    """Fixed texts that stay strings; to a type checker, literals."""

    __slots__ = ("tokens",)

    def __init__(self, *tokens: _L, exact: bool = False) -> None:
        super().__init__(exact)
        self.tokens = tokens

    def words(self) -> Iterable[tuple[str, _L]]:
        return zip(self.tokens, self.tokens, strict=True)

    def format(self, value: _L) -> str:
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

    def format(self, value: object) -> str:
        if value is True:
            return self.true
        if value is False:
            return self.false
        if type(value) is UnknownText:
            return str(value)
        raise wrong_type(value, "True or False")


class EnumerationConverter(_WordsConverter[_E]):
    """Members of ``enumeration``, those whose tokens are given: a table's sentinel is none of them, nor is what the
    enumeration has for other places. A string that equals a member's token is taken for the member. A token that
    parsing kept though the enumeration does not have it (see `token.unknown_token`) is written as it was read."""

    __slots__ = ("enumeration", "tokens")

    def __init__(self, enumeration: type[_E], tokens: Collection[str], exact: bool | Collection[str] = False) -> None:
        super().__init__(exact)
        self.enumeration = enumeration
        self.tokens = tokens

    def words(self) -> Iterable[tuple[str, _E]]:
        members = {str(member): member for member in self.enumeration}
        return [(str(token), members[str(token)]) for token in self.tokens]

    def format(self, value: _E) -> str:
        if type(value) is self.enumeration and value in self:
            return value._value_
        try:
            return self._word(value)
        except ValueError:
            if type(value) is self.enumeration and value._name_ not in self.enumeration.__members__:
                return str(value)
            raise


def tokens(
    enumeration: type[_E],
    *,
    only: Collection[str] = (),
    but: Collection[str] = (),
    exact: bool | Collection[str] = False,
) -> EnumerationConverter[_E]:
    """Texts as members of an enumeration: all of them, ``only`` some, or all ``but`` some."""
    allowed = only or tuple([member for member in enumeration if member._value_ not in but])
    return EnumerationConverter(enumeration, allowed, exact)
