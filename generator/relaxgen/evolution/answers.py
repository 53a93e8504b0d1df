"""The answer to each of the three questions, and whether it is the one that was wished for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .package_comparison import Comparison
from .rules import Category


class Answer(StrEnum):
    BROKEN = "broken"
    """Something breaks; for documents there is one that shows it."""
    KEPT = "kept"
    """Nothing breaks; for documents that is proven."""
    NOT_PROVEN = "not proven"
    """No break was found, and that there is none was not proven."""


@dataclass(frozen=True, slots=True)
class CategoryVerdict:
    """``broken`` findings are shown, ``possible`` ones are not. ``documents`` is the number of documents of the user's
    that could have shown a break."""

    category: Category
    answer: Answer
    broken: int
    possible: int
    documents: int


def verdict_of(comparison: Comparison, category: Category) -> CategoryVerdict:
    broken = len(comparison.broken(category))
    possible = len(comparison.broken(category, possibly=True)) - broken
    checked = comparison.documents
    documents = 0 if checked is None or category is Category.SOURCE else checked.valid(category)
    return CategoryVerdict(category, _answer(comparison, category, broken), broken, possible, documents)


def _answer(comparison: Comparison, category: Category, broken: int) -> Answer:
    if broken:
        return Answer.BROKEN
    if category is Category.SOURCE or comparison.is_proven(category):
        return Answer.KEPT
    return Answer.NOT_PROVEN
