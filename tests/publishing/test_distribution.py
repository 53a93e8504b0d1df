"""``relaxgen package``: a distribution that builds, and whose own tests pass."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
import venv
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
from relaxgen.cli import main

REPOSITORY = Path(__file__).parents[2]
SCHEMAS = REPOSITORY / "examples" / "build" / "setuptools" / "schemas"

SHOP = """<grammar xmlns="http://relaxng.org/ns/structure/1.0"><start><choice>
  <element name="shop"><zeroOrMore><element name="item"><attribute name="name"/></element></zeroOrMore></element>
  <element name="order"><attribute name="text"><value>a"b\\c</value></attribute></element>
</choice></start></grammar>"""
STOCK = """<element name="stock" xmlns="http://relaxng.org/ns/structure/1.0">
  <oneOrMore><choice><element name="one"><empty/></element><element name="two"><empty/></element></choice></oneOrMore>
  <optional><attribute name="place"/></optional><optional><attribute name="since"/></optional>
  <choice><attribute name="a"/><attribute name="b"/><attribute name="c"/></choice>
</element>"""


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("shop.rng").write_text(SHOP, encoding="utf-8")
    Path("stock.rng").write_text(STOCK, encoding="utf-8")
    return tmp_path


def package(*arguments: str | Path) -> None:
    assert main(["package", *map(str, arguments), "--output", "out"]) == 0


def own_tests(directory: Path) -> subprocess.CompletedProcess[str]:
    """Runs the tests of a distribution as its maintainer would."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"]
    environment = os.environ | {"PYTHONPATH": str(directory.absolute() / "src"), "PYTEST_ADDOPTS": ""}
    return subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)


def texts(directory: Path) -> dict[str, str]:
    files = (path for path in directory.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(directory).as_posix(): path.read_text(encoding="utf-8") for path in files}


def test_its_own_tests_pass(capsys: pytest.CaptureFixture[str]) -> None:
    package("shop.rng", "stock.rng", "--name", "Acme.Shop-2")
    printed = capsys.readouterr().out
    assert "out/src/acme_shop_2: 6 classes" in printed.replace(os.sep, "/")
    assert "out: pyproject.toml, README.md, tests/test_samples.py written" in printed
    done = own_tests(Path("out"))
    assert done.returncode == 0, done.stdout
    samples = len(list(Path("out/tests/samples").iterdir()))
    assert f"{samples + 1} passed" in done.stdout
    assert f"{samples} sample documents in tests/samples" in printed


def test_its_own_tests_find_what_is_lost() -> None:
    package("shop.rng", "--name", "acme-shop")
    sample = next(path for path in Path("out/tests/samples").iterdir() if "<item" in path.read_text(encoding="utf-8"))
    sample.write_text(sample.read_text(encoding="utf-8").replace("<item", "<item colour='red'"), encoding="utf-8")
    done = own_tests(Path("out"))
    assert done.returncode == 1
    assert "unknown attribute" in done.stdout


def test_the_project_says_what_it_is() -> None:
    package("shop.rng", "stock.rng", "--name", "acme-shop")
    project = tomllib.loads(Path("out/pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["name"] == "acme-shop"
    assert project["description"] == "Typed Python classes for XML documents: <shop>, <order>, <stock>"
    assert "license" not in project
    assert [line.split()[0] for line in project["dependencies"]] == ["lxml"]
    readme = Path("out/README.md").read_text(encoding="utf-8")
    assert "with the root `<shop>`, `<order>`, `<stock>`.\n" in readme
    assert "| `<stock>` | `Stock` | `parse_stock`, `format_stock` |\n" in readme
    assert "from shop.rng, stock.rng" in readme


def test_the_example_is_the_smallest_document_of_the_richest_schema() -> None:
    package("shop.rng", "stock.rng", "--name", "acme-shop")
    readme = Path("out/README.md").read_text(encoding="utf-8")
    assert 'document = parse_stock("""\\\n<stock a=\'\'>\n  <one/>\n</stock>\n""")' in readme


def test_an_example_that_python_cannot_hold_in_three_quotes_is_quoted() -> None:
    package("shop.rng", "--root", "order", "--name", "acme-shop")
    readme = Path("out/README.md").read_text(encoding="utf-8")
    assert r"""parse_order('<order text=\'a"b\\c\'/>\n')""" in readme
    assert own_tests(Path("out")).returncode == 0


def test_a_second_run_replaces_the_package_and_the_samples_alone(capsys: pytest.CaptureFixture[str]) -> None:
    package("shop.rng", "--name", "acme-shop")
    for name in ("README.md", "pyproject.toml", "tests/test_samples.py"):
        file = Path("out", name)
        file.write_text(file.read_text(encoding="utf-8") + "# the owner's\n", encoding="utf-8")
    before = texts(Path("out"))
    Path("shop.rng").write_text(SHOP.replace('name="name"', 'name="label"'), encoding="utf-8")
    capsys.readouterr()
    package("shop.rng", "--name", "acme-shop")
    assert "pyproject.toml, README.md, tests/test_samples.py kept as they are" in capsys.readouterr().out
    after = texts(Path("out"))
    changed = {name for name in before if before[name] != after[name]}
    assert all(name.startswith(("src/acme_shop/", "tests/samples/")) for name in changed)
    assert "label" in after["src/acme_shop/shop.py"]
    assert own_tests(Path("out")).returncode == 0


def test_samples_of_schemas_that_are_gone_go_and_other_files_stay() -> None:
    package("shop.rng", "--name", "acme-shop")
    Path("out/tests/samples/own.xml").write_text("<shop/>", encoding="utf-8")
    Path("shop.rng").replace("store.rng")
    package("store.rng", "--name", "acme-shop")
    names = {path.name for path in Path("out/tests/samples").iterdir()}
    assert names == {"own.xml", "store-1.xml", "store-2.xml"}
    assert own_tests(Path("out")).returncode == 0


def test_a_schema_may_come_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(SHOP.encode())))
    package("-", "--name", "acme-shop")
    assert {path.name for path in Path("out/tests/samples").iterdir()} == {"stdin-1.xml", "stdin-2.xml"}
    assert "from standard input." in Path("out/README.md").read_text(encoding="utf-8")
    assert own_tests(Path("out")).returncode == 0


def test_the_same_schemas_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package("shop.rng", "stock.rng", "--name", "acme-shop")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    first = texts(Path("out"))
    monkeypatch.chdir(elsewhere)
    package("../stock.rng", "../shop.rng", "--name", "acme-shop")
    assert texts(Path("out")).keys() == first.keys()
    assert {name for name, text in texts(Path("out")).items() if text != first[name]} == set()


def test_programs_get_json(capsys: pytest.CaptureFixture[str]) -> None:
    package("shop.rng", "--name", "acme-shop", "--output-format", "json")
    assert json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ("shop.rng --name acme", "--output is missing: the directory of the distribution"),
        ("--name acme --output out", "give a SCHEMA or a --preset"),
        ("shop.rng --output out", "Missing option '--name'"),
        ("shop.rng --name -acme --output out", "'-acme' is not a name of a distribution"),
        ("shop.rng --name 2acme --output out", "'2acme' gives the package '2acme', which cannot be imported"),
        ("shop.rng --name xml --output out", "which Python has itself (did you mean 'xml-model'?)"),
        ("shop.rng --name acme --output .", "pyproject.toml:2:8: is the project 'other', not 'acme'; --output names"),
        (
            "shop.rng --root shp --name acme --output out",
            "is called 'shp' (did you mean 'shop'?)",
        ),
    ],
)
def test_what_cannot_be_is_explained(arguments: str, complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("pyproject.toml").write_text('[project]\nname = "other"\n', encoding="utf-8")
    assert main(["package", *arguments.split()]) == 2
    assert complaint in capsys.readouterr().err
    assert not Path("out").exists()


def test_a_directory_that_cannot_be_written_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    Path("out").mkdir()
    Path("out/README.md").mkdir()
    Path("out/tests").touch()
    assert main(["package", "shop.rng", "--name", "acme", "--output", "out"]) == 2
    assert "out/tests" in capsys.readouterr().err.replace(os.sep, "/")


def run(*command: str | Path, directory: Path) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=directory, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("environment")
    venv.create(directory, with_pip=True)
    found = directory / ("Scripts" if os.name == "nt" else "bin")
    run(found / "python", "-m", "pip", "install", "--quiet", "build", "pytest", "lxml", directory=directory)
    return found


def build_and_test(directory: Path, programs: Path) -> str:
    """Builds, installs the wheel that was made from the sdist, and runs the tests without the sources beside them."""
    run(programs / "python", "-m", "build", directory=directory)
    (wheel,) = (directory / "dist").glob("*.whl")
    install = (programs / "python", "-m", "pip", "install", "--quiet", "--no-deps", "--force-reinstall", wheel)
    run(*install, directory=directory)
    elsewhere = directory.parent / f"{directory.name}-tests"
    shutil.copytree(directory / "tests", elsewhere / "tests")
    shutil.copyfile(directory / "README.md", elsewhere / "README.md")
    return run(programs / "python", "-m", "pytest", "-q", "-W", "error", directory=elsewhere)


@pytest.mark.slow
def test_a_distribution_builds_and_its_tests_pass_on_the_wheel(programs: Path) -> None:
    package(SCHEMAS / "disks.rng", "--enums", SCHEMAS / "disks.enums", "--name", "acme-disks")
    assert "2 passed" in build_and_test(Path("out").absolute(), programs)


@pytest.mark.slow
def test_libvirts_schemas_are_published_by_one_command(programs: Path, corpus: Path) -> None:
    schemas = corpus / "libvirt-12.9.0" / "schemas"
    package("--preset", "libvirt", "--schemas", schemas, "--name", "libvirt-model")
    assert len(list(Path("out/tests/samples").glob("domain-*.xml"))) > 100
    printed = build_and_test(Path("out").absolute(), programs)
    assert f"{len(list(Path('out/tests/samples').iterdir())) + 1} passed" in printed
