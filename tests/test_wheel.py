"""The distributions: built, installed into empty environments, and used there."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[1]

SCHEMA = """\
<element name="disk" xmlns="http://relaxng.org/ns/structure/1.0">
  <attribute name="file"/>
  <optional>
    <attribute name="snapshot">
      <choice><value>no</value><value>internal</value><value>external</value></choice>
    </attribute>
  </optional>
  <optional><element name="transient"><empty/></element></optional>
</element>
"""

USE = """\
import sys
from model import format_disk, parse_disk

disk = parse_disk("<disk file='a.img' snapshot='internal'><transient/></disk>")
assert disk.transient
disk.snapshot = type(disk.snapshot)("external")
print(format_disk(disk).strip())
for library in ("black", "jinja2", "click", "rich", "relaxgen"):
    assert library not in sys.modules, library
"""


def run(*command: str | Path, directory: Path) -> str:
    """What a command prints; without the repository on Python's path, and away from it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    finished = subprocess.run(
        [str(word) for word in command], cwd=directory, env=environment, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, f"{command}\n{finished.stdout}\n{finished.stderr}"
    return finished.stdout


def make_environment(directory: Path, *packages: str | Path) -> Path:
    """A fresh virtual environment with these packages; gives the directory of its programs."""
    venv.create(directory, with_pip=True)
    programs = directory / ("Scripts" if os.name == "nt" else "bin")
    run(programs / "python", "-m", "pip", "install", "--quiet", *packages, directory=directory)
    return programs


def build(kind: str, source: Path, target: Path) -> Path:
    run(sys.executable, "-m", "build", f"--{kind}", "--no-isolation", "--outdir", target, source, directory=target)
    (file,) = target.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return file


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("sdist", REPOSITORY, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def unpacked(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(directory, filter="data")
    (root,) = directory.iterdir()
    return root


@pytest.fixture(scope="module")
def wheel(unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", unpacked, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_environment(tmp_path_factory.mktemp("environment"), wheel)


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if ".dist-info/" not in name}


def project_files(*directories: str) -> set[str]:
    """What git has or would take."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *directories]
    listed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout, so nothing tells which files belong to it")
    return {name for name in listed.stdout.split("\0") if name and (REPOSITORY / name).exists()}


def test_the_wheel_holds_the_package_the_templates_and_the_presets(wheel: Path) -> None:
    files = project_files("generator/relaxgen", "templates", "schemas/libvirt.bindings.toml", "schemas/enums")
    expected = {f"relaxgen/{name.removeprefix('generator/relaxgen/')}" for name in files}
    assert set(contents(wheel)) == expected
    assert any(name.startswith("relaxgen/templates/") and name.endswith(".jinja") for name in expected)


def test_the_wheel_is_the_same_from_the_checkout_and_from_the_sdist(wheel: Path, tmp_path: Path) -> None:
    assert contents(build("wheel", REPOSITORY, tmp_path)) == contents(wheel)


def test_the_sdist_holds_what_the_tests_need(unpacked: Path) -> None:
    files = project_files()
    missing = {name for name in files if not (unpacked / name).exists()}
    assert missing <= {".gitattributes", ".gitignore"}


def test_the_installed_program_has_its_presets(programs: Path, tmp_path: Path) -> None:
    (tmp_path / "disk.rng").write_text(SCHEMA, encoding="utf-8")
    run(programs / "relaxgen", "generate", "disk.rng", "--preset", "libvirt", "--output", "model", directory=tmp_path)
    assert "class DiskSnapshot(" in (tmp_path / "model" / "disk.py").read_text(encoding="utf-8")


def test_the_installed_program_generates_a_package_that_runs_where_only_lxml_is(programs: Path, tmp_path: Path) -> None:
    (tmp_path / "disk.rng").write_text(SCHEMA, encoding="utf-8")
    printed = run(programs / "relaxgen", "generate", "disk.rng", "--output", "model", directory=tmp_path)
    assert "model: " in printed
    assert "up to date" in run(programs / "relaxgen", "check", "disk.rng", "--output", "model", directory=tmp_path)

    bare = make_environment(tmp_path / "bare", "lxml")
    installed = run(bare / "python", "-m", "pip", "list", "--format", "freeze", directory=tmp_path)
    assert "jinja2" not in installed.lower() and "black" not in installed.lower()
    (tmp_path / "use.py").write_text(USE, encoding="utf-8")
    printed = run(bare / "python", "-W", "error", "use.py", directory=tmp_path)
    assert 'snapshot="external"' in printed.replace("'", '"')


def test_installing_the_wheel_adds_one_package_and_nothing_else(wheel: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", "site", wheel, directory=tmp_path)
    installed = {path.name for path in (tmp_path / "site").iterdir() if path.suffix != ".dist-info"}
    assert installed - {"bin"} == {"relaxgen"}
