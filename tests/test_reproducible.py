"""The same input gives the same bytes, wherever, whenever, by whomever and with whatever Python it is generated."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
SCHEMAS = ("schemas/domain.rng", "everything.rng", "more/everything.rng")

Files = dict[str, bytes]


def make_project(directory: Path) -> Path:
    """Our own schemas and templates, and two more schemas of one name."""
    shutil.copytree(REPOSITORY / "schemas", directory / "schemas")
    shutil.copytree(REPOSITORY / "templates", directory / "templates")
    everything = REPOSITORY / "tests" / "python" / "everything.rng"
    for file in (directory / "everything.rng", directory / "more" / "everything.rng"):
        file.parent.mkdir(exist_ok=True)
        shutil.copyfile(everything, file)
    return directory


def generate(
    project: Path,
    *,
    schemas: tuple[str, ...] = SCHEMAS,
    working_directory: Path | None = None,
    backwards: bool = False,
    python: str = sys.executable,
    umask: int = -1,
    **environment: str,
) -> Files:
    """The files of the package that a run of the program makes of a project."""
    here = working_directory or project
    output = project / "out" / "model"
    arguments = [
        *schemas,
        *(f"--enums={file.relative_to(project)}" for file in sorted(project.glob("schemas/enums/*.enums"))),
        *(f"--root={root}" for root in dict.fromkeys(Path(schema).stem for schema in schemas)),
        "--templates=templates",
    ]
    words = [_from(here, project, word) for word in (reversed(arguments) if backwards else arguments)]
    command = [python, "-m", "relaxgen", "generate", *words, "--output", str(output)]
    finished = subprocess.run(
        command,
        cwd=here,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY / "generator")} | environment,
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in output.rglob("*") if path.is_file()}


def _from(here: Path, project: Path, word: str) -> str:
    """An argument whose path is relative to another directory than the project's."""
    option, separator, value = word.rpartition("=")
    return word if option == "--root" else option + separator + os.path.relpath(project / value, here)


def assert_same(found: Files, expected: Files) -> None:
    assert sorted(found) == sorted(expected)
    assert [path for path in expected if found[path] != expected[path]] == []


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Files:
    files = generate(make_project(tmp_path_factory.mktemp("first") / "project"), PYTHONHASHSEED="0")
    assert len(files) > 40
    return files


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONHASHSEED": "random", "LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Tokyo", "PYTHONOPTIMIZE": "2"},
    ],
    ids=["one", "another"],
)
def test_hash_seed_locale_time_zone_and_environment_leave_no_trace(
    tmp_path: Path, expected: Files, environment: dict[str, str]
) -> None:
    assert_same(generate(make_project(tmp_path / "project"), **environment), expected)


def test_working_directory_and_checkout_path_leave_no_trace(tmp_path: Path, expected: Files) -> None:
    project = make_project(tmp_path / "a place with spaces, umläuts and #")
    found = generate(project, working_directory=project / "schemas" / "enums")
    assert_same(found, expected)
    assert not any(str(tmp_path).encode() in text or str(REPOSITORY).encode() in text for text in found.values())


def test_a_checkout_with_the_line_ends_of_windows_gives_the_same(tmp_path: Path, expected: Files) -> None:
    project = make_project(tmp_path / "project")
    changed = 0
    for file in project.rglob("*.*"):
        if file.suffix in (".rng", ".enums", ".jinja"):
            file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
            changed += 1
    assert changed > 60
    assert_same(generate(project), expected)


def test_the_order_of_arguments_and_the_umask_change_nothing(tmp_path: Path, expected: Files) -> None:
    umask = -1 if os.name == "nt" else 0o077
    assert_same(generate(make_project(tmp_path / "project"), backwards=True, umask=umask), expected)


@pytest.mark.slow
def test_without_a_cache_of_layouts_the_layout_is_the_same(tmp_path: Path, expected: Files) -> None:
    assert_same(generate(make_project(tmp_path / "project"), RELAXGEN_CACHE=""), expected)


def other_pythons() -> Iterator[tuple[str, str]]:
    """Version and path of one interpreter for each other Python that the project supports."""
    candidates = [Path(path) for minor in range(11, 20) if (path := shutil.which(f"python3.{minor}"))]
    pyenv = shutil.which("pyenv")
    if pyenv is not None:
        root = subprocess.run([pyenv, "root"], capture_output=True, text=True, check=True).stdout.strip()
        candidates += sorted(Path(root).glob("versions/*/bin/python"))
    question = "import sys; print(*sys.version_info[:2], sep='.')"
    found: dict[str, str] = {}
    for candidate in candidates:
        answer = subprocess.run([candidate, "-c", question], capture_output=True, text=True, check=False).stdout.strip()
        if answer and (3, 11) <= tuple(map(int, answer.split("."))) != sys.version_info[:2]:
            found.setdefault(answer, str(candidate))
    yield from found.items()


@pytest.mark.slow
def test_every_python_gives_the_same(tmp_path: Path) -> None:
    pythons = dict(other_pythons())
    if not pythons:
        pytest.skip("there is no other Python than the one at hand, on PATH or from pyenv")
    with (REPOSITORY / "pyproject.toml").open("rb") as file:
        dependencies = tomllib.load(file)["project"]["dependencies"]
    few = SCHEMAS[1:]
    expected = generate(make_project(tmp_path / "project"), schemas=few)
    for version, interpreter in pythons.items():
        environment = tmp_path / f"environment-{version}"
        subprocess.run([interpreter, "-m", "venv", environment], check=True)
        python = environment / ("Scripts" if os.name == "nt" else "bin") / "python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", *dependencies], check=True)
        project = make_project(tmp_path / f"project-{version}")
        assert_same(generate(project, schemas=few, python=str(python), RELAXGEN_CACHE=""), expected)
