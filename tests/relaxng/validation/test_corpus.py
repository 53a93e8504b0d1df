"""The verdicts on real documents and on the specification suite are right. Where tools disagree, Jing is right."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from relaxgen.diagnostics.errors import SchemaError
from relaxgen.relaxng.validator import CompiledSchema, compile_schema

DECLARING = {f"docs/pass/{name}.001.xml" for name in ("book", "xref", "link")} | {
    f"docs/pass/book.00{number}.xml" for number in (2, 3)
}
"""DocBook documents that declare entities: refused, unless their expansion is asked for."""


def rows(collection: Path) -> Iterator[tuple[Path, Path, bool]]:
    """Schema, document, and whether it is valid."""
    with (collection / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            is_libvirt = "jing" not in row
            schema = schema_of(collection, row["schema"]) if is_libvirt else collection / "schema" / row["schema"]
            yield schema, collection / row["file"], (row["expected"] if is_libvirt else row["jing"]) == "valid"


def schema_of(collection: Path, root: str) -> Path:
    schema = collection / "schemas" / f"{root}.rng"
    return schema if schema.exists() else collection / "schemas" / "tests" / f"{root}.rng"


def check(collection: Path) -> int:
    documents: dict[Path, list[tuple[Path, bool]]] = defaultdict(list)
    for schema, document, is_valid in rows(collection):
        documents[schema].append((document, is_valid))
    for path, cases in documents.items():
        schema = compile_schema(path)
        for document, is_valid in cases:
            is_declaring = any(str(document).endswith(name) for name in DECLARING)
            assert schema.is_valid(document, allow_entities=is_declaring) == is_valid, document
            assert not is_declaring or not schema.is_valid(document)
    return sum(map(len, documents.values()))


@pytest.mark.parametrize(("collection", "number"), [("libvirt-11.3.0", 1800), ("libvirt-9.0.0", 1500)])
def test_libvirt_documents_are_judged_right(corpus: Path, collection: str, number: int) -> None:
    assert check(corpus / collection) > number


@pytest.mark.parametrize("name", ["docbook", "mallard", "osinfo", "pacemaker", "relaxng-self"])
def test_documents_of_other_vocabularies_are_judged_right(corpus: Path, name: str) -> None:
    assert check(corpus / "vocabularies" / name) > 200


def test_the_specification_suite_is_judged_right(corpus: Path) -> None:
    schemas = documents = 0
    for case in sorted((corpus / "spec-suite").glob("*/meta.json")):
        meta = json.loads(case.read_text(encoding="utf-8"))
        schema = compiled(case.parent / meta["schema"])
        assert (schema is not None) == (meta["kind"] == "correct"), case
        schemas += 1
        for document in sorted(case.parent.glob("*valid-*.xml")) if schema is not None else []:
            assert schema is not None
            assert schema.is_valid(document) == document.name.startswith("valid"), document
            assert schema.is_valid(document) == (not schema.validate(document)), document
            documents += 1
    assert schemas > 280
    assert documents > 400


def compiled(path: Path) -> CompiledSchema | None:
    try:
        return compile_schema(path)
    except SchemaError:
        return None
