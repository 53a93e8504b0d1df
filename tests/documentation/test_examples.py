"""Examples are valid, and show some of the optional content."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import etree
from relaxgen.binding.model import Model
from relaxgen.diagnostics.errors import Diagnostics
from relaxgen.documentation.examples import Examples
from relaxgen.pipeline import bind, compile_grammars, read_schemas
from relaxgen.project.request import PackageRequest
from relaxgen.runtime.validator import Validator

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Documented:
    model: Model
    examples: Examples
    validator: Validator

    def text_of(self, name: str) -> str:
        return "".join(segment.text for segment in self.examples.of(name))

    def faulty(self) -> list[str]:
        """The examples that are not valid, each with its first fault."""
        entries = [(one.name, one.union or one.name) for one in self.model.classes]
        entries += [(one.name, one.name) for one in self.model.unions]
        assert entries
        faulty = []
        for name, entry in entries:
            text = self.text_of(name)
            faulty += [f"{name}: {fault.message}\n{text}" for fault in self.validator.validate(text, entry=entry)[:1]]
        return faulty


def documented(schema: Path, tables: Sequence[Path] = ()) -> Documented:
    request = PackageRequest((schema,), Path("docs"), tuple(tables))
    diagnostics = Diagnostics()
    schemas = read_schemas(request, diagnostics)
    model = bind(schemas, request, diagnostics)
    _, (grammar,) = compile_grammars(schemas, model)
    return Documented(
        model, Examples(model, [checked.form for checked in schemas]), Validator(json.loads("\n".join(grammar.lines)))
    )


@pytest.fixture(scope="module")
def variety() -> Documented:
    return documented(CASES / "variety.rng")


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines()]


def test_all_examples_of_our_own_grammar_are_valid() -> None:
    domain = documented(SCHEMAS / "domain.rng", sorted((SCHEMAS / "enums").glob("*.enums")))
    assert len(domain.model.classes) > 350
    assert domain.faulty() == []


@pytest.mark.parametrize("case", sorted(CASES.glob("*.rng")), ids=lambda case: case.stem)
def test_all_examples_of_cases_are_valid(case: Path) -> None:
    assert documented(case).faulty() == []


@pytest.mark.parametrize(
    "name",
    [
        *("libvirt-11.3.0/schemas/domain", "libvirt-11.3.0/schemas/network", "libvirt-11.3.0/schemas/nodedev"),
        *("libvirt-11.3.0/schemas/storagepool", "libvirt-11.3.0/schemas/nwfilter"),
        "vocabularies/docbook/schema/5.0/docbook",
    ],
)
def test_all_examples_of_foreign_schemas_are_valid(corpus: Path, name: str) -> None:
    assert documented(corpus / f"{name}.rng").faulty() == []


def test_an_element_has_few_optional_attributes_and_children(variety: Documented) -> None:
    assert lines_of(variety.text_of("Many")) == [
        "<many z='example' a='example' b='example' c='example'>",
        *[f"<{name}>example</{name}>" for name in ("e1", "e2", "e3", "e4")],
        "</many>",
    ]


def test_a_repeated_choice_shows_several_kinds_of_children_once(variety: Documented) -> None:
    text = etree.fromstring(variety.text_of("Variety"))
    names = [child.tag for child in text]
    assert names == ["recursive", "mixed", "many", "open"]


def test_mixed_content_is_text(variety: Documented) -> None:
    assert variety.text_of("Mixed") == "<mixed>example</mixed>\n"


def test_recursion_ends_as_soon_as_it_can(variety: Documented) -> None:
    assert lines_of(variety.text_of("Recursive")) == ["<recursive>", "<recursive>", "<leaf/>", *["</recursive>"] * 2]


def test_wildcards_are_left_out_unless_required(variety: Documented) -> None:
    assert variety.text_of("Open") == "<open/>\n"
    assert variety.text_of("Wild") == "<wild>\n  <any>example</any>\n</wild>\n"


def test_each_class_of_a_union_has_its_own_value(variety: Documented) -> None:
    assert etree.fromstring(variety.text_of("SquareShape")).attrib == {"kind": "square", "side": "1"}
    assert etree.fromstring(variety.text_of("RoundShape")).attrib == {"kind": "round", "radius": "1"}


def test_a_class_outside_the_namespace_of_the_roots_keeps_its_prefix(variety: Documented) -> None:
    assert variety.text_of("Extra").startswith("<x:extra xmlns:x='urn:x'")


def test_a_long_start_tag_continues_below_its_first_attribute(variety: Documented) -> None:
    lines = variety.text_of("Wide").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("      ")
    assert max(map(len, lines)) < 90
