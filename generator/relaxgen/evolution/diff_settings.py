"""`[tool.relaxgen.diff]` in a project's pyproject.toml: the gate of ``relaxgen diff``.

[tool.relaxgen.diff]
fail-on = ["backward", "source"]              # or ["none"]
strict = false
baseline = "schema-baseline.json"             # accepted findings, relative to this file
severity = { API107 = "warning" }             # error, warning, note or off, by rule
version-major = ["backward", "source"]        # what needs a major version
version-minor = ["forward"]

[[tool.relaxgen.diff.ignore]]
rule = "RNG040"
path = "/domain/devices/disk/@model"          # optional; * matches anything
reason = "never released"                     # required
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..diagnostics.errors import ConfigurationError, Diagnostics, nearest_or_all
from ..diagnostics.toml_locations import TomlDocument, TomlPath, read_toml, toml_kind
from ..project.configuration import TABLE, shown_path
from ..project.configuration_keys import KIND_NAMES, Key, Keys, table_schema
from .policy import Ignored, Severity
from .rules import Category, find_rule

PATH: TomlPath = (*TABLE, "diff")
NOTHING = "none"

CATEGORIES = (*map(str, Category), NOTHING)
SEVERITIES = tuple(map(str, Severity))

_IGNORED = {
    "rule": Key(str, "The rule's id or name.", is_never_empty=True),
    "path": Key(str, "A path in documents, or a pattern with *; by default all."),
    "reason": Key(str, "Why the finding is accepted.", is_never_empty=True),
}

KEYS: Keys = {
    "fail-on": Key(list, 'The breaks that fail the gate; ["none"] for none.', CATEGORIES),
    "strict": Key(bool, "Fail also if it is not proven that documents do not break."),
    "baseline": Key(str, "A file of findings that are accepted; --write-baseline makes it."),
    "severity": Key(
        dict,
        "Severities of single rules.",
        schema={"type": "object", "additionalProperties": {"enum": [*SEVERITIES]}},
    ),
    "version-major": Key(list, "The breaks that need a new major version.", CATEGORIES),
    "version-minor": Key(list, "The breaks that need a new minor version.", CATEGORIES),
    "ignore": Key(
        list,
        "Findings that are accepted.",
        schema={
            "type": "array",
            "items": {**table_schema(_IGNORED, "Accepted findings."), "required": ["rule", "reason"]},
        },
    ),
}


def diff_table_schema() -> dict[str, Any]:
    """JSON Schema for the table."""
    return table_schema(KEYS, "The gate of relaxgen diff.")


@dataclass(frozen=True, slots=True)
class DiffSettings:
    """What is None is not set."""

    fail_on: frozenset[Category] | None = None
    strict: bool = False
    baseline: Path | None = None
    severities: Mapping[str, Severity] = field(default_factory=dict)
    major: frozenset[Category] | None = None
    minor: frozenset[Category] | None = None
    ignored: tuple[Ignored, ...] = ()


def read_diff_settings(file: Path | None) -> DiffSettings:
    """The settings of a pyproject.toml; the defaults where it has none.

    Raises:
        ConfigurationError: with everything that is wrong in the table.
    """
    if file is None:
        return DiffSettings()
    document = read_toml(file, shown_path(file))
    table = document.values.get("tool", {}).get("relaxgen", {})
    values = table.get("diff", {}) if isinstance(table, dict) else {}
    diagnostics = Diagnostics()
    settings = _Reader(document, file.resolve().parent, diagnostics).read(values)
    diagnostics.raise_errors(ConfigurationError)
    return settings


def read_project_version(file: Path | None) -> str:
    """The static ``[project] version`` of a pyproject.toml; empty where there is none."""
    if file is None:
        return ""
    project = read_toml(file, shown_path(file)).values.get("project", {})
    version = project.get("version", "") if isinstance(project, dict) else ""
    return version if isinstance(version, str) else ""


@dataclass(frozen=True, slots=True)
class _Reader:
    document: TomlDocument
    directory: Path
    diagnostics: Diagnostics

    def read(self, values: Any) -> DiffSettings:
        if not isinstance(values, dict):
            self._wrong(PATH, f"tool.relaxgen.diff is {toml_kind(values)}, expected a table")
            return DiffSettings()
        for name, value in values.items():
            if name not in KEYS:
                self._unknown_key((*PATH, name), KEYS)
            elif not isinstance(value, KEYS[name].kind):
                expected = "an array" if KEYS[name].kind is list else KIND_NAMES[KEYS[name].kind]
                self._wrong((*PATH, name), f"{name} is {toml_kind(value)}, expected {expected}")
        if self.diagnostics.errors:
            return DiffSettings()
        baseline = values.get("baseline")
        return DiffSettings(
            self._categories("fail-on", values),
            values.get("strict", False),
            Path(shown_path(self.directory / baseline)) if baseline else None,
            dict(self._severities(values.get("severity", {}))),
            self._categories("version-major", values),
            self._categories("version-minor", values),
            tuple(self._ignored(values.get("ignore", []))),
        )

    def _categories(self, name: str, values: Mapping[str, Any]) -> frozenset[Category] | None:
        if name not in values:
            return None
        for index, value in enumerate(values[name]):
            if value not in CATEGORIES:
                self._wrong((*PATH, name, index), f"unknown category {value!r}{_expected(value, CATEGORIES)}")
        return frozenset(Category(value) for value in values[name] if value in set(map(str, Category)))

    def _severities(self, table: Mapping[str, Any]) -> Iterable[tuple[str, Severity]]:
        for name, value in table.items():
            rule = self._rule((*PATH, "severity", name), name)
            if value not in SEVERITIES:
                self._wrong((*PATH, "severity", name), f"unknown severity {value!r}{_expected(value, SEVERITIES)}")
            elif rule:
                yield rule, Severity(value)

    def _ignored(self, entries: list[Any]) -> Iterable[Ignored]:
        for index, entry in enumerate(entries):
            place = (*PATH, "ignore", index)
            if not isinstance(entry, dict) or not all(isinstance(value, str) for value in entry.values()):
                self._wrong(place, "expected a table with the strings rule, path and reason")
                continue
            for name in entry:
                if name not in _IGNORED:
                    self._unknown_key((*place, name), _IGNORED)
            missing = [name for name in ("rule", "reason") if not entry.get(name)]
            for name in missing:
                self._wrong(place, f"{name} is missing" + ("; say why it is accepted" if name == "reason" else ""))
            rule = self._rule((*place, "rule"), entry["rule"]) if not missing else ""
            if rule:
                yield Ignored(rule, entry.get("path", ""), entry["reason"])

    def _rule(self, path: TomlPath, name: str) -> str:
        try:
            return find_rule(name, self.document.value_place(path)).id
        except ConfigurationError as error:
            self.diagnostics.found += error.diagnostics
            return ""

    def _unknown_key(self, path: TomlPath, known: Keys) -> None:
        message = f"unknown key {path[-1]!r}{_expected(path[-1], known)}"
        self.diagnostics.error(self.document.key_place(path), message)

    def _wrong(self, path: TomlPath, message: str) -> None:
        self.diagnostics.error(self.document.value_place(path), message)


def _expected(value: object, known: Collection[str]) -> str:
    return nearest_or_all(value if isinstance(value, str) else "", known)
