"""The order of sets changes nothing in what is said."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.evolution.inclusion.test_cases import CASES

PROGRAM = """
import sys
from pathlib import Path
from relaxgen.evolution.inclusion import compare_documents
from tests.evolution.inclusion.test_cases import dump, halves
for case in sys.argv[2:]:
    old, new = halves(Path(case), Path(sys.argv[1]))
    print(*dump("forward", compare_documents(old, new)), *dump("backward", compare_documents(new, old)), sep="\\n")
"""


@pytest.mark.parametrize("seed", ["1", "2", "3"])
def test_hash_seeds_change_nothing(seed: str, tmp_path: Path) -> None:
    cases = [str(CASES / f"{name}.xml") for name in ("dates", "values", "attribute-name-classes", "candidates")]
    said = [_output(one, [str(tmp_path), *cases]) for one in ("0", seed)]
    assert said[0] == said[1]
    assert "not included" in said[0]


def _output(seed: str, arguments: list[str]) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, "-c", PROGRAM, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
