"""XML catalogs: what the sections of OASIS XML Catalogs 1.1 say about URI references, and mistakes in catalogs."""

from __future__ import annotations

from pathlib import Path

import pytest
from relaxgen.cli import main
from relaxgen.diagnostics.errors import Diagnostics, SchemaError
from relaxgen.relaxng import catalog as catalogs
from relaxgen.relaxng import compilation_cache, read_grammar, simplify
from relaxgen.relaxng.catalog import Catalogs, catalogs_in_use
from relaxgen.relaxng.compilation_cache import compile_with_cache

from tests.relaxng.dump import dump_grammar

NAMESPACE = 'xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog"'
RELAX_NG = 'xmlns="http://relaxng.org/ns/structure/1.0"'


@pytest.fixture(autouse=True)
def in_a_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("XML_CATALOG_FILES", raising=False)


def catalog(name: str, entries: str, attributes: str = "") -> str:
    Path(name).write_text(f"<catalog {NAMESPACE} {attributes}>{entries}</catalog>", encoding="utf-8")
    return name


def found(uri: str, *files: str) -> str | None:
    """Below the working directory."""
    diagnostics = Diagnostics()
    with catalogs_in_use(files):
        result = Catalogs(diagnostics).find(uri)
    assert not diagnostics.found
    return result.removeprefix(f"{Path.cwd().as_uri()}/") if result is not None else None


@pytest.mark.parametrize(
    ("entries", "uri", "expected"),
    [
        ("<uri name='urn:a' uri='1.rng'/><uri name='urn:a' uri='2.rng'/>", "urn:a", "1.rng"),
        ("<uri name='urn:a' uri='1.rng'/>", "urn:ab", None),
        ("<uri name='http://h/ä b' uri='1.rng'/>", "http://h/%C3%A4%20b", "1.rng"),
        ("<uri name='urn:a' uri='http://other/x.rng'/>", "urn:a", "http://other/x.rng"),
        ("<rewriteURI uriStartString='http://h/' rewritePrefix='d/'/>", "http://h/x%20y.rng", "d/x%20y.rng"),
        (
            "<rewriteURI uriStartString='http://h/' rewritePrefix='d/'/>"
            "<rewriteURI uriStartString='http://h/e/' rewritePrefix='f/'/>",
            "http://h/e/x.rng",
            "f/x.rng",
        ),
        ("<uriSuffix uriSuffix='x.rng' uri='1'/><uriSuffix uriSuffix='/x.rng' uri='2'/>", "http://h/x.rng", "2"),
        (
            "<uriSuffix uriSuffix='x' uri='1'/><rewriteURI uriStartString='urn:' rewritePrefix='2/'/>"
            "<uri name='urn:x' uri='3'/>",
            "urn:x",
            "3",
        ),
        ("<uriSuffix uriSuffix='x' uri='1'/><rewriteURI uriStartString='urn:' rewritePrefix='2/'/>", "urn:x", "2/x"),
        ("<public publicId='-//A//B  C' uri='1'/>", "urn:publicid:-:A:B+C", "1"),
        ("<uri name='urn:publicid:-:A' uri='1'/>", "urn:publicid:-:A", None),
        ("<system systemId='urn:a' uri='1'/>", "urn:a", None),
        ("<group xml:base='g/'><uri name='urn:a' uri='1'/></group>", "urn:a", "g/1"),
        ("<group xml:base='g/'><uri xml:base='h/' name='urn:a' uri='1'/></group>", "urn:a", "g/h/1"),
        ("<x xmlns='urn:extension'><uri name='urn:a' uri='1'/></x>", "urn:a", None),
    ],
)
def test_entries_of_one_catalog(entries: str, uri: str, expected: str | None) -> None:
    assert found(uri, catalog("c.xml", entries)) == expected


def test_the_base_of_a_catalog_is_its_own_file_or_what_xml_base_says() -> None:
    Path("sub").mkdir()
    assert found("urn:a", catalog("sub/c.xml", "<uri name='urn:a' uri='1'/>")) == "sub/1"
    assert found("urn:a", catalog("sub/d.xml", "<uri name='urn:a' uri='1'/>", "xml:base='../e/'")) == "e/1"


def test_next_catalogs_come_before_the_rest_and_circles_end() -> None:
    first = catalog("1.xml", "<nextCatalog catalog='2.xml'/>")
    catalog("2.xml", "<nextCatalog catalog='1.xml'/><nextCatalog catalog='2.xml'/><uri name='urn:a' uri='two'/>")
    third = catalog("3.xml", "<uri name='urn:a' uri='three'/><uri name='urn:b' uri='three'/>")
    assert found("urn:a", first, third) == "two"
    assert found("urn:b", first, third) == "three"
    assert found("urn:c", first, third) is None


def test_delegates_replace_all_other_catalogs_the_longest_first() -> None:
    entries = (
        "<delegateURI uriStartString='urn:' catalog='2.xml'/><delegateURI uriStartString='urn:x:' catalog='3.xml'/>"
    )
    first = catalog("1.xml", entries + "<delegateURI uriStartString='urn:' catalog='1.xml'/>")
    catalog("2.xml", "<uri name='urn:x:a' uri='two'/><uri name='urn:b' uri='two'/>")
    catalog("3.xml", "<uri name='urn:x:a' uri='three'/>")
    last = catalog("4.xml", "<uri name='urn:c' uri='four'/><uri name='http://h/' uri='four'/>")
    assert found("urn:x:a", first, last) == "three"
    assert found("urn:b", first, last) == "two"
    assert found("urn:c", first, last) is None
    assert found("http://h/", first, last) == "four"


def test_catalogs_of_the_environment_come_last(monkeypatch: pytest.MonkeyPatch) -> None:
    one = catalog("1.xml", "<uri name='urn:a' uri='one'/>")
    two = Path(catalog("2.xml", "<uri name='urn:a' uri='two'/><uri name='urn:b' uri='two'/>")).absolute().as_uri()
    monkeypatch.setenv("XML_CATALOG_FILES", f" {two}  http://h/c.xml\n")
    assert [found("urn:a", one), found("urn:b", one), found("urn:a")] == ["one", "two", "two"]


def test_the_number_of_catalogs_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogs, "MAXIMUM_CATALOGS", 3)
    for number in range(5):
        catalog(f"{number}.xml", f"<nextCatalog catalog='{number + 1}.xml'/>")
    diagnostics = Diagnostics()
    with catalogs_in_use(["0.xml"]):
        assert Catalogs(diagnostics).find("urn:a") is None
    (error,) = diagnostics.errors
    assert (error.location.path, error.message) == ("2.xml", "more than 3 catalogs are read for one URI")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<catalog", "c.xml:1:1: not well-formed XML: unclosed token"),
        ("<catalog/>", "c.xml:1:1: <catalog> is not the <catalog> of an XML catalog, in the namespace urn:oasis"),
        (f"<catalog {NAMESPACE}><url/></catalog>", "c.xml:1:62: <url> is not allowed in the <catalog> of an XML"),
        (f"<catalog {NAMESPACE}>\n<uri nmae='x' uri='y'/></catalog>", "c.xml:2:1: <uri> needs the attribute 'name' ("),
        (f"<catalog {NAMESPACE}><group>\n<group/></group></catalog>", "c.xml:2:1: <group> is not allowed in the <gr"),
        ("<!DOCTYPE catalog [<!ENTITY % a 'b'>]><catalog/>", "the DOCTYPE declares something else than internal"),
    ],
)
def test_mistakes_in_a_catalog_have_their_places(text: str, message: str) -> None:
    Path("c.xml").write_text(text, encoding="utf-8")
    Path("a.rng").write_text(f"<externalRef {RELAX_NG} href='urn:a'/>", encoding="utf-8")
    with catalogs_in_use(["c.xml"]), pytest.raises(SchemaError) as raised:
        read_grammar("a.rng")
    assert message in str(raised.value)


def test_a_catalog_that_is_not_there_is_skipped_with_a_warning() -> None:
    diagnostics = Diagnostics()
    with catalogs_in_use([catalog("c.xml", "\n<nextCatalog catalog='gone.xml'/>")]):
        assert Catalogs(diagnostics).find("urn:a") is None
    (warning,) = diagnostics.found
    assert str(warning).startswith("c.xml:2:1: warning: this catalog is skipped: gone.xml: no such file")


def test_a_uri_without_entry_is_refused_with_advice() -> None:
    Path("a.rng").write_text(f"<externalRef {RELAX_NG} href='http://h/b.rng'/>", encoding="utf-8")
    with pytest.raises(SchemaError, match=r"a.rng:1:58: .* an XML catalog can name a local copy: --catalog FILE"):
        read_grammar("a.rng")
    advice = [
        ("<uri name='http://h/c.rng' uri='x'/>", r"no entry of c.xml fits it \(did you mean 'http://h/c.rng'\?\)"),
        ("<system systemId='http://h/b.rng' uri='x'/>", r"the <system> of c.xml:1:\d+ is for DOCTYPEs"),
        ("<uri name='http://h/b.rng' uri='http://g/'/>", r"'http://g/' is not .* a catalog maps 'http://h/b.rng' to"),
    ]
    for entries, message in advice:
        with catalogs_in_use([catalog("c.xml", entries)]), pytest.raises(SchemaError, match=message):
            read_grammar("a.rng")


INCLUDING = {
    "a.rng": f"<grammar {RELAX_NG}><include href='http://h/s/b.rnc'/><start><ref name='b'/></start></grammar>",
    "a.rnc": "include 'http://h/s/b.rnc' start = b",
    "based.rng": f"<grammar {RELAX_NG} xml:base='http://h/x.rng'><div xml:base='s/'><include href='b.rnc'/></div>"
    "<start><ref name='b'/></start></grammar>",
}


@pytest.fixture
def copies() -> str:
    Path("local").mkdir()
    Path("local/b.rnc").write_text("include 'c.rnc'", encoding="utf-8")
    Path("local/c.rnc").write_text("b = element b { empty }", encoding="utf-8")
    return catalog("c.xml", "<rewriteURI uriStartString='http://h/s/' rewritePrefix='local/'/>")


@pytest.mark.parametrize("name", INCLUDING)
def test_both_syntaxes_include_through_catalogs(name: str, copies: str) -> None:
    Path(name).write_text(INCLUDING[name], encoding="utf-8")
    with catalogs_in_use([copies]):
        grammar = read_grammar(name)
        schema = simplify(grammar)
    assert "local/c.rnc" in dump_grammar(grammar)
    assert schema.files == (name, "local/b.rnc", "local/c.rnc")
    assert schema.catalogs == ("c.xml",)


def test_a_file_beside_the_schema_is_not_looked_up() -> None:
    Path("a:b.rng").write_text(f"<externalRef {RELAX_NG} href='c.rng'/>", encoding="utf-8")
    Path("c.rng").write_text(f"<element {RELAX_NG} name='c'><empty/></element>", encoding="utf-8")
    with catalogs_in_use([catalog("c.xml", "<uriSuffix uriSuffix='c.rng' uri='other.rng'/>")]):
        assert simplify(read_grammar("a:b.rng")).files == ("a:b.rng", "c.rng")


def test_cached_schemas_follow_their_catalogs(copies: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.rnc").write_text(INCLUDING["a.rnc"], encoding="utf-8")
    other = catalog("d.xml", "<rewriteURI uriStartString='http://h/s/' rewritePrefix='other/'/>")
    cache = Path("cache")
    with catalogs_in_use([copies]):
        assert compile_with_cache("a.rnc", cache).is_valid("<b/>")
    with catalogs_in_use([other]), pytest.raises(SchemaError, match=r"'other/b\.rnc' does not exist"):
        compile_with_cache("a.rnc", cache)
    Path("other").mkdir()
    Path("other/b.rnc").write_text("b = element c { empty }", encoding="utf-8")
    catalog(copies, "<rewriteURI uriStartString='http://h/s/' rewritePrefix='other/'/>")
    with catalogs_in_use([copies]):
        assert compile_with_cache("a.rnc", cache).is_valid("<c/>")
        monkeypatch.setattr(compilation_cache, "compile_schema", None)
        assert compile_with_cache("a.rnc", cache).is_valid("<c/>")


def test_commands_take_catalogs(copies: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.rnc").write_text(INCLUDING["a.rnc"], encoding="utf-8")
    Path("b.xml").write_text("<b/>", encoding="utf-8")
    assert main(["validate", "--no-cache", "a.rnc", "b.xml"]) == 2
    assert "--catalog FILE" in capsys.readouterr().err
    for words in (
        ["validate", "--no-cache", "a.rnc", "b.xml"],
        ["sample", "a.rnc"],
        ["inspect", "a.rnc"],
        ["lint", "a.rnc"],
        ["coverage", "a.rnc", "b.xml"],
        ["diff", "a.rnc", "a.rnc"],
        ["convert", "a.rnc", "converted.rng"],
        ["docs", "a.rnc", "--output", "docs"],
        ["generate", "a.rnc", "--output", "b", "--depfile", "b.d"],
        ["check", "a.rnc", "--output", "b"],
    ):
        assert main([*words, "--catalog", copies]) == 0, words
    assert "\nc.xml:\n" in Path("b.d").read_text(encoding="utf-8")
    assert "http://h/s/b.rnc" in Path("converted.rng").read_text(encoding="utf-8")


def test_a_project_names_its_catalogs(copies: str) -> None:
    Path("a.rnc").write_text(INCLUDING["a.rnc"], encoding="utf-8")
    table = f"[tool.relaxgen]\nschemas = ['a.rnc']\noutput = 'b'\ncatalogs = ['{copies}']\n"
    Path("pyproject.toml").write_text(table, encoding="utf-8")
    assert main(["generate", "--depfile", "b.d"]) == 0
    assert "\nc.xml:\n" in Path("b.d").read_text(encoding="utf-8")
    assert main(["inspect"]) == 0
