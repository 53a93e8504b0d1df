"""Datatypes of which no text is short enough: an error with a place, and a comparison without a document."""

from __future__ import annotations

from pathlib import Path

import pytest
from relaxgen.cli import main

DATA = """<data type="string" datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes" \
><param name="pattern">%s</param></data>"""
RNG = 'xmlns="http://relaxng.org/ns/structure/1.0"'


def schema(directory: Path, name: str, pattern: str) -> str:
    path = directory / name
    path.write_text(
        f'<element name="r" {RNG}>\n <attribute name="x">\n  {DATA % pattern}</attribute></element>', encoding="utf-8"
    )
    return str(path)


def test_a_sample_that_is_too_long_is_an_error_with_a_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = schema(tmp_path, "s.rng", "a{4294967294}")
    assert main(["sample", path]) == 2
    assert f"{path}:1:1: no finite document is valid, or none that is small enough" in capsys.readouterr().err


def test_schemas_without_samples_can_be_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = schema(tmp_path, "old.rng", "a{4294967294}"), schema(tmp_path, "new.rng", "b{4294967294}")
    assert main(["diff", old, new]) == 0
    assert "not decided: new.rng /r/@x: its datatypes cannot be compared" in capsys.readouterr().out
