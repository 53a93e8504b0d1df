"""``relaxgen init``: finds the schemas and enum tables of a project, and writes a first `[tool.relaxgen]` table.

The result for a directory is a `StartingPoint`. Its text is appended to pyproject.toml; existing bytes do not change.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..diagnostics.errors import ConfigurationError, Diagnostic, Diagnostics, SchemaError
from ..diagnostics.file_replacement import replace_file
from ..diagnostics.locations import SourceLocation
from ..diagnostics.toml_locations import TomlDocument, parse_toml, read_toml
from ..output import HEADER
from ..relaxng.grammar_reader import read_grammar
from ..relaxng.loading import COMPACT_SUFFIX, SCHEMA_SUFFIXES, XML_SUFFIX
from ..relaxng.pattern import Start
from ..relaxng.simplification import simplify
from .configuration import FILE_NAME, TABLE, shown_path

PASSED_OVER = frozenset({"__pycache__", "build", "dist", "node_modules", "site-packages", "test", "tests", "venv"})
"""Directories whose schemas are hardly what a project wants a package of; hidden ones and environments neither."""

NAMES_FILE = "relaxgen.names.toml"

NO_PACKAGES = frozenset({"benchmarks", "docs", "examples", "schemas", "scripts", "tools"})


@dataclass(frozen=True, slots=True)
class StartingPoint:
    """Paths are relative to the directory, with slashes. ``unusable`` are schemas that were left out, and why.
    ``back_end`` is what builds the project, as far as that is known."""

    schemas: tuple[str, ...]
    enums: tuple[str, ...]
    output: str
    unusable: tuple[Diagnostic, ...]
    back_end: str = ""

    @property
    def text(self) -> str:
        lines = [
            "# What relaxgen generates. Paths are relative to this file, and can contain wildcards.",
            "[tool.relaxgen]",
            f"schemas = {_list(self.schemas)}",
            f"enums = {_list(self.enums)}" if self.enums else '# enums = ["words.enums"]    # tables of enum words',
            f"output = {json.dumps(self.output, ensure_ascii=False)}    # the last part is the package's name",
            f'names = "{NAMES_FILE}"    # keeps the names of classes and fields when schemas change: commit it',
            '# roots = ["disk"]    # elements or defines to start from, instead of all that may start a document',
            '# bindings = ["bindings.toml"]    # names and more, for schemas that you cannot edit',
            '# templates = "templates"    # a directory of templates to use in place of relaxgen\'s',
            "",
            *_in_every_build(self.back_end),
        ]
        return "\n".join(lines) + "\n"


def _in_every_build(back_end: str) -> list[str]:
    """How the project's builds generate, for its owner to decide on."""
    required = '# To generate in every build, list "relaxgen" in build-system.requires'
    if back_end.startswith("setuptools") or not back_end:
        return [f"{required}; setuptools needs no more."]
    if back_end.startswith("hatchling"):
        return [f"{required}, and enable the hook:", "# [tool.hatch.build.hooks.relaxgen]"]
    table = ["# [tool.relaxgen.build]", f"# backend = {json.dumps(back_end)}"]
    return [f'{required}; let build-backend be "relaxgen.build", and say what it calls:', *table]


_NOTHING_FOUND = f"there is no RELAX NG schema (*{' or *'.join(SCHEMA_SUFFIXES)}) with a start to make a package from"


def find_starting_point(directory: Path) -> StartingPoint:
    """Raises:
    ConfigurationError: there is a `[tool.relaxgen]` table already, or nothing to make a package from.
    """
    document = _without_table(directory / FILE_NAME)
    files = sorted(file for file in _files(directory) if _is_utf8(file))
    schemas, unusable = _startable(_each_in_one_syntax(files))
    if not schemas:
        raise ConfigurationError(Diagnostic(SourceLocation(str(directory)), _NOTHING_FOUND), *unusable)
    names = [file.relative_to(directory).as_posix() for file in schemas]
    tables = [file.relative_to(directory).as_posix() for file in files if file.suffix == ".enums"]
    output, back_end = _output(directory, document, schemas), _back_end(document)
    return StartingPoint(tuple(names), tuple(_as_wildcards(tables)), output, unusable, back_end)


def append(directory: Path, point: StartingPoint) -> None:
    """Adds the table to pyproject.toml, or makes the file.

    Raises:
        ConfigurationError: the file cannot hold the table, or cannot be written.
    """
    file = directory / FILE_NAME
    before = file.read_bytes() if file.exists() else b""
    line_end = "\r\n" if b"\r\n" in before else "\n"
    gap = "" if not before else "\n" if before.endswith(b"\n") else "\n\n"
    after = before + (gap + point.text).replace("\n", line_end).encode()
    _check(file, after)
    try:
        replace_file(file, after)
    except OSError as error:
        raise _refusal(file, f"cannot be written: {error.strerror or error}") from None


def _without_table(file: Path) -> TomlDocument | None:
    if not file.exists():
        return None
    document = read_toml(file, shown_path(file))
    if TABLE in document.key_places or any(place[:2] == TABLE for place in document.key_places):
        message = "has a [tool.relaxgen] table already"
        raise ConfigurationError(Diagnostic(document.key_place(TABLE), message))
    return document


def _check(file: Path, content: bytes) -> None:
    """TOML lets no table be added to one that is written in one line."""
    try:
        parse_toml(content.decode("utf-8-sig").replace("\r\n", "\n"), str(file))
    except ConfigurationError as error:
        reason = error.diagnostics[0].message
        raise _refusal(file, f"a [tool.relaxgen] table cannot be appended; add it by hand ({reason})") from None


def _refusal(file: Path, message: str) -> ConfigurationError:
    return ConfigurationError(Diagnostic(SourceLocation(shown_path(file)), message))


def _files(directory: Path) -> Iterator[Path]:
    for place, directories, names in os.walk(directory):
        directories[:] = [name for name in directories if _is_looked_at(Path(place, name))]
        yield from (Path(place, name) for name in names)


def _is_utf8(file: Path) -> bool:
    """TOML has no other names."""
    try:
        str(file).encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_looked_at(directory: Path) -> bool:
    name = directory.name
    return not (name.startswith(".") or name in PASSED_OVER or (directory / "pyvenv.cfg").exists())


def _each_in_one_syntax(files: Sequence[Path]) -> list[Path]:
    """Of a schema in both syntaxes the compact one: people write that, and convert it for programs that need XML."""
    compact = {file.with_suffix("") for file in files if file.suffix == COMPACT_SUFFIX}
    return [
        file
        for file in files
        if file.suffix == COMPACT_SUFFIX or (file.suffix == XML_SUFFIX and file.with_suffix("") not in compact)
    ]


def _startable(files: Iterable[Path]) -> tuple[list[Path], tuple[Diagnostic, ...]]:
    """The schemas that have a start, but for single patterns that another one takes in by ``externalRef``."""
    found: list[Path] = []
    patterns: set[Path] = set()
    parts: set[Path] = set()
    unusable: list[Diagnostic] = []
    for file in files:
        try:
            diagnostics = Diagnostics()
            grammar = read_grammar(shown_path(file), diagnostics)
            if not grammar.has_start:
                continue
            parts.update(Path(part).resolve() for part in simplify(grammar, diagnostics).files[1:])
        except SchemaError as error:
            unusable.append(error.diagnostics[0])
            continue
        found.append(file)
        if len(grammar.components) == 1 and isinstance(grammar.components[0], Start):
            patterns.add(file.resolve())
    return [file for file in found if file.resolve() not in patterns & parts], tuple(unusable)


def _as_wildcards(names: Iterable[str]) -> list[str]:
    """Several files in one directory become one wildcard."""
    by_directory: dict[str, list[str]] = {}
    for name in names:
        by_directory.setdefault(name.rpartition("/")[0], []).append(name)
    return [
        found[0] if len(found) == 1 else f"{directory}/*.enums".lstrip("/") for directory, found in by_directory.items()
    ]


def _output(directory: Path, document: TomlDocument | None, schemas: list[Path]) -> str:
    """In the project's own package if there is one; never where something else already is."""
    package = _package_of(directory, document)
    stem = _identifier(schemas[0].stem) if len(schemas) == 1 else "model"
    names = (stem, "model", f"{stem}_model", f"{stem}_generated")
    free = next((name for name in names if _is_free(directory / package / name)), names[-1])
    return f"{package}/{free}".removeprefix("./")


def _package_of(directory: Path, document: TomlDocument | None) -> str:
    root = "src" if (directory / "src").is_dir() else "."
    packages = sorted(file.parent.name for file in (directory / root).glob("*/__init__.py"))
    packages = [name for name in packages if name not in NO_PACKAGES | PASSED_OVER]
    project = document.values.get("project") if document is not None else None
    name = project.get("name") if isinstance(project, dict) else None
    wanted = _identifier(name) if isinstance(name, str) and name else ""
    if wanted in packages:
        return f"{root}/{wanted}"
    return f"{root}/{packages[0]}" if len(packages) == 1 else root


def _back_end(document: TomlDocument | None) -> str:
    system = document.values.get("build-system") if document is not None else None
    name = system.get("build-backend") if isinstance(system, dict) else None
    return name if isinstance(name, str) else ""


def _is_free(directory: Path) -> bool:
    """Whether the path is free, or is a package that relaxgen made."""
    if not os.path.lexists(directory) and not directory.with_suffix(".py").exists():
        return True
    try:
        return (directory / "__init__.py").read_bytes().startswith(HEADER.encode())
    except OSError:
        return False


def _identifier(text: str) -> str:
    name = re.sub(r"\W+", "_", text).strip("_").lower()
    return name if name.isidentifier() else f"model_{name}".rstrip("_")


def _list(names: Iterable[str]) -> str:
    items = [json.dumps(name, ensure_ascii=False) for name in names]
    one_line = f"[{', '.join(items)}]"
    return one_line if len(one_line) < 80 else "[\n" + "".join(f"    {item},\n" for item in items) + "]"
