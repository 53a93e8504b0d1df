"""``relaxgen since``, ``requires`` and ``downgrade`` on a small history of our own."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from relaxgen.cli import program
from relaxgen.diagnostics.errors import ConfigurationError
from relaxgen.evolution.releases import (
    ReleaseArguments,
    Releases,
    SinceTable,
    downgrade,
    open_releases,
    since_table,
)
from relaxgen.evolution.releases.xml_spans import XmlText, span_at
from relaxgen.python.release_table import version_key

OPENING = (
    '<grammar xmlns="http://relaxng.org/ns/structure/1.0" datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">'
)
DISK = """<start><element name="domain"><zeroOrMore><element name="disk">
  <attribute name="type">{types}</attribute>
  {more}
</element></zeroOrMore></element></start></grammar>"""


def choice(*words: str) -> str:
    return f"<choice>{''.join(f'<value>{word}</value>' for word in words)}</choice>"


def optional(pattern: str) -> str:
    return f"<optional>{pattern}</optional>"


SNAPSHOT = optional(f"<attribute name='snapshot'>{choice('no', 'internal')}</attribute>")
MANUAL = optional(f"<attribute name='snapshot'>{choice('no', 'internal', 'manual')}</attribute>")
TRANSIENT = optional("<element name='transient'><empty/></element>")
CHAIN = optional("<element name='source'><attribute name='file'/></element>")

HISTORY = {
    "0.9.0": (choice("file", "block"), ""),
    "0.10.0": (choice("file", "block"), SNAPSHOT),
    "1.0.0": (choice("file"), MANUAL + TRANSIENT),
    "1.2.0-rc1": ("<data type='NCName'/>", MANUAL),
    "1.2.0": (choice("file", "block"), MANUAL + TRANSIENT + CHAIN),
}


@pytest.fixture
def history(tmp_path: Path) -> Path:
    directory = tmp_path / "history"
    for version, (types, more) in HISTORY.items():
        (directory / version).mkdir(parents=True)
        text = OPENING + DISK.format(types=types, more=more)
        (directory / version / "domain.rng").write_text(text, encoding="utf-8")
    return directory


@pytest.fixture
def table(history: Path) -> SinceTable:
    with open_releases(ReleaseArguments("domain.rng", str(history))) as releases:
        return since_table(releases)


def ranges(table: SinceTable, path: str) -> tuple[tuple[str, str], ...]:
    return table.ranges(path)


def compact_table(directory: Path, *contents: str) -> SinceTable:
    """The table of a schema with the root ``<r>``, of which each release has its own content and definitions."""
    for version, content in enumerate(contents, 1):
        content, define, more = content.partition(" a = ")
        text = f"namespace u = 'u'\nstart = element r {{ {content} }}\n{define}{more}"
        (directory / str(version)).mkdir()
        (directory / str(version) / "r.rnc").write_text(text, encoding="utf-8")
    with open_releases(ReleaseArguments("r.rnc", str(directory))) as releases:
        return since_table(releases)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(program, [*map(str, arguments)], standalone_mode=False)


class TestVersions:
    def test_they_are_ordered_by_their_numbers_and_candidates_come_first(self) -> None:
        names = ["10.0", "9.10.0", "9.2", "v9.9.0", "9.10.0-rc2", "9.10.0rc10", "1.0.0", "1"]
        assert sorted(names, key=version_key) == [
            "1.0.0",
            "1",
            "9.2",
            "v9.9.0",
            "9.10.0-rc2",
            "9.10.0rc10",
            "9.10.0",
            "10.0",
        ]

    def test_releases_may_be_named_one_by_one(self, history: Path) -> None:
        versions = f"10={history / '1.0.0'},0.9={history / '0.9.0'}"
        with open_releases(ReleaseArguments("domain.rng", versions)) as releases:
            assert [one.name for one in releases] == ["0.9", "10"]

    def test_schemas_may_be_deeper_in_the_directories(self, history: Path) -> None:
        (history / "1.0.0" / "schemas").mkdir()
        (history / "1.0.0" / "domain.rng").rename(history / "1.0.0" / "schemas" / "domain.rng")
        with open_releases(ReleaseArguments("domain.rng", str(history))) as releases:
            assert len(releases) == len(HISTORY)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (ReleaseArguments("domain.rng", "nowhere"), "no such directory"),
            (ReleaseArguments("domain.rng"), "give either --versions DIR or --tags PATTERN"),
        ],
    )
    def test_mistakes(self, arguments: ReleaseArguments, message: str) -> None:
        with pytest.raises(ConfigurationError, match=message), open_releases(arguments):
            pass

    def test_an_unknown_schema_or_release_is_a_mistake_with_a_likely_word(self, history: Path) -> None:
        with (
            pytest.raises(ConfigurationError, match=r"no release has this schema \(did you mean 'domain.rng'"),
            open_releases(ReleaseArguments("domian.rng", str(history))),
        ):
            pass
        with (
            pytest.raises(ConfigurationError, match=r"no release '1.0.1' \(did you mean '1.0.0'"),
            open_releases(ReleaseArguments("domain.rng", str(history), only=("1.0.1",))),
        ):
            pass

    def test_tags_of_a_repository(self, history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        repository = tmp_path / "repository"
        repository.mkdir()
        git = ["git", "-C", str(repository), "-c", "user.name=x", "-c", "user.email=x@example.org"]
        subprocess.run([*git, "init", "-q"], check=True)
        for version in ("0.9.0", "0.10.0"):
            (repository / "schemas").mkdir(exist_ok=True)
            text = (history / version / "domain.rng").read_text(encoding="utf-8")
            (repository / "schemas" / "domain.rng").write_text(text, encoding="utf-8")
            subprocess.run([*git, "add", "."], check=True)
            subprocess.run([*git, "commit", "-q", "-m", version], check=True)
            subprocess.run([*git, "tag", f"v{version}"], check=True)
        monkeypatch.chdir(repository)
        output = run("since", "domain.rng", "--tags", "v*", "--path", "schemas", "/domain/disk/@snapshot").output
        assert output.splitlines()[0].split() == ["v0.10.0", "/domain/disk/@snapshot"]
        assert "no tag that matches 'w*'" in run("since", "domain.rng", "--tags", "w*").output


class TestSince:
    def test_elements_attributes_and_values_have_their_first_release(self, table: SinceTable) -> None:
        assert table.since("/domain") == "0.9.0"
        assert table.since("/domain/disk/@snapshot") == "0.10.0"
        assert table.since("/domain/disk/@snapshot=manual") == "1.0.0"
        assert table.since("/domain/disk/source/@file") == "1.2.0"
        assert table.since("/domain/disk/@other") is None

    def test_what_came_back_has_several_ranges(self, table: SinceTable) -> None:
        assert ranges(table, "/domain/disk/transient") == (("1.0.0", "1.0.0"), ("1.2.0", "1.2.0"))
        assert table.until("/domain/disk/transient") is None

    def test_a_value_that_a_datatype_allows_is_accepted(self, table: SinceTable) -> None:
        assert ranges(table, "/domain/disk/@type=block") == (("0.9.0", "0.10.0"), ("1.2.0-rc1", "1.2.0"))

    def test_what_is_gone_has_its_last_release(self, history: Path) -> None:
        versions = ("0.10.0", "0.9.0")
        directories = ",".join(f"{index}={history / version}" for index, version in enumerate(versions, 1))
        with open_releases(ReleaseArguments("domain.rng", directories)) as releases:
            table = since_table(releases)
        assert table.until("/domain/disk/@snapshot") == "1"

    def test_the_command_prints_a_table(self, history: Path) -> None:
        output = run("since", "domain.rng", "--versions", history, "/domain/disk/transient").output
        assert output == "1.0.0      /domain/disk/transient   (1.0.0, 1.2.0 on)\n"
        values = json.loads(run("since", "domain.rng", "--versions", history, "--output-format", "json").output)
        assert values["releases"] == sorted(HISTORY, key=version_key)
        assert values["paths"]["/domain/disk/transient"] == [["1.0.0", "1.0.0"], ["1.2.0", None]]
        markdown = run("since", "domain.rng", "--versions", history, "--output-format", "markdown").output
        assert "| `/domain/disk/transient` | 1.2.0 (also 1.0.0) |  |" in markdown

    def test_a_release_with_an_incorrect_schema_is_left_out_with_a_warning(self, history: Path) -> None:
        (history / "1.0.0" / "domain.rng").write_text(OPENING + "<start><ref name='x'/></start></grammar>")
        result = run("since", "domain.rng", "--versions", history, "/domain/disk/transient")
        assert "release 1.0.0 is left out, since its schema is not correct" in result.output
        assert "1.2.0      /domain/disk/transient" in result.output

    def test_an_element_that_contains_itself_is_followed_once(self, tmp_path: Path) -> None:
        (tmp_path / "1").mkdir()
        (tmp_path / "1" / "list.rng").write_text(
            f"{OPENING}<start><ref name='list'/></start><define name='list'><element name='list'>"
            "<zeroOrMore><ref name='list'/></zeroOrMore></element></define></grammar>"
        )
        output = run("since", "list.rng", "--versions", tmp_path).output
        assert [line.split()[1] for line in output.splitlines()] == ["/list", "/list/list"]

    @pytest.mark.parametrize(
        ("older", "newer", "path", "first"),
        [
            ("element u:* { text }", "element u:n { empty }", "/r/n", "1"),
            ("element u:* { text }", "element n { empty }", "/r/n", "2"),
            (
                "element u:* { element * { text } }",
                "element u:n { element m { attribute o { 'p' } } }",
                "/r/n/m/@o=p",
                "1",
            ),
            ("attribute * { text }*", "attribute n { empty }", "/r/@n", "1"),
            ("attribute n { list { xsd:int } }", "attribute n { '7' }", "/r/@n=7", "1"),
            ("attribute n { xsd:integer '07' }", "attribute n { '7' }", "/r/@n=7", "1"),
        ],
    )
    def test_what_was_open_is_not_new(self, tmp_path: Path, older: str, newer: str, path: str, first: str) -> None:
        assert compact_table(tmp_path, older, newer).since(path) == first

    def test_inside_itself_an_element_may_hold_what_it_holds_outside(self, tmp_path: Path) -> None:
        table = compact_table(
            tmp_path,
            "a a = element a { a?, b? } b = element b { empty }",
            "element a { a } a = element a { a?, b? } b = element b { empty }",
        )
        assert table.accepting["/r/a/a/b"] == 0b11
        assert table.again == {"/r/a/a/a": "/r/a/a"}

    def test_the_newest_release_that_is_correct_has_the_patterns(self, tmp_path: Path) -> None:
        assert compact_table(tmp_path, "empty", "nothing").newest.patterns["/r"]


class TestFacts:
    @pytest.fixture
    def facts(self, tmp_path: Path) -> Path:
        schema = tmp_path / "domain.rng"
        text = OPENING + DISK.format(types=choice("file"), more=MANUAL + TRANSIENT)
        text = text.replace("<element name='transient'", "<element name='transient' b:since='0.10.0'")
        text = text.replace("<attribute name='snapshot'", "<attribute name='snapshot' b:since='0.9.5'")
        schema.write_text(text.replace("<grammar ", "<grammar xmlns:b='urn:relaxgen:binding:1' "), encoding="utf-8")
        return schema

    def test_facts_are_exact_within_a_gap_or_wrong(self, history: Path, facts: Path, tmp_path: Path) -> None:
        bindings = tmp_path / "domain.bindings.toml"
        bindings.write_text(
            '[element]\n"disk/source".since = "1.2.0"\n"disk/target".since = "1.0.0"\n'
            '[attribute]\n"source/@file".since = "2.0.0"\n',
            encoding="utf-8",
        )
        arguments = ("--versions", history, "--check", "--facts", facts, "--bindings", bindings)
        result = run("since", "domain.rng", *arguments)
        assert result.return_value == 1
        wrong = [line for line in result.output.splitlines() if "is wrong for" in line]
        assert [line.partition("since ")[2] for line in wrong] == [
            "0.10.0 is wrong for /domain/disk/transient: the schemas accept it from 1.0.0 on",
            "2.0.0 is wrong for source/@file: the schemas accept it from 1.2.0 on",
        ]
        assert f"{bindings}:5:" in result.output
        assert "5 facts: 1 exact, 1 within a gap, 2 wrong, 1 not in the schema" in result.output

    def test_missing_facts_are_proposed_as_a_bindings_file(self, history: Path, facts: Path) -> None:
        arguments = ("--versions", history, "--check", "--facts", facts, "--propose")
        output = run("since", "domain.rng", *arguments).output
        assert output == '[element]\n"/domain/disk/source".since = "1.2.0"\n'

    def test_the_options_belong_together(self, history: Path) -> None:
        assert "--check needs --facts" in str(run("since", "domain.rng", "--versions", history, "--check").exception)


DOCUMENT = """<?xml version='1.0' encoding='utf-8'?>
<!-- a guest -->
<domain>
  <disk type='file'  snapshot="manual">
    <transient/>
    <source file='a>b.img'/>
  </disk>
  <disk snapshot = 'no' type='file'/>
</domain>
"""


@pytest.fixture
def document(tmp_path: Path) -> Path:
    file = tmp_path / "guest.xml"
    file.write_text(DOCUMENT, encoding="utf-8")
    return file


class TestRequires:
    def test_the_lowest_release_and_what_stands_in_the_way(self, history: Path, document: Path) -> None:
        with open_releases(ReleaseArguments("domain.rng", str(history))) as found:
            releases = Releases(found, cache=False)
            requirement = releases.requires(document)
            assert releases.accepts("<domain/>", "0.9.0")
            assert not releases.accepts(document, "1.0.0")
        assert requirement.lowest == "1.2.0"
        first, second, *_ = requirement.obstacles()
        assert (first[0], [fault.path for fault in first[1]]) == (
            ("1.2.0-rc1",),
            ["/domain/disk[1]/transient", "/domain/disk[1]/source"],
        )
        assert (second[0], [fault.path for fault in second[1]]) == (("1.0.0",), ["/domain/disk[1]/source"])

    def test_acceptance_need_not_be_monotone(self, history: Path) -> None:
        with open_releases(ReleaseArguments("domain.rng", str(history))) as found:
            requirement = Releases(found, cache=False).requires("<domain><disk type='block'/></domain>")
        assert requirement.lowest == "0.9.0"
        assert requirement.ranges == (("0.9.0", "0.10.0"), ("1.2.0-rc1", "1.2.0"))

    def test_the_command(self, history: Path, document: Path) -> None:
        arguments = ("--schema", "domain.rng", "--versions", history)
        result = run("requires", document, *arguments)
        assert result.return_value == 0
        lines = result.output.splitlines()
        assert lines[:3] == [
            f"{document}: requires 1.2.0",
            "  not 1.2.0-rc1:",
            f"    {document}:5:5: /domain/disk[1]/transient: unknown element <transient>",
        ]
        assert run("requires", document, *arguments, "--at-most", "1.2.0").return_value == 0
        assert run("requires", document, *arguments, "--at-most", "1.0.0").return_value == 1
        (values,) = json.loads(run("requires", document, *arguments, "--output-format", "json").output)
        assert (values["lowest"], values["accepted"]) == ("1.2.0", ["1.2.0"])

    def test_a_matrix_of_documents_and_releases(self, history: Path, document: Path, tmp_path: Path) -> None:
        old = tmp_path / "old.xml"
        old.write_text("<domain/>", encoding="utf-8")
        output = run("requires", document, old, "--schema", "domain.rng", "--versions", history, "--all").output
        header, first, second = (line.split() for line in output.splitlines())
        assert header == ["0.9.0", "0.10.0", "1.0.0", "1.2.0-rc1", "1.2.0"]
        assert (first[1:], second[1:]) == (["4", "3", "1", "2", "."], ["."] * 5)

    def test_a_document_that_no_release_accepts_fails(self, history: Path, tmp_path: Path) -> None:
        (tmp_path / "odd.xml").write_text("<domain><cpu/></domain>", encoding="utf-8")
        result = run("requires", tmp_path / "odd.xml", "--schema", "domain.rng", "--versions", history)
        assert result.return_value == 1
        assert "no release accepts it" in result.output


class TestDowngrade:
    def arguments(self, history: Path, version: str) -> tuple[object, ...]:
        return ("--to", version, "--schema", "domain.rng", "--versions", history)

    def test_what_must_go_is_reported_and_nothing_is_written(self, history: Path, document: Path) -> None:
        result = run("downgrade", document, *self.arguments(history, "0.10.0"))
        assert result.return_value == 1
        assert "/domain/disk[1]/@snapshot must go" in result.output
        assert document.read_text(encoding="utf-8") == DOCUMENT

    def test_the_rest_keeps_its_bytes(self, history: Path, document: Path) -> None:
        assert run("downgrade", document, *self.arguments(history, "0.10.0"), "--write").return_value == 0
        expected = DOCUMENT.replace('  snapshot="manual"', "")
        for line in ("    <source file='a>b.img'/>\n", "    <transient/>\n"):
            expected = expected.replace(line, "")
        assert document.read_text(encoding="utf-8") == expected
        assert run("downgrade", document, *self.arguments(history, "0.10.0")).return_value == 0

    def test_a_required_value_has_no_answer_and_nothing_is_written(self, history: Path, document: Path) -> None:
        text = DOCUMENT.replace("type='file'", "type='block'")
        document.write_text(text, encoding="utf-8")
        result = run("downgrade", document, *self.arguments(history, "1.0.0"), "--write")
        assert result.return_value == 1
        assert "/domain/disk[1]/@type: no answer" in result.output
        assert document.read_text(encoding="utf-8") == text

    def test_the_user_may_give_up_more(self, history: Path, document: Path, tmp_path: Path) -> None:
        document.write_text(DOCUMENT.replace("snapshot = 'no' type='file'", "type='block'"), encoding="utf-8")
        more = ("--remove", "/domain/disk[2]", "--output", tmp_path / "old.xml")
        assert run("downgrade", document, *self.arguments(history, "1.0.0"), *more).return_value == 0
        written = (tmp_path / "old.xml").read_text(encoding="utf-8")
        assert "block" not in written
        assert "<transient/>" in written

    def test_an_unknown_path_and_a_broken_document_are_mistakes(self, history: Path, document: Path) -> None:
        result = run("downgrade", document, *self.arguments(history, "1.0.0"), "--remove", "/domain/disk[7]")
        assert "there is nothing at /domain/disk[7]" in result.output
        document.write_text("<domain>", encoding="utf-8")
        assert run("downgrade", document, *self.arguments(history, "1.0.0")).return_value == 2
        assert "no release '3'" in run("downgrade", document, *self.arguments(history, "3")).output

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
    def test_the_encoding_stays(self, history: Path, encoding: str) -> None:
        declared = {"utf-8-sig": "utf-8"}.get(encoding, encoding)
        opening = f"<?xml version='1.0' encoding='{declared}'?>\n"
        text = f"{opening}<domain><!-- é -->\n  <disk type='file' snapshot='no'/>\n</domain>"
        with open_releases(ReleaseArguments("domain.rng", str(history))) as found:
            result = downgrade(text.encode(encoding), Releases(found, cache=False).schema("0.9.0"))
        assert result.is_valid
        assert result.document == text.replace(" snapshot='no'", "").encode(encoding)


@pytest.mark.parametrize(
    ("path", "left"),
    [
        ("/a/b[2]/@x", b"<a>\n  <b/>\n  <b>t</b><c/>\n</a>"),
        ("/a/b[1]", b"<a>\n  <b x='1>'>t</b><c/>\n</a>"),
        ("/a/c", b"<a>\n  <b/>\n  <b x='1>'>t</b>\n</a>"),
        ("/a/d", None),
        ("/a", None),
    ],
)
def test_spans_include_the_white_space_that_belongs_to_them(path: str, left: bytes | None) -> None:
    content = XmlText(b"<a>\n  <b/>\n  <b x='1>'>t</b><c/>\n</a>").content
    span = span_at(content, path)
    assert (None if span is None else content[: span[0]] + content[span[1] :]) == left
