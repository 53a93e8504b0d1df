"""What golden cases cannot show well: bytes and encodings, files and limits. The rest is in ``cases``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from relaxgen.diagnostics.errors import Diagnostics, SchemaError
from relaxgen.diagnostics.locations import SourceLocation
from relaxgen.relaxng import (
    Grammar,
    grammar_reader,
    loading,
    read_grammar,
    read_grammar_text,
    schema_document,
    simplify,
)
from relaxgen.relaxng.correctness import check_schema
from relaxgen.relaxng.name_class import Name, QName
from relaxgen.relaxng.pattern import Element, Include, Start, Text, Value
from relaxgen.relaxng.schema_document import UnreadableDocument
from relaxgen.runtime.faults import Positions

from tests.relaxng.dump import dump_grammar

NAMESPACE = 'xmlns="http://relaxng.org/ns/structure/1.0"'


def start_of(grammar: Grammar) -> Element:
    (start,) = grammar.components
    assert isinstance(start, Start)
    assert isinstance(start.pattern, Element)
    return start.pattern


def message_of(data: bytes, path: str = "schema.rng") -> str:
    with pytest.raises(SchemaError) as caught:
        read_grammar_text(data, path)
    return str(caught.value)


def write(path: Path, body: str, root: str = "grammar") -> Path:
    path.write_text(f"<{root} {NAMESPACE}>{body}</{root}>", encoding="utf-8")
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_encodings_are_recognised(encoding: str) -> None:
    data = f"<element {NAMESPACE} name='é'><value>𝄞ü</value></element>".encode(encoding)
    pattern = start_of(read_grammar_text(data))
    assert pattern.name == Name(QName("", "é"))
    assert isinstance(pattern.pattern, Value)
    assert pattern.pattern.text == "𝄞ü"
    assert pattern.location == SourceLocation("schema.rng", 1, 1)
    assert pattern.pattern.location == SourceLocation("schema.rng", 1, 63)


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252"])
def test_declared_encodings_are_followed(encoding: str) -> None:
    data = f"<?xml version='1.0' encoding='{encoding}'?><element {NAMESPACE} name='é'><text/></element>"
    assert start_of(read_grammar_text(data.encode(encoding))).name == Name(QName("", "é"))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "schema.rng:1:1: the file is empty"),
        (b" \n ", "schema.rng:1:1: the file is empty"),
        (b"start = element a {", "schema.rng:1:1: not well-formed XML: syntax error"),
        (b"<a>\xff</a>", "schema.rng:1:4: not well-formed XML: not well-formed (invalid token)"),
        (
            b"<?xml version='1.0' encoding='no-such'?><a/>",
            "schema.rng:1:31: not well-formed XML: the encoding 'no-such' is not known",
        ),
        (b"<a/><b/>", "schema.rng:1:5: not well-formed XML: junk after document element"),
        (b"<a x='1' x='2'/>", "schema.rng:1:10: not well-formed XML: duplicate attribute"),
    ],
)
def test_what_is_no_xml_is_placed(data: bytes, message: str) -> None:
    assert message_of(data) == message


def test_an_attribute_is_placed_in_characters() -> None:
    text = f"<element {NAMESPACE} name='éé𝄞' ns='ü' nam='x'><text/></element>"
    column = text.index("nam=") + 1
    assert message_of(text.encode()).startswith(f"schema.rng:1:{column}: attribute 'nam' is not allowed")


def test_every_node_has_the_place_of_its_start_tag(corpus: Path) -> None:
    path = corpus / "libvirt-11.3.0" / "schemas" / "basictypes.rng"
    positions = Positions(path.read_bytes())
    places = {(place.line, place.column) for place in map(positions.element, range(len(positions)))}
    grammar = read_grammar(path)
    for component in grammar.components:
        assert (component.location.line, component.location.column) in places
        assert component.location.path == str(path)


def test_a_missing_file_is_named_with_the_nearest_there_is(tmp_path: Path) -> None:
    write(tmp_path / "domain.rng", "<start><text/></start>")
    with pytest.raises(SchemaError, match=r"doman\.rng: no such file \(did you mean 'domain\.rng'\?\)"):
        read_grammar(tmp_path / "doman.rng")


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.rng")
    for path in (tmp_path, tmp_path / "pipe.rng"):
        with pytest.raises(SchemaError, match="this is not a file"):
            read_grammar(path)
    with pytest.raises(SchemaError, match="no such file"):
        read_grammar("a\0b")


def test_an_unreadable_file_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.rng", "<start><text/></start>")

    def refuse(_self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(SchemaError, match=r"a\.rng: cannot be read: Permission denied"):
        read_grammar(path)


def test_a_huge_file_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.rng", "<start><text/></start>")
    monkeypatch.setattr(loading, "MAXIMUM_BYTES", 10)
    with pytest.raises(SchemaError, match="the file is larger than"):
        read_grammar(path)


def test_an_address_may_be_absolute_or_a_file_uri(tmp_path: Path) -> None:
    target = write(tmp_path / "ä b.rng", "<empty/>", "element name='x'").absolute()
    target.write_text(f"<element {NAMESPACE} name='x'><empty/></element>", encoding="utf-8")
    for href in (str(target), target.as_uri(), "ä b.rng", "./x/../%C3%A4%20b.rng"):
        write(tmp_path / "main.rng", f"<start><externalRef href='{href}'/></start>")
        assert "element x" in dump_grammar(read_grammar(tmp_path / "main.rng"))


def test_relative_paths_stay_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "schemas").mkdir()
    write(tmp_path / "base.rng", "<start><element name='a'><empty/></element></start>")
    write(tmp_path / "schemas" / "main.rng", "<include href='../base.rng'/>")
    monkeypatch.chdir(tmp_path)
    assert simplify(read_grammar("schemas/main.rng")).files == ("schemas/main.rng", "base.rng")


def test_a_file_is_parsed_once_however_often_it_is_included(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "base.rng", "<define name='a' combine='choice'><text/></define>")
    write(tmp_path / "left.rng", "<include href='base.rng'/>")
    write(tmp_path / "right.rng", "<include href='./base.rng'/>")
    write(tmp_path / "main.rng", "<include href='left.rng'/><include href='right.rng'/>")
    parsed = []
    parse = loading.parse_document
    monkeypatch.setattr(loading, "parse_document", lambda data, **how: parsed.append(data) or parse(data, **how))
    grammar = read_grammar(tmp_path / "main.rng")
    assert len(parsed) == 4
    left, right = grammar.components
    assert isinstance(left, Include)
    assert isinstance(right, Include)
    (inner,) = left.grammar.components
    assert inner.location.included_from == left.location
    assert right.grammar.location.included_from == right.location


def test_the_chain_of_inclusions_is_innermost_first(tmp_path: Path) -> None:
    write(tmp_path / "c.rng", "<define nam='x'/>")
    write(tmp_path / "b.rng", "<include href='c.rng'/>")
    write(tmp_path / "a.rng", "<include href='b.rng'/>")
    with pytest.raises(SchemaError) as caught:
        read_grammar(tmp_path / "a.rng")
    location = caught.value.diagnostics[0].location
    assert [place.file.name for place in (location, *location.inclusions)] == ["c.rng", "b.rng", "a.rng"]


def test_the_first_prefix_of_each_namespace_is_kept(tmp_path: Path) -> None:
    (tmp_path / "b.rng").write_text(
        f"<element {NAMESPACE} xmlns:z='urn:y' xmlns:c='urn:c' name='c:e'><text/></element>"
    )
    root = "grammar xmlns='http://relaxng.org/ns/structure/1.0'"
    body = "<start><externalRef xmlns='http://relaxng.org/ns/structure/1.0' xmlns:y='urn:y' href='b.rng'/></start>"
    (tmp_path / "a.rng").write_text(f"<{root} xmlns:x='urn:x' xmlns:w='urn:x'>{body}</grammar>")
    schema = simplify(read_grammar(tmp_path / "a.rng"))
    assert schema.prefixes == {"urn:x": "x", "urn:y": "y", "urn:c": "c"}


def test_findings_go_to_the_collector_and_earlier_ones_do_not_stop_reading() -> None:
    diagnostics = Diagnostics()
    diagnostics.error(SourceLocation("other.rng"), "something else")
    read_grammar_text(f"<element {NAMESPACE} name='a'><text/></element>".encode(), diagnostics=diagnostics)
    with pytest.raises(SchemaError) as caught:
        read_grammar_text(f"<element {NAMESPACE} name='a'/>".encode(), diagnostics=diagnostics)
    assert len(caught.value.diagnostics) == 1
    assert len(diagnostics.errors) == 2


def nested(depth: int) -> bytes:
    return f"<element {NAMESPACE} name='r'>{'<group>' * depth}<text/>{'</group>' * depth}</element>".encode()


def test_nesting_is_bounded_by_a_message() -> None:
    simplify(read_grammar_text(nested(grammar_reader.MAXIMUM_DEPTH - 2)))
    for depth in (grammar_reader.MAXIMUM_DEPTH, 100_000):
        message = message_of(nested(depth))
        assert "patterns nest deeper than 150 levels" in message
        assert message.count("\n") == 0


def test_nesting_of_name_classes_and_divs_is_bounded_too() -> None:
    names = f"<element {NAMESPACE}>{'<choice>' * 5000}<name>a</name>{'</choice>' * 5000}<text/></element>"
    divs = f"<grammar {NAMESPACE}>{'<div>' * 5000}<start><text/></start>{'</div>' * 5000}</grammar>"
    for text in (names, divs):
        assert "patterns nest deeper than 150 levels" in message_of(text.encode())


def test_nesting_is_counted_across_files(tmp_path: Path) -> None:
    for number in range(200):
        write(tmp_path / f"{number}.rng", f"<include href='{number + 1}.rng'/>")
    write(tmp_path / "200.rng", "<start><text/></start>")
    with pytest.raises(SchemaError, match="patterns nest deeper than 150 levels"):
        read_grammar(tmp_path / "0.rng")


def test_files_that_include_one_another_twice_do_not_grow_without_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(40):
        write(tmp_path / f"{number}.rng", f"<include href='{number + 1}.rng'/>" * 2)
    write(tmp_path / "40.rng", "<define name='a' combine='choice'><text/></define>")
    monkeypatch.setattr(grammar_reader, "MAXIMUM_ELEMENTS", 5_000)
    with pytest.raises(SchemaError, match="more than 5,000 elements"):  # of 2**40
        read_grammar(tmp_path / "0.rng")


def with_entities(declarations: str, content: str = "<empty/>", name: str = "a") -> bytes:
    return f"<!DOCTYPE a [{declarations}]><element {NAMESPACE} name='{name}'>{content}</element>".encode()


def test_internal_entities_are_expanded_in_names_texts_and_patterns() -> None:
    data = with_entities("<!ENTITY n 'foo'><!ENTITY m '&n;bar'><!ENTITY p '<text/>'>", "&p;", "&m;")
    element = start_of(read_grammar_text(data))
    assert element.name == Name(QName("", "foobar"))
    assert isinstance(element.pattern, Text)


def test_an_error_in_a_file_with_entities_has_the_place_of_its_element() -> None:
    data = with_entities("<!ENTITY n '1x'>", "<text/>", "&n;")
    with pytest.raises(SchemaError) as raised:
        read_grammar_text(data)
    assert raised.value.diagnostics[0].location.line == 1


@pytest.mark.parametrize("backwards", [False, True])
def test_a_billion_laughs_are_not_expanded(backwards: bool) -> None:
    laughs = ["<!ENTITY l0 'ha'>", *(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))]
    declared = "".join(reversed(laughs) if backwards else laughs)
    assert "expands to more than 65,536 characters" in message_of(with_entities(declared, "<value>&l9;</value>"))


def test_many_uses_of_one_entity_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema_document, "MAXIMUM_BYTES", 200_000)
    monkeypatch.setattr(schema_document, "MAXIMUM_EXPANDED_ELEMENTS", 1_000)
    long = f"<!ENTITY t '{'x' * 50_000}'>"
    text, attributes = with_entities(long, "&t;" * 9), with_entities(long, "<text n='&t;'/>" * 9)
    for data in (text, attributes, with_entities("<!ENTITY e '<text/>'>", "&e;" * 2000)):
        assert "the entities of this file expand to too much" in message_of(data)


@pytest.mark.parametrize(
    ("declaration", "message"),
    [
        ("<!ENTITY e '&e;'>", "refers to itself"),
        ("<!ENTITY e '&f;'><!ENTITY f '&e;'>", "refers to itself"),
        ("".join(f"<!ENTITY e{n} '&e{n + 1};'>" for n in range(5000)), "nested too deeply"),
        ("<!ENTITY e SYSTEM 'file:///etc/passwd'>", "something else than internal entities"),
        ("<!ENTITY % e 'x'>", "something else than internal entities"),
        ("<!ENTITY % e SYSTEM 'x'>%e;", "something else than internal entities"),
        ("<!ELEMENT element ANY>", "something else than internal entities"),
        ("<!NOTATION n SYSTEM 'x'>", "something else than internal entities"),
    ],
)
def test_other_declarations_are_refused(declaration: str, message: str) -> None:
    assert message in message_of(with_entities(declaration))


def test_a_schema_that_is_written_again_keeps_no_entities_and_so_has_none() -> None:
    with pytest.raises(UnreadableDocument, match="would be lost"):
        schema_document.parse_document(with_entities("<!ENTITY e 'x'>"), keep_layout=True)


@pytest.mark.parametrize("base", ["sub%20dir/", "sub%20dir/x.rng", "./sub%20dir/", "sub%20dir/?q", "sub%20dir/#f"])
def test_xml_base_is_a_uri_reference(tmp_path: Path, base: str) -> None:
    (tmp_path / "sub dir").mkdir()
    write(tmp_path / "sub dir" / "i x.rng", "<start><element name='a'><empty/></element></start>")
    (tmp_path / "a.rng").write_text(f"<grammar {NAMESPACE} xml:base='{base}'><include href='i%20x.rng'/></grammar>")
    assert simplify(read_grammar(tmp_path / "a.rng")).files[1] == str(tmp_path / "sub dir" / "i x.rng")


def test_files_that_are_read_too_often_are_one_error(tmp_path: Path) -> None:
    for number in range(16):
        content = f"<externalRef href='{number + 1}.rng'/>" * 2
        (tmp_path / f"{number}.rng").write_text(f"<group {NAMESPACE}>{content}</group>")
    (tmp_path / "16.rng").write_text(f"<text {NAMESPACE}/>")
    with pytest.raises(SchemaError) as raised:
        read_grammar(tmp_path / "0.rng")
    (diagnostic,) = raised.value.diagnostics
    assert diagnostic.message == "the schema reads files more than 10,000 times"


def test_a_chain_of_references_is_an_error_with_a_place_and_no_recursion() -> None:
    links = "".join(f"<define name='d{n}'><ref name='d{n + 1}'/></define>\n" for n in range(20_000))
    start = "<start><element name='r'><ref name='d0'/></element></start>"
    data = f"<grammar {NAMESPACE}>{start}{links}<define name='d20000'><text/></define></grammar>"
    grammar = read_grammar_text(data.encode())
    form = check_schema(grammar, simplify(grammar))
    with pytest.raises(SchemaError, match="leads through more than 150 definitions") as raised:
        form.check_chains()
    assert raised.value.diagnostics[0].location.line > 1


SCHEMATRON = "<s:schema xmlns:s='http://purl.oclc.org/dsdl/schematron'><s:pattern><s:rule/></s:pattern></s:schema>"


def test_embedded_schematron_is_reported_once(tmp_path: Path) -> None:
    write(tmp_path / "b.rng", f"{SCHEMATRON}<define name='b'>{SCHEMATRON}<text/></define>")
    start = "<start><element name='a'><ref name='b'/></element></start>"
    write(tmp_path / "a.rng", f"{SCHEMATRON}<include href='b.rng'/>{start}")
    diagnostics = Diagnostics()
    read_grammar(tmp_path / "a.rng", diagnostics)
    (warning,) = diagnostics.warnings
    assert warning.message == "the embedded rules of Schematron are not checked"
    assert warning.location.path == str(tmp_path / "a.rng")
    without = Diagnostics()
    compact = Diagnostics()
    namespace = "namespace s = 'http://purl.oclc.org/dsdl/schematron'\n"
    grammar = read_grammar_text(f"{namespace} [ s:rule [ ] ] element a {{ empty }}".encode(), "a.rnc", compact)
    assert [(one.message, one.location.line) for one in compact.found] == [(warning.message, 2)]
    assert [rules.text for rules in grammar.rules] == ["<{http://purl.oclc.org/dsdl/schematron}rule></>"]
    declared = "xmlns:s='http://purl.oclc.org/dsdl/schematron'"
    read_grammar_text(f"<element {NAMESPACE} {declared} name='a'><text/></element>".encode(), "a.rng", without)
    assert not without.found, "a declared prefix is no rule"


def test_names_beyond_the_basic_plane_are_names() -> None:
    grammar = read_grammar_text(f"<element {NAMESPACE} name='😀'><text/></element>".encode())
    assert start_of(grammar).name == Name(QName("", "😀"))


@pytest.mark.parametrize("name", ["a.rng", "a.rnc"])
def test_a_merge_conflict_is_called_so(name: str) -> None:
    sides = ["start = element a { empty }", "start = element b { empty }"]
    if name == "a.rng":
        sides = [f"<element name='{one}' {NAMESPACE}><empty/></element>" for one in "ab"]
    text = f"<<<<<<< HEAD\n{sides[0]}\n=======\n{sides[1]}\n>>>>>>> other\n"
    assert message_of(text.encode(), name).startswith(f"{name}:1:1: contains a merge conflict")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_an_address_can_have_bytes_that_are_not_utf8(tmp_path: Path) -> None:
    Path(os.fsdecode(bytes(tmp_path) + b"/b\xffd.rnc")).write_text("start = element a { empty }")
    (tmp_path / "a.rnc").write_text('include "b%FFd.rnc"')
    assert simplify(read_grammar(tmp_path / "a.rnc")).files[1].endswith("b\udcffd.rnc")


def test_a_link_to_nothing_names_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "a.rng").symlink_to("b.rng")
    with pytest.raises(SchemaError, match=r"a\.rng: no such file: it is a link to 'b.rng'$"):
        read_grammar(tmp_path / "a.rng")
