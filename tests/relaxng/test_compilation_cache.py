"""The cache of compiled schemas: used while nothing has changed, and never in the way."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from relaxgen.cache.disk_cache import DiskCache
from relaxgen.diagnostics.errors import Diagnostics, SchemaError
from relaxgen.relaxng import compilation_cache
from relaxgen.relaxng.compilation_cache import compile_with_cache
from relaxgen.relaxng.validator import CompiledSchema

SCHEMA = '<element name="a" xmlns="http://relaxng.org/ns/structure/1.0"><externalRef href="b.rng"/></element>'
INNER = '<element name="{}" xmlns="http://relaxng.org/ns/structure/1.0"><empty/></element>'


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    (tmp_path / "a.rng").write_text(SCHEMA, encoding="utf-8")
    (tmp_path / "b.rng").write_text(INNER.format("b"), encoding="utf-8")
    return tmp_path / "a.rng"


def refuse(*_arguments: object, **_options: object) -> None:
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


def test_no_changed_byte_of_an_entry_changes_a_verdict(tmp_path: Path) -> None:
    schema = tmp_path / "b.rng"
    schema.write_text(INNER.format("b"), encoding="utf-8")
    compile_with_cache(schema, tmp_path / "cache")
    (entry,) = (tmp_path / "cache").iterdir()
    right = entry.read_bytes()
    for position in range(len(right)):
        entry.write_bytes(right[:position] + bytes([right[position] ^ 1]) + right[position + 1 :])
        found = compile_with_cache(schema, tmp_path / "cache")
        assert (found.is_valid("<b/>"), found.is_valid("<c/>")) == (True, False)
        assert entry.read_bytes() == right, "the entry is written anew"


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"files": {}, "data": [0]}', b"\xff", b'{"files": {"x": "y"}}'])
def test_an_entry_of_another_form_is_replaced(schema: Path, tmp_path: Path, content: bytes) -> None:
    """As if it had the right digest."""
    cache = DiskCache(tmp_path / "cache", compilation_cache._version())
    key = f"{schema}\0{schema}"
    cache.store("schema", key, content)
    assert cache.find("schema", key) == content
    assert compile_with_cache(schema, tmp_path / "cache").is_valid("<a><b/></a>")
    assert cache.find("schema", key) != content


def test_a_file_that_changes_while_it_is_read_is_not_kept(schema: Path, tmp_path: Path) -> None:
    compile_now = compilation_cache.compile_schema

    def compile_and_edit(path: Path | str, **options: Diagnostics) -> CompiledSchema:
        compiled = compile_now(path, diagnostics=options["diagnostics"])
        time.sleep(0.02)
        (tmp_path / "b.rng").write_text(INNER.format("c"), encoding="utf-8")
        return compiled

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compilation_cache, "compile_schema", compile_and_edit)
        assert compile_with_cache(schema, tmp_path / "cache").is_valid("<a><b/></a>")
    assert compile_with_cache(schema, tmp_path / "cache").is_valid("<a><c/></a>")


def test_a_cache_that_cannot_be_written_is_none(schema: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert compile_with_cache(schema, tmp_path / "file" / "cache").is_valid("<a><b/></a>")
    assert compile_with_cache(schema, tmp_path / "file").is_valid("<a><b/></a>")


def test_warnings_come_from_the_cache_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = '<s:schema xmlns:s="http://purl.oclc.org/dsdl/schematron"/>'
    schema = tmp_path / "a.rng"
    schema.write_text(INNER.format("a").replace("<empty/>", f"{rules}<empty/>"), encoding="utf-8")
    first, second = Diagnostics(), Diagnostics()
    compile_with_cache(schema, tmp_path / "cache", first)
    monkeypatch.setattr(compilation_cache, "compile_schema", refuse)
    compile_with_cache(schema, tmp_path / "cache", second)
    assert first.warnings == second.warnings
    assert [one.message for one in first.warnings] == ["the embedded rules of Schematron are not checked"]
