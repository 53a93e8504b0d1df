"""docs/class-model.md: each example of it is what the generator does."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from generator.pipeline import PackageRequest, read_model
from generator.python.builder import build_package
from generator.python.view import PythonPackage

DOCUMENT = (Path(__file__).parents[1] / "docs" / "class-model.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^## ([^\n]*)\n(?:(?!^## ).)*?```xml\n(.*?)```\n\n```python\n(.*?)```", DOCUMENT, re.M | re.S)

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
            found[node.name] = dict(_line(line) for line in node.body)
    return found


def _line(node: ast.stmt) -> tuple[str, str]:
    if isinstance(node, ast.AnnAssign):
        return ast.unparse(node.target), ast.unparse(node.annotation)
    assert isinstance(node, ast.Assign)
    return ast.unparse(node.targets[0]), ast.unparse(node.value)


def made(package: PythonPackage) -> Shape:
    """What the generator says."""
    found: Shape = {}
    for module in package.modules:
        found |= {one.name: {field.name: field.annotation for field in one.fields} for one in module.classes}
        found |= {one.name: {member.name: member.value for member in one.members} for one in module.enums}
        found |= {one.name: " | ".join(variant.name for variant in one.variants) for one in module.unions}
    return found


@pytest.mark.parametrize(("title", "xml", "code"), EXAMPLES, ids=[title for title, _, _ in EXAMPLES])
def test_the_example_is_true(title: str, xml: str, code: str, tmp_path: Path) -> None:
    element, separator, defines = xml.partition("<define")
    file = tmp_path / "example.rng"
    file.write_text(GRAMMAR.format(element, separator + defines), encoding="utf-8")
    package = build_package(read_model(PackageRequest((file,), tmp_path / "example")), "example", ["example.rng"])
    assert shown(code) == made(package)


def test_every_section_has_its_example() -> None:
    assert len(EXAMPLES) == DOCUMENT.count("\n## ")
