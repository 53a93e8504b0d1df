"""Documents for changes that the exact comparison has shown none for: it reports each break once, at the first element
where it meets it, and of each content what is wrong first.

A sample of the one schema is made around what changed. It is taken where the other schema's validator refuses it, and
names just this change among the faults.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from math import inf

from ..relaxng.compilation import compile_patterns
from ..relaxng.pattern import Attribute, Data, Element, OneOrMore, Pattern, Text, Value
from ..relaxng.simplified_form import SimplifiedForm, walk
from ..relaxng.validator import CompiledSchema
from ..runtime.faults import Fault
from ..sampling.expansion import Expansion, NoSample
from ..sampling.smallest_documents import Sampler, SmallestChoices
from .schema_change import Change, local_name

MOST_OWNERS = 4
"""In so many element patterns is a change looked for."""


class Examples:
    """Documents of `narrow` that `wide` refuses."""

    def __init__(self, narrow: SimplifiedForm, wide: SimplifiedForm) -> None:
        self._narrow = narrow
        self._wide = wide

    def of(self, change: Change, owners: Sequence[Element], pattern: Pattern | None, text: str | None) -> str:
        """A document that shows the change in one of `owners`; empty where none was found. `pattern` is what changed,
        in `narrow`, and `text` a text that it allows, and what it became does not."""
        for owner, ways in self._places(owners, pattern):
            for document in self._candidates(owner, ways, text):
                if self._shows(document, change):
                    return document
        return ""

    @cached_property
    def _sampler(self) -> Sampler:
        return Sampler(self._narrow)

    @cached_property
    def _judges(self) -> tuple[CompiledSchema, CompiledSchema]:
        return CompiledSchema(compile_patterns(self._narrow)), CompiledSchema(compile_patterns(self._wide))

    def _places(
        self, owners: Sequence[Element], pattern: Pattern | None
    ) -> list[tuple[Element, list[tuple[Pattern, ...]]]]:
        """The elements that have the pattern, with the ways to it, and then others, which may miss it."""
        ways = [(owner, list(_ways(self._narrow.content(owner), pattern)) if pattern else []) for owner in owners]
        return sorted(ways, key=lambda place: not place[1])[:MOST_OWNERS]

    def _candidates(self, owner: Element, ways: Sequence[Sequence[Pattern]], text: str | None) -> Iterator[str]:
        """With what changed, with it twice, and without it."""
        path = self._sampler.paths.to(owner)
        if not path or self._sampler.costs.of(owner) == inf:
            return
        for inside in ways:
            if self._sampler.costs.of(inside[-1]) == inf:
                continue  # no document holds it
            yield from self._document(path, inside, _Choices(self._sampler, inside[-1], text))
            yield from self._document(path, inside, _Choices(self._sampler, inside[-1], text, twice=True))
        yield from self._document(path, (), SmallestChoices(self._sampler))

    def _document(self, path: Sequence[Element], inside: Sequence[Pattern], choices: SmallestChoices) -> Iterator[str]:
        try:
            yield Expansion(self._narrow, choices, self._sampler.routes(path, inside)).element(path[0]).to_xml()
        except NoSample:
            return

    def _shows(self, document: str, change: Change) -> bool:
        narrow, wide = self._judges
        if not narrow.is_valid(document):
            return False
        return any(_is_about(fault, change) for fault in wide.validate(document))


class _Choices(SmallestChoices):
    """Returns the smallest content, except that one pattern gets its own text, or occurs twice."""

    def __init__(self, sampler: Sampler, pattern: Pattern, text: str | None, *, twice: bool = False) -> None:
        super().__init__(sampler)
        self._pattern = pattern
        self._given = text
        self._twice = twice

    def text(self, leaf: Text | Data | Value, in_list: bool) -> str:
        if self._given is not None and any(part is leaf for part in walk(self._pattern)):
            return self._given
        return super().text(leaf, in_list)

    def is_repeated(self, pattern: OneOrMore, count: int) -> bool:
        return self._twice and count < 2 and any(part is self._pattern for part in walk(pattern.pattern))


def _ways(content: Pattern, pattern: Pattern) -> Iterator[tuple[Pattern, ...]]:
    """To a pattern in the content of an element: directly, or through the attribute that has it as a value."""
    for part in walk(content):
        if part is pattern:
            yield (pattern,)
        elif isinstance(part, Attribute) and any(inner is pattern for inner in walk(part.pattern)):
            yield part, pattern


def _is_about(fault: Fault, change: Change) -> bool:
    """Whether a fault is at what changed, or at its element and names it."""
    path = [local_name(re.sub(r"\[\d+\]$", "", step)) for step in fault.path.split("/") if step]
    element = [local_name(step) for step in change.element[-1:]]
    subject = local_name(change.subject)
    if path[-2:] == [*element, subject] or (not subject and path[-1:] == element):
        return True
    words = {*fault.expected, *re.findall(r"[^\s<>'\",:;]+", fault.message)}
    return path[-1:] == element and subject.removeprefix("@") in words
