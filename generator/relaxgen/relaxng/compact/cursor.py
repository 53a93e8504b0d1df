"""A cursor over the tokens, and the elements that are made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from ...diagnostics.errors import did_you_mean
from ...runtime.faults import Place
from ...runtime.markup import XML_NAMESPACE
from ..name_class import QName
from ..schema_document import Layout, XmlElement
from ..syntax import RELAX_NG
from .tokens import KEYWORDS, Kind, Source, Token

MAXIMUM_DEPTH = 150
"""Brackets within each other. For each, four functions of the parser call each other, and Python has room for 1,000
calls."""


class CompactSyntaxError(Exception):
    """After this, reading goes on at the next definition."""

    def __init__(self, start: int, message: str) -> None:
        super().__init__(start, message)
        self.start = start
        self.message = message


class TooDeep(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Literal:
    text: str
    pieces: tuple[str, ...]
    start: int


class Cursor:
    def __init__(self, source: Source, keep_layout: bool) -> None:
        self._source = source
        self._tokens = source.tokens
        self._index = 0
        self._token = self._tokens[0]
        self._keep_layout = keep_layout
        self._errors = list(source.errors)
        self._places: dict[tuple[int, str | QName], Place] = {}
        self._spans: list[tuple[int, int]] = []
        self._prefixes: dict[str | None, str] = {"xml": XML_NAMESPACE}
        self._count = 0
        self._depth = 0

    # Tokens

    def _advance(self) -> Token:
        token = self._token
        if token.kind is not Kind.END:
            self._index += 1
            self._token = self._tokens[self._index]
        return token

    def _next(self) -> Token:
        return self._tokens[min(self._index + 1, len(self._tokens) - 1)]

    def _at(self, symbol: str) -> bool:
        return self._token.text == symbol and self._token.kind is Kind.SYMBOL

    def _at_keyword(self, word: str) -> bool:
        return self._token.text == word and self._token.kind is Kind.NAME

    def _is_symbol(self, index: int, *symbols: str) -> bool:
        token = self._tokens[min(index, len(self._tokens) - 1)]
        return token.kind is Kind.SYMBOL and token.text in symbols

    def _is_annotation(self, index: int) -> bool:
        """Whether an annotation that is an element begins at a token."""
        is_name = self._tokens[index].kind in (Kind.NAME, Kind.ESCAPED, Kind.PREFIXED)
        return is_name and self._is_symbol(index + 1, "[")

    def _plain_name(self, what: str) -> str:
        """A name without prefix, where keywords are names like any other."""
        if self._token.kind not in (Kind.NAME, Kind.ESCAPED):
            self._unexpected(what)
        return unescaped(self._advance())

    def _literal(self, expected: str = "a text in quotes") -> Literal:
        start = self._token.start
        pieces = [self._quoted(expected)]
        while self._at("~"):
            self._advance()
            pieces.append(self._quoted("a text in quotes after '~'"))
        return Literal("".join(pieces), tuple(pieces), start)

    def _quoted(self, expected: str) -> str:
        if self._token.kind is not Kind.LITERAL:
            self._unexpected(expected)
        return self._advance().text

    def _expect(self, symbol: str, expected: str) -> Token:
        if not self._at(symbol):
            self._unexpected(expected)
        return self._advance()

    def _end(self) -> int:
        """The offset behind what has been read."""
        return self._tokens[self._index - 1].end if self._index else 0

    def _report(self, start: int, message: str) -> None:
        self._errors.append((self._source.place(start), message))

    def _unexpected(self, expected: str) -> NoReturn:
        """Raises:
        CompactSyntaxError: at the word before, where it looks like a misspelt keyword, else here.
        """
        if self._index:
            self._check_misspelt(self._tokens[self._index - 1], self._token)
        raise CompactSyntaxError(self._token.start, f"expected {expected}, found {described(self._token)}")

    def _check_misspelt(self, token: Token, following: Token) -> None:
        if token.kind is not Kind.NAME or token.text in KEYWORDS:
            return
        follows = following.kind in (Kind.NAME, Kind.PREFIXED, Kind.LITERAL) or following.text in ("{", "*")
        hint = did_you_mean(token.text, KEYWORDS, cutoff=0.7) if follows else ""
        if not hint and following.text == "{":
            hint = f"; an element is written: element {token.text} {{ … }}"
        if hint:
            raise CompactSyntaxError(token.start, f"'{token.text}' is not a keyword{hint}")

    def _nest(self, levels: int = 1) -> None:
        self._depth += levels
        if self._depth > MAXIMUM_DEPTH:
            raise TooDeep

    # Elements of the tree

    def _make(self, local: str, start: int, first: int | None = None, namespace: str = RELAX_NG) -> XmlElement:
        """``start`` is the place of the element, ``first`` the offset at which what belongs to it begins."""
        place = self._source.place(start)
        element = XmlElement(namespace, local, place.line, place.column, self._count, self._prefixes)
        self._count += 1
        if self._keep_layout:
            begin = start if first is None else first
            self._spans.append((begin, begin))
            element.layout = Layout(self._source.line(begin), place.line)
        return element

    def _close(self, element: XmlElement) -> XmlElement:
        if element.layout is not None:
            end = self._end()
            self._spans[element.ordinal] = (self._spans[element.ordinal][0], end)
            element.layout.end_line = self._source.line(end)
        return element

    def _set_text(self, element: XmlElement, literal: Literal) -> None:
        element.text = literal.text
        if element.layout is not None:
            element.layout.pieces = literal.pieces

    def _set_foreign(self, element: XmlElement, name: QName, value: str, prefix: str, start: int) -> None:
        element.foreign[name] = value
        self._places[element.ordinal, name] = self._source.place(start)
        if element.layout is not None:
            element.layout.attribute_prefixes[name] = prefix


def unescaped(token: Token) -> str:
    return token.text[1:] if token.kind is Kind.ESCAPED else token.text


def described(token: Token) -> str:
    match token.kind:
        case Kind.END:
            return "the end of the file"
        case Kind.DOCUMENTATION:
            return "documentation (##); a comment begins with a single '#'"
        case Kind.LITERAL:
            shown = token.text if len(token.text) <= 30 else f"{token.text[:29]}…"
            return f'the text "{shown}"'
        case _:
            return f"'{token.text}'"
