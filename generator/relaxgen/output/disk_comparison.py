"""A tree against the files on disk, for `relaxgen check`: nothing is written, no time stamp moves."""

from __future__ import annotations

import os
from dataclasses import dataclass
from difflib import unified_diff
from enum import Enum
from pathlib import Path

from .content import is_regular, survey
from .output_tree import OutputTree, check_tree, kind_of
from .refusal import check_kind, refusing


class DifferenceKind(Enum):
    MISSING = "missing"
    CHANGED = "changed"
    ORPHANED = "orphaned"
    UNTRACKED = "untracked"


@dataclass(frozen=True, slots=True)
class Difference:
    """One file that is not as it would be generated now.

    ``diff`` leads from the file to the generated text, ``line`` is where it begins; both for changed files only.
    An orphaned file bears our header and is no longer produced. An untracked one is right, and git does not know it;
    `compare` finds none of these.
    """

    path: str
    kind: DifferenceKind
    diff: str = ""
    line: int = 0


def compare(tree: OutputTree, directory: Path) -> tuple[Difference, ...]:
    """How the files in `directory` differ from the tree, in the order of their paths.

    Raises:
        OutputError: the directory or a file in it cannot be read.
    """
    check_tree(tree)
    with refusing(directory, "cannot be read"):
        check_kind(directory)
        content = survey(directory, kind_of(tree))
        differences = [_difference(path, text, directory / path) for path, text in tree.items()]
    found = [difference for difference in differences if difference is not None]
    found.extend(Difference(path, DifferenceKind.ORPHANED) for path in content.ours if path not in tree)
    return tuple(sorted(found, key=lambda difference: difference.path))


def _difference(path: str, text: str, file: Path) -> Difference | None:
    if not os.path.lexists(file):
        return Difference(path, DifferenceKind.MISSING)
    if not is_regular(file):
        return Difference(path, DifferenceKind.CHANGED, f"{file} is not a regular file\n", 1)
    content = file.read_bytes()
    if content == text.encode():
        return None
    before = content.decode("utf-8", "backslashreplace").splitlines(keepends=True)
    after = text.splitlines(keepends=True)
    diff = unified_diff(before, after, str(file), f"{file} (as generated)")
    text = "".join(line if line.endswith("\n") else f"{line}\n" for line in diff)
    return Difference(path, DifferenceKind.CHANGED, text, _first_difference(before, after))


def _first_difference(before: list[str], after: list[str]) -> int:
    same = 0
    for old, new in zip(before, after, strict=False):
        if old != new:
            break
        same += 1
    return max(1, min(same + 1, len(before)))
