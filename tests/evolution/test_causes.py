"""Findings name causes, not consequences. A folder for each kind, ``causes/<kind>``: ``old.rng``, ``new.rng``, and in
``expected.txt`` the report of ``relaxgen diff --witnesses``, in both directions.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from relaxgen.evolution.diff_report import as_text
from relaxgen.evolution.policy import judge

from tests.evolution.test_cases import EVERYTHING, compared

CAUSES = Path(__file__).parent / "causes"


@pytest.mark.parametrize("name", sorted(folder.name for folder in CAUSES.iterdir()))
def test_the_cause_is_reported(name: str, golden: Callable[[Path, str], None]) -> None:
    case = CAUSES / name
    texts = ["\n".join(as_text(judge(compared(case, backwards=way), EVERYTHING))) for way in (False, True)]
    text = f"old to new\n\n{texts[0]}\n\nnew to old\n\n{texts[1]}\n"
    golden(case / "expected.txt", text.replace(f"{case}/", ""))


def test_values_forbidden_in_one_alternative_are_one_finding() -> None:
    (finding,) = compared(CAUSES / "values-excepted-in-one-alternative").findings
    assert finding.rule.id == "RNG040"
    assert finding.values == ("isolation", "role")
