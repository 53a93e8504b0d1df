"""Which releases accept a document, and what the others refuse.

    with open_releases(ReleaseArguments("domain.rng", versions="history/")) as found:
        releases = Releases(found)
        releases.requires("guest.xml").lowest           # '9.0.0'
        releases.accepts("guest.xml", "8.0.0")          # False

A release can refuse what an older one accepts, so all releases are tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from ...diagnostics.errors import ConfigurationError, Diagnostic, Diagnostics, SchemaError, nearest_or_all
from ...diagnostics.locations import SourceLocation
from ...relaxng.compilation_cache import compile_with_cache
from ...relaxng.validator import CompiledSchema, compile_schema
from ...runtime.faults import Fault
from ...runtime.releases import Ranges, runs_of
from .collection import Release

MOST_COMPILED = 40
"""At most this many compiled schemas are kept."""

MAXIMUM_FAULTS = 100


@dataclass(frozen=True, slots=True)
class Requirement:
    """What one document needs. ``accepted`` are the releases that accept it, ``releases`` all that were tried, both the
    oldest first; ``faults`` are those under each release that refuses it."""

    document: str
    releases: tuple[str, ...]
    accepted: tuple[str, ...]
    faults: dict[str, tuple[Fault, ...]]

    @property
    def lowest(self) -> str | None:
        """The oldest release that accepts the document; None where none does."""
        return self.accepted[0] if self.accepted else None

    @property
    def ranges(self) -> Ranges:
        """The first and the last release of each run of releases that accept the document."""
        return runs_of(self.releases, sum(1 << self.releases.index(name) for name in self.accepted))

    def obstacles(self) -> Iterator[tuple[tuple[str, ...], tuple[Fault, ...]]]:
        """The releases before the lowest one, the newest first; neighbours that refuse the same are together. Without
        a lowest one, all releases."""
        end = self.releases.index(self.lowest) if self.lowest is not None else len(self.releases)
        together: list[str] = []
        last: tuple[Fault, ...] = ()
        for name in reversed(self.releases[:end]):
            if together and _keys(self.faults[name]) != _keys(last):
                yield tuple(together), last
                together = []
            together.append(name)
            last = self.faults[name]
        if together:
            yield tuple(together), last


def _as_source(document: Any) -> Any:
    """The text of an object of a generated package; its run time is a copy of ours."""
    if not any(one.__dict__.get("_tag") for one in type(document).__mro__):
        return document
    element = next(one for one in type(document).__mro__ if one.__name__ == "Element")
    runtime = import_module(element.__module__.rpartition(".")[0])
    return runtime.format(type(document), document, {"validate": False})


def _keys(faults: Sequence[Fault]) -> list[tuple[object, ...]]:
    return [(fault.line, fault.column, fault.path, fault.code) for fault in faults]


class Releases:
    """The releases of a schema, each compiled when it is needed. ``diagnostics`` are warnings about releases whose
    schema is not correct; they accept nothing and are left out."""

    def __init__(self, releases: Sequence[Release], *, cache: bool = True) -> None:
        self._releases = {release.name: release for release in releases}
        self._compile: Callable[[Path], CompiledSchema] = compile_with_cache if cache else compile_schema
        self._compiled = lru_cache(MOST_COMPILED)(self._compiled_anew)
        self.diagnostics = Diagnostics()

    @property
    def versions(self) -> tuple[str, ...]:
        """All releases, the oldest first."""
        return tuple(self._releases)

    def accepts(self, document: Any, version: str) -> bool:
        """Whether a release accepts a document: a path, text, bytes, an open file, an lxml element, or an object of a
        generated package, whichever schema that was generated from.

        Raises:
            ConfigurationError: there is no such release.
            SchemaError: the schema of the release is not correct.
        """
        return self.schema(version).is_valid(_as_source(document))

    def faults(self, document: Any, version: str, name: str = "") -> tuple[Fault, ...]:
        """What a release refuses in a document.

        Raises:
            ConfigurationError: there is no such release.
            SchemaError: the schema of the release is not correct.
        """
        return tuple(self.schema(version).validate(_as_source(document), name=name, max_faults=MAXIMUM_FAULTS))

    def requires(self, document: Any, name: str = "") -> Requirement:
        """What a document needs, tried with every release; `name` is what faults call it."""
        (requirement,) = self.requirements([(name, document)])
        return requirement

    def requirements(
        self, documents: Sequence[tuple[str, Any]], progress: Callable[[str, int, int], None] | None = None
    ) -> list[Requirement]:
        """The same for several documents, given with their names; each release is compiled once."""
        documents = [(name, _as_source(document)) for name, document in documents]
        found: list[dict[str, tuple[Fault, ...]]] = [{} for _ in documents]
        accepted: list[list[str]] = [[] for _ in documents]
        tried: list[str] = []
        for index, version in enumerate(self.versions):
            if progress is not None:
                progress("validate", index, len(self.versions))
            try:
                schema = self.schema(version)
            except SchemaError as error:
                warning = self._releases[version].left_out(error)
                self.diagnostics.warning(warning.location, warning.message)
                continue
            tried.append(version)
            for place, (name, document) in enumerate(documents):
                faults = schema.validate(document, name=name, max_faults=MAXIMUM_FAULTS)
                if faults:
                    found[place][version] = tuple(faults)
                else:
                    accepted[place].append(version)
        return [
            Requirement(name, tuple(tried), tuple(accepted[place]), found[place])
            for place, (name, _) in enumerate(documents)
        ]

    def schema(self, version: str) -> CompiledSchema:
        """The compiled schema of a release.

        Raises:
            ConfigurationError: there is no such release.
            SchemaError: its schema is not correct.
        """
        if version not in self._releases:
            hint = nearest_or_all(version, self._releases)
            raise ConfigurationError(Diagnostic(SourceLocation("--versions"), f"there is no release {version!r}{hint}"))
        return self._compiled(version)

    def _compiled_anew(self, version: str) -> CompiledSchema:
        return self._compile(self._releases[version].schema)
