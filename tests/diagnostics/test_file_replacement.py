"""A file gets its new content in one step, or stays what it was."""

import stat
from pathlib import Path

import pytest
from relaxgen.diagnostics.file_replacement import replace_file


def mode_of(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def test_permissions_stay(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"old")
    file.chmod(0o640)
    replace_file(file, b"new")
    assert (file.read_bytes(), mode_of(file)) == (b"new", 0o640)


def test_a_new_file_has_the_permissions_of_others(tmp_path: Path) -> None:
    replace_file(tmp_path / "file", b"new")
    (tmp_path / "other").write_bytes(b"")
    assert mode_of(tmp_path / "file") == mode_of(tmp_path / "other")


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    (tmp_path / "link").symlink_to("file")
    replace_file(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_bytes() == b"new"


def test_a_failure_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"old")

    def refuse(*_paths: object) -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="no space left"):
        replace_file(tmp_path / "file", b"new")
    assert [file.name for file in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_bytes() == b"old"
