"""The subjects of the benchmarks: a schema, its enum tables, and documents; our own and libvirt's.

libvirt's schemas and documents are no part of the project. They are read from the directory in RELAXGEN_CORPUS, or from
``../shared/corpus``.
"""

from __future__ import annotations

import importlib
import os
import random
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lxml import etree
from relaxgen.output import write
from relaxgen.pipeline import build_package
from relaxgen.project.request import PackageRequest

REPOSITORY = Path(__file__).resolve().parents[1]
CORPUS = Path(os.environ.get("RELAXGEN_CORPUS") or REPOSITORY.parent / "shared" / "corpus")
LIBVIRT = CORPUS / "libvirt-11.3.0"

SMALL = 1_500
MEDIUM = 6_000
LARGE = 30_000
"""Bytes of the documents that are measured alone. The first is the size of a usual domain."""
SAMPLE = 200
"""The number of documents that are measured together."""


@dataclass(frozen=True, slots=True)
class Subject:
    """``name`` becomes the package's. ``typical`` is the document to take for the small one, if not the nearest. With
    ``is_prose`` only the sample is measured: prose has no children to repeat, and its documents differ."""

    name: str
    schema: Path
    enums: tuple[Path, ...]
    documents: tuple[Path, ...]
    typical: Path | None = None
    is_prose: bool = False

    def small(self) -> bytes:
        return grown(_nearest(self.documents, SMALL) if self.typical is None else self.typical.read_bytes(), SMALL)

    def medium(self) -> bytes:
        return grown(_nearest(self.documents, MEDIUM), MEDIUM)

    def large(self) -> bytes:
        return grown(_nearest(self.documents, LARGE), LARGE)

    def sample(self) -> list[bytes]:
        """The same documents every time, in no particular order."""
        count = min(SAMPLE, len(self.documents))
        return [path.read_bytes() for path in random.Random(0).sample(self.documents, count)]

    def groups(self) -> dict[str, list[bytes]]:
        """What is measured, by its label."""
        if self.is_prose:
            return {"sample": self.sample()}
        return {
            "small": [self.small()],
            "medium": [self.medium()],
            "large": [self.large()],
            "sample": self.sample(),
        }

    def request(self, parent: Path) -> PackageRequest:
        return PackageRequest((self.schema,), parent / self.name, self.enums)


def subjects() -> list[Subject]:
    """Our own domains, and libvirt's where they are at hand."""
    return [ours(), *libvirts()]


def ours() -> Subject:
    documents = REPOSITORY / "tests" / "documents" / "domain"
    return Subject(
        "domain",
        REPOSITORY / "schemas" / "domain.rng",
        tuple(sorted(REPOSITORY.glob("schemas/enums/*.enums"))),
        documents_in(documents),
        documents / "disk-snapshot-modes.xml",
    )


def libvirts() -> list[Subject]:
    documents = LIBVIRT / "xml" / "domain"
    if not documents.is_dir():
        print(f"without libvirt's own schemas: there is no {LIBVIRT}", file=sys.stderr)
        return []
    typical = documents / "tests_qemuxmlconfdata__net-virtio.x86_64-latest.xml"
    schema = LIBVIRT / "schemas" / "domain.rng"
    return [Subject("libvirt_domain", schema, (), documents_in(documents), typical if typical.exists() else None)]


def chosen(schema: Path | None, enums: list[Path], documents: list[Path]) -> list[Subject]:
    """The subjects of a command line; the usual ones if it names none."""
    if schema is None:
        return subjects()
    found = tuple(file for path in documents for file in (documents_in(path) if path.is_dir() else (path,)))
    return [Subject(schema.stem.replace("-", "_").replace(".", "_"), schema, tuple(enums), found)]


def documents_in(directory: Path) -> tuple[Path, ...]:
    return tuple(sorted(directory.glob("*.xml")))


def _nearest(documents: tuple[Path, ...], size: int) -> bytes:
    return min((path.read_bytes() for path in documents), key=lambda data: abs(len(data) - size))


def grown(document: bytes, size: int) -> bytes:
    """The document, with children repeated of which its root has several somewhere, until it has `size` bytes."""
    root = etree.fromstring(document, etree.XMLParser(remove_blank_text=True, remove_comments=True))
    repeated = [child for parent in root for child in parent if Counter(one.tag for one in parent)[child.tag] > 1]
    missing = size - len(document)
    turn = 0
    while repeated and missing > 0:
        child = repeated[turn % len(repeated)]
        copy = deepcopy(child)
        child.addnext(copy)
        etree.indent(copy)
        missing -= len(etree.tostring(copy))
        turn += 1
    if not turn:
        return document
    etree.indent(root)
    data: bytes = etree.tostring(root)
    return data


@contextmanager
def generated_package(subject: Subject) -> Iterator[tuple[Any, Path]]:
    """The subject's package, generated and imported, and the directory to import it from."""
    with TemporaryDirectory() as directory:
        parent = Path(directory)
        request = subject.request(parent)
        write(build_package(request).tree, request.output)
        sys.path.insert(0, directory)
        importlib.invalidate_caches()
        try:
            yield importlib.import_module(subject.name), parent
        finally:
            sys.path.remove(directory)
