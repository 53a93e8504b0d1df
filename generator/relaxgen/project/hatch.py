"""The build hook for hatchling: packages are generated when a wheel, an sdist or an editable install is built.

    [build-system]
    requires = ["hatchling", "relaxgen"]
    build-backend = "hatchling.build"

    [tool.hatch.build.hooks.relaxgen]

What is generated is what `[tool.relaxgen]` says, as with `relaxgen generate`, and it is written into the project's
tree, so that editable installs find it there. Whether it is committed or ignored by git makes no difference: the hook
names every file to hatchling, which would leave out ignored ones without a word, and looks afterwards whether all of
them are in the distribution.

An sdist holds what its packages are made from as well. Sources outside of the project cannot be in it: then a wheel
made from the sdist has the packages that were generated for the sdist.
"""

from __future__ import annotations

import os
import re
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.plugin import hookimpl

from ..diagnostics.errors import ConfigurationError, Diagnostic, Diagnostics, GeneratorError, did_you_mean
from ..diagnostics.locations import SourceLocation
from ..diagnostics.toml_locations import read_toml
from .configuration import FILE_NAME, read_configuration, read_outputs

KEYS = ("dependencies", "enable-by-default", "require-runtime-dependencies", "require-runtime-features")
"""What hatchling itself knows in the table of a hook; there is nothing of ours."""

MARK_OF_SDIST = "PKG-INFO"
FEWEST_NAMED = 3


class RelaxgenBuildHook(BuildHookInterface[BuilderConfig]):
    PLUGIN_NAME = "relaxgen"

    _outputs: tuple[str, ...] = ()
    """The generated files relative to the project, with slashes."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        with self._mistakes_shown():
            self._check_keys()
            self._outputs, sources = self._generate()
        if self.target_name == "sdist":
            inside = [source for source in sources if self._is_inside(source)]
            build_data["force_include"].update({str(Path(self.root, path)): path for path in [*inside, *self._outputs]})
        else:
            build_data["artifacts"] += [_pattern(path) for path in self._outputs]

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """An artifact that lacks something is removed, so that nobody publishes it."""
        names = _names_in(artifact_path) if version == "standard" else None
        if names is None:
            return
        missing = [path for path in self._outputs if not self._is_among(names, path)]
        if missing:
            Path(artifact_path).unlink()
            rest = len(missing) - FEWEST_NAMED
            more = f" and {rest} more generated files" if rest > 0 else ""
            place = f"[tool.hatch.build.targets.{self.target_name}]"
            self.app.abort(
                f"the {self.target_name} would be without {', '.join(missing[:FEWEST_NAMED])}{more}: "
                f"{place} has to select the directory (packages, include or only-include)"
            )

    def _generate(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The paths of what was generated, and of what it was made from."""
        from .packages import build_changed_packages

        file = Path(self.root, FILE_NAME)
        try:
            packages = build_changed_packages(read_configuration(file))
        except GeneratorError as error:
            brought = self._brought_by_sdist()
            if not brought:
                raise
            self.app.display_warning(f"the packages are those of this sdist, since it has not all sources: {error}")
            return brought, ()
        if not packages:
            raise ConfigurationError(Diagnostic(SourceLocation(str(file)), "lists no package to generate"))
        outputs: list[str] = []
        sources: list[str] = []
        for package in packages:
            facts, relative = package.facts, self._relative(package.request.output)
            package.write()
            outputs += [str(PurePosixPath(relative, path)) for path in facts.files]
            sources += [self._relative(source) for source in facts.sources]
            for diagnostic in facts.diagnostics:
                self.app.display_warning(str(diagnostic))
            self.app.display_info(f"relaxgen: {len(facts.files)} files in {relative}")
        return tuple(outputs), tuple(dict.fromkeys(sources))

    def _brought_by_sdist(self) -> tuple[str, ...]:
        """The generated files of an unpacked sdist, if all packages are there."""
        from ..output.content import survey

        if not Path(self.root, MARK_OF_SDIST).is_file():
            return ()
        directories = read_outputs(Path(self.root, FILE_NAME))
        files = [(directory, survey(directory).ours) for directory in directories]
        if not all("__init__.py" in ours for _, ours in files):
            return ()
        return tuple(str(PurePosixPath(self._relative(directory), path)) for directory, ours in files for path in ours)

    def _relative(self, path: Path) -> str:
        return Path(os.path.relpath(os.path.abspath(path), os.path.realpath(self.root))).as_posix()

    def _is_inside(self, relative: str) -> bool:
        return not Path(relative).is_absolute() and PurePosixPath(relative).parts[:1] != ("..",)

    def _is_among(self, names: set[str], path: str) -> bool:
        return self.build_config.get_distribution_path(path).replace(os.sep, "/") in names

    def _check_keys(self) -> None:
        """Raises:
        ConfigurationError: the hook's table has keys without effect.
        """
        document = read_toml(Path(self.root, FILE_NAME))
        diagnostics = Diagnostics()
        for key in self.config:
            if key not in KEYS:
                place = document.key_place(("tool", "hatch", "build", "hooks", self.PLUGIN_NAME, key))
                hint = did_you_mean(key, KEYS) or "; what is generated stands in [tool.relaxgen]"
                diagnostics.error(place, f"unknown key {key!r}{hint}")
        diagnostics.raise_errors(ConfigurationError)

    @contextmanager
    def _mistakes_shown(self) -> Iterator[None]:
        """A user's mistake ends the build with its text and without a traceback."""
        try:
            yield
        except GeneratorError as error:
            self.app.abort(str(error))


def _names_in(artifact: str) -> set[str] | None:
    """The files of a distribution, those of an sdist without the directory of its release; None for other artifacts."""
    if artifact.endswith(".whl"):
        with zipfile.ZipFile(artifact) as wheel:
            return set(wheel.namelist())
    if artifact.endswith(".tar.gz"):
        with tarfile.open(artifact) as sdist:
            return {name.partition("/")[2] for name in sdist.getnames()}
    return None


def _pattern(path: str) -> str:
    """What selects this one file in the notation of a ``.gitignore``."""
    return "/" + re.sub(r"([\\*?\[\]!# ])", r"\\\1", path)


@hookimpl
def hatch_register_build_hook() -> type[RelaxgenBuildHook]:
    return RelaxgenBuildHook
