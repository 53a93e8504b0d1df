"""The exact grammar of the package that this run time belongs to, loaded when a document is held against it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..faults import Fault
    from ..xml.source import Document
    from .names import Path
    from .validator import Validator

_validators: dict[str, Validator] = {}
"""By the modules of grammars."""
_by_entry: dict[str, Validator] = {}
_loading = Lock()


def faults_of(document: Document, entry: str) -> list[Fault]:
    """What is wrong with the document as `entry`, by what the schema says and nothing else."""
    return _validator(entry).validate(_given(document), name=document.file, entry=entry)


def allows(document: Document, entry: str) -> bool:
    """Whether nothing is wrong with the document."""
    return _validator(entry).is_valid(_given(document), entry=entry)


def _given(document: Document) -> Any:
    if document.data is None:
        return document.root
    return document.data.decode("utf-8") if document.is_text else document.data


def is_valid(text: str, entry: str) -> bool:
    """Whether the schema allows a text that formatting has written."""
    return _validator(entry).is_valid(text, entry=entry)


def faults_in(text: str, entry: str) -> list[Fault]:
    """What is wrong with such a text."""
    return _validator(entry).validate(text, entry=entry)


def orders_in(
    text: str, entry: str, movable: Mapping[Path, frozenset[str]], read: Mapping[Path, set[tuple[str, ...]]]
) -> Mapping[int, tuple[int, ...]]:
    """See `arrangement.orders_in`."""
    return _validator(entry).orders(text, entry=entry, movable=movable, read=read)


def _validator(entry: str) -> Validator:
    found = _by_entry.get(entry)
    return _loaded(entry) if found is None else found


def _loaded(entry: str) -> Validator:
    package = f"{__name__.rsplit('.', 3)[0]}._grammar"
    entries: dict[str, str] = import_module(package).ENTRIES
    module = next(name for name, names in entries.items() if entry in names.split())
    with _loading:
        if module not in _validators:
            from .validator import Validator

            _validators[module] = Validator(json.loads(import_module(f".{module}", package).DATA))
        _by_entry[entry] = _validators[module]
        return _by_entry[entry]
