"""The report of ``relaxgen validate --report``: a file that grows by a line with each document, and lets a run go on.

The first line says what was done; a line for each document follows, in the order of the documents:

    {"relaxgen": "0.2.0", "schema": "domain.rng", "judged_by": "…digest of the compiled schema and the options…"}
    {"document": "guests/web.xml", "digest": "…", "faults": []}

``"cut": true`` at the end of a line says that the document has more faults. A run that is interrupted leaves whole
lines and at most a part of one. The next run with the same file takes over what is known of documents whose contents
are still the same, and validates the others.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any

from ..diagnostics.errors import ConfigurationError, Diagnostic
from ..diagnostics.file_replacement import replace_file
from ..diagnostics.locations import SourceLocation
from ..relaxng.validator import CompiledSchema
from ..runtime.faults import Fault
from ..version import VERSION
from .document_arguments import Document
from .parallel_validation import DocumentReport, Options


class ValidationReport:
    """A report file that was opened; `earlier` is what it knew of the documents, by their names."""

    def __init__(self, file: IO[str], earlier: Mapping[str, DocumentReport]) -> None:
        self._file = file
        self.earlier = earlier

    def add(self, report: DocumentReport) -> None:
        self._file.write(_line(report))
        self._file.flush()


@contextmanager
def open_report(
    path: Path, schema: CompiledSchema, name: str, options: Options, documents: Sequence[Document]
) -> Iterator[ValidationReport]:
    """The report with the lines of an earlier run that are still true; the file has no others.

    Raises:
        ConfigurationError: the file cannot be written, is not a report, or has another schema or other options.
    """
    head = {"relaxgen": VERSION, "schema": name, "judged_by": _digest_of_judgement(schema, options)}
    try:
        earlier = _still_true(_read(path, head), documents)
        replace_file(path, "".join([f"{json.dumps(head)}\n", *map(_line, earlier.values())]).encode())
        file = path.open("a", encoding="utf-8", newline="\n")
    except OSError as error:
        raise _refusal(path, f"cannot be written: {error.strerror or error}") from None
    with file:
        yield ValidationReport(file, earlier)


def _read(path: Path, head: Mapping[str, str]) -> dict[str, DocumentReport]:
    try:
        first, *lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except (ValueError, UnicodeDecodeError):
        raise _refusal(path, "is not a report of relaxgen validate, and is not replaced") from None
    found = _values(first)
    if not found.keys() >= head.keys():
        raise _refusal(path, "is not a report of relaxgen validate, and is not replaced")
    if any(found[key] != head[key] for key in ("relaxgen", "judged_by")):
        raise _refusal(
            path, "is about another schema, other options or another release; remove it, or name another file"
        )
    return {report.name: report for report in map(_report, lines) if report is not None}


def _still_true(known: Mapping[str, DocumentReport], documents: Sequence[Document]) -> dict[str, DocumentReport]:
    """What is known of `documents` that have not changed, in their order."""
    found = ((document, known[document.name]) for document in documents if document.name in known)
    return {document.name: report for document, report in found if report.digest == document.digest() != ""}


def _digest_of_judgement(schema: CompiledSchema, options: Options) -> str:
    text = json.dumps([schema.data, asdict(options)])
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _line(report: DocumentReport) -> str:
    faults = [asdict(fault) for fault in report.faults]
    values: dict[str, Any] = {"document": report.name, "digest": report.digest, "faults": faults}
    if report.is_cut:
        values["cut"] = True
    return f"{json.dumps(values, ensure_ascii=False)}\n"


def _report(line: str) -> DocumentReport | None:
    """None for a line that was cut off."""
    values = _values(line)
    with suppress(LookupError, TypeError):
        faults = tuple(Fault(**{**fault, "expected": tuple(fault["expected"])}) for fault in values["faults"])
        return DocumentReport(values["document"], faults, values["digest"], "cut" in values)
    return None


def _values(line: str) -> dict[str, Any]:
    try:
        values = json.loads(line)
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}


def _refusal(path: Path, message: str) -> ConfigurationError:
    return ConfigurationError(Diagnostic(SourceLocation(str(path)), message))
