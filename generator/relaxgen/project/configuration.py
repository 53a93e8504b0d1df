"""`[tool.relaxgen]` in a project's pyproject.toml: which packages are made from which schemas.

One package has its keys in the table itself, several have a table each::

    [[tool.relaxgen.package]]
    schemas = ["schemas/domain.rng"]
    output = "src/acme/domain"

`configuration_keys` has all keys. Paths are relative to the pyproject.toml, so it does not matter where the command is
called. What comes in is the file; what goes out is a `PackageRequest` for each package. Every mistake is reported with
its place, all of them at once.
"""

from __future__ import annotations

import glob
import keyword
import os
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..diagnostics.errors import (
    ConfigurationError,
    Diagnostic,
    Diagnostics,
    did_you_mean,
    meant,
    nearest,
    nearest_or_all,
)
from ..diagnostics.input_files import is_directory, is_file
from ..diagnostics.locations import SourceLocation
from ..diagnostics.toml_locations import TomlDocument, TomlPath, read_toml, toml_kind
from .configuration_keys import BUILD_KEYS, DOCS_KEYS, KIND_NAMES, PACKAGE_KEYS, REQUIRED, SHARED_KEYS, Key, Keys
from .presets import document_schemas, installed_schemas, preset_named
from .request import PackageRequest

FILE_NAME = "pyproject.toml"
TABLE: TomlPath = ("tool", "relaxgen")


OTHER_TABLES = ("diff", "build", "docs")
"""Tables beside those of packages; `evolution.diff_settings` reads the gate of ``relaxgen diff``, `read_backend` that
of builds, `read_docs_settings` that of the reference site."""


def find_configuration(start: Path) -> Path | None:
    """The nearest pyproject.toml with a `[tool.relaxgen]` table, from `start` upwards.

    Raises:
        ConfigurationError: a nearer one has a table whose name is nearly this.
    """
    for directory in (start, *start.parents):
        file = directory / FILE_NAME
        if is_file(file):
            document = read_toml(file, shown_path(file))
            if _has_table(document.values):
                return file
            _refuse_misspelt_table(document)
    return None


NEARLY = 0.85
"""How near the name of a table must be: ``relaxgn`` is meant for us, ``relaxng`` may be somebody else's."""


def _refuse_misspelt_table(document: TomlDocument) -> None:
    tools = document.values.get("tool")
    for name in tools if isinstance(tools, dict) else ():
        if hint := did_you_mean(name, ["relaxgen"], NEARLY):
            raise ConfigurationError(Diagnostic(document.key_place(("tool", name)), f"there is no tool {name!r}{hint}"))


def read_configuration(file: Path) -> tuple[PackageRequest, ...]:
    """The packages that a configuration file lists.

    Raises:
        ConfigurationError: with everything that is wrong in it.
    """
    document = read_toml(file, shown_path(file))
    diagnostics = Diagnostics()
    reader = _Reader(document, file.resolve().parent, diagnostics)
    packages = reader.packages()
    diagnostics.raise_errors(ConfigurationError)
    check_outputs_apart(packages, SourceLocation(document.path))
    return packages


def read_outputs(file: Path) -> tuple[Path, ...]:
    """The directories of the packages and of what they share, as far as they are given, even without the schemas."""
    table = read_toml(file, shown_path(file)).values.get("tool", {}).get("relaxgen", {})
    outputs = (table.get("runtime"), *(package.get("output") for package in table.get("package", [table])))
    return tuple(Path(shown_path(file.resolve().parent / output)) for output in outputs if output)


def read_backend(file: Path) -> str:
    """The back end in `[tool.relaxgen.build]`, for builds that `relaxgen.build` wraps.

    Raises:
        ConfigurationError: there is none, or the table has other keys.
    """
    document = read_toml(file, shown_path(file))
    relaxgen = document.values.get("tool", {}).get("relaxgen")
    found = relaxgen.get("build") if isinstance(relaxgen, dict) else None
    table: dict[str, Any] = found if isinstance(found, dict) else {}
    place, diagnostics = (*TABLE, "build"), Diagnostics()
    for key in table:
        if key not in BUILD_KEYS:
            hint = did_you_mean(key, BUILD_KEYS) or f"; expected: {', '.join(BUILD_KEYS)}"
            diagnostics.error(document.key_place((*place, key)), f"unknown key {key!r}{hint}")
    backend = table.get("backend")
    if "backend" not in table and not diagnostics.errors:
        example = 'backend = "flit_core.buildapi", or another back end'
        diagnostics.error(document.key_place(place), f"[tool.relaxgen.build] has no backend; expected {example}")
    elif "backend" in table and not (isinstance(backend, str) and re.fullmatch(r"[\w.]+(:[\w.]+)?", backend)):
        message = "backend is not a module, or MODULE:OBJECT, as build-backend would name it"
        diagnostics.error(document.value_place((*place, "backend")), message)
    diagnostics.raise_errors(ConfigurationError)
    return str(backend)


@dataclass(frozen=True, slots=True)
class DocsSettings:
    """What the owner says in the reference site. ``introduction`` is a file."""

    title: str = ""
    introduction: Path | None = None


def read_docs_settings(file: Path) -> DocsSettings:
    """What `[tool.relaxgen.docs]` says.

    Raises:
        ConfigurationError: with everything that is wrong in it.
    """
    document = read_toml(file, shown_path(file))
    relaxgen = document.values.get("tool", {}).get("relaxgen")
    table = relaxgen.get("docs", {}) if isinstance(relaxgen, dict) else {}
    diagnostics = Diagnostics()
    place = (*TABLE, "docs")
    if not isinstance(table, dict):
        diagnostics.error(document.value_place(place), f"tool.relaxgen.docs is {toml_kind(table)}, expected a table")
    else:
        reader = _Reader(document, file.resolve().parent, diagnostics)
        reader.check_keys(place, table, DOCS_KEYS)
        if not diagnostics.errors and "introduction" in table:
            reader.check_file(place, table, "introduction")
    diagnostics.raise_errors(ConfigurationError)
    introduction = table.get("introduction")
    text = Path(shown_path(file.resolve().parent / introduction)) if introduction is not None else None
    return DocsSettings(table.get("title", ""), text)


def check_package_name(output: Path, place: SourceLocation, diagnostics: Diagnostics) -> None:
    """A package is imported by its directory's name, so that has to be a Python identifier."""
    name = Path(os.path.abspath(output)).name
    if name.isidentifier() and not keyword.iskeyword(name):
        return
    reason = "is a keyword of Python" if keyword.iskeyword(name) else "cannot be a package's name in Python"
    diagnostics.error(place, f"{name!r}, the last part of the output path, {reason}{_better_name(name)}")


def check_runtime(
    runtime: Path, packages: Iterable[PackageRequest], place: SourceLocation, diagnostics: Diagnostics
) -> None:
    """Packages must be where they can import the run time that they share from."""
    check_package_name(runtime, place, diagnostics)
    around = Path(os.path.abspath(runtime)).parent
    for package in packages:
        if not Path(os.path.abspath(package.output)).is_relative_to(around):
            message = f"{package.output} is not below {shown_path(around)}, and cannot import a run time from there"
            diagnostics.error(place, message)
        if package.templates is not None:
            reason = f"{package.output} has templates of its own, and those need a run time of their own"
            diagnostics.error(place, reason)


def check_outputs_apart(packages: tuple[PackageRequest, ...], place: SourceLocation) -> None:
    """Checks that no two packages share a directory, and that none is inside another.

    Raises:
        ConfigurationError: they do.
    """
    diagnostics = Diagnostics()
    for index, package in enumerate(packages):
        here = Path(os.path.realpath(package.output))
        for earlier in packages[:index]:
            there = Path(os.path.realpath(earlier.output))
            if here == there or here in there.parents or there in here.parents:
                relation = "is the output of another package" if here == there else f"overlaps with {earlier.output}"
                other = "the run time" if earlier.runtime == earlier.output else "the other package"
                related = [(earlier.output_location, other)] if earlier.output_location else []
                diagnostics.error(package.output_location or place, f"{package.output} {relation}", related=related)
    diagnostics.raise_errors(ConfigurationError)


def _better_name(name: str) -> str:
    better = "".join(character if character.isalnum() else "_" for character in name).strip("_")
    if keyword.iskeyword(better):
        better += "_"
    return meant(better) if better.isidentifier() else ""


def _has_table(values: dict[str, Any]) -> bool:
    tool = values.get("tool")
    return isinstance(tool, dict) and "relaxgen" in tool


def shown_path(file: Path) -> str:
    """A path as a person in the working directory would write it: relative below it, absolute elsewhere."""
    absolute = Path(os.path.abspath(file))
    working_directory = Path.cwd()
    if absolute.is_relative_to(working_directory):
        return absolute.relative_to(working_directory).as_posix()
    return str(absolute)


@dataclass(frozen=True, slots=True)
class _Reader:
    document: TomlDocument
    directory: Path
    diagnostics: Diagnostics

    def packages(self) -> tuple[PackageRequest, ...]:
        table = self._table()
        if table is None:
            return ()
        shared = {name: value for name, value in table.items() if name in SHARED_KEYS}
        packages = self._packages({name: value for name, value in table.items() if name not in shared})
        return self._sharing(packages, shared)

    def _packages(self, table: dict[str, Any]) -> tuple[PackageRequest, ...]:
        if "package" not in table:
            before = len(self.diagnostics.errors)
            for name in table:
                if name not in PACKAGE_KEYS and nearest(name, ["package"]):
                    self._unknown((*TABLE, name), name, ["package"])
            return () if len(self.diagnostics.errors) > before else self._made([self._package(TABLE, table)])
        for name in table:
            if name in PACKAGE_KEYS:
                self._error((*TABLE, name), f"{name} belongs into a [[tool.relaxgen.package]] table where there is one")
            elif name != "package":
                self._unknown((*TABLE, name), name, ["package", *SHARED_KEYS, *OTHER_TABLES])
        items = table["package"]
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            self._error(
                (*TABLE, "package"), f"package is {toml_kind(items)}, expected tables: [[tool.relaxgen.package]]"
            )
            return ()
        return self._made([self._package((*TABLE, "package", index), item) for index, item in enumerate(items)])

    def _table(self) -> dict[str, Any] | None:
        values = self.document.values
        if not _has_table(values):
            self._error((), "has no [tool.relaxgen] table")
            return None
        table = values["tool"]["relaxgen"]
        if not isinstance(table, dict):
            self._error(TABLE, f"tool.relaxgen is {toml_kind(table)}, expected a table")
            return None
        return {name: value for name, value in table.items() if name not in OTHER_TABLES}

    def _made(self, packages: list[PackageRequest | None]) -> tuple[PackageRequest, ...]:
        return tuple(package for package in packages if package is not None)

    def _sharing(self, packages: tuple[PackageRequest, ...], shared: dict[str, Any]) -> tuple[PackageRequest, ...]:
        """The packages, with the run time that they share, which must be where they can import it from."""
        before = len(self.diagnostics.errors)
        for name, value in shared.items():
            self._check_value((*TABLE, name), value, SHARED_KEYS[name])
        if "runtime" not in shared or len(self.diagnostics.errors) > before:
            return packages
        location = self.document.value_place((*TABLE, "runtime"))
        runtime = self._own_path(TABLE, shared, "runtime")
        check_runtime(runtime, packages, location, self.diagnostics)
        return tuple(replace(package, runtime=runtime, runtime_location=location) for package in packages)

    def _package(self, path: TomlPath, table: dict[str, Any]) -> PackageRequest | None:
        before = len(self.diagnostics.errors)
        self._check_package(path, table)
        if len(self.diagnostics.errors) > before:
            return None
        output_location = self.document.value_place((*path, "output"))
        roots = tuple(table.get("roots", ()))
        settings = PackageRequest(
            schemas=self._schemas(path, table),
            output=self._own_path(path, table, "output"),
            enums=self._files(path, table, "enums"),
            roots=roots,
            templates=self._templates(path, table),
            bindings=self._files(path, table, "bindings"),
            preset=table.get("preset", ""),
            names=self._own_path(path, table, "names") if "names" in table else None,
            catalogs=self._files(path, table, "catalogs"),
            versions=self._files(path, table, "versions"),
            location=self.document.key_place(path),
            output_location=output_location,
            root_locations={
                root: self.document.value_place((*path, "roots", index)) for index, root in enumerate(roots)
            },
        )
        check_package_name(settings.output, output_location, self.diagnostics)
        return settings

    def check_keys(self, path: TomlPath, table: dict[str, Any], keys: Keys) -> None:
        for name, value in table.items():
            if name in keys:
                self._check_value((*path, name), value, keys[name])
            else:
                self._unknown((*path, name), name, keys)

    def check_file(self, path: TomlPath, table: dict[str, Any], name: str) -> None:
        if not is_file(self._path(table[name])):
            self._wrong((*path, name), f"no such file: {table[name]}")

    def _check_package(self, path: TomlPath, table: dict[str, Any]) -> None:
        self.check_keys(path, table, PACKAGE_KEYS)
        for name in REQUIRED:
            if name not in table and not (name == "schemas" and "preset" in table):
                self._error(path, f"{name} is missing")

    def _check_value(self, path: TomlPath, value: object, key: Key) -> None:
        if not isinstance(value, key.kind):
            self._wrong(path, f"{path[-1]} is {toml_kind(value)}, expected {KIND_NAMES[key.kind]}")
        elif not value and key.is_never_empty:
            self._wrong(path, f"{path[-1]} is empty")
        elif isinstance(value, str) and "\0" in value:
            self._wrong(path, f"{path[-1]} contains a NUL character")
        elif isinstance(value, list):
            self._check_strings(path, value)

    def _check_strings(self, path: TomlPath, values: list[Any]) -> None:
        for index, value in enumerate(values):
            if not isinstance(value, str) or not value:
                kind = "an empty string" if value == "" else toml_kind(value)
                self._wrong((*path, index), f"{path[-1]} contains {kind} at position {index + 1}, expected a string")
            elif "\0" in value:
                self._wrong((*path, index), f"{path[-1]} contains a NUL character at position {index + 1}")

    def _unknown(self, path: TomlPath, name: str, known: Collection[str]) -> None:
        self._error(path, f"unknown key {name!r}{nearest_or_all(name, known)}")

    def _schemas(self, path: TomlPath, table: dict[str, Any]) -> tuple[Path, ...]:
        """The files that are named; of a preset's those that are no parts of others, or what the system has."""
        files = self._files(path, table, "schemas")
        if "preset" not in table:
            return files
        try:
            preset = preset_named(table["preset"], self.document.value_place((*path, "preset")))
            return document_schemas(files) or installed_schemas(preset)
        except ConfigurationError as error:
            self.diagnostics.found += error.diagnostics
            return ()

    def _files(self, path: TomlPath, table: dict[str, Any], name: str) -> tuple[Path, ...]:
        files: dict[Path, None] = {}
        for index, pattern in enumerate(table.get(name, ())):
            found = self._matching(pattern)
            if not found:
                what = "no file matches" if glob.has_magic(pattern) else "no such file:"
                self._wrong((*path, name, index), f"{what} {pattern}")
            files.update(dict.fromkeys(found))
        return tuple(files)

    def _matching(self, pattern: str) -> list[Path]:
        """Returns the files that match a pattern, sorted, because the order of a directory is arbitrary."""
        if not glob.has_magic(pattern):
            file = self._path(pattern)
            return [file] if is_file(file) else []
        names = sorted(glob.glob(pattern, root_dir=self.directory, recursive=True))
        return [file for file in map(self._path, names) if is_file(file)]

    def _templates(self, path: TomlPath, table: dict[str, Any]) -> Path | None:
        if "templates" not in table:
            return None
        directory = self._path(table["templates"])
        if not is_directory(directory):
            self._wrong((*path, "templates"), f"no such directory: {table['templates']}")
        return directory

    def _own_path(self, path: TomlPath, table: dict[str, Any], name: str) -> Path:
        """A path that is written to: a repository must not decide about files outside of it."""
        place = Path(os.path.realpath(self.directory / table[name]))
        if not place.is_relative_to(os.path.realpath(self.directory)):
            advice = f"give SCHEMA and --{name} on the command line to write there"
            self._wrong((*path, name), f"{name} is outside of the project's directory: {table[name]}; {advice}")
        return self._path(table[name])

    def _path(self, text: str) -> Path:
        return Path(shown_path(self.directory / text))

    def _error(self, path: TomlPath, message: str) -> None:
        self.diagnostics.error(self.document.key_place(path), message)

    def _wrong(self, path: TomlPath, message: str) -> None:
        self.diagnostics.error(self.document.value_place(path), message)
