"""Readings: what the rest of an element must match, and what must be wrong with the document for it.

The costs say how likely each mistake is. What one cost is compared with stands beside it; the tests of whole documents
hold them to account.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from .document import Node
from .grammar import Derivatives, Grammar, elements_in
from .patterns import Attribute, Choice, Element, Group, Interleave, Leaf, OneOrMore, Pattern, Text

COPIED = 8
"""A child that repeats the one before it to the letter."""
MISSPELT = 9
WRONG = 10
"""A value that nothing here allows, a name that nothing here knows, text where none may be, something missing."""
ABSENT = 11
"""An attribute that might be absent, but what follows asks for it."""
UNFIT = 12
"""A name that is known here, but not beside the rest."""
UNFIT_TOO = 2
"""One more name that does not go with the rest: two such attributes are more likely wrong than the value that decides,
three are not."""
INSTEAD = 13
"""One attribute in place of another."""
TOO_MANY = 14
"""A child that is in order by itself, and one of its name may stand here, but not this one."""
RECONSIDERED = 15
"""A value that is allowed, but not with the rest; a child that would do, and yet is taken for a wrong one."""
OF_WRONG_KIND = 14
"""A child that is in order by itself, in place of another of its name."""
LEFT_OUT = 40
"""A child left out although one of its name may stand here."""
DEAREST_CHILD = 30
"""What a child adds to the cost of its parent at most: many mistakes in it do not make it a stranger."""

MARGIN = 25
WIDTH = 24
"""Readings dearer than the best by more than `MARGIN` are given up, and those beyond the `WIDTH` best."""

_LATE = 1 << 60


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake. ``pattern`` is what the rest had to match where it was met, ``element`` the element pattern that
    ``node`` is read by. ``attribute`` is an index, ``after`` the number of children before a text. ``wanted`` are the
    patterns that would have been right, ``meant`` the name that is likely meant."""

    code: str
    node: Node
    pattern: Pattern
    element: Element | None
    attribute: int = -1
    after: int = -1
    wanted: tuple[Pattern, ...] = ()
    meant: str = ""


class Reading:
    """``findings`` is a linked list of ``count`` findings, the last first; ``first`` is where in the document the first
    one is."""

    __slots__ = ("cost", "count", "findings", "first")

    def __init__(self, cost: int = 0, findings: object = None, first: int = _LATE, count: int = 0) -> None:
        self.cost = cost
        self.findings = findings
        self.first = first
        self.count = count

    def with_(self, cost: int, *findings: Finding) -> Reading:
        chain, first = self.findings, self.first
        for finding in findings:
            chain = (finding, chain)
            first = min(first, finding.node.ordinal)
        return Reading(self.cost + cost, chain, first, self.count + len(findings))

    @property
    def rank(self) -> tuple[int, int]:
        """The cheaper the better; of two equal ones that which trusts more of the beginning."""
        return self.cost, -self.first

    def joined(self, other: Reading) -> Reading:
        """This reading; where another is as good and differs only in what would have been right, with both of that."""
        mine, others = self.list(), other.list()
        if len(mine) != len(others):
            return self
        both = [_joined(first, second) for first, second in zip(mine, others, strict=True)]
        findings = [finding for finding in both if finding is not None]
        return Reading().with_(self.cost, *findings) if len(findings) == len(mine) else self

    def list(self) -> list[Finding]:
        found: list[Finding] = []
        chain = self.findings
        while isinstance(chain, tuple):
            finding, chain = chain
            found.append(finding)
        found.reverse()
        return found


def _joined(first: Finding, second: Finding) -> Finding | None:
    """One finding that wants what either of two wants; None where they differ in more."""
    if first == second:
        return first
    if replace(first, wanted=(), pattern=second.pattern) != replace(second, wanted=()):
        return None
    return replace(first, wanted=tuple(dict.fromkeys((*first.wanted, *second.wanted))))


class Readings:
    __slots__ = ("_not_allowed", "by_pattern")

    def __init__(self, not_allowed: Pattern) -> None:
        self.by_pattern: dict[Pattern, Reading] = {}
        self._not_allowed = not_allowed

    def add(self, pattern: Pattern, reading: Reading) -> None:
        if pattern is self._not_allowed:
            return
        other = self.by_pattern.get(pattern)
        if other is None or reading.rank < other.rank:
            self.by_pattern[pattern] = reading
        elif reading.rank == other.rank and reading is not other:
            self.by_pattern[pattern] = other.joined(reading)

    def __iter__(self) -> Iterator[tuple[Pattern, Reading]]:
        return iter(self.by_pattern.items())

    def all_have(self, count: int) -> bool:
        """Whether so much is wrong in every reading."""
        return all(reading.count >= count for reading in self.by_pattern.values())

    def prune(self) -> None:
        readings = self.by_pattern
        if len(readings) < 2:
            return
        limit = min(reading.cost for reading in readings.values()) + MARGIN
        kept = sorted(readings.items(), key=lambda item: item[1].rank)[:WIDTH]
        self.by_pattern = {pattern: reading for pattern, reading in kept if reading.cost <= limit}


# What a pattern lacks: the attributes and children that would have to be there for it to match.

IMPOSSIBLE = 1000

_MOST_WAYS = 48

OPEN = "*"
"""In place of a name: an attribute of some name out of very many."""


@dataclass(frozen=True, slots=True)
class Closing:
    """A way to end a start tag: had it the attributes ``missing``, ``pattern`` would be what its content must match."""

    missing: tuple[Attribute, ...]
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Completion:
    """The fewest children (or texts) that would make a content complete: for each the patterns that would do."""

    cost: int
    missing: tuple[tuple[Pattern, ...], ...]


_COMPLETE = Completion(0, ())
_NEVER = Completion(IMPOSSIBLE, ())


class Repairs:
    __slots__ = ("_closings", "_completions", "_derivatives")

    def __init__(self, derivatives: Derivatives) -> None:
        self._derivatives = derivatives
        self._closings: dict[Pattern, _Ways] = {}
        self._completions: dict[Pattern, Completion] = {}

    def closings(self, pattern: Pattern) -> Collection[Closing]:
        """The ways to end the start tag with the fewest missing attributes, and those with one more; the shortest
        first."""
        return self._ways(pattern).values()

    def _ways(self, pattern: Pattern) -> _Ways:
        found = self._closings.get(pattern)
        if found is None:
            found = self._closings[pattern] = _shortest(self._find_ways(pattern))
        return found

    def _find_ways(self, pattern: Pattern) -> _Ways:
        if not pattern.has_attributes:
            return {frozenset(): Closing((), pattern)}
        match pattern:
            case Attribute():
                return {frozenset((pattern,)): Closing((pattern,), self._derivatives.patterns.empty)}
            case Choice():
                return self._of_any(pattern.members)
            case Group():
                return self._of_all(pattern.flat_parts(), self._derivatives.group)
            case Interleave():
                return self._of_all(pattern.flat_parts(), self._derivatives.patterns.interleave)
            case OneOrMore():
                rest = self._derivatives.patterns.any_number(self._derivatives.closed(pattern.pattern))
                group = self._derivatives.patterns.group
                ways = self._ways(pattern.pattern).items()
                return {lacks: Closing(way.missing, group(way.pattern, rest)) for lacks, way in ways}
            case _:
                raise AssertionError(f"{type(pattern).__name__} holds no attributes")

    def _of_any(self, members: Iterable[Pattern]) -> _Ways:
        ways: dict[frozenset[Attribute], Closing] = {}
        for member in members:
            for lacks, way in self._ways(member).items():
                other = ways.get(lacks)
                if other is not None:
                    way = Closing(way.missing, self._derivatives.patterns.choice((other.pattern, way.pattern)))
                ways[lacks] = way
        return ways

    def _of_all(self, members: Iterable[Pattern], join: Callable[[Iterable[Pattern]], Pattern]) -> _Ways:
        # The patterns of a way are joined at the end: to join them one by one is to go through all of them each time.
        ways: Mapping[frozenset[Attribute], _Chain] = {frozenset(): None}
        for member in members:
            longer: dict[frozenset[Attribute], _Chain] = {}
            for lacks, chain in ways.items():
                for more, way in self._ways(member).items():
                    longer.setdefault(lacks | more, (way, chain))
            ways = _shortest(longer)
        return {lacks: _joined_ways(chain, join) for lacks, chain in ways.items()}

    def completion(self, pattern: Pattern) -> Completion:
        """The fewest children that are missing at the end of an element."""
        found = self._completions.get(pattern)
        if found is None:
            found = self._completions[pattern] = self._complete(pattern)
        return found

    def _complete(self, pattern: Pattern) -> Completion:
        if pattern.nullable:
            return _COMPLETE
        match pattern:
            case Element() | Leaf() | Text():
                return Completion(1, ((pattern,),))
            case Choice():
                return self._complete_any(pattern.members)
            case Group():
                return self._complete_all(pattern.flat_parts())
            case Interleave():
                return self._complete_all(pattern.flat_parts())
            case OneOrMore():
                return self.completion(pattern.pattern)
            case _:
                return _NEVER

    def _complete_any(self, members: Iterable[Pattern]) -> Completion:
        completions = [self.completion(member) for member in members]
        best = min(completions, key=lambda completion: completion.cost)
        if best.cost != 1:
            return best
        alternatives = [c.missing[0] for c in completions if c.cost == 1]
        return Completion(1, (tuple(dict.fromkeys(pattern for each in alternatives for pattern in each)),))

    def _complete_all(self, members: Iterable[Pattern]) -> Completion:
        completions = [self.completion(member) for member in members]
        cost = min(IMPOSSIBLE, sum(completion.cost for completion in completions))
        return Completion(cost, tuple(missing for completion in completions for missing in completion.missing))


_Ways = Mapping[frozenset[Attribute], Closing]
_Chain = tuple[Closing, "_Chain"] | None
"""Ways through the members of a pattern, the last first."""
_Way = TypeVar("_Way")


def _joined_ways(chain: _Chain, join: Callable[[Iterable[Pattern]], Pattern]) -> Closing:
    ways: list[Closing] = []
    while chain is not None:
        way, chain = chain
        ways.append(way)
    ways.reverse()
    return Closing(tuple(lack for way in ways for lack in way.missing), join([way.pattern for way in ways]))


def _shortest(ways: Mapping[frozenset[Attribute], _Way]) -> Mapping[frozenset[Attribute], _Way]:
    if len(ways) <= 1:
        return ways
    fewest = min(map(len, ways))
    kept = sorted((way for way in ways.items() if len(way[0]) <= fewest + 1), key=lambda way: len(way[0]))
    return dict(kept[:_MOST_WAYS])


# What decides that something is not allowed: «with type='file'».
#
# Where a name is known in an element, or a child in its parent, but not in this combination, one attribute's value is
# often the reason. It is found by looking which attribute forbids the name all by itself.

LEVELS = 3
"""So many elements around are looked at."""

_Test = Callable[[Pattern], bool]


class Conditions:
    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar

    def of_attribute(self, finding: Finding) -> str:
        """What forbids the attribute of a finding: an attribute of its element, or of one around."""
        name = self._grammar.symbols.of(finding.node.attributes[finding.attribute][0])

        def allows(pattern: Pattern) -> bool:
            return any(name in attribute.name_class for attribute in pattern.attributes)

        return self._upwards(finding.node, finding.element, allows, finding.attribute)

    def of_child(self, finding: Finding) -> str:
        """What forbids a child: an attribute of its parent, or of an element around."""
        name = self._grammar.symbols.of(finding.node.name)
        return self._of_inner(finding, lambda inner: name in inner.name_class)

    def of_kind(self, finding: Finding) -> str:
        """What forbids a child of this kind, while others of its name are allowed."""
        return self._of_inner(finding, lambda inner: finding.node.matches.get(inner, False))

    def foreign_attributes(self, finding: Finding) -> list[str]:
        """The attributes that the element does not take with the value that the finding is about, as written."""
        node, element = finding.node, finding.element
        if element is None:
            return []
        rest = self._after(node, finding.attribute, element.content)
        return [
            written
            for index, (name, written, _) in enumerate(node.attributes)
            if index != finding.attribute
            and not any(self._grammar.symbols.of(name) in attribute.name_class for attribute in rest.attributes)
        ]

    def excluding_sibling(self, finding: Finding) -> str:
        """The sibling beside which a child is not allowed in any order, though each is allowed without the other."""
        child = finding.node
        if child.parent is None or finding.element is None:
            return ""
        start = self._after_start_tag(child.parent, finding.element.content)
        after_child = self._after_child(start, child)
        for sibling in child.parent.children():
            if sibling.name == child.name:
                continue
            after_sibling = self._after_child(start, sibling)
            if after_child is None or after_sibling is None:
                continue
            if self._after_child(after_sibling, child) is None and self._after_child(after_child, sibling) is None:
                return sibling.written
        return ""

    def _after_start_tag(self, node: Node, pattern: Pattern) -> Pattern:
        for index in range(len(node.attributes)):
            pattern = self._after(node, index, pattern)
        return self._grammar.derivatives.closed(pattern)

    def _after_child(self, pattern: Pattern, child: Node) -> Pattern | None:
        """What remains after a child; None where it is not allowed."""
        rests = self._grammar.derivatives.opened(pattern, self._grammar.symbols.of(child.name))
        return self._grammar.patterns.choice(rests.values()) if rests else None

    def _of_inner(self, finding: Finding, is_child: Callable[[Element], bool]) -> str:
        def allows(pattern: Pattern) -> bool:
            return any(map(is_child, elements_in(pattern)))

        parent = finding.node.parent
        return "" if parent is None else self._upwards(parent, finding.element, allows)

    def _upwards(self, node: Node, element: Element | None, allows: _Test, besides: int = -1) -> str:
        """`allows` is about the content of `node`; where its own pattern allows it, no other element forbids it."""
        if element is None:
            return ""
        found = self._forbidding(node, [element], allows, besides)
        if found or allows(element.content):
            return found
        for _ in range(LEVELS):
            if node.parent is None:
                break
            allows = self._within(node, allows)
            node = node.parent
            found = self._forbidding(node, node.matches, allows)
            if found:
                break
        return found

    def _within(self, node: Node, allows: _Test) -> _Test:
        """The same for what is around `node`."""
        name = self._grammar.symbols.of(node.name)

        def allows_inside(pattern: Pattern) -> bool:
            return any(name in inner.name_class and allows(inner.content) for inner in elements_in(pattern))

        return allows_inside

    def _forbidding(self, node: Node, elements: Iterable[Element], allows: _Test, besides: int = -1) -> str:
        """The attribute without which one of the patterns for an element would allow something."""
        for element in elements:
            if not allows(element.content):
                continue
            for index in range(len(node.attributes)):
                if index != besides and not allows(self._after(node, index, element.content)):
                    _, written, value = node.attributes[index]
                    return f"{written}={value!r}"
        return ""

    def _after(self, node: Node, index: int, pattern: Pattern) -> Pattern:
        """What remains after one attribute of an element; all, where it does not fit."""
        derivatives = self._grammar.derivatives
        name, _, value = node.attributes[index]
        known = self._grammar.symbols.of(name)
        fitting = frozenset(
            attribute
            for attribute in pattern.attributes
            if known in attribute.name_class and derivatives.accepts(attribute.pattern, value, node.namespaces)
        )
        return derivatives.without_attribute(pattern, fitting) if fitting else pattern
