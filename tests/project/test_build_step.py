"""What all back ends share: packages are generated once, and the files of a distribution are counted."""

from __future__ import annotations

import os
import shutil
import zipfile
from pathlib import Path

import pytest
import relaxgen.pipeline
from relaxgen.project.build_step import BuildFiles, BuildPackage, explain_missing, generate_in_build

EXAMPLE = Path(__file__).parents[2] / "examples" / "build" / "setuptools"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RELAXGEN_CACHE", str(tmp_path / "cache"))
    directory = tmp_path / "project"
    shutil.copytree(EXAMPLE, directory, ignore=shutil.ignore_patterns("model"))
    for path in directory.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    monkeypatch.chdir(directory)
    return directory


def test_only_the_first_step_of_a_build_generates(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = generate_in_build(project)
    monkeypatch.delattr(relaxgen.pipeline, "build_package")
    assert generate_in_build(project) == first
    assert first.sources == ("schemas/disks.rng", "schemas/disks.enums")
    on_disk = {path.relative_to(project).as_posix() for path in (project / "src/acme_disks/model").rglob("*.*")}
    assert set(first.outputs) == on_disk


def test_an_sdist_without_its_schemas_has_what_its_packages_share(project: Path) -> None:
    file = project / "pyproject.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(f'{text}runtime = "src/acme_disks/_relaxgen"\n', encoding="utf-8")
    complete = generate_in_build(project)
    shutil.rmtree(project / "schemas")
    (project / "PKG-INFO").touch()
    brought = generate_in_build(project)
    assert set(brought.outputs) == set(complete.outputs)
    assert {package.directory for package in brought.packages} == {"src/acme_disks/_relaxgen", "src/acme_disks/model"}
    assert "no such file: schemas/disks.rng" in brought.warnings[0]


@pytest.mark.parametrize(
    ("names", "missing"),
    [
        (["acme/model/__init__.py", "acme/model/disk.py"], ""),
        (["src/acme/model/__init__.py", "src/acme/model/disk.py"], ""),
        (["acme/model/__init__.py"], "the wheel would be without src/acme/model/disk.py"),
        (["acme/model/__init__.py", "model/disk.py"], "the wheel would be without src/acme/model/disk.py"),
        ([], "the wheel would be without src/acme/model/__init__.py, src/acme/model/disk.py"),
    ],
)
def test_a_wheel_has_a_package_in_one_place(tmp_path: Path, names: list[str], missing: str) -> None:
    with zipfile.ZipFile(tmp_path / "acme.whl", "w") as wheel:
        for name in names:
            wheel.writestr(name, "")
    files = BuildFiles((BuildPackage("src/acme/model", ("__init__.py", "disk.py")),))
    assert explain_missing(tmp_path / "acme.whl", files) == missing
