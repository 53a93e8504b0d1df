"""Golden cases: ``cases/<section>-<what>.rng`` with the dump of what is read (``.out``), or with the errors (``.err``).

What the first line of a case says is what it shows. Files that cases include are in ``cases/files``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from relaxgen.diagnostics.errors import SchemaError
from relaxgen.relaxng import read_grammar, simplify

from tests.relaxng.dump import dump_grammar, dump_schema

CASES = Path(__file__).parent / "cases"


def outcome(case: Path) -> tuple[str, str]:
    """The suffix of the expectation, and its text, with paths relative to the cases."""
    try:
        grammar = read_grammar(case)
        text, suffix = f"{dump_grammar(grammar)}\n{dump_schema(simplify(grammar))}", ".out"
    except SchemaError as error:
        text, suffix = f"{error}\n", ".err"
    return suffix, text.replace(f"{CASES}/", "")


@pytest.mark.parametrize("case", sorted(CASES.glob("*.rng")), ids=lambda case: case.stem)
def test_a_schema_reads_as_expected(
    case: Path, golden: Callable[[Path, str], None], request: pytest.FixtureRequest
) -> None:
    suffix, text = outcome(case)
    other = case.with_suffix(".err" if suffix == ".out" else ".out")
    if request.config.getoption("--regenerate"):
        other.unlink(missing_ok=True)
    golden(case.with_suffix(suffix), text)
    assert not other.exists(), f"{other.name} is expected, too, but a schema is right or wrong"


def test_every_expectation_has_its_case_and_every_case_says_what_it_shows() -> None:
    expectations = [*CASES.glob("*.out"), *CASES.glob("*.err")]
    cases = sorted(CASES.glob("*.rng"))
    assert len(cases) > 60
    assert {path.stem for path in expectations} == {path.stem for path in cases}
    for case in cases:
        assert case.read_text(encoding="utf-8").startswith("<!-- "), case.name
