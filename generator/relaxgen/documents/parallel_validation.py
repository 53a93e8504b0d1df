"""Validating many documents, on all processors where that pays."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ..relaxng.validator import CompiledSchema
from ..runtime.faults import Fault
from ..runtime.grammar import GrammarData
from ..runtime.validator import MAXIMUM_FAULTS
from .document_arguments import Document

WORTH_A_PROCESS = 8_000_000
"""So many bytes are validated in about the time that it takes to start another process."""

_BATCH = 32


LEAST_FAULTS = 100
"""So many faults of a document are counted, however few are shown."""


@dataclass(frozen=True, slots=True)
class Options:
    """See `CompiledSchema.validate`."""

    allow_entities: bool = False
    check_ids: bool = False
    max_faults: int = MAXIMUM_FAULTS


def most_faults(shown: int | None) -> int:
    """How many faults are looked for where so many are shown."""
    return MAXIMUM_FAULTS if shown is None else max(shown, LEAST_FAULTS)


@dataclass(frozen=True, slots=True)
class DocumentReport:
    """``faults`` are those of one document, in its order. ``digest`` is that of its bytes, if it is wanted. ``is_cut``
    means that there are more faults."""

    name: str
    faults: tuple[Fault, ...]
    digest: str = ""
    is_cut: bool = False


Batch = Sequence[Document]


def validate_documents(
    schema: CompiledSchema,
    documents: Sequence[Document],
    options: Options,
    *,
    jobs: int | None = None,
    with_digests: bool = False,
    known: Mapping[str, DocumentReport] | None = None,
) -> Iterator[DocumentReport]:
    """A report for each document, in their order, as soon as it is there. `jobs` is the number of processes, None for
    what fits. Documents that are `known` by name are not validated."""
    earlier = known or {}
    left = [document for document in documents if document.name not in earlier]
    with closing(_validated_ones(schema, left, _Work(options, with_digests), jobs)) as reports:
        for document in documents:
            yield earlier[document.name] if document.name in earlier else next(reports)


@dataclass(frozen=True, slots=True)
class _Work:
    """What is done with each document."""

    options: Options
    with_digests: bool


def _validated_ones(
    schema: CompiledSchema, documents: Batch, work: _Work, jobs: int | None
) -> Generator[DocumentReport, None, None]:
    processes = _processes_for(documents) if jobs is None else jobs
    if processes < 2:
        return (_validated(schema, document, work) for document in documents)
    return _Processes(processes, _begin, (schema.data, work), _validate_batch).reports(documents)


def _processes_for(documents: Batch) -> int:
    size = sum(document.size for document in documents)
    return max(1, min(_processors(), len(documents) // _BATCH, size // WORTH_A_PROCESS))


def _processors() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _validated(schema: CompiledSchema, document: Document, work: _Work) -> DocumentReport:
    source = document.data if document.data is not None else Path(document.name)
    options = work.options
    digest = document.digest() if work.with_digests else ""
    faults = schema.validate(
        source,
        name=document.name,
        max_faults=options.max_faults + 1,
        allow_entities=options.allow_entities,
        check_ids=options.check_ids,
    )
    is_cut = len(faults) > options.max_faults
    return DocumentReport(document.name, tuple(faults[: options.max_faults]), digest, is_cut)


@dataclass(frozen=True, slots=True)
class _Processes:
    """``count`` processes that call ``begin`` with ``arguments``, and then ``validate`` with batch after batch."""

    count: int
    begin: Callable[..., None]
    arguments: tuple[object, ...]
    validate: Callable[[Batch], list[DocumentReport]]

    def reports(self, documents: Batch) -> Generator[DocumentReport, None, None]:
        """In the order of the documents. If a process is killed, for want of memory or by hand, new ones take over; a
        document that ends each process that tries it has a fault that says so."""
        ordered = iter(documents)
        batches = deque(iter(lambda: tuple(islice(ordered, _BATCH)), ()))
        while batches:
            try:
                with closing(self._pool_results(self.count, tuple(batches))) as results:
                    for reports in results:
                        yield from reports
                        batches.popleft()
            except BrokenProcessPool:
                first = batches.popleft()
                if len(first) == 1:
                    yield self._alone(first[0])
                else:
                    batches.extendleft((document,) for document in reversed(first))

    def _pool_results(self, count: int, batches: Sequence[Batch]) -> Generator[list[DocumentReport], None, None]:
        # New processes, not copies of this one: a copy may hold the locks of threads that it does not have.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(count, context, self.begin, self.arguments) as pool:
            with _interrupts_held():
                results = pool.map(self.validate, batches)
            yield from results

    def _alone(self, document: Document) -> DocumentReport:
        try:
            ((report,),) = self._pool_results(1, ((document,),))
        except BrokenProcessPool:
            message = "the process that validated it was killed (out of memory?)"
            return DocumentReport(document.name, (Fault(document.name, 0, 0, "", "killed", message),))
        return report


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Processes that start meanwhile hold an interrupt back until `_begin`. Ctrl-C reaches them, too, and Python would
    end each with a traceback."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# In the other processes

_worker: list[tuple[CompiledSchema, _Work]] = []


def _begin(data: GrammarData, work: _Work) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    _worker.append((CompiledSchema(data), work))


def _validate_batch(documents: Batch) -> list[DocumentReport]:
    schema, work = _worker[0]
    return [_validated(schema, document, work) for document in documents]
