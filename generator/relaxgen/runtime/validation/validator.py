"""The validator: a compiled grammar in, the faults of documents out.

What explains faults is loaded when a document has one: most programs never see any.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING, Any

from ..events import Source, Unreadable, at_once, source_of
from .automaton import Automaton, is_accepted
from .grammar import Grammar, GrammarData
from .judging import Judge, judge_for

if TYPE_CHECKING:
    from ..faults import Fault
    from ..source import Document
    from .patterns import Path


MAXIMUM_FAULTS = 1000


class Validator:
    """Validates documents against one grammar, the faster the more of them it has seen. Threads take turns."""

    def __init__(self, data: GrammarData) -> None:
        self._grammar = Grammar(data)
        self._automaton = Automaton(self._grammar)
        self._judge: Judge | None = None
        self._turn = Lock()

    @property
    def data(self) -> GrammarData:
        return self._grammar.data

    def judged(self, document: Any, entry: str) -> bool | None:
        """Whether a document is valid, if that is known faster than by reading it with expat: it is a regular text,
        bytes or a small file, and values mean the same whatever namespaces are around them."""
        if self._grammar.needs_namespaces:
            return None
        if type(document) is Source:
            document = at_once(document)
        with self._turn:
            if self._automaton.is_crowded:
                self._automaton.forget()
            if self._judge is None:
                self._judge = judge_for(self._automaton)
            return self._judge.accepts(document, entry)

    def is_valid(self, document: Any, *, entry: str = "", allow_entities: bool = False) -> bool:
        """Whether a document is well-formed, harmless and valid. See `validate` for the arguments."""
        verdict = self.judged(document, entry)
        if verdict is not None:
            return verdict
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
    ) -> list[Fault]:
        """Everything that is wrong with a document, in its order; nothing for a valid one. Behind `max_faults` faults,
        but at least a hundred, the rest of a document is not looked at.

        `document` is XML text or bytes, a path, an open file, or an lxml element or tree; a `str` is never a path.
        `name` is what the faults call it. `entry` is one of the grammar's entries, where the document is a part of what
        the schema describes. `allow_entities`: entities that the document declares itself are expanded, within bounds;
        otherwise a document that declares anything is refused.
        """
        source = None
        try:
            source = source_of(document, name)
            if self.judged(source, entry):
                return []
            with self._turn:
                faults: list[Fault] = []
                if not self._accepts(source, entry, allow_entities):
                    from .faults import faults_in

                    faults = faults_in(
                        self._grammar, self._automaton, source, entry, max_faults, allow_entities=allow_entities
                    )
                return in_order(faults)[:max_faults]
        except Unreadable as error:
            from .faults import unreadable

            return [unreadable(source, error)]

    def orders(
        self,
        document: Any,
        *,
        entry: str = "",
        movable: Mapping[Path, frozenset[str]],
        read: Mapping[Path, set[tuple[str, ...]]],
    ) -> Mapping[int, tuple[int, ...]]:
        """Orders of children that would mend elements of an invalid document, by ordinals; see `orders_in`. Nothing for
        a document that cannot be read."""
        from .document import orders_in, read_document

        try:
            source = source_of(document)
            with self._turn:
                root, judge = read_document(self._grammar, self._automaton, source, entry=entry)
                return orders_in(root, judge, self._automaton, movable, read)
        except Unreadable:
            return {}

    def _accepts(self, source: Source, entry: str, allow_entities: bool) -> bool:
        if self._automaton.is_crowded:
            self._automaton.forget()
        return is_accepted(
            self._automaton,
            source,
            entry=entry,
            needs_namespaces=self._grammar.needs_namespaces,
            allow_entities=allow_entities,
        )


def in_order(faults: list[Fault]) -> list[Fault]:
    """The faults by their places."""
    return sorted(faults, key=lambda fault: (fault.line, fault.column))


# The exact grammars of a package, loaded when a document is first compared with one.

_validators: dict[str, Validator] = {}
"""By the modules of grammars."""
_by_entry: dict[tuple[str, str], Validator] = {}
_loading = Lock()


def faults_of(document: Document, package: str, entry: str) -> list[Fault]:
    """What is wrong with the document as `entry`, by what the schema says and nothing else."""
    return _validator(package, entry).validate(_given(document), name=document.file, entry=entry)


def allows(document: Document, package: str, entry: str) -> bool:
    """Whether nothing is wrong with the document."""
    return _validator(package, entry).is_valid(_given(document), entry=entry)


def _given(document: Document) -> Any:
    if document.data is None:
        return document.root
    return document.data.decode("utf-8") if document.is_text else document.data


def judge_of(package: str, entry: str) -> Callable[[Any], bool | None]:
    """What says whether the schema allows a text; None where that takes a closer look."""
    return partial(_validator(package, entry).judged, entry=entry)


def is_valid(text: str, package: str, entry: str) -> bool:
    """Whether the schema allows a text that formatting has written."""
    return _validator(package, entry).is_valid(text, entry=entry)


def faults_in(text: str, package: str, entry: str) -> list[Fault]:
    """What is wrong with such a text."""
    return _validator(package, entry).validate(text, entry=entry)


def orders_in(
    text: str,
    package: str,
    entry: str,
    movable: Mapping[Path, frozenset[str]],
    read: Mapping[Path, set[tuple[str, ...]]],
) -> Mapping[int, tuple[int, ...]]:
    """See `document.orders_in`."""
    return _validator(package, entry).orders(text, entry=entry, movable=movable, read=read)


def _validator(package: str, entry: str) -> Validator:
    return _by_entry.get((package, entry)) or _loaded(package, entry)


def _loaded(package: str, entry: str) -> Validator:
    grammars: dict[str, str] = import_module(f"{package}._schema").GRAMMARS
    name = next((name for name, entries in grammars.items() if entry in entries.split()), next(iter(grammars)))
    module = f"{package}._schema.{name}"
    with _loading:
        if module not in _validators:
            _validators[module] = Validator(json.loads(import_module(module).DATA))
        _by_entry[package, entry] = _validators[module]
        return _by_entry[package, entry]
