"""What is said to be proven is: places where two schemas look the same, or a change looks harmless, and are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from relaxgen.evolution.compared_packages import Arguments, open_pairs
from relaxgen.evolution.package_comparison import Comparison, compare
from relaxgen.evolution.policy import Answer, verdict_of
from relaxgen.evolution.rules import Category

HEAD = '<element name="a" xmlns="http://relaxng.org/ns/structure/1.0" '
XSD = 'datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes"'
QUALIFIED = f'{HEAD} {XSD} xmlns:p="urn:example:%s"><value type="QName">p:b</value></element>'


def compared(tmp_path: Path, old: str, new: str) -> Comparison:
    paths = tmp_path / "old.rng", tmp_path / "new.rng"
    for path, text in zip(paths, (old, new), strict=True):
        path.write_text(text, encoding="utf-8")
    with open_pairs(Arguments(tuple(map(str, paths)))) as pairs:
        return compare(pairs)


def answers(comparison: Comparison) -> list[Answer]:
    return [verdict_of(comparison, category).answer for category in (Category.BACKWARD, Category.FORWARD)]


def test_a_prefix_that_stands_for_another_namespace_makes_another_value(tmp_path: Path) -> None:
    comparison = compared(tmp_path, QUALIFIED % 1, QUALIFIED % 2)
    assert not comparison.schemas[0].unchanged
    assert Answer.KEPT not in answers(comparison)
    assert answers(compared(tmp_path, QUALIFIED % 1, QUALIFIED % 1)) == [Answer.KEPT, Answer.KEPT]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("<optional><attribute name='b'/></optional>", "<choice><attribute name='b'/><empty/></choice>", "kept kept"),
        (
            "<group><attribute name='b'/><text/></group>",
            "<interleave><text/><attribute name='b'/></interleave>",
            "kept kept",
        ),
        ("<choice><value>x</value><value>x</value></choice>", "<value>x</value>", "kept kept"),
        ("<choice><value>x</value><text/></choice>", "<text/>", "kept kept"),
        ("<attribute name='b'/>", "<oneOrMore><attribute><anyName/></attribute></oneOrMore>", "kept broken"),
        ("<element name='b'><empty/></element>", "<notAllowed/>", "broken kept"),
        ("<empty/>", "<value></value>", "kept kept"),
        ("<value type='token'>x</value>", "<value type='string'>x</value>", "broken kept"),
    ],
)
def test_what_looks_alike_is_judged_by_its_documents(tmp_path: Path, old: str, new: str, expected: str) -> None:
    comparison = compared(tmp_path, f"{HEAD}>{old}</element>", f"{HEAD}>{new}</element>")
    assert [answer.value for answer in answers(comparison)] == expected.split()


def test_a_schema_that_allows_no_document_is_part_of_every_other(tmp_path: Path) -> None:
    nothing = f"{HEAD}><notAllowed/></element>"
    assert answers(compared(tmp_path, nothing, f"{HEAD}><text/></element>")) == [Answer.KEPT, Answer.BROKEN]
