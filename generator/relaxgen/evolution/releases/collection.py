"""The releases of a schema, in the order of their versions.

    --versions DIR                          DIR holds a directory for each release: 9.0.0/, 11.3.0/, …
    --versions 9.0.0=DIR,11.3.0=DIR         a directory for each release
    --tags 'v*' --path src/conf/schemas     tags of the git repository around, and the directory in each

SCHEMA is the name of the schema in each directory, or the end of its path.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from ...diagnostics.errors import ConfigurationError, Diagnostic, SchemaError, Severity, did_you_mean
from ...diagnostics.input_files import files_below
from ...diagnostics.locations import SourceLocation
from ...python.release_table import version_key
from ...relaxng.loading import SCHEMA_SUFFIXES
from ..revisions import check_out, find_revision, tags_of


@dataclass(frozen=True, slots=True)
class Release:
    """``schema`` is the file of this release."""

    name: str
    schema: Path

    def left_out(self, error: SchemaError) -> Diagnostic:
        """The warning about a schema that is not correct."""
        first = error.diagnostics[0]
        message = f"release {self.name} is left out, since its schema is not correct: {first.message}"
        return Diagnostic(first.location, message, Severity.WARNING)


@dataclass(frozen=True, slots=True)
class ReleaseArguments:
    """``only`` are the versions to look at, all where it is empty."""

    schema: str
    versions: str = ""
    tags: str = ""
    path: str = ""
    only: tuple[str, ...] = ()


@contextmanager
def open_releases(arguments: ReleaseArguments) -> Iterator[tuple[Release, ...]]:
    """The releases that have the schema, the oldest first. Files of tags exist as long as the context does.

    Raises:
        ConfigurationError: a directory, a tag or the schema does not exist.
    """
    with ExitStack() as stack:
        if bool(arguments.versions) == bool(arguments.tags):
            message = "give either --versions DIR or --tags PATTERN"
            raise ConfigurationError(Diagnostic(SourceLocation("--versions"), message))
        directories = _directories(arguments) if arguments.versions else dict(_tagged(arguments, stack))
        yield _selected(arguments, directories)


def _directories(arguments: ReleaseArguments) -> dict[str, Path]:
    if "=" in arguments.versions:
        pairs = (item.partition("=") for item in arguments.versions.split(","))
        directories = {name.strip(): Path(directory) for name, _, directory in pairs}
    else:
        top = Path(arguments.versions)
        inside = sorted(top.iterdir()) if top.is_dir() else ()
        directories = {one.name: one for one in inside if one.is_dir() and any(map(str.isdigit, one.name))}
        if not directories:
            message = "has no directory for a release, such as 9.0.0/" if top.is_dir() else "no such directory"
            raise ConfigurationError(Diagnostic(SourceLocation(arguments.versions), message))
    missing = [directory for directory in directories.values() if not directory.is_dir()]
    if missing:
        message = "no such directory"
        raise ConfigurationError(*(Diagnostic(SourceLocation(str(one)), message) for one in missing))
    return directories


def _tagged(arguments: ReleaseArguments, stack: ExitStack) -> Iterator[tuple[str, Path]]:
    known = tags_of(Path.cwd())
    chosen = [name for name in known if fnmatchcase(name, arguments.tags)]
    if not chosen:
        message = f"the repository has no tag that matches {arguments.tags!r}{did_you_mean(arguments.tags, known)}"
        raise ConfigurationError(Diagnostic(SourceLocation("--tags"), message))
    for name in chosen:
        target = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="relaxgen-")))
        checkout = check_out(find_revision(name, Path.cwd()), target, SCHEMA_SUFFIXES)
        directory = checkout.directory / arguments.path
        if directory.is_dir():
            yield name, directory


def _selected(arguments: ReleaseArguments, directories: dict[str, Path]) -> tuple[Release, ...]:
    unknown = [name for name in arguments.only if name not in directories]
    if unknown:
        hint = did_you_mean(unknown[0], directories) or f"; the newest is {max(directories, key=version_key)}"
        raise ConfigurationError(Diagnostic(SourceLocation("--versions"), f"there is no release {unknown[0]!r}{hint}"))
    found = [
        Release(name, file)
        for name, directory in directories.items()
        if not arguments.only or name in arguments.only
        if (file := _schema_in(directory, arguments.schema)) is not None
    ]
    if not found:
        known = {file.name for directory in directories.values() for file in files_below(directory, *SCHEMA_SUFFIXES)}
        message = f"no release has this schema{did_you_mean(arguments.schema, known)}"
        raise ConfigurationError(Diagnostic(SourceLocation(arguments.schema), message))
    return tuple(sorted(found, key=lambda release: version_key(release.name)))


def _schema_in(directory: Path, name: str) -> Path | None:
    if (directory / name).is_file():
        return directory / name
    found = [file for file in files_below(directory, *SCHEMA_SUFFIXES) if file.as_posix().endswith(f"/{name}")]
    return min(found, key=lambda file: (len(file.parts), file), default=None)
