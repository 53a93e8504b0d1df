"""Formats one text with black, or says why it is not Python."""

from __future__ import annotations

import warnings

from ..memory import without_garbage_collection
from .layout import LINE_LENGTH, lay_out

Outcome = tuple[str | None, str]
"""The layout; or None, and why the text is not Python."""


def outcome_of(text: str) -> Outcome:
    from black.parsing import InvalidInput

    try:
        found = format_text(text)
    except InvalidInput as error:
        return None, str(error)
    reason = _why_not_compiled(found)
    return (None, reason) if reason else (found, "")


def _why_not_compiled(text: str) -> str:
    """Returns Python's error for the text; empty if it compiles. Parsing is not enough: only the compiler refuses a
    parameter that occurs twice, and ``return`` outside a function."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        try:
            compile(text, "<generated>", "exec", dont_inherit=True)
        except SyntaxError as error:
            return f"line {error.lineno}: {error.msg}"
        except (ValueError, RecursionError) as error:
            return str(error)
    return ""


def format_text(text: str) -> str:
    """Returns `text` as black formats it in lines of our length, with any interpreter and any settings of the user."""
    with without_garbage_collection():
        return lay_out(text, _black)


def _black(text: str) -> str:
    from black import format_str
    from black.mode import Mode, TargetVersion

    return format_str(text, mode=Mode(target_versions={TargetVersion.PY311}, line_length=LINE_LENGTH))
