"""Which modules of the run time a package can do without."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from ..runtime.datatypes import TIME_TYPES
from .view import CompiledGrammar, PythonConverter

_DATATYPE = re.compile(r"rt\.(?:Data|Meaning)\('(\w+)'")
_PARAMETER = re.compile(r"\('(\w+)', ")


@dataclass(frozen=True, slots=True)
class Uses:
    """The names of datatypes and of their parameters, in the grammars and in the converters of a package, and whether
    it has tables of releases."""

    types: frozenset[str]
    parameters: frozenset[str]
    releases: bool = False


NEEDED: Mapping[str, Callable[[Uses], object]] = {
    "time_types.py": lambda uses: uses.types.intersection(TIME_TYPES),
    "expression.py": lambda uses: "pattern" in uses.parameters,
    "releases.py": lambda uses: uses.releases,
}
"""The modules that only some packages need, each with the test for it; all others are carried by every package. The run
time must import these by their names, when it needs them."""


def left_out(
    grammars: Iterable[CompiledGrammar], converters: Iterable[PythonConverter], *, has_releases: bool = False
) -> frozenset[str]:
    """The modules that a package does not need."""
    uses = replace(_uses(grammars, converters), releases=has_releases)
    return frozenset(path for path, is_needed in NEEDED.items() if not is_needed(uses))


def _uses(grammars: Iterable[CompiledGrammar], converters: Iterable[PythonConverter]) -> Uses:
    types: set[str] = set()
    parameters: set[str] = set()
    for grammar in grammars:
        for name, given in grammar.datatypes:
            types.add(name)
            parameters.update(parameter for parameter, *_ in given)
    for converter in converters:
        types.update(_DATATYPE.findall(converter.expression))
        parameters.update(_PARAMETER.findall(converter.expression))
    return Uses(frozenset(types), frozenset(parameters))
