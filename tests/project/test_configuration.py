"""`[tool.relaxgen]` in pyproject.toml."""

from __future__ import annotations

from pathlib import Path

import pytest
from relaxgen.diagnostics.errors import ConfigurationError
from relaxgen.project.configuration import find_configuration, read_configuration
from relaxgen.project.request import PackageRequest


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("b.rng", "a.rng", "enums/two.enums", "enums/one.enums", "own/class.jinja"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def configure(project: Path, text: str) -> Path:
    file = project / "pyproject.toml"
    file.write_text(text, encoding="utf-8")
    return file


def settings(project: Path, text: str) -> tuple[PackageRequest, ...]:
    return read_configuration(configure(project, text))


def complaints(project: Path, text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        settings(project, text)
    return [str(diagnostic) for diagnostic in caught.value.diagnostics]


def test_one_package_stands_in_the_table_itself(project: Path) -> None:
    (package,) = settings(
        project,
        """
        [tool.relaxgen]
        schemas = ["a.rng"]
        enums = ["enums/*.enums"]
        bindings = ["enums/one.enums"]
        roots = ["domain"]
        output = "src/model"
        templates = "own"
        """,
    )
    assert package.schemas == (Path("a.rng"),)
    assert package.enums == (Path("enums/one.enums"), Path("enums/two.enums"))
    assert package.bindings == (Path("enums/one.enums"),)
    assert package.roots == ("domain",)
    assert package.output == Path("src/model")
    assert package.templates == Path("own")
    assert str(package.location) == "pyproject.toml:2:15"


def test_several_packages_have_a_table_each(project: Path) -> None:
    packages = settings(
        project,
        """
        [[tool.relaxgen.package]]
        schemas = ["a.rng"]
        output = "out/a"
        [[tool.relaxgen.package]]
        schemas = ["b.rng"]
        output = "out/b"
        """,
    )
    assert [package.output for package in packages] == [Path("out/a"), Path("out/b")]


def test_a_file_that_two_patterns_name_is_taken_once(project: Path) -> None:
    (package,) = settings(project, "[tool.relaxgen]\nschemas = ['b.rng', '*.rng']\noutput = 'out'\n")
    assert package.schemas == (Path("b.rng"), Path("a.rng"))


def test_paths_are_relative_to_the_file_and_not_to_the_working_directory(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = configure(project, "[tool.relaxgen]\nschemas = ['a.rng']\noutput = 'out'\n")
    monkeypatch.chdir(project / "enums")
    (package,) = read_configuration(file)
    assert package.schemas == (project / "a.rng",)
    assert package.output == project / "out"


def test_the_nearest_pyproject_with_our_table_is_found_upwards(project: Path) -> None:
    configure(project, "[tool.relaxgen]\n")
    inner = project / "inner" / "deep"
    inner.mkdir(parents=True)
    (inner.parent / "pyproject.toml").write_text("[tool.other]\n", encoding="utf-8")
    assert find_configuration(inner) == project / "pyproject.toml"


def test_without_a_table_nothing_is_found(project: Path) -> None:
    configure(project, "[tool.other]\n")
    assert find_configuration(project) != project / "pyproject.toml"


GOOD = "schemas = ['a.rng']\noutput = 'out'\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "pyproject.toml: has no [tool.relaxgen] table"),
        ("[tool]\nrelaxgen = 1", "pyproject.toml:2:1: tool.relaxgen is an integer, expected a table"),
        ("[tool.relaxgen]\noutput = 'out'", "pyproject.toml:1:7: schemas is missing"),
        ("[tool.relaxgen]\nschemas = ['a.rng']", "pyproject.toml:1:7: output is missing"),
        ("[tool.relaxgen]\noutput = 'out'\nschemas = []", "pyproject.toml:3:11: schemas is empty"),
        (f"[tool.relaxgen]\n{GOOD}rots = []", "pyproject.toml:4:1: unknown key 'rots' (did you mean 'roots'?)"),
        (
            f"[tool.relaxgen]\n{GOOD}xyz = []",
            "pyproject.toml:4:1: unknown key 'xyz'; "
            "expected one of: schemas, output, enums, bindings, roots, preset, names, templates, catalogs, versions",
        ),
        (
            "[tool.relaxgen]\nschemas = 'a.rng'\noutput = 'out'",
            "pyproject.toml:2:11: schemas is a string, expected a list of strings",
        ),
        (
            "[tool.relaxgen]\nschemas = ['a.rng', 3]\noutput = 'out'",
            "pyproject.toml:2:21: schemas contains an integer at position 2, expected a string",
        ),
        (
            f"[tool.relaxgen]\n{GOOD}enums = ['']",
            "4:10: enums contains an empty string at position 1, expected a string",
        ),
        ("[tool.relaxgen]\nschemas = ['a.rgn']\noutput = 'out'", "2:12: no such file: a.rgn"),
        ("[tool.relaxgen]\nschemas = ['c*.rng']\noutput = 'out'", "2:12: no file matches c*.rng"),
        (f"[tool.relaxgen]\n{GOOD}templates = 'mine'", "4:13: no such directory: mine"),
        ("[tool.relaxgen]\nschemas = ['a.rng']\noutput = true", "3:10: output is a boolean, expected a string"),
        (
            "[tool.relaxgen]\nschemas = ['a.rng']\noutput = 'out/my-model'",
            "3:10: 'my-model', the last part of the output path, cannot be a package's name in Python"
            " (did you mean 'my_model'?)",
        ),
        (
            "[tool.relaxgen]\nschemas = ['a.rng']\noutput = 'class'",
            "3:10: 'class', the last part of the output path, is a keyword of Python (did you mean 'class_'?)",
        ),
        (f"[tool.relaxgen.package]\n{GOOD}", "1:16: package is a table, expected tables: [[tool.relaxgen.package]]"),
        (
            f"[tool.relaxgen]\nroots = []\n[[tool.relaxgen.package]]\n{GOOD}",
            "2:1: roots belongs into a [[tool.relaxgen.package]] table where there is one",
        ),
        (
            f"[[tool.relaxgen.packages]]\n{GOOD}",
            "pyproject.toml:1:17: unknown key 'packages' (did you mean 'package'?)",
        ),
        (f"[tool.relaxgen]\npackages = 1\n[[tool.relaxgen.package]]\n{GOOD}", "2:1: unknown key 'packages' (did you"),
        ("tool = 3 +", "pyproject.toml:1:10: is not TOML: "),
    ],
)
def test_a_mistake_is_reported_with_its_place(project: Path, text: str, complaint: str) -> None:
    (found,) = complaints(project, text)
    assert complaint in found


def test_all_mistakes_are_reported_at_once(project: Path) -> None:
    found = complaints(
        project,
        "[[tool.relaxgen.package]]\nschemas = 1\ntemplate = 'x'\n[[tool.relaxgen.package]]\nschemas = ['no.rng']\n"
        "output = 'out'\n",
    )
    assert [complaint.split(": ")[0] for complaint in found] == [
        "pyproject.toml:2:11",
        "pyproject.toml:3:1",
        "pyproject.toml:1:17",
        "pyproject.toml:5:12",
    ]


@pytest.mark.parametrize("second", ["out", "out/inner", "./x/../out"])
def test_packages_cannot_share_or_overlap_their_directories(project: Path, second: str) -> None:
    (found,) = complaints(
        project,
        f"[[tool.relaxgen.package]]\n{GOOD}[[tool.relaxgen.package]]\nschemas = ['b.rng']\noutput = '{second}'\n",
    )
    assert found.startswith("pyproject.toml:6:10: out")
    assert "pyproject.toml:3:10: the other package" in found


@pytest.mark.parametrize("output", ["../model", "/tmp/model", "src/../../model", "link/model"])
@pytest.mark.parametrize("key", ["output", "names"])
def test_a_repository_does_not_write_outside_of_its_directory(project: Path, output: str, key: str) -> None:
    (project / "link").symlink_to(project.parent)
    values = {"schemas": "['a.rng']", "output": "'model'", key: f"'{output}'"}
    table = "\n".join(f"{name} = {value}" for name, value in values.items())
    (found,) = complaints(project, f"[tool.relaxgen]\n{table}\n")
    assert (
        f"{key} is outside of the project's directory: {output}; give SCHEMA and --{key} on the command line" in found
    )
    assert found.startswith("pyproject.toml:")


def test_the_directory_of_a_project_may_be_reached_through_a_link(project: Path) -> None:
    configure(project, "[tool.relaxgen]\nschemas = ['a.rng']\noutput = 'src/model'\n")
    link = project / "link"
    link.symlink_to(project)
    (package,) = read_configuration(link / "pyproject.toml")
    assert package.output.resolve() == project.resolve() / "src" / "model"


@pytest.mark.parametrize("name", ["relaxgn", "relax-gen", "Relaxgen"])
def test_a_misspelt_table_is_not_passed_over_for_one_further_up(project: Path, name: str) -> None:
    configure(project, '[tool.relaxgen]\nschemas = ["a.rng"]\noutput = "model"\n')
    inner = project / "inner"
    inner.mkdir()
    configure(inner, f'[project]\n[tool.{name}]\nschemas = ["a.rng"]\n')
    with pytest.raises(ConfigurationError) as caught:
        find_configuration(inner)
    (complaint,) = map(str, caught.value.diagnostics)
    assert f"inner/pyproject.toml:2:7: there is no tool {name!r} (did you mean 'relaxgen'?)" in complaint


def test_the_table_of_another_tool_is_passed_over(project: Path) -> None:
    configure(project, '[tool.relaxgen]\nschemas = ["a.rng"]\noutput = "model"\n')
    inner = project / "inner"
    inner.mkdir()
    configure(inner, "[tool.relaxng]\n[tool.ruff]\n")
    assert find_configuration(inner) == project / "pyproject.toml"
