"""Formats texts in several processes.

The processes are started, never forked, because a program with threads, such as a build tool that calls us, must not
fork. `multiprocessing` is not used either: it would run the main module of that program again in each process.

A process gets our module path as JSON in its first line of input, then one text in each line. It answers each text with
one line: the layout, or the reason why it is not Python. It ends with its input, so it does not outlive us.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from queue import SimpleQueue
from types import TracebackType

from .text_format import Outcome, outcome_of

_PROGRAM = f"""
import json, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)  # it reaches us, too, and we say what there is to say
sys.path[:] = json.loads(sys.stdin.readline())
from {__name__} import serve
serve()
"""


class _Process:
    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._input, self._output = self._process.stdin, self._process.stdout
        with suppress(OSError):  # it may have ended already; then there is no outcome either
            self._write(sys.path)

    def __enter__(self) -> _Process:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        if kind is not None:
            self._process.kill()
        with suppress(OSError):
            self._input.close()
        self._output.close()
        self._process.wait()

    def outcome(self, text: str) -> Outcome | None:
        """Returns the outcome of a text; None if the process has ended."""
        try:
            self._write(text)
            laid_out, reason = json.loads(self._output.readline())
        except (OSError, ValueError):
            return None
        return laid_out, reason

    def _write(self, value: object) -> None:
        self._input.write(json.dumps(value).encode() + b"\n")
        self._input.flush()


def outcomes(texts: Mapping[str, str], processes: int) -> Iterator[tuple[str, Outcome]]:
    """Yields each path with the outcome of its text. The largest texts are first, so that all processes end at about
    the same time. If no other process can be started, this one does the work."""
    paths = sorted(texts, key=lambda path: -len(texts[path]))
    idle: SimpleQueue[_Process] = SimpleQueue()

    def outcome(path: str) -> Outcome:
        process = idle.get()
        try:
            return process.outcome(texts[path]) or outcome_of(texts[path])
        finally:
            idle.put(process)

    with ExitStack() as stack:
        try:
            for _ in range(processes):
                idle.put(stack.enter_context(_Process()))
        except OSError:  # there is no interpreter that could be started, or there are too many processes
            processes = idle.qsize()
        if not processes:
            yield from ((path, outcome_of(texts[path])) for path in paths)
            return
        threads = stack.enter_context(ThreadPoolExecutor(processes))
        yield from zip(paths, threads.map(outcome, paths), strict=True)


def serve() -> None:
    """Runs in such a process: formats texts until the input ends."""
    for line in sys.stdin:
        print(json.dumps(outcome_of(json.loads(line))), flush=True)
