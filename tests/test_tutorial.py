"""docs/tutorial.md, followed from its first line to its last: files are written, commands run, output compared."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from relaxgen.cli import main

TUTORIAL = Path(__file__).parents[1] / "docs" / "tutorial.md"
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]*)")?\n(.*?)^```$', re.M | re.S)


def blocks() -> list[tuple[str, str, str]]:
    """The language, the file's name and the text of each."""
    return [match.groups() for match in BLOCK.finditer(TUTORIAL.read_text(encoding="utf-8"))]


def test_the_tutorial_is_true(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    commands = 0
    for language, title, text in blocks():
        name, _, is_result = title.partition(", ") if title else ("", "", "")
        if language == "console":
            command, *expected = text.splitlines()
            assert shown_by(command.removeprefix("$ "), capsys)[: len(expected)] == expected
            commands += 1
        elif is_result:
            assert Path(name).read_text(encoding="utf-8") == text
        else:
            Path(name).write_text(text, encoding="utf-8")
    assert commands == 5


def shown_by(command: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    program, *arguments = command.split()
    if program == "python":
        done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)
        return done.stdout.splitlines()
    assert main(arguments) in (0, 1)
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]
