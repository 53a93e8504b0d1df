"""What fails ``relaxgen diff``, what is accepted, and the formats for programs."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.evolution.test_diff_command import TRANSIENT, mistake, run, schema, status


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three releases: a word is gone and an element new in the second, an element is gone in the third."""
    monkeypatch.chdir(tmp_path)
    Path("1.rng").write_text(schema("no", "external", "internal"), encoding="utf-8")
    Path("2.rng").write_text(schema("no", "external", more=TRANSIENT), encoding="utf-8")
    Path("3.rng").write_text(schema("no", "external"), encoding="utf-8")
    return tmp_path


def configure(text: str) -> None:
    Path("pyproject.toml").write_text(f"[tool.relaxgen.diff]\n{text}", encoding="utf-8")


def findings(*arguments: object) -> dict[str, dict[str, object]]:
    values = json.loads(run(*arguments, "--output-format", "json").output)
    return {one["rule"]: one for one in values["findings"]}


class TestSummary:
    def test_the_first_line_says_whether_the_gate_fails_and_why(self, project: Path) -> None:
        assert run("1.rng", "2.rng").output.splitlines()[0] == "fails (backward, source): 2 errors, 1 note"
        assert run("3.rng", "2.rng").output.splitlines()[0] == "passes: 1 note"
        assert run("1.rng", "1.rng").output.splitlines()[0] == "passes: nothing found"

    def test_a_break_that_the_gate_lets_pass_is_marked(self, project: Path) -> None:
        forward = "documents, new to old: 1 finding breaks them"
        assert f"\n{forward} (does not fail)\n" in run("3.rng", "2.rng").output
        assert f"\n{forward}\n" in run("3.rng", "2.rng", "--fail-on", "forward").output
        assert (
            f"| {forward.replace(': ', ' | ')} (does not fail) |"
            in run("3.rng", "2.rng", "--output-format", "markdown").output
        )
        accepted = run("1.rng", "2.rng", "--ignore", "RNG040", "--ignore", "API111").output
        assert "\ndocuments, old to new: 1 finding breaks them (does not fail)\n" in accepted

    def test_errors_come_before_notes_in_text_and_markdown(self, project: Path) -> None:
        text = run("1.rng", "2.rng").output
        assert text.index("\nerrors\n") < text.index("RNG040") < text.index("\nnotes\n") < text.index("RNG021")
        markdown = run("1.rng", "2.rng", "--output-format", "markdown").output
        assert markdown.startswith("## Schema changes: fails (backward, source): 2 errors, 1 note\n")
        assert markdown.index("### Errors") < markdown.index("`RNG040`") < markdown.index("<summary>1 note</summary>")


class TestIgnoring:
    def test_a_rule_is_ignored_everywhere_or_at_a_path(self, project: Path) -> None:
        gate = ("1.rng", "2.rng", "--fail-on", "backward")
        assert status(run(*gate)) == 1
        assert status(run(*gate, "--ignore", "RNG040")) == 0
        assert status(run(*gate, "--ignore", "value_removed:/disk/@snapshot")) == 0
        assert status(run(*gate, "--ignore", "RNG040:/disk/*")) == 0
        assert status(run(*gate, "--ignore", "RNG040:/disk")) == 0
        assert status(run(*gate, "--ignore", "RNG040:/disk/@other")) == 1

    def test_what_is_ignored_is_listed_as_accepted(self, project: Path) -> None:
        output = run("1.rng", "2.rng", "--fail-on", "backward", "--ignore", "RNG040").output
        assert output.startswith("passes: 2 notes, 1 accepted\n")
        assert "ignored by RNG040" in output

    def test_an_unknown_rule_is_a_mistake(self, project: Path) -> None:
        assert "there is no rule 'RNG04'" in mistake(run("1.rng", "2.rng", "--ignore", "RNG04"))


class TestBaseline:
    def test_accepted_findings_do_not_fail_and_new_ones_do(self, project: Path) -> None:
        baseline = ("--baseline", "accepted.json")
        assert status(run("1.rng", "2.rng", *baseline, "--write-baseline")) == 0
        assert status(run("1.rng", "2.rng", *baseline)) == 0
        assert status(run("2.rng", "3.rng", *baseline)) == 1

    def test_reasons_that_a_person_has_written_are_kept_and_shown(self, project: Path) -> None:
        baseline = ("--baseline", "accepted.json")
        run("1.rng", "2.rng", *baseline, "--write-baseline")
        file = Path("accepted.json")
        file.write_text(
            file.read_text(encoding="utf-8").replace('"reason": ""', '"reason": "agreed"'), encoding="utf-8"
        )
        run("1.rng", "2.rng", *baseline, "--write-baseline")
        assert {one["reason"] for one in json.loads(file.read_text(encoding="utf-8"))["findings"]} == {"agreed"}
        assert run("1.rng", "2.rng", *baseline).output.count("    agreed") == 2

    def test_a_missing_or_broken_baseline_is_a_mistake(self, project: Path) -> None:
        assert "no such file" in mistake(run("1.rng", "2.rng", "--baseline", "accepted.json"))
        Path("accepted.json").write_text("{", encoding="utf-8")
        assert "accepted.json:1" in mistake(run("1.rng", "2.rng", "--baseline", "accepted.json"))
        Path("accepted.json").write_text("[]", encoding="utf-8")
        assert "is not a baseline" in mistake(run("1.rng", "2.rng", "--baseline", "accepted.json"))

    def test_fingerprints_do_not_depend_on_lines_and_files(self, project: Path) -> None:
        Path("moved.rng").write_text("\n\n" + Path("2.rng").read_text(encoding="utf-8"), encoding="utf-8")
        prints = [{one["fingerprint"] for one in findings("1.rng", new).values()} for new in ("2.rng", "moved.rng")]
        assert prints[0] == prints[1]
        assert len(prints[0]) == 3


class TestSettings:
    def test_the_project_decides_what_fails(self, project: Path) -> None:
        configure('fail-on = ["none"]\n')
        assert status(run("1.rng", "2.rng")) == 0
        assert status(run("1.rng", "2.rng", "--fail-on", "backward")) == 1

    def test_severities_by_rule(self, project: Path) -> None:
        configure('severity = { RNG040 = "warning", API111 = "off", RNG021 = "error" }\n')
        found = findings("1.rng", "2.rng")
        assert {rule: one["severity"] for rule, one in found.items()} == {"RNG040": "warning", "RNG021": "error"}
        assert status(run("1.rng", "2.rng")) == 1

    def test_ignored_findings_have_a_reason(self, project: Path) -> None:
        configure('[[tool.relaxgen.diff.ignore]]\nrule = "RNG040"\npath = "/disk/*"\nreason = "never released"\n')
        assert findings("1.rng", "2.rng")["RNG040"]["accepted"] == "never released"

    def test_a_baseline_is_relative_to_the_project(self, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        configure('baseline = "accepted.json"\n')
        Path("inside").mkdir()
        monkeypatch.chdir("inside")
        assert status(run("../1.rng", "../2.rng", "--write-baseline")) == 0
        assert (project / "accepted.json").exists()
        assert status(run("../1.rng", "../2.rng")) == 0

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("fail_on = []\n", "pyproject.toml:2:1: unknown key 'fail_on' (did you mean 'fail-on'?)"),
            ('fail-on = "source"\n', "pyproject.toml:2:11: fail-on is a string, expected an array"),
            ('fail-on = ["sources"]\n', "2:12: unknown category 'sources' (did you mean 'source'?)"),
            ('severity = { RNG999 = "note" }\n', "there is no rule 'RNG999'"),
            ('severity = { RNG040 = "fatal" }\n', "unknown severity 'fatal'; expected one of: error"),
            ('[[tool.relaxgen.diff.ignore]]\nrule = "RNG040"\n', "reason is missing; say why it is accepted"),
        ],
    )
    def test_mistakes_have_places(self, project: Path, text: str, message: str) -> None:
        configure(text)
        assert message in mistake(run("1.rng", "2.rng"))


class TestVersions:
    @pytest.mark.parametrize(
        ("old", "new", "last", "following", "fails"),
        [
            ("2.rng", "1.rng", "1.4.0", "1.5.0", True),
            ("2.rng", "1.rng", "1.4.0", "2.0.0", False),
            ("3.rng", "2.rng", "1.4.0", "1.4.1", True),
            ("3.rng", "2.rng", "1.4.0", "1.5.0", False),
            ("1.rng", "1.rng", "v1.4", "1.4.1", False),
            ("2.rng", "1.rng", "0.4.0", "0.5.0", False),
            ("2.rng", "1.rng", "0.4.0", "0.4.1", True),
        ],
    )
    def test_the_next_version_must_be_high_enough(
        self, project: Path, old: str, new: str, last: str, following: str, fails: bool
    ) -> None:
        arguments = (old, new, "--fail-on", "none", "--last-version", last, "--next-version", following)
        assert status(run(*arguments)) == int(fails)

    def test_without_a_next_version_there_is_advice(self, project: Path) -> None:
        output = run("3.rng", "2.rng", "--last-version", "1.4.0").output
        assert "version: a minor change (breaks forward): after 1.4.0 comes 1.5.0 or later" in output

    def test_the_scheme_and_the_version_of_the_project(self, project: Path) -> None:
        Path("pyproject.toml").write_text(
            '[project]\nname = "x"\nversion = "1.4.1"\n'
            '[tool.relaxgen.diff]\nversion-major = ["backward"]\nversion-minor = []\n',
            encoding="utf-8",
        )
        assert "1.4.1 is high enough" in run("3.rng", "2.rng", "--last-version", "1.4.0").output

    def test_what_is_no_version_is_a_mistake(self, project: Path) -> None:
        assert "'soon' is not a version number" in mistake(run("1.rng", "2.rng", "--last-version", "soon"))
        assert "--next-version needs --last-version" in mistake(run("1.rng", "2.rng", "--next-version", "2"))


class TestSeveralSteps:
    def test_each_release_is_compared_with_the_next(self, project: Path) -> None:
        output = run("1.rng", "2.rng", "3.rng").output
        assert [line for line in output.splitlines() if line.startswith("==")] == [
            "== 1.rng to 2.rng",
            "== 2.rng to 3.rng",
        ]

    def test_transitive_compares_the_newest_with_each(self, project: Path) -> None:
        values = json.loads(run("1.rng", "2.rng", "3.rng", "--transitive", "--output-format", "json").output)
        assert [step["title"] for step in values["steps"]] == ["1.rng to 3.rng", "2.rng to 3.rng"]
        assert "RNG020" not in {one["rule"] for one in values["steps"][0]["findings"]}


class TestFormats:
    def test_sarif_has_levels_fingerprints_and_suppressions(self, project: Path) -> None:
        output = run("1.rng", "2.rng", "--ignore", "API111", "--output-format", "sarif").output
        (report,) = json.loads(output)["runs"]
        results = {one["ruleId"]: one for one in report["results"]}
        assert {name: one["level"] for name, one in results.items()} == {
            "RNG040": "error",
            "API111": "error",
            "RNG021": "note",
        }
        assert results["API111"]["suppressions"][0]["kind"] == "external"
        assert results["RNG040"]["partialFingerprints"]["relaxgenFinding/v1"]
        assert results["RNG040"]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "2.rng"
        assert {one["id"] for one in report["tool"]["driver"]["rules"]} == set(results)

    def test_junit_has_a_failure_for_each_error(self, project: Path) -> None:
        output = run("1.rng", "2.rng", "--ignore", "API111", "--output-format", "junit").output
        (suite,) = ElementTree.fromstring(output)
        assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("3", "1", "1")
        assert "<disk snapshot='internal'/>" in "".join(suite.itertext())

    def test_gitlab_has_fingerprints_and_severities(self, project: Path) -> None:
        entries = json.loads(run("1.rng", "2.rng", "--output-format", "gitlab").output)
        assert {(one["check_name"], one["severity"]) for one in entries} == {
            ("VALUE_REMOVED", "critical"),
            ("ENUM_MEMBER_REMOVED", "critical"),
            ("ELEMENT_ADDED_OPTIONAL", "info"),
        }
        assert len({one["fingerprint"] for one in entries}) == 3


def test_a_break_by_white_space_alone_is_a_warning(tmp_path: Path) -> None:
    case = Path(__file__).parent / "causes" / "white-space-only"
    result = run(case / "old.rng", case / "new.rng")
    assert result.output.startswith("passes: 1 warning\n")
    assert status(result) == 0
