"""Python views → formatted text. Everything is in memory; `output` writes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ConfigurationError, Diagnostic
from ..output.tree import HEADER
from ..python.view import PythonPackage
from ..source import SourceLocation
from .environment import make_environment
from .formatting import NoPython, Progress, format_all
from .template_mistakes import check_headers, reported

if TYPE_CHECKING:
    from jinja2 import Environment

RUNTIME = Path(__file__).resolve().parent.parent / "runtime"


def render(package: PythonPackage, templates: Path | None = None, progress: Progress | None = None) -> dict[str, str]:
    """The files of the package by relative path.

    Raises:
        ConfigurationError: a user's template is wrong.
    """
    own = dict(raw_files(package, make_environment(templates)))
    support = {path: text for path, text in support_files().items() if path not in own}
    try:
        files = format_all(support | own, progress)
    except NoPython as error:
        if templates is None:
            raise  # ours are at fault, or what they are given
        place = SourceLocation(str(templates))
        message = f"what the templates make of {error.path} is no Python: {error.reason}"
        raise ConfigurationError(Diagnostic(place, message)) from error
    header = f"{HEADER} from {package.sources}. Do not edit.\n"
    files.update({path: header + files[path] for path in support})
    if templates is not None:
        check_headers(files, templates)
    files["py.typed"] = ""
    return dict(sorted(files.items()))


def raw_files(package: PythonPackage, environment: Environment) -> Iterator[tuple[str, str]]:
    with reported():
        yield "__init__.py", environment.get_template("python/package.py.jinja").render(package=package)
        module_template = environment.get_template("python/module.py.jinja")
        for module in package.modules:
            yield f"{module.name}.py", module_template.render(package=package, module=module)
        if package.contents:
            yield "contents.py", environment.get_template("python/contents.py.jinja").render(package=package)
        grammar_template = environment.get_template("python/grammar.py.jinja")
        yield "_grammar/__init__.py", environment.get_template("python/grammars.py.jinja").render(package=package)
        for grammar in package.grammars:
            yield f"_grammar/{grammar.module}.py", grammar_template.render(package=package, grammar=grammar)
        yield "_runtime/namespaces.py", environment.get_template("python/namespaces.py.jinja").render(package=package)


def support_files() -> dict[str, str]:
    """The support code, which is the same for every package, so that its layout is found in the cache; the line that
    marks it as ours comes later."""
    return {
        f"_runtime/{path.relative_to(RUNTIME).as_posix()}": path.read_text(encoding="utf-8")
        for path in sorted(RUNTIME.rglob("*.py"))
    }
