"""Sets of texts as automata: what datatypes, values and patterns of XML Schema allow, comparable with each other.

A `Language` is a deterministic automaton whose states are made when they are reached, so that products of several cost
only what is looked at. Characters are code points; where a state treats a range of them alike, `cuts` says where ranges
begin. `reached` walks through several languages at once and finds, for each set of them that share a text with no
other, a shortest one: all there is to know about how they overlap.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

State = Any
"""Of its language only; None where no text that goes on belongs to the language."""

WHITE_SPACE = (9, 10, 13, 32)
WHITE_SPACE_CUTS = (9, 11, 13, 14, 32, 33)
_SPACE = 32

_LEGAL = ((9, 10), (13, 13), (0x20, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF))
"""The characters of XML."""

_PREFERRED = [ord(character) for character in "xa01A-_./: "]
"""What to take of a range for a text that people will read."""


class TooManyStates(Exception):
    """A comparison would take too long."""


class Language:
    """Equal keys are equal languages; different keys may be."""

    key: Hashable
    start: State

    def step(self, state: State, code: int) -> State:
        raise NotImplementedError

    def accepts(self, state: State) -> bool:
        raise NotImplementedError

    def cuts(self, state: State) -> Iterable[int]:
        """The code points from which on `step` may lead elsewhere than from the one before."""
        return ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Language) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __contains__(self, text: str) -> bool:
        state = self.start
        for character in text:
            if state is None:
                return False
            state = self.step(state, ord(character))
        return state is not None and self.accepts(state)


class Everything(Language):
    key = ("everything",)
    start = 0

    def step(self, state: State, code: int) -> State:
        return state

    def accepts(self, state: State) -> bool:
        return True


class Words(Language):
    """Finitely many texts. A state is what has been read."""

    start = ""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = frozenset(words)
        self.key = ("words", self.words)

    @cached_property
    def _following(self) -> Mapping[str, set[str]]:
        found: dict[str, set[str]] = {"": set()}
        for word in self.words:
            for index, character in enumerate(word):
                found.setdefault(word[:index], set()).add(character)
        return found

    def step(self, state: State, code: int) -> State:
        character = chr(code)
        return state + character if character in self._following.get(state, ()) else None

    def accepts(self, state: State) -> bool:
        return state in self.words

    def cuts(self, state: State) -> Iterable[int]:
        for character in self._following.get(state, ()):
            yield ord(character)
            yield ord(character) + 1


class Lengths(Language):
    """Texts with a number of characters between two bounds. A state is this number, as far as it makes a difference."""

    start = 0

    def __init__(self, least: int, most: int | None) -> None:
        self.least = least
        self.most = most
        self.key = ("lengths", least, most)

    def step(self, state: State, code: int) -> State:
        count = state + 1
        if self.most is None:
            return min(count, self.least)
        return count if count <= self.most else None

    def accepts(self, state: State) -> bool:
        return bool(state >= self.least)


class Integers(Language):
    """Decimal notations, with sign and leading zeros as they come, of the integers between two bounds.

    A state is the sign, whether there was a digit, how many there were since the leading zeros, and how these compare
    with as many of the lower and the upper bound: below 0, 0, above 0.
    """

    start = ("", False, 0, 0, 0)
    _CUTS = (43, 44, 45, 46, *range(48, 59))

    def __init__(self, low: int | None, high: int | None) -> None:
        self.key = ("integers", low, high)
        self._bounds = {"+": _magnitudes(low, high), "-": _magnitudes(_negative(high), _negative(low))}

    def step(self, state: State, code: int) -> State:
        sign, _, count, to_low, to_high = state
        if code in (43, 45):
            return None if sign else (chr(code), False, 0, 0, 0)
        if not 48 <= code <= 57:
            return None
        low, high, _ = self._bounds[sign or "+"]
        if code == 48 and not count:
            return (sign or "+", True, 0, 0, 0)
        to_low = to_low or _compared(code, low, count)
        to_high = to_high or _compared(code, high, count) if high is not None else 0
        count += 1
        if high is None:
            count = min(count, len(low) + 1)
        elif count > len(high):
            return None
        return (sign or "+", True, count, to_low, to_high)

    def accepts(self, state: State) -> bool:
        sign, has_digit, count, to_low, to_high = state
        if not has_digit:
            return False
        low, high, is_empty = self._bounds[sign]
        if is_empty or (count - len(low) or to_low) < 0:
            return False
        return high is None or (count - len(high) or to_high) <= 0

    def cuts(self, state: State) -> Iterable[int]:
        return self._CUTS


class DecimalBound(Language):
    """Notations of the decimals on one side of a bound, which belongs to them unless ``is_strict``.

    A state is the sign, whether there was a digit, whether the point has come, how many digits there were since the
    leading zeros or since the point, how what was read compares with as much of the bound, and whether all was 0.
    """

    start = ("", False, False, 0, 0, True)
    _CUTS = (43, 44, 45, 46, 47, *range(48, 59))

    def __init__(self, bound: Decimal, *, is_lower: bool, is_strict: bool) -> None:
        self.key = ("decimals", bound, is_lower, is_strict)
        whole, _, fraction = format(abs(bound), "f").partition(".")
        self._whole, self._fraction = whole.lstrip("0"), fraction.rstrip("0")
        self._bound_sign = (bound > 0) - (bound < 0)
        self._is_lower = is_lower
        self._is_strict = is_strict

    def step(self, state: State, code: int) -> State:
        sign, has_digit, is_behind, count, order, is_zero = state
        if code in (43, 45):
            return None if sign or has_digit or is_behind else (chr(code), False, False, 0, 0, True)
        if code == 46:
            return None if is_behind else (sign, has_digit, True, 0, self._of_whole(count, order), is_zero)
        if not 48 <= code <= 57:
            return None
        is_zero = is_zero and code == 48
        if is_behind:
            if not order:
                order = _compared(code, self._fraction, count) if count < len(self._fraction) else code - 48
            return (sign or "+", True, True, min(count + 1, len(self._fraction)), _sign(order), is_zero)
        if code == 48 and not count:
            return (sign or "+", True, False, 0, 0, is_zero)
        order = order or _sign(_compared(code, self._whole, count))
        return (sign or "+", True, False, min(count + 1, len(self._whole) + 1), order, is_zero)

    def _of_whole(self, count: int, order: int) -> int:
        return _sign(count - len(self._whole)) or order

    def accepts(self, state: State) -> bool:
        sign, has_digit, is_behind, count, order, is_zero = state
        if not has_digit:
            return False
        if not is_behind:
            order, count = self._of_whole(count, order), 0
        magnitude = order or (-1 if count < len(self._fraction) else 0)
        own = 0 if is_zero else -1 if sign == "-" else 1
        order = _sign(own - self._bound_sign) or own * magnitude
        return (order == 0 and not self._is_strict) or (order > 0 if self._is_lower else order < 0)

    def cuts(self, state: State) -> Iterable[int]:
        return self._CUTS


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def _negative(number: int | None) -> int | None:
    return None if number is None else -number


def _magnitudes(low: int | None, high: int | None) -> tuple[str, str | None, bool]:
    """The digits of the bounds of what is not negative, without leading zeros, and whether there is no such number."""
    return _significant(low or 0), None if high is None else _significant(high), high is not None and high < 0


def _significant(number: int) -> str:
    return str(number) if number > 0 else ""


def _compared(code: int, digits: str, index: int) -> int:
    """How a digit compares with the one at the same place of a number, and with nothing where that is shorter."""
    return code - ord(digits[index]) if index < len(digits) else 0


class Collapsed(Language):
    """Texts that belong to a language when their white space is collapsed (XML Schema Datatypes 4.3.6). A state is the
    inner one, whether a character has come, and whether white space has come since the last one."""

    def __init__(self, inner: Language) -> None:
        self.inner = inner
        self.key = ("collapsed", inner.key)
        self.start = (inner.start, False, False)

    def step(self, state: State, code: int) -> State:
        inner, has_begun, is_pending = state
        if code in WHITE_SPACE:
            return (inner, has_begun, has_begun)
        if is_pending:
            inner = self.inner.step(inner, _SPACE)
        if inner is not None:
            inner = self.inner.step(inner, code)
        return None if inner is None else (inner, True, False)

    def accepts(self, state: State) -> bool:
        return self.inner.accepts(state[0])

    def cuts(self, state: State) -> Iterable[int]:
        inner, _, is_pending = state
        yield from WHITE_SPACE_CUTS
        if is_pending:
            inner = self.inner.step(inner, _SPACE)
        if inner is not None:
            yield from self.inner.cuts(inner)


class Replaced(Language):
    """Texts that belong to a language when each white-space character is a space."""

    def __init__(self, inner: Language) -> None:
        self.inner = inner
        self.key = ("replaced", inner.key)
        self.start = inner.start

    def step(self, state: State, code: int) -> State:
        return self.inner.step(state, _SPACE if code in WHITE_SPACE else code)

    def accepts(self, state: State) -> bool:
        return self.inner.accepts(state)

    def cuts(self, state: State) -> Iterable[int]:
        yield from WHITE_SPACE_CUTS
        yield from self.inner.cuts(state)


class _Combination(Language):
    """A state is a tuple of states."""

    def __init__(self, members: Iterable[Language]) -> None:
        self.members = tuple(dict.fromkeys(members))
        self.key = (type(self).__name__, frozenset(member.key for member in self.members))
        self.start = tuple(member.start for member in self.members)

    def cuts(self, state: State) -> Iterable[int]:
        for member, inner in zip(self.members, state, strict=True):
            if inner is not None:
                yield from member.cuts(inner)


class Union(_Combination):
    def step(self, state: State, code: int) -> State:
        states = _stepped(self.members, state, code)
        return None if all(s is None for s in states) else states

    def accepts(self, state: State) -> bool:
        return bool(_accepting(self.members, state))


class Intersection(_Combination):
    def step(self, state: State, code: int) -> State:
        states = _stepped(self.members, state, code)
        return None if any(s is None for s in states) else states

    def accepts(self, state: State) -> bool:
        return len(_accepting(self.members, state)) == len(self.members)


class Difference(Language):
    """Texts of one language that are not of another."""

    def __init__(self, language: Language, excluded: Language) -> None:
        self.language = language
        self.excluded = excluded
        self.key = ("difference", language.key, excluded.key)
        self.start = (language.start, excluded.start)

    def step(self, state: State, code: int) -> State:
        inner = self.language.step(state[0], code)
        return None if inner is None else (inner, None if state[1] is None else self.excluded.step(state[1], code))

    def accepts(self, state: State) -> bool:
        return self.language.accepts(state[0]) and (state[1] is None or not self.excluded.accepts(state[1]))

    def cuts(self, state: State) -> Iterable[int]:
        yield from self.language.cuts(state[0])
        if state[1] is not None:
            yield from self.excluded.cuts(state[1])


NOTHING = Words(())
EVERYTHING = Everything()

MAXIMUM_STEPS = 100_000
"""A comparison of a few languages makes at most this many steps from state to state."""


def reached(languages: Sequence[Language], wanted: int) -> dict[frozenset[int], str]:
    """For each set of languages that some text belongs to, and to no other of them: the shortest such text.

    Only texts of at least one of the first `wanted` languages count.

    Raises:
        TooManyStates: it takes more than `MAXIMUM_STEPS`.
    """
    found: dict[frozenset[int], str] = {}
    for belongs, text in _walk(languages, wanted):
        if belongs and min(belongs) < wanted:
            found.setdefault(belongs, text)
    return found


def shortest(language: Language) -> str | None:
    """A shortest text; None where the language has none.

    Raises:
        TooManyStates: it takes more than `MAXIMUM_STEPS`.
    """
    return next((text for belongs, text in _walk((language,), 1) if belongs), None)


def _walk(languages: Sequence[Language], wanted: int) -> Iterator[tuple[frozenset[int], str]]:
    """The languages that a text belongs to, and the text, for each combination of states, the shortest texts first."""
    start = tuple(language.start for language in languages)
    seen = {start}
    queue = deque([(start, "")])
    left = MAXIMUM_STEPS
    while queue:
        states, text = queue.popleft()
        yield _accepting(languages, states), text
        codes = _representatives(languages, states)
        left -= len(codes)
        if left < 0:
            raise TooManyStates
        for code in codes:
            following = _stepped(languages, states, code)
            if following not in seen and any(state is not None for state in following[:wanted]):
                seen.add(following)
                queue.append((following, text + chr(code)))


def _stepped(languages: Sequence[Language], states: Sequence[State], code: int) -> tuple[State, ...]:
    pairs = zip(languages, states, strict=True)
    return tuple([None if state is None else language.step(state, code) for language, state in pairs])


def _accepting(languages: Sequence[Language], states: Sequence[State]) -> frozenset[int]:
    pairs = enumerate(zip(languages, states, strict=True))
    return frozenset(index for index, (language, state) in pairs if state is not None and language.accepts(state))


def _representatives(languages: Sequence[Language], states: Sequence[State]) -> list[int]:
    """A character for each range that all languages treat alike, those first that people like to read."""
    cuts = {low for low, _ in _LEGAL}
    for language, state in zip(languages, states, strict=True):
        if state is not None:
            cuts.update(language.cuts(state))
    ordered = sorted(cuts)
    taken: dict[int, int] = {}
    for code in _PREFERRED:
        taken.setdefault(bisect_right(ordered, code), code)
    rest = [
        _readable(low, high)
        for index, (low, high) in enumerate(zip(ordered, [*ordered[1:], 0x110000], strict=True), 1)
        if index not in taken and is_legal(low)
    ]
    return [*taken.values(), *rest]


def _readable(low: int, high: int) -> int:
    """Of a range that ends before `high`."""
    return max(low, 0x21) if high > 0x21 else low


def is_legal(code: int) -> bool:
    return any(low <= code <= high for low, high in _LEGAL)
