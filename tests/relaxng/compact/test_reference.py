"""The compact syntax beside trang, the reference implementation, and on real schemas with their documents."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from lxml import etree
from relaxgen.diagnostics.errors import SchemaError
from relaxgen.evolution.inclusion import Verdict, compare_documents
from relaxgen.relaxng import read_grammar, simplify
from relaxgen.relaxng.correctness import check_schema
from relaxgen.relaxng.simplified_form import SimplifiedForm
from relaxgen.relaxng.syntax_conversion import Syntax, convert_tree

REPOSITORY = Path(__file__).resolve().parents[3]
ROOTS = [
    "epub-nav-30",
    "epub-svg-30",
    "epub-svg-30-informative",
    "epub-xhtml-30",
    "media-overlay-30",
    "ocf-container-30",
    "ocf-encryption-30",
    "ocf-metadata-30",
    "ocf-signatures-30",
    "package-30",
]


def form_of(path: Path) -> SimplifiedForm:
    grammar = read_grammar(path)
    return check_schema(grammar, simplify(grammar))


def assert_equal(first: Path, second: Path) -> None:
    one, other = form_of(first), form_of(second)
    assert compare_documents(one, other).verdict is Verdict.INCLUDED
    assert compare_documents(other, one).verdict is Verdict.INCLUDED


def converted(path: Path, directory: Path, syntax: Syntax) -> Path:
    """The schema in the other syntax, with all that it includes, below `directory`."""
    directory.mkdir(parents=True, exist_ok=True)
    for file in convert_tree(str(path), directory / "a" / "b" / f"{path.stem}{syntax.suffix}", syntax):
        file.target.parent.mkdir(parents=True, exist_ok=True)
        file.target.write_text(file.text, encoding="utf-8")
    return directory / "a" / "b" / f"{path.stem}{syntax.suffix}"


@pytest.mark.slow
@pytest.mark.parametrize("root", ROOTS)
def test_epubchecks_schemas_are_what_trang_made_of_them(corpus: Path, root: str) -> None:
    directory = corpus / "compact"
    (reference,) = (directory / "epubcheck-30-reference" / root).rglob(f"{root}.rng")
    assert_equal(directory / "epubcheck-30" / f"{root}.rnc", reference)


def is_valid(schema: Path, document: Path) -> bool:
    """The verdict of libxml2, with the schema that trang made."""
    root = schema.stem
    (reference,) = (schema.parents[1] / f"{schema.parent.name}-reference").rglob(f"{root}.rng")
    return etree.RelaxNG(etree.parse(reference)).validate(etree.parse(document))


def check_trang_reads(path: Path, directory: Path) -> None:
    """Skips the test without trang, Debian's package of that name."""
    trang = shutil.which("trang")
    if trang is None:
        pytest.skip("trang is not installed")
    compact = converted(path, directory / "compact", Syntax.COMPACT)
    back = directory / "trang" / "back.rng"
    back.parent.mkdir()
    subprocess.run([trang, str(compact), str(back)], check=True)
    assert_equal(path, back)


@pytest.mark.slow
def test_trang_reads_what_is_written(tmp_path: Path) -> None:
    """Our grammar of libvirt's domain, and the example's, in the compact syntax and back by trang."""
    example = REPOSITORY / "examples" / "bibliography" / "schema" / "bibliography.rnc"
    xml = converted(example, tmp_path / "xml", Syntax.XML)
    check_trang_reads(REPOSITORY / "schemas" / "domain.rng", tmp_path / "domain")
    check_trang_reads(xml, tmp_path / "bibliography")


@pytest.mark.slow
def test_trang_reads_the_corpus(corpus: Path, tmp_path: Path) -> None:
    count = 0
    for path in sorted([*corpus.glob("libvirt-11.3.0/schemas/*.rng"), *corpus.glob("vocabularies/*/schema/*.rng")]):
        try:
            form_of(path)
        except SchemaError:
            continue  # a part for others to include
        check_trang_reads(path, tmp_path / f"{count}")
        count += 1
    assert count > 40


@pytest.mark.slow
@pytest.mark.parametrize(
    ("schema", "documents", "root", "unknown"),
    [
        ("acl/schema.rnc", "acl/*.xml", "collection", "error"),
        # Not valid: <doc> lacks `filename` and `line`, which the schema requires. jing and libxml2 agree.
        ("gir/gir-1.2.rnc", "gir/*.gir", "repository", "keep"),
    ],
)
def test_documents_come_back_as_they_were(
    corpus: Path, generate_and_import: Any, schema: str, documents: str, root: str, unknown: str
) -> None:
    directory = corpus / "compact"
    package: ModuleType = generate_and_import(f"compact_{root}", directory / schema)
    parse, write = getattr(package, f"parse_{root}"), getattr(package, f"format_{root}")
    found = sorted(directory.glob(documents))
    assert found
    for document in found:
        assert is_valid(directory / schema, document) is (unknown == "error")
        value = parse(document, unknown=unknown)
        text = write(value, like=document, validate=unknown == "error")
        assert text.encode() == document.read_bytes()
