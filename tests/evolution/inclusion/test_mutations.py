"""Our own schema against edits of itself whose effect is known."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest
from lxml import etree
from relaxgen.diagnostics.errors import SchemaError
from relaxgen.evolution.inclusion import Verdict, compare_documents
from relaxgen.relaxng.compilation import compile_patterns
from relaxgen.relaxng.validator import CompiledSchema

from tests.conftest import REPOSITORY
from tests.evolution.inclusion.mutations import Effect, mutations
from tests.evolution.inclusion.test_cases import form_of

SCHEMA = REPOSITORY / "schemas" / "domain.rng"
DOCUMENTS = sorted((REPOSITORY / "tests" / "documents" / "domain").glob("*.xml"))


@pytest.mark.slow
@pytest.mark.parametrize("part", ["disk", "interface"])
def test_what_is_said_of_an_edit_is_what_it_does(part: str, tmp_path: Path) -> None:
    files = {path.name: path for path in SCHEMA.parent.glob("*.rng")}
    edited_file = next(path for name, path in files.items() if part in name)
    tree = etree.parse(edited_file)
    original = form_of(SCHEMA)
    for path in files.values():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    found: Counter[tuple[Effect, Verdict, Verdict]] = Counter()
    for mutation in mutations(tree, Random(1), 18):
        mutation.tree.write(tmp_path / edited_file.name)
        try:
            edited = form_of(tmp_path / SCHEMA.name)
        except SchemaError:
            continue
        forward, backward = compare_documents(original, edited), compare_documents(edited, original)
        found[mutation.effect, forward.verdict, backward.verdict] += 1
        where = f"{mutation.kind} in line {mutation.line}"
        if mutation.effect is Effect.LESS:
            assert backward.verdict is Verdict.INCLUDED, where
        if mutation.effect is Effect.MORE:
            assert forward.verdict is Verdict.INCLUDED, where
        if forward.verdict is Verdict.INCLUDED:
            judge = CompiledSchema(compile_patterns(edited))
            assert all(judge.is_valid(document) for document in DOCUMENTS), where
    assert found[Effect.LESS, Verdict.NOT_INCLUDED, Verdict.INCLUDED] > 5, "most edits that take something away show"
    assert not any(Verdict.UNDECIDED in verdicts for verdicts in found)
