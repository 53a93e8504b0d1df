"""Recognises lines of code that black does not change, if they are short enough.

A canonical line has single spaces where black has them, no parentheses that black can remove, no comments, and nothing
rare. In doubt, a line is not canonical. One thing is changed as black does it: the quotes of strings without quotes in
them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

_TOKEN = re.compile(
    r"""(?P<space>[ ]?)(?:
    (?P<word>[A-Za-z_][A-Za-z0-9_]*)(?!["'])
    | (?P<number>0|[1-9][0-9]*)(?![A-Za-z0-9_.])
    | (?P<string>f?"(?:[^"\\]|\\[\\nrt])*"|'(?:[^'"\\]|\\[\\nrt])*')(?!["'])
    | (?P<slice>\[:\])
    | (?P<operator>==|!=|<=|>=|->|\+=|[<>+|]|=(?!=))
    | (?P<mark>[()\[\]{},:.]|\*(?=,)|\*\*(?=\w+:))
    )""",
    re.VERBOSE,
)
_OPENS_BLOCK = frozenset(["elif", "else", "except", "for", "if", "try", "while"])
_KEYWORDS = frozenset(["and", "as", "in", "is", "not", "or", "pass", "raise", "return"]) | _OPENS_BLOCK
OPENING, CLOSING = frozenset("([{"), frozenset(")]}")


@dataclass(frozen=True, slots=True)
class Token:
    """``spaced`` means that a space comes before it."""

    kind: str
    text: str
    spaced: bool

    def __str__(self) -> str:
        text = f'"{self.text[1:-1]}"' if self.text[0] == "'" else self.text
        return f" {text}" if self.spaced else text


@lru_cache(maxsize=4096)
def canonical(code: str, *, is_header: bool = False) -> str:
    """Returns a line without its indentation, as black leaves it if it is short enough; empty if that is not certain.
    A header has no ``def``."""
    tokens = tokens_of(code)
    is_right = _is_header if is_header else _is_statement
    if not tokens or tokens[0].spaced or not is_right(tokens) or not _keeps_brackets(tokens):
        return ""
    depth = 0
    for before, after in pairwise(tokens):
        depth += (before.text in OPENING) - (before.text in CLOSING)
        if _takes_space(before, after, depth if not is_header else 0) is not after.spaced:
            return ""
    return "".join(map(str, tokens))


def canonical_item(code: str) -> str:
    """Does the same for an item of a tuple, a dictionary or a call."""
    if found := canonical(f"_({code})"):
        return found[2:-1]
    key, colon, value = code.partition(": ")
    pair = [canonical(f"_({one})")[2:-1] for one in (key, value)]
    return colon.join(pair) if all(pair) else ""


def parameters_of(header: str) -> list[str]:
    """The items in the parentheses of a header, each with a comma after it; none if the header is not canonical."""
    result = [""]
    depth = 0
    for token in tokens_of(canonical(header, is_header=True)):
        depth -= token.text in CLOSING
        if not depth and token.text == ")":
            return [f"{one},".lstrip(" ") for one in result]
        if depth == 1 and token.text == ",":
            result.append("")
        elif depth:
            result[-1] += str(token)
        depth += token.text in OPENING
    return []


def tokens_of(code: str) -> list[Token]:
    """Returns the tokens of a line; none if it contains anything unexpected."""
    tokens: list[Token] = []
    place = 0
    while place < len(code):
        found = _TOKEN.match(code, place)
        if found is None:
            return []
        kind = found.lastgroup or ""
        text = found[kind]
        tokens.append(Token("keyword" if text in _KEYWORDS else kind, text, bool(found["space"])))
        place = found.end()
    return tokens


def _is_statement(tokens: Sequence[Token]) -> bool:
    """A colon begins a block, or follows the name in an annotated assignment; no comma ends the line."""
    if any(token.text in ("->", "*", "**") for token in tokens) or tokens[-1].text == ",":
        return False
    colons = [place for place, token in enumerate(tokens) if token.text == ":"]
    return colons == [len(tokens) - 1] if tokens[0].text in _OPENS_BLOCK else colons in ([], [1])


def _is_header(tokens: Sequence[Token]) -> bool:
    """Whether every parameter with a default has an annotation: black's spaces around ``=`` depend on it."""
    is_annotated = False
    depth = 0
    for token in tokens:
        if token.text == "=" and not is_annotated:
            return False
        depth += (token.text in OPENING) - (token.text in CLOSING)
        is_annotated = token.text == ":" or (is_annotated and not (token.text == "," and depth == 1))
    return tokens[-1].text == ":" and tokens[0].kind == "word" and tokens[1].text == "("


def _keeps_brackets(tokens: Sequence[Token]) -> bool:
    """Whether black removes no parentheses: each belongs to a call, is a tuple within one, or is needed by what
    follows."""
    opened: list[int] = []
    for place, token in enumerate(tokens):
        if token.text in OPENING:
            opened.append(place)
        elif token.text in CLOSING:
            if not opened:
                return False
            start = opened.pop()
            if token.text == ")" and not _keeps_parentheses(tokens, start, place):
                return False
    return not opened


def _keeps_parentheses(tokens: Sequence[Token], start: int, end: int) -> bool:
    if end == start + 1:
        return True
    if start == 0:
        return False
    before = tokens[start - 1]
    if tokens[end - 1].text == ",":  # of a tuple of one
        return before.text in ("(", "[", ",", "=") and _commas(tokens[start + 1 : end]) == 1
    if before.kind == "word" or before.text in CLOSING:
        return True
    if end + 1 < len(tokens) and tokens[end + 1].text == ".":
        return True
    return (
        before.text in ("(", "[", ",", "=", "in") and tokens[0].text != "for" and _commas(tokens[start + 1 : end]) > 0
    )


def _commas(tokens: Sequence[Token]) -> int:
    """Counts the commas outside of brackets."""
    depth = count = 0
    for token in tokens:
        depth += (token.text in OPENING) - (token.text in CLOSING)
        count += token.text == "," and not depth
    return count


def _takes_space(before: Token, after: Token, depth: int) -> bool | None:
    """Whether black puts a space between two tokens; None if that is not certain. ``depth`` counts open brackets."""
    is_operand = before.kind in ("word", "number", "string", "slice") or before.text in CLOSING
    is_complete = is_operand or before.text == "*" or before.kind == "keyword"
    if (before.text, after.text) == (",", ")"):
        return False
    if after.text in CLOSING or after.text in (",", ":"):
        return False if is_complete or before.text in OPENING else None
    if after.kind == "slice":
        return False if is_operand and before.kind != "number" else None
    if after.text == ".":
        return False if is_operand and before.kind != "number" else None
    if before.text in OPENING or before.text in (".", "**"):
        return False
    if before.text == "," and (after.kind == "operator" or (after.kind == "keyword" and after.text != "not")):
        return None  # a tuple of one without its parentheses
    if before.text in (",", ":"):
        return True
    if depth and "=" in (before.text, after.text):
        return False
    if after.kind == "operator":
        return True if is_operand else None
    if before.kind == "operator":
        return True
    if after.text in ("(", "["):
        return before.kind == "keyword" if before.kind != "string" else None
    return True if "keyword" in (before.kind, after.kind) else None
