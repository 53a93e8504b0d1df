"""Which element patterns are the same one: by place, and by what they contain where one place has two meanings."""

from __future__ import annotations

from pathlib import Path

import pytest
from relaxgen.binding.elements import ElementTable
from relaxgen.relaxng import read_grammar, simplify
from relaxgen.relaxng.name_class import Name

RNG = "http://relaxng.org/ns/structure/1.0"

LIBRARY = """
  <define name="source">
    <element name="source"><attribute name="a"/><ref name="host"/></element>
  </define>
  <define name="host">
    <element name="host"><attribute name="a"/><ref name="port"/></element>
  </define>
  <define name="port">
    <element name="port"><attribute name="a"/></element>
  </define>
  <define name="loop">
    <element name="loop"><optional><ref name="loop"/></optional><optional><ref name="port"/></optional></element>
  </define>
"""

OTHER_PORT = '<define name="port"><element name="port"><attribute name="b"/></element></define>'


def table_of(directory: Path, *grammars: str) -> ElementTable:
    (directory / "library.rng").write_text(f'<grammar xmlns="{RNG}">{LIBRARY}</grammar>', encoding="utf-8")
    schemas = []
    for number, text in enumerate(grammars):
        file = directory / f"{number}.rng"
        file.write_text(f'<grammar xmlns="{RNG}">{text}</grammar>', encoding="utf-8")
        schemas.append(simplify(read_grammar(file)))
    return ElementTable(schemas)


def names_of(table: ElementTable) -> list[str]:
    """The names of all different element patterns."""
    found = []
    for one in table.patterns.values():
        assert isinstance(one.pattern.name, Name)
        found.append(one.pattern.name.name.local)
    return sorted(found)


def including(start: str, overrides: str = "") -> str:
    return f'<include href="library.rng">{overrides}</include><start><element name="root">{start}</element></start>'


def test_a_pattern_is_the_same_wherever_it_is_referred_to(tmp_path: Path) -> None:
    table = table_of(tmp_path, including('<ref name="source"/><optional><ref name="host"/></optional>'))
    assert names_of(table) == ["host", "port", "root", "source"]


def test_what_two_schemas_include_is_the_same(tmp_path: Path) -> None:
    table = table_of(tmp_path, including('<ref name="source"/>'), including('<ref name="host"/>'))
    assert names_of(table) == ["host", "port", "root", "root", "source"]


def test_an_override_deep_inside_changes_all_that_contains_it(tmp_path: Path) -> None:
    table = table_of(tmp_path, including('<ref name="source"/>'), including('<ref name="source"/>', OTHER_PORT))
    assert names_of(table) == ["host", "host", "port", "port", "root", "root", "source", "source"]


def test_an_override_leaves_what_does_not_contain_it(tmp_path: Path) -> None:
    loop = '<define name="loop"><element name="loop"><empty/></element></define>'
    start = '<ref name="source"/><ref name="loop"/>'
    table = table_of(tmp_path, including(start), including(start, loop))
    assert names_of(table) == ["host", "loop", "loop", "port", "root", "root", "source"]


@pytest.mark.parametrize(("overrides", "loops"), [("", 1), (OTHER_PORT, 2), (OTHER_PORT.replace('"b"', '"a"'), 2)])
def test_recursion_ends_and_is_told_apart_by_what_it_contains(tmp_path: Path, overrides: str, loops: int) -> None:
    """An override that says the same stands in another place, so it is another pattern."""
    table = table_of(tmp_path, including('<ref name="loop"/>'), including('<ref name="loop"/>', overrides))
    assert names_of(table).count("loop") == loops


def test_three_meanings_of_a_place_are_three_patterns(tmp_path: Path) -> None:
    overrides = ["", OTHER_PORT, OTHER_PORT.replace('"b"', '"c"'), ""]
    table = table_of(tmp_path, *(including('<ref name="host"/>', text) for text in overrides))
    assert names_of(table).count("host") == 3


def test_the_same_file_read_twice_is_one_schema_for_classes(tmp_path: Path) -> None:
    table_of(tmp_path, including('<ref name="source"/>'))
    schemas = [simplify(read_grammar(tmp_path / "0.rng")) for _ in range(2)]
    assert names_of(ElementTable(schemas)) == ["host", "port", "root", "source"]


def test_the_define_is_told_up_to_the_next_element(tmp_path: Path) -> None:
    table = table_of(tmp_path, including('<ref name="source"/><element name="inline"><empty/></element>'))
    assert {one.pattern.name.name.local: one.define for one in table.patterns.values()} == {  # type: ignore[union-attr]
        "root": "",
        "source": "source",
        "host": "host",
        "port": "port",
        "inline": "",
    }
