"""Measures parsing and formatting by generated packages, as ratios to `lxml.etree.fromstring` of the same bytes.

No program that reads XML with lxml is faster than that, and ratios make figures from different machines comparable.
With the native engine, both ways are measured in the same rounds, the pure one with a copy of the package, and the
report says how many documents the engine left to the pure path.

    python -m benchmarks.parse_format [--schema FILE.rng --documents FILE|DIRECTORY...] [--enums FILE...] [--rounds N]
"""

from __future__ import annotations

import argparse
import gc
import timeit
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from lxml import etree

from tests.engine.differences import native_of

from .engine import pure_copy, why_there_is_none
from .interleaving import compare
from .round_trip import vocabularies
from .subjects import CORPUS, Subject, chosen, generated_package

ROUNDS = 25

PROSE = ("docbook", "mallard", "tei")
"""Folders of the corpus."""


def main() -> None:
    arguments = _arguments()
    named = chosen(arguments.schema, arguments.enums, arguments.documents)
    for subject in named if arguments.schema else [*named, *prose()]:
        with generated_package(subject) as (package, parent):
            report(subject, package, pure_copy(parent / subject.name), arguments.rounds)


def report(subject: Subject, package: Any, pure: Any, rounds: int) -> None:
    """``pure`` is a copy of the package without the engine."""
    native = native_of(package)
    for label, documents in subject.groups().items():
        documents = [document for document in documents if _is_taken(package, document)]
        size = sum(map(len, documents))
        print(f"\n{subject.name}, {label}: {len(documents)} document(s), {size:,} bytes")
        for timing in compare(_candidates(package, pure, documents), rounds):
            print(
                f"  {timing.label:<30} {timing.ratio:6.2f} ×   {timing.seconds / len(documents) * 1e6:9.1f} µs",
                flush=True,
            )
        objects, octets = memory(package, documents)
        print(f"  {objects:,} objects, {octets / objects:.0f} bytes each with the strings and lists that they hold")
        print(f"  {construction(package, documents, rounds) / objects * 1e6:.2f} µs to construct each from its fields")
    if native is not None:
        documents = subject.sample()
        left = left_to_python(native, documents)
        reasons = "".join(f", {count} for {reason}" for reason, count in left.items())
        print(f"\n{subject.name}: the engine leaves {left.total()} of {len(documents)} documents to Python{reasons}")
    else:
        print(f"\n{why_there_is_none()}")


def prose() -> list[Subject]:
    """Vocabularies with mixed content and namespaces, as far as they are at hand: of each the schema with the most
    documents."""
    found = {name: vocabularies(CORPUS, f"vocabularies/{name}") for name in PROSE if _is_at_hand(name)}
    most = {name: max(schemas, key=lambda one: len(one.documents)) for name, schemas in found.items()}
    return [Subject(name, one.schema, (), one.documents, is_prose=True) for name, one in most.items()]


def _is_at_hand(vocabulary: str) -> bool:
    return (CORPUS / "vocabularies" / vocabulary / "manifest.tsv").exists()


def left_to_python(native: Any, documents: list[bytes]) -> Counter[str]:
    """How many documents the engine does not read, or does not write, by its reasons."""
    before = native.engine.counts()
    read = [native.engine.parse(document, native.roots) for document in documents]
    for document in filter(None, read):
        native.engine.format(document, 2)
    found = Counter(native.engine.counts())
    found.subtract(before)
    return Counter({reason: found[reason] for reason in +found if reason not in ("parsed", "formatted")})


def _is_taken(package: Any, document: bytes) -> bool:
    try:
        package.parse(document)
    except ValueError:
        return False
    return True


def _candidates(package: Any, pure: Any, documents: list[bytes]) -> dict[str, Callable[[], object]]:
    found: dict[str, Callable[[], object]] = {"lxml.etree.fromstring": partial(_each, etree.fromstring, documents)}
    if native_of(package) is not None:
        found |= _ways(package, documents, ", engine")
    return found | _ways(pure, documents, ", pure")


def _ways(package: Any, documents: list[bytes], suffix: str) -> dict[str, Callable[[], object]]:
    values = [package.parse(document) for document in documents]
    unchecked = partial(package.format, validate=False)
    return {
        f"parse{suffix}": partial(_each, package.parse, documents),
        f"parse, validate=True{suffix}": partial(_each, partial(package.parse, validate=True), documents),
        f"format{suffix}": partial(_each, package.format, values),
        f"format, validate=False{suffix}": partial(_each, unchecked, values),
    }


def _each(function: Callable[[Any], object], items: list[Any]) -> None:
    for item in items:
        function(item)


def memory(package: Any, documents: list[bytes]) -> tuple[int, int]:
    """How many objects the documents become, and the bytes that Python holds for them."""
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    values = [package.parse(document) for document in documents]
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return sum(1 for value in values for _ in _objects(package, value)), after - before


def construction(package: Any, documents: list[bytes], rounds: int) -> float:
    """The seconds to make all objects of the documents anew, each with the values of the fields that are set."""
    made = [one for document in documents for one in _objects(package, package.parse(document))]
    calls = [(type(one), _set_fields(one)) for one in made]

    def construct() -> None:
        for kind, fields in calls:
            kind(**fields)

    return min(timeit.repeat(construct, number=1, repeat=rounds))


def _set_fields(one: Any) -> dict[str, object]:
    values = {field: getattr(one, field.name) for field in type(one)._fields}
    return {
        field.name: value
        for field, value in values.items()
        if (value if field.factory is not None else value is not field.default)
    }


def _objects(package: Any, value: object) -> Iterator[object]:
    if isinstance(value, list):
        for item in value:
            yield from _objects(package, item)
    elif isinstance(value, package.Element):
        yield value
        for field in type(value)._fields:
            yield from _objects(package, getattr(value, field.name))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.parse_format", description=__doc__.partition("\n")[0])
    parser.add_argument("--schema", type=Path, help="another schema than our own and libvirt's")
    parser.add_argument("--enums", type=Path, nargs="*", default=[], help="enum tables that go with it")
    parser.add_argument("--documents", type=Path, nargs="*", default=[], help="its documents, or directories of them")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    arguments = parser.parse_args()
    if (arguments.schema is None) != (not arguments.documents):
        parser.error("--schema and --documents belong together")
    return arguments


if __name__ == "__main__":
    main()
