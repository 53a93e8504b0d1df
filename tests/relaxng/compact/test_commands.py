"""Every command that takes a schema takes one in the compact syntax, with the places of what was written."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from relaxgen import check, generate
from relaxgen.cli import main
from relaxgen.relaxng import compile_schema

SCHEMA = """\
namespace b = "urn:relaxgen:binding:1"

start = library

## Everything there is to read.
library = element library { book* }
include "book.rnc"
"""
BOOK = """\
# Included by what holds books.
namespace b = "urn:relaxgen:binding:1"
book =
  [ b:name = "Volume" ]
  element book {
    attribute kind { kinds },
    ## As on the cover.
    element title { text }
  }
kinds = "novel" | "essay"
"""
XML = """\
<grammar xmlns="http://relaxng.org/ns/structure/1.0">
  <include href="book.rnc"/>
  <start>
    <element name="library"><zeroOrMore><ref name="book"/></zeroOrMore></element>
  </start>
</grammar>
"""
RIGHT = "<library><book kind='novel'><title>t</title></book></library>"
WRONG = "<library>\n <book kind='navel'><title>t</title></book></library>"


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "library.rnc").write_text(SCHEMA, encoding="utf-8")
    (tmp_path / "book.rnc").write_text(BOOK, encoding="utf-8")
    (tmp_path / "right.xml").write_text(RIGHT, encoding="utf-8")
    (tmp_path / "wrong.xml").write_text(WRONG, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def output_of(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    assert main(arguments) == status
    captured = capsys.readouterr()
    return captured.out + captured.err


def test_generate_and_check(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output_of(capsys, "generate", "library.rnc", "--output", "model")
    output_of(capsys, "check", "library.rnc", "--output", "model")
    program = f"from model import parse_library; print(parse_library({RIGHT!r}).books[0])"
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert shown.startswith("Volume(kind=")
    assert any("As on the cover." in file.read_text(encoding="utf-8") for file in Path("model").rglob("*.py"))


def test_the_functions_of_the_package(directory: Path) -> None:
    generate("library.rnc", "model")
    assert not check("library.rnc", "model").differences
    assert compile_schema("library.rnc").is_valid(RIGHT)


def test_validate_names_the_rule_in_the_compact_file(
    directory: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RELAXGEN_CACHE", str(directory / "cache"))
    output_of(capsys, "validate", "library.rnc", "right.xml")
    for _ in range(2):  # the second time from the cache
        shown = output_of(capsys, "validate", "library.rnc", "wrong.xml", "--output-format", "json", status=1)
        assert "(did you mean" in shown or "novel" in shown
        assert '"book.rnc"' in shown or "book.rnc" in shown


def test_inspect_names_places(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "book.rnc:5:3" in output_of(capsys, "inspect", "library.rnc", "library/book")


@pytest.mark.parametrize(
    "arguments",
    [
        ("sample", "library.rnc", "--cover"),
        ("coverage", "library.rnc", "right.xml"),
        ("docs", "library.rnc", "--output", "site"),
        ("enums", "library.rnc", "--tables", "kinds.enums"),
        ("init",),
    ],
    ids=lambda arguments: arguments[0],
)
def test_other_commands(directory: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    Path("kinds.enums").write_text('VIR_ENUM_IMPL(kinds, KIND_LAST, "novel", "essay")\n', encoding="utf-8")
    output_of(capsys, *arguments)
    if arguments == ("init",):
        assert 'schemas = ["library.rnc"]' in Path("pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("pair", [("library.rng", "library.rnc"), ("library.rnc", "library.rng"), ("xml", ".")])
def test_diff_compares_the_syntaxes_with_each_other(
    directory: Path, capsys: pytest.CaptureFixture[str], pair: tuple[str, str]
) -> None:
    Path("library.rng").write_text(XML, encoding="utf-8")
    if pair[0] == "xml":
        Path("xml").mkdir()
        Path("library.rng").rename("xml/library.rng")
        Path("xml/book.rnc").write_text(BOOK, encoding="utf-8")
        Path("new").mkdir()
        for name in ("library.rnc", "book.rnc"):
            Path(name).rename(Path("new") / name)
        pair = ("xml", "new")
    shown = output_of(capsys, "diff", *pair)
    assert shown.count("(proven)") == 2, shown


def test_diff_against_a_revision_in_the_other_syntax(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (
        ("init", "-q"),
        ("add", "."),
        ("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "all"),
    ):
        subprocess.run(["git", *command], check=True)
    Path("book.rnc").write_text(BOOK.replace('"essay"', '"essay" | "play"'), encoding="utf-8")
    shown = output_of(capsys, "diff", "--against", "HEAD", "library.rnc", "--fail-on", "none")
    assert "book.rnc:10:" in shown
    assert "play" in shown


def test_a_mistake_has_its_place(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("book.rnc").write_text("book = element book { text", encoding="utf-8")
    shown = output_of(capsys, "validate", "library.rnc", "right.xml", status=2)
    assert shown == (
        "library.rnc:7:1: included from here\n"
        "book.rnc:1:21: the brace of 'element book' is not closed: expected '}' before the end of the file\n"
    )


@pytest.mark.parametrize(
    ("name", "content", "advice"),
    [
        ("letter.dtd", "<!ELEMENT letter (#PCDATA)>", "trang letter.dtd letter.rng"),
        ("letter.xsd", '<schema xmlns="http://www.w3.org/2001/XMLSchema"/>', "rngconv.jar"),
    ],
)
def test_other_languages_are_named_with_what_converts_them(
    directory: Path, capsys: pytest.CaptureFixture[str], name: str, content: str, advice: str
) -> None:
    Path(name).write_text(content, encoding="utf-8")
    shown = output_of(capsys, "generate", name, "--output", "model", status=2)
    assert shown.startswith(name)
    assert advice in shown


def test_the_content_tells_the_syntax_and_not_the_name(directory: Path) -> None:
    Path("book.rnc").rename("book.rng")
    Path("library.rng").write_text(XML.replace("book.rnc", "book.rng"), encoding="utf-8")
    Path("library.rng").rename("library.rnc")
    assert compile_schema("library.rnc").is_valid(RIGHT)


def test_json_has_places_of_compact_files(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("book.rnc").write_text("book = element boook { text } }", encoding="utf-8")
    assert main(["check", "library.rnc", "--output", "model", "--output-format", "json"]) == 2
    found = json.loads(capsys.readouterr().out)
    assert "book.rnc" in json.dumps(found)
