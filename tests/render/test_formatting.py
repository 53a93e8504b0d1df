"""Formatting: as black leaves it, and kept from one run to the next."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from generator.render import formatting
from generator.render.formatting import NoPython, format_all, format_text

RAW = {"a.py": "x=1\n", "b.py": "def f( ):\n  return  1\n"}
FORMATTED = {"a.py": "x = 1\n", "b.py": "def f():\n    return 1\n"}


class Counter:
    """Counts how many texts are formatted."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.texts: list[str] = []

        def counting(text: str) -> str:
            self.texts.append(text)
            return format_text(text)

        monkeypatch.setattr(formatting, "format_text", counting)


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> Counter:
    return Counter(monkeypatch)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    directory = tmp_path / "cache"
    monkeypatch.setenv("RELAXGEN_CACHE", str(directory))
    return directory


def test_texts_come_back_formatted_and_in_order(cache: Path) -> None:
    assert format_all(RAW) == FORMATTED
    assert list(format_all(dict(reversed(RAW.items())))) == ["b.py", "a.py"]


def test_the_users_settings_do_not_decide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.black]\nline-length = 10\nskip-string-normalization = true\n")
    monkeypatch.chdir(tmp_path)
    assert format_text("name = 'a long line stays a line'\n") == 'name = "a long line stays a line"\n'


def test_what_was_formatted_is_kept(cache: Path, counter: Counter) -> None:
    assert format_all(RAW) == FORMATTED
    assert counter.texts == list(RAW.values())
    assert format_all({**RAW, "c.py": "y=2\n"}) == {**FORMATTED, "c.py": "y = 2\n"}
    assert counter.texts == [*RAW.values(), "y=2\n"]


def test_keeping_can_be_switched_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counter: Counter) -> None:
    monkeypatch.setenv("RELAXGEN_CACHE", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    format_all(RAW)
    format_all(RAW)
    assert counter.texts == [*RAW.values()] * 2
    assert not (tmp_path / "xdg").exists()


def test_without_a_choice_it_is_kept_where_caches_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RELAXGEN_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    format_all(RAW)
    assert len(list((tmp_path / "xdg" / "relaxgen" / "format").iterdir())) == len(RAW)


@pytest.mark.parametrize("damage", [b"", b"x = 99\n", b"\xff\xfe", b"x = 1\n\x00"], ids=repr)
def test_a_damaged_entry_is_not_believed(cache: Path, damage: bytes) -> None:
    format_all(RAW)
    for file in cache.iterdir():
        file.write_bytes(damage)
    assert format_all(RAW) == FORMATTED
    assert format_all(RAW) == FORMATTED


def test_a_cache_that_cannot_be_written_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("RELAXGEN_CACHE", str(tmp_path / "file"))
    assert format_all(RAW) == FORMATTED


def test_entries_are_directories_in_the_way(cache: Path) -> None:
    format_all(RAW)
    for file in list(cache.iterdir()):
        file.unlink()
        file.mkdir()
    assert format_all(RAW) == FORMATTED
    assert all(path.is_dir() for path in cache.iterdir()), "nothing temporary is left"


def test_another_release_of_black_has_entries_of_its_own(
    cache: Path, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    format_all(RAW)
    monkeypatch.setattr(formatting, "version", lambda name: f"other {name}")
    format_all(RAW)
    assert counter.texts == [*RAW.values()] * 2


def test_progress_ends_with_everything_done(cache: Path) -> None:
    told: list[tuple[str, int, int]] = []
    format_all(RAW, lambda *step: told.append(step))
    assert told == [("format", 1, 2), ("format", 2, 2)]


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core formats alone")
def test_much_text_is_formatted_by_several_processes_with_the_same_result(cache: Path) -> None:
    many = {f"{number}.py": f"x{number}=1\n" * 4000 for number in range(3)}
    assert format_all(many) == {path: text.replace("=", " = ") for path, text in many.items()}


@pytest.mark.parametrize("more", [{}, {"large.py": "x=1\n" * 20_000}], ids=["one process", "several processes"])
def test_a_text_that_is_no_python_is_told_with_its_path(cache: Path, more: dict[str, str]) -> None:
    with pytest.raises(NoPython) as raised:
        format_all({**RAW, "wrong.py": "class (:\n", **more})
    assert raised.value.path == "wrong.py"
    assert "1:6" in raised.value.reason
