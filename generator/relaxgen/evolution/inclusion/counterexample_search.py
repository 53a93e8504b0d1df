"""The search for contents that one pattern allows and another does not.

Derivatives of both patterns are taken in step, as a validator does while it reads a document, but for all documents at
once:

- parts that share no names are compared one by one;
- each attribute's name is tried as absent, and with each kind of value that the patterns distinguish;
- then each child that can come next is tried, then text, and the end.

A pair of patterns that was compared before is not compared again, so the search ends although documents can have any
length. The rest of the wide pattern is a choice of the rests of its alternatives. If it is ``notAllowed`` and the
narrow pattern is not, the steps that led there are a break.

Whether a child is allowed depends on its content. Usually the wide pattern has one candidate for it, or several with
equal rests. Then the search continues as if the child were allowed, and leaves the pair of child patterns to a search
of its own (`Need`): so all refusals are found, each near its element. If candidates have different rests, it is not
enough that they together allow every such child (Hosoya, Vouillon and Pierce, «Regular expression types for XML»): for
each way to divide them into two sets, the first must allow the child, or the rests of the second must allow what
follows. Such questions are answered at once, by searches that stop at the first refusal (`Engine.refutation`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ...relaxng.name_class import QName
from ...runtime.markup import BLANKS
from ...runtime.patterns import ANY, Attribute, Choice, Element, Pattern, elements_in, leaves_in, symbol
from ...sampling.sample_element import Content, SampleElement
from .combined_grammar import CombinedGrammar
from .misplacement import Misplaced, judged
from .pattern_texts import Texts
from .results import Kind
from .smallest_content import NO_CONTENT, Smallest
from .text_automata import TooManyStates
from .text_set import ALL_TEXTS, BLANK_TEXTS, Overlap, TextSet, partition
from .trace import (
    Beside,
    Child,
    Given,
    Need,
    Refusal,
    Refutation,
    Step,
    Trace,
    Uncertainty,
    Without,
    Written,
    attributes_given,
    children_before,
    completed,
    steps_of,
)
from .vocabulary import TEXT, Vocabulary

MAXIMUM_STATES = 300_000
"""One comparison looks at no more pairs of patterns."""

MAXIMUM_DEPTH = 100
"""At most this many questions are open, each asked to answer the one before. DocBook needs more than 40."""


@dataclass(frozen=True, slots=True)
class State:
    """``base`` is the wide pattern before the children of the trace since its last `Beside`. ``done`` are the names of
    attributes that were dealt with, where there are patterns for attributes of any name."""

    narrow: Pattern
    wide: Pattern
    trace: Trace | None = None
    base: Pattern | None = None
    done: frozenset[str] = frozenset()


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
        self._depth = 0

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
        """Returns a content that `narrow` allows and `wide` does not; None if there is none.

        While a question is open, it is assumed where it occurs again that there is no such content. This is sound,
        because the smallest counterexample never contains another one for the same question. If there is one after
        all, everything that was found on the assumption is forgotten; a content that was found is a counterexample on
        any assumption, and is kept.
        """
        key = (narrow.number, wide.number)
        if narrow is wide or key in self._assumed:
            return None
        known = self._known.get(key)
        if known is not None:
            return known
        if self._depth == MAXIMUM_DEPTH:
            return Uncertainty("elements are nested too deeply to distinguish them by their content")
        self._assumed[key] = None
        self._depth += 1
        search = Search(self, narrow, wide, is_thorough=False)
        search.run()
        self._depth -= 1
        found = search.first
        if found is not None:
            self._withdraw(key)
            self._known[key] = found
        return found

    def give_up(self) -> None:
        """Drops all open questions, and the answers that can depend on them. Call it after an exception."""
        self._assumed.clear()
        self._depth = 0

    def _withdraw(self, key: tuple[int, int]) -> None:
        """Forgets an assumption, and all answers since."""
        while self._assumed.popitem()[0] != key:
            pass

    def content_of(self, elements: Iterable[Element]) -> Pattern:
        return self.patterns.choice(element.content for element in elements)

    def around(self, need: Need, tree: SampleElement) -> Content:
        """The content of a child's parent."""
        trace = Trace(need.trace, Child(need.name, need.element, tree))
        return completed(trace, self.smallest.content(need.rest), self.smallest)

    def division(
        self,
        element: Element,
        rest: Pattern,
        undecided: Sequence[tuple[tuple[Element, ...], Pattern]],
        inside: tuple[Element, ...] = (),
        after: tuple[Pattern, ...] = (),
    ) -> tuple[Content, Content] | Uncertainty | None:
        """Candidates for a child, each with what follows it; are all children that `element` allows, followed by all
        that `rest` allows, covered by them together?

        None where they are. Else the content of a child that no candidate of `inside` allows, and siblings that none of
        `after` does, for some way to add the undecided ones to the two.
        """
        self.count()
        child: Refutation | None = self.smallest.content(element.content)
        if inside:
            child = self.refutation(element.content, self.content_of(inside))
        if child is None:
            return None
        siblings: Refutation | None = self.smallest.content(rest)
        if after:
            siblings = self.refutation(rest, self.patterns.choice(after))
        if siblings is None:
            return None
        if undecided:
            (candidates, following), *left = undecided
            first = self.division(element, rest, left, inside + candidates, after)
            if isinstance(first, tuple):
                return first
            second = self.division(element, rest, left, inside, (*after, following))
            return second if second is not None else first
        if isinstance(child, Uncertainty):
            return child
        return siblings if isinstance(siblings, Uncertainty) else (child, siblings)


class Search:
    """The search in one pair of contents. A thorough search finds all refusals and leaves the contents of children to
    other searches; one that is not thorough stops at the first refusal, and decides about the children, too."""

    def __init__(self, engine: Engine, narrow: Pattern, wide: Pattern, *, is_thorough: bool) -> None:
        self._engine = engine
        self._patterns = engine.patterns
        self._derivatives = engine.derivatives
        self._names = engine.vocabulary
        self._smallest = engine.smallest
        self._is_thorough = is_thorough
        self._wide = wide
        self._seen: set[tuple[int, int, frozenset[str]]] = set()
        self._queue: deque[State] = deque()
        self.refusals: list[Refusal] = []
        self.uncertainties: list[Uncertainty] = []
        self.needs: list[Need] = []
        self._push(State(narrow, wide))

    @property
    def first(self) -> Refutation | None:
        if self.refusals:
            return self.refusals[0].content
        return self.uncertainties[0] if self.uncertainties else None

    def run(self) -> None:
        """Raises:
        TooManyStates: the comparison takes too long.
        """
        while self._queue and (self._is_thorough or not self.refusals):
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
        alternatives = self._patterns.alternatives(narrow)
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
            fresh = set(map(_symbol, self._names.fresh))
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
        narrow = self._derivatives.without_name(state.narrow, name)
        wide = self._derivatives.without_name(state.wide, name)
        if self._smallest.is_impossible(narrow):
            return
        trace = state.trace if wide is state.wide else Trace(state.trace, Without(name, state.wide))
        if wide is self._patterns.not_allowed:
            expected = self._enough(trace, lambda pattern: pattern is not self._patterns.not_allowed)
            several = expected if len(expected) > 1 else ()
            self._refuse(Kind.ATTRIBUTE_MISSING, state, narrow, name=self._names.name(name), expected=several)
        else:
            self._push(State(narrow, wide, trace, state.base, self._done(state, name)))

    def _enough(self, trace: Trace | None, is_enough: Callable[[Pattern], bool]) -> tuple[str, ...]:
        """The attributes that a trace leaves out and of which each by itself would be enough for the wide pattern, as
        far as ``is_enough`` says."""
        steps = steps_of(trace) if self._is_thorough else []
        found = {
            step.name
            for index, step in enumerate(steps, 1)
            if isinstance(step, Without) and is_enough(self._wide_with(step, steps[index:]))
        }
        names = dict.fromkeys(name for one in self._wide.attributes for name in one.name_class.names or ())
        return tuple(f"@{self._names.name(name).local}" for name in names if name in found)

    def _wide_with(self, absent: Without, after: Sequence[Step]) -> Pattern:
        """The wide pattern if the attribute were not left out, and the steps after that were the same."""
        of_name = _called(absent.wide, absent.name)
        matched = frozenset(one for one in of_name if not self._smallest.is_impossible(one))
        pattern = self._after_attribute(absent.wide, matched, absent.name)
        for step in after:
            if isinstance(step, Without):
                pattern = self._derivatives.without_name(pattern, step.name)
            elif isinstance(step, Given):
                name = _symbol(step.name)
                of_name = _called(pattern, name)
                matched = frozenset(one for one in of_name if step.text in self._engine.texts.of(one.pattern))
                pattern = self._after_attribute(pattern, matched, name)
        return pattern

    def _look_at_presence(self, state: State, name: str, done: frozenset[str]) -> None:
        candidates, others = _called(state.narrow, name), _called(state.wide, name)
        if not candidates:
            return
        sets = tuple(self._engine.texts.of(one.pattern) for one in (*candidates, *others))
        overlaps = self._engine.partition(sets, len(candidates))
        if overlaps is None:
            self._leave_open("there are too many kinds of values to compare", name)
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
            self._leave_open("its datatypes cannot be compared", name)
        elif wide is not self._patterns.not_allowed:
            self._push(State(narrow, wide, Trace(state.trace, Given(qname, overlap.texts[0])), None, done))
        else:
            self._refuse_attribute(state, qname, overlap, narrow)

    def _after_attribute(self, pattern: Pattern, matched: frozenset[Attribute], name: str) -> Pattern:
        """What is left of a pattern; in a repetition it would still allow the attribute, which cannot come twice."""
        if not matched:
            return self._patterns.not_allowed
        return self._derivatives.without_name(self._derivatives.without_attribute(pattern, matched), name)

    def _is_included(self, narrow: Pattern, wide: Pattern) -> bool:
        return wide is not self._patterns.not_allowed and self._engine.refutation(narrow, wide) is None

    def _refuse_attribute(self, state: State, name: QName, overlap: Overlap, narrow: Pattern) -> None:
        own, others = _called(state.narrow, _symbol(name)), _called(state.wide, _symbol(name))
        literals, expected = (
            dict.fromkeys(word for one in attributes for word in self._engine.texts.of(one.pattern).words)
            for attributes in (own, others)
        )
        for text in sorted(overlap.texts, key=lambda text: text not in literals):
            kind = Kind.VALUE_NOT_ALLOWED if text in literals else Kind.DATATYPE_NARROWER
            if not others:
                kind = Kind.ATTRIBUTE_NOT_ALLOWED
            trace = Trace(state.trace, Given(name, text))
            shown = text if others else None
            self._refuse(kind, state, narrow, name=name, value=shown, expected=tuple(expected), trace=trace)
            if kind is not Kind.VALUE_NOT_ALLOWED:
                return

    def _look_at_open_attributes(self, state: State) -> None:
        """Attributes of names that no pattern here mentions, and then the end of attributes."""
        for qname in self._names.fresh:
            if _called(state.narrow, _symbol(qname)):
                self._look_at_presence(state, _symbol(qname), state.done)
        narrow = self._derivatives.closed(state.narrow)
        wide = self._derivatives.closed(state.wide)
        if self._smallest.is_impossible(narrow):
            return
        if wide is self._patterns.not_allowed:
            self._refuse(Kind.ATTRIBUTE_MISSING, state, narrow)
        else:
            self._push(State(narrow, wide, state.trace, state.base))

    # Content

    def _look_at_content(self, state: State) -> None:
        narrow, wide = state.narrow, state.wide
        if leaves_in(narrow) or leaves_in(wide):
            wide = self._look_at_texts(narrow, wide, state)
            narrow = self._patterns.without_leaves(narrow)
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
            self._leave_open("there are too many kinds of texts to compare")
        for overlap in overlaps or ():
            if 1 not in overlap.members:
                self._refuse_text(narrow, wide, overlap, state)
        rest = [self._patterns.without_leaves(wide)]
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
            self._leave_open("its datatypes cannot be compared")
            return
        expected = self._engine.texts.of(wide).words
        for text in overlap.texts:
            if not text.strip(BLANKS) and narrow.nullable:
                kind = Kind.TEXT_REQUIRED
            elif not leaves_in(wide):
                kind = Kind.TEXT_NOT_ALLOWED
            elif text in self._engine.texts.of(narrow).words:
                kind = Kind.VALUE_NOT_ALLOWED
            else:
                kind = Kind.DATATYPE_NARROWER
            content = self._completed(state.trace, Content(children=(text,) if text else ()))
            self.refusals.append(Refusal(kind, None, text, expected, attributes_given(state.trace), content))
            if kind is not Kind.VALUE_NOT_ALLOWED:
                return

    def _look_at_mixed_text(self, state: State) -> None:
        narrow = self._derivatives.mixed(state.narrow)
        if self._smallest.is_impossible(narrow):
            return
        wide = self._derivatives.mixed(state.wide)
        trace = Trace(state.trace, Written())
        if wide is self._patterns.not_allowed:
            self._refuse(Kind.TEXT_NOT_ALLOWED, state, narrow, trace=trace)
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
            self._refuse(Kind.COMBINATION, state, rest, trace=trace)

    # Children with several candidates

    def _look_at_candidates(
        self, state: State, name: str, element: Element, rest: Pattern, following: dict[Pattern, list[Element]]
    ) -> None:
        divided = sorted(following.items(), key=lambda item: element not in item[1])
        found = self._engine.division(element, rest, [(tuple(several), wide) for wide, several in divided])
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
        content = self._completed(Trace(state.trace, Child(qname, element, tree)), after)
        self.refusals.append(Refusal(Kind.COMBINATION, qname, None, (), attributes_given(state.trace), content))

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
        before = [_symbol(sibling) for sibling in children_before(state.trace)]
        child = Misplaced(name, before, rest, state.wide, state.base or state.wide, self._wide)
        kind, about = judged(child, self._names)
        expected = self._expected_in(state.wide)
        self._refuse(kind, state, rest, name=self._names.name(about), expected=expected, trace=trace)

    def _miss_child(self, state: State) -> None:
        missing = self._names.next_in(state.wide)
        name = self._names.name(missing[0]) if missing else None
        content = self._completed(state.trace, NO_CONTENT)
        enough = () if children_before(state.trace) else self._enough(state.trace, lambda pattern: pattern.nullable)
        expected = (*enough, *self._expected_in(state.wide))
        self.refusals.append(Refusal(Kind.CHILD_MISSING, name, None, expected, attributes_given(state.trace), content))

    def _expected_in(self, pattern: Pattern) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._names.name(name).local for name in self._names.next_in(pattern)))

    def _refuse(
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
        content = self._completed(trace or state.trace, self._smallest.content(rest))
        self.refusals.append(Refusal(kind, name, value, expected, attributes_given(state.trace), content))

    def _completed(self, trace: Trace | None, rest: Content) -> Content:
        return completed(trace, rest, self._smallest)

    def _leave_open(self, reason: str, name: str | None = None) -> None:
        self.uncertainties.append(Uncertainty(reason, None if name is None else self._names.name(name)))


def _called(pattern: Pattern, name: str) -> list[Attribute]:
    """The attributes that may have a name."""
    return [one for one in pattern.attributes if name in one.name_class]


def _is_open(attribute: Attribute) -> bool:
    return attribute.name_class.names is None


def _symbol(name: QName) -> str:
    return symbol(name.namespace, name.local)
