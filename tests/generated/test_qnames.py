"""Names with prefixes as values: what a new object says with the schema's prefixes can be written."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from lxml import etree

from tests.conftest import GenerateAndImport
from tests.engine.differences import without_engine

SCHEMA = """<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="{}" xmlns:f="urn:functions" xmlns:m="urn:modes"
    xmlns:a="http://relaxng.org/ns/compatibility/annotations/1.0"
    datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start><element name="sheet">
    <optional><attribute name="mode"><ref name="name"/></attribute></optional>
    <optional><attribute name="modes"><list><oneOrMore><ref name="name"/></oneOrMore></list></attribute></optional>
    <zeroOrMore><element name="call"><ref name="name"/></element></zeroOrMore>
    <optional><element name="use">
      <attribute name="k"/>
      <choice><ref name="name"/><data type="int"/></choice>
    </element></optional>
  </element></start>
  <define name="name"><data type="QName"/></define>
</grammar>
"""


@pytest.fixture(scope="module", params=["", "urn:s"], ids=["no namespace", "a namespace"])
def style(
    request: pytest.FixtureRequest, generate_and_import: GenerateAndImport, tmp_path_factory: pytest.TempPathFactory
) -> ModuleType:
    schema: Path = tmp_path_factory.mktemp("schema") / "style.rng"
    schema.write_text(SCHEMA.format(request.param), encoding="utf-8")
    return generate_and_import(f"qnames_under_test_{len(request.param)}", schema)


def test_prefixes_of_the_schema_are_declared_where_they_are_needed_and_once(style: ModuleType) -> None:
    sheet = style.Sheet(mode="f:x", modes=["m:a", "f:b"], calls=["f:y"], use=style.SheetUse(k="1", value="m:z"))
    text = style.format(sheet)
    assert text.count("xmlns:f='urn:functions'") == text.count("xmlns:m='urn:modes'") == 1
    assert style.parse(text) == sheet
    assert style.format(style.parse(text)) == text


def test_a_declaration_stands_on_the_element_with_the_value(style: ModuleType) -> None:
    text = style.format(style.Sheet(use=style.SheetUse(k="1", value="m:z")), indent=None)
    assert "<use xmlns:m='urn:modes' k='1'>m:z</use>" in text
    assert "xmlns:" not in style.format(style.Sheet(mode="plain", use=style.SheetUse(k="1", value=5)))


def test_what_a_document_declares_stays_what_it_is(style: ModuleType) -> None:
    uri = style.Sheet._tag.rpartition("}")[0].removeprefix("{")
    own = f" xmlns='{uri}'" if uri else ""
    text = f"<sheet{own} xmlns:f='urn:other' mode='f:x'><call>f:u</call></sheet>"
    sheet = style.parse(text)
    sheet.calls.append("f:v")
    assert style.format(sheet, indent=None).strip() == text.replace("</sheet>", "<call>f:v</call></sheet>")
    sheet.mode = "m:y"
    assert "xmlns:m='urn:modes'" in style.format(sheet, like=text)


def test_a_prefix_that_nobody_declares_is_refused(style: ModuleType) -> None:
    with pytest.raises(style.FormatError, match="'g:x' has the prefix 'g', which is not declared here"):
        style.format(style.Sheet(mode="g:x"))
    with pytest.raises(style.FormatError, match="has the prefix 'a', which is not declared here"):
        style.format(style.Sheet(mode="a:x"))


@pytest.mark.parametrize(
    ("content", "right", "wrong"),
    [
        ('<data type="QName"><except><value type="QName">f:x</value></except></data>', "f:y m:x", "f:x g:x"),
        ('<data type="string"><except><data type="QName"/></except></data>', "h:x 1", "f:x m:y z"),
        (
            '<data type="token"><except><data type="token">'
            '<except><data type="QName"/></except></data></except></data>',
            "f:x z",
            "h:x 1",
        ),
    ],
)
def test_what_an_exception_means_depends_on_declared_prefixes(
    generate_and_import: GenerateAndImport,
    tmp_path: Path,
    content: str,
    right: str,
    wrong: str,
) -> None:
    schema = tmp_path / "call.rng"
    schema.write_text(
        '<element name="call" xmlns="http://relaxng.org/ns/structure/1.0" xmlns:f="urn:functions" '
        'datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">'
        f'<attribute name="a">{content}</attribute></element>',
        encoding="utf-8",
    )
    package = generate_and_import(f"excepted_qnames_{len(content)}", schema)
    head = "<call xmlns:f='urn:functions' xmlns:g='urn:functions' xmlns:m='urn:modes' a="
    for name in right.split():
        text = f"{head}'{name}'/>\n"
        assert package.format(package.parse(text, validate=True)) == text
    for name in wrong.split():
        with pytest.raises(package.ParseError):
            package.parse(f"{head}'{name}'/>", validate=True)


NESTED = """<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="urn:tree"
    datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start><ref name="node"/></start>
  <define name="node"><element name="node">
    <optional><attribute name="of"><data type="QName"/></attribute></optional>
    <optional><attribute name="any"><choice>
      <list><oneOrMore><data type="NOTATION"/></oneOrMore></list><data type="int"/>
    </choice></attribute></optional>
    <optional><attribute name="word"/></optional>
    <zeroOrMore><ref name="node"/></zeroOrMore>
  </element></define>
</grammar>
"""

TREE = "xmlns='urn:tree'"


@pytest.fixture(scope="module")
def nested(generate_and_import: GenerateAndImport, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    schema: Path = tmp_path_factory.mktemp("schema") / "tree.rng"
    schema.write_text(NESTED, encoding="utf-8")
    return generate_and_import("nested_qnames_under_test", schema)


@pytest.fixture(params=["with the engine, if it is there", "without"])
def with_or_without_engine(request: pytest.FixtureRequest, nested: ModuleType) -> AbstractContextManager[None]:
    return without_engine(nested) if request.param == "without" else nullcontext()


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (f"<node {TREE} xmlns:a='urn:a' of='a:x'/>", {"$prefixes": {"a": "urn:a"}, "of": "a:x"}),
        (
            f"<node {TREE} xmlns:a='urn:a' xmlns:b='urn:b' any='b:x b:y'><node any='3'/></node>",
            {"$prefixes": {"b": "urn:b"}, "any": ["b:x", "b:y"], "nodes": [{"any": 3}]},
        ),
        # A prefix that is declared again means something else inside.
        (
            f"<node {TREE} xmlns:a='urn:a'><node xmlns:a='urn:b'><node of='a:x'/></node><node of='a:x'/></node>",
            {
                "$prefixes": {"a": "urn:a"},
                "nodes": [{"$prefixes": {"a": "urn:b"}, "nodes": [{"of": "a:x"}]}, {"of": "a:x"}],
            },
        ),
        (
            f"<node {TREE} xmlns:a='urn:a'><node xmlns:b='urn:b' any='a:x b:x'/></node>",
            {"$prefixes": {"a": "urn:a"}, "nodes": [{"$prefixes": {"b": "urn:b"}, "any": ["a:x", "b:x"]}]},
        ),
        # A name without a prefix has the default namespace. New objects declare the one of their element.
        (f"<node {TREE} of='x'><node any='x'/></node>", {"of": "x", "nodes": [{"any": ["x"]}]}),
        ("<t:node xmlns:t='urn:tree' xmlns='urn:d' of='x'/>", {"$prefixes": {"": "urn:d"}, "of": "x"}),
        ("<t:node xmlns:t='urn:tree' of='x'/>", {"$prefixes": {"t": "urn:tree"}, "of": "x"}),
        (
            f"<node {TREE}><t:node xmlns:t='urn:tree' xmlns=''><t:node of='x'/></t:node></node>",
            {"nodes": [{"$prefixes": {"t": "urn:tree", "": ""}, "nodes": [{"of": "x"}]}]},
        ),
        # No value needs these.
        (f"<node {TREE} xmlns:a='urn:a' word='a:x' of='xml:x'/>", {"of": "xml:x", "word": "a:x"}),
    ],
)
def test_plain_values_have_the_prefixes_that_names_need(
    nested: ModuleType, with_or_without_engine: AbstractContextManager[None], text: str, plain: dict[str, Any]
) -> None:
    with with_or_without_engine:
        node = nested.parse(text, validate=True)
        assert nested.to_dict(node) == plain
        again = nested.from_json(nested.Node, nested.to_json(node))
        assert again == node
        written = nested.format(again)
        assert names_in(written) == names_in(text)
        assert nested.to_dict(nested.parse(written)) == nested.to_dict(again) == plain


def names_in(text: str) -> list[tuple[str, ...]]:
    """The names in attributes, each with its namespace."""
    return [
        tuple(
            str(node.nsmap.get(word.rpartition(":")[0] or None)) + word.rpartition(":")[2]
            for name, value in sorted(node.attrib.items())
            if name != "word"
            for word in str(value).split()
        )
        for node in etree.fromstring(text).iter()
    ]


@pytest.mark.parametrize(
    ("prefixes", "message"),
    [
        ("a", "'a' is not a dictionary of prefixes and namespaces"),
        ({"a": 1}, "{'a': 1} is not a dictionary of prefixes and namespaces"),
        ({"a b": "urn:a"}, "'a b' is not a name of XML"),
        ({"a": ""}, "the prefix 'a' cannot be used for the namespace ''"),
        ({"xmlns": "urn:a"}, "the prefix 'xmlns' cannot be used for the namespace 'urn:a'"),
    ],
)
def test_prefixes_that_do_not_fit_are_an_error_with_their_path(
    nested: ModuleType, prefixes: object, message: str
) -> None:
    with pytest.raises(ValueError) as caught:
        nested.from_dict(nested.Node, {"nodes": [{"$prefixes": prefixes}]})
    assert str(caught.value) == f"Node.nodes[0].$prefixes: {message}"
