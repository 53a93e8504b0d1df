"""The cache on disk: an entry never changes a result, nobody else's entries are used, and the size is bounded."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from relaxgen.cache import disk_cache
from relaxgen.cache.disk_cache import DiskCache, cache_directory, version_of_code

POSIX = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="owners and modes of POSIX")


@pytest.fixture
def cache(tmp_path: Path) -> DiskCache:
    return DiskCache(tmp_path / "cache", "1")


def only_entry(cache: DiskCache) -> Path:
    assert cache.directory is not None
    (entry,) = cache.directory.iterdir()
    return entry


def test_what_was_stored_is_found(cache: DiskCache) -> None:
    assert cache.find("text", "key") is None
    cache.store("text", "key", b"content")
    assert cache.find("text", "key") == b"content"
    cache.store("text", "key", b"")
    assert cache.find("text", "key") == b""
    assert cache.find("text", "other") is None
    assert cache.find("other", "key") is None


def test_every_changed_byte_of_an_entry_is_noticed(cache: DiskCache) -> None:
    cache.store("text", "key", b"some content")
    entry = only_entry(cache)
    right = entry.read_bytes()
    for position in range(len(right)):
        for change in (0x01, 0x80, 0xFF):
            entry.write_bytes(right[:position] + bytes([right[position] ^ change]) + right[position + 1 :])
            assert cache.find("text", "key") is None
        entry.write_bytes(right[:position])
        assert cache.find("text", "key") is None
        entry.write_bytes(right[:position] + b"x" + right[position:])
        assert cache.find("text", "key") is None
    entry.write_bytes(right)
    assert cache.find("text", "key") == b"some content"


def test_an_entry_of_another_version_or_key_is_not_used(cache: DiskCache) -> None:
    cache.store("text", "key", b"content")
    entry = only_entry(cache)
    other = DiskCache(cache.directory, "2")
    assert other.find("text", "key") is None
    other.store("text", "key", b"of version 2")
    cache.store("text", "second", b"of another key")
    assert cache.directory is not None
    for file in cache.directory.iterdir():
        entry.write_bytes(file.read_bytes()) if file != entry else None
        assert cache.find("text", "key") in (b"content", None), "entries cannot take each other's place"


@POSIX
@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777, 0o1777])
def test_a_directory_that_others_can_write_to_is_not_used(cache: DiskCache, mode: int) -> None:
    assert cache.directory is not None
    cache.store("text", "key", b"content")
    cache.directory.chmod(mode)
    assert cache.find("text", "key") is None
    cache.store("text", "other", b"content")
    cache.shrink(0)
    assert len(list(cache.directory.iterdir())) == 1
    cache.directory.chmod(0o755)
    assert cache.find("text", "key") == b"content"


@POSIX
def test_a_file_that_others_can_write_to_is_not_used(cache: DiskCache) -> None:
    cache.store("text", "key", b"content")
    only_entry(cache).chmod(0o622)
    assert cache.find("text", "key") is None
    cache.store("text", "key", b"content")
    assert only_entry(cache).stat().st_mode & 0o777 == 0o600
    assert cache.find("text", "key") == b"content"


@POSIX
def test_what_belongs_to_another_user_is_not_used(cache: DiskCache, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.store("text", "key", b"content")
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    assert cache.find("text", "key") is None


@POSIX
def test_the_directory_is_made_for_its_user_alone(cache: DiskCache) -> None:
    before = os.umask(0)
    try:
        cache.store("text", "key", b"content")
    finally:
        os.umask(before)
    assert cache.directory is not None
    assert cache.directory.stat().st_mode & 0o777 == 0o700


@POSIX
def test_links_and_pipes_in_the_place_of_entries_are_not_read(cache: DiskCache, tmp_path: Path) -> None:
    cache.store("text", "key", b"content")
    entry = only_entry(cache)
    entry.rename(tmp_path / "elsewhere")
    entry.symlink_to(tmp_path / "elsewhere")
    assert cache.find("text", "key") is None
    entry.unlink()
    os.mkfifo(entry, 0o600)
    assert cache.find("text", "key") is None
    cache.store("text", "key", b"content")
    assert cache.find("text", "key") == b"content"


def test_no_directory_keeps_nothing() -> None:
    cache = DiskCache(None, "1")
    cache.store("text", "key", b"content")
    cache.shrink(0)
    assert cache.find("text", "key") is None


def test_a_directory_that_cannot_be_made_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for directory in (tmp_path / "file", tmp_path / "file" / "cache", tmp_path / ("x" * 5000)):
        cache = DiskCache(directory, "1")
        cache.store("text", "key", b"content")
        cache.shrink(0)
        assert cache.find("text", "key") is None


def stored(cache: DiskCache, key: str, days_ago: int) -> Path:
    assert cache.directory is not None
    before = set(cache.directory.iterdir()) if cache.directory.exists() else set()
    cache.store("text", key, b"x" * 1000)
    (entry,) = set(cache.directory.iterdir()) - before
    moment = time.time() - days_ago * 24 * 60 * 60
    os.utime(entry, (moment, moment))
    return entry


def test_entries_that_have_not_been_used_for_longest_are_removed_first(cache: DiskCache) -> None:
    names = ["new", "middle", "old", "used"]
    entries = {name: stored(cache, name, days_ago) for days_ago, name in enumerate(names, start=2)}
    assert cache.directory is not None
    foreign = cache.directory / "notes.txt"
    foreign.write_text("x" * 10_000, encoding="utf-8")
    assert cache.find("text", "used") is not None
    cache.shrink(5000)
    assert all(entry.exists() for entry in entries.values())
    cache.shrink(4000)
    assert [name for name, entry in entries.items() if entry.exists()] == ["new", "used"]
    assert foreign.exists(), "a file of another origin is never removed"


def test_an_entry_that_is_too_large_is_not_read(cache: DiskCache, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.store("text", "key", b"x" * 1000)
    monkeypatch.setattr(disk_cache, "MOST_BYTES", 500)
    assert cache.find("text", "key") is None


def test_the_directory_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RELAXGEN_CACHE", str(tmp_path))
    assert cache_directory() == tmp_path
    monkeypatch.setenv("RELAXGEN_CACHE", "")
    assert cache_directory() is None
    monkeypatch.delenv("RELAXGEN_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_directory() == tmp_path / "relaxgen"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME" if sys.platform != "win32" else "USERPROFILE", str(tmp_path))
    assert cache_directory() == tmp_path / ".cache" / "relaxgen"


def test_the_version_of_code_changes_with_every_file(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1", encoding="utf-8")
    first = version_of_code(tmp_path)
    assert version_of_code(tmp_path) == first
    (tmp_path / "a.py").write_text("x = 12", encoding="utf-8")
    second = version_of_code(tmp_path)
    (tmp_path / "b.py").touch()
    assert len({first, second, version_of_code(tmp_path)}) == 3
