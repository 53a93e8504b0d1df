"""The table of rules in docs/evolution.md is the one of the code; ``pytest --regenerate`` writes it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from relaxgen.evolution.rules import RULES, Category, Rule

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "evolution.md"
MARK = "<!-- rules -->\n"
LETTERS = {Category.BACKWARD: "B", Category.FORWARD: "F", Category.SOURCE: "S"}


def row(rule: Rule) -> str:
    breaks = " ".join(LETTERS[category] for category in Category if category in rule.categories)
    meaning = f"{rule.meaning} (a guess)" if rule.guess else rule.meaning
    mirrors = ", ".join(rule.mirrors) or "–"
    return f"| {rule.id} | {rule.name} | {breaks or '–'} | {meaning} | {mirrors} |\n"


def test_the_table_of_rules_is_that_of_the_code(golden: Callable[[Path, str], None]) -> None:
    head = DOCUMENT.read_text(encoding="utf-8").partition(MARK)[0]
    table = "\n| rule | name | can break | what happened | backwards |\n|---|---|---|---|---|\n"
    golden(DOCUMENT, head + MARK + table + "".join(map(row, RULES.values())))
