"""Golden cases: ``cases/<section or subject>-<what>.rng`` with ``.documents``, and the report on them in ``.out``.

The first line of a schema says what the case shows. In ``.documents`` each document follows a line ``## title``. The
report has for each either «valid» or its faults, as people see them, each followed by its code and its rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from relaxgen.relaxng.validator import compile_schema
from relaxgen.runtime.faults import Fault

CASES = Path(__file__).parent / "cases"


def documents_of(case: Path) -> Iterator[tuple[str, bytes]]:
    parts = re.split("^## (.*)\n", case.with_suffix(".documents").read_text(encoding="utf-8"), flags=re.MULTILINE)
    for title, text in zip(parts[1::2], parts[2::2], strict=True):
        yield title, text.removesuffix("\n").encode("utf-8")


def report(fault: Fault) -> str:
    rule = f" by {fault.schema_location}".replace(f"{CASES}/", "") if fault.schema_location else ""
    return f"{fault}\n  [{fault.code}{rule}]\n"


@pytest.mark.parametrize("case", sorted(CASES.glob("*.rng")), ids=lambda case: case.stem)
def test_documents_are_explained_as_expected(case: Path, golden: Callable[[Path, str], None]) -> None:
    schema = compile_schema(case)
    text = ""
    for title, document in documents_of(case):
        faults = schema.validate(document, name="doc.xml")
        text += f"## {title}\n" + ("".join(map(report, faults)) or "valid\n") + "\n"
    golden(case.with_suffix(".out"), text)


def test_no_fault_is_of_the_last_resort() -> None:
    """The search has an explanation for everything; «the content does not fit» is for what can never be allowed."""
    for case in CASES.glob("*.out"):
        if "not-allowed" not in case.name:
            assert "[unexpected-content" not in case.read_text(encoding="utf-8"), case.name


def test_every_case_says_what_it_shows() -> None:
    cases = sorted(CASES.glob("*.rng"))
    assert len(cases) > 12
    assert {path.stem for path in CASES.glob("*.out")} == {path.stem for path in cases}
    for case in cases:
        assert case.read_text(encoding="utf-8").startswith("<!-- "), case.name
