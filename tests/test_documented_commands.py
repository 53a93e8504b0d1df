"""Every command in README.md, docs/ and the READMEs of examples/ is run, in a small world that has the files it names,
and so is their Python.

A command is a line of an indented block that begins with a known program, one after ``$`` in a fenced block, or a line
of a block in ``sh``. A ``#`` begins its description, so that a reader can paste the whole line into a shell. relaxgen's
commands must end with 0, or with 1 for findings.
"""

from __future__ import annotations

import glob
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from relaxgen.cli import main

REPOSITORY = Path(__file__).parents[1]
DOCUMENTS = [
    REPOSITORY / "README.md",
    *sorted((REPOSITORY / "docs").rglob("*.md")),
    *sorted((REPOSITORY / "examples").rglob("README.md")),
]

PROGRAMS = r"\.|relaxgen|pip|python3?|make|git|cd|export|apt|find|trang|java|uvx|acme-disks|\.venv|sh"

SLOW = {"README.md", "docs/evolution.md"}

BUILDS = "tests/project/test_build_examples.py"
RUN_ELSEWHERE = {
    r"relaxgen watch": "tests/cli/test_watch.py",
    r"(\.venv/bin/)?pip (install|wheel) ": "tests/test_wheel.py",
    r"python3 -m venv |\. \.venv/bin/activate": "tests/test_wheel.py",
    r"export PIP_FIND_LINKS|acme-disks disks.xml": BUILDS,
    r"python -m build|cd acme-shop|python -m pytest$": "tests/publishing/test_distribution.py",
    r"\.venv/bin/python examples/qemu_argv": "tests/examples/test_qemu_argv.py",
    r"apt install python3-libvirt|python3 -m venv|\.venv-libvirt": "tests/examples/test_libvirt_live.py",
    r"relaxgen \w+ .*tasks\.rnc|python program\.py": "tests/test_tutorial.py",
    r"\.venv/bin/python examples/fleet": "tests/examples/test_fleet.py",
}
"""Commands that take long or need an environment of their own, with the tests that do the same."""

OTHERS_PROGRAMS = r"trang |java "
"""Programs of other people that we do not have; the documents say what relaxgen does with what they make."""

DIRECTORIES = {"examples/bibliography": "examples/bibliography", "examples/build": "examples/build/setuptools"}
"""Where the commands of a document are run, if not in the directory of the project."""

DISK = """<grammar xmlns="http://relaxng.org/ns/structure/1.0"><start><element name="domain"><attribute name="type"/>
  <element name="name"><text/></element><element name="os"><element name="type"><text/></element></element>
  <element name="devices"><zeroOrMore><element name="disk">
    <attribute name="type"/><element name="target"><attribute name="dev"/></element>{}
  </element></zeroOrMore></element>
</element></start></grammar>"""
SNAPSHOT = """<optional><attribute name="snapshot"><choice><value>no</value><value>external</value></choice>
</attribute></optional>"""
TRANSIENT = '<optional><element name="transient"><empty/></element></optional>'
GUEST = """<domain type='kvm'>
  <name>guest</name>
  <os>
    <type>hvm</type>
  </os>
  <devices>
    <disk type='file' snapshot='external'>
      <target dev='vda'/>
      <transient/>
    </disk>
  </devices>
</domain>
"""
"""Valid by our own schema, too."""

PYTHON_ELSEWHERE = {
    "docs/bindings.md": "tests/test_documented_examples.py",
    "docs/class-model.md": "tests/test_documented_examples.py",
    "docs/nothing-lost.md": "tests/test_nothing_lost_document.py",
    "examples/fleet/README.md": "tests/examples/test_fleet.py",
}
"""Documents whose Python has tests of its own."""

OF_READERS = re.compile(r"^from (acme|mypackage)\b", re.M)
"""Packages that readers have, and we do not."""


def name_of(document: Path) -> str:
    return document.relative_to(REPOSITORY).as_posix()


def commands_of(document: Path) -> list[str]:
    found: list[str] = []
    fence, is_indented = "", False
    for line in document.read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            fence = "" if fence else line
        elif fence.startswith("```sh"):
            found.append(line)
        elif fence:
            found += [line[2:]] if line.startswith("$ ") else []
        elif line.startswith("    "):
            text = line[4:].removeprefix("$ ")
            # A block of output may hold a line that looks like a command; one of commands begins with one.
            is_indented = is_indented or is_command(text)
            found += [re.split(r"\s+# ", text)[0]] if is_indented and is_command(text) else []
        else:
            is_indented = is_indented and not line.strip()
    return found


def is_command(line: str) -> bool:
    return bool(re.match(rf"({PROGRAMS})[ /-]", line + " "))


WITH_COMMANDS = [document for document in DOCUMENTS if commands_of(document)]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with what is not generated, and the files of people who follow the documents."""
    world = tmp_path_factory.mktemp("world") / "checkout"
    for name in ("schemas", "examples", "tests/documents/domain"):
        ignored = shutil.ignore_patterns("__pycache__", "build-*", "*.so", "model", "dist")
        shutil.copytree(REPOSITORY / name, world / name, ignore=ignored)
    for name in ("pyproject.toml", "Makefile", "engine/pyproject.toml"):
        (world / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(REPOSITORY / name, world / name)
    texts = {
        "guest.xml": GUEST,
        "guests/one.xml": GUEST,
        "list": "tests/documents/domain/minimal.xml\n",
        "domain.rng": DISK.format(SNAPSHOT + TRANSIENT),
        "history/0.9.4/domain.rng": DISK.format(""),
        **{f"history/{name}/domain.rng": DISK.format(SNAPSHOT + TRANSIENT) for name in ("0.9.5", "9.0.0")},
        "old/disk.rng": DISK.format(SNAPSHOT),
        "new/disk.rng": DISK.format(""),
        **{f"{name}/disk.rng": DISK.format("") for name in ("schemas-9.0", "schemas-11.3", "src/schemas")},
        "shop.rng": DISK.format(TRANSIENT),
        "share/libvirt/schemas/domain.rng": DISK.format(SNAPSHOT),
        "library.rnc": "start = element library { element book { text }* }\n",
    }
    for name, text in texts.items():
        (world / name).parent.mkdir(parents=True, exist_ok=True)
        (world / name).write_text(text, encoding="utf-8")
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    tags = [("tag", name) for name in ("v1", "v2", "v9.0")]
    for words in (
        ("init", "--quiet", "--initial-branch=main"),
        ("add", "."),
        ("commit", "--quiet", "-m", "all"),
        *tags,
    ):
        subprocess.run(["git", *identity, *words], cwd=world, check=True)
    return world


@pytest.fixture
def world(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    directory = shutil.copytree(template, tmp_path / "checkout")
    program = tmp_path / "bin" / "relaxgen"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m relaxgen "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{Path(sys.executable).parent}", prepend=os.pathsep)
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY / "generator"))
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".config" / "fish" / "completions").mkdir(parents=True)
    monkeypatch.setenv("XDG_DATA_DIRS", str(directory / "share"))
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    return directory


def place_of(document: Path) -> str:
    return DIRECTORIES.get(document.parent.relative_to(REPOSITORY).as_posix(), ".")


@pytest.mark.parametrize(
    "document",
    [pytest.param(path, marks=pytest.mark.slow) if name_of(path) in SLOW else path for path in WITH_COMMANDS],
    ids=name_of,
)
def test_its_commands_run(
    document: Path, world: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in commands_of(document):
        monkeypatch.chdir(world / place_of(document))
        if re.match(OTHERS_PROGRAMS, command):
            continue
        elsewhere = [test for pattern, test in RUN_ELSEWHERE.items() if re.match(pattern, command)]
        if elsewhere:
            assert all((REPOSITORY / test).is_file() for test in elsewhere), elsewhere
            assert [word for word in pip_arguments(command) if not can_be_installed(word)] == [], command
            continue
        status = run(command)
        shown = capsys.readouterr()
        assert status in (0, 1), f"{document.name}: {command}\n{shown.out}\n{shown.err}"


def run(command: str) -> int:
    words = shlex.split(command)
    if words[0] == "make":
        return subprocess.run(["make", "-n", *words[1:]], stdout=subprocess.DEVNULL, check=False).returncode
    if words[0] == "relaxgen" and not re.search(r"[<>|]", command):
        return main([name for word in words[1:] for name in expanded(word)])
    return subprocess.run(["sh", "-c", command], check=False).returncode


def expanded(word: str) -> list[str]:
    """As a shell does it."""
    return (sorted(glob.glob(word)) if glob.has_magic(word) else []) or [word]


def pip_arguments(command: str) -> Iterator[str]:
    words = shlex.split(command)
    if "pip" in words[0] and "install" in words:
        yield from (word for word in words[words.index("install") + 1 :] if not word.startswith("-"))


def can_be_installed(word: str) -> bool:
    """A project in the checkout, or something that indexes have; none has us."""
    path, _, _ = word.partition("[")
    return (Path(path) / "pyproject.toml").is_file() or not re.match(r"[./]|relaxgen", word)


def python_of(document: Path) -> list[str]:
    blocks = re.findall(r"^```python\n(.*?)^```", document.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return [block for block in blocks if not OF_READERS.search(block)]


@pytest.mark.parametrize("document", [one for one in DOCUMENTS if python_of(one)], ids=name_of)
def test_its_python_runs(document: Path, world: Path) -> None:
    elsewhere = PYTHON_ELSEWHERE.get(name_of(document))
    if elsewhere is not None:
        assert (REPOSITORY / elsewhere).is_file()
        return
    for block in python_of(document):
        (world / "program.py").write_text(block, encoding="utf-8")
        path = os.pathsep.join(map(str, (REPOSITORY / "generator", REPOSITORY)))
        command = [sys.executable, "-W", "error", "program.py"]
        done = subprocess.run(
            command, cwd=world, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{document.name}\n{block}\n{done.stderr}"


def test_the_programs_are_found_in_all_documents_that_have_some() -> None:
    names = {document.relative_to(REPOSITORY).as_posix() for document in WITH_COMMANDS}
    assert {"README.md", "docs/evolution.md", "docs/publishing.md", "examples/build/README.md"} <= names
    assert commands_of(REPOSITORY / "README.md")[:2] == ["python3 -m venv .venv", ". .venv/bin/activate"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_nothing_is_installed_by_a_name_that_no_index_has(document: Path) -> None:
    assert not re.search(r"pip3? install ['\"]?relaxgen|OWNER|YOUR[-_]", document.read_text(encoding="utf-8"))
