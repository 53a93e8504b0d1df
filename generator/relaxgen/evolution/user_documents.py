"""Documents of the user's, judged by both sides: those that only one of them accepts are real examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..documents.document_arguments import Document, find_documents
from ..relaxng.compilation import compile_patterns
from ..relaxng.correctness import CheckedSchema
from ..relaxng.validator import CompiledSchema
from .rules import Category


@dataclass(frozen=True, slots=True)
class RefusedDocument:
    """A document that was valid and is not (backward), or is valid and was not (forward)."""

    name: str
    text: str
    category: Category
    reason: str
    path: str
    schema: str


@dataclass(frozen=True, slots=True)
class CheckedDocuments:
    """``old`` and ``new`` count those that are valid on each side under at least one schema, of ``number`` in all."""

    number: int
    old: int
    new: int
    refused: tuple[RefusedDocument, ...]

    def valid(self, category: Category) -> int:
        """How many documents could have shown a break."""
        return self.old if category is Category.BACKWARD else self.new


def check_documents(
    schemas: Mapping[str, tuple[CheckedSchema, CheckedSchema]], arguments: Sequence[str]
) -> CheckedDocuments:
    """
    Raises:
        ConfigurationError: a path does not exist or cannot be read, or there is no document in a directory.
    """
    documents = find_documents(arguments)
    compiled = {name: (_compiled(old), _compiled(new)) for name, (old, new) in schemas.items()}
    judged = [_Judged(document, compiled) for document in documents]
    refused = tuple(found for one in judged for found in one.refusals())
    return CheckedDocuments(
        len(documents), sum(bool(one.old) for one in judged), sum(bool(one.new) for one in judged), refused
    )


def _compiled(checked: CheckedSchema) -> CompiledSchema:
    return CompiledSchema(compile_patterns(checked.form))


class _Judged:
    """One document: the schemas under which it is valid on each side. Under which it should be, only it knows, so a
    break is reported if no schema of the other side accepts it."""

    def __init__(self, document: Document, compiled: Mapping[str, tuple[CompiledSchema, CompiledSchema]]) -> None:
        self._document = document
        self._compiled = compiled
        self._source = document.source
        self.old = [name for name, (old, _) in compiled.items() if old.is_valid(self._source)]
        self.new = [name for name, (_, new) in compiled.items() if new.is_valid(self._source)]

    def refusals(self) -> Iterator[RefusedDocument]:
        if self.old and not self.new:
            yield self._refused(Category.BACKWARD, self.old[0], self._compiled[self.old[0]][1])
        if self.new and not self.old:
            yield self._refused(Category.FORWARD, self.new[0], self._compiled[self.new[0]][0])

    def _refused(self, category: Category, schema: str, refusing: CompiledSchema) -> RefusedDocument:
        fault = refusing.validate(self._source, name=self._document.name, max_faults=1)[0]
        data = self._source.read_bytes() if isinstance(self._source, Path) else self._source
        text = data.decode("utf-8", "replace")
        return RefusedDocument(
            self._document.name, text, category, f"line {fault.line}: {fault.message}", fault.path, schema
        )
