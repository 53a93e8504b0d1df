"""``names``: `generate` keeps the file, `check` refuses a stale one, `diff` knows both sides'."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from relaxgen import check, generate
from relaxgen.__main__ import main

SCHEMA = """
<grammar xmlns="http://relaxng.org/ns/structure/1.0">
  <start><element name="disk">{}</element></start>
  <define name="tune"><element name="tune"><attribute name="a"/></element></define>
</grammar>
"""
INLINE = SCHEMA.format('<element name="tune"><attribute name="a"/></element>')
MOVED = SCHEMA.format('<ref name="tune"/>')
CONFIGURATION = """
[tool.relaxgen]
schemas = ["disk.rng"]
output = "disk"
names = "relaxgen.names.toml"
"""


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text(CONFIGURATION)
    (tmp_path / "disk.rng").write_text(INLINE)
    return tmp_path


def test_generate_keeps_the_file_and_check_refuses_a_stale_one(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["generate"]) == 0
    assert main(["check"]) == 0
    names = directory / "relaxgen.names.toml"
    assert '"/disk/tune" = "DiskTune"' in names.read_text()
    (directory / "disk.rng").write_text(MOVED)
    assert main(["generate"]) == 0
    assert "class DiskTune" in "".join(file.read_text() for file in directory.glob("disk/*.py"))
    names.rename(directory / "kept")
    capsys.readouterr()
    assert main(["check"]) == 1
    assert "relaxgen.names.toml" in capsys.readouterr().out
    (directory / "kept").rename(names)
    names.write_text(names.read_text().replace('"/disk/tune" = "DiskTune"\n', ""))
    capsys.readouterr()
    assert main(["check"]) == 1
    out = capsys.readouterr().out
    assert '+"/disk/tune" = "Tune"' in out and "run: relaxgen generate" in out


def test_the_file_can_be_named_on_the_command_line_and_in_programs(directory: Path) -> None:
    assert main(["generate", "disk.rng", "--output", "one", "--names", "names/one.toml"]) == 0
    assert '"/disk" = "Disk"' in (directory / "names/one.toml").read_text()
    generate("disk.rng", "two", names="two.toml")
    assert check("disk.rng", "two", names="two.toml").is_up_to_date
    (directory / "two.toml").write_text("")
    assert [one.path for one in check("disk.rng", "two", names="two.toml").differences] == ["../two.toml"]


def test_an_old_name_works_and_warns_and_type_checkers_know_it(directory: Path) -> None:
    assert main(["generate"]) == 0
    names = directory / "relaxgen.names.toml"
    text = names.read_text().replace('"/disk/tune" = "DiskTune"', '"/disk/tune" = "Tuning"')
    names.write_text(f'{text}\n[alias]\nDiskTune = "Tuning"\n')
    assert main(["generate"]) == 0
    assert main(["check"]) == 0
    program = """
from disk import DiskTune, Tuning, parse_disk_tune
print(DiskTune is Tuning, parse_disk_tune("<tune a='1'/>"))
"""
    command = [sys.executable, "-W", "always", "-c", program]
    run = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=True)
    assert run.stdout == "True Tuning(a='1')\n"
    assert "DeprecationWarning: DiskTune is called Tuning now" in run.stderr
    assert "DeprecationWarning: parse_disk_tune is called parse_tuning now" in run.stderr
    assert "\n    DiskTune = Tuning\n" in (directory / "disk/__init__.py").read_text()


def test_a_member_keeps_its_name_when_another_word_is_spelled_like_it(directory: Path) -> None:
    attribute = '<attribute name="m"><choice>{}</choice></attribute>'
    schema = f'<element name="r" xmlns="http://relaxng.org/ns/structure/1.0">{attribute}</element>'
    (directory / "disk.rng").write_text(schema.format("<value>a-b</value><value>c</value>"))
    assert main(["generate"]) == 0
    names = directory / "relaxgen.names.toml"
    assert '[member.RM]\n"a-b" = "A_B"\nc = "C"\n' in names.read_text()
    (directory / "disk.rng").write_text(schema.format("<value>a_b</value><value>a-b</value><value>c</value>"))
    assert main(["generate"]) == 0
    assert '[member.RM]\n"a-b" = "A_B"\na_b = "A_LOW_LINE_B"\nc = "C"\n' in names.read_text()
    assert 'A_B = "a-b"' in "".join(file.read_text() for file in (directory / "disk").glob("*.py"))
    names.write_text(names.read_text().replace('c = "C"', 'c = "SEA"'))
    assert main(["generate"]) == 0
    assert 'SEA = "c"' in "".join(file.read_text() for file in (directory / "disk").glob("*.py"))
