"""What patterns allow, one small content model at a time: the documents that it has and those that are nearly so."""

from __future__ import annotations

import pytest

from tests.runtime.validation.schemas import validator

A, B, C = (
    "<element name='a'><empty/></element>",
    "<element name='b'><empty/></element>",
    "<element name='c'><text/></element>",
)
MANY = tuple(f"<element name='m{number}'><empty/></element>" for number in range(9))
"""So many alternatives, or optional elements in a row, are found by an index of their names."""

OPEN = "<element><nsName ns='urn:n'/><empty/></element>"
X, Y = ("<attribute name='x'/>", "<attribute name='y'><value>1</value></attribute>")


def optional(pattern: str) -> str:
    return f"<optional>{pattern}</optional>"


def any_number(pattern: str) -> str:
    return f"<zeroOrMore>{pattern}</zeroOrMore>"


def repeated(pattern: str) -> str:
    return f"<oneOrMore>{pattern}</oneOrMore>"


def group(*patterns: str) -> str:
    return f"<group>{''.join(patterns)}</group>"


def interleave(*patterns: str) -> str:
    return f"<interleave>{''.join(patterns)}</interleave>"


def choice(*patterns: str) -> str:
    return f"<choice>{''.join(patterns)}</choice>"


def value(text: str, kind: str = "token") -> str:
    return f"<value type='{kind}'>{text}</value>"


def in_list(*patterns: str) -> str:
    return f"<list>{''.join(patterns)}</list>"


TEXT = "<text/>"
EMPTY = "<empty/>"
INT = "<data type='int'/>"
NOT_SEVEN = "<data type='int'><except><value type='int'>7</value></except></data>"

CHILDREN = [
    (group(A, B), ["<a/><b/>", " <a/>\n<b/> "], ["", "<a/>", "<b/>", "<b/><a/>", "<a/><b/><b/>", "<a/><a/><b/>"]),
    (group(optional(A), B), ["<a/><b/>", "<b/>"], ["<a/>", "<b/><a/>", "<a/><a/><b/>"]),
    (group(optional(A), optional(B)), ["", "<a/>", "<b/>", "<a/><b/>"], ["<b/><a/>", "<a/><a/>"]),
    (group(A, optional(B), C), ["<a/><b/><c/>", "<a/><c/>"], ["<b/><c/>", "<a/><b/>", "<a/><b/><b/><c/>"]),
    (choice(A, B), ["<a/>", "<b/>"], ["", "<a/><b/>", "<c/>"]),
    (choice(group(A, B), group(A, C)), ["<a/><b/>", "<a/><c/>"], ["<a/>", "<a/><b/><c/>", "<b/>"]),
    (choice(A, group(A, A)), ["<a/>", "<a/><a/>"], ["", "<a/><a/><a/>"]),
    (interleave(A, B), ["<a/><b/>", "<b/><a/>"], ["<a/>", "<b/>", "<a/><a/><b/>"]),
    (interleave(group(A, A), B), ["<a/><b/><a/>", "<b/><a/><a/>"], ["<a/><b/>", "<a/><b/><a/><a/>"]),
    (interleave(A, optional(B), any_number(C)), ["<c/><a/><c/>", "<b/><a/>"], ["<c/>", "<b/><a/><b/>"]),
    (repeated(A), ["<a/>", "<a/><a/><a/>"], ["", "<b/>", "<a/><b/>"]),
    (repeated(group(A, B)), ["<a/><b/>", "<a/><b/><a/><b/>"], ["<a/><b/><a/>", "<a/><a/><b/>"]),
    (group(repeated(optional(A)), B), ["<b/>", "<a/><a/><b/>"], ["<a/>", "<b/><a/>"]),
    (group(any_number(choice(A, B)), C), ["<c/>", "<b/><a/><b/><c/>"], ["<a/>", "<c/><a/>"]),
    (choice(*MANY, OPEN), ["<m3/>", "<n:x/>"], ["<a/>", "", "<m3/><n:x/>"]),
    (group(*map(optional, MANY), optional(OPEN), B), ["<m1/><n:x/><b/>", "<m8/><b/>", "<b/>"], ["<n:x/><m1/><b/>"]),
    (group(*map(optional, MANY), A, B), ["<m0/><m8/><a/><b/>", "<a/><b/>"], ["<m1/><m0/><a/><b/>", "<m1/><b/>"]),
    ("<notAllowed/>", [], ["", "<a/>"]),
    (choice(A, "<notAllowed/>"), ["<a/>"], [""]),
]

MIXED = [
    (group(TEXT, A), ["<a/>", "one<a/>"], ["one", "<a/>two", "one<a/>two", ""]),
    (group(TEXT, optional(A)), ["one", "one<a/>", "<a/>", ""], ["<a/>one", "one<b/>"]),
    (interleave(TEXT, optional(A), any_number(B)), ["one", "1<b/>2<a/>3", ""], ["<a/>one<a/>"]),
    (group(A, TEXT), ["<a/>", "<a/>two"], ["one<a/>", "one", ""]),
    (group(A, TEXT, B), ["<a/><b/>", "<a/>in<b/>"], ["one<a/><b/>", "<a/><b/>two", "text<b/>", "<b/>"]),
    (group(TEXT, A, TEXT, B), ["1<a/>2<b/>", "<a/>2<b/>"], ["1<b/>", "1<a/>2<b/>3", "1<a/>2"]),
    (group(optional(A), TEXT, B), ["1<b/>", "<a/>1<b/>", "<b/>"], ["1<a/><b/>", "1", "<a/>1"]),
    (group(optional(group(TEXT, A)), B), ["1<a/><b/>", "<b/>"], ["1<b/>", "<a/>2<b/>"]),
    (choice(group(TEXT, A), B), ["1<a/>", "<b/>"], ["1<b/>", "1"]),
    (interleave(A, group(B, TEXT)), ["<b/>1<a/>", "<b/><a/>1", "<a/><b/>1", "<b/><a/>"], ["<b/>1", "1<b/><a/>"]),
    (interleave(group(B, TEXT), A), ["<b/>1<a/>", "<b/><a/>1", "<a/><b/>1", "<b/><a/>"], ["<b/>1", "1<b/><a/>"]),
    (interleave(group(TEXT, A), B), ["1<b/><a/>", "<b/>1<a/>", "1<a/><b/>"], ["<b/><a/>2", "1<b/>"]),
    (group(any_number(A), TEXT), ["", "txt", "<a/>", "<a/>txt", "<a/><a/>txt"], ["txt<a/>", "<a/>txt<a/>"]),
    (group(any_number(A), TEXT, any_number(B)), ["<a/>txt", "<a/>txt<b/>", "txt<b/>"], ["<b/>txt", "txt<a/>"]),
    (f"<mixed>{group(A, B)}</mixed>", ["1<a/>2<b/>3", "<a/><b/>"], ["1", "1<a/>2", "<b/>1<a/>"]),
    (repeated(group(TEXT, A)), ["1<a/>2<a/>", "<a/><a/>"], ["1<a/>2", "1", ""]),
    (group(repeated(group(TEXT, A)), B), ["1<a/>2<a/><b/>"], ["1<a/>2<b/>", "1<b/>"]),
    (group(A, B), ["<a/> <b/>"], ["1<a/><b/>", "<a/>1<b/>", "<a/><b/>1"]),
    (choice(A, value("one")), ["<a/>", "one"], ["one<a/>", "<a/>one", ""]),
]  # fmt: skip

ATTRIBUTES = [
    (X, [("x=''", ""), ("x='1'", "")], [("", ""), ("y='1'", ""), ("x='1' y='1'", "")]),
    (Y, [("y='1'", ""), ("y=' 1 '", "")], [("y='2'", ""), ("", ""), ("y=''", "")]),
    (optional(X), [("", ""), ("x='1'", "")], [("y='1'", "")]),
    (group(X, Y), [("y='1' x='1'", "")], [("x='1'", ""), ("y='1'", "")]),
    (group(X, A), [("x='1'", "<a/>")], [("", "<a/>"), ("x='1'", "")]),
    (group(A, X), [("x='1'", "<a/>")], [("", "<a/>"), ("x='1'", "")]),
    (group(X, TEXT, B), [("x='1'", "txt<b/>"), ("x='1'", "<b/>")], [("", "txt<b/>"), ("", "<b/>"), ("x='1'", "txt")]),
    (group(TEXT, X, B), [("x='1'", "txt<b/>")], [("", "txt<b/>"), ("", "<b/>"), ("x='1'", "<b/>txt")]),
    (group(optional(X), TEXT, B), [("", "txt<b/>"), ("x='1'", "txt<b/>")], [("y='1'", "txt<b/>"), ("", "<b/>txt")]),
    (f"<mixed>{group(X, B)}</mixed>", [("x='1'", "txt<b/>")], [("", "txt<b/>"), ("", "<b/>"), ("x='1'", "txt")]),
    (
        group(choice(X, group(Y, optional("<attribute name='z'/>"))), optional("<attribute name='w' ns='urn:n'/>")),
        [("x='' n:w=''", ""), ("y='1' z='' n:w=''", ""), ("z='' y='1'", "")],
        [("x='' z=''", ""), ("y='1' x=''", ""), ("n:w='' z=''", ""), ("y='1' n:v=''", "")],
    ),
    (choice(X, A), [("x='1'", ""), ("", "<a/>")], [("", ""), ("x='1'", "<a/>")]),
    (choice(group(X, A), group(Y, B)), [("x='1'", "<a/>"), ("y='1'", "<b/>")], [("x='1'", "<b/>"), ("y='1'", "<a/>")]),
    (choice(group(X, Y), X), [("x='1'", ""), ("x='1' y='1'", "")], [("y='1'", ""), ("", "")]),
    (interleave(X, A, Y), [("x='1' y='1'", "<a/>")], [("x='1'", "<a/>"), ("x='1' y='1'", "")]),
    (interleave(optional(X), optional(group(Y, A))), [("", ""), ("y='1'", "<a/>")], [("y='1'", ""), ("", "<a/>")]),
    (
        repeated("<attribute><anyName/></attribute>"),
        [("z='1'", ""), ("x='1' y='2'", "")],
        [("", ""), ("x='1'", "<a/>")],
    ),
    (
        group(any_number("<attribute><nsName ns='urn:n'/></attribute>"), A),
        [("", "<a/>"), ("n:x='1' n:y='2'", "<a/>")],
        [("x='1'", "<a/>"), ("n:x='1'", "")],
    ),
]

TEXTS = [
    (value("one"), ["one", " one "], ["", "two", "one one"]),
    (value("one", "string"), ["one"], [" one", "one ", ""]),
    (value("", "token"), ["", "  "], ["x"]),
    (choice(value("one"), value("two")), ["one", "two"], ["three", "one two", ""]),
    (choice(value("one"), EMPTY), ["one", "", " "], ["two"]),
    (INT, ["7", " 8 "], ["", "x", "7 8"]),
    (NOT_SEVEN, ["8", "-7"], ["7", "07", "x", ""]),
    (TEXT, ["", "7 8"], ["<a/>"]),
    (EMPTY, ["", " \n"], ["x", "\N{NO-BREAK SPACE}"]),
    (group(EMPTY, INT), ["7"], [""]),
    (interleave(INT, EMPTY), ["7"], ["", "x"]),
    (in_list(INT, INT), ["7 8", " 7\n\t8 "], ["7", "7 8 9", "7 x", "", "7\N{NO-BREAK SPACE}8"]),
    (in_list(optional(INT), value("end")), ["7 end", "end"], ["7", "end 7", "7 7 end"]),
    (in_list(repeated(INT)), ["7", "7 8 9"], ["", "7 x"]),
    (in_list(any_number(group(INT, value("of")))), ["", "7 of 8 of"], ["7", "7 of 8", "of"]),
    (in_list(choice(group(INT, INT), value("all"))), ["7 8", "all"], ["7", "all all", "all 7"]),
    (in_list(NOT_SEVEN), ["8"], ["7"]),
    (in_list(EMPTY), ["", " "], ["x"]),
]  # fmt: skip


def check(content: str, allowed: list[str], refused: list[str]) -> None:
    """Both the verdict and the explanation of faults must agree with what is expected."""
    judge = validator(f"<element name='e'>{content}</element>")
    assert [document for document in allowed if not judge.is_valid(document)] == []
    assert [document for document in refused if judge.is_valid(document)] == []
    assert [document for document in allowed if judge.validate(document)] == []
    assert [document for document in refused if not judge.validate(document)] == []


@pytest.mark.parametrize(("content", "allowed", "refused"), [*CHILDREN, *MIXED, *TEXTS])
def test_content(content: str, allowed: list[str], refused: list[str]) -> None:
    check(content, [element(("", inner)) for inner in allowed], [element(("", inner)) for inner in refused])


@pytest.mark.parametrize(("content", "allowed", "refused"), ATTRIBUTES)
def test_attributes_beside_content(
    content: str, allowed: list[tuple[str, str]], refused: list[tuple[str, str]]
) -> None:
    check(content, list(map(element, allowed)), list(map(element, refused)))


def element(parts: tuple[str, str]) -> str:
    attributes, inner = parts
    return f"<e xmlns:n='urn:n' {attributes}>{inner}</e>"
