"""Batches on Dask, or one after another; progress; and the summary."""

from __future__ import annotations

import importlib
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from .judging import Batch, judge_batch, lost

Numbers = Counter[str]


def batches_of(source: Path, output: Path, size: int) -> list[Batch]:
    """All documents below a directory, in the order of their paths."""
    files = iter(sorted(file.relative_to(source).as_posix() for file in source.rglob("*.xml")))
    groups = iter(lambda: tuple(islice(files, size)), ())
    return [Batch(f"{number:06}", source, group, output) for number, group in enumerate(groups)]


def run_alone(batches: Iterable[Batch], progress: Progress) -> None:
    for batch in batches:
        progress.add(judge_batch(batch))


def run_on_dask(client: Any, batches: Sequence[Batch], progress: Progress) -> None:
    """Dask gives the batches of a worker that was killed to another one. A batch that ends several workers is tried
    again document by document, and a document that does it has a fault that says so."""
    distributed: Any = importlib.import_module("distributed")

    def submitted(some: Sequence[Batch]) -> dict[Any, Batch]:
        return dict(zip(client.map(judge_batch, some, pure=False), some, strict=True))

    waiting = submitted(batches)
    done = distributed.as_completed(list(waiting))
    for future in done:
        batch = waiting.pop(future)
        if not isinstance(future.exception(), distributed.KilledWorker):
            progress.add(future.result())
        elif len(batch.files) > 1:
            again = submitted(batch.singly())
            waiting.update(again)
            done.update(list(again))
        else:
            progress.add(lost(batch, "each worker that tried it was killed"))


def open_client(scheduler: str | None, workers: int) -> Any:
    """A scheduler that runs elsewhere, or a cluster of processes on this machine."""
    distributed: Any = importlib.import_module("distributed")
    if scheduler is not None:
        return distributed.Client(scheduler)
    cluster = distributed.LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None)
    return distributed.Client(cluster)


def peak_memory() -> int:
    """Of this process, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1_000_000 if sys.platform == "darwin" else 1_000)


@dataclass(slots=True)
class Progress:
    """What is done: on a terminal a line that is written again, elsewhere a line for each tenth."""

    total: int
    write: Callable[[str], object]
    is_terminal: bool = False
    numbers: Numbers = field(default_factory=Counter)
    started: float = field(default_factory=time.perf_counter)

    def add(self, numbers: Numbers) -> None:
        tenth = self._tenth()
        self.numbers.update(numbers)
        if self.is_terminal:
            self.write(f"\r{self}   ")
        elif self._tenth() > tenth:
            self.write(f"{self}\n")

    def __str__(self) -> str:
        done = self.numbers["documents"]
        broken = done - self.numbers["valid documents"]
        return f"{done:,} of {self.total:,} documents, {broken:,} not valid, {self.speed:,.0f} a second"

    @property
    def speed(self) -> float:
        return self.numbers["documents"] / max(time.perf_counter() - self.started, 1e-9)

    def _tenth(self) -> int:
        return 10 * self.numbers["documents"] // max(self.total, 1)


def summary(numbers: Numbers) -> list[str]:
    """The audit in a few lines."""
    invalid = numbers["documents"] - numbers["valid documents"]
    codes = Counter({name.removeprefix("fault "): n for name, n in numbers.items() if name.startswith("fault ")})
    return [
        f"{numbers['documents']:,} documents: {numbers['valid documents']:,} valid, {invalid:,} not",
        f"{numbers['disks']:,} disks: {numbers['external disks']:,} external, {numbers['transient disks']:,} transient,"
        f" {numbers['disks without a serial']:,} without a serial",
        f"{numbers['changed documents']:,} documents changed: their disks have serials now",
        *(f"{count:,} faults: {code}" for code, count in codes.most_common()),
    ]
