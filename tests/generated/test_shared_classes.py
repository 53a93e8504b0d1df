"""Elements that hold one define whole have one class; the field tells which element it is."""

from __future__ import annotations

import copy
import pickle
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.conftest import GenerateAndImport
from tests.engine.differences import difference, taken, without_engine

SCHEMA = """<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="{}">
  <start><element name="place">
    <interleave>
      <element name="low"><ref name="limit"/></element>
      <optional><element name="high"><ref name="limit"/></element></optional>
      <zeroOrMore><element name="other"><ref name="limit"/></element></zeroOrMore>
    </interleave>
    <optional><element name="begin"><ref name="area"/></element></optional>
    <zeroOrMore><choice>
      <element name="area"><ref name="area"/></element>
      <element name="none"><empty/></element>
    </choice></zeroOrMore>
  </element></start>
  <define name="limit">
    <attribute name="of"/>
    <optional><attribute name="at"/></optional>
    <zeroOrMore><element name="part"><attribute name="n"/></element></zeroOrMore>
    <optional><element name="inner"><ref name="limit"/></element></optional>
  </define>
  <define name="area"><attribute name="id"/><optional><element name="size"><text/></element></optional></define>
</grammar>
"""

DOCUMENTS = {
    "all": "<place>{}<begin id='b'/><area id='a'><size>1</size></area><none/></place>".format(
        "<low of='l'/><high of='h' at='x'><part n='1'/></high><other of='1'/><other of='2'/>"
    ),
    "another order": "<place><other of='1'/><high of='h'/><low of='l'/><other of='2'/></place>",
    "nested": "<place><low of='1'><inner of='2'><inner of='3'/></inner></low></place>",
}
HIGH = "<high of='h' at='x'/>"


@pytest.fixture(scope="module", params=["", "urn:p"], ids=["no namespace", "a namespace"])
def place(
    request: pytest.FixtureRequest, generate_and_import: GenerateAndImport, tmp_path_factory: pytest.TempPathFactory
) -> ModuleType:
    schema: Path = tmp_path_factory.mktemp("schema") / "place.rng"
    schema.write_text(SCHEMA.format(request.param), encoding="utf-8")
    return generate_and_import(f"shared_classes_under_test_{len(request.param)}", schema)


def source(place: ModuleType, text: str) -> str:
    """The text, in the namespace of the vocabulary."""
    uri = place.Place._tag.rpartition("}")[0].removeprefix("{")
    return re.sub(r"^<\w+", rf"\g<0> xmlns='{uri}'", text) if uri else text


def test_fields_of_several_elements_have_one_class(place: ModuleType) -> None:
    one = place.parse(source(place, DOCUMENTS["all"]))
    assert one.low == place.Limit(of="l")
    assert {type(each) for each in (one.low, one.high, *one.others)} == {place.Limit}
    assert type(one.begin) is type(one.content[0]) is place.PlaceArea
    nested = place.parse(source(place, DOCUMENTS["nested"]))
    assert nested.low.inner.inner == place.Limit(of="3")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_comes_back(place: ModuleType, name: str) -> None:
    text = source(place, DOCUMENTS[name])
    assert place.format(place.parse(text), indent=None).strip() == text
    assert place.format(place.parse(text), like=text) == text


def test_the_field_names_the_element(place: ModuleType) -> None:
    limit = place.Limit(of="1")
    text = place.format_place(place.Place(low=limit, high=limit, others=[limit], begin=place.PlaceArea(id="b")))
    again = place.parse(text)
    assert [again.low, again.high, *again.others] == [limit] * 3
    assert text.count("<high of='1'/>") == text.count("<other of='1'/>") == text.count("<begin id='b'/>") == 1


def test_an_element_alone_is_written_as_it_was_read_else_as_the_first(place: ModuleType) -> None:
    text = source(place, HIGH)
    high = place.parse_limit(text)
    assert place.format_limit(high, indent=None).strip() == text
    assert place.format_limit(high, like=text) == text
    for same in (copy.deepcopy(high), pickle.loads(pickle.dumps(high))):
        assert place.format_limit(same, indent=None).strip() == text
    assert place.format_limit(place.Limit(of="h", at="x"), indent=None).strip() == text.replace("high", "low")
    whole = place.Place(low=high)
    assert place.parse(place.format(whole)).low == high


def test_an_element_alone_is_written_under_the_name_that_is_asked_for(place: ModuleType) -> None:
    one = place.parse(source(place, DOCUMENTS["all"]))
    high = source(place, "<high of='h' at='x'><part n='1'/></high>")
    assert place.format_limit(one.high, tag="high", indent=None).strip() == high
    assert place.format_limit(one.high, tag=place.Limit._tags[0], indent=None).strip() == high.replace("high", "low")
    assert place.format_limit(place.parse_limit(high), tag="other", indent=None).strip() == high.replace(
        "high", "other"
    )
    assert place.parse_limit(high) == one.high
    with pytest.raises(ValueError, match=r"no Limit is called 'hihg' \(did you mean 'high'\?\)"):
        place.format_limit(one.high, tag="hihg")


def test_another_element_is_refused(place: ModuleType) -> None:
    with pytest.raises(place.ParseError, match="low"):
        place.parse_limit(source(place, "<begin id='1'/>"))


def test_streaming_finds_all_of_them(place: ModuleType) -> None:
    text = source(place, DOCUMENTS["all"])
    assert [one.of for one in place.iter_parse(text, place.Limit)] == ["l", "h", "1", "2"]
    fragment = f"<wrapper>{source(place, HIGH)}</wrapper>"
    assert [one.of for one in place.iter_parse(fragment, place.Limit)] == ["h"]


def test_the_grammar_settles_the_order_by_the_names_of_fields(place: ModuleType) -> None:
    one = place.parse(source(place, DOCUMENTS["another order"]))
    one.high = None
    one.begin = place.PlaceArea(id="b")
    again = place.parse(place.format(one))
    assert again == one


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_engine_gives_the_same(place: ModuleType, name: str) -> None:
    pytest.importorskip("relaxgen_engine", reason="the native engine is not installed")
    text = source(place, DOCUMENTS[name])
    assert taken(place, text)
    found: Any = place.parse(text)
    with without_engine(place):
        expected = place.parse(text)
        written = place.format(expected)
    assert difference(found, expected) == ""
    assert place.format(found) == written
