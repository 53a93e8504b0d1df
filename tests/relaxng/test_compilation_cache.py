"""The cache of compiled schemas: used while nothing has changed, and never in the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from relaxgen.diagnostics.errors import SchemaError
from relaxgen.relaxng import compilation_cache
from relaxgen.relaxng.compilation_cache import cache_directory, compile_with_cache

SCHEMA = '<element name="a" xmlns="http://relaxng.org/ns/structure/1.0"><externalRef href="b.rng"/></element>'
INNER = '<element name="{}" xmlns="http://relaxng.org/ns/structure/1.0"><empty/></element>'


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    (tmp_path / "a.rng").write_text(SCHEMA, encoding="utf-8")
    (tmp_path / "b.rng").write_text(INNER.format("b"), encoding="utf-8")
    return tmp_path / "a.rng"


def refuse(*_arguments: object) -> None:
    raise AssertionError("the schema is compiled although it has not changed")


def test_an_unchanged_schema_is_not_read_again(schema: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compile_with_cache(schema, tmp_path / "cache")
    monkeypatch.setattr(compilation_cache, "compile_schema", refuse)
    found = compile_with_cache(schema, tmp_path / "cache")
    assert found.is_valid("<a><b/></a>")
    assert not found.is_valid("<a><c/></a>")
    assert found.validate("<a/>")[0].schema_location == f"{tmp_path / 'b.rng'}:1:1"


def test_a_change_in_a_file_that_is_referred_to_counts(schema: Path, tmp_path: Path) -> None:
    compile_with_cache(schema, tmp_path / "cache")
    (tmp_path / "b.rng").write_text(INNER.format("c"), encoding="utf-8")
    assert compile_with_cache(schema, tmp_path / "cache").is_valid("<a><c/></a>")


def test_a_missing_file_is_an_error_and_not_what_the_cache_remembers(schema: Path, tmp_path: Path) -> None:
    compile_with_cache(schema, tmp_path / "cache")
    (tmp_path / "b.rng").unlink()
    with pytest.raises(SchemaError):
        compile_with_cache(schema, tmp_path / "cache")


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"files": {}, "data": [0]}', b"\xff", b'{"files": {"x": "y"}}']
)
def test_a_broken_entry_is_replaced(schema: Path, tmp_path: Path, content: bytes) -> None:
    compile_with_cache(schema, tmp_path / "cache")
    (entry,) = (tmp_path / "cache").iterdir()
    right = entry.read_bytes()
    entry.write_bytes(content)
    assert compile_with_cache(schema, tmp_path / "cache").is_valid("<a><b/></a>")
    assert entry.read_bytes() == right


def test_a_cache_that_cannot_be_written_is_none(schema: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert compile_with_cache(schema, tmp_path / "file" / "cache").is_valid("<a><b/></a>")
    assert compile_with_cache(schema, tmp_path / "file").is_valid("<a><b/></a>")


def test_the_cache_is_where_the_user_has_caches(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_directory() == tmp_path / "relaxgen"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_directory() == tmp_path / ".cache" / "relaxgen"
