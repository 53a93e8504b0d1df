"""Which modules of the run time a package can do without."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from ..runtime import CONVERTERS
from ..runtime.datatypes import BOUNDS, DIGITS, ELSEWHERE, LENGTHS, PATTERN
from .view import CompiledGrammar, PythonConverter

_NAMES = re.compile(r"rt\.(?:Data|Meaning)\('(\w+)'|rt\.(\w+)\(|\('(\w+)', ")
"""The datatypes, converters and parameters in an expression. To find too many is no harm."""

_RELEASES = "tables of releases"

NEEDED: Mapping[str, Collection[str]] = {
    **{f"{module}.py": types for module, types in ELSEWHERE.items()},
    **{
        f"{module}.py": [name for name, home in CONVERTERS.items() if home == f".{module}"]
        for module in ("composite_converters", "date_converters", "number_converters", "octet_converters")
    },
    "facets.py": LENGTHS | BOUNDS | DIGITS | PATTERN,
    "expression.py": PATTERN,
    "releases.py": (_RELEASES,),
}
"""The modules that only some packages need, each with the datatypes, parameters or converters that need it; all others
are carried by every package. The run time must import these by their names, when it needs them."""


def left_out(
    grammars: Iterable[CompiledGrammar], converters: Iterable[PythonConverter], *, has_releases: bool = False
) -> frozenset[str]:
    """The modules that a package does not need."""
    used = {_RELEASES} if has_releases else set()
    for grammar in grammars:
        for type_, parameters in grammar.datatypes:
            used |= {type_, *(name for name, *_ in parameters)}
    for converter in converters:
        for names in _NAMES.findall(converter.expression):
            used.update(names)
    return frozenset(path for path, names in NEEDED.items() if used.isdisjoint(names))
