"""Compiled schemas, which validate documents and explain their faults."""

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
from .compilation import compile_patterns
from .correctness import read_schema

if TYPE_CHECKING:
    from .identifiers import Kinds


class CompiledSchema:
    """A correct schema that can validate documents. ``files`` are all files of the schema."""

    def __init__(self, data: GrammarData, files: Sequence[str] = ()) -> None:
        self.files = tuple(files)
        self._validator = Validator(data)
        self._kinds: dict[str, Kinds] = {}

    @property
    def data(self) -> GrammarData:
        """The compiled grammar as plain data, as generated packages contain it."""
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
        """Returns all faults of a document; see `Validator.validate`. With `check_ids`, identifiers and references are
        also checked, by the DTD compatibility specification."""
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
def compile_schema(path: Path | str, *, diagnostics: Diagnostics | None = None) -> CompiledSchema:
    """Returns the schema in a file, with all included files, compiled for validation. Warnings go to `diagnostics`.

    Raises:
        SchemaError: the schema has errors; the error has all of them.
    """
    checked = read_schema(path, diagnostics)
    files = (*checked.schema.files, *checked.schema.catalogs)
    return CompiledSchema(compile_patterns(checked.form), files)
