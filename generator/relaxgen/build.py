"""A build back end that generates packages, and then calls another back end, such as flit, uv_build, poetry or pdm.

    [build-system]
    requires = ["flit_core", "relaxgen"]
    build-backend = "relaxgen.build"

    [tool.relaxgen.build]
    backend = "flit_core.buildapi"    # the back end without relaxgen

It has the same hooks of PEP 517 and PEP 660 as the other back end. The packages are written into the project's tree
before the other back end makes a wheel, an sdist, an editable install or metadata. A wheel or sdist without the
packages is removed, so that nobody publishes it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import Any

from .diagnostics.errors import GeneratorError
from .project.build_step import explain_missing, generate_in_build
from .project.configuration import FILE_NAME, read_backend

Hook = Callable[..., Any]

KINDS = ("sdist", "wheel", "editable")
ASKING = tuple(f"get_requires_for_build_{kind}" for kind in KINDS)
MAKING = tuple(f"{verb}_{kind}" for verb in ("build", "prepare_metadata_for_build") for kind in KINDS)


def __getattr__(name: str) -> Hook:
    if name not in ASKING + MAKING:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    hook: Hook = getattr(_backend(), name)
    return hook if name in ASKING else _generating(hook)


def _backend() -> Any:
    """Returns the other back end. An error ends the build with its message and without a traceback."""
    try:
        name = read_backend(Path(FILE_NAME))
    except GeneratorError as error:
        sys.exit(str(error))
    module, _, inside = name.partition(":")
    try:
        found = import_module(module)
    except ModuleNotFoundError as error:
        sys.exit(f"{FILE_NAME}: the back end {module} is not installed ({error}): list it in build-system.requires")
    return attrgetter(inside)(found) if inside else found


def _generating(hook: Hook) -> Hook:
    @wraps(hook)
    def generate_first(directory: str, *arguments: Any, **keywords: Any) -> Any:
        try:
            files = generate_in_build(Path())
        except GeneratorError as error:
            sys.exit(str(error))
        for line in (*files.warnings, *files.summary):
            print(line, file=sys.stderr)
        made = hook(directory, *arguments, **keywords)
        artifact = Path(directory, made)
        missing = explain_missing(artifact, files) if hook.__name__ in ("build_wheel", "build_sdist") else ""
        if missing:
            artifact.unlink()
            sys.exit(f"{missing}: {FILE_NAME} has to tell {hook.__module__} to include them, although git ignores them")
        return made

    return generate_first
