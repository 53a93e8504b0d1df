"""The files of packages as they were a moment ago, kept to be compared with what they are now.

A revision of git would be the place to look for them, but between two runs of ``relaxgen watch`` nothing is committed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from ..diagnostics.locations import SourceLocation
from ..project.presets import preset_named
from ..project.request import PackageRequest
from .compared_packages import Pair, pair_with_checkout
from .revisions import Checkout, Revision

NAME = "before"
"""Places in the earlier files are shown as ``before:schemas/disk.rng:3:5``."""


class EarlierSources:
    """Copies below `directory`, which belongs to this object."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._kept: dict[Path, Checkout] = {}

    def keep(self, packages: Mapping[Path, tuple[PackageRequest, tuple[Path, ...]]]) -> None:
        """Replaces the copies by those of the packages: for each output the request, and the sources."""
        shutil.rmtree(self._directory, ignore_errors=True)
        self._kept = {
            output: self._copied(request, sources, self._directory / str(number))
            for number, (output, (request, sources)) in enumerate(packages.items())
        }

    def pair(self, package: PackageRequest) -> Pair | None:
        """The package as it was and as it is now; None for one that is new."""
        checkout = self._kept.get(package.output)
        if checkout is None:
            return None
        return pair_with_checkout(package, checkout, checkout.revision.repository / "pyproject.toml")

    def _copied(self, request: PackageRequest, sources: tuple[Path, ...], directory: Path) -> Checkout:
        own = (request.names,) if request.names is not None else ()
        files = {Path(os.path.abspath(file)) for file in (*sources, *own)} - _brought_by_preset(request)
        top = Path(os.path.commonpath([Path.cwd(), *(file.parent for file in files)]))
        for file in files:
            copy = directory / file.relative_to(top)
            copy.parent.mkdir(parents=True, exist_ok=True)
            with suppress(OSError):
                shutil.copyfile(file, copy)
        return Checkout(Revision(NAME, top), directory)


def _brought_by_preset(request: PackageRequest) -> set[Path]:
    if not request.preset:
        return set()
    preset = preset_named(request.preset, SourceLocation("--preset"))
    return {Path(os.path.abspath(file)) for file in (preset.bindings, *preset.enums)}
