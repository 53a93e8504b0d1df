"""The hook for setuptools, in processes that call setuptools as front ends do: what it puts where, what it refuses.

Builds in environments of their own are in `test_build_examples.py`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from relaxgen.project.setuptools_hook import finalize_distribution
from setuptools import Distribution

from tests.project.edits import edit

EXAMPLE = Path(__file__).parents[2] / "examples" / "build" / "setuptools"
MODEL = "acme_disks/model"
CALL = "import sys, setuptools.build_meta as b; print(getattr(b, sys.argv[1])(*sys.argv[2:]))"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The example, where nothing has been generated yet."""
    known = entry_points(group="setuptools.finalize_distribution_options", name="relaxgen")
    assert known, "relaxgen was installed before it had this hook: make test installs it again"
    directory = tmp_path / "project"
    shutil.copytree(EXAMPLE, directory, ignore=shutil.ignore_patterns("model", "dist", "build", "*.egg-info"))
    return directory


@pytest.fixture
def flat(project: Path) -> Path:
    """The same without ``src``; where setuptools sees two directories, it asks which of them are packages."""
    shutil.move(project / "src" / "acme_disks", project / "acme_disks")
    (project / "src").rmdir()
    edit(project / "pyproject.toml", '"src/acme', '"acme')
    append(project / "pyproject.toml", '[tool.setuptools]\npackages = ["acme_disks"]\n')
    return project


def append(file: Path, text: str) -> None:
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")


def call(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", CALL, *words]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


def build(project: Path, kind: str) -> Path:
    done = call(project, f"build_{kind}", "dist")
    assert done.returncode == 0, done.stdout + done.stderr
    return project / "dist" / done.stdout.split()[-1]


def build_wheel(project: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(build(project, "wheel")) as wheel:
        return {name: wheel.read(name) for name in wheel.namelist() if ".dist-info/" not in name}


def unpacked_sdist(project: Path) -> Path:
    with tarfile.open(build(project, "sdist")) as sdist:
        sdist.extractall(project.parent / "unpacked", filter="data")
    (root,) = (project.parent / "unpacked").iterdir()
    return root


def files_below(directory: Path) -> dict[str, bytes]:
    paths = (path for path in directory.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in paths}


def refusal(project: Path) -> str:
    done = call(project, "build_wheel", "dist")
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert not list(project.glob("dist/*.whl"))
    return done.stdout + done.stderr


def test_the_build_says_what_it_has_generated(project: Path) -> None:
    printed = call(project, "build_wheel", "dist").stdout
    assert f"relaxgen: {len(files_below(project / 'src' / MODEL))} files in src/{MODEL}\n" in printed


def test_the_wheel_has_what_the_tree_has(project: Path) -> None:
    wheel = build_wheel(project)
    on_disk = {name: text for name, text in files_below(project / "src").items() if ".egg-info/" not in name}
    assert wheel == on_disk
    assert {f"{MODEL}/__init__.py", f"{MODEL}/py.typed", f"{MODEL}/_runtime/__init__.py"} <= set(wheel)


def test_packages_are_in_the_wheel_even_where_the_project_selects_others(flat: Path) -> None:
    wheel = build_wheel(flat)
    assert {f"{MODEL}/disks.py", f"{MODEL}/py.typed", f"{MODEL}/_runtime/__init__.py"} <= set(wheel)
    assert {name.partition("/")[0] for name in wheel} == {"acme_disks"}


def test_a_package_may_be_all_that_the_project_has(project: Path) -> None:
    shutil.rmtree(project / "src")
    edit(project / "pyproject.toml", "src/acme_disks/model", "src/acme_disks")
    assert set(build_wheel(project)) == {f"acme_disks/{name}" for name in files_below(project / "src" / "acme_disks")}


def test_there_may_be_several_packages(project: Path) -> None:
    file = project / "pyproject.toml"
    edit(file, "[tool.relaxgen]", "[[tool.relaxgen.package]]")
    tables = (
        '\n[[tool.relaxgen.package]]\nschemas = ["schemas/disks.rng"]\nroots = ["disk"]\noutput = "src/acme_disk"\n'
    )
    append(file, tables)
    wheel = build_wheel(project)
    assert {f"{MODEL}/disks.py", "acme_disk/disk.py", "acme_disk/py.typed", "acme_disks/__main__.py"} <= set(wheel)


def test_directories_are_named_as_package_dir_says(project: Path) -> None:
    shutil.move(project / "src" / "acme_disks", project / "python")
    edit(project / "pyproject.toml", "src/acme_disks/model", "python/model")
    append(project / "pyproject.toml", '[tool.setuptools.package-dir]\n"acme.disks" = "python"\n')
    assert {"acme/disks/__main__.py", "acme/disks/model/disks.py"} <= set(build_wheel(project))


def test_the_sdist_has_the_schemas_and_gives_the_same_wheel(project: Path) -> None:
    direct = build_wheel(project)
    unpacked = unpacked_sdist(project)
    assert {path.name for path in (unpacked / "schemas").iterdir()} == {"disks.rng", "disks.enums"}
    assert (unpacked / "src" / MODEL / "py.typed").exists()
    shutil.rmtree(unpacked / "src" / MODEL)
    assert build_wheel(unpacked) == direct


def test_schemas_outside_of_the_project_are_not_needed_to_build_from_the_sdist(project: Path) -> None:
    shutil.move(project / "schemas", project.parent / "schemas")
    edit(project / "pyproject.toml", '"schemas/', '"../schemas/')
    direct = build_wheel(project)
    unpacked = unpacked_sdist(project)
    shutil.rmtree(project.parent / "schemas")
    assert build_wheel(unpacked) == direct
    shutil.rmtree(project / "dist")
    assert "no such file: ../schemas/disks.rng" in refusal(project), "but the project itself needs them"


@pytest.mark.parametrize("layout", ["project", "flat"])
def test_an_editable_install_finds_the_package_in_the_tree(layout: str, request: pytest.FixtureRequest) -> None:
    project = request.getfixturevalue(layout)
    wheel = build(project, "editable")
    site = project.parent / "site"
    shutil.unpack_archive(wheel, site, "zip")
    assert not list(site.rglob("disks.py"))
    program = (
        f"import site; site.addsitedir({str(site)!r}); import acme_disks.model as m; print(m.parse_disks, m.__file__)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=site, capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1].startswith(str(project))


def test_modules_of_an_earlier_build_are_not_in_the_next_one(project: Path) -> None:
    build_wheel(project)
    shutil.copyfile(project / "src" / MODEL / "disks.py", project / "build" / "lib" / MODEL / "tapes.py")
    wheel = build_wheel(project)
    assert f"{MODEL}/disks.py" in wheel
    assert f"{MODEL}/tapes.py" not in wheel


def test_projects_that_do_not_require_relaxgen_are_left_alone(project: Path) -> None:
    edit(project / "pyproject.toml", ', "relaxgen"]', ', "relaxgen-engine"]')
    assert f"{MODEL}/disks.py" not in build_wheel(project)
    assert not (project / "src" / MODEL).exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tool = 1",
        "build-system = 1\n[tool.relaxgen]",
        "[build-system]\nrequires = 'relaxgen'\n[tool.relaxgen]",
        "[build-system]\nrequires = [1]\n[tool.relaxgen]",
        "[[",
    ],
)
def test_other_peoples_projects_are_theirs(tmp_path: Path, text: str) -> None:
    """setuptools calls every hook that is installed, for every project."""
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    distribution = Distribution({"src_root": str(tmp_path)})
    finalize_distribution(distribution)
    assert "build_relaxgen" not in distribution.cmdclass


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("schemas = [", "shemas = [", "unknown key 'shemas' (did you mean 'schemas'?)"),
        ("disks.rng", "disk.rng", "pyproject.toml:16:12: no such file: schemas/disk.rng"),
        (
            "src/acme_disks/model",
            "model",
            "the wheel would be without model: it is in no directory of package-dir: src",
        ),
    ],
)
def test_a_mistake_ends_the_build_with_its_place(project: Path, old: str, new: str, complaint: str) -> None:
    edit(project / "pyproject.toml", old, new)
    assert complaint in refusal(project)


def test_a_mistake_in_the_schema_leaves_the_package(project: Path) -> None:
    build_wheel(project)
    shutil.rmtree(project / "dist")
    before = files_below(project / "src" / MODEL)
    edit(project / "schemas" / "disks.rng", '<ref name="snapshot"/>', '<ref name="snapshoot"/>')
    assert f"schemas{os.sep}disks.rng:20:11: 'snapshoot' is not defined" in refusal(project)
    assert files_below(project / "src" / MODEL) == before
