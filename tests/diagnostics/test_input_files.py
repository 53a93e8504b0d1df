"""Which files are meant, and in what order."""

from __future__ import annotations

import errno
import os
from itertools import permutations
from pathlib import Path

import pytest
from relaxgen.diagnostics.errors import ConfigurationError
from relaxgen.diagnostics.input_files import below_common_directory, each_once, files_below


@pytest.mark.parametrize(
    "expected",
    [
        ["disk.rng", "pool.rng"],
        ["disk.rng", "a/pool.rng", "b/pool.rng"],
        ["pool.rng", "a/pool.rng", "a/b/pool.rng"],
        ["z/a.rng", "a/z.rng"],
    ],
)
@pytest.mark.parametrize("checkout", ["a", "z/deep"])
def test_files_stand_in_one_order_whatever_the_order_of_the_arguments_and_the_checkout(
    tmp_path: Path, expected: list[str], checkout: str
) -> None:
    files = [tmp_path / checkout / name for name in expected]
    assert {each_once(given) for given in permutations(files)} == {tuple(files)}


def test_a_file_is_taken_once_even_where_two_paths_lead_to_it(tmp_path: Path) -> None:
    file = tmp_path / "disk.rng"
    file.touch()
    link = tmp_path / "link.rng"
    link.symlink_to(file)
    other = tmp_path / "other" / ".." / "disk.rng"
    for given in permutations([link, file, other]):
        assert each_once(given) in [(file,), (other,)]
    assert len({each_once(given) for given in permutations([link, file, other])}) == 1


def test_the_directory_of_all_files_is_no_part_of_their_names(tmp_path: Path) -> None:
    given = [tmp_path / "disk.rng", tmp_path / "old" / "disk.rng"]
    assert below_common_directory(given) == [Path("disk.rng"), Path("old/disk.rng")]
    assert below_common_directory([]) == []


def test_files_of_hidden_directories_are_not_meant(tmp_path: Path) -> None:
    for name in ("b.rng", "a/c.rnc", "a/d.xml", ".git/e.rng", "a/.f.rng"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "link.rng").symlink_to("nowhere")
    assert files_below(tmp_path, ".rng", ".rnc") == [tmp_path / "a/c.rnc", tmp_path / "b.rng"]


def test_a_directory_that_cannot_be_read_is_a_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inside").mkdir()
    scan = os.scandir

    def scandir(path: str) -> object:
        if Path(path).name == "inside":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(ConfigurationError, match=r"inside: cannot be read: Permission denied$"):
        files_below(tmp_path, ".rng")
