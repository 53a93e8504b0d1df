"""The step of a build that generates, for every back end: packages in the project's tree, and the names of all files.

What is generated is what `[tool.relaxgen]` says, as with `relaxgen generate`. It is written into the tree, so that
editable installs find it there. A build consists of several processes; the first one generates, and the others find
that nothing has changed since.

An sdist holds what its packages are made from as well. Sources outside of the project cannot be in it: then a wheel
made from the sdist has the packages that were generated for the sdist.
"""

from __future__ import annotations

import os
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..diagnostics.errors import ConfigurationError, Diagnostic, GeneratorError
from ..diagnostics.locations import SourceLocation
from .configuration import FILE_NAME, read_configuration, read_outputs

MARK_OF_SDIST = "PKG-INFO"
FEWEST_NAMED = 3


@dataclass(frozen=True, slots=True)
class BuildPackage:
    """A generated package: its directory, and its files below that."""

    directory: str
    files: tuple[str, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(str(PurePosixPath(self.directory, file)) for file in self.files)


@dataclass(frozen=True, slots=True)
class BuildFiles:
    """All paths are relative to the project, with slashes. ``sources`` are those inside of the project."""

    packages: tuple[BuildPackage, ...]
    sources: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def outputs(self) -> tuple[str, ...]:
        return tuple(path for package in self.packages for path in package.paths)

    @property
    def summary(self) -> tuple[str, ...]:
        return tuple(f"relaxgen: {len(package.files)} files in {package.directory}" for package in self.packages)


def generate_in_build(project: Path) -> BuildFiles:
    """Generates all packages of a project.

    Raises:
        GeneratorError: the configuration or a schema is wrong; nothing has been written then.
    """
    from .packages import build_changed_packages

    file = project / FILE_NAME
    try:
        built = build_changed_packages(read_configuration(file))
    except GeneratorError as error:
        brought = _brought_by_sdist(project)
        if not brought:
            raise
        return BuildFiles(
            brought, (), (f"the packages are those of this sdist, since it has not all sources: {error}",)
        )
    if not built:
        raise ConfigurationError(Diagnostic(SourceLocation(str(file)), "lists no package to generate"))
    for package in built:
        package.write()
    sources = dict.fromkeys(_relative(source, project) for package in built for source in package.facts.sources)
    return BuildFiles(
        tuple(BuildPackage(_relative(package.request.output, project), package.facts.files) for package in built),
        tuple(source for source in sources if _is_inside(source)),
        tuple(str(diagnostic) for package in built for diagnostic in package.facts.diagnostics),
    )


def explain_missing(artifact: Path, files: BuildFiles) -> str:
    """Says which generated files a wheel or an sdist lacks; empty where it has all of them.

    A wheel has packages without the directories above them, such as ``src``. An sdist may lack packages if it has
    all that they are made from.
    """
    is_wheel = artifact.suffix == ".whl"
    names = _names_in_wheel(artifact) if is_wheel else _names_in_sdist(artifact)
    missing = [path for package in files.packages for path in _missing(package, names, is_wheel)]
    if not missing or (not is_wheel and files.sources and names.issuperset(files.sources)):
        return ""
    rest = len(missing) - FEWEST_NAMED
    more = f" and {rest} more generated files" if rest > 0 else ""
    return f"the {'wheel' if is_wheel else 'sdist'} would be without {', '.join(missing[:FEWEST_NAMED])}{more}"


def _missing(package: BuildPackage, names: set[str], is_wheel: bool) -> list[str]:
    parts = PurePosixPath(package.directory).parts
    starts = range(len(parts)) if is_wheel else range(1)
    places = ["/".join(parts[start:]) for start in starts]
    lacking = [[path for path in package.files if f"{place}/{path}" not in names] for place in places]
    return [str(PurePosixPath(package.directory, path)) for path in min(lacking, key=len)]


def _names_in_wheel(artifact: Path) -> set[str]:
    with zipfile.ZipFile(artifact) as wheel:
        return set(wheel.namelist())


def _names_in_sdist(artifact: Path) -> set[str]:
    """Without the directory of the release."""
    with tarfile.open(artifact) as sdist:
        return {name.partition("/")[2] for name in sdist.getnames()}


def _brought_by_sdist(project: Path) -> tuple[BuildPackage, ...]:
    """The packages of an unpacked sdist, if all of them are there."""
    from ..output.content import survey

    if not (project / MARK_OF_SDIST).is_file():
        return ()
    found = [(directory, survey(directory).ours) for directory in read_outputs(project / FILE_NAME)]
    if not all("__init__.py" in ours for _, ours in found):
        return ()
    return tuple(BuildPackage(_relative(directory, project), ours) for directory, ours in found)


def _relative(path: Path, project: Path) -> str:
    return Path(os.path.relpath(os.path.abspath(path), os.path.realpath(project))).as_posix()


def _is_inside(relative: str) -> bool:
    return not Path(relative).is_absolute() and PurePosixPath(relative).parts[:1] != ("..",)
