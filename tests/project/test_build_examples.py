"""The projects in ``examples/build``, built as a stranger would build them, and used where only lxml is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
EXAMPLES = REPOSITORY / "examples" / "build"
BACK_ENDS = {
    "setuptools": "setuptools",
    "hatch": "hatchling",
    "flit": "flit_core",
    "uv": "uv_build",
    "pdm": "pdm-backend",
    "poetry": "poetry-core",
    "meson": "meson-python",
    "cmake": "scikit-build-core",
    "make": "flit_core",
}
MODEL = "acme_disks/model/"
BUILD_ONLY = {"relaxgen", "jinja2", "black", "hatchling", "click", "rich"}
MADE = ("model", "dist", "build", "__pycache__")


def run(*command: str | Path, directory: Path, **environment: str) -> str:
    """What a command prints, away from the repository."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GIT_"))}
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
def builder(tmp_path_factory: pytest.TempPathFactory, find_links: str) -> Path:
    """An environment with ``build``, and with ``relaxgen`` for those that call it by name."""
    return make_environment(tmp_path_factory.mktemp("builder"), "build", "relaxgen", PIP_FIND_LINKS=find_links)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_environment(tmp_path_factory.mktemp("bare"), "lxml")


@pytest.fixture(scope="module")
def generated(builder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of the package as the command makes them, by their paths in a wheel."""
    directory = tmp_path_factory.mktemp("generated")
    schemas = EXAMPLES / "setuptools" / "schemas"
    arguments = (schemas / "disks.rng", "--enums", schemas / "disks.enums", "--output", MODEL)
    run(builder / "relaxgen", "generate", *arguments, directory=directory)
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in files_below(directory)}


def files_below(directory: Path) -> Iterator[Path]:
    return (path for path in sorted(directory.rglob("*")) if path.is_file())


def copy_of(example: str, directory: Path) -> Path:
    """In a repository of its own: some back ends look there which files belong to the project."""
    project = directory / example
    shutil.copytree(EXAMPLES / example, project, ignore=shutil.ignore_patterns(*MADE))
    commit(project)
    return project


def commit(project: Path) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    for arguments in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "--message", "all")):
        run("git", *identity, *arguments, directory=project)


def build(project: Path, builder: Path, find_links: str, *options: str) -> Path:
    if BACK_ENDS[project.name] not in known_to_pip(builder, BACK_ENDS[project.name]):
        pytest.skip(f"pip finds no {BACK_ENDS[project.name]}")
    path = f"{builder}{os.pathsep}{os.environ['PATH']}"
    command = ("make", "wheel", "PYTHON=python") if project.name == "make" else (builder / "python", "-m", "build")
    run(*command, *options, directory=project, PIP_FIND_LINKS=find_links, PATH=path)
    return project / "dist"


def known_to_pip(builder: Path, name: str) -> str:
    """The name if pip finds a wheel of it, else nothing."""
    download = [builder / "python", "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", name]
    finished = subprocess.run([*download, "--dest", builder / "downloaded"], capture_output=True, check=False)
    return "" if finished.returncode else name


def only(directory: Path, pattern: str) -> Path:
    (file,) = directory.glob(pattern)
    return file


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def model_in(wheel: Path) -> dict[str, bytes]:
    return {name: content for name, content in contents(wheel).items() if name.startswith(MODEL)}


def names_in(sdist: Path) -> set[str]:
    with tarfile.open(sdist) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


def test_the_projects_differ_in_how_they_are_built_and_in_nothing_else() -> None:
    assert {path.name for path in EXAMPLES.iterdir() if path.is_dir()} == set(BACK_ENDS)
    for name in ("schemas/disks.rng", "schemas/disks.enums", "src/acme_disks/__main__.py", "disks.xml"):
        assert len({(EXAMPLES / example / name).read_bytes() for example in BACK_ENDS}) == 1, name


@pytest.mark.slow
@pytest.mark.parametrize("example", BACK_ENDS)
def test_the_example_builds_and_runs_where_only_lxml_is(
    example: str, generated: dict[str, bytes], builder: Path, bare: Path, find_links: str, tmp_path: Path
) -> None:
    project = copy_of(example, tmp_path)
    built = build(project, builder, find_links)
    wheel, sdist = only(built, "*.whl"), names_in(only(built, "*.tar.gz"))
    assert model_in(wheel) == generated
    assert {"schemas/disks.rng", "schemas/disks.enums", "pyproject.toml"} <= sdist
    assert not [name for name in contents(wheel) if name.endswith((".rng", ".enums", ".stamp"))]
    shutil.unpack_archive(wheel, tmp_path / "site", "zip")
    program = "import sys; sys.path.insert(0, '.'); import acme_disks.__main__ as m; sys.exit(m.main())"
    printed = run(bare / "python", "-W", "error", "-c", program, project / "disks.xml", directory=tmp_path / "site")
    assert printed.count("snapshot='external'") == 1
    assert printed.count("snapshot='no'") == 1


@pytest.mark.slow
@pytest.mark.parametrize("example", ["setuptools", "poetry"])
def test_it_makes_no_difference_whether_the_package_is_committed(
    example: str, generated: dict[str, bytes], builder: Path, find_links: str, tmp_path: Path
) -> None:
    project = copy_of(example, tmp_path)
    for path, content in generated.items():
        (project / "src" / path).parent.mkdir(parents=True, exist_ok=True)
        (project / "src" / path).write_bytes(content)
    (project / ".gitignore").write_text("/dist/\n*.egg-info/\n/build/\n", encoding="utf-8")
    commit(project)
    built = build(project, builder, find_links, "--wheel")
    assert model_in(only(built, "*.whl")) == generated
    assert not run("git", "status", "--porcelain", directory=project), "the build has changed nothing"


@pytest.mark.slow
@pytest.mark.parametrize("example", ["setuptools", "flit"])
def test_an_editable_install_generates_into_the_tree(example: str, find_links: str, tmp_path: Path) -> None:
    project = copy_of(example, tmp_path)
    programs = make_environment(tmp_path / "user", "--editable", project, PIP_FIND_LINKS=find_links)
    assert "snapshot='external'" in run(programs / "acme-disks", project / "disks.xml", directory=tmp_path)
    where = run(programs / "python", "-c", "import acme_disks.model as m; print(m.__file__)", directory=tmp_path)
    assert Path(where.strip()).parent == project / "src" / "acme_disks" / "model"
    installed = run(programs / "python", "-m", "pip", "list", "--format", "freeze", directory=tmp_path).lower()
    assert {line.partition("==")[0] for line in installed.split()} & BUILD_ONLY == set()
