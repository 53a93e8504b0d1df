"""How work grows with what it is done on, compared in one run: no test looks at a clock for more than that."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import FrameType

FACTOR = 4

LESS_THAN_QUADRATIC = 10
"""Linear work grows by `FACTOR`, quadratic work by its square."""


def growth(work: Callable[[int], object], size: int) -> float:
    """How many times more processor time the work takes at `FACTOR` times the size: the best of three of each."""
    return _time_of(work, size * FACTOR) / _time_of(work, size)


def _time_of(work: Callable[[int], object], size: int) -> float:
    best = float("inf")
    for _ in range(3):
        begin = time.process_time()
        work(size)
        best = min(best, time.process_time() - begin)
    return best


def calls_of(work: Callable[[], object]) -> int:
    """How many functions the work calls, those of Python and those in C."""
    count = 0

    def profile(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count
