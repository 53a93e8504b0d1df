"""The site that `mkdocs.yml` makes of docs/: it has no broken link, and what comes from the code is in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from relaxgen.cli import COMMANDS

REPOSITORY = Path(__file__).parents[1]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("mkdocs")
    pytest.importorskip("material")
    directory = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(directory)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return directory


def test_all_pages_are_in_it(site: Path) -> None:
    pages = {page.stem for page in (REPOSITORY / "docs").glob("*.md")}
    assert pages | {"commands", "rules", "api", "CHANGELOG", "CONTRIBUTING"} <= {
        page.stem for page in site.glob("*.html")
    }


def test_commands_and_rules_come_from_the_code(site: Path) -> None:
    commands = (site / "commands.html").read_text(encoding="utf-8")
    assert all(f"relaxgen {name}" in commands for name in COMMANDS)
    assert "--files-from" in commands
    assert "RNG040" in (site / "rules.html").read_text(encoding="utf-8")
    assert "compile_schema" in (site / "api.html").read_text(encoding="utf-8")


def test_links_out_of_docs_lead_to_pages_of_the_site(site: Path) -> None:
    assert 'href="examples/build/index.html"' in (site / "build.html").read_text(encoding="utf-8")
    assert 'href="../../build.html"' in (site / "examples" / "build" / "index.html").read_text(encoding="utf-8")


def test_a_page_that_is_in_no_menu_is_noticed(site: Path) -> None:
    menu = (REPOSITORY / "mkdocs.yml").read_text(encoding="utf-8")
    assert [page.name for page in (REPOSITORY / "docs").glob("*.md") if f" {page.name}" not in menu] == []
