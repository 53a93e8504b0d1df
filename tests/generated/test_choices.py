"""Where one of several elements stands, there is one field that holds any of their classes."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

import pytest

from tests.conftest import GenerateAndImport
from tests.engine.differences import difference, outcome, taken, without_engine

SCHEMA = """<grammar xmlns="http://relaxng.org/ns/structure/1.0" datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start><element name="tree"><oneOrMore><ref name="gate"/></oneOrMore></element></start>
  <define name="gate"><element name="gate">
    <attribute name="name"/>
    <optional><element name="label"><text/></element></optional>
    <ref name="formula"/>
    <optional><choice>
      <element name="high"><attribute name="limit"/></element>
      <element name="low"><attribute name="limit"/></element>
      <element name="range"><attribute name="limit"/></element>
    </choice></optional>
    <zeroOrMore><element><nsName ns="urn:x"/><text/></element></zeroOrMore>
  </element></define>
  <define name="formula"><choice>
    <element name="not"><ref name="formula"/></element>
    <element name="all"><oneOrMore><ref name="formula"/></oneOrMore></element>
    <element name="atom"><attribute name="of"><data type="NCName"/></attribute></element>
    <element name="constant"><data type="int"/></element>
    <element name="media"><choice>
      <group><attribute name="kind"><value>image</value></attribute>
        <attribute name="file"/><attribute name="width"/><attribute name="height"/><attribute name="depth"/></group>
      <group><attribute name="kind"><value>sound</value></attribute><attribute name="url"/></group>
    </choice></element>
  </choice></define>
</grammar>
"""

GATE = "<gate name='g'>{}</gate>"
ATOM = "<atom of='a'/>"
DOCUMENTS = {
    "one": GATE.format(ATOM),
    "text": GATE.format("<constant> 1</constant>"),
    "nested": GATE.format("<not><not><all><atom of='a'/><constant>2</constant></all></not></not>"),
    "union": GATE.format("<media kind='sound' url='/s'/>"),
    "all": GATE.format(f"<label>l</label>{ATOM}<low limit='1'/><n xmlns='urn:x'>t</n>"),
    "another order": GATE.format(f"{ATOM}<label>l</label>"),
    "open content before": GATE.format(f"<x:n xmlns:x='urn:x'/><low limit='1'/>{ATOM}"),
    "none": GATE.format(""),
    "two": GATE.format(ATOM * 2),
    "two kinds": GATE.format(f"{ATOM}<constant>1</constant>"),
    "unknown": GATE.format("<xor/>"),
    "unknown kind": GATE.format("<media kind='smell'/>"),
    "wrong value": GATE.format("<atom of='1'/>"),
    "text beside": GATE.format(f"{ATOM}t"),
}


@pytest.fixture(scope="module")
def tree(generate_and_import: GenerateAndImport, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    schema: Path = tmp_path_factory.mktemp("schema") / "tree.rng"
    schema.write_text(SCHEMA, encoding="utf-8")
    return generate_and_import("choices_under_test", schema)


def read(tree: ModuleType, name: str, **options: Any) -> Any:
    return tree.parse_gate(DOCUMENTS[name], **options)


def test_the_field_holds_the_element_that_is_there(tree: ModuleType) -> None:
    gate = read(tree, "all")
    assert gate == tree.Gate(
        name="g",
        label="l",
        formula=tree.GateAtom(of="a"),
        content=tree.GateLow(limit="1"),
        elements=[tree.AnyElement("{urn:x}n", content=["t"])],
    )
    assert read(tree, "text").formula == tree.GateConstant(value=1)
    assert isinstance(read(tree, "union").formula, tree.SoundGateMedia)
    assert read(tree, "one").content is None


@pytest.mark.parametrize("name", ["one", "text", "nested", "union", "all"])
def test_a_document_comes_back(tree: ModuleType, name: str) -> None:
    text = DOCUMENTS[name]
    assert tree.format_gate(read(tree, name), like=text) == text
    assert tree.parse_gate(tree.format_gate(read(tree, name))) == read(tree, name)


def test_the_order_of_a_document_is_kept_whatever_stands_in_the_field(tree: ModuleType) -> None:
    gate = tree.parse_gate(DOCUMENTS["another order"], validate=False)
    assert tree.format_gate(gate, indent=None, validate=False).strip() == DOCUMENTS["another order"]
    gate.formula = tree.GateConstant(value=3)
    text = tree.format_gate(gate, indent=None, validate=False).strip()
    assert text == DOCUMENTS["another order"].replace(ATOM, "<constant>3</constant>")


def test_a_new_object_is_written_in_the_order_of_the_schema(tree: ModuleType) -> None:
    inner = tree.GateNot(formula=tree.GateAll(content=[tree.GateAtom(of="a"), tree.GateConstant(value=1)]))
    gate = tree.Gate(content=tree.GateHigh(limit="9"), formula=inner, label="l", name="g")
    assert tree.format_gate(gate, indent=None).strip() == GATE.format(
        "<label>l</label><not><all><atom of='a'/><constant>1</constant></all></not><high limit='9'/>"
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none", "<gate> lacks <not> or <all> or <atom> or others"),
        ("two", "<atom> is not allowed again"),
        ("two kinds", "<constant> is not allowed beside <atom>"),
        ("unknown", "unknown element <xor>"),
        ("unknown kind", "'smell' is not allowed as kind"),
    ],
)
def test_what_does_not_fit_is_refused(tree: ModuleType, name: str, message: str) -> None:
    with pytest.raises(tree.ParseError) as caught:
        read(tree, name, validate=False)
    assert message in [fault.message for fault in caught.value.faults]


def test_an_element_that_only_a_newer_schema_knows_is_kept_in_the_field(tree: ModuleType) -> None:
    text = GATE.format("<label>l</label><xor a='1'/>")
    gate = tree.parse_gate(text, unknown="keep")
    assert gate.formula.name == "xor"
    assert [one.name for one in gate.unknown] == ["xor"]
    assert tree.format_gate(gate, indent=None).strip() == text


def test_an_element_beside_the_one_that_is_allowed_is_kept(tree: ModuleType) -> None:
    text = DOCUMENTS["two kinds"]
    gate = tree.parse_gate(text, unknown="keep")
    assert isinstance(gate.formula, tree.GateAtom)
    assert tree.format_gate(gate, indent=None).strip() == text


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "Gate.formula = None: is required"),
        ("text", "Gate.formula = 'text': is text, but only elements are allowed here"),
        (1, "Gate.formula = 1: is not one of GateNot, GateAll, GateAtom, GateConstant, ImageGateMedia, SoundGateMedia"),
    ],
)
def test_what_cannot_be_written_is_named(tree: ModuleType, value: Any, message: str) -> None:
    gate = read(tree, "one")
    gate.formula = value
    with pytest.raises(tree.FormatError) as caught:
        tree.format_gate(gate)
    assert message in str(caught.value)


def test_a_missing_keyword_is_named(tree: ModuleType) -> None:
    with pytest.raises(TypeError, match=r"missing 1 required keyword-only argument: 'formula'"):
        tree.Gate(name="g")


@pytest.mark.parametrize("name", ["one", "text", "nested", "union", "all"])
def test_objects_become_plain_values_and_come_back(tree: ModuleType, name: str) -> None:
    gate = read(tree, name)
    plain = tree.to_dict(gate)
    assert tree.from_dict(tree.Gate, json.loads(json.dumps(plain))) == gate
    assert plain["formula"]["$class"] == type(gate.formula).__name__


def test_a_plain_value_without_its_class_is_refused_with_its_path(tree: ModuleType) -> None:
    with pytest.raises(ValueError, match=r"Gate\.formula: nothing says which of GateNot, GateAll, .* it is"):
        tree.from_dict(tree.Gate, {"name": "g", "formula": {"of": "a"}})


def test_objects_are_walked_found_and_compared(tree: ModuleType) -> None:
    gate, other = read(tree, "nested"), read(tree, "nested")
    assert tree.text_of(gate) == tree.text_of(tree.parse_gate(tree.format_gate(gate)))
    assert [type(one).__name__ for one in tree.walk(gate)] == [
        "Gate", "GateNot", "GateNot", "GateAll", "GateAtom", "GateConstant"
    ]  # fmt: skip
    assert tree.find(gate, "formula.formula.formula.content[0].of") == "a"
    other.formula.formula = tree.GateAtom(of="b")
    (found,) = tree.differences(gate, other)
    assert (found.path, found.new) == ("formula.formula", tree.GateAtom(of="b"))


def test_streaming_finds_what_stands_in_the_field(tree: ModuleType) -> None:
    text = f"<tree>{DOCUMENTS['one']}{DOCUMENTS['nested']}</tree>"
    assert [one.of for one in tree.iter_parse(text, tree.GateAtom)] == ["a", "a"]


def test_annotations_can_be_resolved(tree: ModuleType) -> None:
    assert {"formula", "content"} <= get_type_hints(tree.Gate).keys()


@pytest.mark.parametrize("unknown", ["error", "keep", "ignore"])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_engine_gives_the_same(tree: ModuleType, name: str, unknown: str) -> None:
    pytest.importorskip("relaxgen_engine", reason="the native engine is not installed")
    text = f"<tree>{DOCUMENTS[name]}</tree>"
    options = {"unknown": unknown, "validate": False}
    found, error = outcome(tree.parse, text, **options)
    with without_engine(tree):
        expected, pure_error = outcome(tree.parse, text, **options)
        written = outcome(tree.format, expected) if expected is not None else None
    assert error == pure_error
    assert difference(found, expected) == ""
    if expected is not None:
        assert outcome(tree.format, found) == written


@pytest.mark.parametrize("name", ["one", "nested", "union", "all", "another order"])
def test_the_engine_takes_regular_documents(tree: ModuleType, name: str) -> None:
    pytest.importorskip("relaxgen_engine", reason="the native engine is not installed")
    assert taken(tree, f"<tree>{DOCUMENTS[name]}</tree>")


def test_the_type_of_a_choice_is_not_a_class_to_walk_to(tree: ModuleType) -> None:
    gate = tree.parse_gate(DOCUMENTS["one"])
    with pytest.raises(TypeError, match=r"name the classes: the type of a content list is only for type checkers$"):
        tree.walk(gate, tree.Formula)
