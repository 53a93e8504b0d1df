"""A compiled grammar: plain data, and the patterns made from it when they are first needed.

The data is what JSON has, a *unit* on each line of a package's module. A unit is an element pattern, or another pattern
that several have or that has a definition of its own. Places count from the one before, and units refer to each other
by keys, so an edit of a schema changes few lines::

    grammar ::= [FORMAT, needs namespaces, [[uri, names], …], [text, …], [[entry, node], …], [[file, [unit, …]], …]]
    unit    ::= [key, lines, column, name class, node, entries?] | [key, lines, node]
    node    ::= key | EMPTY | NOT_ALLOWED | TEXT | [ATTRIBUTE, lines, column, name class, node]
              | [DATA, lines, column, datatype, node?] | [VALUE, lines, column, [text, …], datatype?, label?, prefixes?]
              | [LIST, lines, column, node] | [GROUP, node, …] | [INTERLEAVE, node, …] | [CHOICE, node, …]
              | [ONE_OR_MORE, node]

``lines`` are those from the unit before in the file, within a unit from the place before. The texts of ``VALUE`` are
values on lines that follow each other. Names are words, those of entries too; the entry ``""`` is the start of
documents, others are starts for documents that are a part of what the schema describes. A name class is a name, behind
the number of its URI and a colon where it is in a namespace, or else as in `patterns`. A datatype is one of XML
Schema's, ``[name, [[parameter, value], …], library?]``, or 0 for the built-in ``token``. A long value is one of the
texts, and the parameter has its number. Prefixes are ``[[prefix or null, uri], …]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from .datatypes import Datatype, Namespaces, create
from .events import MAXIMUM_DEPTH, Reader, Scope, Source, chunks_of
from .markup import BLANKS, BUILT_IN, XML_SCHEMA
from .patterns import (
    ANY,
    NAME,
    NO_NAMESPACES,
    UNLOCATED,
    Attribute,
    Data,
    Derivatives,
    Element,
    List,
    NameClass,
    Pattern,
    Patterns,
    Symbols,
    Value,
    attributes_by_name,
)

FORMAT = 3

EMPTY, NOT_ALLOWED, TEXT = range(3)
ELEMENT, ATTRIBUTE, DATA, VALUE, LIST, GROUP, INTERLEAVE, CHOICE, ONE_OR_MORE = range(3, 12)

GrammarData = Sequence[Any]


class Grammar:
    """``data`` is what the generator compiled; see the head of this module."""

    def __init__(self, data: GrammarData) -> None:
        if data[0] != FORMAT:
            raise ValueError("the compiled grammar is of another release")
        _, self.needs_namespaces, names, self._texts, entries, files = data
        self.data = data
        self._uris = [uri for uri, _ in names]
        self._files: list[str] = []
        self._units: dict[str, tuple[Any, int, int]] = {}
        self._entries: dict[str, Any] = dict(entries)
        self._places: list[tuple[int, int, int]] = []
        self._datatypes: dict[str, Datatype] = {}
        self._made: dict[str, Pattern] = {}
        self._contents: list[Pattern] = []
        self._starts: dict[str, Pattern] = {}
        # Where the last pattern was: places count from one to the next.
        self._file = self._line = 0
        self.symbols = Symbols(names)
        self.patterns = Patterns()
        self.derivatives = Derivatives(self.patterns)
        for file, units in files:
            self._add_units(len(self._files), units)
            self._files.append(file)

    def _add_units(self, file: int, units: Sequence[Any]) -> None:
        """Finds the line of each unit, and the entries that elements have."""
        line = 0
        for unit in units:
            line += unit[1]
            self._units[unit[0]] = unit, file, line
            for entry in unit[5].split() if len(unit) > 5 else ():
                self._entries.setdefault(entry, [CHOICE]).append(unit[0])

    def start(self, entry: str = "") -> Pattern:
        """What a document must match; `entry` names one of the grammar's further entries.

        Raises:
            KeyError: there is no such entry.
        """
        found = self._starts.get(entry)
        if found is None:
            found = self._starts[entry] = self._pattern(self._entries[entry])
        return found

    def content(self, key: str) -> Pattern:
        """The content of the element with this key, which remembers it."""
        unit, self._file, self._line = self._units[key]
        self._contents.append(self._pattern(unit[4]))
        return self._contents[-1]

    def _unit(self, key: str) -> Pattern:
        found = self._made.get(key)
        if found is None:
            around = self._file, self._line
            unit, self._file, self._line = self._units[key]
            if len(unit) == 3:
                found = self._pattern(unit[2])
            else:
                found = self.patterns.add(Element(self._name_class(unit[3]), key, self._place(0, unit[2]), self))
            self._made[key] = found
            self._file, self._line = around
        return found

    def _pattern(self, node: Any) -> Pattern:
        """The pattern of a node. Nodes count their lines from the one before them, so they are made in order."""
        if isinstance(node, str):
            return self._unit(node)
        patterns = self.patterns
        if isinstance(node, int):
            return (patterns.empty, patterns.not_allowed, patterns.text)[node]
        kind = node[0]
        if kind == VALUE:
            return patterns.choice(self._values(*node[1:]))
        if kind >= GROUP:
            members = [self._pattern(member) for member in node[1:]]
            if kind == GROUP:
                return patterns.group_of(members)
            if kind == INTERLEAVE:
                return patterns.interleave(members)
            return patterns.choice(members) if kind == CHOICE else patterns.one_or_more(members[0])
        place = self._place(node[1], node[2])
        if kind == ATTRIBUTE:
            return patterns.add(Attribute(self._name_class(node[3]), self._pattern(node[4]), place))
        if kind == DATA:
            except_ = self._pattern(node[4]) if len(node) > 4 else None
            return patterns.add(Data(self._datatype(node[3]), except_, place))
        assert kind == LIST
        return patterns.add(List(self._pattern(node[3]), place))

    def _values(
        self, lines: int, column: int, texts: Sequence[str], type: Any = 0, label: str = "", scope: Any = ()
    ) -> Iterator[Value]:
        kind, context = self._datatype(type), dict(scope)
        for text in texts:
            place = self._place(lines, column)
            yield self.patterns.add(Value(kind, text, kind.value(text, context), label, place))
            lines = 1

    def _name_class(self, data: Any) -> NameClass:
        if not isinstance(data, str):
            return NameClass(data)
        number, _, local = data.rpartition(":")
        return NameClass((NAME, self._uris[int(number)] if number else "", local))

    def _datatype(self, given: Any) -> Datatype:
        key = given if isinstance(given, str) else repr(given)
        found = self._datatypes.get(key)
        if found is None:
            name, parameters, library = datatype_of(given)
            texts = [
                (one, self._texts[text] if isinstance(text, int) else text, *said) for one, text, *said in parameters
            ]
            found = self._datatypes[key] = create(library, name, texts)
        return found

    def forget(self, live: Sequence[Pattern]) -> None:
        """Drops all derivatives but those that `live` still needs."""
        made = (*self._made.values(), *self._contents, *self._starts.values())
        self.patterns.forget((*made, self.patterns.empty, *live))

    def _place(self, lines: int, column: int) -> int:
        """The index of a place so many lines behind the last one."""
        self._line += lines
        self._places.append((self._file, self._line, column))
        return len(self._places) - 1

    def place(self, index: int) -> str:
        """``file:line:column`` of a pattern's place."""
        if index == UNLOCATED:
            return ""
        file, line, column = self._places[index]
        return f"{self._files[file]}:{line}:{column}"


def datatype_of(given: Any) -> tuple[str, Sequence[Any], str]:
    """The name, the parameters and the library of a datatype in a grammar's data."""
    if given == 0:
        return "token", (), BUILT_IN
    if isinstance(given, str):
        return given, (), XML_SCHEMA
    return given[0], given[1], given[2] if len(given) > 2 else XML_SCHEMA


# The grammar as an automaton that is made while documents are read.
#
# A *state* is what the rest of an element's content must match: one pattern for each element pattern that the element
# may still turn out to be, in a fixed order. It goes from state to state by names, by outcomes of datatypes, and, at an
# end tag, by which of the alternatives the child has matched; each step is computed once and kept, so documents of one
# kind soon cost a few dictionary look-ups an element. What is kept is counted, and dropped when it becomes too much.

LIMIT = 150_000
"""So many patterns, states, steps and texts are kept, at some 500 bytes each."""

MANY_ATTRIBUTES = 8
"""More attributes than these are one step, since each order of them would have states of its own."""

_T = TypeVar("_T")

_UNKNOWN: Any = object()
_KEPT_TEXTS = 64
_LONGEST_KEPT_TEXT = 100


class State:
    __slots__ = (
        "accepting",
        "any_text",
        "attribute_sets",
        "attributes",
        "attributes_by_name",
        "closed",
        "is_dead",
        "mixed",
        "opened",
        "patterns",
        "texts",
    )

    def __init__(self, patterns: tuple[Pattern, ...], is_dead: bool) -> None:
        self.patterns = patterns
        self.is_dead = is_dead
        self.accepting = sum(1 << index for index, pattern in enumerate(patterns) if pattern.nullable)
        self.forget()

    def forget(self) -> None:
        self.opened: dict[str, Opening] = {}
        self.attributes: dict[str, AttributeStep] = {}
        self.attribute_sets: dict[tuple[tuple[int, int], ...], State] = {}
        self.attributes_by_name: dict[str, list[Attribute]] | None = None
        self.closed: State | None = None
        self.mixed: State | None = None
        self.texts: dict[str, int] = {}
        self.any_text: Any = _UNKNOWN


class Opening:
    """A start tag in a state: ``elements`` are the element patterns it may be, ``state`` is where its content begins,
    ``after`` leads on by the set of those that have matched (a bit each).

    ``follow[i][j]`` is what follows in alternative ``j`` of the parent when element pattern ``i`` has matched.
    """

    __slots__ = ("after", "elements", "follow", "state")

    def __init__(self, elements: tuple[Element, ...], follow: list[list[Pattern]], state: State) -> None:
        self.elements = elements
        self.follow = follow
        self.state = state
        self.after: dict[int, State] = {}


class AttributeStep:
    """An attribute's name in a state: ``candidates`` are the attribute patterns that have this name, ``number`` is
    unique among the names of the state. An outcome is the set of candidates that match a value (a bit each)."""

    __slots__ = ("by_outcome", "by_text", "candidates", "number", "outcomes")

    def __init__(self, number: int, candidates: tuple[Attribute, ...]) -> None:
        self.number = number
        self.candidates = candidates
        self.outcomes: dict[str, int] = {}
        self.by_outcome: dict[int, State] = {}
        self.by_text: dict[str, State] = {}

    def matched(self, outcome: int) -> frozenset[Attribute]:
        return frozenset(attribute for index, attribute in enumerate(self.candidates) if outcome >> index & 1)


def _named(state: State, name: str) -> list[Attribute]:
    """The attribute patterns of a state that may have the name: all with an open name class are among them."""
    table = state.attributes_by_name
    if table is None:
        attributes = dict.fromkeys(attribute for pattern in state.patterns for attribute in pattern.attributes)
        table = state.attributes_by_name = attributes_by_name(attributes)
    return table.get(name, []) + table.get(ANY, [])


class Automaton:
    def __init__(self, grammar: Grammar, limit: int = LIMIT) -> None:
        self._grammar = grammar
        self._derivatives = grammar.derivatives
        self.needs_namespaces = grammar.needs_namespaces
        self._limit = limit
        self._kept = 0
        self._states: dict[tuple[int, ...], State] = {}
        self._starts: dict[str, State] = {}
        self._followers: list[Callable[[], None]] = []

    def __len__(self) -> int:
        """How many states, steps and texts are kept."""
        return self._kept

    @property
    def is_crowded(self) -> bool:
        return self._kept + self._grammar.patterns.made > self._limit

    def when_forgetting(self, forget: Callable[[], None]) -> None:
        """Calls `forget` with this one's, for who keeps states and openings."""
        self._followers.append(forget)

    def forget(self, live_states: Iterable[State] = (), live_openings: Iterable[Opening] = ()) -> None:
        """Drops everything that a document being read does not hold in its hands."""
        for forget in self._followers:
            forget()
        openings = list(live_openings)
        states = [*self._starts.values(), *live_states, *(opening.state for opening in openings)]
        patterns = [pattern for state in states for pattern in state.patterns]
        patterns.extend(pattern for opening in openings for row in opening.follow for pattern in row)
        self._grammar.forget(patterns)
        self._kept = 0
        self._states = {}
        for state in states:
            state.forget()
            self._states[tuple([pattern.number for pattern in state.patterns])] = state
        for opening in openings:
            opening.after.clear()

    def start(self, entry: str) -> State:
        found = self._starts.get(entry)
        if found is None:
            found = self._starts[entry] = self.state((self._grammar.start(entry),))
        return found

    def state(self, patterns: Sequence[Pattern]) -> State:
        key = tuple([pattern.number for pattern in patterns])
        found = self._states.get(key)
        if found is None:
            not_allowed = self._grammar.patterns.not_allowed
            is_dead = all(pattern is not_allowed for pattern in patterns)
            found = self._states[key] = State(tuple(patterns), is_dead)
            self._kept += 1
        return found

    def content_of(self, elements: Sequence[Element]) -> State:
        """Where the content of an element begins that may be any of these element patterns."""
        return self.state([element.content for element in elements])

    def open(self, state: State, name: str) -> Opening:
        """The step by a start tag; its state is dead if no element of this name is allowed."""
        known = self._grammar.symbols.of(name)
        found = state.opened.get(known)
        if found is None:
            found = state.opened[known] = self._open(state, known)
            self._kept += 1
        return found

    def _open(self, state: State, name: str) -> Opening:
        tables = [self._derivatives.opened(pattern, name) for pattern in state.patterns]
        elements = tuple(dict.fromkeys(element for table in tables for element in table))
        not_allowed = self._grammar.patterns.not_allowed
        follow = [[table.get(element, not_allowed) for table in tables] for element in elements]
        return Opening(elements, follow, self.content_of(elements))

    def after(self, opening: Opening, matched: int) -> State:
        """The step by an end tag."""
        found = opening.after.get(matched)
        if found is None:
            found = opening.after[matched] = self._after(opening, matched)
            self._kept += 1
        return found

    def _after(self, opening: Opening, matched: int) -> State:
        rows = [row for index, row in enumerate(opening.follow) if matched >> index & 1]
        return self.state([self._grammar.patterns.choice(column) for column in zip(*rows, strict=True)])

    def attribute(self, state: State, name: str, value: str, namespaces: Namespaces) -> State:
        step = state.attributes.get(name)
        if step is None:
            step = self._attribute_step(state, name)
        found = step.by_text.get(value)
        if found is None:
            outcome = self._outcome(step, value, namespaces)
            found = step.by_outcome.get(outcome)
            if found is None:
                found = step.by_outcome[outcome] = self._without(state, [step.matched(outcome)])
                self._kept += 1
            self._keep(step.by_text, value, found)
        return found

    def attribute_of_any_value(self, state: State, name: str) -> State:
        """The step by an attribute that has whatever value is right."""
        return self._without(state, [frozenset(self._attribute_step(state, name).candidates)])

    def _without(self, state: State, matched: Sequence[frozenset[Attribute]]) -> State:
        """The step by attributes, given the patterns that match the name and the value of each."""
        without = self._derivatives.without_attributes
        return self.state([without(pattern, matched) for pattern in state.patterns])

    def _keep(self, table: dict[str, _T], text: str, found: _T) -> None:
        """Remembers what is found by a text, if it is the same wherever the text occurs."""
        if not self.needs_namespaces and len(text) <= _LONGEST_KEPT_TEXT and len(table) < _KEPT_TEXTS:
            table[text] = found
            self._kept += 1

    def with_attributes(self, state: State, attributes: Mapping[str, str], namespaces: Namespaces) -> State:
        """The step by all attributes of a tag."""
        if len(attributes) > MANY_ATTRIBUTES:
            return self.attributes(state, attributes.items(), namespaces)
        for name, value in attributes.items():
            state = self.attribute(state, name, value, namespaces)
        return state

    def attributes(self, state: State, attributes: Iterable[tuple[str, str]], namespaces: Namespaces) -> State:
        """The step by many attributes at once, whatever their order: one after the other, they would lead through as
        many states, each as large as all that is left."""
        if state.is_dead:
            return state
        steps = []
        for name, value in attributes:
            step = state.attributes.get(name) or self._attribute_step(state, name)
            steps.append((step.number, self._outcome(step, value, namespaces)))
        key = tuple(sorted(steps))
        found = state.attribute_sets.get(key)
        if found is None:
            by_number = {step.number: step for step in state.attributes.values()}
            found = self._without(state, [by_number[number].matched(outcome) for number, outcome in key])
            state.attribute_sets[key] = found
            self._kept += 1 + len(key)
        return found

    def _attribute_step(self, state: State, name: str) -> AttributeStep:
        known = self._grammar.symbols.of(name)
        found = state.attributes.get(known)
        if found is None:
            candidates = tuple(attribute for attribute in _named(state, known) if known in attribute.name_class)
            found = state.attributes[known] = AttributeStep(len(state.attributes), candidates)
            self._kept += 1
        return found

    def _outcome(self, step: AttributeStep, value: str, namespaces: Namespaces) -> int:
        found = step.outcomes.get(value)
        if found is None:
            verdicts: dict[Pattern, bool] = {}
            found = 0
            for index, attribute in enumerate(step.candidates):
                verdict = verdicts.get(attribute.pattern)
                if verdict is None:
                    accepts = self._derivatives.accepts(attribute.pattern, value, namespaces)
                    verdict = verdicts[attribute.pattern] = accepts
                found |= verdict << index
            self._keep(step.outcomes, value, found)
        return found

    def close(self, state: State) -> State:
        """The step by the end of a start tag."""
        if state.closed is None:
            state.closed = self.state([self._derivatives.closed(pattern) for pattern in state.patterns])
        return state.closed

    def mix(self, state: State, text: str) -> State:
        """The step by text beside child elements; white space makes no difference (section 9.3, weak matching)."""
        if not text.strip(BLANKS):
            return state
        if state.mixed is None:
            state.mixed = self.state([self._derivatives.mixed(pattern) for pattern in state.patterns])
        return state.mixed

    def matched_by_text(self, state: State, text: str, namespaces: Namespaces) -> int:
        """Which alternatives match this text as an element's whole content."""
        found = state.texts.get(text)
        if found is None and text.strip(BLANKS):
            found = self.matched_by_any_text(state)
        if found is None:
            accepts = self._derivatives.accepts
            found = sum(accepts(pattern, text, namespaces) << index for index, pattern in enumerate(state.patterns))
            self._keep(state.texts, text, found)
        return found

    def matched_by_any_text(self, state: State) -> int | None:
        """Which alternatives match any text that is not blank; None where that is not the same for all."""
        if state.any_text is _UNKNOWN:
            ignores, accepts = self._derivatives.ignores_text, self._derivatives.accepts
            matched = [accepts(pattern, "x") << index for index, pattern in enumerate(state.patterns)]
            state.any_text = sum(matched) if all(map(ignores, state.patterns)) else None
        found: int | None = state.any_text
        return found

    def values_of(self, state: State, name: str) -> tuple[Pattern, ...]:
        """What the values of an attribute may have to match."""
        return tuple(candidate.pattern for candidate in self._attribute_step(state, name).candidates)


# Whether a document is valid: one pass over its bytes, in memory that does not grow with it.


class Invalid(Exception):
    pass


def is_accepted(
    automaton: Automaton,
    source: Source,
    *,
    entry: str = "",
    allow_entities: bool = False,
) -> bool:
    """Raises:
    Unreadable: the document is not well-formed, or refused.
    """
    reader = Reader(allow_entities=allow_entities)
    encoding, chunks = chunks_of(source)
    parser = reader.prepare(encoding)
    parser.buffer_text = True
    parser.ordered_attributes = False
    run = _Run(automaton, automaton.start(entry), reader)
    run.attach(parser, Scope(parser) if automaton.needs_namespaces else None)
    try:
        reader.read(run.tidy, chunks)
    except Invalid:
        return False
    return bool(run.state.accepting)


class _Run:
    """``state`` is that of the innermost open element, ``_openings`` are the start tags of all open ones."""

    def __init__(self, automaton: Automaton, start: State, reader: Reader) -> None:
        self._automaton = automaton
        self._reader = reader
        self._openings: list[Opening] = []
        self._text: list[str] = []
        self.state = start

    def tidy(self) -> None:
        """Keeps the memory bounded; called between two parts of the document."""
        self._reader.limit_text("a text", sum(map(len, self._text)))
        if self._automaton.is_crowded:
            self._automaton.forget([self.state], self._openings)

    def attach(self, parser: Any, scope: Scope | None) -> None:
        """Sets the handlers. One function, since closures are what Python calls fastest."""
        automaton, openings, text = self._automaton, self._openings, self._text
        open_, close, after, mix = automaton.open, automaton.close, automaton.after, automaton.mix
        with_attributes = self._attribute_steps(scope)
        is_leaf = False

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal is_leaf
            state = self.state
            if text:
                before = "".join(text)
                text.clear()
                if before.strip(BLANKS):
                    state = mix(state, before)
            opening = state.opened.get(name) or open_(state, name)
            openings.append(opening)
            state = opening.state
            if attributes:
                state = with_attributes(state, attributes)
            state = state.closed or close(state)
            if state.is_dead:
                raise Invalid
            self.state = state
            is_leaf = True
            if len(openings) > MAXIMUM_DEPTH:
                self._reader.limit_depth(len(openings))

        def end(_name: str) -> None:
            nonlocal is_leaf
            state = self.state
            if is_leaf:
                content = "".join(text)
                matched = state.texts.get(content)
                if matched is None:
                    namespaces = NO_NAMESPACES if scope is None else scope.namespaces
                    matched = automaton.matched_by_text(state, content, namespaces)
                is_leaf = False
            else:
                between = "".join(text)
                if between.strip(BLANKS):
                    state = mix(state, between)
                matched = state.accepting
            text.clear()
            opening = openings.pop()
            state = opening.after.get(matched) or after(opening, matched)
            if state.is_dead:
                raise Invalid
            self.state = state

        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text.append

    def _attribute_steps(self, scope: Scope | None) -> Callable[[State, dict[str, str]], State]:
        """`Automaton.with_attributes` with a limit: to call that costs a tenth of the whole time."""
        one, many, limit = self._automaton.attribute, self._automaton.attributes, self._reader.limit_text

        def with_attributes(state: State, attributes: dict[str, str]) -> State:
            namespaces = NO_NAMESPACES if scope is None else scope.namespaces
            if len(attributes) > MANY_ATTRIBUTES:
                limit("an attribute", max(map(len, attributes.values())))
                return many(state, attributes.items(), namespaces)
            for name, value in attributes.items():
                step = state.attributes.get(name)
                found = None if step is None else step.by_text.get(value)
                if found is None:
                    limit("an attribute", len(value))
                    found = one(state, name, value, namespaces)
                state = found
            return state

        return with_attributes
