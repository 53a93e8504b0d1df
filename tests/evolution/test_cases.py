"""A folder for each rule, ``cases/<rule>``: ``old.rng`` and ``new.rng`` (or directories ``old`` and ``new``), enum
tables beside them, and in ``expected.txt`` what ``relaxgen diff --witnesses`` says.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import pytest
from relaxgen.evolution.compared_packages import Arguments, open_pairs
from relaxgen.evolution.diff_report import as_text
from relaxgen.evolution.package_comparison import Comparison, compare
from relaxgen.evolution.policy import Policy, judge
from relaxgen.evolution.rules import RULES, Category
from relaxgen.relaxng import compile_schema

CASES = Path(__file__).parent / "cases"
EVERYTHING = Policy(frozenset(Category), all_witnesses=True)


def path_of(case: Path, side: str) -> str:
    schema = case / f"{side}.rng"
    return str(schema if schema.exists() else case / side)


def tables_of(case: Path, side: str) -> tuple[Path, ...]:
    table = case / f"{side}.enums"
    return (table,) if table.exists() else ()


@functools.cache
def compared(case: Path, *, backwards: bool = False) -> Comparison:
    old, new = ("new", "old") if backwards else ("old", "new")
    arguments = Arguments(
        (path_of(case, old), path_of(case, new)), enums=tables_of(case, new), old_enums=tables_of(case, old)
    )
    with open_pairs(arguments) as pairs:
        return compare(pairs)


def rules_of(comparison: Comparison) -> set[str]:
    return {finding.rule.id for finding in comparison.findings}


@pytest.mark.parametrize("rule", RULES)
def test_a_change_is_told_as_expected(rule: str, golden: Callable[[Path, str], None]) -> None:
    comparison = compared(CASES / rule)
    assert rule in rules_of(comparison)
    text = "\n".join(as_text(judge(comparison, EVERYTHING))) + "\n"
    golden(CASES / rule / "expected.txt", text.replace(f"{CASES / rule}/", ""))


@pytest.mark.parametrize("rule", RULES)
def test_the_same_change_backwards_gives_the_mirror(rule: str) -> None:
    found = rules_of(compared(CASES / rule, backwards=True))
    assert found & set(RULES[rule].mirrors) or RULES[rule].unmirrored


def test_every_rule_has_its_case_and_no_case_is_left_over() -> None:
    assert {folder.name for folder in CASES.iterdir()} == set(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_mirrors_which_mirror_it_or_a_reason_for_none(rule: str) -> None:
    assert RULES[rule].mirrors or RULES[rule].unmirrored
    for mirror in RULES[rule].mirrors:
        assert rule in RULES[mirror].mirrors, f"{mirror} should mirror {rule}"


@pytest.mark.parametrize("rule", RULES)
def test_every_witness_is_valid_on_one_side_only(rule: str, tmp_path: Path) -> None:
    """Asked of the validator once more, schemas read anew."""
    case = CASES / rule
    if not (case / "old.rng").exists():
        return
    schemas = {side: compile_schema(case / f"{side}.rng") for side in ("old", "new")}
    for finding in compared(case).findings:
        for found in finding.impacts:
            if found.witness:
                valid = {side: schema.is_valid(found.witness) for side, schema in schemas.items()}
                assert valid == {"old": found.category is Category.BACKWARD, "new": found.category is Category.FORWARD}
