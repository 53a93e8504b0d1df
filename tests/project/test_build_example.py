"""``examples/build-hatch``, built as a stranger would build it, and used where nothing but its wheel is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[2]
EXAMPLE = REPOSITORY / "examples" / "build-hatch"
MODEL = "acme_disks/model/"
BUILD_ONLY = {"relaxgen", "jinja2", "black", "hatchling", "click", "rich"}


def run(*command: str | Path, directory: Path, **environment: str) -> str:
    """What a command prints, away from the repository."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    finished = subprocess.run(
        [str(word) for word in command],
        cwd=directory,
        env=clean | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, f"{command}\n{finished.stdout}\n{finished.stderr}"
    return finished.stdout


def make_environment(directory: Path, *packages: str | Path, **environment: str) -> Path:
    """A fresh virtual environment with these packages; gives the directory of its programs."""
    venv.create(directory, with_pip=True)
    programs = directory / ("Scripts" if os.name == "nt" else "bin")
    run(programs / "python", "-m", "pip", "install", "--quiet", *packages, directory=directory, **environment)
    return programs


@pytest.fixture(scope="module")
def find_links(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where pip finds relaxgen as it is in this checkout, beside what it knows already."""
    directory = tmp_path_factory.mktemp("wheels")
    build = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", directory, REPOSITORY)
    run(*build, directory=directory)
    return f"{directory} {os.environ.get('PIP_FIND_LINKS', '')}".strip()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("example") / "build-hatch"
    shutil.copytree(EXAMPLE, directory, ignore=shutil.ignore_patterns("model", "dist", "__pycache__"))
    return directory


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_environment(tmp_path_factory.mktemp("builder"), "build")


@pytest.fixture(scope="module")
def built(project: Path, builder: Path, find_links: str) -> Path:
    """The distributions that ``python -m build`` makes: an sdist, and a wheel from it."""
    run(builder / "python", "-m", "build", directory=project, PIP_FIND_LINKS=find_links)
    return project / "dist"


def only(directory: Path, pattern: str) -> Path:
    (file,) = directory.glob(pattern)
    return file


def generated_in(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.startswith(MODEL)}


def test_the_wheel_runs_where_nothing_that_built_it_is_installed(built: Path, project: Path, tmp_path: Path) -> None:
    programs = make_environment(tmp_path / "user", only(built, "*.whl"))
    installed = run(programs / "python", "-m", "pip", "list", "--format", "freeze", directory=tmp_path).lower()
    assert {line.partition("==")[0] for line in installed.split()} & BUILD_ONLY == set()
    printed = run(programs / "acme-disks", project / "disks.xml", directory=tmp_path)
    assert printed.count("snapshot='external'") == 1
    assert printed.count("snapshot='no'") == 1


def test_the_wheel_is_the_same_from_the_sdist_and_from_the_tree(
    built: Path, project: Path, builder: Path, find_links: str, tmp_path: Path
) -> None:
    build = (builder / "python", "-m", "build", "--wheel", "--outdir", tmp_path, project)
    run(*build, directory=tmp_path, PIP_FIND_LINKS=find_links)
    direct = generated_in(only(tmp_path, "*.whl"))
    assert f"{MODEL}__init__.py" in direct
    assert generated_in(only(built, "*.whl")) == direct


def test_the_sdist_has_the_schemas(built: Path) -> None:
    with tarfile.open(only(built, "*.tar.gz")) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {"schemas/disks.rng", "schemas/disks.enums", "pyproject.toml", f"src/{MODEL}__init__.py"} <= names


def test_an_editable_install_generates_into_the_tree(project: Path, find_links: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns("model", "dist"))
    programs = make_environment(tmp_path / "user", "--editable", copy, PIP_FIND_LINKS=find_links)
    assert "snapshot='external'" in run(programs / "acme-disks", copy / "disks.xml", directory=tmp_path)
    where = run(programs / "python", "-c", "import acme_disks.model as m; print(m.__file__)", directory=tmp_path)
    assert Path(where.strip()).parent == copy / "src" / "acme_disks" / "model"
