"""Round trips of documents through packages generated from their schemas: parsed, formatted, and compared.

    python benchmarks/round_trip.py                                  every release and vocabulary of the corpus
    python benchmarks/round_trip.py libvirt-9.0.0 vocabularies/osinfo
    python benchmarks/round_trip.py libvirt-11.3.0 --schema network --schema domain --failures 5
    python benchmarks/round_trip.py --like libvirt-11.3.0            byte-identical with format(…, like=…)
    python benchmarks/round_trip.py --keep libvirt-11.3.0 libvirt-9.0.0
                                                the documents of 11.3.0 through bindings of 9.0.0, unknown="keep"
    python benchmarks/round_trip.py --preset libvirt libvirt-9.0.0   one package of all schemas, with the preset's names

The corpus is no part of the project: ``RELAXGEN_CORPUS`` is its directory. In each folder, ``manifest.tsv`` names the
documents that another validator found valid. A document passes if the result has the same canonical form, and if the
result, parsed and formatted once more, is the same text.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import unified_diff
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

from lxml import etree

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from relaxgen.output import write  # noqa: E402
from relaxgen.pipeline import build_package  # noqa: E402
from relaxgen.project.presets import schemas_in  # noqa: E402
from relaxgen.project.request import PackageRequest  # noqa: E402
from relaxgen.runtime.events import encoding_of  # noqa: E402

from benchmarks.subjects import CORPUS  # noqa: E402

WHITE_SPACE = " \t\r\n"
DIFF_LINES = 8


def canonical(data: bytes) -> bytes:
    """C14N without comments, processing instructions, the DOCTYPE, and white space between elements.

    White space counts in an element that has other text or no elements.
    """
    parser = etree.XMLParser(
        remove_comments=True, remove_pis=True, resolve_entities=False, no_network=True, collect_ids=False
    )
    root = etree.fromstring(data, parser)
    for element in root.iter("*"):
        if len(element) and not any(text.strip(WHITE_SPACE) for text in _texts(element)):
            element.text = None
            for child in element:
                child.tail = None
    # Of an element alone libxml2 writes xmlns="" into its children, where there is a DOCTYPE.
    return bytes(etree.tostring(root.getroottree(), method="c14n"))


def _texts(element: Any) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        yield child.tail or ""


def difference(before: bytes, after: bytes) -> str:
    """The first lines of what changed between two documents; nothing when they are canonically equal."""
    old, new = canonical(before), canonical(after)
    if old == new:
        return ""
    return "\n".join(list(unified_diff(_lines(old), _lines(new), n=0, lineterm=""))[2 : 2 + DIFF_LINES])


def _lines(text: bytes) -> list[str]:
    return text.decode().replace("><", ">\n<").splitlines()


def round_trip(parse: Callable[[Any], Any], format: Callable[[Any], str], data: bytes) -> str:
    """Why a document does not come back as it was; nothing when it does."""
    try:
        text = format(parse(data))
        return difference(data, text.encode()) or ("" if format(parse(text)) == text else "formats otherwise each time")
    except Exception as error:  # every failure of a document is a finding of this program
        return f"{type(error).__name__}: {error}"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A schema and the documents that are valid under it."""

    name: str
    schema: Path
    documents: tuple[Path, ...]

    @property
    def package(self) -> str:
        return "".join(character if character.isalnum() else "_" for character in f"round_trip_{self.name}")


@dataclass(frozen=True, slots=True)
class Way:
    """How documents go through packages."""

    unknown: str = "error"
    like: bool = False
    preset: str = ""


def vocabularies(corpus: Path, release: str, documents_of: str | None = None) -> list[Vocabulary]:
    """The schemas of a folder of the corpus, in the order of their names; with the documents of another release, those
    schemas that it has as well."""
    if documents_of is not None:
        others = {one.schema.stem: one.documents for one in vocabularies(corpus, documents_of)}
        ours = [one for one in vocabularies(corpus, release) if one.schema.stem in others]
        return [replace(one, documents=others[one.schema.stem]) for one in ours]
    folder = corpus / release
    documents: dict[Path, list[Path]] = {}
    with (folder / "manifest.tsv").open(encoding="utf-8", newline="") as manifest:
        for row in csv.DictReader(manifest, delimiter="\t", quoting=csv.QUOTE_NONE):
            # Jing is right where libxml2 is not; libvirt's documents have one verdict for both.
            is_valid = (row.get("jing") or row.get("measured")) == "valid"
            if is_valid and (folder / row["file"]).exists() and not _declares((folder / row["file"]).read_bytes()):
                documents.setdefault(_schema(folder, row["schema"]), []).append(folder / row["file"])
    return [
        Vocabulary(f"{release}/{schema.parent.name}/{schema.stem}", schema, tuple(sorted(found)))
        for schema, found in sorted(documents.items())
    ]


def _declares(data: bytes) -> bool:
    """Whether the DOCTYPE has declarations of its own; such documents are refused, whatever they declare."""
    return re.search(rb"<!DOCTYPE[^>\[]*\[", data) is not None


def _schema(folder: Path, name: str) -> Path:
    candidates = [
        folder / "schema" / name,
        folder / "schemas" / f"{name}.rng",
        folder / "schemas" / "tests" / f"{name}.rng",
    ]
    return next(path for path in candidates if path.exists())


def releases(corpus: Path) -> list[str]:
    return sorted(path.parent.relative_to(corpus).as_posix() for path in corpus.rglob("manifest.tsv"))


def generated(vocabulary: Vocabulary, parent: Path, preset: str = "") -> ModuleType:
    """The package made from the schema, in `parent`, which must be on the import path; with a preset, the one made from
    all schemas beside it, once for all of them."""
    request = PackageRequest((vocabulary.schema,), parent / vocabulary.package)
    if preset:
        release = vocabulary.schema.parent
        name = "".join(character if character.isalnum() else "_" for character in f"{preset}_{release.parent.name}")
        request = PackageRequest(schemas_in(release), parent / name, preset=preset)
    if not request.output.exists():
        write(build_package(request).tree, request.output)
        importlib.invalidate_caches()
    return importlib.import_module(request.output.name)


def identity(parse: Callable[[Any], Any], format: Callable[..., str], data: bytes) -> str:
    """Why the bytes of a document do not come back from formatting into its own text; nothing when they do."""
    try:
        text = format(parse(data), like=data)
        encoding = encoding_of(data)
        return "" if text.encode(encoding) == data else difference(data, text.encode(encoding)) or "other bytes"
    except Exception as error:  # as above
        return f"{type(error).__name__}: {error}"


def failures(
    package: ModuleType, documents: Iterable[Path], *, like: bool = False, unknown: str = "error"
) -> dict[Path, str]:
    """The documents that do not come back as they were, and why; with ``like`` to the byte."""
    way = identity if like else round_trip
    parse = partial(package.parse, unknown=unknown)
    found = {path: way(parse, package.format, path.read_bytes()) for path in documents}
    return {path: reason for path, reason in found.items() if reason}


def kept_in(document: Any) -> int:
    """How many things the objects of a document have kept that the schema does not know."""
    count, waiting = 0, [document]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif hasattr(type(one), "_fields"):
            count += len(one.unknown)
            waiting += [getattr(one, field.name) for field in type(one)._fields]
    return count


def main() -> int:
    parser = argparse.ArgumentParser(description="Round trip of the corpus, a line for each schema.")
    parser.add_argument("release", nargs="*", help="a folder of the corpus with a manifest.tsv; all without any")
    parser.add_argument("--schema", action="append", default=[], help="only schemas of this name")
    parser.add_argument("--failures", type=int, default=3, help="how many failures are shown of each schema")
    parser.add_argument("--preset", default="", help="one package of all schemas of a folder, as the preset makes it")
    parser.add_argument("--keep", metavar="RELEASE", help="documents of this release instead, with unknown='keep'")
    parser.add_argument("--like", action="store_true", help="compare bytes, with format(..., like=document)")
    arguments = parser.parse_args()
    if not CORPUS.is_dir():
        parser.error(f"no corpus at {CORPUS}: RELAXGEN_CORPUS names it")
    way = Way("keep" if arguments.keep else "error", arguments.like, arguments.preset)
    passed = total = 0
    with TemporaryDirectory() as directory:
        sys.path.insert(0, directory)
        for release in arguments.release or releases(CORPUS):
            for vocabulary in vocabularies(CORPUS, release, arguments.keep):
                if arguments.preset and vocabulary.schema not in schemas_in(CORPUS / release / "schemas"):
                    continue
                if not arguments.schema or vocabulary.schema.stem in arguments.schema:
                    failed = reported(vocabulary, Path(directory), arguments.failures, way)
                    passed += len(vocabulary.documents) - failed
                    total += len(vocabulary.documents)
    print(f"{passed:,} of {total:,} documents come back as they were")
    return 0 if passed == total else 1


def reported(vocabulary: Vocabulary, parent: Path, shown: int, way: Way) -> int:
    """How many documents of a schema failed, after printing its line of the table."""
    start = time.perf_counter()
    package = generated(vocabulary, parent, way.preset)
    made = time.perf_counter()
    failed = failures(package, vocabulary.documents, like=way.like, unknown=way.unknown)
    done = time.perf_counter()
    count = len(vocabulary.documents)
    times = f"generate {made - start:5.1f} s   round trip {done - made:5.1f} s"
    if way.unknown == "keep":
        read = [path for path in vocabulary.documents if path not in failed]
        kept = [kept_in(package.parse(path.read_bytes(), unknown="keep")) for path in read]
        times += f"   kept {sum(kept)} things in {sum(map(bool, kept))} documents"
    print(f"{vocabulary.name:48} {count - len(failed):5} of {count:5}   {times}", flush=True)
    for path, reason in list(failed.items())[:shown]:
        print(f"    {path.name}: {reason}".replace("\n", "\n        "))
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
