"""``relaxgen sample`` and ``relaxgen coverage``: what they print, write and refuse, and their exit statuses."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from relaxgen.cli import main

REPOSITORY = Path(__file__).parents[2]

SCHEMA = """<grammar xmlns="http://relaxng.org/ns/structure/1.0">
  <start><element name="a"><zeroOrMore><ref name="disk"/></zeroOrMore></element></start>
  <define name="disk"><element name="disk">
    <attribute name="bus"><choice><value>ide</value><value>virtio</value></choice></attribute>
  </element></define>
  <define name="size"><attribute name="size"/></define>
</grammar>
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.rng").write_text(SCHEMA, encoding="utf-8")


def test_the_smallest_document_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sample", "a.rng"]) == 0
    assert capsys.readouterr().out == "<a/>\n"


def test_a_root_is_an_element_or_a_define_with_elements(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sample", "a.rng", "--root", "disk"]) == 0
    assert capsys.readouterr().out == "<disk bus='ide'/>\n"
    assert main(["sample", "a.rng", "--root", "size"]) == 2
    problem = "--root: no element, and no definition of elements only, is called"
    assert capsys.readouterr().err == f"{problem} 'size'; expected one of: a, disk\n"
    for command in ("sample a.rng", "coverage a.rng a.rng"):
        assert main([*command.split(), "--root", "dsik"]) == 2
        assert capsys.readouterr().err == f"{problem} 'dsik' (did you mean 'disk'?)\n"


def test_kinds_of_samples_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sample", "a.rng", "--cover", "--seed", "1"]) == 2
    assert "exclude each other" in capsys.readouterr().err


def test_the_first_random_documents_stay_when_more_are_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    main(["sample", "a.rng", "--seed", "7", "--count", "2"])
    two = capsys.readouterr().out
    main(["sample", "a.rng", "--seed", "7", "--count", "5"])
    assert capsys.readouterr().out.startswith(two)
    main(["sample", "a.rng", "--seed", "8", "--count", "2"])
    assert capsys.readouterr().out != two


@pytest.mark.parametrize("arguments", [("--cover",), ("--seed", "1", "--count", "3")])
def test_samples_are_the_same_for_any_hash_seed(arguments: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "relaxgen", "sample", str(REPOSITORY / "schemas" / "domain.rng"), *arguments]
    outputs = {
        subprocess.run(
            command, cwd=REPOSITORY, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("0", "1", "77")
    }
    assert len(outputs) == 1


def test_files_of_an_earlier_run_are_replaced_and_others_are_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sample", "a.rng", "--seed", "1", "--count", "3", "--output", "out"]) == 0
    assert capsys.readouterr().out == "out: 3 documents written\n"
    Path("out/a-mine.xml").write_text("<mine/>", encoding="utf-8")
    assert main(["sample", "a.rng", "--minimal", "-o", "out"]) == 0
    assert sorted(path.name for path in Path("out").iterdir()) == ["a-1.xml", "a-mine.xml"]
    Path("out/a-1.xml").write_text("<mine/>", encoding="utf-8")
    assert main(["sample", "a.rng", "--cover", "-o", "out"]) == 2
    assert "out/a-1.xml: was not made by relaxgen sample, and is in the way" in capsys.readouterr().err
    assert Path("out/a-1.xml").read_text(encoding="utf-8") == "<mine/>"


def test_coverage_lists_what_is_not_reached(capsys: pytest.CaptureFixture[str]) -> None:
    Path("one.xml").write_text("<a><disk bus='ide'/></a>", encoding="utf-8")
    Path("two.xml").write_text("<b/>", encoding="utf-8")
    assert main(["coverage", "a.rng", "one.xml", "two.xml"]) == 0
    assert capsys.readouterr().out == (
        "two.xml: not valid, not counted\n"
        "a.rng:4:53: /a/disk/@bus='virtio' is not reached\n"
        "80.0 % of 5 positions reached by 1 valid document: 2 of 2 elements, 1 of 1 attributes, 1 of 2 values\n"
    )


@pytest.mark.parametrize(("percent", "status"), [("80", 0), ("80.5", 1)])
def test_coverage_fails_under_a_percentage(percent: str, status: int) -> None:
    Path("one.xml").write_text("<a><disk bus='ide'/></a>", encoding="utf-8")
    assert main(["coverage", "a.rng", "one.xml", "--fail-under", percent]) == status


def test_coverage_as_json_has_every_position(capsys: pytest.CaptureFixture[str]) -> None:
    Path("one.xml").write_text("<a><disk bus='ide'/></a>", encoding="utf-8")
    main(["coverage", "a.rng", "one.xml", "--output-format", "json"])
    found = json.loads(capsys.readouterr().out)
    assert (found["positions"], found["reached"], found["percentage"]) == (5, 4, 80)
    assert {
        "kind": "value",
        "path": "/a/disk/@bus='virtio'",
        "documents": 0,
        "file": "a.rng",
        "line": 4,
        "column": 53,
    } in (found["details"])


def test_what_is_sampled_covers(capsys: pytest.CaptureFixture[str]) -> None:
    main(["sample", "a.rng", "--cover", "-o", "out"])
    assert main(["coverage", "a.rng", "out", "--fail-under", "100"]) == 0
    assert "100.0 % of 5 positions" in capsys.readouterr().out


def test_xml_id_is_a_unique_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schema = tmp_path / "a.rng"
    inner = "<zeroOrMore><element name='b'><attribute name='xml:id'/></element></zeroOrMore>"
    schema.write_text(f"<element name='a' xmlns='http://relaxng.org/ns/structure/1.0'>{inner}</element>")
    assert main(["sample", str(schema), "--seed", "1", "--count", "20"]) == 0
    output = capsys.readouterr().out
    for document in re.split(r"(?m)^(?=<a)", output)[1:]:
        values = re.findall("xml:id='([^']*)'", document)
        assert values == [f"id{number}" for number in range(1, len(values) + 1)]
    assert "xml:id='id1'" in output


def test_a_document_that_cannot_be_read_is_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket(socket.AF_UNIX) as unreadable:
        unreadable.bind("a.xml")
        assert main(["coverage", "a.rng", "a.xml"]) == 2
    assert capsys.readouterr().err.startswith("a.xml: cannot be read: No such device")
