"""``relaxgen convert`` and ``relaxgen format``: files, standard streams, checks and mistakes."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from relaxgen.cli import main

SCHEMA = '# A library.\nstart=element library{book*}\ninclude "book.rnc"\n'
BOOK = "## A book.\nbook=element book{text}\n"
FORMATTED = '# A library.\nstart = element library { book* }\ninclude "book.rnc"\n'


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "library.rnc").write_text(SCHEMA, encoding="utf-8")
    (tmp_path / "book.rnc").write_text(BOOK, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_tree_is_converted_and_comes_back(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", "library.rnc", "xml/library.rng"]) == 0
    assert capsys.readouterr().out == "library.rnc -> xml/library.rng\nbook.rnc -> xml/book.rng\n"
    assert '<include href="book.rng"/>' in Path("xml/library.rng").read_text(encoding="utf-8")
    assert main(["convert", "xml/library.rng", "back/library.rnc"]) == 0
    assert Path("back/library.rnc").read_text(encoding="utf-8") == FORMATTED
    assert Path("back/book.rnc").read_text(encoding="utf-8") == "## A book.\nbook = element book { text }\n"


def test_check_tells_what_is_not_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["convert", "library.rnc", "library.rng", "--check"]
    assert main(arguments) == 1
    assert "library.rng: does not exist, and should be what library.rnc becomes" in capsys.readouterr().out
    assert main(arguments[:-1]) == 0
    assert main(arguments) == 0
    assert main(arguments[:-1]) == 0
    assert "library.rnc -> library.rng (unchanged)" in capsys.readouterr().out
    Path("book.rnc").write_text("book = element book { empty }", encoding="utf-8")
    assert main(arguments) == 1
    assert capsys.readouterr().out.startswith("book.rng: is not what book.rnc becomes")


def test_standard_input_and_output(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["convert", "library.rnc", "-"]) == 0
    there = capsys.readouterr().out
    assert there.startswith("<?xml")
    assert 'href="book.rnc"' in there
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(there.encode())))
    assert main(["convert", "-", "-"]) == 0
    assert capsys.readouterr().out == FORMATTED


def test_the_simple_form_is_one_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", "library.rnc", "-", "--simplify", "--to", "rnc"]) == 0
    assert capsys.readouterr().out == (
        'default namespace = ""\n\n'
        "start = library\nlibrary = element library { empty | book+ }\nbook = element book { text }\n"
    )


def test_format_changes_the_layout_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["format", "library.rnc", "--check"]) == 1
    assert main(["format", "library.rnc", "--diff"]) == 0
    assert "+start = element library { book* }" in capsys.readouterr().out
    assert Path("library.rnc").read_text(encoding="utf-8") == SCHEMA
    assert main(["format", "."]) == 0
    assert Path("library.rnc").read_text(encoding="utf-8") == FORMATTED
    assert main(["format", "library.rnc", "book.rnc", "--check"]) == 0
    assert "0 of 2 schemas would be changed" in capsys.readouterr().err


def test_format_knows_xml(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    text = "<element name='a' xmlns='http://relaxng.org/ns/structure/1.0'><!--c--><text/></element>"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert main(["format", "-"]) == 0
    assert capsys.readouterr().out == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<element xmlns="http://relaxng.org/ns/structure/1.0" name="a">\n  <!-- c -->\n  <text/>\n</element>\n'
    )


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["convert", "missing.rnc", "a.rng"], "file 'missing.rnc' does not exist"),
        (["convert", "library.rnc", "a.rng", "--to", "rnc"], "--to rnc contradicts the name 'a.rng'"),
        (["convert", "library.rnc", "library.rnc"], "library.rnc: a schema cannot be converted into itself"),
        (["convert", "library.rnc", "-", "--check"], "--check needs a file to look at"),
        (["convert", "wrong.rnc", "wrong.rng"], "wrong.rnc:2:1: expected a pattern, found the end of the file"),
        (["format", "wrong.rnc"], "wrong.rnc:2:1: expected a pattern, found the end of the file"),
        (["format", "missing.rnc"], "file 'missing.rnc' does not exist"),
    ],
)
def test_a_mistake_is_told(capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str) -> None:
    Path("wrong.rnc").write_text("start=element a {\n", encoding="utf-8")
    assert main(arguments) == 2
    assert complaint in capsys.readouterr().err
    assert not Path("wrong.rng").exists()


def test_a_target_that_cannot_be_written_is_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    Path("file").write_text("", encoding="utf-8")
    assert main(["convert", "library.rnc", "file/library.rng"]) == 2
    assert "cannot be written" in capsys.readouterr().err
