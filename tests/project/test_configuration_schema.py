"""``relaxgen config-schema``: editors accept what the reader accepts, and refuse what it refuses."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from relaxgen.cli import main
from relaxgen.diagnostics.errors import ConfigurationError
from relaxgen.evolution.diff_settings import read_diff_settings
from relaxgen.project.configuration import read_backend, read_configuration, read_docs_settings
from relaxgen.project.configuration_keys import BUILD_KEYS, PACKAGE_KEYS, SHARED_KEYS

PACKAGE = 'schemas = ["a.rng"]\noutput = "model"\n'
RIGHT = [
    PACKAGE,
    f'{PACKAGE}roots = ["a"]\nenums = []\nnames = "names.toml"',
    '[[tool.relaxgen.package]]\nschemas = ["*.rng"]\noutput = "model"',
    f"""{PACKAGE}[tool.relaxgen.diff]
fail-on = ["backward"]
strict = true
severity = {{ RNG040 = "note" }}
version-major = ["none"]
[[tool.relaxgen.diff.ignore]]
rule = "RNG040"
reason = "never released"
""",
    f'{PACKAGE}[tool.relaxgen.build]\nbackend = "flit_core.buildapi"',
    f'{PACKAGE}[tool.relaxgen.docs]\ntitle = "Disks"',
    f'runtime = "support"\n{PACKAGE}',
    'runtime = "support"\n[[tool.relaxgen.package]]\nschemas = ["*.rng"]\noutput = "model"',
]
WRONG = [
    'schemas = ["a.rng"]',
    'output = "model"',
    'schemas = "a.rng"\noutput = "model"',
    'schemas = []\noutput = "model"',
    'schemas = ["a.rng"]\noutput = ""',
    f'{PACKAGE}root = ["a"]',
    f'runtime = ""\n{PACKAGE}',
    '[[tool.relaxgen.package]]\nschemas = ["*.rng"]\noutput = "model"\nruntime = "support"',
    'schemas = ["a.rng"]\n[[tool.relaxgen.package]]\nschemas = ["*.rng"]\noutput = "model"',
    '[[tool.relaxgen.package]]\nschemas = ["*.rng"]',
    f'{PACKAGE}[tool.relaxgen.diff]\nfail-on = ["forwards"]',
    f'{PACKAGE}[tool.relaxgen.diff]\nstrict = "yes"',
    f'{PACKAGE}[tool.relaxgen.diff.severity]\nRNG040 = "loud"',
    f'{PACKAGE}[[tool.relaxgen.diff.ignore]]\nrule = "RNG040"',
    f'{PACKAGE}[tool.relaxgen.build]\nback-end = "flit_core.buildapi"',
    f'{PACKAGE}[tool.relaxgen.docs]\ntitle = ""',
    f'{PACKAGE}[tool.relaxgen.docs]\nheading = "Disks"',
]


@pytest.fixture
def schema(capsys: pytest.CaptureFixture[str]) -> Any:
    assert main(["config-schema", "--whole"]) == 0
    found = json.loads(capsys.readouterr().out)
    Draft7Validator.check_schema(found)
    return found


def reader_accepts(file: Path) -> bool:
    try:
        read_configuration(file)
        read_diff_settings(file)
        read_docs_settings(file)
        if "tool.relaxgen.build" in file.read_text(encoding="utf-8"):
            read_backend(file)
    except ConfigurationError:
        return False
    return True


@pytest.mark.parametrize("text", [*RIGHT, *WRONG])
def test_the_schema_agrees_with_the_reader(text: str, schema: Any, tmp_path: Path) -> None:
    (tmp_path / "a.rng").touch()
    file = tmp_path / "pyproject.toml"
    file.write_text(f"[tool.relaxgen]\n{text}\n", encoding="utf-8")
    assert reader_accepts(file) is (text in RIGHT)
    assert Draft7Validator(schema).is_valid(tomllib.loads(file.read_text(encoding="utf-8"))) is (text in RIGHT)


def test_each_key_has_a_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config-schema"]) == 0
    properties = json.loads(capsys.readouterr().out)["properties"]
    assert properties.keys() == {*PACKAGE_KEYS, *SHARED_KEYS, "package", "diff", "build", "docs"}
    assert properties["build"]["properties"].keys() == BUILD_KEYS.keys()
    for one in (*properties.values(), *properties["diff"]["properties"].values()):
        assert one["description"].endswith(".")


def test_other_parts_of_a_pyproject_are_left_alone(schema: Any) -> None:
    assert Draft7Validator(schema).is_valid({"project": {"name": "x"}, "tool": {"ruff": {}}})
