"""``make demo`` runs from a bare checkout, where only relaxgen is installed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


def test_the_demonstration_runs_as_make_runs_it() -> None:
    (recipe,) = [line for line in (REPOSITORY / "Makefile").read_text().splitlines() if "examples" in line]
    words = recipe.split()
    assert words[0] == "@$(BIN)/python"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, *words[1:]]
    finished = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    assert "snapshot='external'" in finished.stdout
