"""The validator: a compiled grammar in, the faults of documents out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from threading import Lock
from typing import Any

from ..faults import Fault
from ..positions import Place, Positions
from .arrangement import orders_in
from .automaton import Automaton
from .document import read_document
from .grammar import Grammar, GrammarData
from .identifiers import kinds_of, lapses_in
from .reading import Source, Unreadable, source_of
from .readings import Finding
from .search import Explainer
from .verdict import is_valid
from .wording import Place as FaultPlace
from .wording import Wording

MAXIMUM_FAULTS = 1000


class Validator:
    """Validates documents against one grammar, the faster the more of them it has seen. Threads take turns."""

    def __init__(self, data: GrammarData) -> None:
        self._grammar = Grammar(data)
        self._automaton = Automaton(self._grammar)
        self._turn = Lock()

    @property
    def data(self) -> GrammarData:
        return self._grammar.data

    def is_valid(self, document: Any, *, entry: str = "", allow_entities: bool = False) -> bool:
        """Whether a document is well-formed, harmless and valid. See `validate` for the arguments."""
        try:
            with self._turn:
                return self._accepts(source_of(document), entry, allow_entities)
        except Unreadable:
            return False

    def validate(
        self,
        document: Any,
        *,
        name: str = "",
        entry: str = "",
        max_faults: int = MAXIMUM_FAULTS,
        allow_entities: bool = False,
        check_ids: bool = False,
    ) -> list[Fault]:
        """Everything that is wrong with a document, in its order; nothing for a valid one.

        `document` is XML text or bytes, a path, an open file, or an lxml element or tree; a `str` is never a path.
        `name` is what the faults call it. `entry` is one of the grammar's entries, where the document is a part of what
        the schema describes. `allow_entities`: entities that the document declares itself are expanded, within bounds;
        otherwise a document that declares anything is refused. `check_ids`: identifiers and references are checked as
        the DTD compatibility specification has it.
        """
        source = None
        try:
            source = source_of(document, name)
            with self._turn:
                faults: list[Fault] = []
                if not self._accepts(source, entry, allow_entities):
                    faults = self._explain(source, entry, max_faults, allow_entities)
                if check_ids:
                    faults += self._check_identifiers(source, entry, allow_entities)
                return _in_order(faults)[:max_faults]
        except Unreadable as error:
            return [_unreadable(source, error)]

    def orders(self, document: Any, *, entry: str = "") -> Mapping[int, tuple[int, ...]]:
        """Orders of children that would mend elements of an invalid document, by ordinals; see `orders_in`. Nothing for
        a document that cannot be read."""
        try:
            source = source_of(document)
            with self._turn:
                if self._accepts(source, entry, allow_entities=False):
                    return {}
                root, judge = read_document(self._grammar, self._automaton, source, entry=entry)
                return orders_in(root, judge, self._automaton)
        except Unreadable:
            return {}

    def _accepts(self, source: Source, entry: str, allow_entities: bool) -> bool:
        if self._automaton.is_crowded:
            self._automaton.forget()
        return is_valid(
            self._automaton,
            source,
            entry=entry,
            needs_namespaces=self._grammar.needs_namespaces,
            allow_entities=allow_entities,
        )

    def _explain(self, source: Source, entry: str, max_faults: int, allow_entities: bool) -> list[Fault]:
        root, judge = read_document(self._grammar, self._automaton, source, entry=entry, allow_entities=allow_entities)
        findings = Explainer(self._grammar, judge).explain(root)
        places = _Places(source)
        wording = Wording(self._grammar, source.name, places.of)
        in_order = sorted(findings, key=lambda finding: (finding.node.ordinal, finding.attribute < 0))
        return [wording.fault(finding) for finding in in_order[:max_faults]]

    def _check_identifiers(self, source: Source, entry: str, allow_entities: bool) -> list[Fault]:
        places = _Places(source)
        faults = []
        for lapse in lapses_in(source, kinds_of(self._grammar, entry), allow_entities=allow_entities):
            line, column, width, shown = places.attribute(lapse.ordinal, lapse.attribute)
            fault = Fault(source.name, line, column, lapse.path, lapse.code, lapse.message, lapse.value)
            faults.append(replace(fault, suggestion=lapse.suggestion, width=width, source_line=shown))
        return faults


def _in_order(faults: list[Fault]) -> list[Fault]:
    return sorted(faults, key=lambda fault: (fault.line, fault.column))


class _Places:
    """Where in the document findings are. Of an element that was given as a tree only its line is known."""

    def __init__(self, source: Source) -> None:
        self._lines: list[int] | None = None
        if source.element is not None:
            self._lines = [element.sourceline or 0 for element in source.element.iter("*")]
            return
        with source.open() as file:
            data = file.read()
        self._positions = Positions(b"\xef\xbb\xbf" + data if source.is_text else data)

    def of(self, finding: Finding) -> FaultPlace:
        ordinal = finding.node.ordinal
        if finding.attribute >= 0:
            return self.attribute(ordinal, finding.attribute)
        if self._lines is not None:
            return FaultPlace(self._lines[ordinal], 0)
        if finding.after >= 0:
            return self._shown(self._positions.text(ordinal, finding.after))
        return self._shown(self._positions.element(ordinal))

    def attribute(self, ordinal: int, index: int) -> FaultPlace:
        if self._lines is not None:
            return FaultPlace(self._lines[ordinal], 0)
        return self._shown(self._positions.attribute(ordinal, index))

    def _shown(self, place: Place) -> FaultPlace:
        return FaultPlace(place.line, place.column, place.width, self._positions.line(place.line))


def _unreadable(source: Source | None, error: Unreadable) -> Fault:
    if source is None:
        return Fault(error.name, 0, 0, "", error.code, error.message)
    line, column, shown = error.line, error.column, ""
    if source.element is not None:
        line = column = 0
    elif line:
        with source.open() as file:
            data = file.read()
        shown = Positions(b"\xef\xbb\xbf" + data if source.is_text else data).line(line)
    return Fault(source.name, line, column, "", error.code, error.message, source_line=shown)
