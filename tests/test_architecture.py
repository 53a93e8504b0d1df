"""Allowed imports: read from the sources, and compared with one table.

The folders under ``generator/relaxgen/`` form a line from schemas to text: a later one may use an earlier one, and
nothing points back. No two files import each other, not even through others. `ast` sees every import, including those
inside functions and those for type checkers only.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
SOURCES = Path("generator", "relaxgen")

LOOSE_MODULES = {"__init__", "__main__", "build", "memory", "pipeline", "version"}
"""The only modules beside the folders."""

MAY_IMPORT: dict[str, set[str]] = {
    "version": set(),
    "memory": set(),
    "diagnostics": set(),
    "cache": set(),
    "runtime": set(),
    "relaxng": {"diagnostics", "cache", "runtime", "memory", "version"},
    "enums": {"diagnostics"},
    "binding": {"diagnostics", "relaxng", "enums", "runtime"},
    # A pattern of a datatype becomes one of Python's `re` by a translation that the front end checks schemas with; the
    # names of open content are the specification's name classes in the class model, too.
    "python": {"diagnostics", "binding", "runtime", "relaxng.name_class", "relaxng.regular_expression"},
    "output": {"diagnostics"},
    "sampling": {"diagnostics", "relaxng", "runtime"},
    "render": {"diagnostics", "cache", "memory", "python", "output"},
    "documentation": {
        "diagnostics",
        "relaxng",
        "binding",
        "python",
        "render",
        "output",
        "runtime",
        "sampling",
    },
    "project.request": {"diagnostics", "cache"},
    "project.presets": {"diagnostics", "relaxng.schema_document", "relaxng.loading"},
    "pipeline": {
        "diagnostics",
        "memory",
        "project.request",
        "project.presets",
        "relaxng",
        "enums",
        "binding",
        "python",
        "render",
        "documentation",
        "output",
        "runtime",
    },
    "project": {"diagnostics", "cache", "project.request", "project.presets", "pipeline", "relaxng", "output"},
    "report": {"diagnostics", "output", "version"},
    "inspection": {"diagnostics", "relaxng", "enums", "binding"},
    "documents": {"diagnostics", "relaxng", "runtime", "report", "version"},
    "evolution": {
        "diagnostics",
        "relaxng",
        "runtime",
        "sampling",
        "binding",
        "python",
        "pipeline",
        "project",
        "project.presets",
        "project.request",
        "report",
        "documents",
        "memory",
        "version",
    },
    "publishing": {
        "diagnostics",
        "relaxng",
        "binding",
        "python",
        "render",
        "pipeline",
        "project",
        "project.request",
        "sampling",
        "output",
    },
    # The exact comparison proves what a fix changes, and that a part of a schema has no effect.
    "lint": {"diagnostics", "relaxng", "evolution"},
    "__init__": {
        "diagnostics",
        "cache",
        "pipeline",
        "output",
        "project",
        "project.request",
        "project.presets",
        "version",
    },
    "__main__": {"cli"},
    "build": {"diagnostics", "project"},
}
"""What each part may import, earlier parts first: a folder, a loose module, or a module of a folder with a rule of its
own. An entry on the right may also name one module of a folder."""
MAY_IMPORT["cli"] = set(MAY_IMPORT) - {"__main__", "__init__", "build"}

LIBRARIES: dict[str, set[str]] = {
    "runtime": {"lxml"},
    "relaxng": {"lxml", "elementpath"},
    "binding": {"elementpath"},
    "render": {"jinja2", "markupsafe", "black"},
    "report": {"rich"},
    "cli": {"click", "watchfiles"},
    "project": {"hatchling", "setuptools"},
}
"""The libraries that each folder may import, beside Python's own."""

GENERATED_LIBRARIES = {"lxml"}


@dataclass(frozen=True)
class Import:
    file: Path
    line: int
    text: str
    targets: tuple[str, ...]
    """Full names of the module, the most likely first: ``from a import b`` imports the module ``a.b``, if there is one,
    else ``a``."""
    relative: bool

    def __str__(self) -> str:
        return f"{self.file.relative_to(REPOSITORY)}:{self.line}: {self.text}"


@cache
def imports_of(file: Path) -> tuple[Import, ...]:
    return tuple(_imports_of(file))


def _imports_of(file: Path) -> Iterator[Import]:
    package = list(module_of(file).split("."))
    if file.name != "__init__.py":
        package.pop()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"), str(file))):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    yield Import(file, node.lineno, ast.unparse(node), (alias.name,), relative=False)
            case ast.ImportFrom(module=module, level=level, names=names):
                base = [*package[: len(package) - level + 1]] if level else []
                target = ".".join([*base, *(module.split(".") if module else [])])
                for alias in names:
                    yield Import(
                        file, node.lineno, ast.unparse(node), (f"{target}.{alias.name}", target), relative=level > 0
                    )


def module_of(file: Path) -> str:
    parts = list(file.relative_to(REPOSITORY).with_suffix("").parts)
    if parts[0] == "generator":
        del parts[0]
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts)


def modules(package: Path) -> list[Path]:
    return sorted((REPOSITORY / package).rglob("*.py"))


def all_imports(package: Path) -> list[Import]:
    return [found for file in modules(package) for found in imports_of(file)]


def part_of(module: str) -> str:
    """The part of the table that a module belongs to, without the name of the package."""
    words = module.split(".")[1:] or ["__init__"]
    return ".".join(words[:2]) if ".".join(words[:2]) in MAY_IMPORT else words[0]


def is_allowed(target: str, part: str) -> bool:
    words = target.split(".")[1:]
    there = part_of(target)
    return there == part or there in MAY_IMPORT[part] or ".".join(words[:2]) in MAY_IMPORT[part]


def broken_rule(found: Import) -> str | None:
    part = part_of(module_of(found.file))
    target = next((each for each in found.targets if is_module(each)), found.targets[-1])
    top = target.split(".")[0]
    if top != "relaxgen":
        allowed = top in sys.stdlib_module_names or top in LIBRARIES.get(part.split(".")[0], set())
        return None if allowed else f"{part} may not import the library {top}"
    if not found.relative:
        return "imports inside the package are relative, so that it can be moved"
    if is_allowed(target, part):
        return None
    return f"{part} may import {', '.join(sorted(MAY_IMPORT[part])) or 'no other part'}, but not {part_of(target)}"


def is_module(name: str) -> bool:
    return _is_module(name, REPOSITORY)


@cache
def _is_module(name: str, repository: Path) -> bool:
    place = repository / "generator" / Path(*name.split("."))
    return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()


def test_every_part_of_the_generator_has_its_rule() -> None:
    parts = {part_of(module_of(file)) for file in modules(SOURCES)}
    assert parts <= set(MAY_IMPORT), f"say in MAY_IMPORT what {sorted(parts - set(MAY_IMPORT))} may import"


def test_every_module_but_a_few_is_in_a_folder() -> None:
    assert {file.stem for file in (REPOSITORY / SOURCES).glob("*.py")} == LOOSE_MODULES


def test_imports_point_in_one_direction() -> None:
    broken = [f"{found}\n    {rule}" for found in all_imports(SOURCES) if (rule := broken_rule(found)) is not None]
    assert not broken, "\n" + "\n".join(broken)


def test_the_rules_themselves_have_no_cycle() -> None:
    order: list[str] = []
    while len(order) < len(MAY_IMPORT):
        ready = [
            part
            for part in MAY_IMPORT
            if part not in order and {part_of(f"relaxgen.{n}") for n in MAY_IMPORT[part]} <= set(order)
        ]
        assert ready, f"a cycle among {sorted(set(MAY_IMPORT) - set(order))}"
        order.extend(ready)


def imported_files(package: Path) -> dict[str, dict[str, Import]]:
    """For each module those of the package that it imports."""
    names = {module_of(file) for file in modules(package)}
    graph: dict[str, dict[str, Import]] = {name: {} for name in names}
    for found in all_imports(package):
        here = module_of(found.file)
        target = next((each for each in found.targets if each in names), None)
        # A package's `__init__` hands names on: whoever imports it imports no more than it asks for.
        if target is not None and target != here:
            graph[here].setdefault(target, found)
    return graph


def circles(graph: Mapping[str, Mapping[str, Import]]) -> list[list[str]]:
    """The strongly connected parts of a graph that have more than one node (Tarjan 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for target in graph[node]:
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            circle = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(circle) > 1:
                found.append(sorted(circle))

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return found


def test_no_file_imports_itself_through_others() -> None:
    graph = imported_files(SOURCES)
    shown = [
        "\n".join(str(graph[one][other]) for one in circle for other in circle if other in graph[one])
        for circle in circles(graph)
    ]
    assert not shown, "files that import each other in a circle:\n" + "\n\n".join(shown)


def test_generated_packages_import_only_themselves_python_and_lxml() -> None:
    broken = []
    for found in all_imports(Path("generated")):
        top, *rest = found.targets[-1].split(".")
        package = found.file.relative_to(REPOSITORY / "generated").parts[0]
        inside = found.relative and top == "generated" and rest[:1] == [package]
        if not inside and top not in sys.stdlib_module_names | GENERATED_LIBRARIES:
            broken.append(str(found))
    assert not broken, "\n" + "\n".join(broken)


@pytest.fixture
def small_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty checkout that the checks above read instead of this one."""
    monkeypatch.setattr(sys.modules[__name__], "REPOSITORY", tmp_path)
    for folder in ("", "relaxng", "python", "runtime", "binding", "project"):
        (tmp_path / SOURCES / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / SOURCES / folder / "__init__.py").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("file", "line", "rule"),
    [
        ("python/view.py", "from ..relaxng.pattern import Element", "python may import binding"),
        ("python/view.py", "from .. import relaxng", "python may import binding"),
        ("runtime/faults.py", "from ..errors import GeneratorError", "runtime may import no other part"),
        ("runtime/faults.py", "import click", "runtime may not import the library click"),
        ("binding/model_builder.py", "import relaxgen.relaxng", "imports inside the package are relative"),
        ("binding/model_builder.py", "def f():\n    import jinja2", "binding may not import the library jinja2"),
        ("project/request.py", "from .configuration import KEYS", "project.request may import cache"),
        ("pipeline.py", "from .project.configuration import KEYS", "pipeline may import binding"),
        ("pipeline.py", "from .project.request import PackageRequest", None),
        ("python/view.py", "from . import names", None),
        ("relaxng/grammar_reader.py", "from ..runtime.faults import Fault\nimport re, lxml.etree", None),
    ],
)
def test_the_check_sees_what_breaks_a_rule(small_tree: Path, file: str, line: str, rule: str | None) -> None:
    for module in ("project/request.py", "project/configuration.py"):
        (small_tree / SOURCES / module).touch()
    (small_tree / SOURCES / file).write_text(line, encoding="utf-8")
    broken = [text for found in imports_of(small_tree / SOURCES / file) if (text := broken_rule(found)) is not None]
    assert [text.startswith(rule or "?") for text in broken] == ([True] if rule else [])


def test_the_check_sees_a_circle_of_three_files(small_tree: Path) -> None:
    folder = small_tree / SOURCES / "binding"
    (folder / "first.py").write_text("from .second import f", encoding="utf-8")
    (folder / "second.py").write_text("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from . import third")
    (folder / "third.py").write_text("def f():\n    from ..binding.first import g", encoding="utf-8")
    (folder / "fourth.py").write_text("from .first import g", encoding="utf-8")
    names = [f"relaxgen.binding.{name}" for name in ("first", "second", "third")]
    assert circles(imported_files(SOURCES)) == [names]
