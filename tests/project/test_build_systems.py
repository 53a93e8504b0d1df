"""The examples for make, meson and CMake, which generate when they must, and the options that they use."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path
from typing import Any

import pytest
from relaxgen.cli import main
from relaxgen.project.depfile import depfile_text

REPOSITORY = Path(__file__).parents[2]
SOURCES = REPOSITORY / "generator"
EXAMPLES = REPOSITORY / "examples" / "build"
DOCUMENT = REPOSITORY / "docs" / "build.md"

INCLUDED = """<grammar xmlns="http://relaxng.org/ns/structure/1.0">
  <define name="snapshot"><choice><value>no</value><value>external</value></choice></define>
</grammar>"""
ALONE = '<element name="disks" xmlns="http://relaxng.org/ns/structure/1.0"><empty/></element>'


@pytest.fixture
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """An example whose schema includes another one, and a command ``relaxgen`` that counts its runs."""
    directory = tmp_path / "project"
    shutil.copytree(EXAMPLES / request.param, directory, ignore=shutil.ignore_patterns("model", "build"))
    schema = directory / "schemas" / "disks.rng"
    text = schema.read_text(encoding="utf-8").replace("<start>", '<include href="disk.rng"/><start>')
    schema.write_text(re.sub('<define name="snapshot">.*?</define>', "", text, flags=re.DOTALL), encoding="utf-8")
    (directory / "schemas" / "disk.rng").write_text(INCLUDED, encoding="utf-8")
    command = tmp_path / "bin" / "relaxgen"
    command.parent.mkdir()
    runs = tmp_path / "runs"
    runs.touch()
    command.write_text(
        f'#!/bin/sh\necho run >> "{runs}"\nPYTHONPATH="{SOURCES}" exec "{sys.executable}" -m relaxgen "$@"\n',
        encoding="utf-8",
    )
    command.chmod(0o755)
    return directory


def run(project: Path, *command: str | Path) -> None:
    path = f"{project.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"
    finished = subprocess.run(
        [str(word) for word in command],
        cwd=project,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, f"{finished.stdout}\n{finished.stderr}"


def needs(program: str) -> str:
    found = shutil.which(program)
    if not found:
        pytest.skip(f"{program} is not installed")
    return found


def builds_when_it_must(project: Path, package: Path, *build: str | Path) -> None:
    """The first build generates, the second does not, and one after a change of an included schema does."""
    runs = project.parent / "runs"

    def count() -> int:
        run(project, *build)
        return len(runs.read_text(encoding="utf-8").splitlines())

    assert count() == 1
    assert (package / "__init__.py").exists()
    assert count() == 1
    for file, old, new in (
        ("disk.rng", "<value>no", "<value>internal</value><value>no"),
        ("disks.enums", '"no"', '"no", "none"'),
    ):
        before = len(runs.read_text(encoding="utf-8").splitlines())
        time.sleep(0.02)  # some file systems count time in steps
        text = (project / "schemas" / file).read_text(encoding="utf-8")
        assert old in text
        (project / "schemas" / file).write_text(text.replace(old, new), encoding="utf-8")
        assert count() == before + 1, file
        assert count() == before + 1, f"{file}: nothing has changed since"
    assert "INTERNAL" in (package / "disks.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("project", ["make"], indirect=True)
def test_make(project: Path) -> None:
    make = needs("make")
    builds_when_it_must(project, project / "src" / "acme_disks" / "model", make)
    (project / "schemas" / "disks.rng").write_text(ALONE, encoding="utf-8")
    (project / "schemas" / "disk.rng").unlink()
    run(project, make)


@pytest.mark.parametrize("generator", ["Ninja", "Unix Makefiles"])
@pytest.mark.parametrize("project", ["cmake"], indirect=True)
def test_cmake(project: Path, generator: str) -> None:
    cmake = needs("cmake")
    needs("ninja" if generator == "Ninja" else "make")
    run(project, cmake, "-S", ".", "-B", "build", "-G", generator)
    builds_when_it_must(project, project / "build" / "model", cmake, "--build", "build")
    run(project, cmake, "--install", "build", "--prefix", project / "installed")
    assert (project / "installed" / "acme_disks" / "model" / "__init__.py").exists()


@pytest.mark.slow
@pytest.mark.parametrize("project", ["meson"], indirect=True)
def test_meson(project: Path, tmp_path: Path) -> None:
    needs("ninja")
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=True)
    programs = environment / ("Scripts" if os.name == "nt" else "bin")
    run(project, programs / "python", "-m", "pip", "install", "--quiet", "meson")
    meson = programs / "meson"
    run(project, meson, "setup", "build")
    builds_when_it_must(project, project / "build" / "model", meson, "compile", "-C", "build")
    run(project, meson, "install", "-C", "build", "--destdir", project / "installed")
    assert list((project / "installed").rglob("acme_disks/model/__init__.py"))


@pytest.mark.parametrize("project", ["make"], indirect=True)
def test_the_rule_for_bazel(project: Path) -> None:
    """Bazel itself is too large to have here: its shell command is run as Bazel would run it."""
    found = re.search(r"^```starlark\n(load.*?)^```$", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert found
    rules: list[dict[str, Any]] = []
    names = {"load": lambda *_: None, "requirement": str, "MODEL": []}
    exec(
        found[1],
        {
            **names,
            "genrule": lambda **rule: rules.append(rule),
            "py_library": lambda **_: None,
            "py_console_script_binary": lambda **_: None,
        },
    )
    (rule,) = rules
    places = {"$(execpath :relaxgen)": "relaxgen", "$(RULEDIR)": "out"}
    command = re.sub(
        r"\$\(\w+ [^)]*\)|\$\(\w+\)", lambda place: places.get(place[0]) or place[0].split()[1][:-1], rule["cmd"]
    )
    run(project, "sh", "-c", command)
    assert (project / "out" / "disks" / "__init__.py").exists()
    assert {"schemas/disks.rng", "schemas/disks.enums"} <= set(rule["srcs"])


@pytest.mark.parametrize("project", ["make"], indirect=True)
def test_the_depfile_speaks_of_the_stamp_and_names_everything_that_was_read(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    Path("own/python").mkdir(parents=True)
    shutil.copyfile(REPOSITORY / "templates" / "python" / "header.jinja", "own/python/header.jinja")
    Path("pyproject.toml").write_text(
        '[tool.relaxgen]\nschemas = ["schemas/disks.rng"]\nenums = ["schemas/*.enums"]\n'
        'output = "model"\ntemplates = "own"\n',
        encoding="utf-8",
    )
    assert main(["generate", "--depfile", "deep/model.d", "--stamp", "deep/model.stamp"]) == 0
    target, _, sources = Path("deep/model.d").read_text(encoding="utf-8").partition("\n\n")[0].partition(":")
    assert target == "deep/model.stamp"
    assert sources.replace("\\\n", "").split() == [
        "pyproject.toml",
        "schemas/disks.rng",
        "schemas/disk.rng",
        "schemas/disks.enums",
        "own/python/header.jinja",
    ]
    assert Path("deep/model.stamp").exists()


@pytest.mark.parametrize("project", ["make"], indirect=True)
def test_without_a_stamp_the_depfile_speaks_of_the_outputs_and_they_can_be_listed_before(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project)
    arguments = ["generate", "schemas/disks.rng", "--output", "out/model"]
    assert main([*arguments, "--list-outputs"]) == 0
    listed = capsys.readouterr().out.split()
    assert not Path("out").exists()
    assert main([*arguments, "--depfile", "model.d"]) == 0
    assert Path("model.d").read_text(encoding="utf-8").partition(":")[0].split() == listed
    assert sorted(listed) == sorted(str(path) for path in Path("out").rglob("*") if path.is_file())


def test_names_are_escaped_as_make_and_ninja_read_them() -> None:
    text = depfile_text([Path("a b/model")], [Path("c#.rng"), Path("d$.rng"), Path("c#.rng")])
    assert text == "a\\ b/model: \\\n  c\\#.rng \\\n  d$$.rng\n\nc\\#.rng:\nd$$.rng:\n"


@pytest.mark.parametrize(
    ("arguments", "status", "complaint"),
    [
        ("--list-outputs --depfile x.d", 2, "--list-outputs writes nothing, so there is no --depfile"),
        ("--depfile schemas/disks.rng/x.d", 2, "schemas/disks.rng/x.d: cannot be written: "),
        ("--stamp schemas/disks.rng/x", 2, "schemas/disks.rng/x: cannot be written: "),
    ],
)
@pytest.mark.parametrize("project", ["make"], indirect=True)
def test_what_cannot_be_is_explained(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: str,
    status: int,
    complaint: str,
) -> None:
    monkeypatch.chdir(project)
    assert main(["generate", "schemas/disks.rng", "--output", "model", *arguments.split()]) == status
    assert complaint in capsys.readouterr().err
