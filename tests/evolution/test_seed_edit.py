"""The edits that the README tells of, on our own grammar: an addition breaks nothing that exists, a removal does."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from relaxgen.evolution.compared_packages import Arguments, open_pairs
from relaxgen.evolution.finding import Finding
from relaxgen.evolution.package_comparison import Comparison, compare
from relaxgen.evolution.policy import Answer, verdict_of
from relaxgen.evolution.rules import Category
from relaxgen.relaxng import compile_schema

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"

FEATURES = {
    "disk.rng": (
        r'      <optional>\n        <attribute name="snapshot".*?</optional>\n',
        r'        <optional>\n          <element name="transient".*?</optional>\n',
    ),
    "enums/disk.enums": (r"VIR_ENUM_IMPL\(virDomainDiskSnapshot,.*?;\n\n",),
}
INTERNAL = {
    "disk.rng": (r"            <value>internal</value>\n",),
    "enums/disk.enums": (r' "internal",(?= "external"\);)',),
}


def without(features: Mapping[str, tuple[str, ...]], directory: Path) -> Path:
    """Our grammar with what the patterns match taken out."""
    shutil.copytree(SCHEMAS, directory)
    for name, patterns in features.items():
        file = directory / name
        text = file.read_text(encoding="utf-8")
        for pattern in patterns:
            text, count = re.subn(pattern, "", text, flags=re.DOTALL)
            assert count == 1, pattern
        file.write_text(text, encoding="utf-8", newline="\n")
    return directory


def compared(old: Path, new: Path) -> Comparison:
    tables = {side: tuple(sorted((side / "enums").glob("*.enums"))) for side in (old, new)}
    arguments = Arguments((str(old / "domain.rng"), str(new / "domain.rng")), enums=tables[new], old_enums=tables[old])
    with open_pairs(arguments) as pairs:
        return compare(pairs)


def answers(comparison: Comparison) -> list[Answer]:
    return [verdict_of(comparison, category).answer for category in Category]


def found(comparison: Comparison, rule: str) -> Finding:
    (finding,) = (one for one in comparison.findings if one.rule.id == rule)
    return finding


def witness(finding: Finding, category: Category) -> str:
    broken = finding.impact_on(category)
    assert broken is not None
    return broken.witness


@pytest.fixture(scope="module")
def addition(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    return compared(without(FEATURES, tmp_path_factory.mktemp("before") / "schemas"), SCHEMAS)


@pytest.fixture(scope="module")
def removal(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    return compared(SCHEMAS, without(INTERNAL, tmp_path_factory.mktemp("after") / "schemas"))


def test_the_addition_keeps_documents_and_code_and_is_nothing_for_old_programs(addition: Comparison) -> None:
    assert answers(addition) == [Answer.KEPT, Answer.BROKEN, Answer.KEPT]
    assert {one.rule.id for one in addition.findings if one.impacts} == {"RNG021", "RNG031"}


def test_a_disk_that_is_transient_shows_what_old_programs_do_not_read(addition: Comparison) -> None:
    finding = found(addition, "RNG021")
    assert finding.paths[0] == "/domain/devices/disk/transient"
    assert "<transient/>" in witness(finding, Category.FORWARD)
    assert "snapshot=" in witness(found(addition, "RNG031"), Category.FORWARD)


def test_taking_a_value_out_breaks_documents_and_code(removal: Comparison) -> None:
    assert answers(removal) == [Answer.BROKEN, Answer.KEPT, Answer.BROKEN]
    finding = found(removal, "RNG040")
    assert finding.message == "attribute snapshot of <disk> cannot be 'internal' any more"
    document = witness(finding, Category.BACKWARD)
    assert "snapshot='internal'" in document
    assert compile_schema(SCHEMAS / "domain.rng").is_valid(document)
    assert found(removal, "API111").message == "DiskSnapshot.INTERNAL is gone"
    assert found(removal, "ENM130").message.startswith("index of 'external' in DiskSnapshot was 3, and is 2 now")


def test_a_whole_grammar_is_compared_with_itself_in_no_time() -> None:
    comparison = compared(SCHEMAS, SCHEMAS)
    assert answers(comparison) == [Answer.KEPT] * 3
    assert comparison.findings == ()
    assert comparison.schemas[0].unchanged
