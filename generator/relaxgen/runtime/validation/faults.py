"""The faults of documents, with the places where they are; loaded when a document has one."""

from __future__ import annotations

from ..events import CHUNK, Source, Unreadable
from ..faults import Fault
from ..positions import Place, Positions
from .automaton import Automaton
from .document import read_document
from .grammar import Grammar
from .hypotheses import Finding
from .search import Explainer
from .wording import Place as FaultPlace
from .wording import Wording


def faults_in(
    grammar: Grammar, automaton: Automaton, source: Source, entry: str, max_faults: int, *, allow_entities: bool
) -> list[Fault]:
    """What is wrong with a document that the grammar does not allow.

    Raises:
        Unreadable: the document is not well-formed, or refused.
    """
    root, judge = read_document(grammar, automaton, source, entry=entry, allow_entities=allow_entities)
    findings = Explainer(grammar, judge, max_faults).explain(root)
    places = Places(source)
    wording = Wording(grammar, source.name, places.of)
    in_order = sorted(findings, key=lambda finding: (finding.node.ordinal, finding.attribute < 0))
    return [wording.fault(finding) for finding in in_order[:max_faults]]


class Places:
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


def unreadable(source: Source | None, error: Unreadable) -> Fault:
    """The one fault of a document that cannot be read."""
    if source is None:
        return Fault(error.name, 0, 0, "", error.code, error.message)
    line, column, shown = error.line, error.column, ""
    if source.element is not None:
        line = column = 0
    elif line:
        data = _beginning(source, line)
        shown = Positions(b"\xef\xbb\xbf" + data if source.is_text else data).line(line)
    return Fault(source.name, line, column, "", error.code, error.message, source_line=shown)


LONGEST_LINE = 1_000_000


def _beginning(source: Source, line: int) -> bytes:
    """The document up to the end of a line, or to `LONGEST_LINE` bytes without a line end: what follows can be large,
    or without end."""
    chunks: list[bytes] = []
    ends, since = 0, 0
    with source.open() as file:
        while ends < line and since < LONGEST_LINE and (chunk := file.read(CHUNK)):
            chunks.append(chunk)
            count = max(chunk.count(b"\n"), chunk.count(b"\r"))
            ends, since = ends + count, 0 if count else since + len(chunk)
    return b"".join(chunks)
