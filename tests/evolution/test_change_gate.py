"""The workflow of examples/change-gate: its commands as GitHub runs them, with a program in place of ``gh`` that keeps
the comments in a file."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

WORKFLOW = Path(__file__).resolve().parents[2] / "examples" / "change-gate" / "workflow.yml"

GH = f"""#!{sys.executable}
import json, subprocess, sys
from pathlib import Path

comments = Path("comments.json")
found = json.loads(comments.read_text())
words = sys.argv[1:]
given = {{one: words[words.index(one) + 1] for one in ("--method", "--jq", "--field") if one in words}}
address = next(word for word in words if word.startswith("repos/"))
key, _, file = given.get("--field", "body=@").partition("=@")
assert words[0] == "api" and key == "body"
if "--method" not in given:
    assert address == "repos/acme/disks/issues/7/comments"
    answer = subprocess.run(["jq", "--raw-output", given["--jq"]], input=json.dumps(found), text=True, check=True)
elif given["--method"] == "POST":
    assert address == "repos/acme/disks/issues/7/comments"
    found.append({{"id": 100 + len(found), "body": Path(file).read_text()}})
else:
    assert given["--method"] == "PATCH"
    (comment,) = [one for one in found if address == f"repos/acme/disks/issues/comments/{{one['id']}}"]
    comment["body"] = Path(file).read_text()
comments.write_text(json.dumps(found))
"""

SCHEMA = '<element name="disk" xmlns="http://relaxng.org/ns/structure/1.0"><attribute name="unit"/>{}</element>'

pytestmark = pytest.mark.skipif(not all(map(shutil.which, ("bash", "git", "jq"))), reason="needs bash, git and jq")


def git(*arguments: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments], check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A branch that changes the schema of origin/main; somebody else has commented."""
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet", "--initial-branch", "main")
    Path("disk.rng").write_text(SCHEMA.format(""), encoding="utf-8")
    Path("pyproject.toml").write_text('[tool.relaxgen]\nschemas = ["disk.rng"]\noutput = "model"\n', encoding="utf-8")
    git("add", ".")
    git("commit", "--quiet", "--message", "base")
    git("update-ref", "refs/remotes/origin/main", "HEAD")
    Path("disk.rng").write_text(SCHEMA.format('<attribute name="size"/>'), encoding="utf-8")
    Path("comments.json").write_text(json.dumps([{"id": 5, "body": "Looks good"}]), encoding="utf-8")
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "gh").write_text(GH, encoding="utf-8")
    (programs / "gh").chmod(0o755)
    for name, value in {
        "PATH": f"{programs}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_BASE_REF": "main",
        "GITHUB_REPOSITORY": "acme/disks",
        "GITHUB_RUN_ID": "9",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "NUMBER": "7",
    }.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def commands() -> list[str]:
    """What the steps run after the installation, in order."""
    text = WORKFLOW.read_text(encoding="utf-8")
    blocks = re.findall(r"^ +(?:- )?run: (?:\|\n((?: {10}.*\n)+)|(.*)\n)", text, re.M)
    _, *rest = [textwrap.dedent(block) or line for block, line in blocks]
    return rest


def run(command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-e", "-c", command], text=True, capture_output=True, check=False)


def test_the_report_is_one_comment_that_is_updated(project: Path) -> None:
    report, comment, annotate = commands()
    assert [run(report).returncode, run(comment).returncode] == [0, 0]
    other, first = json.loads(Path("comments.json").read_text(encoding="utf-8"))
    assert other["body"] == "Looks good"
    assert "## Schema changes: fails (backward, source)" in first["body"]
    assert re.search("`RNG032` .*size.* is required in .*disk.* now", first["body"])
    assert first["body"] == Path("summary.md").read_text(encoding="utf-8")
    failing = run(annotate)
    assert (failing.returncode, "::error file=disk.rng" in failing.stdout) == (1, True)

    Path("disk.rng").write_text(SCHEMA.format(""), encoding="utf-8")
    assert [run(one).returncode for one in (report, comment, annotate)] == [0, 0, 0]
    other, second = json.loads(Path("comments.json").read_text(encoding="utf-8"))
    assert (other["body"], second["id"]) == ("Looks good", first["id"])
    assert "attribute size" not in second["body"]


def test_a_mistake_fails_and_comments_nothing(project: Path) -> None:
    report, *_ = commands()
    Path("disk.rng").write_text("<element>", encoding="utf-8")
    assert run(report).returncode != 0


def test_a_report_that_is_too_long_for_a_comment_is_linked(project: Path) -> None:
    _, comment, _ = commands()
    Path("report.md").write_text("x" * 70_000, encoding="utf-8")
    assert run(comment).returncode == 0
    body = json.loads(Path("comments.json").read_text(encoding="utf-8"))[1]["body"]
    assert body.startswith("<!-- relaxgen diff -->\n")
    assert "https://github.com/acme/disks/actions/runs/9" in body
