"""Compares times: every round measures all candidates, each time in another order, so that other load on the machine
affects all of them. Only ratios within a round mean anything; a figure is the median of the rounds."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

ROUND_SECONDS = 0.02
"""So long each candidate runs in a round, once at least."""


@dataclass(frozen=True, slots=True)
class Timing:
    """``ratio`` is to the first candidate; ``seconds`` of one call are for orientation only."""

    label: str
    ratio: float
    seconds: float


def compare(candidates: Mapping[str, Callable[[], object]], rounds: int) -> list[Timing]:
    """The other candidates are compared with the first."""
    calls = {label: _calls_in_a_round(call) for label, call in candidates.items()}
    times: dict[str, list[float]] = {label: [] for label in candidates}
    order = list(candidates)
    shuffle = random.Random(0).shuffle
    for _ in range(rounds):
        shuffle(order)
        for label in order:
            times[label].append(_seconds(candidates[label], calls[label]))
    base = next(iter(candidates))
    return [
        Timing(
            label,
            median(own / other for own, other in zip(times[label], times[base], strict=True)),
            median(times[label]),
        )
        for label in candidates
    ]


def _calls_in_a_round(call: Callable[[], object]) -> int:
    call()
    return max(1, round(ROUND_SECONDS / max(_seconds(call, 3), 1e-9)))


def _seconds(call: Callable[[], object], count: int) -> float:
    start = time.perf_counter()
    for _ in range(count):
        call()
    return (time.perf_counter() - start) / count
