"""The fastest that says of a regular document whether it is valid: the native engine, or else `lines.LineJudge`."""

from __future__ import annotations

from typing import Protocol

from ..engine import engine
from .automaton import Automaton, Opening, State
from .grammar import NO_NAMESPACES
from .patterns import symbol_of


class Judge(Protocol):
    def accepts(self, document: object, entry: str, /) -> bool | None:
        """Whether a text, or bytes, are valid; None where that takes a closer look."""

    def forget(self) -> None:
        """Drops what is remembered of other documents."""


def judge_for(automaton: Automaton) -> Judge:
    """It forgets when the automaton does."""
    judge: Judge = _line_judge(automaton) if engine() is None else engine().Judge(Steps(automaton))
    automaton.when_forgetting(judge.forget)
    return judge


def _line_judge(automaton: Automaton) -> Judge:
    from .lines import LineJudge

    return LineJudge(automaton)


class Steps:
    """The steps of an automaton as the native engine asks for them: with names as lxml has them. The engine remembers
    each answer until the automaton forgets."""

    __slots__ = ("_automaton", "after", "close", "start")

    def __init__(self, automaton: Automaton) -> None:
        self._automaton = automaton
        self.start, self.close, self.after = automaton.start, automaton.close, automaton.after

    def open(self, state: State, name: str) -> Opening:
        return self._automaton.open(state, symbol_of(name))

    def attribute(self, state: State, name: str, value: str) -> State:
        return self._automaton.attribute(state, symbol_of(name), value, NO_NAMESPACES)

    def attribute_of_any_value(self, state: State, name: str) -> State | None:
        return self._automaton.behind_any_value(state, symbol_of(name))

    def any_text(self, state: State) -> int | None:
        return self._automaton.matched_by_any_text(state)

    def text(self, state: State, text: str) -> int:
        return self._automaton.matched_by_text(state, text, NO_NAMESPACES)

    def mix(self, state: State) -> State:
        return self._automaton.mix(state, "x")
