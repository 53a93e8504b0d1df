"""Tables from files: each case has what was read beside it (``.out``), and what is wrong with it (``.err``)."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from relaxgen.diagnostics.errors import Diagnostics, TableError
from relaxgen.enums.reader import read_files, read_tables, read_text
from relaxgen.enums.table import EnumTable

from tests.enums.table_dump import dump

CASES = Path(__file__).parent / "cases"


@pytest.mark.parametrize("case", sorted([*CASES.glob("*.enums"), *CASES.glob("*.c")]), ids=lambda case: case.name)
def test_case_gives_its_tables_and_its_mistakes(
    case: Path, golden: Callable[[Path, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(CASES)
    diagnostics = Diagnostics()
    files = read_files([Path(case.name)], diagnostics)
    golden(case.with_name(case.name + ".out"), dump(files.tables, files.enumerations))
    golden(case.with_name(case.name + ".err"), "".join(f"{finding}\n" for finding in diagnostics.found))


def read_table(text: str, path: str = "test.enums") -> EnumTable:
    (table,) = read_text(text, path).tables
    return table


# Every way to write a table that libvirt's sources have used, and some more.

ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def c_literal(text: str, style: random.Random) -> str:
    """A literal, or adjacent ones, that mean `text`."""
    characters = ["".join(ESCAPES.get(character, character)) for character in text]
    for position in range(len(characters)):
        if style.random() < 0.05:
            characters[position] = "".join(f"\\{byte:03o}" for byte in text[position].encode())
    pieces = [""]
    for character in characters:
        pieces[-1] += character
        if style.random() < 0.1:
            pieces.append("")
    return style.choice([" ", "\n", " /* on */ "]).join(f'"{piece}"' for piece in pieces)


def c_table(name: str, last: str, tokens: list[str], style: random.Random) -> str:
    """C for a table, in a style that `style` decides."""
    separator = style.choice([", ", ",\n              ", ', /* next, "and" */\n', " ,\r\n\t", ", // next)\n"])
    mark = style.choice(["{}", "{}", "N_({})"])
    entries = separator.join(mark.format(c_literal(token, style)) for token in tokens)
    end = style.choice([")", ");", ",)", ",\n);", "\n) ;"]) if tokens else ")"
    declaration = style.choice(["", f"VIR_ENUM_DECL({name});\n", f"/* {name} */\n"])
    return f"{declaration}VIR_ENUM_IMPL({name},{style.choice([' ', chr(10)])}{last},\n{entries}{end}\n"


def c_enumeration(constants: list[str], last: str, style: random.Random) -> str:
    """C for the constants 0, 1, …; some with their value, and with aliases."""
    lines = []
    for value, constant in enumerate(constants):
        spelled = style.choice(["", "", f" = {value}", f" = {value:#x}"])
        if value and style.random() < 0.2:
            spelled = f" = {constants[value - 1]} + 1"
        lines.append(f"    {constant}{spelled},{style.choice(['', ' /* one */'])}")
        if style.random() < 0.1:
            lines.append(f"    {constant}_ALIAS = {constant},")
    body = "\n".join([*lines, f"    {last}"])
    return style.choice([f"typedef enum {{\n{body}\n}} type;\n", f"enum type {{\n{body}\n}};\n"])


xml_text = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"], include_characters="\t\n\r"))


@given(tokens=st.lists(xml_text, unique=True, min_size=1, max_size=8), seed=st.integers(0, 2**32))
def test_tokens_read_back_from_any_style_of_c(tokens: list[str], seed: int) -> None:
    style = random.Random(seed)
    suffix = style.choice(["c", "enums"])
    table = read_table(c_table("virX", "VIR_X_LAST", tokens, style), f"test.{suffix}")
    assert table.tokens == tuple(tokens)
    assert [entry.index for entry in table.entries] == list(range(len(tokens)))


@given(text=st.text(max_size=200))
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    for path in ("test.c", "test.enums"):
        diagnostics = Diagnostics()
        read_text(text, path, diagnostics)
        lines = text.count("\n") + 1
        assert all(1 <= finding.location.line <= lines for finding in diagnostics.found)


C_WORDS = 'VIR_ENUM_IMPL ( ) , ; "a" " enum typedef { } = A B 1 N_ \' /* */ // + << \\ ? :'
C_LINES = ["\n", "\n#if A\n", "\n#else\n", "\n#endif\n", "\n#define A B\n", "\n#if 0\n"]
WORDS = st.sampled_from([*C_WORDS.split(), *C_LINES])


@given(words=st.lists(WORDS, max_size=40))
def test_any_row_of_words_is_read_or_refused(words: list[str]) -> None:
    for path in ("test.c", "test.enums"):
        diagnostics = Diagnostics()
        files = read_text(" ".join(words), path, diagnostics)
        assert all(table.name.isidentifier() for table in files.tables)


def corpus_tables(corpus: Path) -> list[dict[str, Any]]:
    tables: list[dict[str, Any]] = json.loads((corpus / "enums/libvirt-11.3.0-src-conf.json").read_bytes())
    assert len(tables) == 225
    return tables


@pytest.mark.parametrize("seed", range(5))
def test_all_tables_of_libvirt_read_back_with_their_constants(corpus: Path, tmp_path: Path, seed: int) -> None:
    """The declarations stand in a header that is read after the source; tables share no constants' names."""
    tables, style = corpus_tables(corpus), random.Random(seed)
    source = "".join(c_table(table["name"], table["last"], table["strings"], style) for table in tables)
    declared: dict[str, list[str]] = {}
    for table in tables:
        declared.setdefault(table["last"], table["constants"])
    header = "".join(c_enumeration(constants, last, style) for last, constants in declared.items() if constants)
    (tmp_path / "conf.c").write_text("#include <config.h>\n" + source, encoding="utf-8")
    (tmp_path / "conf.h").write_text(f"#pragma once\n{header}", encoding="utf-8")
    diagnostics = Diagnostics()
    found = read_tables([tmp_path / "conf.c", tmp_path / "conf.h"], diagnostics)
    assert diagnostics.errors == ()
    assert [table.name for table in found] == [table["name"] for table in tables]
    assert [list(table.tokens) for table in found] == [table["strings"] for table in tables]
    names = {table.name: [entry.constant for entry in table.entries] for table in found}
    assert names == {table["name"]: table["constants"] for table in tables}


def test_tables_of_libvirt_that_suit_a_table_file_read_back_from_one(corpus: Path, tmp_path: Path) -> None:
    """All but the one without entries, and the two that repeat a token."""
    tables = [
        table
        for table in corpus_tables(corpus)
        if table["strings"] and len(set(filter(None, table["strings"]))) == len([*filter(None, table["strings"])])
    ]
    assert len(tables) == 222
    file = tmp_path / "all.enums"
    file.write_text(
        "".join(c_table(table["name"], table["last"], table["strings"], random.Random(1)) for table in tables)
    )
    assert [list(table.tokens) for table in read_tables([file])] == [table["strings"] for table in tables]


def test_files_may_come_in_any_order(tmp_path: Path) -> None:
    texts = {
        "table.c": 'VIR_ENUM_IMPL(virX, VIR_X_LAST, "a", "b")',
        "x.h": "enum { VIR_X_A = VIR_Y_A, VIR_X_B, VIR_X_LAST };",
        "y.h": "enum { VIR_Y_A = VIR_Z_A };",
        "z.h": "#define VIR_Z_A 0",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    for names in (list(texts), list(reversed(texts))):
        (table,) = read_tables(tmp_path / name for name in names)
        assert [entry.constant for entry in table.entries] == ["VIR_X_A", "VIR_X_B"]


def test_all_mistakes_of_all_files_are_raised_at_once_in_order(tmp_path: Path) -> None:
    for name in ("one.enums", "two.enums"):
        (tmp_path / name).write_text('VIR_ENUM_IMPL(virX, 2, "a")\njunk\n')
    with pytest.raises(TableError) as caught:
        read_tables([tmp_path / "two.enums", tmp_path / "one.enums", tmp_path / "none.enums", tmp_path])
    assert [(d.location.file.name, d.location.line, d.message) for d in caught.value.diagnostics] == [
        ("none.enums", 0, "cannot be read: No such file or directory"),
        (tmp_path.name, 0, "cannot be read: Is a directory"),
        ("two.enums", 1, 'table "virX" has 1 entry, expected 2'),
        ("two.enums", 2, 'expected VIR_ENUM_IMPL or enum, found "junk"'),
        ("one.enums", 1, 'table "virX" has 1 entry, expected 2'),
        ("one.enums", 2, 'expected VIR_ENUM_IMPL or enum, found "junk"'),
    ]


def test_one_table_from_two_files_is_one_table_only_where_the_entries_are_the_same(tmp_path: Path) -> None:
    for name, tokens in (("one.enums", '"a"'), ("same.c", '"a"'), ("other.enums", '"b"')):
        (tmp_path / name).write_text(f"\nVIR_ENUM_IMPL(virX, VIR_X_LAST, {tokens})")
    (table,) = read_tables([tmp_path / "one.enums", tmp_path / "same.c"])
    assert table.location.file.name == "one.enums"
    with pytest.raises(TableError, match=r'other.enums:2:15: table "virX" is defined twice\n.*one.enums:2'):
        read_tables([tmp_path / "one.enums", tmp_path / "other.enums"])


def test_the_same_file_given_twice_defines_its_tables_once(tmp_path: Path) -> None:
    file = tmp_path / "one.enums"
    file.write_text('VIR_ENUM_IMPL(virX, VIR_X_LAST, "a")')
    assert len(read_tables([file, file])) == 1


def test_byte_order_mark_and_windows_line_ends_do_not_count(tmp_path: Path) -> None:
    file = tmp_path / "x.enums"
    file.write_bytes(b'\xef\xbb\xbfVIR_ENUM_IMPL(virX, VIR_X_LAST,\r\n "a\\\r\nb",\r\n  "c")\r\n')
    (table,) = read_tables([file])
    assert table.tokens == ("ab", "c")
    places = [table.location, *(entry.location for entry in table.entries)]
    assert [(place.line, place.column) for place in places] == [(1, 15), (2, 2), (4, 3)]


def test_code_in_a_token_is_only_text() -> None:
    token = "'''\"; import os; os.system('false') #{{ 7 * 7 }}\n"
    assert read_table(f"VIR_ENUM_IMPL(virX, 1, {c_literal(token, random.Random(0))})").tokens == (token,)


HOSTILE = {
    "parentheses": "enum a {{ X = {} }};".format("(" * 40_000),
    "minus signs": "enum a {{ X = {}1 }};".format("-" * 40_000),
    "sum": "enum a {{ X = {}1 }};".format("1+" * 40_000),
    "conditionals": "#if A\n" * 40_000,
    "comments": "#define /*\n" * 40_000,
    "quotes": '"\n' * 40_000,
    "tables": "VIR_ENUM_IMPL(" * 20_000,
    "mistakes": "enum a {{ {} }};".format(",".join(f"A{i} = B{i}" for i in range(10_000))),
    "macros": "".join(f"#define M{i + 1} M{i}+M{i}+M{i}\n" for i in range(40)) + "enum a { X = M40, Y = M39 };",
    "digits": "enum a {{ X = {} }};".format("9" * 100_000),
    "backslashes": "\\" * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("path", ["test.c", "test.enums"])
def test_hostile_text_is_refused_in_few_words(name: str, path: str) -> None:
    """A reader that takes more than linear time needs an hour here, so no clock is needed to notice it."""
    diagnostics = Diagnostics()
    read_text(HOSTILE[name], path, diagnostics)
    assert len("\n".join(map(str, diagnostics.found))) < 50_000
