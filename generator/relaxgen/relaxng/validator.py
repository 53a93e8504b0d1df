"""Schemas for validation: a schema file in, an object out that explains what is wrong with documents."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..diagnostics.errors import Diagnostics
from ..memory import without_garbage_collection
from ..runtime.events import Source, Unreadable, source_of
from ..runtime.faults import Fault
from ..runtime.grammar import Grammar, GrammarData
from ..runtime.validator import MAXIMUM_FAULTS, Validator, in_order
from .compilation import Entries, Labels, compile_patterns
from .correctness import read_schema

if TYPE_CHECKING:
    from .identifiers import Kinds


class CompiledSchema:
    """A correct schema, ready to validate. ``files`` are all files that it was read from."""

    def __init__(self, data: GrammarData, files: Sequence[str] = ()) -> None:
        self.files = tuple(files)
        self._validator = Validator(data)
        self._kinds: dict[str, Kinds] = {}

    @property
    def data(self) -> GrammarData:
        """The compiled grammar as plain data, for `CompiledSchema` or for a generated package to carry."""
        return self._validator.data

    def is_valid(self, document: Any, *, entry: str = "", allow_entities: bool = False) -> bool:
        return self._validator.is_valid(document, entry=entry, allow_entities=allow_entities)

    def validate(
        self,
        document: Any,
        *,
        name: str = "",
        entry: str = "",
        max_faults: int = MAXIMUM_FAULTS,
        allow_entities: bool = False,
        check_ids: bool = False,
    ) -> list[Fault]:
        """Everything that is wrong with a document; see `Validator.validate`. `check_ids`: identifiers and references
        are checked as the DTD compatibility specification has it."""
        found: list[Fault] = []
        if check_ids:
            try:
                document = source_of(document, name)
                found = self._identifier_faults(document, entry, allow_entities)
            except Unreadable:
                pass  # which the validator reports
        found += self._validator.validate(
            document, name=name, entry=entry, max_faults=max_faults, allow_entities=allow_entities
        )
        return in_order(found)[:max_faults]

    def _identifier_faults(self, source: Source, entry: str, allow_entities: bool) -> list[Fault]:
        from .identifiers import identifier_faults, kinds_of

        if entry not in self._kinds:
            self._kinds[entry] = kinds_of(Grammar(self.data), entry)
        return identifier_faults(source, self._kinds[entry], allow_entities=allow_entities)


@without_garbage_collection()
def compile_schema(
    path: Path | str,
    *,
    diagnostics: Diagnostics | None = None,
    labels: Labels | None = None,
    entries: Entries | None = None,
) -> CompiledSchema:
    """Reads a schema and all that it includes. Warnings are left in `diagnostics`.

    Raises:
        SchemaError: with everything that is wrong with the schema.
    """
    checked = read_schema(path, diagnostics)
    files = (*checked.schema.files, *checked.schema.catalogs)
    return CompiledSchema(compile_patterns(checked.form, labels, entries), files)
