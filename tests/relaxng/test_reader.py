"""What golden cases cannot show well: bytes and encodings, files and limits. The rest is in ``cases``."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from relaxgen.diagnostics.errors import Diagnostics, SchemaError
from relaxgen.diagnostics.locations import SourceLocation
from relaxgen.relaxng import Grammar, dump_grammar, loading, read_grammar, read_grammar_text, reader, simplify
from relaxgen.relaxng.grammar import Include, Start
from relaxgen.relaxng.name_class import Name, QName
from relaxgen.relaxng.pattern import Element, Value
from relaxgen.runtime.xml.positions import Positions

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
            "schema.rng:1:1: the encoding that the XML declaration names is not known",
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
        with pytest.raises(SchemaError, match="this is no file"):
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
    simplify(read_grammar_text(nested(reader.MAXIMUM_DEPTH - 2)))
    for depth in (reader.MAXIMUM_DEPTH, 100_000):
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
    monkeypatch.setattr(reader, "MAXIMUM_ELEMENTS", 5_000)
    with pytest.raises(SchemaError, match="more than 5,000 elements"):  # of 2**40
        read_grammar(tmp_path / "0.rng")


def test_a_billion_laughs_are_not_expanded() -> None:
    entities = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
    data = f"<!DOCTYPE a [<!ENTITY l0 'ha'>{entities}]><element {NAMESPACE} name='a'><value>&l9;</value></element>"
    assert "the DOCTYPE declares something" in message_of(data.encode())


def test_names_beyond_the_basic_plane_are_names() -> None:
    grammar = read_grammar_text(f"<element {NAMESPACE} name='😀'><text/></element>".encode())
    assert start_of(grammar).name == Name(QName("", "😀"))
