"""The smallest documents: of a schema, of an element, around an element."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from math import inf

from ..relaxng.name_class import NameClass, QName
from ..relaxng.pattern import Attribute, Choice, Data, Element, OneOrMore, Pattern, Text, Value
from ..relaxng.simplified_form import SimplifiedForm, walk
from .costs import Costs
from .datatype_texts import Texts
from .expansion import Chooser, Expansion, Item, NoSample, some_name
from .routes import Paths, Route
from .sample_element import SampleElement


class Sampler:
    """Makes samples of one simplified form, with shared results. Patterns must belong to this form."""

    def __init__(self, form: SimplifiedForm) -> None:
        self.form = form
        self.texts = Texts()
        self.costs = Costs(form, self.texts)
        self._choices: dict[int, int] = {}

    @cached_property
    def paths(self) -> Paths:
        return Paths(self.form, self.costs)

    def smallest_document(self) -> SampleElement:
        """Raises:
        NoSample: no document is valid, or none that is small enough.
        """
        return self.document(SmallestChoices(self))

    def document(self, chooser: Chooser) -> SampleElement:
        """The document that `chooser` decides on; raises the same."""
        self.check_start()
        (root,) = Expansion(self.form, chooser).content(self.form.start).children
        assert isinstance(root, SampleElement), "a start has one element (section 7.1.5)"
        return root

    def check_start(self) -> None:
        if self.costs.of(self.form.start) == inf:
            message = "no finite document is valid, or none that is small enough"
            raise NoSample(self.form.start.location, message)

    def smallest_document_around(self, element: Element, instead: SampleElement | None = None) -> SampleElement | None:
        """The smallest document that contains `element`, or `instead` in its place; None if there is none."""
        path = self.paths.to(element)
        if not path or (instead is None and self.costs.of(element) == inf):
            return None
        if len(path) == 1 and instead is not None:
            return instead
        return Expansion(self.form, SmallestChoices(self), self.routes(path), instead).element(path[0])

    def choices_in(self, content: Pattern) -> int:
        """The number of decisions in a content, without the content of child elements."""
        found = self._choices.get(id(content))
        if found is None:
            decisions = sum(isinstance(pattern, (Choice, OneOrMore)) for pattern in walk(content))
            found = self._choices[id(content)] = max(1, decisions)
        return found

    def routes(self, path: Sequence[Element], inside: Sequence[Pattern] = ()) -> list[Route]:
        """Through the contents of the elements of a path, and in the last of them to what is `inside`."""
        steps = [*((child,) for child in path[1:]), *([tuple(inside)] if inside else [])]
        return [Route(self.form.content(element), step, self.costs) for element, step in zip(path, steps, strict=False)]


class SmallestChoices:
    """The cheapest of everything; other choosers say what they do differently."""

    def __init__(self, sampler: Sampler) -> None:
        self._sampler = sampler

    def alternative(self, choice: Choice, in_list: bool) -> Pattern:
        return min(choice.patterns, key=lambda member: self._sampler.costs.of(member, in_list))

    def is_repeated(self, pattern: OneOrMore, count: int) -> bool:
        return False

    def text(self, leaf: Text | Data | Value, in_list: bool) -> str:
        if isinstance(leaf, Text):
            return ""
        text = self._sampler.texts.smallest(leaf, in_list)
        if text is None:  # its costs are infinite, so only a way that was given can lead here
            raise NoSample(leaf.location, "no text is known that this datatype allows")
        return text

    def name(self, name_class: NameClass, taken: Iterable[QName]) -> QName:
        return some_name(name_class, taken)

    def mingled(self, parts: Sequence[Sequence[Item]]) -> Sequence[Item]:
        return [item for part in parts for item in part]

    def entered(self, pattern: Element | Attribute) -> None:
        pass

    def left(self, pattern: Element | Attribute) -> None:
        pass
