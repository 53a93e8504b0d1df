"""``relaxgen watch``: the events of the file system come from a function, so that no test waits for any."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from relaxgen.cli import main
from relaxgen.cli.package_options import PackageOptions
from relaxgen.cli.watch import watch, watch_packages

Edit = Callable[[], object]

ROOT = """\
<grammar xmlns="http://relaxng.org/ns/structure/1.0">
  <include href="parts/parts.rng"/>
  <start><element name="disk"><ref name="content"/></element></start>
</grammar>
"""
PARTS = """\
<grammar xmlns="http://relaxng.org/ns/structure/1.0">
  <define name="content">{}</define>
</grammar>
"""
MODE = '<optional><attribute name="mode"><choice><value>ro</value><value>rw</value></choice></attribute></optional>'
NAME = '<attribute name="name"/>'


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("schemas/parts").mkdir(parents=True)
    Path("schemas/disk.rng").write_text(ROOT, encoding="utf-8")
    write_parts(NAME)
    write_configuration('schemas = ["schemas/*.rng"]')
    return tmp_path


def write_configuration(*lines: str) -> None:
    text = "\n".join(["[tool.relaxgen]", 'output = "model"', *lines, ""])
    Path("pyproject.toml").write_text(text, encoding="utf-8")


def write_parts(*patterns: str) -> None:
    Path("schemas/parts/parts.rng").write_text(PARTS.format("".join(patterns)), encoding="utf-8")


def options() -> PackageOptions:
    """Those of ``relaxgen watch`` without arguments."""
    values = watch.make_context("watch", []).params
    return PackageOptions(**{name: value for name, value in values.items() if name != "compares"})


class Editor:
    """Makes one edit at each event; after the last one, nobody watches any more."""

    def __init__(self, *edits: Edit) -> None:
        self.edits = list(edits)
        self.watched: list[set[str]] = []

    def __call__(self, directories: frozenset[Path]) -> Iterator[None]:
        self.watched.append({os.path.relpath(directory) for directory in directories})
        while self.edits:
            self.edits.pop(0)()
            yield


def watched(capsys: pytest.CaptureFixture[str], *edits: Edit, compares: bool = True) -> list[str]:
    """What was printed after the first run, block by block."""
    assert watch_packages(options(), Editor(*edits), compares=compares) == 0
    captured = capsys.readouterr()
    blocks = (captured.out + captured.err).split("\n\n")
    return blocks[1:]


def test_a_change_of_an_include_is_generated_listed_and_judged(capsys: pytest.CaptureFixture[str]) -> None:
    (block,) = watched(capsys, lambda: write_parts(NAME, MODE))
    lines = block.splitlines()
    assert lines[0] == "schemas/parts/parts.rng changed"
    assert lines[1].startswith("model: 1 class, 1 enum, ")
    assert "  written: " in lines[2] and "disk.py" in lines[2]
    assert "diff: passes: 1 note" in lines
    assert "  note: schemas/parts/parts.rng:2:60: RNG031 attribute mode is allowed in <disk> now" in lines
    assert "mode: " in Path("model/disk.py").read_text(encoding="utf-8")


def test_a_break_is_named_with_the_place_of_the_earlier_text(capsys: pytest.CaptureFixture[str]) -> None:
    (block,) = watched(capsys, lambda: write_parts('<attribute name="title"/>'))
    lines = block.splitlines()
    assert any(line.startswith("diff: fails (backward, source): ") for line in lines), lines
    assert any(line.startswith("  error: ") for line in lines)


def test_each_change_is_compared_with_the_one_before(capsys: pytest.CaptureFixture[str]) -> None:
    blocks = watched(capsys, lambda: write_parts(NAME, MODE), lambda: write_parts(NAME, MODE, "<!-- again -->"))
    assert len(blocks) == 2
    assert "diff: passes: nothing found" in blocks[1]


def test_the_comparison_can_be_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    (block,) = watched(capsys, lambda: write_parts(NAME, MODE), compares=False)
    assert "diff" not in block


def test_a_mistake_is_reported_and_survived(capsys: pytest.CaptureFixture[str]) -> None:
    before = tree()
    states = []

    def spoil() -> None:
        Path("schemas/parts/parts.rng").write_text("<grammar", encoding="utf-8")

    def mend() -> None:
        states.append(tree())
        write_parts(NAME, MODE)

    blocks = watched(capsys, spoil, mend)
    assert before == {}
    assert states[0] and "mode" not in states[0]["disk.py"], "nothing was written for the mistake"
    assert "nothing was written" in blocks[0]
    assert "diff: passes: 1 note" in blocks[1]
    assert "schemas/parts/parts.rng:1:" in "".join(blocks)


def test_a_wrong_start_is_survived_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    write_configuration('schemas = ["schemas/disk.rng"]')
    Path("schemas/parts/parts.rng").unlink()
    editor = Editor(lambda: write_root("", include="parts.rng"), add_parts)
    assert watch_packages(options(), editor) == 0
    out = capsys.readouterr().out
    assert "schemas/disk.rng changed" in out
    assert "schemas/parts.rng is new" in out
    assert Path("model/disk.py").exists()


def add_parts() -> None:
    Path("schemas/parts.rng").write_text(PARTS.format(NAME), encoding="utf-8")


def test_what_the_configuration_names_is_read_anew(capsys: pytest.CaptureFixture[str]) -> None:
    def add_table() -> None:
        Path("tables").mkdir()
        Path("tables/mode.enums").write_text(TABLE.format("later"), encoding="utf-8")
        write_configuration('schemas = ["schemas/*.rng"]', 'enums = ["tables/*.enums"]')

    def change_table() -> None:
        Path("tables/mode.enums").write_text(TABLE.format("never"), encoding="utf-8")

    write_parts(NAME, MODE)
    first, second = watched(capsys, add_table, change_table)
    assert first.startswith("pyproject.toml changed\n")
    assert second.startswith("tables/mode.enums changed\n")


TABLE = 'VIR_ENUM_IMPL(virDiskMode, VIR_DISK_MODE_LAST, "ro", "rw", "{}")\n'


def test_a_template_and_the_names_file_are_watched_but_not_what_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    Path("own").mkdir()
    write_configuration('schemas = ["schemas/*.rng"]', 'templates = "own"', 'names = "names.toml"')
    editor = Editor(lambda: Path("own/python").mkdir(), lambda: write_parts(NAME, MODE))
    assert watch_packages(options(), editor) == 0
    assert editor.watched[0] == {".", "own", "schemas", "schemas/parts"}
    out = capsys.readouterr().out
    assert Path("names.toml").exists()
    assert "names.toml" not in out, "relaxgen wrote it itself"


def test_a_configuration_that_goes_away_is_survived(capsys: pytest.CaptureFixture[str]) -> None:
    blocks = watched(capsys, Path("pyproject.toml").unlink, lambda: write_configuration('schemas = ["schemas/*.rng"]'))
    assert blocks[0].startswith("pyproject.toml is gone\n")
    assert blocks[1].startswith("pyproject.toml is new\n")


def test_without_anything_to_watch_the_arguments_are_wrong() -> None:
    Path("pyproject.toml").unlink()
    with pytest.raises(click.UsageError):
        watch_packages(options(), Editor())


@pytest.mark.parametrize(
    ("edit", "file"),
    [
        pytest.param(lambda: write_root(MODE), "schemas/disk.rng", id="of a schema"),
        pytest.param(lambda: write_parts(NAME, MODE), "schemas/parts/parts.rng", id="of what only the run finds"),
    ],
)
def test_an_edit_during_a_run_starts_the_next_one(
    edit: Edit, file: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from relaxgen.cli import watch as module

    build, edits = module.build_changed_packages, [edit]

    def build_and_edit(*arguments: object) -> object:
        packages = build(*arguments)  # type: ignore[arg-type]
        if edits:
            edits.pop()()
        return packages

    monkeypatch.setattr(module, "build_changed_packages", build_and_edit)
    (block,) = watched(capsys)
    assert block.startswith(f"{file} changed\n")
    assert "mode" in tree()["disk.py"]


def write_root(pattern: str, include: str = "parts/parts.rng") -> None:
    text = ROOT.replace('<ref name="content"/>', f'<ref name="content"/>{pattern}').replace("parts/parts.rng", include)
    Path("schemas/disk.rng").write_text(text, encoding="utf-8")


def test_the_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("relaxgen.cli.watch.find_spec", lambda name: None)
    assert main(["watch"]) == 2
    assert "pip install watchfiles" in capsys.readouterr().err


def test_real_events_arrive_and_an_interrupt_ends_it(project: Path) -> None:
    pytest.importorskip("watchfiles")
    command = [sys.executable, "-m", "relaxgen", "watch"]
    surroundings = {**os.environ, "PYTHONUNBUFFERED": "1"}
    # A job in the background ignores SIGINT, and so would its children.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=surroundings) as process:
        signal.signal(signal.SIGINT, before)
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        assert any(line.startswith("watching") for line in lines)
        write_parts(NAME, MODE)
        assert any(line == "diff: passes: 1 note\n" for line in lines)
        process.send_signal(signal.SIGINT)
        assert process.wait() == 0


def tree() -> dict[str, str]:
    return {file.name: file.read_text(encoding="utf-8") for file in Path("model").glob("*.py")}
