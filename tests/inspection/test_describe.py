"""Golden cases: ``cases/<what>.path`` is a path into ``vocabulary.rng``, ``.out`` what is shown for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from relaxgen.binding.model import Model
from relaxgen.diagnostics.errors import ConfigurationError
from relaxgen.inspection import describe
from relaxgen.pipeline import read_model
from relaxgen.project.request import PackageRequest

HERE = Path(__file__).parent
CASES = sorted((HERE / "cases").glob("*.path"))


def model_of(schema: Path, *enums: Path) -> Model:
    return read_model(PackageRequest((schema,), Path("vocabulary"), enums))


@pytest.fixture(scope="module")
def model() -> Model:
    return model_of(HERE / "vocabulary.rng", HERE / "vocabulary.enums")


def shown(model: Model, path: str | None) -> str:
    try:
        text = "".join(f"{line}\n" for line in describe(model, path))
    except ConfigurationError as error:
        text = f"{error}\n"
    return text.replace(f"{HERE}/", "")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_path_shows_what_is_expected(case: Path, model: Model, golden: Callable[[Path, str], None]) -> None:
    golden(case.with_suffix(".out"), shown(model, case.read_text(encoding="utf-8").removesuffix("\n")))


def test_every_expectation_has_its_case() -> None:
    assert {path.stem for path in (HERE / "cases").glob("*.out")} == {case.stem for case in CASES}


def test_without_a_path_everything_is_shown(model: Model) -> None:
    assert shown(model, None) == (HERE / "cases" / "whole.out").read_text(encoding="utf-8")


def test_elements_in_the_namespace_of_the_root_have_no_prefix(tmp_path: Path) -> None:
    schema = tmp_path / "stock.rnc"
    schema.write_text(
        """default namespace = "urn:stock"
        namespace o = "urn:other"
        start = element stock { attribute o:id { text }, element item { element o:note { text } }* }""",
        encoding="utf-8",
    )
    model = model_of(schema)
    lines = shown(model, None)
    assert [label in lines for label in ("<stock>", "<item>", "<o:note>", "@o:id")] == [True] * 4
    assert (
        shown(model, "stock/item") == shown(model, "stock:stock/stock:item") == shown(model, "/stock/{urn:stock}item")
    )


def test_lines_have_no_blanks_at_their_ends(model: Model) -> None:
    for case in CASES:
        lines = shown(model, case.read_text(encoding="utf-8").strip()).splitlines()
        assert [line for line in lines if line != line.rstrip()] == []


def test_in_a_whole_vocabulary_each_class_is_opened_once_and_lines_stay_short(corpus: Path) -> None:
    """libvirt's domain: where a name sticks out of its column, the line may be longer."""
    model = model_of(corpus / "libvirt-11.3.0" / "schemas" / "domain.rng")
    lines = list(describe(model, None))
    fields = sum(len(one.fields) for one in model.classes)
    items = sum(len(field.items) for one in model.classes for field in one.fields)
    assert len(lines) == len(model.roots) + fields + items + sum(len(union.variants) for union in model.unions)
    assert sum(len(line) > 140 for line in lines) < len(lines) / 20


def test_every_path_that_a_class_tells_leads_to_it(corpus: Path) -> None:
    model = model_of(corpus / "libvirt-11.3.0" / "schemas" / "network.rng")
    for one in model.classes:
        for path in one.paths:
            assert any(line.startswith(f"{one.name}: ") for line in describe(model, path)), path
