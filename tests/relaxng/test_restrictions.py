"""Golden cases for section 7 and what is checked with it: ``cases-restrictions/<section>-<what>.rng`` with its errors.

The first line of a case says what it shows. A case whose name has ``right`` in it is correct, and has no errors.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from relaxgen.diagnostics.errors import SchemaError
from relaxgen.relaxng import read_grammar, read_grammar_text, simplify
from relaxgen.relaxng.correctness import check_schema

CASES = Path(__file__).parent / "cases-restrictions"


def errors_of(case: Path) -> str:
    grammar = read_grammar(case)
    schema = simplify(grammar)
    try:
        check_schema(grammar, schema)
    except SchemaError as error:
        return f"{error}\n".replace(f"{CASES}/", "")
    return ""


@pytest.mark.parametrize("case", sorted(CASES.glob("*.rng")), ids=lambda case: case.stem)
def test_a_schema_is_refused_or_taken_as_expected(case: Path, golden: Callable[[Path, str], None]) -> None:
    errors = errors_of(case)
    assert ("-right-" not in case.name) == bool(errors), errors
    if errors:
        golden(case.with_suffix(".err"), errors)


def test_every_error_cites_the_section_of_its_case() -> None:
    for case in CASES.glob("*.rng"):
        section = case.stem.split("-")[0]
        lines = errors_of(case).splitlines()
        assert all(f"[{section}]" in line for line in lines if line.endswith("]")), case.name


def test_every_expectation_has_its_case_and_every_case_says_what_it_shows() -> None:
    cases = sorted(CASES.glob("*.rng"))
    assert len(cases) > 40
    assert {path.stem for path in CASES.glob("*.err")} == {path.stem for path in cases if "-right-" not in path.name}
    for case in cases:
        assert case.read_text(encoding="utf-8").startswith("<!-- "), case.name


def test_what_definitions_share_is_looked_at_once() -> None:
    """Each definition refers to the next one twice: a walk of every path would take 2**30 steps."""
    step = "<choice><group><ref name='d{0}'/>{1}</group><group>{1}<ref name='d{0}'/></group></choice>"
    optional = "<optional><element name='a{0}'><empty/></element></optional>"
    defines = [f"<define name='d{n}'>{step.format(n + 1, optional.format(n))}</define>" for n in range(30)]
    start = "<start><element name='root'><ref name='d0'/></element></start>"
    components = "".join((start, *defines, "<define name='d30'><text/></define>"))
    text = f"<grammar xmlns='http://relaxng.org/ns/structure/1.0'>{components}</grammar>"
    grammar = read_grammar_text(text.encode())
    form = check_schema(grammar, simplify(grammar))
    assert len(list(form.elements())) == 61


def messages_of(body: str) -> str:
    text = f'<element name="r" xmlns="http://relaxng.org/ns/structure/1.0"{XSD}>{body}</element>'
    grammar = read_grammar_text(text.encode())
    try:
        check_schema(grammar, simplify(grammar))
    except SchemaError as error:
        return str(error)
    return ""


XSD = ' datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes"'
SEVERAL = "<attribute><choice><name>a</name><name>b</name></choice></attribute>"


def test_one_name_in_common_is_enough_and_is_named() -> None:
    """Section 7.3, for a finite name class beside an open one."""
    name_class = '<anyName><except><name>a</name><nsName ns="urn:x"/></except></anyName>'
    open_ = f"<oneOrMore><attribute>{name_class}</attribute></oneOrMore>"
    message = messages_of(SEVERAL + open_)
    assert "'b'" in message and "'a'" not in message
    assert messages_of(SEVERAL + open_.replace("<name>a</name>", "<name>a</name><name>b</name>")) == ""


def test_a_string_beside_what_is_empty_is_still_a_string() -> None:
    """Section 7.2: beside an attribute, data is data, and no element may stand beside both."""
    data = '<interleave><attribute name="a"/><data type="int"/></interleave>'
    assert messages_of(data) == ""
    assert "[7.2]" in messages_of(f'<group>{data}<element name="e"><empty/></element></group>')
