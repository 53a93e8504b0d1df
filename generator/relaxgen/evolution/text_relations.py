"""Which of two patterns for texts allows more, by the exact comparison of elements that contain them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from ..diagnostics.locations import UNKNOWN_LOCATION
from ..relaxng.name_class import Name, QName
from ..relaxng.pattern import Element, Pattern
from ..relaxng.schema import Schema
from ..relaxng.simplified_form import SimplifiedForm
from .inclusion import Inclusion, Verdict, allows_when_collapsed, compare_documents
from .rules import Category

Texts = tuple[str | None, str | None]


class Relation(Enum):
    """What is allowed now, against what was allowed before."""

    EQUAL = auto()
    NARROWED = auto()
    WIDENED = auto()
    CHANGED = auto()
    UNDECIDED = auto()


@dataclass(frozen=True, slots=True)
class Related:
    """``texts`` are one that only the old pattern allows, and one that only the new one does. ``white_space`` are the
    categories in which the patterns differ in white space around or between words only."""

    relation: Relation
    texts: Texts = (None, None)
    white_space: tuple[Category, ...] = ()


@lru_cache(maxsize=1000)
def relate(old: Pattern, new: Pattern) -> Related:
    """The answers are kept, since many schemas include the same definitions."""
    before, after = _form_of(old), _form_of(new)
    lost, won = compare_documents(before, after), compare_documents(after, before)
    white_space = [
        category
        for category, inclusion, sides in (
            (Category.BACKWARD, lost, (before, after)),
            (Category.FORWARD, won, (after, before)),
        )
        if inclusion.verdict is Verdict.NOT_INCLUDED and allows_when_collapsed(*sides)
    ]
    return Related(_relation(lost.verdict, won.verdict), (_some_text(lost), _some_text(won)), tuple(white_space))


def _relation(lost: Verdict, won: Verdict) -> Relation:
    if Verdict.UNDECIDED in (lost, won):
        return Relation.UNDECIDED
    match lost, won:
        case Verdict.INCLUDED, Verdict.INCLUDED:
            return Relation.EQUAL
        case Verdict.INCLUDED, _:
            return Relation.WIDENED
        case _, Verdict.INCLUDED:
            return Relation.NARROWED
        case _:
            return Relation.CHANGED


def _some_text(inclusion: Inclusion) -> str | None:
    return next((one.value for one in inclusion.counterexamples if one.value is not None), None)


def _form_of(content: Pattern) -> SimplifiedForm:
    element = Element(Name(QName("", "value")), content)
    return SimplifiedForm(Schema(UNKNOWN_LOCATION, element, {}))
