"""The names of two schemas, and which patterns have names in common.

All names that no schema mentions behave alike within a namespace; one name represents them (`Vocabulary.fresh`).
So a name class is a finite set, and patterns that share no name, nor text, say nothing about each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import chain

from ...relaxng.name_class import Name, NsName, QName, classes_in
from ...runtime import patterns as compiled
from ...runtime.patterns import ANY, Attribute, Choice, Element, Interleave, Leaf, Pattern, Text, symbol
from .combined_grammar import CombinedGrammar

TEXT = "#"
"""In an alphabet: text."""

_UNKNOWN_NAMESPACE = "urn:other"


class Vocabulary:
    def __init__(self, grammar: CombinedGrammar) -> None:
        self._grammar = grammar
        classes = [inner for one in grammar.name_classes.values() for inner in classes_in(one)]
        known = {one.name for one in classes if isinstance(one, Name)}
        spaces = {name.namespace for name in known} | {one.namespace for one in classes if isinstance(one, NsName)}
        uris = sorted(spaces | {"", _UNKNOWN_NAMESPACE})
        local = _unused({name.local for name in known})
        self.fresh = tuple(QName(uri, local) for uri in uris)
        self._names = {symbol(name.namespace, name.local): name for name in [*sorted(known), *self.fresh]}
        self._symbols: dict[compiled.NameClass, tuple[str, ...]] = {}
        self._alphabets: dict[Pattern, frozenset[str]] = {}

    def name(self, symbol_: str) -> QName:
        return self._names[symbol_]

    def symbols(self, name_class: compiled.NameClass) -> tuple[str, ...]:
        """The names of a name class: all of a finite one, of others those that are mentioned, and the fresh ones."""
        found = self._symbols.get(name_class)
        if found is None:
            if name_class.names is not None:
                found = tuple(name_class.names)
            else:
                found = tuple(one for one in self._names if one in name_class)
            self._symbols[name_class] = found
        return found

    def relevant(self, named: Iterable[Element | Attribute]) -> list[str]:
        """The names that make a difference to any of the patterns, and the fresh ones, in a fixed order."""
        classes = (inner for one in named for inner in classes_in(self._grammar.name_classes[one]))
        names = chain((one.name for one in classes if isinstance(one, Name)), self.fresh)
        return list(dict.fromkeys(symbol(name.namespace, name.local) for name in names))

    def next_in(self, pattern: Pattern) -> list[str]:
        """The names of children that may come next."""
        first = self._grammar.derivatives.opened(pattern, ANY)
        return list(dict.fromkeys(name for element in first for name in self.symbols(element.name_class)))

    def takes(self, pattern: Pattern, names: Iterable[str]) -> bool:
        """Whether children of these names may come, as far as names say."""
        for name in names:
            pattern = self._grammar.patterns.choice(self._grammar.derivatives.opened(pattern, name).values())
        return pattern is not self._grammar.patterns.not_allowed

    def alphabet(self, pattern: Pattern) -> frozenset[str]:
        """The names of attributes, with an ``@`` before them, and of children, and `TEXT`."""
        found = self._alphabets.get(pattern)
        if found is None:
            found = self._alphabets[pattern] = self._make_alphabet(pattern)
        return found

    def _make_alphabet(self, pattern: Pattern) -> frozenset[str]:
        match pattern:
            case Element():
                return frozenset(self.symbols(pattern.name_class))
            case Attribute():
                return frozenset(f"@{name}" for name in self.symbols(pattern.name_class))
            case Text() | Leaf():
                return frozenset({TEXT})
            case _:
                return frozenset[str]().union(*map(self.alphabet, pattern.flat_parts()))

    def components(self, narrow: Pattern, wide: Pattern) -> list[tuple[Pattern, Pattern]]:
        """Parts of two patterns that can be compared one by one: no two of them share a name (sections 7.3, 7.4)."""
        parts = [(part, True) for part in _independent(narrow)]
        count = len(parts)
        parts += [(part, False) for part in self._factored(wide)]
        if count == 1 and len(parts) == 2:
            return [(narrow, wide)]
        groups = _connected([self.alphabet(part) for part, _ in parts])
        interleave = self._grammar.patterns.interleave
        return [
            (
                interleave(parts[index][0] for index in group if index < count),
                interleave(parts[index][0] for index in group if index >= count),
            )
            for group in groups
        ]

    def _factored(self, pattern: Pattern) -> tuple[Pattern, ...]:
        """Independent parts; of a choice of interleaves what they have in common, and the choice of what is left."""
        if not isinstance(pattern, Choice):
            return _independent(pattern)
        counts = [Counter(_independent(member)) for member in pattern.members]
        common = counts[0]
        for count in counts[1:]:
            common = common & count  # not in place: the counts are needed below
        if not common:
            return (pattern,)
        interleave = self._grammar.patterns.interleave
        rest = self._grammar.patterns.choice(interleave((count - common).elements()) for count in counts)
        return (*common.elements(), rest)


def _independent(pattern: Pattern) -> tuple[Pattern, ...]:
    return pattern.flat_parts() if isinstance(pattern, Interleave) else (pattern,)


def _connected(alphabets: list[frozenset[str]]) -> list[list[int]]:
    """Indexes of alphabets that share something, directly or through others, in order: a union-find, in which each
    index leads to another one of its group, and the leader of the group to itself."""
    leaders = list(range(len(alphabets)))

    def leader(index: int) -> int:
        while leaders[index] != index:
            leaders[index] = leaders[leaders[index]]
            index = leaders[index]
        return index

    first: dict[str, int] = {}
    for index, alphabet in enumerate(alphabets):
        for one in alphabet:
            leaders[leader(index)] = leader(first.setdefault(one, index))
    groups: dict[int, list[int]] = {}
    for index in range(len(alphabets)):
        groups.setdefault(leader(index), []).append(index)
    return sorted(groups.values())


def _unused(names: set[str]) -> str:
    number, name = 1, "other"
    while name in names:
        number += 1
        name = f"other{number}"
    return name
