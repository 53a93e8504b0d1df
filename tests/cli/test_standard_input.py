"""A schema on standard input: ``-`` wherever a command reads one."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from relaxgen.cli import main

SCHEMA = """<grammar xmlns="http://relaxng.org/ns/structure/1.0">
<include href="parts.rng"/>
<start><element name="a"><ref name="content"/></element></start>
</grammar>
"""
PARTS = """<grammar xmlns="http://relaxng.org/ns/structure/1.0"><define name="content">
<attribute name="kind"><choice><value>one</value><value>two</value></choice></attribute></define></grammar>
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("parts.rng").write_text(PARTS, encoding="utf-8")
    Path("right.xml").write_text("<a kind='one'/>", encoding="utf-8")
    Path("wrong.xml").write_text("<a kind='tow'/>", encoding="utf-8")
    Path("kind.enums").write_text('VIR_ENUM_IMPL(virAKind, VIR_A_KIND_LAST, "one", "two")', encoding="utf-8")


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str, schema: str = SCHEMA) -> int:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(schema.encode())))
    return main(list(arguments))


@pytest.mark.parametrize(
    "arguments",
    [
        ["generate", "-", "--output", "model"],
        ["generate", "-", "--output", "model", "--list-outputs"],
        ["package", "-", "--output", "distribution", "--name", "acme-a"],
        ["docs", "-", "--output", "pages"],
        ["validate", "-", "right.xml"],
        ["inspect", "-"],
        ["inspect", "-", "a"],
        ["sample", "-"],
        ["coverage", "-", "right.xml"],
        ["lint", "-"],
        ["enums", "-", "--tables", "kind.enums"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("syntax", ["xml", "compact"])
def test_commands_take_a_schema(
    arguments: list[str], syntax: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    compact = 'include "parts.rng"\nstart = element a { content }\n'
    assert run(monkeypatch, *arguments, schema=compact if syntax == "compact" else SCHEMA) == 0, capsys.readouterr()


def test_a_package_from_standard_input_is_complete(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "generate", "-", "--output", "model") == 0
    assert all(file.stem.isidentifier() for file in Path("model").rglob("*.py"))
    assert run(monkeypatch, "check", "-", "--output", "model") == 0
    capsys.readouterr()
    other = SCHEMA.replace("<ref", "<text/><ref")
    assert run(monkeypatch, "check", "-", "--output", "model", schema=other) == 1
    assert run(monkeypatch, "generate", "-", "--output", "model", schema=other) == 0
    assert run(monkeypatch, "check", "-", "--output", "model", schema=other) == 0


def test_messages_name_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "validate", "-", "right.xml", schema="<grammar") == 2
    assert capsys.readouterr().err.startswith("<stdin>:1:1: ")
    assert run(monkeypatch, "validate", "-", "wrong.xml", "--output-format", "json") == 1
    assert '"schema_location": "parts.rng:2:1"' in capsys.readouterr().out


def test_the_next_run_knows_nothing_of_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RELAXGEN_CACHE", str(tmp_path / "cache"))
    assert run(monkeypatch, "validate", "-", "wrong.xml") == 1
    assert run(monkeypatch, "validate", "-", "wrong.xml", schema=SCHEMA.replace('<ref name="content"/>', ANY)) == 0


ANY = '<attribute name="kind"/>'


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["validate", "-", "-"], "cannot be a document or a list"),
        (["validate", "-", "--files-from", "-"], "cannot be a document or a list"),
        (["coverage", "-", "-"], "cannot be a document or a list"),
        (["generate", "-", "-", "--output", "model"], "- occurs twice"),
        (["generate", "-", "--output", "model", "--depfile", "d"], "--depfile lists files"),
        (["lint", "-", "--fix"], "--fix changes files"),
        (["watch", "-", "--output", "model"], "nothing to watch"),
    ],
)
def test_what_standard_input_cannot_be(
    arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, *arguments) == 2
    assert message in capsys.readouterr().err
