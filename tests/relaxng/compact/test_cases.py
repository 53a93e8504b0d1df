"""Golden cases of the compact syntax: ``cases/<what>.rnc`` with the dump of what is read (``.out``), or with the errors
(``.err``).

The first line of a case says what it shows. Files that cases include are in ``cases/files``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from relaxgen.relaxng import read_grammar, simplify
from relaxgen.relaxng.correctness import check_schema

from tests.relaxng.dump import dump_grammar
from tests.relaxng.golden_cases import check_all_are_there, check_case

CASES = sorted((Path(__file__).parent / "cases").glob("*.rnc"))


def dump(case: Path) -> str:
    grammar = read_grammar(case)
    check_schema(grammar, simplify(grammar))
    return dump_grammar(grammar)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_schema_reads_as_expected(
    case: Path, golden: Callable[[Path, str], None], request: pytest.FixtureRequest
) -> None:
    check_case(case, dump, golden, request)


def test_every_expectation_has_its_case_and_every_case_says_what_it_shows() -> None:
    assert len(CASES) > 40
    check_all_are_there(CASES, "# ")
