"""Allowed imports: read from the sources, and compared with one table.

The packages under ``generator/relaxgen/`` form a line from schemas to text: a later one may use an earlier one, and
nothing points back. Reading with `ast` sees every import, also those inside functions and for type checkers only.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
EVERYONE = {"source", "errors"}

MAY_IMPORT: dict[str, set[str]] = {
    "source": set(),
    "version": set(),
    "errors": {"source"},
    "source_files": set(),
    "depfile": EVERYONE,
    "toml_places": EVERYONE,
    "presets": EVERYONE | {"runtime"},
    "configuration": EVERYONE | {"toml_places", "presets"},
    "runtime": set(),
    "relaxng": EVERYONE | {"runtime"},
    "enums": EVERYONE,
    "schema_choices": EVERYONE | {"relaxng", "enums"},
    "table_comparison": EVERYONE | {"relaxng", "enums", "schema_choices"},
    "binding": EVERYONE | {"relaxng", "enums", "runtime", "toml_places"},
    # A pattern of a datatype becomes one of Python's `re` by a translation that the front end checks schemas with; the
    # names of open content are the specification's name classes in the class model, too.
    "python": EVERYONE | {"binding", "runtime", "relaxng.name_class", "relaxng.regular_expression"},
    "output": EVERYONE,
    "sampling": EVERYONE | {"relaxng", "runtime"},
    "tracking": EVERYONE | {"output"},
    "render": EVERYONE | {"python", "output"},
    "documentation": EVERYONE | {"relaxng", "binding", "python", "render", "output", "runtime", "sampling"},
    "pipeline": EVERYONE
    | {
        "source_files",
        "relaxng",
        "enums",
        "schema_choices",
        "binding",
        "python",
        "render",
        "documentation",
        "output",
        "runtime",
        "presets",
    },
    "inspection": EVERYONE | {"binding", "relaxng"},
    "validation": EVERYONE | {"relaxng", "runtime", "reporting", "version"},
    "evolution": EVERYONE
    | {"relaxng", "runtime", "sampling", "binding", "python", "pipeline", "configuration", "reporting", "validation"},
    "starting_point": EVERYONE | {"configuration", "toml_places", "relaxng", "output"},
    "project": EVERYONE | {"configuration", "pipeline"},
    "hatch": EVERYONE | {"configuration", "project", "toml_places", "output"},
    "__init__": EVERYONE | {"pipeline", "output", "configuration", "presets", "version"},
    "progress": set(),
    "reporting": EVERYONE | {"output"},
    "__main__": {"cli"},
}
"""For each module or package under ``generator/relaxgen/``: the others, or modules of them, that it may use."""
MAY_IMPORT["cli"] = set(MAY_IMPORT) - {"__main__", "__init__", "hatch"}

LIBRARIES: dict[str, set[str]] = {
    "runtime": {"lxml"},
    "relaxng": {"lxml", "elementpath"},
    "binding": {"elementpath"},
    "render": {"jinja2", "markupsafe", "black"},
    "progress": {"rich"},
    "cli": {"click"},
    "hatch": {"hatchling"},
}
"""The libraries that each may import, beside Python's own."""

GENERATED_LIBRARIES = {"lxml"}


@dataclass(frozen=True)
class Import:
    file: Path
    line: int
    text: str
    target: str
    """The module, in full: ``relaxgen.relaxng.pattern``, ``lxml.etree``."""
    relative: bool

    def __str__(self) -> str:
        return f"{self.file.relative_to(REPOSITORY)}:{self.line}: {self.text}"


def imports_of(file: Path) -> Iterator[Import]:
    package = list(file.relative_to(REPOSITORY).parts[:-1])
    if package[0] == "generator":
        del package[0]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"), str(file))):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    yield Import(file, node.lineno, ast.unparse(node), alias.name, relative=False)
            case ast.ImportFrom(module=module, level=0):
                yield Import(file, node.lineno, ast.unparse(node), module or "", relative=False)
            case ast.ImportFrom(module=module, level=level, names=names):
                base = package[: len(package) - level + 1]
                for alias in names:
                    target = [*base, *(module.split(".") if module else [alias.name])]
                    yield Import(file, node.lineno, ast.unparse(node), ".".join(target), relative=True)


def modules(package: str) -> list[Path]:
    return sorted((REPOSITORY / package).rglob("*.py"))


def all_imports(package: str) -> list[Import]:
    return [found for file in modules(package) for found in imports_of(file)]


def part_of(file: Path) -> str:
    """The module or package directly under ``generator/relaxgen/`` that a file belongs to."""
    return file.relative_to(REPOSITORY / "generator" / "relaxgen").with_suffix("").parts[0]


def broken_rule(found: Import, part: str) -> str | None:
    top, *rest = found.target.split(".")
    if top != "relaxgen":
        allowed = top in sys.stdlib_module_names or top in LIBRARIES.get(part, set())
        return None if allowed else f"{part} may not import the library {top}"
    if not found.relative:
        return "imports inside the package are relative, so that it can be moved"
    target = rest[0] if rest else "__init__"
    if target == part or {target, ".".join(rest[:2])} & MAY_IMPORT[part]:
        return None
    return f"{part} may import {', '.join(sorted(MAY_IMPORT[part])) or 'nothing of the others'}, but not {target}"


def test_every_part_of_the_generator_has_its_rule() -> None:
    parts = {part_of(file) for file in modules("generator/relaxgen")}
    assert parts <= set(MAY_IMPORT), f"say in MAY_IMPORT what {sorted(parts - set(MAY_IMPORT))} may import"


def test_imports_point_in_one_direction() -> None:
    broken = [
        f"{found}\n    {rule}"
        for found in all_imports("generator/relaxgen")
        if (rule := broken_rule(found, part_of(found.file))) is not None
    ]
    assert not broken, "\n" + "\n".join(broken)


def parts_named(part: str) -> set[str]:
    return {name.split(".")[0] for name in MAY_IMPORT[part]}


def test_the_rules_themselves_have_no_cycle() -> None:
    order: list[str] = []
    while len(order) < len(MAY_IMPORT):
        ready = [part for part in MAY_IMPORT if part not in order and parts_named(part) <= set(order)]
        assert ready, f"a cycle among {sorted(set(MAY_IMPORT) - set(order))}"
        order.extend(ready)


def test_generated_packages_import_only_themselves_python_and_lxml() -> None:
    broken = []
    for found in all_imports("generated"):
        top, *rest = found.target.split(".")
        package = found.file.relative_to(REPOSITORY / "generated").parts[0]
        inside = found.relative and top == "generated" and rest[:1] == [package]
        if not inside and top not in sys.stdlib_module_names | GENERATED_LIBRARIES:
            broken.append(str(found))
    assert not broken, "\n" + "\n".join(broken)


@pytest.mark.parametrize(
    ("file", "line", "rule"),
    [
        ("generator/relaxgen/python/view.py", "from ..relaxng.pattern import Element", "python may import binding"),
        ("generator/relaxgen/python/view.py", "from .. import relaxng", "python may import binding"),
        ("generator/relaxgen/runtime/faults.py", "from ..errors import GeneratorError", "runtime may import nothing"),
        ("generator/relaxgen/runtime/faults.py", "import click", "runtime may not import the library click"),
        ("generator/relaxgen/binding/builder.py", "import relaxgen.relaxng", "imports inside the package are relative"),
        (
            "generator/relaxgen/binding/builder.py",
            "def f():\n    import jinja2",
            "binding may not import the library jinja2",
        ),
        ("generator/relaxgen/python/view.py", "from . import names", None),
        ("generator/relaxgen/relaxng/reader.py", "from ..runtime.faults import Fault\nimport re, lxml.etree", None),
    ],
)
def test_the_check_sees_what_breaks_a_rule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, line: str, rule: str | None
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "REPOSITORY", tmp_path)
    module = tmp_path / file
    module.parent.mkdir(parents=True)
    module.write_text(line, encoding="utf-8")
    broken = [broken_rule(found, part_of(module)) for found in imports_of(module)]
    assert [text for text in broken if text is not None and text.startswith(rule or "")] == ([] if not rule else broken)
