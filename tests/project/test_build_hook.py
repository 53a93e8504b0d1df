"""The hook for hatchling, in this process: what it puts into distributions, and what it refuses.

Whole builds, with environments of their own, are in `test_build_example.py`.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
import relaxgen.project.hatch
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder
from hatchling.plugin.manager import PluginManager
from relaxgen.relaxng.syntax_conversion import Syntax, convert_schema

from tests.project.edits import edit

REPOSITORY = Path(__file__).parents[2]
EXAMPLE = REPOSITORY / "examples" / "build" / "hatch"
MODEL = "acme_disks/model"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The example, where nothing has been generated yet."""
    directory = tmp_path / "project"
    shutil.copytree(EXAMPLE, directory, ignore=shutil.ignore_patterns("model", "dist"))
    return directory


def plugins() -> PluginManager:
    manager = PluginManager()
    manager.manager.register(relaxgen.project.hatch)
    return manager


def build_wheel(project: Path, version: str = "standard") -> dict[str, bytes]:
    (artifact,) = WheelBuilder(str(project), plugin_manager=plugins()).build(
        directory=str(project / "dist"), versions=[version]
    )
    with zipfile.ZipFile(artifact) as wheel:
        return {name: wheel.read(name) for name in wheel.namelist() if ".dist-info/" not in name}


def build_sdist(project: Path) -> Path:
    """Where the sdist is unpacked."""
    (artifact,) = SdistBuilder(str(project), plugin_manager=plugins()).build(directory=str(project / "dist"))
    unpacked = project.parent / "unpacked"
    with tarfile.open(artifact) as sdist:
        sdist.extractall(unpacked, filter="data")
    (root,) = unpacked.iterdir()
    return root


def generated(wheel: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in wheel.items() if name.startswith(f"{MODEL}/")}


def refusal(project: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What a build that fails says."""
    with pytest.raises(SystemExit) as stopped:
        build_wheel(project)
    assert stopped.value.code not in (0, None)
    assert not list(project.glob("dist/*.whl"))
    printed = capsys.readouterr()
    assert "Traceback" not in printed.err
    return printed.out + printed.err


def test_a_build_reads_the_compact_syntax(project: Path) -> None:
    xml = project / "schemas" / "disks.rng"
    names = set(generated(build_wheel(project)))
    compact = convert_schema(xml.read_bytes(), "disks.rng", Syntax.COMPACT)
    xml.with_suffix(".rnc").write_text(compact, encoding="utf-8")
    xml.unlink()
    shutil.rmtree(project / "src" / MODEL)
    edit(project / "pyproject.toml", "disks.rng", "disks.rnc")
    wheel = generated(build_wheel(project))
    assert set(wheel) == names
    assert any(b"disks.rnc" in content for content in wheel.values())


def test_what_git_ignores_is_in_the_wheel(project: Path) -> None:
    assert "/src/acme_disks/model/" in (project / ".gitignore").read_text(encoding="utf-8")
    wheel = build_wheel(project)
    assert {f"{MODEL}/__init__.py", f"{MODEL}/disks.py", f"{MODEL}/py.typed"} <= set(wheel)
    assert any(name.startswith(f"{MODEL}/_runtime/") for name in wheel)
    on_disk = {path.relative_to(project / "src").as_posix() for path in (project / "src").rglob("*") if path.is_file()}
    assert set(wheel) == {path for path in on_disk if "__pycache__" not in path}


def test_it_makes_no_difference_whether_the_package_is_ignored_or_committed(project: Path) -> None:
    ignored = build_wheel(project)
    (project / ".gitignore").unlink()
    assert build_wheel(project) == ignored


def test_the_sdist_has_the_schemas_and_gives_the_same_wheel(project: Path) -> None:
    direct = build_wheel(project)
    unpacked = build_sdist(project)
    assert (unpacked / "schemas" / "disks.rng").exists()
    assert (unpacked / "src" / MODEL / "disks.py").exists()
    shutil.rmtree(unpacked / "src" / MODEL)
    assert build_wheel(unpacked) == direct


@pytest.mark.parametrize("is_there", [True, False])
def test_a_names_file_decides_and_is_in_the_sdist(project: Path, is_there: bool) -> None:
    edit(project / "pyproject.toml", "[tool.relaxgen]\n", '[tool.relaxgen]\nnames = "relaxgen.names.toml"\n')
    names = project / "relaxgen.names.toml"
    build_wheel(project)
    edit(names, ' = "Disk"', ' = "Drive"')
    if not is_there:
        names.unlink()
    shutil.rmtree(project / "src" / MODEL)
    wheel, unpacked = build_wheel(project), build_sdist(project)
    assert (b"class Drive(rt.Element" in b"".join(wheel.values())) == is_there
    shutil.rmtree(unpacked / "src" / MODEL)
    assert build_wheel(unpacked) == wheel


def test_the_sdist_has_the_schemas_even_where_it_selects_other_files(project: Path) -> None:
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write('[tool.hatch.build.targets.sdist]\nonly-include = ["src"]\nexclude = ["*.enums"]\n')
    unpacked = build_sdist(project)
    assert {path.name for path in (unpacked / "schemas").iterdir()} == {"disks.rng", "disks.enums"}


def test_schemas_outside_of_the_project_are_not_needed_to_build_from_the_sdist(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.move(project / "schemas", project.parent / "schemas")
    for name in ("disks.rng", "disks.enums"):
        edit(project / "pyproject.toml", f'"schemas/{name}"', f'"../schemas/{name}"')
    direct = build_wheel(project)
    unpacked = build_sdist(project)
    shutil.rmtree(project.parent / "schemas")
    assert build_wheel(unpacked) == direct
    assert "since it has not all sources" in capsys.readouterr().err
    shutil.rmtree(project / "dist")
    assert "no such file: ../schemas/disks.rng" in refusal(project, capsys), "but the project itself needs them"


def test_an_sdist_without_the_generated_package_needs_its_schemas(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unpacked = build_sdist(project)
    shutil.rmtree(unpacked / "schemas")
    shutil.rmtree(unpacked / "src" / MODEL)
    assert "no such file: schemas/disks.rng" in refusal(unpacked, capsys)


def test_an_editable_install_finds_the_package_in_the_tree(project: Path) -> None:
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write('[tool.hatch.build]\ndev-mode-dirs = ["src"]\n')  # else hatchling needs another library
    wheel = build_wheel(project, "editable")
    assert [name for name in wheel if name.endswith(".py")] == []
    assert (project / "src" / MODEL / "disks.py").exists()


def test_a_second_build_leaves_the_files_alone(project: Path) -> None:
    build_wheel(project)
    before = (project / "src" / MODEL / "disks.py").stat()
    build_wheel(project)
    after = (project / "src" / MODEL / "disks.py").stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (
            "[tool.hatch.build.hooks.relaxgen]",
            "[tool.hatch.build.hooks.relaxgen]\nschema = 1",
            "16:1: unknown key 'sch",
        ),
        ("schemas = [", "shemas = [", "18:1: unknown key 'shemas' (did you mean 'schemas'?)"),
        ("disks.rng", "disk.rng", "no such file: schemas/disk.rng"),
        ("src/acme_disks/model", "../model", "output is outside of the project's directory"),
        ('output = "src/acme_disks/model"', 'output = "model"', "the wheel would be without model/__init__.py"),
        ("[tool.relaxgen]", "[tool.other]", "has no [tool.relaxgen] table"),
    ],
)
def test_a_mistake_ends_the_build_with_its_place(
    project: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, complaint: str
) -> None:
    edit(project / "pyproject.toml", old, new)
    assert complaint in refusal(project, capsys)


def test_a_mistake_in_the_schema_ends_the_build_and_leaves_the_package(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build_wheel(project)
    shutil.rmtree(project / "dist")
    before = {path: path.read_bytes() for path in (project / "src").rglob("*.py")}
    edit(project / "schemas" / "disks.rng", '<ref name="snapshot"/>', '<ref name="snapshoot"/>')
    assert "disks.rng:20:11: 'snapshoot' is not defined" in refusal(project, capsys)
    assert {path: path.read_bytes() for path in (project / "src").rglob("*.py")} == before


def test_names_of_directories_that_mean_something_in_patterns_are_taken_as_they_are(project: Path) -> None:
    """hatchling selects by patterns as in a .gitignore."""
    odd = project / "src[1] !#"
    (project / "src").rename(odd)
    (project / ".gitignore").write_text("model/\n", encoding="utf-8")
    edit(project / "pyproject.toml", '"src/acme', '"src[1] !#/acme')
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write('[tool.hatch.build.targets.wheel]\npackages = ["src[1] !#/acme_disks"]\n')
    assert f"{MODEL}/disks.py" in build_wheel(project)


KILLED_BUILD = """
import itertools, os, signal, sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])
from test_build_hook import build_wheel

project, schema = Path(sys.argv[2]), Path(sys.argv[3])
events = {"open", "os.mkdir", "os.rename", "os.link", "os.remove", "os.rmdir", "os.scandir", "os.chmod"}

def build_until(steps):
    numbers = itertools.count(1)  # of which two threads never take the same
    def count(event, arguments):
        if event in events and str(project) in str(arguments[0]) and next(numbers) == steps:
            os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(count)
    build_wheel(project)
    os._exit(0)

(project / "schemas" / "disks.rng").write_text(schema.read_text())
for steps in range(1, 100_000, int(sys.argv[4])):
    child = os.fork()
    if not child:
        build_until(steps)
    _, status = os.waitpid(child, 0)
    model = project / "src" / "acme_disks" / "model"
    text = (model / "disks.py").read_text() if model.exists() else ""
    print(status, len(list(model.rglob("*.py"))), "encrypted" in text, flush=True)
    if status == 0:
        break
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that fork and can be killed")
def test_a_killed_build_leaves_the_old_package_or_the_new_one(project: Path, tmp_path: Path) -> None:
    build_wheel(project)
    old = len(list((project / "src" / MODEL).rglob("*.py")))
    changed = tmp_path / "changed.rng"
    shutil.copyfile(project / "schemas" / "disks.rng", changed)
    edit(
        changed,
        '<attribute name="file"/>',
        '<attribute name="file"/><optional><attribute name="encrypted"/></optional>',
    )
    program = [sys.executable, "-c", KILLED_BUILD, str(Path(__file__).parent), str(project), str(changed), "19"]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    finished = subprocess.run(program, env=environment, capture_output=True, text=True, check=False)
    rounds = [line.split() for line in finished.stdout.splitlines()]
    assert rounds, finished.stderr
    assert rounds[-1] == ["0", str(old), "True"], finished.stderr
    killed = [status for status, *_ in rounds[:-1]]
    assert len(killed) > 5
    assert set(killed) == {str(int(signal.SIGKILL))}
    assert {count for _, count, _ in rounds} == {str(old)}, "never a part of a package"
    assert not list(project.rglob("*.relaxgen-*")), "what was left beside the package is gone"
