"""Which generated files git does not know: those that a commit would be without.

A package on disk can be up to date and still not be in the commit: a schema got a new class, `relaxgen generate` wrote
a new module, and nobody added it. Ignored files count, too, since a line of a ``.gitignore`` can mean a module.
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
