"""Encodings by their registered names; the same document in all ways to read it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from types import ModuleType

import pytest
from relaxgen.diagnostics.errors import SchemaError
from relaxgen.relaxng import compile_schema
from relaxgen.runtime.events import Unreadable, encoding_of
from relaxgen.runtime.faults import Positions

from tests.conftest import GenerateAndImport

RNG = 'xmlns="http://relaxng.org/ns/structure/1.0"'
SCHEMA = f"<element name='é' {RNG}><zeroOrMore><element name='b'><text/></element></zeroOrMore></element>"
DOCUMENT = "<é>\n  <b>ü</b>\n</é>\n"

KNOWN = [
    ("utf-8", "utf-8"),
    ("UTF8", "utf-8"),
    ("ISO-8859-1", "latin-1"),
    ("l1", "latin-1"),
    ("windows-1252", "cp1252"),
    ("IBM850", "cp850"),
    ("GB18030", "gb18030"),
    ("IBM037", "cp037"),
    ("ebcdic-cp-us", "cp037"),
    ("cp500", "cp500"),
    ("IBM01140", "cp1140"),
    ("UTF-16", "utf-16"),
    ("UTF-16LE", "utf-16-le"),
    ("UTF-32", "utf-32"),
]
UNKNOWN = [
    *("idna", "punycode", "raw_unicode_escape", "unicode_escape", "utf_8", "u8", "cp1252", "latin-1", "utf-7"),
    *("utf-8-sig", "rot13", "hex", "undefined", "mbcs", "no-such", "IBM1047"),
]


def encoded(text: str, name: str, codec: str, version: str = "1.0") -> bytes:
    return f"<?xml version='{version}' encoding='{name}'?>\n{text}".encode(codec)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory, generate_and_import: GenerateAndImport) -> ModuleType:
    schema = tmp_path_factory.mktemp("encodings") / "schema.rng"
    schema.write_text(SCHEMA, encoding="utf-8")
    return generate_and_import("encodings_package", schema)


@pytest.mark.parametrize(("name", "codec"), KNOWN)
def test_a_registered_name_is_known_everywhere(package: ModuleType, tmp_path: Path, name: str, codec: str) -> None:
    (tmp_path / "schema.rng").write_bytes(encoded(SCHEMA, name, codec))
    document = encoded(DOCUMENT, name, codec)
    assert compile_schema(tmp_path / "schema.rng").validate(document) == []
    read = package.parse(document)
    assert [read] == list(package.iter_parse(BytesIO(document), package.É)) == [package.parse(DOCUMENT)]
    assert read.bs == ["ü"]
    wrong = encoded(DOCUMENT.replace("<b>", "<c>").replace("</b>", "</c>"), name, codec)
    (fault,) = compile_schema(tmp_path / "schema.rng").validate(wrong)
    assert (fault.line, fault.column, fault.source_line) == (3, 3, "  <c>ü</c>")
    assert Positions(document).element(1).column == 3
    assert package.format(read, like=document) == document.decode(encoding_of(document))


WAYS: dict[str, Callable[[ModuleType, Path, bytes], object]] = {
    "parse": lambda package, _, data: package.parse(data),
    "stream": lambda package, _, data: list(package.iter_parse(BytesIO(data), package.É)),
    "like": lambda package, _, data: package.format(package.parse(DOCUMENT), like=data),
}


@pytest.mark.parametrize("name", UNKNOWN)
@pytest.mark.parametrize("way", WAYS)
def test_no_other_name_is_known_to_packages(package: ModuleType, tmp_path: Path, name: str, way: str) -> None:
    with pytest.raises(package.ParseError, match=rf":1:31: not well-formed XML: the encoding '{name}' is not known"):
        WAYS[way](package, tmp_path, encoded("<a/>", name, "ascii"))


@pytest.mark.parametrize("name", UNKNOWN)
def test_no_other_name_is_known_to_the_command(tmp_path: Path, name: str) -> None:
    schema = tmp_path / "schema.rng"
    schema.write_text(SCHEMA, encoding="utf-8")
    (fault,) = compile_schema(schema).validate(encoded("<a/>", name, "ascii"))
    assert (fault.code, fault.line, fault.column) == ("malformed", 1, 31)
    schema.write_bytes(encoded(SCHEMA.replace("é", "e"), name, "ascii"))
    with pytest.raises(SchemaError, match=rf"schema.rng:1:31: .* the encoding '{name}' is not known"):
        compile_schema(schema)


@pytest.mark.parametrize("version", ["2.0", "0.9", "1", "x", ""])
def test_versions_are_those_of_xml_1(package: ModuleType, tmp_path: Path, version: str) -> None:
    data = encoded(DOCUMENT, "UTF-8", "utf-8", version)
    with pytest.raises(package.ParseError, match=rf":1:16: not well-formed XML: version '{version}' of XML is not"):
        package.parse(data)
    (tmp_path / "schema.rng").write_bytes(encoded(SCHEMA, "UTF-8", "utf-8", version))
    with pytest.raises(SchemaError, match=rf"schema.rng:1:16: .* version '{version}' of XML"):
        compile_schema(tmp_path / "schema.rng")


def test_a_name_is_corrected_where_python_knows_what_it_means() -> None:
    for name, right in (("cp1252", "windows-1252"), ("latin-1", "iso-8859-1"), ("utf_8", "utf-8")):
        with pytest.raises(Unreadable, match=f"did you mean '{right}'"):
            encoding_of(encoded("<a/>", name, "ascii"))


def test_line_ends_of_ebcdic_are_line_ends(package: ModuleType) -> None:
    document = encoded(DOCUMENT, "IBM037", "cp037").replace(b"\x25", b"\x15")
    assert package.parse(document).bs == ["ü"]


@pytest.mark.parametrize(("name", "codec"), [("UTF-16", "ascii"), ("IBM037", "ascii"), ("UTF-8", "cp037")])
def test_a_document_is_in_the_family_that_it_names(package: ModuleType, name: str, codec: str) -> None:
    with pytest.raises(package.ParseError, match=rf"1:31: .* the document is not in its encoding '{name}'"):
        package.parse(encoded("<a/>", name, codec))
