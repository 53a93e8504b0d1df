"""All packages of a project together: complete in memory, or not at all."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..diagnostics.errors import GeneratorError, OutputError
from ..diagnostics.locations import SourceLocation
from .configuration import check_outputs_apart
from .earlier_runs import PackageFacts, find_unchanged, record_run
from .request import PackageRequest

if TYPE_CHECKING:
    from ..output import Difference, WriteSummary
    from ..pipeline import GeneratedPackage, Progress

ShowProgress = Callable[[str], "AbstractContextManager[Progress | None]"]
"""From the name of a package to what shows its progress."""


@dataclass(frozen=True, slots=True)
class BuiltPackage:
    """A package in memory. ``started`` is when it was begun, in seconds since the epoch."""

    request: PackageRequest
    generated: GeneratedPackage
    started: float

    @property
    def facts(self) -> PackageFacts:
        one = self.generated
        return PackageFacts(
            tuple(one.tree), one.classes, one.enums, one.derived_names, one.diagnostics, one.sources, one.absent
        )

    def write(self) -> WriteSummary:
        """Writes the package and its names file.

        Raises:
            OutputError: as `output.write` and `write_names`.
        """
        from ..output import write
        from .names_on_disk import write_names

        with _located_output(self.request):
            summary = write(self.generated.tree, self.request.output)
        if self.request.names is not None:
            write_names(self.generated.names, self.request.names)
        record_run(self.request, self.facts, self.started)
        return summary

    def differences(self) -> tuple[Difference, ...]:
        """How the package and its names file on disk differ from what `write` would write.

        Raises:
            OutputError: they cannot be read.
        """
        from ..output import compare
        from .names_on_disk import names_difference

        names, output = self.request.names, self.request.output
        stale = names_difference(self.generated.names, names, output) if names is not None else None
        with _located_output(self.request):
            return (*compare(self.generated.tree, output), *([stale] if stale is not None else []))


@contextmanager
def _located_output(request: PackageRequest) -> Iterator[None]:
    """An error about the output directory is reported at its place in the configuration file."""
    try:
        yield
    except OutputError as error:
        place, output = request.output_location, str(request.output)
        if place is None:
            raise
        raise OutputError(
            *(
                replace(one, location=place, message=f"{output} {one.message}") if one.location.path == output else one
                for one in error.diagnostics
            )
        ) from None


@dataclass(frozen=True, slots=True)
class UnchangedPackage:
    """A package that is on disk as it would be generated."""

    request: PackageRequest
    facts: PackageFacts

    def write(self) -> WriteSummary:
        from ..output import WriteSummary

        return WriteSummary((), self.facts.files, ())


def build_packages(
    requests: Sequence[PackageRequest], show_progress: ShowProgress = lambda name: nullcontext()
) -> tuple[BuiltPackage, ...]:
    """All packages anew.

    Raises:
        GeneratorError: with what is wrong in any of the packages, or with their directories.
    """
    requests = _with_runtimes(requests)
    check_outputs_apart(tuple(requests), SourceLocation("--output"))
    return _built(requests, show_progress)


def _built(requests: Sequence[PackageRequest], show_progress: ShowProgress) -> tuple[BuiltPackage, ...]:
    built = []
    errors: list[GeneratorError] = []
    for request in requests:
        try:
            built.append(_build(request, show_progress))
        except GeneratorError as error:
            errors.append(error)
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise GeneratorError(*(diagnostic for error in errors for diagnostic in error.diagnostics))
    return tuple(built)


def build_changed_packages(
    requests: Sequence[PackageRequest], show_progress: ShowProgress = lambda name: nullcontext()
) -> tuple[BuiltPackage | UnchangedPackage, ...]:
    """The packages, anew where something changed since they were generated.

    Raises:
        GeneratorError: as `build_packages`.
    """
    requests = _with_runtimes(requests)
    check_outputs_apart(tuple(requests), SourceLocation("--output"))
    unchanged = {id(request): facts for request in requests if (facts := find_unchanged(request)) is not None}
    built = iter(_built([request for request in requests if id(request) not in unchanged], show_progress))
    return tuple(
        UnchangedPackage(request, unchanged[id(request)]) if id(request) in unchanged else next(built)
        for request in requests
    )


def _with_runtimes(requests: Sequence[PackageRequest]) -> tuple[PackageRequest, ...]:
    """The packages, and before them each run time that they share."""
    shared = {os.path.abspath(one.runtime): one for one in requests if one.runtime is not None}
    runtimes = (
        PackageRequest(
            (),
            one.runtime,
            runtime=one.runtime,
            cache_use=one.cache_use,
            location=one.location,
            output_location=one.runtime_location,
        )
        for one in shared.values()
        if one.runtime is not None
    )
    return (*runtimes, *requests)


def _build(request: PackageRequest, show_progress: ShowProgress) -> BuiltPackage:
    from ..pipeline import build_package

    started = time.time()
    with show_progress(str(request.output)) as progress:
        return BuiltPackage(request, build_package(request, progress), started)


def list_outputs(requests: Sequence[PackageRequest]) -> list[Path]:
    """All files that `build_packages` would make, in the directories of their packages.

    Raises:
        GeneratorError: as `build_packages`.
    """
    from ..pipeline import list_files

    requests = _with_runtimes(requests)
    check_outputs_apart(tuple(requests), SourceLocation("--output"))
    return [package.output / path for package in requests for path in list_files(package)]
