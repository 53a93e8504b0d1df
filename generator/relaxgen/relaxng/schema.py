"""Schemas: what later stages use, after all grammars of a file and its includes have been put together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..diagnostics.locations import UNKNOWN_LOCATION, SourceLocation
from .pattern import NO_ANNOTATIONS, Annotations, Element, Pattern, children
from .schematron import EmbeddedRules


@dataclass(frozen=True, slots=True)
class SchemaDefine:
    """One definition after combining. ``name`` is what the author called it; two nested grammars may use the same
    name, so the key in `Schema.defines` can differ. ``locations`` are the places of all definitions combined."""

    name: str
    pattern: Pattern
    locations: tuple[SourceLocation, ...] = field(default=(), compare=False)
    annotations: Annotations = field(default=NO_ANNOTATIONS, compare=False)

    @property
    def location(self) -> SourceLocation:
        return self.locations[0] if self.locations else UNKNOWN_LOCATION


@dataclass(frozen=True, slots=True)
class Schema:
    """A grammar after sections 4.1 to 4.18 as far as binding needs: no include, div, externalRef, parentRef, nested
    grammar or combine is left; every `Ref` names a key of ``defines``. Defines and n-ary groups are kept, and so are
    ``optional``, ``zeroOrMore`` and ``mixed``: classes take their names from the former, the exact validator
    translates the latter itself.

    ``files`` are all files that were read, the schema itself first. ``prefixes`` maps namespaces to the prefixes that
    the files declare for them, the first declaration of each. ``catalogs`` are the XML catalogs that were looked
    for, ``rules`` those of Schematron in all files, ``compact_files`` those in the compact syntax.
    """

    location: SourceLocation
    start: Pattern
    defines: Mapping[str, SchemaDefine]
    files: tuple[str, ...] = ()
    prefixes: Mapping[str, str] = field(default_factory=dict, compare=False)
    catalogs: tuple[str, ...] = field(default=(), compare=False)
    rules: tuple[EmbeddedRules, ...] = field(default=(), compare=False)
    compact_files: frozenset[str] = field(default=frozenset(), compare=False)

    def patterns(self) -> Iterator[Pattern]:
        """All patterns, each once, in the schema's order."""
        stack = [self.start, *(define.pattern for define in self.defines.values())][::-1]
        while stack:
            pattern = stack.pop()
            yield pattern
            stack.extend(reversed(children(pattern)))

    def elements(self) -> Iterator[Element]:
        """All element patterns, each once, in the schema's order."""
        return (pattern for pattern in self.patterns() if isinstance(pattern, Element))
