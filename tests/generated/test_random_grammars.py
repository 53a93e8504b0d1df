"""Valid documents of random grammars come back, also when their objects are made anew or edited.

`benchmarks/random_objects.py` does the same with thousands.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.random_objects import check, forget, subject

DOCUMENTS = 8
FEW = range(8)
MANY = range(8, 64)


def problems_of(numbers: range, directory: Path) -> Counter[str]:
    tally: Counter[str] = Counter()
    for number in numbers:
        found = subject(directory, number, DOCUMENTS)
        if found is not None:
            check(found, number, tally)
            forget(found.package, directory)
    return tally


def test_whatever_is_valid_comes_back(import_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tally = problems_of(FEW, import_path)
    assert tally["cases"] > DOCUMENTS
    assert not tally["document"] + tally["objects"] + tally["edit"], capsys.readouterr().out


@pytest.mark.slow
def test_whatever_is_valid_comes_back_of_many_grammars(import_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tally = problems_of(MANY, import_path)
    assert tally["cases"] > 25 * DOCUMENTS
    assert not tally["document"] + tally["objects"] + tally["edit"], capsys.readouterr().out
