"""The distribution builds from its sdist, without warnings of the compiler, and can be imported."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path

import pytest

ENGINE = Path(__file__).parents[2] / "engine"
SOURCES = sorted((ENGINE / "src").glob("*.c"))
WARNINGS = ["-std=c11", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror"]


@pytest.fixture
def compiler() -> str:
    found = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if found is None or not (Path(sysconfig.get_paths()["include"]) / "Python.h").exists():
        pytest.skip("there is no C compiler, or Python has no headers")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_the_compiler_has_nothing_to_say(compiler: str, source: Path, tmp_path: Path) -> None:
    headers = ["-isystem", sysconfig.get_paths()["include"]]
    command = [compiler, *WARNINGS, "-O2", "-fPIC", *headers, "-c", str(source), "-o", str(tmp_path / "out.o")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.stderr == ""
    assert result.returncode == 0


@pytest.mark.slow
def test_a_wheel_is_built_from_the_sdist(compiler: str, tmp_path: Path) -> None:
    copied = tmp_path / "engine"
    shutil.copytree(ENGINE, copied, ignore=shutil.ignore_patterns("*.so", "*.pyd", "build", "*.egg-info"))
    subprocess.run([sys.executable, "-m", "build", "--sdist", "-o", str(tmp_path), str(copied)], check=True)
    (sdist,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {Path(name).name for name in archive.getnames()}
    assert {path.name for path in (ENGINE / "src").iterdir()} <= names
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", str(tmp_path), str(sdist)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    place = tmp_path / "installed"
    subprocess.run([sys.executable, "-m", "pip", "install", "--no-deps", "-t", str(place), str(wheel)], check=True)
    program = "import relaxgen_engine; print(relaxgen_engine.__file__, relaxgen_engine.Engine.__module__)"
    result = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": str(place)}, capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == [str(place / "relaxgen_engine" / "__init__.py"), "relaxgen_engine"]
