"""The guard on counts of instructions: what is compared, and what is said where nothing can be."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks import instructions
from benchmarks.instructions import here, keep, kept, main, parts, prepare, report, ways, ways_of_new_values, worse

COUNTS = {"parse, pure": 1_000_000, "format, engine": 100_000}


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(instructions, "KEPT", tmp_path / "kept.json")
    monkeypatch.setattr("sys.argv", ["instructions"])
    return tmp_path / "kept.json"


def test_a_count_is_worse_from_five_percent_on() -> None:
    assert worse({"parse, pure": 1_050_000, "format, engine": 90_000}, COUNTS) == []
    assert worse({"parse, pure": 1_050_001, "format, engine": 105_001}, COUNTS) == ["parse, pure", "format, engine"]
    assert worse({"new": 5}, COUNTS) == []


def test_what_is_worse_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert report({**COUNTS, "parse, pure": 1_100_000}, {here(): COUNTS}) == 1
    output = capsys.readouterr().out
    assert "parse, pure                      1,100  +10.0%" in output
    assert "instructions: parse, pure takes 10.0% more" in output
    assert "instructions: format" not in output


def test_other_builds_of_python_are_not_compared(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(COUNTS, {"Python 2.7": {"parse, pure": 1}}) == 0
    assert "passed without a comparison" in capsys.readouterr().out


def test_counts_without_the_engine_are_compared_with_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert report({"parse, pure": 1_000_000}, {here(): COUNTS}) == 0
    assert "format, engine                 skipped: the engine is not installed" in capsys.readouterr().out


def test_what_is_kept_stays_where_it_is_not_counted_again() -> None:
    keep(COUNTS)
    keep({"parse, pure": 5})
    assert kept() == {here(): {"parse, pure": 5, "format, engine": 100_000}}


def test_without_valgrind_it_says_that_it_is_skipped(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert main() == 0
    assert "skipped, there is no valgrind" in capsys.readouterr().out


def test_writing_makes_what_is_compared_next(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/valgrind")
    monkeypatch.setattr(instructions, "counted", lambda: COUNTS)
    monkeypatch.setattr("sys.argv", ["instructions", "--write"])
    assert main() == 0
    monkeypatch.setattr("sys.argv", ["instructions"])
    monkeypatch.setattr(instructions, "counted", lambda: {**COUNTS, "format, engine": 106_000})
    assert main() == 1
    assert kept() == {here(): COUNTS}


def test_every_other_part_is_a_count(tmp_path: Path) -> None:
    for number, total in enumerate((900, 20, 70, 40, 80), start=1):
        (tmp_path / f"counts.{number}").write_text(f"events: Ir\nfn=(1)\ntotals: {total}\n", encoding="utf-8")
    (tmp_path / "counts").write_text("totals: 5\n", encoding="utf-8")
    assert list(parts(tmp_path / "counts")) == [10, 20]


def test_everything_that_is_counted_works() -> None:
    for context, call in ways().values():
        with context():
            call()
    assert {"parse, pure", "parse, checked, pure", "format, pure", "format, checked, pure"} <= set(ways())


def test_each_round_of_new_values_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.path", [*sys.path])
    prepare(tmp_path)
    found = ways_of_new_values(tmp_path)
    for context, call in found.values():
        with context():
            call()
            call()
    assert list(found) in (
        [],
        [f"{one}, new values" for one in ("parse", "parse, checked", "format", "format, checked")],
    )
