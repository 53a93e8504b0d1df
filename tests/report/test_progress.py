"""Progress as lines, for ``--verbose``."""

from __future__ import annotations

import re

from relaxgen.report.progress import shown_lines


def test_a_stage_is_a_line_when_it_has_ended() -> None:
    said: list[str] = []
    with shown_lines("model", said.append) as progress:
        progress("read", 0, 2)
        progress("read", 2, 2)
        progress("format", 1, 7)
        assert len(said) == 1
        progress("own", 1, 1)
    assert [re.sub(r"[\d.]+ s$", "T", line) for line in said] == [
        "model: reading 2 of 2, T",
        "model: formatting 1 of 7, T",
        "model: own 1 of 1, T",
    ]


def test_nothing_is_said_where_nothing_is_done() -> None:
    said: list[str] = []
    with shown_lines("model", said.append):
        pass
    assert said == []
