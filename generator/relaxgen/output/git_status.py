"""Finds generated files that a commit would not contain.

A package on disk can be up to date and still be incomplete in the commit, for example if `relaxgen generate` wrote a
new module that was not added to git. Ignored files count, too, because a line of a ``.gitignore`` can match a module.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from ..diagnostics.errors import ConfigurationError, Diagnostic
from ..diagnostics.locations import SourceLocation
from . import Difference, DifferenceKind


def untracked(paths: Iterable[str], directory: Path) -> tuple[Difference, ...]:
    """Those of the files in `directory` that exist and are neither committed nor staged.

    Raises:
        ConfigurationError: there is no git, or no repository that the directory belongs to.
    """
    known = _known_to_git(directory)
    return tuple(
        Difference(path, DifferenceKind.UNTRACKED)
        for path in paths
        if os.path.lexists(directory / path) and os.path.abspath(directory / path) not in known
    )


def _known_to_git(directory: Path) -> set[str]:
    """Absolute paths. The environment stays as it is: in a hook it names the index that becomes the commit."""
    command = ["git", "ls-files", "-z", "--cached", "--", str(directory)]
    try:
        finished = subprocess.run(command, capture_output=True, check=False)
    except OSError:
        raise _refusal(SourceLocation("--tracked"), "git is not installed") from None
    if finished.returncode:
        raise _refusal(SourceLocation(str(directory)), "is not in a git repository here, so git tracks nothing of it")
    return {os.path.abspath(os.fsdecode(name)) for name in finished.stdout.split(b"\0") if name}


def _refusal(place: SourceLocation, message: str) -> ConfigurationError:
    return ConfigurationError(Diagnostic(place, message))
