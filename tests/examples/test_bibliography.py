"""The project in ``examples/bibliography``: from its schema to an edited document."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from relaxgen.cli import main

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "bibliography"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("example") / "bibliography"
    shutil.copytree(EXAMPLE, directory, ignore=shutil.ignore_patterns("bibliography"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(directory)
        assert main(["generate"]) == 0
    return directory


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "edit.py", "library.xml", *arguments], cwd=project, capture_output=True, text=True, check=False
    )


def test_the_entries_are_listed(project: Path) -> None:
    shown = run(project, "list")
    assert shown.stdout.splitlines() == [
        "clark: Example, Schemas for Patient People (Sample & Sons) [wanted]",
        "interleave: Muster, Exemple, On Interleaving (Journal of Invented Results) [reading]",
    ], shown.stderr


def test_an_edit_changes_nothing_else(project: Path) -> None:
    before = (project / "library.xml").read_text(encoding="utf-8")
    assert run(project, "read", "interleave").returncode == 0
    after = (project / "library.xml").read_text(encoding="utf-8")
    assert after == before.replace("status='reading'", "status='read'")
    added = run(project, "add", "wirth", "Lists and Trees", "Wirth", "1975", "Invented")
    assert added.returncode == 0, added.stderr
    assert (project / "library.xml").read_text(encoding="utf-8").startswith(after.rpartition("</article>")[0])
    assert "wirth: Wirth, Lists and Trees (Invented)" in run(project, "list").stdout


def test_mistakes_are_told(project: Path) -> None:
    assert run(project, "read", "unknown").stderr.startswith("there is no entry 'unknown'; known are clark")
    assert "key" in run(project, "add", "two words", "t", "f", "1", "p").stderr


def test_the_schemas_are_formatted(project: Path) -> None:
    assert main(["format", str(EXAMPLE / "schema"), "--check"]) == 0
