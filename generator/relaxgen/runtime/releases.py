"""The releases of a vocabulary that know everything that an object uses. Only packages with a table of releases have
this.

The table has the elements, attributes and listed values of each release. A release certainly refuses a name that it
does not know. Whether it accepts the known names in this combination, only its schema decides.

A table is a tree in lines, indented by depth: a step, then since when (``9.0.0``, ``9.0.0..9.4.0``; nothing for the
same as around it), ``~`` and the path that says what is inside, and behind a colon leaves that are the same::

    0.9.0 0.10.0 1.0.0
    domain
     disk : @type
      @snapshot 0.10.0 : =no
       =manual 1.0.0

``*``, ``@*`` and ``=*`` are elements, attributes and texts that have no line of their own. With the word ``short`` in
front of the releases, paths have two steps: the parent's and the child's, and ``?`` marks what is only a parent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any, NamedTuple
from urllib.parse import unquote

from .converters import hint_at
from .documents import format
from .element import Attribute, Child, Element, Field, Open, OpenAttributes, Text, classes_of, members_of
from .markup import attributes_of, etree, local_name, make_parser

Ranges = tuple[tuple[str, str], ...]
"""The first and the last release of each run of releases."""


def runs_of(releases: Sequence[str], bits: int) -> Ranges:
    """The runs of releases whose bits are set, the first release's in the lowest place."""
    runs: list[tuple[str, str]] = []
    for index, name in enumerate(releases):
        if bits >> index & 1:
            is_continued = bool(index and bits >> (index - 1) & 1)
            runs[-1:] = [(runs[-1][0], name)] if is_continued else [*runs[-1:], (name, name)]
    return tuple(runs)


OPEN_STEPS = ("*", "@*", "=*")


class Obstacle(NamedTuple):
    """Something that a release does not know. ``path`` is its place in the document, such as
    ``/domain/disk[2]/@snapshot``, with ``=`` and the text if only the text is unknown. ``known`` are the releases that
    know it."""

    path: str
    known: Ranges

    def __str__(self) -> str:
        runs = (first if first == last else f"{first} to {last}" for first, last in self.known)
        return f"{self.path}: {', '.join(runs) or 'no release has it'}"


@dataclass(frozen=True)
class Requirement:
    """``obstacles`` has for each release, in order, what it does not know; it is empty for a release that knows
    everything."""

    obstacles: Mapping[str, tuple[Obstacle, ...]]

    @property
    def known(self) -> tuple[str, ...]:
        """The releases that know everything that the object uses."""
        return tuple(release for release, found in self.obstacles.items() if not found)

    @property
    def lowest(self) -> str | None:
        """The oldest release that knows everything that the object uses; no older release accepts it. None if there is
        none."""
        return next(iter(self.known), None)


class Releases:
    """The releases of a package's schemas. The tables are loaded when they are first used."""

    def __init__(self, package: str, texts: Sequence[str]) -> None:
        self._package = package
        self._texts = texts

    def requires(self, target: Element) -> Requirement:
        """Returns what each release does not know of an object. An object that is not a whole document is looked up in
        each place where the schema allows it; the place with the fewest obstacles counts."""
        root = etree.fromstring(format(type(target), target, {"validate": False}).encode(), make_parser())
        table, places = self._places_of(type(target))
        found = [_obstacles(table, root, place) for place in places]
        return Requirement({one: min((each[one] for each in found), key=len) for one in table.releases})

    def knows(self, target: Element, version: str) -> bool:
        """Whether a release knows everything that an object uses. If not, it certainly refuses the object.

        Raises:
            ValueError: there is no such release.
        """
        obstacles = self.requires(target).obstacles
        if version not in obstacles:
            hint = hint_at(version, obstacles) or f"; the newest is {[*obstacles][-1]}"
            raise ValueError(f"there is no release {version!r}{hint}")
        return not obstacles[version]

    def since(self, kind: type[Element], field: str = "", value: str = "") -> str | None:
        """Returns the first release that knows a class, one of its fields, or a listed value of the field; None if none
        knows it. Raises what `ranges` raises."""
        found = self.ranges(kind, field, value)
        return found[0][0] if found else None

    def ranges(self, kind: type[Element], field: str = "", value: str = "") -> Ranges:
        """Returns the releases that know a class, a field or a value, as runs of releases.

        Raises:
            ValueError: the class has no such field, or a document has no place for the class.
        """
        table, places = self._places_of(kind)
        bits = 0
        for place in places:
            path = _path_of(table, place, _field_of(kind, field)) if field else place
            bits |= table.of_text(path, value) if value else table.bits.get(path, 0)
        return runs_of(table.releases, bits)

    @cached_property
    def _tables(self) -> tuple[Table, ...]:
        return tuple(map(Table, self._texts))

    def _places_of(self, kind: type[Element]) -> tuple[Table, Sequence[str]]:
        """Returns the first table that knows elements of a class, and the paths where they are allowed."""
        for table in self._tables:
            places = [path for path, one in self._walk(table) if issubclass(kind, one)]
            if places:
                return table, places
        raise ValueError(f"no release has a place for {kind.__name__}")

    def _walk(self, table: Table) -> Iterator[tuple[str, type[Element]]]:
        """The paths of all classes that the table knows, each class once on a path."""
        if not table.classes:
            roots = import_module(f"{self._package}._schema").ROOTS.values()
            kinds = [kind for module, name in roots for kind in members_of(f"{self._package}.{module}", name)]
            waiting = [(table.joined("", local_name(kind._tag)), kind) for kind in kinds]
            seen = set()
            while waiting:
                path, kind = waiting.pop()
                if (path, kind) in seen or path not in table.bits:
                    continue
                seen.add((path, kind))
                table.classes.append((path, kind))
                if path not in table.again:
                    inside = (pair for field in kind._fields for pair in _tagged(kind, field))
                    waiting += [(table.joined(path, local_name(tag)), one) for tag, one in inside]
        yield from table.classes


class Table:
    """A table in memory. ``bits`` has for each path a bit for each release that knows it."""

    def __init__(self, text: str) -> None:
        first, *lines = text.strip("\n").split("\n")
        words = first.split(" ")
        self.short = words[0] == "short"
        self.releases = tuple(map(unquote, words[self.short :]))
        self.bits: dict[str, int] = {}
        self.open: dict[str, int] = {}
        self.again: dict[str, str] = {}
        self.classes: list[tuple[str, type[Element]]] = []
        self.everything = (1 << len(self.releases)) - 1
        self._index = {release: index for index, release in enumerate(self.releases)}
        around = [("", self.everything)]
        for line in lines:
            depth = len(line) - len(line.lstrip(" "))
            del around[depth + 1 :]
            around.append(self._read(line[depth:], *around[-1]))

    def _read(self, line: str, owner: str, bits: int) -> tuple[str, int]:
        own, _, leaves = line.partition(" : ")
        step, *words = own.split(" ")
        path = _under(owner, step) if owner or not self.short else unquote(step)
        runs = [word for word in words if word[0] not in "~?"]
        bits = sum(map(self._bits, runs)) if runs else bits
        known = self.open if step in OPEN_STEPS else self.bits if "?" not in words else {}
        known[path] = bits
        self.bits |= {_under(path, leaf): bits for leaf in leaves.split(" ") if leaf}
        for word in words:
            if word[0] == "~":
                self.again[path] = unquote(word[1:])
        return path, bits

    def _bits(self, run: str) -> int:
        first, _, last = run.partition("..")
        end = self._index[unquote(last)] + 1 if last else len(self.releases)
        return (1 << end) - (1 << self._index[unquote(first)])

    def joined(self, path: str, step: str) -> str:
        """The path of what is inside, without the turns of elements that contain themselves."""
        path = self.again.get(path, path)
        if not self.short:
            return f"{path}/{step}"
        return f"{path.rpartition('/')[2]}/{step}" if path else step

    def of_name(self, path: str) -> int:
        """The releases that know an element or an attribute."""
        found = self.bits.get(path)
        if found is None:
            owner, _, step = path.rpartition("/")
            found = self.open.get(f"{owner}/{'@' if step.startswith('@') else ''}*", 0)
        return found

    def of_text(self, path: str, text: str) -> int:
        """The releases that know a text, where there is a list of values; else all."""
        path = self.again.get(path, path)
        for one in (text, " ".join(text.split())):
            if f"{path}={one}" in self.bits:
                return self.bits[f"{path}={one}"]
        return self.open.get(f"{path}=*", 0) if path in self._listed else self.everything

    @cached_property
    def _listed(self) -> frozenset[str]:
        return frozenset(path.partition("=")[0] for path in self.bits if "=" in path)


def _under(path: str, step: str) -> str:
    return f"{path}{unquote(step)}" if step[0] == "=" else f"{path}/{unquote(step)}"


def _obstacles(table: Table, root: Any, place: str) -> dict[str, tuple[Obstacle, ...]]:
    """For each release what it has no name for; what is inside of that is not looked at for it."""
    found: dict[str, list[Obstacle]] = {release: [] for release in table.releases}

    def note(path: str, bits: int, around: int) -> int:
        if missing := around & ~bits:
            obstacle = Obstacle(path, runs_of(table.releases, bits))
            for index, release in enumerate(table.releases):
                if missing >> index & 1:
                    found[release].append(obstacle)
        return around & bits

    waiting = [(root, place, place if place[0] == "/" else f"/{place}", table.everything)]
    while waiting:
        element, path, shown, around = waiting.pop()
        around = note(shown, table.of_name(path), around)
        if path not in table.bits:
            continue
        if not len(element) and element.text:
            around = note(f"{shown}={element.text}", table.of_text(path, element.text), around)
        for name, text in attributes_of(element):
            step = f"@{local_name(name)}"
            below = table.joined(path, step)
            known = note(f"{shown}/{step}", table.of_name(below), around)
            if text and below in table.bits:
                note(f"{shown}/{step}={text}", table.of_text(below, text), known)
        inside = [(child, table.joined(path, name), f"{shown}/{step}", around) for child, name, step in _steps(element)]
        waiting += reversed(inside)
    return {release: tuple(obstacles) for release, obstacles in found.items()}


def _steps(element: Any) -> Iterator[tuple[Any, str, str]]:
    """The children with their names, and their steps in a path, which have a number where there are several of a
    name."""
    children = [(child, local_name(child.tag)) for child in element if isinstance(child.tag, str)]
    several = Counter(name for _, name in children)
    numbers: Counter[str] = Counter()
    for child, name in children:
        numbers[name] += 1
        yield child, name, name if several[name] == 1 else f"{name}[{numbers[name]}]"


def _tagged(kind: type[Element], field: Field) -> Iterator[tuple[str, type[Element]]]:
    """The classes of the objects in a field, each with the name of its element."""
    yield from ((field.xml if isinstance(field, Child) else one._tag, one) for one in classes_of(kind, field))


def _field_of(kind: type[Element], name: str) -> Field:
    found = next((field for field in kind._fields if field.name == name), None)
    if found is None or isinstance(found, (Open, OpenAttributes)) or not found.xml:
        hint = hint_at(name, [field.name for field in kind._fields])
        raise ValueError(f"{kind.__name__} has no field {name!r}{hint}")
    return found


def _path_of(table: Table, place: str, field: Field) -> str:
    if isinstance(field, Text):
        return place
    name = local_name(field.xml)
    return table.joined(place, f"@{name}" if isinstance(field, Attribute) else name)
