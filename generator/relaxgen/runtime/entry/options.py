"""The keywords of the functions that parse and format."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypedDict, get_args

from ..xml.source import Source, UnknownContent


class ParseOptions(TypedDict, total=False):
    """``unknown`` says what becomes of elements, attributes and words that the schema does not know: they are faults
    (``"error"``, the default), kept for writing (``"keep"``), or dropped (``"ignore"``). With ``validate`` the document
    must also be exactly what the schema allows, not only in its single parts."""

    unknown: UnknownContent
    validate: bool


class FormatOptions(TypedDict, total=False):
    """``indent`` is the number of spaces for each level, 2 by default; with None all is on one line.

    With ``like``, the text that the object was parsed from, everything that did not change keeps its characters:
    comments, layout, quotes, line ends, the XML declaration, a byte order mark. In the encoding of ``like`` the result
    has the same bytes. ``indent`` is for what has no example there.

    The text must be what the exact grammar allows, which knows more than the types of fields: always with
    ``validate=True``, never with ``validate=False``, and by default unless the object carries what the schema does not
    know (``unknown="keep"``)."""

    indent: int | None
    like: Source | None
    validate: bool | None


_WAYS = get_args(UnknownContent)
_PARSE = frozenset(ParseOptions.__annotations__)
_FORMAT = frozenset(FormatOptions.__annotations__)


def parse_options(options: ParseOptions) -> tuple[UnknownContent, bool]:
    """Raises:
    TypeError: there is another keyword.
    ValueError: ``unknown`` has another value.
    """
    if not options:
        return "error", False
    _check(options, _PARSE)
    unknown = options.get("unknown", "error")
    if unknown not in _WAYS:
        raise ValueError(f"unknown={unknown!r} is none of {', '.join(map(repr, _WAYS))}")
    return unknown, options.get("validate", False)


def format_options(options: FormatOptions) -> tuple[int | None, Any, bool | None]:
    """Raises:
    TypeError: there is another keyword.
    """
    if not options:
        return 2, None, None
    _check(options, _FORMAT)
    return options.get("indent", 2), options.get("like"), options.get("validate")


def _check(options: Collection[str], known: frozenset[str]) -> None:
    if known.issuperset(options):
        return
    from ..spelling import nearest

    word = next(one for one in options if one not in known)
    near = nearest(word, sorted(known))
    raise TypeError(f"unexpected keyword argument {word!r}" + (f" (did you mean {near!r}?)" if near else ""))
