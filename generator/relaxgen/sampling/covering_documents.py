"""Documents that together exercise every position of a schema: few, and not too large.

Each document is made for one position that is still open, and follows a route to it. Other choices on the way prefer
open positions, too: an alternative that contains one comes first, and a repetition goes on as long as it reaches new
ones. An element inside itself is the smallest, and so is everything once the document is large enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from math import inf
from operator import or_

from ..relaxng.pattern import Attribute, Choice, Data, Element, OneOrMore, Pattern, Text, Value
from ..relaxng.simplified_form import SimplifiedForm, elements_in, parts
from .expansion import Expansion
from .random_documents import may_repeat
from .sample_element import SampleElement
from .schema_positions import Key, Position, key_of, positions_of
from .smallest_documents import Sampler, SmallestChoices

LARGE = 300
"""A document with this number of elements and attributes is completed as soon as possible."""

FAR = 3
"""The depth of the search for open positions, in elements. In a schema where every element may contain every other,
there is always an open position further down, and following all of them makes large documents with little new."""


Progress = Callable[[str, int, int], None]


def covering_documents(form: SimplifiedForm, progress: Progress | None = None) -> Iterator[SampleElement]:
    """Documents that exercise all positions of the schema. Each document exercises a new one.

    Raises:
        NoSample: no document is valid, or none that is small enough.
    """
    sampler = Sampler(form)
    sampler.check_start()
    wanted = positions_of(form)
    gains = _Gains(form, wanted)
    open_ = gains.all
    for done, position in enumerate(wanted):
        if progress is not None:
            progress("sample", done, len(wanted))
        if open_ & gains.bit(position.key):
            document, left = _document_for(sampler, position, gains, open_)
            if document is not None and left != open_:
                yield document
                open_ = left


def _document_for(sampler: Sampler, position: Position, gains: _Gains, open_: int) -> tuple[SampleElement | None, int]:
    """None if no text is known for something that the position requires."""
    path = sampler.paths.to(position.element)
    routes = sampler.routes(path, position.inside) if path else []
    if not path or any(route.cost == inf for route in routes):
        return None, open_
    choices = _CoveringChoices(sampler, gains, open_)
    return Expansion(sampler.form, choices, routes).element(path[0]), choices.open


class _Gains:
    """The positions that a pattern can reach in a place, as the bits of a number."""

    def __init__(self, form: SimplifiedForm, positions: Iterable[Position]) -> None:
        self._form = form
        self._bits = {position.key: 1 << index for index, position in enumerate(positions)}
        self._known: dict[tuple[int, int, int], int] = {}
        self._below: dict[int, int] = {}
        self._settle()
        self.all = (1 << len(self._bits)) - 1

    def bit(self, key: Key) -> int:
        return self._bits.get(key, 0)

    def of(self, pattern: Pattern, element: Element | None, attribute: Attribute | None) -> int:
        """The positions in or below a pattern, which is in this attribute of this element."""
        key = (id(pattern), id(element), id(attribute))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._compute(pattern, element, attribute)
        return found

    def _compute(self, pattern: Pattern, element: Element | None, attribute: Attribute | None) -> int:
        if isinstance(pattern, Element):
            return self._below[id(pattern)]
        if element is not None and isinstance(pattern, (Value, Data)):
            return self.bit(key_of(element, attribute, pattern))
        if element is not None and isinstance(pattern, Attribute):
            return self.bit(key_of(element, pattern)) | self.of(pattern.pattern, element, pattern)
        return reduce(or_, (self.of(part, element, attribute) for part in parts(pattern)), 0)

    def _settle(self) -> None:
        """The positions at most `FAR` steps below each element. Positions farther away have their own documents."""
        elements = list(self._form.elements())
        inside = {id(element): elements_in(self._form.content(element)) for element in elements}
        self._below = {id(element): 0 for element in elements}
        # While nothing is below any element, the positions of a content are those outside of its child elements.
        own = {
            id(element): self.bit(key_of(element)) | self.of(self._form.content(element), element, None)
            for element in elements
        }
        for _ in range(FAR):
            self._below = {
                key: reduce(or_, (self._below[id(child)] for child in children), own[key])
                for key, children in inside.items()
            }
        self._known.clear()


class _CoveringChoices(SmallestChoices):
    def __init__(self, sampler: Sampler, gains: _Gains, open_: int) -> None:
        super().__init__(sampler)
        self._gains = gains
        self.open = open_
        self._elements: list[Element] = []
        self._attribute: Attribute | None = None
        self._frugal = 0
        self._size = 0
        self._before: dict[tuple[int, int], int] = {}
        self._barren: set[int] = set()
        self._at_entry: list[int] = []

    def alternative(self, choice: Choice, in_list: bool) -> Pattern:
        for member in choice.patterns:
            if self._is_worthwhile(member, in_list):
                return member
        return super().alternative(choice, in_list)

    def is_repeated(self, pattern: OneOrMore, count: int) -> bool:
        """As long as it contains an open position, and the last repetition reached a new one."""
        place = (id(pattern), len(self._elements))
        is_idle = count > 1 and self._before.get(place) == self.open
        self._before[place] = self.open
        return not is_idle and self._is_worthwhile(pattern.pattern, False) and may_repeat(pattern)

    def _is_worthwhile(self, pattern: Pattern, in_list: bool) -> bool:
        if self._frugal or self._size > LARGE or self._sampler.costs.of(pattern, in_list) == inf:
            return False
        if isinstance(pattern, Element) and self._is_spent(pattern):
            return False
        element = self._elements[-1] if self._elements else None
        return bool(self._gains.of(pattern, element, self._attribute) & self.open)

    def _is_spent(self, element: Element) -> bool:
        """Whether the element is inside itself, or reached nothing new earlier in this document."""
        return id(element) in self._barren or any(element is outer for outer in self._elements)

    def text(self, leaf: Text | Data | Value, in_list: bool) -> str:
        if isinstance(leaf, Text):
            return ""
        if self._elements:
            self.open &= ~self._gains.bit(key_of(self._elements[-1], self._attribute, leaf))
        texts = self._sampler.texts.several(leaf, in_list)
        return next((text for text in texts if text), texts[0])

    def entered(self, pattern: Element | Attribute) -> None:
        self._size += 1
        if isinstance(pattern, Attribute):
            self._attribute = pattern
            self.open &= ~self._gains.bit(key_of(self._elements[-1], pattern))
            return
        if self._frugal or self._is_spent(pattern):
            self._frugal += 1
        self._elements.append(pattern)
        self._at_entry.append(self.open)
        self.open &= ~self._gains.bit(key_of(pattern))

    def left(self, pattern: Element | Attribute) -> None:
        if isinstance(pattern, Attribute):
            self._attribute = None
            return
        self._elements.pop()
        if self._at_entry.pop() == self.open and not self._frugal:
            self._barren.add(id(pattern))
        self._frugal = max(0, self._frugal - 1)
