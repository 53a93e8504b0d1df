"""The engine and the pure path agree on documents, and the engine reads nearly all of them by itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from tests.engine.differences import problem, taken

DOCUMENTS = sorted((Path(__file__).parents[1] / "documents" / "domain").glob("*.xml"))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_our_own_documents(domain: ModuleType, path: Path) -> None:
    data = path.read_bytes()
    assert problem(domain, data) == ""
    assert problem(domain, data.decode("utf-8")) == ""


def test_most_of_our_own_documents_are_regular(domain: ModuleType) -> None:
    assert sum(taken(domain, path.read_bytes()) for path in DOCUMENTS) >= 0.8 * len(DOCUMENTS)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("schema", "documents", "pattern"),
    [
        ("libvirt-11.3.0/schemas/domain.rng", "libvirt-11.3.0/xml/domain", "*.xml"),
        ("vocabularies/mallard/schema/1.0/mallard-1.0.rng", "vocabularies/mallard/docs", "*"),
        ("vocabularies/docbook/schema/5.0/docbook.rng", "vocabularies/docbook/docs", "**/*.xml"),
    ],
    ids=["libvirt", "mallard", "docbook"],
)
def test_documents_of_the_corpus(
    domain: ModuleType,
    corpus: Path,
    generate_and_import: Callable[..., ModuleType],
    schema: str,
    documents: str,
    pattern: str,
) -> None:
    package = generate_and_import(f"engine_{Path(schema).stem.replace('-', '_').replace('.', '_')}", corpus / schema)
    paths = [path for path in sorted((corpus / documents).glob(pattern)) if path.is_file()]
    problems = {path.name: found for path in paths if (found := problem(package, path.read_bytes()))}
    assert paths
    assert not problems


@pytest.mark.slow
def test_few_documents_of_libvirt_are_given_up(
    domain: ModuleType, corpus: Path, generate_and_import: Callable[..., ModuleType]
) -> None:
    package = generate_and_import("engine_domain", corpus / "libvirt-11.3.0" / "schemas" / "domain.rng")
    paths = sorted((corpus / "libvirt-11.3.0" / "xml" / "domain").glob("*.xml"))
    given_up = [path.name for path in paths if not taken(package, path.read_bytes())]
    assert len(given_up) <= 0.005 * len(paths)
