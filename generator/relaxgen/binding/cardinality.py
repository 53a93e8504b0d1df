"""How often something occurs in a content model, and the algebra over patterns that decides it.

pattern          cardinality
p                one
p?               optional
p*               any number
p+               at least one
p, q  and p & q  total: what occurs on both sides may repeat
p | q            either: what one side lacks is optional
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cardinality:
    required: bool
    many: bool

    def __str__(self) -> str:
        if self.many:
            return "many, at least one" if self.required else "many"
        return "one" if self.required else "optional"


ONE = Cardinality(required=True, many=False)
OPTIONAL = Cardinality(required=False, many=False)
MANY = Cardinality(required=False, many=True)
MANY_AT_LEAST_ONE = Cardinality(required=True, many=True)


def total(left: Cardinality | None, right: Cardinality | None) -> Cardinality:
    """Both occur in a group or an interleave; None where one side does not have it.

    >>> total(ONE, OPTIONAL) == MANY_AT_LEAST_ONE
    True
    """
    if left is None or right is None:
        present = left or right
        assert present is not None, "one side of a sum has what is summed"
        return present
    return Cardinality(left.required or right.required, many=True)


def either(left: Cardinality | None, right: Cardinality | None) -> Cardinality:
    """One of the two is taken; None where one side does not have it.

    >>> either(ONE, None) == OPTIONAL
    True
    """
    if left is None or right is None:
        present = left or right
        assert present is not None, "one side of a choice has what is chosen"
        return optional(present)
    return Cardinality(left.required and right.required, left.many or right.many)


def optional(cardinality: Cardinality) -> Cardinality:
    return Cardinality(False, cardinality.many)


def repeated(cardinality: Cardinality) -> Cardinality:
    """Inside ``oneOrMore``; ``zeroOrMore`` is the optional of this."""
    return Cardinality(cardinality.required, many=True)
