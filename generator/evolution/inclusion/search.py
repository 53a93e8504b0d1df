"""The search for contents that one pattern allows and another does not.

Both patterns are taken apart in step, as a validator would by reading a document, but for all documents at once:

- parts that share no names are compared one by one;
- for each attribute's name: as if it were absent, and with each kind of value that the patterns tell apart;
- then for each child that may come next, for text, and for the end.

A pair of patterns that has been met before needs no second look, so the search ends though documents may be of any
length. What is left of the wide pattern is a choice of all that its alternatives have become; when it is ``notAllowed``
and the narrow pattern is not, the way that led there is a break.

Whether a child is allowed depends on its content. Usually the wide pattern has one candidate for it, or several that
go on alike; then the search goes on as if the child were allowed, and the pair of child patterns is looked at on its
own (`Task`): so all breaks are found, each near its element. Where candidates go on differently, it is not enough that
the candidates together allow every such child (Hosoya, Vouillon and Pierce, «Regular expression types for XML»): for
each way to divide them into two sets, the child must be allowed by the first, or the rest by what follows the second.
Such questions are answered on the spot, by searches that stop at the first break (`Engine.refutation`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ...relaxng.name_class import QName
from ...runtime.validation.derivatives import ANY, elements_in, leaves_in
from ...runtime.validation.patterns import (
    Attribute,
    Choice,
    Element,
    Empty,
    Leaf,
    Pattern,
)
from ...sampling.tree import SampleElement
from .grammar import CombinedGrammar
from .languages import TooManyStates
from .results import Kind
from .smallest import NO_CONTENT, Content, Smallest
from .text_set import ALL_TEXTS, BLANK_TEXTS, Overlap, TextSet, partition
from .texts import Texts
from .vocabulary import TEXT, Vocabulary

MAXIMUM_STATES = 300_000
"""So many pairs of patterns are looked at in one comparison."""

SOME_TEXT = "text"


# The way to a pair of patterns


@dataclass(frozen=True, slots=True)
class Given:
    name: QName
    text: str


@dataclass(frozen=True, slots=True)
class Beside:
    """Independent parts of the narrow pattern, which are not looked at here."""

    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Child:
    """``tree`` is a child that matters as it is; otherwise any that `element` allows will do."""

    name: QName
    element: Element
    tree: SampleElement | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """Text beside children."""


@dataclass(frozen=True, slots=True)
class Trace:
    before: Trace | None
    step: Given | Beside | Child | Written

    def steps(self) -> Iterator[Given | Beside | Child | Written]:
        """From the last to the first."""
        trace: Trace | None = self
        while trace is not None:
            yield trace.step
            trace = trace.before


@dataclass(frozen=True, slots=True)
class State:
    """``base`` is the wide pattern before the children of the trace since its last `Beside`. ``done`` are the names of
    attributes that were dealt with, where there are patterns for attributes of any name."""

    narrow: Pattern
    wide: Pattern
    trace: Trace | None = None
    base: Pattern | None = None
    done: frozenset[str] = frozenset()


# What is found


@dataclass(frozen=True, slots=True)
class Break:
    """A content that the narrow pattern allows and the wide one does not, and what it is about."""

    kind: Kind
    name: QName | None
    value: str | None
    expected: tuple[str, ...]
    given: tuple[tuple[QName, str], ...]
    content: Content


@dataclass(frozen=True, slots=True)
class Uncertainty:
    reason: str
    name: QName | None = None


Refutation = Content | Uncertainty
"""A content that shows that there is no inclusion, or why it could not be decided."""


@dataclass(frozen=True, slots=True)
class Need:
    """A child whose patterns are to be compared: `element` with the choice of `candidates`. ``trace`` leads to it in
    the content of its parent, ``rest`` is what follows it there."""

    element: Element
    candidates: tuple[Element, ...]
    name: QName
    trace: Trace | None
    rest: Pattern


class Engine:
    """What all searches of one comparison share."""

    def __init__(self, grammar: CombinedGrammar) -> None:
        self.patterns = grammar.patterns
        self.derivatives = grammar.derivatives
        self.vocabulary = Vocabulary(grammar)
        self.texts = Texts(grammar.derivatives)
        self.smallest = Smallest(grammar.contents, self.texts, self.vocabulary)
        self._partitions: dict[tuple[tuple[TextSet, ...], int], tuple[Overlap, ...] | None] = {}
        self._left = MAXIMUM_STATES
        self._known: dict[tuple[int, int], Refutation] = {}
        self._assumed: dict[tuple[int, int], None] = {}
        self._without: dict[tuple[int, str], Pattern] = {}

    def count(self) -> None:
        """Raises:
        TooManyStates: the comparison has taken too long.
        """
        self._left -= 1
        if self._left < 0:
            raise TooManyStates

    def partition(self, sets: tuple[TextSet, ...], wanted: int) -> tuple[Overlap, ...] | None:
        """None where it would take too long."""
        key = (sets, wanted)
        if key not in self._partitions:
            try:
                self._partitions[key] = partition(sets, wanted)
            except TooManyStates:
                self._partitions[key] = None
        return self._partitions[key]

    def refutation(self, narrow: Pattern, wide: Pattern) -> Refutation | None:
        """None where every content of `narrow` is one of `wide`.

        While a question is open, its answer is assumed to be yes wherever it comes up again: whoever matches a longer
        document has matched a child first. What was found on that assumption holds unless the answer turns out to be
        no, and is forgotten then.
        """
        key = (narrow.number, wide.number)
        if narrow is wide or key in self._assumed:
            return None
        known = self._known.get(key)
        if known is not None:
            return known
        self._assumed[key] = None
        search = Search(self, narrow, wide, is_thorough=False)
        search.run()
        found = search.first
        if found is not None:
            self._withdraw(key)
            self._known[key] = found
        return found

    def _withdraw(self, key: tuple[int, int]) -> None:
        """Forgets an assumption, and all answers since."""
        while self._assumed.popitem()[0] != key:
            pass

    def content_of(self, elements: Iterable[Element]) -> Pattern:
        return self.patterns.choice(element.content for element in elements)

    def without_name(self, pattern: Pattern, name: str) -> Pattern:
        """The pattern where no attribute of this name has come; patterns for any name still allow others."""
        if not any(_is_called(attribute, name) for attribute in pattern.attributes):
            return pattern
        key = (pattern.number, name)
        found = self._without.get(key)
        if found is None:
            found = self._without[key] = self._drop(pattern, name)
        return found

    def _drop(self, pattern: Pattern, name: str) -> Pattern:
        from ...runtime.validation.derivatives import group_members
        from ...runtime.validation.patterns import Group, Interleave, OneOrMore

        match pattern:
            case Attribute():
                return self.patterns.not_allowed
            case Choice():
                return self.patterns.choice(self.without_name(member, name) for member in pattern.members)
            case Group():
                return self.derivatives.group(self.without_name(member, name) for member in group_members(pattern))
            case Interleave():
                return self.patterns.interleave(self.without_name(member, name) for member in pattern.members)
            case OneOrMore():
                return self.patterns.one_or_more(self.without_name(pattern.pattern, name))
            case _:
                raise AssertionError(f"{type(pattern).__name__} holds no attributes")

    def around(self, need: Need, tree: SampleElement) -> Content:
        """The content of the parent in which a child stands."""
        trace = Trace(need.trace, Child(need.name, need.element, tree))
        return self.completed(trace, self.smallest.content(need.rest))

    def completed(self, trace: Trace | None, rest: Content) -> Content:
        """The content to which a trace leads, and `rest` after it."""
        before, beside = NO_CONTENT, NO_CONTENT
        for step in reversed(list(trace.steps()) if trace else []):
            match step:
                case Given(name, text):
                    before += Content(attributes=((name, text),))
                case Beside(patterns):
                    for pattern in patterns:
                        beside += self.smallest.content(pattern)
                case Child(name, element, tree):
                    before += Content(children=(tree or self.smallest.element(element, name),))
                case Written():
                    before += Content(children=(SOME_TEXT,))
        return before + rest + beside


def _is_called(attribute: Attribute, name: str) -> bool:
    """Whether an attribute has this name and no other."""
    return attribute.name_class.names is not None and name in attribute.name_class


def _is_open(attribute: Attribute) -> bool:
    return attribute.name_class.names is None


class Search:
    """One pair of contents. A thorough search finds all breaks and leaves children to others; one that is not stops at
    the first, and answers for the children, too."""

    def __init__(self, engine: Engine, narrow: Pattern, wide: Pattern, *, is_thorough: bool) -> None:
        self._engine = engine
        self._patterns = engine.patterns
        self._derivatives = engine.derivatives
        self._names = engine.vocabulary
        self._smallest = engine.smallest
        self._is_thorough = is_thorough
        self._narrow_alphabet = engine.vocabulary.alphabet(narrow)
        self._wide_alphabet = engine.vocabulary.alphabet(wide)
        self._seen: set[tuple[int, int, frozenset[str]]] = set()
        self._queue: deque[State] = deque()
        self.breaks: list[Break] = []
        self.uncertainties: list[Uncertainty] = []
        self.needs: list[Need] = []
        self._push(State(narrow, wide))

    @property
    def first(self) -> Refutation | None:
        if self.breaks:
            return self.breaks[0].content
        return self.uncertainties[0] if self.uncertainties else None

    def run(self) -> None:
        """Raises:
        TooManyStates: the comparison takes too long.
        """
        while self._queue and (self._is_thorough or not self.breaks):
            self._engine.count()
            self._look(self._queue.popleft())

    def _push(self, state: State) -> None:
        key = (state.narrow.number, state.wide.number, state.done)
        if key not in self._seen:
            self._seen.add(key)
            self._queue.append(state)

    def _look(self, state: State) -> None:
        narrow, wide = state.narrow, state.wide
        if narrow is wide or self._smallest.is_impossible(narrow):
            return
        if isinstance(wide, Choice) and narrow in wide.members:
            return
        alternatives = _alternatives(self._patterns, narrow)
        if len(alternatives) > 1:
            for alternative in alternatives:
                self._push(State(alternative, wide, state.trace, state.base, state.done))
            return
        components = self._names.components(narrow, wide)
        if len(components) > 1:
            self._push_components(components, state)
        elif narrow.attributes or wide.attributes:
            self._look_at_attributes(state)
        else:
            self._look_at_content(state)

    def _push_components(self, components: Sequence[tuple[Pattern, Pattern]], state: State) -> None:
        parts = [part for part, _ in components]
        for index, (narrow, wide) in enumerate(components):
            beside = Beside((*parts[:index], *parts[index + 1 :]))
            self._push(State(narrow, wide, Trace(state.trace, beside), None, state.done))

    # Attributes

    def _look_at_attributes(self, state: State) -> None:
        name = self._next_name(state)
        if name is None:
            self._look_at_open_attributes(state)
            return
        self._look_at_absence(state, name)
        self._look_at_presence(state, name, self._done(state, name))

    def _next_name(self, state: State) -> str | None:
        """The name that most patterns have, since it decides the most; None where only open name classes are left."""
        attributes = [*state.narrow.attributes, *state.wide.attributes]
        counts: dict[str, int] = {}
        for attribute in attributes:
            for name in attribute.name_class.names or ():
                counts[name] = counts.get(name, 0) + 1
        if any(map(_is_open, attributes)):
            fresh = {f"{one}" for one in map(_symbol, self._names.fresh)}
            for name in self._names.relevant(attributes):
                if name not in fresh:
                    counts.setdefault(name, 0)
        left = [name for name in counts if name not in state.done]
        return max(left, key=lambda name: counts[name], default=None)

    def _done(self, state: State, name: str) -> frozenset[str]:
        if any(map(_is_open, (*state.narrow.attributes, *state.wide.attributes))):
            return state.done | {name}
        return state.done

    def _look_at_absence(self, state: State, name: str) -> None:
        narrow = self._engine.without_name(state.narrow, name)
        wide = self._engine.without_name(state.wide, name)
        if self._smallest.is_impossible(narrow):
            return
        if wide is self._patterns.not_allowed:
            self._break(Kind.ATTRIBUTE_MISSING, state, narrow, name=self._names.name(name))
        else:
            self._push(State(narrow, wide, state.trace, state.base, self._done(state, name)))

    def _look_at_presence(self, state: State, name: str, done: frozenset[str]) -> None:
        candidates = [one for one in state.narrow.attributes if name in one.name_class]
        others = [one for one in state.wide.attributes if name in one.name_class]
        if not candidates:
            return
        sets = tuple(self._engine.texts.of(one.pattern) for one in (*candidates, *others))
        overlaps = self._engine.partition(sets, len(candidates))
        if overlaps is None:
            self._doubt("there are too many kinds of values to compare", name)
            return
        for overlap in overlaps:
            matched = frozenset(one for index, one in enumerate(candidates) if index in overlap.members)
            allowed = frozenset(one for index, one in enumerate(others, len(candidates)) if index in overlap.members)
            self._look_at_value(state, name, done, overlap, matched, allowed)

    def _look_at_value(
        self,
        state: State,
        name: str,
        done: frozenset[str],
        overlap: Overlap,
        matched: frozenset[Attribute],
        allowed: frozenset[Attribute],
    ) -> None:
        narrow = self._after_attribute(state.narrow, matched, name)
        if self._smallest.is_impossible(narrow):
            return
        wide = self._after_attribute(state.wide, allowed, name)
        if wide is narrow:
            return
        qname = self._names.name(name)
        if not overlap.texts:
            if self._is_included(narrow, wide):
                return
            self._doubt("its datatypes cannot be compared", name)
        elif wide is not self._patterns.not_allowed:
            self._push(State(narrow, wide, Trace(state.trace, Given(qname, overlap.texts[0])), None, done))
        else:
            self._refuse_attribute(state, qname, overlap, narrow)

    def _after_attribute(self, pattern: Pattern, matched: frozenset[Attribute], name: str) -> Pattern:
        """What is left of a pattern; in a repetition it would still allow the attribute, which cannot come twice."""
        if not matched:
            return self._patterns.not_allowed
        return self._engine.without_name(self._derivatives.without_attribute(pattern, matched), name)

    def _is_included(self, narrow: Pattern, wide: Pattern) -> bool:
        return wide is not self._patterns.not_allowed and self._engine.refutation(narrow, wide) is None

    def _refuse_attribute(self, state: State, name: QName, overlap: Overlap, narrow: Pattern) -> None:
        symbol = _symbol(name)
        others = [one for one in state.wide.attributes if symbol in one.name_class]
        expected = tuple(dict.fromkeys(word for one in others for word in self._engine.texts.of(one.pattern).words))
        literals = {
            word
            for one in state.narrow.attributes
            if symbol in one.name_class
            for word in self._engine.texts.of(one.pattern).words
        }
        for text in sorted(overlap.texts, key=lambda text: text not in literals):
            kind = Kind.VALUE_NOT_ALLOWED if text in literals else Kind.DATATYPE_NARROWER
            if not others:
                kind = Kind.ATTRIBUTE_NOT_ALLOWED
            trace = Trace(state.trace, Given(name, text))
            shown = text if others else None
            self._break(kind, state, narrow, name=name, value=shown, expected=expected, trace=trace)
            if kind is not Kind.VALUE_NOT_ALLOWED:
                return

    def _look_at_open_attributes(self, state: State) -> None:
        """Attributes of names that no pattern here mentions, and then the end of attributes."""
        for qname in self._names.fresh:
            if any(_symbol(qname) in one.name_class for one in state.narrow.attributes):
                self._look_at_presence(state, _symbol(qname), state.done)
        narrow = self._derivatives.closed(state.narrow)
        wide = self._derivatives.closed(state.wide)
        if self._smallest.is_impossible(narrow):
            return
        if wide is self._patterns.not_allowed:
            self._break(Kind.ATTRIBUTE_MISSING, state, narrow)
        else:
            self._push(State(narrow, wide, state.trace, state.base))

    # Content

    def _look_at_content(self, state: State) -> None:
        narrow, wide = state.narrow, state.wide
        if leaves_in(narrow) or leaves_in(wide):
            wide = self._look_at_texts(narrow, wide, state)
            narrow = _without_leaves(self._patterns, narrow)
        base = state.base or wide
        state = State(narrow, wide, state.trace, base)
        if narrow is self._patterns.not_allowed:
            return
        if narrow.nullable and not wide.nullable:
            self._miss_child(state)
        if TEXT in self._names.alphabet(narrow):
            self._look_at_mixed_text(state)
        for name, elements in self._first_names(narrow, wide):
            for element in elements:
                self._look_at_child(state, name, element)

    def _look_at_texts(self, narrow: Pattern, wide: Pattern, state: State) -> Pattern:
        """Compares texts without children. What is left of the wide pattern is for contents with children; what it has
        allowed of the narrow one, or has been reported, need not be looked at again."""
        sets = (self._engine.texts.of(narrow), self._texts_of_wide(wide))
        overlaps = self._engine.partition(sets, 1)
        if overlaps is None:
            self._doubt("there are too many kinds of texts to compare")
        for overlap in overlaps or ():
            if 1 not in overlap.members:
                self._refuse_text(narrow, wide, overlap, state)
        rest = [_without_leaves(self._patterns, wide)]
        if narrow.nullable:
            rest.append(self._patterns.empty)
        if sets[0] == ALL_TEXTS:
            rest.append(self._patterns.text)
        return self._patterns.choice(rest)

    def _texts_of_wide(self, wide: Pattern) -> TextSet:
        texts = self._engine.texts.of(wide)
        return texts | BLANK_TEXTS if wide.nullable else texts

    def _refuse_text(self, narrow: Pattern, wide: Pattern, overlap: Overlap, state: State) -> None:
        if not overlap.texts:
            self._doubt("its datatypes cannot be compared")
            return
        expected = self._engine.texts.of(wide).words
        for text in overlap.texts:
            if not text.strip() and narrow.nullable:
                kind = Kind.TEXT_REQUIRED
            elif not leaves_in(wide):
                kind = Kind.TEXT_NOT_ALLOWED
            elif text in self._engine.texts.of(narrow).words:
                kind = Kind.VALUE_NOT_ALLOWED
            else:
                kind = Kind.DATATYPE_NARROWER
            content = self._engine.completed(state.trace, Content(children=(text,) if text else ()))
            self._add(Break(kind, None, text, expected, _given(state.trace), content))
            if kind is not Kind.VALUE_NOT_ALLOWED:
                return

    def _look_at_mixed_text(self, state: State) -> None:
        narrow = self._derivatives.mixed(state.narrow)
        if self._smallest.is_impossible(narrow):
            return
        wide = self._derivatives.mixed(state.wide)
        trace = Trace(state.trace, Written())
        if wide is self._patterns.not_allowed:
            self._break(Kind.TEXT_NOT_ALLOWED, state, narrow, trace=trace)
        elif (narrow, wide) != (state.narrow, state.wide):
            self._push(State(narrow, wide, trace, state.base))

    def _first_names(self, narrow: Pattern, wide: Pattern) -> Iterator[tuple[str, tuple[Element, ...]]]:
        """Names that a child may have that comes next, with the patterns for it; one for all that are alike."""
        first = self._derivatives.opened(narrow, ANY)
        seen: set[tuple[tuple[Element, ...], tuple[Element, ...]]] = set()
        relevant: list[str] | None = None
        for element in first:
            names: Iterable[str] = element.name_class.names or ()
            if element.name_class.names is None:
                if relevant is None:
                    relevant = self._names.relevant((*elements_in(narrow), *elements_in(wide)))
                names = [name for name in relevant if name in element.name_class]
            for name in names:
                elements = tuple(self._derivatives.opened(narrow, name))
                key = (elements, tuple(self._derivatives.opened(wide, name)))
                if key not in seen:
                    seen.add(key)
                    yield name, elements

    def _look_at_child(self, state: State, name: str, element: Element) -> None:
        rest = self._derivatives.opened(state.narrow, name)[element]
        if self._smallest.is_impossible(element) or self._smallest.is_impossible(rest):
            return
        following: dict[Pattern, list[Element]] = {}
        for candidate, wide_rest in self._derivatives.opened(state.wide, name).items():
            if wide_rest is not self._patterns.not_allowed:
                following.setdefault(wide_rest, []).append(candidate)
        if not following:
            self._refuse_child(state, name, element, rest)
        elif len(following) == 1:
            ((wide_rest, candidates),) = following.items()
            self._look_inside(state, name, element, rest, tuple(candidates))
            self._go_on(state, name, element, rest, wide_rest)
        else:
            self._look_at_candidates(state, name, element, rest, following)

    def _go_on(self, state: State, name: str, element: Element, rest: Pattern, wide: Pattern) -> None:
        trace = Trace(state.trace, Child(self._names.name(name), element))
        self._push(State(rest, wide, trace, state.base))

    def _look_inside(
        self, state: State, name: str, element: Element, rest: Pattern, candidates: tuple[Element, ...]
    ) -> None:
        """Settles whether the candidates allow every such child; a thorough search leaves that for later."""
        if element in candidates:
            return
        qname = self._names.name(name)
        if self._is_thorough:
            self.needs.append(Need(element, candidates, qname, state.trace, rest))
            return
        found = self._engine.refutation(element.content, self._engine.content_of(candidates))
        if isinstance(found, Uncertainty):
            self.uncertainties.append(found)
        elif found is not None:
            trace = Trace(state.trace, Child(qname, element, found.of(qname)))
            self._break(Kind.COMBINATION, state, rest, trace=trace)

    # Children with several candidates

    def _look_at_candidates(
        self, state: State, name: str, element: Element, rest: Pattern, following: dict[Pattern, list[Element]]
    ) -> None:
        divided = sorted(following.items(), key=lambda item: element not in item[1])
        found = self._divided(element, rest, [(tuple(candidates), wide) for wide, candidates in divided], (), ())
        if found is None:
            return
        if isinstance(found, Uncertainty):
            self.uncertainties.append(found)
            return
        inside, after = found
        if self._is_thorough and self._is_explained(state, name, element, rest, following):
            return
        qname = self._names.name(name)
        tree = (inside or self._smallest.content(element.content)).of(qname)
        content = self._engine.completed(Trace(state.trace, Child(qname, element, tree)), after)
        self._add(Break(Kind.COMBINATION, qname, None, (), _given(state.trace), content))

    def _divided(
        self,
        element: Element,
        rest: Pattern,
        undecided: list[tuple[tuple[Element, ...], Pattern]],
        inside: tuple[Element, ...],
        after: tuple[Pattern, ...],
    ) -> tuple[Content, Content] | Uncertainty | None:
        """A child that no candidate of `inside` allows, and a rest that none of `after` does, for some way to add the
        candidates that are left to the two."""
        self._engine.count()
        child: Refutation | None = self._smallest.content(element.content)
        if inside:
            child = self._engine.refutation(element.content, self._engine.content_of(inside))
        if child is None:
            return None
        siblings: Refutation | None = self._smallest.content(rest)
        if after:
            siblings = self._engine.refutation(rest, self._patterns.choice(after))
        if siblings is None:
            return None
        if undecided:
            (candidates, wide), *left = undecided
            first = self._divided(element, rest, left, inside + candidates, after)
            if isinstance(first, tuple):
                return first
            second = self._divided(element, rest, left, inside, (*after, wide))
            return second if second is not None else first
        if isinstance(child, Uncertainty):
            return child
        return siblings if isinstance(siblings, Uncertainty) else (child, siblings)

    def _is_explained(
        self, state: State, name: str, element: Element, rest: Pattern, following: dict[Pattern, list[Element]]
    ) -> bool:
        """Whether the break is one of the child alone, or of its siblings alone; each will be found where it is."""
        candidates = tuple(one for several in following.values() for one in several)
        is_explained = False
        if isinstance(self._engine.refutation(element.content, self._engine.content_of(candidates)), Content):
            self._look_inside(state, name, element, rest, candidates)
            is_explained = True
        wide = self._patterns.choice(following)
        if isinstance(self._engine.refutation(rest, wide), Content):
            self._go_on(state, name, element, rest, wide)
            is_explained = True
        return is_explained

    # Breaks

    def _refuse_child(self, state: State, name: str, element: Element, rest: Pattern) -> None:
        trace = Trace(state.trace, Child(self._names.name(name), element))
        kind, about = self._misplacement(state, name, rest)
        expected = self._next_in(state.wide)
        self._break(kind, state, rest, name=self._names.name(about), expected=expected, trace=trace)

    def _misplacement(self, state: State, name: str, rest: Pattern) -> tuple[Kind, str]:
        """What to call it that a child is not allowed here, and the child that it is about."""
        if name not in self._wide_alphabet:
            return Kind.CHILD_NOT_ALLOWED, name
        before = _children_before(state.trace)
        if name in self._names.alphabet(state.wide):
            missing = self._next_symbols(state.wide)
            is_to_come = any(one in self._names.alphabet(rest) for one in missing)
            return (Kind.ORDER, name) if is_to_come or name in missing else (Kind.CHILD_MISSING, missing[0])
        if name in before:
            return Kind.CHILD_REPEATED, name
        if state.base is not None and self._would_fit(state.base, before, name):
            return Kind.ORDER, name
        return Kind.COMBINATION, name

    def _would_fit(self, wide: Pattern, before: list[str], name: str) -> bool:
        """Whether a child could stand somewhere before these."""
        return any(self._takes(wide, [*before[:index], name, *before[index:]]) for index in range(len(before)))

    def _takes(self, pattern: Pattern, names: Iterable[str]) -> bool:
        for name in names:
            pattern = self._patterns.choice(self._derivatives.opened(pattern, name).values())
        return pattern is not self._patterns.not_allowed

    def _miss_child(self, state: State) -> None:
        content = self._engine.completed(state.trace, NO_CONTENT)
        expected = self._next_in(state.wide)
        name = self._names.name(self._next_symbols(state.wide)[0]) if expected else None
        self._add(Break(Kind.CHILD_MISSING, name, None, expected, _given(state.trace), content))

    def _next_symbols(self, pattern: Pattern) -> list[str]:
        first = self._derivatives.opened(pattern, ANY)
        return list(dict.fromkeys(name for one in first for name in self._names.symbols(one.name_class)))

    def _next_in(self, pattern: Pattern) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._names.name(name).local for name in self._next_symbols(pattern)))

    def _break(
        self,
        kind: Kind,
        state: State,
        rest: Pattern,
        *,
        name: QName | None = None,
        value: str | None = None,
        expected: tuple[str, ...] = (),
        trace: Trace | None = None,
    ) -> None:
        trace = trace or state.trace
        content = self._engine.completed(trace, self._smallest.content(rest))
        given = tuple(pair for pair in _given(trace) if pair[0] != name)
        self._add(Break(kind, name, value, expected, given, content))

    def _add(self, found: Break) -> None:
        self.breaks.append(found)

    def _doubt(self, reason: str, name: str | None = None) -> None:
        self.uncertainties.append(Uncertainty(reason, None if name is None else self._names.name(name)))


def _symbol(name: QName) -> str:
    from ...runtime.validation.names import symbol

    return symbol(name.namespace, name.local)


def _alternatives(patterns: object, narrow: Pattern) -> list[Pattern]:
    """The members of a choice; those for text are one, since their texts are compared together."""
    if not isinstance(narrow, Choice):
        return [narrow]
    simple = [one for one in narrow.members if isinstance(one, (Leaf, Empty))]
    if not any(isinstance(one, Leaf) for one in simple):
        return list(narrow.members)
    others = [one for one in narrow.members if not isinstance(one, (Leaf, Empty))]
    return [patterns.choice(simple), *others]  # type: ignore[attr-defined]


def _without_leaves(patterns: object, pattern: Pattern) -> Pattern:
    """A content without those alternatives that are nothing but text (7.2 allows no others with datatypes)."""
    if isinstance(pattern, Leaf):
        return patterns.not_allowed  # type: ignore[attr-defined,no-any-return]
    if isinstance(pattern, Choice):
        return patterns.choice(one for one in pattern.members if not isinstance(one, Leaf))  # type: ignore[attr-defined,no-any-return]
    return pattern


def _given(trace: Trace | None) -> tuple[tuple[QName, str], ...]:
    steps = reversed(list(trace.steps())) if trace else ()
    return tuple((step.name, step.text) for step in steps if isinstance(step, Given))


def _children_before(trace: Trace | None) -> list[str]:
    found: list[str] = []
    for step in trace.steps() if trace else ():
        if isinstance(step, Beside):
            break
        if isinstance(step, Child):
            found.append(_symbol(step.name))
    return found[::-1]
