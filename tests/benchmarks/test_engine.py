"""The native engine in benchmarks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest

from benchmarks import engine, engine_mutants, parse_format
from benchmarks.subjects import generated_package, ours
from tests.engine.differences import native_of


def test_a_pure_copy_never_asks_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(engine.SWITCH, raising=False)
    subject = replace(ours(), name="measured")
    document = subject.small()
    with generated_package(subject) as (package, parent):
        pure = engine.pure_copy(parent / subject.name)
        assert engine.SWITCH not in engine.os.environ
        assert native_of(pure) is None
        assert pure.to_dict(pure.parse(document)) == package.to_dict(package.parse(document))
        labels = parse_format._candidates(package, pure, [document])
    ways = ("parse", "parse, validate=True", "format", "format, validate=False")
    measured = ["engine", "pure"] if native_of(package) is not None else ["pure"]
    assert [*labels] == ["lxml.etree.fromstring", *(f"{way}, {suffix}" for suffix in measured for way in ways)]


@pytest.mark.parametrize(
    ("value", "installed", "message"),
    [
        ("off", True, "the native engine is turned off by RELAXGEN_ENGINE=off"),
        ("", False, "the native engine is not installed: pip install ./engine"),
        ("", True, "the native engine that is installed is one for other packages: pip install ./engine"),
    ],
)
def test_the_reason_why_there_is_no_engine(
    value: str, installed: bool, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(engine.SWITCH, value)
    monkeypatch.setattr(engine, "find_spec", lambda _name: object() if installed else None)
    assert engine.why_there_is_none() == message


@pytest.mark.parametrize("error", [None, KeyboardInterrupt])
def test_kept_mutants_do_not_stay_in_the_temporary_folder(
    error: type[BaseException] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Path] = []

    class Guide:
        def __init__(self, package: object, coverage: object, documents: Path, kept: Path) -> None:
            (kept / "last").write_bytes(b"")
            made.append(kept)

        def make(self, random: Random) -> bytes:
            if error is not None:
                raise error
            return b"<domain/>"

        def learn(self, data: bytes) -> str:
            return ""

    counts = SimpleNamespace(counts=lambda: None)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["engine_mutants", "--count", "1"])
    monkeypatch.setattr(engine_mutants, "native_of", lambda package: SimpleNamespace(engine=counts))
    monkeypatch.setattr(engine_mutants, "_coverage", lambda: lambda: 0)
    monkeypatch.setattr(engine_mutants, "problem", lambda package, data: "")
    monkeypatch.setattr(engine_mutants, "Guide", Guide)
    if error is None:
        assert engine_mutants.main() == 0
    else:
        with pytest.raises(error):
            engine_mutants.main()
    assert made[0].parent == tmp_path and not made[0].exists()
