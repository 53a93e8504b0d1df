"""A generated package runs wherever it is put, under whatever name, and needs nothing but lxml."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
DOCUMENT = REPOSITORY / "tests" / "documents" / "domain" / "disk-snapshot-modes.xml"

USE = """
import copy, importlib, json, pickle, sys

name, document = sys.argv[1:]
package = importlib.import_module(name)
data = open(document, "rb").read()
guest = package.parse_domain(data, validate=True)
guest.devices.disks[0].snapshot = package.DiskSnapshot.EXTERNAL
again = package.parse(package.format(guest))
assert again == guest == pickle.loads(pickle.dumps(guest)) == copy.deepcopy(guest)
try:
    package.parse_domain(data.replace(b"snapshot='no'", b"snapshot='yes'"))
except package.ParseError as error:
    fault = error.faults[0]
for each in package.__all__:
    getattr(package, each)
print(json.dumps({"type": guest.__module__, "fault": [fault.path, list(fault.expected)], "modules": list(sys.modules)}))
"""


def use(name: str, directory: Path) -> dict[str, list[str]]:
    """What a program in an interpreter of its own finds, with the package in `directory` and nothing of ours on its
    path."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "COV"))}
    command = [
        sys.executable,
        "-P",
        "-c",
        f"import sys; sys.path.insert(0, {str(directory)!r})\n{USE}",
        name,
        str(DOCUMENT),
    ]
    finished = subprocess.run(
        command, cwd=directory.parent, env=environment, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr
    result: dict[str, list[str]] = json.loads(finished.stdout)
    return result


@pytest.fixture
def original(domain: ModuleType) -> Path:
    return Path(str(domain.__file__)).parent


@pytest.mark.parametrize("place", ["guests", "acme/model", "acme/deeply/nested/guests", "Ünïcode", "_private"])
def test_a_copy_under_another_name_works(original: Path, tmp_path: Path, place: str) -> None:
    folder = tmp_path / place
    folder.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(original, folder, ignore=shutil.ignore_patterns("__pycache__"))
    name = place.replace("/", ".")
    found = use(name, tmp_path)
    assert found["type"] == f"{name}.domain"
    assert found["fault"] == ["/domain/devices/disk[2]/@snapshot", ["no", "internal", "external"]]
    assert not any(module.split(".")[0] == "domain_under_test" for module in found["modules"])


def test_two_copies_live_side_by_side(original: Path, tmp_path: Path) -> None:
    for name in ("one", "other"):
        shutil.copytree(original, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import one, other;"
        "first = one.parse_disk('<disk><target dev=\"vda\"/></disk>');"
        "assert not isinstance(first, other.Disk) and first != other.parse_disk(one.format_disk(first))"
    )
    subprocess.run([sys.executable, "-P", "-c", program], check=True, cwd=tmp_path)


def test_a_package_in_an_archive_works(original: Path, tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    shutil.copytree(original, tmp_path / "content" / "guests", ignore=shutil.ignore_patterns("__pycache__"))
    archive = shutil.make_archive(str(tmp_path / "packages"), "zip", tmp_path / "content")
    assert use("guests", Path(archive).rename(tmp_path / "packages.pyz"))["type"] == "guests.domain"


def test_nothing_is_imported_but_lxml_and_the_standard_library(
    original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine is used where it is installed; the package runs without it."""
    monkeypatch.setenv("RELAXGEN_ENGINE", "off")
    shutil.copytree(original, tmp_path / "guests", ignore=shutil.ignore_patterns("__pycache__"))
    # What site packages load at the start of the interpreter is not one of the package's doing.
    bare = subprocess.run(
        [sys.executable, "-P", "-c", "import sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    found = {name.split(".")[0] for name in use("guests", tmp_path)["modules"]}
    allowed = {*sys.stdlib_module_names, *(name.split(".")[0] for name in bare.stdout.split()), "lxml", "guests"}
    # Cython, in which lxml is written, leaves modules of its own.
    assert {name for name in found - allowed if "cython" not in name and not name.startswith("__")} == set()
    assert not {"relaxgen", "jinja2", "black", "click", "rich"} & found


def test_using_one_class_does_not_load_the_whole_vocabulary(original: Path, tmp_path: Path) -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(original.parent)!r}); from {original.name} import parse_address;"
        "parse_address(\"<address type='usb' bus='1'/>\");"
        f"print(*[name for name in sys.modules if name.startswith({original.name!r})])"
    )
    found = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True).stdout
    modules = [name.removeprefix(f"{original.name}.") for name in found.split()]
    own = [name for name in modules if not name.startswith(("_runtime", original.name))]
    assert set(own) <= {"address", "_address", "_schema", "enums", "contents"}
    assert "_runtime.explanation" not in modules
    assert not any(name.startswith(("_runtime.validator", "_runtime.patterns", "_schema.")) for name in modules)


def test_generating_is_not_needed_to_use(original: Path) -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in original.rglob("*.py")}
    assert len(texts) > 50
    words = ("import relaxgen", "from generator", "import jinja2", "import black")
    assert [str(path) for path, text in texts.items() if any(word in text for word in words)] == []
    assert [str(path) for path, text in texts.items() if str(REPOSITORY) in text or "/tmp/" in text] == []
