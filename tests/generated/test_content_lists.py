"""Elements that repeat in any order stand in one list, beside the fields of other children."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from benchmarks.round_trip import difference
from tests.conftest import GenerateAndImport

SCHEMA = """<grammar xmlns="http://relaxng.org/ns/structure/1.0" datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start><ref name="section"/></start>
  <define name="section"><element name="section">
    <optional><attribute name="level"><data type="int"/></attribute></optional>
    <optional><element name="title"><text/></element></optional>
    <zeroOrMore><ref name="closing"/></zeroOrMore>
    <oneOrMore><choice>
      <element name="para"><text/></element>
      <element name="list"><oneOrMore><element name="item"><data type="int"/></element></oneOrMore></element>
      <element name="media"><choice>
        <group><attribute name="kind"><value>image</value></attribute>
          <attribute name="file"/><attribute name="width"/><attribute name="height"/><attribute name="depth"/></group>
        <group><attribute name="kind"><value>sound</value></attribute><attribute name="url"/></group>
      </choice></element>
      <element><nsName ns="urn:x"/><text/></element>
    </choice></oneOrMore>
    <zeroOrMore><ref name="section"/></zeroOrMore>
    <zeroOrMore><ref name="closing"/></zeroOrMore>
  </element></define>
  <define name="closing"><choice>
    <element name="index"><empty/></element>
    <element name="toc"><empty/></element>
  </choice></define>
</grammar>
"""

TEXT = """<section level='1'>
  <title>One</title>
  <toc/>
  <para>a</para>
  <list>
    <item>1</item>
    <item>2</item>
  </list>
  <x:note xmlns:x='urn:x'>n</x:note>
  <para>b</para>
  <media kind='sound' url='/s'/>
  <section>
    <para>c</para>
  </section>
  <index/>
</section>
"""


@pytest.fixture(scope="module")
def book(generate_and_import: GenerateAndImport, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    schema: Path = tmp_path_factory.mktemp("schema") / "section.rng"
    schema.write_text(SCHEMA, encoding="utf-8")
    return generate_and_import("content_lists_under_test", schema)


def kinds(section: Any) -> list[str]:
    return [type(one).__name__ for one in section.content]


def test_the_list_has_the_order_of_the_document_and_fields_have_the_rest(book: ModuleType) -> None:
    section = book.parse_section(TEXT)
    assert kinds(section) == [
        "SectionToc", "SectionPara", "SectionList", "AnyElement", "SectionPara", "SoundSectionMedia", "SectionIndex"
    ]  # fmt: skip
    assert section.title == "One"
    assert section.content[2].items == [1, 2]
    assert kinds(section.sections[0]) == ["SectionPara"]


def test_a_document_comes_back_as_it_was(book: ModuleType) -> None:
    section = book.parse_section(TEXT)
    assert book.format_section(section) == TEXT
    loose = TEXT.replace("  <para>a", "\n <!-- here -->  <para>a").replace("'1'", '"1"')
    assert book.format_section(book.parse_section(loose), like=loose) == loose


def test_a_new_object_is_written_in_the_order_of_its_list(book: ModuleType) -> None:
    section = book.Section(
        title="T",
        content=[
            book.SectionPara(value="a"),
            book.SectionList(items=[7]),
            book.SectionPara(value="b"),
            book.SectionIndex(),
        ],
        sections=[book.Section(content=[book.SectionPara(value="c")])],
    )
    text = book.format_section(section, indent=None, validate=True)
    assert text == (
        "<section><title>T</title><para>a</para><list><item>7</item></list><para>b</para>"
        "<section><para>c</para></section><index/></section>"
    )
    assert book.parse_section(text) == section


def test_edits_land_where_the_list_has_them(book: ModuleType) -> None:
    section = book.parse_section(TEXT)
    section.content.insert(1, book.SectionPara(value="new"))
    del section.content[5]
    section.title = None
    expected = TEXT.replace("  <title>One</title>\n", "").replace("  <para>a", "  <para>new</para>\n  <para>a")
    expected = expected.replace("  <para>b</para>\n", "")
    assert book.format_section(section, validate=True) == expected
    assert book.format_section(section, like=TEXT, validate=True) == expected


def test_the_list_is_not_rearranged_to_please_the_schema(book: ModuleType) -> None:
    section = book.parse_section(TEXT)
    section.content.insert(2, section.content.pop())
    with pytest.raises(book.FormatError, match="/section/list: <list> is not allowed here") as caught:
        book.format_section(section)
    assert caught.value.faults
    written = book.format_section(section, validate=False)
    assert kinds(book.parse_section(written)) == kinds(section)


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("<para>b</para>", "<pera>b</pera>", "/section/pera"),
        ("<para>b</para>", "stray", "/section"),
        ("<item>2</item>", "<item>two</item>", "/section/list/item[2]"),
        ("kind='sound'", "kind='smell'", "/section/media/@kind"),
        ("</title>", "</title><title>Two</title>", "/section/title[2]"),
    ],
)
def test_faults_in_and_beside_the_list_are_told(book: ModuleType, old: str, new: str, path: str) -> None:
    with pytest.raises(book.ParseError) as caught:
        book.parse_section(TEXT.replace(old, new))
    assert [fault.path for fault in caught.value.faults] == [path]


def test_unknown_elements_keep_their_places_in_the_list(book: ModuleType) -> None:
    newer = TEXT.replace("<para>b</para>", "<pera>b</pera>").replace("kind='sound'", "kind='smell'")
    section = book.parse_section(newer, unknown="keep")
    assert [one.name for one in section.unknown] == ["pera", "media"]
    assert kinds(section).count("AnyElement") == 3
    assert difference(newer.encode(), book.format_section(section, validate=False).encode()) == ""
    dropped = book.parse_section(newer, unknown="ignore")
    assert kinds(dropped) == ["SectionToc", "SectionPara", "SectionList", "AnyElement", "SectionIndex"]


def test_text_where_none_may_be_is_refused_with_its_place(
    generate_and_import: GenerateAndImport, tmp_path: Path
) -> None:
    schema = tmp_path / "parts.rng"
    schema.write_text(
        """<element name="parts" xmlns="http://relaxng.org/ns/structure/1.0"><zeroOrMore><choice>
          <element name="a"><attribute name="x"/></element><element name="b"><attribute name="y"/></element>
        </choice></zeroOrMore></element>""",
        encoding="utf-8",
    )
    package = generate_and_import("parts_under_test", schema)
    parts = package.parse("<parts><b y='1'/><a x='1'/></parts>")
    parts.content.insert(1, "text")
    with pytest.raises(
        package.FormatError, match=r"^Parts.content\[1\] = 'text': is text, but only elements are allowed here"
    ):
        package.format(parts)


def test_an_item_of_another_class_is_refused_with_its_place(book: ModuleType) -> None:
    section = book.parse_section(TEXT)
    section.content[1] = section.sections[0]
    with pytest.raises(
        book.FormatError, match=r"Section.content\[1\] = Section\(…\): is not one of SectionIndex, SectionToc"
    ):
        book.format_section(section)


def test_sections_are_found_in_a_stream(book: ModuleType) -> None:
    assert [one.value for one in book.iter_parse(TEXT, book.SectionPara)] == ["a", "b", "c"]


PREFACE = """<grammar xmlns="http://relaxng.org/ns/structure/1.0">
  <start><element name="preface">
    <optional><ref name="break"/></optional>
    <optional><element name="info"><attribute name="by"/></element></optional>
    <element name="title"><text/></element>
    <zeroOrMore><ref name="index"/></zeroOrMore>
    <optional><element name="epigraph"><text/></element></optional>
    <oneOrMore><choice>
      <ref name="break"/>
      <element name="para"><text/></element>
    </choice></oneOrMore>
    <zeroOrMore><element name="section"><attribute name="of"/></element></zeroOrMore>
    <zeroOrMore><ref name="index"/></zeroOrMore>
  </element></start>
  <define name="break"><element name="break"><attribute name="page"/></element></define>
  <define name="index"><element name="index"><attribute name="of"/></element></define>
</grammar>
"""


def test_what_may_stand_before_all_of_the_list_does_so_in_new_objects(
    generate_and_import: GenerateAndImport, tmp_path: Path
) -> None:
    """Some of the list may come first, too: that is for documents."""
    schema = tmp_path / "preface.rng"
    schema.write_text(PREFACE, encoding="utf-8")
    book = generate_and_import("prefaces_under_test", schema)
    content = [book.PrefacePara(value="a"), book.Break(page="2"), book.PrefacePara(value="b")]
    preface = book.Preface(title="t", info=book.PrefaceInfo(by="me"), epigraph="e", content=content)
    text = book.format_preface(preface, indent=None)
    assert text == (
        "<preface><info by='me'/><title>t</title><epigraph>e</epigraph>"
        "<para>a</para><break page='2'/><para>b</para></preface>"
    )
    assert book.parse_preface(text) == preface
    first = "<preface><break page='1'/><title>t</title><index of='x'/><epigraph>e</epigraph><para>a</para></preface>"
    assert book.format_preface(book.parse_preface(first), indent=None) == first
