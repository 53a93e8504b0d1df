"""The text to be faithful to."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.parsers import expat

from ..faults import Fault, ParseError
from ..xml.positions import encoding_of
from ..xml.source import TEXT_NAME, Source, read_document
from ..xml.source_tree import Node, read_tree


@dataclass(frozen=True, slots=True)
class Original:
    """``text`` begins with the byte order mark ``mark``, if the source has one. ``data`` is the rest in UTF-8, which is
    what offsets count. ``encoding`` is that of the bytes, None where the source was a text."""

    text: str
    mark: str
    data: bytes
    encoding: str | None
    root: Node


def read_original(source: Source) -> Original:
    """Raises:
    ParseError: the source is not well-formed XML, declares entities, or passes a bound.
    TypeError: it has no text.
    """
    given, file = _given(source)
    read_document(given, blanks=True)
    encoding = None if isinstance(given, str) else encoding_of(given)
    try:
        text = given if isinstance(given, str) else given.decode(encoding or "utf-8")
        mark = text[:1] if text[:1] == "\ufeff" else ""
        data = text[len(mark) :].encode("utf-8")
        return Original(text, mark, data, encoding, read_tree(data))
    except (LookupError, UnicodeError) as error:
        raise _refused(file, f"the text cannot be kept: {error}") from None
    except expat.ExpatError as error:
        raise _refused(file, f"not well-formed XML: {error}", error.lineno, error.offset + 1) from None


def _given(source: Any) -> tuple[str | bytes, str]:
    if isinstance(source, str):
        return source, TEXT_NAME
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source), TEXT_NAME
    if isinstance(source, os.PathLike):
        return Path(source).read_bytes(), str(os.fspath(source))
    if hasattr(source, "read"):
        data = source.read()
        if not isinstance(data, bytes):
            raise TypeError("the file must be open in binary mode")
        return data, str(getattr(source, "name", TEXT_NAME))
    what = f"{type(source).__module__}.{type(source).__qualname__}"
    raise TypeError(f"{what} has no text to be like: pass a str, bytes, a path or a binary file")


def _refused(file: str, message: str, line: int = 1, column: int = 1) -> ParseError:
    return ParseError([Fault(file, line, column, "", "malformed", message)])
