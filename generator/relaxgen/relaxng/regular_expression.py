"""Patterns in the dialect of XML Schema (Datatypes, appendix F) → source for Python's `re`.

The grammar, each production one method of `_Translator`::

    regExp      ::= branch ('|' branch)*
    branch      ::= (atom quantifier?)*
    quantifier  ::= [?*+] | '{' number (',' number?)? '}'
    atom        ::= Char | '.' | escape | class | '(' regExp ')'
    class       ::= '[' '^'? (range | escape)+ ('-' class)? ']'
    range       ::= single ('-' single)?

The result matches the same texts with `re.fullmatch` and no flags. It has the author's spelling wherever both dialects
agree, because people read it in generated code: ``[0-9a-fA-F]{2}`` does not change. These differ:

    ^ $                 ordinary characters in XML Schema                       \\^ \\$
    .                   neither newline nor carriage return                     [^\\n\\r]
    \\s                  the four white-space characters of XML, not Unicode's   [ \\t\\n\\r]
    \\w                  everything but punctuation, separators and others       a class
    \\i \\c \\p{...}       name characters, categories, blocks                     a class
    [a-z-[aeiou]]       subtraction                                             a class

Python's own extensions (``(?``, lazy and possessive quantifiers, back-references, ``{,n}``) are errors, as they
are in XML Schema.

For matching, comparing and sampling, `runtime.expression` reads the result into a tree: generated packages contain the
result, and have no Unicode tables with which they could read the schema's own spelling.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..diagnostics.errors import did_you_mean
from ..runtime.expression import Ranges, complement, normal
from .character_set import class_source, escape_ranges, property_names, property_ranges, subtract, visible

MAXIMUM_REPETITION = 4294967294
"""Python's largest count; its compiler refuses more."""

MAXIMUM_DEPTH = 100
"""So deep may groups and subtracted classes be nested; Python's compiler is recursive."""

_SINGLE_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"} | {character: character for character in r"\|.?*+(){}-[]^"}
_MULTIPLE_ESCAPES = "sSiIcCdDwW"


class PatternError(ValueError):
    """The pattern is not a regular expression of XML Schema. ``position`` counts characters from 0."""

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(f"{reason} at character {position + 1}")
        self.position = position
        self.reason = reason


def translate(pattern: str) -> str:
    """Returns source for `re.fullmatch` that matches the same texts as `pattern`.

    Raises:
        PatternError: `pattern` is not a regular expression of XML Schema.
    """
    translator = _Translator(pattern)
    result = translator.expression()
    translator.expect_end()
    return result


class _Translator:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.position = 0
        self._depth = 0

    # regExp, branch, quantifier, atom

    def expression(self) -> str:
        branches = [self._branch()]
        while self._take("|"):
            branches.append(self._branch())
        return "|".join(branches)

    def expect_end(self) -> None:
        if self.position < len(self.pattern):
            raise self._error("')' without its '('")

    def _branch(self) -> str:
        pieces: list[str] = []
        while self._next() not in ("", "|", ")"):
            pieces.append(self._atom() + self._quantifier())
        return "".join(pieces)

    def _quantifier(self) -> str:
        character = self._next()
        if character not in ("?", "*", "+", "{"):
            return ""
        quantifier = self._counts() if character == "{" else self._advance()
        if self._next() in ("?", "*", "+", "{"):
            raise self._error(f"{self._next()!r} after another quantifier")
        return quantifier

    def _counts(self) -> str:
        match = re.compile(r"\{([0-9]+)(?:(,)([0-9]*))?\}").match(self.pattern, self.position)
        if match is None:
            raise self._error("'{' must be followed by a count as in {2}, {2,} or {2,5}")
        least, comma, most = match.groups()
        if max(int(least), int(most or 0)) > MAXIMUM_REPETITION:
            raise self._error("a count that is too large")
        if comma and most and int(least) > int(most):
            raise self._error(f"the counts of {match.group()} are in the wrong order")
        self.position = match.end()
        return match.group()

    def _atom(self) -> str:
        character = self._next()
        if character == "(":
            return self._group()
        if character == "[":
            return self._class()
        if character == "\\":
            return self._escape()
        if character in ("?", "*", "+", "{"):
            raise self._error(f"{character!r} without anything to repeat")
        if character in ("]", "}"):
            raise self._error(f"{character!r} without its opening bracket")
        self.position += 1
        if character == ".":
            return r"[^\n\r]"
        return "\\" + character if character in "^$" else visible(character)

    def _group(self) -> str:
        start = self.position
        self._depth += 1
        if self._depth > MAXIMUM_DEPTH:
            raise self._error("groups nested too deeply")
        self.position += 1
        inside = self.expression()
        if not self._take(")"):
            raise PatternError(start, "'(' without its ')'")
        self._depth -= 1
        return f"({inside})"

    # Escapes outside of classes

    def _escape(self) -> str:
        start = self.position
        kind = self._escape_kind()
        if kind in _SINGLE_ESCAPES or kind in "dD":
            return self.pattern[start : self.position]
        if kind in "sS":
            return r"[^ \t\n\r]" if kind == "S" else r"[ \t\n\r]"
        ranges = escape_ranges(self.pattern[start : self.position])
        return class_source(ranges)

    def _escape_kind(self) -> str:
        """The character after the backslash; takes the whole escape, and checks it."""
        start = self.position
        self.position += 1
        kind = self._next()
        if not kind:
            raise PatternError(start, "'\\' with nothing after it")
        self.position += 1
        if kind in "pP":
            self._property(start)
        elif kind not in _SINGLE_ESCAPES and kind not in _MULTIPLE_ESCAPES:
            raise PatternError(start, f"'\\{kind}' is not an escape of XML Schema{_escape_advice(kind)}")
        return kind

    def _property(self, start: int) -> None:
        match = re.compile(r"\{([^}]*)\}").match(self.pattern, self.position)
        if match is None:
            raise PatternError(start, f"'{self.pattern[start : start + 2]}' must be followed by a name in braces")
        name = match.group(1)
        self.position = match.end()
        if property_ranges(name) is None:
            kind = "block" if name.startswith("Is") else "category"
            raise PatternError(start, f"unknown {kind} {name!r}{did_you_mean(name, property_names())}")

    # Classes

    def _class(self) -> str:
        start = self.position
        self.position += 1
        negative = self._take("^")
        members = self._members(start)
        if self._next() == "[":  # the '-' before it is taken
            subtracted = self._nested_class_ranges()
            self._close_class(start)
            return class_source(subtract(_members_ranges(members, negative), subtracted))
        self._close_class(start)
        inside = _plain_inside(members)
        if inside:
            return f"[{'^' * negative}{inside}]"
        return class_source(_members_ranges(members, negative))

    def _nested_class_ranges(self) -> Ranges:
        start = self.position
        self._depth += 1
        if self._depth > MAXIMUM_DEPTH:
            raise self._error("classes nested too deeply")
        self.position += 1
        negative = self._take("^")
        ranges = _members_ranges(self._members(start), negative)
        if self._next() == "[":
            ranges = subtract(ranges, self._nested_class_ranges())
        self._close_class(start)
        self._depth -= 1
        return ranges

    def _close_class(self, start: int) -> None:
        if not self._next():
            raise PatternError(start, "'[' without its ']'")
        if not self._take("]"):
            raise self._error("']' must follow the subtracted class")

    def _members(self, start: int) -> list[_Member]:
        """The ranges and escapes up to the closing bracket, or up to the class that a '-' subtracts."""
        members: list[_Member] = []
        while self._next() != "]":
            if not self._next():
                raise PatternError(start, "'[' without its ']'")
            if members and self.pattern.startswith("-[", self.position):
                self.position += 1
                return members
            members.append(self._member(first=not members))
        if not members:
            raise PatternError(start, "a class without characters")
        return members

    def _member(self, first: bool) -> _Member:
        start = self.position
        if self._next() == "\\" and self.pattern[start + 1 : start + 2] not in _SINGLE_ESCAPES:
            self._escape_kind()
            return _EscapeMember(self.pattern[start : self.position])
        if self._next() == "-" and not first and not self.pattern.startswith(("-]", "--["), start):
            raise self._error("'-' inside a class must be first or last, or be between two characters, or be \\-")
        low, low_source = self._single()
        if not self._is_range():
            return _RangeMember(low_source, low, low)
        self.position += 1
        high, high_source = self._single()
        if low > high:
            source = self.pattern[start : self.position]
            raise PatternError(start, f"the range {source} is in the wrong order")
        return _RangeMember(f"{_range_end(low_source)}-{_range_end(high_source)}", low, high)

    def _is_range(self) -> bool:
        following = self.pattern[self.position : self.position + 2]
        return len(following) == 2 and following[0] == "-" and following[1] not in "[]"

    def _single(self) -> tuple[int, str]:
        """One character of a class: its code point, and how it is written in a class of Python's."""
        start = self.position
        character = self._next()
        if character == "[":
            raise self._error("'[' inside a class must be written \\[")
        if character == "\\":
            kind = self._escape_kind()
            if kind not in _SINGLE_ESCAPES:
                raise PatternError(start, f"{self.pattern[start : self.position]} cannot be the end of a range")
            return ord(_SINGLE_ESCAPES[kind]), "\\" + kind
        self.position += 1
        return ord(character), r"\^" if character == "^" else visible(character)

    # Reading

    def _next(self) -> str:
        return self.pattern[self.position : self.position + 1]

    def _advance(self) -> str:
        self.position += 1
        return self.pattern[self.position - 1]

    def _take(self, character: str) -> bool:
        if self._next() != character:
            return False
        self.position += 1
        return True

    def _error(self, reason: str) -> PatternError:
        return PatternError(self.position, reason)


def _escape_advice(kind: str) -> str:
    if kind in "bBAZz":
        return "; a pattern always matches the whole text"
    if kind.isalnum():
        return ""
    return f"; write {kind!r} alone"


# Members of a class


class _RangeMember:
    """One character or range: ``source`` is how a class of Python's writes it."""

    __slots__ = ("ranges", "source")

    def __init__(self, source: str, low: int, high: int) -> None:
        self.source = source
        self.ranges: Ranges = ((low, high),)


class _EscapeMember:
    """One escape for many characters; ``source`` is empty where a class of Python's cannot hold it."""

    __slots__ = ("escape", "source")

    def __init__(self, escape: str) -> None:
        self.escape = escape
        self.source = {r"\d": r"\d", r"\D": r"\D", r"\s": r" \t\n\r"}.get(escape, "")

    @property
    def ranges(self) -> Ranges:
        return escape_ranges(self.escape)


_Member = _RangeMember | _EscapeMember


_SET_OPERATION = re.compile(r"--|&&|~~|\|\|")
"""Spellings that Python reserves in classes for operations on sets."""


def _plain_inside(members: Sequence[_Member]) -> str:
    """The inside of a class as the author wrote it; empty where Python cannot take it so."""
    inside = "".join(member.source for member in members)
    if all(member.source for member in members) and not _SET_OPERATION.search(inside):
        return inside
    return ""


def _range_end(source: str) -> str:
    return r"\-" if source == "-" else source


def _members_ranges(members: Iterable[_Member], negative: bool) -> Ranges:
    ranges = normal(pair for member in members for pair in member.ranges)
    return complement(ranges) if negative else ranges
