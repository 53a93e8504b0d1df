"""The two ways to look at a change of documents, and the changes that can explain what one of them shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..diagnostics.locations import SourceLocation
from .inclusion import Counterexample, Kind
from .rules import RULES, Category

_WILDCARDS = ("RNG070",)
_DATATYPES = ("RNG043", "RNG042", "RNG050", "RNG052", "RNG053", "RNG054", "RNG056")

BACKWARD_RULES: Mapping[Kind, tuple[str, ...]] = {
    Kind.ROOT_NOT_ALLOWED: ("RNG010", "RNG072"),
    Kind.ATTRIBUTE_NOT_ALLOWED: ("RNG030", "RNG035", "RNG037", "RNG072", *_WILDCARDS),
    Kind.ATTRIBUTE_MISSING: ("RNG032", "RNG033", "RNG036", "RNG037", "RNG072"),
    Kind.VALUE_NOT_ALLOWED: ("RNG040", *_DATATYPES),
    Kind.DATATYPE_NARROWER: ("RNG040", *_DATATYPES),
    Kind.TEXT_NOT_ALLOWED: ("RNG080",),
    Kind.TEXT_REQUIRED: ("RNG082", "RNG081", "RNG040", *_DATATYPES),
    Kind.CHILD_NOT_ALLOWED: ("RNG020", "RNG029", "RNG036", "RNG072", *_WILDCARDS),
    Kind.CHILD_MISSING: ("RNG022", "RNG023", "RNG029", "RNG035", "RNG072"),
    Kind.CHILD_REPEATED: ("RNG026",),
    Kind.ORDER: ("RNG027",),
    Kind.COMBINATION: (),
}
"""The changes that can explain what the old schema allows and the new one does not."""

FORWARD_RULES: Mapping[Kind, tuple[str, ...]] = {
    kind: tuple(dict.fromkeys(mirror for rule in rules for mirror in RULES[rule].mirrors))
    for kind, rules in BACKWARD_RULES.items()
}
"""The same seen from the other side, where every rule has its mirror."""


@dataclass(frozen=True, slots=True)
class Direction:
    """One way to look at a change. ``rules`` explain counterexamples; ``whole``, ``alternative`` and
    ``together`` are the rules for those that no change explains. The rest are words for messages about the side that
    does not allow something: what «is not allowed any more» now, or «was not allowed before»."""

    category: Category
    rules: Mapping[Kind, tuple[str, ...]]
    whole: str
    alternative: str
    together: str
    singular: str
    plural: str
    tail: str
    then: str

    @property
    def not_allowed(self) -> str:
        return f"{self.singular} not allowed"

    @property
    def required(self) -> str:
        return f"{self.singular} required {self.then}"

    def places(self, counterexample: Counterexample) -> tuple[SourceLocation, SourceLocation]:
        """The places in the old and in the new schema."""
        if self.category is Category.BACKWARD:
            return counterexample.narrow, counterexample.wide
        return counterexample.wide, counterexample.narrow


BACKWARD = Direction(
    Category.BACKWARD, BACKWARD_RULES, "RNG001", "RNG065", "RNG063", "is", "are", tail="any more", then="now"
)
FORWARD = Direction(
    Category.FORWARD, FORWARD_RULES, "RNG002", "RNG066", "RNG064", "was", "were", tail="before", then="before"
)
