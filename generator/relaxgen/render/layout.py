"""Code that has black's layout already, set aside so that black need not look at it.

black takes longer than all else that generating does, most of it for imports, classes, functions and assignments whose
lines are as it would write them. It sees marks in their place. Of these, lines that are too long are laid out by black,
each in a function of its own; only what it does most often, to make three lines of a call or a header, is done here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from .canonical import CLOSING, OPENING, canonical, parameters_of, tokens_of

LINE_LENGTH = 120
INDENTATION = 4

MARK = "_set_aside_"
_MARKED = re.compile(rf"^ *(?:def {MARK}([0-9]+)\(\):\n +pass|(?:import )?{MARK}([0-9]+))$", re.MULTILINE)
_IMPORT = re.compile(r"(?:from [\w.]+ )?import [\w.]+(?: as \w+)?(?:, \w+(?: as \w+)?)*", re.ASCII)

_CALL = re.compile(r"(?:def |return )?[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?\(")
_DOCSTRING = re.compile(
    r'''"""[^"\\\s]([^"\\\n]*[^"\\\s])?(\n+[^"\\\s]([^"\\\n]*[^"\\\s])?(\n+[^"\\\n]*[^"\\\s])*\n)?"""'''
)
"""The second line with something in it must not be indented further, for that is what black goes by."""

Definition = ast.FunctionDef | ast.ClassDef
Import = ast.Import | ast.ImportFrom
Assignment = ast.Assign | ast.AnnAssign
Part = Definition | Import | Assignment


@dataclass(frozen=True, slots=True)
class Line:
    """``is_text`` is a line of a docstring, which is as long as it is."""

    indentation: int
    code: str
    is_text: bool = False

    def __str__(self) -> str:
        return " " * self.indentation + self.code

    @property
    def is_long(self) -> bool:
        return self.indentation + len(self.code) > LINE_LENGTH and not self.is_text

    @property
    def is_header(self) -> bool:
        """Whether a block follows."""
        return self.code.endswith(":")

    @property
    def is_alternative(self) -> bool:
        return self.code.startswith("elif ")


def lay_out(text: str, black: Callable[[str], str]) -> str:
    """`text` as `black` leaves it."""
    outline, parts = set_aside(text)
    if not parts:
        return black(text)
    long = dict.fromkeys(line for part in parts for line in part if line.is_long)
    known = {line: "\n".join(map(str, found)) for line in long if (found := _with_arguments_apart(line))}
    unknown = tuple(line for line in long if line not in known)
    broken = known | dict(zip(unknown, _broken(unknown, black), strict=True)) if unknown else known
    return _MARKED.sub(
        lambda mark: "\n".join([broken.get(line) or str(line) for line in parts[int(mark[1] or mark[2])]]),
        black(outline),
    )


def _with_arguments_apart(line: Line) -> list[Line]:
    """A header or call in three lines, if they fit, which is what black makes of it then; else empty.

    A header must have several parameters; the comma that black adds behind a single one puts it elsewhere.
    """
    found = _CALL.match(line.code)
    if found is None:
        return []
    depth, end, commas = 1, found.end(), 0
    for token in tokens_of(line.code[found.end() :]):
        depth += (token.text in OPENING) - (token.text in CLOSING)
        if not depth:
            break
        commas += depth == 1 and token.text == ","
        end += len(str(token))
    head, inner, tail = line.code[: found.end()], line.code[found.end() : end], line.code[end:]
    if not inner or (not commas if head.startswith("def ") else tail != ")"):
        return []
    lines = [Line(line.indentation, head), Line(line.indentation + INDENTATION, inner), Line(line.indentation, tail)]
    return [] if any(one.is_long for one in lines) else lines


def _broken(lines: Sequence[Line], black: Callable[[str], str]) -> Iterator[str]:
    """Each of the long lines as black breaks it at the same indentation, in a function of its own or before one."""
    functions = iter(black("\n".join(map(_function_with, lines))).rstrip("\n").split("\n\n\n"))
    for line in lines:
        found = next(functions).split("\n")[line.indentation // INDENTATION + 2 * line.is_alternative :]
        yield "\n".join(found[:-1] if line.is_header else found)
        if not line.indentation and not line.is_header:
            next(functions)


def _function_with(line: Line) -> str:
    depth = line.indentation // INDENTATION
    blocks = [f"def {MARK}():", *["if x:"] * (depth - 1)]
    parts = [Line(number * INDENTATION, block) for number, block in enumerate(blocks)]
    if line.is_header:
        parts = parts[:depth]
    passing = Line(line.indentation + INDENTATION, "pass")
    if line.is_alternative:
        parts += [Line(line.indentation, "if x:"), passing]
        depth += 2
    parts.insert(depth, line)
    if line.is_header or not depth:
        parts.append(passing)
    return "\n".join(map(str, parts))


def set_aside(text: str) -> tuple[str, list[list[Line]]]:
    """The text with marks in place of what black would leave as it is, and the lines that each mark stands for."""
    if MARK in text:
        return text, []
    try:
        tree = ast.parse(text)
    except SyntaxError:  # black takes a little more than Python does
        return text, []
    lines = text.split("\n")
    runs = _runs(tree, lines)
    result: list[str] = []
    end = 0
    for number, run in enumerate(runs):
        result += [*lines[end : run.first.lineno - 1], *_mark(run.first, number)]
        end = run.last.end_lineno or 0
    return "\n".join(result + lines[end:]), [run.lines for run in runs]


@dataclass(slots=True)
class _Run:
    """Parts that follow each other, for which one mark stands: the first and the last are of one kind, since black goes
    by these for the lines around the mark. ``distance`` counts the empty lines that black has before the run, and is
    None where that is not certain."""

    first: Part
    last: Part
    lines: list[Line]
    distance: int | None

    def take_in(self, others: Sequence[_Run]) -> None:
        for run in others:
            self.lines += [*[Line(0, "")] * (run.distance or 0), *run.lines]
            self.last = run.last


def _runs(tree: ast.Module, lines: Sequence[str]) -> list[_Run]:
    runs: list[_Run] = []
    for node, found in _parts(tree, lines):
        runs.append(_Run(node, node, found, _distance(runs[-1].last, node, lines) if runs else None))
        for count in (2, 3):  # assignments between definitions go with these
            first, *others = runs[-count:]
            if _kind(first.first) == _kind(node) and all(run.distance is not None for run in others):
                first.take_in(others)
                runs[-count:] = [first]
                break
    return runs


def _parts(tree: ast.Module, lines: Sequence[str]) -> Iterator[tuple[Part, list[Line]]]:
    """The parts of the module that are as black leaves them, in the order of the text; of a class that is not, its
    functions and assignments."""
    for node in tree.body:
        found = _laid_out(node, lines)
        if isinstance(node, Part) and found:
            yield node, found
        elif isinstance(node, ast.ClassDef):
            inner = ((part, _laid_out(part, lines)) for part in node.body if isinstance(part, Part))
            yield from (pair for pair in inner if pair[1])


def _kind(node: ast.stmt) -> object:
    return next((kind for kind in (Definition, Import) if isinstance(node, kind)), None)


def _distance(last: ast.stmt, node: ast.stmt, lines: Sequence[str]) -> int | None:
    """How many empty lines black has between the two; None if that is not certain."""
    between = lines[last.end_lineno or 0 : node.lineno - 1]
    most = 1 if node.col_offset else 2
    if any(between) or last.col_offset != node.col_offset:
        return None
    if isinstance(last, Definition) or isinstance(node, Definition):
        return most
    least = isinstance(last, Import) and not isinstance(node, Import)
    return max(least, len(between)) if len(between) <= most else None


def _mark(node: Part, number: int) -> list[str]:
    name = f"{MARK}{number}"
    margin = " " * node.col_offset
    if isinstance(node, Definition):
        return [f"{margin}def {name}():", f"{margin}    pass"]
    return [f"{margin}import {name}" if isinstance(node, Import) else f"{margin}{name}"]


def _laid_out(node: ast.stmt, lines: Sequence[str]) -> list[Line]:
    """The node as black leaves it, with long lines still whole; empty if not certain."""
    own = lines[node.lineno - 1 : node.end_lineno]
    match node:
        case ast.FunctionDef():
            return _function(node, own)
        case ast.ClassDef():
            return _class(node, lines)
        case ast.Import() | ast.ImportFrom():
            line = Line(0, own[0])
            return [line] if _IMPORT.fullmatch(line.code) and not line.is_long else []
        case ast.Assign() | ast.AnnAssign():
            return _assignment(own, node.col_offset)
        case ast.Expr(ast.Constant(str())):
            return _docstring(own, node.col_offset)
    return []


def _function(node: ast.FunctionDef, lines: Sequence[str]) -> list[Line]:
    """Empty if not certain."""
    start = node.body[0].lineno - node.lineno
    if node.decorator_list or not start:
        return []
    margin = node.col_offset + INDENTATION
    head = _header(lines[:start], node.col_offset)
    if ast.get_docstring(node, clean=False) is not None:
        stop = (node.body[0].end_lineno or 0) - node.lineno + 1
        docstring = _docstring(lines[start:stop], margin)
        body = _body(lines[stop:], margin)
        return [*head, *docstring, *body] if head and docstring and (body or stop == len(lines)) else []
    body = _body(lines[start:], margin)
    return [*head, *body] if head and body else []


def _class(node: ast.ClassDef, lines: Sequence[str]) -> list[Line]:
    """Empty if not certain."""
    code = lines[node.lineno - 1]
    head = Line(0, f"class {canonical(code[len('class ') : -1])}:")
    if not _agree([head], [code]) or head.is_long or code.endswith("():") or node.body[0].lineno != node.lineno + 1:
        return []
    result = [head]
    for last, part in zip([None, *node.body], node.body, strict=False):
        found = _laid_out(part, lines)
        distance = _distance(last, part, lines) if last is not None else 0
        if not found or distance is None:
            return []
        has_docstring = last is node.body[0] and isinstance(last, ast.Expr)
        result += [*[Line(0, "")] * (1 if has_docstring else distance), *found]
    return result


def _assignment(lines: Sequence[str], margin: int) -> list[Line]:
    """Empty if not certain."""
    if len(lines) > 1:
        return _rows(lines, margin)
    line = Line(margin, canonical(lines[0][margin:]))
    return [line] if line.code and not lines[0][:margin].strip(" ") else []


def _rows(lines: Sequence[str], margin: int) -> list[Line]:
    """A name and a tuple, dictionary or call that has each of its items on a line, and a comma behind the last; empty
    if not certain."""
    first, last = lines[0][margin:], lines[-1].strip(" ")
    head = canonical(first + last)
    items = [canonical(line.strip(" ").removesuffix(",")) for line in lines[1:-1]]
    if len(items) < 2 or not all(items) or last not in CLOSING or not head.endswith(f"{first[-1:]}{last}"):
        return []
    rows = [Line(margin + INDENTATION, f"{item},") for item in items]
    result = [Line(margin, head[:-1]), *rows, Line(margin, last)]
    if not _agree(result, lines) or result[0].is_long:
        return []
    return [line for one in result for line in _item(one)] if all(map(_item, result)) else []


def _item(line: Line) -> list[Line]:
    if not line.is_long:
        return [line]
    apart = _with_arguments_apart(replace(line, code=line.code.removesuffix(",")))
    return [*apart[:-1], replace(apart[-1], code=f"{apart[-1].code},")] if apart else []


def _agree(found: Sequence[Line], lines: Sequence[str]) -> bool:
    """Whether they are the same but for the kind of quotes."""
    return [str(line).replace('"', "'") for line in found] == [line.replace('"', "'") for line in lines]


def _header(lines: Sequence[str], margin: int) -> list[Line]:
    """In one line, or with a line for each parameter where a comma stands behind the last; empty if not certain."""
    codes = [line.lstrip(" ") for line in lines]
    if not codes[0].startswith("def "):
        return []
    start = codes[0][len("def ") :]
    if len(lines) == 1:
        code = canonical(start, is_header=True)
        return [Line(margin, f"def {code}")] if code else []
    whole = "".join([start, " ".join(codes[1:-1]).removesuffix(","), codes[-1]])
    if not codes[-2].endswith(","):
        code = canonical(whole, is_header=True) if start.endswith("(") and codes[-1].startswith(")") else ""
        return [Line(margin, f"def {code}")] if code else []
    parameters = [Line(margin + INDENTATION, one) for one in parameters_of(whole)]
    found = [Line(margin, codes[0]), *parameters, Line(margin, codes[-1])]
    return found if _agree(found, lines) and not any(line.is_long for line in found) else []


def _docstring(lines: Sequence[str], margin: int) -> list[Line]:
    """In one line, or with the closing quotes on one of their own; empty if not certain."""
    text = "\n".join(line.removeprefix(" " * margin) for line in lines)
    is_indented = all(line.startswith(" " * margin) or not line for line in lines)
    if not is_indented or not text.isascii() or not _DOCSTRING.fullmatch(text):
        return []
    return [Line(margin if code else 0, code, is_text=True) for code in text.split("\n")]


def _body(lines: Sequence[str], margin: int) -> list[Line]:
    """Empty if not certain."""
    result: list[Line] = []
    allowed: Sequence[int] = (margin,)
    for text in lines:
        code = text.lstrip(" ")
        indentation = len(text) - len(code)
        if indentation not in allowed or not code.isascii():
            return []
        code = canonical(code)
        line = Line(indentation, code)
        if not code:
            return []
        result.append(line)
        opens = code[-1] == ":"
        allowed = (indentation + INDENTATION,) if opens else range(margin, indentation + 1, INDENTATION)
    return result
