"""A compiled grammar comes in units, and an edit of a schema changes few of them."""

from __future__ import annotations

import json
from difflib import ndiff

import pytest
from relaxgen.relaxng import read_grammar_text, simplify
from relaxgen.relaxng.compilation import compile_patterns
from relaxgen.relaxng.correctness import check_schema
from relaxgen.relaxng.packing import datatypes_in, lines_of
from relaxgen.relaxng.simplified_form import SimplifiedForm, walk
from relaxgen.runtime.grammar import Grammar, GrammarData
from relaxgen.runtime.markup import XML_SCHEMA
from relaxgen.runtime.patterns import Attribute, Element, Leaf, Pattern, elements_in
from relaxgen.runtime.validator import Validator

SCHEMA = f"""<grammar xmlns="http://relaxng.org/ns/structure/1.0" datatypeLibrary="{XML_SCHEMA}">
<start><ref name="pool"/></start>
<define name="pool">
  <element name="pool">
    <ref name="common"/>
    <attribute name="type"><choice>
      <value>dir</value>
      <value>fs</value>
      <value type="NCName">zfs</value>
    </choice></attribute>
    <interleave>
      <element name="name"><text/></element>
      <zeroOrMore><ref name="volume"/></zeroOrMore>
      <optional>
        <element name="source">
          <ref name="common"/>
          <attribute name="size"><ref name="size"/></attribute>
        </element>
      </optional>
    </interleave>
  </element>
</define>
<define name="volume">
  <element name="volume">
    <ref name="common"/>
    <attribute name="size"><ref name="size"/></attribute>
    <zeroOrMore><ref name="pool"/></zeroOrMore>
  </element>
</define>
<define name="common">
  <optional><attribute name="id"/></optional>
  <optional>
    <attribute name="title" ns="urn:t"><data type="token"><except><value>-</value></except></data></attribute>
  </optional>
</define>
<define name="size">
  <data type="unsignedInt"><param name="maxInclusive">9</param></data>
</define>
</grammar>"""


def form_of(schema: str) -> SimplifiedForm:
    grammar = read_grammar_text(schema.encode(), "pool.rng")
    return check_schema(grammar, simplify(grammar))


@pytest.fixture(scope="module")
def data() -> GrammarData:
    return compile_patterns(form_of(SCHEMA))


def units_of(data: GrammarData) -> dict[str, list[object]]:
    return {unit[0]: unit[1:] for _, units in data[-1] for unit in units}


def places_made(grammar: Grammar) -> set[str]:
    waiting: list[Pattern] = [grammar.start()]
    for one in waiting:
        inner = [*one.parts(), *(getattr(one, name, None) for name in ("content", "pattern", "except_"))]
        waiting += [part for part in inner if isinstance(part, Pattern) and part not in waiting]
    return {grammar.place(one.location) for one in waiting if isinstance(one, (Element, Attribute, Leaf))}


def test_units_are_called_after_definitions_and_elements(data: GrammarData) -> None:
    assert list(units_of(data)) == ["pool", "pool/name", "pool/source", "volume", "common", "size"]


def test_values_on_lines_that_follow_each_other_are_one_node(data: GrammarData) -> None:
    text = json.dumps(units_of(data)["pool"])
    assert '[6, 1, 7, ["dir", "fs"]], [6, 1, 7, ["zfs"], "NCName"]' in text


def test_a_definition_of_definitions_is_one_unit_for_all_that_refer_to_it() -> None:
    names = ("id", "lang", "role")
    schema = (
        '<grammar xmlns="http://relaxng.org/ns/structure/1.0"><start><element name="a"><ref name="all"/>'
        '<element name="b"><ref name="all"/></element></element></start>'
        f'<define name="all">{"".join(f"<optional><ref name={name!r}/></optional>" for name in names)}</define>'
        + "".join(f'<define name="{name}"><attribute name="{name}"/></define>' for name in names)
        + "</grammar>"
    )
    units = units_of(compile_patterns(form_of(schema)))
    assert "all" in json.dumps(units["/a"])
    assert "all" in json.dumps(units["/b"])
    assert all(name in json.dumps(units["all"]) for name in names)
    assert "role" not in json.dumps([units["/a"], units["/b"]])


def test_values_of_a_list_come_one_after_the_other() -> None:
    texts = "".join(f"\n<value>{text}</value>" for text in "xyz")
    grammar = f'<grammar xmlns="http://relaxng.org/ns/structure/1.0"><start><element name="a"><list>{texts}</list>'
    validator = Validator(compile_patterns(form_of(f"{grammar}</element></start></grammar>")))
    assert [validator.is_valid(f"<a>{text}</a>") for text in ("x y z", "x", "z y x")] == [True, False, False]


def test_what_several_elements_have_is_there_once(data: GrammarData) -> None:
    lines = list(lines_of(data))
    assert sum('"1:title"' in line for line in lines) == 1
    assert sum("maxInclusive" in line for line in lines) == 1


def test_every_pattern_has_the_place_that_it_has_in_the_schema(data: GrammarData) -> None:
    form = form_of(SCHEMA)
    expected = set()
    for element in form.elements():
        expected.add(str(element.location))
        for pattern in walk(form.content(element)):
            if type(pattern).__name__ in ("Attribute", "Data", "Value", "List"):
                expected.add(str(pattern.location))
    assert places_made(Grammar(data)) == expected


def test_json_keeps_it(data: GrammarData) -> None:
    read = json.loads("\n".join(lines_of(data)))
    assert read == json.loads(json.dumps(data))
    assert places_made(Grammar(read)) == places_made(Grammar(data))


@pytest.mark.parametrize(
    ("old", "new", "most"),
    [
        ('<attribute name="type">', '<optional>\n<attribute name="kind"/>\n</optional>\n<attribute name="type">', 3),
        ("<value>fs</value>", "<value>fs</value>\n      <value>netfs</value>", 2),
        ('<param name="maxInclusive">9', '<param name="maxInclusive">10', 1),
        ("<define", "\n\n\n<define", 1),
    ],
)
def test_an_edit_changes_few_lines(data: GrammarData, old: str, new: str, most: int) -> None:
    changed = compile_patterns(form_of(SCHEMA.replace(old, new, 1)))
    before, after = list(lines_of(data)), list(lines_of(changed))
    assert 0 < sum(line[0] == "+" for line in ndiff(before, after)) <= most
    assert len(before) > 3 * most


def test_a_long_pattern_is_there_once() -> None:
    data = compile_patterns(
        form_of(
            f"""<grammar xmlns="http://relaxng.org/ns/structure/1.0" datatypeLibrary="{XML_SCHEMA}"><start>
            <element name="word">
              <attribute name="a"><data type="token"><param name="pattern">\\p{{L}}+</param></data></attribute>
              <attribute name="b"><data type="token"><param name="pattern">\\p{{L}}+</param></data></attribute>
            </element></start></grammar>"""
        )
    )
    text = "\n".join(lines_of(data))
    assert text.count("A-Za-z") == 1
    validator = Validator(json.loads(text))
    assert [validator.is_valid(f"<word a='{text}' b='ñ'/>") for text in ("é", "1")] == [True, False]


def test_the_datatypes_of_a_grammar_are_known(data: GrammarData) -> None:
    assert {name for name, _ in datatypes_in(data)} == {"token", "NCName", "unsignedInt"}
    assert [(name, pair[0]) for name, given in datatypes_in(data) for pair in given] == [
        ("unsignedInt", "maxInclusive")
    ]


def test_an_entry_is_an_element_or_one_of_several() -> None:
    form = form_of(SCHEMA)
    places = {element.location.line: element.location for element in form.elements()}
    volume, *others = [places[line] for line in sorted(places, reverse=True)]
    grammar = Grammar(compile_patterns(form, entries={"Volume": [volume], "Any": [volume, *others], "Gone": []}))
    found = {
        entry: {name for one in elements_in(grammar.start(entry)) for name in one.name_class.names or ()}
        for entry in ("Volume", "Any", "Gone")
    }
    assert found == {"Volume": {"volume"}, "Any": {"pool", "name", "source", "volume"}, "Gone": set()}
    with pytest.raises(KeyError):
        grammar.start("Other")
