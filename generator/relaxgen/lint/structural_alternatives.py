"""The alternatives of choices that have elements or attributes: one in another, and values that decide for two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from ..evolution.element_content import AttributeUse, Content, Contents
from ..evolution.inclusion import Verdict, compare_documents
from ..evolution.value_changes import allowed_texts
from ..relaxng.pattern import Choice, Element, Pattern, Ref
from ..relaxng.simplified_form import SimplifiedForm
from .advice import Advice, Edit, Fix, advise

MOST_ALTERNATIVES = 40
"""Alternatives of longer choices are not compared with each other."""


class StructuralAlternatives:
    """The checks of one schema."""

    def __init__(self, form: SimplifiedForm) -> None:
        self._form = form
        self._contents = Contents(form)
        self._simplified: dict[int, Pattern] = {}
        """By the identity of patterns of the schema. `Contents` knows patterns by theirs, so these are kept."""

    def advice(self, choice: Choice) -> Iterator[Advice]:
        if len(choice.patterns) > MOST_ALTERNATIVES:
            return
        found = [one for one in choice.patterns if self._has_structure(one)]
        contained: set[int] = set()
        for index, member in enumerate(found):
            for place, other in enumerate(found):
                if place not in (index, *contained) and self._is_contained(member, other, is_first=place < index):
                    contained.add(index)
                    message = f"{_named(member)} adds nothing to the choice"
                    related = other.location, "the alternative that allows all of it"
                    yield advise("LNT103", member.location, message, related, Fix(Edit.REMOVE, member.location))
                    break
        yield from self._deciding([one for index, one in enumerate(found) if index not in contained])

    def _has_structure(self, pattern: Pattern) -> bool:
        """False for texts, and for what no document can have."""
        simplified = self._simplified[id(pattern)] = self._form.simplified(pattern)
        content = self._contents.of_pattern(simplified)
        return content.possible and bool(content.attributes or content.children or content.open_elements)

    def _contents_of(self, patterns: Sequence[Pattern]) -> list[Content]:
        """The contents of alternatives; where they are elements of one name, those of the elements."""
        simplified = [self._simplified[id(one)] for one in patterns]
        elements = [one for one in simplified if isinstance(one, Element)]
        if len(elements) == len(patterns) and len({one.name for one in elements}) == 1:
            return [self._contents.of_elements((one,)) for one in elements]
        return [self._contents.of_pattern(one) for one in simplified]

    def _is_contained(self, member: Pattern, other: Pattern, *, is_first: bool) -> bool:
        """Of two equal alternatives the second one is contained."""
        if not _may_be_contained(*self._contents_of((member, other))):
            return False
        narrower, wider = self._form.of_content(member), self._form.of_content(other)
        if compare_documents(narrower, wider).verdict is not Verdict.INCLUDED:
            return False
        return is_first or compare_documents(wider, narrower).verdict is Verdict.NOT_INCLUDED

    def _deciding(self, found: Sequence[Pattern]) -> Iterator[Advice]:
        """Finds a value that is in two alternatives, each with its own values of a required attribute."""
        contents = self._contents_of(found)
        for name in contents[0].attributes if len(contents) > 1 else ():
            values = [_listed(content.attributes.get(name)) for content in contents]
            for (one, first), (other, second) in combinations(zip(found, values, strict=True), 2):
                both = sorted(first & second)
                if both and first != second and all(values):
                    message = f"{name.local}={both[0]!r} is in two alternatives of the choice"
                    yield advise("LNT110", other.location, message, (one.location, "the other alternative"))


def _may_be_contained(narrow: Content, wide: Content) -> bool:
    """False if the names already exclude it, or if the wider one allows anything."""
    if wide.open_attributes or wide.open_elements:
        return False
    for inside, around in ((narrow.attributes, wide.attributes), (narrow.children, wide.children)):
        if inside.keys() - around.keys():
            return False
        if any(name not in inside for name, use in around.items() if use.cardinality.required):
            return False
    return all(_are_values_contained(use, wide.attributes[name]) for name, use in narrow.attributes.items())


def _are_values_contained(narrow: AttributeUse, wide: AttributeUse) -> bool:
    inside, around = _listed(narrow), _listed(wide)
    return not narrow.cardinality.required or not around or (bool(inside) and inside <= around)


def _listed(use: AttributeUse | None) -> frozenset[str]:
    """The values of a required attribute; none where there is no list of them."""
    if use is None or not use.cardinality.required:
        return frozenset()
    texts = allowed_texts(one.pattern for one in use.patterns)
    return frozenset(texts.values) if texts.closed else frozenset()


def _named(pattern: Pattern) -> str:
    match pattern:
        case Ref():
            return f"the reference to {pattern.name!r}"
        case Element():
            return "this element"
        case _:
            return "this alternative"
