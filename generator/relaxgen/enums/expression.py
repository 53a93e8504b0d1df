"""Constant expressions of C (C17, 6.6) over integers, as ``enum`` declarations and table counts have them.

An expression stays a row of tokens; to evaluate is to parse. So a name that is declared in a file read later costs
nothing but a second evaluation, and a sum of a million terms is a loop. Grammar, loosest first:

    conditional = binary [ "?" conditional ":" conditional ]
    binary      = unary { operator unary }              precedence as in C
    unary       = { "+" | "-" | "~" | "!" } primary
    primary     = NUMBER | CHARACTER | NAME | "(" conditional ")"
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence

from .literal import LiteralError, character_value
from .tokens import Kind, Token

DEEPEST_NESTING = 50
SMALLEST, LARGEST = -(2**63), 2**64 - 1

Lookup = Callable[[Token], int | None]
"""The value of a name; None where it is not known."""


class ExpressionError(ValueError):
    """``token`` is where the expression is wrong; None for its end."""

    def __init__(self, token: Token | None, message: str) -> None:
        super().__init__(message)
        self.token = token


def _divide(left: int, right: int) -> int:
    """C rounds towards zero."""
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _shift_left(left: int, right: int) -> int:
    if not 0 <= right < 64:
        raise OverflowError
    return left << right


def _shift_right(left: int, right: int) -> int:
    if not 0 <= right < 64:
        raise OverflowError
    return left >> right


_Operation = Callable[[int, int], int]
_BINARY: dict[str, tuple[int, _Operation]] = {
    "||": (1, lambda left, right: int(bool(left or right))),
    "&&": (2, lambda left, right: int(bool(left and right))),
    "|": (3, operator.or_),
    "^": (4, operator.xor),
    "&": (5, operator.and_),
    "==": (6, lambda left, right: int(left == right)),
    "!=": (6, lambda left, right: int(left != right)),
    "<": (7, lambda left, right: int(left < right)),
    ">": (7, lambda left, right: int(left > right)),
    "<=": (7, lambda left, right: int(left <= right)),
    ">=": (7, lambda left, right: int(left >= right)),
    "<<": (8, _shift_left),
    ">>": (8, _shift_right),
    "+": (9, operator.add),
    "-": (9, operator.sub),
    "*": (10, operator.mul),
    "/": (10, _divide),
    "%": (10, lambda left, right: left - right * _divide(left, right)),
}
_UNARY: dict[str, Callable[[int], int]] = {
    "+": lambda value: value,
    "-": operator.neg,
    "~": operator.invert,
    "!": lambda value: int(not value),
}
_NUMBER = re.compile(
    r"(?:0[xX](?P<hex>[0-9a-fA-F]+)|0[bB](?P<binary>[01]+)|(?P<octal>0[0-7]*)|(?P<decimal>[1-9][0-9]*))[uUlL]*"
)
_LONGEST_NUMBER = 80


def evaluate(tokens: Sequence[Token], lookup: Lookup) -> int | None:
    """The value; None where it depends on a name that `lookup` does not know.

    Raises:
        ExpressionError: no expression, or one beyond integers and names.
    """
    evaluation = _Evaluation(tokens, lookup)
    value = evaluation.conditional()
    if evaluation.token is not None:
        raise ExpressionError(evaluation.token, f"expected an operator, found {evaluation.token}")
    return value


class _Evaluation:
    def __init__(self, tokens: Sequence[Token], lookup: Lookup) -> None:
        self._tokens = tokens
        self._lookup = lookup
        self._position = 0
        self._depth = 0

    @property
    def token(self) -> Token | None:
        return self._tokens[self._position] if self._position < len(self._tokens) else None

    @property
    def _text(self) -> str:
        return "" if self.token is None else self.token.text

    def conditional(self) -> int | None:
        self._depth += 1
        if self._depth > DEEPEST_NESTING:
            raise ExpressionError(self.token, f"expression is nested deeper than {DEEPEST_NESTING} levels")
        condition = self._binary(1)
        if self._text == "?":
            self._position += 1
            then = self.conditional()
            self._expect(":")
            otherwise = self.conditional()
            condition = None if condition is None else then if condition else otherwise
        self._depth -= 1
        return condition

    def _binary(self, lowest: int) -> int | None:
        """Precedence climbing: the operators of at least precedence `lowest`, all left-associative."""
        left = self._unary()
        while self._text in _BINARY and _BINARY[self._text][0] >= lowest:
            sign = self.token
            precedence, operation = _BINARY[self._text]
            self._position += 1
            right = self._binary(precedence + 1)
            left = None if left is None or right is None else _applied(sign, operation, left, right)
        return left

    def _unary(self) -> int | None:
        signs: list[Token] = []
        while self.token is not None and self._text in _UNARY:
            signs.append(self.token)
            self._position += 1
        value = self._primary()
        for sign in reversed(signs):
            value = None if value is None else _UNARY[sign.text](value)
        return value

    def _primary(self) -> int | None:
        token = self.token
        if token is None:
            raise ExpressionError(None, "expected a number or a name")
        self._position += 1
        if token.kind is Kind.NUMBER:
            return _number(token)
        if token.kind is Kind.CHARACTER:
            return _character(token)
        if token.kind is Kind.NAME:
            return self._lookup(token)
        if token.text == "(":
            value = self.conditional()
            self._expect(")")
            return value
        raise ExpressionError(token, f"expected a number or a name, found {token}")

    def _expect(self, text: str) -> None:
        if self._text != text:
            found = "" if self.token is None else f", found {self.token}"
            raise ExpressionError(self.token, f'expected "{text}"{found}')
        self._position += 1


def _applied(sign: Token | None, operation: _Operation, left: int, right: int) -> int:
    try:
        value = operation(left, right)
    except ZeroDivisionError:
        raise ExpressionError(sign, "division by zero") from None
    except OverflowError:
        raise ExpressionError(sign, f"shift by {right}, which is not between 0 and 63") from None
    if not SMALLEST <= value <= LARGEST:
        raise ExpressionError(sign, "value needs more than 64 bits")
    return value


def _number(token: Token) -> int:
    match = _NUMBER.fullmatch(token.text) if len(token.text) <= _LONGEST_NUMBER else None
    if match is None:
        raise ExpressionError(token, f"expected an integer, found {token}")
    bases = {"hex": 16, "binary": 2, "octal": 8, "decimal": 10}
    kind = next(kind for kind in bases if match[kind] is not None)
    value = int(match[kind], bases[kind])
    if value > LARGEST:
        raise ExpressionError(token, "value needs more than 64 bits")
    return value


def _character(token: Token) -> int:
    try:
        return character_value(token.text)
    except LiteralError as error:
        raise ExpressionError(token, str(error)) from None
