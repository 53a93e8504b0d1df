"""The words of C that enum tables and ``enum`` declarations are made of.

In comes the text of a file, out come its tokens without space, comments and preprocessor lines. What the latter say
is kept: the branch of ``#if`` that contains a token (`Token.branch`), and the ``#define``s (`Lexed.macros`). What
``#if 0`` hides does not come out at all, since in C that is a way to write a comment.

Every alternative of the expression matches what it began, also where the end is missing, so the time is linear in
the text whatever it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from .file_diagnostics import FileDiagnostics

DEEPEST_CONDITIONAL = 64
"""C compilers must allow 63 levels (C17, 5.2.4.1)."""


class Kind(Enum):
    NAME = "a name"
    NUMBER = "a number"
    STRING = "a string"
    CHARACTER = "a character"
    UNCLOSED = "a literal without an end"
    PUNCTUATION = "punctuation"
    END = "the end of the file"


LONGEST_SHOWN = 40

Branch = tuple[tuple[int, int], ...]
"""Where a token is among conditionals, outermost first: which conditional, and which of its branches from 0."""


class Token(NamedTuple):
    """A named tuple, since a C source has hundreds of thousands."""

    kind: Kind
    text: str
    offset: int
    branch: Branch = ()

    def __str__(self) -> str:
        if self.kind is Kind.END:
            return "the end of the file"
        text = shortened(self.text)
        return f'"{text}"' if self.kind in (Kind.NAME, Kind.NUMBER, Kind.PUNCTUATION) else text


def shortened(text: str) -> str:
    """As a message shows it."""
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 3] + "..."


@dataclass(frozen=True, slots=True)
class Macro:
    """``#define name body`` without parameters."""

    name: str
    body: tuple[Token, ...]


@dataclass(slots=True)
class Lexed:
    """All that is in a file; ``tokens`` ends with a token of kind END."""

    tokens: list[Token] = field(default_factory=list)
    macros: dict[str, Macro] = field(default_factory=dict)
    other_directives: list[tuple[str, int]] = field(default_factory=list)
    """Preprocessor lines that have no meaning for tables: word and offset."""


_TOKEN = re.compile(
    r"""
      (?P<space>(?:\s|\\\n)+)
    | (?P<comment>//(?:[^\\\n]|\\(?:[\s\S]|\Z))* | /\*[\s\S]*?(?:\*/|\Z))
    | (?P<directive>\#(?:
          [^\\\n/"']
        | \\(?:[\s\S]|\Z)
        | //[^\n]* | /\*[\s\S]*?(?:\*/|\Z) | /
        | "(?:[^"\\\n]|\\[\s\S])*"? | '(?:[^'\\\n]|\\[\s\S])*'?
      )*)
    | (?P<string>(?:u8)?"(?:[^"\\\n]|\\[\s\S])*")
    | (?P<character>'(?:[^'\\\n]|\\[\s\S])*')
    | (?P<unclosed>(?:u8)?"(?:[^"\\\n]|\\[\s\S])* | '(?:[^'\\\n]|\\[\s\S])*)
    | (?P<name>[^\W\d]\w*)
    | (?P<number>\.?\d(?:[eEpP][+-]|[\w.])*)
    | (?P<punctuation><<|>>|<=|>=|==|!=|&&|\|\||[\s\S])
    """,
    re.VERBOSE,
)
_KINDS = {
    "string": Kind.STRING,
    "character": Kind.CHARACTER,
    "unclosed": Kind.UNCLOSED,
    "name": Kind.NAME,
    "number": Kind.NUMBER,
    "punctuation": Kind.PUNCTUATION,
}
_DIRECTIVE_WORD = re.compile(r"\#(?:\s|\\\n|/\*[\s\S]*?\*/)*(\w*)")


def tokenize(text: str, diagnostics: FileDiagnostics) -> Lexed:
    lexed = Lexed()
    conditionals = _Conditionals(diagnostics)
    for group, word, offset in _matches(text, 0, len(text), diagnostics):
        if group == "directive":
            directive, rest = _words_of_directive(text, word, offset, diagnostics)
            _read_directive(directive, rest, offset, lexed, conditionals)
        elif conditionals.alive:
            lexed.tokens.append(Token(_KINDS[group], word, offset, conditionals.branch))
    conditionals.finish()
    lexed.tokens.append(Token(Kind.END, "", len(text)))
    return lexed


def _matches(text: str, start: int, end: int, diagnostics: FileDiagnostics) -> Iterator[tuple[str, str, int]]:
    """Group, text and offset of all that is not space or comment. ``#`` makes a directive only first on its line."""
    first_on_line = True
    position = start
    while position < end:
        match = _TOKEN.match(text, position, end)
        assert match is not None and match.lastgroup is not None  # the last alternative takes any character
        group, word = match.lastgroup, match.group()
        if group == "directive" and not first_on_line:
            group, word = "punctuation", "#"
        if group == "space":
            first_on_line = first_on_line or "\n" in word
        elif group == "comment":
            _check_comment(word, position, diagnostics)
        else:
            yield group, word, position
            first_on_line = False
        position += len(word)


def _check_comment(comment: str, offset: int, diagnostics: FileDiagnostics) -> None:
    if comment.startswith("/*") and not (len(comment) >= 4 and comment.endswith("*/")):
        diagnostics.error(offset, 'comment without an end: expected "*/" before the end of the file')


def _words_of_directive(
    text: str, directive: str, offset: int, diagnostics: FileDiagnostics
) -> tuple[str, list[Token]]:
    match = _DIRECTIVE_WORD.match(directive)
    assert match is not None  # a directive begins with "#"
    rest = _matches(text, offset + match.end(), offset + len(directive), diagnostics)
    return match[1], [Token(_KINDS.get(group, Kind.PUNCTUATION), word, place) for group, word, place in rest]


def _read_directive(directive: str, rest: list[Token], offset: int, lexed: Lexed, conditionals: _Conditionals) -> None:
    if directive in _Conditionals.WORDS:
        conditionals.meet(directive, "".join(token.text for token in rest), offset)
    elif not conditionals.alive:
        pass
    elif directive == "define":
        _read_define(rest, lexed)
    elif directive:
        lexed.other_directives.append((directive, offset))


def _read_define(rest: list[Token], lexed: Lexed) -> None:
    """A macro with parameters has its parenthesis right behind its name; what it gives is not known here."""
    if not rest or rest[0].kind is not Kind.NAME:
        return
    name = rest[0]
    has_parameters = len(rest) > 1 and rest[1].text == "(" and rest[1].offset == name.offset + len(name.text)
    if not has_parameters:
        lexed.macros.setdefault(name.text, Macro(name.text, tuple(rest[1:])))


@dataclass(slots=True)
class _Conditional:
    """An ``#if`` that is open. ``number`` counts its live branches, -1 before the first."""

    identity: int
    offset: int
    number: int
    alive: bool
    may_live: bool
    """Whether a later branch can be live: not after ``#if 1``, nor inside a dead branch."""
    seen_else: bool = False


_BEGINNINGS = ("if", "ifdef", "ifndef")


class _Conditionals:
    """The conditionals around the present place."""

    WORDS = (*_BEGINNINGS, "elif", "elifdef", "elifndef", "else", "endif")

    def __init__(self, diagnostics: FileDiagnostics) -> None:
        self._diagnostics = diagnostics
        self._open: list[_Conditional] = []
        self._count = 0
        self._ignored_levels = 0
        self.branch: Branch = ()
        self.alive = True

    def meet(self, word: str, condition: str, offset: int) -> None:
        if self._ignored_levels or (word in _BEGINNINGS and len(self._open) == DEEPEST_CONDITIONAL):
            self._ignore(word, offset)
        elif word in _BEGINNINGS:
            self._begin(word, condition, offset)
        elif not self._open:
            self._diagnostics.error(offset, f'"#{word}" without "#if" before it')
        elif word == "endif":
            self._open.pop()
        else:
            self._go_on(word, condition, offset)
        self._update()

    def _ignore(self, word: str, offset: int) -> None:
        if not self._ignored_levels:
            self._diagnostics.error(offset, f"conditionals are nested deeper than {DEEPEST_CONDITIONAL} levels")
        self._ignored_levels += (word in _BEGINNINGS) - (word == "endif")

    def _begin(self, word: str, condition: str, offset: int) -> None:
        value = _truth(condition) if word == "if" else None
        alive = self.alive and value is not False
        may_live = self.alive and value is not True
        self._count += 1
        self._open.append(_Conditional(self._count, offset, 0 if alive else -1, alive, may_live))

    def _go_on(self, word: str, condition: str, offset: int) -> None:
        conditional = self._open[-1]
        if conditional.seen_else:
            related = [(self._diagnostics.location(conditional.offset), 'the "#if" is here')]
            self._diagnostics.error(offset, f'"#{word}" after "#else"', related=related)
        conditional.seen_else = word == "else"
        value = _truth(condition) if word == "elif" else None
        conditional.alive = conditional.may_live and value is not False
        conditional.number += conditional.alive
        conditional.may_live = conditional.may_live and value is not True

    def _update(self) -> None:
        self.alive = all(conditional.alive for conditional in self._open[-1:])
        self.branch = tuple((conditional.identity, conditional.number) for conditional in self._open)

    def finish(self) -> None:
        for conditional in self._open:
            self._diagnostics.error(conditional.offset, '"#if" without "#endif"')


def _truth(condition: str) -> bool | None:
    """The value of a condition that is a plain number; None where it depends on the build."""
    return bool(int(condition)) if condition in ("0", "1") else None


DIRECTIVES = (*_Conditionals.WORDS, "define")
"""The preprocessor lines that a table file may have."""
