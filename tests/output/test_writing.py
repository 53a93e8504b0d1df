"""A tree is written into a directory: what changes, what is kept, what is refused."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
import relaxgen.output.replacement as replacement
from relaxgen.diagnostics.errors import OutputError
from relaxgen.output import HEADER, OutputTree, compare, write

FIRST_LINE = f"{HEADER} from domain.rng. Do not edit.\n"
TREE = {
    "__init__.py": FIRST_LINE,
    "disk.py": f"{FIRST_LINE}class Disk: ...\n",
    "_runtime/__init__.py": FIRST_LINE,
    "_runtime/faults.py": f"{FIRST_LINE}class Fault: ...\n",
    "py.typed": "",
}
LONG_AGO = 1_000_000_000


def module(text: str) -> str:
    return FIRST_LINE + text


def files(directory: Path) -> dict[str, str]:
    return {
        file.relative_to(directory).as_posix(): file.read_text(encoding="utf-8")
        for file in sorted(directory.rglob("*"))
        if file.is_file()
    }


def make_old(directory: Path) -> None:
    for file in directory.rglob("*"):
        os.utime(file, (LONG_AGO, LONG_AGO))


@pytest.fixture
def package(tmp_path: Path) -> Path:
    directory = tmp_path / "domain"
    write(TREE, directory)
    make_old(directory)
    return directory


def test_a_new_directory_is_made_with_its_parents(tmp_path: Path) -> None:
    summary = write(TREE, tmp_path / "src" / "acme" / "domain")
    assert files(tmp_path / "src" / "acme" / "domain") == TREE
    assert (set(summary.written), summary.unchanged, summary.removed) == (set(TREE), (), ())


def test_an_empty_directory_is_filled(tmp_path: Path) -> None:
    (tmp_path / "domain").mkdir()
    write(TREE, tmp_path / "domain")
    assert files(tmp_path / "domain") == TREE


def test_a_relative_directory_can_be_given_and_the_working_directory_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(TREE, Path("domain"))
    monkeypatch.chdir(tmp_path / "domain")
    assert write(TREE, Path()).written == (), "nothing changes"
    with pytest.raises(OutputError, match="is or contains the working directory"):
        write(TREE | {"disk.py": module("changed\n")}, Path())
    assert files(tmp_path / "domain") == TREE


def test_nothing_is_touched_where_nothing_changes(package: Path) -> None:
    before = package.stat()
    summary = write(TREE, package)
    assert (summary.written, set(summary.unchanged), summary.removed) == ((), set(TREE), ())
    after = package.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_unchanged_files_keep_their_time_stamps(package: Path) -> None:
    summary = write(TREE | {"disk.py": module("changed\n")}, package)
    assert summary.written == ("disk.py",)
    assert (package / "_runtime" / "faults.py").stat().st_mtime == LONG_AGO
    assert (package / "disk.py").stat().st_mtime != LONG_AGO


def test_lines_end_in_line_feeds_and_text_is_utf_8(tmp_path: Path) -> None:
    write({"__init__.py": module("é\n")}, tmp_path / "domain")
    assert (tmp_path / "domain" / "__init__.py").read_bytes() == module("é\n").encode()


def test_files_of_ours_that_are_no_longer_produced_are_removed_with_their_directories(package: Path) -> None:
    bytecode = package / "_runtime" / "__pycache__" / "faults.cpython-311.pyc"
    bytecode.parent.mkdir()
    bytecode.touch()
    smaller = {path: text for path, text in TREE.items() if not path.startswith("_runtime")}
    summary = write(smaller | {"_runtime/__init__.py": FIRST_LINE}, package)
    assert summary.removed == ("_runtime/faults.py",)
    assert not bytecode.exists()
    write(smaller, package)
    assert not (package / "_runtime").exists()


def test_a_module_can_become_a_package_and_the_reverse(package: Path) -> None:
    other = {path: text for path, text in TREE.items() if path != "disk.py"} | {"disk.py/inner.py": FIRST_LINE}
    write(other, package)
    assert files(package) == other
    write(TREE, package)
    assert files(package) == TREE


def test_foreign_files_stay_as_they_are(package: Path) -> None:
    (package / "notes.txt").write_text("mine", encoding="utf-8")
    (package / "own").mkdir()
    (package / "own" / "extension.py").write_text("mine too", encoding="utf-8")
    (package / "empty").mkdir()
    (package / "link").symlink_to("notes.txt")
    os.utime(package / "notes.txt", (LONG_AGO, LONG_AGO))
    inode = (package / "notes.txt").stat().st_ino
    write(TREE | {"disk.py": module("changed\n")}, package)
    assert (package / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert (package / "notes.txt").stat().st_mtime == LONG_AGO
    assert (package / "notes.txt").stat().st_ino == inode
    assert (package / "own" / "extension.py").read_text(encoding="utf-8") == "mine too"
    assert (package / "empty").is_dir()
    assert (package / "link").is_symlink()


def test_foreign_files_stay_the_same_files_where_links_cannot_be_made(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError(1, "no links here")

    (package / "notes.txt").write_text("mine", encoding="utf-8")
    inode = (package / "notes.txt").stat().st_ino
    monkeypatch.setattr(Path, "hardlink_to", refuse)
    write(TREE | {"disk.py": module("changed\n")}, package)
    assert (package / "notes.txt").stat().st_ino == inode
    assert (package / "_runtime" / "faults.py").stat().st_mtime == LONG_AGO


def test_what_is_saved_in_the_directory_during_the_replacement_is_not_lost(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = replacement.exchange

    def save_then_exchange(first: Path, second: Path) -> bool:
        (package / "notes.txt").write_text("saved meanwhile", encoding="utf-8")
        return exchange(first, second)

    monkeypatch.setattr(replacement, "exchange", save_then_exchange)
    write(TREE | {"disk.py": module("changed\n")}, package)
    assert (package / "notes.txt").read_text(encoding="utf-8") == "saved meanwhile"


def test_bytecode_of_changed_modules_goes_and_other_bytecode_stays(package: Path) -> None:
    cache = package / "__pycache__"
    cache.mkdir()
    for name in ("disk.cpython-311.pyc", "__init__.cpython-311.pyc"):
        (cache / name).touch()
    write(TREE | {"disk.py": module("changed\n")}, package)
    assert [file.name for file in cache.iterdir()] == ["__init__.cpython-311.pyc"]


def test_modes_of_files_and_directories_stay(package: Path) -> None:
    (package / "disk.py").chmod(0o640)
    package.chmod(0o750)
    (package / "_runtime").chmod(0o700)
    write(TREE | {"disk.py": module("changed\n")}, package)
    modes = [stat.S_IMODE((package / path).stat().st_mode) for path in ("disk.py", ".", "_runtime")]
    assert modes == [0o640, 0o750, 0o700]


def test_a_generated_package_further_down_is_left_alone(package: Path) -> None:
    write(TREE, package / "network")
    summary = write(TREE | {"disk.py": module("changed\n")}, package)
    assert summary.removed == ()
    assert files(package / "network") == TREE
    assert compare(TREE, package / "network") == ()


def test_an_empty_file_may_be_overwritten(package: Path) -> None:
    (package / "pool.py").touch()
    write(TREE | {"pool.py": FIRST_LINE}, package)
    assert (package / "pool.py").read_text(encoding="utf-8") == FIRST_LINE


def test_a_directory_with_nothing_but_bytecode_and_empty_files_is_taken(tmp_path: Path) -> None:
    cache = tmp_path / "domain" / "__pycache__"
    cache.mkdir(parents=True)
    (cache / "disk.cpython-311.pyc").write_bytes(b"x")
    (tmp_path / "domain" / "py.typed").touch()
    write(TREE, tmp_path / "domain")
    assert files(tmp_path / "domain") == TREE


def snapshot(directory: Path) -> list[tuple[str, int, int]]:
    return sorted((str(file), file.lstat().st_ino, file.lstat().st_mtime_ns) for file in directory.rglob("*"))


def foreign_directory(tmp_path: Path) -> None:
    (tmp_path / "domain").mkdir()
    (tmp_path / "domain" / "domain.rng").write_text("<grammar/>", encoding="utf-8")


def file_in_place(tmp_path: Path) -> None:
    (tmp_path / "domain").write_text("mine", encoding="utf-8")


def link_in_place(tmp_path: Path) -> None:
    write(TREE, tmp_path / "elsewhere")
    (tmp_path / "domain").symlink_to("elsewhere")


def dangling_link(tmp_path: Path) -> None:
    (tmp_path / "domain").symlink_to("nowhere")


def hand_written_module(tmp_path: Path) -> None:
    write({path: text for path, text in TREE.items() if path != "disk.py"}, tmp_path / "domain")
    (tmp_path / "domain" / "disk.py").write_text("class Disk: mine\n", encoding="utf-8")


def file_for_a_directory(tmp_path: Path) -> None:
    write({"__init__.py": FIRST_LINE}, tmp_path / "domain")
    (tmp_path / "domain" / "_runtime").write_text("mine", encoding="utf-8")


def directory_for_a_file(tmp_path: Path) -> None:
    write({"__init__.py": FIRST_LINE}, tmp_path / "domain")
    (tmp_path / "domain" / "disk.py").mkdir()
    (tmp_path / "domain" / "disk.py" / "mine.txt").write_text("mine", encoding="utf-8")


def link_for_a_file(tmp_path: Path) -> None:
    write({"__init__.py": FIRST_LINE}, tmp_path / "domain")
    (tmp_path / "target.py").write_text(FIRST_LINE, encoding="utf-8")
    (tmp_path / "domain" / "disk.py").symlink_to(tmp_path / "target.py")


def link_for_a_directory(tmp_path: Path) -> None:
    write({"__init__.py": FIRST_LINE}, tmp_path / "domain")
    (tmp_path / "support").mkdir()
    (tmp_path / "domain" / "_runtime").symlink_to(tmp_path / "support")


def fifo_for_a_file(tmp_path: Path) -> None:
    write({"__init__.py": FIRST_LINE}, tmp_path / "domain")
    os.mkfifo(tmp_path / "domain" / "disk.py")


@pytest.mark.parametrize(
    ("prepare", "complaint"),
    [
        (
            foreign_directory,
            "domain: is not a package that relaxgen made: it contains domain.rng; choose another directory",
        ),
        (file_in_place, "domain: is a file, expected a directory"),
        (link_in_place, "domain: is a symbolic link; give the directory that it leads to: elsewhere"),
        (dangling_link, "domain: is a symbolic link"),
        (hand_written_module, "domain/disk.py: is not generated by relaxgen, and is in the way"),
        (file_for_a_directory, "domain/_runtime: is not generated by relaxgen, and is in the way"),
        (directory_for_a_file, "domain/disk.py/mine.txt: is not generated by relaxgen, and is in the way"),
        (link_for_a_file, "domain/disk.py: is not generated by relaxgen, and is in the way"),
        (link_for_a_directory, "domain/_runtime: is not generated by relaxgen, and is in the way"),
        (fifo_for_a_file, "domain/disk.py: is not generated by relaxgen, and is in the way"),
    ],
)
def test_where_it_would_hurt_nothing_is_touched(
    tmp_path: Path, prepare: Callable[[Path], None], complaint: str
) -> None:
    prepare(tmp_path)
    before = snapshot(tmp_path)
    with pytest.raises(OutputError) as caught:
        write(TREE, tmp_path / "domain")
    assert f"{tmp_path}/{complaint}" in str(caught.value)
    assert snapshot(tmp_path) == before


def test_a_file_among_the_parents_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="file: is a file, expected a directory"):
        write(TREE, tmp_path / "file" / "domain")


@pytest.mark.parametrize("unwritable", ["out/domain", "out"])
def test_an_unwritable_directory_is_refused_untouched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unwritable: str
) -> None:
    """The permission is simulated, since tests may run as root, who has them all."""
    directory = tmp_path / "out" / "domain"
    write(TREE, directory)
    before = snapshot(tmp_path)
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path / unwritable)
    with pytest.raises(OutputError) as caught:
        write(TREE | {"disk.py": module("changed\n")}, directory)
    assert str(caught.value) == f"{tmp_path / unwritable}: cannot be written: permission denied"
    assert snapshot(tmp_path) == before
    assert write(TREE, directory).written == (), "an unchanged package needs no permission"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_without_write_permission_is_refused(package: Path) -> None:
    package.chmod(0o500)
    try:
        with pytest.raises(OutputError, match="permission denied"):
            write(TREE | {"disk.py": module("changed\n")}, package)
    finally:
        package.chmod(0o700)


def test_a_full_disk_leaves_the_old_package(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(file: Path, text: str) -> None:
        raise OSError(28, "No space left on device", str(file))

    monkeypatch.setattr(replacement, "_write_file", no_space)
    with pytest.raises(OutputError, match=r"disk\.py: cannot be written: No space left on device"):
        write(TREE | {"disk.py": module("changed\n")}, package)
    assert files(package) == TREE
    assert list(package.parent.iterdir()) == [package]


def test_a_file_system_that_cannot_rename_directories_is_named_as_the_reason(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An overlay's lower layer answers EXDEV, as found in container images."""

    def cross_device(first: Path, second: Path) -> bool:
        raise OSError(18, "Invalid cross-device link", str(first))

    monkeypatch.setattr(replacement, "exchange", cross_device)
    with pytest.raises(OutputError, match="cannot replace the directory in one step, so remove the directory first"):
        write(TREE | {"disk.py": module("changed\n")}, package)
    assert files(package) == TREE


@pytest.mark.parametrize(
    "tree",
    [
        {"../evil.py": FIRST_LINE},
        {"/etc/evil.py": FIRST_LINE},
        {"a/../../evil.py": FIRST_LINE},
        {"./a.py": FIRST_LINE},
        {"": FIRST_LINE},
        {"a\\..\\b.py": FIRST_LINE},
        {"c:evil.py": FIRST_LINE},
        {"a\0.py": FIRST_LINE},
        {"a.py": "no header"},
        {"a": FIRST_LINE, "a/b.py": FIRST_LINE},
        {"Disk.py": FIRST_LINE, "disk.py": FIRST_LINE},
    ],
)
def test_a_tree_cannot_leave_its_directory_or_hold_files_without_an_owner(tmp_path: Path, tree: OutputTree) -> None:
    for use in (write, compare):
        with pytest.raises(ValueError):
            use(tree, tmp_path / "domain")
    assert list(tmp_path.iterdir()) == []
