"""Finds code that already has black's layout, so that black need not read it.

black takes longer than all other stages, mostly for statements that it would not change. This module puts a module
together statement by statement. black gets only the statements that are not certain, and lines that are too long, all
in one call. The most frequent change of black, a call or a header in three lines, is made here. If there is anything
rare between its statements, black gets the whole text.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from .canonical import CLOSING, OPENING, canonical, canonical_item, parameters_of, tokens_of

LINE_LENGTH = 120
INDENTATION = 4

_MARK = "_laid_out_apart_"
_END = f"\n\n\ndef {_MARK}():\n    pass\n"
_RARE = re.compile(rf"{_MARK}|# *fmt:|[\f\r\t]")

_CALL = re.compile(r"(?:def |return )?[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?\(")
_COMMENT = re.compile(r"# \S(.*\S)?")
_DOCSTRING = re.compile(
    r'''"""[^"\\\s]([^"\\\n]*[^"\\\s])?(\n+[^"\\\s]([^"\\\n]*[^"\\\s])?(\n+[^"\\\n]*[^"\\\s])*\n)?"""'''
)
"""The second line with content must not be indented further, because black's rule depends on that."""
_IMPORT = re.compile(r"(?:from [\w.]+ )?import [\w.]+(?: as \w+)?(?:, \w+(?: as \w+)?)*", re.ASCII)
_TEXT = re.compile(r'''\w+ = r"""[^"]*(?:"(?!"")[^"]*)*\n"""''', re.ASCII)

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_Import = ast.Import | ast.ImportFrom


@dataclass(frozen=True, slots=True)
class Line:
    """``is_text`` is a line of a string, whose length black does not change; ``is_open`` are the lines of a statement
    whose layout black decides."""

    indentation: int
    code: str
    is_text: bool = False
    is_open: bool = False

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


_EMPTY = Line(0, "")


def lay_out(text: str, black: Callable[[str], str]) -> str:
    """Returns `text` as `black` leaves it."""
    lines = _module(text)
    if not lines:
        return black(text)
    known = {line: "\n".join(map(str, found)) for line in set(lines) if (found := _with_arguments_apart(line))}
    unknown = [line for line in dict.fromkeys(lines) if line.is_open or (line.is_long and line not in known)]
    known |= zip(unknown, _through(black, unknown), strict=True)
    return "".join(f"{known.get(line) or line}\n" for line in lines)


def _with_arguments_apart(line: Line) -> list[Line]:
    """Returns a header or call that is too long in three lines, as black does if they fit; otherwise empty.

    A header must have several parameters: black adds a comma after a single one, which leads to another layout.
    """
    found = _CALL.match(line.code)
    if found is None or not line.is_long or line.is_open:
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


def _through(black: Callable[[str], str], lines: Sequence[Line]) -> Iterator[str]:
    """Returns each of the lines as black breaks it."""
    if not lines:
        return
    found = black(_END.join(["", *map(_block_with, lines), ""]))
    blocks = f"\n\n\n{found}".split(_END)[1:-1]
    for line, block in zip(lines, blocks, strict=True):
        own = block.lstrip("\n").split("\n")[line.indentation // INDENTATION + 2 * line.is_alternative :]
        yield "\n".join(own[:-1] if line.is_header and not line.is_open else own)


def _block_with(line: Line) -> str:
    """Returns the line at its indentation, with what it needs to be valid Python."""
    result = [Line(number * INDENTATION, "if x:") for number in range(line.indentation // INDENTATION)]
    passing = Line(line.indentation + INDENTATION, "pass")
    if line.is_alternative:
        result += [Line(line.indentation, "if x:"), passing]
    result.append(line)
    if line.is_header and not line.is_open:
        result.append(passing)
    return "\n".join(map(str, result))


def _module(text: str) -> list[Line]:
    """Returns the lines of a text as black leaves them, before long lines are broken; empty if not certain."""
    if _RARE.search(text):
        return []
    try:
        nodes = ast.parse(text).body
    except SyntaxError:  # black takes a little more than Python does
        return []
    lines = text.split("\n")
    head = lines[: _start(nodes[0]) - 1] if nodes else lines
    if not nodes or any(lines[nodes[-1].end_lineno or 0 :]) or not all(map(_COMMENT.fullmatch, head)):
        return []
    if head and not _is_string(nodes[0]):
        return []
    result = _statements(nodes, lines)
    return [*[Line(0, one, is_text=True) for one in head], *result] if result else []


def _statements(nodes: Sequence[ast.stmt], lines: Sequence[str]) -> list[Line]:
    """Returns the statements of a module or a class; empty if not certain."""
    result: list[Line] = []
    for last, node in zip([None, *nodes], nodes, strict=False):
        between = _between(last, node, lines, is_first=last is nodes[0]) if last is not None else []
        found = _laid_out(node, lines)
        if not found and not node.col_offset and not _is_string(node):
            found = [Line(0, "\n".join(lines[_start(node) - 1 : node.end_lineno]), is_open=True)]
        if between is None or not found:
            return []
        result += [*between, *found]
    return result


def _between(last: ast.stmt, node: ast.stmt, lines: Sequence[str], *, is_first: bool) -> list[Line] | None:
    """Returns what black puts between two statements; None if that is not certain."""
    end, start = last.end_lineno or 0, _start(node)
    between = lines[end : start - 1]
    comments = [line for line in between if line]
    between = between[: len(between) - len(comments)]
    if start <= end or any(between) or _is_rare(last) or (isinstance(node, _Definition) and _is_rare(node)):
        return None
    most = 1 if node.col_offset else 2
    if comments:
        is_certain = isinstance(last, _Definition) and not isinstance(node, _Definition) and not node.col_offset
        is_certain &= all(map(_COMMENT.fullmatch, comments))
        return [*[_EMPTY] * 2, *[Line(0, one, is_text=True) for one in comments]] if is_certain else None
    if is_first and _is_string(last):
        return [_EMPTY] if len(between) == 1 and (most == 1 or not isinstance(node, _Definition)) else None
    if isinstance(last, _Definition) or isinstance(node, _Definition):
        return [_EMPTY] * most
    if isinstance(last, _Import) and not isinstance(node, _Import):
        return [_EMPTY] if len(between) <= 1 else None  # black's releases differ
    return [_EMPTY] * len(between) if len(between) <= most else None


def _start(node: ast.stmt) -> int:
    decorators = node.decorator_list if isinstance(node, _Definition) else []
    return min([node.lineno, *[one.lineno for one in decorators]])


def _is_string(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _is_rare(node: ast.stmt) -> bool:
    """Whether black has special rules for the lines around: for ``...`` as a body, and for definitions in blocks."""
    if isinstance(node, _Definition):
        return isinstance(node.body[-1], ast.Expr) and not _is_string(node.body[-1])
    return hasattr(node, "body") and any(isinstance(inner, _Definition) for inner in ast.walk(node))


def _laid_out(node: ast.stmt, lines: Sequence[str]) -> list[Line]:
    """Returns a statement as black leaves it, before long lines are broken; empty if not certain."""
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
    if not _agree([head], [code]) or head.is_long or code.endswith("():") or _start(node.body[0]) != node.lineno + 1:
        return []
    body = _statements(node.body, lines)
    return [head, *body] if body and not node.decorator_list else []


def _assignment(lines: Sequence[str], margin: int) -> list[Line]:
    """Empty if not certain."""
    if len(lines) > 1:
        if not margin and _TEXT.fullmatch("\n".join(lines)):
            return [Line(0, line, is_text=True) for line in lines]
        return _rows(lines, margin)
    code, gap, comment = lines[0][margin:].partition("  # ")
    line = Line(margin, canonical(code))
    if not line.code or lines[0][:margin].strip(" "):
        return []
    if gap:
        line = replace(line, code=f"{line.code}{gap}{comment}")
        return [line] if _COMMENT.fullmatch(f"# {comment}") and not line.is_long else []
    return [line]


def _rows(lines: Sequence[str], margin: int) -> list[Line]:
    """Returns a name and a tuple, dictionary or call with each item on a line, and a comma after the last; empty if not
    certain."""
    first, last = lines[0][margin:], lines[-1].strip(" ")
    head = canonical(first + last)
    items = [canonical_item(line.strip(" ").removesuffix(",")) for line in lines[1:-1]]
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
    """Whether they differ only in the kind of quotes."""
    return [str(line).replace('"', "'") for line in found] == [line.replace('"', "'") for line in lines]


def _header(lines: Sequence[str], margin: int) -> list[Line]:
    """Returns one line, or a line for each parameter if a comma follows the last; empty if not certain."""
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
    """Returns one line, or lines with the closing quotes on the last; empty if not certain."""
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
