"""Where an output directory cannot be used, and what the operating system refuses: errors for the user."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..diagnostics.errors import Diagnostic, OutputError
from ..diagnostics.locations import SourceLocation


def refusal(path: Path, message: str) -> OutputError:
    return OutputError(Diagnostic(SourceLocation(str(path)), message))


@contextmanager
def refusing(directory: Path, what: str) -> Iterator[None]:
    """A full disk or a missing permission is the user's to mend, so it becomes an `OutputError`."""
    try:
        yield
    except OSError as error:
        place = Path(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else directory
        reason = error.strerror or str(error)
        if error.errno in (errno.EXDEV, errno.EBUSY):
            reason += "; this file system cannot replace the directory in one step, so remove the directory first"
        raise refusal(place, f"{what}: {reason}") from None


def check_kind(directory: Path) -> None:
    """An output directory is a directory, or does not exist yet."""
    if directory.is_symlink():
        raise refusal(directory, f"is a symbolic link; give the directory that it leads to: {directory.readlink()}")
    if os.path.lexists(directory) and not directory.is_dir():
        raise refusal(directory, "is a file, expected a directory")


def check_replaceable(directory: Path) -> None:
    """Checks that the directory and its parent can be written: both change when a new directory replaces the old
    one."""
    if not directory.name:
        raise refusal(directory, "cannot be the directory of a package")
    if not directory.exists():
        _check_writable(next(parent for parent in directory.parents if os.path.lexists(parent)))
        return
    if _holds_working_directory(directory):
        raise refusal(directory, "is or contains the working directory, and would be replaced; run this elsewhere")
    if os.path.ismount(directory):
        raise refusal(directory, "is a mount point and cannot be replaced; give a directory in it")
    _check_writable(directory)
    _check_writable(directory.parent)


def _holds_working_directory(directory: Path) -> bool:
    """The shell that called us would be left in a directory that is gone."""
    try:
        here = Path.cwd()
    except OSError:
        return False
    return here.is_relative_to(os.path.realpath(directory))


def _check_writable(directory: Path) -> None:
    if not directory.is_dir():
        raise refusal(directory, "is a file, expected a directory")
    if not os.access(directory, os.W_OK | os.X_OK):
        raise refusal(directory, "cannot be written: permission denied")
