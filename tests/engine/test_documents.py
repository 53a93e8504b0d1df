"""The engine and the pure path agree on documents, and the engine reads nearly all of them by itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from lxml import etree

from tests.engine.differences import difference, outcome, problem, taken, without_engine

DOCUMENTS = sorted((Path(__file__).parents[1] / "documents" / "domain").glob("*.xml"))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_our_own_documents(domain: ModuleType, path: Path) -> None:
    data = path.read_bytes()
    assert problem(domain, data) == ""
    assert problem(domain, data.decode("utf-8")) == ""


@pytest.mark.parametrize("options", [{"validate": True}, {"unknown": "ignore"}, {"unknown": "keep"}], ids=str)
def test_options(domain: ModuleType, options: dict[str, Any]) -> None:
    for path in DOCUMENTS[::4]:
        for data in (path.read_bytes(), path.read_bytes().replace(b"<name>", b"<nome>", 1).replace(b"yes", b"yep")):
            with without_engine(domain):
                pure, pure_error = outcome(domain.parse, data, **options)
            found, error = outcome(domain.parse, data, **options)
            assert error == pure_error
            assert difference(found, pure) == ""


def test_sources(domain: ModuleType, tmp_path: Path) -> None:
    data = DOCUMENTS[0].read_bytes()
    path = tmp_path / "document.xml"
    path.write_bytes(data)
    expected = domain.parse(data)
    with path.open("rb") as file:
        for source in (data.decode(), bytearray(data), memoryview(data), path, file, etree.fromstring(data)):
            assert domain.parse(source) == domain.parse_domain(data) == expected
    with path.open() as text_file, pytest.raises(TypeError, match="binary"):
        domain.parse(text_file)
    with pytest.raises(FileNotFoundError):
        domain.parse(tmp_path / "nope")
    path.write_bytes(b"<nope/>")
    with pytest.raises(domain.ParseError, match=r"document\.xml:1:1"):
        domain.parse(path)
    with path.open("rb") as file, pytest.raises(domain.ParseError, match=r"document\.xml:1:1"):
        domain.parse(file)


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


@pytest.mark.parametrize("options", [{}, {"validate": True}, {"unknown": "ignore"}, {"unknown": "keep"}], ids=str)
def test_streaming(domain: ModuleType, options: dict[str, Any]) -> None:
    kinds = (domain.Disk, domain.Devices, domain.Interface, domain.Domain)
    for path in DOCUMENTS[::4]:
        data = path.read_bytes()
        for text in (data, data.replace(b"<domain ", b"<domain xmlns:x='urn:x' "), data.replace(b"yes", b"yep")):
            for kind in kinds:
                found, error = outcome(lambda: list(domain.iter_parse(text, kind, **options)))  # noqa: B023
                with without_engine(domain):
                    pure, pure_error = outcome(lambda: list(domain.iter_parse(text, kind, **options)))  # noqa: B023
                assert error == pure_error
                assert difference(found, pure) == ""


def test_streaming_uses_the_engine(domain: ModuleType, engine: Any) -> None:
    data = (
        b"<domain type='kvm'><devices>" + b"<disk type='file'><target dev='vda'/></disk>" * 3 + b"</devices></domain>"
    )
    before = engine.counts()["parsed"]
    assert len(list(domain.iter_parse(data, domain.Disk))) == 3
    assert engine.counts()["parsed"] == before + 3
