"""Fixes in the text of schema files, written only where it is proven that the same documents stay valid.

All fixes are tried together on a copy of the files. Where the exact comparison does not prove that every schema allows
the same documents as before, fewer are tried, and only the proven ones are kept. A fix after which what stood
in a group may come in any order changes the documents; there, what is proven is that the schema is the old one with
just that change. Only schemas in XML syntax are changed.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..diagnostics.errors import SchemaError
from ..diagnostics.locations import SourceLocation
from ..evolution.inclusion import Verdict, compare_documents
from ..evolution.releases.xml_spans import ElementSpan, XmlText, root_of
from ..relaxng.correctness import read_schema
from ..relaxng.pattern import Group, Interleave, Pattern, with_children
from ..relaxng.schema import Schema
from ..relaxng.simplified_form import SimplifiedForm
from .advice import Advice, Edit, Fix


@dataclass(frozen=True, slots=True)
class FixedSchemas:
    """``files`` are the new texts of the files that change, ``fixed`` and ``unproven`` what was tried."""

    files: Mapping[Path, bytes]
    fixed: tuple[Advice, ...]
    unproven: tuple[Advice, ...]


def fix_schemas(schemas: Sequence[Path], advice: Iterable[Advice], *, wider: bool = False) -> FixedSchemas:
    """The proven fixes; nothing is written. Those after which more documents are valid only where `wider` is true.

    Raises:
        SchemaError: a schema is not correct.
    """
    fixable = [one for one in advice if one.fix is not None and (wider or not one.fix.is_wider)]
    before = [read_schema(path).schema for path in schemas]
    if not fixable:
        return FixedSchemas({}, (), ())
    kept = _proven(schemas, before, [], fixable)
    return FixedSchemas(_edited(kept), tuple(kept), tuple(one for one in fixable if one not in kept))


def _proven(
    schemas: Sequence[Path], before: Sequence[Schema], kept: list[Advice], more: Sequence[Advice]
) -> list[Advice]:
    """Those of `kept`, which are proven together, and of `more` that are proven with them; halves are tried first."""
    if _is_proven(schemas, before, [*kept, *more]):
        return [*kept, *more]
    half = len(more) // 2
    if half:
        kept = _proven(schemas, before, kept, more[:half])
        kept = _proven(schemas, before, kept, more[half:])
    return kept


def _is_proven(schemas: Sequence[Path], before: Sequence[Schema], advice: Sequence[Advice]) -> bool:
    edited = _edited(advice)
    files = {Path(file).absolute() for schema in before for file in schema.files}
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
            relaxed = {one.fix.location for one in advice if one.fix is not None and one.fix.is_wider}
            pairs = [
                (_with_any_order(schema, relaxed), Path(directory) / path.absolute().relative_to(top))
                for schema, path in zip(before, schemas, strict=True)
                if edited.keys() & {Path(file).absolute() for file in schema.files}
            ]
            forms = [(SimplifiedForm(old), read_schema(path).form) for old, path in pairs]
        except SchemaError:
            return False
    return all(_are_equal(old, new) for old, new in forms)


def _with_any_order(schema: Schema, groups: Collection[SourceLocation]) -> Schema:
    """The schema with an interleave in place of each group at one of the places."""
    if not groups:
        return schema
    defines = {
        name: replace(define, pattern=_relaxed(define.pattern, groups)) for name, define in schema.defines.items()
    }
    return replace(schema, start=_relaxed(schema.start, groups), defines=defines)


def _relaxed(pattern: Pattern, groups: Collection[SourceLocation]) -> Pattern:
    match pattern:
        case Group() if pattern.location in groups:
            members = tuple(_relaxed(one, groups) for one in pattern.patterns)
            return Interleave(members, location=pattern.location, annotations=pattern.annotations)
        case _:
            return with_children(pattern, lambda child: _relaxed(child, groups))


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
    for start, end, instead in reversed(list(_outermost(cuts))):
        content = content[:start] + instead + content[end:]
    return text.with_content(content)


def _outermost(cuts: Iterable[tuple[int, int, bytes]]) -> Iterator[tuple[int, int, bytes]]:
    """In order, without those inside others."""
    reached = 0
    for start, end, instead in sorted(set(cuts), key=lambda cut: (cut[0], -cut[1])):
        if start >= reached:
            yield start, end, instead
            reached = end


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
    if edit is Edit.INTERLEAVE:
        return list(_wrapping(content, span))
    if edit is Edit.REMOVE:
        while span.parent is not None and span.parent.name == "group" and len(span.parent.children) == 1:
            span = span.parent
        return [(*_whole_lines(content, span.start, span.end), b"")]
    if span.tag_end == span.end:
        return [(*_whole_lines(content, span.start, span.end), b"")]
    closing = content.rindex(b"<", span.start, span.end)
    return [
        (*_whole_lines(content, span.start, span.tag_end), b""),
        (*_whole_lines(content, closing, span.end), b""),
    ]


def _wrapping(content: bytes, span: ElementSpan) -> Iterator[tuple[int, int, bytes]]:
    """An ``interleave`` around what is inside, on lines of its own, and with what is inside indented further."""
    tag = content[span.start + 1 : span.tag_end]
    prefix = tag[: tag.index(b":") + 1] if b":" in tag.split(None, 1)[0].rstrip(b">") else b""
    closing = content.rindex(b"<", span.start, span.end)
    line, last = content.rfind(b"\n", 0, span.start) + 1, content.rfind(b"\n", 0, closing) + 1
    first = content.find(b"\n", span.tag_end, closing) + 1
    if not first or content[span.tag_end : first].strip() or content[last:closing].strip():
        yield span.tag_end, span.tag_end, b"<%sinterleave>" % prefix
        yield closing, closing, b"</%sinterleave>" % prefix
        return
    around, inside = _indentation(content, line), _indentation(content, first)
    step = inside.removeprefix(around)
    yield first, first, b"%s<%sinterleave>\n%s" % (inside, prefix, step)
    start = first
    while (start := content.find(b"\n", start, last - 1) + 1) > 0:
        if content[start:].lstrip(b" \t")[:1] not in (b"\n", b"\r"):
            yield start, start, step
    yield last, last, b"%s</%sinterleave>\n" % (inside, prefix)


def _indentation(content: bytes, line: int) -> bytes:
    end = line
    while content[end : end + 1] in (b" ", b"\t"):
        end += 1
    return content[line:end]


def _whole_lines(content: bytes, start: int, end: int) -> tuple[int, int]:
    """With the indentation and the line break after it, where nothing else is on the lines."""
    line = content.rfind(b"\n", 0, start) + 1
    following = content.find(b"\n", end)
    if following < 0 or content[line:start].strip() or content[end:following].strip():
        return start, end
    return line, following + 1
