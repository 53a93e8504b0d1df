"""Turns Python views into formatted text, in memory; `output` writes it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..cache.disk_cache import CacheUse
from ..diagnostics.errors import ConfigurationError, Diagnostic
from ..diagnostics.locations import SourceLocation
from ..output.output_tree import HEADER
from ..python.view import PythonPackage
from .environment import UserTemplates, make_environment
from .formatting import NoPython, Progress, format_all
from .template_errors import check_headers, reported

if TYPE_CHECKING:
    from jinja2 import Environment

RUNTIME = Path(__file__).resolve().parent.parent / "runtime"


def render(
    package: PythonPackage,
    templates: UserTemplates | None = None,
    progress: Progress | None = None,
    cache_use: CacheUse = CacheUse.FREELY,
) -> dict[str, str]:
    """Returns the files of the package by relative path.

    Raises:
        ConfigurationError: a user's template is wrong.
    """
    own = dict(raw_files(package, make_environment(templates) if templates else _our_environment()))
    support = {path: text for path, text in support_files(package).items() if path not in own}
    try:
        files = format_all(own, progress, cache_use)
    except NoPython as error:
        if templates is None:
            raise  # ours are at fault, or what they are given
        place = SourceLocation(str(templates.directory))
        message = f"what the templates make of {error.path} is not Python: {error.reason}"
        raise ConfigurationError(Diagnostic(place, message)) from error
    header = f"{HEADER} from {package.sources}. Do not edit.\n"
    files.update({path: header + text for path, text in support.items()})
    if templates is not None:
        check_headers(files, templates.directory)
    files = {path: _kept_as_it_is(text) for path, text in files.items()}
    files["py.typed"] = ""
    return dict(sorted(files.items()))


def render_runtime() -> dict[str, str]:
    """Returns the files of a run time for several packages: everything that one of them can need."""
    header = f"{HEADER}. Do not edit.\n"
    files = {path: file.read_text(encoding="utf-8") for path, file in _runtime_files().items()}
    return {**{path: _kept_as_it_is(header + text) for path, text in files.items()}, "py.typed": ""}


@cache
def _our_environment() -> Environment:
    """Returns one environment for all packages of a process, because compiling the templates takes longer than
    rendering a small package."""
    return make_environment()


def _kept_as_it_is(text: str) -> str:
    """Adds a mark below our first line, so that formatters of users do not change what `relaxgen check` compares."""
    first, _, rest = text.partition("\n")
    return f"{first}\n# fmt: off\n{rest}"


def file_names(package: PythonPackage) -> list[str]:
    """Returns the paths of the files of `render`, without rendering them."""
    own = [path for path, _, _ in _planned(package)]
    return sorted({*own, *support_files(package), "py.typed"})


def raw_files(package: PythonPackage, environment: Environment) -> Iterator[tuple[str, str]]:
    with reported():
        for path, template, views in _planned(package):
            yield path, environment.get_template(f"python/{template}").render(package=package, **views)


def _planned(package: PythonPackage) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Yields for each file its path, its template, and the template's arguments beside the package."""
    yield "__init__.py", "package.py.jinja", {}
    for module in package.modules:
        yield f"{module.name}.py", "module.py.jinja", {"module": module}
        if module.has_functions:
            yield f"_{module.name}.py", "functions.py.jinja", {"module": module}
    if package.contents:
        yield "contents.py", "contents.py.jinja", {}
    yield "_schema/__init__.py", "schema.py.jinja", {}
    for grammar in package.grammars:
        yield f"_schema/{grammar.module}.py", "grammar.py.jinja", {"grammar": grammar}
    if package.release_tables:
        yield "_schema/_releases.py", "releases.py.jinja", {}
    if package.patterns:
        yield "_patterns.py", "patterns.py.jinja", {}


def _runtime_files() -> dict[str, Path]:
    return {file.relative_to(RUNTIME).as_posix(): file for file in sorted(RUNTIME.rglob("*.py"))}


def support_files(package: PythonPackage) -> dict[str, str]:
    """Returns the run-time modules that a package needs, as in our sources, without the line that marks them as
    ours."""
    if not package.has_own_runtime:
        return {}
    needed = {path: file for path, file in _runtime_files().items() if path not in package.left_out}
    return {f"_runtime/{path}": file.read_text(encoding="utf-8") for path, file in needed.items()}
