"""Datatypes of which no text is short enough: an error with a place, and a comparison without a document."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner
from relaxgen.cli import program

DATA = """<data type="string" datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes" \
><param name="pattern">%s</param></data>"""
RNG = 'xmlns="http://relaxng.org/ns/structure/1.0"'


def schema(directory: Path, name: str, pattern: str) -> str:
    path = directory / name
    path.write_text(
        f'<element name="r" {RNG}>\n <attribute name="x">\n  {DATA % pattern}</attribute></element>', encoding="utf-8"
    )
    return str(path)


def test_a_sample_that_is_too_long_is_an_error_with_a_place(tmp_path: Path) -> None:
    result = CliRunner().invoke(program, ["sample", schema(tmp_path, "s.rng", "a{4294967294}")])
    assert result.exit_code != 0
    assert "no finite document is valid, or none that is small enough" in str(result.output) + str(result.exception)


def test_schemas_without_samples_can_be_compared(tmp_path: Path) -> None:
    old, new = schema(tmp_path, "old.rng", "a{4294967294}"), schema(tmp_path, "new.rng", "b{4294967294}")
    result = CliRunner().invoke(program, ["diff", old, new])
    assert "Traceback" not in result.output
    assert not isinstance(result.exception, AssertionError)
