"""A kill at any moment of writing leaves the old package or the new one, whole, and never a mixture."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import relaxgen.output.replacement as replacement
from relaxgen.diagnostics.errors import OutputError
from relaxgen.output import HEADER, write
from relaxgen.output.atomic_swap import exchange

REPOSITORY = Path(__file__).parents[2]
WRITER = Path(__file__).with_name("killed_writer.py")
WHOLE = {"generation": "new", "foreign": True, "beside": []}

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that fork and can be killed")


def killed_at_every_step(parent: Path, way: str) -> list[dict[str, Any]]:
    command = [sys.executable, str(WRITER), str(parent), way]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "PYTHONDONTWRITEBYTECODE": "1"}
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    rounds: list[dict[str, Any]] = [json.loads(line) for line in finished.stdout.splitlines()]
    assert len(rounds) > 40
    assert [result["killed"] for result in rounds] == [True] * (len(rounds) - 1) + [False]
    return rounds


def can_exchange() -> bool:
    with TemporaryDirectory() as parent:
        first, second = Path(parent, "first"), Path(parent, "second")
        first.mkdir()
        second.mkdir()
        return exchange(first, second)


needs_exchange = pytest.mark.skipif(not can_exchange(), reason="this system cannot exchange two directories")


@needs_exchange
def test_a_kill_leaves_the_old_package_or_the_new_one(tmp_path: Path) -> None:
    rounds = killed_at_every_step(tmp_path / "out", "exchange")
    generations = [result["after_kill"]["generation"] for result in rounds]
    assert set(generations) == {"old", "new"}
    assert generations == sorted(generations, reverse=True), "once the new package is there, it stays"
    assert all(result["after_kill"]["foreign"] for result in rounds)
    assert [result["after_next_run"] for result in rounds] == [WHOLE] * len(rounds)


def test_between_two_renames_the_old_package_waits_for_the_next_run(tmp_path: Path) -> None:
    rounds = killed_at_every_step(tmp_path / "out", "two-renames")
    states = [result["after_kill"] for result in rounds]
    assert [state["generation"] for state in states].count("none") == 1
    assert {state["generation"] for state in states} == {"old", "new", "none"}
    between = next(state for state in states if state["generation"] == "none")
    assert ".domain.relaxgen-old" in between["beside"]
    assert [result["after_next_run"] for result in rounds] == [WHOLE] * len(rounds)


def test_the_next_run_puts_the_old_package_back_even_if_it_is_refused(tmp_path: Path) -> None:
    write({"__init__.py": f"{HEADER}\n"}, tmp_path / "domain")
    (tmp_path / "domain" / "disk.py").write_text("mine", encoding="utf-8")
    (tmp_path / "domain").rename(tmp_path / ".domain.relaxgen-old")
    with pytest.raises(OutputError, match="in the way"):
        write({"__init__.py": f"{HEADER}\n", "disk.py": f"{HEADER}\n"}, tmp_path / "domain")
    assert (tmp_path / "domain" / "disk.py").read_text(encoding="utf-8") == "mine"


def test_what_a_killed_run_left_is_removed_where_nothing_else_is_to_do(tmp_path: Path) -> None:
    tree = {"__init__.py": f"{HEADER}\n"}
    write(tree, tmp_path / "domain")
    (tmp_path / ".domain.relaxgen-new" / "_runtime").mkdir(parents=True)
    assert write(tree, tmp_path / "domain").written == ()
    assert list(tmp_path.iterdir()) == [tmp_path / "domain"]


def test_a_failed_second_rename_puts_the_old_package_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write({"__init__.py": f"{HEADER}\n"}, tmp_path / "domain")
    rename = Path.rename

    def refuse_staging(self: Path, target: Path) -> Path:
        if self.name.endswith("relaxgen-new"):
            raise OSError(5, "Input/output error", str(self))
        return rename(self, target)

    monkeypatch.setattr(replacement, "exchange", lambda first, second: False)
    monkeypatch.setattr(Path, "rename", refuse_staging)
    with pytest.raises(OutputError, match="Input/output error"):
        write({"__init__.py": f"{HEADER}\nnew\n"}, tmp_path / "domain")
    assert (tmp_path / "domain" / "__init__.py").read_text(encoding="utf-8") == f"{HEADER}\n"
    assert list(tmp_path.iterdir()) == [tmp_path / "domain"]


@needs_exchange
def test_an_exchange_with_what_does_not_exist_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "first").mkdir()
    with pytest.raises(FileNotFoundError):
        exchange(tmp_path / "first", tmp_path / "second")
    assert (tmp_path / "first").is_dir()


@needs_exchange
def test_an_exchange_swaps_the_contents(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    assert exchange(tmp_path / "first", tmp_path / "second")
    assert (tmp_path / "first" / "second").exists()
    assert (tmp_path / "second" / "first").exists()


def test_two_writers_do_not_mix(tmp_path: Path) -> None:
    """Each of several processes writes its own generation again and again; what is left is one of them, whole."""
    program = (
        "import sys; from pathlib import Path; from relaxgen.output import HEADER, write\n"
        "for turn in range(20):\n"
        "    text = f'{HEADER}\\n{sys.argv[2]} {turn}\\n'\n"
        "    write({f'm{i}.py': text for i in range(9)} | {'__init__.py': text}, Path(sys.argv[1]))\n"
    )
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "domain"), name], env=environment)
        for name in ("a", "b", "c")
    ]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    texts = {file.read_text(encoding="utf-8") for file in (tmp_path / "domain").iterdir()}
    assert len(texts) == 1
    assert len(list((tmp_path / "domain").iterdir())) == 10
    assert list(tmp_path.iterdir()) == [tmp_path / "domain"]
