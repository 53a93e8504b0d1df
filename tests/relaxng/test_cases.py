"""Golden cases: ``cases/<section>-<what>.rng`` with the dump of what is read (``.out``), or with the errors (``.err``).

What the first line of a case says is what it shows. Files that cases include are in ``cases/files``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from relaxgen.relaxng import read_grammar, simplify

from tests.relaxng.dump import dump_grammar, dump_schema
from tests.relaxng.golden_cases import check_all_are_there, check_case

CASES = sorted((Path(__file__).parent / "cases").glob("*.rng"))


def dump(case: Path) -> str:
    grammar = read_grammar(case)
    return f"{dump_grammar(grammar)}\n{dump_schema(simplify(grammar))}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_schema_reads_as_expected(
    case: Path, golden: Callable[[Path, str], None], request: pytest.FixtureRequest
) -> None:
    check_case(case, dump, golden, request)


def test_every_expectation_has_its_case_and_every_case_says_what_it_shows() -> None:
    assert len(CASES) > 60
    check_all_are_there(CASES, "<!-- ")
