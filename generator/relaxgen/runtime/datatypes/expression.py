"""Regular expressions as trees.

A pattern of a schema is in XML Schema's dialect. The generator translates it to the common part of that dialect and
Python's `re`, so that no package needs Unicode's tables, and `parse` reads this part::

    expression ::= branch ('|' branch)*
    branch     ::= (atom quantifier?)*
    quantifier ::= [?*+] | '{' number (',' number?)? '}'
    atom       ::= character | '.' | escape | class | '(' '?:'? expression ')'
    class      ::= '[' '^'? (single ('-' single)? | '\\d' | '\\D')+ ']'
    escape     ::= '\\' ('d' | 'D' | 'n' | 'r' | 't' | 'x' hex2 | 'u' hex4 | 'U' hex8 | punctuation)

All that works on patterns works on these trees: the choice of a matcher and the automaton (`expression_matcher`), the
comparison of schemas, and samples.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable

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
    return _Parser(source).whole()


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._position = 0
        self._depth = 0
        self._kind: str | None = None
        self._text = ""
        self._advance()

    def whole(self) -> Expression:
        result = self._expression()
        if self._kind is not None:
            raise self._error()
        return result

    def _advance(self) -> None:
        """Reads the next token; its kind is None at the end."""
        match = _token(self._source, self._position)
        if match is None:
            if self._position < len(self._source):
                raise self._error()
            self._kind = None
            return
        self._kind, self._text = match.lastgroup, match.group()
        self._position = match.end()

    def _error(self) -> ExpressionError:
        return ExpressionError(
            f"{self._source!r} is not a regular expression of a schema (near character {self._position})"
        )

    def _expression(self) -> Expression:
        branches = [self._branch()]
        while self._kind == "or":
            self._advance()
            branches.append(self._branch())
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def _branch(self) -> Expression:
        items: list[Expression] = []
        while self._kind in ("class", "open", "single"):
            items.append(self._quantified(self._atom()))
        if not items:
            return EMPTY
        result = items.pop()
        while items:
            result = Sequence(items.pop(), result)
        return result

    def _quantified(self, atom: Expression) -> Expression:
        if self._kind != "quantifier":
            return atom
        least, most = _COUNTS.get(self._text) or _counts(self._text)
        self._advance()
        return Repetition(atom, least, most)

    def _atom(self) -> Expression:
        kind, text = self._kind, self._text
        self._advance()
        if kind == "open":
            return self._group()
        return characters(text)

    def _group(self) -> Expression:
        self._depth += 1
        if self._depth > MAXIMUM_DEPTH:
            raise self._error()
        result = self._expression()
        if self._kind != "close":
            raise self._error()
        self._depth -= 1
        self._advance()
        return result


_COUNTS: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}


def _counts(quantifier: str) -> tuple[int, int | None]:
    least, comma, most = quantifier[1:-1].partition(",")
    return int(least), int(most) if most else None if comma else int(least)


def characters(source: str) -> Characters:
    """The set that a class, an escape or a single character stands for."""
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
