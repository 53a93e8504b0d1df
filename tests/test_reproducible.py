"""The same input gives the same bytes, wherever, whenever and by whomever it is generated."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]


def generate(schemas: Path, output: Path, *, working_directory: Path, **environment: str) -> dict[str, bytes]:
    """The files of the package that our own schemas give, by a run of the program."""
    tables = sorted(schemas.glob("enums/*.enums"))
    relative = [os.path.relpath(file, working_directory) for file in (schemas / "domain.rng", *tables)]
    command = [sys.executable, "-m", "generator", "generate", *relative, "--output", str(output)]
    finished = subprocess.run(
        command,
        cwd=working_directory,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in output.rglob("*") if path.is_file()}


def test_hash_seeds_places_and_locales_leave_no_trace(tmp_path: Path) -> None:
    here = generate(
        REPOSITORY / "schemas", tmp_path / "one" / "domain", working_directory=REPOSITORY, PYTHONHASHSEED="0"
    )
    elsewhere = tmp_path / "a place with spaces"
    shutil.copytree(REPOSITORY / "schemas", elsewhere / "schemas")
    moved = generate(
        elsewhere / "schemas",
        tmp_path / "two" / "domain",
        working_directory=elsewhere / "schemas" / "enums",
        PYTHONHASHSEED="1",
        LC_ALL="C",
        TZ="Asia/Tokyo",
    )
    assert len(here) > 20
    assert sorted(here) == sorted(moved)
    assert [path for path in here if here[path] != moved[path]] == []
    assert not any(str(tmp_path).encode() in text or str(REPOSITORY).encode() in text for text in moved.values())
