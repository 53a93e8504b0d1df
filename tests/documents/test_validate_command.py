"""``relaxgen validate``: which documents it takes, what it prints in each format, and its exit status."""

from __future__ import annotations

import importlib
import io
import json
import signal
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from relaxgen.cli import main
from relaxgen.documents.document_arguments import Document, find_documents
from relaxgen.documents.parallel_validation import DocumentReport, Options, _Processes, _Work, validate_documents
from relaxgen.relaxng.validator import CompiledSchema, compile_schema

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
        "documents/more/broken.xml:1:1: not well-formed XML: Couldn't find end of Start Tag a line 1\n"
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


@pytest.mark.parametrize(
    ("count", "options", "more", "total"),
    [
        (100, ["--max-faults", "1"], "99 more faults", "100 faults"),
        (150, ["--max-faults", "1"], "at least 100 more faults", "at least 100 faults"),
        (150, ["--max-faults", "120"], "at least 1 more fault", "at least 120 faults"),
        (1000, [], "", "1000 faults"),
        (1500, [], "at least 1 more fault", "at least 1000 faults"),
        (1500, ["--max-faults", "1200"], "at least 1 more fault", "at least 1200 faults"),
    ],
)
def test_a_count_that_is_not_the_whole_says_so(
    count: int, options: list[str], more: str, total: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = "".join(f"<b{number}/>\n" for number in range(count))
    Path("documents/many.xml").write_text(f"<a kind='one'>{lines}</a>", encoding="utf-8")
    assert main(["validate", "a.rng", "documents/many.xml", *options]) == 1
    *_, last, summary = capsys.readouterr().out.splitlines()
    assert summary == f"{total} in 1 of 1 document"
    assert last.startswith("documents/many.xml: ") == bool(more) and last.endswith(more)


def test_a_report_says_where_faults_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    for count in (1000, 1001):
        lines = "<b/>" * count
        Path("documents/many.xml").write_text(f"<a kind='one'>{lines}</a>", encoding="utf-8")
        for _ in range(2):
            Path("report.jsonl").unlink(missing_ok=count == 1000)
            arguments = ["documents/many.xml", "--report", "report.jsonl", "--max-faults", "1"]
            assert main(["validate", "a.rng", *arguments]) == 1
            line = json.loads(Path("report.jsonl").read_text(encoding="utf-8").splitlines()[1])
            assert (len(line["faults"]), line.get("cut", False)) == (1000, count > 1000)
            assert main(["validate", "a.rng", *arguments]) == 1
            assert ("at least" in capsys.readouterr().out.splitlines()[-1]) == (count > 1000)


def test_standard_input_is_a_document(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    standard_input(monkeypatch, b"<b/>")
    assert main(["validate", "a.rng", "-"]) == 1
    assert capsys.readouterr().out.startswith("<stdin>:1:1: /b: the root is <b>, not <a>\n")


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
    assert capsys.readouterr().err == "<stdin>: contains more than 0 MiB: name a file in place of -\n"


def test_a_list_names_documents(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    Path("list").write_text("documents/wrong.xml\n\nnowhere.xml\ndocuments/more\n", encoding="utf-8")
    assert main(["validate", "a.rng", "documents/wrong.xml", "--files-from", "list", "--max-faults", "1"]) == 1
    output = capsys.readouterr().out
    assert "nowhere.xml: cannot be read: No such file or directory\n" in output
    assert output.index("wrong.xml") < output.index("nowhere.xml") < output.index("documents/more/broken.xml")
    assert output.endswith("4 faults in 3 of 3 documents\n")
    standard_input(monkeypatch, b"documents/right.xml\0documents/two\nlines.xml\0")
    Path("documents/two\nlines.xml").write_text("<a kind='one'/>", encoding="utf-8")
    assert main(["validate", "a.rng", "--files-from", "-"]) == 0
    assert capsys.readouterr().out == "2 documents valid\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give a DOC, or --files-from FILE"),
        (["-", "--files-from", "-"], "standard input is a document or a list, not both"),
        (["--files-from", "nowhere"], "nowhere: cannot be read: No such file or directory"),
    ],
)
def test_a_list_that_is_wrong_has_status_two(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", "a.rng", *arguments]) == 2
    assert message in capsys.readouterr().err


def lines_of(report: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in Path(report).read_text(encoding="utf-8").splitlines()]


def test_a_report_has_a_line_for_each_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "a.rng", "documents", "--report", "report.jsonl"]) == 1
    head, *lines = lines_of("report.jsonl")
    assert head["schema"] == "a.rng"
    found = {line["document"]: [fault["code"] for fault in line["faults"]] for line in lines}  # type: ignore[attr-defined]
    assert found == {
        "documents/more/broken.xml": ["malformed"],
        "documents/right.xml": [],
        "documents/wrong.xml": ["bad-value", "unknown-attribute"],
    }


def test_a_run_goes_on_where_the_last_one_was_interrupted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["validate", "a.rng", "documents", "--jobs", "1", "--report", "report.jsonl"]
    assert main(command) == 1
    whole, shown = Path("report.jsonl").read_bytes(), capsys.readouterr().out
    head, first, second, _ = whole.splitlines(keepends=True)
    Path("report.jsonl").write_bytes(b"".join([head, first, second[:30]]))
    validated = []
    validate = CompiledSchema.validate

    def counted(self: CompiledSchema, document: object, **options: object) -> object:
        validated.append(str(document))
        return validate(self, document, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(CompiledSchema, "validate", counted)
    assert main(command) == 1
    assert validated == ["documents/right.xml", "documents/wrong.xml"]
    captured = capsys.readouterr()
    assert captured.out == shown
    assert captured.err == "report.jsonl: 1 document of an earlier run\n"
    assert Path("report.jsonl").read_bytes() == whole


def test_what_changed_since_is_validated_again(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["validate", "a.rng", "documents", "--report", "report.jsonl"]
    assert main(command) == 1
    Path("documents/wrong.xml").write_text("<a kind='two'/>", encoding="utf-8")
    Path("documents/more/broken.xml").unlink()
    (Path("documents/more/new.xml")).write_text("<a kind='one'/>", encoding="utf-8")
    capsys.readouterr()
    assert main(command) == 0
    assert capsys.readouterr().out == "3 documents valid\n"
    assert len(lines_of("report.jsonl")) == 4


@pytest.mark.parametrize("change", ["schema", "options", "release"])
def test_a_report_about_something_else_is_left_alone(
    change: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["validate", "a.rng", "documents", "--report", "report.jsonl"]
    main(command)
    before = Path("report.jsonl").read_bytes()
    if change == "schema":
        Path("a.rng").write_text(SCHEMA.replace("two", "three"), encoding="utf-8")
    if change == "options":
        command.append("--check-ids")
    if change == "release":
        monkeypatch.setattr("relaxgen.documents.validation_report.VERSION", "9.9.9")
    capsys.readouterr()
    assert main(command) == 2
    assert capsys.readouterr().err == (
        "report.jsonl: is about another schema, other options or another release; remove it, or name another file\n"
    )
    assert Path("report.jsonl").read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"my notes\n", b'["x"]\n', b'{"document": 1}\n', b"\xff\n"])
def test_a_file_that_is_no_report_is_left_alone(content: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    Path("notes").write_bytes(content)
    assert main(["validate", "a.rng", "documents", "--report", "notes"]) == 2
    assert capsys.readouterr().err == "notes: is not a report of relaxgen validate, and is not replaced\n"
    assert Path("notes").read_bytes() == content


def test_a_report_that_cannot_be_written_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "a.rng", "documents", "--report", "nowhere/report"]) == 2
    assert capsys.readouterr().err == "nowhere/report: cannot be written: No such file or directory\n"


def test_faults_are_printed_before_later_documents_are_validated(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = []
    validate = CompiledSchema.validate

    def noting(self: CompiledSchema, document: object, **options: object) -> object:
        seen.append(capsys.readouterr().out)
        return validate(self, document, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(CompiledSchema, "validate", noting)
    assert main(["validate", "a.rng", "documents", "--output-format", "json"]) == 1
    assert "malformed" in seen[1]
    assert json.loads("".join([*seen, capsys.readouterr().out]))


WORKER = """
import os
from relaxgen.documents.parallel_validation import DocumentReport

def begin():
    pass

def validate(documents):
    if any(document.name == "deadly" for document in documents):
        os._exit(9)
    if any(document.name == "once" for document in documents) and not os.path.exists("tried"):
        open("tried", "w").close()
        os._exit(9)
    return [DocumentReport(document.name, ()) for document in documents]
"""


@pytest.mark.slow
def test_a_killed_process_loses_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "worker.py").write_text(WORKER, encoding="utf-8")
    monkeypatch.syspath_prepend(place)
    worker = importlib.import_module("worker")
    documents = [Document(f"{number}") for number in range(50)]
    documents[10:10] = [Document("once")]
    documents[40:40] = [Document("deadly")]
    reports = list(_Processes(2, worker.begin, (), worker.validate).reports(documents))
    assert [report.name for report in reports] == [document.name for document in documents]
    (killed,) = [report for report in reports if report.faults]
    assert str(killed.faults[0]) == "deadly: the process that validated it was killed (out of memory?)"


INTERRUPTED = """
import os, signal
from relaxgen.documents.parallel_validation import _begin

def begin(data, work):
    os.kill(os.getpid(), signal.SIGINT)
    _begin(data, work)

def validate(documents):
    raise AssertionError("an interrupted process validates nothing")
"""


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="needs signals that can be held back")
def test_an_interrupt_ends_processes_without_a_traceback(
    place: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (place / "interrupted.py").write_text(INTERRUPTED, encoding="utf-8")
    monkeypatch.syspath_prepend(place)
    worker = importlib.import_module("interrupted")
    arguments = compile_schema("a.rng").data, _Work(Options(), with_digests=False)
    (report,) = _Processes(1, worker.begin, arguments, worker.validate).reports([Document("a")])
    assert [fault.code for fault in report.faults] == ["killed"]
    assert capfd.readouterr().err == ""


def test_an_interrupt_while_processes_end_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(pool: ProcessPoolExecutor, *_: object) -> None:
        pool.shutdown()
        raise KeyboardInterrupt

    monkeypatch.setattr(ProcessPoolExecutor, "__exit__", interrupted)
    schema, documents = compile_schema("a.rng"), find_documents(["documents/right.xml"])
    with pytest.raises(KeyboardInterrupt):
        list(validate_documents(schema, documents, Options(), jobs=2))
