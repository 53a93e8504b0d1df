"""The paths of elements, attributes and values that a schema accepts.

    /domain/devices/disk              an element
    /domain/devices/disk/@snapshot    an attribute
    /domain/devices/disk/@snapshot=no a value of a list of values

Paths have local names, as an author says them. An element that contains itself is followed once. Where a schema has
too many paths (documents, as in DocBook), paths are shortened to the parent and the child: ``para/emphasis``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from ...relaxng.name_class import QName
from ...relaxng.pattern import Attribute, Element, Pattern, Value
from ...relaxng.simplified_form import SimplifiedForm
from ..element_content import Content, Contents
from ..value_changes import AllowedTexts, allowed_texts

MOST_PATHS = 30_000
"""A schema that has more paths gets short ones."""


@dataclass(slots=True)
class AcceptedNames:
    """``patterns`` has the patterns of each path, those of attributes and elements, or of values. ``open_texts`` has,
    for attributes and elements whose texts are not only a list of values, what they may hold."""

    patterns: dict[str, tuple[Pattern, ...]] = field(default_factory=dict)
    open_texts: dict[str, AllowedTexts] = field(default_factory=dict)

    def accepts(self, path: str) -> bool:
        """A value is accepted, too, where its attribute or element may have any text or a datatype that allows it."""
        if path in self.patterns:
            return True
        owner, equals, value = path.partition("=")
        texts = self.open_texts.get(owner) if equals else None
        return texts is not None and texts.allows_text(value)


def accepted_names(form: SimplifiedForm, *, short: bool = False) -> AcceptedNames | None:
    """None where there are too many paths; with `short` there never are."""
    contents, found = Contents(form), AcceptedNames()
    waiting: deque[tuple[str, Content, frozenset[frozenset[int]]]] = deque([("", contents.of_start(), frozenset())])
    seen: set[frozenset[int]] = set()
    while waiting:
        path, content, around = waiting.popleft()
        for name, child in content.children.items():
            inside = _joined(path, name, short)
            _add(found, inside, child.patterns)
            key = frozenset(map(id, child.patterns))
            if key in around or (short and key in seen):
                continue
            seen.add(key)
            elements = contents.of_elements(child.patterns)
            _add_texts(found, inside, elements.texts)
            for attribute, use in elements.attributes.items():
                place = _joined(inside, attribute, short, "@")
                _add(found, place, use.patterns)
                _add_texts(found, place, tuple(one.pattern for one in use.patterns))
            waiting.append((inside, elements, around | {key}))
        if len(found.patterns) > MOST_PATHS and not short:
            return None
    return found


def _joined(path: str, name: QName, short: bool, mark: str = "") -> str:
    if short:
        parent = path.rpartition("/")[2]
        return f"{parent}/{mark}{name.local}" if parent else name.local
    return f"{path}/{mark}{name.local}"


def _add(found: AcceptedNames, path: str, patterns: tuple[Attribute, ...] | tuple[Element, ...]) -> None:
    found.patterns[path] = (*found.patterns.get(path, ()), *patterns)


def _add_texts(found: AcceptedNames, path: str, patterns: tuple[Pattern, ...]) -> None:
    texts = allowed_texts(patterns)
    for shown, value in texts.values.items():
        if isinstance(value, Value):
            found.patterns[f"{path}={shown}"] = (*found.patterns.get(f"{path}={shown}", ()), value)
    if not texts.closed:
        found.open_texts[path] = texts


def owners(path: str) -> Iterator[str]:
    """The paths around a path, the nearest first."""
    owner, _, _ = path.partition("=")
    if owner != path:
        yield owner
    while "/" in owner[1:]:
        owner = owner.rpartition("/")[0]
        yield owner
