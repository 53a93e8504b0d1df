"""The text of an object, before anything checks it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from .writer import Writer

E = TypeVar("E")


def write_text(target: E, write: Callable[[E, Writer, str], str], writer: Writer, margin: str) -> str:
    """The text of `target`; about the order of children `writer` may have doubts, see `output_check`.

    Raises:
        FormatError: a field has a value that cannot be written.
    """
    try:
        return write(target, writer, margin)
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        from .refusal import unwritable

        raise unwritable(target, error) from error
