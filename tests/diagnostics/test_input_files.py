"""The order of the files that a package is made from."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest
from relaxgen.diagnostics.input_files import below_common_directory, each_once


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
