"""Writes the schemas of a git revision into a temporary directory.

Nothing in the repository changes: git uses a temporary index and no worktree. All files with the given suffixes are
written, so that included files come from the same revision.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from ..diagnostics.errors import ConfigurationError, Diagnostic, did_you_mean
from ..diagnostics.locations import SourceLocation


@dataclass(frozen=True, slots=True)
class Revision:
    """``name`` is what the user called it, ``repository`` the directory of the working tree."""

    name: str
    repository: Path

    def path_of(self, path: Path) -> Path:
        """Where a path of the working tree is in the repository.

        Raises:
            ConfigurationError: it is not in it.
        """
        absolute = Path(os.path.abspath(path))
        for candidate in (absolute, absolute.parent.resolve() / absolute.name):
            if candidate.is_relative_to(self.repository):
                return candidate.relative_to(self.repository)
        message = f"is not in the repository {self.repository}, so {self.name} cannot have it"
        raise ConfigurationError(Diagnostic(SourceLocation(str(path)), message))


@dataclass(frozen=True, slots=True)
class Checkout:
    """The files of a revision, below ``directory``."""

    revision: Revision
    directory: Path

    def has(self, path: Path) -> bool:
        return (self.directory / self.revision.path_of(path)).exists()

    def file(self, path: Path) -> Path:
        """Returns the copy of a file or directory of the working tree.

        Raises:
            ConfigurationError: the revision does not have it.
        """
        inside = self.revision.path_of(path)
        found = self.directory / inside
        if not found.exists():
            known = [file.relative_to(self.directory).as_posix() for file in self.directory.rglob("*")]
            hint = did_you_mean(inside.as_posix(), known)
            message = f"the revision has no such file or directory{hint}"
            raise ConfigurationError(Diagnostic(SourceLocation(self._name(inside)), message))
        return found

    def shown(self, location: SourceLocation) -> SourceLocation:
        """A place as ``REV:path``, with all the inclusions that led to it."""
        outer = location.included_from
        return replace(location, path=self.text(location.path), included_from=outer and self.shown(outer))

    def text(self, text: str) -> str:
        """A text, with ``REV:path`` for the paths of our directory."""
        return text.replace(f"{self.directory}{os.sep}", f"{self.revision.name}:")

    def diagnostic(self, diagnostic: Diagnostic) -> Diagnostic:
        related = tuple((self.shown(place), self.text(text)) for place, text in diagnostic.related)
        location, message = self.shown(diagnostic.location), self.text(diagnostic.message)
        return replace(diagnostic, location=location, message=message, related=related)

    def _name(self, inside: Path) -> str:
        return f"{self.revision.name}:{inside.as_posix()}"


def find_revision(name: str, start: Path) -> Revision:
    """The revision of the repository that `start` is in.

    Raises:
        ConfigurationError: there is no repository, no such revision, or no git.
    """
    directory = start if start.is_dir() else start.parent
    top = _git(directory, "rev-parse", "--show-toplevel")
    if top.returncode:
        message = f"is not in a git repository, so there is no revision {name!r} to compare with"
        raise ConfigurationError(Diagnostic(SourceLocation(str(directory.absolute())), message))
    repository = Path(os.fsdecode(top.stdout).rstrip("\n"))
    if _git(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}").returncode:
        hint = did_you_mean(name, _names(repository))
        message = f"the repository has no revision {name!r}{hint}"
        raise ConfigurationError(Diagnostic(SourceLocation(str(repository)), message))
    return Revision(name, repository)


def tags_of(start: Path) -> list[str]:
    """The tags of the repository that `start` is in.

    Raises:
        ConfigurationError: there is no repository, or no git.
    """
    listed = _git(start, "for-each-ref", "--format=%(refname:short)", "refs/tags")
    if listed.returncode:
        message = "is not in a git repository, so there are no tags"
        raise ConfigurationError(Diagnostic(SourceLocation(str(start.absolute())), message))
    return os.fsdecode(listed.stdout).split()


def check_out(revision: Revision, target: Path, suffixes: Collection[str], files: Iterable[str] = ()) -> Checkout:
    """Writes the files with `suffixes`, and those called as one of `files`, below `target`."""
    directory = target.resolve() / "files"
    directory.mkdir()
    index = {"GIT_INDEX_FILE": str(target.resolve() / "index")}
    _done(_git(revision.repository, "read-tree", "--end-of-options", f"{revision.name}^{{tree}}", variables=index))
    listed = _done(_git(revision.repository, "ls-files", "-z", "--cached", "--full-name", variables=index))
    wanted = [name for name in listed.split(b"\0") if name and _is_wanted(name, suffixes, files)]
    names = b"".join(name + b"\0" for name in wanted)
    command = ("checkout-index", "--quiet", "-z", "--stdin", f"--prefix={directory}{os.sep}")
    _done(_git(revision.repository, *command, variables=index, data=names))
    return Checkout(revision, directory)


def _is_wanted(name: bytes, suffixes: Collection[str], files: Iterable[str]) -> bool:
    path = Path(os.fsdecode(name))
    return path.suffix in suffixes or path.name in files


def _names(repository: Path) -> list[str]:
    listed = _git(repository, "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/tags", "refs/remotes")
    return os.fsdecode(listed.stdout).split()


def _git(
    directory: Path, *arguments: str, variables: dict[str, str] | None = None, data: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """In a hook of git the environment names a repository and an index, which need not be those of `directory`."""
    environment = {name: value for name, value in os.environ.items() if name not in _OF_HOOKS}
    try:
        return subprocess.run(
            ["git", *arguments],
            cwd=directory,
            env={**environment, "LC_ALL": "C", **(variables or {})},
            input=data,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        message = "git is not installed, and revisions cannot be compared without it"
        raise ConfigurationError(Diagnostic(SourceLocation("git"), message)) from None


_OF_HOOKS = frozenset({"GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX"})


def _done(process: subprocess.CompletedProcess[bytes]) -> bytes:
    if process.returncode:
        reason = process.stderr.decode("utf-8", "replace").strip().splitlines()
        message = f"git could not read the revision: {reason[-1] if reason else 'no reason given'}"
        raise ConfigurationError(Diagnostic(SourceLocation("git"), message))
    return process.stdout
