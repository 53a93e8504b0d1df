"""Elements whose kind an attribute decides: `<address type='pci' …>` beside `<address type='usb' …>`.

For every required attribute that only has literal values, the contents are computed once for each value, as if the
attribute were given: branches of a choice with another value fall away. Where what remains has little in
common, the element becomes a union of classes (the bounds were measured on libvirt's schemas: there they split
addresses, graphics, host devices and timers, and leave disks, interfaces and pools whole, as their users would want).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ..relaxng.name_class import QName, names_of
from ..relaxng.pattern import (
    Attribute,
    Choice,
    Group,
    Interleave,
    Mixed,
    OneOrMore,
    Optional,
    Pattern,
    Ref,
    Value,
    ZeroOrMore,
)
from .cardinality import ONE
from .contents import (
    IMPOSSIBLE,
    NOTHING,
    AttributeUse,
    ContentReader,
    Contents,
    among_text,
    choose,
    grouped,
    interleaved,
)
from .elements import ElementTable
from .values import is_text

MOST_SHARED = 2 / 3
"""In a split an alternative has on average less than this share of all fields. The average hardly moves when one more
alternative comes that has little or much; the share of those that all have would."""
FEWEST_FIELDS = 5
MOST_VALUES = 200
"""An attribute with more literal values than this is a list of names, not a kind."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """``tokens`` are the values that lead here, in schema order."""

    tokens: tuple[str, ...]
    contents: Contents


@dataclass(frozen=True, slots=True)
class Split:
    attribute: QName
    alternatives: tuple[Alternative, ...]
    fields: int
    share: float


class VariantFinder:
    def __init__(self, table: ElementTable, reader: ContentReader) -> None:
        self._table = table
        self._reader = reader

    def best_split(self, numbers: tuple[int, ...], contents: Contents, *, forced: bool = False) -> Split | None:
        """Returns the split by the attribute whose alternatives have least in common; None if the element stays one
        class.

        ``forced``: an author wants the split, so any attribute that distinguishes alternatives is enough.
        """
        if contents.ordered:
            return None
        splits = list(self._splits(numbers, contents))
        if not forced:
            splits = [one for one in splits if one.fields >= FEWEST_FIELDS and one.share < MOST_SHARED]
        return min(splits, key=lambda one: (one.share, -len(one.alternatives)), default=None)

    def kept_split(
        self, numbers: tuple[int, ...], contents: Contents, attribute: str, groups: tuple[tuple[str, ...], ...]
    ) -> Split | None:
        """The split by the attribute of this local name, in which each of ``groups`` stays one alternative; other
        values join the one that has the same fields, or become new ones. None where the attribute does not decide
        any more."""
        if contents.ordered:
            return None
        for name, use in contents.attributes.items():
            tokens = self.literals(use)
            if name.local == attribute and tokens and use.cardinality.required:
                alternatives = self._alternatives(numbers, name, tokens, groups)
                if len(alternatives) > 1:
                    return Split(name, alternatives, *_overlap(name, alternatives))
        return None

    def _splits(self, numbers: tuple[int, ...], contents: Contents) -> Iterator[Split]:
        for name, use in contents.attributes.items():
            tokens = self.literals(use)
            if not tokens or not 2 <= len(tokens) <= MOST_VALUES or not use.cardinality.required:
                continue
            alternatives = self._alternatives(numbers, name, tokens)
            if len(alternatives) > 1:
                fields, share = _overlap(name, alternatives)
                yield Split(name, alternatives, fields, share)

    def conditional_contents(self, numbers: tuple[int, ...]) -> Iterator[tuple[QName, str, Contents]]:
        """The contents of the element for each value of each attribute that has only literal values."""
        contents = self._reader.of_elements(numbers)
        if len(contents.attributes) < 2:
            return
        for name, use in contents.attributes.items():
            tokens = self.literals(use) or ()
            if 2 <= len(tokens) <= MOST_VALUES:
                for token in tokens:
                    given = self._given(numbers, name, token)
                    if given.possible:
                        yield name, token, given

    def literals(self, use: AttributeUse) -> tuple[str, ...] | None:
        """All values in schema order where there are only literal ones."""
        found: dict[str, None] = {}
        for schema, pattern in use.patterns:
            tokens = self._tokens(schema, pattern.pattern)
            if tokens is None:
                return None
            found.update(dict.fromkeys(tokens))
        return tuple(found)

    def _tokens(self, schema: int, pattern: Pattern) -> tuple[str, ...] | None:
        match pattern:
            case Value() if is_text(pattern.datatype):
                return (pattern.text if pattern.datatype.type == "string" else " ".join(pattern.text.split()),)
            case Choice():
                found: list[str] = []
                for part in pattern.patterns:
                    tokens = self._tokens(schema, part)
                    if tokens is None:
                        return None
                    found.extend(tokens)
                return tuple(found)
            case Ref():
                return self._tokens(schema, self._table.define_of(schema, pattern))
            case _:
                return None

    def _alternatives(
        self, numbers: tuple[int, ...], name: QName, tokens: tuple[str, ...], groups: tuple[tuple[str, ...], ...] = ()
    ) -> tuple[Alternative, ...]:
        """One for each of ``groups``, and one for each shape of the values that are in no group."""
        group_of = {token: group for group in groups for token in group}
        given = {token: self._given(numbers, name, token) for token in tokens}
        shapes = {token: _shape(contents, name) for token, contents in given.items() if contents.possible}
        of_shape: dict[object, object] = {shapes[token]: group_of[token] for token in shapes if token in group_of}
        found: dict[object, list[str]] = {}
        for token, shape in shapes.items():
            found.setdefault(group_of.get(token) or of_shape.get(shape, shape), []).append(token)
        alternatives = []
        for together in found.values():
            # Values of one shape contain the same, so the first of each is enough.
            distinct = {shapes[token]: given[token] for token in reversed(together)}
            alternatives.append(Alternative(tuple(together), choose([*distinct.values()][::-1])))
        return tuple(alternatives)

    def _given(self, numbers: Iterable[int], name: QName, token: str) -> Contents:
        """The contents where the attribute has the value `token`."""
        patterns = [self._table.patterns[number] for number in numbers]
        specialised = _Specialisation(self._table, self._reader, self, name, token)
        return choose([specialised.both(one.schema, one.pattern.pattern)[0] for one in patterns])


class _Specialisation:
    """The two sides of each pattern: having the attribute with the given value, and not having it at all."""

    def __init__(
        self, table: ElementTable, reader: ContentReader, finder: VariantFinder, name: QName, token: str
    ) -> None:
        self._table = table
        self._reader = reader
        self._finder = finder
        self._name = name
        self._token = token

    def both(self, schema: int, pattern: Pattern) -> tuple[Contents, Contents]:
        contents = self._reader.of_pattern(schema, pattern)
        if self._name not in contents.attributes:
            return IMPOSSIBLE, contents
        match pattern:
            case Attribute():
                return self._attribute(schema, pattern)
            case Ref():
                return self.both(schema, self._table.define_of(schema, pattern))
            case Group():
                return self._all(schema, pattern.patterns, grouped)
            case Interleave():
                return self._all(schema, pattern.patterns, interleaved)
            case Choice():
                sides = [self.both(schema, part) for part in pattern.patterns]
                return choose([having for having, _ in sides]), choose([without for _, without in sides])
            case Optional() | ZeroOrMore():
                having, without = self.both(schema, pattern.pattern)
                return having, choose([without, NOTHING])
            case OneOrMore():
                return self.both(schema, pattern.pattern)
            case Mixed():
                having, without = self.both(schema, pattern.pattern)
                return among_text(schema, pattern, having), among_text(schema, pattern, without)
            case _:
                raise AssertionError(f"{type(pattern).__name__} holds no attribute")

    def _attribute(self, schema: int, pattern: Attribute) -> tuple[Contents, Contents]:
        tokens = self._finder.literals(AttributeUse(ONE, ((schema, pattern),)))
        if tokens is None or self._token not in tokens:
            return IMPOSSIBLE, IMPOSSIBLE
        names = names_of(pattern.name)
        assert names is not None, "an open attribute has no name to split by"
        return self._reader.of_pattern(schema, pattern), IMPOSSIBLE

    def _all(
        self, schema: int, patterns: tuple[Pattern, ...], join: Callable[[list[Contents]], Contents]
    ) -> tuple[Contents, Contents]:
        sides = [self.both(schema, part) for part in patterns]
        withouts = [without for _, without in sides]
        havings = [
            join([*withouts[:index], having, *withouts[index + 1 :]])
            for index, (having, _) in enumerate(sides)
            if having.possible
        ]
        return choose(havings), join(withouts)


def _shape(contents: Contents, name: QName) -> object:
    """Alternatives with equal shapes are one class. The deciding attribute does not count."""
    attributes = frozenset(
        (attribute, use.cardinality, frozenset(id(pattern) for _, pattern in use.patterns))
        for attribute, use in contents.attributes.items()
        if attribute != name
    )
    children = frozenset((child, use.cardinality, frozenset(use.elements)) for child, use in contents.children.items())
    text = frozenset(id(pattern) for _, pattern in contents.text.patterns) if contents.text else None
    return attributes, children, text, contents.open_attributes, contents.open_elements


def _overlap(name: QName, alternatives: tuple[Alternative, ...]) -> tuple[int, float]:
    """How many fields there are in all, and which part of them an alternative has on average."""
    fields = [_field_names(one.contents, name) for one in alternatives]
    everything = frozenset().union(*fields)
    held = sum(len(one) for one in fields) / len(fields)
    return len(everything), held / len(everything) if everything else 1.0


def _field_names(contents: Contents, name: QName) -> frozenset[object]:
    found: set[object] = {("@", attribute) for attribute in contents.attributes if attribute != name}
    found.update(contents.children)
    if contents.text is not None:
        found.add("text")
    return frozenset(found)
