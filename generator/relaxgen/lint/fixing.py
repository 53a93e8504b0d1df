"""Fixes in the text of schema files, written only where it is proven that the same documents stay valid.

All fixes are tried together on a copy of the files. Where the exact comparison does not prove that every schema allows
the same documents as before, each fix is tried alone, and only the proven ones are kept. Only schemas in XML syntax
are changed.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..diagnostics.errors import SchemaError
from ..evolution.inclusion import Verdict, compare_documents
from ..evolution.releases.xml_spans import ElementSpan, XmlText, root_of
from ..relaxng.correctness import read_schema
from ..relaxng.simplified_form import SimplifiedForm
from .advice import Advice, Edit, Fix


@dataclass(frozen=True, slots=True)
class FixedSchemas:
    """``files`` are the new texts of the files that change, ``fixed`` and ``unproven`` what was tried."""

    files: Mapping[Path, bytes]
    fixed: tuple[Advice, ...]
    unproven: tuple[Advice, ...]


def fix_schemas(schemas: Sequence[Path], advice: Iterable[Advice]) -> FixedSchemas:
    """The proven fixes; nothing is written.

    Raises:
        SchemaError: a schema is not correct.
    """
    fixable = [one for one in advice if one.fix is not None]
    before = [_form(path) for path in schemas]
    files = {Path(file).absolute() for _, read in before for file in read}
    if not fixable:
        return FixedSchemas({}, (), ())
    forms = [form for form, _ in before]
    if _is_proven(schemas, files, forms, fixable):
        return FixedSchemas(_edited(fixable), tuple(fixable), ())
    kept: list[Advice] = []
    unproven: list[Advice] = []
    for one in fixable:
        (kept if _is_proven(schemas, files, forms, [*kept, one]) else unproven).append(one)
    return FixedSchemas(_edited(kept), tuple(kept), tuple(unproven))


def _form(path: Path) -> tuple[SimplifiedForm, tuple[str, ...]]:
    checked = read_schema(path)
    return checked.form, checked.schema.files


def _is_proven(
    schemas: Sequence[Path], files: set[Path], before: Sequence[SimplifiedForm], advice: Sequence[Advice]
) -> bool:
    edited = _edited(advice)
    top = Path(os.path.commonpath([file.parent for file in files]))
    with tempfile.TemporaryDirectory(prefix="relaxgen-") as directory:
        for file in files:
            copy = Path(directory) / file.relative_to(top)
            copy.parent.mkdir(parents=True, exist_ok=True)
            if file in edited:
                copy.write_bytes(edited[file])
            else:
                shutil.copyfile(file, copy)
        try:
            after = [_form(Path(directory) / path.absolute().relative_to(top))[0] for path in schemas]
        except SchemaError:
            return False
    return all(_are_equal(old, new) for old, new in zip(before, after, strict=True))


def _are_equal(old: SimplifiedForm, new: SimplifiedForm) -> bool:
    verdicts = compare_documents(old, new).verdict, compare_documents(new, old).verdict
    return verdicts == (Verdict.INCLUDED, Verdict.INCLUDED)


def _edited(advice: Iterable[Advice]) -> dict[Path, bytes]:
    """The files with all fixes; of fixes inside each other the outer one."""
    by_file: dict[Path, list[Fix]] = {}
    for one in advice:
        if one.fix is not None:
            by_file.setdefault(Path(one.fix.location.path).absolute(), []).append(one.fix)
    return {file: _edited_file(file.read_bytes(), fixes) for file, fixes in by_file.items()}


def _edited_file(data: bytes, fixes: Iterable[Fix]) -> bytes:
    text = XmlText(data)
    content = text.content
    starts = _line_starts(content)
    cuts: list[tuple[int, int, bytes]] = []
    spans = {span.start: span for span in _all_spans(root_of(content))}
    for fix in fixes:
        offset = _offset(content, starts, fix.location.line, fix.location.column)
        span = spans.get(offset)
        if span is not None:
            cuts += _cuts(content, span, fix.edit)
    for start, end, instead in sorted(set(cuts), reverse=True):
        content = content[:start] + instead + content[end:]
    return text.with_content(content)


def _all_spans(top: ElementSpan) -> list[ElementSpan]:
    found, waiting = list[ElementSpan](), list(top.children)
    while waiting:
        span = waiting.pop()
        found.append(span)
        waiting.extend(span.children)
    return found


def _line_starts(content: bytes) -> list[int]:
    return [0, *(index + 1 for index, byte in enumerate(content) if byte == 10)]


def _offset(content: bytes, starts: Sequence[int], line: int, column: int) -> int:
    """The byte of a place; columns count characters."""
    start = starts[line - 1]
    end = starts[line] if line < len(starts) else len(content)
    return start + len(content[start:end].decode("utf-8")[: column - 1].encode("utf-8"))


def _cuts(content: bytes, span: ElementSpan, edit: Edit) -> list[tuple[int, int, bytes]]:
    if edit is Edit.REMOVE:
        return [(*_whole_lines(content, span.start, span.end), b"")]
    if span.tag_end == span.end:
        return [(*_whole_lines(content, span.start, span.end), b"")]
    closing = content.rindex(b"<", span.start, span.end)
    return [
        (*_whole_lines(content, span.start, span.tag_end), b""),
        (*_whole_lines(content, closing, span.end), b""),
    ]


def _whole_lines(content: bytes, start: int, end: int) -> tuple[int, int]:
    """With the indentation and the line break after it, where nothing else is on the lines."""
    line = content.rfind(b"\n", 0, start) + 1
    following = content.find(b"\n", end)
    if following < 0 or content[line:start].strip() or content[end:following].strip():
        return start, end
    return line, following + 1
