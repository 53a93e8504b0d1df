"""How far long work has come: a bar on a terminal, or a line for each stage that has ended."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[str, int, int], None]
"""Called with the stage, how much of it is done, and how much there is."""

STAGES = {
    "read": "reading",
    "bind": "deciding on classes",
    "fields": "deciding on fields",
    "render": "rendering",
    "format": "formatting",
    "lint": "looking at schemas",
    "sample": "covering",
    "validate": "validating",
    "compare": "comparing",
}


@contextmanager
def shown_bar(subject: str) -> Iterator[Progress]:
    """On standard error, which is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # What is printed meanwhile appears above the bar, if it goes to the terminal at all.
    to_terminal = sys.stdout.isatty()
    with Bar(*columns, console=Console(stderr=True), transient=True, redirect_stdout=to_terminal) as bar:
        task = bar.add_task(subject, total=None)

        def show(stage: str, done: int, total: int) -> None:
            bar.update(task, description=f"{subject}: {STAGES.get(stage, stage)}", completed=done, total=total)

        yield show


@contextmanager
def shown_lines(subject: str, say: Callable[[str], None]) -> Iterator[Progress]:
    """What has ended, and how long it took: «model: formatting 96 of 96, 0.8 s»."""
    stages: dict[str, tuple[int, int]] = {}
    start = time.perf_counter()

    def end_stage() -> None:
        nonlocal start
        for stage, (done, total) in stages.items():
            say(f"{subject}: {STAGES.get(stage, stage)} {done} of {total}, {time.perf_counter() - start:.1f} s")
        stages.clear()
        start = time.perf_counter()

    def note(stage: str, done: int, total: int) -> None:
        if stage not in stages:
            end_stage()
        stages[stage] = done, total

    yield note
    end_stage()
