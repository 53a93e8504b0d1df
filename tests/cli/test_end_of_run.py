"""How a run ends: the exit status and the text, whatever happens to streams, files and the working directory."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from relaxgen import cli
from relaxgen.cli import main
from relaxgen.cli.showing import CLOSED_PIPE, CRASH, FINDINGS, FINE, MISTAKE

REPOSITORY = Path(__file__).parents[2]
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="a shell of POSIX")
FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
LONG = "x" * 5000

SCHEMA = """<element name="a" xmlns="http://relaxng.org/ns/structure/1.0">
  <zeroOrMore><element name="b"><text/></element></zeroOrMore>
</element>"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RELAXGEN_TRACEBACK", raising=False)
    (tmp_path / "a.rng").write_text(SCHEMA, encoding="utf-8")
    (tmp_path / "valid.xml").write_text("<a/>", encoding="utf-8")
    (tmp_path / "wrong.xml").write_text("<c/>", encoding="utf-8")
    return tmp_path


def shell(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a line of the shell, in which ``relaxgen`` is this one."""
    program = f"{shlex.quote(sys.executable)} -m relaxgen"
    full = os.environ | {"PYTHONPATH": str(REPOSITORY / "generator")} | environment
    line = re.sub(r"\brelaxgen\b", lambda _: program, command)
    return subprocess.run(["bash", "-c", line], env=full, capture_output=True, text=True, check=False, timeout=120)


@POSIX
@pytest.mark.parametrize(
    ("arguments", "unbuffered"), [("validate a.rng wrong.xml", ""), ("validate a.rng valid.xml", "1"), ("--help", "")]
)
@FULL
def test_a_full_standard_output_is_no_finding(arguments: str, unbuffered: str) -> None:
    ended = shell(f"relaxgen {arguments} >/dev/full", PYTHONUNBUFFERED=unbuffered)
    assert ended.stderr == "relaxgen: standard output: No space left on device\n"
    assert ended.returncode == MISTAKE


@POSIX
@pytest.mark.parametrize("arguments", ["validate a.rng wrong.xml", "--version"])
def test_a_closed_standard_output_is_an_error(arguments: str) -> None:
    ended = shell(f"relaxgen {arguments} >&-")
    assert (ended.stderr, ended.returncode) == ("relaxgen: standard output: Bad file descriptor\n", MISTAKE)


@POSIX
@pytest.mark.parametrize("redirection", ["2>&-", pytest.param("2>/dev/full", marks=FULL)])
def test_a_standard_error_that_takes_nothing_changes_no_status(redirection: str) -> None:
    assert shell(f"relaxgen validate a.rng valid.xml {redirection}").returncode == FINE
    assert shell(f"relaxgen validate a.rng wrong.xml {redirection}").returncode == FINDINGS
    assert shell(f"relaxgen validate {redirection}").returncode == MISTAKE


@POSIX
def test_a_closed_standard_input_is_an_error_where_it_is_read() -> None:
    ended = shell("relaxgen validate a.rng - <&-")
    assert (ended.stderr, ended.returncode) == ("<stdin>: cannot be read: Bad file descriptor\n", MISTAKE)


@POSIX
def test_all_streams_may_be_closed() -> None:
    assert shell("relaxgen validate a.rng wrong.xml <&- >&- 2>&-").returncode == MISTAKE
    assert Path("a.rng").read_text(encoding="utf-8") == SCHEMA


@POSIX
def test_a_reader_that_goes_away_ends_the_run_quietly() -> None:
    ended = shell("relaxgen sample a.rng --count 100000 | head -1; echo ${PIPESTATUS[0]}")
    assert (ended.stdout, ended.stderr) == (f"<a/>\n{CLOSED_PIPE}\n", "")


@pytest.mark.parametrize(
    "arguments",
    [
        f"validate a.rng {LONG}",
        f"validate {LONG} valid.xml",
        f"coverage a.rng {LONG}",
        f"generate a.rng --output {LONG}",
        f"check a.rng --output {LONG}",
        f"generate a.rng --output model --depfile {LONG}",
        f"generate a.rng --output model --templates {LONG}",
        f"docs a.rng --output {LONG}",
        f"sample a.rng --output {LONG}",
        f"sample a.rng --root {LONG}",
        f"inspect a.rng {LONG}",
        f"inspect {LONG}/{LONG}",
        f"enums a.rng --tables {LONG}",
        f"diff a.rng {LONG}",
        f"init {LONG}",
    ],
)
def test_a_path_that_is_too_long_is_an_error(arguments: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments.split()) == MISTAKE
    message = capsys.readouterr().err
    assert LONG in message or "No such" in message or "give a SCHEMA" in message
    assert "internal error" not in message


@pytest.mark.parametrize("key", ["schemas", "enums", "output", "templates"])
def test_a_configured_path_that_cannot_be_is_an_error(key: str, capsys: pytest.CaptureFixture[str]) -> None:
    values = {"schemas": '["a.rng"]', "output": '"model"'}
    for wrong in (LONG, "a\\u0000b"):
        values[key] = f'"{wrong}"' if key in ("output", "templates") else f'["{wrong}"]'
        table = "\n".join(f"{name} = {value}" for name, value in values.items())
        Path("pyproject.toml").write_text(f"[tool.relaxgen]\n{table}\n", encoding="utf-8")
        assert main(["check"]) == MISTAKE
        message = capsys.readouterr().err
        assert "internal error" not in message
        assert ("NUL" in message) == (wrong != LONG)


@POSIX
def test_a_working_directory_that_was_deleted(project: Path) -> None:
    gone = "mkdir -p gone && cd gone && rmdir ../gone"
    schema = project / "a.rng"
    assert shell(f"{gone} && relaxgen validate {schema} {project}/valid.xml").returncode == FINE
    for arguments in ("generate", f"generate {schema} --output model"):
        ended = shell(f"{gone} && relaxgen {arguments}")
        expected = ("relaxgen: the working directory does not exist any more\n", MISTAKE)
        assert (ended.stderr, ended.returncode) == expected, arguments


def test_a_user_without_home_has_no_cache_and_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "RELAXGEN_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # as for a user that the system does not know
    assert main(["validate", "a.rng", "valid.xml"]) == FINE
    assert main(["docs", "--preset", "libvirt", "--output", "site"]) in (FINE, MISTAKE)
    assert not Path("~").exists()


@pytest.fixture
def odd_names(project: Path) -> tuple[str, str]:
    """A schema and a document whose names are not UTF-8, where the file system has such names."""
    schema, document = os.fsdecode(b"s\xff.rng"), os.fsdecode(b"d\xfe.xml")
    try:
        Path(schema).write_text(SCHEMA, encoding="utf-8")
        Path(document).write_text("<c/>", encoding="utf-8")
    except (OSError, UnicodeError):
        pytest.skip("the file system has no such names")
    return schema, document


def test_names_that_are_not_utf_8_are_reported(odd_names: tuple[str, str], capfd: pytest.CaptureFixture[str]) -> None:
    schema, document = odd_names
    main(["validate", schema, document, "--output-format", "sarif", "--no-cache"])
    (run,) = json.loads(capfd.readouterr().out)["runs"]
    (location,) = run["results"][0]["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "d%FE.xml"
    for format_ in ("text", "json"):
        assert shell(f"relaxgen validate $'s\\xff.rng' $'d\\xfe.xml' --output-format {format_}").returncode == FINDINGS


def test_names_that_are_not_utf_8_are_written(odd_names: tuple[str, str]) -> None:
    schema, _ = odd_names
    depfile = os.fsdecode(b"m\xff.d")
    assert main(["docs", schema, "--output", "site"]) == FINE
    assert "s\\xff.rng" in Path("site/index.html").read_text(encoding="utf-8")
    assert main(["generate", schema, "--output", "model", "--depfile", depfile, "--stamp", "model.stamp"]) == FINE
    assert Path("model/__init__.py").read_text(encoding="utf-8").startswith("# Generated by relaxgen from s\\xff.rng.")
    assert b"model.stamp: \\\n  s\xff.rng" in Path(depfile).read_bytes()
    Path("a.rng").unlink()
    assert main(["init", "."]) == MISTAKE, "TOML cannot name the schema"


def test_a_size_without_bounds_is_bounded() -> None:
    Path("r.rng").write_text(
        '<grammar xmlns="http://relaxng.org/ns/structure/1.0"><start><ref name="a"/></start><define name="a">'
        '<element name="a"><optional><ref name="a"/><ref name="a"/></optional></element></define></grammar>',
        encoding="utf-8",
    )
    assert main(["sample", "r.rng", "--seed", "1", "--size", "999999999"]) in (FINE, MISTAKE)


@pytest.mark.parametrize("error", [AssertionError("a bug"), RecursionError("too deep"), KeyError("k"), UnicodeError()])
def test_a_bug_of_ours_asks_for_a_report(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise error

    monkeypatch.setattr("relaxgen.documents.document_arguments.find_documents", fail)
    assert main(["validate", "a.rng", "valid.xml"]) == CRASH
    first, second = capsys.readouterr().err.splitlines()
    assert re.match(rf"relaxgen: internal error at test_end_of_run\.py:\d+: {type(error).__name__}", first)
    assert second.startswith(f"This is a bug in relaxgen {cli.VERSION}, not in your files. Please report it")
    monkeypatch.setenv("RELAXGEN_TRACEBACK", "1")
    assert main(["validate", "a.rng", "valid.xml"]) == CRASH
    assert "Traceback (most recent call last)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (PermissionError(13, "Permission denied", "kept.xml"), "kept.xml: Permission denied"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (MemoryError(), "there is not enough memory"),
    ],
)
def test_what_the_system_refuses_is_no_bug(
    error: Exception, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise error

    monkeypatch.setattr("relaxgen.documents.document_arguments.find_documents", fail)
    assert main(["validate", "a.rng", "valid.xml"]) == MISTAKE
    assert capsys.readouterr().err == f"relaxgen: {message}\n"


def test_the_page_and_the_help_state_the_same_statuses(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--help"])
    for text in (capsys.readouterr().out, (REPOSITORY / "docs" / "command-line.md").read_text(encoding="utf-8")):
        words = " ".join(text.replace("`", "").split())
        for status in (FINE, FINDINGS, MISTAKE, CRASH):
            assert re.search(rf"[Ee]xit status.*\b{status}\b", words), (status, words[:200])
