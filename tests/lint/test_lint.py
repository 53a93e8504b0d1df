"""``relaxgen lint``: each rule with a schema that it is about and one that it is not, and fixes that are proven."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from relaxgen.cli import program
from relaxgen.lint import lint_schemas
from relaxgen.lint.lint_rules import LINT_RULES
from relaxgen.relaxng import compile_schema

OPENING = (
    '<grammar xmlns="http://relaxng.org/ns/structure/1.0"'
    ' datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">\n'
)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(program, ["lint", *map(str, arguments)], standalone_mode=False)


def write(
    path: Path, content: str, start: str = '<start><element name="a"><ref name="content"/></element></start>'
) -> Path:
    path.write_text(f"{OPENING}{start}\n{content}\n</grammar>\n", encoding="utf-8")
    return path


def element(name: str) -> str:
    return f'<element name="{name}"><text/></element>'


def values(*words: str) -> str:
    return f"<choice>{''.join(f'<value>{word}</value>' for word in words)}</choice>"


def content(pattern: str, *more: str) -> str:
    return f'<define name="content">{pattern}</define>{"".join(more)}'


def attribute(pattern: str) -> str:
    return content(f'<attribute name="x">{pattern}</attribute>')


def kinds(*alternatives: tuple[str, ...]) -> str:
    """A choice of alternatives that the attribute x tells apart, each with a child of its own."""
    groups = (
        f"<group><attribute name='x'>{values(*words)}</attribute>{element(f'c{index}')}</group>"
        for index, words in enumerate(alternatives)
    )
    return f"<choice>{''.join(groups)}</choice>"


IDS = f"<define name='ids'>{element('c')}{element('d')}</define>"
LONG = ("raw", "qcow", "qcow2", "vmdk", "vdi")

CASES = {
    "LNT101": (
        content(
            f"<interleave>{element('b')}<ref name='ids'/></interleave>",
            f"<define name='ids'>{element('c')}{element('d')}</define>",
        ),
        content(
            f"<interleave>{element('b')}<ref name='ids'/></interleave>",
            f"<define name='ids'><interleave>{element('c')}{element('d')}</interleave></define>",
        ),
    ),
    "LNT102": (
        content(f"<optional><zeroOrMore>{element('b')}</zeroOrMore></optional>"),
        content(f"<optional><oneOrMore>{element('b')}</oneOrMore></optional>"),
    ),
    "LNT103": (
        attribute("<choice><value>KiB</value><data type='NCName'/></choice>"),
        attribute("<choice><value>1 KiB</value><data type='NCName'/></choice>"),
    ),
    "LNT110": (
        content(kinds(("file", "dir"), ("dir", "net"))),
        content(kinds(("file", "dir"), ("net",))),
    ),
    "LNT104": (attribute(values("ide", "scsi", "ide")), attribute(values("ide", "scsi"))),
    "LNT105": (
        content(f"<oneOrMore><optional>{element('b')}</optional></oneOrMore>"),
        content(f"<oneOrMore>{element('b')}</oneOrMore>"),
    ),
    "LNT106": (
        attribute("<data type='unsignedShort'><param name='maxInclusive'>65535</param></data>"),
        attribute("<data type='unsignedShort'><param name='maxInclusive'>65534</param></data>"),
    ),
    "LNT107": (
        content(element("b"), "<define name='other'><empty/></define>"),
        content("<ref name='other'/>", "<define name='other'><empty/></define>"),
    ),
    "LNT108": (
        content(element("b"), "<include href='library.rng'/>"),
        content("<ref name='shared'/>", "<include href='library.rng'/>"),
    ),
    "LNT109": (
        content(
            f"<attribute name='x'>{values(*LONG)}</attribute><attribute name='y'>{values(*LONG, 'qed')}</attribute>"
        ),
        content(
            f"<attribute name='x'>{values(*LONG)}</attribute>"
            f"<attribute name='y'>{values(*LONG, 'qed', 'iso')}</attribute>"
        ),
    ),
}


@pytest.fixture
def library(tmp_path: Path) -> Path:
    path = tmp_path / "library.rng"
    text = "<define name='shared'><empty/></define><define name='unused'><empty/></define>"
    path.write_text(f"{OPENING}{text}</grammar>", encoding="utf-8")
    return path


def test_every_rule_has_a_case() -> None:
    assert {*CASES, "LNT111"} == set(LINT_RULES)


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_finds_what_it_is_about_and_nothing_else(rule: str, tmp_path: Path, library: Path) -> None:
    bad, good = CASES[rule]
    assert [one.rule.id for one in lint_schemas([write(tmp_path / "bad.rng", bad)])] == [rule]
    assert not lint_schemas([write(tmp_path / "good.rng", good)])


@pytest.mark.parametrize(
    ("rule", "pattern"),
    [
        # Who lists what is usual beside any text does so for people.
        ("LNT103", attribute("<choice><value>on</value><value>off</value><data type='token'/></choice>")),
        ("LNT103", attribute("<choice><data type='date'/><data type='gYear'/><text/></choice>")),
        ("LNT103", content(f"<choice>{element('b')}<element><anyName/><text/></element></choice>")),
        ("LNT101", content("<interleave><attribute name='x'/><ref name='ids'/></interleave>", IDS)),
        ("LNT110", content(kinds(("file",), ("file",)))),
        ("LNT110", content(kinds(("file", "dir"), ("net",), ("nfs", "iscsi")))),
    ],
)
def test_what_is_meant_so_is_not_reported(rule: str, pattern: str, tmp_path: Path) -> None:
    assert rule not in [one.rule.id for one in lint_schemas([write(tmp_path / "a.rng", pattern)])]


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        (element("b"), f"<choice>{element('b')}{element('c')}</choice>"),
        (f"<group>{element('b')}{element('c')}</group>", f"<interleave>{element('b')}{element('c')}</interleave>"),
        (element("b"), f"<group>{element('b')}<optional>{element('c')}</optional></group>"),
        ("<element name='b'><data type='int'/></element>", element("b")),
        (element("b"), element("b")),
        (
            f"<group><optional><optional>{element('b')}</optional></optional></group>",
            f"<zeroOrMore>{element('b')}</zeroOrMore>",
        ),
    ],
)
def test_an_alternative_with_elements_may_be_contained_in_another(narrow: str, wide: str, tmp_path: Path) -> None:
    schema = write(tmp_path / "a.rng", content(f"<choice>\n{wide}\n{narrow}\n</choice>"))
    assert ("LNT103", 5) in [(one.rule.id, one.location.line) for one in lint_schemas([schema])]
    assert ", 0 left" in run(schema, "--fix").output
    assert schema.read_text().splitlines()[4] in ("", "</choice></define>")


def test_modules_may_add_the_same_roots(tmp_path: Path) -> None:
    roots = f"<choice><choice>{element('a')}{element('b')}</choice><choice>{element('b')}</choice></choice>"
    assert not lint_schemas([write(tmp_path / "a.rng", "", start=f"<start>{roots}</start>")])


class TestLists:
    TABLE = "enum virDomainDiskBus {\n  ide\n  scsi\n  usb\n  sata\n}\n"

    def test_a_list_that_differs_from_its_table(self, tmp_path: Path) -> None:
        table = tmp_path / "disk.enums"
        table.write_text('VIR_ENUM_IMPL(DiskBus, DISK_BUS_LAST, "ide", "scsi", "virtio", "sata");\n')
        bus = (
            f"<element name='disk'><attribute name='bus'>{values('ide', 'scsi', 'virtio', 'usb')}</attribute></element>"
        )
        schema = write(tmp_path / "a.rng", content(bus))
        result = run(schema, "--enums", table)
        assert (
            "LNT111 the values of a/disk/@bus are those of DiskBus but for 'usb' (only here) and 'sata'"
            in result.output
        )
        assert f"{table}:1:15: the table" in result.output
        assert result.return_value == 0
        assert "LNT111" not in run(schema).output


class TestAnyOrder:
    SCHEMA = f"""{OPENING}  <start>
    <element name="a">
      <interleave>
        <element name="b"><empty/></element>
        <ref name="ids"/>
      </interleave>
    </element>
  </start>
  <define name="ids">
    <element name="c"><empty/></element>

    <element name="d">
      <empty/>
    </element>
  </define>
</grammar>
"""

    def test_it_takes_an_option_of_its_own(self, tmp_path: Path) -> None:
        schema = tmp_path / "a.rng"
        schema.write_text(self.SCHEMA)
        assert "0 fixed in 0 files" in run(schema, "--fix").output
        assert schema.read_text() == self.SCHEMA
        assert "--wider needs --fix" in str(run(schema, "--wider").exception)

    def test_the_group_becomes_an_interleave(self, tmp_path: Path) -> None:
        schema = tmp_path / "a.rng"
        schema.write_text(self.SCHEMA)
        output = run(schema, "--fix", "--wider").output
        assert (
            "1 fixed in 1 file (the same documents stay valid, and in 1 place any order is: proven), 0 left" in output
        )
        assert (
            schema.read_text().partition('<define name="ids">')[2]
            == """
    <interleave>
      <element name="c"><empty/></element>

      <element name="d">
        <empty/>
      </element>
    </interleave>
  </define>
</grammar>
"""
        )
        assert compile_schema(schema).is_valid("<a><d/><b/><c/></a>")

    def test_on_one_line_and_with_a_prefix(self, tmp_path: Path) -> None:
        text = "".join(line.strip() for line in self.SCHEMA.splitlines())
        text = text.replace("</", "</r:").replace("<", "<r:").replace("<r:/r:", "</r:").replace("xmlns=", "xmlns:r=")
        schema = tmp_path / "a.rng"
        schema.write_text(text)
        assert "1 fixed" in run(schema, "--fix", "--wider").output
        assert '<r:define name="ids"><r:interleave><r:element name="c">' in schema.read_text()
        assert compile_schema(schema).is_valid("<a><d/><b/><c/></a>")

    def test_only_the_stated_change_is_proven(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from relaxgen.lint import fixing

        monkeypatch.setattr(fixing, "_wrapping", lambda content, span: iter([(span.tag_end, span.tag_end, b"<text/>")]))
        schema = tmp_path / "a.rng"
        schema.write_text(self.SCHEMA)
        assert "0 fixed in 0 files" in run(schema, "--fix", "--wider").output


@pytest.mark.parametrize("rule", [rule for rule in CASES if LINT_RULES[rule].fixable and rule != "LNT101"])
def test_a_fix_leaves_the_same_documents_valid(rule: str, tmp_path: Path) -> None:
    schema = write(tmp_path / "a.rng", CASES[rule][0])
    before = schema.read_text(encoding="utf-8")
    result = run(schema, "--fix")
    assert "1 fixed in 1 file (the same documents stay valid: proven), 0 left" in result.output
    assert result.return_value == 0
    assert schema.read_text(encoding="utf-8") != before
    assert not lint_schemas([schema])
    compile_schema(schema)


class TestFixes:
    def test_lines_that_are_left_empty_go_and_the_rest_stays(self, tmp_path: Path) -> None:
        text = f"""{OPENING}<!-- é -->
  <start>
    <element name="a">
      <optional>
        <zeroOrMore>
          <element name="b"><empty/></element>
        </zeroOrMore>
      </optional>
    </element>
  </start>
</grammar>
"""
        schema = tmp_path / "a.rng"
        schema.write_text(text, encoding="utf-8")
        run(schema, "--fix")
        expected = text.replace("      <optional>\n", "").replace("      </optional>\n", "")
        assert schema.read_text(encoding="utf-8") == expected

    def test_a_fix_in_an_included_file_is_proven_for_all_schemas(self, tmp_path: Path) -> None:
        write(tmp_path / "one.rng", '<include href="parts/shared.rng"/>')
        write(tmp_path / "two.rng", '<include href="parts/shared.rng"/>')
        (tmp_path / "parts").mkdir()
        shared = write(tmp_path / "parts" / "shared.rng", attribute(values("x", "y", "x")), start="")
        result = run(tmp_path, "--fix")
        assert "1 fixed in 1 file" in result.output
        assert shared.read_text(encoding="utf-8").count("<value>x</value>") == 1

    def test_what_cannot_be_proven_is_not_written(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from relaxgen.lint import fixing

        monkeypatch.setattr(fixing, "_are_equal", lambda *_: False)
        schema = write(tmp_path / "a.rng", CASES["LNT104"][0])
        before = schema.read_bytes()
        result = run(schema, "--fix")
        assert "0 fixed in 0 files" in result.output
        assert schema.read_bytes() == before


class TestReachability:
    def test_a_library_is_judged_by_all_its_users_only(self, tmp_path: Path, library: Path) -> None:
        schema = write(tmp_path / "a.rng", CASES["LNT108"][1])
        assert not lint_schemas([schema])
        (found,) = lint_schemas([schema], complete=True)
        assert (found.location.path, found.message) == (str(library), "nothing refers to 'unused'")

    def test_overrides_and_nested_grammars_count_as_use(self, tmp_path: Path, library: Path) -> None:
        nested = "<grammar><start><parentRef name='outer'/></start></grammar>"
        text = content(nested, "<define name='outer'><empty/></define>")
        text += "<include href='library.rng'><define name='shared'><ref name='outer'/></define></include>"
        found = lint_schemas([write(tmp_path / "a.rng", text)])
        assert [one.message for one in found] == [
            "nothing refers to a definition of library.rng",
            "nothing refers to 'shared'",
        ]


class TestCommand:
    def test_notes_do_not_fail_and_warnings_do(self, tmp_path: Path) -> None:
        assert run(write(tmp_path / "a.rng", CASES["LNT102"][0])).return_value == 0
        warning = write(tmp_path / "b.rng", CASES["LNT104"][0])
        assert run(warning).return_value == 1
        assert run(warning, "--ignore", "duplicate_value").return_value == 0

    def test_the_text_has_places_and_second_places(self, tmp_path: Path) -> None:
        schema = write(tmp_path / "a.rng", CASES["LNT104"][0])
        lines = run(schema).output.splitlines()
        assert lines[0] == f"{schema}:3:89: warning: LNT104 the value 'ide' occurs twice"
        assert lines[1] == f"    {schema}:3:52: the first time"
        assert lines[2] == "1 schema: 1 finding, 1 of them with a fix (--fix)"

    def test_json_and_annotations(self, tmp_path: Path) -> None:
        schema = write(tmp_path / "a.rng", CASES["LNT104"][0])
        (value,) = json.loads(run(schema, "--output-format", "json").output)
        assert (value["rule"], value["severity"], value["fixable"]) == ("LNT104", "warning", True)
        assert run(schema, "--output-format", "github").output.startswith("::warning file=")

    def test_mistakes(self, tmp_path: Path) -> None:
        assert "no such file" in run(tmp_path / "nowhere.rng").output
        assert "there is no rule 'LNT999'" in run(tmp_path, "--ignore", "LNT999").output
        assert "no file called *.rng or *.rnc in this directory has a start" in run(tmp_path).output
        assert "give a SCHEMA" in str(run().exception)

    def test_every_rule_is_explained(self) -> None:
        listed = run("--rules").output
        for rule in LINT_RULES.values():
            assert rule.name in listed
            assert rule.meaning in run("--explain", rule.id).output


class TestCompactSyntax:
    SCHEMA = """start = element a { (element b { empty }*)?, (element c { empty }?)+,
  element d { ids & element e { empty } }, attribute bus { "ide" | "scsi" | "ide" } }
ids = element x { empty }, element y { empty }
"""

    def test_messages_have_its_operators_and_no_fix_is_promised(self, tmp_path: Path) -> None:
        schema = tmp_path / "a.rnc"
        schema.write_text(self.SCHEMA)
        found = {one.rule.id: one for one in lint_schemas([schema])}
        assert found["LNT101"].message == "2 patterns with elements of 'ids' form a group inside an interleave"
        assert found["LNT102"].message == "this '?' has no effect: the '*' inside may already be empty"
        assert found["LNT105"].message == "this '+' has no effect: its content can be empty"
        assert not any(one.fix for one in found.values())

    def test_fix_leaves_it_as_it_is(self, tmp_path: Path) -> None:
        schema = tmp_path / "a.rnc"
        schema.write_text(self.SCHEMA)
        result = run(schema, "--fix", "--wider")
        assert (result.exception, result.return_value) == (None, 1)
        assert schema.read_text() == self.SCHEMA

    def test_a_directory_of_it_is_looked_at(self, tmp_path: Path) -> None:
        (tmp_path / "a.rnc").write_text(self.SCHEMA)
        assert "1 schema: 4 findings" in run(tmp_path).output
