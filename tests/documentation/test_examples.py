"""Examples are held against the exact grammar, here by a validator of their own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from relaxgen.diagnostics.errors import Diagnostics
from relaxgen.documentation.examples import Examples, Judges
from relaxgen.pipeline import bind, compile_grammars, read_schemas
from relaxgen.project.request import PackageRequest
from relaxgen.runtime.validation.validator import Validator

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
CASES = Path(__file__).parent / "cases"


def faulty_examples(schema: Path, tables: Sequence[Path] = ()) -> tuple[int, list[str]]:
    """How many examples there are, and those that are not valid, with what is wrong."""
    request = PackageRequest((schema,), Path("docs"), tuple(tables))
    diagnostics = Diagnostics()
    schemas = read_schemas(request, diagnostics)
    model = bind(schemas, request, diagnostics)
    _, grammars = compile_grammars(schemas, model)
    (grammar,) = grammars
    validator = Validator(grammar.data)
    examples = Examples(model, Judges(grammars))
    faulty = []
    entries = [(one.name, one.union or one.name) for one in model.classes] + [
        (one.name, one.name) for one in model.unions
    ]
    for name, entry in entries:
        text = examples.of(name).text
        faults = validator.validate(text, entry=entry)
        assert examples.of(name).is_valid is not bool(faults)
        faulty += [f"{name}: {fault.message}\n{text}" for fault in faults[:1]]
    return len(entries), faulty


def test_all_examples_of_our_own_grammar_are_valid() -> None:
    count, faulty = faulty_examples(SCHEMAS / "domain.rng", sorted((SCHEMAS / "enums").glob("*.enums")))
    assert count > 480
    assert faulty == []


@pytest.mark.parametrize("case", sorted(CASES.glob("*.rng")), ids=lambda case: case.stem)
def test_all_examples_of_cases_are_valid(case: Path) -> None:
    count, faulty = faulty_examples(case)
    assert count
    assert faulty == []


@pytest.mark.parametrize("name", ["domain", "network", "nodedev", "storagepool", "nwfilter", "domainsnapshot"])
def test_all_examples_of_libvirts_schemas_are_valid(corpus: Path, name: str) -> None:
    count, faulty = faulty_examples(corpus / "libvirt-11.3.0" / "schemas" / f"{name}.rng")
    assert count > 10
    assert faulty == []
