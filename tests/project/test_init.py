"""``relaxgen init``: what it finds in a project, and that nothing of a pyproject.toml is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from relaxgen.cli import main
from relaxgen.project.configuration import read_backend, read_configuration

RNG = 'xmlns="http://relaxng.org/ns/structure/1.0"'
SCHEMA = f'<grammar {RNG}><include href="part.rng"/><start><ref name="disk"/></start></grammar>'
PART = f'<grammar {RNG}><define name="disk"><element name="disk"><text/></element></define></grammar>'
SCHEMA_OF_ONE = f"""
<grammar {RNG}>
  <start><ref name="NAME"/></start>
  <define name="NAME"><element name="disk"><attribute name="bus"/></element></define>
</grammar>
"""
ELEMENT = f'<element name="{{}}" {RNG}><text/></element>'


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(files: dict[str, str]) -> None:
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8", newline="")


def initialised() -> tuple[list[str], list[str], str]:
    """What the table says after ``relaxgen init``: schemas, tables, output."""
    assert main(["init"]) == 0
    (package,) = read_configuration(Path("pyproject.toml"))
    schemas, enums = ([path.as_posix() for path in paths] for paths in (package.schemas, package.enums))
    return schemas, enums, package.output.as_posix()


def test_schemas_with_a_start_are_found_and_their_parts_are_not(capsys: pytest.CaptureFixture[str]) -> None:
    put({"schemas/disks.rng": SCHEMA, "schemas/part.rng": PART, "tests/case.rng": SCHEMA, "build/disks.rng": SCHEMA})
    assert initialised() == (["schemas/disks.rng"], [], "disks")
    printed = capsys.readouterr().out
    assert "pyproject.toml: made, with a [tool.relaxgen] table" in printed
    assert "next: check it, then run: relaxgen generate\n" in printed
    assert main(["generate"]) == 0
    assert main(["check"]) == 0


def test_the_package_keeps_its_names_when_the_schema_changes() -> None:
    schema = SCHEMA_OF_ONE.replace("NAME", "fast-disk")
    put({"disk.rng": schema})
    initialised()
    assert main(["generate"]) == 0
    kept = Path("relaxgen.names.toml").read_text(encoding="utf-8")
    assert '"/disk" = "FastDisk"' in kept
    put({"disk.rng": schema.replace("fast-disk", "slow-disk")})
    assert main(["generate"]) == 0
    assert Path("relaxgen.names.toml").read_text(encoding="utf-8") == kept


@pytest.mark.parametrize(
    ("back_end", "advice"),
    [
        ("", "setuptools needs no more.\n"),
        ("setuptools.build_meta", "setuptools needs no more.\n"),
        ("hatchling.build", "and enable the hook:\n# [tool.hatch.build.hooks.relaxgen]\n"),
        ("flit_core.buildapi", 'what it calls:\n# [tool.relaxgen.build]\n# backend = "flit_core.buildapi"\n'),
    ],
)
def test_the_table_says_how_builds_of_the_project_generate(back_end: str, advice: str) -> None:
    system = f'[build-system]\nrequires = []\nbuild-backend = "{back_end}"\n' if back_end else ""
    put({"a.rng": ELEMENT.format("a"), "pyproject.toml": system})
    initialised()
    file = Path("pyproject.toml")
    text = file.read_text(encoding="utf-8")
    assert text.endswith(advice)
    file.write_text(text.replace("# [tool.", "[tool.").replace("# backend", "backend"), encoding="utf-8")
    assert len(read_configuration(file)) == 1
    if "backend" in advice:
        assert read_backend(file) == back_end


def test_a_pattern_that_another_schema_refers_to_is_a_part_and_an_included_schema_is_none() -> None:
    refers = f'<element name="a" {RNG}><externalRef href="b.rng"/></element>'
    overrides = f'<grammar {RNG}><include href="disks.rng"><start><ref name="disk"/></start></include></grammar>'
    put(
        {
            "a.rng": refers,
            "b.rng": ELEMENT.format("b"),
            "disks.rng": SCHEMA,
            "part.rng": PART,
            "snapshot.rng": overrides,
        }
    )
    assert initialised()[0] == ["a.rng", "disks.rng", "snapshot.rng"]


def test_tables_of_one_directory_become_a_wildcard() -> None:
    put({"disk.rng": ELEMENT.format("disk"), "words/a.enums": "", "words/b.enums": "", "more/c.enums": ""})
    assert initialised()[1] == ["more/c.enums", "words/a.enums", "words/b.enums"]
    assert 'enums = ["more/c.enums", "words/*.enums"]' in Path("pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("files", "output"),
    [
        ({"src/acme/__init__.py": ""}, "src/acme/disk"),
        ({"src/one/__init__.py": "", "src/two/__init__.py": ""}, "src/disk"),
        (
            {"pyproject.toml": '[project]\nname = "Two"\n', "src/one/__init__.py": "", "src/two/__init__.py": ""},
            "src/two/disk",
        ),
        ({"acme/__init__.py": "", "docs/__init__.py": ""}, "acme/disk"),
        ({"acme/__init__.py": "", "acme/disk.py": "mine"}, "acme/model"),
        ({"acme/__init__.py": "", "acme/disk/__init__.py": "mine", "acme/model.py": "mine"}, "acme/disk_model"),
    ],
)
def test_the_package_goes_where_the_projects_own_code_is_and_never_over_it(files: dict[str, str], output: str) -> None:
    put({"disk.rng": ELEMENT.format("disk"), **files})
    assert initialised()[2] == output


@pytest.mark.parametrize(
    "before",
    ["[project]\nname = 'a'\n", "# no line end", "[project]\r\nname = 'ü'\r\n", "\ufeff[tool.other]\nx = 1\n\n\n"],
    ids=repr,
)
def test_what_stands_in_the_file_keeps_its_bytes(before: str) -> None:
    put({"disk.rng": ELEMENT.format("disk"), "pyproject.toml": before})
    Path("pyproject.toml").chmod(0o640)
    initialised()
    after = Path("pyproject.toml").read_bytes()
    assert after.startswith(before.encode())
    added = after.removeprefix(before.encode())
    assert (b"\r\n" in added) is ("\r\n" in before)
    assert added.count(b"\n") == added.count(b"\r\n") or "\r\n" not in before
    assert Path("pyproject.toml").stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in Path().iterdir()) == ["disk.rng", "pyproject.toml"]


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ({"pyproject.toml": "[tool.relaxgen]\n"}, "pyproject.toml:1:7: has a [tool.relaxgen] table already"),
        ({"pyproject.toml": "[[tool.relaxgen.package]]\n"}, "pyproject.toml:1:"),
        ({"pyproject.toml": "tool = {x = 1}\n"}, "pyproject.toml: a [tool.relaxgen] table cannot be appended"),
        ({"pyproject.toml": "x =\n"}, "pyproject.toml:1:4: is not TOML"),
    ],
)
def test_a_file_that_cannot_take_a_table_is_left_as_it_is(
    capsys: pytest.CaptureFixture[str], files: dict[str, str], complaint: str
) -> None:
    put({"disk.rng": ELEMENT.format("disk"), **files})
    assert main(["init"]) == 2
    assert complaint in capsys.readouterr().err
    assert Path("pyproject.toml").read_text(encoding="utf-8") == files["pyproject.toml"]


def test_without_a_schema_it_says_what_it_looked_for(capsys: pytest.CaptureFixture[str]) -> None:
    put({"part.rng": PART, "part.rnc": "disk = element disk { text }"})
    assert main(["init"]) == 2
    expected = ".: there is no RELAX NG schema (*.rng or *.rnc) with a start to make a package from"
    assert expected in capsys.readouterr().err
    assert not Path("pyproject.toml").exists()


def test_of_a_schema_in_both_syntaxes_the_compact_one_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    put({"disk.rng": ELEMENT.format("disk"), "disk.rnc": "start = element disk { text }"})
    assert initialised()[0] == ["disk.rnc"]


def test_a_schema_with_a_mistake_is_left_out_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    put({"disk.rng": ELEMENT.format("disk"), "wrong.rng": SCHEMA})
    assert initialised()[0] == ["disk.rng"]
    assert "left out: wrong.rng:1:" in capsys.readouterr().err


def test_another_directory_can_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    put({"other/disk.rng": ELEMENT.format("disk")})
    assert main(["init", "other"]) == 0
    assert "run: relaxgen generate --config other/pyproject.toml" in capsys.readouterr().out
    assert main(["generate", "--config", "other/pyproject.toml"]) == 0
    assert Path("other/disk/__init__.py").exists()
