"""Version numbers: which step a change needs, and whether the next version takes it.

Numbers are read as Semantic Versioning 2.0.0 has them, with one to three parts. Before 1.0.0 a major change needs a
step of the second part, and any other change one of the third, as is the custom.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum

from ..diagnostics.errors import ConfigurationError, Diagnostic
from ..diagnostics.locations import SourceLocation
from .rules import Category


class Step(IntEnum):
    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3


Numbers = tuple[int, int, int]


def read_version(text: str, place: SourceLocation) -> Numbers:
    """
    Raises:
        ConfigurationError: `text` is not a version number, such as 1.4.0 or v2.
    """
    match = re.fullmatch(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:[-+.].*)?", text.strip())
    if match is None:
        raise ConfigurationError(Diagnostic(place, f"{text!r} is not a version number; expected one such as 1.4.0"))
    first, second, third = (int(part or 0) for part in match.groups())
    return first, second, third


@dataclass(frozen=True, slots=True)
class VersionStep:
    """``major`` and ``minor`` are the categories whose breaks need such a step; every change needs a patch."""

    last: Numbers
    next: Numbers | None = None
    major: frozenset[Category] = frozenset({Category.BACKWARD, Category.SOURCE})
    minor: frozenset[Category] = frozenset({Category.FORWARD})

    def needed(self, broken: Collection[Category]) -> Step:
        if self.major & set(broken):
            return Step.MAJOR
        return Step.MINOR if self.minor & set(broken) else Step.PATCH

    def lowest(self, broken: Collection[Category]) -> str:
        """The lowest version that may have the change."""
        first, second, third = self.last
        step = self.needed(broken)
        if not first:
            step = Step(max(Step.PATCH, step - 1))
        match step:
            case Step.MAJOR:
                return f"{first + 1}.0.0"
            case Step.MINOR:
                return f"{first}.{second + 1}.0"
            case _:
                return f"{first}.{second}.{third + 1}"

    def is_too_low(self, broken: Collection[Category]) -> bool:
        if self.next is None:
            return False
        return self.next < read_version(self.lowest(broken), SourceLocation("version"))

    def describe(self, broken: Collection[Category]) -> str:
        """One line of advice: «a major change (breaks backward): after 1.4.0 comes 2.0.0 or later»."""
        last = ".".join(map(str, self.last))
        reasons = " and ".join(category.value for category in Category if category in broken)
        what = f"a {self.needed(broken).name.lower()} change ({f'breaks {reasons}' if reasons else 'breaks nothing'})"
        if self.next is None:
            return f"{what}: after {last} comes {self.lowest(broken)} or later"
        then = ".".join(map(str, self.next))
        verdict = (
            f"is too low, expected {self.lowest(broken)} or later" if self.is_too_low(broken) else "is high enough"
        )
        return f"{what}: after {last}, {then} {verdict}"
