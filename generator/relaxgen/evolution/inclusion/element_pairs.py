"""The comparison as a whole: two simplified forms in, an `Inclusion` out.

Pairs of element patterns are compared one after another, those near the root first, each pair of contents once. What a
`Search` finds in one of them is put into a document, which both validators judge before it is reported.

At the end is a second question: whether two elements for texts differ in white space only.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from ...relaxng.compilation import compile_patterns
from ...relaxng.name_class import QName
from ...relaxng.simplified_form import SimplifiedForm
from ...runtime.patterns import Element, Pattern
from ...runtime.validator import Validator
from ...sampling.sample_element import Content, SampleElement
from .combined_grammar import CombinedGrammar
from .counterexample_search import Engine, Search
from .pattern_automaton import Expression
from .pattern_places import NARROW, WIDE, Places
from .pattern_texts import Texts
from .results import Counterexample, Inclusion, Kind, Undecided
from .text_automata import Intersection, TooManyStates, reached
from .trace import Need, Refusal


def compare_documents(narrow: SimplifiedForm, wide: SimplifiedForm) -> Inclusion:
    """Whether every document of `narrow` is one of `wide`; all refusals that there are, not the first only."""
    return _Comparison(narrow, wide).run()


@dataclass(frozen=True, slots=True)
class _Task:
    """Contents to compare: that of ``element`` with those of ``candidates``; without an element, the two starts.
    ``need`` leads to it in the content of ``parent``'s element."""

    narrow: Pattern
    wide: Pattern
    need: Need | None = None
    parent: _Task | None = None

    @property
    def path(self) -> tuple[QName, ...]:
        if self.need is None:
            return ()
        assert self.parent is not None  # only the starts have none
        return (*self.parent.path, self.need.name)

    @property
    def element(self) -> Element | None:
        return None if self.need is None else self.need.element

    @property
    def candidates(self) -> tuple[Element, ...]:
        return () if self.need is None else self.need.candidates


class _Comparison:
    def __init__(self, narrow: SimplifiedForm, wide: SimplifiedForm) -> None:
        grammar = CombinedGrammar(narrow, wide)
        self._engine = Engine(grammar)
        self._places = Places(grammar)
        self._judges = (Validator(compile_patterns(narrow)), Validator(compile_patterns(wide)))
        self._waiting = deque([_Task(grammar.narrow, grammar.wide)])
        self._seen: set[tuple[int, int]] = set()
        self._counterexamples: dict[object, Counterexample] = {}
        self._undecided: dict[Undecided, None] = {}

    def run(self) -> Inclusion:
        while self._waiting:
            task = self._waiting.popleft()
            try:
                self._compare(task)
            except TooManyStates:
                self._leave_open(task, "the comparison takes too many states")
                break
            except RecursionError:
                self._engine.give_up()
                self._leave_open(task, "its patterns are nested too deeply")
        return Inclusion(tuple(self._counterexamples.values()), tuple(self._undecided))

    def _compare(self, task: _Task) -> None:
        search = Search(self._engine, task.narrow, task.wide, is_thorough=True)
        try:
            search.run()
        finally:
            for found in search.refusals:
                self._report(task, found)
            for uncertainty in search.uncertainties:
                self._leave_open(task, uncertainty.reason, uncertainty.name)
        for need in search.needs:
            self._add_task(task, need)

    def _add_task(self, parent: _Task, need: Need) -> None:
        narrow, wide = need.element.content, self._engine.content_of(need.candidates)
        key = (narrow.number, wide.number)
        if narrow is not wide and key not in self._seen:
            self._seen.add(key)
            self._waiting.append(_Task(narrow, wide, need, parent))

    def _report(self, task: _Task, found: Refusal) -> None:
        kind = Kind.ROOT_NOT_ALLOWED if task.element is None else found.kind
        narrow = self._places.of(NARROW, (task.element,), found)
        wide = self._places.of(WIDE, task.candidates, found)
        key = (kind, narrow, wide, found.name, found.value)
        if key in self._counterexamples:
            return
        document = self._document(task, found.content)
        if not self._judges[0].is_valid(document) or self._judges[1].is_valid(document):
            self._leave_open(task, f"no document was found that shows it: {kind.value}", found.name)
            return
        self._counterexamples[key] = Counterexample(
            kind, task.path, found.name, found.value, found.expected, found.given, narrow, wide, document
        )

    def _document(self, task: _Task, content: Content) -> str:
        while task.need is not None:
            need = task.need
            assert task.parent is not None  # as in `_Task.path`
            tree = content.of(need.name)
            content = self._engine.around(need, tree)
            task = task.parent
        (root,) = content.children
        assert isinstance(root, SampleElement)
        return root.to_xml()

    def _leave_open(self, task: _Task, reason: str, name: QName | None = None) -> None:
        narrow = self._places.of_element(NARROW, task.element)
        wide = self._places.of_element(WIDE, *task.candidates)
        self._undecided.setdefault(Undecided(reason, task.path, name, narrow, wide))


_COLLAPSED = Expression("(?:[^ \\t\\r\\n]+(?: [^ \\t\\r\\n]+)*)?")


def allows_when_collapsed(narrow: SimplifiedForm, wide: SimplifiedForm) -> bool:
    """Whether the root element of `wide` allows all texts of `narrow`'s in which white space is collapsed; False where
    that cannot be decided. Both elements hold nothing but text."""
    grammar = CombinedGrammar(narrow, wide)
    assert isinstance(grammar.narrow, Element)
    assert isinstance(grammar.wide, Element)
    texts = Texts(grammar.derivatives)
    few, many = texts.of(grammar.narrow.content), texts.of(grammar.wide.content)
    if few.opaques or many.opaques:
        return False
    try:
        found = reached((Intersection((few.language, _COLLAPSED)), many.language), 1)
    except TooManyStates:
        return False
    return frozenset({0}) not in found
