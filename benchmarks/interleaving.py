"""Compares times of the processor. Every round measures all candidates, each time in another order, so that other load
on the machine affects all of them. Only ratios within a round mean anything; a figure is the median of the rounds."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median, quantiles

ROUND_SECONDS = 0.02
"""So long each candidate runs in a round, once at least."""


@dataclass(frozen=True, slots=True)
class Timing:
    """``ratio`` is to the first candidate; ``seconds`` of one call are for orientation only. ``spread`` is half the
    distance of the quartiles of ratios, as a part of the ratio."""

    label: str
    ratio: float
    seconds: float
    spread: float


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
    base = times[next(iter(candidates))]
    return [_timing(label, own, base) for label, own in times.items()]


def _timing(label: str, times: list[float], base: list[float]) -> Timing:
    ratios = [own / other for own, other in zip(times, base, strict=True)]
    low, middle, high = quantiles(ratios, n=4, method="inclusive") if len(ratios) > 1 else ratios * 3
    return Timing(label, middle, median(times), (high - low) / 2 / middle)


def _calls_in_a_round(call: Callable[[], object]) -> int:
    call()
    return max(1, round(ROUND_SECONDS / max(min(_seconds(call, 1) for _ in range(5)), 1e-9)))


def _seconds(call: Callable[[], object], count: int) -> float:
    start = time.process_time()
    for _ in range(count):
        call()
    return (time.process_time() - start) / count
