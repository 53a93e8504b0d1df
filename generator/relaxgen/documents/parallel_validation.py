"""Validating many documents, on all processors where that pays."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ..relaxng.validator import CompiledSchema
from ..runtime.faults import Fault
from ..runtime.validation.grammar import GrammarData
from .document_arguments import Document

WORTH_A_PROCESS = 8_000_000
"""So many bytes are validated in about the time that it takes to start another process."""

_BATCH = 32


@dataclass(frozen=True, slots=True)
class Options:
    """See `CompiledSchema.validate`."""

    allow_entities: bool = False
    check_ids: bool = False


@dataclass(frozen=True, slots=True)
class DocumentReport:
    """``faults`` are those of one document, in its order."""

    name: str
    faults: tuple[Fault, ...]


def validate_documents(
    schema: CompiledSchema, documents: Sequence[Document], options: Options, *, jobs: int | None = None
) -> Iterator[DocumentReport]:
    """A report for each document, in their order. `jobs` is the number of processes, None for what fits."""
    processes = _processes_for(documents) if jobs is None else jobs
    if processes < 2:
        for document in documents:
            yield _validated(schema, document, options)
        return
    batches = [documents[start : start + _BATCH] for start in range(0, len(documents), _BATCH)]
    # New processes, not copies of this one: a copy may hold the locks of threads that it does not have.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, _begin, (schema.data, options)) as pool:
        for reports in pool.map(_validate_batch, batches):
            yield from reports


def _processes_for(documents: Sequence[Document]) -> int:
    size = sum(document.size for document in documents)
    return max(1, min(_processors(), len(documents) // _BATCH, size // WORTH_A_PROCESS))


def _processors() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _validated(schema: CompiledSchema, document: Document, options: Options) -> DocumentReport:
    source = document.data if document.data is not None else Path(document.name)
    faults = schema.validate(
        source, name=document.name, allow_entities=options.allow_entities, check_ids=options.check_ids
    )
    return DocumentReport(document.name, tuple(faults))


# In the other processes

_worker: list[tuple[CompiledSchema, Options]] = []


def _begin(data: GrammarData, options: Options) -> None:
    _worker.append((CompiledSchema(data), options))


def _validate_batch(documents: Sequence[Document]) -> list[DocumentReport]:
    schema, options = _worker[0]
    return [_validated(schema, document, options) for document in documents]
