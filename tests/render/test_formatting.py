"""Formatting: as black leaves it, and kept from one run to the next."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from relaxgen.cache.disk_cache import CacheUse, DiskCache
from relaxgen.render import formatting, layout_cache, layout_processes, text_format
from relaxgen.render.formatting import NoPython, format_all
from relaxgen.render.layout_cache import LayoutCache, is_same_program
from relaxgen.render.text_format import format_text

REPOSITORY = Path(__file__).parents[2]
RAW = {"a.py": "x=1\n", "b.py": "def f( ):\n  return  1\n"}
FORMATTED = {"a.py": "x = 1\n", "b.py": "def f():\n    return 1\n"}


class Counter:
    """Counts how many texts are formatted."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.texts: list[str] = []

        def counting(text: str) -> str:
            self.texts.append(text)
            return format_text(text)

        monkeypatch.setattr(text_format, "format_text", counting)


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


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("def f(a, a):\n    pass\n", "duplicate argument 'a'"),
        ("return 1\n", "'return' outside function"),
        ("value_² = 1\n", "invalid character '²'"),
    ],
)
def test_what_does_not_compile_is_refused_as_a_bug(text: str, reason: str, cache: Path) -> None:
    with pytest.raises(NoPython) as caught:
        format_all({"a.py": "x = 1\n", "b.py": text})
    assert reason in caught.value.reason or "Cannot parse" in caught.value.reason
    assert "b.py" in str(caught.value) and "bug of relaxgen" in str(caught.value)


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
    assert len(list((tmp_path / "xdg" / "relaxgen").iterdir())) == len(RAW)


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
    monkeypatch.setattr(layout_cache, "version", lambda name: f"other {name}")
    format_all(RAW)
    assert counter.texts == [*RAW.values()] * 2


def test_progress_ends_with_everything_done(cache: Path) -> None:
    told: list[tuple[str, int, int]] = []
    format_all(RAW, lambda *step: told.append(step))
    assert told == [("format", 1, 2), ("format", 2, 2)]


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core formats alone")
def test_much_text_is_formatted_by_several_processes_with_the_same_result(cache: Path) -> None:
    assert sum(map(len, many_texts().values())) > formatting.FEWEST_FOR_PROCESSES
    assert format_all(many_texts()) == laid_out(many_texts())


@pytest.mark.parametrize(
    "more", [{}, {"large.py": f"x=1 # {'-' * 100}\n" * 400}], ids=["one process", "several processes"]
)
def test_a_text_that_is_no_python_is_told_with_its_path(cache: Path, more: dict[str, str]) -> None:
    with pytest.raises(NoPython) as raised:
        format_all({**RAW, "wrong.py": "class (:\n", **more})
    assert raised.value.path == "wrong.py"
    assert "1:6" in raised.value.reason


def many_texts() -> dict[str, str]:
    """Just enough for several processes."""
    return {f"{number}.py": f"x{number}=1 # {'-' * 100}\n" * 120 for number in range(4)}


def laid_out(texts: dict[str, str]) -> dict[str, str]:
    return {path: text.replace("=1 #", " = 1  #") for path, text in texts.items()}


def test_several_processes_are_started_without_forking_so_that_programs_with_threads_can_generate() -> None:
    program = (
        "import os, threading, warnings\n"
        "warnings.simplefilter('error')\n"
        "os.fork = None\n"
        "threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
        "from relaxgen.render.formatting import format_all\n"
        "raw = {f'{number}.py': f'x=1 # {\"-\" * 100}\\n' * 120 for number in range(4)}\n"
        "print(format_all(raw)['0.py'][:9].strip())\n"  # no `if __name__` around it, either
    )
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "RELAXGEN_CACHE": ""}
    finished = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert (finished.stdout, finished.stderr) == ("x = 1  #\n", "")


@pytest.mark.parametrize("executable", ["", "/no/such/interpreter", shutil.which("true") or "true"])
def test_where_no_interpreter_can_be_started_one_process_does_it_all(
    cache: Path, monkeypatch: pytest.MonkeyPatch, executable: str
) -> None:
    monkeypatch.setattr(layout_processes.sys, "executable", executable)
    outcomes = dict(layout_processes.outcomes(RAW, 2))
    assert outcomes == {path: (text, "") for path, text in FORMATTED.items()}


def test_a_run_that_formats_keeps_the_cache_within_its_bound(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DiskCache.shrink, "__defaults__", (200,))
    for number in range(9):
        format_all({"a.py": f"x={number}\n"})
    assert 0 < sum(file.stat().st_size for file in cache.iterdir()) <= 200


def test_no_changed_byte_of_an_entry_changes_a_text(cache: Path) -> None:
    raw = {"b.py": RAW["b.py"]}
    format_all(raw)
    (entry,) = cache.iterdir()
    right = entry.read_bytes()
    for position in range(len(right)):
        entry.write_bytes(right[:position] + bytes([right[position] ^ 1]) + right[position + 1 :])
        assert format_all(raw) == {"b.py": FORMATTED["b.py"]}


def test_a_cache_is_neither_read_nor_written_if_it_is_not_to_be_used(cache: Path, counter: Counter) -> None:
    format_all(RAW, cache_use=CacheUse.NEVER)
    format_all(RAW, cache_use=CacheUse.NEVER)
    assert counter.texts == [*RAW.values()] * 2
    assert not cache.exists()


def test_a_check_relies_only_on_entries_that_it_has_verified(cache: Path, counter: Counter) -> None:
    forged = {"a.py": "x = 2\n", "b.py": FORMATTED["b.py"]}
    entries = LayoutCache(CacheUse.FREELY)
    for path, text in forged.items():
        entries.store(RAW[path], text)
    assert format_all(RAW) == forged, "with the right digest, as only this user can write it"
    assert format_all(RAW, cache_use=CacheUse.CHECKED) == FORMATTED
    assert counter.texts == [RAW["a.py"]], "the right entry is used"
    assert format_all(RAW) == FORMATTED, "the forged entry has been replaced"


@pytest.mark.parametrize(
    ("raw", "layout", "same"),
    [
        ("x=1", "x = 1\n", True),
        ("f(a,b)", "f(\n    a,\n    b,\n)\n", True),
        ("def f():\n  'text'\n  return(1)", 'def f():\n    """text"""\n    return 1\n', True),
        ("x = 1", "x = 2", False),
        ("x = 1", "x = 1.0", False),
        ("x = 1", "x = True", False),
        ("x = (1, 2)", "x = (1, True)", False),
        ("a.b()", "a.c()", False),
        ("def f(a): return a", "def f(*, a): return a", False),
        ("def f(): return 1", "def f(): return 2", False),
        ("def f(): 'one'", "def f(): 'two'", False),
        ("def f():\n  if a: b()\n  c()", "def f():\n  if a:\n    b()\n    c()", False),
        ("class A: x: int = 1", "class A: x: str = 1", False),
        ("x = 1", "x = ", False),
        ("x = 1", "x = '\0", False),
    ],
)
def test_the_program_of_a_layout_is_compared(raw: str, layout: str, same: bool) -> None:
    assert is_same_program(raw, layout) is same
