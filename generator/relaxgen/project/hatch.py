"""The build hook for hatchling: packages are generated when a wheel, an sdist or an editable install is built.

    [build-system]
    requires = ["hatchling", "relaxgen"]
    build-backend = "hatchling.build"

    [tool.hatch.build.hooks.relaxgen]

`build_step` generates. Whether the packages are committed or ignored by git makes no difference: the hook names every
file to hatchling, which would leave out ignored ones without a word, and looks afterwards whether all of them are in
the distribution.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.plugin import hookimpl

from ..diagnostics.errors import ConfigurationError, Diagnostics, GeneratorError, did_you_mean
from ..diagnostics.toml_locations import read_toml
from .build_step import BuildFiles, explain_missing, generate_in_build
from .configuration import FILE_NAME

KEYS = ("dependencies", "enable-by-default", "require-runtime-dependencies", "require-runtime-features")
"""What hatchling itself knows in the table of a hook; there is nothing of ours."""


class RelaxgenBuildHook(BuildHookInterface[BuilderConfig]):
    PLUGIN_NAME = "relaxgen"

    _files = BuildFiles(())

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        with self._errors_shown():
            self._check_keys()
            self._files = files = generate_in_build(Path(self.root))
        for warning in files.warnings:
            self.app.display_warning(warning)
        for line in files.summary:
            self.app.display_info(line)
        if self.target_name == "sdist":
            included = [*files.sources, *files.outputs]
            build_data["force_include"].update({str(Path(self.root, path)): path for path in included})
        else:
            build_data["artifacts"] += [_pattern(path) for path in files.outputs]

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """An artifact that lacks something is removed, so that nobody publishes it."""
        if version != "standard" or not artifact_path.endswith((".whl", ".tar.gz")):
            return
        missing = explain_missing(Path(artifact_path), self._files)
        if missing:
            Path(artifact_path).unlink()
            place = f"[tool.hatch.build.targets.{self.target_name}]"
            self.app.abort(f"{missing}: {place} has to select the directory (packages, include or only-include)")

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
    def _errors_shown(self) -> Iterator[None]:
        """A user's mistake ends the build with its text and without a traceback."""
        try:
            yield
        except GeneratorError as error:
            self.app.abort(str(error))


def _pattern(path: str) -> str:
    """What selects this one file in the notation of a ``.gitignore``."""
    return "/" + re.sub(r"([\\*?\[\]!# ])", r"\\\1", path)


@hookimpl
def hatch_register_build_hook() -> type[RelaxgenBuildHook]:
    return RelaxgenBuildHook
