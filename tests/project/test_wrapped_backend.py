"""`relaxgen.build`: the hooks of another back end, which find the packages generated."""

from __future__ import annotations

import importlib
import shutil
import tarfile
import zipfile
from pathlib import Path

import pytest
import relaxgen.build
from relaxgen import generate

from tests.project.edits import edit

EXAMPLE = Path(__file__).parents[2] / "examples" / "build" / "flit"
MODEL = Path("src/acme_disks/model")

INNER = '''
"""A back end that packs what its pyproject.toml does not say: all below src."""
import tarfile, zipfile
from pathlib import Path

LEFT_OUT = "nothing"

def files(directory):
    return [path for path in sorted(Path(directory).rglob("*")) if path.is_file() and LEFT_OUT not in str(path)]

def get_requires_for_build_wheel(config_settings=None):
    assert not Path("src/acme_disks/model").exists()
    return ["something"]

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(Path(wheel_directory, "acme.whl"), "w") as wheel:
        for path in files("src"):
            wheel.write(path, path.relative_to("src"))
    return "acme.whl"

def build_sdist(sdist_directory, config_settings=None):
    with tarfile.open(Path(sdist_directory, "acme.tar.gz"), "w:gz") as sdist:
        for path in [*files("src"), *files("schemas")]:
            sdist.add(path, f"acme-1/{path}")
    return "acme.tar.gz"

class Inside:
    @staticmethod
    def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
        return f"{len(files('src/acme_disks/model'))} files, {config_settings}"
'''


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example, where nothing has been generated yet, around a back end of our own. It is the working directory."""
    directory = tmp_path / "project"
    shutil.copytree(EXAMPLE, directory, ignore=shutil.ignore_patterns("model", "dist"))
    edit(directory / "pyproject.toml", "flit_core.buildapi", "inner_backend")
    (tmp_path / "inner_backend.py").write_text(INNER, encoding="utf-8")
    (directory / "dist").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(directory)
    monkeypatch.delitem(importlib.sys.modules, "inner_backend", raising=False)  # type: ignore[attr-defined]
    return directory


def leave_out(project: Path, text: str) -> None:
    edit(project.parent / "inner_backend.py", '"nothing"', repr(text))


def test_a_wheel_is_made_when_the_package_is_there(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert relaxgen.build.build_wheel("dist") == "acme.whl"
    assert capsys.readouterr().err == f"relaxgen: {len(_files())} files in src/acme_disks/model\n"
    with zipfile.ZipFile("dist/acme.whl") as wheel:
        names = set(wheel.namelist())
    assert {"acme_disks/model/__init__.py", "acme_disks/model/disks.py", "acme_disks/model/py.typed"} <= names


def test_an_sdist_has_the_package_too(project: Path) -> None:
    relaxgen.build.build_sdist("dist", None)
    with tarfile.open("dist/acme.tar.gz") as sdist:
        assert {"acme-1/schemas/disks.rng", "acme-1/src/acme_disks/model/disks.py"} <= set(sdist.getnames())


def test_there_are_the_hooks_of_the_other_back_end_and_no_more(project: Path) -> None:
    hooks = [*relaxgen.build.ASKING, *relaxgen.build.MAKING]
    assert len(hooks) == 9
    there = [name for name in hooks if hasattr(relaxgen.build, name)]
    assert there == ["get_requires_for_build_wheel", "build_sdist", "build_wheel"]


def test_what_a_build_requires_is_asked_without_generating(project: Path) -> None:
    assert relaxgen.build.get_requires_for_build_wheel() == ["something"]


def test_the_other_back_end_may_be_an_object(project: Path) -> None:
    edit(project / "pyproject.toml", "inner_backend", "inner_backend:Inside")
    count = _generated()
    assert relaxgen.build.build_editable("dist", {"a": "b"}) == f"{count} files, {{'a': 'b'}}"
    assert not hasattr(relaxgen.build, "build_wheel")


def _files() -> list[Path]:
    return [path for path in MODEL.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


def _generated() -> int:
    generate("schemas/disks.rng", MODEL, enums="schemas/disks.enums")
    return len(_files())


@pytest.mark.parametrize(
    ("kind", "left_out", "complaint"),
    [
        (
            "wheel",
            "disks.py",
            "the wheel would be without src/acme_disks/model/_disks.py, src/acme_disks/model/_schema/",
        ),
        (
            "wheel",
            "model/",
            "src/acme_disks/model/__init__.py, src/acme_disks/model/_disks.py, src/acme_disks/model/_run",
        ),
        (
            "wheel",
            "py.typed",
            "would be without src/acme_disks/model/py.typed: pyproject.toml has to tell inner_backend",
        ),
        ("sdist", "s", "the sdist would be without src/acme_disks/model/__init__.py"),
    ],
)
def test_an_artifact_without_the_package_is_removed(project: Path, kind: str, left_out: str, complaint: str) -> None:
    leave_out(project, left_out)
    with pytest.raises(SystemExit, match="would be without") as stopped:
        getattr(relaxgen.build, f"build_{kind}")("dist")
    assert complaint in str(stopped.value)
    assert not list(Path("dist").iterdir())


def test_an_sdist_may_have_the_schemas_alone(project: Path) -> None:
    leave_out(project, "model/")
    assert relaxgen.build.build_sdist("dist") == "acme.tar.gz"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (
            'backend = "inner_backend"',
            "",
            "pyproject.toml:20:16: [tool.relaxgen.build] has no backend; expected backend",
        ),
        ('backend = "inn', 'bakend = "inn', "pyproject.toml:21:1: unknown key 'bakend' (did you mean 'backend'?)"),
        ('"inner_backend"', "1", "pyproject.toml:21:11: backend is not a module, or MODULE:OBJECT"),
        ('"inner_backend"', '"flot_core"', "the back end flot_core is not installed (No module named 'flot_core')"),
        ("disks.rng", "disk.rng", "pyproject.toml:16:12: no such file: schemas/disk.rng"),
        ('output = "src', 'outputs = "src', "unknown key 'outputs' (did you mean 'output'?)"),
    ],
)
def test_a_mistake_ends_the_build_with_its_place(project: Path, old: str, new: str, complaint: str) -> None:
    edit(project / "pyproject.toml", old, new)
    with pytest.raises(SystemExit) as stopped:
        relaxgen.build.build_wheel("dist")
    assert complaint in str(stopped.value)
