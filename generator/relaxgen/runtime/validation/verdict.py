"""Whether a document is valid: one pass over its bytes, in memory that does not grow with it."""

from __future__ import annotations

from typing import Any

from ..datatypes import Namespaces
from ..xml.events import MAXIMUM_DEPTH, MAXIMUM_TEXT, Reader, Source, chunks_of
from ..xml.namespaces import BLANKS, XML_NAMESPACE
from .automaton import MANY_ATTRIBUTES, Automaton, Opening, State
from .derivatives import NO_NAMESPACES

XML_PREFIX: Namespaces = {"xml": XML_NAMESPACE}


class _Invalid(Exception):
    pass


def is_valid(
    automaton: Automaton,
    source: Source,
    *,
    entry: str = "",
    needs_namespaces: bool,
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
    run.attach(parser, Scope(parser) if needs_namespaces else None)
    try:
        reader.read(run.tidy, chunks)
    except _Invalid:
        return False
    return bool(run.state.accepting)


class Scope:
    """The namespace declarations in scope while expat reads."""

    __slots__ = ("_outer", "namespaces")

    def __init__(self, parser: Any) -> None:
        self.namespaces: Namespaces = XML_PREFIX
        self._outer: list[Namespaces] = []
        parser.StartNamespaceDeclHandler = self._declare
        parser.EndNamespaceDeclHandler = self._leave

    def _declare(self, prefix: str | None, uri: str | None) -> None:
        self._outer.append(self.namespaces)
        self.namespaces = {**self.namespaces, prefix: uri or ""}

    def _leave(self, _prefix: str | None) -> None:
        self.namespaces = self._outer.pop()


class _Run:
    """``state`` is that of the innermost open element, ``_openings`` are the start tags of all open ones."""

    __slots__ = ("_automaton", "_openings", "_reader", "_text", "state")

    def __init__(self, automaton: Automaton, start: State, reader: Reader) -> None:
        self._automaton = automaton
        self._reader = reader
        self._openings: list[Opening] = []
        self._text: list[str] = []
        self.state = start

    def tidy(self) -> None:
        """Keeps the memory bounded; called between two parts of the document."""
        if sum(map(len, self._text)) > MAXIMUM_TEXT:
            self._reader.refuse("too-large", f"a text has more than {MAXIMUM_TEXT} characters")
        if self._automaton.is_crowded:
            self._automaton.forget([self.state], self._openings)

    def attach(self, parser: Any, scope: Scope | None) -> None:
        """Sets the handlers. One function, since closures are what Python calls fastest."""
        automaton, openings, text = self._automaton, self._openings, self._text
        open_, attribute, close, after, mix = (
            automaton.open,
            automaton.attribute,
            automaton.close,
            automaton.after,
            automaton.mix,
        )
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
                raise _Invalid
            self.state = state
            is_leaf = True
            if len(openings) > MAXIMUM_DEPTH:
                self._reader.refuse("too-deep", f"elements are nested more than {MAXIMUM_DEPTH} levels deep")

        def with_attributes(state: State, attributes: dict[str, str]) -> State:
            namespaces = NO_NAMESPACES if scope is None else scope.namespaces
            if len(attributes) > MANY_ATTRIBUTES:
                if max(map(len, attributes.values())) > MAXIMUM_TEXT:
                    self._reader.refuse("too-large", f"an attribute has more than {MAXIMUM_TEXT} characters")
                return automaton.attributes(state, attributes.items(), namespaces)
            for name, value in attributes.items():
                step = state.attributes.get(name)
                found = None if step is None else step.by_text.get(value)
                if found is None:
                    if len(value) > MAXIMUM_TEXT:
                        self._reader.refuse("too-large", f"an attribute has more than {MAXIMUM_TEXT} characters")
                    found = attribute(state, name, value, namespaces)
                state = found
            return state

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
                raise _Invalid
            self.state = state

        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text.append
