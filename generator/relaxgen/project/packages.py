"""All packages of a project together: complete in memory, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..diagnostics.errors import Diagnostic, GeneratorError
from ..diagnostics.locations import SourceLocation
from .configuration import check_outputs_apart
from .request import PackageRequest

if TYPE_CHECKING:
    from ..pipeline import GeneratedPackage, Progress

ShowProgress = Callable[[str], "AbstractContextManager[Progress | None]"]
"""From the name of a package to what shows its progress."""


@dataclass(frozen=True, slots=True)
class BuiltPackage:
    request: PackageRequest
    generated: GeneratedPackage


def build_packages(
    requests: Sequence[PackageRequest], show_progress: ShowProgress = lambda name: nullcontext()
) -> tuple[BuiltPackage, ...]:
    """Raises:
    GeneratorError: with what is wrong in any of the packages, or with their directories.
    """
    from ..pipeline import build_package

    check_outputs_apart(tuple(requests), SourceLocation("--output"))
    built = []
    mistakes: list[Diagnostic] = []
    for package in requests:
        try:
            with show_progress(str(package.output)) as progress:
                built.append(BuiltPackage(package, build_package(package, progress)))
        except GeneratorError as error:
            mistakes += error.diagnostics
    if mistakes:
        raise GeneratorError(*mistakes)
    return tuple(built)


def list_outputs(requests: Sequence[PackageRequest]) -> list[Path]:
    """All files that `build_packages` would make, in the directories of their packages.

    Raises:
        GeneratorError: as `build_packages`.
    """
    from ..pipeline import list_files

    check_outputs_apart(tuple(requests), SourceLocation("--output"))
    return [package.output / path for package in requests for path in list_files(package)]
