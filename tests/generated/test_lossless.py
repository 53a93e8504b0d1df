"""Documents that were changed once on their way: each stands for a kind."""

from __future__ import annotations

import copy
import io
import pickle
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import GenerateAndImport

RNG = 'xmlns="http://relaxng.org/ns/structure/1.0"'
XSD = 'datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes"'

ANY = """<define name="any"><element><anyName/><zeroOrMore><choice>
  <attribute><anyName/></attribute><text/><ref name="any"/>
</choice></zeroOrMore></element></define>"""

SCHEMAS = {
    "blank": f"""<element name="blank" {RNG} {XSD}>
      <optional><attribute name="a"><list><zeroOrMore><data type="int"/></zeroOrMore></list></attribute></optional>
      <element name="b"><list><empty/></list></element>
      <element name="d"><choice><value/><data type="int"/></choice></element>
      <zeroOrMore><element name="i"><list><zeroOrMore><data type="int"/></zeroOrMore></list></element></zeroOrMore>
      <optional><element name="flag"><empty/></element></optional>
    </element>""",
    "open": f"""<grammar {RNG}><start><element name="open">
      <optional><attribute name="k"/></optional><zeroOrMore><ref name="any"/></zeroOrMore>
    </element></start>{ANY}</grammar>""",
    "named": f"""<element name="named" {RNG} {XSD}>
      <choice>
        <attribute name="n"><data type="int"/></attribute><zeroOrMore><attribute><anyName/></attribute></zeroOrMore>
      </choice>
      <choice>
        <element name="flag"><empty/></element>
        <element name="number"><data type="int"/></element>
        <element name="class"><attribute name="x"/><element name="y"><data type="int"/></element></element>
        <element><anyName/><zeroOrMore><choice>
          <text/><attribute><anyName/></attribute><element><anyName/><text/></element>
        </choice></zeroOrMore></element>
      </choice>
    </element>""",
    "prefix": f"""<element name="prefix" ns="urn:a" {RNG}>
      <attribute><name ns="urn:a">c</name><text/></attribute>
      <optional><attribute><name ns="urn:a">d</name></attribute></optional>
      <zeroOrMore><element name="inner"><attribute><name ns="urn:a">c</name></attribute></element></zeroOrMore>
    </element>""",
    "wild": f"""<grammar {RNG}>
      <start><element name="wild"><zeroOrMore><ref name="any"/></zeroOrMore></element></start>
      <define name="any"><element><nsName ns="urn:a"/><zeroOrMore><choice>
        <attribute><anyName/></attribute><text/><ref name="any"/>
      </choice></zeroOrMore></element></define>
    </grammar>""",
    "order": f"""<element name="order" {RNG}>
      <element name="n"><text/></element><element name="s"><text/></element><element name="n"><text/></element>
    </element>""",
    "required": f"""<element name="required" {RNG} {XSD}>
      <attribute name="k"/><element name="name"><text/></element><element name="size"><data type="int"/></element>
    </element>""",
}


@pytest.fixture(scope="module")
def packages(generate_and_import: GenerateAndImport, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    directory = tmp_path_factory.mktemp("lossless")
    for name, schema in SCHEMAS.items():
        (directory / f"{name}.rng").write_text(schema, encoding="utf-8")
    return generate_and_import("lossless", *(directory / f"{name}.rng" for name in SCHEMAS))


@pytest.mark.parametrize(
    "text",
    [
        "<blank><b> </b><d> </d><i>  </i></blank>",
        "<blank a='  '><b>\n</b><d/><i/><i> 1  2 </i><i> </i></blank>",
        "<blank><b/><d>7</d><flag> </flag></blank>",
        "<open><p><b>sky</b><i>scraper</i></p></open>",
        "<open><p> <b/> <b/></p><p>\n  <b/>\n</p></open>",
        "<named><flag/></named>",
        "<named><flag>a</flag></named>",
        "<named><number>a</number></named>",
        "<named><number>1</number></named>",
        "<named n='1'><class x='1'><y>2</y></class></named>",
        "<named n='word'><class x='1'><y>two</y></class></named>",
        "<named m='word'><class><z/></class></named>",
        "<ns1:prefix xmlns:ns1='urn:a' xmlns:q1='urn:a' ns1:c='x'/>",
        "<q1:prefix xmlns:ns1='urn:a' xmlns:q1='urn:a' ns1:c='x' q1:d='y'/>",
        "<q:prefix xmlns:q='urn:a' xmlns:r='urn:a' r:c='x'><q:inner r:c='1'/><q:inner q:c='2'/></q:prefix>",
        "<wild><x xmlns='urn:a'><b:y xmlns:b='urn:a' b:z='1'><b:z/><z/></b:y></x></wild>",
        "<wild><a:x xmlns:a='urn:a' xmlns:b='urn:a' a:p='1' b:q='2' b:z=''/></wild>",
        "<wild><b:x xmlns:a='urn:a' xmlns:b='urn:a' a:q='2'/></wild>",
        "<wild xmlns:a='urn:a' xmlns:b='urn:a'><a:x b:p='1'><b:y a:q='2'>t</b:y><a:y r='3'/></a:x></wild>",
        "<wild><x xmlns='urn:a' xmlns:b='urn:a' b:q='2' r='3'><b:y b:z='1'/><y/></x></wild>",
        "<order><n>1</n><s>x</s><n>2</n></order>",
    ],
)
def test_a_document_comes_back_as_it_was(packages: ModuleType, text: str) -> None:
    made = packages.parse(text)
    assert packages.format(made, indent=None) == text
    assert packages.format(made, like=text) == text
    assert packages.parse(packages.format(made)) == made


def test_prefixes_inside_open_content_survive_copies_and_change_with_names(packages: ModuleType) -> None:
    text = "<wild><x xmlns='urn:a' xmlns:b='urn:a' xmlns:c='urn:c' b:q='2'/></wild>"
    made = packages.parse(text)
    for copied in (copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert packages.format(copied, indent=None) == text
    made.elements[0].attributes["{urn:a}new"] = "3"
    made.elements[0].attributes["{urn:c}q"] = made.elements[0].attributes.pop("{urn:a}q")
    assert packages.format(made, indent=None) == text.replace("b:q='2'", "b:new='3' c:q='2'")
    made.elements[0].prefixes = {"d": "urn:a"}
    assert packages.parse(packages.format(made)) == made


def test_a_named_element_is_preferred_to_a_wildcard(packages: ModuleType) -> None:
    read = packages.parse("<named n='1'><number>1</number></named>")
    assert (read.n, read.number, read.attributes, read.elements) == (1, 1, {}, [])


def test_a_document_that_the_wildcard_does_not_allow_either_is_explained(packages: ModuleType) -> None:
    with pytest.raises(packages.ParseError) as raised:
        packages.parse("<named><number>a</number><more/></named>")
    assert raised.value.faults[0].path == "/named/more"


def test_names_of_elements_are_as_they_were_after_reading_a_tree(packages: ModuleType) -> None:
    from lxml import etree

    root = etree.fromstring("<named><class x='1'><y>two</y></class></named>")
    packages.parse(root)
    assert [node.tag for node in root.iter()] == ["named", "class", "y"]


def test_an_order_that_was_read_is_never_repaired_in_silence(packages: ModuleType) -> None:
    text = "<order><n>1</n><n>2</n><s>x</s></order>"
    made = packages.parse(text)
    for like in (None, text):
        with pytest.raises(packages.FormatError, match="wrong place"):
            packages.format(made, like=like)
        assert packages.format(made, like=like, validate=False, indent=None) == text
    made.ns.append("3")
    with pytest.raises(packages.FormatError):
        packages.format(made)


def test_a_new_object_gets_an_order_that_is_allowed(packages: ModuleType) -> None:
    assert packages.format(packages.Order(ns=["1", "2"], s="x"), indent=None) == (
        "<order><n>1</n><s>x</s><n>2</n></order>"
    )


@pytest.mark.parametrize("field", ["name", "size", "k"])
def test_a_required_part_must_be_given(packages: ModuleType, field: str) -> None:
    made = packages.parse("<required k='1'><name>x</name><size>2</size></required>")
    setattr(made, field, None)
    with pytest.raises(packages.FormatError, match=rf"Required\.{field} = None: is required"):
        packages.format(made)
    with pytest.raises(packages.FormatError, match=rf"Required\.{field} = None: is required"):
        packages.format(made, validate=False)


DOCTYPES = [
    '<!DOCTYPE order [<!ATTLIST n id CDATA "given">]><order><n/><s/><n/></order>',
    '<!DOCTYPE order [<!ENTITY a "b">]><order><n/><s/><n/></order>',
    "<!DOCTYPE order [<!ELEMENT n EMPTY>]><order><n/><s/><n/></order>",
    '<!DOCTYPE order SYSTEM "e.dtd"><order><n id="&a;"/><s/><n/></order>',
    '<!DOCTYPE order SYSTEM "e.dtd"><order><n>&a;</n><s/><n/></order>',
]


@pytest.mark.parametrize("text", DOCTYPES)
@pytest.mark.parametrize("kind", ["text", "bytes", "file", "utf-16", "path", "pieces"])
def test_streaming_refuses_the_declarations_that_parsing_refuses(
    packages: ModuleType, tmp_path: Path, text: str, kind: str
) -> None:
    (tmp_path / "doc.xml").write_text(text, encoding="utf-8")

    class Pieces(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(7)

    sources = {
        "text": text,
        "bytes": text.encode(),
        "file": io.BytesIO(text.encode()),
        "utf-16": text.encode("utf-16"),
        "path": tmp_path / "doc.xml",
        "pieces": Pieces(text.encode()),
    }
    with pytest.raises(packages.ParseError) as parsed:
        packages.parse(text)
    with pytest.raises(packages.ParseError) as streamed:
        list(packages.iter_parse(sources[kind], packages.Order))
    assert streamed.value.faults[0].code == parsed.value.faults[0].code


def test_streaming_takes_a_doctype_without_declarations(packages: ModuleType) -> None:
    text = '<!DOCTYPE order SYSTEM "e.dtd"><order><n>&amp;</n><s a=""/><n/></order>'.replace(' a=""', "")
    assert [one.ns for one in packages.iter_parse(text, packages.Order)] == [["&", ""]]
