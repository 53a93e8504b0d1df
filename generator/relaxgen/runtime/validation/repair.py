"""What a pattern lacks: the attributes and children that would have to be there for it to match."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from .derivatives import Derivatives
from .patterns import Attribute, Choice, Element, Group, Interleave, Leaf, OneOrMore, Pattern, Text

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
        ways: _Ways = {frozenset(): Closing((), self._derivatives.patterns.empty)}
        for member in members:
            longer: dict[frozenset[Attribute], Closing] = {}
            for lacks, way in ways.items():
                for more, other in self._ways(member).items():
                    missing = (*way.missing, *other.missing)
                    longer.setdefault(lacks | more, Closing(missing, join((way.pattern, other.pattern))))
            ways = _shortest(longer)
        return ways

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


def _shortest(ways: _Ways) -> _Ways:
    if len(ways) <= 1:
        return ways
    fewest = min(map(len, ways))
    kept = sorted((way for way in ways.items() if len(way[0]) <= fewest + 1), key=lambda way: len(way[0]))
    return dict(kept[:_MOST_WAYS])
