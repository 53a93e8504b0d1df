"""The lexical structure of the compact syntax (specification section 3): bytes → tokens and comments, with places.

Escapes ``\\x{…}`` are replaced before anything else is looked at, so that an escape can represent any character of a
schema. What an escape gives is no line end: a literal in one pair of quotes can contain it. Line ends that were
written as escapes are therefore kept apart until the literal's value is known.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import dataclass
from enum import Enum

from ...runtime.faults import Place
from ...runtime.markup import forbidden_characters
from ...runtime.name_types import NC_NAME_CHARACTER, NC_NAME_START
from ..schema_document import Comment, UnreadableDocument
from ..syntax import BEYOND

_KEYWORDS = """
    attribute datatypes default div element empty external grammar include inherit list mixed namespace notAllowed
    parent start string text token
"""
KEYWORDS = frozenset(_KEYWORDS.split())


class Kind(Enum):
    """``NAME`` is an identifier or a keyword, ``ESCAPED`` an identifier after a backslash."""

    NAME = "a name"
    ESCAPED = "an escaped name"
    PREFIXED = "a name with a prefix"
    PREFIX_STAR = "a prefix with ':*'"
    LITERAL = "a literal"
    SYMBOL = "a symbol"
    DOCUMENTATION = "documentation"
    UNKNOWN = "a character without meaning"
    END = "the end of the file"


@dataclass(slots=True, eq=False)
class Token:
    """``text`` is the token as written, for a literal its value, for documentation all that follows ``##``."""

    kind: Kind
    text: str
    start: int
    end: int

    @property
    def is_keyword(self) -> bool:
        return self.kind is Kind.NAME and self.text in KEYWORDS


@dataclass(frozen=True, slots=True)
class FoundComment:
    """``start`` and ``end`` are offsets, as in tokens."""

    lines: tuple[str, ...]
    start: int
    end: int


_NAME = f"[{NC_NAME_START}{BEYOND}][{NC_NAME_CHARACTER}{BEYOND}]*"
_TOKEN = re.compile(
    rf"""
      (?P<blank>[ \t\n\x01]+)
    | (?P<DOCUMENTATION>\#\#[^\n\x01]*)
    | (?P<comment>\#[^\n\x01]*)
    | (?P<PREFIXED>{_NAME}:{_NAME})
    | (?P<PREFIX_STAR>{_NAME}:\*)
    | (?P<NAME>{_NAME})
    | (?P<ESCAPED>\\{_NAME})
    | (?P<LITERAL>\"\"\"(?:[^"]|\"{{1,2}}(?!"))*\"\"\" | \'\'\'(?:[^']|\'{{1,2}}(?!'))*\'\'\'
                 | "[^"\n]*" | '[^'\n]*')
    | (?P<unclosed>["'][^\n]*)
    | (?P<SYMBOL>>>|\|=|&=|[={{}}()\[\],|&?*+~-])
    | (?P<number>[0-9][0-9.]*)
    | (?P<UNKNOWN>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\x+\{([^}\n]*)(\}?)")
_ESCAPED_LINE_ENDS = {"\n": "\x01", "\r": "\x02"}
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]+")
_LINE_END = re.compile(r"\r\n?")


def _is_allowed(code: int) -> bool:
    return code <= 0x10FFFF and not forbidden_characters().match(chr(code))


class Source:
    """The text of a file, with all its tokens, comments and lexical mistakes.

    Raises:
        UnreadableDocument: the bytes are no text.
    """

    def __init__(self, data: bytes) -> None:
        written = _LINE_END.sub("\n", _decoded(data))
        self.errors: list[tuple[Place, str]] = []
        self._lines = [0, *(match.end() for match in re.finditer("\n", written))]
        self._escapes: list[tuple[int, int]] = []
        self.text = self._without_escapes(self._allowed(written))
        self.tokens, self.comments = self._scan()

    def place(self, offset: int) -> Place:
        """Line and column of an offset in `text`, counted in what was written."""
        if self._escapes:
            offset += self._escapes[bisect_right(self._escapes, (offset, 1 << 60)) - 1][1]
        return self._written_place(offset)

    def _written_place(self, offset: int) -> Place:
        line = bisect_right(self._lines, offset)
        return Place(line, offset - self._lines[line - 1] + 1)

    def line(self, offset: int) -> int:
        if self._escapes:
            return self.place(offset).line
        return bisect_right(self._lines, offset)

    def _allowed(self, written: str) -> str:
        def report(match: re.Match[str]) -> str:
            character = f"U+{ord(match[0]):04X}"
            message = f"character {character} is not allowed in a schema"
            self.errors.append((self._written_place(match.start()), message))
            return " "

        return forbidden_characters().sub(report, written)

    def _without_escapes(self, written: str) -> str:
        if not _ESCAPE.search(written):
            return written
        parts, done, length = [], 0, 0
        self._escapes.append((0, 0))
        for match in _ESCAPE.finditer(written):
            before = written[done : match.start()]
            character = self._escaped(match)
            parts += [before, character]
            length += len(before) + len(character)
            done = match.end()
            self._escapes.append((length, done - length))
        return "".join([*parts, written[done:]])

    def _escaped(self, match: re.Match[str]) -> str:
        digits, closing = match.groups()
        message = ""
        if not closing or not _HEXADECIMAL.fullmatch(digits):
            message = f"'{match[0]}' is not an escape: expected hexadecimal digits between '\\x{{' and '}}'"
        elif len(digits.lstrip("0")) > 6 or not _is_allowed(int(digits, 16)):
            message = f"'{match[0]}' represents no character that XML allows"
        if message:
            self.errors.append((self._written_place(match.start()), message))
            return "?"
        character = chr(int(digits, 16))
        return _ESCAPED_LINE_ENDS.get(character, character)

    def _scan(self) -> tuple[list[Token], list[FoundComment]]:
        tokens: list[Token] = []
        comments: list[FoundComment] = []
        kinds = {kind.name: kind for kind in Kind}
        text = self.text
        for match in _TOKEN.finditer(text):
            group = match.lastgroup
            if group == "blank":
                continue
            start, end = match.span()
            if group == "comment":
                self._add_comment(comments, start, end, tokens[-1].end if tokens else -1)
                continue
            assert group is not None  # one of the alternatives has matched
            kind, written = kinds.get(group, Kind.LITERAL), match[0]
            if group == "unclosed":
                self._report_unclosed(tokens, start, written[0])
                written = written[1:]
            elif group == "number":
                self.errors.append((self.place(start), f'{written} must be in quotes: "{written}"'))
            elif kind is Kind.UNKNOWN:
                self._report_unknown(start, written)
                continue
            elif kind is Kind.LITERAL:
                written = _value_of(written)
            elif kind is Kind.DOCUMENTATION:
                written = _with_line_ends(written[2:])
            tokens.append(Token(kind, written, start, end))
        tokens.append(Token(Kind.END, "", len(text), len(text)))
        return tokens, comments

    def _report_unclosed(self, tokens: list[Token], start: int, quote: str) -> None:
        if tokens and tokens[-1].end == start and self.text[start - 2 : start] == quote * 2:
            start -= 2
            quote *= 3
            tokens.pop()  # the two quotes before were taken for an empty literal
        line_end = (
            "" if len(quote) == 3 else " on this line; a literal over several lines has three quotes on each side"
        )
        self.errors.append((self.place(start), f"this literal has no closing {quote}{line_end}"))

    def _report_unknown(self, start: int, character: str) -> None:
        shown = {"\x02": "\\r"}.get(character, character)
        hint = "; a definition ends where the next one begins" if character == ";" else ""
        self.errors.append((self.place(start), f"character '{shown}' has no meaning here{hint}"))

    def _add_comment(self, comments: list[FoundComment], start: int, end: int, last_token: int) -> None:
        """Comments on lines of their own that follow each other are one."""
        line = _with_line_ends(self.text[start + 1 : end]).removeprefix(" ").rstrip()
        if comments:
            before = comments[-1]
            between = self.text[before.end : start]
            own_line = before.start == 0 or not self.text[self._line_start(before.start) : before.start].strip()
            if last_token < before.start and own_line and between.count("\n") == 1 and not between.strip():
                comments[-1] = FoundComment((*before.lines, line), before.start, end)
                return
        comments.append(FoundComment((line,), start, end))

    def _line_start(self, offset: int) -> int:
        return self.text.rfind("\n", 0, offset) + 1

    def comment(self, found: FoundComment) -> Comment:
        return Comment(found.lines, self.line(found.start), self.line(found.end))


def _decoded(data: bytes) -> str:
    encoding = "utf-8"
    for mark, name in ((BOM_UTF8, "utf-8"), (BOM_UTF16_BE, "utf-16-be"), (BOM_UTF16_LE, "utf-16-le")):
        if data.startswith(mark):
            data, encoding = data[len(mark) :], name
            break
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(encoding, "replace")
        line = before.count("\n") + 1
        column = len(before) - before.rfind("\n")
        message = (
            f"these bytes are no {encoding.upper()}: {error.reason}; a schema in the compact syntax is UTF-8 or UTF-16"
        )
        raise UnreadableDocument(line, column, message) from None


def _value_of(literal: str) -> str:
    quotes = 3 if literal[:3] in ('"""', "'''") and len(literal) >= 6 else 1
    return _with_line_ends(literal[quotes:-quotes])


def _with_line_ends(text: str) -> str:
    return text.replace("\x01", "\n").replace("\x02", "\r")
