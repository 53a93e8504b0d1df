"""Schemas for validation: a schema file in, an object out that explains what is wrong with documents."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..diagnostics.errors import Diagnostics
from ..runtime.faults import Fault
from ..runtime.validation.grammar import GrammarData
from ..runtime.validation.validator import MAXIMUM_FAULTS, Validator
from .compilation import Entries, Labels, compile_patterns
from .correctness import check_schema
from .reader import read_grammar
from .simplification import simplify


class CompiledSchema:
    """A correct schema, ready to validate. ``files`` are all files that it was read from."""

    def __init__(self, data: GrammarData, files: Sequence[str] = ()) -> None:
        self.files = tuple(files)
        self._validator = Validator(data)

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
        """Everything that is wrong with a document; see `Validator.validate`."""
        return self._validator.validate(
            document,
            name=name,
            entry=entry,
            max_faults=max_faults,
            allow_entities=allow_entities,
            check_ids=check_ids,
        )


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
    grammar = read_grammar(path, diagnostics)
    schema = simplify(grammar, diagnostics)
    form = check_schema(grammar, schema, diagnostics)
    return CompiledSchema(compile_patterns(form, labels, entries), (*schema.files, *schema.catalogs))
