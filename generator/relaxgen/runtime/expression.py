"""Regular expressions as trees.

A pattern of a schema is in XML Schema's dialect. The generator translates it to the common part of that dialect and
Python's `re`, so that no package needs Unicode's tables, and `parse` reads this part::

    expression ::= branch ('|' branch)*
    branch     ::= (atom quantifier?)*
    quantifier ::= [?*+] | '{' number (',' number?)? '}'
    atom       ::= character | '.' | escape | class | '(' '?:'? expression ')'
    class      ::= '[' '^'? (single ('-' single)? | '\\d' | '\\D')+ ']'
    escape     ::= '\' ('d' | 'D' | 'n' | 'r' | 't' | 'x' hex2 | 'u' hex4 | 'U' hex8 | punctuation)

All that works on patterns works on these trees: the choice of a matcher, the automaton, the
comparison of schemas, and samples.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from functools import cache, reduce
from itertools import chain
from threading import Lock
from typing import NamedTuple

# Sets of characters as ranges of code points.

Ranges = tuple[tuple[int, int], ...]
"""Ranges with both ends, ascending, without overlaps and with a gap between any two."""

LAST_CODE_POINT = 0x10FFFF


def normal(pairs: Iterable[tuple[int, int]]) -> Ranges:
    """The ranges that hold the same code points as `pairs`, which may overlap and have any order."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(pairs):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return tuple(found)


def complement(ranges: Ranges) -> Ranges:
    """All other code points."""
    found, start = [], 0
    for low, high in ranges:
        if start < low:
            found.append((start, low - 1))
        start = high + 1
    if start <= LAST_CODE_POINT:
        found.append((start, LAST_CODE_POINT))
    return tuple(found)


_ESCAPE = r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[^xuU])"
_token = re.compile(
    rf"(?P<class>\[\^?(?:{_ESCAPE}|[^\\\]])+\])|(?P<open>\((?:\?:)?)|(?P<close>\))|(?P<or>\|)"
    rf"|(?P<quantifier>[?*+]|\{{[0-9]+(?:,[0-9]*)?\}})|(?P<single>{_ESCAPE}|[^\\\[(){{?*+^$])",
    re.DOTALL,
).match
_members = re.compile(rf"({_ESCAPE}|[^\\])(?:-({_ESCAPE}|[^\\]))?", re.DOTALL).findall

_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}

MAXIMUM_DEPTH = 200
"""Groups nested more deeply are refused, since trees are walked recursively."""


class ExpressionError(Exception):
    """A regular expression is not of this module's dialect, though it should have been translated to it."""


class Characters:
    """One character of a set: of ``pairs``, of Unicode's decimal digits (``d`` in ``digits``) or not of these (``D``),
    or, where ``is_negative``, of none of them."""

    __slots__ = ("_lows", "_ranges", "digits", "is_negative", "pairs")

    def __init__(self, pairs: Iterable[tuple[int, int]], digits: str = "", is_negative: bool = False) -> None:
        self.pairs = normal(pairs)
        self.digits = digits
        self.is_negative = is_negative
        self._lows = [low for low, _ in self.pairs]

    def __contains__(self, character: str) -> bool:
        code = ord(character)
        index = bisect_right(self._lows, code) - 1
        found = index >= 0 and code <= self.pairs[index][1]
        if self.digits and not found:
            found = ("d" if character.isdecimal() else "D") in self.digits
        return found is not self.is_negative

    @property
    def only(self) -> str:
        """The character where there is just one, else the empty text."""
        if self.digits or self.is_negative or len(self.pairs) != 1:
            return ""
        low, high = self.pairs[0]
        return chr(low) if low == high else ""

    def ranges(self, decimal_digits: Ranges) -> Ranges:
        """The set, if `decimal_digits` are Unicode's."""
        pairs = list(self.pairs)
        if "d" in self.digits:
            pairs.extend(decimal_digits)
        if "D" in self.digits:
            pairs.extend(complement(decimal_digits))
        return complement(normal(pairs)) if self.is_negative else normal(pairs)


class Sequence:
    """``first`` and then ``second``; longer sequences nest in ``second``."""

    __slots__ = ("first", "second")

    def __init__(self, first: Expression, second: Expression) -> None:
        self.first = first
        self.second = second


class Choice:
    """One of several expressions. Without any, no text matches."""

    __slots__ = ("branches",)

    def __init__(self, branches: tuple[Expression, ...]) -> None:
        self.branches = branches


class Repetition:
    """``body`` at least ``least`` and at most ``most`` times; without a bound where ``most`` is None."""

    __slots__ = ("body", "least", "most")

    def __init__(self, body: Expression, least: int, most: int | None) -> None:
        self.body = body
        self.least = least
        self.most = most


class Empty:
    """The empty text."""

    __slots__ = ()


EMPTY = Empty()

Expression = Characters | Sequence | Choice | Repetition | Empty


def parse(source: str) -> Expression:
    """The tree of a regular expression of the part of Python's dialect that this module describes.

    Raises:
        ExpressionError: `source` is not of this part, or has groups nested more than `MAXIMUM_DEPTH` deep.
    """
    groups: list[list[list[Expression]]] = [[[]]]  # for each group that is open, its branches as lists of expressions
    place = 0
    kind: str | None = None
    while place < len(source):
        token, before = _token(source, place), kind
        kind, text = (token.lastgroup, token.group()) if token else (None, "")
        branches = groups[-1]
        if kind in ("class", "single"):
            branches[-1].append(characters(text))
        elif kind == "open" and len(groups) <= MAXIMUM_DEPTH:
            groups.append([[]])
        elif kind == "close" and len(groups) > 1:
            groups.pop()
            groups[-1][-1].append(_choice(branches))
        elif kind == "or":
            branches.append([])
        elif kind == "quantifier" and before in ("class", "single", "close"):
            branches[-1].append(Repetition(branches[-1].pop(), *_counts(text)))
        else:
            break
        place += len(text)
    if place < len(source) or len(groups) > 1:
        raise ExpressionError(f"{source!r} is not a regular expression of a schema (near character {place})")
    return _choice(groups[0])


def _choice(branches: list[list[Expression]]) -> Expression:
    choices = tuple(map(_sequence, branches))
    return choices[0] if len(choices) == 1 else Choice(choices)


def _sequence(items: list[Expression]) -> Expression:
    *others, result = items or (EMPTY,)
    for item in reversed(others):
        result = Sequence(item, result)
    return result


_COUNTS: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}


def _counts(quantifier: str) -> tuple[int, int | None]:
    if quantifier in _COUNTS:
        return _COUNTS[quantifier]
    least, comma, most = quantifier[1:-1].partition(",")
    return int(least), int(most) if most else None if comma else int(least)


def characters(source: str) -> Characters:
    """Returns the set of characters of a class, an escape or a single character."""
    if source == ".":
        return Characters([(0x0A, 0x0A)], is_negative=True)
    if source in (r"\d", r"\D"):
        return Characters((), source[1])
    if source[0] != "[":
        return Characters([(_code(source), _code(source))])
    is_negative = source[1] == "^"
    pairs: list[tuple[int, int]] = []
    digits = ""
    for low, high in _members(source[1 + is_negative : -1]):
        if low in (r"\d", r"\D"):
            digits += low[1]
        else:
            pairs.append((_code(low), _code(high or low)))
    return Characters(pairs, digits, is_negative)


def _code(single: str) -> int:
    """The code point of a character or an escape.

    Raises:
        ExpressionError: the escape is not of this module's dialect.
    """
    if single[0] != "\\":
        return ord(single)
    kind = single[1]
    if len(single) > 2:
        return int(single[2:], 16)
    if kind in _CONTROLS:
        return ord(_CONTROLS[kind])
    if kind.isalnum():
        raise ExpressionError(f"{single!r} is not an escape in regular expressions of schemas")
    return ord(kind)


def items_of(tree: Sequence) -> list[Expression]:
    """The expressions that follow each other in a sequence."""
    items = [tree.first]
    rest = tree.second
    while isinstance(rest, Sequence):
        items.append(rest.first)
        rest = rest.second
    items.append(rest)
    return items


def is_nullable(tree: Expression) -> bool:
    """Whether the expression matches the empty text."""
    match tree:
        case Characters():
            return False
        case Sequence():
            return all(map(is_nullable, items_of(tree)))
        case Choice():
            return any(map(is_nullable, tree.branches))
        case Repetition():
            return tree.least == 0 or is_nullable(tree.body)
        case Empty():
            return True


# Matchers for patterns of schemas, whose time grows with the length of the text times the size of the pattern.
#
# Python's `re` tries alternatives one after the other, which takes exponential time for ``(a|aa)+b`` and quadratic time
# for ``a*a*b``. `matcher` decides from the pattern: `re` where each character decides how to go on, so that nothing can
# be tried twice, and an automaton for everything else.

# The time that the automaton takes for a text grows with its length times the size of the expression, and memory is
# bounded. A state is the set of all that may be left of the expression after the text so far (Antimirov's partial
# derivatives), so nothing has to be tried and given up, and nothing is made of an expression that no text needs.

REMEMBERED_STEPS = 50_000
"""An automaton remembers so many steps between states; then it forgets all of them, and goes on."""


class Automaton:
    """A deterministic automaton whose states are made when a text reaches them, in bounded memory."""

    def __init__(self, tree: Expression) -> None:
        self.continuations = Continuations(tree)
        self.remembered = 0
        """How much is remembered: states, and steps between them."""
        self._states: dict[Position, _State] = {}
        self._start = self._state(self.continuations.start)

    def matches(self, text: str) -> bool:
        """Whether the expression matches the whole text."""
        state = self._start
        for character in text:
            state = state[character]
            if not state.steps and not state.accepts:
                return False
        return state.accepts

    def following(self, state: _State, character: str) -> _State:
        """The state after one more character; `_State` remembers it."""
        reached = frozenset(chain.from_iterable(rests for chars, rests in state.steps.items() if character in chars))
        if self.remembered > REMEMBERED_STEPS:
            return self._state(self._forget(reached))
        self.remembered += 1
        following = state[character] = self._state(reached)
        return following

    def _state(self, position: Position) -> _State:
        found = self._states.get(position)
        if found is None:
            found = self._states[position] = _State(self, position)
            self.remembered += 1 + len(position)
        return found

    def _forget(self, position: Position) -> Position:
        for state in self._states.values():
            state.clear()
        self._states = {}
        self.remembered = 0
        kept = self.continuations.forget(position)
        self._start = self._state(self.continuations.start)
        return kept


class _State(dict[str, "_State"]):
    """The next states by characters, so far as texts have needed them."""

    __slots__ = ("_automaton", "accepts", "steps")

    def __init__(self, automaton: Automaton, position: Position) -> None:
        super().__init__()
        self._automaton = automaton
        self.steps, self.accepts = automaton.continuations.opened(position)

    def __missing__(self, character: str) -> _State:
        return self._automaton.following(self, character)


class Continuation:
    """What is left of a pattern: ``body`` at least ``least`` and at most ``most`` times, and then ``rest``, which is
    None at the end."""

    __slots__ = ("body", "free", "least", "most", "rest", "steps")

    def __init__(self, body: Expression, least: int, most: int | None, rest: Continuation | None) -> None:
        self.body = body
        self.least = least
        self.most = most
        self.rest = rest
        self.steps: list[Step] = []
        self.free: list[Continuation | None] | None = None
        """See `Continuations.opened`, which sets both when they are needed."""


Position = frozenset[Continuation | None]
"""All that may be left of a pattern after a text; empty where no text that begins so matches."""

Step = tuple[Characters, Continuation | None]
"""The characters that may come next, and what is left after one of them."""

Steps = dict[Characters, list[Continuation | None]]


class Continuations:
    """The positions of a pattern, made as a text reaches them (Antimirov's partial derivatives).

    Counts are counted down: ``a{4294967294}`` costs no more than ``a`` until texts are that long. Each continuation
    exists once, so that positions can be compared.
    """

    def __init__(self, tree: Expression) -> None:
        self._tree = _strict(tree)
        self._made: dict[tuple[int, int, int | None, int], Continuation] = {}

    @property
    def start(self) -> Position:
        return frozenset((self._continuation(self._tree, 1, 1, None),))

    def opened(self, position: Position) -> tuple[Steps, bool]:
        """Each set of characters that may come next, with what is left after it; and whether the text may end here."""
        steps: Steps = {}
        waiting = list(position)
        seen = set(waiting)
        while waiting:
            continuation = waiting.pop()
            if continuation is None:
                continue
            if continuation.free is None:
                continuation.steps, continuation.free = self._beginnings(continuation)
            for characters, rest in continuation.steps:
                if characters in steps:
                    steps[characters].append(rest)
                else:
                    steps[characters] = [rest]
            for following in continuation.free:
                if following not in seen:
                    seen.add(following)
                    waiting.append(following)
        return steps, None in seen

    def _beginnings(self, continuation: Continuation) -> tuple[list[Step], list[Continuation | None]]:
        """The characters that a continuation begins with, and the continuations that it may be without a character."""
        steps: list[Step] = []
        body, least, most, rest = continuation.body, continuation.least, continuation.most, continuation.rest
        free = [rest] if least == 0 else []
        if most is None or most > 1:
            rest = self._continuation(body, max(least - 1, 0), None if most is None else most - 1, rest)
        waiting: list[tuple[Expression, Continuation | None]] = [(body, rest)]
        while waiting:
            tree, rest = waiting.pop()
            match tree:
                case Characters():
                    steps.append((tree, rest))
                case Sequence():
                    waiting.append((tree.first, self._part(tree.second, rest)))
                case Choice():
                    waiting.extend((branch, rest) for branch in tree.branches)
                case Repetition() | Empty():
                    free.append(self._part(tree, rest))
        return steps, free

    def _part(self, tree: Expression, rest: Continuation | None) -> Continuation | None:
        if isinstance(tree, Empty):
            return rest
        if isinstance(tree, Repetition):
            return rest if tree.most == 0 else self._continuation(tree.body, tree.least, tree.most, rest)
        return self._continuation(tree, 1, 1, rest)

    def _continuation(self, body: Expression, least: int, most: int | None, rest: Continuation | None) -> Continuation:
        # Identities serve as keys, since each entry keeps its rest alive, and the tree all bodies.
        key = (id(body), least, most, id(rest))
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = Continuation(body, least, most, rest)
        return found

    def forget(self, position: Position) -> Position:
        """Frees all continuations, and returns `position` made anew."""
        self._made = {}
        return frozenset(map(self._again, position))

    def _again(self, continuation: Continuation | None) -> Continuation | None:
        chain: list[Continuation] = []
        while continuation is not None:
            chain.append(continuation)
            continuation = continuation.rest
        result: Continuation | None = None
        for part in reversed(chain):
            result = self._continuation(part.body, part.least, part.most, result)
        return result


def _product(count: int | None, other: int | None) -> int | None:
    """How often a repetition within another repeats; None is no limit."""
    if count is None or other is None:
        return 0 if 0 in (count, other) else None
    return count * other


def _strict(tree: Expression) -> Expression:
    """The tree without repeated bodies that may be empty: ``(a?){40}`` is ``a{0,40}``, ``(a{0,9}){7}`` ``a{0,63}``.

    Then a count goes down only with a character, and a position is reached without walking through empty rounds.
    """

    @cache
    def strict(tree: Expression) -> Expression:
        match tree:
            case Sequence():
                return _sequence(list(map(strict, items_of(tree))))
            case Choice():
                return Choice(tuple(map(strict, tree.branches)))
            case Repetition(body=Repetition() as inner) if is_nullable(inner):
                return strict(Repetition(inner.body, 0, _product(inner.most, tree.most)))
            case Repetition() if is_nullable(tree.body):
                return Repetition(non_empty(tree.body), 0, tree.most)
            case Repetition():
                return Repetition(strict(tree.body), tree.least, tree.most)
            case _:
                return tree

    @cache
    def non_empty(tree: Expression) -> Expression:
        """The expression that matches the same texts but for the empty one."""
        match tree:
            case _ if not is_nullable(tree):
                return strict(tree)
            case Sequence():
                *items, last = items_of(tree)
                result, tail = non_empty(last), strict(last)
                for item in reversed(items):
                    result = Choice((Sequence(non_empty(item), tail), result))
                    tail = Sequence(strict(item), tail)
                return result
            case Choice():
                return Choice(tuple(map(non_empty, tree.branches)))
            case Repetition() if tree.most != 0:
                body = non_empty(tree.body)
                return Sequence(body, Repetition(body, 0, None if tree.most is None else tree.most - 1))
            case _:
                return Choice(())

    return strict(tree)


def matcher(source: str) -> Callable[[str], object]:
    """A function that returns something true for the texts that `source` matches as a whole; see `expression.parse`.

    Raises:
        ExpressionError: `source` is not a regular expression of a schema.
    """
    tree = parse(source)
    return re.compile(source).fullmatch if is_predictable(tree) else Automaton(tree).matches


# What the native engine uses.

NOWHERE, DEPENDS = -1, -2


class Machine:
    """The automaton of a pattern. A state is known by its number; what is said of it is twice this number, and one more
    where a text may end there."""

    __slots__ = ("_continuations", "_lock", "_numbers", "_states", "start")

    def __init__(self, pattern: str) -> None:
        self._continuations = Continuations(parse(pattern))
        self._numbers: dict[Position, int] = {}
        self._states: list[Steps] = []
        self._lock = Lock()
        self.start = self._number(self._continuations.start)

    def follow(self, state: int, character: str) -> int:
        """The state behind one more character; `NOWHERE` where no text goes on so. The empty text stands for all
        characters that are not ASCII: `DEPENDS` where these do not all lead to the same state."""
        steps = self._states[state]
        chosen = [(rests, _takes(characters, character)) for characters, rests in steps.items()]
        if any(is_taken is None for _, is_taken in chosen):
            return DEPENDS
        reached = frozenset(rest for rests, is_taken in chosen if is_taken for rest in rests)
        with self._lock:
            return self._number(reached) if reached else NOWHERE

    def _number(self, position: Position) -> int:
        number = self._numbers.get(position)
        if number is None:
            steps, accepts = self._continuations.opened(position)
            number = self._numbers[position] = len(self._states) * 2 + accepts
            self._states.append(steps)
        return number


def _takes(characters: Characters, character: str) -> bool | None:
    """Whether one character is among some, or all beyond ASCII are; None where some of these are and others are not."""
    if character:
        return character in characters
    beyond = [(max(low, _BEYOND[0]), high) for low, high in characters.pairs if high >= _BEYOND[0]]
    if characters.digits or (beyond and beyond != [_BEYOND]):
        return None
    return bool(beyond) is not characters.is_negative


_BEYOND = (0x80, 0x10FFFF)


# Which patterns Python's `re` matches without trying much twice


_MOST_CHOICES = 10_000
"""The analysis looks at so many pairs of neighbouring characters. A larger pattern goes to the automaton."""

_UNROLLED = 64
"""``[0-9a-f]{2}`` is looked at as two characters in a row, up to so many: an exact count leaves nothing to try."""


def is_predictable(tree: Expression) -> bool:
    """Whether `re` needs time that grows with the length of the text times the number of characters in the pattern.

    Inside of repetitions, the next character must decide what to do; outside of them, the choices that it leaves open
    must be fewer, multiplied along any way through the pattern, than the pattern has characters. (Repeated bodies are
    compared as Glushkov's automaton has them: by what may follow each character. A way that exists twice, as in
    ``(a*)*``, counts twice, since `re` tries it twice.)
    """
    try:
        return _Analysis(tree).is_predictable()
    except _TooLarge:
        return False


class _TooLarge(Exception):
    """The analysis would take too long, or meets what is known to be bad."""


class _Part(NamedTuple):
    """What the analysis knows of a part of a pattern: the numbers of its characters that may be the first and the last
    ones, and whether it may be empty."""

    first: list[int]
    last: list[int]
    is_nullable: bool


class _Analysis:
    def __init__(self, tree: Expression) -> None:
        self._ranges: list[Ranges] = []
        self._follow: list[list[int]] = []
        self._is_repeated: list[bool] = []
        self._choices = 0
        self._whole = self._part(tree, is_repeated=False)

    def is_predictable(self) -> bool:
        ways = [0] * len(self._ranges)
        # What follows a character outside of repetitions has a higher number, so that these ways are counted backwards.
        for number in reversed(range(len(self._ranges))):
            open_choices = _most_overlapping([self._ranges[other] for other in self._follow[number]])
            if open_choices > 1 and self._is_repeated[number]:
                return False
            later = (ways[other] for other in self._follow[number] if other > number)
            ways[number] = max(1, open_choices) * max(later, default=1)
        start = _most_overlapping([self._ranges[number] for number in self._whole.first])
        most = max((ways[number] for number in self._whole.first), default=1)
        return start * most <= max(1, len(self._ranges))

    def _part(self, tree: Expression, is_repeated: bool) -> _Part:
        match tree:
            case Characters():
                return self._characters(tree, is_repeated)
            case Sequence():
                return reduce(self._joined, (self._part(item, is_repeated) for item in items_of(tree)))
            case Choice():
                parts = [self._part(branch, is_repeated) for branch in tree.branches]
                if sum(part.is_nullable for part in parts) > 1:
                    raise _TooLarge  # `re` tries the empty text for each of them
                return _Part(
                    [number for part in parts for number in part.first],
                    [number for part in parts for number in part.last],
                    any(part.is_nullable for part in parts),
                )
            case Repetition():
                return self._repetition(tree, is_repeated)
            case Empty():
                return _Part([], [], True)

    def _characters(self, tree: Characters, is_repeated: bool) -> _Part:
        number = len(self._ranges)
        if number > _MOST_CHOICES:
            raise _TooLarge
        self._ranges.append(_at_most(tree))
        self._follow.append([])
        self._is_repeated.append(is_repeated)
        return _Part([number], [number], False)

    def _joined(self, left: _Part, right: _Part) -> _Part:
        self._connect(left.last, right.first)
        return _Part(
            left.first + right.first if left.is_nullable else left.first,
            left.last + right.last if right.is_nullable else right.last,
            left.is_nullable and right.is_nullable,
        )

    def _repetition(self, tree: Repetition, is_repeated: bool) -> _Part:
        if tree.most == 0:
            return _Part([], [], True)
        if tree.least == tree.most and tree.least * _size(tree.body) <= _UNROLLED:
            return reduce(self._joined, (self._part(tree.body, is_repeated) for _ in range(tree.least)))
        is_loop = tree.most != 1
        body = self._part(tree.body, is_repeated or is_loop)
        if body.is_nullable:
            raise _TooLarge  # each round may be empty
        if is_loop:
            self._connect(body.last, body.first)
        return _Part(body.first, body.last, tree.least == 0)

    def _connect(self, left: list[int], right: list[int]) -> None:
        self._choices += len(left) * len(right)
        if self._choices > _MOST_CHOICES:
            raise _TooLarge
        for number in left:
            self._follow[number].extend(right)


def _size(tree: Expression) -> int:
    """How many characters an expression has, as it is written."""
    match tree:
        case Sequence():
            return sum(map(_size, items_of(tree)))
        case Choice():
            return sum(map(_size, tree.branches))
        case Repetition():
            return _size(tree.body)
        case _:
            return 1


_FEWEST_DIGITS: Ranges = ((0x30, 0x39),)
_MOST_DIGITS: Ranges = ((0x30, 0x39), (0x660, 0x1FFFF))
"""Unicode's decimal digits are between these two, in all of its versions."""


def _at_most(characters: Characters) -> Ranges:
    """A set that holds at least the characters: which digits there are depends on Python's version of Unicode."""
    if not characters.digits:
        return characters.ranges(())
    return normal([*characters.ranges(_FEWEST_DIGITS), *characters.ranges(_MOST_DIGITS)])


def _most_overlapping(sets: list[Ranges]) -> int:
    """How many of the sets have one character in common, at most."""
    if len(sets) < 2:
        return len(sets)
    changes = sorted(change for ranges in sets for low, high in ranges for change in ((low, 1), (high + 1, -1)))
    most = depth = 0
    for _, change in changes:
        depth += change
        most = max(most, depth)
    return most
