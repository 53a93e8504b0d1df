"""Definitions and includes that nothing reaches: over grammars as they are written, before simplification drops them.

Names count whatever grammar they are in, so that nested grammars, overrides and ``parentRef`` keep more than they need
to, and nothing is reported that is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..diagnostics.locations import SourceLocation
from ..relaxng.pattern import (
    Component,
    Define,
    Div,
    Grammar,
    Include,
    NestedGrammar,
    ParentRef,
    Pattern,
    Ref,
    Start,
    children,
)
from .advice import Advice, advise


@dataclass(slots=True)
class _Names:
    """``refers`` are the names that each definition refers to; ``roots`` those that a start refers to."""

    defines: dict[str, list[SourceLocation]] = field(default_factory=dict)
    refers: dict[str, set[str]] = field(default_factory=dict)
    roots: set[str] = field(default_factory=set)
    includes: list[tuple[Include, frozenset[str]]] = field(default_factory=list)
    has_start: set[int] = field(default_factory=set)


def check_reachability(grammars: Iterable[Grammar], own_files: Iterable[str] | None) -> Iterator[Advice]:
    """What no start of any grammar reaches. Of definitions only those in `own_files` are reported, all where it is
    None: a library that other schemas include, too, is not reported for one of them."""
    names = _Names()
    started = [_collect(grammar.components, names) for grammar in grammars]
    if not any(started):
        return
    reached = _reached(names)
    files = None if own_files is None else set(own_files)
    for name, places in names.defines.items():
        for place in places:
            if name not in reached and (files is None or place.path in files):
                yield advise("LNT107", place, f"nothing refers to {name!r}")
    for include, defined in names.includes:
        is_used = bool(defined & reached) or id(include.grammar) in names.has_start
        if not is_used and (files is None or include.location.path in files):
            yield advise("LNT108", include.location, f"nothing refers to a definition of {include.href}")


def _collect(components: Iterable[Component], names: _Names) -> bool:
    """Whether there is a start among the components."""
    found = False
    for component in components:
        match component:
            case Start():
                found = True
                names.roots |= _references(component.pattern, names)
            case Define():
                names.defines.setdefault(component.name, []).append(component.location)
                names.refers.setdefault(component.name, set()).update(_references(component.pattern, names))
            case Div():
                found |= _collect(component.components, names)
            case Include():
                inside = _collect(component.grammar.components, names) | _collect(component.overrides, names)
                if inside:
                    names.has_start.add(id(component.grammar))
                names.includes.append((component, frozenset(_defined(component.grammar.components))))
                found |= inside
    return found


def _defined(components: Iterable[Component]) -> Iterator[str]:
    for component in components:
        match component:
            case Define():
                yield component.name
            case Div():
                yield from _defined(component.components)
            case Include():
                yield from _defined(component.grammar.components)


def _references(pattern: Pattern, names: _Names) -> set[str]:
    found: set[str] = set()
    waiting = [pattern]
    while waiting:
        one = waiting.pop()
        match one:
            case Ref() | ParentRef():
                found.add(one.name)
            case NestedGrammar():
                if _collect(one.grammar.components, names):
                    found |= names.roots
            case _:
                waiting.extend(children(one))
    return found


def _reached(names: _Names) -> set[str]:
    waiting, reached = list(names.roots), set(names.roots)
    while waiting:
        new = names.refers.get(waiting.pop(), set()) - reached
        reached |= new
        waiting.extend(new)
    return reached
