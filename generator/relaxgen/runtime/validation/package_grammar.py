"""The exact grammars of a package, loaded when a document is first compared with one."""

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
    """See `arrangement.orders_in`."""
    return _validator(package, entry).orders(text, entry=entry, movable=movable, read=read)


def _validator(package: str, entry: str) -> Validator:
    return _by_entry.get((package, entry)) or _loaded(package, entry)


def _loaded(package: str, entry: str) -> Validator:
    grammars: dict[str, str] = import_module(f"{package}._schema").GRAMMARS
    name = next(name for name, entries in grammars.items() if entry in entries.split())
    module = f"{package}._schema.{name}"
    with _loading:
        if module not in _validators:
            from .validator import Validator

            _validators[module] = Validator(json.loads(import_module(module).DATA))
        _by_entry[package, entry] = _validators[module]
        return _by_entry[package, entry]
