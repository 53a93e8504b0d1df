"""Places of keys and values in TOML."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from relaxgen.diagnostics.errors import ConfigurationError
from relaxgen.diagnostics.toml_locations import TomlPath, parse_toml, read_toml

EVERY_SHAPE = r'''# comment with [brackets] and "quotes"
title = "a # no comment" # a comment = 1
"quoted key" = 'literal \'
'lite.ral'."esc\u0041pe" = 1
dotted . key.deep = [ 1, [2, 3], # inside = [
  "x]",
  { a = 1, b.c = "}" }, ]
date = 1979-05-27 07:32:00
negative = -1_000
multi = """
key = "not a key"
[not.a.header]
\""" still """
edge = """quotes at the end"""""
raw = """"two quotes in front"""
literal = '''
EVERY_SHAPE += """'''
also = 'not a key'
'''
empty = ''
nothing = ""
[table]
inline = { }
[table.sub] # comment
x = true
[[array.of.tables]]
name = 'first'
[array.of.tables.sub]
y = inf
[[array.of.tables]]
name = 'second'
[[array.of.tables.sub]]
z = []
"""


def paths(value: Any, path: TomlPath = ()) -> Iterator[tuple[TomlPath, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key), item
        yield from paths(item, (*path, key))


def test_every_key_has_the_place_where_it_is_written() -> None:
    document = parse_toml(EVERY_SHAPE, "shapes.toml")
    lines = EVERY_SHAPE.split("\n")
    found = list(paths(document.values))
    assert len(found) > 30
    for path, _ in found:
        if path == ("array", "of", "tables", 0) or isinstance(path[-1], int):
            continue
        place = document.key_places[path]
        text = lines[place.line - 1][place.column - 1 :]
        assert text.startswith((path[-1], f'"{path[-1]}"', f"'{path[-1]}'", '"esc')), (path, place)


def test_every_value_has_the_place_where_it_begins() -> None:
    document = parse_toml(EVERY_SHAPE, "shapes.toml")
    lines = EVERY_SHAPE.split("\n")
    scalars = [(path, value) for path, value in paths(document.values) if isinstance(value, str | bool)]
    assert len(scalars) > 12
    for path, value in scalars:
        place = document.value_places[path]
        text = lines[place.line - 1][place.column - 1 :]
        assert text[0] == ("t" if value is True else text[0] if text[0] in "\"'" else "no value"), (path, place)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("title",), "t.toml:1:1"),
        (("table",), "t.toml:2:2"),
        (("table", "list"), "t.toml:3:1"),
        (("table", "list", 1), "t.toml:3:14"),
        (("table", "unknown"), "t.toml:2:2"),
        (("unknown",), "t.toml"),
    ],
)
def test_the_nearest_known_place_stands_for_what_is_not_written(path: TomlPath, place: str) -> None:
    document = parse_toml('title = 1\n[table]\nlist = ["a", "b"]\n', "t.toml")
    assert str(document.key_place(path)) == place


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = \n", "t.toml:1:5: is not TOML: "),
        ("a = 1\nb = [1,\n", "t.toml:3:1: is not TOML: "),
        ("a = 1\na = 2\n", "t.toml:2:6: is not TOML: "),
    ],
)
def test_broken_toml_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_toml(text, "t.toml")
    assert str(caught.value).startswith(message)


def test_windows_line_ends_and_byte_order_mark_do_not_move_places(tmp_path: Path) -> None:
    file = tmp_path / "t.toml"
    file.write_bytes(b"\xef\xbb\xbfa = 1\r\nb = 2\r\n")
    assert str(read_toml(file, "t.toml").key_place(("b",))) == "t.toml:2:1"


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "t.toml"
    file.write_bytes(b"a = '\xff'")
    with pytest.raises(ConfigurationError, match=r"t\.toml: is not UTF-8"):
        read_toml(file, "t.toml")
    with pytest.raises(ConfigurationError, match="No such file"):
        read_toml(tmp_path / "missing.toml")


@pytest.mark.parametrize("text", ["a = " + "[" * 5000 + "]" * 5000, "a = " + "{b = " * 5000 + "1" + "}" * 5000])
def test_what_is_nested_too_deeply_is_an_error(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"pyproject\.toml: has arrays or tables that are nested too deeply"):
        parse_toml(text, "pyproject.toml")


def test_a_merge_conflict_is_called_so() -> None:
    text = '[class]\n"/a" = "A"\n<<<<<<< HEAD\n"/b" = "B"\n=======\n"/c" = "C"\n>>>>>>> other\n'
    with pytest.raises(ConfigurationError, match=r"^names.toml:3:1: contains a merge conflict"):
        parse_toml(text, "names.toml")
