"""What a run writes is never what it reads, nor the directory that its caller is in."""

from __future__ import annotations

from pathlib import Path

import pytest
from relaxgen.cli import main
from relaxgen.cli.showing import FINDINGS, FINE, MISTAKE

SCHEMA = '<element name="a" xmlns="http://relaxng.org/ns/structure/1.0"><externalRef href="b.rng"/></element>'
INCLUDED = '<element name="b" xmlns="http://relaxng.org/ns/structure/1.0"><text/></element>'


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("a.rng").write_text(SCHEMA, encoding="utf-8")
    Path("b.rng").write_text(INCLUDED, encoding="utf-8")
    Path("words.enums").write_text("", encoding="utf-8")
    Path("link.d").symlink_to("b.rng")
    Path("hard.d").hardlink_to("b.rng")
    Path("pyproject.toml").write_text("[tool.relaxgen]\nschemas = ['a.rng']\noutput = 'model'\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("option", ["--depfile", "--stamp"])
@pytest.mark.parametrize("file", ["a.rng", "b.rng", "./x/../b.rng", "link.d", "hard.d", "words.enums"])
def test_a_build_file_does_not_replace_an_input(option: str, file: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = Path("b.rng").read_bytes()
    Path("x").mkdir()
    assert main(["generate", "a.rng", "--enums", "words.enums", "--output", "model", option, file]) == MISTAKE
    message = f"{Path(file)}: is read to generate the packages, so {option} must not replace it\n"
    assert capsys.readouterr().err == message
    assert not Path("model").exists(), "nothing has been written"
    assert Path("b.rng").read_bytes() == before


def test_a_build_file_does_not_replace_the_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", "--depfile", "pyproject.toml"]) == MISTAKE
    assert "pyproject.toml: is read to generate" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--depfile", "model/__init__.py"],
        ["--stamp", "model/py.typed"],
        ["--depfile", "model.d", "--stamp", "./model.d"],
        ["--names", "names.toml", "--stamp", "names.toml"],
    ],
)
def test_a_build_file_does_not_replace_another_output(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", "a.rng", "--output", "model", *arguments]) == MISTAKE
    assert "is another output of this run" in capsys.readouterr().err
    assert not Path("model").exists()


@pytest.mark.parametrize("output", ["a.rng", "words"])
def test_an_output_that_is_an_input_is_refused(output: str) -> None:
    Path("words").write_text("", encoding="utf-8")
    before = Path("a.rng").read_bytes()
    assert main(["generate", "a.rng", "--enums", "words", "--output", output]) == MISTAKE
    assert (Path("a.rng").read_bytes(), Path("words").read_bytes()) == (before, b"")


def test_a_package_is_not_replaced_from_inside_of_its_directory(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    schema = str(project / "a.rng")
    assert main(["generate", schema, "--output", "model"]) == FINE
    for inside, output in (("model", "."), ("model/_runtime", ".."), ("model", "../model")):
        monkeypatch.chdir(project / inside)
        assert main(["generate", schema, "--output", output]) == FINE, "nothing changes"
        assert main(["check", schema, "--output", output]) == FINE
    (project / "b.rng").write_text(INCLUDED.replace('"b"', '"c"'), encoding="utf-8")
    for inside, output in (("model", "."), ("model/_runtime", "..")):
        monkeypatch.chdir(project / inside)
        assert main(["check", schema, "--output", output]) == FINDINGS
        capsys.readouterr()
        assert main(["generate", schema, "--output", output]) == MISTAKE
        assert "is or contains the working directory, and would be replaced" in capsys.readouterr().err
        assert Path.cwd().samefile(project / inside)
    monkeypatch.chdir(project)
    assert main(["generate", schema, "--output", "model"]) == FINE
