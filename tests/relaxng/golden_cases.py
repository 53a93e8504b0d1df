"""Cases with what is read of them (``.out``), or with the errors (``.err``), beside each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from relaxgen.diagnostics.errors import SchemaError


def check_case(
    case: Path, dump: Callable[[Path], str], golden: Callable[[Path, str], None], request: pytest.FixtureRequest
) -> None:
    """Compares with the expectation, in which paths are relative to the cases."""
    try:
        suffix, text = ".out", dump(case)
    except SchemaError as error:
        suffix, text = ".err", f"{error}\n"
    other = case.with_suffix(".err" if suffix == ".out" else ".out")
    if request.config.getoption("--regenerate"):
        other.unlink(missing_ok=True)
    golden(case.with_suffix(suffix), text.replace(f"{case.parent}/", ""))
    assert not other.exists(), f"{other.name} is expected, too, but a schema is right or wrong"


def check_all_are_there(cases: list[Path], first_words: str) -> None:
    """Every expectation has its case, and every case says what it shows."""
    directory = cases[0].parent
    expectations = [*directory.glob("*.out"), *directory.glob("*.err")]
    assert {path.stem for path in expectations} == {path.stem for path in cases}
    for case in cases:
        assert case.read_text(encoding="utf-8-sig").startswith(first_words), case.name
