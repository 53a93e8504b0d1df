"""The exact grammar of the package that this run time belongs to, loaded when a document must be explained."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .faults import Fault
    from .source import Document
    from .validation.validator import Validator

_validators: dict[str, Validator] = {}
_loading = Lock()


def faults_of(document: Document, entry: str) -> list[Fault]:
    """What is wrong with the document as `entry`, by what the schema says and nothing else."""
    given: Any = document.root
    if document.data is not None:
        given = document.data.decode("utf-8") if document.is_text else document.data
    return _validator(entry).validate(given, name=document.file, entry=entry)


def faults_in(text: str, entry: str) -> list[Fault]:
    """The same for a text that formatting has written."""
    return _validator(entry).validate(text, entry=entry)


def orders_in(text: str, entry: str) -> Mapping[int, tuple[int, ...]]:
    """In which orders elements of an invalid text would have their children right, by the elements' ordinals."""
    return _validator(entry).orders(text, entry=entry)


def _validator(entry: str) -> Validator:
    package = f"{__name__.rpartition('.')[0].rpartition('.')[0]}._grammar"
    entries: dict[str, str] = import_module(package).ENTRIES
    module = next(name for name, names in entries.items() if entry in names.split())
    with _loading:
        if module not in _validators:
            from .validation.validator import Validator

            _validators[module] = Validator(json.loads(import_module(f".{module}", package).DATA))
        return _validators[module]
