"""James Clark's algorithm as his paper has it, slow and plain, on the tuples of `small_grammars`.

Nothing is remembered and nothing is shared with the validator; it serves to compare verdicts. Datatypes are those of
`small_grammars`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.relaxng.validation.small_grammars import Grammar, Pattern, Tree

BLANKS = " \t\r\n"
EMPTY: Pattern = ("empty",)
NOT_ALLOWED: Pattern = ("notAllowed",)
TEXT: Pattern = ("text",)


class Reference:
    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar

    def is_valid(self, tree: Tree) -> bool:
        return self._nullable(self._child(self._binary(self._grammar["start"]), tree))

    def _binary(self, pattern: Pattern) -> Pattern:
        """Sections 4.12 to 4.15; the content of elements is left for later, since it may be recursive."""
        match pattern:
            case ("ref", name):
                return self._binary(self._grammar[name])
            case ("group" | "choice" | "interleave" as kind, members):
                result = self._binary(members[-1])
                for member in reversed(members[:-1]):
                    result = (kind, self._binary(member), result)
                return result
            case ("optional", inner):
                return ("choice", self._binary(inner), EMPTY)
            case ("zeroOrMore", inner):
                return ("choice", ("oneOrMore", self._binary(inner)), EMPTY)
            case ("mixed", inner):
                return ("interleave", self._binary(inner), TEXT)
            case ("oneOrMore" | "list" as kind, inner):
                return (kind, self._binary(inner))
            case ("attribute", name, inner):
                return ("attribute", name, self._binary(inner))
            case _:
                return pattern

    def _nullable(self, pattern: Pattern) -> bool:
        match pattern:
            case ("group" | "interleave", first, second):
                return self._nullable(first) and self._nullable(second)
            case ("choice", first, second):
                return self._nullable(first) or self._nullable(second)
            case ("oneOrMore", inner):
                return self._nullable(inner)
            case ("empty",) | ("text",):
                return True
            case _:
                return False

    def _child(self, pattern: Pattern, child: Tree | str) -> Pattern:
        if isinstance(child, str):
            return self._text(pattern, child)
        name, attributes, children = child
        pattern = self._open(pattern, name)
        for attribute, value in attributes.items():
            pattern = self._attribute(pattern, attribute, value)
        pattern = self._close(pattern)
        pattern = self._children(pattern, children)
        return self._end(pattern)

    def _children(self, pattern: Pattern, children: list[Tree | str]) -> Pattern:
        joined = _joined(children)
        if all(isinstance(child, str) for child in joined):
            text = "".join(child for child in joined if isinstance(child, str))
            after = self._text(pattern, text)
            return _choice(pattern, after) if not text.strip(BLANKS) else after
        for child in joined:
            if not isinstance(child, str) or child.strip(BLANKS):
                pattern = self._child(pattern, child)
        return pattern

    def _text(self, pattern: Pattern, text: str) -> Pattern:
        match pattern:
            case ("choice", first, second):
                return _choice(self._text(first, text), self._text(second, text))
            case ("interleave", first, second):
                return _choice(
                    _interleave(self._text(first, text), second), _interleave(first, self._text(second, text))
                )
            case ("group", first, second):
                after = _group(self._text(first, text), second)
                return _choice(after, self._text(second, text)) if self._nullable(first) else after
            case ("after", first, second):
                return _after(self._text(first, text), second)
            case ("oneOrMore", inner):
                return _group(self._text(inner, text), _choice(pattern, EMPTY))
            case ("text",):
                return pattern
            case ("value", kind, value):
                return EMPTY if _normal(kind, value) == _normal(kind, text) else NOT_ALLOWED
            case ("data", kind, except_):
                is_right = _allows(kind, text)
                if is_right and except_ is not None:
                    is_right = not self._nullable(self._text(except_, text))
                return EMPTY if is_right else NOT_ALLOWED
            case ("list", inner):
                for token in re.findall(f"[^{BLANKS}]+", text):
                    inner = self._text(inner, token)
                return EMPTY if self._nullable(inner) else NOT_ALLOWED
            case _:
                return NOT_ALLOWED

    def _open(self, pattern: Pattern, name: tuple[str, str]) -> Pattern:
        match pattern:
            case ("choice", first, second):
                return _choice(self._open(first, name), self._open(second, name))
            case ("element", name_class, inner):
                return _after(self._binary(inner), EMPTY) if _contains(name_class, name) else NOT_ALLOWED
            case ("interleave", first, second):
                return _choice(
                    _apply_after(lambda rest: _interleave(rest, second), self._open(first, name)),
                    _apply_after(lambda rest: _interleave(first, rest), self._open(second, name)),
                )
            case ("oneOrMore", inner):
                return _apply_after(lambda rest: _group(rest, _choice(pattern, EMPTY)), self._open(inner, name))
            case ("group", first, second):
                opened = _apply_after(lambda rest: _group(rest, second), self._open(first, name))
                return _choice(opened, self._open(second, name)) if self._nullable(first) else opened
            case ("after", first, second):
                return _apply_after(lambda rest: _after(rest, second), self._open(first, name))
            case _:
                return NOT_ALLOWED

    def _attribute(self, pattern: Pattern, name: tuple[str, str], value: str) -> Pattern:
        match pattern:
            case ("after", first, second):
                return _after(self._attribute(first, name, value), second)
            case ("choice", first, second):
                return _choice(self._attribute(first, name, value), self._attribute(second, name, value))
            case ("group", first, second):
                return _choice(
                    _group(self._attribute(first, name, value), second),
                    _group(first, self._attribute(second, name, value)),
                )
            case ("interleave", first, second):
                return _choice(
                    _interleave(self._attribute(first, name, value), second),
                    _interleave(first, self._attribute(second, name, value)),
                )
            case ("oneOrMore", inner):
                return _group(self._attribute(inner, name, value), _choice(pattern, EMPTY))
            case ("attribute", name_class, inner):
                is_right = _contains(name_class, name) and self._matches(inner, value)
                return EMPTY if is_right else NOT_ALLOWED
            case _:
                return NOT_ALLOWED

    def _matches(self, pattern: Pattern, value: str) -> bool:
        is_empty = self._nullable(pattern) and not value.strip(BLANKS)
        return is_empty or self._nullable(self._text(pattern, value))

    def _close(self, pattern: Pattern) -> Pattern:
        match pattern:
            case ("after", first, second):
                return _after(self._close(first), second)
            case ("choice", first, second):
                return _choice(self._close(first), self._close(second))
            case ("group", first, second):
                return _group(self._close(first), self._close(second))
            case ("interleave", first, second):
                return _interleave(self._close(first), self._close(second))
            case ("oneOrMore", inner):
                inner = self._close(inner)
                return inner if inner == NOT_ALLOWED else ("oneOrMore", inner)
            case ("attribute", _, _):
                return NOT_ALLOWED
            case _:
                return pattern

    def _end(self, pattern: Pattern) -> Pattern:
        match pattern:
            case ("choice", first, second):
                return _choice(self._end(first), self._end(second))
            case ("after", first, second):
                return second if self._nullable(first) else NOT_ALLOWED
            case _:
                return NOT_ALLOWED


def _joined(children: list[Tree | str]) -> list[Tree | str]:
    joined: list[Tree | str] = []
    for child in children:
        if isinstance(child, str) and joined and isinstance(joined[-1], str):
            joined[-1] += child
        else:
            joined.append(child)
    return joined


def _choice(first: Pattern, second: Pattern) -> Pattern:
    if first in (NOT_ALLOWED, second):
        return second
    return first if second == NOT_ALLOWED else ("choice", first, second)


def _group(first: Pattern, second: Pattern) -> Pattern:
    if NOT_ALLOWED in (first, second):
        return NOT_ALLOWED
    return second if first == EMPTY else first if second == EMPTY else ("group", first, second)


def _interleave(first: Pattern, second: Pattern) -> Pattern:
    if NOT_ALLOWED in (first, second):
        return NOT_ALLOWED
    return second if first == EMPTY else first if second == EMPTY else ("interleave", first, second)


def _after(first: Pattern, second: Pattern) -> Pattern:
    return NOT_ALLOWED if NOT_ALLOWED in (first, second) else ("after", first, second)


def _apply_after(function: Callable[[Pattern], Pattern], pattern: Pattern) -> Pattern:
    match pattern:
        case ("after", first, second):
            return _after(first, function(second))
        case ("choice", first, second):
            return _choice(_apply_after(function, first), _apply_after(function, second))
        case _:
            return NOT_ALLOWED


def _contains(name_class: Pattern, name: tuple[str, str]) -> bool:
    match name_class:
        case ("name", namespace, local):
            return (namespace, local) == name
        case ("choice", members):
            return any(_contains(member, name) for member in members)
        case ("nsName", namespace, except_):
            return namespace == name[0] and (except_ is None or not _contains(except_, name))
        case (_, except_):
            return except_ is None or not _contains(except_, name)
        case _:
            raise AssertionError(name_class)


def _normal(kind: str, text: str) -> str:
    return text if kind == "string" else " ".join(re.findall(f"[^{BLANKS}]+", text))


_FORMS = {
    "integer": r"[-+]?[0-9]+",
    "nonNegativeInteger": r"\+?[0-9]+|-0+",
    "boolean": r"true|false|1|0",
    "NMTOKEN": r"[-._:\w]+",
}


def _allows(kind: str, text: str) -> bool:
    return kind not in _FORMS or re.fullmatch(_FORMS[kind], _normal(kind, text)) is not None
