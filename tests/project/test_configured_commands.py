"""``relaxgen inspect`` and ``relaxgen docs`` without a schema: what `[tool.relaxgen]` lists is meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from relaxgen.cli import main

SCHEMA = """<element name="{0}" xmlns="http://relaxng.org/ns/structure/1.0">
  <attribute name="snapshot"><choice><value>no</value><value>internal</value></choice></attribute>
  <element name="source"><attribute name="file"/></element>
</element>"""
ONE = '[tool.relaxgen]\nschemas = ["disk.rng"]\nenums = ["words.enums"]\noutput = "src/disks"\n'
TWO = """[[tool.relaxgen.package]]
schemas = ["disk.rng"]
output = "src/disks"

[[tool.relaxgen.package]]
schemas = ["pool.rng"]
output = "src/pools"
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("disk", "pool"):
        (tmp_path / f"{name}.rng").write_text(SCHEMA.format(name), encoding="utf-8")
    (tmp_path / "words.enums").write_text(
        'VIR_ENUM_IMPL(virDiskSnapshotMode, VIR_LAST, "no", "internal")\n', encoding="utf-8"
    )
    (tmp_path / "src").mkdir()
    monkeypatch.chdir(tmp_path / "src")
    return tmp_path


def configure(project: Path, text: str) -> None:
    (project / "pyproject.toml").write_text(text, encoding="utf-8")


def test_inspect_shows_the_package_of_the_project_with_its_tables(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(project, ONE)
    assert main(["inspect"]) == 0
    assert {"<disk>", "DiskSnapshotMode"} <= set(capsys.readouterr().out.split())
    assert main(["inspect", "disk/source"]) == 0
    shown = capsys.readouterr().out
    assert "@file" in shown
    assert "@snapshot" not in shown


def test_docs_are_about_the_package_of_the_project(project: Path) -> None:
    configure(project, ONE)
    assert main(["docs", "--output", "site", "--format", "markdown"]) == 0
    assert any("DiskSnapshotMode" in page.read_text(encoding="utf-8") for page in Path("site").rglob("*.md"))


def test_of_several_packages_one_is_chosen(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(project, TWO)
    for name in ("pools", "../src/pools"):
        status = main(["inspect", "--package", name])
        printed = capsys.readouterr()
        assert (status, "<pool>" in printed.out) == ((0, True) if name == "pools" else (2, False))
    assert main(["docs", "--output", "site", "--package", "disks"]) == 0
    assert Path("site/index.html").exists()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ("inspect", "there are several packages; --package chooses one: disks, pools"),
        ("docs --output site", "there are several packages; --package chooses one: disks, pools"),
        ("inspect --package pool", "there is no package 'pool' (did you mean 'pools'?)"),
        ("inspect ../disk.rng --package disks", "--package chooses in [tool.relaxgen]"),
        ("docs ../disk.rng --output site --package disks", "--package chooses in [tool.relaxgen]"),
        ("inspect --enums ../words.enums", "--enums, --bindings and --preset need a SCHEMA"),
        ("inspect missing.rng", "'missing.rng' does not exist"),
    ],
)
def test_what_is_not_clear_is_asked(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: str, complaint: str
) -> None:
    configure(project, TWO)
    assert main(arguments.split()) == 2
    assert complaint in capsys.readouterr().err


def test_without_a_configuration_the_choices_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["inspect"], ["docs", "--output", "site"]):
        assert main(arguments) == 2
        assert "give a SCHEMA, or write [tool.relaxgen]" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["generate", "inspect", "docs --output site"])
def test_an_unknown_root_is_reported_where_it_is_named(
    project: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    configure(project, ONE + 'roots = ["disk", "disc"]\n')
    assert main(command.split()) == 2
    place = f"{project / 'pyproject.toml'}:5:18"
    assert capsys.readouterr().err == f"{place}: no element or definition is called 'disc' (did you mean 'disk'?)\n"


@pytest.mark.parametrize("command", ["generate", "docs"])
def test_an_unknown_root_is_a_mistake_of_the_option_on_the_command_line(
    capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert main([command, "../disk.rng", "--root", "disc", "--output", "disks"]) == 2
    assert capsys.readouterr().err == "--root: no element or definition is called 'disc' (did you mean 'disk'?)\n"


@pytest.mark.parametrize("command", ["generate", "check"])
def test_a_refused_output_is_reported_at_its_key(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.chdir(project)
    configure(project, ONE)
    (project / "src/disks").write_text("", encoding="utf-8")
    assert main([command]) == 2
    assert capsys.readouterr().err == "pyproject.toml:4:10: src/disks is a file, expected a directory\n"


def test_a_refused_run_time_is_reported_at_its_key(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project)
    configure(project, '[tool.relaxgen]\nruntime = "src/shared"\n' + ONE.partition("\n")[2])
    (project / "src/shared").mkdir()
    (project / "src/shared/notes.txt").write_text("mine", encoding="utf-8")
    assert main(["generate"]) == 2
    refused = "src/shared is not a package that relaxgen made: it contains notes.txt; choose another directory"
    assert capsys.readouterr().err == f"pyproject.toml:2:11: {refused}\n"
