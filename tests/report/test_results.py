"""Findings in the forms that every command has for programs."""

from __future__ import annotations

import json
from pathlib import Path

from relaxgen.diagnostics.errors import Diagnostic, Severity
from relaxgen.diagnostics.locations import SourceLocation
from relaxgen.report.results import (
    Level,
    Result,
    RuleText,
    results_as_github,
    results_as_json,
    results_as_sarif,
    results_of_diagnostics,
)

PLACE = SourceLocation("schemas/a b.rng", 3, 7)
RESULT = Result(
    "unknown", "100% new:\nline", PLACE, Level.NOTE, ("/a/@b",), ((SourceLocation("c.rng", 1), "second"),), 4, {"x": 1}
)


def sarif(*results: Result) -> dict[str, object]:
    (run,) = json.loads(results_as_sarif(results, {"unknown": RuleText("name", "meaning")}))["runs"]
    return run  # type: ignore[no-any-return]


def test_json_has_plain_values() -> None:
    assert json.loads(results_as_json([RESULT])) == [
        {
            "rule": "unknown",
            "level": "note",
            "file": "schemas/a b.rng",
            "line": 3,
            "column": 7,
            "paths": ["/a/@b"],
            "message": "100% new:\nline",
            "related": [{"file": "c.rng", "line": 1, "column": 0, "message": "second"}],
        }
    ]


def test_annotations_escape_what_has_a_meaning() -> None:
    (line,) = results_as_github([RESULT])
    assert line == ("::notice file=schemas/a b.rng,line=3,col=7,title=relaxgen::100%25 new:%0Aline%0Ac.rng:1:0: second")


def test_sarif_has_rules_regions_and_second_places() -> None:
    run = sarif(RESULT, Result("other", "no place"))
    assert run["tool"]["driver"]["rules"] == [  # type: ignore[index]
        {"id": "other"},
        {"id": "unknown", "name": "name", "shortDescription": {"text": "meaning"}},
    ]
    first, second = run["results"]  # type: ignore[misc]
    assert first["x"] == 1 and first["level"] == "note"
    (location,) = first["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "schemas/a%20b.rng"},
        "region": {"startLine": 3, "startColumn": 7, "endColumn": 11},
    }
    assert location["logicalLocations"] == [{"fullyQualifiedName": "/a/@b", "kind": "element"}]
    assert first["relatedLocations"][0]["message"] == {"text": "second"}
    assert second["locations"] == []


def test_an_absolute_path_is_a_uri() -> None:
    file = Path("/schemas/a.rng")
    (result,) = sarif(Result("x", "y", SourceLocation(str(file))))["results"]  # type: ignore[misc]
    assert result["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": "file:///schemas/a.rng"}}


def test_mistakes_in_the_input_are_findings_too() -> None:
    warning = Diagnostic(PLACE, "approximated", Severity.WARNING, related=((SourceLocation("c.rng", 1, 2), "here"),))
    (result,) = results_of_diagnostics([warning])
    assert result == Result("input", "approximated", PLACE, Level.WARNING, related=warning.related)
