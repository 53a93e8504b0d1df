"""The paths of elements, attributes and values that a schema accepts.

    /domain/devices/disk              an element
    /domain/devices/disk/@snapshot    an attribute
    /domain/devices/disk/@snapshot=no a value of a list of values

Paths have local names, as an author says them. An element that contains itself is followed once. Where a schema has
too many paths (documents, as in DocBook), paths are shortened to the parent and the child: ``para/emphasis``.

A name without a path is certainly refused. A name with a path is accepted in some document.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ...relaxng.name_class import NameClass, QName, contains
from ...relaxng.pattern import Attribute, Element, Empty, Pattern, Value
from ...relaxng.simplified_form import SimplifiedForm
from ..element_content import Content, Contents
from ..value_changes import AllowedTexts, allowed_texts

MOST_PATHS = 30_000
"""A schema that has more paths gets short ones."""

SPELLED = ("string", "token")
"""The datatypes of values that documents spell in one way, but for white space."""

NO_TEXTS = AllowedTexts({}, (), (), any=False)


@dataclass(slots=True)
class AcceptedNames:
    """``patterns`` has the patterns of each path, those of attributes and elements, or of values, and ``names`` the
    names behind each path but those of values. ``open_texts`` has, for attributes and elements whose texts are not only
    a list of values, what they may hold; ``open_names``, under the path of an element or of its attributes (``/a/@``),
    the name classes of what else it may hold. ``again`` has for an element inside itself the path that says what it may
    hold; short paths need none."""

    patterns: dict[str, tuple[Pattern, ...]] = field(default_factory=dict)
    names: dict[str, tuple[QName, ...]] = field(default_factory=dict)
    open_texts: dict[str, AllowedTexts] = field(default_factory=dict)
    open_names: dict[str, tuple[NameClass, ...]] = field(default_factory=dict)
    again: dict[str, str] = field(default_factory=dict)

    def accepts(self, path: str, names: Mapping[str, Collection[QName]] = MappingProxyType({})) -> bool:
        """A value is also accepted if its attribute or element allows any text, or a datatype that allows the value. An
        element or attribute is also accepted by a wildcard. `names` are those behind the paths of all releases."""
        known = self.without_turns(path)
        if known in self.patterns:
            return True
        owner, equals, value = known.partition("=")
        if equals and owner in self.patterns:
            texts = self.open_texts.get(owner)
            return texts is not None and texts.allows_text(value)
        return self._is_open(path.partition("=")[0], names)

    def open_places(self) -> Iterator[str]:
        """Where something is open: ``/a/*`` and ``/a/@*`` for elements and attributes, ``/a=*`` for texts; also inside
        elements inside themselves."""
        places = [f"{path}=*" for path in self.open_texts]
        places += [f"{path}*" if path.endswith("/@") else f"{path}/*" for path in self.open_names]
        yield from places
        for path, target in self.again.items():
            yield from (path + one[len(target) :] for one in places if one.startswith((f"{target}/", f"{target}=")))

    def is_open(self, place: str) -> bool:
        owner = self.without_turns(owner_of(place))
        if place.endswith("=*"):
            return owner in self.open_texts
        return (f"{owner}/@" if place.endswith("/@*") else owner) in self.open_names

    def without_turns(self, path: str) -> str:
        """The path without the turns of elements that contain themselves."""
        for around in self.again and [path, *owners(path)]:
            if around in self.again:
                return self.without_turns(self.again[around] + path[len(around) :])
        return path

    def _is_open(self, path: str, names: Mapping[str, Collection[QName]]) -> bool:
        """What is inside an open element is open, too."""
        for one in self.open_names and (path, *owners(path)):
            owner, _, step = self.without_turns(one).rpartition("/")
            classes = self.open_names.get(f"{owner}/@" if step.startswith("@") else owner, ())
            if any(contains(each, name) for each in classes for name in names.get(one, ())):
                return True
        return False


def accepted_names(form: SimplifiedForm, *, short: bool = False) -> AcceptedNames | None:
    """None where there are too many paths; with `short` there never are."""
    contents, found = Contents(form), AcceptedNames()
    start = contents.of_pattern(form.start)
    waiting: deque[tuple[str, Content, Mapping[frozenset[int], str]]] = deque([("", start, {})])
    seen: set[frozenset[int]] = set()
    while waiting:
        path, content, around = waiting.popleft()
        for name, child in content.children.items():
            inside = _joined(path, name, short)
            _add(found, inside, name, child.patterns)
            key = frozenset(map(id, child.patterns))
            if key in around:
                found.again |= {} if short else {inside: around[key]}
                continue
            if short and key in seen:
                continue
            seen.add(key)
            elements = contents.of_elements(child.patterns)
            _add_content(found, inside, elements, short)
            waiting.append((inside, elements, {**around, key: inside}))
        if len(found.patterns) > MOST_PATHS and not short:
            return None
    return found


def _add_content(found: AcceptedNames, path: str, content: Content, short: bool) -> None:
    """The texts and the attributes of an element, and what it leaves open."""
    _add_texts(found, path, content.texts)
    for attribute, use in content.attributes.items():
        place = _joined(path, attribute, short, "@")
        _add(found, place, attribute, use.patterns)
        _add_texts(found, place, tuple(one.pattern for one in use.patterns))
    own = path.rpartition("/")[2] if short else path
    for place, patterns in ((own, content.open_elements), (f"{own}/@", content.open_attributes)):
        if patterns:
            classes = tuple(one.name for one in patterns)
            found.open_names[place] = (*found.open_names.get(place, ()), *classes)


def _joined(path: str, name: QName, short: bool, mark: str = "") -> str:
    if short:
        parent = path.rpartition("/")[2]
        return f"{parent}/{mark}{name.local}" if parent else name.local
    return f"{path}/{mark}{name.local}"


def _add(found: AcceptedNames, path: str, name: QName, patterns: tuple[Attribute, ...] | tuple[Element, ...]) -> None:
    found.patterns[path] = (*found.patterns.get(path, ()), *patterns)
    found.names[path] = tuple({*found.names.get(path, ()), name})


def _add_texts(found: AcceptedNames, path: str, patterns: tuple[Pattern, ...]) -> None:
    texts = allowed_texts(patterns)
    for shown, value in texts.values.items():
        if isinstance(value, Value):
            found.patterns[f"{path}={shown}"] = (*found.patterns.get(f"{path}={shown}", ()), value)
    is_spelled = all(isinstance(one, Empty) or one.datatype.type in SPELLED for one in texts.values.values())
    if not texts.closed or not is_spelled:
        known = found.open_texts.get(path, NO_TEXTS)
        anything = known.any or texts.any or bool(texts.lists) or not is_spelled
        found.open_texts[path] = AllowedTexts({}, (*known.datatypes, *texts.datatypes), (), anything)


def owner_of(place: str) -> str:
    """The path of what is open at a place."""
    return place[:-2].removesuffix("/")


def owners(path: str) -> Iterator[str]:
    """The paths around a path, the nearest first."""
    owner, _, _ = path.partition("=")
    if owner != path:
        yield owner
    while "/" in owner[1:]:
        owner = owner.rpartition("/")[0]
        yield owner
