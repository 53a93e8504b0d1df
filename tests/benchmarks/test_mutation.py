"""Mutation of our own code: what becomes of a run of tests. No tests run here."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from benchmarks import mutation
from benchmarks.mutation import Mutant, Runner, Verdict, mutants_of, report

SUBJECT = "binding/cardinality.py"


@pytest.mark.parametrize(
    ("seconds", "status", "verdict"), [(0, 1, Verdict.CAUGHT), (0, 0, Verdict.SURVIVED), (60, 0, Verdict.TOO_LONG)]
)
def test_a_run_that_takes_too_long_is_not_one_that_fails(
    seconds: int, status: int, verdict: Verdict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(copy: Path, tests: object) -> None:
        mutation.os.setpgid(0, 0)
        time.sleep(seconds)
        mutation.os._exit(status)

    monkeypatch.setattr(mutation, "_run_tests", run)
    mutant = mutants_of(SUBJECT)[0]
    (tmp_path / mutation.PACKAGE / SUBJECT).parent.mkdir(parents=True)
    runner = Runner([tmp_path])
    runner._limits[SUBJECT] = 1
    assert [*runner.verdicts([(SUBJECT, mutant)])] == [(SUBJECT, mutant, verdict)]


def test_the_share_is_of_those_that_were_caught_or_survived(capsys: pytest.CaptureFixture[str]) -> None:
    mutant = Mutant(SUBJECT, "f", 1, 0, 1, "a", "b")
    verdicts = [Verdict.CAUGHT, Verdict.CAUGHT, Verdict.SURVIVED, Verdict.TOO_LONG, Verdict.EQUIVALENT]
    results = [(SUBJECT, mutant, verdict) for verdict in verdicts]
    assert report(results, 66) == 0
    assert report(results, 67) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["caught", "too", "long", "equivalent", "survived"]
    assert lines[2].split() == [SUBJECT, "2", "1", "1", "1"]
    assert lines[3] == "66.7 % of 3 mutants caught"
