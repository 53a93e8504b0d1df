"""How far long work has come, as a bar on a terminal, and as nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[str, int, int], None]
"""Called with the stage, how much of it is done, and how much there is."""

STAGES = {
    "read": "reading",
    "bind": "deciding on classes",
    "render": "rendering",
    "format": "formatting",
    "validate": "validating",
    "compare": "comparing",
}


@contextmanager
def shown_progress(subject: str) -> Iterator[Progress | None]:
    """Gives what a stage may call; None where nobody looks at a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
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
