"""What depends on the alternatives of an element's content: what one of them allows or requires, and another does not.

A comparison name by name sees all alternatives together, and so not that one of them lost what the others still have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from ..relaxng.pattern import Choice, Element, Empty, Group, Interleave, OneOrMore, Pattern
from ..relaxng.simplified_form import SimplifiedForm, parts
from .element_content import Content, Contents
from .value_changes import allowed_texts

TEXT = ""
"""Stands for the text of the element itself."""


class Alternatives:
    """``varying`` are the subjects (``@snapshot``, ``transient``, `TEXT`) of which alternatives of a content say
    different things."""

    def __init__(self, form: SimplifiedForm, contents: Contents) -> None:
        self._form = form
        self._contents = contents
        self._found: dict[int, frozenset[str]] = {}

    def varying(self, elements: Sequence[Element]) -> frozenset[str]:
        """For element patterns of one name, taken together."""
        contents = [self._form.content(element) for element in elements]
        between = _differences([self._contents.of_elements((element,)) for element in elements])
        return frozenset(chain(between, *map(self._inside, contents)))

    def _inside(self, pattern: Pattern) -> frozenset[str]:
        found = self._found.get(id(pattern))
        if found is None:
            found = self._found[id(pattern)] = frozenset(self._read(pattern))
        return found

    def _read(self, pattern: Pattern) -> Iterator[str]:
        if isinstance(pattern, Element):
            return
        members = parts(pattern)
        if isinstance(pattern, Choice):
            yield from _differences([self._contents.of_pattern(member) for member in self._chosen(members)])
        for member in members:
            yield from self._inside(member)

    def _chosen(self, members: Sequence[Pattern]) -> Iterable[Pattern]:
        """The members that are alternatives: leaving out one optional name is none, leaving out several together is."""
        if any(self._stands_together(member) for member in members):
            return members
        return (member for member in members if not isinstance(member, Empty))

    def _stands_together(self, member: Pattern) -> bool:
        inside = member.pattern if isinstance(member, OneOrMore) else member
        return isinstance(inside, (Group, Interleave)) and len([*_said(self._contents.of_pattern(inside))]) > 1


def _differences(contents: Iterable[Content]) -> Iterator[str]:
    said = [dict(_said(content)) for content in contents if content.possible]
    for subject in dict.fromkeys(chain(*said)):
        if len({one.get(subject) for one in said}) > 1:
            yield subject


def _said(content: Content) -> Iterator[tuple[str, object]]:
    """What a content says of each subject, to be compared."""
    for name, use in content.attributes.items():
        yield f"@{name}", (use.cardinality, _texts(one.pattern for one in use.patterns))
    for child, uses in content.children.items():
        yield str(child), uses.cardinality
    if content.texts:
        yield TEXT, (content.text_required, _texts(content.texts))


def _texts(patterns: Iterable[Pattern]) -> object:
    texts = allowed_texts(patterns)
    return frozenset(texts.values), frozenset(texts.open_patterns), texts.any
