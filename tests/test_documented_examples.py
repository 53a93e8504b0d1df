"""docs/class-model.md and docs/bindings.md: each example in them is what the generator does."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from relaxgen.pipeline import read_model
from relaxgen.project.request import PackageRequest
from relaxgen.python.builder import build_package
from relaxgen.python.view import PythonPackage

REPOSITORY = Path(__file__).parents[1]
DOCUMENTS = [REPOSITORY / "docs" / name for name in ("class-model.md", "bindings.md")]


@dataclass(frozen=True)
class Example:
    """A schema, what a bindings file says of it, if there is one, and what the classes are."""

    title: str
    xml: str
    toml: str
    code: str


def examples_of(document: Path) -> list[Example]:
    blocks = r"```xml\n(.*?)```\n\n(?:```toml\n(.*?)```\n\n)?```python\n(.*?)```"
    found = []
    for title, text in re.findall(r"^## ([^\n]*)\n(.*?)(?=^## |\Z)", document.read_text(encoding="utf-8"), re.M | re.S):
        found += [Example(title, xml, toml, code) for xml, toml, code in re.findall(blocks, text, re.S)]
    return found


EXAMPLES = [example for document in DOCUMENTS for example in examples_of(document)]

GRAMMAR = """<grammar xmlns="http://relaxng.org/ns/structure/1.0" xmlns:b="urn:relaxgen:binding:1"
  datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes"><start>{}</start>{}</grammar>"""

Shape = dict[str, object]
"""For a class its fields with their annotations, for an enumeration its members with their tokens, for a union its
text."""


def shown(code: str) -> Shape:
    """What the example says."""
    found: Shape = {}
    for node in ast.parse(code).body:
        if isinstance(node, ast.Assign):
            found[ast.unparse(node.targets[0])] = ast.unparse(node.value)
        elif isinstance(node, ast.ClassDef):
            name = "".join([node.name, *(f"({ast.unparse(base)})" for base in node.bases)])
            found[name] = dict(_line(line) for line in node.body)
    return found


def _line(node: ast.stmt) -> tuple[str, str]:
    if isinstance(node, ast.AnnAssign):
        return ast.unparse(node.target), ast.unparse(node.annotation)
    assert isinstance(node, ast.Assign)
    return ast.unparse(node.targets[0]), ast.unparse(node.value)


def made(package: PythonPackage) -> Shape:
    """What the generator says: of a class that has a base, what it has itself."""
    found: Shape = {}
    for module in package.modules:
        for one in (*module.bases, *module.classes):
            name = one.name if one.base is None else f"{one.name}({one.base.name})"
            found[name] = {field.name: field.annotation for field in one.own_fields}
        found |= {one.name: {member.name: member.value for member in one.members} for one in module.enums}
        found |= {one.name: " | ".join(variant.name for variant in one.variants) for one in module.unions}
    return found


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_the_example_is_true(example: Example, tmp_path: Path) -> None:
    element, separator, defines = example.xml.partition("<define")
    file = tmp_path / "example.rng"
    file.write_text(GRAMMAR.format(element, separator + defines), encoding="utf-8")
    bindings = tmp_path / "example.toml"
    bindings.write_text(example.toml, encoding="utf-8")
    model = read_model(PackageRequest((file,), tmp_path / "example", bindings=(bindings,)))
    assert shown(example.code) == made(build_package(model, "example", ["example.rng"]))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_section_has_its_example_and_every_code_is_in_one(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    examples = examples_of(document)
    assert {example.title for example in examples} == set(re.findall(r"^## ([^\n]*)", text, re.M))
    assert len(examples) == text.count("```python")
    assert sum(bool(example.toml) for example in examples) == text.count("```toml")
