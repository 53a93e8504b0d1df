"""What every command has: quiet and verbose runs, formats for programs, completion."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import click
import pytest
from jsonschema import Draft202012Validator
from relaxgen.cli import COMMANDS, main, program
from relaxgen.report.formats import Format
from relaxgen.report.output_schemas import OUTPUTS, output_schema

SCHEMA = """<grammar xmlns="http://relaxng.org/ns/structure/1.0">
<start><element name="a"><optional><attribute name="kind"><choice><value>one</value><value>two</value></choice>
</attribute></optional></element></start>
</grammar>
"""
TABLE = 'VIR_ENUM_IMPL(virAKind, VIR_A_KIND_LAST, "one", "two", "three")\n'

WITH_FINDINGS = {
    "check": ("check", "a.rng", "--output", "model"),
    "enums": ("enums", "a.rng", "--tables", "kind.enums"),
    "validate": ("validate", "a.rng", "wrong.xml"),
    "diff": ("diff", "a.rng", "narrow.rng"),
    "lint": ("lint", "unused.rng"),
    "coverage": ("coverage", "a.rng", "right.xml", "--fail-under", "100"),
    "requires": ("requires", "wrong.xml", "--schema", "a.rng", "--versions", "history"),
    "since": ("since", "a.rng", "--versions", "history", "--check", "--facts", "facts.rng"),
    "downgrade": ("downgrade", "new.xml", "--to", "1.0", "--schema", "a.rng", "--versions", "history"),
    "convert": ("convert", "a.rng", "stale.rnc", "--check"),
    "format": ("format", "a.rng", "--check"),
}
"""A command line for each command that can have findings, and has some here."""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    files = {
        "a.rng": SCHEMA,
        "narrow.rng": SCHEMA.replace("<value>two</value>", ""),
        "unused.rng": SCHEMA.replace("<start>", "<define name='never'><text/></define><start>"),
        "broken.rng": "<grammar",
        "kind.enums": TABLE,
        "wrong.xml": "<a kind='tow'/>",
        "right.xml": "<a kind='one'/>",
        "new.xml": "<a kind='two'/>",
        "stale.rnc": "start = empty\n",
        "history/1.0/a.rng": SCHEMA.replace("<value>two</value>", ""),
        "history/2.0/a.rng": SCHEMA,
        "facts.rng": SCHEMA.replace(
            "<value>two</value>", "<value b:since='1.0' xmlns:b='urn:relaxgen:binding:1'>two</value>"
        ),
    }
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")


def output_of(capsys: pytest.CaptureFixture[str], *arguments: str, status: int) -> str:
    assert main(list(arguments)) == status, capsys.readouterr()
    return capsys.readouterr().out


def check_output(name: str, output: str) -> None:
    schema = output_schema(name)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(output))


def command(name: str) -> click.Command:
    found = program.get_command(click.Context(program), name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_quiet_or_verbose(name: str) -> None:
    options = {option for parameter in command(name).params for option in parameter.opts}
    assert {"-q", "--quiet", "-v", "--verbose"} <= options


def test_the_commands_with_findings_are_those_with_formats() -> None:
    with_formats = {
        name for name in COMMANDS if any("--output-format" in parameter.opts for parameter in command(name).params)
    }
    assert with_formats == {*WITH_FINDINGS, "generate", "package"} == set(OUTPUTS)


@pytest.mark.parametrize(
    "arguments",
    [
        ["generate", "a.rng", "--output", "model"],
        ["package", "a.rng", "--output", "distribution", "--name", "acme-a"],
        ["check", "a.rng", "--output", "generated"],
        ["since", "a.rng", "--versions", "history"],
        ["requires", "right.xml", "--schema", "a.rng", "--versions", "history"],
        ["diff", "a.rng", "narrow.rng", "--last-version", "1.0", "--documents", "right.xml", "--fail-on", "none"],
        ["diff", "a.rng", "narrow.rng", "a.rng", "--fail-on", "none"],
        ["format", "a.rnc", "--check"],
    ],
    ids=lambda arguments: " ".join(arguments[:3]),
)
def test_all_json_has_a_schema(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    main(["generate", "a.rng", "--output", "generated", "-q"])
    main(["convert", "a.rng", "a.rnc", "-q"])
    capsys.readouterr()
    check_output(arguments[0], output_of(capsys, *arguments, "--output-format", "json", status=0))


def test_the_schema_of_an_output_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(output_of(capsys, "output-schema", "lint", status=0)) == output_schema("lint")


@pytest.mark.parametrize("arguments", WITH_FINDINGS.values(), ids=WITH_FINDINGS)
def test_findings_are_sarif_and_annotations(arguments: Sequence[str], capsys: pytest.CaptureFixture[str]) -> None:
    status = 1
    (run,) = json.loads(output_of(capsys, *arguments, "--output-format", "sarif", status=status))["runs"]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert run["results"]
    assert {result["ruleId"] for result in run["results"]} == rules
    lines = output_of(capsys, *arguments, "--output-format", "github", status=status).splitlines()
    assert len(lines) == len(run["results"])
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in lines)
    check_output(arguments[0], output_of(capsys, *arguments, "--output-format", "json", status=status))


@pytest.mark.parametrize("format_", [Format.SARIF, Format.JSON, Format.GITHUB])
@pytest.mark.parametrize("name", ["check", "validate", "lint", "diff", "coverage", "convert"])
def test_mistakes_are_in_the_format_too(name: str, format_: Format, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [
        word.replace("a.rng", "broken.rng").replace("unused.rng", "broken.rng") for word in WITH_FINDINGS[name]
    ]
    output = output_of(capsys, *arguments, "--output-format", format_.value, status=2)
    if format_ is Format.GITHUB:
        assert output.startswith("::error file=broken.rng,line=1,")
    else:
        assert "broken.rng" in json.dumps(json.loads(output))
    if format_ is Format.JSON:
        check_output(name, output)


def test_a_quiet_run_prints_nothing_where_all_is_fine(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (
        ["generate", "a.rng", "--output", "model"],
        ["check", "a.rng", "--output", "model"],
        ["validate", "a.rng", "right.xml"],
        ["sample", "a.rng", "--cover", "--output", "samples"],
        ["docs", "a.rng", "--output", "pages"],
        ["convert", "a.rng", "a.rnc"],
        ["format", "a.rnc"],
    ):
        assert main([*arguments, "--quiet"]) == 0
        captured = capsys.readouterr()
        assert (captured.out, captured.err) == ("", ""), arguments


def test_a_quiet_run_prints_findings(capsys: pytest.CaptureFixture[str]) -> None:
    output = output_of(capsys, "validate", "a.rng", "wrong.xml", "-q", status=1)
    assert output.startswith("wrong.xml:1:4: ")
    assert "1 fault in" not in output


def test_a_verbose_run_prints_stages_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", "a.rng", "--output", "model", "-v"]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("relaxgen: model: reading 1 of 1, ")
    assert any("deciding on fields" in line for line in lines)
    assert lines[-1].startswith("relaxgen: done in ")


@pytest.mark.parametrize(
    ("arguments", "stage"),
    [
        (["lint", "a.rng"], "looking at schemas 1 of 1"),
        (["sample", "a.rng", "--cover"], "covering 3 of 4"),
        (["inspect", "a.rng"], "deciding on fields 1 of 1"),
        (["diff", "a.rng", "narrow.rng"], "comparing 5 of 5"),
        (["validate", "a.rng", "right.xml", "wrong.xml"], "validating 2 of 2"),
        (["docs", "a.rng", "--output", "site"], "rendering 5 of 5"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_work_that_may_take_long_has_real_steps(
    arguments: list[str], stage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--verbose"]) in (0, 1)
    assert stage in capsys.readouterr().err


def test_quiet_and_verbose_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "a.rng", "right.xml", "-q", "-v"]) == 2
    assert "exclude each other" in capsys.readouterr().err


def test_the_version_is_short(capsys: pytest.CaptureFixture[str]) -> None:
    assert output_of(capsys, "-V", status=0) == output_of(capsys, "--version", status=0)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_completes_words(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "_RELAXGEN_COMPLETE" in output_of(capsys, "--show-completion", shell, status=0)


def test_the_script_for_bash_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    script = output_of(capsys, "--show-completion", "bash", status=0)
    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0


@pytest.mark.parametrize("command", ["format ?", "validate a.rng ?", "sample a.rng -o ?", "sample a.rng --output="])
def test_an_empty_argument_is_not_the_working_directory(capsys: pytest.CaptureFixture[str], command: str) -> None:
    before = Path("a.rng").read_bytes()
    assert main([word.replace("?", "") for word in command.split()]) == 2
    assert "is empty; is a variable not set?" in capsys.readouterr().err
    assert Path("a.rng").read_bytes() == before
