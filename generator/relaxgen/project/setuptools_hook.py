"""The hook for setuptools: packages are generated whenever it builds a project that requires relaxgen to be built.

    [build-system]
    requires = ["setuptools", "relaxgen"]
    build-backend = "setuptools.build_meta"

setuptools calls `finalize_distribution` before it looks for packages, so that it finds the generated ones as if they
had been written by hand. A subcommand of ``build`` then answers for their files, whatever the project selects:
sdists hold them and what they are made from, wheels hold them, and editable installs find them in the tree.
"""

from __future__ import annotations

import re
from logging import getLogger
from pathlib import Path, PurePosixPath
from typing import Any

from setuptools import Command, Distribution
from setuptools.errors import SetupError

from ..diagnostics.errors import ConfigurationError, GeneratorError
from ..diagnostics.toml_locations import read_toml
from .build_step import BuildFiles, BuildPackage, generate_in_build
from .configuration import FILE_NAME

SUBCOMMAND = "build_relaxgen"


def finalize_distribution(distribution: Distribution) -> None:
    """The entry point in ``setuptools.finalize_distribution_options``.

    Raises:
        SetupError: the configuration or a schema is wrong.
    """
    project = Path(distribution.src_root or ".")
    if not _is_ours(project / FILE_NAME):
        return
    try:
        files = generate_in_build(project)
    except GeneratorError as error:
        raise SetupError(str(error)) from None
    for warning in files.warnings:
        getLogger(__name__).warning(warning)
    for line in files.summary:
        getLogger(__name__).info(line)
    build = distribution.get_command_class("build")
    steps = [*build.sub_commands, (SUBCOMMAND, None)]
    distribution.cmdclass["build"] = type("build", (build,), {"sub_commands": steps})
    distribution.cmdclass[SUBCOMMAND] = type(SUBCOMMAND, (BuildRelaxgen,), {"files": files})


def _is_ours(file: Path) -> bool:
    """Whether this project requires relaxgen; setuptools also calls the hook if relaxgen is merely installed."""
    try:
        values = read_toml(file).values if file.is_file() else {}
    except ConfigurationError:
        return False  # setuptools reports it
    system, tool = values.get("build-system"), values.get("tool")
    required = system.get("requires") if isinstance(system, dict) else None
    if not (isinstance(tool, dict) and "relaxgen" in tool and isinstance(required, list)):
        return False
    return any(re.match(r"\s*relaxgen(?![\w.-])", str(each), re.IGNORECASE) for each in required)


class BuildRelaxgen(Command):
    """Reports the generated files to setuptools, by the protocol `setuptools.command.build.SubCommand`."""

    description = "put the packages of [tool.relaxgen] into the distribution"
    user_options: list[tuple[str, str | None, str]] = []  # type: ignore[misc]  # noqa: RUF012

    files = BuildFiles(())
    editable_mode = False
    build_lib: Any = None

    def initialize_options(self) -> None:
        self.build_lib = None
        self.force = True

    def finalize_options(self) -> None:
        self.set_undefined_options("build_py", ("build_lib", "build_lib"))
        packages = self.distribution.packages or []
        names = [self._place(package).replace("/", ".") for package in self.files.packages]
        self.distribution.packages = [*packages, *(name for name in names if name not in packages)]

    def run(self) -> None:
        if self.editable_mode:
            return
        for package in self.files.packages:
            self._remove_stale(package)
        for target, source in self.get_output_mapping().items():
            self.mkpath(str(Path(target).parent))
            self.copy_file(source, target)

    def get_source_files(self) -> list[str]:
        return [*self.files.sources, *self.files.outputs]

    def get_outputs(self) -> list[str]:
        return list(self.get_output_mapping())

    def get_output_mapping(self) -> dict[str, str]:
        return {
            str(Path(self.build_lib, self._place(package), file)): source
            for package in self.files.packages
            for file, source in zip(package.files, package.paths, strict=True)
        }

    def _place(self, package: BuildPackage) -> str:
        """Where wheels have the package, by the project's ``package-dir``."""
        directory = PurePosixPath(package.directory)
        roots = {PurePosixPath(root): name for name, root in (self.distribution.package_dir or {}).items()}
        around = [root for root in roots if directory.is_relative_to(root)]
        if around:
            root = max(around, key=lambda root: len(root.parts))
            return str(PurePosixPath(*roots[root].split("."), directory.relative_to(root)))
        if "" in roots.values():
            known = ", ".join(map(str, roots))
            raise SetupError(f"the wheel would be without {directory}: it is in no directory of package-dir: {known}")
        return str(directory)

    def _remove_stale(self, package: BuildPackage) -> None:
        """The directory may be left over from an earlier build, with modules that are no longer generated."""
        from ..output.content import survey

        directory = Path(self.build_lib, self._place(package))
        for file in set(survey(directory).ours) - set(package.files):
            (directory / file).unlink()
