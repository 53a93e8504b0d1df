"""``relaxgen package``: a distribution to publish, around a package that is generated into it.

    pyproject.toml, README.md            from `templates/distribution/`, once; they are the owner's then
    src/<package>/                       the package
    tests/test_samples.py, samples/      documents that together use every element, attribute and value of the schemas

A request for a package whose output is in ``src`` comes in. A second run writes the package and the samples again, and
nothing else.
"""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..binding.model import Model
from ..binding.naming import field_name
from ..diagnostics.errors import ConfigurationError, Diagnostic, Diagnostics, OutputError, meant
from ..diagnostics.input_files import STANDARD_INPUT_NAME, name_in_text
from ..diagnostics.locations import SourceLocation
from ..diagnostics.toml_locations import read_toml
from ..output import WriteSummary
from ..pipeline import Progress, read_schemas
from ..project.packages import BuiltPackage
from ..project.request import PackageRequest
from ..python.identifiers import class_identifier
from ..relaxng.roots import starting_at
from ..relaxng.schema import Schema
from ..relaxng.simplified_form import SimplifiedForm
from ..sampling import Sampler, covering_documents
from ..sampling.sample_files import remove_other_samples, write_samples

PROJECT = "pyproject.toml"
OWNERS_FILES = (PROJECT, "README.md", "tests/test_samples.py")
SAMPLES = "tests/samples"

MOST_ROOTS_NAMED = 4


@dataclass(frozen=True, slots=True)
class Root:
    """An element that documents begin with; ``function`` is what follows ``parse_`` and ``format_``."""

    element: str
    class_name: str
    function: str


@dataclass(frozen=True, slots=True)
class Distribution:
    """What templates are filled with. ``example`` is a small document, in Python, and ``root`` is its root."""

    name: str
    module: str
    roots: tuple[Root, ...]
    sources: tuple[str, ...]
    root: Root
    example: str

    @property
    def documents(self) -> tuple[str, ...]:
        named = [f"<{root.element}>" for root in self.roots[:MOST_ROOTS_NAMED]]
        rest = len(self.roots) - len(named)
        return (*named, f"{rest} more") if rest else tuple(named)


@dataclass(frozen=True, slots=True)
class PublishedPackage:
    """``written`` and ``kept`` are the files beside the package and its samples."""

    summary: WriteSummary
    samples: int
    written: tuple[str, ...]
    kept: tuple[str, ...]


def module_of(name: str, place: SourceLocation) -> str:
    """The package that a distribution of this name holds.

    Raises:
        ConfigurationError: it is not a name of a distribution (PEP 508), or nothing that can be imported.
    """
    module = re.sub(r"[-.]+", "_", name).lower()
    message = ""
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?", name):
        message = "is not a name of a distribution: letters, digits, and - _ . between them"
    elif not module.isidentifier() or keyword.iskeyword(module):
        message = f"gives the package {module!r}, which cannot be imported"
    elif module in sys.stdlib_module_names:
        message = f"gives the package {module!r}, which Python has itself{meant(f'{name}-model')}"
    if message:
        raise ConfigurationError(Diagnostic(place, f"{name!r} {message}"))
    return module


def check_place(directory: Path, name: str) -> None:
    """Raises:
    ConfigurationError: the directory is another project's.
    """
    file = directory / PROJECT
    if not file.exists():
        return
    document = read_toml(file)
    found = document.values.get("project", {}).get("name")
    if found != name:
        place = document.value_place(("project", "name"))
        raise ConfigurationError(
            Diagnostic(place, f"is the project {found!r}, not {name!r}; --output names another place")
        )


def publish(built: BuiltPackage, directory: Path, name: str, progress: Progress | None = None) -> PublishedPackage:
    """Writes the distribution.

    Raises:
        GeneratorError: there is no document to make samples of, or the directory cannot be written.
    """
    samples = _samples(built.request, progress)
    distribution = _describe(built, name, samples)
    texts = {path: _rendered(path, distribution) for path in OWNERS_FILES}
    summary = built.write()
    files = [file for stem, group in samples.items() for file in write_samples(group.texts, directory / SAMPLES, stem)]
    remove_other_samples(files, directory / SAMPLES)
    written = tuple(path for path, text in texts.items() if _write_once(directory / path, text))
    kept = tuple(path for path in texts if path not in written)
    return PublishedPackage(summary, sum(len(group.texts) for group in samples.values()), written, kept)


@dataclass(slots=True)
class _Samples:
    """Documents of the schemas with one file name; ``smallest`` is the smallest of the first of them."""

    root: str
    smallest: str
    texts: list[str]


def _samples(request: PackageRequest, progress: Progress | None) -> dict[str, _Samples]:
    found: dict[str, _Samples] = {}
    schemas = read_schemas(request, Diagnostics())
    for done, checked in enumerate(schemas):
        if progress is not None:
            progress("sample", done, len(schemas))
        for schema, form in _starts(checked.schema, checked.form, request.roots):
            smallest = Sampler(form).smallest_document()
            texts = [document.to_xml(schema.prefixes) for document in covering_documents(form)]
            stem = re.sub(r"[^\w.-]+", "", Path(schema.files[0]).stem) or "sample"
            found.setdefault(stem, _Samples(smallest.name.local, smallest.to_xml(schema.prefixes), [])).texts += texts
    return found


def _starts(schema: Schema, form: SimplifiedForm, roots: tuple[str, ...]) -> Iterator[tuple[Schema, SimplifiedForm]]:
    """The schema from its start, or from each of the roots that it has; `bind` has refused roots that no schema has."""
    if not roots:
        yield schema, form
    for root in roots:
        try:
            started = starting_at(schema, root)
        except ConfigurationError:
            continue
        yield started, SimplifiedForm(started)


def _describe(built: BuiltPackage, name: str, samples: dict[str, _Samples]) -> Distribution:
    """The example is of the schema that most is to be said of."""
    richest = max(samples.values(), key=lambda group: len(group.texts))
    roots = _roots(built.generated.model)
    return Distribution(
        name,
        built.request.name,
        roots,
        tuple(sorted({_shown_name(file) for file in built.request.schemas})),
        next(root for root in roots if root.element == richest.root),
        _literal(richest.smallest),
    )


def _roots(model: Model) -> tuple[Root, ...]:
    """One for each name: where two schemas have a root of the same name, the first."""
    found: dict[str, Root] = {}
    for root in model.roots:
        element = root.xml_name.local
        found.setdefault(element, Root(element, class_identifier(root.type.name), field_name(root.type.name)))
    return tuple(found.values())


def _shown_name(file: Path) -> str:
    return "standard input" if str(file) == STANDARD_INPUT_NAME else name_in_text(Path(file.name))


def _literal(text: str) -> str:
    """A text as people write it in Python, if that can be."""
    if "\\" in text or '"""' in text or not text.replace("\n", "").isprintable():
        return repr(text)
    return f'"""\\\n{text}"""'


def _rendered(path: str, distribution: Distribution) -> str:
    from ..render.environment import new_environment

    template = new_environment(None, autoescape=False).get_template(f"distribution/{path}.jinja")
    return template.render(distribution=distribution)


def _write_once(file: Path, text: str) -> bool:
    """Whether the file was not there."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8", newline="\n") as new:
            new.write(text)
    except FileExistsError:
        return False
    except OSError as error:
        message = f"cannot be written: {error.strerror or error}"
        raise OutputError(Diagnostic(SourceLocation(str(file)), message)) from None
    return True
