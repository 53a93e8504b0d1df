"""`relaxgen docs`: what it writes, what it says, what it refuses."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from relaxgen.cli import main

CASES = Path(__file__).parent / "cases"
REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def in_a_directory_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def files(directory: Path) -> dict[str, bytes]:
    return {
        file.relative_to(directory).as_posix(): file.read_bytes() for file in directory.rglob("*") if file.is_file()
    }


def test_a_site_is_written_and_a_second_run_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["docs", str(CASES / "shop.rng"), "--output", "site", "--enums", str(CASES / "shop.enums")]
    assert main(arguments) == 0
    assert "site: 9 classes, 1 enum, 8 files written, 0 unchanged" in capsys.readouterr().out
    assert {"index.html", "modules/shop.html", "assets/search.js"} < set(files(Path("site")))
    assert main(arguments) == 0
    assert "0 files written, 8 unchanged" in capsys.readouterr().out


def test_tables_may_stand_among_the_schemas() -> None:
    assert main(["docs", str(CASES / "shop.rng"), str(CASES / "shop.enums"), "-o", "site"]) == 0
    assert b"virShopCurrency" in files(Path("site"))["modules/shop.html"]


def test_markdown_takes_the_place_of_a_site() -> None:
    assert main(["docs", str(CASES / "shop.rng"), str(CASES / "shop.enums"), "-o", "site"]) == 0
    assert main(["docs", str(CASES / "shop.rng"), str(CASES / "shop.enums"), "-o", "site", "--format", "markdown"]) == 0
    expected = {"README.md", "modules/department.md", "modules/shop.md", "modules/way.md", "releases.md"}
    assert set(files(Path("site"))) == expected


def test_a_part_can_be_documented() -> None:
    assert main(["docs", str(CASES / "shop.rng"), str(CASES / "shop.enums"), "-o", "site", "--root", "department"]) == 0
    assert {path for path in files(Path("site")) if path.startswith("modules/")} == {"modules/department.html"}


def test_a_directory_with_something_else_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    Path("site").mkdir()
    Path("site/index.html").write_text("<p>mine</p>", encoding="utf-8")
    assert main(["docs", str(CASES / "shop.rng"), str(CASES / "shop.enums"), "-o", "site"]) == 2
    assert (
        capsys.readouterr().err
        == "site: is not documentation that relaxgen made: it contains index.html; choose another directory\n"
    )
    assert files(Path("site")) == {"index.html": b"<p>mine</p>"}


def test_a_wrong_schema_is_reported_and_nothing_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    Path("wrong.rng").write_text('<element name="a" xmlns="http://relaxng.org/ns/structure/1.0"/>', encoding="utf-8")
    assert main(["docs", "wrong.rng", "-o", "site"]) == 2
    assert capsys.readouterr().err.startswith("wrong.rng:1:1: ")
    assert not Path("site").exists()


@pytest.mark.parametrize("arguments", [["docs"], ["docs", "x.rng"], ["docs", "x.enums", "-o", "site"]])
def test_what_is_missing_is_a_mistake_in_use(arguments: list[str]) -> None:
    for name in ("x.rng", "x.enums"):
        Path(name).touch()
    assert main(arguments) == 2


@pytest.mark.parametrize("format_", ["html", "markdown"])
def test_the_same_schema_gives_the_same_bytes(format_: str) -> None:
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(REPOSITORY / "generator")}
        arguments = [str(CASES / "shop.rng"), str(CASES / "shop.enums"), "-o", seed, "--format", format_]
        subprocess.run([sys.executable, "-m", "relaxgen", "docs", *arguments], check=True, env=environment)
    assert files(Path("1")) == files(Path("2"))


INTRODUCTION = "What our shops are.\n\n- first <point>\n- second point\n"


@pytest.mark.parametrize("how", ["options", "configuration"])
def test_the_owner_has_a_title_and_an_introduction(how: str) -> None:
    Path("intro.txt").write_text(INTRODUCTION, encoding="utf-8")
    for file in ("shop.rng", "shop.enums"):
        shutil.copyfile(CASES / file, file)
    if how == "options":
        words = ["shop.rng", "shop.enums", "--title", "Our shops", "--introduction", "intro.txt"]
    else:
        package = '[tool.relaxgen]\nschemas = ["shop.rng"]\nenums = ["shop.enums"]\noutput = "model"\n'
        docs = '[tool.relaxgen.docs]\ntitle = "Our shops"\nintroduction = "intro.txt"\n'
        Path("pyproject.toml").write_text(package + docs, encoding="utf-8")
        words = []
    assert main(["docs", *words, "--output", "site"]) == 0
    index = Path("site/index.html").read_text(encoding="utf-8")
    assert "<title>Our shops – reference</title>" in index
    assert "<p>What our shops are.</p>" in index
    assert "<li>first &lt;point&gt;</li>" in index
    assert main(["docs", *words, "--output", "pages", "--format", "markdown"]) == 0
    markdown = Path("pages/README.md").read_text(encoding="utf-8")
    assert markdown.splitlines()[2] == "# Reference of Our shops"
    assert "* second point" in markdown


@pytest.mark.parametrize(
    ("docs", "message"),
    [
        ('introduction = "nowhere.txt"', "no such file: nowhere.txt"),
        ('titel = "Shops"', "unknown key 'titel' (did you mean 'title'?)"),
        ("title = 1", "title is an integer, expected a string"),
    ],
)
def test_mistakes_in_the_table_have_a_place(docs: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copyfile(CASES / "shop.rng", "shop.rng")
    package = '[tool.relaxgen]\nschemas = ["shop.rng"]\noutput = "model"\n[tool.relaxgen.docs]\n'
    Path("pyproject.toml").write_text(f"{package}{docs}\n", encoding="utf-8")
    assert main(["docs", "--output", "site"]) == 2
    assert capsys.readouterr().err.startswith("pyproject.toml:5:")
    assert main(["docs", "--output", "site"]) == 2
    assert message in capsys.readouterr().err


def test_an_introduction_that_is_no_text_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    Path("intro.txt").write_bytes(b"\xff\xfe")
    assert main(["docs", str(CASES / "shop.rng"), "-o", "site", "--introduction", "intro.txt"]) == 2
    assert capsys.readouterr().err == "intro.txt: is no text in UTF-8\n"


CHOICE = """<grammar xmlns="http://relaxng.org/ns/structure/1.0">
  <start><element name="gate">
    <element name="low"><ref name="limit"/></element>
    <element name="high"><ref name="limit"/></element>
    <optional><ref name="formula"/></optional>
  </element></start>
  <define name="limit"><attribute name="of"/></define>
  <define name="formula"><choice>
    <element name="and"><attribute name="a"/></element>
    <element name="or"><attribute name="b"/></element>
    <element name="not"><attribute name="c"/></element>
  </choice></define>
</grammar>
"""


def test_what_elements_share_is_described_once() -> None:
    Path("gate.rng").write_text(CHOICE, encoding="utf-8")
    assert main(["docs", "gate.rng", "-o", "site", "--format", "markdown"]) == 0
    text = files(Path("site"))["modules/gate.md"].decode()
    assert "## Limit `<low>, <high>`" in text
    assert "`low: Limit`" in text and "`high: Limit`" in text
    assert (
        "`formula: Formula \\| None` | [GateAnd](#GateAnd), [GateOr](#GateOr), [GateNot](#GateNot) | optional" in text
    )


def test_the_search_finds_each_element_of_a_class() -> None:
    Path("gate.rng").write_text(CHOICE, encoding="utf-8")
    assert main(["docs", "gate.rng", "-o", "site"]) == 0
    entries = files(Path("site"))["assets/entries.js"].decode()
    assert '["element", "<high>", "/gate/high", "modules/gate.html#Limit"]' in entries
    assert '["element", "<low>", "/gate/low", "modules/gate.html#Limit"]' in entries


OLD = """<element name="shop" xmlns="http://relaxng.org/ns/structure/1.0"><attribute name="kind"/>{}</element>"""
DESK = '<zeroOrMore><element name="desk"><attribute name="nr"/></element></zeroOrMore>'
SIZE = '<optional><attribute name="size"><choice><value>big</value>{}</choice></attribute></optional>'
SMALL = "<value>small</value>"


@pytest.mark.parametrize(("site_format", "page"), [("html", "releases.html"), ("markdown", "releases.md")])
def test_a_table_of_releases_says_what_each_brought(
    site_format: str, page: str, capsys: pytest.CaptureFixture[str]
) -> None:
    states = {"1.0": "", "2.0-rc1": DESK, "2.0": DESK + SIZE.format(""), "10.0": DESK + SIZE.format(SMALL)}
    for version, more in states.items():
        file = Path("history", version, "shop.rng")
        file.parent.mkdir(parents=True)
        file.write_text(OLD.format(more), encoding="utf-8")
    assert main(["since", "shop.rng", "--versions", "history", "--output-format", "json"]) == 0
    Path("versions.json").write_text(capsys.readouterr().out, encoding="utf-8")
    words = ["docs", "history/10.0/shop.rng", "--versions", "versions.json", "--output", "site"]
    assert main([*words, "--format", site_format]) == 0
    text = re.sub(r"<[^>]*>", "", Path("site", page).read_text(encoding="utf-8"))
    lines = [line.strip("#- ") for line in text.splitlines()]
    start = next(index for index, line in enumerate(lines) if line == "10.0")
    shown = [re.sub(r"^\[`|`\]\(.*", "", line) for line in lines[start:] if line]
    assert shown[:6] == ["10.0", "/shop/@size=small", "2.0", "/shop/@size", "2.0-rc1", "/shop/desk"]


def test_a_table_that_is_none_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    Path("versions.json").write_text("[]", encoding="utf-8")
    assert main(["docs", str(CASES / "shop.rng"), "--versions", "versions.json", "-o", "site"]) == 2
    assert capsys.readouterr().err.startswith("versions.json: is not a table")
