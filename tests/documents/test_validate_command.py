"""``relaxgen validate``: which documents it takes, what it prints in each format, and its exit status."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from relaxgen.cli import main
from relaxgen.documents.document_arguments import Document, find_documents
from relaxgen.documents.parallel_validation import DocumentReport, Options, validate_documents
from relaxgen.relaxng.validator import compile_schema

SCHEMA = """<element name="a" xmlns="http://relaxng.org/ns/structure/1.0">
  <attribute name="kind"><choice><value>one</value><value>two</value></choice></attribute>
</element>
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test works in a directory of its own, with a schema and documents, and a cache of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    Path("a.rng").write_text(SCHEMA, encoding="utf-8")
    directory = Path("documents")
    (directory / "more" / ".hidden").mkdir(parents=True)
    for name, text in {
        "right.xml": "<a kind='one'/>",
        "wrong.xml": "<a kind='tow' x=''/>",
        "more/broken.xml": "<a",
        "more/other.txt": "no document",
        "more/.hidden/x.xml": "<b/>",
    }.items():
        (directory / name).write_text(text, encoding="utf-8")
    return tmp_path


def standard_input(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_a_valid_document_is_fine(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "a.rng", "documents/right.xml"]) == 0
    assert capsys.readouterr().out == "1 document valid\n"


def test_every_fault_of_every_document_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "a.rng", "documents"]) == 1
    assert capsys.readouterr().out == (
        "documents/more/broken.xml:1:1: not well-formed XML: unclosed token\n"
        "     1 | <a\n"
        "       | ^\n"
        "documents/wrong.xml:1:4: /a/@kind: 'tow' is not allowed as kind\n"
        "     1 | <a kind='tow' x=''/>\n"
        "       |    ^^^^^^^^^^\n"
        "  expected one of: two, one   (did you mean 'two'?)\n"
        "documents/wrong.xml:1:15: /a/@x: unknown attribute 'x' in <a>\n"
        "     1 | <a kind='tow' x=''/>\n"
        "       |               ^^^^\n"
        "3 faults in 2 of 3 documents\n"
    )


def test_faults_beyond_the_maximum_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "a.rng", "documents/wrong.xml", "--max-faults", "1"]) == 1
    output = capsys.readouterr().out
    assert "documents/wrong.xml: 1 more fault\n" in output
    assert output.endswith("2 faults in 1 of 1 document\n")


def test_standard_input_is_a_document(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    standard_input(monkeypatch, b"<b/>")
    assert main(["validate", "a.rng", "-"]) == 1
    assert capsys.readouterr().out.startswith("<stdin>:1:1: /b: unknown root element <b>\n")


def test_programs_get_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "a.rng", "documents", "--output-format", "json"]) == 1
    faults = json.loads(capsys.readouterr().out)
    assert [fault["code"] for fault in faults] == ["malformed", "bad-value", "unknown-attribute"]
    assert faults[1] == {
        "file": "documents/wrong.xml",
        "line": 1,
        "column": 4,
        "path": "/a/@kind",
        "code": "bad-value",
        "message": "'tow' is not allowed as kind",
        "found": "tow",
        "expected": ["two", "one"],
        "suggestion": "two",
        "schema_location": "a.rng:2:3",
    }
    assert main(["validate", "a.rng", "documents/right.xml", "--output-format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_workflows_get_annotations(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "a.rng", "documents/wrong.xml", "--output-format", "github"]) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first == (
        "::error file=documents/wrong.xml,line=1,col=4,title=relaxgen::"
        "/a/@kind: 'tow' is not allowed as kind; expected: two, one (did you mean 'two'?)"
    )
    assert "unknown attribute" in second


def test_analysers_get_sarif(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "a.rng", "documents/wrong.xml", "--output-format", "sarif"]) == 1
    log = json.loads(capsys.readouterr().out)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["bad-value", "unknown-attribute"]
    result = run["results"][0]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "documents/wrong.xml"
    assert place["region"] == {"startLine": 1, "startColumn": 4, "endColumn": 14}
    assert result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "/a/@kind"
    assert result["relatedLocations"][0]["physicalLocation"]["region"] == {"startLine": 2, "startColumn": 3}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a.rng", "nowhere.xml"], "nowhere.xml: no such file or directory\n"),
        (["a.rng", "cache"], "cache: there is no document in this directory: no file whose name ends in .xml\n"),
        (["documents/wrong.xml", "documents"], "documents/wrong.xml:1:1: "),
        (["broken.rng", "documents"], "broken.rng:1:"),
    ],
)
def test_mistakes_of_the_user_have_status_two(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("cache").mkdir()
    broken = '<element xmlns="http://relaxng.org/ns/structure/1.0"><txt/></element>'
    Path("broken.rng").write_text(broken, encoding="utf-8")
    assert main(["validate", *arguments]) == 2
    output = capsys.readouterr()
    assert output.err.startswith(message)
    assert output.out == ""


def test_the_schema_is_cached_unless_that_is_refused(place: Path) -> None:
    assert main(["validate", "a.rng", "documents/right.xml", "--no-cache"]) == 0
    assert not (place / "cache").exists()
    assert main(["validate", "a.rng", "documents/right.xml"]) == 0
    assert list((place / "cache" / "relaxgen").iterdir())


def test_entities_and_identifiers_are_options(capsys: pytest.CaptureFixture[str]) -> None:
    Path("declaring.xml").write_text("<!DOCTYPE a [<!ENTITY e 'one'>]><a kind='&e;'/>", encoding="utf-8")
    assert main(["validate", "a.rng", "declaring.xml"]) == 1
    assert main(["validate", "a.rng", "declaring.xml", "--allow-entities", "--check-ids"]) == 0
    assert "is refused" in capsys.readouterr().out


def test_a_document_that_is_named_twice_is_validated_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "a.rng", "documents/right.xml", "documents/right.xml"]) == 0
    assert capsys.readouterr().out == "1 document valid\n"


def test_documents_are_found_in_a_fixed_order(monkeypatch: pytest.MonkeyPatch) -> None:
    standard_input(monkeypatch, b"<a/>")
    found = find_documents(["documents/wrong.xml", "-", "documents"])
    assert found == (
        Document("documents/wrong.xml"),
        Document("<stdin>", b"<a/>"),
        Document("documents/more/broken.xml"),
        Document("documents/right.xml"),
    )


def test_several_processes_give_the_same_reports_in_the_same_order() -> None:
    for number in range(70):
        kind = "one" if number % 3 else "none"
        Path(f"documents/{number:02}.xml").write_text(f"<a kind='{kind}'/>", encoding="utf-8")
    documents = find_documents(["documents"])
    schema = compile_schema("a.rng")
    alone = list(validate_documents(schema, documents, Options()))
    together = list(validate_documents(schema, documents, Options(), jobs=2))
    assert alone == together
    assert [report.name for report in alone] == [document.name for document in documents]
    assert sum(bool(report.faults) for report in alone) == 26
    assert isinstance(alone[0], DocumentReport)


def test_endless_standard_input_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            Endless.given += len(buffer)
            assert Endless.given < 100_000, "it is read on and on"
            buffer[:] = b" " * len(buffer)
            return len(buffer)

    monkeypatch.setattr("relaxgen.diagnostics.input_files.MOST_BYTES", 20_000)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(Endless())))
    schema = tmp_path / "a.rng"
    schema.write_text('<element name="a" xmlns="http://relaxng.org/ns/structure/1.0"><empty/></element>')
    assert main(["validate", str(schema), "-"]) == 2
    assert capsys.readouterr().err == "<stdin>: holds more than 0 MiB: name a file in place of -\n"
