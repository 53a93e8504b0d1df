"""Code that has black's layout already, set aside so that black need not look at it.

black takes more than nine tenths of the time that generating takes, most of it for functions and assignments whose
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
_MARKED = re.compile(rf"^ *def {MARK}([0-9]+)\(\):\n +pass$|^ *{MARK}([0-9]+)$", re.MULTILINE)

_CALL = re.compile(r"(?:def |return )?[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?\(")
_DOCSTRING = re.compile(
    r'''"""[^"\\\s]([^"\\\n]*[^"\\\s])?(\n+[^"\\\s]([^"\\\n]*[^"\\\s])?(\n+[^"\\\n]*[^"\\\s])*\n)?"""'''
)
"""The second line with something in it must not be indented further, for that is what black goes by."""
_CONTINUES_BLOCK = ("elif ", "else:", "except ")

Part = ast.FunctionDef | ast.Assign | ast.AnnAssign


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
    """Each of the long lines as black breaks it, in a function of its own at the same indentation."""
    result = black("\n".join(map(_function_with, lines)))
    for line, function in zip(lines, result.rstrip("\n").split("\n\n\n"), strict=True):
        found = function.split("\n")[line.indentation // INDENTATION :]
        yield "\n".join(found[:-1] if line.code[-1] == ":" else found)


def _function_with(line: Line) -> str:
    depth = line.indentation // INDENTATION
    blocks = [f"def {MARK}():", *["if x:"] * (depth - 1)][:depth]
    parts = [Line(number * INDENTATION, block) for number, block in enumerate(blocks)]
    parts.append(line)
    if line.code[-1] == ":":
        parts.append(Line(line.indentation + INDENTATION, "pass"))
    return "\n".join(map(str, parts))


def set_aside(text: str) -> tuple[str, list[list[Line]]]:
    """The text with marks in place of what black would leave as it is, and the lines that each mark stands for.

    One mark stands for all functions that follow each other.
    """
    if MARK in text:
        return text, []
    try:
        tree = ast.parse(text)
    except SyntaxError:  # black takes a little more than Python does
        return text, []
    lines = text.split("\n")
    result: list[str] = []
    parts: list[list[Line]] = []
    end = 0
    last: Part | None = None
    for node in _parts(tree):
        found = _laid_out(node, lines)
        if not found:
            continue
        between = lines[end : node.lineno - 1]
        if last is not None and _may_share(last, node, between):
            parts[-1] += [*_distance(node), *found]
        else:
            result += [*between, *_mark(node, len(parts))]
            parts.append(found)
        last, end = node, node.end_lineno or 0
    return "\n".join(result + lines[end:]), parts


def _may_share(last: Part, node: Part, between: Sequence[str]) -> bool:
    """Whether one mark can stand for both: of functions however far apart, of other lines only without a distance."""
    is_alike = type(last) is type(node) and last.col_offset == node.col_offset
    return is_alike and not any(between) and (isinstance(node, ast.FunctionDef) or not between)


def _distance(node: Part) -> list[Line]:
    if not isinstance(node, ast.FunctionDef):
        return []
    return [Line(0, "")] * (1 if node.col_offset else 2)


def _mark(node: Part, number: int) -> list[str]:
    name = f"{MARK}{number}"
    margin = " " * node.col_offset
    if isinstance(node, ast.FunctionDef):
        return [f"{margin}def {name}():", f"{margin}    pass"]
    return [f"{margin}{name}"]


def _parts(tree: ast.Module) -> Iterator[Part]:
    """Functions and assignments of the module and of its classes, in the order of the text."""
    for node in tree.body:
        if isinstance(node, Part):
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from (part for part in node.body if isinstance(part, Part))


def _laid_out(node: Part, lines: Sequence[str]) -> list[Line]:
    """The node as black leaves it, with long lines still whole; empty if not certain."""
    end = node.end_lineno or 0
    if not isinstance(node, ast.FunctionDef):
        return _assignment(lines[node.lineno - 1 : end], node.col_offset)
    start = node.body[0].lineno - 1
    if node.decorator_list or start < node.lineno:
        return []
    margin = node.col_offset + INDENTATION
    head = _header(lines[node.lineno - 1 : start], node.col_offset)
    if ast.get_docstring(node, clean=False) is not None:
        stop = node.body[0].end_lineno or end
        docstring = _docstring(lines[start:stop], margin)
        body = _body(lines[stop:end], margin)
        return [*head, *docstring, *body] if head and docstring and (body or stop == end) else []
    body = _body(lines[start:end], margin)
    return [*head, *body] if head and body else []


def _assignment(lines: Sequence[str], margin: int) -> list[Line]:
    """Empty if not certain."""
    if len(lines) > 1:
        return _tuple(lines, margin)
    line = Line(margin, canonical(lines[0][margin:]))
    is_first = not lines[0][:margin].strip(" ")
    return [line] if line.code and is_first and not line.is_long else []


def _tuple(lines: Sequence[str], margin: int) -> list[Line]:
    """A name and a tuple that has each of its items on a line, and a comma behind the last; empty if not certain."""
    first, last = lines[0].lstrip(" "), Line(margin, ")")
    items = [canonical(line.strip(" ").removesuffix(",")) for line in lines[1:-1]]
    if len(items) < 2 or not all(items) or not re.fullmatch(r"\w+ = \(", first, re.ASCII):
        return []
    result = [Line(margin, first), *[Line(margin + INDENTATION, f"{item},") for item in items], last]
    if not _agree(result, lines):
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
        if not code or (line.is_long and code.startswith(_CONTINUES_BLOCK)):
            return []
        result.append(line)
        opens = code[-1] == ":"
        allowed = (indentation + INDENTATION,) if opens else range(margin, indentation + 1, INDENTATION)
    return result
