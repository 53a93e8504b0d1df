"""Random documents, for property tests and for unexpected documents that a schema allows.

The size is the number of elements and attributes that a document may have beyond the smallest one. With 0 every
decision is the cheapest. A smaller size makes a simpler document, so a failing test can be repeated with smaller ones.
The size is shared among the choices of an element, so that the first of a hundred optional children does not use all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf
from random import Random

from ..relaxng.name_class import NameClass, QName, names_of
from ..relaxng.pattern import Attribute, Choice, Data, Element, OneOrMore, Pattern, Text, Value
from ..relaxng.simplified_form import SimplifiedForm, walk
from .costs import LARGEST, NODE
from .expansion import Item
from .sample_element import SampleElement
from .sample_names import sample_names
from .smallest_documents import Sampler, SmallestChoices

USUAL_SIZE = 30

_TEXTS = (
    "",
    "a",
    "example",
    "two words",
    " a ",
    "1",
    "-",
    "<&>",
    'it\'s "so"',
    "é",
    "日本",
    "\U0001f600",
    "a\nb",
    "\t",
    "]]>",
)
"""The texts for ``text``: ordinary words, and characters that programs often read or write wrongly."""


def random_document(form: SimplifiedForm, random: Random, size: int = USUAL_SIZE) -> SampleElement:
    """A valid document. The same state of `random` gives the same document.

    Raises:
        NoSample: no document is valid, or none that is small enough.
    """
    return random_document_of(Sampler(form), random, size)


def random_document_of(sampler: Sampler, random: Random, size: int = USUAL_SIZE) -> SampleElement:
    """Like `random_document`, for many documents of one schema."""
    return sampler.document(_RandomChoices(sampler, random, size))


class _RandomChoices(SmallestChoices):
    def __init__(self, sampler: Sampler, random: Random, size: int) -> None:
        super().__init__(sampler)
        self._random = random
        self._left = min(max(size, 0), int(LARGEST // NODE))
        self._is_plain = size <= 0
        self._around: list[int] = [1]

    def alternative(self, choice: Choice, in_list: bool) -> Pattern:
        if self._is_plain:
            return super().alternative(choice, in_list)
        costs = [self._nodes(member, in_list) for member in choice.patterns]
        least = min(costs)
        most = least + (self._left if self._is_spending() else 0)
        chosen = self._random.choice([index for index, cost in enumerate(costs) if cost <= most])
        self._left -= int(costs[chosen] - least)
        return choice.patterns[chosen]

    def is_repeated(self, pattern: OneOrMore, count: int) -> bool:
        price = max(1, self._nodes(pattern.pattern, False))
        if price > self._left or not self._is_spending() or not may_repeat(pattern):
            return False
        self._left -= int(price)
        return True

    def text(self, leaf: Text | Data | Value, in_list: bool) -> str:
        if self._is_plain:
            return super().text(leaf, in_list)
        if isinstance(leaf, Text):
            return self._random.choice(_TEXTS)
        return self._random.choice(self._sampler.texts.several(leaf, in_list))

    def name(self, name_class: NameClass, taken: Iterable[QName]) -> QName:
        taken = frozenset(taken)
        names = [name for name in sample_names(name_class) if name not in taken]
        return self._random.choice(names) if names and not self._is_plain else super().name(name_class, taken)

    def mingled(self, parts: Sequence[Sequence[Item]]) -> Sequence[Item]:
        """The order within each part stays."""
        turns = [index for index, part in enumerate(parts) for _ in part]
        if not self._is_plain:
            self._random.shuffle(turns)
        items = [iter(part) for part in parts]
        return [next(items[turn]) for turn in turns]

    def entered(self, pattern: Element | Attribute) -> None:
        inside = self._sampler.form.content(pattern) if isinstance(pattern, Element) else pattern.pattern
        self._around.append(self._sampler.choices_in(inside))

    def left(self, pattern: Element | Attribute) -> None:
        self._around.pop()

    def _is_spending(self) -> bool:
        return self._random.random() * (self._left + self._around[-1]) < self._left

    def _nodes(self, pattern: Pattern, in_list: bool) -> float:
        cost = self._sampler.costs.of(pattern, in_list)
        return cost if cost == inf else cost // NODE


def may_repeat(pattern: OneOrMore) -> bool:
    """False if an attribute of the same name would occur twice."""
    return not any(
        isinstance(inside, Attribute) and names_of(inside.name) is not None for inside in walk(pattern.pattern)
    )
