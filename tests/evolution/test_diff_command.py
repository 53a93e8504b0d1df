"""``relaxgen diff`` as a user runs it: exit status, formats, revisions of git, mistakes."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from relaxgen.cli import main, program
from relaxgen.evolution.rules import RULES

REPOSITORY = Path(__file__).resolve().parents[2]

SCHEMA = """<grammar xmlns="http://relaxng.org/ns/structure/1.0">
  <start><element name="disk"><ref name="content"/></element></start>
  {content}
</grammar>
"""
CONTENT = """<define name="content">
    <attribute name="snapshot"><choice>{values}</choice></attribute>{more}
  </define>"""
TRANSIENT = '<optional><element name="transient"><empty/></element></optional>'


def schema(*values: str, more: str = "") -> str:
    return SCHEMA.format(content=content(*values, more=more))


def content(*values: str, more: str = "") -> str:
    return CONTENT.format(values="".join(f"<value>{value}</value>" for value in values), more=more)


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(program, ["diff", *map(str, arguments)], standalone_mode=False)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        from click import ClickException

        if not isinstance(result.exception, ClickException):
            raise result.exception
    return result


def status(result: Result) -> int:
    return 2 if result.exception is not None else int(result.return_value)


def mistake(result: Result) -> str:
    """What a user is told who made a mistake."""
    assert status(result) == 2
    return str(result.exception) if result.exception is not None else result.output


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """An addition: seen backwards a removal."""
    old, new = tmp_path / "old.rng", tmp_path / "new.rng"
    old.write_text(schema("no", "internal"), encoding="utf-8")
    new.write_text(schema("no", "internal", "external", more=TRANSIENT), encoding="utf-8")
    return old, new


class TestStatus:
    def test_an_addition_passes_unless_forward_is_asked_for(self, pair: tuple[Path, Path]) -> None:
        assert status(run(*pair)) == 0
        assert status(run(*pair, "--fail-on", "forward")) == 1

    def test_a_removal_fails_for_documents_and_for_code(self, pair: tuple[Path, Path]) -> None:
        old, new = pair
        for arguments, expected in (
            ((), 1),
            (("--fail-on", "backward"), 1),
            (("--fail-on", "source"), 1),
            (("--fail-on", "none"), 0),
            (("--fail-on", "forward"), 0),
        ):
            assert status(run(new, old, *arguments)) == expected, arguments

    def test_a_schema_breaks_nothing_against_itself(self, pair: tuple[Path, Path]) -> None:
        result = run(pair[0], pair[0], "--fail-on", "forward", "--strict")
        assert status(result) == 0
        assert result.output.count("(proven)") == 2

    def test_what_is_not_proven_fails_where_strictness_is_asked_for(self, tmp_path: Path) -> None:
        case = REPOSITORY / "tests" / "evolution" / "cases" / "RNG053"
        arguments = (case / "new.rng", case / "old.rng", "--fail-on", "backward")
        assert status(run(*arguments)) == 0
        assert status(run(*arguments, "--strict")) == 1


class TestFormats:
    def test_json_has_verdicts_findings_and_witnesses(self, pair: tuple[Path, Path]) -> None:
        old, new = pair
        values = json.loads(run(old, new, "--output-format", "json").output)
        assert {name: verdict["answer"] for name, verdict in values["verdicts"].items()} == {
            "backward": "kept",
            "forward": "broken",
            "source": "kept",
        }
        assert values["failed"] == []
        (added,) = (one for one in values["findings"] if one["rule"] == "RNG021")
        assert added["name"] == "ELEMENT_ADDED_OPTIONAL"
        assert added["paths"] == ["/disk/transient"]
        assert added["new"]["file"] == str(new)
        assert (added["new"]["line"], added["new"]["column"]) == (4, 134)
        (found,) = added["breaks"]
        assert (found["category"], found["certain"]) == ("forward", True)
        assert "<transient/>" in found["witness"]
        assert values["schemas"][0] | {"undecided": None} == {
            "name": "new.rng",
            "old": str(old),
            "new": str(new),
            "unchanged": False,
            "backward": "included",
            "forward": "not included",
            "undecided": None,
        }

    def test_json_has_mistakes_too(self, pair: tuple[Path, Path]) -> None:
        result = run(pair[0], "missing.rng", "--output-format", "json")
        assert status(result) == 2
        (mistake_,) = json.loads(result.output)["diagnostics"]
        assert mistake_["file"] == "missing.rng"

    def test_markdown_shows_the_witness_in_a_block_of_its_own(self, pair: tuple[Path, Path]) -> None:
        output = run(*pair, "--output-format", "markdown", "--fail-on", "forward").output
        assert "| documents, old to new | every document that was valid is still valid (proven) |" in output
        assert "- `RNG021` \\<transient\\> is allowed in \\<disk\\> now" in output
        assert "```xml" in output

    def test_github_marks_what_fails_as_an_error(self, pair: tuple[Path, Path]) -> None:
        old, new = pair
        lines = run(new, old, "--output-format", "github").output.splitlines()
        (removed,) = (line for line in lines if "RNG040" in line)
        assert removed.startswith(f"::error file={old},line=4,col=")
        assert run(old, new, "--output-format", "github").output.startswith("::notice ")

    def test_witnesses_of_what_does_not_fail_are_shown_on_demand(self, pair: tuple[Path, Path]) -> None:
        assert "<transient/>" not in run(*pair).output
        assert "<transient/>" in run(*pair, "--witnesses").output

    def test_many_notes_of_one_rule_are_one_paragraph(self, tmp_path: Path) -> None:
        names = [f"e{index}" for index in range(22)]
        for side, number in (("old", 0), ("new", 22)):
            children = "".join(
                f"<optional><element name='{name}'><empty/></element></optional>" for name in names[:number]
            )
            text = f"<element name='r' xmlns='http://relaxng.org/ns/structure/1.0'>{children}<empty/></element>"
            (tmp_path / f"{side}.rng").write_text(text, encoding="utf-8")
        pair = tmp_path / "old.rng", tmp_path / "new.rng"
        output = run(*pair).output
        assert "RNG021 22 elements are allowed now: <e0> in <r>; <e1> in <r>;" in output
        assert "(--witnesses prints each note with its place)" in output
        assert "RNG021 <e7> is allowed in <r> now" not in output
        assert "RNG021 <e7> is allowed in <r> now" in run(*pair, "--witnesses").output


class TestDocuments:
    def test_documents_of_the_users_are_witnesses(self, pair: tuple[Path, Path], tmp_path: Path) -> None:
        old, new = pair
        documents = tmp_path / "documents"
        documents.mkdir()
        (documents / "a.xml").write_text("<disk snapshot='external'/>", encoding="utf-8")
        (documents / "b.xml").write_text("<disk snapshot='no'/>", encoding="utf-8")
        output = run(new, old, "--documents", documents).output
        assert (
            f"RNG001 {documents / 'a.xml'} is valid under the old schema, and not under the new one: line 1" in output
        )
        assert "b.xml" not in output

    def test_a_document_that_cannot_be_read_is_a_mistake(
        self, pair: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)  # the path of a socket must be short
        with socket.socket(socket.AF_UNIX) as unreadable:
            unreadable.bind("a.xml")
            assert "a.xml: cannot be read: No such device" in mistake(run(*pair, "--documents", "a.xml"))

    def test_where_nothing_is_proven_the_number_of_documents_is_told(self, tmp_path: Path) -> None:
        case = REPOSITORY / "tests" / "evolution" / "cases" / "RNG053"
        document = tmp_path / "a.xml"
        document.write_text("<timer start='1'/>", encoding="utf-8")
        output = run(case / "new.rng", case / "old.rng", "--documents", document).output
        assert "no break found in 1 document, but that there is none is not proven" in output

    def test_a_missing_document_is_a_mistake(self, pair: tuple[Path, Path]) -> None:
        assert "no such file or directory" in mistake(run(*pair, "--documents", "nowhere.xml"))


class TestRules:
    def test_every_rule_is_listed_and_explained(self) -> None:
        listed = run("--rules").output.splitlines()
        assert [line.split()[0] for line in listed] == list(RULES)
        for rule in RULES.values():
            assert run("--explain", rule.id).output.startswith(f"{rule.id} {rule.name}\n  {rule.meaning}\n")

    def test_a_rule_is_found_by_its_name(self) -> None:
        assert run("--explain", "value-removed").output.startswith("RNG040 ")

    def test_the_nearest_rule_is_named(self) -> None:
        assert "there is no rule 'VALUE_REMOVD' (did you mean 'VALUE_REMOVED'?)" in mistake(
            run("--explain", "VALUE_REMOVD")
        )


def git(directory: Path, *arguments: str) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
    }
    author = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *author, *arguments], cwd=directory, env=environment, check=True, capture_output=True)


def commit(repository: Path, files: dict[str, str], tag: str) -> None:
    for name, text in files.items():
        path = repository / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", tag)
    git(repository, "tag", tag)


INCLUDING = """<grammar xmlns="http://relaxng.org/ns/structure/1.0">
  <include href="parts/content.rng"/>
  <start><element name="disk"><ref name="content"/></element></start>
</grammar>
"""
CONFIGURATION = """[tool.relaxgen]
schemas = ["schemas/*.rng"]
enums = ["schemas/*.enums"]
output = "model"
"""
TABLE = "VIR_ENUM_IMPL(virDiskSnapshot, VIR_DISK_SNAPSHOT_LAST, {tokens});\n"


def part(*values: str, more: str = "") -> str:
    return f'<grammar xmlns="http://relaxng.org/ns/structure/1.0">\n  {content(*values, more=more)}\n</grammar>\n'


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A schema with an include, as it was in v1; in the working tree `internal` is gone and `<transient/>` is new."""
    directory = tmp_path / "project"
    directory.mkdir()
    git(directory, "init", "--quiet", "--initial-branch", "main")
    old = {
        "schemas/disk.rng": INCLUDING,
        "schemas/parts/content.rng": part("no", "internal", "external"),
        "schemas/disk.enums": TABLE.format(tokens='"no", "internal", "external"'),
        "pyproject.toml": CONFIGURATION,
    }
    commit(directory, old, "v1")
    (directory / "schemas/parts/content.rng").write_text(part("no", "external", more=TRANSIENT), encoding="utf-8")
    (directory / "schemas/disk.enums").write_text(TABLE.format(tokens='"no", "external"'), encoding="utf-8")
    monkeypatch.chdir(directory)
    return directory


class TestRevisions:
    @pytest.mark.parametrize(
        "arguments",
        [
            ("--against", "v1", "schemas/disk.rng"),
            ("--against", "v1", "schemas/disk.rng", "--enums", "schemas/disk.enums"),
            ("v1:schemas/disk.rng", "schemas/disk.rng"),
            ("v1:./schemas/disk.rng", "schemas/disk.rng"),
            ("v1:schemas", "schemas"),
            ("--against", "v1", "schemas"),
            ("--against", "v1"),
        ],
        ids=" ".join,
    )
    def test_what_a_schema_includes_is_taken_from_its_revision(
        self, repository: Path, arguments: Sequence[str]
    ) -> None:
        result = run(*arguments)
        assert status(result) == 1
        assert "RNG040 attribute snapshot of <disk> cannot be 'internal' any more" in result.output
        assert "before: v1:schemas/parts/content.rng:3:" in result.output
        assert "API111 DiskSnapshot.INTERNAL is gone" in result.output
        assert "| <disk snapshot='internal'/>" in result.output

    def test_two_revisions_are_compared(self, repository: Path) -> None:
        commit(repository, {}, "v2")
        result = run("v2:schemas", "v1:schemas", "--fail-on", "source")
        assert status(result) == 1
        assert "v1:schemas/disk.rng:3:10: RNG020 <transient> is not allowed" in result.output

    def test_a_path_is_relative_to_the_working_directory(
        self, repository: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(repository / "schemas")
        assert status(run("--against", "v1", "disk.rng")) == 1
        assert status(run("--against", "v1")) == 1

    def test_the_repository_is_left_as_it_was(self, repository: Path) -> None:
        before = subprocess.run(["git", "status", "--porcelain"], cwd=repository, capture_output=True, check=True)
        run("--against", "v1")
        after = subprocess.run(["git", "status", "--porcelain"], cwd=repository, capture_output=True, check=True)
        assert before.stdout == after.stdout
        assert sorted(path.name for path in (repository / ".git").glob("*.lock")) == []

    def test_a_hook_of_git_names_no_other_repository(
        self, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
        monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
        assert status(run("--against", "v1")) == 1

    def test_a_schema_that_the_revision_does_not_have_is_new(self, repository: Path) -> None:
        (repository / "schemas/pool.rng").write_text(schema("a"), encoding="utf-8")
        result = run("--against", "v1", "schemas/disk.rng", "schemas/pool.rng")
        assert "RNG013 schema schemas/pool.rng is new" in result.output

    def test_a_package_that_is_gone_takes_its_documents_with_it(self, repository: Path) -> None:
        other = '[[tool.relaxgen.package]]\nschemas = ["schemas/disk.rng"]\noutput = "other"\n'
        (repository / "pyproject.toml").write_text(other, encoding="utf-8")
        output = run("--against", "v1").output
        assert "RNG012 schema schemas/disk.rng is gone" in output
        assert "RNG013 schema schemas/disk.rng is new" in output

    def test_a_revision_without_configuration_has_the_schemas_of_todays(self, repository: Path) -> None:
        git(repository, "rm", "--quiet", "--cached", "pyproject.toml")
        git(repository, "commit", "--quiet", "--message", "without")
        result = run("--against", "HEAD")
        assert "before: HEAD:schemas/parts/content.rng" in result.output


class TestMistakes:
    def test_a_missing_revision_is_told_with_the_nearest(self, repository: Path) -> None:
        commit(repository, {}, "release-2.0")
        text = mistake(run("--against", "release-20", "schemas/disk.rng"))
        assert "the repository has no revision 'release-20' (did you mean 'release-2.0'?)" in text

    def test_a_revision_is_never_an_option_of_git(self, repository: Path) -> None:
        assert "has no revision '--output=x'" in mistake(run("--against", "--output=x", "schemas/disk.rng"))

    def test_outside_a_repository_there_are_no_revisions(
        self, pair: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
        assert "is not in a git repository" in mistake(run("--against", "main", pair[0]))

    def test_without_git_revisions_cannot_be_compared(
        self, pair: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        assert "git is not installed" in mistake(run("--against", "main", pair[0]))

    def test_a_file_that_the_revision_does_not_have_is_told(self, repository: Path) -> None:
        text = mistake(run("v1:schemas/dsk.rng", "schemas/disk.rng"))
        assert (
            "v1:schemas/dsk.rng: the revision has no such file or directory (did you mean 'schemas/disk.rng'?)" in text
        )

    def test_a_path_that_does_not_exist_is_told(self, pair: tuple[Path, Path]) -> None:
        assert "nowhere.rng: no such file or directory" in mistake(run(pair[0], "nowhere.rng"))

    def test_a_wrong_schema_of_a_revision_is_named_by_its_revision(self, repository: Path) -> None:
        commit(repository, {"schemas/parts/content.rng": "<grammar"}, "broken")
        (repository / "schemas/parts/content.rng").write_text(part("no", "external"), encoding="utf-8")
        text = mistake(run("--against", "broken", "schemas/disk.rng"))
        assert "broken:schemas/parts/content.rng:1:" in text
        assert "relaxgen-" not in text, "the directory that the revision was written to is nobody's business"

    def test_an_include_that_the_revision_does_not_have_is_told(self, repository: Path) -> None:
        git(repository, "rm", "--quiet", "--force", "schemas/parts/content.rng")
        git(repository, "commit", "--quiet", "--message", "without")
        (repository / "schemas/parts").mkdir()
        (repository / "schemas/parts/content.rng").write_text(part("no", "external"), encoding="utf-8")
        text = mistake(run("--against", "HEAD", "schemas/disk.rng"))
        assert "HEAD:schemas/disk.rng:2:" in text
        assert "relaxgen-" not in text

    def test_a_directory_without_schemas_is_told(self, pair: tuple[Path, Path], tmp_path: Path) -> None:
        (tmp_path / "empty").mkdir()
        assert "no file called *.rng or *.rnc in this directory has a start" in mistake(
            run(tmp_path / "empty", pair[0])
        )

    def test_a_file_is_not_compared_with_many(self, pair: tuple[Path, Path], tmp_path: Path) -> None:
        assert "has 2 schemas, and the other side is one" in mistake(run(pair[0], tmp_path))

    def test_directories_pair_nothing_but_names(self, pair: tuple[Path, Path], tmp_path: Path) -> None:
        for path in pair:
            (tmp_path / path.stem).mkdir()
            path.rename(tmp_path / path.stem / path.name)
        output = run(tmp_path / "old", tmp_path / "new").output
        assert "RNG012 schema old.rng is gone" in output
        assert "RNG013 schema new.rng is new" in output

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((), "give OLD and NEW"),
            (("a.rng",), "give OLD and NEW"),
            (("--against", ""), "the argument after --against is empty"),
            (("--against=",), "--against is empty"),
            (("--against", "main", "--enums", __file__), "--enums needs schemas"),
            (("--fail-on", "none", "--fail-on", "source"), "excludes any other"),
        ],
    )
    def test_arguments_that_do_not_fit_are_told(self, arguments: Sequence[str], message: str) -> None:
        assert message in mistake(run(*arguments))


def test_schematron_alone_is_a_change_in_both_syntaxes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    namespace = 'namespace s = "http://purl.oclc.org/dsdl/schematron"'
    for name, test in (("old.rnc", "@b"), ("new.rnc", "@c")):
        rule = f's:rule [ context = "a" s:assert [ test = "{test}"  "why"  ] ]'
        Path(name).write_text(f"{namespace} [ {rule} ] element a {{ empty }}", encoding="utf-8")
    assert main(["convert", "new.rnc", "new.rng"]) == 0
    capsys.readouterr()
    assert main(["diff", "old.rnc", "new.rng"]) == 0
    captured = capsys.readouterr()
    assert "RNG090 embedded rules of Schematron changed, and they are not checked: 1 gone and 1 new" in captured.out
    assert "without a change" not in captured.out
    assert captured.out.count("that there is none is not proven") == 2
    assert captured.err.count("not checked") == 1
    assert main(["diff", "--strict", "old.rnc", "new.rng"]) == 1
    assert main(["diff", "new.rnc", "new.rng"]) == 0
    assert "1 without a change" in capsys.readouterr().out
