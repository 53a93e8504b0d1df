"""Standard input, output and error as a program of the shell uses them.

Python leaves two gaps. A stream is None if its descriptor was closed before the program started, and the next file that
is opened gets the descriptor. An error of writing is an `OSError` like any other, so nothing distinguishes a full
standard output from a missing file.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO


class OutputStreamError(Exception):
    """Standard output does not take what is written: it is closed, its reader has gone, or the disk is full."""

    def __init__(self, error: OSError) -> None:
        super().__init__(f"standard output: {error.strerror or error}")
        self.reader_has_gone = error.errno == errno.EPIPE


@contextmanager
def standard_streams() -> Iterator[None]:
    """Makes the streams of this process safe to use; streams that a caller in Python put in their place are kept.

    A failure of standard output raises `OutputStreamError` inside or at the end. A failure of standard error is
    ignored, because nobody could be informed of it.
    """
    before = sys.stdin, sys.stdout, sys.stderr
    if sys.stdin is None:
        # Opened the wrong way round, the null device refuses to be read as a closed descriptor does.
        sys.stdin = os.fdopen(os.open(os.devnull, os.O_WRONLY), "r", closefd=False)
    output = sys.stdout = _guarded(sys.stdout, sys.__stdout__, _Output)
    sys.stderr = _guarded(sys.stderr, sys.__stderr__, _ErrorOutput)
    try:
        yield
        output.flush()
    except OutputStreamError:
        _discard(output)
        raise
    finally:
        sys.stdin, sys.stdout, sys.stderr = before


class _Output(io.FileIO):
    def write(self, data: bytes) -> int:  # type: ignore[override]
        try:
            return super().write(data)
        except OSError as error:
            raise OutputStreamError(error) from None


class _ErrorOutput(io.FileIO):
    def write(self, data: bytes) -> int:  # type: ignore[override]
        with suppress(OSError):
            return super().write(data)
        return len(data)


def _guarded(stream: TextIO | None, original: TextIO | None, raw: type[io.FileIO]) -> TextIO:
    if stream is None:
        descriptor, encoding, is_terminal = os.open(os.devnull, os.O_RDONLY), "utf-8", False
    elif stream is original and _is_file(stream):
        descriptor, encoding, is_terminal = stream.fileno(), stream.encoding, stream.isatty()
        stream.flush()
    else:
        return stream
    binary = io.BufferedWriter(raw(descriptor, "w", closefd=False))
    # Paths and schemas may contain what a terminal cannot show.
    return io.TextIOWrapper(binary, encoding, errors="backslashreplace", line_buffering=is_terminal)


def _is_file(stream: TextIO) -> bool:
    """A console of Windows is not a file. Python's option ``-u`` leaves out the buffer."""
    buffer = getattr(stream, "buffer", None)
    return type(getattr(buffer, "raw", buffer)) is io.FileIO


def _discard(stream: TextIO) -> None:
    """Sends what is left in the buffer nowhere: it would be written, and fail again, when Python ends."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)
