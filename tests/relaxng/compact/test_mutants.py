"""Mutants of schemas: a few hundred of those that ``benchmarks/compact_mutants.py`` makes by the hundred thousand."""

from __future__ import annotations

from benchmarks.compact_mutants import CASES, run, schemas


def test_every_mutant_is_read_or_refused() -> None:
    outcomes = run(schemas([CASES]), count=400, seed=2, seconds=60)
    assert set(outcomes) == {"read", "refused"}
