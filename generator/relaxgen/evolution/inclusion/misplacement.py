"""The kind of break where a child is not allowed at its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...runtime.patterns import Pattern
from .results import Kind
from .vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A child ``name``, behind others of its content and before what ``rest`` allows. ``wide`` is the pattern that
    refuses it, ``base`` what that was before the first of the others, ``whole`` the pattern of the whole content."""

    name: str
    before: Sequence[str]
    rest: Pattern
    wide: Pattern
    base: Pattern
    whole: Pattern


def judged(child: Misplaced, names: Vocabulary) -> tuple[Kind, str]:
    """The kind of break, and the name that it is about: that of the child, or of one that is missing before it."""
    if child.name not in names.alphabet(child.whole):
        return Kind.CHILD_NOT_ALLOWED, child.name
    if child.name in names.alphabet(child.wide):
        missing = names.next_in(child.wide)
        if missing and not any(name in names.alphabet(child.rest) for name in missing):
            return Kind.CHILD_MISSING, missing[0]
        return Kind.ORDER, child.name
    if child.name in child.before:
        return Kind.CHILD_REPEATED, child.name
    if _would_fit(child, names):
        return Kind.ORDER, child.name
    return Kind.COMBINATION, child.name


def _would_fit(child: Misplaced, names: Vocabulary) -> bool:
    """Whether the child is allowed somewhere before the others."""
    orders = ([*child.before[:index], child.name, *child.before[index:]] for index in range(len(child.before)))
    return any(names.takes(child.base, order) for order in orders)
