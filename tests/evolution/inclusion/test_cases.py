"""Cases: two patterns in one file, and what their comparison says in both directions, with all witnesses.

A case is ``<comparison><old>…</old><new>…</new></comparison>``; each half is the content of a ``start``, or a
``grammar``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import etree
from relaxgen.diagnostics.errors import Diagnostics
from relaxgen.evolution.inclusion import Counterexample, Inclusion, Undecided, compare_documents
from relaxgen.relaxng.correctness import check_schema
from relaxgen.relaxng.grammar_reader import read_grammar
from relaxgen.relaxng.simplification import simplify
from relaxgen.relaxng.simplified_form import SimplifiedForm

CASES = Path(__file__).parent / "cases"
RELAXNG = "http://relaxng.org/ns/structure/1.0"


def form_of(path: Path) -> SimplifiedForm:
    diagnostics = Diagnostics()
    grammar = read_grammar(path, diagnostics)
    return check_schema(grammar, simplify(grammar, diagnostics), diagnostics)


def halves(case: Path, directory: Path) -> tuple[SimplifiedForm, SimplifiedForm]:
    root = etree.parse(case, etree.XMLParser(remove_comments=True)).getroot()
    old, new = root
    return _half(old, directory / "old.rng"), _half(new, directory / "new.rng")


def _half(half: etree._Element, path: Path) -> SimplifiedForm:
    if half[0].tag == f"{{{RELAXNG}}}grammar":
        text = etree.tostring(half[0], encoding="unicode")
    else:
        half.tag = f"{{{RELAXNG}}}start"
        grammar = etree.Element(f"{{{RELAXNG}}}grammar", dict(half.getparent().attrib), half.nsmap)
        grammar.append(half)
        text = etree.tostring(grammar, encoding="unicode")
    path.write_text(text, encoding="utf-8")
    return form_of(path)


def dump(title: str, inclusion: Inclusion) -> Iterator[str]:
    yield f"{title}: {inclusion.verdict.value}"
    for counterexample in inclusion.counterexamples:
        yield from _dump_counterexample(counterexample)
    for doubt in inclusion.undecided:
        yield _dump_doubt(doubt)


def _dump_counterexample(found: Counterexample) -> Iterator[str]:
    words = [f"  {found.kind.value}: {found.xpath}"]
    if found.name is not None and not found.is_about_attribute:
        words.append(f"<{found.name.local}>")
    if found.value is not None:
        words.append(repr(found.value))
    if found.expected:
        words.append(f"expected {', '.join(found.expected)}")
    if found.given:
        words.append("given " + ", ".join(f"{name.local}={value!r}" for name, value in found.given))
    yield " ".join(words)
    yield f"    lines {found.narrow.line}, {found.wide.line}"
    yield from (f"    {line}" for line in found.witness.splitlines())


def _dump_doubt(doubt: Undecided) -> str:
    return f"  undecided: {doubt.xpath}: {doubt.reason}"


@pytest.mark.parametrize("case", sorted(CASES.glob("*.xml")), ids=lambda case: case.stem)
def test_case(case: Path, tmp_path: Path, golden: Callable[[Path, str], None]) -> None:
    old, new = halves(case, tmp_path)
    lines = [*dump("old in new", compare_documents(old, new)), *dump("new in old", compare_documents(new, old))]
    golden(case.with_suffix(".out"), "\n".join(lines) + "\n")
