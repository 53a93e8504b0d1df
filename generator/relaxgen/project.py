"""All packages of a project together: complete in memory, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .configuration import PackageSettings, check_outputs_apart
from .errors import Diagnostic, GeneratorError
from .source import SourceLocation

if TYPE_CHECKING:
    from .pipeline import GeneratedPackage, PackageRequest, Progress

ShowProgress = Callable[[str], "AbstractContextManager[Progress | None]"]
"""From the name of a package to what shows its progress."""


@dataclass(frozen=True, slots=True)
class BuiltPackage:
    settings: PackageSettings
    generated: GeneratedPackage


def build_packages(
    settings: Sequence[PackageSettings], show_progress: ShowProgress = lambda name: nullcontext()
) -> tuple[BuiltPackage, ...]:
    """Raises:
    GeneratorError: with what is wrong in any of the packages, or with their directories.
    """
    from .pipeline import build_package

    check_outputs_apart(tuple(settings), SourceLocation("--output"))
    built = []
    mistakes: list[Diagnostic] = []
    for package in settings:
        try:
            with show_progress(str(package.output)) as progress:
                built.append(BuiltPackage(package, build_package(request_for(package), progress)))
        except GeneratorError as error:
            mistakes += error.diagnostics
    if mistakes:
        raise GeneratorError(*mistakes)
    return tuple(built)


def list_outputs(settings: Sequence[PackageSettings]) -> list[Path]:
    """All files that `build_packages` would make, in the directories of their packages.

    Raises:
        GeneratorError: as `build_packages`.
    """
    from .pipeline import list_files

    check_outputs_apart(tuple(settings), SourceLocation("--output"))
    return [package.output / path for package in settings for path in list_files(request_for(package))]


def request_for(package: PackageSettings) -> PackageRequest:
    from .pipeline import PackageRequest

    return PackageRequest(
        package.schemas,
        package.output,
        package.enums,
        package.roots,
        package.templates,
        package.bindings,
        package.preset,
    )
