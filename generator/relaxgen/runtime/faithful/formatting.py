"""Writing an object into the text that it was parsed from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from ..writing.writer import Writer
from ..xml.source import Source
from ..xml.source_tree import Node, read_tree
from .comparison import first_difference
from .marking import marked_text
from .original import Original, read_original
from .splicing import Splicer

E = TypeVar("E")

MOST_REPAIRS = 6
"""After so many elements that splicing got wrong the whole document element is written anew."""


def format_like(
    target: E,
    write: Callable[[E, Writer, str], str],
    indent: int | None,
    prefixes: Mapping[str, str | None],
    like: Source,
) -> str:
    """The text of `like` with those changes that make it say what `target` says.

    Raises:
        ParseError: `like` is not well-formed XML, or declares entities.
        TypeError: `like` has no text: it is an lxml tree, or nothing that can hold XML.
    """
    original = read_original(like)
    wanted = read_tree(marked_text(target, write, prefixes).encode("utf-8"))
    if first_difference(original.root, wanted) is None:
        return original.text
    return original.mark + _spliced(original, wanted, indent).decode("utf-8")


def _spliced(original: Original, wanted: Node, indent: int | None) -> bytes:
    rewritten: set[int] = set()
    for attempt in range(MOST_REPAIRS + 1):
        result = Splicer(original, indent, rewritten).document(wanted)
        wrong = first_difference(read_tree(result), wanted)
        if wrong is None:
            return result
        while wrong.parent is not None and (id(wrong) in rewritten or attempt + 1 >= MOST_REPAIRS):
            wrong = wrong.parent
        rewritten.add(id(wrong))
    raise AssertionError("an element written anew says what it was written from")
